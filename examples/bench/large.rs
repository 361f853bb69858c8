//! A large policy: the default one with more of everything.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use herald::policy::Source;

/// Services beside the default policy's own.
pub(crate) const SERVICES: usize = 1_000;
/// Routes beside them.
pub(crate) const RULES: usize = 10_000;
/// Audiences with templates of their own: twenty-two each, about a thousand in all.
const AUDIENCES: usize = 42;
/// The folder that each of them has a copy of.
const FOLDER: &str = "/business-teams/";

/// The file of routes.
const ROUTES: &str = "routes.yaml";

/// Its files.
pub(crate) fn source() -> Result<Source> {
    let source = Source::built_in();
    let text = |path: &str| source.text(path).map(str::to_owned).with_context(|| path.to_owned());
    let services = text("services.yaml")?;
    let (own, business) = services.split_once("\nbusiness_services:").context("services.yaml")?;
    let mut services = own.to_owned();
    for n in 0..SERVICES {
        write!(
            services,
            "\n  svc-{n}: {{ known_as: [svc-{n}, \"prod/svc-{n}\"], business_service: online-shop, tier: {}, team: team-{} }}",
            n % 3 + 1,
            n % 50
        )?;
    }
    write!(services, "\nbusiness_services:{business}")?;
    let mut routes = text(ROUTES)?;
    for n in 0..RULES {
        let when = format!(
            "service: svc-{}, priority: P{}, label.env: env-{}",
            n % SERVICES,
            n % 5 + 1,
            n / SERVICES
        );
        writeln!(routes, "  - {{ name: more-{n}, when: {{ {when} }}, tell: [unit-{}] }}", n % AUDIENCES)?;
    }
    let mut audiences = text("audiences.yaml")?;
    let one = audiences.split("\n  marketing:").nth(1).and_then(|after| after.split("\n\n").next());
    let one = one.context("audiences.yaml")?.replace("    templates: [business-teams]\n", "");
    for n in 0..AUDIENCES {
        write!(audiences, "\n  unit-{n}:{one}\n")?;
    }
    let shared: Vec<(String, String)> = source
        .iter()
        .filter(|(path, _)| path.contains(FOLDER))
        .map(|(path, text)| (path.to_owned(), text.to_owned()))
        .collect();
    let own = (0..AUDIENCES).flat_map(|n| {
        shared.iter().map(move |(path, text)| (path.replace(FOLDER, &format!("/unit-{n}/")), text.clone()))
    });
    let whole =
        source.clone().with("services.yaml", services).with(ROUTES, routes).with("audiences.yaml", audiences);
    Ok(own.fold(whole, |whole, (path, text)| whole.with(path, text)))
}

/// Every file of it as a directory that is edited: each edit is another policy of the same size.
pub(crate) struct Edited {
    dir: PathBuf,
    routes: String,
    edits: usize,
}

impl Edited {
    /// Writes it, as it is.
    pub(crate) fn new(source: &Source, dir: PathBuf) -> Result<Self> {
        write(source, &dir)?;
        let routes = source.text(ROUTES).context(ROUTES)?.to_owned();
        Ok(Self { dir, routes, edits: 0 })
    }

    /// Where it is.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// One more edit: a route that nothing here matches.
    pub(crate) fn edit(&mut self) -> Result<()> {
        self.edits += 1;
        let route =
            format!("  - {{ name: edit-{}, when: {{ team: nobody }}, tell: [unit-0] }}\n", self.edits);
        Ok(fs::write(self.dir.join(ROUTES), format!("{}{route}", self.routes))?)
    }
}

/// Writes a policy's files into a directory, which is made where it is not there.
pub(crate) fn write(source: &Source, dir: &Path) -> Result<()> {
    for (path, text) in source.iter() {
        let file = dir.join(path);
        fs::create_dir_all(file.parent().context("a policy's file has a directory")?)?;
        fs::write(file, text)?;
    }
    Ok(())
}
