//! Every account of every instruction, replaced by every wrong one: V28 (fake programs), V41
//! (aliased accounts) and catalogue 18 (spoofed), 19 (duplicate) and 20 (type confusion).
//!
//! The probes are generated from the account lists: each position gets an unknown account, the
//! same account of another pool, every other account of the list, a copy of its content that
//! belongs to a stranger's program, a fake program; every two positions are swapped; every
//! signature and every write permission is taken away. All must be refused and change nothing,
//! except where [`ALLOWED`] says why one is harmless.

use std::collections::{BTreeMap, BTreeSet};

use sluice_tests::{
    cluster::{AccountsSnapshot, addresses_of},
    idl,
    scenario::two_pools::{Case, FAKE_PROGRAM, POOLS, STAGES, Stage, TwoPools},
};
use solana_account::Account;
use solana_instruction::{Instruction, error::InstructionError};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

/// What is accepted, and why it harms nobody.
const ALLOWED: [(&str, &str); 19] = [
    ("create_pool.creator is of another pool", "anybody may pay"),
    ("rate.pool is of another pool", "a view of that pool"),
    (
        "quote_deposit.pool is of another pool",
        "a view of that pool",
    ),
    (
        "quote_withdraw.pool is of another pool",
        "a view of that pool",
    ),
    (
        "cancel_ticket.recipient is escrow",
        "the owner gives the LST away: nobody gets it",
    ),
    (
        "transfer_ticket.new_owner is an unknown account",
        "the owner chooses",
    ),
    ("transfer_ticket.new_owner is owner", "nothing changes"),
    (
        "request_unstake.payer is requester",
        "the requester may pay for the ticket",
    ),
    (
        "withdraw_sol.recipient is an unknown account",
        "the owner chooses",
    ),
    ("withdraw_sol.recipient is owner", "the owner chooses"),
    (
        "withdraw_sol.recipient is source",
        "the owner chooses: the token account keeps the lamports",
    ),
    (
        "withdraw_sol.recipient is mint",
        "the owner gives the lamports away: nobody gets them",
    ),
    (
        "withdraw_sol.recipient is pool",
        "the owner gives the lamports away: nobody gets them",
    ),
    (
        "withdraw_sol.recipient is reserve",
        "the owner gives the lamports to all holders",
    ),
    (
        "withdraw_stake.stake is an unknown account",
        "an unused address whose key signs",
    ),
    (
        "withdraw_stake.stake is of another pool",
        "an unused address whose key signs",
    ),
    (
        "withdraw_stake.payer is owner",
        "the owner may pay for the account",
    ),
    (
        "pay_fees.payer is an unknown account",
        "anybody may pay: the account's key signs",
    ),
    (
        "migrate_page.page is of another pool",
        "anybody may migrate that one",
    ),
];

/// Any account is accepted there, and why it harms nobody.
const FREE: [(&str, &str); 2] = [
    (
        "withdraw_stake.recipient is ",
        "the owner chooses who has both authorities of the new stake account",
    ),
    (
        "request_unstake.owner is ",
        "the requester chooses who is paid; `queue/requesters` has who cannot be",
    ),
];

/// One wrong account list.
struct Probe {
    position: usize,
    what: String,
    instruction: Instruction,
}

#[tokio::test]
async fn no_wrong_account_is_taken_in_a_fresh_pool() {
    probe_stage(Stage::Fresh).await;
}

#[tokio::test]
async fn no_wrong_account_is_taken_while_keys_decide() {
    probe_stage(Stage::Governed).await;
}

#[tokio::test]
async fn no_wrong_account_is_taken_in_the_rebalance_window() {
    probe_stage(Stage::Window).await;
}

#[tokio::test]
async fn no_wrong_account_is_taken_while_observing() {
    probe_stage(Stage::Unobserved).await;
}

#[tokio::test]
async fn no_wrong_account_is_taken_while_finalizing() {
    probe_stage(Stage::Observed).await;
}

#[tokio::test]
async fn no_wrong_account_is_taken_while_reclaiming() {
    probe_stage(Stage::Reset).await;
}

#[tokio::test]
async fn no_wrong_account_is_taken_while_migrating() {
    probe_stage(Stage::OldPages).await;
    probe_stage(Stage::OldPool).await;
}

