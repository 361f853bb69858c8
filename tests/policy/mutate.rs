//! Every small change to a policy that could be a mistake, in the order of its files.

use herald::policy::Source;

/// A policy with one change.
pub struct Mutant {
    /// What kind of change.
    pub kind: &'static str,
    /// File, line and change.
    pub name: String,
    path: String,
    /// None: the file is gone.
    text: Option<String>,
}

impl Mutant {
    pub fn of(&self, policy: &Source) -> Source {
        match &self.text {
            Some(text) => policy.clone().with(self.path.clone(), text.clone()),
            None => Source::from_files(policy.iter().filter(|(path, _)| *path != self.path)),
        }
    }
}

/// Words and what each becomes.
const WORDS: [(&str, &str, &str); 20] = [
    ("operator", "at_least", "at_most"),
    ("operator", "present: true", "present: false"),
    ("priority", "P1", "P2"),
    ("priority", "P2", "P1"),
    ("priority", "P3", "P2"),
    ("priority", "P4", "P5"),
    ("priority", "P5", "P4"),
    ("impact", "critical", "major"),
    ("impact", "major", "minor"),
    ("impact", "minor", "major"),
    ("impact", "none", "minor"),
    ("severity", "warning", "error"),
    ("severity", "info", "warning"),
    ("value", "suspected", "none"),
    ("value", "customer_facing: false", "customer_facing: true"),
    ("value", "customer_facing: true", "customer_facing: false"),
    ("value", "tier: 1", "tier: 2"),
    ("value", "known_impact", "lead"),
    ("value", "alertmanager", "pagerduty"),
    ("value", "50", "60"),
];

/// All of them; the same in every run.
pub fn mutants(policy: &Source) -> Vec<Mutant> {
    let mut all = Vec::new();
    for (path, text) in policy.iter() {
        match path {
            "approvals.yaml" => {}
            _ if path.contains("/_partials/") => {}
            _ if path.starts_with("templates/") => template(path, text, &mut all),
            _ => yaml(path, text, &mut all),
        }
    }
    all
}

fn mutant(kind: &'static str, path: &str, line: usize, change: &str, text: Option<String>) -> Mutant {
    Mutant { kind, name: format!("{path}:{line} {change}"), path: path.to_owned(), text }
}

/// The text with one line changed, or without it.
fn with_line(text: &str, place: usize, line: Option<&str>) -> String {
    let lines = text.lines().enumerate();
    let kept = lines.filter_map(|(at, old)| if at == place { line } else { Some(old) });
    whole(kept)
}

fn whole<'l>(lines: impl Iterator<Item = &'l str>) -> String {
    let mut text = lines.collect::<Vec<_>>().join("\n");
    text.push('\n');
    text
}

fn yaml(path: &str, text: &str, all: &mut Vec<Mutant>) {
    blocks(path, text, all);
    let services: Vec<&str> =
        text.lines().filter_map(|line| line.strip_prefix("  ")?.strip_suffix(':')).collect();
    for (place, line) in text.lines().enumerate() {
        // What stands behind a name or in a comment is no rule.
        let code = line.split(" #").next().unwrap_or_default();
        if code.trim_start().starts_with('#') {
            continue;
        }
        let mut put = |kind, change: &str, new: &str| {
            all.push(mutant(kind, path, place + 1, change, Some(with_line(text, place, Some(new)))));
        };
        for (kind, from, to) in WORDS {
            for at in words(code, from) {
                let new = format!("{}{to}{}", &line[..at], &line[at + from.len()..]);
                put(kind, &format!("{from} → {to} (column {})", at + 1), &new);
            }
        }
        for (at, from, to) in durations(code) {
            let new = format!("{}{to}{}", &line[..at], &line[at + from.len()..]);
            put("duration", &format!("{from} → {to} (column {})", at + 1), &new);
        }
        for key in [
            "may_see: [",
            "tell: [",
            "never_tell: [",
            "tell_only: [",
            "languages: [",
            "depends_on: [",
            "known_as: [",
        ] {
            let Some(start) = code.find(key).filter(|at| code[..*at].ends_with(' ')) else { continue };
            let start = start + key.len();
            let Some(end) = code[start..].find(']').map(|end| start + end) else { continue };
            let items: Vec<&str> = code[start..end].split(", ").collect();
            // A service is known by its own name in any case.
            let own = |item: &str| key.starts_with("known_as") && services.contains(&item);
            let some = items.iter().enumerate().filter(|(_, item)| items.len() > 1 && !own(item));
            for (gone, item) in some {
                let kept: Vec<&str> =
                    items.iter().enumerate().filter(|(at, _)| *at != gone).map(|(_, item)| *item).collect();
                let new = format!("{}{}{}", &line[..start], kept.join(", "), &line[end..]);
                let kind = if key.starts_with("may_see") { "field of may_see" } else { "item of a list" };
                put(kind, &format!("{} without {item}", key.trim_end_matches(": [")), &new);
            }
        }
    }
}

