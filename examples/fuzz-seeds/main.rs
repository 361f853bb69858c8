//! Makes the seeds of the fuzz targets: the examples and, where it is at hand, the corpus of real
//! bodies, in the form that each target reads. `scripts/fuzz` runs it.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use herald::core::sources::SourceKind;

fn main() -> anyhow::Result<()> {
    let to = PathBuf::from(std::env::args().nth(1).context("say where the seeds go")?);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut count = 0;
    for folder in [root.join("examples/webhooks"), root.join("../shared/corpus/payloads")] {
        for file in files(&folder)? {
            let body = std::fs::read(&file).with_context(|| format!("can't read {}", file.display()))?;
            for target in ["adapters", "origins"] {
                seed(&to.join(target), count, &[kind(&file), media_type(&file)], &body)?;
            }
            seed(&to.join("people"), count, &[], &body)?;
            count += 1;
        }
    }
    let mappings = mappings(root, &to.join("mapping"))?;
    for (number, text) in SIGNED.iter().enumerate() {
        seed(&to.join("signatures"), number, &[u8::try_from(number)?], text.as_bytes())?;
    }
    println!("{count} bodies and {mappings} mappings are seeds");
    Ok(())
}

/// Heads and bodies, one for each scheme in the order that its target has them.
const SIGNED: &[&str] = &[
    "\nauthorization: Bearer token\n\n{}",
    "\nauthorization: Basic dXNlcjpwYXNz\n\n{}",
    "\nx-token: token\n\n{}",
    "token=secret\n\n{}",
    "\nx-pagerduty-signature: v1=ae38da16,v1=9b5c7e9b\n\n{}",
    "\nwebhook-id: msg_1\nwebhook-timestamp: 1674087231\nwebhook-signature: v1,evxf= v1a,wDbb=\n\n{}",
    "\nx-hub-signature-256: sha256=ae38da16\n\n{}",
    "\nsentry-hook-signature: ae38da16\n\n{}",
    "\nx-grafana-alerting-signature: ae38da16\nx-time: 1674087231\n\n{}",
    "\nx-rootly-signature: t=1674087231, v1=ae38da16\n\n{}",
    "\nfh-signature: ae38da16\n\n{}",
    "\nx-victorops-signature: rjjaFg==\ncontent-type: application/x-www-form-urlencoded\n\na=1&b=%22x%22",
    "\nx-sig: ae38da16\nx-time: 1674087231\n\n{}",
    "\nauthorization: Bearer eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJpIiwiYXVkIjoiYSIsImV4cCI6MTY3NDA4NzMwMH0.AAAA\n\n{}",
    "\n\n{\"Type\":\"Notification\",\"MessageId\":\"1\",\"TopicArn\":\"arn:aws:sns:eu-west-1:123456789012:a\",\"Message\":\"m\",\"Timestamp\":\"2023-01-19T00:13:51.000Z\",\"SignatureVersion\":\"1\",\"Signature\":\"AAAA\",\"SigningCertURL\":\"https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-a.pem\"}",
];

/// Each mapping that ships, with each body of its tests.
fn mappings(root: &Path, to: &Path) -> anyhow::Result<usize> {
    let all = files(&root.join("deploy/mappings"))?;
    let ends = |path: &Path, end: &str| path.to_string_lossy().ends_with(end);
    let mut count = 0;
    for mapping in all.iter().filter(|path| ends(path, ".yaml") && !ends(path, ".test.yaml")) {
        let text = std::fs::read(mapping)?;
        let stem = mapping.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        for body in all.iter().filter(|path| ends(path, ".json") && path.to_string_lossy().contains(&stem)) {
            seed(to, count, &[text.as_slice(), b"\n---8<---\n"].concat(), &std::fs::read(body)?)?;
            count += 1;
        }
    }
    Ok(count)
}

/// All files below a folder; none where there is no such folder.
fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(found) };
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The kind that an example's name begins with, or that its folder is called by.
fn kind(file: &Path) -> u8 {
    let text = |part: Option<&std::ffi::OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
    let name = text(file.file_stem());
    let folder = text(file.parent().and_then(Path::file_name));
    let named = name.split('-').next().and_then(SourceKind::parse).or_else(|| SourceKind::parse(&folder));
    let place = SourceKind::ALL.iter().position(|kind| Some(*kind) == named).unwrap_or_default();
    u8::try_from(place).unwrap_or_default()
}

fn media_type(file: &Path) -> u8 {
    u8::from(file.extension().is_some_and(|ending| ending == "form"))
}

fn seed(folder: &Path, number: usize, head: &[u8], body: &[u8]) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)?;
    Ok(std::fs::write(folder.join(format!("seed-{number}")), [head, body].concat())?)
}
