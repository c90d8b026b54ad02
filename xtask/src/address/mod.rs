//! The addresses of our programs, and all that follows from them: written everywhere at once, and
//! checked to agree.
//!
//! Programs compare addresses at run time, so what follows from an address stands in the sources as
//! a constant. `places` says where.

mod places;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
pub use places::Declared;
use solana_keypair::{Keypair, Signer, read_keypair_file, write_keypair_file};
use xshell::cmd;

use crate::{build, idl, js, program::Program, workspace::Workspace};

/// What is made anew from the sources.
const MADE_ANEW: [&str; 3] = [
    "clients/js/src/generated/",
    "docs/src/interface.md",
    "idl/sluice.json",
];
/// What was recorded from a cluster, or is frozen: it belongs to its address.
const KEPT: [&str; 3] = [
    "integrations/test/recorded.json",
    "migrations/fixtures/",
    "programs/hashes.json",
];

/// Gives a program another address: that of a new keypair, or of the one in a file.
pub fn new(workspace: &Workspace, program: &Program, keypair: Option<PathBuf>) -> Result<()> {
    let (key, file) = key(workspace, program, keypair)?;
    let before = places::read(&workspace.root, program.name)?;
    let after = Declared::of(program.name, key.pubkey())?;
    let shell = workspace.shell()?;
    let files = cmd!(shell, "git ls-files").read()?;
    let changed = rewrite(&workspace.root, files.lines(), &before, &after)?;
    eprintln!(
        "{} is {} instead of {} in {} files",
        program.name,
        after.address(),
        before.address(),
        changed.len()
    );
    if program.name == "sluice" {
        idl::write(workspace)?;
        js::generate(workspace)?;
    }
    check(workspace)?;
    build::up_to_date(program, workspace)?;
    eprintln!(
        "The keypair is in {}: keep it out of the repository and offline. Next:\n  \
         cargo xtask integrations --record          what indexers are tested on, at the new address\n  \
         INSTA_UPDATE=always cargo xtask test       sentences that are approved with addresses in them\n  \
         migrations/README.md: frozen accounts belong to the old address, and so do their tests\n  \
         cargo xtask build --record                 what the programs have become, to the byte",
        file.display()
    );
    Ok(())
}

/// What the sources in a folder declare of Sluice.
pub fn declared(root: &Path) -> Result<Declared> {
    places::read(root, "sluice")
}

/// Whether a file belongs to the address that it names, and is not rewritten.
pub fn is_kept(file: &str) -> bool {
    KEPT.iter().any(|start| file.starts_with(start))
}

/// Fails unless all places name the same addresses, and what follows from them.
pub fn check(workspace: &Workspace) -> Result<()> {
    check_in(&workspace.root)
}

fn check_in(root: &Path) -> Result<()> {
    let mut wrong = Vec::new();
    for program in places::PROGRAMS {
        let declared = places::read(root, program)?;
        for (file, text) in declared.wanted() {
            let content = fs::read_to_string(root.join(file))
                .with_context(|| format!("{file} cannot be read"))?;
            if !content.contains(&text) {
                wrong.push(format!("{file} does not have: {text}"));
            }
        }
    }
    ensure!(
        wrong.is_empty(),
        "addresses do not agree: `cargo xtask address new` writes all at once\n  {}",
        wrong.join("\n  ")
    );
    Ok(())
}

/// Replaces the old address, and what follows from it, in all files.
fn rewrite<'a>(
    root: &Path,
    files: impl Iterator<Item = &'a str>,
    before: &Declared,
    after: &Declared,
) -> Result<Vec<&'a str>> {
    let is_made = |file: &str| MADE_ANEW.iter().any(|start| file.starts_with(start));
    let is_source = |file: &&str| !is_made(file) && !is_kept(file);
    let mut changed = Vec::new();
    for file in files.filter(is_source) {
        let path = root.join(file);
        // Pictures are no text.
        let Ok(content) = fs::read_to_string(&path) else {
            continue;
        };
        let rewritten = before.replace_by(after, file, &content);
        if rewritten != content {
            fs::write(&path, rewritten)?;
            changed.push(file);
        }
    }
    Ok(changed)
}

/// The keypair, and where it is.
fn key(
    workspace: &Workspace,
    program: &Program,
    given: Option<PathBuf>,
) -> Result<(Keypair, PathBuf)> {
    let unreadable = |file: &Path| format!("{} holds no keypair", file.display());
    if let Some(file) = given {
        let key = read_keypair_file(&file)
            .ok()
            .with_context(|| unreadable(&file))?;
        return Ok((key, file));
    }
    let elf = build::elf(program, workspace);
    let name = elf.file_stem().unwrap_or_default().to_string_lossy();
    let file = elf.with_file_name(format!("{name}-keypair.json"));
    if file.exists() {
        bail!(
            "{} is there already: pass it with --keypair, or move it away",
            file.display()
        );
    }
    let key = Keypair::new();
    let written = write_keypair_file(&key, &file).map_err(|error| error.to_string());
    if let Err(error) = written {
        bail!("{} cannot be written: {error}", file.display());
    }
    Ok((key, file))
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, env, process};

    use solana_pubkey::Pubkey;

    use super::*;

    fn source() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
    }

    /// A copy of all files that name an address.
    struct Copy(PathBuf, BTreeSet<&'static str>);

    impl Copy {
        fn new(name: &str) -> Result<Self> {
            let root = env::temp_dir().join(format!("xtask-address-{name}-{}", process::id()));
            let mut files = BTreeSet::new();
            for program in places::PROGRAMS {
                files.extend(places::files(program));
            }
            for file in &files {
                let to = root.join(file);
                fs::create_dir_all(to.parent().context("no folder")?)?;
                fs::copy(source().join(file), to)?;
            }
            Ok(Self(root, files))
        }
    }

    impl Drop for Copy {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).ok();
        }
    }

    #[test]
    fn all_places_agree_on_the_addresses_of_our_programs() -> Result<()> {
        check_in(source())
    }

    #[test]
    fn a_new_address_is_written_wherever_it_and_what_follows_from_it_stand() -> Result<()> {
        let copy = Copy::new("new")?;
        for program in places::PROGRAMS {
            let before = places::read(&copy.0, program)?;
            let after = Declared::of(program, Pubkey::new_unique())?;
            rewrite(&copy.0, copy.1.iter().copied(), &before, &after)?;
            assert_eq!(places::read(&copy.0, program)?, after);
        }
        // What is made from the interface follows with `cargo xtask idl` and `js --generate`.
        let error = check_in(&copy.0).unwrap_err().to_string();
        let left: Vec<_> = error.lines().skip(1).collect();
        assert!(
            left.iter()
                .all(|line| line.contains("idl/") || line.contains("generated/"))
        );
        assert_eq!(left.len(), 2, "{error}");
        Ok(())
    }

    #[test]
    fn one_place_that_was_forgotten_is_found() -> Result<()> {
        let copy = Copy::new("forgotten")?;
        for program in places::PROGRAMS {
            for (file, text) in places::read(&copy.0, program)?.wanted().into_iter().skip(1) {
                let path = copy.0.join(file);
                let content = fs::read_to_string(&path)?;
                fs::write(&path, content.replace(&text, "forgotten"))?;
                let error = check_in(&copy.0).unwrap_err().to_string();
                assert!(error.contains(file), "{file}: {error}");
                fs::write(&path, content)?;
            }
        }
        check_in(&copy.0)
    }
}
