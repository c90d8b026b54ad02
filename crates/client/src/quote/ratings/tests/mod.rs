//! Hand-made clusters where the right order is known.

mod facts;
mod gather;
mod node;
mod order;
mod properties;
mod takes;
mod thresholds;
mod unknown;

use solana_pubkey::Pubkey;

use super::*;

const SOL: u64 = 1_000_000_000;
/// The epoch that is not over.
const NOW: u64 = 931;
const EPOCHS: u64 = 10;
/// What average stake earns in an epoch.
const CREDITS: u64 = 6_000_000;
/// A hundredth of all stake.
const STAKE: u64 = 100_000 * SOL;
/// What the cluster pays for an epoch: 0.03%.
const REWARDS: u64 = 30 * STAKE / 1_000;
const WHALES: u8 = 4;

/// What one validator did: the same in all epochs, where a test does not change a row.
#[derive(Clone)]
struct Validator {
    rows: Vec<ValidatorEpoch>,
}

/// The address of a validator of a test.
fn address(id: u8) -> Pubkey {
    Pubkey::new_from_array([id; 32])
}

/// What stake with these credits is paid for an epoch by a cluster of average voters.
fn gross(stake: u64, credits: u64) -> u64 {
    let points = 100 * u128::from(STAKE) * u128::from(CREDITS);
    let gross = u128::from(stake) * u128::from(credits) * u128::from(REWARDS) / points;
    gross.try_into().unwrap()
}

impl Validator {
    /// One that says 5%, takes 5%, keeps all block revenue, and votes as the average.
    fn honest(id: u8) -> Self {
        let row = |epoch| ValidatorEpoch {
            vote: address(id),
            identity: address(id),
            epoch,
            activated_stake_lamports: Some(STAKE),
            credits: Some(CREDITS),
            first_credits_epoch: Some(NOW - 60),
            commission_bps: Some(500),
            block_revenue_commission_bps: Some(10_000),
            has_bls_key: Some(true),
            collected_lamports: None,
            delinquent: Some(false),
            version: Some("4.2.1".to_owned()),
            ..ValidatorEpoch::default()
        };
        let validator = Self {
            rows: (NOW - EPOCHS..=NOW).map(row).collect(),
        };
        validator.takes(500)
    }

    /// The row of an epoch.
    fn at(&mut self, epoch: u64) -> &mut ValidatorEpoch {
        let found = self.rows.iter_mut().find(|row| row.epoch == epoch);
        found.unwrap()
    }

    fn with(mut self, change: impl Fn(&mut ValidatorEpoch)) -> Self {
        self.rows.iter_mut().for_each(change);
        self
    }

    fn with_now(mut self, change: impl Fn(&mut ValidatorEpoch)) -> Self {
        change(self.at(NOW));
        self
    }

    fn finished(self, change: impl Fn(&mut ValidatorEpoch)) -> Self {
        self.with(|row| {
            if row.epoch < NOW {
                change(row);
            }
        })
    }

    fn says(self, bps: u16) -> Self {
        self.with(|row| row.commission_bps = Some(bps))
    }

    /// It takes this part in every finished epoch.
    fn takes(self, bps: u64) -> Self {
        self.finished(|row| take(row, bps))
    }

    fn takes_in(mut self, epoch: u64, bps: u64) -> Self {
        take(self.at(epoch), bps);
        self
    }
}

/// Lets a row's collector be paid this part of what its stake earned.
fn take(row: &mut ValidatorEpoch, bps: u64) {
    let gross = gross(
        row.activated_stake_lamports.unwrap_or(STAKE),
        row.credits.unwrap_or(CREDITS),
    );
    // The chain rounds down what a collector gets.
    row.collected_lamports = Some(gross * bps / 10_000);
}

/// Facts that were stored in every epoch, of these validators among average ones: four with a tenth of
/// all stake each, and as many of a hundredth as fill the rest.
fn among_others(validators: &[Validator]) -> Facts {
    let whale =
        |id| Validator::honest(id).with(|row| row.activated_stake_lamports = Some(10 * STAKE));
    let whales = (0..WHALES).map(|index| whale(100 + index).takes(500));
    let others = (0..56).map(|index| Validator::honest(110 + index));
    let all = whales.chain(others).chain(validators.iter().cloned());
    let cluster = (NOW - EPOCHS..NOW).map(|epoch| ClusterEpoch {
        epoch,
        stake_lamports: 100 * STAKE,
        rewards_lamports: Some(REWARDS),
        points: Some(100 * u128::from(STAKE) * u128::from(CREDITS)),
    });
    Facts::from_rows(all.flat_map(|validator| validator.rows), cluster)
}

/// The same as only the chain tells them now: past stake and words are forgotten, and of past epochs
/// only the last one's rewards are known.
fn as_the_chain_tells(facts: &Facts) -> Facts {
    let rows = facts.validators().cloned().map(|row| match row.epoch {
        NOW => row,
        _ => ValidatorEpoch {
            activated_stake_lamports: None,
            commission_bps: None,
            block_revenue_commission_bps: None,
            has_bls_key: None,
            delinquent: None,
            version: None,
            ..row
        },
    });
    let cluster = facts.cluster().map(|row| match row.epoch {
        epoch if epoch == NOW - 1 => *row,
        _ => ClusterEpoch {
            rewards_lamports: None,
            points: None,
            ..*row
        },
    });
    Facts::from_rows(rows, cluster)
}

fn rated(facts: &Facts) -> Vec<Rating> {
    rate(facts, &Thresholds::default())
}

/// The rating of one validator among others.
fn rating(validator: &Validator) -> Rating {
    let facts = among_others(std::slice::from_ref(validator));
    find(&rated(&facts), validator.rows[0].vote)
}

fn find(ratings: &[Rating], vote: Pubkey) -> Rating {
    let found = ratings.iter().find(|rating| rating.vote == vote);
    found.unwrap().clone()
}

/// What is said of a validator's score, line by line.
fn words(rating: &Rating) -> Vec<String> {
    rating.parts.iter().map(ToString::to_string).collect()
}

/// Why a validator is left out, in codes.
fn codes(rating: &Rating) -> Vec<&'static str> {
    rating.exclusions.iter().map(Exclusion::code).collect()
}
