//! A localnet with a pool, driven through the client alone.

use sluice::{
    instructions::PoolParams,
    state::{PoolConfig, PoolLimits},
};
use sluice_client::{
    CrankProgress, CrankReport, Event, Executor, PoolAddresses, PoolSnapshot, Sent, Step, StepKind,
    sluice_events,
};
use sluice_localnet::{Localnet, LocalnetConfig, ProgramConfig, ProgramElf};
use sluice_tests::cluster::sluice_elf;
use solana_commitment_config::CommitmentConfig;
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
use std::{thread, time::Duration};
use tokio::runtime::Runtime;

pub const SOL: u64 = 1_000_000_000;
/// Twice the time that a crank has within the rebalance window.
const EPOCH_SECONDS: u64 = 12;

/// A localnet with a client. The payer is also creator, curator and treasury.
pub struct Net {
    // dropped before the runtime that serves it
    localnet: Localnet,
    runtime: Runtime,
    pub rpc: RpcClient,
    pub payer: Keypair,
    pub addresses: PoolAddresses,
}

impl Net {
    /// A localnet whose pool has the first `validators` of its validators.
    pub fn with_pool(validators: usize) -> Self {
        let config = LocalnetConfig {
            epoch_duration: Duration::from_secs(EPOCH_SECONDS),
            ..LocalnetConfig::default()
        };
        Self::start(config, Keypair::new(), validators)
    }

    /// A localnet with the program and a pool beside what is configured.
    pub fn start(mut config: LocalnetConfig, payer: Keypair, validators: usize) -> Self {
        let runtime = Runtime::new().unwrap();
        config.rpc_port = 0;
        config.programs.push(ProgramConfig {
            id: sluice::ID,
            elf: ProgramElf::Path(sluice_elf()),
            upgrade_authority: None,
        });
        let localnet = runtime.block_on(Localnet::start(config)).unwrap();
        let commitment = CommitmentConfig::confirmed();
        let rpc = RpcClient::new_with_commitment(localnet.rpc_url(), commitment);
        let mint = Keypair::new();
        let net = Self {
            localnet,
            runtime,
            rpc,
            payer,
            addresses: PoolAddresses::of_mint(mint.pubkey()),
        };
        net.rpc
            .request_airdrop(&net.payer.pubkey(), 10_000 * SOL)
            .unwrap();
        net.create_pool(&mint);
        for validator in net.localnet.validators().into_iter().take(validators) {
            let snapshot = net.snapshot();
            net.send(&[net.addresses.add_validator(
                net.payer.pubkey(),
                validator.vote,
                snapshot.pages_for_new_validators().next().unwrap(),
                snapshot.pool.next_serial,
                100,
            )]);
        }
        net
    }

    fn create_pool(&self, mint: &Keypair) {
        let payer = self.payer.pubkey();
        let token = spl_token_interface::ID;
        let rent = self
            .rpc
            .get_minimum_balance_for_rent_exemption(Mint::LEN)
            .unwrap();
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
                ..PoolConfig::RECOMMENDED
            },
            limits: PoolLimits::NONE,
        };
        let instructions = [
            create_account(&payer, &mint.pubkey(), rent, Mint::LEN as u64, &token),
            initialize_mint2(&token, &mint.pubkey(), &payer, None, 9).unwrap(),
            self.addresses.create_pool(payer, payer, params),
            create_associated_token_account_idempotent(&payer, &payer, &mint.pubkey(), &token),
        ];
        self.executor().send(&instructions, &[mint]).unwrap();
    }

    pub fn executor(&self) -> Executor<'_> {
        Executor::new(&self.rpc, &self.payer)
    }

    pub fn send(&self, instructions: &[Instruction]) -> Sent {
        self.executor()
            .send(instructions, &[])
            .unwrap_or_else(|error| panic!("{error}: {error:#?}"))
    }

    pub fn snapshot(&self) -> PoolSnapshot {
        PoolSnapshot::load(&self.rpc, &self.addresses).unwrap()
    }

    /// The payer's token account of the pool's LST.
    pub fn lst_account(&self) -> Pubkey {
        get_associated_token_address(&self.payer.pubkey(), &self.addresses.mint)
    }

    pub fn next_epoch(&self) {
        self.runtime
            .block_on(self.localnet.advance_epoch())
            .unwrap();
    }

    /// Deposits, delegates in the window, and goes on until the stake is active.
    pub fn stake_and_activate(&self, lamports: u64) {
        let payer = self.payer.pubkey();
        let deposit = self
            .addresses
            .deposit_sol(payer, self.lst_account(), lamports, 1);
        self.send(&[deposit]);
        let window = self.snapshot().window_start().unwrap();
        self.runtime
            .block_on(self.localnet.advance_to_slot(window))
            .unwrap();
        self.crank();
        self.next_epoch();
        self.crank();
    }

    /// Tokens in a token account.
    pub fn tokens(&self, address: &Pubkey) -> u64 {
        let account = self.rpc.get_account(address).unwrap();
        u64::from_le_bytes(account.data[64..72].try_into().unwrap())
    }

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

fn check_prediction(progress: CrankProgress<'_>) {
    let CrankProgress::Sent { steps, sent } = progress else {
        return;
    };
    let events = sluice_events(&sent.logs);
    assert_eq!(
        events.len(),
        steps.len(),
        "a step did nothing: {:#?}",
        sent.logs
    );
    for (step, event) in steps.iter().zip(&events) {
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
    assert_eq!(step.kind, kind, "{}", step.why);
    if let Some(lamports) = lamports {
        assert_eq!(step.lamports.unwrap().get(), lamports, "{}", step.why);
    }
}

/// How many steps of a kind a report has.
pub fn count(report: &CrankReport, kind: StepKind) -> usize {
    report.steps.iter().filter(|step| step.kind == kind).count()
}
