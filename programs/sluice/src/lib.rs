//! Sluice: liquid staking pools.
//!
//! A pool mints a liquid staking token (LST) against deposited SOL, delegates the SOL to
//! validators, lets holders leave through an unbonding queue or at once for a fee, and books
//! rewards once per epoch. The arithmetic is in `sluice-math`; this crate checks accounts, moves
//! lamports and keeps the books.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::integer_division,
    clippy::unwrap_used
)]
#![expect(
    elided_lifetimes_in_paths,
    reason = "what Anchor generates from the instructions leaves the lifetimes of accounts out"
)]

use anchor_lang::prelude::*;

#[warn(missing_docs)]
pub mod calls;
#[cfg(all(feature = "entrypoint", not(feature = "cpi")))]
mod entrypoint;
#[warn(missing_docs)]
pub mod error;
#[warn(missing_docs)]
pub mod events;
#[warn(missing_docs)]
pub mod foreign;
#[expect(
    missing_docs,
    reason = "Anchor's account macros generate items without docs"
)]
pub mod instructions;
#[warn(missing_docs)]
pub mod moment;
#[cfg(all(feature = "entrypoint", not(feature = "cpi")))]
mod security;
#[warn(missing_docs)]
pub mod state;
mod sums;

pub use error::SluiceError;
use instructions::*;
use state::{Parameter, StakeAccountKind};

declare_id!("SLUdUoFDhA3hx66we6ts8oqmeiLVPrrYTzdKWTSACCb");

/// The instructions. Each documents who may call it, what it changes and when it fails; every
/// wrong account fails too, with its own error.
#[program]
pub mod sluice {
    use super::*;

    /// Creates a pool for an LST mint. Who: the mint's authority, which hands the mint over.
    /// Changes: creates the pool's accounts; the creator pays rent and a seed deposit whose LST
    /// can never leave. Fails: unsuitable mint, parameters out of bounds.
    pub fn create_pool(ctx: Context<CreatePool>, params: PoolParams) -> Result<()> {
        ctx.accounts.process(&params)
    }

    /// Deposits lamports and mints LST at the full price. Who: anybody. Fails: stale pool,
    /// tripped breaker, pause, the pool's limits, zero result, less than `minimum_lst`.
    pub fn deposit_sol(ctx: Context<DepositSol>, lamports: u64, minimum_lst: u64) -> Result<()> {
        ctx.accounts.process(lamports, minimum_lst)
    }

    /// Burns LST for lamports at once, at the exit price less a fee. Who: the LST's owner.
    /// Fails: stale pool, tripped breaker, too little in the reserve beyond the queue's needs,
    /// zero result, less than `minimum_lamports`.
    pub fn withdraw_sol(ctx: Context<WithdrawSol>, lst: u64, minimum_lamports: u64) -> Result<()> {
        ctx.accounts.process(lst, minimum_lamports)
    }

    /// Takes a fully active stake account of a validator of the pool in and mints LST at the full
    /// price. Who: its staker and its withdrawer. Fails: stale pool, tripped breaker, pause; a
    /// stake account that is locked up, has a custodian, is not fully active, has another
    /// validator, holds large idle lamports or is the pool's own; the validator is leaving, does
    /// not vote, keeps too much or would have more than its share cap; main is not active; zero
    /// result, less than `minimum_lst`.
    pub fn deposit_stake(
        ctx: Context<DepositStake>,
        slot_index: u8,
        minimum_lst: u64,
    ) -> Result<()> {
        ctx.accounts.process(slot_index, minimum_lst)
    }

    /// Burns LST for active stake of a validator of choice, in a new stake account, at the exit
    /// price less a fee. Who: the LST's owner. Fails: stale pool, tripped breaker, no reward
    /// booked yet or an abnormal one; main is not active; the stake or what main keeps would be
    /// below the minimum delegation, or what the validator keeps below its part; it has no weight,
    /// and the first tenth of the epoch is past; zero result, less than `minimum_lamports`.
    pub fn withdraw_stake(
        ctx: Context<WithdrawStake>,
        slot_index: u8,
        lst: u64,
        minimum_lamports: u64,
    ) -> Result<()> {
        ctx.accounts.process(slot_index, lst, minimum_lamports)
    }

