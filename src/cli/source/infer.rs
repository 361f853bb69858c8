//! `herald source infer FILE…`: proposes a mapping and a JSON Schema from sample bodies.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde_json::Value;

use super::super::webhook::read_file;
use super::super::{Done, Usage, output};
use crate::mapping::cases::{Cases, Expect};
use crate::mapping::{self, infer};

/// Propose a mapping and a JSON Schema from sample bodies
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The more the samples show, the better: one that begins and one that ends an incident at \
    least. What is guessed is marked with CHECK in the mapping.\n\n\
    Examples:\n  \
    herald source infer probe-down.json probe-up.json                   shows the mapping\n  \
    herald source infer --name shop-probe --out mappings probe-*.json   writes mapping, schema, bodies and tests\n  \
    herald source test mappings/shop-probe.yaml --all                   what comes of them"
)]
pub(super) struct Args {
    /// What the tool posted; - is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What the source will be called
    #[arg(long, value_name = "NAME", default_value = "my-tool")]
    name: String,
    /// Write everything into this folder instead of showing the mapping
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Overwrite what is there
    #[arg(long)]
    force: bool,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Done> {
    let named = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if args.name.is_empty() || !args.name.bytes().all(named) {
        return Err(Usage(format!(
            "{:?} is no source's name: lower-case letters, digits and `-`",
            args.name
        ))
        .into());
    }
    if args.files.len() > infer::SAMPLES_MAX {
        return Err(Usage(format!("at most {} samples are looked at", infer::SAMPLES_MAX)).into());
    }
    let bodies =
        args.files.iter().map(|file| Ok((file, read_file(file)?))).collect::<anyhow::Result<Vec<_>>>()?;
    let samples = bodies.iter().map(|(file, body)| {
        let shown = file.display();
        serde_json::from_slice(body).with_context(|| {
            format!("{shown} is no JSON; write its mapping by hand (docs/sources/custom.md)")
        })
    });
    let samples: Vec<Value> = samples.collect::<anyhow::Result<_>>()?;
    let schema_file = if args.out.is_some() { format!("{}.schema.json", args.name) } else { String::new() };
    let proposal = infer::propose(&args.name, &schema_file, &samples).map_err(anyhow::Error::msg)?;
    let Some(folder) = &args.out else {
        output::write(&proposal.mapping)?;
        return Ok(Done::Well);
    };
    write(args, folder, &proposal, &bodies)
}

fn write(
    args: &Args,
    folder: &Path,
    proposal: &infer::Proposal,
    bodies: &[(&PathBuf, Vec<u8>)],
) -> anyhow::Result<Done> {
    let mapping = folder.join(format!("{}.yaml", args.name));
    if mapping.exists() && !args.force {
        bail!("{} is there already; --force overwrites it", mapping.display());
    }
    let put = |path: &Path, bytes: &[u8]| {
        std::fs::write(path, bytes).with_context(|| format!("can't write {}", path.display()))
    };
    std::fs::create_dir_all(folder.join("bodies"))
        .with_context(|| format!("can't make {}", folder.display()))?;
    put(&mapping, proposal.mapping.as_bytes())?;
    put(&folder.join(format!("{}.schema.json", args.name)), proposal.schema.as_bytes())?;
    for (place, (file, body)) in bodies.iter().enumerate() {
        let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let stem: String = stem
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
            .collect();
        let stem = stem
            .trim_matches('-')
            .strip_prefix(&format!("{}-", args.name))
            .unwrap_or(stem.trim_matches('-'))
            .to_owned();
        let name = if stem.is_empty() { (place + 1).to_string() } else { stem };
        put(&folder.join(format!("bodies/{}-{name}.json", args.name)), body)?;
    }
    let loaded = mapping::load(&mapping)?;
    let cases = Cases::found_beside(&mapping);
    let mut outcomes = Vec::new();
    for case in &cases.list {
        outcomes.push(cases.run(&loaded.mapping, case).map_err(anyhow::Error::msg)?.found);
    }
    cases.write(&outcomes).map_err(anyhow::Error::msg)?;
    let rejected = outcomes.iter().filter(|outcome| matches!(outcome, Expect::Rejected(_))).count();
    let checks = proposal.mapping.matches("CHECK").count().saturating_sub(1);
    output::line(&format!(
        "{}: {checks} guesses to check, {} bodies, {rejected} rejected",
        mapping.display(),
        cases.list.len()
    ))?;
    output::line(&format!("{}: read what comes of them", cases.file.display()))?;
    output::line("next: herald source test, herald explain --source, and in herald.yaml:")?;
    output::line(&format!("  {}: {{ kind: custom, mapping: {}, auth: … }}", args.name, mapping.display()))?;
    Ok(Done::Well)
}
