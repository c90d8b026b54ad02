//! Bytes of the Token Metadata program, as its version 1.13 and all later ones read and write them.

use anchor_lang::{AnchorDeserialize, AnchorSerialize};
use solana_pubkey::Pubkey;

use super::TokenName;

/// First byte of a metadata account.
const METADATA_V1: u8 = 4;
const CREATE_METADATA_ACCOUNT_V3: u8 = 33;
const UPDATE_METADATA_ACCOUNT_V2: u8 = 15;

/// An instruction of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// `CreateMetadataAccountV3`.
    Create(Creation),
    /// `UpdateMetadataAccountV2`.
    Update(Update),
}

#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug, PartialEq, Eq)]
pub(crate) struct Creation {
    pub(crate) content: Content,
    pub(crate) is_mutable: bool,
    pub(crate) collection_details: Option<CollectionDetails>,
}

/// What is not given stays.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Update {
    pub(crate) content: Option<Content>,
    pub(crate) update_authority: Option<Pubkey>,
    pub(crate) primary_sale_happened: Option<bool>,
    pub(crate) is_mutable: Option<bool>,
}

/// What instructions carry. A pool's token has only the texts; the rest is for art, and kept where
/// somebody has set it.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) name: String,
    pub(crate) symbol: String,
    pub(crate) uri: String,
    seller_fee_bps: u16,
    creators: Option<Vec<Creator>>,
    collection: Option<Collection>,
    uses: Option<Uses>,
}

#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug, PartialEq, Eq)]
struct Creator {
    address: Pubkey,
    is_verified: bool,
    share_percent: u8,
}

#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug, PartialEq, Eq)]
struct Collection {
    is_verified: bool,
    mint: Pubkey,
}

#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug, PartialEq, Eq)]
struct Uses {
    method: u8,
    remaining: u64,
    total: u64,
}

#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug, PartialEq, Eq)]
pub(crate) enum CollectionDetails {
    V1 { size: u64 },
}

/// An account, as far as its layout has never changed.
#[derive(AnchorSerialize, AnchorDeserialize)]
pub(super) struct Account {
    key: u8,
    pub(super) update_authority: Pubkey,
    mint: Pubkey,
    name: String,
    symbol: String,
    uri: String,
    seller_fee_bps: u16,
    creators: Option<Vec<Creator>>,
    primary_sale_happened: bool,
    pub(super) is_mutable: bool,
}

/// What follows in an account, where it is well formed; the program itself takes what is not for
/// nothing.
#[derive(AnchorDeserialize, Default)]
struct Rest {
    _edition_nonce: Option<u8>,
    _token_standard: Option<u8>,
    collection: Option<Collection>,
    uses: Option<Uses>,
}

impl Call {
    /// The instruction's data.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut data = Vec::new();
        let written = match self {
            Self::Create(creation) => (CREATE_METADATA_ACCOUNT_V3, creation).serialize(&mut data),
            Self::Update(update) => (UPDATE_METADATA_ACCOUNT_V2, update).serialize(&mut data),
        };
        // Writing to memory does not fail.
        debug_assert!(written.is_ok());
        data
    }

    /// The instruction that data carry, where it is one of these.
    pub(crate) fn parse(data: &[u8]) -> Option<Self> {
        let (kind, arguments) = data.split_first()?;
        Some(match *kind {
            CREATE_METADATA_ACCOUNT_V3 => Self::Create(Creation::try_from_slice(arguments).ok()?),
            UPDATE_METADATA_ACCOUNT_V2 => Self::Update(Update::try_from_slice(arguments).ok()?),
            _ => return None,
        })
    }
}

impl Content {
    /// The same with other texts.
    pub(super) fn called(self, name: &TokenName) -> Self {
        Self {
            name: name.name().to_owned(),
            symbol: name.symbol().to_owned(),
            uri: name.uri().to_owned(),
            ..self
        }
    }
}

impl Account {
    /// Whose metadata it is; none where it is another account of the program.
    pub(super) fn mint(&self) -> Option<Pubkey> {
        (self.key == METADATA_V1).then_some(self.mint)
    }

    /// What instructions carry of it. `rest` is what follows in the account's data.
    pub(super) fn content(self, mut rest: &[u8]) -> Content {
        let rest = Rest::deserialize(&mut rest).unwrap_or_default();
        Content {
            name: unpadded(&self.name),
            symbol: unpadded(&self.symbol),
            uri: unpadded(&self.uri),
            seller_fee_bps: self.seller_fee_bps,
            creators: self.creators,
            collection: rest.collection,
            uses: rest.uses,
        }
    }
}

/// The program fills texts up with zeros, so that none can outgrow its place.
fn unpadded(text: &str) -> String {
    text.trim_end_matches('\0').to_owned()
}
