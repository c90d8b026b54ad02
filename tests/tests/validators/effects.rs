//! What the curator's instructions change, and no more.

use sluice::{
    events::{SlotClosed, ValidatorAdded, ValidatorRetired, WeightSet},
    state::{FLAG_RETIRE, Marker, Slot, SlotState, ValidatorPage},
};
use sluice_tests::{
    cluster::STAKE_ACCOUNT_BYTES,
    scenario::two_pools::{Stage, TwoPools, content, lamports},
};
use solana_signer::Signer;

#[tokio::test]
async fn an_added_validator_gets_two_stake_accounts_whose_rent_is_locked() {
    let (mut pools, acted) = TwoPools::acted(Stage::Fresh, "add_validator").await;
    let (curator, addresses) = (pools.pool.curator().pubkey(), pools.pool.addresses);
    let vote = pools.pool.cluster.keypair("pool's candidate").pubkey();
    let stake_rent = pools.rent(STAKE_ACCOUNT_BYTES).await;
    let marker_rent = pools.rent(Marker::SPACE).await;
    acted.assert_changes(&[
        (curator, lamports(-2 * stake_rent - marker_rent)),
        (addresses.marker(&vote), content(marker_rent)),
        (addresses.main(4), content(stake_rent)),
        (addresses.transient(4), content(stake_rent)),
        (addresses.page(0), content(0)),
        (addresses.pool, content(0)),
    ]);
    let rent = u64::try_from(2 * stake_rent).unwrap();
    acted.assert_pool(|pool| {
        pool.staked_lamports += rent;
        pool.locked_lamports += rent;
        pool.next_serial += 1;
        pool.validator_count += 1;
    });
    let slot = acted.after.pages[0].slots[4];
    assert_eq!((slot.vote, slot.serial), (vote, 4));
    assert_eq!(
        (slot.weight, slot.next_weight),
        (0, 3),
        "from the next epoch on"
    );
    assert_eq!(u64::from(slot.due_epoch), acted.after.epoch + 1);
    assert_eq!(
        (slot.main, slot.transient),
        (addresses.main(4), addresses.transient(4))
    );
    assert_eq!(slot.state, SlotState::Active.code());
    assert!(slot.is_observed(acted.after.epoch));
    let marker = pools.pool.marker(&vote).await;
    assert_eq!((marker.serial, marker.wait_epochs), (4, 0));
    assert_eq!(marker.reinstatable_epoch, 0);
    assert_eq!((marker.vote, marker.payer), (vote, curator));
    acted.assert_event(&ValidatorAdded {
        pool: addresses.pool,
        vote,
        page: 0,
        slot_index: 4,
        serial: 4,
        weight: 3,
        from_epoch: acted.after.epoch + 1,
        rent_lamports: rent,
        books: (&acted.after.pool).into(),
    });
}

/// The page before, with another slot `index`.
fn with_slot(page: &ValidatorPage, index: usize, slot: Slot) -> ValidatorPage {
    let mut expected = *page;
    expected.slots[index] = slot;
    expected
}

#[tokio::test]
async fn a_weight_is_written_for_the_next_epoch() {
    let (pools, acted) = TwoPools::acted(Stage::Fresh, "set_weight").await;
    let addresses = pools.pool.addresses;
    acted.assert_changes(&[(addresses.page(0), content(0))]);
    let page = &acted.before.pages[0];
    let from_epoch = acted.before.epoch + 1;
    let slot = Slot {
        next_weight: 7,
        due_epoch: u32::try_from(from_epoch).unwrap(),
        ..page.slots[0]
    };
    assert_eq!(acted.after.pages[0], with_slot(page, 0, slot));
    acted.assert_event(&WeightSet {
        pool: addresses.pool,
        vote: slot.vote,
        weight: 7,
        from_epoch,
        weight_before: page.slots[0].weight,
    });
}

#[tokio::test]
async fn a_retirement_is_written_for_the_next_epoch() {
    let (pools, acted) = TwoPools::acted(Stage::Fresh, "retire_validator").await;
    let addresses = pools.pool.addresses;
    acted.assert_changes(&[(addresses.page(0), content(0))]);
    let page = &acted.before.pages[0];
    let from_epoch = acted.before.epoch + 1;
    let before = page.slots[0];
    let slot = Slot {
        next_weight: 0,
        flags: before.flags | FLAG_RETIRE,
        due_epoch: u32::try_from(from_epoch).unwrap(),
        ..before
    };
    assert_eq!(acted.after.pages[0], with_slot(page, 0, slot));
    acted.assert_event(&ValidatorRetired {
        pool: addresses.pool,
        vote: slot.vote,
        from_epoch,
        weight_before: before.weight,
    });
}

#[tokio::test]
async fn a_closed_slot_gives_every_lamport_to_the_holders_and_the_markers_rent_back() {
    let (mut pools, acted) = TwoPools::acted(Stage::Fresh, "close_slot").await;
    let (curator, addresses) = (pools.pool.curator().pubkey(), pools.pool.addresses);
    let vote = pools.pool.vote(3);
    let stake_rent = pools.rent(STAKE_ACCOUNT_BYTES).await;
    let marker_rent = pools.rent(Marker::SPACE).await;
    acted.assert_changes(&[
        (curator, lamports(marker_rent)),
        (addresses.marker(&vote), content(-marker_rent)),
        (addresses.main(3), content(-stake_rent)),
        (addresses.transient(3), content(-stake_rent)),
        (addresses.reserve, lamports(2 * stake_rent)),
        (addresses.page(0), content(0)),
        (addresses.pool, content(0)),
    ]);
    let rent = u64::try_from(2 * stake_rent).unwrap();
    acted.assert_pool(|pool| {
        pool.staked_lamports -= rent;
        pool.reserve_lamports += rent;
        pool.locked_lamports -= rent;
        pool.pending_lamports += rent;
        pool.validator_count -= 1;
    });
    assert!(acted.after.pages[0].slots[3].is_empty());
    acted.assert_event(&SlotClosed {
        pool: addresses.pool,
        vote,
        serial: 3,
        rent_lamports: rent,
        books: (&acted.after.pool).into(),
    });
}
