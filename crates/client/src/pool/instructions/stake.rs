//! What holders of stake accounts do.

use sluice::{accounts, instruction};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use solana_sdk_ids::{stake, system_program};
use spl_token_interface::ID as TOKEN_PROGRAM;

use super::{SlotAddress, build};
use crate::PoolAddresses;

/// A stake account that is offered, and who may give it away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StakeSource {
    /// The stake account.
    pub stake: Pubkey,
    /// Its staker, who signs.
    pub staker: Pubkey,
    /// Its withdrawer, who signs.
    pub withdrawer: Pubkey,
}

/// An exit with a stake account: the LST that is burned, and who gets the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StakeRecipient {
    /// Owner of the LST, who signs.
    pub owner: Pubkey,
    /// Token account whose LST is burned.
    pub source: Pubkey,
    /// The new stake account, which signs.
    pub stake: Pubkey,
    /// Its staker and withdrawer.
    pub recipient: Pubkey,
    /// Pays its rent, and signs.
    pub payer: Pubkey,
}

impl PoolAddresses {
    /// Deposits a stake account with its validator's slot; LST goes to the token account
    /// `recipient`.
    pub fn deposit_stake(
        &self,
        place: &SlotAddress,
        source: &StakeSource,
        recipient: Pubkey,
        minimum_lst: u64,
    ) -> Instruction {
        build(
            accounts::DepositStake {
                pool: self.pool,
                page: self.page(place.page),
                mint: self.mint,
                mint_authority: self.mint_authority,
                main: place.main,
                vote: place.vote,
                stake: source.stake,
                staker: source.staker,
                withdrawer: source.withdrawer,
                recipient,
                reserve: self.reserve,
                stake_authority: self.stake_authority,
                token_program: TOKEN_PROGRAM,
                stake_program: stake::ID,
            },
            instruction::DepositStake {
                slot_index: place.slot,
                minimum_lst,
            },
        )
    }

    /// Burns LST for active stake of the slot's validator, in a new stake account.
    pub fn withdraw_stake(
        &self,
        place: &SlotAddress,
        recipient: &StakeRecipient,
        lst: u64,
        minimum_lamports: u64,
    ) -> Instruction {
        build(
            accounts::WithdrawStake {
                pool: self.pool,
                page: self.page(place.page),
                mint: self.mint,
                main: place.main,
                reserve: self.reserve,
                stake_authority: self.stake_authority,
                owner: recipient.owner,
                source: recipient.source,
                stake: recipient.stake,
                recipient: recipient.recipient,
                payer: recipient.payer,
                token_program: TOKEN_PROGRAM,
                stake_program: stake::ID,
                system_program: system_program::ID,
            },
            instruction::WithdrawStake {
                slot_index: place.slot,
                lst,
                minimum_lamports,
            },
        )
    }
}
