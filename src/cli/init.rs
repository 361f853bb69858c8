//! `herald init [DIR]`

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::{Done, output, schema};
use crate::schemas::EDITORS_FOLDER;

/// Write a policy and a herald.yaml of your own, ready to edit
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Writes herald.yaml and policy/ (nine audiences, Japanese and English, and the stories that show \
    its rules), with schemas by which editors check both. Nothing that exists is touched.\n\n\
    Examples:\n  \
    herald init my-herald\n  \
    herald check my-herald/policy\n  \
    herald test my-herald/policy\n  \
    herald serve --config my-herald/herald.yaml"
)]
pub(super) struct Args {
    /// Where to
    #[arg(default_value = "herald")]
    dir: PathBuf,
}

/// What a first configuration looks like.
const EXAMPLE: &str = include_str!("init/herald.yaml");

pub(super) fn run(args: &Args) -> anyhow::Result<Done> {
    let policy = args.dir.join("policy");
    let file = args.dir.join(crate::config::DEFAULT_FILE);
    for existing in [&policy, &file] {
        if existing.exists() {
            bail!("{} exists already; nothing was written", existing.display());
        }
    }
    let files = crate::policy::built_in_files();
    for (path, content) in &files {
        write(&policy.join(path), content)?;
    }
    schema::write_for_editors(&policy.join(EDITORS_FOLDER))?;
    write(&file, EXAMPLE.as_bytes())?;
    output::write(&format!(
        "Written: {} and {} ({} files).\n\nNext:\n  \
         1. herald test {}: its stories show the rules that you start from.\n  \
         2. Put your services into {} (and into the stories that you keep), your customers into \
         customers.yaml. herald check {} says what is wrong.\n  \
         3. Name your Kafka and your sources in {}, then: herald serve --config {}\n",
        file.display(),
        policy.display(),
        files.len(),
        policy.display(),
        policy.join("services.yaml").display(),
        policy.display(),
        file.display(),
        file.display(),
    ))?;
    Ok(Done::Well)
}

fn write(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir).with_context(|| format!("can't make {}", dir.display()))?;
    }
    let mut options = std::fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .open(path)
        .with_context(|| format!("can't write {}", path.display()))?;
    std::io::Write::write_all(&mut file, content).with_context(|| format!("can't write {}", path.display()))
}
