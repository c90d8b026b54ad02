//! Lies in the pool's own books: its account, its pages, its history.

use bytemuck::Zeroable;
use sluice::state::{Pool, RateHistory, Slot, ValidatorPage};
use sluice_client::{Evidence, Subject, Verdict};
use solana_pubkey::Pubkey;

use crate::{
    lies::{Lie, assert_all_found, lie},
    scene::{account, edit},
};

fn pool(evidence: &mut Evidence, change: impl FnOnce(&mut Pool)) {
    let address = evidence.addresses.pool;
    edit(evidence, address, change);
}

fn page(evidence: &mut Evidence, change: impl FnOnce(&mut ValidatorPage)) {
    let address = evidence.addresses.page(0);
    edit(evidence, address, change);
}

fn history(evidence: &mut Evidence, change: impl FnOnce(&mut RateHistory)) {
    let address = evidence.addresses.history;
    edit(evidence, address, change);
}

/// Cuts a validator out of all books, so that every sum still fits.
fn cut_out(evidence: &mut Evidence) {
    let mut cut = Slot::zeroed();
    page(evidence, |page| {
        cut = std::mem::replace(&mut page.slots[1], Slot::zeroed());
        page.occupied -= 1;
        page.observed -= 1;
        page.total_weight -= u64::from(cut.weight);
        page.staked_lamports -= cut.main_lamports + cut.transient_lamports;
        page.deactivating_lamports -= cut.deactivating_lamports;
    });
    pool(evidence, |pool| {
        pool.validator_count -= 1;
        pool.total_weight -= u64::from(cut.weight);
        pool.staked_lamports -= cut.main_lamports + cut.transient_lamports;
        pool.deactivating_lamports -= cut.deactivating_lamports;
        pool.locked_lamports -= u64::from(cut.rent_lamports);
    });
}

const SUMS: [Lie; 20] = [
    lie("more than fits", Subject::Backing, |it| {
        pool(it, |pool| pool.staked_lamports = u64::MAX);
    }),
    lie("more stake than there is", Subject::Staked, |it| {
        pool(it, |pool| pool.staked_lamports += 1);
    }),
    lie("less stake than there is", Subject::Staked, |it| {
        pool(it, |pool| pool.staked_lamports -= 1);
    }),
    lie(
        "more stake than there is, backing",
        Subject::Backing,
        |it| {
            pool(it, |pool| pool.staked_lamports += 1);
        },
    ),
    lie("a page with more stake", Subject::Staked, |it| {
        page(it, |page| page.staked_lamports += 1);
    }),
    lie("a slot with more stake", Subject::StakeAccounts, |it| {
        page(it, |page| page.slots[0].main_lamports += 1);
    }),
    lie("more on its way back", Subject::Deactivating, |it| {
        pool(it, |pool| pool.deactivating_lamports += 1);
    }),
    lie(
        "a page with more on its way back",
        Subject::Deactivating,
        |it| {
            page(it, |page| page.deactivating_lamports += 1);
        },
    ),
    lie("another sum of weights", Subject::Weights, |it| {
        pool(it, |pool| pool.total_weight += 1);
    }),
    lie("a page with another weight", Subject::Weights, |it| {
        page(it, |page| page.total_weight += 1);
    }),
    lie(
        "less rent kept out of the price",
        Subject::LockedRent,
        |it| {
            pool(it, |pool| pool.locked_lamports -= 1);
        },
    ),
    lie("a larger reserve", Subject::Reserve, |it| {
        pool(it, |pool| pool.reserve_lamports += 1);
    }),
    lie("fewer LST", Subject::Supply, |it| {
        pool(it, |pool| pool.lst_supply -= 1);
    }),
    lie("fewer LST in locked batches", Subject::Batches, |it| {
        pool(it, |pool| pool.locked_lst -= 1);
    }),
    lie("fewer LST in the open batch", Subject::Batches, |it| {
        pool(it, |pool| pool.open_lst -= 1);
    }),
    lie("another lock of the open batch", Subject::Batches, |it| {
        pool(it, |pool| pool.open_lock_slot += 1);
    }),
    lie("a batch that was never settled", Subject::Batches, |it| {
        pool(it, |pool| pool.head_batch += 1);
    }),
    lie("fewer lamports that are owed", Subject::Claims, |it| {
        pool(it, |pool| pool.claims_lamports -= 1);
    }),
    lie("a higher seed", Subject::Escrow, |it| {
        pool(it, |pool| pool.dead_lst += 1);
    }),
    lie("more withheld than was", Subject::Prices, |it| {
        pool(it, |pool| pool.pending_lamports += 1_000_000_000);
    }),
];

