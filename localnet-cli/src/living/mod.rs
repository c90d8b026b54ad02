//! A cluster with a pool that lives: validators, epochs that pass, and a holder who comes and leaves. A
//! keeper has something to do there, and its page something to show.

mod configuration;
mod script;

use std::{env, env::consts::EXE_SUFFIX, fmt, thread, time::Duration};

use anyhow::Result;
use serde::Serialize;
use sluice_cli::{
    args::OutputFormat,
    output::{Facts, print},
    progress::Progress,
};
use sluice_client::words::amounts::counted;

pub use self::configuration::Configuration;
use self::script::Script;
use crate::{
    args::{LivingArgs, StartArgs},
    cluster::LocalCluster,
    stage::{Binaries, Stage},
    start::UNSET,
};

/// What an epoch pays on the validators' stake: 0.035%, as on mainnet.
const EPOCH_YIELD_PPM: u32 = 350;
/// What the validators take, in turn.
const COMMISSIONS_BPS: [u16; 6] = [0, 100, 300, 500, 700, 1_000];
/// So often the holder does something in an epoch.
const ACTS_PER_EPOCH: u32 = 4;

/// Lets a pool live, writes what a keeper needs to a folder, and goes on until ctrl-c.
pub fn run(arguments: &LivingArgs, output: OutputFormat) -> Result<()> {
    let binaries = Binaries::find()?;
    let folder = Configuration::begin(&arguments.folder)?;
    let commissions = COMMISSIONS_BPS.into_iter().cycle();
    let cluster = LocalCluster::start(&StartArgs {
        without_program: false,
        epoch_seconds: arguments.epoch_seconds,
        epoch_yield_ppm: EPOCH_YIELD_PPM,
        commissions_bps: commissions.take(arguments.validators.into()).collect(),
        port: arguments.port,
        bind: arguments.bind,
        program: arguments.program.clone(),
        load: Vec::new(),
        cors: Vec::new(),
        app: arguments.app,
    })?;
    let progress = Progress::spinner("letting a pool live for some epochs");
    let mut stage = Stage::new(binaries, &cluster);
    let script = Script::begin(&mut stage)?;
    script.live(&stage)?;
    let configuration = Configuration::write(&folder, &stage, &script.pool)?;
    drop(progress);
    print(
        output,
        &Living::new(&cluster, &script, arguments, configuration),
    )?;
    let pause = Duration::from_secs(arguments.epoch_seconds) / ACTS_PER_EPOCH;
    // It ends with the process.
    thread::spawn(move || script.go_on(&stage, pause));
    cluster.run_until_interrupted()
}

/// A pool that lives.
#[derive(Debug, Serialize)]
struct Living {
    rpc_url: String,
    /// The page for holders, of this pool; `null` without `--app`.
    page_url: Option<String>,
    pool: String,
    validators: u8,
    epoch_seconds: u64,
    /// The configuration of the wallet that has all roles of the pool.
    config_file: String,
    #[serde(flatten)]
    configuration: Configuration,
}

impl Living {
    fn new(
        cluster: &LocalCluster,
        script: &Script,
        arguments: &LivingArgs,
        configuration: Configuration,
    ) -> Self {
        Self {
            rpc_url: cluster.localnet().rpc_url(),
            page_url: cluster.page_url(Some(&script.pool)),
            pool: script.pool.clone(),
            validators: arguments.validators,
            epoch_seconds: arguments.epoch_seconds,
            config_file: script.curator.config_file.display().to_string(),
            configuration,
        }
    }
}

impl fmt::Display for Living {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut facts = vec![
            ("JSON-RPC", self.rpc_url.clone()),
            ("Pool", self.pool.clone()),
            ("Validators", self.validators.to_string()),
            ("Epoch", counted(self.epoch_seconds, "second")),
            ("Keeper", self.configuration.keeper.clone()),
        ];
        facts.extend(self.page_url.clone().map(|url| ("Holders' page", url)));
        writeln!(formatter, "{}", Facts(&facts))?;
        writeln!(
            formatter,
            "In another terminal, keep the pool going. The page is at http://127.0.0.1:9464/:\n\n    {} \
             --config {}\n",
            keeper_binary(),
            self.configuration.keeper_config_file
        )?;
        writeln!(
            formatter,
            "To act as the pool's curator, admin and guardian:\n\n    {UNSET}\n    export SLUICE_CONFIG={} \
             SLUICE_POOL={}\n",
            self.config_file, self.pool
        )?;
        writeln!(
            formatter,
            "Ctrl-c stops the cluster and forgets everything on it."
        )
    }
}

/// Where the keeper is that was built with this binary; its name alone where that is not known.
fn keeper_binary() -> String {
    let name = format!("sluice-keeper{EXE_SUFFIX}");
    let beside = env::current_exe().map(|binary| binary.with_file_name(&name));
    match beside {
        Ok(path) if path.is_file() => path.display().to_string(),
        _ => name,
    }
}
