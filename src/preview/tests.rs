use super::body::html as body_html;
use super::changes::{Line, lines};
use super::*;
use crate::policy::Source;
use crate::policy::approvals::{Approve, record};

const OPENING: &str = "templates/en/customers-strategic/opening.md";

fn of(source: &Source, before: Option<&Source>, audience: &str) -> Pack {
    let wanted = Wanted { audiences: vec![audience.to_owned()], languages: vec!["en".to_owned()] };
    pack(source, before, &wanted).unwrap_or_else(|problems| panic!("{problems}"))
}

fn opening(pack: &Pack) -> &Message {
    pack.pages[0].messages.iter().find(|message| message.heading == "First report").unwrap()
}

#[test]
fn an_edit_is_shown_with_what_it_voids_and_an_approval_is_for_exactly_these_words() {
    let before = Source::built_in();
    let text = format!("{}\nPlease do not call us < 5 times & more.\n", before.text(OPENING).unwrap());
    let edited = before.clone().with(OPENING, text);
    let pack = of(&edited, Some(&before), "customers-strategic");
    let message = opening(&pack);
    assert_eq!(message.template.as_deref(), Some(OPENING));
    assert!(message.standings.iter().all(|standing| !standing.is_current && standing.approved.is_some()));
    assert!(message.before.is_some());
    let others = pack.pages[0].messages.iter().filter(|message| message.before.is_some());
    // With nothing known it is the same template.
    assert_eq!(others.count(), 2);
    let page = html(&pack);
    for words in [
        "edited since legal approved it",
        "<ins>+ Please",
        "herald approve templates/en/customers-strategic/opening.md --role legal --by NAME",
        "call us &lt; 5 times &amp; more",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert!(!page.contains("us < 5"), "markup of a template's is no markup of the page");
    let (name, text) = markdown(&pack, &pack.pages[0]);
    assert_eq!(name, "customers-strategic.en.md");
    assert!(text.contains("```diff") && text.contains("+ Please"), "{text}");

    let approve =
        |role| Approve { target: OPENING, role, by: "M. Sato", at: "2026-05-01T00:00:00Z".parse().unwrap() };
    let approvals = record(&edited, &[approve("legal")]).unwrap();
    let approved = edited.with("approvals.yaml", approvals);
    let pack = of(&approved, None, "customers-strategic");
    let standings: Vec<(&str, bool)> =
        opening(&pack).standings.iter().map(|one| (one.role.as_str(), one.is_current)).collect();
    assert_eq!(standings, [("legal", true), ("executive-sponsor", false)]);
    assert!(opening(&pack).before.is_none());
}

#[test]
fn every_audience_has_every_message_in_every_language() {
    let pack = pack(&Source::built_in(), None, &Wanted::default()).unwrap();
    assert_eq!(pack.pages.len(), 22);
    for page in pack.pages.iter().filter(|page| !page.audience.starts_with("leads.")) {
        assert!(page.messages.len() >= 12, "{} {}", page.audience, page.language);
        assert!(page.messages.iter().all(|message| message.template.is_some()));
        assert_eq!(page.texts.is_empty(), !page.audience.starts_with("customers-"), "{}", page.audience);
    }
    let page = html(&pack);
    assert!(page.contains("lang=\"ja\"") && !page.contains("<script"));
}

#[test]
fn each_lead_has_every_message_that_asks_something() {
    let wanted = Wanted { audiences: vec![LEADS.to_owned()], languages: Vec::new() };
    let pack = pack(&Source::built_in(), Some(&Source::built_in()), &wanted).unwrap();
    let pages: Vec<(&str, &str)> =
        pack.pages.iter().map(|page| (page.audience.as_str(), page.language.as_str())).collect();
    let business = ["ja", "en"].map(|language| ("leads.business-response", language));
    assert_eq!(pages, [business, ["ja", "en"].map(|language| ("leads.communications", language))].concat());
    for page in &pack.pages {
        let headings: Vec<&str> = page.messages.iter().map(|message| message.heading.as_str()).collect();
        let expected = [
            "update_due",
            "update_overdue",
            "release_wanted",
            "approval_wanted",
            "template_unapproved",
            "lead_missing",
            "incident_silent",
            "rendering_failed",
            "translation_missing",
        ];
        assert_eq!(headings, expected);
        let mark = if page.language == "ja" { "コマンド: `herald " } else { "Command: `herald " };
        for message in &page.messages {
            assert!(message.content.body.contains(mark), "{}", message.content.body);
            assert!(message.template.is_none() && message.before.is_none() && message.standings.is_empty());
        }
    }
    let of = |page: usize, heading: &str| {
        let message = pack.pages[page].messages.iter().find(|message| message.heading == heading);
        message.unwrap().content.body.clone()
    };
    let draft = of(1, "release_wanted");
    assert!(draft.contains("**Draft** Customers") || draft.contains("**Draft** Strategic"), "{draft}");
    // By and for engineers: what their lead sees, the other does not.
    assert!(of(3, "update_due").contains("- Title: ") && !of(1, "update_due").contains("- Title: "));

    let (name, text) = markdown(&pack, &pack.pages[1]);
    assert_eq!(name, "leads.business-response.en.md");
    assert!(text.starts_with("# For the business response lead"), "{text}");
    assert!(html(&pack).contains("id=\"leads.communications-ja\""));
}

#[test]
fn bodies_become_a_few_elements_and_text() {
    let cases = [
        ("a **b** `c`", "<p>a <strong>b</strong> <code>c</code></p>\n"),
        ("- x\n- y", "<ul><li>x</li>\n<li>y</li>\n</ul>\n"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("a <img src=x onerror=y> b", "<p>a &lt;img src=x onerror=y&gt; b</p>\n"),
        ("[t](javascript:x)", "<p><span class=\"link\" title=\"javascript:x\">t</span></p>\n"),
        ("![t](http://evil.example/x.png)", "<p>t</p>\n"),
        ("a\u{202e}b & \"c\" 'd'", "<p>ab &amp; &quot;c&quot; &#39;d&#39;</p>\n"),
        (
            "[t](<x\" onclick=\"y>)",
            "<p><span class=\"link\" title=\"x&quot; onclick=&quot;y\">t</span></p>\n",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(body_html(text), expected, "{text:?}");
    }
}

#[test]
fn the_shortest_way_from_one_text_to_another() {
    use Line::{Gone, New, Same};
    let cases: [(&str, &str, &[Line<'_>]); 4] = [
        ("a\nb", "a\nb", &[Same("a"), Same("b")]),
        ("a\nb\nc", "a\nx\nc", &[Same("a"), Gone("b"), New("x"), Same("c")]),
        ("", "a", &[New("a")]),
        ("a\nb", "b", &[Gone("a"), Same("b")]),
    ];
    for (old, new, expected) in cases {
        assert_eq!(lines(old, new), expected, "{old:?} {new:?}");
    }
}
