//! Everything that a hostile role can do.

use solana_pubkey::Pubkey;
use solana_system_interface::instruction::transfer;
use spl_token_interface::instruction as token;

use super::{cranks::Crank, mallory::Mallory, stage::Stage};
use crate::scenario::CREDITS;

/// A move.
#[derive(Clone, Copy, Debug)]
pub enum Move {
    /// Brings lamports.
    Deposit(u64),
    /// Takes LST out at once.
    Withdraw(u64),
    /// Brings the stake account of this number.
    DepositStake(usize),
    /// Takes stake of a validator for LST.
    WithdrawStake(Pubkey, u64),
    /// Puts LST into the queue.
    Request(u64),
    /// Takes the ticket of this number back.
    Cancel(usize),
    /// Gives lamports to any account.
    Give(Pubkey, u64),
    /// Gives LST to the queue's escrow.
    GiveLst(u64),
    /// Burns LST.
    Burn(u64),
    /// Shows another commission.
    Commission(Pubkey, u16),
    /// From now on votes so much, in parts of 10,000.
    Vote(u64),
    /// Adds a friend's new vote account.
    AddFriend(u16),
    /// Gives a validator another weight.
    Weigh(Pubkey, u16),
    /// Lets a validator go.
    Retire(Pubkey),
    /// Turns a crank.
    Crank(Crank),
}

impl Mallory {
    /// Whether it was accepted.
    pub(super) async fn make(&mut self, stage: &mut Stage, chosen: Move) -> bool {
        if let Some(vote) = self.named(chosen)
            && !stage.has_slot(&vote).await
        {
            return false;
        }
        match chosen {
            Move::Deposit(_)
            | Move::Withdraw(_)
            | Move::DepositStake(_)
            | Move::WithdrawStake(..)
            | Move::Request(_)
            | Move::Cancel(_) => self.trade(stage, chosen).await,
            Move::Give(..) | Move::GiveLst(_) | Move::Burn(_) => self.give(stage, chosen).await,
            Move::Crank(crank) => crank.turn(stage).await,
            _ => self.govern(stage, chosen).await,
        }
    }

    /// The validator without whose slot a move cannot be made.
    fn named(&self, chosen: Move) -> Option<Pubkey> {
        match chosen {
            Move::DepositStake(number) => Some(self.stakes[number].1),
            Move::WithdrawStake(vote, _) | Move::Weigh(vote, _) | Move::Retire(vote) => Some(vote),
            _ => None,
        }
    }

    async fn trade(&mut self, stage: &mut Stage, chosen: Move) -> bool {
        let (pool, key) = (&mut stage.pool, &self.key);
        match chosen {
            Move::Deposit(lamports) => pool.try_deposit(key, lamports).await.is_ok(),
            Move::Withdraw(lst) => pool.try_withdraw(key, lst).await.is_ok(),
            Move::DepositStake(number) => {
                let (stake, vote) = self.stakes[number];
                let accepted = pool.try_deposit_stake(key, &stake, &vote).await.is_ok();
                if accepted {
                    self.stakes.remove(number);
                }
                accepted
            }
            Move::WithdrawStake(vote, lst) => {
                let taken = pool.try_withdraw_stake(key, &vote, lst).await;
                self.stakes
                    .extend(taken.as_ref().map(|it| (it.stake, vote)));
                taken.is_ok()
            }
            Move::Request(lst) => {
                let ticket = pool.try_request(key, lst).await;
                self.tickets.extend(ticket.as_ref());
                ticket.is_ok()
            }
            Move::Cancel(number) => pool.try_cancel(key, &self.tickets[number]).await.is_ok(),
            _ => false,
        }
    }

    async fn give(&self, stage: &mut Stage, chosen: Move) -> bool {
        let (owner, pool) = (self.address(), &mut stage.pool);
        let (own, program) = (pool.lst_account(&owner), spl_token_interface::ID);
        let (mint, escrow) = (pool.addresses.mint, pool.addresses.escrow);
        let instruction = match chosen {
            Move::Give(to, lamports) => transfer(&owner, &to, lamports),
            Move::GiveLst(lst) => token::transfer(&program, &own, &escrow, &owner, &[], lst)
                .expect("the token program's instruction"),
            Move::Burn(lst) => token::burn(&program, &own, &mint, &owner, &[], lst)
                .expect("the token program's instruction"),
            _ => return false,
        };
        pool.send(&[instruction], &[&self.key]).await.is_ok()
    }

    async fn govern(&mut self, stage: &mut Stage, chosen: Move) -> bool {
        let pool = &mut stage.pool;
        match chosen {
            Move::Commission(vote, commission_bps) => {
                pool.cluster.set_commission(&vote, commission_bps).await;
                true
            }
            Move::Vote(bps) => {
                stage.votes_cast_bps = bps;
                true
            }
            Move::AddFriend(weight) => {
                let name = format!("friend {}", stage.friends.len());
                let vote = pool.cluster.create_validator(&name, 0).await;
                // Who has voted in this epoch is no delinquent.
                pool.cluster.earn_credits(&vote, CREDITS).await;
                let accepted = pool.try_add_validator(&vote, weight).await.is_ok();
                if accepted {
                    let lamports = i128::from(pool.cluster.lamports(&vote).await);
                    self.votes.push((vote, lamports));
                    stage.friends.push(vote);
                }
                accepted
            }
            Move::Weigh(vote, weight) => pool.try_set_weight(&vote, weight).await.is_ok(),
            Move::Retire(vote) => pool.try_retire(&vote).await.is_ok(),
            _ => false,
        }
    }
}
