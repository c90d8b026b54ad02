//! Every account of every instruction, replaced by every wrong one: V28 (fake programs), V41
//! (aliased accounts) and catalogue 18 (spoofed), 19 (duplicate) and 20 (type confusion).
//!
//! The probes are generated from the account lists: each position gets an unknown account, the
//! same account of another pool, every other account of the list, a copy of its content that
//! belongs to a stranger's program, a fake program; every two positions are swapped; every
//! signature and every write permission is taken away. Then accounts that fit each other are replaced
//! together: those of another pool, validator, ticket or user, and copies that name another pool
//! ([`sets`]). All must be refused and
//! change nothing, except where [`ALLOWED`] says why one is harmless. How each was refused is kept
//! beside this file: an account that nobody compares any more is often still refused by somebody else, later and
//! with words that help nobody.

mod prober;
mod refusals;
mod sets;
mod singles;

use std::collections::BTreeSet;

use sluice_tests::{
    idl,
    scenario::two_pools::{Case, POOLS, STAGES, Sibling, Stage, TwoPools},
};

use self::prober::Prober;

/// What is accepted, and why it harms nobody.
const ALLOWED: [(&str, &str); 25] = [
    ("create_pool.creator is of another pool", "anybody may pay"),
    (
        "create_pool.arguments is of another pool",
        "who creates a pool chooses its parameters and who has which role",
    ),
    ("deposit_sol.depositor is of another user", "who signs pays"),
    (
        "deposit_sol.recipient is of another user",
        "the depositor chooses",
    ),
    (
        "deposit_stake.recipient is of another user",
        "the owner of the stake chooses",
    ),
    (
        "cancel_ticket.recipient is of another user",
        "the owner gives the LST away",
    ),
    (
        "nominate_admin.arguments is of another pool",
        "the admin chooses; the nominee has to accept",
    ),
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
    let mut siblings: Vec<Vec<Sibling>> = Vec::new();
    for pool in POOLS {
        pools.pool.turn_to(pool);
        let mut of_pool = Vec::new();
        for name in *names {
            let case = pools.case(name).await;
            if pool == POOLS[0] {
                siblings.push(pools.siblings(&case).await);
            }
            of_pool.push(case);
        }
        cases.push(of_pool);
    }
    pools.pool.turn_to(POOLS[0]);
    let foreign = cases.pop().expect("the second pool's cases");
    let ours = cases.pop().expect("the first pool's cases");
    let mut prober = Prober::new(pools, &ours, &foreign, &siblings.concat()).await;
    for ((case, foreign), siblings) in ours.iter().zip(&foreign).zip(&siblings) {
        let names = prober.probe(case, foreign).await;
        let of_pool = Sibling::of("of another pool", &foreign.instruction);
        for sibling in [of_pool].iter().chain(siblings) {
            prober.probe_sets(case, sibling, &names).await;
        }
    }
    println!("{stage:?}: {} mixtures", prober.mixtures);
    prober.refusals.assert_approved(&format!("{stage:?}"));
    let allowed = ALLOWED.iter().filter(|(probe, _)| {
        let instruction = probe.split('.').next();
        instruction.is_some_and(|instruction| names.contains(&instruction))
    });
    let allowed: BTreeSet<String> = allowed.map(|(probe, _)| probe.to_string()).collect();
    assert_eq!(prober.accepted, allowed, "what was accepted, what may be");
    assert!(prober.harmful.is_empty(), "{:#?}", prober.harmful);
}

/// Whether a probe may be accepted.
fn may_be(described: &str) -> bool {
    is_free(described) || ALLOWED.iter().any(|(allowed, _)| *allowed == described)
}

/// Whether any account is accepted there.
fn is_free(described: &str) -> bool {
    FREE.iter().any(|(free, _)| described.starts_with(free))
}
