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
    println!("{count} bodies are seeds");
    Ok(())
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
