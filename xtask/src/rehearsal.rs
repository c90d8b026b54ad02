//! `cargo xtask test --validator`: what somebody does who deploys Sluice, on a real validator.
//!
//! Nobody holds the keypair of the address in the sources. So a copy of the workspace gets another
//! address, as anybody gives it one who deploys, and is what runs.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use xshell::cmd;

use crate::{
    address::{self, Declared},
    program::USUAL,
    validator,
    workspace::{Workspace, cargo},
};

/// The commands that the copy is built for.
const BINARIES: [&str; 3] = ["sluice", "sluice-localnet", "sluice-keeper"];

/// Rehearses a deployment, the life of a stake, crashes and upgrades on a validator.
pub fn run(workspace: &Workspace) -> Result<()> {
    let validator = validator::install(workspace)?;
    let copy = copy(workspace)?;
    give_address(workspace, &copy)?;
    let shell = copy.shell()?;
    let program_id = keypair(&copy);
    build_binaries(&copy, &BINARIES)?;
    let localnet = copy.binary("sluice-localnet");
    let folder = validator::folder(workspace).join("rehearsal");
    Ok(cmd!(
        shell,
        "{localnet} rehearse {folder} --validator {validator} --program-id {program_id}"
    )
    .env_remove("SLUICE_ELF")
    .env_remove("SLUICE_TOKEN_METADATA_ELF")
    .run()?)
}

fn keypair(copy: &Workspace) -> PathBuf {
    copy.deploy().join("sluice-keypair.json")
}

/// Makes the copy what the workspace is now. Files that are the same already keep their times, so that
/// nothing is compiled twice.
fn copy(workspace: &Workspace) -> Result<Workspace> {
    let root = validator::folder(workspace).join("workspace");
    let copy = Workspace {
        target: root.join("target"),
        root,
    };
    if !copy.root.exists() {
        seed(workspace, &copy)?;
    }
    let before = address::declared(&workspace.root)?;
    // A copy that is new declares nothing yet.
    let after = address::declared(&copy.root).ok();
    let files = workspace.files()?;
    for file in &files {
        let (from, to) = (workspace.root.join(file), copy.root.join(file));
        let content =
            fs::read(&from).with_context(|| format!("{} cannot be read", from.display()))?;
        let content = match &after {
            Some(after) => moved(&before, after, file, content),
            None => content,
        };
        write_if_other(&from, &to, &content)?;
    }
    forget_others(&copy, &files)?;
    Ok(copy)
}

/// What a file has at another address. What is made from the sources follows them, too.
fn moved(before: &Declared, after: &Declared, file: &str, content: Vec<u8>) -> Vec<u8> {
    if address::is_kept(file) {
        return content;
    }
    match String::from_utf8(content) {
        Ok(text) => before.replace_by(after, file, &text).into_bytes(),
        Err(picture) => picture.into_bytes(),
    }
}

