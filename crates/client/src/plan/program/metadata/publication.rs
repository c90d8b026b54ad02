//! What has to be done so that a content is told about a program: from what is there.

use anchor_lang::prelude::Rent;
use solana_account::Account;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use solana_system_interface::instruction::transfer;

use super::{
    ContentError, HEADER_BYTES, Kind, Metadata, PROGRAM_METADATA_PROGRAM, Target, UploadBuffer,
    Write,
};
use crate::{AccountSource, ClientError, Result, pool::rent};

/// The most bytes by which one instruction may make an account larger.
const MAX_GROWTH_BYTES: usize = 10_240;
/// Bytes of content that one transaction carries beside all that can be in it.
const CHUNK_BYTES: usize = 760;
/// Bytes of content that are published by one transaction, without a buffer.
const INLINE_BYTES: usize = 560;
/// The largest packed content: what one transaction can make room for.
pub const MAX_PACKED_BYTES: usize = 10 * MAX_GROWTH_BYTES;

/// What the cluster has of one kind of metadata of a program.
#[derive(Clone, Debug)]
pub struct Standing {
    program: Pubkey,
    kind: Kind,
    rent: Rent,
    /// What is told now.
    pub metadata: Option<Metadata>,
    /// A buffer at the address of the metadata: somebody began to write there and has not published it.
    pub unfinished: Option<UploadBuffer>,
    /// The buffer of the authority, with what it has written so far.
    pub upload: Option<UploadBuffer>,
    /// Lamports at the address of the metadata.
    lamports: u64,
}

/// Who publishes what.
#[derive(Clone, Copy, Debug)]
pub struct Publication<'a> {
    /// The content, as [`pack`](super::pack) makes it.
    pub data: &'a [u8],
    /// Who may change the metadata. It signs.
    pub authority: Pubkey,
    /// Who pays the rent and gets back what is not needed any more. It signs.
    pub payer: Pubkey,
    /// A buffer that has the content already, of whoever wrote it. It stays open.
    pub buffer: Option<Pubkey>,
}

/// The transactions of a publication, in order.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Parts {
    /// Makes the buffer; empty where it is there.
    pub open: Vec<Instruction>,
    /// Write what the buffer lacks, each alone, in any order.
    pub writes: Vec<Instruction>,
    /// Tells the content, closes the buffer.
    pub publish: Vec<Instruction>,
    /// Rent that the metadata keeps, in lamports.
    pub rent_lamports: u64,
    /// Rent of the buffer, which the last transaction gives back, in lamports.
    pub lent_lamports: u64,
    /// What the payer pays of the metadata's rent now, in lamports: the rest is there.
    pub paid_lamports: u64,
    /// What the payer pays of the buffer's rent now, in lamports.
    pub paid_for_buffer_lamports: u64,
}

impl Standing {
    /// Reads what is there.
    ///
    /// # Errors
    ///
    /// Where the node does not answer, or with what cannot be there.
    pub fn load(
        source: &impl AccountSource,
        program: &Pubkey,
        kind: Kind,
        authority: &Pubkey,
    ) -> Result<Self> {
        let address = kind.address(program);
        let upload = kind.upload_address(program, authority);
        let accounts = source.accounts(&[address, upload], None)?.accounts;
        let [told, upload_account]: [Option<Account>; 2] =
            accounts.try_into().map_err(|_| unreadable(address))?;
        let lamports = told.as_ref().map_or(0, |account| account.lamports);
        let is_buffer = told.as_ref().is_some_and(|account| {
            account.owner == PROGRAM_METADATA_PROGRAM && account.data.first() == Some(&1)
        });
        let (metadata, unfinished) = if is_buffer {
            (None, UploadBuffer::of(told, address)?)
        } else {
            (Metadata::of(told, program, kind)?, None)
        };
        Ok(Self {
            program: *program,
            kind,
            rent: rent::read(source)?,
            metadata,
            unfinished,
            upload: UploadBuffer::of(upload_account, upload)?,
            lamports,
        })
    }

    /// What somebody says that there is.
    #[cfg(test)]
    pub(super) fn new(
        program: Pubkey,
        kind: Kind,
        rent: Rent,
        metadata: Option<Metadata>,
        upload: Option<UploadBuffer>,
    ) -> Self {
        Self {
            program,
            kind,
            rent,
            lamports: 0,
            metadata,
            unfinished: None,
            upload,
        }
    }

    /// Whether this content is told.
    pub fn tells(&self, text: &str) -> bool {
        let told = self.metadata.as_ref().map(Metadata::text);
        told.is_some_and(|told| told.as_deref() == Ok(text))
    }

    /// The transactions that publish a content.
    ///
    /// # Errors
    ///
    /// Where the content is larger than one transaction can make room for.
    pub fn parts(&self, publication: &Publication<'_>) -> std::result::Result<Parts, ContentError> {
        require_size(publication)?;
        let rent_lamports = self.rent_of(publication);
        let mut parts = Parts {
            rent_lamports,
            ..Parts::default()
        };
        let source = match publication.buffer {
            Some(buffer) => Some(buffer),
            None if publication.data.len() <= INLINE_BYTES && self.upload.is_none() => None,
            None => {
                parts.lent_lamports = rent_lamports;
                self.fill(publication, rent_lamports, &mut parts);
                Some(self.upload_target(publication).account)
            }
        };
        parts.paid_lamports = self.lacking_lamports(rent_lamports);
        parts.publish = self.publish(publication, source, rent_lamports);
        if publication.buffer.is_none() && source.is_some() {
            let close = self.upload_target(publication).close(publication.payer);
            parts.publish.push(close);
        }
        Ok(parts)
    }

