//! The program's interface description (IDL), as Anchor's tools write it, without the Anchor CLI.

use std::{env, fs, path::PathBuf};

use anchor_lang_idl::build::IdlBuilder;
use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::{frozen, interface, workspace::Workspace};

/// The interface of the program as it is now.
struct Generated {
    idl: Value,
    /// The files and what belongs into them.
    files: [(PathBuf, String); 2],
}

/// Writes the IDL of the program as it is now, the book's page of it, and what it adds to what is
/// promised.
pub fn write(workspace: &Workspace) -> Result<()> {
    fs::create_dir_all(workspace.root.join("idl"))?;
    let generated = generate(workspace)?;
    for (file, text) in generated.files {
        fs::write(&file, text)?;
        eprintln!("{} is written", file.display());
    }
    frozen::write(workspace, &generated.idl)
}

/// Fails unless the files are the interface of the program as it is now, and it keeps what was promised.
pub fn check(workspace: &Workspace) -> Result<()> {
    let generated = generate(workspace)?;
    for (file, text) in generated.files {
        ensure!(
            fs::read_to_string(&file).is_ok_and(|committed| committed == text),
            "{} is not the interface of the program as it is now: run `cargo xtask idl` and commit the file",
            file.display()
        );
        eprintln!("{} is up to date", file.display());
    }
    frozen::check(workspace, &generated.idl)
}

fn file(workspace: &Workspace) -> PathBuf {
    workspace.root.join("idl/sluice.json")
}

fn generate(workspace: &Workspace) -> Result<Generated> {
    // The builder hands this variable on to cargo as an argument that cargo does not understand.
    // safety: this command has no other thread.
    unsafe { env::remove_var("RUSTUP_TOOLCHAIN") };
    // The builder's own compiler flags would otherwise have the workspace compiled again.
    let target = workspace.target.join("idl").display().to_string();
    let idl = IdlBuilder::new()
        .program_path(workspace.root.join("programs/sluice"))
        .cargo_args(vec!["--lib".into(), "--target-dir".into(), target])
        .build()
        .context("the program's interface was not generated")?;
    let json = format!("{}\n", serde_json::to_string_pretty(&idl)?);
    let idl = serde_json::to_value(&idl)?;
    let page = interface::page(&idl)?;
    let page_file = workspace.root.join("docs/src/interface.md");
    Ok(Generated {
        files: [(file(workspace), json), (page_file, page)],
        idl,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchor_toml_names_the_address_of_the_idl_for_both_clusters() -> Result<()> {
        let workspace = Workspace::find()?;
        let idl: serde_json::Value = serde_json::from_str(&fs::read_to_string(file(&workspace))?)?;
        let address = idl["address"].as_str().context("the IDL has no address")?;
        let anchor = fs::read_to_string(workspace.root.join("Anchor.toml"))?;
        let entry = format!("sluice = \"{address}\"");
        assert_eq!(anchor.lines().filter(|line| *line == entry).count(), 2);
        Ok(())
    }
}
