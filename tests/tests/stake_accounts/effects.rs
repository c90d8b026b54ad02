//! What stake accounts in and out change, and no more.

use sluice::{
    events::{StakeDeposited, StakeWithdrawn},
    state::PoolConfig,
};
use sluice_math::{Bps, Lamports, Lst, RewardRate};
use sluice_tests::{
    cluster::{LAMPORTS_PER_SOL as SOL, STAKE_ACCOUNT_BYTES},
    scenario::two_pools::{Acted, Stage, TwoPools, content, lamports, lst},
};
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_stake_interface::state::{Authorized, Lockup, StakeStateV2};

#[tokio::test]
async fn a_stake_account_is_merged_into_main_and_mints_for_all_it_held() {
    let (mut pools, acted) = TwoPools::acted(Stage::Fresh, "deposit_stake").await;
    let (alice, addresses) = (pools.alice.pubkey(), pools.pool.addresses);
    let vote = pools.pool.vote(0);
    let stake = pools.pool.cluster.address("pool's offered stake");
    let main = addresses.main(0);
    let held = 5 * SOL + u64::try_from(pools.rent(STAKE_ACCOUNT_BYTES).await).unwrap();
    let (slot, ledger) = (acted.before.slot, acted.before.pool.ledger());
    let quote = ledger.deposit_stake(Lamports::new(held), Bps::ZERO, slot);
    let quote = quote.unwrap();
    let minted = i128::from(quote.minted.get());
    assert!(minted < i128::from(held), "an LST is dearer than a SOL");
    acted.assert_changes(&[
        (stake, content(-i128::from(held))),
        (main, content(held.into())),
        (addresses.mint, lst(minted)),
        (pools.pool.lst_account(&alice), lst(minted)),
        (addresses.page(0), content(0)),
        (addresses.pool, content(0)),
    ]);
    acted.assert_pool(|pool| pool.book(&quote.ledger));
    assert_main_delegates(&acted, &main, 5 * i128::from(SOL));
    assert_page_books(&acted, 0, i128::from(held), 5 * i128::from(SOL));
    acted.assert_event(&StakeDeposited {
        pool: addresses.pool,
        vote,
        stake,
        depositor: alice,
        lamports: held,
        fee_lamports: 0,
        lst: quote.minted.get(),
        slot,
        books: (&acted.after.pool).into(),
    });
}

#[tokio::test]
async fn an_exit_with_stake_splits_main_into_an_account_of_its_recipient() {
    let (mut pools, acted) = TwoPools::acted(Stage::Fresh, "withdraw_stake").await;
    let (alice, bob) = (pools.alice.pubkey(), pools.bob.pubkey());
    let addresses = pools.pool.addresses;
    let vault = pools.pool.cluster.address("alice's vault");
    let stake = pools.pool.cluster.keypair("pool's new stake").pubkey();
    let main = addresses.main(1);
    let (slot, before) = (acted.before.slot, &acted.before.pool);
    let configured = Bps::new(PoolConfig::RECOMMENDED.stake_exit_fee_bps).unwrap();
    let rate = RewardRate::new(before.reward_rate_e12);
    let ledger = before.ledger();
    let exit = ledger.stake_exit(Lst::new(3 * SOL), slot, configured, rate);
    let exit = exit.unwrap();
    let paid = i128::from(exit.lamports.get());
    let rent = pools.rent(STAKE_ACCOUNT_BYTES).await;
    let burned = lst(-3 * i128::from(SOL));
    acted.assert_changes(&[
        (main, content(-paid)),
        (stake, content(paid + rent)),
        (bob, lamports(-rent)),
        (addresses.mint, burned),
        (pools.pool.lst_account(&alice), burned),
        (addresses.page(0), content(0)),
        (addresses.pool, content(0)),
    ]);
    acted.assert_pool(|pool| pool.book(&exit.ledger));
    assert_main_delegates(&acted, &main, -paid);
    assert_page_books(&acted, 1, -paid, -paid);
    assert!(exit.fee.get() > 0 && before.reward_rate_e12 > 0);
    let StakeStateV2::Stake(meta, state, _) = pools.pool.cluster.stake_state(&stake).await else {
        panic!("no stake");
    };
    assert_eq!(meta.authorized, Authorized::auto(&vault));
    assert_eq!(meta.lockup, Lockup::default());
    assert_eq!(state.delegation.stake, exit.lamports.get());
    assert_eq!(state.delegation.voter_pubkey, pools.pool.vote(1));
    let active = pools.pool.cluster.stake_activation(&stake).await;
    assert_eq!(active.effective, exit.lamports.get());
    acted.assert_event(&StakeWithdrawn {
        pool: addresses.pool,
        vote: pools.pool.vote(1),
        stake,
        owner: alice,
        recipient: vault,
        lst: 3 * SOL,
        lamports: exit.lamports.get(),
        fee_lamports: exit.fee.get(),
        slot,
        books: (&acted.after.pool).into(),
    });
}

/// Main is as it was, except for so many lamports of its delegation, and its credits.
fn assert_main_delegates(acted: &Acted, main: &Pubkey, more: i128) {
    let state = |account: &solana_account::Account| -> StakeStateV2 {
        bincode::deserialize(&account.data).expect("a stake account")
    };
    let before = state(&acted.before.stakes[main]);
    let after = state(&acted.after.stakes[main]);
    let (StakeStateV2::Stake(meta, mut stake, flags), StakeStateV2::Stake(_, grown, _)) =
        (before, after)
    else {
        panic!("main is delegated");
    };
    let delegated = i128::from(stake.delegation.stake) + more;
    stake.delegation.stake = u64::try_from(delegated).expect("a delegation");
    stake.credits_observed = grown.credits_observed;
    assert_eq!(after, StakeStateV2::Stake(meta, stake, flags));
}

/// A slot and its page book so many lamports more, of which main delegates these, and nothing else
/// changed on the page.
fn assert_page_books(acted: &Acted, slot: usize, more: i128, delegated: i128) {
    let add = |lamports: &mut u64, more: i128| {
        *lamports = u64::try_from(i128::from(*lamports) + more).expect("lamports");
    };
    let mut expected = acted.before.pages[0];
    add(&mut expected.slots[slot].main_lamports, more);
    add(&mut expected.slots[slot].delegated_lamports, delegated);
    add(&mut expected.staked_lamports, more);
    assert_eq!(acted.after.pages[0], expected);
}
