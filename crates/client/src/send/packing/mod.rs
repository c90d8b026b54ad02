//! Steps into transactions: as many as fit the limits of bytes, accounts, compute units and logs.

mod logs;

use std::ops::Range;

pub use logs::{MAX_LOG_BYTES, log_bytes};
use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_message::{AddressLookupTableAccount, VersionedMessage, v0};
use solana_pubkey::Pubkey;

use super::fees::{Budget, with_budget};
use crate::{
    ClientError, PoolAddresses, Result,
    plan::crank::{ObservedSlot, Step, StepKind, Work},
};

/// Bytes of a transaction.
pub const MAX_BYTES: usize = 1_232;
/// Accounts that a transaction may lock.
pub const MAX_ACCOUNTS: usize = 64;
/// Compute units that the steps of a transaction may be expected to take: below the limit of
/// 1,400,000, because the expectations are rough. The limit that is asked for comes from simulation.
const MAX_COMPUTE_UNITS: u64 = 1_200_000;
/// Groups that are joined at most, so that their compute units fit: a group takes at most three
/// calls of the stake program and one of the program.
const MAX_GROUPS: usize = 8;
const SIGNATURE_BYTES: usize = 64;

/// Steps that are sent together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Index of the step that each instruction carries, wholly or in part.
    pub steps: Vec<usize>,
    /// What is sent, without the compute budget.
    pub instructions: Vec<Instruction>,
    compute_units: u64,
}

/// What transactions are packed with.
#[derive(Clone, Copy, Debug)]
pub struct Packing<'a> {
    /// Where everything of the pool is.
    pub addresses: &'a PoolAddresses,
    /// Who pays and signs.
    pub payer: Pubkey,
    /// Lookup tables that may be used.
    pub tables: &'a [AddressLookupTableAccount],
}

impl Packing<'_> {
    /// Packs steps in order.
    pub fn pack(&self, steps: &[Step]) -> Result<Vec<Batch>> {
        let mut batches = vec![Batch::default()];
        for (index, step) in steps.iter().enumerate() {
            match &step.work {
                Work::Instruction(instruction) => {
                    let units = expected_compute_units(step.kind);
                    self.add(&mut batches, index, instruction.clone(), units)?;
                }
                Work::Observe { page, slots } => {
                    self.add_observe(&mut batches, index, *page, slots)?;
                }
                Work::PayFees { treasury } => {
                    let pay = self.addresses.pay_fees(self.payer, *treasury);
                    self.add(&mut batches, index, pay, expected_compute_units(step.kind))?;
                }
            }
        }
        batches.retain(|batch| !batch.instructions.is_empty());
        Ok(batches)
    }

    /// Joins groups of instructions in order, each group whole, into as few transactions as their
    /// bytes, accounts and logs allow, each beginning with `first`: the ranges of groups that go
    /// together.
    pub fn join(
        &self,
        first: &[Instruction],
        groups: &[Vec<Instruction>],
    ) -> Result<Vec<Range<usize>>> {
        join(groups.len(), |range| {
            let together = [first, &groups[range.clone()].concat()].concat();
            Ok(range.len() <= MAX_GROUPS && self.size(&together)?.fits())
        })
    }

    /// The same of groups of which each takes no more than so many compute units. `carried` is what is
    /// really sent for instructions, as the proposal to a multisig; `None` where that is too large.
    pub fn join_within(
        &self,
        groups: &[Vec<Instruction>],
        compute_units: &[u64],
        carried: impl Fn(&[Instruction]) -> Option<Vec<Instruction>>,
    ) -> Result<Vec<Range<usize>>> {
        join(groups.len(), |range| {
            let units = compute_units.get(range.clone()).unwrap_or_default();
            let Some(carried) = carried(&groups[range].concat()) else {
                return Ok(false);
            };
            let fits = self.size(&carried)?.fits();
            Ok(fits && units.iter().sum::<u64>() <= MAX_COMPUTE_UNITS)
        })
    }

    fn add(
        &self,
        batches: &mut Vec<Batch>,
        step: usize,
        instruction: Instruction,
        compute_units: u64,
    ) -> Result<()> {
        if let Some(last) = batches.last_mut()
            && self.takes(last, &instruction, compute_units)?
        {
            last.push(step, instruction, compute_units);
            return Ok(());
        }
        let mut fresh = Batch::default();
        if !self.takes(&fresh, &instruction, compute_units)? {
            let Size {
                bytes, accounts, ..
            } = self.size(std::slice::from_ref(&instruction))?;
            return Err(ClientError::TooLarge { bytes, accounts });
        }
        fresh.push(step, instruction, compute_units);
        batches.push(fresh);
        Ok(())
    }

    /// Fills the last transaction with as many slots as it takes, then the next one.
    fn add_observe(
        &self,
        batches: &mut Vec<Batch>,
        step: usize,
        page: u16,
        mut slots: &[ObservedSlot],
    ) -> Result<()> {
        while !slots.is_empty() {
            let last = batches.last().cloned().unwrap_or_default();
            let fitting = self.fitting(&last, page, slots)?;
            // In a new transaction, one slot alone must fit: `add` says so where it does not.
            let count = match fitting {
                0 if last.instructions.is_empty() => 1,
                count => count,
            };
            if count == 0 {
                batches.push(Batch::default());
                continue;
            }
            let (now, later) = slots.split_at(count);
            let observe = self.observe(page, now);
            self.add(batches, step, observe, observe_compute_units(now))?;
            slots = later;
        }
        Ok(())
    }

    /// How many of the slots the transaction takes: by bisection.
    fn fitting(&self, batch: &Batch, page: u16, slots: &[ObservedSlot]) -> Result<usize> {
        let (mut least, mut most) = (0, slots.len());
        while least < most {
            let middle = (least + most).div_ceil(2);
            let part = &slots[..middle];
            let observe = self.observe(page, part);
            if self.takes(batch, &observe, observe_compute_units(part))? {
                least = middle;
            } else {
                most = middle - 1;
            }
        }
        Ok(least)
    }

    fn observe(&self, page: u16, slots: &[ObservedSlot]) -> Instruction {
        let first = slots.first().map_or(0, |slot| slot.index);
        let last = slots.last().map_or(0, |slot| slot.index);
        let stakes: Vec<Pubkey> = slots.iter().flat_map(|slot| slot.stakes.clone()).collect();
        self.addresses
            .observe(page, first, last.saturating_sub(first) + 1, &stakes)
    }

    fn takes(&self, batch: &Batch, more: &Instruction, compute_units: u64) -> Result<bool> {
        if batch.compute_units + compute_units > MAX_COMPUTE_UNITS {
            return Ok(false);
        }
        let mut instructions = batch.instructions.clone();
        instructions.push(more.clone());
        Ok(self.size(&instructions)?.fits())
    }

    /// How large the transaction is with its compute budget.
    fn size(&self, instructions: &[Instruction]) -> Result<Size> {
        let budgeted = with_budget(instructions, &Budget::default());
        let message = compile(&self.payer, &budgeted, self.tables, Hash::default())?;
        let signatures = usize::from(message.header().num_required_signatures);
        let looked_up: usize = message
            .address_table_lookups()
            .unwrap_or_default()
            .iter()
            .map(|lookup| lookup.writable_indexes.len() + lookup.readonly_indexes.len())
            .sum();
        let bytes = 1 + signatures * SIGNATURE_BYTES + message.serialize().len();
        Ok(Size {
            bytes,
            accounts: message.static_account_keys().len() + looked_up,
            log_bytes: log_bytes(&budgeted),
        })
    }
}