    /// The transactions that write a content to the buffer of the authority, and no more.
    ///
    /// # Errors
    ///
    /// Where the content is larger than one transaction can make room for.
    pub fn upload(
        &self,
        publication: &Publication<'_>,
    ) -> std::result::Result<Parts, ContentError> {
        require_size(publication)?;
        let rent_lamports = self.rent_of(publication);
        let mut parts = Parts {
            rent_lamports,
            ..Parts::default()
        };
        self.fill(publication, rent_lamports, &mut parts);
        Ok(parts)
    }

    fn rent_of(&self, publication: &Publication<'_>) -> u64 {
        let bytes = publication.data.len().saturating_add(HEADER_BYTES);
        self.rent.minimum_balance(bytes)
    }

    fn upload_target(&self, publication: &Publication<'_>) -> Target {
        Target::upload(self.program, self.kind, publication.authority)
    }

    /// What the metadata's account lacks of its rent. An unfinished one is closed first.
    fn lacking_lamports(&self, rent_lamports: u64) -> u64 {
        let there = match (&self.metadata, &self.unfinished) {
            (Some(told), _) => told.lamports,
            (None, Some(_)) => 0,
            (None, None) => self.lamports,
        };
        rent_lamports.saturating_sub(there)
    }

    /// Makes the buffer and writes what it lacks.
    fn fill(&self, publication: &Publication<'_>, rent_lamports: u64, parts: &mut Parts) {
        let (target, payer) = (self.upload_target(publication), publication.payer);
        let wanted = publication.data;
        // A buffer cannot be made shorter.
        let (has, is_too_long) = match &self.upload {
            Some(upload) if upload.data.len() <= wanted.len() => (Some(upload), false),
            found => (None, found.is_some()),
        };
        if is_too_long {
            parts.open.push(target.close(payer));
        }
        let there = has.map_or(0, |upload| upload.lamports);
        let lacking = rent_lamports.saturating_sub(there);
        pay(&mut parts.open, payer, target.account, lacking);
        parts.paid_for_buffer_lamports = lacking;
        if has.is_none() {
            parts.open.push(target.allocate(self.kind.upload_seed()));
        }
        let written = has.map_or([].as_slice(), |upload| &upload.data);
        parts.open.extend(extensions(
            &target,
            wanted.len().saturating_sub(written.len()),
        ));
        let chunks = wanted.chunks(CHUNK_BYTES).scan(0_usize, |next, chunk| {
            let offset = *next;
            *next = offset.saturating_add(chunk.len());
            Some((offset, chunk))
        });
        let missing = chunks.filter(|(offset, chunk)| {
            written.get(*offset..offset.saturating_add(chunk.len())) != Some(*chunk)
        });
        parts.writes = missing
            .filter_map(|(offset, chunk)| Some((u32::try_from(offset).ok()?, chunk)))
            .map(|(offset, chunk)| target.write(Write::Bytes(offset, chunk)))
            .collect();
    }

    /// Tells what the buffer has, or the content itself.
    fn publish(
        &self,
        publication: &Publication<'_>,
        source: Option<Pubkey>,
        rent_lamports: u64,
    ) -> Vec<Instruction> {
        let target = Target::metadata(self.program, self.kind, publication.authority);
        let (data, payer) = (publication.data, publication.payer);
        let lacking = self.lacking_lamports(rent_lamports);
        let mut steps = Vec::new();
        let Some(told) = &self.metadata else {
            if self.unfinished.is_some() {
                steps.push(target.close(payer));
            }
            pay(&mut steps, payer, target.account, lacking);
            let Some(source) = source else {
                steps.push(target.initialize(self.kind, Some(data)));
                return steps;
            };
            steps.push(target.allocate(self.kind.seed()));
            steps.extend(extensions(&target, data.len()));
            steps.push(target.write(Write::Buffer(source)));
            steps.push(target.initialize(self.kind, None));
            return steps;
        };
        pay(&mut steps, payer, target.account, lacking);
        let account_bytes = data.len().saturating_add(HEADER_BYTES);
        let growth = account_bytes.saturating_sub(told.account_bytes);
        if growth > MAX_GROWTH_BYTES {
            steps.extend(extensions(&target, growth));
        }
        steps.push(match source {
            Some(source) => target.set_data_of_buffer(source),
            None => target.set_data_of_bytes(data),
        });
        if told.lamports > rent_lamports {
            steps.push(target.trim(payer));
        }
        steps
    }
}

fn require_size(publication: &Publication<'_>) -> std::result::Result<(), ContentError> {
    match publication.data.len() > MAX_PACKED_BYTES {
        true => Err(ContentError::TooLarge),
        false => Ok(()),
    }
}

/// Pays what an account lacks.
fn pay(steps: &mut Vec<Instruction>, payer: Pubkey, to: Pubkey, lamports: u64) {
    if lamports > 0 {
        steps.push(transfer(&payer, &to, lamports));
    }
}

/// Makes an account larger, in steps of what one instruction may.
fn extensions(target: &Target, bytes: usize) -> impl Iterator<Item = Instruction> {
    let most = MAX_GROWTH_BYTES;
    (0..bytes)
        .step_by(most)
        .filter_map(move |done| u16::try_from(bytes.saturating_sub(done).min(most)).ok())
        .map(|part| target.extend(part))
}

fn unreadable(address: Pubkey) -> ClientError {
    ClientError::Unreadable {
        address,
        expected: "metadata of a program",
    }
}
