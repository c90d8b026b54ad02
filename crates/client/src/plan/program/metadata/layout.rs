//! The accounts of the Program Metadata program: a header of 96 bytes, and the data.

use bytemuck::{Pod, Zeroable};
use solana_account::Account;
use solana_pubkey::Pubkey;
use strum::FromRepr;

use super::{ContentError, Kind, PROGRAM_METADATA_PROGRAM, SEED_BYTES, content, one};
use crate::{AccountSource, ClientError, Result};

/// Bytes before the data, in buffers and metadata alike.
pub const HEADER_BYTES: usize = 96;

const BUFFER: u8 = 1;
const METADATA: u8 = 2;
const EXPECTED: &str = "metadata of a program";

/// How the bytes are a text.
#[derive(Clone, Copy, Debug, Eq, FromRepr, PartialEq)]
#[repr(u8)]
pub enum Encoding {
    /// They are not.
    None,
    /// UTF-8.
    Utf8,
    /// The bytes that a text in base 58 means.
    Base58,
    /// The bytes that a text in base 64 means.
    Base64,
}

/// How the data was made smaller.
#[derive(Clone, Copy, Debug, Eq, FromRepr, PartialEq)]
#[repr(u8)]
pub enum Compression {
    /// It was not.
    None,
    /// As gzip does.
    Gzip,
    /// As zlib does.
    Zlib,
}

/// What the text is written in.
#[derive(Clone, Copy, Debug, Eq, FromRepr, PartialEq)]
#[repr(u8)]
pub enum Format {
    /// Nothing in particular.
    None,
    /// JSON.
    Json,
    /// YAML.
    Yaml,
    /// TOML.
    Toml,
}

/// Where the content is.
#[derive(Clone, Copy, Debug, Eq, FromRepr, PartialEq)]
#[repr(u8)]
pub enum DataSource {
    /// In the account.
    Direct,
    /// At the URL in the account.
    Url,
    /// In the other account that the account names.
    External,
}

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct MetadataHeader {
    discriminator: u8,
    program: [u8; 32],
    authority: [u8; 32],
    mutable: u8,
    canonical: u8,
    seed: [u8; SEED_BYTES],
    encoding: u8,
    compression: u8,
    format: u8,
    data_source: u8,
    data_bytes: [u8; 4],
    padding: [u8; 5],
}

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct BufferHeader {
    discriminator: u8,
    program: [u8; 32],
    authority: [u8; 32],
    canonical: u8,
    seed: [u8; SEED_BYTES],
    padding: [u8; 14],
}

/// What is told about a program by its upgrade authority.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Metadata {
    /// Where it is.
    pub address: Pubkey,
    /// Who may change it besides the program's upgrade authority.
    pub authority: Option<Pubkey>,
    /// Whether it can be changed at all.
    pub is_mutable: bool,
    /// How the bytes are a text.
    pub encoding: Encoding,
    /// How the data was made smaller.
    pub compression: Compression,
    /// What the text is written in.
    pub format: Format,
    /// Where the content is.
    pub data_source: DataSource,
    /// The data, as it lies there.
    pub data: Vec<u8>,
    /// Bytes of the account; more than header and data where it was not trimmed.
    pub account_bytes: usize,
    /// What the account holds, in lamports: its rent.
    pub lamports: u64,
}

/// Content that is being written and not yet published.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UploadBuffer {
    /// Where it is.
    pub address: Pubkey,
    /// Who may write to it, publish it and close it.
    pub authority: Option<Pubkey>,
    /// What was written so far, with zeros where nothing was.
    pub data: Vec<u8>,
    /// What the account holds, in lamports: its rent.
    pub lamports: u64,
}

impl Metadata {
    /// Reads what is told about a program; none where nothing is.
    ///
    /// # Errors
    ///
    /// Where the node does not answer, or with what cannot be metadata of this program.
    pub fn load(source: &impl AccountSource, program: &Pubkey, kind: Kind) -> Result<Option<Self>> {
        let address = kind.address(program);
        Self::of(one(source, address)?, program, kind)
    }

    /// Reads the account at [`Kind::address`].
    pub(super) fn of(
        account: Option<Account>,
        program: &Pubkey,
        kind: Kind,
    ) -> Result<Option<Self>> {
        let address = kind.address(program);
        let Some(account) = owned(account) else {
            return Ok(None);
        };
        Self::decode(address, &account, program, kind)
            .map(Some)
            .ok_or(ClientError::Unreadable {
                address,
                expected: EXPECTED,
            })
    }

    fn decode(address: Pubkey, account: &Account, program: &Pubkey, kind: Kind) -> Option<Self> {
        let (header, room) = account.data.split_at_checked(HEADER_BYTES)?;
        let header: MetadataHeader = bytemuck::pod_read_unaligned(header);
        let is_its = header.discriminator == METADATA
            && header.program == program.to_bytes()
            && header.canonical == 1
            && header.seed == kind.seed();
        if !is_its {
            return None;
        }
        let data_bytes = usize::try_from(u32::from_le_bytes(header.data_bytes)).ok()?;
        Some(Self {
            address,
            authority: key(header.authority),
            is_mutable: header.mutable != 0,
            encoding: Encoding::from_repr(header.encoding)?,
            compression: Compression::from_repr(header.compression)?,
            format: Format::from_repr(header.format)?,
            data_source: DataSource::from_repr(header.data_source)?,
            data: room.get(..data_bytes)?.to_vec(),
            account_bytes: account.data.len(),
            lamports: account.lamports,
        })
    }

    /// The content.
    ///
    /// # Errors
    ///
    /// Where it lies elsewhere, is no text, or was compressed in another way than its header says.
    pub fn text(&self) -> std::result::Result<String, ContentError> {
        if self.data_source != DataSource::Direct {
            return Err(ContentError::Elsewhere);
        }
        if self.encoding != Encoding::Utf8 {
            return Err(ContentError::NoText);
        }
        content::unpack(&self.data, self.compression)
    }
}

impl UploadBuffer {
    /// Reads a buffer; none where there is nothing.
    ///
    /// # Errors
    ///
    /// Where the node does not answer, or with what cannot be a buffer.
    pub fn load(source: &impl AccountSource, address: Pubkey) -> Result<Option<Self>> {
        Self::of(one(source, address)?, address)
    }

    pub(super) fn of(account: Option<Account>, address: Pubkey) -> Result<Option<Self>> {
        let Some(account) = owned(account) else {
            return Ok(None);
        };
        let unreadable = ClientError::Unreadable {
            address,
            expected: "buffer of metadata",
        };
        let Some((header, data)) = account.data.split_at_checked(HEADER_BYTES) else {
            return Err(unreadable);
        };
        let header: BufferHeader = bytemuck::pod_read_unaligned(header);
        if header.discriminator != BUFFER {
            return Err(unreadable);
        }
        Ok(Some(Self {
            address,
            authority: key(header.authority),
            data: data.to_vec(),
            lamports: account.lamports,
        }))
    }
}

/// An account of the program. Somebody may have sent lamports to an address that is not in use.
fn owned(account: Option<Account>) -> Option<Account> {
    account.filter(|account| account.owner == PROGRAM_METADATA_PROGRAM && !account.data.is_empty())
}

fn key(bytes: [u8; 32]) -> Option<Pubkey> {
    let key = Pubkey::new_from_array(bytes);
    (key != Pubkey::default()).then_some(key)
}
