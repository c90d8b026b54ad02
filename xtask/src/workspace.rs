//! Where things are.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

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
        let executable = std::env::current_exe()?;
        let target = executable
            .ancestors()
            .nth(2)
            .context("run this with `cargo xtask`, not from another directory")?;
        Ok(Self {
            root: root.to_path_buf(),
            target: target.to_path_buf(),
        })
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
