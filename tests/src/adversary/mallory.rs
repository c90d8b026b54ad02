//! The hostile one: what she owns, and when she acts.

use rand::{Rng, SeedableRng, rngs::StdRng};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::{moves::Move, role::Role, stage::Stage};
use crate::{pool::TicketAddress, scenario::SOL};

/// What she has in her wallet, in LST, and in stake accounts with the first two validators.
const WALLET_LAMPORTS: u64 = 100_000 * SOL;
const HELD_LAMPORTS: u64 = 5_000 * SOL;
const STAKES: [(u64, usize); 3] = [(2_000 * SOL, 0), (500 * SOL, 0), (3_000 * SOL, 1)];
/// Moves at one moment, at most.
const MOVES: usize = 3;

/// When she acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The pool has just been priced.
    Morning,
    /// Some slot before the window, after honest holders.
    Noon,
    /// The last slot before the window.
    BeforeWindow,
    /// The window has just been cranked.
    Evening,
    /// The last slot of the epoch.
    LastSlot,
    /// The boundary has passed, and nobody has cranked.
    Unpriced,
}

/// Somebody hostile.
pub struct Mallory {
    /// Her stake accounts, and with whom they are.
    pub stakes: Vec<(Pubkey, Pubkey)>,
    /// Her tickets.
    pub tickets: Vec<TicketAddress>,
    /// Vote accounts of the curator's friends, and what they held before they earned.
    pub votes: Vec<(Pubkey, i128)>,
    /// Her transactions.
    pub sent: i128,
    /// What she did, by number.
    pub moves: Vec<(usize, String)>,
    /// Numbers of moves that she leaves out.
    pub left_out: Vec<usize>,
    pub(super) role: Role,
    pub(super) key: Keypair,
    pub(super) rng: StdRng,
    /// A validator that takes everything around boundaries and nothing in between; a whale that comes
    /// for lucky epochs alone.
    pub(super) is_sly: bool,
    /// What LST she came with.
    pub(super) first_lst: u64,
    drawn: usize,
}

impl Mallory {
    /// She comes with SOL, LST and stake before the pool settles in.
    pub async fn arrive(stage: &mut Stage, role: Role, seed: u64) -> Self {
        let pool = &mut stage.pool;
        let key = pool.user("mallory", WALLET_LAMPORTS + HELD_LAMPORTS).await;
        pool.deposit(&key, HELD_LAMPORTS).await;
        let first_lst = pool.lst_balance(&key.pubkey()).await;
        let mut stakes = Vec::new();
        for (number, (lamports, validator)) in STAKES.into_iter().enumerate() {
            let vote = stage.votes[validator];
            let name = format!("mallory's stake {number}");
            let stake = pool
                .active_stake(&name, &key.pubkey(), lamports, &vote)
                .await;
            stakes.push((stake, vote));
        }
        let mut rng = StdRng::seed_from_u64(seed ^ ((role as u64 + 1) << 32));
        Self {
            stakes,
            tickets: Vec::new(),
            votes: Vec::new(),
            sent: 0,
            moves: Vec::new(),
            left_out: Vec::new(),
            role,
            key,
            is_sly: rng.random(),
            rng,
            first_lst,
            drawn: 0,
        }
    }

    /// Her wallet.
    pub fn address(&self) -> Pubkey {
        self.key.pubkey()
    }

    /// Whether the first validator is hers.
    pub fn is_validator(&self) -> bool {
        self.role == Role::Validator
    }

    /// Whether the curator's wallet is hers.
    pub fn is_curator(&self) -> bool {
        self.role == Role::Curator
    }

    /// Does at this moment what comes into her mind. When her time is over, a whale leaves, and all
    /// behave.
    pub async fn act(&mut self, stage: &mut Stage, moment: Moment) {
        if !stage.is_hostile() {
            for chosen in self.farewell(stage, moment).await {
                self.attempt(stage, chosen, moment).await;
            }
            return;
        }
        for chosen in self.habits(stage, moment).await {
            self.attempt(stage, chosen, moment).await;
        }
        if self.waits_for_luck() {
            return;
        }
        for _ in 0..self.rng.random_range(0..=MOVES) {
            let chosen = match self.role {
                Role::Validator => self.as_validator(stage).await,
                Role::Curator => self.as_curator(stage).await,
                Role::Whale => self.as_whale(stage, moment).await,
                Role::Stranger => self.as_stranger(stage).await,
                Role::Donor => self.as_donor(stage).await,
            };
            self.attempt(stage, chosen, moment).await;
        }
    }

    /// What a role does at this moment in every epoch.
    async fn habits(&mut self, stage: &mut Stage, moment: Moment) -> Vec<Move> {
        match self.role {
            Role::Whale => self.habits_of_whale(stage, moment).await,
            Role::Validator => self.habits_of_validator(stage, moment),
            Role::Curator => self.habits_of_curator(moment),
            _ => Vec::new(),
        }
    }

    async fn farewell(&mut self, stage: &mut Stage, moment: Moment) -> Vec<Move> {
        match (self.role, moment) {
            (Role::Whale, Moment::Morning) => self.leaves(stage).await,
            (Role::Validator, _) => self.behaves(stage),
            _ => Vec::new(),
        }
    }

    async fn attempt(&mut self, stage: &mut Stage, chosen: Move, moment: Moment) {
        let number = self.drawn;
        self.drawn += 1;
        if self.left_out.contains(&number) {
            return;
        }
        let (epoch, luck) = (stage.epoch(), stage.luck().iter().sum::<u64>());
        let text = format!("{moment:?} of epoch {epoch}, luck {luck}: {chosen:?}");
        self.sent += 1;
        if self.make(stage, chosen).await {
            self.moves.push((number, text));
        }
    }

    /// LST in her wallet.
    pub(super) async fn lst(&self, stage: &mut Stage) -> u64 {
        stage.pool.lst_balance(&self.address()).await
    }

    /// Lamports in her wallet that she can spend.
    pub(super) async fn lamports(&self, stage: &mut Stage) -> u64 {
        let lamports = stage.pool.cluster.lamports(&self.address()).await;
        lamports.saturating_sub(10 * SOL)
    }

    /// All, half, a tenth, a hundredth, or anything.
    pub(super) fn part(&mut self, all: u64) -> u64 {
        match self.rng.random_range(0..5) {
            0 => all,
            1 => all / 2,
            2 => all / 10,
            3 => all / 100,
            _ => self.rng.random_range(0..=all),
        }
    }
}
