//! SBPF with the stable compiler and upstream's LLVM; `tools/sbf/README.md` explains the parts.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use xshell::cmd;

use crate::{
    program::{PROFILE, Program},
    workspace::{Workspace, cargo},
};

/// The parts of the standard library, which have no overflow checks when they come compiled: the
/// program's own profile must not add them.
const STANDARD_LIBRARY: [&str; 3] = ["core", "alloc", "std"];

/// Builds the program, alone, and returns the path of the ELF.
///
/// The toolchain is installed first where it is missing. Builds have a target directory of their
/// own, because their flags differ from those of builds for this machine.
pub fn build(program: &Program, workspace: &Workspace) -> Result<PathBuf> {
    let prefix = install(workspace)?;
    let target = workspace.target.join("sbf");
    let stamp = fs::read_to_string(prefix.join(".stamp"))?;
    let toolchain_key = stamp.split_whitespace().next().unwrap_or_default();

    let (cargo, flags) = (cargo(), flags(&prefix).join("\u{1f}"));
    let (manifest, json) = (program.manifest, prefix.join("sbpfv3.json"));
    let unchecked = STANDARD_LIBRARY
        .map(|part| format!("profile.release.package.{part}.overflow-checks=false"));
    let configured = unchecked.iter().flat_map(|entry| ["--config", entry]);
    let final_key = format!("link-arg=--sbf-final={toolchain_key}");
    let shell = workspace.shell()?;
    let mut rustc = cmd!(shell, "{cargo} rustc --lib --crate-type cdylib --release")
        .args(["--config", PROFILE])
        .args(configured)
        .args(["--manifest-path", manifest, "--target"])
        .arg(json)
        .arg("--target-dir")
        .arg(&target)
        .args(["-Z", "json-target-spec", "-Z", "build-std=std,panic_abort"])
        .args(["-Z", "build-std-features=optimize_for_size"])
        .args(["--", "-C", &final_key])
        .args(program.compiler_arguments);

    // A target and a standard library of our own, with a stable compiler.
    rustc = rustc
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTC_BOOTSTRAP_SYNTHETIC_TARGET", "1")
        .env(
            "__CARGO_TESTS_ONLY_SRC_ROOT",
            prefix.join("rust-src/library"),
        )
        .env("CARGO_ENCODED_RUSTFLAGS", flags);
    for variable in ["RUSTFLAGS", "CARGO_BUILD_RUSTFLAGS", "CARGO_BUILD_TARGET"] {
        rustc = rustc.env_remove(variable);
    }
    rustc.quiet().run()?;
    Ok(target.join(format!("sbpfv3/release/lib{}.so", program.library)))
}

fn install(workspace: &Workspace) -> Result<PathBuf> {
    let prefix = prefix()?;
    let shell = workspace.shell()?;
    let install = cmd!(shell, "tools/sbf/install").env("SBF_TOOLCHAIN", &prefix);
    install.quiet().run()?;
    Ok(prefix)
}

fn prefix() -> Result<PathBuf> {
    match env::var_os("SBF_TOOLCHAIN") {
        Some(prefix) => Ok(std::path::absolute(prefix)?),
        None => {
            let home = env::home_dir().context("there is no home directory: set SBF_TOOLCHAIN")?;
            Ok(home.join(".cache/sluice-sbf"))
        }
    }
}

fn flags(prefix: &Path) -> Vec<String> {
    let mut flags = vec![
        "-C".to_string(),
        format!("linker={}", prefix.join("ld").display()),
        "--cfg=target_os=\"solana\"".to_string(),
        "-A".to_string(),
        "explicit_builtin_cfgs_in_flags".to_string(),
    ];
    // File names in panics, without the directories of this machine.
    let sources = prefix.join("rust-src");
    flags.push(format!(
        "--remap-path-prefix={}=rust-src",
        sources.display()
    ));
    if let Some(cargo_home) = cargo_home() {
        let registry = cargo_home.join("registry/src");
        flags.push(format!(
            "--remap-path-prefix={}=registry",
            registry.display()
        ));
    }
    flags
}

fn cargo_home() -> Option<PathBuf> {
    env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(env::home_dir()?.join(".cargo")))
}
