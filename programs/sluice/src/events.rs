//! Events: one per instruction that changes state, with the books after it, so that both prices
//! can be derived again. Logs can be truncated; accounts and history are the authority.

use crate::{
    instructions::Breach,
    state::{Parameter, Pool, PoolConfig, PoolLimits, StakeAccountKind},
};
use anchor_lang::prelude::*;

/// The amounts from which both prices follow.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Books {
    /// Lamports in all stake accounts.
    pub staked_lamports: u64,
    /// Lamports in the reserve.
    pub reserve_lamports: u64,
    /// Rent paid in by creator and curator.
    pub locked_lamports: u64,
    /// Lamports withheld at the drip's start.
    pub withheld_lamports: u64,
    /// Slot at which the drip starts.
    pub drip_start_slot: u64,
    /// Slot from which nothing is withheld.
    pub drip_end_slot: u64,
    /// Lamports that join the drip at the next finalize.
    pub pending_lamports: u64,
    /// LST in existence.
    pub lst_supply: u64,
}

impl From<&Pool> for Books {
    fn from(pool: &Pool) -> Self {
        Self {
            staked_lamports: pool.staked_lamports,
            reserve_lamports: pool.reserve_lamports,
            locked_lamports: pool.locked_lamports,
            withheld_lamports: pool.withheld_lamports,
            drip_start_slot: pool.drip_start_slot,
            drip_end_slot: pool.drip_end_slot,
            pending_lamports: pool.pending_lamports,
            lst_supply: pool.lst_supply,
        }
    }
}

/// A pool was created.
#[event]
pub struct PoolCreated {
    /// The pool.
    pub pool: Pubkey,
    /// Its LST mint.
    pub mint: Pubkey,
    /// Its rates and limits.
    pub config: PoolConfig,
    /// Its limits on deposits.
    pub limits: PoolLimits,
    /// The books after it.
    pub books: Books,
}

/// Lamports came in, LST was minted.
#[event]
pub struct SolDeposited {
    /// The pool.
    pub pool: Pubkey,
    /// Who paid.
    pub depositor: Pubkey,
    /// What was paid.
    pub lamports: u64,
    /// The part that drips to all holders.
    pub fee_lamports: u64,
    /// LST minted.
    pub lst: u64,
    /// The current slot.
    pub slot: u64,
    /// The books after it.
    pub books: Books,
}

/// LST was burned, lamports went out at once.
#[event]
pub struct SolWithdrawn {
    /// The pool.
    pub pool: Pubkey,
    /// Who burned.
    pub owner: Pubkey,
    /// LST burned.
    pub lst: u64,
    /// Lamports paid.
    pub lamports: u64,
    /// The instant-exit fee, which drips to all holders.
    pub fee_lamports: u64,
    /// The current slot.
    pub slot: u64,
    /// The books after it.
    pub books: Books,
}

/// A stake account came in, LST was minted.
#[event]
pub struct StakeDeposited {
    /// The pool.
    pub pool: Pubkey,
    /// The validator.
    pub vote: Pubkey,
    /// The stake account, which ceased to exist.
    pub stake: Pubkey,
    /// Its withdrawer.
    pub depositor: Pubkey,
    /// What it held.
    pub lamports: u64,
    /// The part that drips to all holders.
    pub fee_lamports: u64,
    /// LST minted.
    pub lst: u64,
    /// The current slot.
    pub slot: u64,
    /// The books after it.
    pub books: Books,
}

/// LST was burned, active stake went out as a stake account.
#[event]
pub struct StakeWithdrawn {
    /// The pool.
    pub pool: Pubkey,
    /// The validator.
    pub vote: Pubkey,
    /// The new stake account.
    pub stake: Pubkey,
    /// Who burned.
    pub owner: Pubkey,
    /// Staker and withdrawer of the new stake account.
    pub recipient: Pubkey,
    /// LST burned.
    pub lst: u64,
    /// Lamports of stake that left.
    pub lamports: u64,
    /// The fee, which drips to all holders.
    pub fee_lamports: u64,
    /// The current slot.
    pub slot: u64,
    /// The books after it.
    pub books: Books,
}

/// LST joined the queue.
#[event]
pub struct UnstakeRequested {
    /// The pool.
    pub pool: Pubkey,
    /// Id of the batch.
    pub batch: u64,
    /// The ticket.
    pub ticket: Pubkey,
    /// Its owner.
    pub owner: Pubkey,
    /// LST that leaves.
    pub lst: u64,
    /// Slot from which the batch is locked.
    pub lock_slot: u64,
}

/// LST left the queue again.
#[event]
pub struct TicketCancelled {
    /// The pool.
    pub pool: Pubkey,
    /// Id of the batch.
    pub batch: u64,
    /// The ticket.
    pub ticket: Pubkey,
    /// LST given back.
    pub lst: u64,
}

/// A ticket has a new owner.
#[event]
pub struct TicketTransferred {
    /// The ticket.
    pub ticket: Pubkey,
    /// Who gave it.
    pub from: Pubkey,
    /// Who has it.
    pub to: Pubkey,
}

