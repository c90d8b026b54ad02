//! What must hold after every instruction, whatever it was.

use anchor_lang::Discriminator;
use sluice::{
    instruction::{FinalizeEpoch, ReportLoss},
    state::{Pool, Ticket},
};
use solana_account::{AccountSharedData, ReadableAccount};
use solana_instruction::{Instruction, error::InstructionError};
use solana_program_pack::Pack;
use solana_pubkey::Pubkey;
use solana_rent::Rent;
use solana_sdk_ids::{system_program, sysvar, vote};
use solana_stake_interface::{program as stake_program, state::StakeStateV2};
use spl_token_interface::state::{Account as TokenAccount, Mint};

use super::{machine::Ran, state::State};

/// Whether our program should have refused before the runtime had to. Where accounts are forged, it may
/// write to one that it cannot own: it knows its accounts by their addresses, which only it can sign for.
pub fn is_unclean(error: &InstructionError, is_forged: bool) -> bool {
    use InstructionError as Error;
    let is_failure = matches!(
        error,
        Error::ProgramFailedToComplete
            | Error::ProgramEnvironmentSetupFailure
            | Error::ComputationalBudgetExceeded
            | Error::AccountBorrowOutstanding
            | Error::ReentrancyNotAllowed
            | Error::CallDepth
            | Error::MaxInstructionTraceLengthExceeded
            | Error::MaxAccountsDataAllocationsExceeded
    );
    let is_stopped = matches!(
        error,
        Error::UnbalancedInstruction
            | Error::ModifiedProgramId
            | Error::ExternalAccountLamportSpend
            | Error::ExternalAccountDataModified
            | Error::ReadonlyLamportChange
            | Error::ReadonlyDataModified
            | Error::ExecutableModified
    );
    is_failure || (is_stopped && !is_forged)
}

/// The most accounts that the program takes, in `programs/sluice/src/entrypoint.rs`: a transaction has
/// room for more only where it names one several times.
const MOST_ACCOUNTS: usize = 128;

/// How the runtime refuses to sign for an address whose stored bump was forged: the program asks for it by
/// what it wrote itself when it made the address.
const NO_SIGNATURE: &str = "Could not create program address with signer seeds";

/// Panics where it was our program that failed so, and not one that it called.
pub fn refuse_uncleanly(ran: &Ran, instruction: &Instruction, is_forged: bool) {
    if instruction.accounts.len() > MOST_ACCOUNTS {
        return;
    }
    let ours = format!("Program {} failed", sluice::ID);
    let first = ran.logs.iter().find(|line| line.contains(" failed: "));
    if is_forged && first.is_some_and(|line| line.contains(NO_SIGNATURE)) {
        return;
    }
    assert!(
        first.is_some_and(|line| !line.starts_with(&ours)),
        "the program did not refuse, it failed: {:?}\n{}\n{instruction:?}",
        ran.result,
        ran.logs.join("\n"),
    );
}

/// Whether the runtime would let the transaction be: no account is left below its rent.
pub fn keeps_rent(before: &State<'_>, ran: &Ran, rent: &Rent) -> bool {
    ran.accounts.iter().all(|(address, after)| {
        let had = before.get(address);
        let is_same = had.lamports() == after.lamports() && had.data().len() == after.data().len();
        is_same
            || after.lamports() == 0
            || after.lamports() >= rent.minimum_balance(after.data().len())
    })
}

/// One instruction that was accepted.
pub struct Judge<'a> {
    pub before: &'a State<'a>,
    pub after: &'a State<'a>,
    pub instruction: &'a Instruction,
    pub signers: &'a [Pubkey],
}

