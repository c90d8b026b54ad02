//! What creators and curators do.

use sluice::{accounts, instruction, instructions::PoolParams};
use solana_instruction::{AccountMeta, Instruction};
use solana_pubkey::Pubkey;
use solana_sdk_ids::{stake, system_program};
use spl_token_interface::ID as TOKEN_PROGRAM;

use super::{SlotAddress, build};
use crate::PoolAddresses;

/// So many other validators may be added while a message waits for signatures.
pub const LATER_VALIDATORS: u64 = 4;

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

    /// The same for a message that waits: up to `later` other validators may be added before it, and
    /// its page may fill up.
    pub fn add_validator_later(
        &self,
        curator: Pubkey,
        vote: Pubkey,
        (page, next_serial): (u16, u64),
        weight: u16,
        later: u64,
    ) -> Instruction {
        let mut add = self.add_validator(curator, vote, page, next_serial, weight);
        let serials = (1..=later).map_while(|later| next_serial.checked_add(later));
        let stakes = serials.flat_map(|serial| [self.main(serial), self.transient(serial)]);
        let next_page = page.checked_add(1).filter(|_| later > 0);
        let next_page = next_page.map(|next| self.page(next));
        let candidates = next_page.into_iter().chain(stakes);
        let candidates = candidates.map(|address| AccountMeta::new(address, false));
        add.accounts.extend(candidates);
        add
    }

    /// Gives a validator another weight, in the place of `replaces`: its slot's next weight until
    /// now.
    pub fn set_weight(
        &self,
        curator: Pubkey,
        place: &SlotAddress,
        weight: u16,
        replaces: u16,
    ) -> Instruction {
        build(
            self.curate(curator, place),
            instruction::SetWeight {
                slot_index: place.slot,
                weight,
                serial: place.serial,
                replaces,
            },
        )
    }

    /// Lets a validator drain.
    pub fn retire_validator(&self, curator: Pubkey, place: &SlotAddress) -> Instruction {
        build(
            self.curate(curator, place),
            instruction::RetireValidator {
                slot_index: place.slot,
                serial: place.serial,
            },
        )
    }

    fn curate(&self, curator: Pubkey, place: &SlotAddress) -> accounts::CurateValidator {
        accounts::CurateValidator {
            pool: self.pool,
            curator,
            page: self.page(place.page),
            vote: place.vote,
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
            instruction::CloseSlot {
                slot_index: place.slot,
            },
        )
    }
}
