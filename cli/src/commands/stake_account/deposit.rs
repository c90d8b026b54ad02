//! Depositing stake accounts.

use std::fmt;

use anyhow::{Context, Result, bail};
use sluice_client::{Event, HeldStake, PoolAddresses, PoolSnapshot, Route, send::packing::Packing};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use super::{
    advice::{NextEpoch, Way, advice},
    deposited::{DepositLine, Deposited, LeftLine},
    list::{candidates, sentence},
};
use crate::{
    args::DepositStakeArgs,
    bound::sum,
    commands::{
        freshness::{PoolDue, Proposal, Upkept, View, propose},
        funds::Takes,
    },
    confirm::Asked,
    new_accounts::NewAccounts,
    output::table,
    session::{Actor, Session},
    tokens::Holding,
    transaction::{Done, Outcome, Transaction, last_slot, perform_all, rent_beside, rent_of},
};

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
pub fn deposit(
    session: &Session,
    arguments: &DepositStakeArgs,
) -> Result<Outcome<Upkept<Deposited>>> {
    let actor = session.actor()?;
    let wallet = actor.address();
    // Nobody pays for cranks on the way to what is refused.
    let held = candidates(session, arguments, &wallet)?;
    Holding::read(&session.rpc, &session.pool()?, wallet)?;
    let due = PoolDue::of(session, &actor, arguments.no_crank, View::Stakes)?;
    let agreed = propose(session, &actor, (due, Asked::Always), |snapshot, agreed| {
        let plan = Plan::new(session, snapshot, &held, &wallet, arguments.deactivate)?;
        plan.proposed(session, snapshot, (arguments, &actor), agreed)
    })?;
    let ((plan, minimums), upkeep) = (agreed.what, agreed.upkeep);
    let snapshot = agreed.books;
    let holding = Holding::read(&session.rpc, &snapshot.addresses, wallet)?;
    let groups = plan.groups(&snapshot.addresses, &holding, &minimums);
    let (transactions, accounts) = pack(&snapshot, &actor, &holding, groups)?;
    let doing = "depositing stake accounts";
    let outcome = perform_all(session, &actor, doing, transactions, |done| {
        report(
            session,
            &snapshot,
            (&actor, &holding),
            plan,
            &done,
            &accounts,
        )
    })?;
    Ok(outcome.map(|deposited| upkeep.with(deposited)))
}

impl Plan {
    fn new(
        session: &Session,
        snapshot: &PoolSnapshot,
        held: &[HeldStake],
        wallet: &Pubkey,
        deactivate: bool,
    ) -> Result<Self> {
        let next = NextEpoch::of(session, snapshot)?;
        let routes = snapshot.routes(held, wallet)?;
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
        let ways = held.iter().copied().zip(routes);
        Ok(Self(ways.map(candidate).collect()))
    }

    /// What is told before, with the least that each account brings. Fails where nothing would be done.
    fn proposed(
        self,
        session: &Session,
        snapshot: &PoolSnapshot,
        (arguments, actor): (&DepositStakeArgs, &Actor),
        agreed: Option<u64>,
    ) -> Result<Proposal<(Self, Vec<u64>)>> {
        self.require_something(arguments)?;
        let tolerance = arguments.slippage.tolerance(session.send_mode());
        let quoted = self.quoted(snapshot)?;
        let bound = arguments.least.bound().at_least(agreed);
        let minimums = bound.minimums(&quoted, tolerance)?;
        let mut facts = vec![bound.fact(&minimums, &quoted)];
        let holding = Holding::read(&session.rpc, &snapshot.addresses, actor.address())?;
        let new = self.new_accounts(snapshot, &holding);
        facts.extend(new.facts());
        Ok(Proposal {
            pool: snapshot.addresses,
            facts,
            plan: self.to_string(),
            quoted: sum(&quoted),
            least: sum(&minimums),
            takes: self.takes(actor, &new),
            what: (self, minimums),
        })
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

    /// The token account, where something is minted and it is missing.
    fn new_accounts(&self, snapshot: &PoolSnapshot, holding: &Holding) -> NewAccounts {
        let mut taken = self.0.iter().filter(|candidate| candidate.taken);
        match taken.any(|candidate| Way::of(&candidate.route) != Way::Deactivate) {
            true => NewAccounts::of_holding(snapshot, holding),
            false => NewAccounts::default(),
        }
    }

    /// What it takes of who pays: the fees alone where a stake account gives back what may pay the rest.
    fn takes(&self, actor: &Actor, new: &NewAccounts) -> Takes {
        let takes = Takes::signatures(actor.signatures());
        let mut taken = self.0.iter().filter(|candidate| candidate.taken);
        let gives_back = taken.any(|candidate| {
            Way::of(&candidate.route) == Way::DepositSol || !candidate.route.idle().is_zero()
        });
        match gives_back {
            true => takes,
            false => takes.and_rent(actor.payer_address(), new),
        }
    }

    /// What each account that something is done with brings, in smallest units of the token.
    fn quoted(&self, snapshot: &PoolSnapshot) -> Result<Vec<u64>> {
        let taken = self.0.iter().filter(|candidate| candidate.taken);
        taken.map(|candidate| candidate.quoted(snapshot)).collect()
    }

    /// The instructions for each account that something is done with, and that brings at least this
    /// much.
    fn groups(&self, pool: &PoolAddresses, holding: &Holding, minimums: &[u64]) -> Vec<Group> {
        let taken = self.0.iter().filter(|candidate| candidate.taken);
        taken
            .zip(minimums)
            .map(|(candidate, minimum_lst)| candidate.group(pool, holding, *minimum_lst))
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
    fn quoted(&self, snapshot: &PoolSnapshot) -> Result<u64> {
        Ok(match &self.route {
            Route::Deposit { place, offered, .. } => {
                let placed = snapshot.slots().find(|placed| placed.place == *place);
                let placed = placed.context("the pool changed meanwhile: try again")?;
                snapshot.quote_stake_deposit(&placed, offered)?.minted.get()
            }
            Route::DepositSol { lamports, .. } => snapshot.quote_deposit(*lamports)?.minted.get(),
            _ => 0,
        })
    }

    fn group(&self, pool: &PoolAddresses, holding: &Holding, minimum_lst: u64) -> Group {
        let (stake, wallet) = (self.held.address, holding.owner);
        let recipient = &holding.address;
        Group {
            stake,
            way: Way::of(&self.route),
            instructions: self
                .route
                .instructions(pool, &stake, &wallet, recipient, minimum_lst),
        }
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
        // An account goes with its deposit: a second one of it finds nothing.
        transactions.push(Transaction::new(first.chain(together).collect::<Vec<_>>()));
    }
    Ok((transactions, accounts))
}

fn report(
    session: &Session,
    snapshot: &PoolSnapshot,
    (actor, holding): (&Actor, &Holding),
    plan: Plan,
    done: &[Done],
    accounts: &Accounts,
) -> Result<Deposited> {
    let owner = holding.owner;
    let new = plan.new_accounts(snapshot, holding);
    let taken = plan.0.iter().filter(|candidate| candidate.taken);
    let withdrawn_lamports = taken.map(|one| one.route.idle().get()).sum();
    let rent_lamports = match actor.payer_address() == owner {
        true => rent_beside(done, -i128::from(withdrawn_lamports)),
        false => rent_of(done),
    };
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
        pool: snapshot.addresses.pool.to_string(),
        rent_lamports,
        withdrawn_lamports,
        rent: new.facts_of_paid(rent_lamports),
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
