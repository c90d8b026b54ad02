//! From the token of another stake pool to this pool's.

mod refresh;

use std::fmt;

use anyhow::{Result, bail};
use serde::Serialize;
use sluice_client::{
    Conversion, Event, PoolSnapshot, SplPool, Sum, Tolerance,
    plan::convert::{ConversionAccounts, ConversionPart, Minimums, Obstacle},
    words::amounts::{lst, sol},
};
use sluice_math::{Lamports, Lst};
use solana_pubkey::Pubkey;

use self::refresh::BothDue;
use crate::{
    args::ConvertArgs,
    bound::sum,
    commands::{
        freshness::{Proposal, Upkept, propose},
        funds::Takes,
    },
    confirm::Asked,
    new_accounts::NewAccounts,
    next,
    output::{Facts, known, table},
    session::{Actor, Session},
    tokens::Holding,
    transaction::{Done, Outcome, Transaction, last_slot, perform_all, rent_beside},
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
    /// Of the stake accounts, which is credited, and of the token account where it was made.
    rent_lamports: Option<u64>,
    signatures: Vec<String>,
    #[serde(skip)]
    rent: Vec<(&'static str, String)>,
}

#[derive(Debug, Serialize)]
struct StakeLine {
    vote: String,
    lamports: u64,
    fee_lamports: u64,
    minted_lst: u64,
}

/// What will be done.
struct Quote {
    conversion: Conversion,
    holding: Holding,
    tokens: u64,
    minimums: Vec<u64>,
    new: NewAccounts,
    transactions: usize,
}

/// Turns tokens of another stake pool into those of the configured one.
pub fn convert(session: &Session, arguments: &ConvertArgs) -> Result<Outcome<Upkept<Converted>>> {
    let actor = session.actor()?;
    // Nobody pays for cranks on the way to what is refused.
    tokens(
        session,
        &actor,
        &refresh::spl_pool(session, arguments)?,
        arguments,
    )?;
    let due = BothDue::of(session, &actor, arguments)?;
    let agreed = propose(session, &actor, (due, Asked::Always), |pools, agreed| {
        Quote::proposed(session, &actor, (pools, arguments), agreed)
    })?;
    let (quote, pools, upkeep) = (agreed.what, agreed.books, agreed.upkeep);
    let tolerance = arguments.slippage.tolerance(session.send_mode());
    let transactions = quote.transactions(session, &actor, &pools, tolerance)?;
    let outcome = perform_all(session, &actor, "converting", transactions, |done| {
        report(session, &actor, &pools, &quote, &done)
    })?;
    Ok(outcome.map(|converted| upkeep.with(converted)))
}

/// The tokens of the other pool that are given, if they are there.
fn tokens(
    session: &Session,
    actor: &Actor,
    spl_pool: &SplPool,
    arguments: &ConvertArgs,
) -> Result<u64> {
    let owner = actor.address();
    let balance = spl_pool.tokens_of(&session.rpc, &owner)?;
    take(spl_pool, balance, arguments.sum(), &owner)
}

impl Quote {
    fn proposed(
        session: &Session,
        actor: &Actor,
        ((snapshot, spl_pool), arguments): (&(PoolSnapshot, SplPool), &ConvertArgs),
        agreed: Option<u64>,
    ) -> Result<Proposal<Self>> {
        let pool = snapshot.addresses;
        let tokens = tokens(session, actor, spl_pool, arguments)?;
        let conversion = match snapshot.plan_conversion(spl_pool, tokens)? {
            Ok(conversion) => conversion,
            Err(Obstacle::NotUpdated) => {
                bail!(
                    "the other pool was not updated, so it gives nothing now: try again in a moment"
                )
            }
            Err(obstacle) => bail!(next::explained(&obstacle.explanation())),
        };
        let parts = conversion.parts.iter();
        let quoted: Vec<u64> = parts.map(|part| part.lst.get()).collect();
        let tolerance = arguments.slippage.tolerance(session.send_mode());
        let bound = arguments.least.bound().at_least(agreed);
        let minimums = bound.minimums(&quoted, tolerance)?;
        let fact = bound.fact(&minimums, &quoted);
        let (quoted, least) = (sum(&quoted), sum(&minimums));
        let holding = Holding::read(&session.rpc, &pool, actor.address())?;
        let mut quote = Self {
            new: NewAccounts::of_conversion(&conversion)
                .and(NewAccounts::of_holding(snapshot, &holding)),
            conversion,
            holding,
            tokens,
            minimums,
            transactions: 0,
        };
        let pools = (snapshot.clone(), spl_pool.clone());
        quote.transactions = quote.transactions(session, actor, &pools, tolerance)?.len();
        let mut facts = vec![fact];
        facts.extend(quote.new.facts());
        Ok(Proposal {
            pool,
            facts,
            plan: quote.to_string(),
            quoted,
            least,
            takes: quote.takes(snapshot, actor),
            what: quote,
        })
    }

    /// What it takes. The stake accounts are the owner's to pay, whoever pays the rest.
    fn takes(&self, snapshot: &PoolSnapshot, actor: &Actor) -> Takes {
        let stakes = NewAccounts::of_conversion(&self.conversion);
        let account = NewAccounts::of_holding(snapshot, &self.holding);
        Takes::signatures(self.transactions.saturating_mul(actor.signatures()))
            .and_rent(actor.address(), &stakes)
            .and_rent(actor.payer_address(), &account)
    }

    fn transactions(
        &self,
        session: &Session,
        actor: &Actor,
        (snapshot, spl_pool): &(PoolSnapshot, SplPool),
        tolerance: Tolerance,
    ) -> Result<Vec<Transaction<'static>>> {
        let owner = &self.holding.owner;
        let accounts = ConversionAccounts {
            recipient: self.holding.address,
            ensured: self.holding.ensured(&actor.payer_address()),
        };
        let pools = (&snapshot.addresses, spl_pool);
        let parts = self.conversion.parts.iter().zip(&self.minimums);
        let minimums = parts.map(|(part, minimum_lst)| {
            Ok(Minimums {
                lamports: tolerance.minimum(part.lamports.get())?,
                lst: *minimum_lst,
            })
        });
        let minimums: Vec<Minimums> = minimums.collect::<Result<_>>()?;
        let planned =
            self.conversion
                .transactions(&session.rpc, pools, owner, &accounts, &minimums)?;
        let is_ahead = !accounts.is_paid_by(owner);
        let transactions = planned.into_iter().enumerate();
        Ok(transactions
            .map(
                |(index, instructions)| match Transaction::new(instructions).paying_again() {
                    transaction if is_ahead && index > 0 => transaction.after_the_previous(),
                    transaction => transaction,
                },
            )
            .collect())
    }
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

fn total(conversion: &Conversion, of: impl Fn(&ConversionPart) -> u64) -> u64 {
    let parts = conversion.parts.iter();
    parts.fold(0, |sum: u64, part| sum.saturating_add(of(part)))
}

fn report(
    session: &Session,
    actor: &Actor,
    (snapshot, spl_pool): &(PoolSnapshot, SplPool),
    quote: &Quote,
    done: &[Done],
) -> Result<Converted> {
    let mut stakes = Vec::new();
    for done in done {
        stakes.extend(StakeLine::all_of(done)?);
    }
    // Another payer pays for the token account alone.
    let beside = match actor.payer_address() == quote.holding.owner {
        true => 0,
        false => total(&quote.conversion, |part| part.rent.get()),
    };
    let rent_lamports = rent_beside(done, -i128::from(beside));
    Ok(Converted {
        rent_lamports,
        rent: quote.new.facts_of_paid(rent_lamports),
        pool: snapshot.addresses.pool.to_string(),
        from_pool: spl_pool.address.to_string(),
        owner: quote.holding.owner.to_string(),
        given_lst: quote.tokens,
        minted_lst: stakes
            .iter()
            .fold(0, |sum: u64, line| sum.saturating_add(line.minted_lst)),
        stakes,
        balance_lst: quote
            .holding
            .balance_at(&session.afterwards, last_slot(done)),
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

impl fmt::Display for Quote {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = |of: fn(&ConversionPart) -> u64| total(&self.conversion, of);
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
            ("Deposit fee", sol(total(|part| part.fee.get()))),
            ("You receive about", lst(total(|part| part.lst.get()))),
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
            "{stakes}\n{} gave {} tokens, received {} of the pool {}, and holds {}.",
            self.owner,
            Lst::new(self.given_lst),
            lst(self.minted_lst),
            self.pool,
            known(self.balance_lst, lst)
        )?;
        write!(formatter, "\n{}", Facts(&self.rent))
    }
}
