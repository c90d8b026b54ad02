//! Somebody who wants more than her share.

use rand::{Rng, rngs::StdRng};
use sluice_tests::{pool::TicketAddress, scenario::SOL};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::market::Market;

/// What somebody owns.
#[derive(Clone, Copy, Debug)]
pub struct Wealth {
    /// In the wallet, and in accounts of the queue that give their rent back or have to pay.
    pub lamports: u64,
    /// In stake accounts.
    pub stake: u64,
    /// In the wallet and in the queue.
    pub lst: u64,
    /// Lamports by which rewards and values are rounded.
    pub roundings: u64,
}

/// Somebody with a wallet, stake accounts and tickets.
pub struct Attacker {
    key: Keypair,
    /// Her stake accounts, and with which validator they are.
    pub stakes: Vec<(Pubkey, u64)>,
    tickets: Vec<TicketAddress>,
    /// Trades at random that were accepted.
    pub accepted: usize,
}

impl Attacker {
    /// So much SOL, no stake.
    pub async fn of_sol(market: &mut Market, lamports: u64) -> Self {
        Self {
            key: market.pool.user("mallory", lamports).await,
            stakes: Vec::new(),
            tickets: Vec::new(),
            accepted: 0,
        }
    }

    /// So much stake with the first validator, and some SOL for rent.
    pub async fn of_stake(market: &mut Market, lamports: u64) -> Self {
        let mut attacker = Self::of_sol(market, 10 * SOL).await;
        attacker.own_stake(market, lamports, 0).await;
        attacker
    }

    /// SOL and stake, each far more than the pool has.
    pub async fn with_a_thousand_times_the_pool(market: &mut Market) -> Self {
        let mut attacker = Self::of_sol(market, 500_000 * SOL).await;
        for (lamports, validator) in [
            (SOL, 0),
            (70 * SOL, 0),
            (5_000 * SOL, 1),
            (400_000 * SOL, 0),
        ] {
            attacker.own_stake(market, lamports, validator).await;
        }
        attacker
    }

    async fn own_stake(&mut self, market: &mut Market, lamports: u64, validator: u64) {
        let vote = market.pool.vote(validator);
        let name = format!("mallory's stake {}", self.stakes.len());
        let owner = self.key.pubkey();
        let stake = market
            .pool
            .active_stake(&name, &owner, lamports, &vote)
            .await;
        self.stakes.push((stake, validator));
    }

    /// LST in her wallet.
    pub async fn lst(&self, market: &mut Market) -> u64 {
        market.pool.lst_balance(&self.key.pubkey()).await
    }

    async fn stake_lamports(&self, market: &mut Market) -> u64 {
        let mut lamports = 0;
        for (stake, _) in &self.stakes {
            lamports += market.pool.cluster.lamports(stake).await;
        }
        lamports
    }

    /// Everything but LST.
    pub async fn liquid(&self, market: &mut Market) -> u64 {
        let wallet = market.pool.cluster.lamports(&self.key.pubkey()).await;
        wallet + self.stake_lamports(market).await
    }

    /// All she owns.
    pub async fn wealth(&self, market: &mut Market) -> Wealth {
        let mut lamports = market.pool.cluster.lamports(&self.key.pubkey()).await;
        let mut lst = self.lst(market).await;
        for ticket in &self.tickets {
            lamports += market.pool.cluster.lamports(&ticket.ticket).await;
            let batch = market.pool.batch(ticket.batch_id).await;
            let held = market.pool.ticket(&ticket.ticket).await;
            // What is paid is hers, and so is the rent of a batch that she opened.
            let share = |of_batch: u64| {
                let product = u128::from(of_batch) * u128::from(held.lst);
                u64::try_from(product / u128::from(batch.lst)).expect("a share")
            };
            lamports += share(batch.paid_lamports);
            lst += share(batch.unsettled_lst);
            if batch.opener == self.key.pubkey() {
                lamports += market.pool.cluster.lamports(&ticket.batch).await;
            }
        }
        Wealth {
            lamports,
            stake: self.stake_lamports(market).await,
            lst,
            roundings: 4 + 2 * (self.stakes.len() + self.tickets.len()) as u64,
        }
    }

    /// SOL in. Whether it was accepted.
    pub async fn deposit_sol(&self, market: &mut Market, lamports: u64) -> bool {
        let sent = market.pool.try_deposit(&self.key, lamports).await;
        sent.is_ok()
    }

    /// SOL for all LST in her wallet.
    pub async fn withdraw_all(&self, market: &mut Market) {
        let lst = self.lst(market).await;
        market.pool.withdraw(&self.key, lst).await;
    }

    /// A stake account in. Whether it was accepted.
    pub async fn deposit_stake(&mut self, market: &mut Market, stake: &Pubkey) -> bool {
        let mut stakes = self.stakes.iter();
        let place = stakes.position(|(own, _)| own == stake).expect("hers");
        let vote = market.pool.vote(self.stakes[place].1);
        let sent = market.pool.try_deposit_stake(&self.key, stake, &vote).await;
        if sent.is_ok() {
            self.stakes.remove(place);
        }
        sent.is_ok()
    }

    /// A stake account out, if that was accepted.
    pub async fn withdraw_stake(
        &mut self,
        market: &mut Market,
        validator: u64,
        lst: u64,
    ) -> Option<Pubkey> {
        let vote = market.pool.vote(validator);
        let taken = market.pool.try_withdraw_stake(&self.key, &vote, lst).await;
        let stake = taken.ok()?.stake;
        self.stakes.push((stake, validator));
        Some(stake)
    }

    /// Trades or waits at random.
    pub async fn acts(&mut self, market: &mut Market, random: &mut StdRng) {
        if random.random_range(0..6) > 0 {
            self.accepted += usize::from(self.trades(market, random).await);
            return;
        }
        let epoch = market.pool.cluster.epoch().await;
        let last = market.pool.cluster.last_slot_of(epoch);
        let slot = market.pool.cluster.slot().await;
        let ahead = random.random_range(0..=(last - slot) / 4);
        market.pool.cluster.warp_by(ahead).await;
    }

    /// Buys or sells at random, a little or all. Whether it was accepted.
    pub async fn trades(&mut self, market: &mut Market, random: &mut StdRng) -> bool {
        let wallet = market.pool.cluster.lamports(&self.key.pubkey()).await;
        let lst = part(self.lst(market).await, random);
        match random.random_range(0..5) {
            0 => {
                let lamports = part(wallet.saturating_sub(SOL), random);
                self.deposit_sol(market, lamports).await
            }
            1 => market.pool.try_withdraw(&self.key, lst).await.is_ok(),
            2 if !self.stakes.is_empty() => {
                let number = random.random_range(0..self.stakes.len());
                let stake = self.stakes[number].0;
                self.deposit_stake(market, &stake).await
            }
            _ => {
                let validator = random.random_range(0..2);
                let most = market.most_lst_for_stake(validator).await;
                let lst = lst.min(most);
                self.withdraw_stake(market, validator, lst).await.is_some()
            }
        }
    }

    /// Puts LST into the queue, which is open even where no price holds.
    pub async fn queues(&mut self, market: &mut Market, random: &mut StdRng) {
        let lst = part(self.lst(market).await, random);
        if let Ok(ticket) = market.pool.try_request(&self.key, lst).await {
            self.tickets.push(ticket);
        }
    }
}

/// All, a little, half, or some.
fn part(all: u64, random: &mut StdRng) -> u64 {
    match random.random_range(0..4) {
        0 => all,
        1 => all / 1_000,
        2 => all / 2,
        _ => random.random_range(0..=all.min(700 * SOL)),
    }
}
