//! How vote accounts are read: whatever their layout, exactly as the vote program reads them.

use proptest::prelude::*;
use rand::{Rng as _, SeedableRng, rngs::StdRng};
use sluice::foreign::{VoteAccount, VoteTerms};
use sluice_tests::cluster::{VOTE_ACCOUNT_BYTES, VoteVersion};
use solana_pubkey::Pubkey;
use solana_stake_interface::tools::eligible_for_deactivate_delinquent;
use solana_vote_interface::state::VoteStateV4;

use crate::made_up_votes::{Fixture, all};

const EPOCH: u64 = 700;

fn vote() -> Pubkey {
    Pubkey::new_from_array([9; 32])
}

/// What the vote program's own decoder says; `None` where it refuses, or where it is of a version
/// that the pool does not take.
fn decoded(data: &[u8]) -> Option<VoteStateV4> {
    let known = matches!(data.first_chunk::<4>()?, [2 | 3, 0, 0, 0]);
    let state = VoteStateV4::deserialize(data, &vote()).ok();
    state.filter(|_| known)
}

fn credits_of(state: &VoteStateV4, epoch: u64) -> u64 {
    let mut entries = state.epoch_credits.iter().rev();
    let entry = entries.find(|entry| entry.0 == epoch);
    entry.map_or(0, |(_, credits, before)| credits.saturating_sub(*before))
}

/// Panics unless the program reads the data exactly as the vote program's decoder does.
fn assert_read_alike(data: &[u8]) {
    let (read, state) = (VoteAccount::parse(data), decoded(data));
    assert_eq!(read.is_some(), state.is_some(), "{} bytes", data.len());
    let (Some(read), Some(state)) = (read, state) else {
        return;
    };
    let terms = read.terms;
    assert_eq!(terms.commission_bps, state.inflation_rewards_commission_bps);
    assert_eq!(
        terms.block_commission_bps,
        state.block_revenue_commission_bps
    );
    assert_eq!(terms.has_bls_key, state.bls_pubkey_compressed.is_some());
    let epochs = state.epoch_credits.iter().map(|entry| entry.0);
    for epoch in epochs.chain([0, EPOCH - 1, EPOCH, u64::MAX]) {
        let credits = credits_of(&state, epoch);
        assert_eq!(read.credits(epoch), credits, "epoch {epoch}");
    }
}

#[test]
fn every_combination_of_terms_and_credits_is_read_as_it_was_written() {
    let mut count = 0;
    for fixture in all() {
        let data = fixture.data(&vote(), EPOCH);
        assert_read_alike(&data);
        let read = VoteAccount::parse(&data).unwrap_or_else(|| panic!("{fixture:?}"));
        let is_v4 = fixture.version == VoteVersion::V4;
        let expected = VoteTerms {
            commission_bps: fixture.commission_bps,
            block_commission_bps: if is_v4 {
                fixture.block_commission_bps
            } else {
                10_000
            },
            has_bls_key: is_v4 && fixture.bls_key,
        };
        assert_eq!(read.terms, expected, "{fixture:?}");
        assert_eq!(
            read.credits(EPOCH - 1) > 0,
            fixture.credits.earned_in_last_epoch(),
            "{fixture:?}"
        );
        // The stake program's own rule, some epochs on.
        let entries = fixture.credits.entries(EPOCH);
        for epoch in EPOCH..EPOCH + 8 {
            let delinquent = eligible_for_deactivate_delinquent(&entries, epoch);
            assert_eq!(
                read.is_delinquent(epoch),
                delinquent,
                "{fixture:?} at {epoch}"
            );
        }
        count += 1;
    }
    assert_eq!(count, 2 * 6 * 6 * 2 * 6);
}

#[test]
fn accounts_of_other_versions_and_cut_off_ones_are_not_read() {
    for version in [VoteVersion::V3, VoteVersion::V4] {
        let whole = Fixture::longest(version).data(&vote(), EPOCH);
        for tag in [0, 1, 4, 5, 255, 1 << 31] {
            let mut other = whole.clone();
            other[..4].copy_from_slice(&u32::to_le_bytes(tag));
            assert_eq!(VoteAccount::parse(&other), None, "tag {tag}");
        }
        let mut shortest = 0;
        for length in 0..whole.len() {
            assert_read_alike(&whole[..length]);
            if VoteAccount::parse(&whole[..length]).is_none() {
                shortest = length + 1;
            }
        }
        assert!(shortest > 1_900, "the lists count: {shortest}");
    }
}

#[test]
fn lists_that_claim_to_be_endless_are_not_read() {
    for version in [VoteVersion::V3, VoteVersion::V4] {
        let whole = Fixture::longest(version).data(&vote(), EPOCH);
        for at in 0..whole.len() - 8 {
            let mut data = whole.clone();
            data[at..at + 8].copy_from_slice(&u64::MAX.to_le_bytes());
            assert_read_alike(&data);
        }
    }
}

fn fixtures() -> impl Strategy<Value = Vec<u8>> {
    let all: Vec<Fixture> = all().collect();
    let fixture = prop::sample::select(all);
    fixture.prop_map(|fixture| fixture.data(&vote(), EPOCH))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn damaged_accounts_are_read_as_the_vote_program_reads_them(
        whole in fixtures(),
        damage in prop::collection::vec((0..VOTE_ACCOUNT_BYTES, any::<u8>()), 1..8),
        // Most of what there is to damage stands in front.
        near in prop::collection::vec((0..300_usize, prop_oneof![0..=3_u8, any::<u8>()]), 0..4),
        length in prop_oneof![3 => Just(VOTE_ACCOUNT_BYTES), 1 => 0..=VOTE_ACCOUNT_BYTES],
    ) {
        let mut data = whole;
        for (at, byte) in damage.into_iter().chain(near) {
            data[at] = byte;
        }
        data.truncate(length);
        assert_read_alike(&data);
    }

    #[test]
    fn random_bytes_are_read_as_the_vote_program_reads_them(seed in any::<u64>(), tag in 0..=5_u32) {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut data = vec![0; rng.random_range(0..4_000)];
        // Small numbers, as lengths, and gaps of zeros lead further into the layout.
        for byte in &mut data {
            *byte = match rng.random_range(0..8) {
                0 => rng.random_range(0..4),
                1 => rng.random(),
                _ => 0,
            };
        }
        let tag = tag.to_le_bytes().into_iter();
        data.iter_mut().zip(tag).for_each(|(byte, tag)| *byte = tag);
        assert_read_alike(&data);
    }
}
