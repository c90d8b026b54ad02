//! What is paid to come earlier.

use std::str::FromStr;

use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;

use crate::{ClientError, Result};

/// Addresses that a node takes in one question about fees.
const MAX_ADDRESSES: usize = 128;
/// Of the fees that recent blocks took at least, the one that so many of a hundred do not exceed;
/// the second one after a transaction has expired.
const PERCENTILE: usize = 75;
const PERCENTILE_AGAIN: usize = 95;
/// What is offered at least once a transaction has expired, in millionths of a lamport per unit.
const LEAST_AGAIN: u64 = 10_000;
const MICRO: u128 = 1_000_000;

/// How much is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// Nothing.
    None,
    /// What recent blocks took for the accounts that are written.
    Auto,
    /// Millionths of a lamport per compute unit.
    Fixed(u64),
}

impl FromStr for Offer {
    type Err = &'static str;

    /// Reads `auto`, `none`, or millionths of a lamport per compute unit.
    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        match text {
            "auto" => Ok(Self::Auto),
            "none" => Ok(Self::None),
            price => price
                .parse()
                .map(Self::Fixed)
                .map_err(|_| "use auto, none, or millionths of a lamport per compute unit"),
        }
    }
}

/// How much is offered, and the most that a transaction may pay for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriorityFee {
    /// How much.
    pub offer: Offer,
    /// At most.
    pub max_lamports: u64,
}

impl PriorityFee {
    /// What nobody notices, and what helps on a busy cluster.
    pub const DEFAULT: Self = Self {
        offer: Offer::Auto,
        max_lamports: 100_000,
    };

    /// The most that a transaction pays for it, in lamports.
    pub fn most_lamports(&self) -> u64 {
        match self.offer {
            Offer::None => 0,
            Offer::Auto | Offer::Fixed(_) => self.max_lamports,
        }
    }

    /// The price per compute unit, in millionths of a lamport, for a transaction that asks for
    /// `compute_units` and writes `written`. `before` is what an expired copy of it offered.
    ///
    /// Where the node does not say what others pay, nothing is offered: it is a help, no need.
    /// Fails where a fixed price costs more than the most.
    pub fn price(
        &self,
        rpc: &RpcClient,
        written: &[Pubkey],
        compute_units: u32,
        before: Option<u64>,
    ) -> Result<u64> {
        match self.offer {
            Offer::None => Ok(0),
            Offer::Fixed(price) => {
                let lamports = priority_lamports(price, compute_units);
                if lamports > u128::from(self.max_lamports) {
                    return Err(ClientError::PriorityFee {
                        lamports,
                        max_lamports: self.max_lamports,
                    });
                }
                Ok(price)
            }
            Offer::Auto => {
                let asked = written.len().min(MAX_ADDRESSES);
                let recent = rpc.get_recent_prioritization_fees(&written[..asked]);
                let mut taken: Vec<u64> = recent
                    .unwrap_or_default()
                    .iter()
                    .map(|recent| recent.prioritization_fee)
                    .collect();
                let wanted = wanted(&mut taken, before);
                Ok(wanted.min(highest_price(self.max_lamports, compute_units)))
            }
        }
    }
}

/// The price that recent blocks suggest.
fn wanted(taken: &mut [u64], before: Option<u64>) -> u64 {
    taken.sort_unstable();
    let at = |percentile: usize| {
        let last = taken.len().saturating_sub(1);
        taken.get(last * percentile / 100).copied().unwrap_or(0)
    };
    match before {
        None => at(PERCENTILE),
        Some(before) => at(PERCENTILE_AGAIN)
            .max(before.saturating_mul(2))
            .max(LEAST_AGAIN),
    }
}

/// What a price costs, rounded up as the runtime does.
pub(super) fn priority_lamports(price: u64, compute_units: u32) -> u128 {
    (u128::from(price) * u128::from(compute_units)).div_ceil(MICRO)
}

/// The highest price that costs no more.
fn highest_price(max_lamports: u64, compute_units: u32) -> u64 {
    let price = u128::from(max_lamports) * MICRO / u128::from(compute_units.max(1));
    u64::try_from(price).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_offer_is_what_most_recent_blocks_took_and_rises_only_after_an_expiry() {
        let mut taken: Vec<u64> = (0..=100).rev().map(|fee| fee * 1_000).collect();
        assert_eq!(wanted(&mut taken, None), 75_000);
        assert_eq!(wanted(&mut taken, Some(75_000)), 150_000);
        assert_eq!(wanted(&mut taken, Some(0)), 95_000);
        assert_eq!(wanted(&mut [], None), 0);
        assert_eq!(wanted(&mut [], Some(0)), LEAST_AGAIN);
        assert_eq!(wanted(&mut [], Some(u64::MAX)), u64::MAX);
    }

    proptest! {
        #[test]
        fn the_highest_price_costs_no_more_than_the_most_and_one_more_would(
            max_lamports in 0..1_000_000_000u64,
            compute_units in 1..1_400_000u32,
        ) {
            let price = highest_price(max_lamports, compute_units);
            prop_assert!(priority_lamports(price, compute_units) <= max_lamports.into());
            prop_assert!(priority_lamports(price + 1, compute_units) > max_lamports.into());
        }
    }
}
