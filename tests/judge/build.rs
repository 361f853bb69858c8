//! Copies the fold's sources, and puts every mutation into the copy, behind its switch.

use std::path::{Path, PathBuf};
use std::{env, fs};

#[path = "mutations.rs"]
mod mutations;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../..");
    let copy = PathBuf::from(env::var("OUT_DIR")?).join("herald");
    if copy.exists() {
        fs::remove_dir_all(&copy)?;
    }
    for folder in ["src/core", "src/policy", "schemas"] {
        println!("cargo::rerun-if-changed={}", root.join(folder).display());
        copy_all(&root.join(folder), &copy.join(folder))?;
    }
    println!("cargo::rerun-if-changed=mutations.rs");
    for mutation in &mutations::MUTATIONS {
        let switch = format!("crate::mutation::is_on({})", mutation.invariant);
        let by = mutation.replace.replace("ON", &switch);
        replace_once(&copy.join("src/core").join(mutation.file), mutation.find, &by)?;
    }
    // The policy that ships lies elsewhere, as seen from this package.
    let source = copy.join("src/policy/source.rs");
    let text = fs::read_to_string(&source)?;
    fs::write(source, text.replace("/deploy/policy/", "/../../deploy/policy/"))?;
    let modules = ["core", "policy"].map(|name| {
        let path = copy.join("src").join(name).join("mod.rs");
        let path = path.display();
        format!("#[allow(warnings, clippy::all, clippy::pedantic)]\n#[path = \"{path}\"]\npub mod {name};\n")
    });
    fs::write(copy.join("modules.rs"), modules.concat())?;
    Ok(())
}

fn copy_all(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let (entry, target) = {
            let entry = entry?;
            (entry.path(), to.join(entry.file_name()))
        };
        if entry.is_dir() {
            copy_all(&entry, &target)?;
        } else {
            // Its own tests are the product's.
            let text = fs::read_to_string(&entry)?;
            fs::write(target, text.replace("#[cfg(test)]", "#[cfg(any())]"))?;
        }
    }
    Ok(())
}

fn replace_once(file: &Path, find: &str, by: &str) -> Result<(), Failure> {
    let text = fs::read_to_string(file)?;
    match text.matches(find).count() {
        1 => Ok(fs::write(file, text.replace(find, by))?),
        count => Err(format!("{}: found {count} times, and not once: {find}", file.display()).into()),
    }
}
