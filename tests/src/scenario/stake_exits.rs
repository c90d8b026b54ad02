//! Exits with stake: what they should take, by the math crate, and what they took.

use sluice_math::{Bps, Lamports, Lst, RewardRate, StakeExit};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_stake_interface::state::{Authorized, Lockup, StakeStateV2};

use super::MINIMUM_DELEGATION;
use crate::{
    cluster::STAKE_ACCOUNT_BYTES,
    pool::{Books, Pool, StakeTaken},
};

impl Pool {
    /// What an exit of this many LST takes now, by the math crate.
    pub async fn stake_exit(&mut self, lst: u64) -> StakeExit {
        let books = self.books().await;
        self.stake_exit_at(&books, lst)
    }

    /// What an exit of this many LST would have taken then.
    pub fn stake_exit_at(&self, books: &Books, lst: u64) -> StakeExit {
        let configured = Bps::new(books.pool.config.stake_exit_fee_bps).expect("a share");
        let rate = RewardRate::new(books.pool.reward_rate_e12);
        let ledger = books.pool.ledger();
        let exit = ledger.stake_exit(Lst::new(lst), books.slot, configured, rate);
        exit.expect("a quote")
    }

    /// The most stake that one exit takes of a validator that stays, by the math crate.
    pub async fn most_stake(&mut self, vote: &Pubkey) -> u64 {
        let pool = self.account().await;
        let slot = self.slot_of(vote).await;
        let main = self.cluster.delegation(&slot.main).await.stake;
        let has = slot.stake(pool.finalized_epoch).expect("its books").has;
        let tolerance = Bps::new(pool.config.tolerance_bps).expect("a share");
        let spread = pool.spread().expect("a spread");
        let minimum = Lamports::new(MINIMUM_DELEGATION);
        let holds = |taken: u64| {
            let left = pool.delegated().saturating_sub(Lamports::new(taken));
            let least = spread.least_after_exit(slot.weight, left, tolerance, minimum);
            has.saturating_sub(Lamports::new(taken)) >= least.expect("amounts that exist")
        };
        let (mut low, mut high) = (0, main.saturating_sub(MINIMUM_DELEGATION));
        while low < high {
            let middle = low + (high - low).div_ceil(2);
            if holds(middle) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        low
    }

    /// The least LST for which an exit takes this many lamports of stake or more.
    pub async fn lst_for_stake(&mut self, lamports: u64) -> u64 {
        let (mut low, mut high) = (0, 2 * lamports);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.stake_exit(middle).await.lamports.get() >= lamports {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        low
    }

    /// The recipient's new account: all of it active, theirs alone.
    pub async fn assert_taken(&mut self, stake: &Pubkey, owner: &Pubkey, lamports: u64) {
        let StakeStateV2::Stake(meta, taken, _) = self.cluster.stake_state(stake).await else {
            panic!("no stake");
        };
        assert_eq!(meta.authorized, Authorized::auto(owner));
        assert_eq!(meta.lockup, Lockup::default());
        assert_eq!(taken.delegation.stake, lamports);
        let active = self.cluster.stake_activation(stake).await;
        assert_eq!(active.effective, lamports);
        let rent = self.cluster.rent_exempt_lamports(STAKE_ACCOUNT_BYTES).await;
        assert!(self.cluster.lamports(stake).await >= lamports + rent);
    }

    /// Takes stake of v0 out for this many LST, exactly as [`Self::stake_exit`] says.
    pub async fn take_stake(&mut self, user: &Keypair, lst: u64) -> StakeTaken {
        let vote = self.vote(0);
        let exit = self.stake_exit(lst).await;
        let taken = self.withdraw_stake(user, &vote, lst).await;
        assert_eq!(self.account().await.ledger(), exit.ledger);
        self.assert_taken(&taken.stake, &user.pubkey(), exit.lamports.get())
            .await;
        taken
    }
}