    /// Puts LST into the open batch of the queue; `owner` gets a ticket. Who: who can move the LST,
    /// its owner or a delegate. `batch` and up to eight batches behind the other accounts are
    /// candidates; the one that is open now is joined, so that a message may wait for
    /// signatures. Never closed. Fails: zero amount, none of the batches is open, the requester
    /// has a ticket of this number, an owner that cannot be paid.
    pub fn request_unstake<'info>(
        ctx: Context<'info, RequestUnstake<'info>>,
        lst: u64,
        number: u64,
    ) -> Result<()> {
        ctx.accounts.process(lst, number, ctx.remaining_accounts)
    }

    /// Takes a ticket's LST out of the queue again; its rent goes back to who paid it. Who: the
    /// ticket's owner. Fails: the batch is locked.
    pub fn cancel_ticket(ctx: Context<CancelTicket>) -> Result<()> {
        ctx.accounts.process()
    }

    /// Gives a ticket to another owner. Who: the ticket's owner. Fails: the ticket is of another
    /// batch or amount, so that an old message moves no later ticket of the same address but one of
    /// the same batch and amount; a new owner that cannot be paid.
    pub fn transfer_ticket(ctx: Context<TransferTicket>, lst: u64) -> Result<()> {
        ctx.accounts.process(lst)
    }

    /// Pays a ticket's owner what the batch has been paid for it. Who: anybody. Changes: the
    /// last payment closes the ticket, the last ticket the batch; rents go back to who paid them.
    /// Fails: nothing to claim yet.
    pub fn claim(ctx: Context<Claim>) -> Result<()> {
        ctx.accounts.process()
    }

    /// Adds a validator and its two stake accounts. Who: the curator, who pays the rent. Further
    /// pages, and stake accounts of later serials, may follow the other accounts; those that fit
    /// when it executes are used, so that a message may wait for signatures.
    /// Fails: unknown vote account, commission above the maximum, no BLS key, already listed,
    /// no room, none of the stake accounts is of the pool's next serial.
    pub fn add_validator<'info>(
        ctx: Context<'info, AddValidator<'info>>,
        weight: u16,
    ) -> Result<()> {
        ctx.accounts.process(weight, ctx.remaining_accounts)
    }

    /// Gives the validator of this serial another weight from the next epoch on, in the place of
    /// `replaces`, the one that was decided last; takes an ejected one back. Who: the curator.
    /// Fails: another serial or weight is there, the validator is retiring, or was ejected and did
    /// not keep the rules for two whole epochs since.
    pub fn set_weight(
        ctx: Context<CurateValidator>,
        slot_index: u8,
        weight: u16,
        serial: u64,
        replaces: u16,
    ) -> Result<()> {
        ctx.accounts
            .set_weight(slot_index, weight, serial, replaces)
    }

    /// Lets the validator of this serial drain from the next epoch on. Who: the curator.
    /// Fails: another serial is there, the validator is leaving already.
    pub fn retire_validator(
        ctx: Context<CurateValidator>,
        slot_index: u8,
        serial: u64,
    ) -> Result<()> {
        ctx.accounts.retire(slot_index, serial)
    }

    /// Closes a drained slot; its rent drips to all holders. Who: anybody.
    /// Fails: stale pool, stake left, the validator is not leaving, or was ejected and has to wait.
    pub fn close_slot(ctx: Context<CloseSlot>, slot_index: u8) -> Result<()> {
        ctx.accounts.process(slot_index)
    }

    /// Reads the stake accounts of `count` slots of a page from `first` on. Who: anybody.
    /// Changes: booked lamports of the slots, no price; applies due weights and retirements.
    /// Does nothing once the epoch is finalized. Fails: while rewards are paid, wrong accounts.
    pub fn observe<'info>(ctx: Context<'info, Observe<'info>>, first: u8, count: u8) -> Result<()> {
        ctx.accounts.process(first, count, ctx.remaining_accounts)
    }

    /// Gives a reset stake account the pool's authority again. Who: anybody.
    /// Does nothing where the account was not reset. Fails: while rewards are paid.
    pub fn reclaim(ctx: Context<Reclaim>, slot_index: u8, kind: StakeAccountKind) -> Result<()> {
        ctx.accounts.process(slot_index, kind)
    }

    /// Books an epoch's rewards or losses. Who: anybody. Changes: both prices, the fee, the drip.
    /// Does nothing once the epoch is finalized. Fails: while rewards are paid, a validator was
    /// not observed, a page is missing.
    pub fn finalize_epoch<'info>(ctx: Context<'info, FinalizeEpoch<'info>>) -> Result<()> {
        ctx.accounts.process(ctx.remaining_accounts)
    }

    /// Moves a slot's activated stake into main and what is free into the reserve. Who: anybody.
    /// Does nothing where nothing is due. Fails: stale pool.
    pub fn collect(ctx: Context<MoveStake>, slot_index: u8) -> Result<()> {
        ctx.accounts.collect(slot_index)
    }

    /// Lets a validator drain whose vote account is gone, whose commission is above the pool's
    /// maximum, for whose stake the last boundary paid less than that maximum leaves, or that
    /// earned too few credits. `reference_slot` is only needed where the cluster counts no points.
    /// Who: anybody, also while the pool is not priced. Changes: its weight is lost at once. Fails:
    /// no breach, the epoch's budget is spent, a vote account of an unknown version.
    pub fn eject_validator(
        ctx: Context<EjectValidator>,
        slot_index: u8,
        reference_slot: Option<u8>,
    ) -> Result<()> {
        ctx.accounts.process(slot_index, reference_slot)
    }

    /// Books at once what a validator's stake accounts hold less than booked, never more. Who:
    /// anybody. Changes: pending, then withheld rewards, then the value; an abnormal fall trips
    /// the breaker. Does nothing where nothing is missing. Fails: stale pool.
    pub fn report_loss(ctx: Context<ReportLoss>, slot_index: u8) -> Result<()> {
        ctx.accounts.process(slot_index)
    }

    /// Pays the oldest locked batch at the price of this moment. Who: anybody. Does nothing
    /// while too little is there. Fails: stale pool, tripped breaker, batch not due.
    pub fn settle_batch(ctx: Context<SettleBatch>) -> Result<()> {
        ctx.accounts.process()
    }

    /// Forwards the collected reward fee to the treasury's associated token account, which is created
    /// where it is missing. Who: anybody, who pays that rent. Fails: wrong or unusable treasury account.
    pub fn pay_fees(ctx: Context<PayFees>) -> Result<()> {
        ctx.accounts.process()
    }

    /// Delegates to a validator below its target. Who: anybody. Does nothing where nothing is
    /// due. Fails: stale pool, pause, outside the rebalance window.
    pub fn delegate(ctx: Context<MoveStake>, slot_index: u8) -> Result<()> {
        ctx.accounts.delegate(slot_index)
    }

    /// Takes stake from a validator for queue, reserve or balance. Who: anybody. Does nothing
    /// where nothing is due. Fails: stale pool, outside the rebalance window.
    pub fn undelegate(ctx: Context<MoveStake>, slot_index: u8) -> Result<()> {
        ctx.accounts.undelegate(slot_index)
    }

    /// Gives a page of an older layout version the current one. Who: anybody. Changes: no amount.
    /// Does nothing where the page has it. Fails: a page of a newer program.
    pub fn migrate_page(ctx: Context<MigratePage>) -> Result<()> {
        ctx.accounts.process()
    }

    /// Gives a pool and its history the current layout, once all of its pages have it; until
    /// then only request, cancellation, transfer and claim work. Who: anybody, who pays what
    /// rent the history needs more. Changes: no amount. Does nothing where the pool has the
    /// layout. Fails: a page is missing or of an older version.
    pub fn migrate_pool<'info>(ctx: Context<'info, MigratePool<'info>>) -> Result<()> {
        ctx.accounts.process(ctx.remaining_accounts)
    }

    /// Returns both prices. Who: anybody. Changes nothing; a stale pool is flagged.
    pub fn rate(ctx: Context<Query>) -> Result<Rate> {
        ctx.accounts.rate()
    }

    /// Returns what a deposit would mint. Who: anybody. Fails as `deposit_sol` would.
    pub fn quote_deposit(ctx: Context<Query>, lamports: u64) -> Result<DepositAnswer> {
        ctx.accounts.quote_deposit(lamports)
    }

    /// Returns what an instant exit would pay. Who: anybody. Fails as `withdraw_sol` would.
    pub fn quote_withdraw(ctx: Context<Query>, lst: u64) -> Result<WithdrawAnswer> {
        ctx.accounts.quote_withdraw(lst)
    }

    // What keys decide comes last: the dispatcher tries the instructions in this order.

    /// Nominates who may follow as admin, in the place of `replaces`; zero for nobody, for both.
    /// Who: the admin. Fails: another key is nominated, one of the pool's own addresses.
    pub fn nominate_admin(ctx: Context<Govern>, nominee: Pubkey, replaces: Pubkey) -> Result<()> {
        ctx.accounts.nominate_admin(nominee, replaces)
    }

    /// Becomes the admin. Who: the nominated key.
    pub fn accept_admin(ctx: Context<Govern>) -> Result<()> {
        ctx.accounts.accept_admin()
    }

    /// Makes another key the curator, in the place of `replaces`; zero for nobody, for both.
    /// Who: the admin. Fails: another key is the curator, one of the pool's own addresses.
    pub fn set_curator(ctx: Context<Govern>, curator: Pubkey, replaces: Pubkey) -> Result<()> {
        ctx.accounts.set_curator(curator, replaces)
    }

    /// Makes another key the guardian, in the place of `replaces`; zero for nobody, for both.
    /// Who: the admin. Fails: another key is the guardian, one of the pool's own addresses.
    pub fn set_guardian(ctx: Context<Govern>, guardian: Pubkey, replaces: Pubkey) -> Result<()> {
        ctx.accounts.set_guardian(guardian, replaces)
    }

    /// Makes another key the treasury, in the place of `replaces`; it also gets the fees that
    /// wait. Who: the admin. Fails: another key is the treasury, nobody's key, one of the pool's
    /// own addresses.
    pub fn set_treasury(ctx: Context<Govern>, treasury: Pubkey, replaces: Pubkey) -> Result<()> {
        ctx.accounts.set_treasury(treasury, replaces)
    }

    /// Announces another value of a parameter, in the place of `replaces`: the value that was
    /// announced for it before, or where nothing waits the one in force. Who: the admin. Changes:
    /// the finalize of the next epoch applies it, where it can cost holders that of two epochs
    /// later. Fails: another value is in that place, out of bounds, no change.
    pub fn schedule_change(
        ctx: Context<Govern>,
        parameter: Parameter,
        value: u64,
        replaces: u64,
    ) -> Result<()> {
        ctx.accounts.schedule_change(parameter, value, replaces)
    }

    /// Takes the announced change of a parameter to this value from this epoch on back.
    /// Who: the admin. Fails: no change of it waits, or one to another value or from another epoch.
    pub fn cancel_change(
        ctx: Context<Govern>,
        parameter: Parameter,
        value: u64,
        from_epoch: u64,
    ) -> Result<()> {
        ctx.accounts.cancel_change(parameter, value, from_epoch)
    }

    /// Pauses deposits and delegation for as long as the guardian may. Who: the guardian.
    /// Ends by itself. Fails: the pool has been paused for long enough.
    pub fn pause(ctx: Context<Govern>) -> Result<()> {
        ctx.accounts.pause()
    }

    /// Ends the pause that would last until this epoch. Who: the guardian, the admin.
    /// Fails: no pause, or one with another end.
    pub fn unpause(ctx: Context<Govern>, until_epoch: u64) -> Result<()> {
        ctx.accounts.unpause(until_epoch)
    }

    /// Ends the breaker that tripped in this epoch, and with it the restoring of the loss.
    /// Who: the admin. Fails: the breaker is not tripped, tripped in another epoch, or more is not
    /// restored than the signers knew of.
    pub fn acknowledge_loss(
        ctx: Context<Govern>,
        breaker_epoch: u64,
        maximum_unrestored_lamports: u64,
    ) -> Result<()> {
        ctx.accounts
            .acknowledge_loss(breaker_epoch, maximum_unrestored_lamports)
    }
}
