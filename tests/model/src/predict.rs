//! What the program must make of an instruction.

use solana_pubkey::Pubkey;

use crate::{
    action::{Action, Gift, Refusal},
    life::Addresses,
    pool::{Model, Outcome},
    slots::at,
};

impl Model {
    /// What the program must make of an instruction, where the accounts are at these addresses and the
    /// next ticket has this number.
    pub fn apply(
        &mut self,
        action: &Action,
        addresses: &dyn Addresses,
        ticket_number: u64,
    ) -> Outcome {
        match action {
            Action::Deposit {
                user,
                lamports,
                minimum,
            } => self.deposit(*user, *lamports, *minimum),
            Action::Withdraw { user, lst, minimum } => self.withdraw(*user, *lst, *minimum),
            Action::Request { user, .. } => {
                let ticket = addresses.ticket(*user, ticket_number);
                self.request(action, |id| addresses.batch(id), ticket)
            }
            Action::AddValidator { validator, weight } => {
                let stakes = addresses.stakes(self.next_serial);
                let vote = addresses.vote(*validator);
                self.add_validator(*validator, vote, *weight, stakes)
            }
            Action::Donate { to, lamports } => {
                let address = self.gift_address(to, addresses, ticket_number);
                self.donate(to, address, *lamports);
                Ok(())
            }
            other => self.predict(other),
        }
    }

    /// Where a gift goes.
    pub fn gift_address(
        &self,
        gift: &Gift,
        addresses: &dyn Addresses,
        ticket_number: u64,
    ) -> Pubkey {
        let [reserve, vault] = addresses.purses();
        match gift {
            Gift::Reserve => reserve,
            Gift::Vault => vault,
            Gift::Stake(slot, kind) => {
                let slot = self.slots.get(slot);
                slot.map_or(reserve, |slot| slot.stakes[at(*kind)].address)
            }
            Gift::Batch(id) => addresses.batch(*id),
            Gift::Ticket(address) | Gift::Other(address) => *address,
            Gift::NextMain => addresses.stakes(self.next_serial)[0],
            Gift::NextBatch => addresses.batch(self.queue.open + 1),
            Gift::NextTicket(user) => addresses.ticket(*user, ticket_number),
        }
    }

    /// What the program must make of an instruction whose addresses do not matter.
    pub fn predict(&mut self, action: &Action) -> Outcome {
        match action {
            Action::Cancel { ticket } => self.cancel(ticket),
            Action::Transfer { ticket, to } => self.transfer(ticket, *to),
            Action::DepositStake {
                user,
                slot,
                lamports,
                ..
            } => self.deposit_stake(*user, *slot, *lamports),
            Action::WithdrawStake { user, slot, lst } => self.withdraw_stake(*user, *slot, *lst),
            Action::Claim { ticket } => self.claim(ticket),
            Action::SetWeight { slot, weight } => self.set_weight(*slot, *weight),
            Action::Retire { slot } => self.retire(*slot),
            Action::Close { slot } => self.close(*slot),
            Action::Observe { first, count } => {
                if self.page.exists {
                    self.observe(*first, *count)
                } else {
                    Err(Refusal::Elsewhere)
                }
            }
            Action::Reclaim { slot, kind } => self.reclaim(*slot, *kind),
            Action::Finalize => self.finalize(),
            Action::Collect { slot } => self.collect(*slot),
            Action::Settle { batch } => self.settle(*batch),
            Action::PayFees => self.pay_fees(),
            Action::Delegate { slot } => self.delegate(*slot),
            Action::Undelegate { slot } => self.undelegate(*slot),
            Action::Eject { slot } => self.eject(*slot),
            Action::ReportLoss { slot } => self.report_loss(*slot),
            Action::QuoteDeposit { lamports } => self.quote_deposit(*lamports).map(|_| ()),
            Action::QuoteWithdraw { lst } => self.quote_withdraw(*lst).map(|_| ()),
            Action::Burn { user, lst } => {
                self.burn(*user, *lst);
                Ok(())
            }
            Action::GiveLst {
                user,
                to_escrow,
                lst,
            } => {
                self.give_lst(*user, *to_escrow, *lst);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn donate(&mut self, to: &Gift, address: Pubkey, lamports: u64) {
        match to {
            Gift::Reserve => self.reserve += lamports,
            Gift::Vault => self.vault += lamports,
            Gift::Stake(slot, kind) => {
                if let Some(slot) = self.slots.get_mut(slot) {
                    slot.stakes[at(*kind)].account.lamports += lamports;
                }
            }
            Gift::Batch(id) => {
                if let Some(batch) = self.queue.batches.get_mut(id) {
                    batch.lamports += lamports;
                }
            }
            Gift::Ticket(address) => {
                if let Some(ticket) = self.queue.tickets.get_mut(address) {
                    ticket.lamports += lamports;
                }
            }
            Gift::Other(_) => {}
            Gift::NextMain | Gift::NextBatch | Gift::NextTicket(_) => {
                *self.prefunded.entry(address).or_default() += lamports;
            }
        }
    }
}