#[test]
fn every_instruction_of_the_idl_is_probed() {
    let probed: BTreeSet<&str> = STAGES
        .iter()
        .flat_map(|(_, names)| *names)
        .copied()
        .collect();
    let names = idl::instruction_names();
    let known: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    assert_eq!(probed, known);
}

async fn probe_stage(stage: Stage) {
    let mut pools = TwoPools::at(stage).await;
    let (_, names) = STAGES.iter().find(|(of, _)| *of == stage).expect("a stage");
    let mut cases: Vec<Vec<Case>> = Vec::new();
    for pool in POOLS {
        pools.pool.turn_to(pool);
        let mut of_pool = Vec::new();
        for name in *names {
            of_pool.push(pools.case(name).await);
        }
        cases.push(of_pool);
    }
    pools.pool.turn_to(POOLS[0]);
    let foreign = cases.pop().expect("the second pool's cases");
    let ours = cases.pop().expect("the first pool's cases");
    let mut prober = Prober::new(pools, &ours, &foreign).await;
    for (case, foreign) in ours.iter().zip(&foreign) {
        prober.probe(case, foreign).await;
    }
    let allowed = ALLOWED.iter().filter(|(probe, _)| {
        let instruction = probe.split('.').next();
        instruction.is_some_and(|instruction| names.contains(&instruction))
    });
    let allowed: BTreeSet<String> = allowed.map(|(probe, _)| probe.to_string()).collect();
    assert_eq!(prober.accepted, allowed, "what was accepted, what may be");
}

struct Prober {
    pools: TwoPools,
    keypairs: Vec<Keypair>,
    before: AccountsSnapshot,
    copies: BTreeMap<Pubkey, Pubkey>,
    accepted: BTreeSet<String>,
}

impl Prober {
    async fn new(mut pools: TwoPools, ours: &[Case], foreign: &[Case]) -> Self {
        let mut addresses: BTreeSet<Pubkey> = pools.addresses(ours).into_iter().collect();
        addresses.extend(pools.addresses(foreign));
        let copies = fake_copies(&mut pools, &addresses).await;
        addresses.extend(copies.values());
        addresses.extend([pools.mallory(), FAKE_PROGRAM]);
        let addresses: Vec<Pubkey> = addresses.into_iter().collect();
        let before = pools.pool.cluster.snapshot(&addresses).await;
        let mut keypairs = pools.keypairs();
        let signers = ours.iter().chain(foreign).flat_map(|case| &case.signers);
        keypairs.extend(signers.map(Keypair::insecure_clone));
        Self {
            pools,
            keypairs,
            before,
            copies,
            accepted: BTreeSet::new(),
        }
    }

    /// Sends the instruction as it should be, which succeeds, and every probe of it.
    async fn probe(&mut self, case: &Case, foreign: &Case) {
        self.send(&case.instruction)
            .await
            .unwrap_or_else(|error| panic!("{} does not work: {error:?}", case.name));
        self.restore().await;
        let names = position_names(case);
        for probe in self.probes(case, foreign, &names) {
            let described = format!("{}.{} {}", case.name, names[probe.position], probe.what);
            match self.send(&probe.instruction).await {
                Ok(()) => {
                    self.pools.pool.check().await;
                    self.restore().await;
                    if !FREE.iter().any(|(free, _)| described.starts_with(free)) {
                        self.accepted.insert(described);
                    }
                }
                Err(error) => {
                    assert_ne!(
                        error,
                        Some(InstructionError::ProgramFailedToComplete),
                        "{described}"
                    );
                    self.assert_refused(&probe.instruction, &described).await;
                }
            }
        }
        self.assert_untouched(case.name).await;
    }

    async fn send(&mut self, instruction: &Instruction) -> Result<(), Option<InstructionError>> {
        let signers: Vec<&Keypair> = self.keypairs.iter().collect();
        let instructions = [instruction.clone()];
        let sent = self.pools.pool.cluster.send(&instructions, &signers);
        match sent.await {
            Ok(_) => Ok(()),
            Err(failure) => Err(failure.instruction_error().cloned()),
        }
    }

