//! A cluster that runs: slots in real time, both ports served.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::AtomicU32,
        mpsc::{self, RecvTimeoutError},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use solana_cost_model::cost_tracker::CostTrackerLimits;
use solana_epoch_info::EpochInfo;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;

use crate::{
    LocalnetConfig, LocalnetError, Validator,
    cluster::Cluster,
    genesis::{Pace, genesis_config},
    origins::Callers,
    rpc::{Ports, Servers, Services},
    validators::Validators,
};

/// A running cluster. Dropping it stops it.
pub struct Localnet {
    cluster: Arc<Cluster>,
    faucet: Keypair,
    rpc_address: SocketAddr,
    websocket_address: SocketAddr,
    servers: Option<Servers>,
    clock: SlotClock,
}

impl Localnet {
    /// Starts a cluster and serves it. Slots advance in real time until it is shut down.
    ///
    /// # Errors
    ///
    /// If the configuration makes no cluster, a program cannot be read or a port is taken.
    pub async fn start(config: LocalnetConfig) -> Result<Self, LocalnetError> {
        let ports = Ports::take(config.bind_address, config.rpc_port)?;
        let rpc_address = ports.rpc_address().map_err(LocalnetError::Serve)?;
        let websocket_address = ports.websocket_address().map_err(LocalnetError::Serve)?;
        let callers = Callers::of(config.bind_address, config.web_origins.clone());
        let pace = Pace::new(config.epoch_duration)?;
        let faucet = config.faucet.insecure_clone();
        let cluster = tokio::task::spawn_blocking(move || {
            let genesis = genesis_config(&config, pace)?;
            let validators = Validators::new(&config.validators);
            Ok::<_, LocalnetError>(Arc::new(Cluster::new(&genesis, validators)))
        })
        .await
        .map_err(|error| LocalnetError::Serve(error.into()))??;
        let services = Arc::new(Services {
            cluster: Arc::clone(&cluster),
            faucet: faucet.insecure_clone(),
            rpc_address,
            websocket_address,
            airdrops: AtomicU32::new(0),
        });
        let servers = Servers::start(ports, callers, services).map_err(LocalnetError::Serve)?;
        let clock = SlotClock::start(Arc::clone(&cluster), pace.slot_duration)
            .map_err(LocalnetError::Serve)?;
        Ok(Self {
            cluster,
            faucet,
            rpc_address,
            websocket_address,
            servers: Some(servers),
            clock,
        })
    }

    /// The URL of the JSON-RPC port.
    pub fn rpc_url(&self) -> String {
        format!("http://{}", self.rpc_address)
    }

    /// The URL of the WebSocket port.
    pub fn websocket_url(&self) -> String {
        format!("ws://{}", self.websocket_address)
    }

    /// The account that pays airdrops.
    pub fn faucet(&self) -> &Keypair {
        &self.faucet
    }

    /// The validators, in the order of the configuration.
    pub fn validators(&self) -> Vec<Validator> {
        self.cluster.validators.all().collect()
    }

    /// Where the cluster stands.
    pub fn epoch_info(&self) -> EpochInfo {
        self.cluster.bank().get_epoch_info()
    }

    /// What a block admits by the runtime's rules, in cost units: of transactions that write to one
    /// account, and of all. A validator that makes blocks keeps to it; this cluster, which has no other
    /// transactions, does not.
    pub fn block_limits(&self) -> CostTrackerLimits {
        self.cluster.bank().block_limits()
    }

    /// Jumps to the next epoch, past the slots in which its rewards are paid out.
    ///
    /// # Errors
    ///
    /// If the runtime fails; then the cluster is of no further use.
    pub async fn advance_epoch(&self) -> Result<EpochInfo, LocalnetError> {
        let cluster = Arc::clone(&self.cluster);
        tokio::task::spawn_blocking(move || cluster.advance_epoch())
            .await
            .map_err(|error| LocalnetError::Serve(error.into()))
    }

    /// Jumps ahead to a slot of this epoch; one that has passed changes nothing.
    ///
    /// # Errors
    ///
    /// If the slot is beyond this epoch, or the runtime fails.
    pub async fn advance_to_slot(&self, slot: u64) -> Result<EpochInfo, LocalnetError> {
        let cluster = Arc::clone(&self.cluster);
        tokio::task::spawn_blocking(move || cluster.advance_to_slot(slot))
            .await
            .map_err(|error| LocalnetError::Serve(error.into()))?
    }

    /// Stops (`true`) or resumes (`false`) the voting of a validator.
    ///
    /// # Errors
    ///
    /// If `vote` is not the vote account of one of [`validators`](Self::validators).
    pub fn set_delinquent(&self, vote: &Pubkey, delinquent: bool) -> Result<(), LocalnetError> {
        self.cluster.set_delinquent(vote, delinquent)
    }

