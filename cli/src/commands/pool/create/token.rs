//! What a new pool's token is called: now or never.

use anyhow::{Result, bail};
use sluice_client::{ClientError, PoolAddresses, TokenMetadata, TokenName};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;

use super::NewMint;
use crate::{args::TokenArgs, commands::pool::metadata::warn_of_insecure_uri};

/// The name of a token to be.
pub enum Naming {
    /// It has one already, which may be an earlier try's.
    Done(TokenMetadata),
    /// It gets one, and who may change it.
    ToDo(TokenName, Pubkey),
    /// It stays without.
    Without,
}

impl Naming {
    /// What was asked for. A mint that exists may have a name already; no node is asked about one
    /// that does not.
    pub fn read(
        rpc: &RpcClient,
        pool: &PoolAddresses,
        mint: &NewMint,
        arguments: &TokenArgs,
        admin: Pubkey,
    ) -> Result<Self> {
        let asked = asked(arguments)?;
        let existing = match mint {
            NewMint::Existing(_) => TokenMetadata::load(rpc, pool)?,
            NewMint::ToCreate { .. } => None,
        };
        let authority = arguments.update_authority.unwrap_or(admin);
        Ok(match (existing, asked) {
            (Some(existing), Some(asked)) if !existing.is_called(&asked) => bail!(
                "the token is called {} ({}) already: leave --name out, and change it with \
                 `sluice pool metadata set`",
                existing.name(),
                existing.symbol()
            ),
            (Some(existing), _) => Self::Done(existing),
            (None, Some(asked)) => Self::ToDo(asked, authority),
            (None, None) if arguments.no_metadata => Self::Without,
            (None, None) => bail!(
                "a token gets its name now or never: the pool takes over its mint, and wallets would \
                 show it as unknown for good. Pass --name, --symbol and --uri, or --no-metadata to do \
                 without"
            ),
        })
    }

    /// The instruction that names the token. `minter` is its mint's authority, and pays.
    pub fn creation(&self, pool: &PoolAddresses, minter: Pubkey) -> Option<Instruction> {
        match self {
            Self::ToDo(name, authority) => Some(pool.create_metadata(minter, *authority, name)),
            Self::Done(_) | Self::Without => None,
        }
    }

    /// Whether the pool's creator gives it one.
    pub fn is_to_do(&self) -> bool {
        matches!(self, Self::ToDo(..))
    }

    /// Name and symbol.
    pub fn texts(&self) -> Option<[String; 2]> {
        match self {
            Self::Done(existing) => Some([existing.name(), existing.symbol()]),
            Self::ToDo(name, _) => Some([name.name().to_owned(), name.symbol().to_owned()]),
            Self::Without => None,
        }
    }
}

fn asked(arguments: &TokenArgs) -> Result<Option<TokenName>> {
    let (Some(name), Some(symbol), Some(uri)) =
        (&arguments.name, &arguments.symbol, &arguments.uri)
    else {
        return Ok(None);
    };
    let name = TokenName::new(name, symbol, uri).map_err(ClientError::from)?;
    warn_of_insecure_uri(&name);
    Ok(Some(name))
}
