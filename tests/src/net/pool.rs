//! A localnet with a pool, driven through the client alone.

use std::{ops::Deref, thread, time::Duration};

use sluice::{
    instructions::PoolParams,
    state::{PoolConfig, PoolLimits},
};
use sluice_client::{
    Confirmed, CrankProgress, CrankReport, Event, Executor, PoolAddresses, PoolSnapshot, Repeat,
    Sent, Step, StepKind,
    send::packing::{MAX_LOG_BYTES, log_bytes},
    sluice_events,
};
use sluice_localnet::LocalnetConfig;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_program_pack::Pack;
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;
use solana_signer::Signer;
use solana_system_interface::instruction::create_account;
use spl_associated_token_account_interface::{
    address::get_associated_token_address, instruction::create_associated_token_account_idempotent,
};
use spl_token_interface::{instruction::initialize_mint2, state::Mint};

use super::{Net, SOL};

/// The lines of the compute budget, which the client adds, name it.
const COMPUTE_BUDGET: &str = "ComputeBudget111111111111111111111111111111";

/// Twice the time that a crank has within the rebalance window.
const EPOCH_SECONDS: u64 = 12;

/// A localnet with a pool. The payer is also creator, curator and treasury.
pub struct PoolNet {
    net: Net,
    /// Pays for everything, and holds the LST.
    pub payer: Keypair,
    /// Where the pool's accounts are.
    pub addresses: PoolAddresses,
}

impl Deref for PoolNet {
    type Target = Net;

    fn deref(&self) -> &Net {
        &self.net
    }
}

impl PoolNet {
    /// A localnet whose pool has the first `validators` of its validators.
    pub fn with_pool(validators: usize) -> Self {
        let config = LocalnetConfig {
            epoch_duration: Duration::from_secs(EPOCH_SECONDS),
            ..LocalnetConfig::default()
        };
        Self::start(config, Keypair::new(), validators)
    }

    /// A localnet with the program and a pool beside what is configured.
    pub fn start(config: LocalnetConfig, payer: Keypair, validators: usize) -> Self {
        let mint = Keypair::new();
        let net = Self {
            net: Net::start(config),
            payer,
            addresses: PoolAddresses::of_mint(mint.pubkey()),
        };
        net.airdrop(&net.payer.pubkey(), 10_000 * SOL);
        net.create_pool(&mint);
        for vote in net.votes().into_iter().take(validators) {
            let snapshot = net.snapshot();
            net.send(&[net.addresses.add_validator(
                net.payer.pubkey(),
                vote,
                snapshot.pages_for_new_validators().next().unwrap(),
                snapshot.pool.next_serial,
                100,
            )]);
        }
        net
    }

    fn create_pool(&self, mint: &Keypair) {
        let instructions = new_pool(&self.rpc, self.payer.pubkey(), &self.addresses);
        self.executor()
            .send(&instructions, &[mint], Repeat::Harmful)
            .unwrap();
    }

