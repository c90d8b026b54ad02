//! What can happen in a world.

use sluice::{SluiceError, state::StakeAccountKind};
use solana_pubkey::Pubkey;

/// Why the program must refuse an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// With this error of the program.
    Program(SluiceError),
    /// By another program or by Anchor, whatever the error.
    Elsewhere,
}

impl From<SluiceError> for Refusal {
    fn from(error: SluiceError) -> Self {
        Self::Program(error)
    }
}

/// A place where strangers can send lamports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gift {
    /// The reserve.
    Reserve,
    /// The claims vault.
    Vault,
    /// A stake account of a slot.
    Stake(u8, StakeAccountKind),
    /// A batch.
    Batch(u64),
    /// A ticket.
    Ticket(Pubkey),
    /// Any other account of the pool, whose lamports are nobody's business.
    Other(Pubkey),
    /// The main stake account of the next slot, before it exists.
    NextMain,
    /// The next batch, before it exists.
    NextBatch,
    /// The next ticket of a user, before it exists.
    NextTicket(usize),
}

/// One step. Users and validators are indices into the world's lists.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "each is the instruction of its name, with its arguments"
)]
pub enum Action {
    Deposit {
        user: usize,
        lamports: u64,
        minimum: u64,
    },
    Withdraw {
        user: usize,
        lst: u64,
        minimum: u64,
    },
    /// Before it, the validator votes or not.
    DepositStake {
        user: usize,
        slot: u8,
        lamports: u64,
        votes: bool,
    },
    WithdrawStake {
        user: usize,
        slot: u8,
        lst: u64,
    },
    /// For a ticket of `owner`, at the expense of `payer`; so many batches behind `batch` are
    /// candidates, too.
    Request {
        user: usize,
        owner: usize,
        payer: usize,
        lst: u64,
        batch: u64,
        later_batches: u64,
    },
    Cancel {
        ticket: Pubkey,
    },
    Transfer {
        ticket: Pubkey,
        to: usize,
    },
    Claim {
        ticket: Pubkey,
    },
    AddValidator {
        validator: usize,
        weight: u16,
    },
    SetWeight {
        slot: u8,
        weight: u16,
    },
    Retire {
        slot: u8,
    },
    Close {
        slot: u8,
    },
    Observe {
        first: u8,
        count: u8,
    },
    Reclaim {
        slot: u8,
        kind: StakeAccountKind,
    },
    Finalize,
    Collect {
        slot: u8,
    },
    Settle {
        batch: u64,
    },
    PayFees,
    Delegate {
        slot: u8,
    },
    Undelegate {
        slot: u8,
    },
    Eject {
        slot: u8,
    },
    ReportLoss {
        slot: u8,
    },
    Rate,
    QuoteDeposit {
        lamports: u64,
    },
    QuoteWithdraw {
        lst: u64,
    },
    /// Slots pass within the epoch.
    Wait {
        slot: u64,
    },
    /// The next epoch begins; these validators have earned credits.
    NextEpoch {
        earning: Vec<usize>,
    },
    /// Slots pass until the rewards of the last epoch are paid.
    FinishRewards,
    /// A stranger sends lamports.
    Donate {
        to: Gift,
        lamports: u64,
    },
    /// A user burns LST past the program.
    Burn {
        user: usize,
        lst: u64,
    },
    /// A user sends LST to the escrow, or else to the fees account.
    GiveLst {
        user: usize,
        to_escrow: bool,
        lst: u64,
    },
    /// The runtime lets anybody deactivate stake of a delinquent validator.
    ForceDeactivate {
        slot: u8,
        kind: StakeAccountKind,
    },
    /// A cluster restart resets a stake account.
    Reset {
        slot: u8,
        kind: StakeAccountKind,
    },
    /// A validator closes its vote account for good.
    CloseVote {
        validator: usize,
    },
    /// A validator earns credits.
    Vote {
        validator: usize,
        credits: u64,
    },
    /// A validator takes another share of rewards.
    SetCommission {
        validator: usize,
        commission_bps: u16,
    },
    /// A stake account loses lamports.
    Slash {
        slot: u8,
        kind: StakeAccountKind,
        lamports: u64,
    },
}

impl Action {
    /// A request of a user who pays for it, into one batch.
    pub fn request(user: usize, lst: u64, batch: u64) -> Self {
        Self::Request {
            user,
            owner: user,
            payer: user,
            lst,
            batch,
            later_batches: 0,
        }
    }

    /// Whether somebody sends a transaction; the rest is time and what happens past the program.
    pub fn is_transaction(&self) -> bool {
        !matches!(
            self,
            Self::Wait { .. }
                | Self::NextEpoch { .. }
                | Self::FinishRewards
                | Self::ForceDeactivate { .. }
                | Self::Reset { .. }
                | Self::CloseVote { .. }
                | Self::Vote { .. }
                | Self::SetCommission { .. }
                | Self::Slash { .. }
        )
    }

    /// Whether it only asks.
    pub fn is_view(&self) -> bool {
        matches!(
            self,
            Self::Rate | Self::QuoteDeposit { .. } | Self::QuoteWithdraw { .. }
        )
    }
}
