//! Creating a pool with a token of its own.

mod cost;
mod mint;
mod token;

use std::fmt;

use anyhow::Result;
use serde::Serialize;
use sluice::{
    instructions::PoolParams,
    state::{Parameter, Parameters},
};
use sluice_client::{
    AccountSource, ClientError, PoolAddresses, pool::rent, require_signer, send::packing::Packing,
};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;

use self::{cost::Cost, mint::NewMint, token::Naming};
use crate::{
    args::CreateArgs,
    failure::misuse,
    output::Facts,
    parameters::name,
    session::{Actor, Session},
    tokens::Holding,
    transaction::{Outcome, Transaction, beforehand, perform_all},
};

/// A new pool.
#[derive(Debug, Serialize)]
pub struct Created {
    pool: String,
    mint: String,
    /// What wallets show; nothing where it was done without.
    token: Option<Token>,
    admin: String,
    curator: String,
    guardian: String,
    treasury: String,
    treasury_account: String,
    #[serde(flatten)]
    cost: Cost,
    signatures: Vec<String>,
}

/// What its token is called.
#[derive(Debug, Serialize)]
struct Token {
    name: String,
    symbol: String,
    metadata: String,
    /// Rent, and what the Token Metadata program takes; none where the node does not say.
    metadata_lamports: Option<u64>,
}

/// Creates a pool and, unless an unused one was named, its token's mint.
///
/// The pool comes last, since its token can get no name after it. Should that fail, there is a mint
/// with a name, and the same command with that mint goes on.
pub fn create(session: &Session, arguments: &CreateArgs) -> Result<Outcome<Created>> {
    let actor = session.actor()?;
    let creator = actor.address();
    let mint = NewMint::read(session, arguments.mint.as_deref())?;
    let addresses = PoolAddresses::of_mint(mint.address());
    let params = params(arguments, creator)?;
    let asked = &arguments.token;
    let naming = Naming::read(&session.rpc, &addresses, &mint, asked, params.admin)?;
    require_authorities(session, &addresses, &params, arguments)?;
    let rent = rent::read(&session.rpc)?;
    let mint_rent_lamports = mint.rent(&rent);
    let mut of_token = mint.creation(mint_rent_lamports, creator)?;
    of_token.extend(naming.creation(&addresses, creator));
    // Without the treasury's account, the reward fee would wait for somebody to create it.
    let treasury = Holding::read(&session.rpc, &addresses, params.treasury)?;
    let of_treasury = treasury.ensured(&actor.payer_address());
    let cost = Cost::new(
        &rent,
        mint_rent_lamports,
        naming.is_to_do(),
        treasury.exists(),
    );
    beforehand(session, &actor, Some(&addresses), &[])?;
    cost.announce();
    let groups = vec![
        of_token,
        vec![of_treasury],
        vec![addresses.create_pool(creator, creator, params)],
    ];
    let transactions = pack(&addresses, &actor, &mint, groups)?;
    let several = transactions.len() > 1;
    cost.require(session, &actor, transactions.len())?;
    let created = perform_all(session, &actor, "creating the pool", transactions, |done| {
        let token = Token::read(&session.afterwards, &naming, &addresses);
        let named = token.as_ref().filter(|_| naming.is_to_do());
        let took = named.and_then(|token| token.metadata_lamports);
        Ok(Created {
            pool: addresses.pool.to_string(),
            mint: addresses.mint.to_string(),
            token,
            admin: params.admin.to_string(),
            curator: params.curator.to_string(),
            guardian: params.guardian.to_string(),
            treasury: params.treasury.to_string(),
            treasury_account: treasury.address.to_string(),
            cost: took.map_or(cost, |took| cost.with_name(took)),
            signatures: done.into_iter().map(|done| done.signature).collect(),
        })
    });
    created.map_err(|error| match several {
        true => error.context(format!(
            "if the mint {0} exists by now, `sluice pool create --mint {0}` goes on from there",
            addresses.mint
        )),
        false => error,
    })
}

