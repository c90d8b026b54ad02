//! From the token of another stake pool to this pool's.

mod refresh;

use std::fmt;

use anyhow::{Result, bail};
use serde::Serialize;
use sluice_client::{
    Conversion, Event, PoolSnapshot, SplPool,
    plan::convert::{ConversionAccounts, ConversionPart, Minimums, Obstacle},
    words::amounts::{lst, sol},
};
use sluice_math::{Lamports, Lst};
use solana_pubkey::Pubkey;

use crate::{
    args::{ConvertArgs, Sum},
    commands::freshness::fresh_snapshot_with_stakes,
    confirm::confirm,
    next,
    output::{Facts, known, table},
    session::{Actor, Session},
    tokens::Holding,
    transaction::{Done, Outcome, Transaction, last_slot, perform_all},
};

/// A conversion.
#[derive(Debug, Serialize)]
pub struct Converted {
    pool: String,
    from_pool: String,
    owner: String,
    given_lst: u64,
    stakes: Vec<StakeLine>,
    minted_lst: u64,
    balance_lst: Option<u64>,
    signatures: Vec<String>,
}

#[derive(Debug, Serialize)]
struct StakeLine {
    vote: String,
    lamports: u64,
    fee_lamports: u64,
    minted_lst: u64,
}

/// What will be done.
struct Quote<'a> {
    conversion: &'a Conversion,
    tokens: u64,
    minimum_lst: u64,
    transactions: usize,
}

/// Turns tokens of another stake pool into those of the configured one.
pub fn convert(session: &Session, arguments: &ConvertArgs) -> Result<Outcome<Converted>> {
    let actor = session.actor()?;
    let owner = actor.address();
    let tokens_in = |spl_pool: &SplPool| {
        let balance = spl_pool.tokens_of(&session.rpc, &owner)?;
        take(spl_pool, balance, arguments.sum(), &owner)
    };
    // Nobody pays for cranks on the way to what is refused.
    tokens_in(&refresh::spl_pool(session, arguments)?)?;
    let snapshot = fresh_snapshot_with_stakes(session, &actor, arguments.no_crank)?;
    let spl_pool = refresh::updated_spl_pool(session, &actor, &snapshot, arguments)?;
    let tokens = tokens_in(&spl_pool)?;
    let conversion = match snapshot.plan_conversion(&spl_pool, tokens)? {
        Ok(conversion) => conversion,
        Err(Obstacle::NotUpdated) => {
            bail!("the other pool was not updated, so it gives nothing now: try again in a moment")
        }
        Err(obstacle) => bail!(next::explained(&obstacle.explanation())),
    };
    let holding = Holding::read(&session.rpc, &snapshot.addresses, owner)?;
    let transactions = transactions(
        session,
        &actor,
        (&snapshot, &spl_pool),
        &conversion,
        &holding,
        arguments,
    )?;
    let quoted = total(&conversion, |part| part.lst.get());
    let quote = Quote {
        conversion: &conversion,
        tokens,
        minimum_lst: arguments
            .slippage
            .tolerance(session.send_mode())
            .minimum(quoted)?,
        transactions: transactions.len(),
    };
    confirm(session, &quote)?;
    perform_all(session, &actor, "converting", transactions, |done| {
        report(session, &snapshot, &spl_pool, tokens, &holding, &done)
    })
}

/// The tokens to give, if they are there.
fn take(spl_pool: &SplPool, balance: u64, sum: Sum, owner: &Pubkey) -> Result<u64> {
    if balance == 0 {
        bail!(
            "{owner} holds no tokens of the pool {}: they must be in its associated token account, {}",
            spl_pool.address,
            spl_pool.token_account_of(owner)
        );
    }
    match sum {
        Sum::All => Ok(balance),
        Sum::Exactly(wanted) if wanted.is_zero() => bail!("give an amount above zero"),
        Sum::Exactly(wanted) if wanted.get() > balance => bail!(
            "{owner} holds {} tokens of that pool, less than {wanted}: give less, or --all",
            Lst::new(balance)
        ),
        Sum::Exactly(wanted) => Ok(wanted.get()),
    }
}