/// A ticket was paid.
#[event]
pub struct TicketClaimed {
    /// The pool.
    pub pool: Pubkey,
    /// Id of the batch.
    pub batch: u64,
    /// The ticket.
    pub ticket: Pubkey,
    /// Who was paid.
    pub owner: Pubkey,
    /// Lamports paid.
    pub lamports: u64,
    /// Whether that was all and the ticket is closed.
    pub closed: bool,
    /// What rounding left in the closed batch; it drips to all holders.
    pub dust_lamports: u64,
    /// The books after it.
    pub books: Books,
}

/// A locked batch was paid, as a whole or in part.
#[event]
pub struct BatchSettled {
    /// The pool.
    pub pool: Pubkey,
    /// Id of the batch.
    pub batch: u64,
    /// LST burned.
    pub lst: u64,
    /// Lamports moved into the claims vault.
    pub lamports: u64,
    /// LST that remains to be settled.
    pub unsettled_lst: u64,
    /// The current slot.
    pub slot: u64,
    /// The books after it.
    pub books: Books,
}

/// A validator joined the pool.
#[event]
pub struct ValidatorAdded {
    /// The pool.
    pub pool: Pubkey,
    /// The validator.
    pub vote: Pubkey,
    /// Page of its slot.
    pub page: u16,
    /// Its slot.
    pub slot_index: u8,
    /// Serial of its stake accounts.
    pub serial: u64,
    /// Its weight.
    pub weight: u16,
    /// Rent that the curator paid in for the stake accounts.
    pub rent_lamports: u64,
    /// The books after it.
    pub books: Books,
}

/// A validator gets another weight.
#[event]
pub struct WeightSet {
    /// The pool.
    pub pool: Pubkey,
    /// The validator.
    pub vote: Pubkey,
    /// The new weight.
    pub weight: u16,
    /// Epoch from which it holds.
    pub from_epoch: u64,
}

/// A validator will leave the pool.
#[event]
pub struct ValidatorRetired {
    /// The pool.
    pub pool: Pubkey,
    /// The validator.
    pub vote: Pubkey,
    /// Epoch from which its stake drains.
    pub from_epoch: u64,
}

/// An ejected validator is taken back.
#[event]
pub struct ValidatorReinstated {
    /// The pool.
    pub pool: Pubkey,
    /// The validator.
    pub vote: Pubkey,
}

/// A validator breaks the pool's rules: its stake drains.
#[event]
pub struct ValidatorEjected {
    /// The pool.
    pub pool: Pubkey,
    /// The validator.
    pub vote: Pubkey,
    /// Which rule.
    pub breach: Breach,
    /// The weight that it loses.
    pub weight: u16,
    /// Epoch from which the curator may take it back, without another breach.
    pub reinstatable_epoch: u64,
}

/// Stake accounts of a validator hold less than booked.
#[event]
pub struct LossReported {
    /// The pool.
    pub pool: Pubkey,
    /// The validator.
    pub vote: Pubkey,
    /// What is missing.
    pub lamports: u64,
    /// The part by which the value fell.
    pub fall_lamports: u64,
    /// Whether the breaker is tripped.
    pub tripped: bool,
    /// The current slot.
    pub slot: u64,
    /// The books after it.
    pub books: Books,
}

/// A drained slot was closed.
#[event]
pub struct SlotClosed {
    /// The pool.
    pub pool: Pubkey,
    /// The validator.
    pub vote: Pubkey,
    /// Serial of the stake accounts, which never come back.
    pub serial: u64,
    /// Rent paid in for the slot; it drips to all holders.
    pub rent_lamports: u64,
    /// The books after it.
    pub books: Books,
}

/// Stake accounts of a page were read.
#[event]
pub struct StakeObserved {
    /// The pool.
    pub pool: Pubkey,
    /// The page.
    pub page: u16,
    /// Slots of the page observed in this epoch.
    pub observed: u16,
    /// Slots in use.
    pub occupied: u16,
    /// Lamports of the page.
    pub staked_lamports: u64,
}

/// A reset stake account has the pool's authority again.
#[event]
pub struct StakeReclaimed {
    /// The pool.
    pub pool: Pubkey,
    /// The stake account.
    pub stake: Pubkey,
}

/// An epoch was booked.
#[event]
pub struct EpochFinalized {
    /// The pool.
    pub pool: Pubkey,
    /// The epoch.
    pub epoch: u64,
    /// The current slot.
    pub slot: u64,
    /// What the pool owned, by the books before.
    pub full_before_lamports: u64,
    /// What exits shared just before.
    pub value_before_lamports: u64,
    /// LST by the books before.
    pub supply_before_lst: u64,
    /// LST that strangers had burned.
    pub burned_lst: u64,
    /// Gain.
    pub gain_lamports: u64,
    /// Loss.
    pub loss_lamports: u64,
    /// The part of the loss by which the value fell.
    pub fall_lamports: u64,
    /// The part of the gain that gave a tripped loss back.
    pub restored_lamports: u64,
    /// The treasury's part of the gain.
    pub fee_lamports: u64,
    /// The part of the reward fee that stays with all holders.
    pub fee_burned_lamports: u64,
    /// LST minted for the treasury's part.
    pub fee_lst: u64,
    /// Length of the drip that starts now.
    pub drip_epochs: u64,
    /// Whether the breaker tripped.
    pub tripped: bool,
    /// The books after it.
    pub books: Books,
}