impl Judge<'_> {
    /// Panics where a rule is broken. In a forged state only those that no state excuses.
    pub fn judge(&self, pools: &[Pubkey], is_forged: bool) {
        let all = |state: &State<'_>| -> u128 {
            let addresses = self.after.changed.keys();
            let lamports = addresses.map(|address| u128::from(state.get(address).lamports()));
            lamports.sum()
        };
        self.require(all(self.before) == all(self.after), "lamports came or went");
        for (address, after) in &self.after.changed {
            let before = self.before.get(address);
            if before == *after {
                continue;
            }
            self.require_untouchable(address, &before);
            if !is_forged {
                self.judge_account(address, &before, after);
            }
        }
        if !is_forged {
            for pool in pools {
                self.judge_pool(pool);
            }
        }
    }

    #[track_caller]
    fn require(&self, holds: bool, what: &str) {
        assert!(holds, "{what}: {:?}", self.instruction);
    }

    fn signed(&self, address: &Pubkey) -> bool {
        self.signers.contains(address)
    }

    /// Somebody with a key must sign for what is his; an address without one is a program's.
    fn may_take_from(&self, owner: &Pubkey) -> bool {
        self.signed(owner) || !owner.is_on_curve()
    }

    fn require_untouchable(&self, address: &Pubkey, before: &AccountSharedData) {
        let owner = *before.owner();
        let is_fixed = before.executable() || owner == sysvar::ID || owner == vote::ID;
        self.require(!is_fixed, &format!("{address} changed, which nobody may"));
    }

    fn judge_account(
        &self,
        address: &Pubkey,
        before: &AccountSharedData,
        after: &AccountSharedData,
    ) {
        let owner = *before.owner();
        let takes = after.lamports() < before.lamports();
        if owner == system_program::ID && takes {
            let may = self.may_take_from(address);
            self.require(may, &format!("{address} paid and did not sign"));
        }
        if owner == spl_token_interface::ID && before.data().len() == TokenAccount::LEN {
            self.judge_tokens(address, before, after);
        }
        if stake_program::check_id(&owner) {
            self.judge_stake(address, before, after);
        }
        if owner == sluice::ID
            && let Some(ticket) = self.before.read::<Ticket>(address)
            && let Some(now) = self.after.read::<Ticket>(address)
        {
            let may = ticket.owner == now.owner || self.signed(&ticket.owner);
            self.require(may, &format!("the ticket {address} went to somebody else"));
        }
        if owner != sluice::ID && owner != system_program::ID {
            let is_same = *after.owner() == owner || after.lamports() == 0;
            let stranger = owner != spl_token_interface::ID && !stake_program::check_id(&owner);
            self.require(
                is_same && !(stranger && takes),
                &format!("{address} was taken from its program"),
            );
        }
    }

    fn judge_tokens(
        &self,
        address: &Pubkey,
        before: &AccountSharedData,
        after: &AccountSharedData,
    ) {
        let Ok(had) = TokenAccount::unpack(before.data()) else {
            return;
        };
        let has = TokenAccount::unpack(after.data()).unwrap_or_default();
        let may =
            self.may_take_from(&had.owner) || had.delegate.map_or(false, |one| self.signed(&one));
        let takes = has.amount < had.amount || has.owner != had.owner;
        self.require(may || !takes, &format!("tokens of {address} went unsigned"));
    }

    fn judge_stake(&self, address: &Pubkey, before: &AccountSharedData, after: &AccountSharedData) {
        let meta = |account: &AccountSharedData| {
            let state: Option<StakeStateV2> = bincode::deserialize(account.data()).ok();
            state.and_then(|state| state.meta())
        };
        let Some(had) = meta(before) else {
            return;
        };
        let has = meta(after).map(|meta| meta.authorized);
        let may = self.may_take_from(&had.authorized.withdrawer);
        let takes = after.lamports() < before.lamports() || has != Some(had.authorized);
        self.require(may || !takes, &format!("stake of {address} went unsigned"));
    }

    fn judge_pool(&self, address: &Pubkey) {
        let read = |state: &State<'_>| state.read::<Pool>(address);
        let (Some(before), Some(after)) = (read(self.before), read(self.after)) else {
            return self.require(read(self.before).is_none(), "a pool is gone");
        };
        self.judge_roles(&before, &after);
        if is_backed(self.before, &before) {
            self.require(
                is_backed(self.after, &after),
                "the pool owes what it has not",
            );
        }
        let data = &self.instruction.data;
        let may_fall = data.starts_with(FinalizeEpoch::DISCRIMINATOR)
            || data.starts_with(ReportLoss::DISCRIMINATOR);
        if !may_fall && before.version == after.version {
            self.judge_prices(&before, &after);
        }
    }

    fn judge_roles(&self, before: &Pool, after: &Pool) {
        let may = before.admin == after.admin || self.signed(&before.nominated_admin);
        self.require(may, "another admin whom nobody nominated");
        let by_admin = (before.curator, before.guardian, before.treasury)
            == (after.curator, after.guardian, after.treasury);
        self.require(
            by_admin || self.signed(&before.admin),
            "another role unsigned",
        );
        let paused = before.paused_until_epoch == after.paused_until_epoch;
        self.require(paused || self.signed(&before.guardian), "a pause unsigned");
    }

    fn judge_prices(&self, before: &Pool, after: &Pool) {
        let clock = self.after.get(&sysvar::clock::ID);
        let Ok(clock) = bincode::deserialize::<anchor_lang::prelude::Clock>(clock.data()) else {
            return;
        };
        let prices = |pool: &Pool| {
            let ledger = pool.ledger();
            let full = ledger.full().expect("full fits").get();
            let value = ledger.value(clock.slot).expect("the value fits").get();
            (full, value, pool.lst_supply)
        };
        let (old, new) = (prices(before), prices(after));
        let fell = |old: u64, supply: u64, new: u64, new_supply: u64| {
            u128::from(new) * u128::from(supply) < u128::from(old) * u128::from(new_supply)
        };
        let what = |name: &str| format!("the {name} price fell: {old:?} {new:?}");
        self.require(!fell(old.0, old.2, new.0, new.2), &what("deposit"));
        self.require(!fell(old.1, old.2, new.1, new.2), &what("exit"));
    }
}

/// Whether a pool has what its books say that it has.
fn is_backed(state: &State<'_>, pool: &Pool) -> bool {
    let lamports = |address: &Pubkey| state.get(address).lamports();
    let escrow = TokenAccount::unpack(state.get(&pool.escrow).data());
    let mint = Mint::unpack(state.get(&pool.mint).data());
    let queued = pool.dead_lst.saturating_add(pool.open_lst);
    let queued = queued.saturating_add(pool.locked_lst);
    lamports(&pool.reserve) >= pool.reserve_lamports
        && lamports(&pool.claims_vault) >= pool.claims_lamports
        && escrow.is_ok_and(|escrow| escrow.amount >= queued)
        && mint.is_ok_and(|mint| mint.supply <= pool.lst_supply)
}
