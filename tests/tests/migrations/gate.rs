//! What waits for the migration: everything but the exits.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;
use sluice::{
    SluiceError,
    state::{Parameter, PendingChange, StakeAccountKind},
};
use sluice_client::{SlotAddress, StakeRecipient, StakeSource};
use sluice_math::Lamports;
use sluice_tests::cluster::LAMPORTS_PER_SOL as SOL;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use crate::frozen::FrozenPool;

/// The instructions that work whatever the layout; the others need the current one.
const ALWAYS: [&str; 7] = [
    "request_unstake",
    "cancel_ticket",
    "transfer_ticket",
    "claim",
    "migrate_page",
    "migrate_pool",
    // Makes a pool of the current layout.
    "create_pool",
];

fn names_in_idl() -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../idl/sluice.json");
    let text = fs::read_to_string(path).expect("the IDL is committed");
    let idl: Value = serde_json::from_str(&text).expect("the IDL is JSON");
    let instructions = idl["instructions"].as_array().expect("instructions");
    let name = |one: &Value| one["name"].as_str().expect("a name").to_string();
    instructions.iter().map(name).collect()
}

impl FrozenPool {
    /// Every instruction that needs the current layout, sent by a key that may send it.
    async fn gated(&mut self) -> Vec<(&'static str, Instruction, Vec<Keypair>)> {
        let place = self.pool.place(&self.pool.vote(0)).await;
        let mut gated = self.gated_of_users(&place);
        gated.extend(self.gated_of_roles(&place).await);
        gated.extend(self.gated_of_cranks(&place).await);
        gated
    }

    fn gated_of_users(
        &self,
        place: &SlotAddress,
    ) -> Vec<(&'static str, Instruction, Vec<Keypair>)> {
        let pool = self.pool.addresses;
        let alice = self.alice.pubkey();
        let lst = self.pool.lst_account(&alice);
        let signed = || vec![self.alice.insecure_clone()];
        let source = StakeSource {
            stake: place.main,
            staker: alice,
            withdrawer: alice,
        };
        let new_stake = self.pool.cluster.keypair("new stake");
        let recipient = StakeRecipient {
            owner: alice,
            source: lst,
            stake: new_stake.pubkey(),
            recipient: alice,
            payer: alice,
        };
        let deposit_stake = pool.deposit_stake(place, &source, lst, 0);
        let withdraw_stake = pool.withdraw_stake(place, &recipient, SOL, 0);
        vec![
            (
                "deposit_sol",
                pool.deposit_sol(alice, lst, SOL, 0),
                signed(),
            ),
            (
                "withdraw_sol",
                pool.withdraw_sol(alice, lst, alice, SOL, 0),
                signed(),
            ),
            ("deposit_stake", deposit_stake, signed()),
            (
                "withdraw_stake",
                withdraw_stake,
                vec![self.alice.insecure_clone(), new_stake],
            ),
            ("rate", pool.rate(), vec![]),
            ("quote_deposit", pool.quote_deposit(SOL), vec![]),
            ("quote_withdraw", pool.quote_withdraw(SOL), vec![]),
        ]
    }

    async fn gated_of_roles(
        &mut self,
        place: &SlotAddress,
    ) -> Vec<(&'static str, Instruction, Vec<Keypair>)> {
        let pool = self.pool.addresses;
        let (admin, guardian) = (self.pool.admin(), self.pool.guardian());
        let curator = self.pool.curator();
        let (a, g, c) = (admin.pubkey(), guardian.pubkey(), curator.pubkey());
        let (key, now) = (Pubkey::new_unique(), Pubkey::default());
        let (parameter, change) = (Parameter::WindowBps, PendingChange::default());
        let vote = self.another_validator().await;
        let add = self.pool.add_validator_instruction(&vote, 1).await;
        let by = |keypair: &Keypair| vec![keypair.insecure_clone()];
        vec![
            (
                "nominate_admin",
                pool.nominate_admin(a, key, now),
                by(&admin),
            ),
            ("accept_admin", pool.accept_admin(a), by(&admin)),
            ("set_curator", pool.set_curator(a, key, now), by(&admin)),
            ("set_guardian", pool.set_guardian(a, key, now), by(&admin)),
            ("set_treasury", pool.set_treasury(a, key, now), by(&admin)),
            (
                "schedule_change",
                pool.schedule_change(a, parameter, 6_000, 8_000),
                by(&admin),
            ),
            (
                "cancel_change",
                pool.cancel_change(a, parameter, change),
                by(&admin),
            ),
            (
                "acknowledge_loss",
                pool.acknowledge_loss(a, 0, Lamports::ZERO),
                by(&admin),
            ),
            ("pause", pool.pause(g), by(&guardian)),
            ("unpause", pool.unpause(g, 0), by(&guardian)),
            ("add_validator", add, by(&curator)),
            ("set_weight", pool.set_weight(c, place, 7, 0), by(&curator)),
            (
                "retire_validator",
                pool.retire_validator(c, place),
                by(&curator),
            ),
        ]
    }

