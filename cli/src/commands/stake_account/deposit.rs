//! Depositing stake accounts.

use std::fmt;

use anyhow::{Context, Result, bail};
use serde::Serialize;
use sluice_client::{
    Event, HeldStake, PoolAddresses, PoolSnapshot, Route,
    send::packing::Packing,
    stake_accounts_at,
    words::amounts::{lst, sol},
};
use sluice_math::Lamports;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use super::{
    advice::{NextEpoch, Way, advice},
    list::{all_of, sentence},
};
use crate::{
    args::{DepositStakeArgs, Tolerance},
    commands::freshness::fresh_snapshot_with_stakes,
    confirm::confirm,
    output::{known, table},
    session::{Actor, Session},
    tokens::Holding,
    transaction::{Done, Outcome, Transaction, last_slot, perform_all},
};

/// What became of somebody's stake accounts.
#[derive(Debug, Serialize)]
pub struct Deposited {
    pool: String,
    owner: String,
    deposits: Vec<DepositLine>,
    deactivated: Vec<String>,
    left: Vec<LeftLine>,
    minted_lst: u64,
    balance_lst: Option<u64>,
}

#[derive(Debug, Serialize)]
struct DepositLine {
    stake_account: String,
    way: Way,
    lamports: u64,
    fee_lamports: u64,
    charge_lamports: u64,
    minted_lst: u64,
    signature: String,
}

#[derive(Debug, Serialize)]
struct LeftLine {
    stake_account: String,
    way: Way,
    advice: String,
}

/// A stake account with its way.
struct Candidate {
    held: HeldStake,
    route: Route,
    advice: String,
    taken: bool,
}

/// What will be done with each account.
struct Plan(Vec<Candidate>);

/// Deposits stake accounts of the keypair into the configured pool.
pub fn deposit(session: &Session, arguments: &DepositStakeArgs) -> Result<Outcome<Deposited>> {
    let actor = session.actor()?;
    let wallet = actor.address();
    // Nobody pays for cranks on the way to what is refused.
    let held = candidates(session, arguments, &wallet)?;
    Holding::read(&session.rpc, &session.pool()?, wallet)?;
    let snapshot = fresh_snapshot_with_stakes(session, &actor, arguments.no_crank)?;
    let plan = Plan::new(session, &snapshot, held, &wallet, arguments.deactivate)?;
    plan.require_something(arguments)?;
    let holding = Holding::read(&session.rpc, &snapshot.addresses, wallet)?;
    let tolerance = arguments.slippage.tolerance(session.send_mode());
    let groups = plan.groups(&snapshot, &holding, tolerance)?;
    confirm(session, &plan)?;

    let (transactions, accounts) = pack(&snapshot, &actor, &holding, groups)?;
    let doing = "depositing stake accounts";
    perform_all(session, &actor, doing, transactions, |done| {
        report(
            session,
            &snapshot.addresses,
            &holding,
            plan,
            &done,
            &accounts,
        )
    })
}

fn candidates(
    session: &Session,
    arguments: &DepositStakeArgs,
    wallet: &Pubkey,
) -> Result<Vec<HeldStake>> {
    if arguments.all {
        let held = all_of(session, wallet)?;
        if held.is_empty() {
            bail!("{wallet} has no stake accounts: `sluice stake` deposits SOL");
        }
        return Ok(held);
    }
    let held = stake_accounts_at(&session.rpc, &arguments.stake_accounts)?;
    for address in &arguments.stake_accounts {
        if held.iter().all(|held| held.address != *address) {
            bail!(
                "{address} is no stake account that was initialized: `sluice stake-account list` shows yours"
            );
        }
    }
    Ok(held)
}

