//! How long an unsigned message lives: as its blockhash, or until its durable nonce is used.

use anyhow::{Context, Result, bail, ensure};
use sluice_client::{AccountSource, ClientError, send::nonce};
use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_nonce::state::State;
use solana_pubkey::Pubkey;
use solana_system_interface::instruction::advance_nonce_account;

use crate::session::Session;

/// What a message names as its blockhash, and what it begins with.
pub struct Lifetime {
    /// A recent blockhash, or what a nonce account holds.
    pub blockhash: Hash,
    /// The instruction that uses the nonce; none with a recent blockhash.
    pub advance: Option<Instruction>,
    /// The block height until which the blockhash holds; none with a nonce.
    pub last_valid_block_height: Option<u64>,
}

impl Lifetime {
    /// That of the configured nonce account, which serves one message, or else about a minute.
    pub fn of(session: &Session, messages: usize) -> Result<Self> {
        let Some(nonce) = session.nonce() else {
            let rpc = &session.rpc;
            let latest = rpc.get_latest_blockhash_with_commitment(rpc.commitment());
            let (blockhash, height) = latest.map_err(ClientError::from)?;
            return Ok(Self {
                blockhash,
                advance: None,
                last_valid_block_height: Some(height),
            });
        };
        ensure!(
            messages <= 1,
            "a nonce serves one message, and this command makes {messages}: do less at once"
        );
        let (authority, blockhash) = read_nonce(&session.rpc, &nonce)?;
        Ok(Self {
            blockhash,
            advance: Some(advance_nonce_account(&nonce, &authority)),
            last_valid_block_height: None,
        })
    }
}

/// Authority and present value of a nonce account.
pub fn read_nonce(source: &impl AccountSource, address: &Pubkey) -> Result<(Pubkey, Hash)> {
    let fetched = source.accounts(&[*address], None)?;
    let account = fetched.accounts.into_iter().flatten().next();
    let account = account.with_context(|| {
        format!("there is no nonce account {address} on this cluster: check the address, and --url")
    })?;
    let state = nonce::read(&account).with_context(|| format!("{address} is no nonce account"))?;
    match state {
        State::Initialized(data) => Ok((data.authority, data.blockhash())),
        State::Uninitialized => bail!("the nonce account {address} is not initialized"),
    }
}
