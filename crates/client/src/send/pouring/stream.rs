//! Pieces of code on their way into a buffer.

use std::{
    collections::VecDeque,
    ops::Range,
    thread,
    time::{Duration, Instant},
};

use sluice_math::Lamports;
use solana_account_decoder_client_types::{UiAccountEncoding, UiDataSliceConfig};
use solana_commitment_config::CommitmentConfig;
use solana_hash::Hash;
use solana_loader_v3_interface::state::UpgradeableLoaderState;
use solana_rpc_client_api::config::RpcAccountInfoConfig;
use solana_transaction::versioned::VersionedTransaction;

use super::{
    Pour, Poured,
    offering::{Offered, Window},
};
use crate::{
    ClientError, LoaderError, Result,
    plan::program::{Chunks, write},
    pool::source::to_account,
    send::{
        delivery::SHORTEST_LIFE,
        executor::{Executor, signature_of},
        fees::Budget,
        purse::fee_of,
    },
};

/// How long a blockhash is signed with: the cluster takes it for at least thirty seconds.
const BLOCKHASH_AGE: Duration = Duration::from_secs(5);
/// How often a transaction is sent again meanwhile, the same bytes.
const RESEND_STEP: Duration = Duration::from_secs(3);
/// How often it is asked whether transactions have expired, once they can have.
const EXPIRY_STEP: Duration = Duration::from_secs(5);
/// How long is waited for news, here and elsewhere.
const NEAR_STEP: Duration = Duration::from_millis(50);
const FAR_STEP: Duration = Duration::from_millis(600);
/// How long nodes are tried that cannot be reached at all.
const UNREACHABLE: Duration = Duration::from_secs(20);

/// A signed piece.
pub(super) struct Flying {
    range: Range<usize>,
    pub transaction: VersionedTransaction,
    pub sent: Option<Instant>,
    since: Instant,
    last_height: u64,
}

/// A blockhash that is signed with.
#[derive(Clone, Copy)]
struct Fresh {
    hash: Hash,
    since: Instant,
    last_height: u64,
}

pub(super) struct Stream<'a> {
    executor: &'a Executor<'a>,
    pour: Pour<'a>,
    total: usize,
    unsigned: VecDeque<Range<usize>>,
    flying: Vec<Flying>,
    budget: Budget,
    fresh: Option<Fresh>,
    window: Window,
    step: Duration,
    last_arrival: Instant,
    judge_at: Instant,
    why: Option<ClientError>,
    was_reached: bool,
    poured: Poured,
}

impl<'a> Stream<'a> {
    /// Measures what a piece takes, by the first that is missing: what is refused is refused here,
    /// before anything is paid.
    pub fn start(
        executor: &'a Executor<'a>,
        pour: Pour<'a>,
        chunks: Chunks,
        missing: Vec<Range<usize>>,
        is_near: bool,
    ) -> Result<Self> {
        let mut stream = Self {
            executor,
            pour,
            total: chunks.count(),
            unsigned: missing.into(),
            flying: Vec::new(),
            budget: Budget::default(),
            fresh: None,
            window: Window::default(),
            step: if is_near { NEAR_STEP } else { FAR_STEP },
            last_arrival: Instant::now(),
            judge_at: Instant::now() + SHORTEST_LIFE,
            why: None,
            was_reached: false,
            poured: Poured::default(),
        };
        if let Some(first) = stream.unsigned.front() {
            let simulated = executor.simulate(&[stream.write(first)])?;
            let (units, bytes) = (simulated.compute_units, simulated.loaded_data_bytes);
            stream.budget = Budget::measured(units, bytes);
            stream.offer_more(None)?;
        }
        Ok(stream)
    }

    /// Sends until all is there.
    pub fn run(&mut self, on_progress: &mut dyn FnMut(usize, usize)) -> Result<()> {
        loop {
            let missing = self.missing();
            on_progress(self.total.saturating_sub(missing), self.total);
            if missing == 0 {
                return Ok(());
            }
            self.sign_some()?;
            self.send_due();
            if self.unsigned.is_empty() {
                thread::sleep(self.step);
            }
            self.look(None)?;
            self.judge()?;
            self.require_progress()?;
        }
    }

