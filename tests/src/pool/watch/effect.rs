//! What an instruction may do to the books.

use anchor_lang::Discriminator;
use sluice::instruction as ix;
use solana_instruction::Instruction;

/// Instructions of the program by what they may do to the prices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Mints at the full price.
    Deposit,
    /// Mints at the full price for active stake.
    StakeDeposit,
    /// Burns at the value price, for a fee that becomes pending.
    InstantExit,
    /// Burns at the value price for active stake, for a fee that covers its next reward.
    StakeExit,
    /// Burns at the value price, for no fee.
    Settle,
    /// Moves what belonged to nobody into pending: dust of batches, rent of slots.
    Windfall,
    /// Books an epoch.
    Finalize,
    /// Writes what was observed onto a page; no price moves.
    Observe,
    /// Books stake that is missing.
    Loss,
    /// Adds a slot with the rent that was paid in for it; no price moves.
    AddValidator,
    /// Moves no price.
    Neutral,
    /// An instruction of another program.
    Stranger,
}

impl Effect {
    pub(super) fn of(instruction: &Instruction) -> Self {
        // The router's instructions have Sluice's names, and may do what those may.
        if ![sluice::ID, sluice_router::ID].contains(&instruction.program_id) {
            return Self::Stranger;
        }
        let is = |discriminator: &[u8]| instruction.data.starts_with(discriminator);
        if is(ix::DepositSol::DISCRIMINATOR) {
            Self::Deposit
        } else if is(ix::DepositStake::DISCRIMINATOR) {
            Self::StakeDeposit
        } else if is(ix::WithdrawStake::DISCRIMINATOR) {
            Self::StakeExit
        } else if is(ix::WithdrawSol::DISCRIMINATOR) {
            Self::InstantExit
        } else if is(ix::SettleBatch::DISCRIMINATOR) {
            Self::Settle
        } else if is(ix::Claim::DISCRIMINATOR) || is(ix::CloseSlot::DISCRIMINATOR) {
            Self::Windfall
        } else if is(ix::FinalizeEpoch::DISCRIMINATOR) {
            Self::Finalize
        } else if is(ix::Observe::DISCRIMINATOR) {
            Self::Observe
        } else if is(ix::ReportLoss::DISCRIMINATOR) {
            Self::Loss
        } else if is(ix::AddValidator::DISCRIMINATOR) {
            Self::AddValidator
        } else {
            Self::Neutral
        }
    }
}