    /// Stops serving and advancing, and waits until both have stopped.
    pub async fn shutdown(mut self) {
        if let Some(servers) = self.servers.take() {
            servers.stop();
            servers.stopped().await;
        }
    }
}

impl Drop for Localnet {
    fn drop(&mut self) {
        if let Some(servers) = &self.servers {
            servers.stop();
        }
        self.clock.stop();
    }
}

/// The thread that begins a new slot at regular intervals.
struct SlotClock {
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl SlotClock {
    fn start(cluster: Arc<Cluster>, slot_duration: Duration) -> std::io::Result<Self> {
        let (stop, stopped) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("slot-clock".into())
            .spawn(move || tick(&cluster, slot_duration, &stopped))?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Stops the thread and waits for the slot in work.
    fn stop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been reported by the thread itself.
            drop(thread.join());
        }
    }
}

/// Begins a slot whenever one is due. A machine that cannot keep up makes slots as fast as it can,
/// but never more of them to catch up.
fn tick(cluster: &Cluster, slot_duration: Duration, stopped: &mpsc::Receiver<()>) {
    let mut due = Instant::now();
    loop {
        let now = Instant::now();
        due = now.max(due + slot_duration);
        let wait = due.saturating_duration_since(now);
        if stopped.recv_timeout(wait) != Err(RecvTimeoutError::Timeout) {
            return;
        }
        cluster.next_slot();
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use solana_account::ReadableAccount;
    use solana_loader_v3_interface::{get_program_data_address, state::UpgradeableLoaderState};
    use solana_message::{Message, VersionedMessage, compiled_instruction::CompiledInstruction};
    use solana_rent::Rent;
    use solana_signer::Signer;
    use solana_transaction::versioned::VersionedTransaction;

    use super::*;
    use crate::{ProgramConfig, ProgramElf};

    const MEMO: Pubkey = Pubkey::from_str_const("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr");

    fn config_with(program: ProgramConfig) -> LocalnetConfig {
        LocalnetConfig {
            rpc_port: 0,
            programs: vec![program],
            ..LocalnetConfig::default()
        }
    }

    fn memo_elf() -> Vec<u8> {
        let accounts = solana_program_binaries::by_id(&MEMO, &Rent::default()).unwrap();
        accounts[0].1.data().to_vec()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_program_of_the_configuration_can_be_called_at_its_address() {
        let id = Pubkey::new_unique();
        let authority = Pubkey::new_unique();
        let localnet = Localnet::start(config_with(ProgramConfig {
            id,
            elf: ProgramElf::Bytes(memo_elf()),
            upgrade_authority: Some(authority),
        }))
        .await
        .unwrap();
        let faucet = localnet.faucet();
        let message = Message::new_with_compiled_instructions(
            1,
            0,
            1,
            vec![faucet.pubkey(), id],
            localnet.cluster.bank().last_blockhash(),
            vec![CompiledInstruction::new_from_raw_parts(
                1,
                b"hello".to_vec(),
                vec![],
            )],
        );
        let transaction =
            VersionedTransaction::try_new(VersionedMessage::Legacy(message), &[faucet]).unwrap();
        let processed = localnet.cluster.process(transaction).unwrap();
        let logs = processed
            .tx_with_meta
            .get_status_meta()
            .unwrap()
            .log_messages;
        let logs = logs.unwrap().join("\n");
        assert!(logs.contains(&format!("Program {id} success")), "{logs}");
        assert!(logs.contains("Memo (len 5): \"hello\""), "{logs}");

        let data_address = get_program_data_address(&id);
        let data = localnet.cluster.bank().get_account(&data_address).unwrap();
        let state: UpgradeableLoaderState = bincode::deserialize(data.data()).unwrap();
        let expected = UpgradeableLoaderState::ProgramData {
            slot: 0,
            upgrade_authority_address: Some(authority),
        };
        assert_eq!(state, expected);
        localnet.shutdown().await;
    }

    #[tokio::test]
    async fn a_program_that_cannot_be_read_is_named() {
        let error = Localnet::start(config_with(ProgramConfig {
            id: Pubkey::new_unique(),
            elf: ProgramElf::Path(PathBuf::from("no/such/program.so")),
            upgrade_authority: None,
        }))
        .await
        .err()
        .unwrap()
        .to_string();
        let start = "cannot read the program no/such/program.so: ";
        assert!(error.starts_with(start), "{error}");
    }

    #[tokio::test]
    async fn a_block_admits_what_the_runtime_allows_of_one_account_and_of_all() {
        let config = LocalnetConfig {
            rpc_port: 0,
            ..LocalnetConfig::default()
        };
        let localnet = Localnet::start(config).await.unwrap();
        let limits = localnet.block_limits();
        assert_eq!(
            (limits.account_cost, limits.block_cost),
            (40_000_000, 100_000_000)
        );
    }
}
