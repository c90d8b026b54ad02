//! Writes code into a buffer: many small transactions at once, in any order.
//!
//! What has arrived is told by the buffer itself, and by nothing else: not by what nodes say about
//! transactions, nor by a file. A piece is signed again only once its transaction can be in no block
//! any more. So whoever writes the same code to the same buffer goes on where it ended, however it
//! ended; the journal has none of these transactions, because each can be repeated without harm.

mod offering;
mod stream;

use std::{
    ops::Range,
    thread,
    time::{Duration, Instant},
};

use sluice_math::Lamports;
use solana_commitment_config::CommitmentConfig;
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;
use solana_signer::Signer;
use stream::Stream;

use super::{
    cluster::{
        manners::{REQUESTS_PER_WINDOW, WINDOW},
        origin::is_near,
    },
    executor::Executor,
};
use crate::{
    Buffer, ClientError, LoaderError, Result,
    plan::program::{Chunks, first_difference},
};

/// What a node on this machine takes within a second, about.
const NEAR_PER_SECOND: u64 = 100;
/// What it takes until something is confirmed elsewhere, about.
const CONFIRMATION_SECONDS: u64 = 5;

/// How long a node may be behind at most that must vouch for a buffer, and how often it is asked.
const WITNESS_PATIENCE: Duration = Duration::from_secs(30);
const WITNESS_STEP: Duration = Duration::from_millis(500);
/// By then no blockhash of before is recent, on a cluster that goes on.
const LONGEST_LIFE: Duration = Duration::from_secs(300);

/// Code on its way into a buffer.
#[derive(Clone, Copy)]
pub struct Pour<'a> {
    /// The buffer, which is there.
    pub buffer: Pubkey,
    /// Its authority: it signs each transaction, and so should need nobody's finger.
    pub authority: &'a dyn Signer,
    /// The code, of the buffer's size.
    pub code: &'a [u8],
    /// A slot at which the buffer was there.
    pub min_slot: Option<u64>,
    /// Whether pieces of other code may be on their way to it: so where its address does not follow
    /// from the code.
    pub may_get_others: bool,
}

/// What it took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Poured {
    /// Pieces that were there before.
    pub found: usize,
    /// Pieces that arrived now.
    pub written: usize,
    /// Transactions that were signed: more than `written` where some expired.
    pub signed: usize,
    /// Fees of those that arrived, priority included.
    pub fees: Lamports,
    /// The slot at which the buffer was complete.
    pub slot: u64,
}