/// Rules, routes and entries: what begins with `  - ` and ends before the next line that does not
/// belong to it.
fn blocks(path: &str, text: &str, all: &mut Vec<Mutant>) {
    let lines: Vec<&str> = text.lines().collect();
    for (start, line) in lines.iter().enumerate().filter(|(_, line)| line.starts_with("  - ")) {
        let more = lines[start + 1..].iter().take_while(|line| line.starts_with("    ")).count();
        let kept = lines.iter().enumerate().filter(|(at, _)| !(start..=start + more).contains(at));
        let text = whole(kept.map(|(_, line)| *line));
        let name = line.split("name: ").nth(1).unwrap_or(line).split([',', ' ']).next().unwrap_or_default();
        let kind = match path {
            "routes.yaml" => "route",
            "classify.yaml" => "rule",
            _ => "entry",
        };
        all.push(mutant(kind, path, start + 1, &format!("without {name}"), Some(text)));
    }
}

/// Places of a word that stands by itself, and is no part of a name.
fn words(line: &str, word: &str) -> Vec<usize> {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '"');
    let alone = |at: &usize| {
        let (before, after) = (&line[..*at], &line[at + word.len()..]);
        // A key of a map of words is what the words are for; names are told apart by their hyphens.
        !before.ends_with(part) && !after.starts_with(part) && !before.ends_with("name: ")
    };
    line.match_indices(word).map(|(at, _)| at).filter(alone).collect()
}

/// Lengths of time, each twice as long.
fn durations(line: &str) -> Vec<(usize, String, String)> {
    let mut found = Vec::new();
    let mut at = 0;
    for token in line.split_inclusive([' ', ',', '[', ']', '{', '}']) {
        let word = token.trim_end_matches([' ', ',', '[', ']', '{', '}']);
        let unit_at = word.char_indices().last().map_or(0, |(at, _)| at);
        let (digits, unit) = word.split_at(unit_at);
        if ["s", "m", "h", "d"].contains(&unit)
            && let Ok(number) = digits.parse::<u32>()
        {
            found.push((at, word.to_owned(), format!("{}{unit}", number * 2)));
        }
        at += token.len();
    }
    found
}

fn template(path: &str, text: &str, all: &mut Vec<Mutant>) {
    all.push(mutant("template", path, 1, "gone", None));
    // The first word of its subject that is the template's own.
    for (place, line) in text.lines().enumerate().filter(|(_, line)| line.starts_with("subject:")) {
        let Some((at, word)) = own_word(line) else { continue };
        let new = format!("{}{}", &line[..at], &line[at + word.len()..]);
        let text = with_line(text, place, Some(&new));
        all.push(mutant("word of a template", path, place + 1, &format!("without `{word}`"), Some(text)));
    }
}

/// The longest run of letters outside of tags.
fn own_word(line: &str) -> Option<(usize, &str)> {
    let start = line.find('\'').or_else(|| line.find(": ").map(|at| at + 1))? + 1;
    let mut depth = 0_usize;
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (at, c) in line.char_indices().skip_while(|(at, _)| *at < start) {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ if depth == 0 && c.is_alphabetic() => match runs.last_mut() {
                Some((_, end)) if *end == at => *end = at + c.len_utf8(),
                _ => runs.push((at, at + c.len_utf8())),
            },
            _ => {}
        }
    }
    let longest = runs.into_iter().max_by_key(|(from, to)| (to - from, usize::MAX - from))?;
    Some((longest.0, &line[longest.0..longest.1]))
}
