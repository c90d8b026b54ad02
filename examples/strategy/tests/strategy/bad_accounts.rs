//! Accounts of another strategy or pool. Each is refused with its reason, and nothing changes.

use sluice_tests::scenario::{SOL, replace_account};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use strategy::{
    StrategyError::{self, WrongMint, WrongPool, WrongStrategy, WrongTill, WrongVault},
    client::StrategyAddresses,
};

use crate::scene::{Scene, accounts_of, assert_refused};

/// The other strategy's account, in place of the own one of the same kind.
type Swap = (Pubkey, Pubkey, StrategyError);

/// Pool, LST, vault, till and shares of two strategies, and how each is refused.
fn swaps(own: &StrategyAddresses, other: &StrategyAddresses) -> [Swap; 5] {
    [
        (own.of.pool, other.of.pool, WrongPool),
        (own.of.lst_mint, other.of.lst_mint, WrongMint),
        (own.vault, other.vault, WrongVault),
        (own.till, other.till, WrongTill),
        (own.share_mint, other.share_mint, WrongMint),
    ]
}

/// Tries an instruction with each account of the other strategy that it names. Returns how many it names.
async fn refuses_each(
    scene: &mut Scene,
    swaps: &[Swap],
    instruction: &Instruction,
    signers: &[&Keypair],
) -> usize {
    let mut named = 0;
    for (own, other, error) in swaps {
        if !instruction.accounts.iter().any(|meta| meta.pubkey == *own) {
            continue;
        }
        let mut wrong = instruction.clone();
        replace_account(&mut wrong, own, *other);
        assert_refused(scene.send(wrong, signers).await, *error);
        named += 1;
    }
    named
}

#[tokio::test]
async fn accounts_of_another_strategy_are_refused_by_every_instruction() {
    let mut scene = Scene::start().await;
    let anna = scene.anna.insecure_clone();
    let number = scene.request(&anna, SOL).await.unwrap();
    let exit = scene.exit(number).await;
    let other = scene.another().await;
    let (at, who) = (scene.at, anna.pubkey());
    let (next, batch, ticket) = scene.next().await;
    let swaps = swaps(&at, &other);
    for (instruction, signers, names) in [
        (at.deposit(who, SOL, 0), [&anna].as_slice(), 4),
        (at.exit_now(who, SOL, 0), &[&anna], 3),
        (at.request_exit(who, SOL, next, batch, ticket), &[&anna], 3),
        (at.refill(who, next, batch, ticket), &[&anna], 2),
        (at.cancel_exit(&exit, batch), &[&anna], 3),
        (at.stake_surplus(), &[], 4),
        (at.pay_exit(&exit, batch, who), &[], 1),
    ] {
        let refused = refuses_each(&mut scene, &swaps, &instruction, signers).await;
        assert_eq!(refused, names, "accounts compared by {instruction:?}");
    }
}

#[tokio::test]
async fn an_exit_of_another_strategy_is_neither_paid_nor_cancelled() {
    let mut scene = Scene::start().await;
    let anna = scene.anna.insecure_clone();
    let number = scene.request(&anna, SOL).await.unwrap();
    let exit = scene.exit(number).await;
    let other = scene.another().await;
    let batch = scene.pool.addresses.batch(0);
    let mut pay = other.pay_exit(&exit, batch, anna.pubkey());
    let mut cancel = other.cancel_exit(&exit, batch);
    for instruction in [&mut pay, &mut cancel] {
        replace_account(instruction, &other.exit(number), scene.at.exit(number));
    }
    assert_refused(scene.send(pay, &[]).await, WrongStrategy);
    assert_refused(scene.send(cancel, &[&anna]).await, WrongStrategy);
}

#[tokio::test]
async fn a_strategy_is_made_for_the_pools_own_lst_alone() {
    let mut scene = Scene::start().await;
    let ben = scene.ben.insecure_clone();
    let own_lst = scene.pool.addresses.mint;
    let config = scene.pool.account().await.config;
    scene.pool.found("other", config).await;
    let mut accounts = accounts_of(&scene.pool);
    accounts.lst_mint = own_lst;
    let at = StrategyAddresses::of(accounts);
    let cluster = &mut scene.pool.cluster;
    cluster.create_token_account(&own_lst, &at.strategy).await;
    let create = at.create_strategy(ben.pubkey());
    assert_refused(scene.send(create, &[&ben]).await, WrongMint);
}
