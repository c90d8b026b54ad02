//! Builders that fill in every account that follows from the pool.

use crate::PoolAddresses;
use anchor_lang::{InstructionData, ToAccountMetas};
use sluice::{
    accounts, instruction,
    instructions::PoolParams,
    state::{Slot, StakeAccountKind},
};
use solana_instruction::{AccountMeta, Instruction};
use solana_pubkey::Pubkey;
use solana_sdk_ids::{stake, system_program};
use spl_token_interface::ID as TOKEN_PROGRAM;

fn build(accounts: impl ToAccountMetas, data: impl InstructionData) -> Instruction {
    Instruction {
        program_id: sluice::ID,
        accounts: accounts.to_account_metas(None),
        data: data.data(),
    }
}

/// A validator's place in a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotAddress {
    /// Index of the page.
    pub page: u16,
    /// Index of the slot on it.
    pub slot: u8,
    /// The vote account.
    pub vote: Pubkey,
    /// The main stake account.
    pub main: Pubkey,
    /// The transient stake account.
    pub transient: Pubkey,
}

impl SlotAddress {
    /// The place of a slot read from its page.
    pub fn of(page: u16, index: u8, slot: &Slot) -> Self {
        Self {
            page,
            slot: index,
            vote: slot.vote,
            main: slot.main,
            transient: slot.transient,
        }
    }

    /// The address of one of its stake accounts.
    pub fn stake(&self, kind: StakeAccountKind) -> Pubkey {
        match kind {
            StakeAccountKind::Main => self.main,
            StakeAccountKind::Transient => self.transient,
        }
    }
}

impl PoolAddresses {
    /// Creates the pool. `current_mint_authority` and `creator` sign.
    pub fn create_pool(
        &self,
        creator: Pubkey,
        current_mint_authority: Pubkey,
        params: PoolParams,
    ) -> Instruction {
        build(
            accounts::CreatePool {
                pool: self.pool,
                mint: self.mint,
                current_mint_authority,
                creator,
                stake_authority: self.stake_authority,
                mint_authority: self.mint_authority,
                reserve: self.reserve,
                claims_vault: self.claims_vault,
                escrow: self.escrow,
                fees: self.fees,
                history: self.history,
                token_program: TOKEN_PROGRAM,
                system_program: system_program::ID,
            },
            instruction::CreatePool { params },
        )
    }

    /// Deposits lamports; LST goes to the token account `recipient`.
    pub fn deposit_sol(
        &self,
        depositor: Pubkey,
        recipient: Pubkey,
        lamports: u64,
        minimum_lst: u64,
    ) -> Instruction {
        build(
            accounts::DepositSol {
                pool: self.pool,
                mint: self.mint,
                mint_authority: self.mint_authority,
                reserve: self.reserve,
                depositor,
                recipient,
                token_program: TOKEN_PROGRAM,
                system_program: system_program::ID,
            },
            instruction::DepositSol {
                lamports,
                minimum_lst,
            },
        )
    }

    /// Burns LST of the token account `source` for lamports that go to `recipient`.
    pub fn withdraw_sol(
        &self,
        owner: Pubkey,
        source: Pubkey,
        recipient: Pubkey,
        lst: u64,
        minimum_lamports: u64,
    ) -> Instruction {
        build(
            accounts::WithdrawSol {
                pool: self.pool,
                mint: self.mint,
                reserve: self.reserve,
                owner,
                source,
                recipient,
                token_program: TOKEN_PROGRAM,
                system_program: system_program::ID,
            },
            instruction::WithdrawSol {
                lst,
                minimum_lamports,
            },
        )
    }

    /// Puts LST of the token account `source` into batch `batch_id`, which must be the open one.
    pub fn request_unstake(
        &self,
        owner: Pubkey,
        source: Pubkey,
        batch_id: u64,
        nonce: u64,
        lst: u64,
    ) -> Instruction {
        let batch = self.batch(batch_id);
        build(
            accounts::RequestUnstake {
                pool: self.pool,
                batch,
                ticket: self.ticket(&batch, &owner, nonce),
                owner,
                source,
                escrow: self.escrow,
                token_program: TOKEN_PROGRAM,
                system_program: system_program::ID,
            },
            instruction::RequestUnstake { lst, nonce },
        )
    }