impl Plan {
    fn new(
        session: &Session,
        snapshot: &PoolSnapshot,
        held: Vec<HeldStake>,
        wallet: &Pubkey,
        deactivate: bool,
    ) -> Result<Self> {
        let next = NextEpoch::of(session, snapshot)?;
        let routes = snapshot.routes(&held, wallet)?;
        let candidate = |(held, route): (HeldStake, Route)| Candidate {
            advice: advice(&route, &next),
            taken: match Way::of(&route) {
                Way::Deposit | Way::DepositSol => true,
                Way::Deactivate => deactivate,
                Way::Wait | Way::Impossible => false,
            },
            held,
            route,
        };
        let ways = held.into_iter().zip(routes);
        Ok(Self(ways.map(candidate).collect()))
    }

    /// Fails where nothing would be done, with what could be.
    fn require_something(&self, arguments: &DepositStakeArgs) -> Result<()> {
        if self.0.iter().any(|candidate| candidate.taken) {
            return Ok(());
        }
        let reasons: Vec<String> = self
            .0
            .iter()
            .map(|candidate| format!("{}: {}", candidate.held.address, candidate.advice))
            .collect();
        let can_deactivate = self
            .0
            .iter()
            .any(|candidate| Way::of(&candidate.route) == Way::Deactivate);
        let next = if can_deactivate && !arguments.deactivate {
            ". --deactivate deactivates what can be"
        } else {
            ""
        };
        bail!("nothing can be deposited now. {}{next}", reasons.join("; "))
    }

    /// The instructions for each account that something is done with.
    fn groups(
        &self,
        snapshot: &PoolSnapshot,
        holding: &Holding,
        tolerance: Tolerance,
    ) -> Result<Vec<Group>> {
        let taken = self.0.iter().filter(|candidate| candidate.taken);
        taken
            .map(|candidate| candidate.group(snapshot, holding, tolerance))
            .collect()
    }
}

/// What is done with one stake account.
struct Group {
    stake: Pubkey,
    way: Way,
    instructions: Vec<Instruction>,
}

impl Candidate {
    fn group(
        &self,
        snapshot: &PoolSnapshot,
        holding: &Holding,
        tolerance: Tolerance,
    ) -> Result<Group> {
        let quoted = match &self.route {
            Route::Deposit { place, offered, .. } => {
                let placed = snapshot.slots().find(|placed| placed.place == *place);
                match placed {
                    Some(placed) => snapshot.quote_stake_deposit(&placed, offered)?.minted,
                    None => bail!("the pool changed meanwhile: try again"),
                }
            }
            Route::DepositSol { lamports, .. } => snapshot.quote_deposit(*lamports)?.minted,
            _ => Default::default(),
        };
        let (stake, wallet) = (self.held.address, holding.owner);
        let minimum_lst = tolerance.minimum(quoted.get())?;
        let pool = &snapshot.addresses;
        let recipient = &holding.address;
        Ok(Group {
            stake,
            way: Way::of(&self.route),
            instructions: self
                .route
                .instructions(pool, &stake, &wallet, recipient, minimum_lst),
        })
    }
}

/// The accounts that each transaction is about, in order.
type Accounts = Vec<Vec<(Pubkey, Way)>>;

/// As many accounts in a transaction as fit. Each that mints ensures the token account first, so none
/// needs another one.
fn pack(
    snapshot: &PoolSnapshot,
    actor: &Actor,
    holding: &Holding,
    groups: Vec<Group>,
) -> Result<(Vec<Transaction<'static>>, Accounts)> {
    let packing = Packing {
        addresses: &snapshot.addresses,
        payer: actor.payer_address(),
        tables: &[],
    };
    let ensured = holding.ensured(&actor.payer_address());
    let instructions = groups.iter().map(|group| group.instructions.clone());
    let instructions: Vec<Vec<Instruction>> = instructions.collect();
    let mut transactions = Vec::new();
    let mut accounts = Accounts::new();
    for joined in packing.join(std::slice::from_ref(&ensured), &instructions)? {
        let parts = groups.get(joined.clone()).unwrap_or_default();
        accounts.push(parts.iter().map(|group| (group.stake, group.way)).collect());
        let mints = parts.iter().any(|group| group.way != Way::Deactivate);
        let first = mints.then(|| ensured.clone()).into_iter();
        let together = instructions.get(joined).unwrap_or_default().concat();
        transactions.push(Transaction::new(first.chain(together).collect::<Vec<_>>()));
    }
    Ok((transactions, accounts))
}

