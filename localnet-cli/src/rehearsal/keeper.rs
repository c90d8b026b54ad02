//! A `sluice-keeper` that is killed and started again.

use std::{
    env::{self, consts::EXE_SUFFIX},
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, ensure};

use crate::{living::Configuration, stage::Stage};

/// Where a rehearsal keeps what it needs.
pub struct Folder(PathBuf);

impl Folder {
    /// A folder, which is made where there is none.
    pub fn at(folder: &Path) -> Result<Self> {
        let made = fs::create_dir_all(folder).and_then(|()| folder.canonicalize());
        let folder = made.with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(Self(folder))
    }

    /// A place in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The folder.
    pub fn whole(&self) -> &Path {
        &self.0
    }
}

/// A keeper, which dies with this value.
pub struct Keeper {
    configuration: PathBuf,
    log: PathBuf,
    process: Child,
}

impl Keeper {
    /// A keeper of the stage's pool, with a key of its own. Holders claim themselves.
    pub fn start(stage: &Stage, folder: &Folder) -> Result<Self> {
        let pool = stage.pool().context("there is no pool yet")?;
        let place = Configuration::begin(&folder.path("keeper"))?;
        let written = Configuration::write(&place, stage, pool)?;
        let configuration = PathBuf::from(written.keeper_config_file);
        let log = folder.path("keeper.log");
        let process = run(&configuration, &log)?;
        Ok(Self {
            configuration,
            log,
            process,
        })
    }

    /// Kills it as a loss of power would.
    pub fn kill(&mut self) -> Result<()> {
        let ended = self.process.try_wait()?;
        ensure!(
            ended.is_none(),
            "the keeper had ended by itself: {}",
            self.log.display()
        );
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    /// Starts it again, where it was killed.
    pub fn restart(&mut self) -> Result<()> {
        self.process = run(&self.configuration, &self.log)?;
        Ok(())
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        // It may be gone already.
        let _gone = self.process.kill();
        let _reaped = self.process.wait();
    }
}

fn run(configuration: &Path, log: &Path) -> Result<Child> {
    let binary = env::current_exe()?.with_file_name(format!("sluice-keeper{EXE_SUFFIX}"));
    let log = File::options().create(true).append(true).open(log)?;
    Command::new(&binary)
        .arg("--config")
        .arg(configuration)
        .env("SLUICE_KEEPER_LISTEN", "127.0.0.1:0")
        .env("SLUICE_KEEPER_CLAIM", "none")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .with_context(|| {
            format!(
                "cannot run {}: `cargo build --workspace --bins` makes it",
                binary.display()
            )
        })
}
