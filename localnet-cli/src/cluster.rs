//! A running cluster with the Sluice program, and the runtime that it lives on.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, anyhow, bail};
use sluice_cli::progress::Progress;
use sluice_client::pool::token_metadata::TOKEN_METADATA_PROGRAM;
use sluice_localnet::{
    Localnet, LocalnetConfig, LocalnetError, ProgramConfig, ProgramElf, ValidatorConfig,
};
use tokio::{
    runtime::Runtime,
    signal::unix::{SignalKind, signal},
};

use crate::{
    args::{ProgramArgs, StartArgs},
    page::{Folder, Page},
};

/// What `cargo xtask build` makes.
const SLUICE_FILE: &str = "sluice.so";
const TOKEN_METADATA_FILE: &str = "token_metadata.so";

/// A cluster. Dropping it stops it.
pub struct LocalCluster {
    // Dropped before the runtime that it uses.
    localnet: Localnet,
    page: Option<Page>,
    runtime: Runtime,
}

impl LocalCluster {
    /// Starts a cluster with one validator for each commission.
    pub fn start(arguments: &StartArgs) -> Result<Self> {
        let _progress = Progress::spinner("starting the cluster");
        let config = LocalnetConfig {
            bind_address: arguments.bind,
            rpc_port: arguments.port,
            web_origins: arguments.cors.clone(),
            epoch_duration: Duration::from_secs(arguments.epoch_seconds),
            epoch_yield_ppm: arguments.epoch_yield_ppm,
            programs: programs(arguments)?,
            validators: arguments
                .commissions_bps
                .iter()
                .map(|commission_bps| ValidatorConfig::with_commission_bps(*commission_bps))
                .collect(),
            ..LocalnetConfig::default()
        };
        let runtime = Runtime::new().context("cannot start threads for the cluster")?;
        let page = arguments.app.app.then(Folder::read).transpose()?;
        let localnet = runtime.block_on(Localnet::start(config)).map_err(advise)?;
        let port = match arguments.port {
            0 => 0,
            port => port.saturating_add(2),
        };
        let page = page.map(|folder| runtime.block_on(folder.serve(port)));
        Ok(Self {
            localnet,
            page: page.transpose()?,
            runtime,
        })
    }

    /// Where browsers find the page for holders, which asks for this cluster and this pool; `None` where it
    /// is not served.
    pub fn page_url(&self, pool: Option<&str>) -> Option<String> {
        let url = self.page.as_ref()?.url();
        let node = self.localnet.rpc_url();
        let pool = pool.map_or_else(String::new, |pool| format!("&pool={pool}"));
        Some(format!("{url}#node={node}{pool}"))
    }

    /// The cluster itself.
    pub fn localnet(&self) -> &Localnet {
        &self.localnet
    }

    /// Runs until somebody presses ctrl-c, closes the terminal or ends the process.
    pub fn run_until_interrupted(self) -> Result<()> {
        let Self {
            localnet, runtime, ..
        } = self;
        runtime
            .block_on(interruption())
            .context("cannot listen for ctrl-c")?;
        runtime.block_on(localnet.shutdown());
        Ok(())
    }
}

async fn interruption() -> std::io::Result<()> {
    let mut terminated = signal(SignalKind::terminate())?;
    let mut hung_up = signal(SignalKind::hangup())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminated.recv() => Ok(()),
        _ = hung_up.recv() => Ok(()),
    }
}

fn advise(error: LocalnetError) -> anyhow::Error {
    match error {
        LocalnetError::Listen { .. } => anyhow!("{error}: choose another port with --port"),
        other => anyhow!(other),
    }
}

/// Sluice, what names its tokens, and what is asked for besides.
fn programs(arguments: &StartArgs) -> Result<Vec<ProgramConfig>> {
    let program = &arguments.program;
    let mut usual = vec![(TOKEN_METADATA_PROGRAM, token_metadata(program)?)];
    if !arguments.without_program {
        usual.push((sluice::ID, self::sluice(program)?));
    }
    let loaded = arguments.load.iter();
    let loaded = loaded.map(|program| (program.id, program.elf.clone()));
    let all = usual.into_iter().chain(loaded);
    Ok(all
        .map(|(id, elf)| ProgramConfig {
            id,
            elf: ProgramElf::Path(elf),
            upgrade_authority: None,
        })
        .collect())
}

/// The file of Sluice.
pub fn sluice(arguments: &ProgramArgs) -> Result<PathBuf> {
    built(arguments.elf.as_deref(), SLUICE_FILE, "--program")
}

/// The file of what names tokens.
pub fn token_metadata(arguments: &ProgramArgs) -> Result<PathBuf> {
    let told = arguments.token_metadata_elf.as_deref();
    built(told, TOKEN_METADATA_FILE, "--token-metadata")
}

/// A compiled program: where we were told, or next to the build that this binary belongs to.
fn built(told: Option<&Path>, file: &str, flag: &str) -> Result<PathBuf> {
    if let Some(path) = told {
        if !path.is_file() {
            bail!(
                "there is no compiled program at {}: build it with `cargo xtask build`",
                path.display()
            );
        }
        return Ok(path.to_owned());
    }
    let binary = std::env::current_exe().context("cannot tell where this binary is")?;
    binary
        .ancestors()
        .flat_map(|folder| {
            [
                folder.join("deploy").join(file),
                folder.join("target/deploy").join(file),
            ]
        })
        .find(|path| path.is_file())
        .with_context(|| {
            format!(
                "the compiled program {file} was not found: build it with `cargo xtask build`, or \
                 pass {flag} FILE"
            )
        })
}
