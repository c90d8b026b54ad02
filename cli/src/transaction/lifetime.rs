//! How long an unsigned message lives: as its blockhash, or until its durable nonce is used.

use anyhow::{Context, Result, bail, ensure};
use sluice_client::{AccountSource, ClientError};
use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_nonce::{state::State, versions::Versions};
use solana_pubkey::Pubkey;
use solana_sdk_ids::system_program;
use solana_system_interface::instruction::advance_nonce_account;

use crate::session::Session;

/// What a message names as its blockhash, and what it begins with.
pub struct Lifetime {
    /// A recent blockhash, or what a nonce account holds.
    pub blockhash: Hash,
    /// The instruction that uses the nonce; none with a recent blockhash.
    pub advance: Option<Instruction>,
}

impl Lifetime {
    /// That of the configured nonce account, which serves one message, or else about a minute.
    pub fn of(session: &Session, messages: usize) -> Result<Self> {
        let Some(nonce) = session.nonce() else {
            let blockhash = session.rpc.get_latest_blockhash();
            return Ok(Self {
                blockhash: blockhash.map_err(ClientError::from)?,
                advance: None,
            });
        };
        ensure!(
            messages <= 1,
            "a nonce serves one message, and this command makes {messages}: do less at once"
        );
        let (authority, blockhash) = read(session, &nonce)?;
        Ok(Self {
            blockhash,
            advance: Some(advance_nonce_account(&nonce, &authority)),
        })
    }
}

/// Authority and present value of a nonce account.
fn read(session: &Session, nonce: &Pubkey) -> Result<(Pubkey, Hash)> {
    let fetched = session.rpc.accounts(&[*nonce], None)?;
    let account = fetched.accounts.into_iter().flatten().next();
    let account = account.filter(|account| account.owner == system_program::ID);
    let versions = account.and_then(|account| bincode::deserialize(&account.data).ok());
    let versions: Versions = versions.with_context(|| format!("{nonce} is no nonce account"))?;
    match versions.state() {
        State::Initialized(data) => Ok((data.authority, data.blockhash())),
        State::Uninitialized => bail!("the nonce account {nonce} is not initialized"),
    }
}
