//! What anybody may do to keep a pool going.

use sluice::{accounts, instruction, state::StakeAccountKind};
use solana_instruction::{AccountMeta, Instruction};
use solana_pubkey::Pubkey;
use solana_sdk_ids::{stake, system_program};
use spl_associated_token_account_interface::{
    address::get_associated_token_address, program::ID as ASSOCIATED_TOKEN_PROGRAM,
};
use spl_token_interface::ID as TOKEN_PROGRAM;

use super::{SlotAddress, build};
use crate::PoolAddresses;

impl PoolAddresses {
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
        finalize.accounts.extend(self.pages(page_count));
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

    /// Lets a validator drain that breaks the pool's rules. `reference` is another one of the pool,
    /// by whose rewards it is judged where the cluster counts no points.
    pub fn eject_validator(
        &self,
        place: &SlotAddress,
        reference: Option<SlotAddress>,
    ) -> Instruction {
        let other_page = reference.filter(|reference| reference.page != place.page);
        build(
            accounts::EjectValidator {
                pool: self.pool,
                page: self.page(place.page),
                marker: self.marker(&place.vote),
                vote: place.vote,
                main: place.main,
                reference_page: other_page.map(|reference| self.page(reference.page)),
            },
            instruction::EjectValidator {
                slot_index: place.slot,
                reference_slot: reference.map(|reference| reference.slot),
            },
        )
    }

    /// Books at once what a validator's stake accounts hold less than booked.
    pub fn report_loss(&self, place: &SlotAddress) -> Instruction {
        build(
            accounts::ReportLoss {
                pool: self.pool,
                page: self.page(place.page),
                main: place.main,
                transient: place.transient,
                reserve: self.reserve,
            },
            instruction::ReportLoss {
                slot_index: place.slot,
            },
        )
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

    /// Forwards the collected reward fee to the treasury's associated token account, whose rent the
    /// payer pays where it is missing.
    pub fn pay_fees(&self, payer: Pubkey, treasury: Pubkey) -> Instruction {
        build(
            accounts::PayFees {
                pool: self.pool,
                fees: self.fees,
                treasury_account: get_associated_token_address(&treasury, &self.mint),
                treasury,
                mint: self.mint,
                mint_authority: self.mint_authority,
                payer,
                token_program: TOKEN_PROGRAM,
                associated_token_program: ASSOCIATED_TOKEN_PROGRAM,
                system_program: system_program::ID,
            },
            instruction::PayFees {},
        )
    }

    /// Gives a page of an older layout version the current one. Validators for whom it has no place
    /// any more go to the `other` page, which must have the current layout.
    pub fn migrate_page(&self, payer: Pubkey, page: u16, other: Option<u16>) -> Instruction {
        build(
            accounts::MigratePage {
                page: self.page(page),
                payer,
                system_program: system_program::ID,
                other_page: other.map(|other| self.page(other)),
            },
            instruction::MigratePage {},
        )
    }

    /// Gives a pool with this many pages, and its history, the current layout, once all pages
    /// have it.
    pub fn migrate_pool(&self, payer: Pubkey, page_count: u16) -> Instruction {
        let mut migrate = build(
            accounts::MigratePool {
                pool: self.pool,
                history: self.history,
                payer,
                system_program: system_program::ID,
            },
            instruction::MigratePool {},
        );
        migrate.accounts.extend(self.pages(page_count));
        migrate
    }

    /// All pages, to be read.
    fn pages(&self, page_count: u16) -> impl Iterator<Item = AccountMeta> {
        (0..page_count).map(|index| AccountMeta::new_readonly(self.page(index), false))
    }
}