    /// A validator that the pool does not have.
    async fn another_validator(&mut self) -> Pubkey {
        let cluster = &mut self.pool.cluster;
        let vote = cluster.keypair("another").pubkey();
        match cluster.try_account(&vote).await {
            Some(_) => vote,
            None => cluster.create_validator("another", 0).await,
        }
    }

    async fn gated_of_cranks(
        &mut self,
        place: &SlotAddress,
    ) -> Vec<(&'static str, Instruction, Vec<Keypair>)> {
        let pool = self.pool.addresses;
        let curator = self.pool.curator().pubkey();
        let treasury = self.pool.treasury().pubkey();
        let payer = self.pool.cluster.payer().pubkey();
        let observe = self.pool.observe_instruction(0, 0, 2).await;
        let reclaim = pool.reclaim(place, StakeAccountKind::Main);
        vec![
            ("close_slot", pool.close_slot(place, curator), vec![]),
            ("observe", observe, vec![]),
            ("reclaim", reclaim, vec![]),
            ("finalize_epoch", pool.finalize_epoch(2), vec![]),
            ("collect", pool.collect(place), vec![]),
            ("delegate", pool.delegate(place), vec![]),
            ("undelegate", pool.undelegate(place), vec![]),
            ("eject_validator", pool.eject_validator(place, None), vec![]),
            ("report_loss", pool.report_loss(place), vec![]),
            (
                "settle_batch",
                pool.settle_batch(self.locked.batch_id),
                vec![],
            ),
            ("pay_fees", pool.pay_fees(payer, treasury), vec![]),
        ]
    }

    /// Every instruction that needs the current layout is refused, and changes nothing.
    async fn assert_gated(&mut self) {
        let gated = self.gated().await;
        let names: BTreeSet<String> = gated.iter().map(|(name, ..)| name.to_string()).collect();
        let mut expected = names_in_idl();
        expected.retain(|name| !ALWAYS.contains(&name.as_str()));
        assert_eq!(names, expected);
        let before = self.snapshot().await;
        for (name, instruction, signers) in gated {
            let signers: Vec<&Keypair> = signers.iter().collect();
            let failure = self.pool.cluster.must_fail(&[instruction], &signers).await;
            let code = u32::from(SluiceError::MigrationNeeded);
            assert_eq!(failure.custom_code, Some(code), "{name}: {failure}");
        }
        before.assert_identical(&self.snapshot().await);
    }
}

#[tokio::test]
async fn all_but_the_exits_wait_for_the_migration() {
    let mut frozen = FrozenPool::start().await;
    frozen.assert_gated().await;
    frozen.migrate_page(1).await;
    frozen.assert_gated().await;
    frozen.migrate_page(0).await;
    frozen.assert_gated().await;
    frozen.migrate_pool().await;
    let rate = frozen.pool.addresses.rate();
    frozen.pool.must_send(&[rate], &[]).await;
}

/// Epochs go by and nobody migrates: nothing is lost, and the first who comes may.
#[tokio::test]
async fn a_migration_can_come_epochs_later() {
    let mut frozen = FrozenPool::start().await;
    frozen.pool.cluster.next_epochs(2).await;
    frozen.assert_gated().await;
    let before = frozen.pool.account().await.ledger();
    frozen.migrate().await;
    assert_eq!(frozen.pool.account().await.ledger(), before);
    frozen.pool.price().await;
    assert!(frozen.pool.books().await.is_fresh());
}

impl FrozenPool {
    /// The refusal of a program that is older than the accounts.
    pub async fn assert_newer_is_refused(&mut self) {
        self.assert_gated().await;
        for refused in [
            self.try_migrate_page(0).await,
            self.try_migrate_pool().await,
        ] {
            let failure = refused.expect_err("refused");
            let code = u32::from(SluiceError::MigrationNeeded);
            assert_eq!(failure.custom_code, Some(code), "{failure}");
        }
    }
}