fn write_if_other(from: &Path, to: &Path, content: &[u8]) -> Result<()> {
    if fs::read(to).is_ok_and(|there| there == content) {
        return Ok(());
    }
    let folder = to.parent().context("a file is in a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    fs::write(to, content).with_context(|| format!("cannot write {}", to.display()))?;
    Ok(fs::set_permissions(to, fs::metadata(from)?.permissions())?)
}

/// Files that the workspace no longer has go. The copy is a repository, since addresses are rewritten in
/// what is tracked.
fn forget_others(copy: &Workspace, files: &[String]) -> Result<()> {
    let shell = copy.shell()?;
    cmd!(shell, "git init --quiet").run()?;
    for file in copy.files()? {
        if !files.contains(&file) {
            fs::remove_file(copy.root.join(file))?;
        }
    }
    Ok(cmd!(shell, "git add --all").quiet().run()?)
}

/// Gives the copy an address of its own once, and builds what it deploys.
fn give_address(workspace: &Workspace, copy: &Workspace) -> Result<()> {
    build_binaries(copy, &["xtask"])?;
    let (shell, xtask, keypair) = (copy.shell()?, copy.binary("xtask"), keypair(copy));
    if address::declared(&copy.root)? == address::declared(&workspace.root)? {
        fs::create_dir_all(copy.deploy())?;
        let new = cmd!(shell, "{xtask} address new");
        // It is there already where an earlier run was ended.
        match keypair.exists() {
            true => new.arg("--keypair").arg(keypair).run()?,
            false => new.run()?,
        }
    }
    cmd!(shell, "{xtask} address check").run()?;
    let programs = USUAL.iter().map(|program| program.name);
    cmd!(shell, "{xtask} build {programs...}").run()?;
    Ok(())
}

/// Builds commands of the copy.
fn build_binaries(copy: &Workspace, names: &[&str]) -> Result<()> {
    let (shell, cargo) = (copy.shell()?, cargo());
    let (binaries, target) = (names.iter().flat_map(|name| ["--bin", name]), &copy.target);
    Ok(cmd!(
        shell,
        "{cargo} build --workspace --target-dir {target} {binaries...}"
    )
    .run()?)
}

/// Lets the first build of the copy begin with what packages of others have become for the workspace: half
/// an hour less. Our own are older there than the sources of the copy, which are written afterwards, and
/// so are made anew.
fn seed(workspace: &Workspace, copy: &Workspace) -> Result<()> {
    let (from, to) = (workspace.target.join("debug"), copy.target.join("debug"));
    // The last one says that the others are there.
    for part in ["deps", "build", ".fingerprint"] {
        copy_folder(&from.join(part), &to.join(part), part == "deps")?;
    }
    Ok(())
}

/// Copies a folder with the times of its files; of libraries, without the commands and tests beside them.
fn copy_folder(from: &Path, to: &Path, only_libraries: bool) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let from = entry?.path();
        let to = to.join(from.file_name().context("an entry has a name")?);
        if from.is_dir() {
            copy_folder(&from, &to, only_libraries)?;
        } else if !only_libraries || from.extension().is_some() {
            fs::copy(&from, &to).with_context(|| format!("cannot copy {}", from.display()))?;
            let modified = fs::metadata(&from)?.modified()?;
            fs::File::options()
                .append(true)
                .open(&to)?
                .set_modified(modified)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{env, process};

    use super::*;

    #[test]
    fn a_copy_has_its_own_address_wherever_it_follows_and_what_belongs_to_the_old_one_stays()
    -> Result<()> {
        let folder = env::temp_dir().join(format!("xtask-rehearsal-{}", process::id()));
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let before = address::declared(&source)?;
        fs::create_dir_all(folder.join("programs/sluice/src"))?;
        let old = before.address().to_string();
        let new = "So11111111111111111111111111111111111111112";
        let library = fs::read_to_string(source.join("programs/sluice/src/lib.rs"))?;
        fs::write(
            folder.join("programs/sluice/src/lib.rs"),
            library.replace(&old, new),
        )?;
        let after = address::declared(&folder)?;
        fs::remove_dir_all(folder)?;

        let text = format!("\"{old}\"");
        let copied = |file| moved(&before, &after, file, text.clone().into_bytes());
        let made = ["idl/sluice.json", "docs/src/interface.md", "Anchor.toml"];
        for file in made {
            assert_eq!(copied(file), format!("\"{new}\"").into_bytes(), "{file}");
        }
        assert_eq!(copied("programs/hashes.json"), text.as_bytes());
        let picture = vec![0xff, 0xd8, 0, 1];
        assert_eq!(moved(&before, &after, "a.png", picture.clone()), picture);
        Ok(())
    }

    #[test]
    fn a_file_that_is_the_same_keeps_its_time_and_libraries_are_copied_without_commands()
    -> Result<()> {
        let folder = env::temp_dir().join(format!("xtask-copy-{}", process::id()));
        let (from, to) = (folder.join("from"), folder.join("to"));
        fs::create_dir_all(&from)?;
        for (file, content) in [("liba.rlib", "library"), ("tests-0123", "command")] {
            fs::write(from.join(file), content)?;
        }
        copy_folder(&from, &to, true)?;
        assert!(!to.join("tests-0123").exists());
        let time = |file: PathBuf| anyhow::Ok(fs::metadata(file)?.modified()?);
        let before = time(to.join("liba.rlib"))?;
        assert_eq!(before, time(from.join("liba.rlib"))?);

        write_if_other(&from.join("liba.rlib"), &to.join("liba.rlib"), b"library")?;
        assert_eq!(time(to.join("liba.rlib"))?, before);
        write_if_other(&from.join("liba.rlib"), &to.join("new/liba.rlib"), b"other")?;
        assert_eq!(fs::read(to.join("new/liba.rlib"))?, b"other");
        Ok(fs::remove_dir_all(folder)?)
    }
}
