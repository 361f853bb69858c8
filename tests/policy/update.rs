//! `herald test --update`: what was heard stands in the story, and nothing else of it changed.

use herald::policy::Source;
use herald::story::{self, Reached, Twin};

use super::shipped;

const BEFORE: &str = "\
story: a story   # with a comment
steps:
  - at: 0m
    event: { key: a, stage: triggered, service: checkout-api, priority: P1, impact: none }
    expect: { executives: not_matched,   technical-teams: [update, resolved] }   # both wrong
    says: { executives: [no such word] }
  - at: 1m
    event: { key: b, stage: triggered, service: back-office, priority: P5 }
    expect:
      technical-teams: opening
  - at: 2m
    event: { key: c, stage: triggered, service: checkout-api, priority: P2, impact: none }
    expect: { technical-teams: opening }
    nobody_else: true
  - at: 3m
    event: { key: c, stage: resolved }
    nobody_else: true
";

const AFTER: &str = "\
story: a story   # with a comment
steps:
  - at: 0m
    event: { key: a, stage: triggered, service: checkout-api, priority: P1, impact: none }
    expect: { executives: opening,   technical-teams: opening }   # both wrong
    says: { executives: [no such word] }
  - at: 1m
    event: { key: b, stage: triggered, service: back-office, priority: P5 }
    expect:
      technical-teams: not_matched
  - at: 2m
    event: { key: c, stage: triggered, service: checkout-api, priority: P2, impact: none }
    expect: { technical-teams: opening, customer-service: opening }
    nobody_else: true
  - at: 3m
    event: { key: c, stage: resolved }
    nobody_else: true
    expect: { customer-service: resolved, technical-teams: resolved }
";

#[test]
fn what_was_heard_is_written_where_it_belongs() {
    let policy = Source::from_dir(&shipped()).unwrap();
    let twin = Twin::load(&policy).unwrap();
    let play = |text: &str| {
        let files = Source::from_files([("stories/a.yaml", text)]);
        let library = story::load(&policy, &twin, &files, None).unwrap();
        let one = &library.stories[0];
        let outcome = story::play(one, &twin, &library.variants, &mut Reached::default());
        story::accept(text, one, &outcome)
    };
    let accepted = play(BEFORE);
    assert_eq!(accepted.text, AFTER);
    assert_eq!((accepted.changed, accepted.left), (6, 1), "the words are left to a person");
    let again = play(AFTER);
    assert_eq!((again.text.as_str(), again.changed, again.left), (AFTER, 0, 1));
}