    /// Sends and cranks, paid by the payer.
    pub fn executor(&self) -> Executor<'_> {
        Executor::new(&self.rpc, &self.payer)
    }

    /// Sends what must succeed, signed by the payer alone: how it was executed.
    pub fn send(&self, instructions: &[Instruction]) -> Executed {
        let sent = self
            .executor()
            .send(instructions, &[], Repeat::Harmful)
            .unwrap_or_else(|error| panic!("{error}: {error:#?}"));
        let executed = self.executed(&sent);
        assert_logs_counted(instructions, &executed);
        executed
    }

    /// How a transaction was executed.
    pub fn executed(&self, sent: &Sent) -> Executed {
        Executed::new(&Confirmed::read(&self.rpc, &sent.signature).unwrap())
    }

    /// The pool as it is now.
    pub fn snapshot(&self) -> PoolSnapshot {
        PoolSnapshot::load(&self.rpc, &self.addresses).unwrap()
    }

    /// The payer's token account of the pool's LST.
    pub fn lst_account(&self) -> Pubkey {
        get_associated_token_address(&self.payer.pubkey(), &self.addresses.mint)
    }

    /// Deposits, delegates in the window, and goes on until the stake is active.
    pub fn stake_and_activate(&self, lamports: u64) {
        let payer = self.payer.pubkey();
        let deposit = self
            .addresses
            .deposit_sol(payer, self.lst_account(), lamports, 1);
        self.send(&[deposit]);
        let window = self.snapshot().window_start().unwrap();
        self.to_slot(window);
        self.crank();
        self.next_epoch();
        self.crank();
    }

    /// Waits until the window of this epoch is open.
    pub fn wait_for_window(&self) {
        let window = self.snapshot().window_start().unwrap();
        while self.rpc.get_slot().unwrap() < window {
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Turns all cranks. Every step must have been predicted as the program carried it out, and
    /// afterwards nothing may be due.
    pub fn crank(&self) -> CrankReport {
        let report = self
            .executor()
            .crank(&self.addresses, &mut check_prediction)
            .unwrap();
        assert!(report.failures.is_empty(), "{:#?}", report.failures);
        report
    }
}

/// Makes a pool on a local cluster, and its payer's token account. The payer has all roles.
pub fn new_pool(rpc: &RpcClient, payer: Pubkey, addresses: &PoolAddresses) -> [Instruction; 4] {
    let (mint, token) = (addresses.mint, spl_token_interface::ID);
    let rent = rpc.get_minimum_balance_for_rent_exemption(Mint::LEN);
    let params = PoolParams {
        admin: payer,
        curator: payer,
        guardian: payer,
        treasury: payer,
        config: PoolConfig {
            // an epoch's rewards are large here
            drip_bound_bps: 1_000,
            // half of the epoch, for slow machines
            window_bps: 5_000,
            // who retires is gone after one window
            movement_cap_bps: 5_000,
            ..PoolConfig::RECOMMENDED
        },
        limits: PoolLimits::NONE,
    };
    [
        create_account(&payer, &mint, rent.unwrap(), Mint::LEN as u64, &token),
        initialize_mint2(&token, &mint, &payer, None, 9).unwrap(),
        addresses.create_pool(payer, payer, params),
        create_associated_token_account_idempotent(&payer, &payer, &mint, &token),
    ]
}

/// A transaction as the cluster executed it.
pub struct Executed {
    /// What the programs said.
    pub logs: Vec<String>,
    /// What it took.
    pub compute_units: u64,
}

impl Executed {
    fn new(confirmed: &Confirmed) -> Self {
        Self {
            logs: confirmed.logs.clone().unwrap(),
            compute_units: confirmed.compute_units.unwrap(),
        }
    }
}

fn check_prediction(progress: CrankProgress<'_>) {
    let CrankProgress::Sent {
        planned, confirmed, ..
    } = progress
    else {
        return;
    };
    let Executed { logs, .. } = Executed::new(confirmed.unwrap());
    let events = sluice_events(&logs);
    assert_eq!(events.len(), planned.len(), "a step did nothing: {logs:#?}");
    for (step, event) in planned.iter().zip(&events) {
        assert_predicted(step, event);
    }
}

fn assert_predicted(step: &Step, event: &Event) {
    let (kind, lamports) = match event {
        Event::StakeReclaimed(_) => (StepKind::Reclaim, None),
        Event::StakeObserved(_) => (StepKind::Observe, None),
        Event::EpochFinalized(_) => (StepKind::Finalize, None),
        Event::LossReported(event) => (StepKind::ReportLoss, Some(event.lamports)),
        Event::ValidatorEjected(_) => (StepKind::Eject, None),
        Event::StakeCollected(event) => {
            let sum = event.activated_lamports + event.returned_lamports;
            (StepKind::Collect, Some(sum))
        }
        // The price drips on between plan and payment.
        Event::BatchSettled(_) => (StepKind::Settle, None),
        Event::StakeUndelegated(event) => (StepKind::Undelegate, Some(event.lamports)),
        Event::StakeDelegated(event) => (StepKind::Delegate, Some(event.lamports)),
        Event::FeesPaid(_) => (StepKind::PayFees, None),
        Event::SlotClosed(_) => (StepKind::CloseSlot, None),
        other => panic!("no crank does {other:?}"),
    };
    assert_eq!(step.kind, kind, "{}", step.why());
    if let Some(lamports) = lamports {
        assert_eq!(step.lamports.unwrap().get(), lamports, "{}", step.why());
    }
}

/// How many steps of a kind a report has.
pub fn count(report: &CrankReport, kind: StepKind) -> usize {
    report.steps.iter().filter(|step| step.kind == kind).count()
}

/// The client's packing counts no fewer bytes of logs than there are, and none are cut.
fn assert_logs_counted(instructions: &[Instruction], executed: &Executed) {
    let logs = executed
        .logs
        .iter()
        .filter(|line| !line.contains(COMPUTE_BUDGET));
    let (bytes, most) = (
        logs.map(String::len).sum::<usize>(),
        log_bytes(instructions),
    );
    assert!(
        bytes <= most,
        "{bytes} bytes of logs, {most} expected at most"
    );
    assert!(bytes < MAX_LOG_BYTES, "{bytes} bytes of logs");
}