/// Joins so many things in order, as many as fit together; one alone is never asked.
fn join(
    count: usize,
    fits_together: impl Fn(Range<usize>) -> Result<bool>,
) -> Result<Vec<Range<usize>>> {
    let mut joined: Vec<Range<usize>> = Vec::new();
    for index in 0..count {
        match joined.last_mut() {
            Some(last) if fits_together(last.start..index + 1)? => last.end = index + 1,
            _ => joined.push(index..index + 1),
        }
    }
    Ok(joined)
}

/// How large a transaction is.
#[derive(Clone, Copy, Debug)]
struct Size {
    bytes: usize,
    accounts: usize,
    /// At most.
    log_bytes: usize,
}

impl Size {
    fn fits(self) -> bool {
        self.bytes <= MAX_BYTES && self.accounts <= MAX_ACCOUNTS && self.log_bytes <= MAX_LOG_BYTES
    }
}

impl Batch {
    /// Its instructions one by one.
    pub(crate) fn separate(&self) -> Vec<Self> {
        let with_step = |(at, instruction): (usize, &Instruction)| Self {
            steps: vec![self.step_of(at)],
            instructions: vec![instruction.clone()],
            compute_units: 0,
        };
        self.instructions
            .iter()
            .enumerate()
            .map(with_step)
            .collect()
    }

    /// The same without the instructions that are marked.
    pub(crate) fn without(&self, idle: &[bool]) -> Self {
        let is_idle = |at: usize| idle.get(at).copied().unwrap_or_default();
        let kept = (0..self.instructions.len()).filter(|at| !is_idle(*at));
        let mut rest = Self::default();
        for at in kept {
            rest.push(self.step_of(at), self.instructions[at].clone(), 0);
        }
        rest
    }

    /// The step that an instruction carries: there is one of each.
    fn step_of(&self, instruction: usize) -> usize {
        self.steps.get(instruction).copied().unwrap_or_default()
    }

    fn push(&mut self, step: usize, instruction: Instruction, compute_units: u64) {
        self.steps.push(step);
        self.instructions.push(instruction);
        self.compute_units += compute_units;
    }
}

/// A message that uses the tables where they help.
pub(crate) fn compile(
    payer: &Pubkey,
    instructions: &[Instruction],
    tables: &[AddressLookupTableAccount],
    blockhash: Hash,
) -> Result<VersionedMessage> {
    v0::Message::try_compile(payer, instructions, tables, blockhash)
        .map(VersionedMessage::V0)
        .map_err(|_| ClientError::TooLarge {
            bytes: 0,
            accounts: instructions.iter().map(|one| one.accounts.len()).sum(),
        })
}

/// Rough upper expectations.
fn expected_compute_units(kind: StepKind) -> u64 {
    match kind {
        StepKind::Collect | StepKind::Undelegate | StepKind::Delegate => 140_000,
        StepKind::Finalize | StepKind::Settle | StepKind::CloseSlot | StepKind::PayFees => 60_000,
        StepKind::Observe | StepKind::Reclaim | StepKind::ReportLoss | StepKind::Eject => 30_000,
    }
}

fn observe_compute_units(slots: &[ObservedSlot]) -> u64 {
    let stakes: usize = slots.iter().map(|slot| slot.stakes.len()).sum();
    3_000 + 1_200 * stakes as u64
}

#[cfg(test)]
mod tests;
