//! The transaction of each action.

use sluice_client::{
    SlotAddress, StakeRecipient, StakeSource, TicketAccounts, UnstakeRequest, transfer_ticket,
};
use sluice_model::Action;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_system_interface::instruction as system;
use spl_token_interface::{ID as TOKEN_PROGRAM, instruction as token};

use super::world::World;

impl World {
    /// Key of the stake account that an exit in this step makes.
    pub(super) fn taken_stake(&self) -> Keypair {
        let name = format!("taken in step {}", self.statistics.steps);
        self.cluster.keypair(&name)
    }

    pub(super) fn user(&self, user: usize) -> Pubkey {
        self.keypairs[user].pubkey()
    }

    pub(super) fn place(&self, slot: u8) -> SlotAddress {
        let slot_address = |serial, main, transient, vote| SlotAddress {
            page: 0,
            slot,
            serial,
            vote,
            main,
            transient,
        };
        match self.model.slots.get(&slot) {
            Some(found) => {
                let [main, transient] = found.stakes.map(|held| held.address);
                slot_address(found.serial, main, transient, found.vote)
            }
            None => slot_address(
                0,
                self.addresses.reserve,
                self.addresses.pool,
                self.addresses.mint,
            ),
        }
    }

    /// The instruction of an action, and who signs it.
    pub(super) fn instruction(&self, action: &Action) -> (Instruction, &Keypair) {
        self.of_user(action)
            .or_else(|| self.of_curator(action).map(|it| (it, &self.curator)))
            .or_else(|| self.of_anybody(action).map(|it| (it, &self.curator)))
            .expect("an action with a transaction")
    }

    fn of_user(&self, action: &Action) -> Option<(Instruction, &Keypair)> {
        let pool = &self.addresses;
        let (user, instruction) = match action {
            Action::Deposit { user, .. }
            | Action::Withdraw { user, .. }
            | Action::DepositStake { user, .. }
            | Action::WithdrawStake { user, .. }
            | Action::Request { user, .. }
            | Action::Burn { user, .. }
            | Action::GiveLst { user, .. } => (*user, self.of_holder(action, *user)?),
            Action::Cancel { ticket } => {
                let owner = self.model.queue.tickets[ticket].owner;
                let recipient = self.token_accounts[owner];
                (owner, pool.cancel_ticket(&self.held(ticket), recipient))
            }
            Action::Transfer { ticket, to } => {
                let held = &self.model.queue.tickets[ticket];
                let transfer = transfer_ticket(&self.held(ticket), self.user(*to), held.lst);
                (held.owner, transfer)
            }
            _ => return None,
        };
        Some((instruction, &self.keypairs[user]))
    }

    /// What a user does with SOL or LST.
    fn of_holder(&self, action: &Action, user: usize) -> Option<Instruction> {
        let pool = &self.addresses;
        let (owner, source) = (self.user(user), self.token_accounts[user]);
        Some(match action {
            Action::Deposit {
                lamports, minimum, ..
            } => pool.deposit_sol(owner, source, *lamports, *minimum),
            Action::Withdraw { lst, minimum, .. } => {
                pool.withdraw_sol(owner, source, owner, *lst, *minimum)
            }
            Action::DepositStake { slot, .. } => {
                let offer = StakeSource {
                    stake: self.offered_stake(),
                    staker: owner,
                    withdrawer: owner,
                };
                pool.deposit_stake(&self.place(*slot), &offer, source, 0)
            }
            Action::WithdrawStake { slot, lst, .. } => {
                let taken = StakeRecipient {
                    owner,
                    source,
                    stake: self.taken_stake().pubkey(),
                    recipient: owner,
                    payer: owner,
                };
                pool.withdraw_stake(&self.place(*slot), &taken, *lst, 0)
            }
            Action::Request {
                owner: paid,
                payer,
                lst,
                batch,
                later_batches,
                ..
            } => pool.request_unstake(&UnstakeRequest {
                requester: owner,
                owner: self.user(*paid),
                payer: self.user(*payer),
                source,
                lst: *lst,
                number: self.ticket_number,
                batch: *batch,
                later_batches: *later_batches,
            }),
            Action::Burn { lst, .. } => {
                let burn = token::burn(&TOKEN_PROGRAM, &source, &pool.mint, &owner, &[], *lst);
                burn.expect("a valid instruction")
            }
            Action::GiveLst { to_escrow, lst, .. } => {
                let to = if *to_escrow { pool.escrow } else { pool.fees };
                let give = token::transfer(&TOKEN_PROGRAM, &source, &to, &owner, &[], *lst);
                give.expect("a valid instruction")
            }
            _ => return None,
        })
    }

