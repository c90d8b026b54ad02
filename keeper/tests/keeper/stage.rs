//! A cluster with a pool, and keepers of it.

use std::{
    fs,
    io::{BufRead, BufReader},
    ops::Deref,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use sluice_client::UnstakeRequest;
use sluice_localnet::{LocalnetConfig, ValidatorConfig};
use sluice_tests::{
    command::command,
    net::{PoolNet, SOL},
};
use solana_keypair::{Keypair, write_keypair_file};
use solana_signer::Signer;
use tempfile::TempDir;

/// No keeper takes longer for anything that is tested, also on a slow machine.
const PATIENCE: Duration = Duration::from_secs(40);

/// A cluster whose epochs only tests end, with a pool of two validators with active stake.
pub struct Stage {
    net: PoolNet,
    folder: TempDir,
}

impl Deref for Stage {
    type Target = PoolNet;

    fn deref(&self) -> &PoolNet {
        &self.net
    }
}

impl Stage {
    pub fn new() -> Self {
        Self::with(Duration::from_secs(600), 2)
    }

    /// With epochs of this length, which tests end sooner, and so many validators.
    pub fn with(epoch_duration: Duration, validators: usize) -> Self {
        let commissions = (0..validators.max(5)).map(|index| 100 * (index as u16 % 10));
        let config = LocalnetConfig {
            epoch_duration,
            validators: commissions
                .map(ValidatorConfig::with_commission_bps)
                .collect(),
            ..LocalnetConfig::default()
        };
        let net = PoolNet::start(config, Keypair::new(), validators);
        net.stake_and_activate(100 * SOL);
        Self {
            net,
            folder: TempDir::new().unwrap(),
        }
    }

    /// A configuration of a keeper with SOL, by the node at `url`, and `more` lines.
    pub fn configuration(&self, url: &str, more: &str) -> String {
        self.configuration_of(&self.wallet(1), url, more)
    }

    /// The same of this keeper.
    pub fn configuration_of(&self, keeper: &Keypair, url: &str, more: &str) -> String {
        let name = keeper.pubkey();
        let file = self.folder.path().join(format!("{name}.json"));
        write_keypair_file(keeper, &file).unwrap();
        format!(
            "urls = [\"{url}\"]\nkeypair = \"{}\"\npools = [\"{}\"]\nevery = 1\nstate = \"{}\"\n\
             listen = \"127.0.0.1:0\"\n{more}\n",
            file.display(),
            self.addresses.pool,
            self.state_of(keeper).display(),
        )
    }

    /// Where a keeper notes what a restart must not forget.
    pub fn state_of(&self, keeper: &Keypair) -> PathBuf {
        let name = keeper.pubkey();
        self.folder.path().join(format!("{name}.state"))
    }

    /// LST of the payer joins the queue, in a ticket of this number: the batch that it is in.
    pub fn request(&self, number: u64, lst: u64) -> u64 {
        let batch = self.snapshot().pool.open_batch;
        let payer = self.payer.pubkey();
        let request = UnstakeRequest::own(payer, self.lst_account(), batch, number, lst);
        self.send(&[self.addresses.request_unstake(&request)]);
        batch
    }

    /// Goes on to where this epoch's stake may move.
    pub fn to_window(&self) {
        self.to_slot(self.snapshot().window_start().unwrap());
    }

    /// Makes so many blocks at once.
    pub fn blocks(&self, count: u64) {
        let now = self.rpc.get_slot().unwrap();
        (now + 1..=now + count).for_each(|slot| self.to_slot(slot));
    }

    /// The binary with this configuration.
    pub fn command(&self, configuration: &str) -> Command {
        let name = format!("{}.toml", Keypair::new().pubkey());
        let file = self.folder.path().join(name);
        fs::write(&file, configuration).unwrap();
        let mut keeper = command(env!("CARGO_BIN_EXE_sluice-keeper"));
        keeper.arg("--config").arg(file);
        keeper
    }

    /// A keeper that runs.
    pub fn keeper(&self, configuration: &str) -> Keeper {
        Keeper::start(self.command(configuration))
    }
}

/// The file of the journal by a configuration.
pub fn journal(configuration: &str) -> PathBuf {
    let state = configuration
        .lines()
        .find_map(|line| line.strip_prefix("state = "));
    Path::new(state.unwrap().trim_matches('"')).join("pending")
}

/// A keeper that runs until it is dropped or ended.
pub struct Keeper {
    process: Child,
    page: String,
    log: Arc<Mutex<String>>,
}

impl Keeper {
    /// The keeper that this command starts.
    pub fn start(command: Command) -> Self {
        Self::start_and_read(command, usize::MAX)
    }

    /// The same, with a log that is closed once so many lines of it were read.
    pub fn start_and_read(mut command: Command, lines: usize) -> Self {
        let mut process = command.stderr(Stdio::piped()).spawn().unwrap();
        let stderr = BufReader::new(process.stderr.take().unwrap());
        let log = Arc::new(Mutex::new(String::new()));
        let written = Arc::clone(&log);
        thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok).take(lines) {
                *written.lock().unwrap() += &(line + "\n");
            }
        });
        let mut keeper = Self {
            process,
            page: String::new(),
            log,
        };
        let said = keeper.await_log("The page is at ");
        let page = said.split("The page is at ").nth(1).unwrap();
        keeper.page = page.split("/.").next().unwrap().to_owned();
        keeper
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Whether something has ended it.
    pub fn is_gone(&mut self) -> bool {
        self.process.try_wait().unwrap().is_some()
    }

    /// All that it has logged.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// What it has logged, once that has this text.
    pub fn await_log(&self, text: &str) -> String {
        self.eventually(text, || Some(self.log()).filter(|log| log.contains(text)))
    }

    /// Where it serves a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.page)
    }

    /// The status and the text at a path.
    pub fn get(&self, path: &str) -> (u16, String) {
        let url = self.url(path);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let answer = reqwest::get(url).await.unwrap();
            (answer.status().as_u16(), answer.text().await.unwrap())
        })
    }

    /// The value of a metric's first sample.
    pub fn metric(&self, name: &str) -> Option<u64> {
        self.sample(&format!("sluice_{name}{{"))
    }

    /// The value of the sample that begins so.
    pub fn sample(&self, begin: &str) -> Option<u64> {
        let text = self.get("/metrics").1;
        let line = text.lines().find(|line| line.starts_with(begin))?;
        line.rsplit(' ').next()?.parse().ok()
    }

    /// The value of a metric's sample of transactions with this outcome.
    pub fn of_outcome(&self, name: &str, outcome: &str) -> u64 {
        let text = self.get("/metrics").1;
        let (begin, label) = (format!("sluice_{name}{{"), format!("outcome=\"{outcome}\""));
        let mut lines = text.lines();
        let line = lines.find(|line| line.starts_with(&begin) && line.contains(&label));
        let value = line.and_then(|line| line.rsplit(' ').next()?.parse().ok());
        value.unwrap_or_else(|| panic!("no {name} of {outcome}: {text}"))
    }

    /// Waits until a metric has a value.
    pub fn await_metric(&self, name: &str, value: u64) {
        self.eventually(name, || (self.metric(name) == Some(value)).then_some(()));
    }

    /// Waits until a path answers with a status: its text.
    pub fn await_status(&self, path: &str, status: u16) -> String {
        self.eventually(path, || {
            let (now, text) = self.get(path);
            (now == status).then_some(text)
        })
    }

    /// Waits for something.
    pub fn eventually<T>(&self, what: &str, look: impl Fn() -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            if let Some(seen) = look() {
                return seen;
            }
            let log = self.log();
            assert!(begun.elapsed() < PATIENCE, "no {what}: {log}");
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// Sends a signal.
    pub fn signal(&self, signal: &str) {
        let pid = self.process.id().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status().unwrap();
        assert!(sent.success());
    }

    /// Sends a signal and waits for the end: all that it has logged. It must have ended well.
    pub fn end(self, signal: &str) -> String {
        self.signal(signal);
        let (code, log) = self.ended("Ended: nothing is under way.");
        assert_eq!(code, Some(0), "{log}");
        log
    }

    /// Waits for the end: the exit code, whatever it has logged.
    pub fn exit_code(&mut self) -> Option<i32> {
        let begun = Instant::now();
        while !self.is_gone() {
            assert!(begun.elapsed() < PATIENCE, "it does not end");
            thread::sleep(Duration::from_millis(100));
        }
        self.process.wait().unwrap().code()
    }

    /// Waits for the end: the exit code, and all that it has logged, with this text at last.
    pub fn ended(mut self, last: &str) -> (Option<i32>, String) {
        let status = self.process.wait().unwrap();
        (status.code(), self.await_log(last))
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        // It may have ended already.
        let _gone = self.process.kill();
        let _reaped = self.process.wait();
    }
}
