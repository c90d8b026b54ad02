//! The watcher: what must hold after every transaction, whatever it does.

use anchor_lang::Discriminator;
use sluice_client::sluice_events;
use solana_instruction::Instruction;
use solana_keypair::Keypair;

use super::{Books, Pool, Watch, verbs::Outcome};
use crate::cluster::Sending;

mod balances;
mod effect;
mod events;
mod logs;
mod prices;

use effect::Effect;

impl Pool {
    /// Sends instructions as wished, under the watcher's eyes.
    pub async fn send_as(
        &mut self,
        instructions: &[Instruction],
        signers: &[&Keypair],
        sending: &Sending,
    ) -> Outcome {
        if self.watch == Watch::Off {
            return self.send_unwatched(instructions, signers, sending).await;
        }
        let before = self.try_read_books(self.watch).await;
        let outcome = self.send_unwatched(instructions, signers, sending).await;
        let Some(after) = self.try_read_books(self.watch).await else {
            return outcome;
        };
        match (before, &outcome) {
            (Some(before), Ok(sent)) => {
                events::check(&self.addresses.pool, sent, &before, &after);
                self.check_change(instructions, &before, &after).await;
            }
            (Some(before), Err(_)) => assert_eq!(before, after, "a failure changes nothing"),
            (None, _) => self.check_start(&after).await,
        }
        after.assert_balanced(&self.addresses);
        self.forget_closed(&after);
        outcome
    }

    /// What needs no books is checked also where nobody watches.
    async fn send_unwatched(
        &mut self,
        instructions: &[Instruction],
        signers: &[&Keypair],
        sending: &Sending,
    ) -> Outcome {
        let outcome = self.cluster.send_as(instructions, signers, sending).await;
        self.remember_tickets(instructions, &outcome);
        if let Ok(sent) = &outcome {
            logs::check(instructions, sent);
            self.told.extend(sluice_events(&sent.logs));
        }
        outcome
    }

    /// Checks, without sending anything, that the accounts agree with each other.
    pub async fn check(&mut self) {
        let books = self.try_read_books(Watch::Full).await;
        let books = books.expect("the pool exists");
        books.assert_balanced(&self.addresses);
    }

    fn remember_tickets(&mut self, instructions: &[Instruction], outcome: &Outcome) {
        let requests = instructions.iter().filter(|instruction| {
            instruction.program_id == sluice::ID
                && instruction
                    .data
                    .starts_with(sluice::instruction::RequestUnstake::DISCRIMINATOR)
        });
        if outcome.is_ok() {
            let metas = requests.map(|request| &request.accounts);
            let tickets = metas.map(|metas| (metas[2].pubkey, metas[0].pubkey));
            self.tickets.extend(tickets);
        }
    }

    async fn check_change(&mut self, sent: &[Instruction], before: &Books, after: &Books) {
        let effects: Vec<Effect> = sent.iter().map(Effect::of).collect();
        let schedule = self.cluster.epoch_schedule();
        let slots_per_epoch = schedule.get_slots_in_epoch(before.epoch);
        let strangers = effects.contains(&Effect::Stranger);
        match effects.as_slice() {
            [effect] => prices::check_one(*effect, before, after, slots_per_epoch),
            _ => prices::check_many(&effects, before, after),
        }
        balances::check_backing(&effects, before, after);
        if !strangers {
            balances::check_supply(&effects, before, after);
        }
    }

    /// A new pool: one LST for one SOL, locked rent for the reserve, a vault that owes nothing.
    async fn check_start(&mut self, after: &Books) {
        let rent = self.cluster.rent_exempt_lamports(0).await;
        let seed = sluice::state::SEED_LAMPORTS;
        let pool = &after.pool;
        assert_eq!(pool.locked_lamports, rent, "locked is the reserve's rent");
        assert_eq!(pool.reserve_lamports, rent + seed, "the seed is booked");
        assert_eq!((pool.lst_supply, pool.dead_lst), (seed, seed));
        assert!(after.vault_lamports >= 2 * rent, "the vault is pre-funded");
    }
}
