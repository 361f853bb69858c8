//! Words: of templates that nobody need approve; and one more, which nobody has.

use herald_judge::chance::Chance;

const KINDS: [&str; 6] = ["opening", "update", "upgraded", "stand_down", "resolved", "reopened"];
/// Folders whose readers' words need no approval.
const FREE: [&str; 3] = ["technical-teams", "customer-service", "business-teams"];

/// Adds a sentence to some, and templates for one priority or stage.
pub fn edit(dice: &mut Chance, files: &mut Vec<(String, String)>, seed: u64) {
    for folder in FREE {
        let kind = dice.one_of(&KINDS);
        if dice.percent(40) {
            let path = format!("templates/en/{folder}/{kind}.md");
            let (_, text) = files.iter_mut().find(|(known, _)| *known == path).unwrap();
            *text = format!("{text}\nOf seed {seed}: {{{{ public_reference }}}}.\n");
        }
        let case = dice.one_of(&["P1", "P3", "triggered", "resolved.P2"]);
        if dice.percent(25) {
            let kind = dice.one_of(&KINDS);
            more(files, &format!("templates/en/{folder}/{kind}"), case, seed);
        }
    }
    // The general one is approved, and goes out; the lead learns why.
    if dice.percent(25) {
        more(files, "templates/en/executives/opening", "P1", seed);
    }
}

/// The same as a general one, and a sentence, for one case.
fn more(files: &mut Vec<(String, String)>, general: &str, case: &str, seed: u64) {
    let (_, text) = files.iter().find(|(path, _)| *path == format!("{general}.md")).unwrap();
    let text = format!("{text}\nFor {case}, of seed {seed}.\n");
    files.push((format!("{general}.{case}.md"), text));
}
