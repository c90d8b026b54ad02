//! The validator that tests run on: found where one is installed, or installed below the target directory.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use xshell::{Shell, cmd};

use crate::workspace::{Workspace, cargo};

const NAME: &str = "solana-test-validator";
const PACKAGE: &str = "agave-validator";
/// The release that the embedded cluster is of, too.
const VERSION: &str = "4.2.2";

/// Debian's packages without which it cannot be built, and a command that succeeds where each is there.
const NEEDED: [(&str, &[&str]); 6] = [
    ("clang", &["clang", "--version"]),
    ("cmake", &["cmake", "--version"]),
    (
        "libclang-dev",
        &["sh", "-c", "ls /usr/lib/llvm-*/lib/libclang*.so"],
    ),
    ("pkg-config", &["pkg-config", "--version"]),
    ("libudev-dev", &["pkg-config", "--exists", "libudev"]),
    ("protobuf-compiler", &["protoc", "--version"]),
];

/// The validator that was installed below the target directory, or the one on the path: whichever release that is.
pub fn find(workspace: &Workspace) -> Option<PathBuf> {
    [installed(workspace), NAME.into()]
        .into_iter()
        .find(|binary| version(binary).is_some())
}

/// The validator of our release, which is installed where it is not on this machine. That takes half an hour.
pub fn install(workspace: &Workspace) -> Result<PathBuf> {
    let is_ours = |binary: &PathBuf| version(binary).as_deref() == Some(VERSION);
    let binary = installed(workspace);
    if let Some(found) = [binary.clone(), NAME.into()].into_iter().find(is_ours) {
        return Ok(found);
    }
    let shell = workspace.shell()?;
    let missing = missing(|probe| succeeds(&shell, probe));
    ensure!(
        missing.is_empty(),
        "{NAME} {VERSION} is built here, and Debian's packages for that are missing: apt-get install {}",
        missing.join(" ")
    );
    let (cargo, root) = (cargo(), folder(workspace));
    let build = root.join("build");
    eprintln!(
        "{NAME} {VERSION} is installed to {}: about half an hour",
        root.display()
    );
    cmd!(
        shell,
        "{cargo} install {PACKAGE} --version {VERSION} --locked --bin {NAME}"
    )
    .args(["--root".as_ref(), root.as_os_str()])
    .args(["--target-dir".as_ref(), build.as_os_str()])
    .run()?;
    ensure!(is_ours(&binary), "{} is not {VERSION}", binary.display());
    Ok(binary)
}

/// Where everything about it is.
pub fn folder(workspace: &Workspace) -> PathBuf {
    workspace.target.join("validator")
}

fn installed(workspace: &Workspace) -> PathBuf {
    folder(workspace).join("bin").join(NAME)
}

/// The release of a validator; nothing where it does not run.
fn version(binary: &Path) -> Option<String> {
    let shell = Shell::new().ok()?;
    let said = cmd!(shell, "{binary} --version").quiet().ignore_stderr();
    let said = said.read().ok()?;
    Some(said.split_whitespace().nth(1)?.to_owned())
}

fn succeeds(shell: &Shell, probe: &[&str]) -> bool {
    let [program, arguments @ ..] = probe else {
        return false;
    };
    let probe = cmd!(shell, "{program} {arguments...}").quiet();
    probe.ignore_stderr().read().is_ok()
}

fn missing(is_there: impl Fn(&[&str]) -> bool) -> Vec<&'static str> {
    let missing = NEEDED.iter().filter(|(_, probe)| !is_there(probe));
    missing.map(|(package, _)| *package).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_validator_cannot_be_built_without_is_named() {
        assert_eq!(missing(|_| true), Vec::<&str>::new());
        assert_eq!(
            missing(|probe| !probe.contains(&"libudev") && probe[0] != "protoc"),
            ["libudev-dev", "protobuf-compiler"]
        );
        let shell = Shell::new().unwrap();
        assert!(succeeds(&shell, &["true"]));
        assert!(!succeeds(&shell, &["false"]) && !succeeds(&shell, &["no-such-command"]));
    }
}
