//! Creating a pool with a token of its own.

use std::{fmt, path::Path};

use anyhow::{Context, Result, bail};
use serde::Serialize;
use sluice::{instructions::PoolParams, state::SEED_LAMPORTS};
use sluice_client::{
    AccountSource, ClientError, PoolAddresses, require_recipient, words::amounts::sol,
};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_program_pack::Pack;
use solana_pubkey::Pubkey;
use solana_rent::{DEFAULT_LAMPORTS_PER_BYTE, Rent};
use solana_rpc_client::rpc_client::RpcClient;
use solana_sdk_ids::sysvar;
use solana_signer::Signer;
use solana_system_interface::instruction::create_account;
use spl_token_interface::{ID as TOKEN_PROGRAM, instruction::initialize_mint2, state::Mint};

use crate::{
    args::{CreateArgs, SendMode},
    output::Facts,
    session::Session,
    signers::keypair_file,
    tokens::Holding,
    transaction::{Outcome, Transaction, perform_all},
};

const DECIMALS: u8 = 9;
/// How many times the rent that this client was built with a cluster's may be.
const MOST_TIMES_KNOWN: u64 = 2;

/// A new pool.
#[derive(Debug, Serialize)]
pub struct Created {
    pool: String,
    mint: String,
    admin: String,
    curator: String,
    guardian: String,
    treasury: String,
    treasury_account: String,
    seed_lamports: u64,
    mint_rent_lamports: u64,
    signature: String,
}

/// The token's mint: one that exists, or the keypair of one to be created.
enum NewMint {
    Existing(Pubkey),
    ToCreate(Box<Keypair>),
}

/// Creates a pool and, unless an unused one was named, its token's mint.
pub fn create(session: &Session, arguments: &CreateArgs) -> Result<Outcome<Created>> {
    let actor = session.actor()?;
    let mint = NewMint::from_argument(arguments.mint.as_deref(), session.send_mode())?;
    let addresses = PoolAddresses::of_mint(mint.address());
    let params = params(arguments, actor.address())?;
    for key in [
        params.admin,
        params.curator,
        params.guardian,
        params.treasury,
    ] {
        require_recipient(&session.rpc, &addresses, &key)?;
    }
    let mint_rent_lamports = mint.rent(&session.rpc)?;
    let mut instructions = mint.creation(mint_rent_lamports, actor.address())?;
    instructions.push(addresses.create_pool(actor.address(), actor.address(), params));
    let mut transactions = vec![Transaction::new(instructions).signed_by(mint.signers())];
    // Without it, the reward fee would wait for somebody to create it.
    let treasury = Holding::read(&session.rpc, &addresses, params.treasury)?;
    if let Some(creation) = treasury.creation(&actor.payer_address()) {
        transactions.push(Transaction::new([creation]).after_the_previous());
    }
    let doing = "creating the pool";
    perform_all(session, &actor, doing, transactions, |done| {
        let created = done.into_iter().next().context("nothing was sent")?;
        Ok(Created {
            pool: addresses.pool.to_string(),
            mint: addresses.mint.to_string(),
            admin: params.admin.to_string(),
            curator: params.curator.to_string(),
            guardian: params.guardian.to_string(),
            treasury: params.treasury.to_string(),
            treasury_account: treasury.address.to_string(),
            seed_lamports: SEED_LAMPORTS,
            mint_rent_lamports,
            signature: created.signature,
        })
    })
}

fn params(arguments: &CreateArgs, creator: Pubkey) -> Result<PoolParams> {
    let (config, limits) = arguments.parameters.0.split().map_err(ClientError::from)?;
    Ok(PoolParams {
        admin: arguments.admin.unwrap_or(creator),
        curator: arguments.curator.unwrap_or(creator),
        guardian: arguments.guardian.unwrap_or(creator),
        treasury: arguments.treasury.unwrap_or(creator),
        config,
        limits,
    })
}

impl NewMint {
    fn from_argument(argument: Option<&str>, send: SendMode) -> Result<Self> {
        let Some(argument) = argument else {
            if send == SendMode::Dump {
                bail!(
                    "a new mint must sign too, and its key would be gone after this: pass --mint \
                     with a keypair file, or with the address of an unused mint"
                );
            }
            return Ok(Self::ToCreate(Box::new(Keypair::new())));
        };
        if Path::new(argument).exists() {
            return Ok(Self::ToCreate(Box::new(keypair_file(argument)?)));
        }
        argument.parse().map(Self::Existing).with_context(|| {
            format!("--mint takes a keypair file or an address, and {argument} is neither")
        })
    }

    fn address(&self) -> Pubkey {
        match self {
            Self::Existing(address) => *address,
            Self::ToCreate(keypair) => keypair.pubkey(),
        }
    }

    fn signers(&self) -> Vec<&dyn Signer> {
        match self {
            Self::Existing(_) => Vec::new(),
            Self::ToCreate(keypair) => vec![&**keypair],
        }
    }

    /// What the account of a mint to be created takes.
    fn rent(&self, rpc: &RpcClient) -> Result<u64> {
        match self {
            Self::Existing(_) => Ok(0),
            Self::ToCreate(_) => mint_rent(rpc),
        }
    }

    /// The instructions that make the mint, with its authority.
    fn creation(&self, rent: u64, authority: Pubkey) -> Result<Vec<Instruction>> {
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

/// Rent of a mint. Nobody can ever take it back, so a node that asks for much more than is known
/// is not believed.
fn mint_rent(rpc: &RpcClient) -> Result<u64> {
    let fetched = rpc.accounts(&[sysvar::rent::ID], None)?;
    let account = fetched.accounts.into_iter().next().flatten();
    let rent: Rent = account
        .and_then(|account| bincode::deserialize(&account.data).ok())
        .context("the node does not tell the cluster's rent")?;
    let most = Rent::default()
        .minimum_balance(Mint::LEN)
        .saturating_mul(MOST_TIMES_KNOWN);
    let asked = (rent.lamports_per_byte <= DEFAULT_LAMPORTS_PER_BYTE * MOST_TIMES_KNOWN)
        .then(|| rent.minimum_balance(Mint::LEN));
    asked.filter(|lamports| *lamports <= most).with_context(|| {
        format!(
            "the node asks for more than {} of rent, {MOST_TIMES_KNOWN} times what a mint takes, \
             and it could never be taken back. Nothing was sent: use another node, or update this \
             client",
            sol(most)
        )
    })
}

impl fmt::Display for Created {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut facts = vec![
            ("Pool", self.pool.clone()),
            ("Token mint", self.mint.clone()),
            ("Admin", self.admin.clone()),
            ("Curator", self.curator.clone()),
            ("Guardian", self.guardian.clone()),
            ("Treasury", self.treasury.clone()),
            ("Its token account", self.treasury_account.clone()),
            (
                "Seed",
                format!("{}, which belongs to nobody", sol(self.seed_lamports)),
            ),
        ];
        if self.mint_rent_lamports > 0 {
            let rent = sol(self.mint_rent_lamports);
            facts.push(("Rent", format!("{rent}, for good in the mint")));
        }
        facts.push(("Transaction", self.signature.clone()));
        Facts(&facts).fmt(formatter)?;
        writeln!(formatter, "\n    export SLUICE_POOL={}", self.pool)
    }
}