fn report(
    session: &Session,
    pool: &PoolAddresses,
    holding: &Holding,
    plan: Plan,
    done: &[Done],
    accounts: &Accounts,
) -> Result<Deposited> {
    let owner = holding.owner;
    let mut deposits = Vec::new();
    let mut deactivated = Vec::new();
    for (done, accounts) in done.iter().zip(accounts) {
        let mut minted = done.events(|event| match event {
            Event::StakeDeposited(one) => Some((one.lamports, one.fee_lamports, 0, one.lst)),
            Event::SolDeposited(one) => {
                Some((one.lamports, one.fee_lamports, one.charge_lamports, one.lst))
            }
            _ => None,
        })?;
        for (stake, way) in accounts {
            if *way == Way::Deactivate {
                deactivated.push(stake.to_string());
                continue;
            }
            let (lamports, fee_lamports, charge_lamports, minted_lst) =
                minted.next().with_context(|| done.cut_off())?;
            deposits.push(DepositLine {
                stake_account: stake.to_string(),
                way: *way,
                lamports,
                fee_lamports,
                charge_lamports,
                minted_lst,
                signature: done.signature.clone(),
            });
        }
    }
    let left = plan.0.into_iter().filter(|candidate| !candidate.taken);
    Ok(Deposited {
        pool: pool.pool.to_string(),
        owner: owner.to_string(),
        minted_lst: deposits
            .iter()
            .fold(0, |sum: u64, line| sum.saturating_add(line.minted_lst)),
        deposits,
        deactivated,
        left: left
            .map(|candidate| LeftLine {
                stake_account: candidate.held.address.to_string(),
                way: Way::of(&candidate.route),
                advice: candidate.advice,
            })
            .collect(),
        balance_lst: holding.balance_at(&session.afterwards, last_slot(done)),
    })
}

impl fmt::Display for Plan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut accounts = table(
            ["SOL", "stake account", "now", "what is done, or could be"],
            4,
        );
        for candidate in &self.0 {
            accounts.add_row([
                candidate.held.stake.lamports.to_string(),
                candidate.held.address.to_string(),
                if candidate.taken { "yes" } else { "no" }.to_owned(),
                sentence(&candidate.advice),
            ]);
        }
        write!(formatter, "{accounts}")
    }
}

impl fmt::Display for Deposited {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.deposits.is_empty() {
            let mut deposits = table(["stake account", "SOL", "LST", "transaction"], 1);
            for line in &self.deposits {
                deposits.add_row([
                    line.stake_account.clone(),
                    Lamports::new(line.lamports).to_string(),
                    lst(line.minted_lst),
                    line.signature.clone(),
                ]);
            }
            writeln!(formatter, "{deposits}")?;
        }
        for stake in &self.deactivated {
            writeln!(
                formatter,
                "{stake} deactivates. `sluice stake-account deposit {stake}` deposits its SOL once it is free."
            )?;
        }
        for line in &self.left {
            writeln!(
                formatter,
                "{} is left: {}.",
                line.stake_account, line.advice
            )?;
        }
        if self.deposits.is_empty() {
            return Ok(());
        }
        let deposited = self
            .deposits
            .iter()
            .fold(0, |sum: u64, line| sum.saturating_add(line.lamports));
        writeln!(
            formatter,
            "{} received {} for {}, and holds {}.",
            self.owner,
            lst(self.minted_lst),
            sol(deposited),
            known(self.balance_lst, lst)
        )
    }
}
