//! Every key that a configuration may have. One table: what is not in it is refused, environment
//! variables are resolved by it, `--print-config` fills defaults from it, and a test holds
//! `schemas/configuration.json` to it.

use super::problem::{Problem, Problems, nearest};
use super::tree::{Node, Place, Value};

/// A key: its path (`*` stands for any name, `[]` for the items of a list), and what is taken,
/// in YAML, where the file does not say; none where it must say, or where it depends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key {
    pub(super) path: &'static str,
    pub(super) default: Option<&'static str>,
}

const fn key(path: &'static str, default: &'static str) -> Key {
    Key { path, default: Some(default) }
}

const fn open(path: &'static str) -> Key {
    Key { path, default: None }
}

/// The table, in the order in which people read it.
pub(super) const KEYS: &[Key] = &[
    key("webhooks.listen", "127.0.0.1:8080"),
    key("webhooks.body_bytes_max", "1MiB"),
    key("webhooks.parts_max", "1000"),
    key("webhooks.header_timeout", "5s"),
    key("webhooks.body_timeout", "10s"),
    key("webhooks.in_flight_max", "2000"),
    key("operations.listen", "127.0.0.1:8081"),
    open("policy"),
    open("kafka.bootstrap_servers"),
    key("kafka.topic_prefix", "\"\""),
    open("kafka.security.protocol"),
    open("kafka.security.mechanism"),
    open("kafka.security.username"),
    open("kafka.security.password_file"),
    open("kafka.security.password_env"),
    open("kafka.security.ca_file"),
    open("kafka.security.certificate_file"),
    open("kafka.security.key_file"),
    key("kafka.topics.create", "true"),
    key("kafka.topics.partitions", "12"),
    key("kafka.topics.replication", "3"),
    key("kafka.topics.unsafe", "false"),
    open("kafka.properties.*"),
    key("router.group", "herald-router"),
    key("router.instance", "\"\""),
    key("router.batch_events_max", "2000"),
    key("router.batch_wait", "5ms"),
    open("api_tokens[].name"),
    open("api_tokens[].token_file"),
    open("api_tokens[].token_env"),
    open("api_tokens[].roles"),
    open("sources.*.kind"),
    open("sources.*.mapping"),
    open("sources.*.auth.scheme"),
    open("sources.*.auth.secret_file"),
    open("sources.*.auth.secret_files"),
    open("sources.*.auth.secret_env"),
    open("sources.*.auth.header"),
    open("sources.*.auth.algorithm"),
    open("sources.*.auth.encoding"),
    open("sources.*.auth.prefix"),
    open("sources.*.auth.separator"),
    open("sources.*.auth.signed"),
    open("sources.*.auth.timestamp_header"),
    open("sources.*.auth.timestamp_field"),
    open("sources.*.auth.id_header"),
    open("sources.*.auth.secret_form"),
    open("sources.*.auth.tolerance"),
    open("sources.*.auth.url"),
    open("sources.*.auth.parameter"),
    open("sources.*.auth.keys_file"),
    open("sources.*.auth.issuer"),
    open("sources.*.auth.audience"),
    open("sources.*.auth.claims.*"),
    open("sources.*.auth.topic_arns"),
    open("sources.*.on_rejected"),
    open("sources.*.answer_within"),
    open("sources.*.same_incident_as.source"),
    open("sources.*.same_incident_as.id"),
    open("sources.*.formerly"),
];

/// The segments of a path: `a.*[].b` is `a`, `*`, `[]`, `b`.
fn segments(path: &str) -> Vec<&str> {
    path.split('.')
        .flat_map(|part| match part.strip_suffix("[]") {
            Some(name) => vec![name, "[]"],
            None => vec![part],
        })
        .collect()
}

fn matches(pattern: &str, path: &[String]) -> bool {
    pattern == "*" || path.last().is_some_and(|last| last == pattern)
}

/// What may stand below this path: names, or `*`, or `[]`. Empty where the path is a leaf.
pub(super) fn children(path: &[String]) -> Vec<&'static str> {
    let mut found = Vec::new();
    for key in KEYS {
        let pattern = segments(key.path);
        if pattern.len() <= path.len() {
            continue;
        }
        let same = (0..path.len()).all(|depth| matches(pattern[depth], &path[..=depth]));
        if same && !found.contains(&pattern[path.len()]) {
            found.push(pattern[path.len()]);
        }
    }
    found
}

/// Reports every key that does not exist, with the one that was probably meant.
pub(super) fn check(root: &Node, problems: &Problems) {
    walk(root, &mut Vec::new(), problems);
}

fn walk(node: &Node, path: &mut Vec<String>, problems: &Problems) {
    let allowed = children(path);
    match &node.value {
        Value::Map(entries) => {
            for entry in entries {
                path.push(entry.key.clone());
                if allowed.iter().any(|name| *name == "*" || *name == entry.key) {
                    walk(&entry.node, path, problems);
                } else if !allowed.is_empty() || path.len() == 1 {
                    unknown(path, &entry.place, &allowed, problems);
                }
                path.pop();
            }
        }
        Value::List(items) if allowed.contains(&"[]") => {
            path.push("[]".to_owned());
            for item in items {
                walk(item, path, problems);
            }
            path.pop();
        }
        // A value of the wrong shape is told where it is read.
        _ => {}
    }
}

fn unknown(path: &[String], place: &Place, allowed: &[&str], problems: &Problems) {
    let Some(name) = path.last() else { return };
    let full = path.join(".").replace(".[]", "[]");
    let by_reference = format!("{name}_file");
    let (message, hint) = if allowed.contains(&by_reference.as_str()) {
        (
            format!("`{full}`: a secret is never written in this file"),
            Some(format!(
                "put it into a file and name that in `{by_reference}`, or in `{name}_env` the environment variable that holds it"
            )),
        )
    } else {
        (format!("unknown key `{full}`"), hint(name, allowed))
    };
    problems.push(Problem {
        place: place.clone(),
        message,
        hint,
        shown_chars: Some(name.chars().count() + 1),
    });
}

fn hint(name: &str, allowed: &[&str]) -> Option<String> {
    if let Some(near) = nearest(name, allowed.iter().copied()) {
        return Some(format!("did you mean `{near}`?"));
    }
    let elsewhere = KEYS.iter().find(|key| key.path.rsplit('.').next() == Some(name));
    if let Some(key) = elsewhere {
        return Some(format!("`{}` stands at `{}`", name, key.path));
    }
    let known: Vec<String> =
        allowed.iter().filter(|name| **name != "*").map(|name| format!("`{name}`")).collect();
    (!known.is_empty()).then(|| format!("known here: {}", known.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn children_follow_names_lists_and_wildcards() {
        let path = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        assert!(children(&path(&[])).contains(&"kafka"));
        assert_eq!(children(&path(&["api_tokens", "[]"])), ["name", "token_file", "token_env", "roles"]);
        assert_eq!(children(&path(&["sources"])), ["*"]);
        assert!(children(&path(&["sources", "pd", "auth"])).contains(&"scheme"));
        assert!(children(&path(&["policy"])).is_empty());
    }
}