/// Fails where a role would go to who can never sign for it.
fn require_authorities(
    session: &Session,
    pool: &PoolAddresses,
    params: &PoolParams,
    arguments: &CreateArgs,
) -> Result<()> {
    let keys = [
        params.admin,
        params.curator,
        params.guardian,
        params.treasury,
    ];
    for key in keys.iter().chain(&arguments.token.update_authority) {
        require_signer(&session.rpc, pool, key)?;
    }
    Ok(())
}

/// As few transactions as fit, in order: the token, the account of the treasury, the pool.
fn pack<'a>(
    pool: &PoolAddresses,
    actor: &Actor,
    mint: &'a NewMint,
    mut groups: Vec<Vec<Instruction>>,
) -> Result<Vec<Transaction<'a>>> {
    groups.retain(|group| !group.is_empty());
    let packing = Packing {
        addresses: pool,
        payer: actor.payer_address(),
        tables: &[],
    };
    let joined = packing.join(&[], &groups)?;
    let together = joined.into_iter().map(|range| {
        let is_first = range.start == 0;
        let transaction = Transaction::new(groups[range].concat()).repeatable();
        let transaction = match mint.is_of_this_run() {
            true => transaction.paying_again(),
            false => transaction,
        };
        if is_first {
            transaction.signed_by(mint.signers())
        } else {
            transaction.after_the_previous()
        }
    });
    Ok(together.collect())
}

impl Token {
    fn read(rpc: &RpcClient, naming: &Naming, pool: &PoolAddresses) -> Option<Self> {
        let [name, symbol] = naming.texts()?;
        let metadata = pool.metadata();
        let fetched = rpc.accounts(&[metadata], None).ok();
        let account = fetched.and_then(|fetched| fetched.accounts.into_iter().next().flatten());
        Some(Self {
            name,
            symbol,
            metadata: metadata.to_string(),
            metadata_lamports: account.map(|account| account.lamports),
        })
    }
}

fn params(arguments: &CreateArgs, creator: Pubkey) -> Result<PoolParams> {
    let parameters = &arguments.parameters.0;
    require_ordered_fees(parameters)?;
    parameters.validate().map_err(ClientError::from)?;
    let (config, limits) = parameters.split().map_err(ClientError::from)?;
    Ok(PoolParams {
        admin: arguments.admin.unwrap_or(creator),
        curator: arguments.curator.unwrap_or(creator),
        guardian: arguments.guardian.unwrap_or(creator),
        treasury: arguments.treasury.unwrap_or(creator),
        config,
        limits,
    })
}

/// Each of the two fees is within its bounds: their order is what can be wrong.
fn require_ordered_fees(parameters: &Parameters) -> Result<()> {
    let [least, most] = [Parameter::InstantFeeMinBps, Parameter::InstantFeeMaxBps];
    let [least, most] = [least, most].map(|fee| (name(fee), parameters.get(fee)));
    if least.1 > most.1 {
        return Err(misuse(format!(
            "--{} is {} and may not be above --{}, which is {}",
            least.0, least.1, most.0, most.1
        )));
    }
    Ok(())
}

impl Created {
    fn token_in_words(&self) -> String {
        self.token.as_ref().map_or_else(
            || "without a name, for good".to_owned(),
            |token| format!("{} ({})", token.name, token.symbol),
        )
    }
}

impl fmt::Display for Created {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut facts = vec![
            ("Pool", self.pool.clone()),
            ("Token", self.token_in_words()),
            ("Token mint", self.mint.clone()),
            ("Admin", self.admin.clone()),
            ("Curator", self.curator.clone()),
            ("Guardian", self.guardian.clone()),
            ("Treasury", self.treasury.clone()),
            ("Its token account", self.treasury_account.clone()),
        ];
        facts.extend(self.cost.facts());
        let transactions = self.signatures.iter();
        facts.extend(transactions.map(|signature| ("Transaction", signature.clone())));
        Facts(&facts).fmt(formatter)?;
        writeln!(formatter, "\n    export SLUICE_POOL={}", self.pool)
    }
}