    /// A transaction can change no account that it does not name.
    async fn assert_refused(&mut self, instruction: &Instruction, described: &str) {
        for address in addresses_of(std::slice::from_ref(instruction)) {
            let now = self.pools.pool.cluster.try_account(&address).await;
            let before = self.before.get(&address);
            assert_eq!(
                now.as_ref(),
                before,
                "{described} was refused, but changed {address}"
            );
        }
    }

    async fn now(&mut self) -> AccountsSnapshot {
        let addresses: Vec<Pubkey> = self.before.addresses().copied().collect();
        self.pools.pool.cluster.snapshot(&addresses).await
    }

    async fn assert_untouched(&mut self, described: &str) {
        let now = self.now().await;
        assert!(
            self.before == now,
            "{described} was refused and yet changed accounts: {:?}",
            self.before.changes(&now)
        );
    }

    async fn restore(&mut self) {
        self.pools.pool.cluster.restore(&self.before).await;
        self.assert_untouched("restoring").await;
    }

    fn probes(&self, case: &Case, foreign: &Case, names: &[String]) -> Vec<Probe> {
        let metas = &case.instruction.accounts;
        let mut probes = Vec::new();
        let mut add = |position: usize, what: String, change: &dyn Fn(&mut Instruction)| {
            let mut instruction = case.instruction.clone();
            change(&mut instruction);
            self.sign_what_can_be_signed(&mut instruction);
            if instruction != case.instruction {
                probes.push(Probe {
                    position,
                    what,
                    instruction,
                });
            }
        };
        for (position, meta) in metas.iter().enumerate() {
            let mut put = |what: String, address: Pubkey| {
                add(position, what, &|ix| ix.accounts[position].pubkey = address);
            };
            put("is an unknown account".into(), self.pools.mallory());
            put("is a stranger's program".into(), FAKE_PROGRAM);
            put(
                "is of another pool".into(),
                foreign.instruction.accounts[position].pubkey,
            );
            if let Some(copy) = self.copies.get(&meta.pubkey) {
                put("is a stranger's copy".into(), *copy);
            }
            for (other, other_meta) in metas.iter().enumerate() {
                put(format!("is {}", names[other]), other_meta.pubkey);
            }
            for (other, name) in names.iter().enumerate().skip(position + 1) {
                let what = format!("is swapped with {name}");
                add(position, what, &|ix| {
                    let address = ix.accounts[position].pubkey;
                    ix.accounts[position].pubkey = ix.accounts[other].pubkey;
                    ix.accounts[other].pubkey = address;
                });
            }
            add(position, "does not sign".into(), &|ix| {
                ix.accounts[position].is_signer = false;
            });
            add(position, "is read-only".into(), &|ix| {
                ix.accounts[position].is_writable = false;
            });
        }
        probes
    }

    /// Nobody has the keys of most accounts: they cannot sign.
    fn sign_what_can_be_signed(&self, instruction: &mut Instruction) {
        for meta in &mut instruction.accounts {
            let has_key = self.keypairs.iter().any(|key| key.pubkey() == meta.pubkey);
            meta.is_signer = meta.is_signer && has_key;
        }
    }
}

/// For every account with content: the same content at another address, owned by a stranger's
/// program. Anybody can make such an account.
async fn fake_copies(
    pools: &mut TwoPools,
    addresses: &BTreeSet<Pubkey>,
) -> BTreeMap<Pubkey, Pubkey> {
    let mut copies = BTreeMap::new();
    for address in addresses {
        let Some(account) = pools.pool.cluster.try_account(address).await else {
            continue;
        };
        if account.executable || account.data.is_empty() {
            continue;
        }
        let copy = pools
            .pool
            .cluster
            .address(&format!("copy of {}", &address.to_string()[..20]));
        let fake = Account {
            owner: FAKE_PROGRAM,
            ..account
        };
        pools.pool.cluster.set_account(&copy, fake);
        copies.insert(*address, copy);
    }
    copies
}

/// Names of the accounts of a case, those of the remaining accounts by their number.
fn position_names(case: &Case) -> Vec<String> {
    let mut names = idl::account_names(case.name);
    let remaining = case.instruction.accounts.len() - names.len();
    names.extend((0..remaining).map(|number| format!("remaining {number}")));
    names
}
