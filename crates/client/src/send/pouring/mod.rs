//! Writes code into a buffer: many small transactions at once, in any order.
//!
//! What has arrived is told by the buffer itself, and by nothing else: not by what nodes say about
//! transactions, nor by a file. A piece is signed again only once its transaction can be in no block
//! any more. So whoever writes the same code to the same buffer goes on where it ended, however it
//! ended; the journal has none of these transactions, because each can be repeated without harm.

mod offering;
mod stream;

use sluice_math::Lamports;
use solana_pubkey::Pubkey;
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
    /// [`LoaderError::Disagreement`] where one of several nodes shows other bytes.
    pub fn pour(
        &self,
        pour: &Pour<'_>,
        on_progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Poured> {
        let lost = || LoaderError::BufferLost {
            buffer: pour.buffer,
        };
        let found = Buffer::load(self.rpc, &pour.buffer, pour.min_slot)?.ok_or_else(lost)?;
        require_own(&found, &pour.authority.pubkey(), pour.code.len())?;
        let authority = pour.authority.pubkey();
        let chunks = Chunks::of(&self.payer(), &authority, pour.code.len())?;
        let missing = chunks.missing(pour.code, &found.code);
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

    /// Fails where one of the nodes shows other code in the buffer. One that is behind, or does not
    /// answer, says nothing.
    pub fn require_complete(&self, pour: &Pour<'_>, min_slot: u64) -> Result<()> {
        let shown = Buffer::load(self.rpc, &pour.buffer, Some(min_slot))?;
        let alone = std::iter::once(Ok(shown));
        let others = match self.landing.nodes {
            // It was the one that was just asked.
            [_] => &[],
            several => several,
        };
        let others = others
            .iter()
            .map(|node| Buffer::load(node, &pour.buffer, Some(min_slot)));
        for shown in alone.chain(others) {
            let buffer = pour.buffer;
            let shown = match shown {
                Ok(shown) => shown.ok_or(LoaderError::BufferLost { buffer })?,
                Err(ClientError::Rpc(_)) => continue,
                Err(error) => return Err(error),
            };
            require_own(&shown, &pour.authority.pubkey(), pour.code.len())?;
            if let Some(byte) = first_difference(&shown.code, pour.code) {
                return Err(LoaderError::Disagreement { buffer, byte }.into());
            }
        }
        Ok(())
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
