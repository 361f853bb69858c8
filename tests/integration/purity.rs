//! `core` stays pure: no async runtime, no network, no Kafka, no file system, environment or clock.

use std::path::Path;

/// What must not be named anywhere below `src/core`.
const FORBIDDEN: &[&str] = &[
    "tokio::",
    "actix",
    "rdkafka",
    "std::fs",
    "std::env",
    "std::net",
    "std::thread",
    "std::process",
    "std::time",
    "std::io",
    "SystemTime",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "rand::",
    "TimeZone::system",
    "crate::http",
    "crate::kafka",
    "crate::router",
    "crate::policy",
    "crate::config",
    "crate::cli",
    "crate::app",
    "crate::telemetry",
];

/// Where one of them is a form and no outside: a template engine writes into whatever has this form,
/// here a buffer with a limit.
const ALLOWED: &[(&str, &str)] = &[("core/template/output.rs", "std::io")];

#[test]
fn core_knows_nothing_of_the_outside() {
    let mut found = Vec::new();
    visit(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/core"), &mut found);
    assert!(found.is_empty(), "core must stay free of these:\n{}", found.join("\n"));
}

fn visit(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            visit(&path, found);
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        let product = source.split("#[cfg(test)]").next().unwrap_or_default();
        for (number, line) in
            product.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"))
        {
            // Its tests may load a policy; they read nothing from outside either.
            let is_test = path.components().any(|part| part.as_os_str() == "tests");
            let is_allowed = |word: &str| {
                (is_test && word.starts_with("crate::"))
                    || ALLOWED.iter().any(|(file, allowed)| path.ends_with(file) && *allowed == word)
            };
            let found_here = FORBIDDEN.iter().filter(|word| line.contains(**word) && !is_allowed(word));
            for word in found_here {
                found.push(format!("{}:{}: {word}", path.display(), number + 1));
            }
        }
    }
}
