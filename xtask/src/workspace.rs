//! Where things are, and how commands are run there.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use xshell::{Shell, cmd};

/// The two directories that every command works with.
pub struct Workspace {
    /// The root of the repository.
    pub root: PathBuf,
    /// Cargo's target directory of the workspace.
    pub target: PathBuf,
}

impl Workspace {
    /// The workspace that this command was compiled from, and the target directory that it runs in.
    pub fn find() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("xtask is not in a workspace")?;
        let executable = env::current_exe()?;
        let target = executable
            .ancestors()
            .nth(2)
            .context("run this with `cargo xtask`, not from another directory")?;
        Ok(Self {
            root: root.to_path_buf(),
            target: target.to_path_buf(),
        })
    }

    /// A shell at the root of the repository.
    pub fn shell(&self) -> Result<Shell> {
        let shell = Shell::new()?;
        shell.change_dir(&self.root);
        Ok(shell)
    }

    /// All files of the source as it lies there now, by their paths from the root: what is tracked, and
    /// what is new and not ignored.
    pub fn files(&self) -> Result<Vec<String>> {
        let shell = self.shell()?;
        let files = cmd!(
            shell,
            "git ls-files --cached --others --exclude-standard --deduplicate"
        );
        let files = files.quiet().read()?;
        let is_there = |file: &&str| self.root.join(file).is_file();
        Ok(files.lines().filter(is_there).map(str::to_owned).collect())
    }

    /// The directory of the ELFs that clusters and tests load.
    pub fn deploy(&self) -> PathBuf {
        self.target.join("deploy")
    }

    /// A program that cargo has built for this machine.
    pub fn binary(&self, name: &str) -> PathBuf {
        self.target.join("debug").join(name)
    }
}

/// Cargo, in the toolchain that runs this command.
pub fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Forgets what `cargo run` told this process about itself: build scripts that watch these variables
/// would otherwise run again whenever the caller changes.
///
/// # Safety
///
/// No other thread may be running.
pub unsafe fn forget_the_caller() {
    let names = env::vars_os().map(|(name, _)| name);
    for name in names.filter(|name| is_of_the_caller(&name.to_string_lossy())) {
        // safety: the caller's promise.
        unsafe { env::remove_var(name) };
    }
}

fn is_of_the_caller(variable: &str) -> bool {
    variable.starts_with("CARGO_PKG_")
        || variable.starts_with("CARGO_MANIFEST_")
        || variable == "LD_LIBRARY_PATH"
}