    /// Takes a ticket's LST out of the queue again, into the token account `recipient`.
    pub fn cancel_ticket(
        &self,
        owner: Pubkey,
        batch: Pubkey,
        ticket: Pubkey,
        recipient: Pubkey,
    ) -> Instruction {
        build(
            accounts::CancelTicket {
                pool: self.pool,
                batch,
                ticket,
                owner,
                recipient,
                escrow: self.escrow,
                mint_authority: self.mint_authority,
                token_program: TOKEN_PROGRAM,
            },
            instruction::CancelTicket {},
        )
    }

    /// Pays a ticket. `opener` is who opened its batch.
    pub fn claim(
        &self,
        owner: Pubkey,
        opener: Pubkey,
        batch: Pubkey,
        ticket: Pubkey,
    ) -> Instruction {
        build(
            accounts::Claim {
                pool: self.pool,
                batch,
                ticket,
                owner,
                opener,
                claims_vault: self.claims_vault,
                reserve: self.reserve,
                system_program: system_program::ID,
            },
            instruction::Claim {},
        )
    }

    /// Adds a validator on page `page` with the pool's next serial.
    pub fn add_validator(
        &self,
        curator: Pubkey,
        vote: Pubkey,
        page: u16,
        next_serial: u64,
        weight: u16,
    ) -> Instruction {
        build(
            accounts::AddValidator {
                pool: self.pool,
                curator,
                page: self.page(page),
                marker: self.marker(&vote),
                vote,
                main: self.main(next_serial),
                transient: self.transient(next_serial),
                stake_authority: self.stake_authority,
                stake_program: stake::ID,
                system_program: system_program::ID,
            },
            instruction::AddValidator { weight },
        )
    }

    /// Gives a validator another weight.
    pub fn set_weight(&self, curator: Pubkey, place: &SlotAddress, weight: u16) -> Instruction {
        build(
            self.curate(curator, place),
            instruction::SetWeight {
                slot_index: place.slot,
                weight,
            },
        )
    }

    /// Lets a validator drain.
    pub fn retire_validator(&self, curator: Pubkey, place: &SlotAddress) -> Instruction {
        build(
            self.curate(curator, place),
            instruction::RetireValidator {
                slot_index: place.slot,
            },
        )
    }

    fn curate(&self, curator: Pubkey, place: &SlotAddress) -> accounts::CurateValidator {
        accounts::CurateValidator {
            pool: self.pool,
            curator,
            page: self.page(place.page),
        }
    }

    /// Closes a drained slot; `payer` is who paid for its marker.
    pub fn close_slot(&self, place: &SlotAddress, payer: Pubkey) -> Instruction {
        build(
            accounts::CloseSlot {
                pool: self.pool,
                page: self.page(place.page),
                marker: self.marker(&place.vote),
                payer,
                main: place.main,
                transient: place.transient,
                reserve: self.reserve,
                stake_authority: self.stake_authority,
                stake_program: stake::ID,
            },
            instruction::CloseSlot {},
        )
    }

    /// Observes `count` slots of a page from `first` on. `stakes` are their stake accounts in
    /// slot order: main, then transient where it must be read.
    pub fn observe(&self, page: u16, first: u8, count: u8, stakes: &[Pubkey]) -> Instruction {
        let mut observe = build(
            accounts::Observe {
                pool: self.pool,
                page: self.page(page),
            },
            instruction::Observe { first, count },
        );
        let stakes = stakes.iter();
        observe
            .accounts
            .extend(stakes.map(|stake| AccountMeta::new_readonly(*stake, false)));
        observe
    }

