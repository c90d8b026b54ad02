//! What there is to earn, in whole numbers.

use pair::Direction;
use sluice_math::{Lamports, Lst};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use crate::Market;

/// The least that is worth looking at: 0.001 SOL. No trade of it pays the fee of a transaction.
const LEAST_LAMPORTS: u64 = 1_000_000;

/// Which way round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The pair pays more for an LST than a deposit costs: mint, and sell to the pair.
    MintAndSell,
    /// The pair sells an LST for less than an instant exit pays: buy from the pair, and redeem.
    BuyAndRedeem,
}

/// SOL that goes out and comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trade {
    /// Which way round.
    pub way: Way,
    /// What is paid first, in lamports.
    pub paid_lamports: u64,
    /// The LST in between, in smallest units.
    pub lst: u64,
    /// What comes back, in lamports, all fees of pool and pair taken off.
    pub returned_lamports: u64,
}

impl Trade {
    /// What is left of it, in lamports, before the fee of the transaction. Negative where it loses.
    pub fn profit_lamports(&self) -> i128 {
        i128::from(self.returned_lamports) - i128::from(self.paid_lamports)
    }

    /// Both instructions. The second fails unless it returns `least_lamports`, and then neither has
    /// happened.
    pub fn instructions(
        &self,
        market: &Market,
        owner: Pubkey,
        least_lamports: u64,
    ) -> [Instruction; 2] {
        let (pool, pair) = (&market.pool.addresses, &market.pair);
        let (paid, lst, account) = (self.paid_lamports, self.lst, pair.lst_of(&owner));
        match self.way {
            Way::MintAndSell => [
                pool.deposit_sol(owner, account, paid, lst),
                pair.swap(owner, Direction::LstForSol, lst, least_lamports),
            ],
            Way::BuyAndRedeem => [
                pair.swap(owner, Direction::SolForLst, paid, lst),
                pool.withdraw_sol(owner, account, owner, lst, least_lamports),
            ],
        }
    }
}

impl Market {
    /// What comes of `paid_lamports`. None where pool or pair would refuse.
    pub fn trade(&self, way: Way, paid_lamports: u64) -> Option<Trade> {
        let (lst, returned_lamports) = match way {
            Way::MintAndSell => {
                let quote = self.pool.quote_deposit(Lamports::new(paid_lamports)).ok()?;
                let lst = quote.minted.get();
                (lst, self.reserves.sell_lst(lst).ok()?.0)
            }
            Way::BuyAndRedeem => {
                let lst = self.reserves.buy_lst(paid_lamports).ok()?.0;
                let exit = self.pool.quote_instant_exit(Lst::new(lst)).ok()?;
                (lst, exit.lamports.get())
            }
        };
        Some(Trade {
            way,
            paid_lamports,
            lst,
            returned_lamports,
        })
    }

    /// The trade with the largest profit for at most so many lamports. None where nothing can be traded.
    pub fn best_trade(&self, most_lamports: u64) -> Option<Trade> {
        [Way::MintAndSell, Way::BuyAndRedeem]
            .into_iter()
            .filter_map(|way| self.best_amount(way, most_lamports))
            .max_by_key(Trade::profit_lamports)
    }

    /// The more is traded, the worse is the price of the next lamport: profit rises to one summit and
    /// falls from there on. So of two amounts the worse one and all beyond it can be left out, until few
    /// are left. Roundings make steps of a lamport or two, and so the summit is found to some lamports.
    fn best_amount(&self, way: Way, most_lamports: u64) -> Option<Trade> {
        let profit = |amount| self.trade(way, amount).map(|trade| trade.profit_lamports());
        let (mut low, mut high) = (LEAST_LAMPORTS, most_lamports);
        while high.checked_sub(low)? > 2 {
            let third = (high - low) / 3;
            let (lower, upper) = (low + third, high - third);
            // What is refused is too much, and none is less than any profit.
            if profit(lower).is_some() && profit(lower) < profit(upper) {
                low = lower;
            } else {
                high = upper;
            }
        }
        (low..=high)
            .filter_map(|amount| self.trade(way, amount))
            .max_by_key(Trade::profit_lamports)
    }
}
