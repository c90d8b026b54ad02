//! What admin and guardian do.

use anchor_lang::InstructionData;
use sluice::{accounts, instruction, state::Parameter};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use super::build;
use crate::PoolAddresses;

impl PoolAddresses {
    /// Nominates who may follow as admin; the zero key takes a nomination back.
    pub fn nominate_admin(&self, admin: Pubkey, nominee: Pubkey) -> Instruction {
        self.govern(admin, instruction::NominateAdmin { nominee })
    }

    /// Makes the nominated key the admin; it signs.
    pub fn accept_admin(&self, nominee: Pubkey) -> Instruction {
        self.govern(nominee, instruction::AcceptAdmin {})
    }

    /// Makes another key the curator; the zero key for nobody.
    pub fn set_curator(&self, admin: Pubkey, curator: Pubkey) -> Instruction {
        self.govern(admin, instruction::SetCurator { curator })
    }

    /// Makes another key the guardian; the zero key for nobody.
    pub fn set_guardian(&self, admin: Pubkey, guardian: Pubkey) -> Instruction {
        self.govern(admin, instruction::SetGuardian { guardian })
    }

    /// Makes another key the treasury.
    pub fn set_treasury(&self, admin: Pubkey, treasury: Pubkey) -> Instruction {
        self.govern(admin, instruction::SetTreasury { treasury })
    }

    /// Announces another value of a parameter.
    pub fn schedule_change(&self, admin: Pubkey, parameter: Parameter, value: u64) -> Instruction {
        self.govern(admin, instruction::ScheduleChange { parameter, value })
    }

    /// Takes an announced change back.
    pub fn cancel_change(&self, admin: Pubkey, parameter: Parameter) -> Instruction {
        self.govern(admin, instruction::CancelChange { parameter })
    }

    /// Pauses deposits and delegation.
    pub fn pause(&self, guardian: Pubkey) -> Instruction {
        self.govern(guardian, instruction::Pause {})
    }

    /// Ends a pause; `authority` is the guardian or the admin.
    pub fn unpause(&self, authority: Pubkey) -> Instruction {
        self.govern(authority, instruction::Unpause {})
    }

    /// Ends the breaker.
    pub fn acknowledge_loss(&self, admin: Pubkey) -> Instruction {
        self.govern(admin, instruction::AcknowledgeLoss {})
    }

    fn govern(&self, authority: Pubkey, data: impl InstructionData) -> Instruction {
        let pool = self.pool;
        build(accounts::Govern { pool, authority }, data)
    }
}
