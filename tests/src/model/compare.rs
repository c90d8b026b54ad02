//! Holds accounts of the chain against the model, byte by byte where the model knows them.

use anchor_lang::AccountDeserialize;
use anyhow::{Context, Result, ensure};
use sluice::state::{
    FLAG_RETIRE, NEVER, Pool, RateHistory, SlotState, Ticket, TransientUse, UnstakeBatch,
    ValidatorPage,
};
use sluice_math::{Lamports, Lst};
use sluice_model::{
    Model,
    pool::DEAD_LST,
    slots::{Slot, Usage},
    stake::StakeAccount,
};
use solana_account::Account;
use solana_program_pack::Pack;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use spl_token_interface::state::{Account as TokenAccount, Mint};

use super::world::World;

/// Fails where a figure of the chain is not the model's.
macro_rules! same {
    ($($found:expr => $expected:expr),* $(,)?) => {
        $(
            let (found, expected) = ($found, $expected);
            ensure!(
                found == expected,
                "{} is {:?}, the model says {:?}",
                stringify!($found), found, expected
            );
        )*
    };
}

pub(super) fn decode<T: AccountDeserialize>(account: &Account) -> Result<T> {
    ensure!(account.owner == sluice::ID, "not an account of the program");
    Ok(T::try_deserialize(&mut account.data.as_slice())?)
}

fn token_amount(account: &Account) -> Result<u64> {
    Ok(TokenAccount::unpack(&account.data)?.amount)
}

impl World {
    /// Compares one account, or its absence, with the model. Accounts that the model does not
    /// know pass.
    pub(super) fn check_account(&self, address: &Pubkey, account: Option<&Account>) -> Result<()> {
        let (pool, model) = (&self.addresses, &self.model);
        let present = || account.context("the account is gone");
        let lamports = account.map_or(0, |account| account.lamports);
        if *address == pool.pool {
            return check_pool(&decode(present()?)?, model);
        }
        if *address == pool.page(0) {
            let page = account.filter(|account| account.owner == sluice::ID);
            ensure!(page.is_some() == model.page.exists, "the page is gone");
            return page.map_or(Ok(()), |page| check_page(&decode(page)?, model));
        }
        if *address == pool.history {
            return check_history(&decode(present()?)?, model);
        }
        if *address == pool.reserve {
            same!(lamports => model.reserve);
            return Ok(());
        }
        if *address == pool.claims_vault {
            same!(lamports => model.vault);
            return Ok(());
        }
        if *address == pool.mint {
            same!(Mint::unpack(&present()?.data)?.supply => model.mint_supply);
            return Ok(());
        }
        if *address == pool.escrow {
            same!(token_amount(present()?)? => model.escrow);
            return Ok(());
        }
        if *address == pool.fees {
            same!(token_amount(present()?)? => model.fees);
            return Ok(());
        }
        self.check_holder(address, account)?;
        self.check_stake(address, account)?;
        self.check_queue(address, account)
    }

    fn check_holder(&self, address: &Pubkey, account: Option<&Account>) -> Result<()> {
        let parts = self
            .keypairs
            .iter()
            .zip(&self.token_accounts)
            .zip(&self.model.holders);
        for ((keypair, token_account), holder) in parts {
            if *address == keypair.pubkey() {
                same!(account.map_or(0, |account| account.lamports) => holder.lamports);
            } else if address == token_account {
                same!(token_amount(account.context("gone")?)? => holder.lst);
            }
        }
        Ok(())
    }

    fn check_stake(&self, address: &Pubkey, account: Option<&Account>) -> Result<()> {
        for slot in self.model.slots.values() {
            for held in slot.stakes.iter().filter(|held| held.address == *address) {
                let account = account.context("the stake account is gone")?;
                let found = StakeAccount::read(account, &self.addresses.stake_authority)?;
                same!(found => held.account);
                if let Some(delegation) = found.delegation() {
                    same!(delegation.voter_pubkey => slot.vote);
                }
            }
        }
        Ok(())
    }

