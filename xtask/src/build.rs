//! Programs to ELFs, only when something changed.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, Result};
use xshell::{Shell, cmd};

use crate::{
    fingerprint,
    program::{PROFILE, Program, SHARED_SOURCES},
    record,
    upstream::{self, Places},
    workspace::Workspace,
};

/// The first Solana release whose `cargo build-sbf` builds what clusters of 2026 accept.
const SBPF_V3_RELEASE: (u32, u32) = (4, 3);

/// Who compiles.
enum Builder {
    /// `cargo build-sbf`, with what it says about its version.
    SolanaTools(String),
    /// rustc and LLVM as their projects publish them.
    Upstream,
}

/// Where the program's ELF is once it is built.
pub fn elf(program: &Program, workspace: &Workspace) -> PathBuf {
    let name = program.name.replace('-', "_");
    workspace.deploy().join(format!("{name}.so"))
}

/// A hash of what the ELF is made of.
pub fn inputs(program: &Program, workspace: &Workspace) -> Result<String> {
    let sources = [SHARED_SOURCES, program.sources].concat();
    fingerprint::of(
        &workspace.root,
        &sources,
        Builder::of_this_machine()?.version(),
    )
}

/// Who compiles on this machine, for people.
pub fn compiler(workspace: &Workspace) -> Result<String> {
    Ok(match Builder::of_this_machine()? {
        Builder::SolanaTools(version) => version,
        Builder::Upstream => upstream::versions(workspace)?,
    })
}

/// The path of the program's ELF, built from the sources as they are now.
pub fn up_to_date(program: &Program, workspace: &Workspace) -> Result<PathBuf> {
    let elf = elf(program, workspace);
    let inputs = inputs(program, workspace)?;
    let stamp = elf.with_extension("inputs");
    if is_current(&elf, &stamp, &inputs) {
        eprintln!("{} is up to date", elf.display());
        return Ok(elf);
    }

    let start = Instant::now();
    let built = Builder::of_this_machine()?
        .build(program, workspace)
        .with_context(|| format!("{} was not built", program.name))?;
    fs::create_dir_all(workspace.deploy())?;
    fs::copy(&built, &elf).with_context(|| format!("{} cannot be copied", built.display()))?;
    fs::write(&stamp, content_of_stamp(&elf, &inputs)?)?;
    eprintln!(
        "{}: {} bytes, {:.0?}",
        elf.display(),
        fs::metadata(&elf)?.len(),
        start.elapsed()
    );
    record::compare(&elf, program, workspace)?;
    Ok(elf)
}

/// Whether the ELF is the one that a build from these inputs left, byte for byte.
fn is_current(elf: &Path, stamp: &Path, inputs: &str) -> bool {
    match (fs::read_to_string(stamp), content_of_stamp(elf, inputs)) {
        (Ok(left), Ok(wanted)) => left == wanted,
        _ => false,
    }
}

fn content_of_stamp(elf: &Path, inputs: &str) -> Result<String> {
    Ok(format!("{inputs} {}\n", fingerprint::of_file(elf)?))
}

impl Builder {
    fn of_this_machine() -> Result<Self> {
        let shell = Shell::new()?;
        let version = cmd!(shell, "cargo-build-sbf --version").quiet();
        Ok(match version.ignore_stderr().read() {
            Ok(version) if release(&version) >= Some(SBPF_V3_RELEASE) => Self::SolanaTools(version),
            _ => Self::Upstream,
        })
    }

    fn version(&self) -> &str {
        match self {
            Self::SolanaTools(version) => version,
            Self::Upstream => "",
        }
    }

    /// Builds the program alone, so that no other package turns on features of it, and returns
    /// where the ELF is.
    fn build(&self, program: &Program, workspace: &Workspace) -> Result<PathBuf> {
        match self {
            Self::Upstream => upstream::build(program, workspace, &Places::of_this_user()?),
            Self::SolanaTools(_) => {
                let (shell, out) = (workspace.shell()?, workspace.target.join("sbf-out"));
                let manifest = program.manifest;
                cmd!(
                    shell,
                    "cargo-build-sbf --arch v3 --manifest-path {manifest}"
                )
                .args(["--sbf-out-dir".as_ref(), out.as_os_str()])
                .args(["--", "--config", PROFILE])
                .env_remove("RUSTUP_TOOLCHAIN")
                .run()?;
                Ok(out.join(format!("{}.so", program.library)))
            }
        }
    }
}

/// Major and minor number in "solana-cargo-build-sbf 4.3.0", the first line of its version.
fn release(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version
        .lines()
        .next()?
        .split_whitespace()
        .nth(1)?
        .split('.')
        .map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_release_of_the_solana_tools_is_read_from_their_first_line() {
        let version = "solana-cargo-build-sbf 4.3.1\nplatform-tools v1.54\nrustc 1.89.0\n";
        assert_eq!(release(version), Some((4, 3)));
        assert!(release("solana-cargo-build-sbf 3.1.14") < Some(SBPF_V3_RELEASE));
        assert_eq!(release("unknown"), None);
    }

    #[test]
    fn an_elf_that_was_replaced_or_has_other_inputs_is_not_current() -> Result<()> {
        let directory = std::env::temp_dir().join(format!("xtask-build-{}", std::process::id()));
        fs::create_dir_all(&directory)?;
        let (elf, stamp) = (directory.join("a.so"), directory.join("a.inputs"));
        assert!(!is_current(&elf, &stamp, "inputs"));
        fs::write(&elf, "code")?;
        fs::write(&stamp, content_of_stamp(&elf, "inputs")?)?;
        assert!(is_current(&elf, &stamp, "inputs"));
        assert!(!is_current(&elf, &stamp, "other inputs"));
        fs::write(&elf, "other code")?;
        assert!(!is_current(&elf, &stamp, "inputs"));
        fs::remove_dir_all(directory)?;
        Ok(())
    }
}
