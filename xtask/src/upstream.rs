//! SBPF with the stable compiler and upstream's LLVM; `tools/sbf/README.md` explains the parts.

use std::{env, fs, path::PathBuf};

use anyhow::{Context, Result};
use xshell::cmd;

use crate::{
    program::{PROFILE, Program},
    workspace::{Workspace, cargo},
};

/// The parts of the standard library, which have no overflow checks when they come compiled: the
/// program's own profile must not add them.
const STANDARD_LIBRARY: [&str; 3] = ["core", "alloc", "std"];

/// Where a build finds what it does not make: the compiler, and Cargo's packages.
pub struct Places {
    /// The prefix that `tools/sbf/install` installs to.
    pub compiler: PathBuf,
    /// Cargo's home.
    pub packages: PathBuf,
}

impl Places {
    /// Those of this user, or of the variables `SBF_TOOLCHAIN` and `CARGO_HOME`.
    ///
    /// # Errors
    ///
    /// Neither a variable nor a home directory says where.
    pub fn of_this_user() -> Result<Self> {
        let place = |variable: &str, folder: &str| match env::var_os(variable) {
            Some(place) => Ok(std::path::absolute(place)?),
            None => env::home_dir()
                .map(|home| home.join(folder))
                .with_context(|| format!("there is no home directory: set {variable}")),
        };
        Ok(Self {
            compiler: place("SBF_TOOLCHAIN", ".cache/sluice-sbf")?,
            packages: place("CARGO_HOME", ".cargo")?,
        })
    }
}

/// Builds the program, alone, and returns the path of the ELF.
///
/// The toolchain is installed first where it is missing. Builds have a target directory of their
/// own, because their flags differ from those of builds for this machine.
pub fn build(program: &Program, workspace: &Workspace, places: &Places) -> Result<PathBuf> {
    let shell = workspace.shell()?;
    shell.set_var("SBF_TOOLCHAIN", &places.compiler);
    shell.set_var("CARGO_HOME", &places.packages);
    cmd!(shell, "tools/sbf/install").quiet().run()?;

    let prefix = &places.compiler;
    let target = workspace.target.join("sbf");
    let stamp = fs::read_to_string(prefix.join(".stamp"))?;
    let toolchain_key = stamp.split_whitespace().next().unwrap_or_default();
    let (cargo, flags) = (cargo(), flags(places).join("\u{1f}"));
    let (manifest, json) = (program.manifest, prefix.join("sbpfv3.json"));
    let unchecked = STANDARD_LIBRARY
        .map(|part| format!("profile.release.package.{part}.overflow-checks=false"));
    let configured = unchecked.iter().flat_map(|entry| ["--config", entry]);
    let final_key = format!("link-arg=--sbf-final={toolchain_key}");
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
        .env("RUSTC", prefix.join("toolchain/rustc"))
        .env("CARGO_ENCODED_RUSTFLAGS", flags);
    for variable in ["RUSTFLAGS", "CARGO_BUILD_RUSTFLAGS", "CARGO_BUILD_TARGET"] {
        rustc = rustc.env_remove(variable);
    }
    rustc.quiet().run()?;
    Ok(target.join(format!("sbpfv3/release/lib{}.so", program.library)))
}

/// Which versions compile: what `tools/sbf` pins, in a line for people.
pub fn versions(workspace: &Workspace) -> Result<String> {
    let shell = workspace.shell()?;
    let rustc = cmd!(shell, "rustc --version").read()?;
    let lock = shell.read_file("tools/sbf/packages.lock")?;
    let install = shell.read_file("tools/sbf/install")?;
    let package = |name: &str| {
        let mut paths = lock.lines().filter_map(|line| line.rsplit('/').next());
        let found = paths.find(|file| file.starts_with(name));
        found.with_context(|| format!("packages.lock has no {name}"))
    };
    let mut lines = install.lines();
    let linker = lines.find_map(|line| line.strip_prefix("linker_version="));
    let linker = linker.context("install names no version of sbpf-linker")?;
    let (llvm, std) = (package("libllvm")?, package("rust-src")?);
    Ok(format!("{rustc}, {std}, {llvm}, sbpf-linker {linker}"))
}

fn flags(places: &Places) -> Vec<String> {
    let linker = places.compiler.join("ld");
    let sources = places.compiler.join("toolchain/lib/rustlib/src/rust");
    let packages = places.packages.join("registry/src");
    vec![
        "-C".to_string(),
        format!("linker={}", linker.display()),
        "--cfg=target_os=\"solana\"".to_string(),
        "-A".to_string(),
        "explicit_builtin_cfgs_in_flags".to_string(),
        // File names in panics, without the directories of this machine.
        format!("--remap-path-prefix={}=rust-src", sources.display()),
        format!("--remap-path-prefix={}=registry", packages.display()),
    ]
}
