//! What everybody has in the morning, when the pool has just been priced.

use std::collections::BTreeSet;

use sluice::state::{Ticket, UnstakeBatch};
use sluice_math::{BoundaryRewards, Lamports};
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::{mallory::Mallory, stage::Stage};
use crate::pool::TicketAddress;

const BPS: i128 = 10_000;

/// A stake account of the hostile one.
#[derive(Clone, Copy, Debug)]
struct Stake {
    vote: Pubkey,
    lamports: i128,
    delegated: u64,
}

/// What everybody has, in lamports and LST.
#[derive(Clone, Debug)]
pub struct Morning {
    /// What all other holders have: lamports, and LST at the full price.
    pub others: i128,
    full: i128,
    supply: i128,
    lamports: i128,
    /// What the first validator has earned, and whether it is hers.
    commission: i128,
    has_commission: bool,
    lst: i128,
    stakes: Vec<Stake>,
    rewards: BoundaryRewards,
    credits: Vec<(Pubkey, u64)>,
    open_commission: (Pubkey, i128),
}

impl Morning {
    /// Reads it.
    pub async fn of(stage: &mut Stage, mallory: &Mallory) -> Self {
        let prices = stage.pool.prices().await;
        let (full, supply) = (i128::from(prices.full), i128::from(prices.supply));
        let mut others = 0;
        for (holder, tickets) in stage.holders() {
            let (lamports, lst) = held(stage, &holder, &tickets).await;
            others += lamports + lst * full / supply;
        }
        let (mut lamports, lst) = held(stage, &mallory.address(), &mallory.tickets).await;
        for (vote, before) in &mallory.votes {
            lamports += i128::from(stage.pool.cluster.lamports(vote).await) - before;
        }
        let first = stage.votes[0];
        if mallory.is_curator() {
            let curator = stage.pool.curator().pubkey();
            lamports += i128::from(stage.pool.cluster.lamports(&curator).await);
        }
        let mut stakes = Vec::new();
        for (stake, vote) in &mallory.stakes {
            stakes.push(Stake {
                vote: *vote,
                lamports: i128::from(stage.pool.cluster.lamports(stake).await),
                delegated: stage.pool.cluster.delegation(stake).await.stake,
            });
        }
        let rewards = stage.pool.cluster.epoch_rewards().await;
        Self {
            others,
            full,
            supply,
            lamports,
            commission: i128::from(stage.pool.cluster.lamports(&first).await),
            has_commission: mallory.is_validator(),
            lst,
            stakes,
            rewards: BoundaryRewards {
                points: rewards.total_points,
                lamports: Lamports::new(rewards.total_rewards),
            },
            credits: stage
                .credits
                .iter()
                .map(|(vote, credits)| (*vote, *credits))
                .collect(),
            open_commission: (first, i128::from(stage.max_commission_bps())),
        }
    }

    /// All that the hostile one has, LST at the full price.
    pub fn wealth(&self) -> i128 {
        let stakes: i128 = self.stakes.iter().map(|stake| stake.lamports).sum();
        let lst = self.lst * self.full / self.supply;
        let commission = if self.has_commission {
            self.commission
        } else {
            0
        };
        self.lamports + commission + stakes + lst
    }

    /// What this wealth would have become by the next morning in peace: lamports earn nothing,
    /// stake what its validator earns, LST what the pool does, and a validator takes its commission
    /// openly. The two are this morning and the next one there.
    pub fn as_in_peace(&self, [then, later]: [&Self; 2]) -> i128 {
        let earned: i128 = self.stakes.iter().map(|stake| later.earned(stake)).sum();
        let commission = if self.has_commission {
            later.commission - then.commission
        } else {
            0
        };
        let lst = self.lst * self.full / self.supply;
        let grown = lst * later.full / later.supply * then.supply / then.full - lst;
        self.wealth() + earned + commission + grown
    }

    /// What stake earned at this morning's boundary.
    fn earned(&self, stake: &Stake) -> i128 {
        let found = self.credits.iter().find(|(vote, _)| *vote == stake.vote);
        let credits = found.map_or(0, |(_, credits)| *credits);
        let delegated = Lamports::new(stake.delegated);
        let gross = self.rewards.gross(delegated, credits).expect("a reward");
        let (vote, commission_bps) = self.open_commission;
        let kept_bps = if stake.vote == vote {
            commission_bps
        } else {
            0
        };
        i128::from(gross.get()) * (BPS - kept_bps) / BPS
    }
}

/// Lamports and LST of somebody, with what tickets are worth.
async fn held(stage: &mut Stage, owner: &Pubkey, tickets: &[TicketAddress]) -> (i128, i128) {
    let pool = &mut stage.pool;
    let mut lamports = i128::from(pool.cluster.lamports(owner).await);
    let mut lst = i128::from(pool.lst_balance(owner).await);
    let mut opened = BTreeSet::new();
    for address in tickets {
        let Some(ticket) = pool.try_read::<Ticket>(&address.ticket).await else {
            continue;
        };
        let batch: UnstakeBatch = pool.read(&address.batch).await;
        let share = |of: u64| i128::from(of) * i128::from(ticket.lst) / i128::from(batch.lst);
        lamports += i128::from(pool.cluster.lamports(&address.ticket).await);
        lamports += share(batch.paid_lamports) - i128::from(ticket.claimed_lamports);
        lst += share(batch.unsettled_lst);
        if batch.opener == *owner && opened.insert(address.batch_id) {
            lamports += i128::from(pool.cluster.lamports(&address.batch).await);
        }
    }
    (lamports, lst)
}