/// Stake was merged or came back to the reserve.
#[event]
pub struct StakeCollected {
    /// The pool.
    pub pool: Pubkey,
    /// The validator.
    pub vote: Pubkey,
    /// Lamports that became main stake.
    pub activated_lamports: u64,
    /// Lamports that went to the reserve.
    pub returned_lamports: u64,
    /// The books after it.
    pub books: Books,
}

/// Lamports were delegated.
#[event]
pub struct StakeDelegated {
    /// The pool.
    pub pool: Pubkey,
    /// The validator.
    pub vote: Pubkey,
    /// Lamports taken from the reserve.
    pub lamports: u64,
    /// The books after it.
    pub books: Books,
}

/// Stake was deactivated.
#[event]
pub struct StakeUndelegated {
    /// The pool.
    pub pool: Pubkey,
    /// The validator.
    pub vote: Pubkey,
    /// The stake account that carries it.
    pub account: StakeAccountKind,
    /// Lamports on their way back, or back already.
    pub lamports: u64,
    /// Whether they are in the reserve already, because they had never been active.
    pub at_once: bool,
    /// The books after it.
    pub books: Books,
}

/// The reward fee was forwarded to the treasury.
#[event]
pub struct FeesPaid {
    /// The pool.
    pub pool: Pubkey,
    /// The treasury's token account.
    pub treasury_account: Pubkey,
    /// LST paid.
    pub lst: u64,
}

/// A role of a pool that the admin gives to a key.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Changes roles and configuration.
    Admin,
    /// Adds, weighs and retires validators.
    Curator,
    /// Pauses deposits and delegation.
    Guardian,
    /// Is paid the fees.
    Treasury,
}

/// The admin nominated who may follow; zero for nobody.
#[event]
pub struct AdminNominated {
    /// The pool.
    pub pool: Pubkey,
    /// The admin.
    pub admin: Pubkey,
    /// Who may accept.
    pub nominated: Pubkey,
}

/// A role belongs to another key.
#[event]
pub struct RoleSet {
    /// The pool.
    pub pool: Pubkey,
    /// The role.
    pub role: Role,
    /// Who had it.
    pub before: Pubkey,
    /// Who has it; zero for nobody.
    pub now: Pubkey,
}

/// A change of a parameter waits.
#[event]
pub struct ChangeScheduled {
    /// The pool.
    pub pool: Pubkey,
    /// What will change.
    pub parameter: Parameter,
    /// Its value now.
    pub before: u64,
    /// Its value then.
    pub value: u64,
    /// The first epoch whose finalize applies it.
    pub from_epoch: u64,
}

/// A change that waited was cancelled.
#[event]
pub struct ChangeCancelled {
    /// The pool.
    pub pool: Pubkey,
    /// What does not change.
    pub parameter: Parameter,
    /// The value that it does not get.
    pub value: u64,
}

/// A change is in force.
#[event]
pub struct ChangeApplied {
    /// The pool.
    pub pool: Pubkey,
    /// What changed.
    pub parameter: Parameter,
    /// Its value before.
    pub before: u64,
    /// Its value from now on.
    pub value: u64,
}

/// A change whose epoch had come does not fit the other parameters, and is forgotten.
#[event]
pub struct ChangeDropped {
    /// The pool.
    pub pool: Pubkey,
    /// What did not change.
    pub parameter: Parameter,
    /// Its value.
    pub before: u64,
    /// The value that it did not get.
    pub value: u64,
}

/// Deposits and delegation are paused.
#[event]
pub struct PoolPaused {
    /// The pool.
    pub pool: Pubkey,
    /// The first epoch in which they go on.
    pub until_epoch: u64,
}

/// Deposits and delegation go on.
#[event]
pub struct PoolUnpaused {
    /// The pool.
    pub pool: Pubkey,
    /// The epoch.
    pub epoch: u64,
}

/// The admin acknowledged an abnormal loss: the breaker has ended.
#[event]
pub struct LossAcknowledged {
    /// The pool.
    pub pool: Pubkey,
    /// What of the loss later gains had not restored, and will not.
    pub unrestored_lamports: u64,
}

/// A page has the current layout.
#[event]
pub struct PageMigrated {
    /// The pool.
    pub pool: Pubkey,
    /// Index of the page.
    pub page: u16,
    /// The layout version that it had.
    pub from_version: u8,
}

/// A pool has the current layout, and with it all of its accounts.
#[event]
pub struct PoolMigrated {
    /// The pool.
    pub pool: Pubkey,
    /// The layout version that it had.
    pub from_version: u8,
    /// The books, which stay as they were.
    pub books: Books,
}
