//! The mint of a new pool's token.

use std::path::Path;

use anyhow::{Context, Result, bail};
use sluice_client::{AccountSource, pool::rent::Rent};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_program_pack::Pack;
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;
use solana_signer::Signer;
use solana_system_interface::instruction::create_account;
use spl_token_interface::{ID as TOKEN_PROGRAM, instruction::initialize_mint2, state::Mint};

use crate::{
    session::Session,
    signers::{discreet, keypair_file},
};

const DECIMALS: u8 = 9;

/// The token's mint: one that exists, or the keypair of one to be created.
pub enum NewMint {
    Existing(Pubkey),
    ToCreate {
        keypair: Box<Keypair>,
        /// Whether it was made by this run: the next one makes another.
        is_of_this_run: bool,
    },
}

impl NewMint {
    /// What --mint says. A keypair file whose mint exists, as after half of a creation, names that.
    pub fn read(session: &Session, argument: Option<&str>) -> Result<Self> {
        let Some(argument) = argument else {
            if session.send_mode().waits() {
                bail!(
                    "a new mint must sign too, and its key would be gone after this: pass --mint \
                     with a keypair file, or with the address of an unused mint"
                );
            }
            return Ok(Self::ToCreate {
                keypair: Box::new(Keypair::new()),
                is_of_this_run: true,
            });
        };
        if Path::new(argument).exists() {
            let keypair = keypair_file(argument, "mint")?;
            return Ok(if exists(&session.rpc, &keypair.pubkey())? {
                Self::Existing(keypair.pubkey())
            } else {
                Self::ToCreate {
                    keypair: Box::new(keypair),
                    is_of_this_run: false,
                }
            });
        }
        argument.parse().ok().map(Self::Existing).with_context(|| {
            let given = discreet(argument);
            format!("--mint takes a keypair file or an address, and it is neither: {given}")
        })
    }

    /// Where it is or will be.
    pub fn address(&self) -> Pubkey {
        match self {
            Self::Existing(address) => *address,
            Self::ToCreate { keypair, .. } => keypair.pubkey(),
        }
    }

    /// Whether the same command makes another mint when it is typed once more.
    pub fn is_of_this_run(&self) -> bool {
        matches!(
            self,
            Self::ToCreate {
                is_of_this_run: true,
                ..
            }
        )
    }

    /// Who signs its creation beside its authority.
    pub fn signers(&self) -> Vec<&dyn Signer> {
        match self {
            Self::Existing(_) => Vec::new(),
            Self::ToCreate { keypair, .. } => vec![&**keypair],
        }
    }

    /// What the account of a mint to be created takes. Nobody can ever take it back.
    pub fn rent(&self, rent: &Rent) -> u64 {
        match self {
            Self::Existing(_) => 0,
            Self::ToCreate { .. } => rent.minimum_balance(Mint::LEN),
        }
    }

    /// The instructions that make the mint, with its authority.
    pub fn creation(&self, rent: u64, authority: Pubkey) -> Result<Vec<Instruction>> {
        if let Self::Existing(_) = self {
            return Ok(Vec::new());
        }
        let mint = self.address();
        Ok(vec![
            create_account(&authority, &mint, rent, Mint::LEN as u64, &TOKEN_PROGRAM),
            initialize_mint2(&TOKEN_PROGRAM, &mint, &authority, None, DECIMALS)
                .context("the token program's instruction cannot be built")?,
        ])
    }
}

/// Whether there is a mint.
fn exists(rpc: &RpcClient, address: &Pubkey) -> Result<bool> {
    let fetched = rpc.accounts(&[*address], None)?;
    let accounts = fetched.accounts.into_iter().flatten();
    Ok(accounts
        .into_iter()
        .any(|account| account.owner == TOKEN_PROGRAM))
}
