//! What admin and guardian do.

use anchor_lang::InstructionData;
use sluice::{
    accounts, instruction,
    state::{Parameter, PendingChange},
};
use sluice_math::Lamports;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use super::build;
use crate::PoolAddresses;

impl PoolAddresses {
    /// Nominates who may follow as admin, in the place of `replaces`; the zero key for nobody.
    pub fn nominate_admin(&self, admin: Pubkey, nominee: Pubkey, replaces: Pubkey) -> Instruction {
        self.govern(admin, instruction::NominateAdmin { nominee, replaces })
    }

    /// Makes the nominated key the admin; it signs.
    pub fn accept_admin(&self, nominee: Pubkey) -> Instruction {
        self.govern(nominee, instruction::AcceptAdmin {})
    }

    /// Makes another key the curator, in the place of `replaces`; the zero key for nobody.
    pub fn set_curator(&self, admin: Pubkey, curator: Pubkey, replaces: Pubkey) -> Instruction {
        self.govern(admin, instruction::SetCurator { curator, replaces })
    }

    /// Makes another key the guardian, in the place of `replaces`; the zero key for nobody.
    pub fn set_guardian(&self, admin: Pubkey, guardian: Pubkey, replaces: Pubkey) -> Instruction {
        self.govern(admin, instruction::SetGuardian { guardian, replaces })
    }

    /// Makes another key the treasury, in the place of `replaces`.
    pub fn set_treasury(&self, admin: Pubkey, treasury: Pubkey, replaces: Pubkey) -> Instruction {
        self.govern(admin, instruction::SetTreasury { treasury, replaces })
    }

    /// Announces another value of a parameter, in the place of `replaces`: its planned value until
    /// now.
    pub fn schedule_change(
        &self,
        admin: Pubkey,
        parameter: Parameter,
        value: u64,
        replaces: u64,
    ) -> Instruction {
        let schedule = instruction::ScheduleChange {
            parameter,
            value,
            replaces,
        };
        self.govern(admin, schedule)
    }

    /// Takes this announced change of a parameter back.
    pub fn cancel_change(
        &self,
        admin: Pubkey,
        parameter: Parameter,
        change: PendingChange,
    ) -> Instruction {
        let cancel = instruction::CancelChange {
            parameter,
            value: change.value,
            from_epoch: change.from_epoch,
        };
        self.govern(admin, cancel)
    }

    /// Pauses deposits and delegation.
    pub fn pause(&self, guardian: Pubkey) -> Instruction {
        self.govern(guardian, instruction::Pause {})
    }

    /// Ends the pause that would last until this epoch; `authority` is the guardian or the admin.
    pub fn unpause(&self, authority: Pubkey, until_epoch: u64) -> Instruction {
        self.govern(authority, instruction::Unpause { until_epoch })
    }

    /// Ends the breaker that tripped in this epoch, unless more than `maximum_unrestored` of its
    /// loss is not restored by then.
    pub fn acknowledge_loss(
        &self,
        admin: Pubkey,
        breaker_epoch: u64,
        maximum_unrestored: Lamports,
    ) -> Instruction {
        let acknowledge = instruction::AcknowledgeLoss {
            breaker_epoch,
            maximum_unrestored_lamports: maximum_unrestored.get(),
        };
        self.govern(admin, acknowledge)
    }

    fn govern(&self, authority: Pubkey, data: impl InstructionData) -> Instruction {
        let pool = self.pool;
        build(accounts::Govern { pool, authority }, data)
    }
}