    fn check_queue(&self, address: &Pubkey, account: Option<&Account>) -> Result<()> {
        let queue = &self.model.queue;
        let lamports = account.map_or(0, |account| account.lamports);
        if let Some(ticket) = queue.tickets.get(address) {
            let found: Ticket = decode(account.context("the ticket is gone")?)?;
            same! {
                lamports => ticket.lamports,
                found.pool => self.addresses.pool,
                found.batch => ticket.batch,
                found.payer => self.user(ticket.payer),
                found.owner => self.user(ticket.owner),
                found.lst => ticket.lst,
                found.claimed_lamports => ticket.claimed,
            }
            return Ok(());
        }
        let Some(account) = account.filter(|account| account.owner == sluice::ID) else {
            let is_batch = |id: &u64| self.addresses.batch(*id) == *address;
            ensure!(!queue.batches.keys().any(is_batch), "a batch is gone");
            return Ok(());
        };
        ensure!(
            decode::<Ticket>(account).is_err(),
            "a ticket should be gone"
        );
        let Ok(found) = decode::<UnstakeBatch>(account) else {
            return Ok(());
        };
        let batch = queue
            .batches
            .get(&found.id)
            .context("a batch that should be gone")?;
        let (lock_slot, lock_epoch) = batch.lock.unwrap_or((0, 0));
        same! {
            lamports => batch.lamports,
            found.pool => self.addresses.pool,
            found.opener => self.user(batch.opener),
            found.lock_slot => lock_slot,
            found.lock_epoch => lock_epoch,
            found.lst => batch.lst,
            found.unsettled_lst => batch.unsettled,
            found.paid_lamports => batch.paid,
            found.claimed_lamports => batch.claimed,
            found.tickets => batch.tickets,
        }
        Ok(())
    }

    /// Compares every account that the model knows, and then what the events tell.
    pub(super) async fn check_all(&mut self) -> Result<()> {
        let pool = &self.addresses;
        let mut all = vec![
            pool.pool,
            pool.page(0),
            pool.history,
            pool.reserve,
            pool.claims_vault,
            pool.mint,
            pool.escrow,
            pool.fees,
        ];
        all.extend(self.keypairs.iter().map(Signer::pubkey));
        all.extend(&self.token_accounts);
        let slots = self.model.slots.values();
        all.extend(slots.flat_map(|slot| slot.stakes.map(|held| held.address)));
        all.extend(self.model.queue.tickets.keys());
        all.extend(self.model.queue.batches.keys().map(|id| pool.batch(*id)));
        for address in all {
            let account = self.cluster.try_account(&address).await;
            self.check_account(&address, account.as_ref())
                .with_context(|| format!("account {address}"))?;
        }
        self.check_told().await
    }
}

fn check_pool(pool: &Pool, model: &Model) -> Result<()> {
    let (open_lst, open_lock_slot) = model.queue.open_lst();
    same! {
        pool.ledger() => model.ledger,
        pool.claims_lamports => model.claims,
        pool.dead_lst => DEAD_LST,
        pool.open_batch => model.queue.open,
        pool.open_lst => open_lst,
        pool.open_lock_slot => open_lock_slot,
        pool.head_batch => model.queue.head,
        pool.locked_lst => model.queue.locked_lst(),
        pool.high_water() => model.high_water,
        pool.finalized_epoch => model.finalized_epoch,
        pool.epoch_start_timestamp => model.epoch_start_timestamp,
        Lamports::new(pool.finalized_value_lamports) => model.finalized.0,
        Lst::new(pool.finalized_lst) => model.finalized.1,
        pool.last_gain_lamports => model.last_gain.lamports,
        pool.last_gain_stake_lamports => model.last_gain.stake,
        pool.last_gain_epochs => model.last_gain.epochs,
        pool.instant_fee_lamports => model.instant_fees,
        pool.instant_paid_lamports => model.instant_paid,
        pool.deactivating_lamports => model.deactivating,
        pool.total_weight => model.weight,
        pool.most_validators as usize => model.most_validators,
        pool.spread()? => model.spread,
        (pool.ejection_epoch, pool.ejected_weight, pool.ejected_lamports) => model.conduct.ejected,
        pool.reward_rate_e12 => model.last_gain.rate.get(),
        pool.window_from_epoch => 0,
        pool.paid_rate_e12 => model.paid_rate.get(),
        pool.fallen_lamports => model.fallen,
        pool.moved_lamports => model.moved,
        pool.breaker_epoch => model.tripped.unwrap_or(NEVER),
        pool.unrestored_lamports => model.unrestored,
        pool.next_serial => model.next_serial,
        usize::try_from(pool.validator_count)? => model.slots.len(),
        pool.page_count => u16::from(model.page.exists),
        pool.paused_until_epoch => 0,
        pool.config => model.config,
    }
    Ok(())
}