    fn of_curator(&self, action: &Action) -> Option<Instruction> {
        let (pool, curator) = (&self.addresses, self.curator.pubkey());
        Some(match action {
            Action::AddValidator { validator, weight } => {
                let vote = self.validators[*validator];
                pool.add_validator(curator, vote, 0, self.model.next_serial, *weight)
            }
            Action::SetWeight { slot, weight } => {
                let replaces = self.model.slots.get(slot).map(|slot| slot.next_weight);
                let replaces = replaces.unwrap_or_default();
                pool.set_weight(curator, &self.place(*slot), *weight, replaces)
            }
            Action::Retire { slot } => pool.retire_validator(curator, &self.place(*slot)),
            _ => return None,
        })
    }

    fn of_anybody(&self, action: &Action) -> Option<Instruction> {
        let (pool, model) = (&self.addresses, &self.model);
        Some(match action {
            Action::Claim { ticket } => {
                let batch = model.queue.tickets[ticket].batch;
                let opener = model.queue.batches[&batch].opener;
                pool.claim(&self.held(ticket), self.user(opener))
            }
            Action::Close { slot } => pool.close_slot(&self.place(*slot), self.curator.pubkey()),
            Action::Observe { first, count } => {
                pool.observe(0, *first, *count, &self.observed(*first, *count))
            }
            Action::Reclaim { slot, kind } => pool.reclaim(&self.place(*slot), *kind),
            Action::Finalize => pool.finalize_epoch(u16::from(model.page.exists)),
            Action::Collect { slot } => pool.collect(&self.place(*slot)),
            Action::Settle { batch } => pool.settle_batch(*batch),
            Action::PayFees => {
                let treasury = self.user(self.keypairs.len() - 1);
                pool.pay_fees(self.cluster.payer().pubkey(), treasury)
            }
            Action::Delegate { slot } => pool.delegate(&self.place(*slot)),
            Action::Undelegate { slot } => pool.undelegate(&self.place(*slot)),
            Action::Eject { slot } => pool.eject_validator(&self.place(*slot), None),
            Action::ReportLoss { slot } => pool.report_loss(&self.place(*slot)),
            Action::Rate => pool.rate(),
            Action::QuoteDeposit { lamports } => pool.quote_deposit(*lamports),
            Action::QuoteWithdraw { lst } => pool.quote_withdraw(*lst),
            Action::Donate { to, lamports } => {
                let payer = self.cluster.payer().pubkey();
                system::transfer(&payer, &self.gift_address(to), *lamports)
            }
            _ => return None,
        })
    }

    /// What instructions name of a ticket.
    fn held(&self, ticket: &Pubkey) -> TicketAccounts {
        let held = &self.model.queue.tickets[ticket];
        TicketAccounts {
            ticket: *ticket,
            batch: self.addresses.batch(held.batch),
            owner: self.user(held.owner),
            payer: self.user(held.payer),
        }
    }

    /// The accounts that `observe` wants for these slots.
    fn observed(&self, first: u8, count: u8) -> Vec<Pubkey> {
        let mut addresses = Vec::new();
        if self.model.is_fresh() {
            return addresses;
        }
        for (_, slot) in self.model.slots.range(first..first.saturating_add(count)) {
            let reads = 1 + usize::from(slot.must_read_transient(self.model.now.epoch));
            addresses.extend(slot.stakes[..reads].iter().map(|held| held.address));
        }
        addresses
    }
}