    /// Gives a reset stake account the pool's authority again.
    pub fn reclaim(&self, place: &SlotAddress, kind: StakeAccountKind) -> Instruction {
        build(
            accounts::Reclaim {
                pool: self.pool,
                page: self.page(place.page),
                stake: place.stake(kind),
                stake_authority: self.stake_authority,
                stake_program: stake::ID,
            },
            instruction::Reclaim {
                slot_index: place.slot,
                kind,
            },
        )
    }

    /// Books the epoch of a pool with this many pages.
    pub fn finalize_epoch(&self, page_count: u16) -> Instruction {
        let mut finalize = build(
            accounts::FinalizeEpoch {
                pool: self.pool,
                mint: self.mint,
                mint_authority: self.mint_authority,
                reserve: self.reserve,
                fees: self.fees,
                history: self.history,
                token_program: TOKEN_PROGRAM,
            },
            instruction::FinalizeEpoch {},
        );
        let pages = (0..page_count).map(|index| AccountMeta::new_readonly(self.page(index), false));
        finalize.accounts.extend(pages);
        finalize
    }

    /// Moves a slot's activated stake into main and what is free into the reserve.
    pub fn collect(&self, place: &SlotAddress) -> Instruction {
        build(
            self.move_stake(place),
            instruction::Collect {
                slot_index: place.slot,
            },
        )
    }

    /// Delegates to a validator below its target.
    pub fn delegate(&self, place: &SlotAddress) -> Instruction {
        build(
            self.move_stake(place),
            instruction::Delegate {
                slot_index: place.slot,
            },
        )
    }

    /// Takes stake from a validator for queue, reserve or balance.
    pub fn undelegate(&self, place: &SlotAddress) -> Instruction {
        build(
            self.move_stake(place),
            instruction::Undelegate {
                slot_index: place.slot,
            },
        )
    }

    fn move_stake(&self, place: &SlotAddress) -> accounts::MoveStake {
        accounts::MoveStake {
            pool: self.pool,
            page: self.page(place.page),
            main: place.main,
            transient: place.transient,
            vote: place.vote,
            reserve: self.reserve,
            stake_authority: self.stake_authority,
            stake_program: stake::ID,
            system_program: system_program::ID,
        }
    }

    /// Pays the oldest locked batch.
    pub fn settle_batch(&self, batch_id: u64) -> Instruction {
        build(
            accounts::SettleBatch {
                pool: self.pool,
                batch: self.batch(batch_id),
                mint: self.mint,
                mint_authority: self.mint_authority,
                escrow: self.escrow,
                reserve: self.reserve,
                claims_vault: self.claims_vault,
                token_program: TOKEN_PROGRAM,
                system_program: system_program::ID,
            },
            instruction::SettleBatch {},
        )
    }

    /// Forwards the collected reward fee to the treasury's token account.
    pub fn pay_fees(&self, treasury_account: Pubkey) -> Instruction {
        build(
            accounts::PayFees {
                pool: self.pool,
                fees: self.fees,
                treasury_account,
                mint_authority: self.mint_authority,
                token_program: TOKEN_PROGRAM,
            },
            instruction::PayFees {},
        )
    }

    /// Returns both prices.
    pub fn rate(&self) -> Instruction {
        build(self.view(), instruction::Rate {})
    }

    /// Returns what a deposit would mint.
    pub fn quote_deposit(&self, lamports: u64) -> Instruction {
        build(self.view(), instruction::QuoteDeposit { lamports })
    }

    /// Returns what an instant exit would pay.
    pub fn quote_withdraw(&self, lst: u64) -> Instruction {
        build(self.view(), instruction::QuoteWithdraw { lst })
    }

    fn view(&self) -> accounts::View {
        accounts::View { pool: self.pool }
    }
}

/// Gives a ticket to another owner.
pub fn transfer_ticket(ticket: Pubkey, owner: Pubkey, new_owner: Pubkey) -> Instruction {
    build(
        accounts::TransferTicket {
            ticket,
            owner,
            new_owner,
        },
        instruction::TransferTicket {},
    )
}
