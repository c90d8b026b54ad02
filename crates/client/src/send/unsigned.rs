//! Transactions that a wallet elsewhere signs and sends soon.

use sluice_math::Lamports;
use solana_instruction::Instruction;
use solana_signature::Signature;
use solana_transaction::versioned::VersionedTransaction;

use super::{
    executor::Executor,
    fees::{Budget, with_budget},
    packing::Packing,
    purse::fee_of,
};
use crate::{PoolSnapshot, Result, decode_existing, plan::crank};

/// A transaction without signatures, and what it costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsigned {
    /// The transaction, with room for its signatures.
    pub transaction: VersionedTransaction,
    /// What the cluster takes for it, priority included.
    pub fee: Lamports,
}

/// What prices a stale pool, and the pool afterwards.
#[derive(Clone, Debug)]
pub struct Pricing {
    /// What comes first in the transaction.
    pub instructions: Vec<Instruction>,
    /// The pool at its new price; all but the pool's own account is as it was.
    pub snapshot: PoolSnapshot,
}

impl Executor<'_> {
    /// The transaction that [`Self::send`] would sign: simulated, with limits a little above what that
    /// measured, a priority fee and the latest blockhash. In the legacy format, which every wallet takes,
    /// or version 0 where lookup tables are in use. Nothing is signed, and nothing is sent.
    ///
    /// # Errors
    ///
    /// With [`crate::ClientError::Refused`] where the transaction would fail now.
    pub fn unsigned(&self, instructions: &[Instruction]) -> Result<Unsigned> {
        let simulated = self.simulate(instructions)?;
        let mut budget = Budget::of(instructions, &simulated);
        let written = self.writable(instructions);
        let priority = self.landing.priority_fee;
        budget.compute_unit_price =
            priority.price(self.hasty(), &written, budget.most_own_units(), None)?;
        let (blockhash, _) = self
            .rpc
            .get_latest_blockhash_with_commitment(self.rpc.commitment())?;
        let budgeted = with_budget(instructions, &budget.own());
        let message = self.unsigned_message(&budgeted, blockhash)?;
        let signatures = usize::from(message.header().num_required_signatures);
        Ok(Unsigned {
            fee: fee_of(&message),
            transaction: VersionedTransaction {
                signatures: vec![Signature::default(); signatures],
                message,
            },
        })
    }

    /// What prices a stale pool, to come before other instructions of one transaction, and the pool as a
    /// simulation of it leaves it: with what the epoch has earned or lost. `None` where more than one
    /// transaction is needed, and where nothing can price it now. The snapshot has stakes.
    ///
    /// # Errors
    ///
    /// Where the plan cannot be made, or would fail now.
    pub fn pricing(&self, snapshot: &PoolSnapshot) -> Result<Option<Pricing>> {
        let plan = crank::plan_pricing(snapshot)?;
        let addresses = &snapshot.addresses;
        let packing = Packing {
            addresses,
            payer: self.payer(),
            tables: self.lookup_tables(),
        };
        let Ok([only]) = <[_; 1]>::try_from(packing.pack(&plan.steps)?) else {
            return Ok(None);
        };
        let instructions = only.instructions;
        let (_, after) = self.simulate_and_watch(&instructions, &[addresses.pool])?;
        let pool = after.first().and_then(Option::as_ref);
        let priced = PoolSnapshot {
            pool: decode_existing(&addresses.pool, pool)?,
            ..snapshot.clone()
        };
        Ok(priced.is_fresh().then_some(Pricing {
            instructions,
            snapshot: priced,
        }))
    }
}
