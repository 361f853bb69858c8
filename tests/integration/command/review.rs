//! `herald preview` and `herald approve`, as those who must read the words use them.

use super::{err, out, run};

const OPENING: &str = "templates/en/customers-strategic/opening.md";

#[test]
fn an_edit_is_read_and_approved_again() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    assert!(run(at, &["init", "mine"]).status.success());
    assert!(run(at, &["init", "before"]).status.success());
    let file = at.join("mine/policy").join(OPENING);
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{text}\nPlease call us < 5 times.\n")).unwrap();

    let check = run(at, &["check", "mine/policy"]);
    assert_eq!(check.status.code(), Some(1));
    assert!(out(&check).contains("was edited since legal approved it"), "{}", out(&check));

    let page = run(
        at,
        &[
            "preview",
            "customers-strategic",
            "--language",
            "en",
            "--policy",
            "mine/policy",
            "--since",
            "before/policy",
            "--html",
            "review.html",
        ],
    );
    assert_eq!(page.status.code(), Some(0), "{}", err(&page));
    let html = std::fs::read_to_string(at.join("review.html")).unwrap();
    assert!(html.contains("Please call us &lt; 5 times.") && html.contains("<ins>+ Please"), "{html}");
    let printed = run(at, &["preview", "executives", "--policy", "mine/policy"]);
    assert!(out(&printed).contains("# Executives · `executives` · en"), "{}", out(&printed));
    assert!(run(at, &["preview", "--policy", "mine/policy", "--out", "pages"]).status.success());
    assert!(at.join("pages/customers-general.ja.md").is_file());

    for role in ["legal", "executive-sponsor"] {
        // As a shell completes it.
        let target = format!("mine/policy/{OPENING}");
        let approved =
            run(at, &["approve", &target, "--role", role, "--by", "M. Sato", "--policy", "mine/policy"]);
        assert_eq!(approved.status.code(), Some(0), "{}", err(&approved));
    }
    let check = run(at, &["check", "mine/policy"]);
    assert_eq!(check.status.code(), Some(0), "{}", out(&check));
    assert!(out(&check).contains("all well"), "{}", out(&check));
}

#[test]
fn what_is_misspelt_is_refused_and_nothing_is_recorded() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    assert!(run(at, &["init", "mine"]).status.success());
    let before = std::fs::read_to_string(at.join("mine/policy/approvals.yaml")).unwrap();
    let approve = |target: &str, role: &str| {
        run(at, &["approve", target, "--role", role, "--by", "M. Sato", "--policy", "mine/policy"])
    };
    let cases = [
        (approve(OPENING, "legol"), 2, "did you mean legal?"),
        (approve("templates/en/customers-strategic/openning.md", "legal"), 1, "did you mean"),
        (
            approve("services.yaml#checkout-api.symptom.mayor.en", "legal"),
            1,
            "services.yaml#checkout-api.symptom.major.en",
        ),
        (
            run(at, &["approve", OPENING, "--role", "legal", "--by", " ", "--policy", "mine/policy"]),
            2,
            "somebody's name",
        ),
        (run(at, &["approve", OPENING, "--role", "legal", "--by", "x"]), 2, "--policy DIR"),
        (run(at, &["preview", "execs", "--policy", "mine/policy"]), 2, "there is no audience"),
        (run(at, &["preview", "executive", "--policy", "mine/policy"]), 2, "did you mean executives?"),
    ];
    for (output, status, words) in cases {
        assert_eq!(output.status.code(), Some(status), "{words}: {}", err(&output));
        assert!(err(&output).contains(words), "{words}: {}", err(&output));
    }
    assert_eq!(std::fs::read_to_string(at.join("mine/policy/approvals.yaml")).unwrap(), before);

    let text = approve("services.yaml#checkout-api.symptom.major.en", "legal");
    assert_eq!(text.status.code(), Some(0), "{}", err(&text));
    let services = at.join("mine/policy/services.yaml");
    let edited = std::fs::read_to_string(&services)
        .unwrap()
        .replace("Some purchases can't be completed", "Purchases fail");
    std::fs::write(&services, edited).unwrap();
    let check = run(at, &["check", "mine/policy"]);
    assert!(
        out(&check).contains("`services.yaml#checkout-api.symptom.major.en` was edited since legal"),
        "{}",
        out(&check)
    );
}