fn transactions(
    session: &Session,
    actor: &Actor,
    (snapshot, spl_pool): (&PoolSnapshot, &SplPool),
    conversion: &Conversion,
    holding: &Holding,
    arguments: &ConvertArgs,
) -> Result<Vec<Transaction<'static>>> {
    let accounts = ConversionAccounts {
        recipient: holding.address,
        ensured: holding.ensured(&actor.payer_address()),
    };
    let pools = (&snapshot.addresses, spl_pool);
    let tolerance = arguments.slippage.tolerance(session.send_mode());
    let planned =
        conversion.transactions(&session.rpc, pools, &holding.owner, &accounts, |part| {
            Ok(Minimums {
                lamports: tolerance.minimum(part.lamports.get())?,
                lst: tolerance.minimum(part.lst.get())?,
            })
        })?;
    let is_ahead = !accounts.is_paid_by(&holding.owner);
    let transactions = planned.into_iter().enumerate();
    Ok(transactions
        .map(
            |(index, instructions)| match Transaction::new(instructions) {
                transaction if is_ahead && index > 0 => transaction.after_the_previous(),
                transaction => transaction,
            },
        )
        .collect())
}

fn total(conversion: &Conversion, of: impl Fn(&ConversionPart) -> u64) -> u64 {
    let parts = conversion.parts.iter();
    parts.fold(0, |sum: u64, part| sum.saturating_add(of(part)))
}

fn report(
    session: &Session,
    snapshot: &PoolSnapshot,
    spl_pool: &SplPool,
    tokens: u64,
    holding: &Holding,
    done: &[Done],
) -> Result<Converted> {
    let pool = &snapshot.addresses;
    let mut stakes = Vec::new();
    for done in done {
        stakes.extend(StakeLine::all_of(done)?);
    }
    Ok(Converted {
        pool: pool.pool.to_string(),
        from_pool: spl_pool.address.to_string(),
        owner: holding.owner.to_string(),
        given_lst: tokens,
        minted_lst: stakes
            .iter()
            .fold(0, |sum: u64, line| sum.saturating_add(line.minted_lst)),
        stakes,
        balance_lst: holding.balance_at(&session.afterwards, last_slot(done)),
        signatures: done.iter().map(|done| done.signature.clone()).collect(),
    })
}

impl StakeLine {
    fn all_of(done: &Done) -> Result<Vec<Self>> {
        let deposits = done.events(|event| match event {
            Event::StakeDeposited(deposited) => Some(Self {
                vote: deposited.vote.to_string(),
                lamports: deposited.lamports,
                fee_lamports: deposited.fee_lamports,
                minted_lst: deposited.lst,
            }),
            _ => None,
        });
        Ok(deposits?.collect())
    }
}

impl fmt::Display for Quote<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = |of: fn(&ConversionPart) -> u64| total(self.conversion, of);
        let mut parts = table(["validator", "tokens", "SOL of stake", "LST"], 1);
        for part in &self.conversion.parts {
            parts.add_row([
                part.place.vote.to_string(),
                Lst::new(part.tokens).to_string(),
                part.lamports.to_string(),
                part.lst.to_string(),
            ]);
        }
        writeln!(formatter, "{parts}")?;
        let facts = [
            ("You give", format!("{} tokens", Lst::new(self.tokens))),
            (
                "The other pool keeps",
                format!("{} tokens", Lst::new(total(|part| part.fee_tokens))),
            ),
            ("Stake that moves", sol(total(|part| part.lamports.get()))),
            (
                "Rent that you add",
                format!(
                    "{}, which is credited too",
                    sol(total(|part| part.rent.get()))
                ),
            ),
            ("Deposit fee", sol(total(|part| part.fee.get()))),
            ("You receive about", lst(total(|part| part.lst.get()))),
            ("And at least", lst(self.minimum_lst)),
            ("Transactions", self.transactions.to_string()),
        ];
        write!(formatter, "{}", Facts(&facts))
    }
}

impl fmt::Display for Converted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut stakes = table(["validator", "SOL of stake and rent", "LST"], 1);
        for line in &self.stakes {
            stakes.add_row([
                line.vote.clone(),
                Lamports::new(line.lamports).to_string(),
                Lst::new(line.minted_lst).to_string(),
            ]);
        }
        writeln!(
            formatter,
            "{stakes}\n{} gave {} tokens, received {}, and holds {}.",
            self.owner,
            Lst::new(self.given_lst),
            lst(self.minted_lst),
            known(self.balance_lst, lst)
        )
    }
}