const LISTS: [Lie; 13] = [
    lie("fewer validators", Subject::Validators, |it| {
        pool(it, |pool| pool.validator_count -= 1);
    }),
    lie("a page that is not counted", Subject::Validators, |it| {
        pool(it, |pool| pool.page_count -= 1);
    }),
    lie("a page that is gone", Subject::Validators, |it| {
        let address = it.addresses.page(0);
        it.accounts.remove(&address);
    }),
    lie("a page of another pool", Subject::Validators, |it| {
        page(it, |page| page.pool = Pubkey::new_from_array([9; 32]));
    }),
    lie("a page that counts fewer", Subject::Validators, |it| {
        page(it, |page| page.occupied -= 1);
    }),
    lie(
        "a validator that is cut out of every sum",
        Subject::UnlistedStake,
        cut_out,
    ),
    lie("a validator twice", Subject::Validators, |it| {
        page(it, |page| page.slots[1].vote = page.slots[0].vote);
    }),
    lie(
        "a number that was not given away",
        Subject::Validators,
        |it| {
            pool(it, |pool| pool.next_serial = 1);
        },
    ),
    lie(
        "stake accounts of another number",
        Subject::Validators,
        |it| {
            page(it, |page| page.slots[0].main = page.slots[1].transient);
        },
    ),
    lie("another escrow", Subject::Addresses, |it| {
        pool(it, |pool| pool.escrow = Pubkey::new_from_array([9; 32]));
    }),
    lie("a wrong bump", Subject::Addresses, |it| {
        pool(it, |pool| pool.stake_authority_bump ^= 1);
    }),
    lie("a role for the pool's own address", Subject::Roles, |it| {
        let reserve = it.addresses.reserve;
        pool(it, |pool| pool.guardian = reserve);
    }),
    lie("a fee beyond its bound", Subject::Parameters, |it| {
        pool(it, |pool| pool.config.reward_fee_bps = 1_001);
    }),
];

const HISTORY: [Lie; 13] = [
    lie("a pool that was priced later", Subject::History, |it| {
        history(it, |history| history.count -= 1);
    }),
    lie("epochs in another order", Subject::History, |it| {
        history(it, |history| history.epochs[2].epoch = 0);
    }),
    lie("another time", Subject::History, |it| {
        let last = |history: &mut RateHistory| usize::from(history.next) - 1;
        history(it, |history| {
            history.epochs[last(history)].epoch_start_timestamp += 1;
        });
    }),
    lie("another last gain", Subject::History, |it| {
        history(it, |history| {
            history.epochs[usize::from(history.next) - 1].gain_lamports -= 1;
        });
    }),
    lie("another last supply", Subject::History, |it| {
        history(it, |history| {
            history.epochs[usize::from(history.next) - 1].lst_supply -= 1;
        });
    }),
    lie("a fee beyond its bound", Subject::History, |it| {
        history(it, |history| {
            history.epochs[2].fee_lamports = history.epochs[2].gain_lamports;
        });
    }),
    lie("a price that never was", Subject::History, |it| {
        history(it, |history| history.epochs[2].full_lamports *= 2);
    }),
    lie("a lower mark of the reward fee", Subject::History, |it| {
        pool(it, |pool| pool.high_water_lamports -= 1_000_000);
    }),
    lie("an older pricing", Subject::History, |it| {
        pool(it, |pool| pool.finalized_epoch -= 1);
    }),
    lie("a history of another pool", Subject::History, |it| {
        history(it, |history| history.pool = Pubkey::new_from_array([9; 32]));
    }),
    lie("a history that is no ring", Subject::History, |it| {
        history(it, |history| history.next = 500);
    }),
    lie("a history that cannot be read", Subject::History, |it| {
        let address = it.addresses.history;
        account(it, address).data[0] ^= 1;
    }),
    Lie {
        what: "a lower price in the past",
        subject: Subject::History,
        verdict: Verdict::Warning,
        plant: |it| history(it, |history| history.epochs[2].full_lamports -= 10_000_000),
    },
];

#[tokio::test]
async fn each_figure_of_the_pool_that_is_a_sum_is_added_up() {
    assert_all_found(&SUMS).await;
}

#[tokio::test]
async fn a_list_that_was_cut_or_rewritten_is_named() {
    assert_all_found(&LISTS).await;
}

#[tokio::test]
async fn an_edited_history_is_named() {
    assert_all_found(&HISTORY).await;
}
