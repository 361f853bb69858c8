//! Every mistake is told with its place and what was probably meant.

use std::path::Path;

use super::with;
use crate::mapping::load_text;

#[test]
fn mistakes_are_told_where_they_are() {
    let cases = [
        ("tool: T\n", "1:1", "needs `event`", ""),
        ("tool: T\nevnt: {}\n", "2:1", "has no `evnt`", "did you mean `event`?"),
        ("tool: T\nevent:\n  title: /t\n", "3:3", "needs `id`", ""),
        ("tool: T\nevent:\n  id: /id\n  title: /t\n", "3:3", "needs `stage` or `type`", "stage:"),
        (&with("title: alert.name"), "5:10", "begins with `/`", "/alert/name"),
        (
            &with("stage: { from: /s, lookup: { a: resolvd } }"),
            "5:35",
            "`resolvd` is no word",
            "did you mean `resolved`?",
        ),
        (&with("severity: { const: P1 }"), "6:22", "`P1` is no word", "critical"),
        (&with("title: { from: /t, capture: '(' }"), "5:31", "no regular expression", ""),
        (&with("title: { from: /t, const: x }"), "5:10", "exactly one place", "from"),
        (&with("title: { from: /t, form: x }"), "5:22", "has no `form`", "did you mean `from`?"),
        (&with("title: { text: plain }"), "5:18", "no place in this text", ""),
        (
            &with("occurred_at: { from: /t, zone: Europe/Berln }"),
            "6:34",
            "no time zone",
            "did you mean `Europe/Berlin`?",
        ),
        (&with("links: { runbok: /t }"), "6:12", "there is no link `runbok`", "did you mean `runbook`?"),
        (&with("is_test: { severity: error }"), "6:14", "not known yet", ""),
        (&with("is_test: { status: x }"), "6:14", "there is no `status`", "/status"),
        (&with("labels_from: { from: /x, name: /n }"), "6:16", "stand together", ""),
        (&with("title: { from: /t, part: 1 }"), "5:10", "`part`", ""),
        (
            "tool: T\nschema: absent.json\nevent: { id: /id, stage: /s, title: /t }\n",
            "2:9",
            "can't be read",
            "",
        ),
        ("tool: [\n", ":", "", ""),
    ];
    for (text, at, message, help) in cases {
        let problems = load_text("m.yaml", text, Path::new("/nowhere")).expect_err(text);
        let told = problems.to_string();
        for part in [at, message, help] {
            assert!(told.contains(part), "{part:?} is not in\n{told}\nof\n{text}");
        }
    }
}

#[test]
fn only_the_last_shape_takes_everything() {
    let text = "tool: T\nshapes:\n  - { name: a, event: { id: /a, stage: /s, title: /t } }\n  - { name: b, event: { id: /a, stage: /s, title: /t } }\n";
    let problems = load_text("m.yaml", text, Path::new("")).expect_err("two takers");
    assert!(problems.to_string().contains("only the last shape may be without `when`"), "{problems}");
}
