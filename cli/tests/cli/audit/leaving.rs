//! Leaving through the queue and at once; a validator that leaves; what the history keeps.

use sluice_tests::command::{number, text};
use solana_pubkey::Pubkey;

use super::{
    Life, TRANSACTION_FEE, address,
    books::Books,
    figures::list,
    raw::{history, ticket},
};
use crate::net::SOL;

const QUEUED_LST: u64 = 300 * SOL;
const INSTANT_LST: u64 = 4 * SOL;
/// The validator with the highest commission.
const RETIRED: usize = 4;
/// Windows until all of it has left.
const EPOCHS_TO_DRAIN: usize = 3;
/// Seed of the batches' addresses, as the program derives them.
const BATCH_SEED: &[u8] = b"batch";
/// Seed of the history's address, as the program derives it.
const HISTORY_SEED: &[u8] = b"history";

/// A request in the queue.
pub struct Request {
    ticket: Pubkey,
    batch: Pubkey,
}

/// A validator on its way out.
pub struct Leaving {
    accounts: [Pubkey; 2],
    rent_lamports: u64,
}

impl Life {
    pub fn join_queue(&mut self) -> Request {
        let said = self.says(&self.holder, "unstake 300");
        let ticket = address(&said, "/ticket");
        let asked = self.raw(&ticket);
        let id = asked.u64(ticket::BATCH).to_le_bytes();
        let pool: Pubkey = self.net.pool.parse().unwrap();
        let seeds: [&[u8]; 3] = [BATCH_SEED, pool.as_ref(), &id];
        let batch = Pubkey::find_program_address(&seeds, &sluice::ID).0;
        let waiting = self.raw(&batch);
        let (now, _) = Books::read(&self.net).worth(QUEUED_LST, number(&said, "/slot"));
        let (owner, figures) = (self.holder.address, &mut self.figures);
        figures.same("ticket's owner", owner, asked.address(ticket::OWNER));
        figures.same("ticket's payer", owner, asked.address(ticket::PAYER));
        figures.figure(&said, "/lst", asked.u64(ticket::LST));
        figures.figure(&said, "/lst", waiting.u64(ticket::BATCH_LST));
        figures.figure(&said, "/rent_lamports", asked.lamports + waiting.lamports);
        figures.figure(&said, "/lock_slot", waiting.u64(ticket::BATCH_LOCK_SLOT));
        figures.figure(&said, "/now_lamports", now);
        self.examine();
        Request { ticket, batch }
    }

    pub fn leave_at_once(&mut self) {
        let books = Books::read(&self.net);
        let wallet_before = self.wallet();
        let tokens_before = self.net.tokens(&self.holder.address);
        let said = self.says(&self.holder, "unstake 4 --instant");
        let (paid, fee) = (
            number(&said, "/paid_lamports"),
            number(&said, "/fee_lamports"),
        );
        let (worth, _) = books.worth(INSTANT_LST, number(&said, "/slot"));
        let received = wallet_before + paid - TRANSACTION_FEE;
        let (wallet, tokens) = (self.wallet(), self.net.tokens(&self.holder.address));
        let figures = &mut self.figures;
        figures.same("payment and fee", paid + fee, worth);
        figures.same("lamports in the wallet", received, wallet);
        figures.figure(&said, "/balance_lst", tokens);
        figures.figure(&said, "/burned_lst", tokens_before - tokens);
        self.examine();
    }

    pub fn retire_validator(&mut self) -> Leaving {
        let vote = self.net.validators[RETIRED].to_string();
        let said = self.says(&self.net.curator, &format!("validator retire {vote}"));
        let listed = self.says(&self.net.curator, "validator list");
        let mut lines = list(&listed, "/validators").iter();
        let line = lines.find(|line| text(line, "/vote") == vote).unwrap();
        let from_epoch = number(&said, "/from_epoch");
        self.figures.figure(line, "/due_epoch", from_epoch);
        Leaving {
            accounts: ["/main", "/transient"].map(|pointer| address(line, pointer)),
            rent_lamports: number(line, "/rent_lamports"),
        }
    }

    pub fn settle_and_claim(&mut self, request: &Request) {
        self.net.to_window();
        self.cranked();
        self.examine();
        self.next_epoch();

        let owed = self.raw(&request.batch).u64(ticket::BATCH_PAID);
        self.compare_tickets(request, owed);
        let rents = self.net.lamports(&request.ticket) + self.net.lamports(&request.batch);
        let wallet_before = self.wallet();
        let said = self.says(&self.holder, "claim");
        self.figures.figure(&said, "/total_lamports", owed);
        let received = wallet_before + owed + rents - TRANSACTION_FEE;
        let wallet = self.wallet();
        self.figures
            .same("lamports in the wallet", received, wallet);
        for closed in [request.ticket, request.batch] {
            let is_gone = self.is_gone(&closed);
            self.figures
                .same("ticket and batch are gone", true, is_gone);
        }
        self.examine();
    }

    fn compare_tickets(&mut self, request: &Request, owed: u64) {
        let said = self.says(&self.holder, "tickets");
        let [line] = list(&said, "/tickets") else {
            panic!("the holder has one ticket: {said}");
        };
        let figures = &mut self.figures;
        figures.same("ticket", request.ticket, address(line, "/ticket"));
        let state = text(line, "/state");
        figures.same("state of the ticket", "paid", state.as_str());
        figures.figure(line, "/claimable_lamports", owed);
    }

    pub fn drain_and_close(&mut self, leaving: &Leaving) {
        let locked = |life: &Self| Books::read(&life.net).ledger.locked.get();
        let locked_before = locked(self);
        // The movement cap lets some of it go per epoch, and the minimum stays for one more.
        for _ in 0..EPOCHS_TO_DRAIN {
            self.net.to_window();
            self.cranked();
            self.examine();
            self.next_epoch();
        }
        for account in leaving.accounts {
            let is_gone = self.is_gone(&account);
            self.figures
                .same("stake accounts of the validator are gone", true, is_gone);
        }
        let freed = locked_before - locked(self);
        self.figures
            .same("rent of the closed slot", leaving.rent_lamports, freed);
    }

    /// Every line of the history is what the ring of epochs holds.
    pub fn compare_history(&mut self) {
        let said = self.says(&self.stranger, "pool history");
        let pool: Pubkey = self.net.pool.parse().unwrap();
        let seeds: [&[u8]; 2] = [HISTORY_SEED, pool.as_ref()];
        let (history_address, _) = Pubkey::find_program_address(&seeds, &sluice::ID);
        let raw = self.raw(&history_address);
        let epochs = list(&said, "/epochs");
        let count = usize::from(raw.u16(history::COUNT));
        self.figures
            .same("epochs in the history", epochs.len(), count);
        for (index, epoch) in epochs.iter().enumerate() {
            let at = history::EPOCHS + index * history::EPOCH_BYTES;
            for (name, offset) in [
                ("/epoch", 0),
                ("/full_lamports", history::FULL),
                ("/supply_lst", history::SUPPLY),
                ("/gain_lamports", history::GAIN),
                ("/fee_lamports", history::FEE),
                ("/fee_kept_lamports", history::FEE_KEPT),
                ("/epoch_start_timestamp", history::START),
            ] {
                self.figures.figure(epoch, name, raw.u64(at + offset));
            }
        }
    }
}