    /// What it took, after what was found.
    pub fn poured(&self, found: Poured) -> Poured {
        Poured {
            found: found.found,
            ..self.poured
        }
    }

    fn missing(&self) -> usize {
        self.unsigned.len().saturating_add(self.flying.len())
    }

    fn write(&self, range: &Range<usize>) -> solana_instruction::Instruction {
        let bytes = self.pour.code.get(range.clone()).unwrap_or_default();
        // No account is larger than 10 MiB.
        let offset = u32::try_from(range.start).unwrap_or(u32::MAX);
        let authority = self.pour.authority.pubkey();
        write(&self.pour.buffer, &authority, offset, bytes.to_vec())
    }

    /// What is offered for coming earlier: more than before, where that was too little.
    fn offer_more(&mut self, before: Option<u64>) -> Result<()> {
        let (executor, written) = (self.executor, [self.pour.buffer]);
        let fee = executor.landing.priority_fee;
        let units = self.budget.compute_units;
        self.budget.compute_unit_price = fee.price(executor.hasty(), &written, units, before)?;
        Ok(())
    }

    /// Signs as many pieces as the next sending takes. Equal pieces on one blockhash are one
    /// transaction, also where two processes sign them: the cluster takes it once.
    fn sign_some(&mut self) -> Result<()> {
        if self.unsigned.is_empty() {
            return Ok(());
        }
        let fresh = match self.blockhash() {
            Ok(fresh) => fresh,
            Err(error @ ClientError::Rpc(_)) => {
                self.why = Some(error);
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        for _ in 0..self.window.size() {
            let Some(range) = self.unsigned.pop_front() else {
                break;
            };
            let message = self
                .executor
                .message(&[self.write(&range)], &self.budget, fresh.hash)?;
            let transaction = self.executor.sign(message, &[self.pour.authority])?;
            if let Some(purse) = self.executor.landing.purse {
                let signature = signature_of(&transaction);
                purse.open(&signature, fee_of(&transaction.message))?;
            }
            self.poured.signed = self.poured.signed.saturating_add(1);
            self.flying.push(Flying {
                range,
                transaction,
                sent: None,
                since: fresh.since,
                last_height: fresh.last_height,
            });
        }
        Ok(())
    }

    fn blockhash(&mut self) -> Result<Fresh> {
        if let Some(fresh) = self.fresh
            && fresh.since.elapsed() < BLOCKHASH_AGE
        {
            return Ok(fresh);
        }
        let rpc = self.executor.hasty();
        let since = Instant::now();
        let (hash, last_height) = rpc.get_latest_blockhash_with_commitment(rpc.commitment())?;
        let fresh = Fresh {
            hash,
            since,
            last_height,
        };
        self.fresh = Some(fresh);
        Ok(fresh)
    }

    /// Sends what was not sent yet, and again what has not arrived for a while.
    fn send_due(&mut self) {
        let is_due = |flying: &&mut Flying| match flying.sent {
            None => true,
            Some(sent) => sent.elapsed() >= RESEND_STEP,
        };
        let mut due: Vec<&mut Flying> = self.flying.iter_mut().filter(is_due).collect();
        due.truncate(self.window.size());
        let Offered {
            last_error,
            was_reached,
        } = self.window.offer(self.executor.hasty(), &mut due);
        self.was_reached |= was_reached;
        if last_error.is_some() {
            self.why = last_error;
        }
    }

    /// Looks which pieces have arrived, not before `min_slot`. Whether anything was seen.
    fn look(&mut self, min_slot: Option<u64>) -> Result<bool> {
        let starts = self.flying.iter().map(|flying| flying.range.start);
        let ends = self.flying.iter().map(|flying| flying.range.end);
        let (Some(start), Some(end)) = (starts.min(), ends.max()) else {
            return Ok(true);
        };
        let (slot, shown) = match self.read(start..end, min_slot) {
            Ok(read) => read,
            Err(error @ ClientError::Rpc(_)) => {
                self.why = Some(error);
                return Ok(false);
            }
            Err(error) => return Err(error),
        };
        let code = self.pour.code;
        let before = self.flying.len();
        let (mut written, mut fees) = (0_usize, Lamports::ZERO);
        self.flying.retain(|flying| {
            let range = flying.range.clone();
            let there = range.start.saturating_sub(start)..range.end.saturating_sub(start);
            let has_arrived = shown.get(there) == code.get(range);
            if has_arrived {
                written = written.saturating_add(1);
                let fee = fee_of(&flying.transaction.message);
                fees = Lamports::new(fees.get().saturating_add(fee.get()));
            }
            !has_arrived
        });
        self.poured.written = self.poured.written.saturating_add(written);
        let paid = self.poured.fees.get().saturating_add(fees.get());
        self.poured.fees = Lamports::new(paid);
        self.poured.slot = self.poured.slot.max(slot);
        if self.flying.len() < before {
            self.last_arrival = Instant::now();
            self.was_reached = false;
        }
        Ok(true)
    }

    /// A part of the buffer's code, and the slot at which it was so.
    fn read(&self, range: Range<usize>, min_slot: Option<u64>) -> Result<(u64, Vec<u8>)> {
        let rpc = self.executor.rpc;
        let buffer = self.pour.buffer;
        let config = RpcAccountInfoConfig {
            encoding: Some(UiAccountEncoding::Base64),
            data_slice: Some(UiDataSliceConfig {
                offset: UpgradeableLoaderState::size_of_buffer_metadata()
                    .saturating_add(range.start),
                length: range.len(),
            }),
            commitment: Some(rpc.commitment()),
            min_context_slot: min_slot.max(self.pour.min_slot),
        };
        let response = rpc.get_multiple_ui_accounts_with_config(&[buffer], config)?;
        let account = response.value.into_iter().next().flatten();
        let account = account.ok_or(LoaderError::BufferLost { buffer })?;
        let account = to_account(&buffer, &account)?;
        if account.data.is_empty() {
            return Err(LoaderError::BufferLost { buffer }.into());
        }
        Ok((response.context.slot, account.data))
    }

    /// Takes back what can be in no block any more: first it is asked how far the final blocks go,
    /// then, at least as far, what is in the buffer.
    fn judge(&mut self) -> Result<()> {
        let oldest = self.flying.iter().map(|flying| flying.since).min();
        let can_be = oldest.is_some_and(|since| since.elapsed() >= SHORTEST_LIFE);
        if !can_be || Instant::now() < self.judge_at {
            return Ok(());
        }
        self.judge_at = Instant::now() + EXPIRY_STEP;
        let hasty = self.executor.hasty();
        let Ok(last) = hasty.get_epoch_info_with_commitment(CommitmentConfig::finalized()) else {
            return Ok(());
        };
        let is_over = |flying: &Flying| {
            flying.since.elapsed() >= SHORTEST_LIFE && flying.last_height < last.block_height
        };
        if !self.flying.iter().any(is_over) || !self.look(Some(last.absolute_slot))? {
            return Ok(());
        }
        let (over, still): (Vec<_>, Vec<_>) = std::mem::take(&mut self.flying)
            .into_iter()
            .partition(is_over);
        self.flying = still;
        if over.is_empty() {
            return Ok(());
        }
        for flying in over {
            if let Some(purse) = self.executor.landing.purse {
                purse.never_arrived(&signature_of(&flying.transaction));
            }
            self.unsigned.push_back(flying.range);
        }
        self.fresh = None;
        self.offer_more(Some(self.budget.compute_unit_price))
    }

    fn require_progress(&self) -> Result<()> {
        let waited = self.last_arrival.elapsed();
        let is_unreached = !self.was_reached && self.why.is_some();
        let is_over = waited > self.executor.landing.patience
            || (is_unreached && waited > UNREACHABLE)
            || self.executor.is_stopped();
        if !is_over || self.missing() == 0 {
            return Ok(());
        }
        Err(LoaderError::NotWritten {
            buffer: self.pour.buffer,
            missing: self.missing(),
            total: self.total,
            why: self.why.as_ref().map(what),
        }
        .into())
    }
}

/// What happened, without advice.
fn what(error: &ClientError) -> String {
    let said = error.explanation();
    said.map_or_else(|| error.to_string(), |said| said.what)
}