impl Executor<'_> {
    /// Writes what the buffer lacks of the code, until it has all of it. `on_progress` is told how many
    /// pieces are there, of how many.
    ///
    /// Fails with [`LoaderError::ForeignBuffer`] and [`LoaderError::BufferSize`] before anything is
    /// sent; with [`LoaderError::NotWritten`] where nothing arrives any more; with
    /// [`LoaderError::BufferLost`] where the buffer is taken away; with
    /// [`LoaderError::Disagreement`] where one of several nodes shows other bytes; with
    /// [`LoaderError::Unwitnessed`] where one of them does not show any.
    pub fn pour(
        &self,
        pour: &Pour<'_>,
        on_progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Poured> {
        let authority = pour.authority.pubkey();
        let chunks = Chunks::of(&self.payer(), &authority, pour.code.len())?;
        let mut missing = self.missing(pour, &chunks)?;
        if pour.may_get_others && !missing.is_empty() {
            // Pieces of before would be taken for this code's, and arrive after them.
            self.outlive_older()?;
            missing = self.missing(pour, &chunks)?;
        }
        let mut poured = Poured {
            found: chunks.count().saturating_sub(missing.len()),
            slot: pour.min_slot.unwrap_or_default(),
            ..Poured::default()
        };
        if !missing.is_empty() {
            let mut stream = Stream::start(self, *pour, chunks, missing, is_near(self.rpc))?;
            stream.run(on_progress)?;
            poured = stream.poured(poured);
        }
        self.require_complete(pour, poured.slot)?;
        Ok(poured)
    }

    /// About how many seconds so many transactions take, as often as nodes are asked by default; one on
    /// this machine is asked freely.
    pub fn usual_seconds(&self, transactions: usize) -> u64 {
        let transactions = u64::try_from(transactions).unwrap_or(u64::MAX);
        let windows = match is_near(self.rpc) {
            true => return transactions.div_ceil(NEAR_PER_SECOND),
            false => transactions.div_ceil(u64::from(REQUESTS_PER_WINDOW)),
        };
        windows
            .saturating_mul(WINDOW.as_secs())
            .saturating_add(CONFIRMATION_SECONDS)
    }

    /// Fails unless every node that is named shows the code in the buffer, each by its own word and
    /// at a slot of its own. One that is behind has half a minute, or less where patience is less.
    pub fn require_complete(&self, pour: &Pour<'_>, min_slot: u64) -> Result<()> {
        let shown = Buffer::load(self.rpc, &pour.buffer, Some(min_slot))?;
        require_code(pour, shown)?;
        match self.landing.nodes {
            // It was the one that was just asked.
            [] | [_] => Ok(()),
            several => {
                let patience = WITNESS_PATIENCE.min(self.landing.patience);
                several
                    .iter()
                    .try_for_each(|node| witness(pour, node, patience))
            }
        }
    }

    /// What the buffer lacks of the code.
    fn missing(&self, pour: &Pour<'_>, chunks: &Chunks) -> Result<Vec<Range<usize>>> {
        let buffer = pour.buffer;
        let found = Buffer::load(self.rpc, &buffer, pour.min_slot)?;
        let found = found.ok_or(LoaderError::BufferLost { buffer })?;
        require_own(&found, &pour.authority.pubkey(), pour.code.len())?;
        Ok(chunks.missing(pour.code, &found.code))
    }

    /// Waits until nothing can arrive any more that was signed before this moment.
    fn outlive_older(&self) -> Result<()> {
        let confirmed = self.rpc.commitment();
        let (_, last_height) = self.rpc.get_latest_blockhash_with_commitment(confirmed)?;
        let until = Instant::now() + LONGEST_LIFE;
        while self
            .rpc
            .get_block_height_with_commitment(CommitmentConfig::finalized())?
            <= last_height
        {
            if Instant::now() >= until {
                let seconds = LONGEST_LIFE.as_secs();
                let slot = self.rpc.get_slot()?;
                return Err(ClientError::SlotStands { slot, seconds });
            }
            thread::sleep(WITNESS_STEP);
        }
        Ok(())
    }
}

/// Waits until a node shows the code in the buffer.
fn witness(pour: &Pour<'_>, node: &RpcClient, patience: Duration) -> Result<()> {
    let until = Instant::now() + patience;
    loop {
        let shown = Buffer::load(node, &pour.buffer, None);
        match shown.and_then(|shown| require_code(pour, shown)) {
            Ok(()) => return Ok(()),
            Err(_) if Instant::now() < until => thread::sleep(WITNESS_STEP),
            Err(ClientError::Rpc(_)) => {
                let buffer = pour.buffer;
                return Err(LoaderError::Unwitnessed { buffer }.into());
            }
            Err(error) => return Err(error),
        }
    }
}

fn require_code(pour: &Pour<'_>, shown: Option<Buffer>) -> Result<()> {
    let buffer = pour.buffer;
    let shown = shown.ok_or(LoaderError::BufferLost { buffer })?;
    require_own(&shown, &pour.authority.pubkey(), pour.code.len())?;
    match first_difference(&shown.code, pour.code) {
        Some(byte) => Err(LoaderError::Disagreement { buffer, byte }.into()),
        None => Ok(()),
    }
}

/// Fails where a buffer is not `own`, or not of the code's size.
pub fn require_own(buffer: &Buffer, own: &Pubkey, code_bytes: usize) -> Result<()> {
    let address = buffer.address;
    if buffer.authority != Some(*own) {
        return Err(LoaderError::ForeignBuffer {
            buffer: address,
            authority: buffer.authority,
            own: *own,
        }
        .into());
    }
    if buffer.code.len() != code_bytes {
        return Err(LoaderError::BufferSize {
            buffer: address,
            room_bytes: buffer.code.len(),
            code_bytes,
        }
        .into());
    }
    Ok(())
}
