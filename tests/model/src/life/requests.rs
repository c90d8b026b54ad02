//! What joins the queue, drawn from the world's seed.

use rand::Rng;

use super::Life;
use crate::action::Action;

impl Life {
    /// Mostly a wallet that sends at once; else a message that has waited, for another owner, or at
    /// somebody else's expense.
    pub fn joins_the_queue(&mut self, user: usize) -> Action {
        let lst = self.lst_of(user);
        let mut batch = self.open_batch();
        if self.rng.random_ratio(1, 30) {
            batch = batch.saturating_sub(1) + self.rng.random_range(0..=2);
        }
        if self.rng.random_ratio(2, 3) {
            return Action::request(user, lst, batch);
        }
        let users = self.users;
        Action::Request {
            user,
            owner: self.rng.random_range(0..users),
            payer: self.rng.random_range(0..users),
            lst,
            batch: batch.saturating_sub(self.rng.random_range(0..=3)),
            later_batches: self.rng.random_range(0..=10),
        }
    }
}