fn check_page(page: &ValidatorPage, model: &Model) -> Result<()> {
    let sum = |part: fn(&Slot) -> u64| model.slots.values().map(part).sum::<u64>();
    let observed = model
        .slots
        .values()
        .filter(|slot| slot.observed_epoch == model.page.epoch);
    same! {
        usize::from(page.occupied) => model.slots.len(),
        usize::from(page.observed) => observed.count(),
        page.observed_epoch => model.page.epoch,
        page.staked_lamports => sum(Slot::booked),
        page.deactivating_lamports => sum(|slot| slot.deactivating),
        page.earning_lamports => model.page.earning,
        page.paid_lamports => model.page.paid,
        page.rewarded_lamports => model.page.rewarded,
        page.total_weight => sum(|slot| u64::from(slot.weight)),
    }
    for (index, found) in page.slots.iter().enumerate() {
        let Some(slot) = model.slots.get(&u8::try_from(index)?) else {
            same!(found.state()? => SlotState::Empty);
            continue;
        };
        let state = if slot.ejected {
            SlotState::Ejected
        } else if slot.leaving {
            SlotState::Retiring
        } else {
            SlotState::Active
        };
        let usage = match slot.usage.0 {
            Usage::Idle => TransientUse::Idle,
            Usage::Activating => TransientUse::Activating,
            Usage::Deactivating => TransientUse::Deactivating,
        };
        let [main, transient] = &slot.stakes;
        same! {
            found.vote => slot.vote,
            u64::from(found.serial) => slot.serial,
            found.main => main.address,
            found.transient => transient.address,
            found.main_lamports => main.booked,
            found.transient_lamports => transient.booked,
            found.deactivating_lamports => slot.deactivating,
            u64::from(found.rent_lamports) => slot.rent,
            found.weight => slot.weight,
            found.next_weight => slot.next_weight,
            u64::from(found.observed_epoch) => slot.observed_epoch,
            found.rewarded_lamports => slot.rewarded.unwrap_or(0),
            found.paid_lamports => slot.paid,
            found.unjudged_epochs => slot.unjudged,
            u64::from(found.due_epoch) => slot.due_epoch.unwrap_or(0),
            found.state()? => state,
            found.flags & FLAG_RETIRE != 0 => slot.retires,
            found.transient_use() => usage,
        }
    }
    Ok(())
}

fn check_history(history: &RateHistory, model: &Model) -> Result<()> {
    let last = history.iter().last();
    let Some(last) = last.filter(|last| last.epoch == model.now.epoch) else {
        let is_new = model.now.epoch == model.created_epoch;
        ensure!(is_new || !model.is_fresh(), "the epoch is not recorded");
        return Ok(());
    };
    same! {
        last.epoch => model.finalized_epoch,
        last.epoch_start_timestamp => model.epoch_start_timestamp,
        last.gain_lamports => model.gain,
    }
    Ok(())
}
