//! The transaction of each action.

use {
    super::{
        action::{Action, Gift},
        world::World,
    },
    sluice_client::{SlotAddress, transfer_ticket},
    solana_instruction::Instruction,
    solana_keypair::Keypair,
    solana_pubkey::Pubkey,
    solana_signer::Signer,
    solana_system_interface::instruction as system,
    spl_token_interface::{ID as TOKEN_PROGRAM, instruction as token},
};

impl World {
    pub(super) fn user(&self, user: usize) -> Pubkey {
        self.keypairs[user].pubkey()
    }

    /// The ticket that a user's next request makes.
    pub(super) fn next_ticket(&self, user: usize, batch: u64) -> (Pubkey, Pubkey) {
        let batch = self.addresses.batch(batch);
        let ticket = self.addresses.ticket(&batch, &self.user(user), self.nonce);
        (batch, ticket)
    }

    pub(super) fn place(&self, slot: u8) -> SlotAddress {
        let slot_address = |main, transient, vote| SlotAddress {
            page: 0,
            slot,
            vote,
            main,
            transient,
        };
        match self.model.slots.get(&slot) {
            Some(found) => {
                let [main, transient] = found.stakes.map(|held| held.address);
                slot_address(main, transient, found.vote)
            }
            None => slot_address(
                self.addresses.reserve,
                self.addresses.pool,
                self.addresses.mint,
            ),
        }
    }

    /// Where a gift goes.
    pub(super) fn gift_address(&self, gift: &Gift) -> Pubkey {
        match gift {
            Gift::Reserve => self.addresses.reserve,
            Gift::Vault => self.addresses.claims_vault,
            Gift::Stake(slot, kind) => self.place(*slot).stake(*kind),
            Gift::Batch(id) => self.addresses.batch(*id),
            Gift::Ticket(address) | Gift::Other(address) => *address,
            Gift::NextMain => self.addresses.main(self.model.next_serial),
            Gift::NextBatch => self.addresses.batch(self.model.queue.open + 1),
            Gift::NextTicket(user) => self.next_ticket(*user, self.model.queue.open).1,
        }
    }

    pub(super) fn instruction(&self, action: &Action) -> (Instruction, &Keypair) {
        let (pool, model) = (&self.addresses, &self.model);
        let token_account = |user: usize| self.token_accounts[user];
        let ticket_place = |address: &Pubkey| {
            let ticket = &model.queue.tickets[address];
            let opener = model.queue.batches[&ticket.batch].opener;
            (ticket.owner, pool.batch(ticket.batch), opener)
        };
        let curator = self.curator.pubkey();
        let of_user = |instruction, user: usize| (instruction, &self.keypairs[user]);
        let of_curator = |instruction| (instruction, &self.curator);
        let of_anybody = |instruction| (instruction, &self.curator);
        match action {
            Action::Deposit {
                user,
                lamports,
                minimum,
            } => of_user(
                pool.deposit_sol(self.user(*user), token_account(*user), *lamports, *minimum),
                *user,
            ),
            Action::Withdraw { user, lst, minimum } => {
                let owner = self.user(*user);
                let source = token_account(*user);
                of_user(
                    pool.withdraw_sol(owner, source, owner, *lst, *minimum),
                    *user,
                )
            }
            Action::Request { user, lst, batch } => {
                let (owner, source) = (self.user(*user), token_account(*user));
                of_user(
                    pool.request_unstake(owner, source, *batch, self.nonce, *lst),
                    *user,
                )
            }
            Action::Cancel { ticket } => {
                let (owner, batch, _) = ticket_place(ticket);
                let recipient = token_account(owner);
                of_user(
                    pool.cancel_ticket(self.user(owner), batch, *ticket, recipient),
                    owner,
                )
            }
            Action::Transfer { ticket, to } => {
                let (owner, ..) = ticket_place(ticket);
                of_user(
                    transfer_ticket(*ticket, self.user(owner), self.user(*to)),
                    owner,
                )
            }
            Action::Claim { ticket } => {
                let (owner, batch, opener) = ticket_place(ticket);
                of_anybody(pool.claim(self.user(owner), self.user(opener), batch, *ticket))
            }
            Action::AddValidator { validator, weight } => {
                let vote = self.validators[*validator];
                of_curator(pool.add_validator(curator, vote, 0, model.next_serial, *weight))
            }
            Action::SetWeight { slot, weight } => {
                of_curator(pool.set_weight(curator, &self.place(*slot), *weight))
            }
            Action::Retire { slot } => {
                of_curator(pool.retire_validator(curator, &self.place(*slot)))
            }
            Action::Close { slot } => of_anybody(pool.close_slot(&self.place(*slot), curator)),
            Action::Observe { first, count } => {
                let stakes = self.observed(*first, *count);
                of_anybody(pool.observe(0, *first, *count, &stakes))
            }
            Action::Reclaim { slot, kind } => of_anybody(pool.reclaim(&self.place(*slot), *kind)),
            Action::Finalize => of_anybody(pool.finalize_epoch(u16::from(model.page.exists))),
            Action::Collect { slot } => of_anybody(pool.collect(&self.place(*slot))),
            Action::Settle { batch } => of_anybody(pool.settle_batch(*batch)),
            Action::PayFees => {
                let treasury = self.token_accounts.last().expect("there is one");
                of_anybody(pool.pay_fees(*treasury))
            }
            Action::Delegate { slot } => of_anybody(pool.delegate(&self.place(*slot))),
            Action::Undelegate { slot } => of_anybody(pool.undelegate(&self.place(*slot))),
            Action::Eject { slot, reference } => {
                let reference = reference.map(|slot| self.place(slot).vote);
                of_anybody(pool.eject_validator(&self.place(*slot), reference))
            }
            Action::ReportLoss { slot } => of_anybody(pool.report_loss(&self.place(*slot))),
            Action::Rate => of_anybody(pool.rate()),
            Action::QuoteDeposit { lamports } => of_anybody(pool.quote_deposit(*lamports)),
            Action::QuoteWithdraw { lst } => of_anybody(pool.quote_withdraw(*lst)),
            Action::Donate { to, lamports } => {
                let payer = self.cluster.payer().pubkey();
                of_anybody(system::transfer(&payer, &self.gift_address(to), *lamports))
            }
            Action::Burn { user, lst } => {
                let (source, owner) = (token_account(*user), self.user(*user));
                let burn = token::burn(&TOKEN_PROGRAM, &source, &pool.mint, &owner, &[], *lst);
                of_user(burn.expect("a valid instruction"), *user)
            }
            Action::GiveLst {
                user,
                to_escrow,
                lst,
            } => {
                let (source, owner) = (token_account(*user), self.user(*user));
                let to = if *to_escrow { pool.escrow } else { pool.fees };
                let give = token::transfer(&TOKEN_PROGRAM, &source, &to, &owner, &[], *lst);
                of_user(give.expect("a valid instruction"), *user)
            }
            _ => unreachable!("no transaction"),
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
