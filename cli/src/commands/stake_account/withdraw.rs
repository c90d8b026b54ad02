//! Leaving with stake accounts.

use std::{collections::BTreeSet, fmt};

use anyhow::{Context, Result, bail};
use sluice_client::{
    PoolSnapshot, StakeExitPart, StakeExitPlan, StakeRecipient,
    words::amounts::{lst, sol},
};
use sluice_math::{Lamports, Lst};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::withdrawn::{Withdrawn, report};
use crate::{
    args::{RequestArgs, SendMode, WithdrawStakeArgs, least_sol},
    bound::sum,
    commands::{
        freshness::{PoolDue, Proposal, Upkept, View, propose},
        funds::Takes,
        unstake::{Joining, Leaving},
    },
    confirm::Asked,
    moment::{in_about, seconds_for},
    new_accounts::NewAccounts,
    next,
    output::{announce, table},
    session::{Actor, Session},
    signers::keypair_file,
    tokens::Holding,
    transaction::{Outcome, Transaction, perform_all},
};

/// What will be done.
struct Plan {
    exit: StakeExitPlan,
    recipient: Pubkey,
    queue: Option<Queue>,
    new: NewAccounts,
    /// Whether it will be done, or would be.
    will: &'static str,
}

/// The part that goes through the queue.
struct Queue {
    lst: Lst,
    lamports: Lamports,
    epoch: u64,
    seconds: Option<u64>,
}

/// Burns tokens of the keypair for stake accounts of the pool's validators.
pub fn withdraw(
    session: &Session,
    arguments: &WithdrawStakeArgs,
) -> Result<Outcome<Upkept<Withdrawn>>> {
    let actor = session.actor()?;
    let owner = actor.address();
    // Nobody pays for cranks on the way to what is refused.
    Holding::read(&session.rpc, &session.pool()?, owner)?.take(arguments.amount)?;
    let recipient = session.recipient_or_own(
        &session.pool()?,
        arguments.recipient,
        arguments.program_owned,
        &actor,
    )?;
    let named = named_keypairs(arguments)?;
    let due = PoolDue::of(session, &actor, arguments.no_crank, View::Stakes)?;
    let agreed = propose(session, &actor, (due, Asked::Always), |snapshot, agreed| {
        Plan::proposed(session, snapshot, arguments, (&actor, recipient), agreed)
    })?;
    let ((plan, minimums), upkeep, snapshot) = (agreed.what, agreed.upkeep, agreed.books);
    let pool = &snapshot.addresses;
    let holding = Holding::read(&session.rpc, pool, owner)?;
    let keypairs = keypairs(session, named, plan.exit.parts.len())?;
    tell_new(session, &keypairs);
    let mut transactions = Vec::new();
    for ((part, keypair), minimum) in plan.exit.parts.iter().zip(&keypairs).zip(minimums) {
        let to = StakeRecipient {
            owner,
            source: holding.address,
            stake: keypair.pubkey(),
            recipient,
            payer: actor.payer_address(),
        };
        let withdrawal = pool.withdraw_stake(&part.place, &to, part.lst.get(), minimum);
        transactions.push(
            Transaction::new([withdrawal])
                .signed_by(vec![keypair])
                .paying_again(),
        );
    }
    let mut joining = match &plan.queue {
        Some(queue) => {
            let leaving = Leaving::read(session, pool, &actor, RequestArgs::default())?;
            let joining = Joining::new(session, &snapshot, &actor, leaving)?;
            transactions
                .push(Transaction::new([joining.instruction(&snapshot, queue.lst)]).paying_again());
            joining.announce(session);
            Some(joining)
        }
        None => None,
    };
    let doing = "withdrawing stake accounts";
    let outcome = perform_all(session, &actor, doing, transactions, |done| {
        report(session, pool, &holding, recipient, &plan.new, &done)
    })?;
    if let Some(joining) = &mut joining {
        joining.note_if_given_away(session)?;
    }
    Ok(outcome.map(|withdrawn| upkeep.with(withdrawn)))
}

fn plan(
    snapshot: &PoolSnapshot,
    amount: Lst,
    arguments: &WithdrawStakeArgs,
) -> Result<StakeExitPlan> {
    let Some(vote) = &arguments.validator else {
        return Ok(snapshot.plan_stake_exit(amount, usize::from(arguments.max_accounts))?);
    };
    let placed = snapshot.slot_of(vote).with_context(|| {
        format!("{vote} is no validator of this pool: `sluice validator list` shows all")
    })?;
    let quoted = snapshot.quote_stake_exit(&placed, amount);
    let exit = match (quoted, snapshot.stake_exit_range(&placed)) {
        (Ok(exit), _) => exit,
        (Err(error), Ok(Some(range))) => bail!(
            "{}. {vote} gives one stake account for {} to {} now; without --validator, others give too",
            next::sentence(&error),
            lst(range.least.get()),
            lst(range.most.get())
        ),
        (Err(error), _) => return Err(error.into()),
    };
    Ok(StakeExitPlan {
        parts: vec![StakeExitPart {
            place: placed.place,
            leaving: placed.slot.is_leaving(),
            lst: amount,
            lamports: exit.lamports,
            fee: exit.fee,
        }],
        queued: Lst::ZERO,
    })
}

/// The keys that were named for new stake accounts.
fn named_keypairs(arguments: &WithdrawStakeArgs) -> Result<Vec<Keypair>> {
    let files = arguments.stake_keypair.iter();
    files
        .map(|file| keypair_file(file, "stake-keypair"))
        .collect()
}

/// Tells where the new stake accounts come to be: nobody else knows, should no node tell afterwards.
fn tell_new(session: &Session, keypairs: &[Keypair]) {
    let addresses = keypairs.iter().map(|keypair| keypair.pubkey().to_string());
    let addresses: Vec<_> = addresses.collect();
    if !addresses.is_empty() {
        announce(format_args!(
            "New stake accounts {} be {}.",
            session.will(),
            addresses.join(", ")
        ));
    }
}

/// The keys of the new stake accounts: those that were named, then random ones.
fn keypairs(session: &Session, mut named: Vec<Keypair>, count: usize) -> Result<Vec<Keypair>> {
    if named.len() < count && session.send_mode() == SendMode::Dump {
        bail!(
            "each of the {count} new stake accounts must sign too, and its key would be gone after \
             this: pass --stake-keypair FILE for each"
        );
    }
    named.resize_with(count, Keypair::new);
    Ok(named)
}

impl Plan {
    fn new(
        session: &Session,
        snapshot: &PoolSnapshot,
        exit: StakeExitPlan,
        (recipient, payer): (Pubkey, Pubkey),
    ) -> Result<Self> {
        let stakes = NewAccounts::of_stakes(snapshot, exit.parts.len(), &recipient);
        let new = match exit.queued.is_zero() {
            true => stakes,
            false => stakes.and(NewAccounts::of_request(snapshot, &payer)?),
        };
        let queue = if exit.queued.is_zero() {
            None
        } else {
            let schedule = snapshot.exit_schedule()?;
            Some(Queue {
                lst: exit.queued,
                lamports: snapshot.quote_queue(exit.queued)?,
                epoch: schedule.settle_epoch,
                seconds: seconds_for(schedule.slots_to_settlement(), session)?,
            })
        };
        Ok(Self {
            exit,
            recipient,
            queue,
            new,
            will: session.will(),
        })
    }
}

impl Plan {
    /// What is told before, with the least that each stake account will hold.
    fn proposed(
        session: &Session,
        snapshot: &PoolSnapshot,
        arguments: &WithdrawStakeArgs,
        (actor, recipient): (&Actor, Pubkey),
        agreed: Option<u64>,
    ) -> Result<Proposal<(Self, Vec<u64>)>> {
        let pool = snapshot.addresses;
        let amount = Holding::read(&session.rpc, &pool, actor.address())?.take(arguments.amount)?;
        let exit = plan(snapshot, amount, arguments)?;
        let plan = Self::new(session, snapshot, exit, (recipient, actor.payer_address()))?;
        let parts = plan.exit.parts.iter();
        let quoted: Vec<u64> = parts.map(|part| part.lamports.get()).collect();
        let tolerance = arguments.slippage.tolerance(session.send_mode());
        let bound = least_sol(arguments.min_sol).at_least(agreed);
        let minimums = bound.minimums(&quoted, tolerance)?;
        let mut facts = vec![bound.fact(&minimums, &quoted)];
        facts.extend(plan.new.facts());
        Ok(Proposal {
            pool,
            facts,
            plan: plan.to_string(),
            quoted: sum(&quoted),
            least: sum(&minimums),
            takes: Takes::signatures(plan.signatures(actor))
                .and_rent(actor.payer_address(), &plan.new),
            what: (plan, minimums),
        })
    }

    /// Of all its transactions. A new stake account signs, too.
    fn signatures(&self, actor: &Actor) -> usize {
        let stakes = self.exit.parts.len();
        let transactions = stakes.saturating_add(usize::from(self.queue.is_some()));
        let signatures = transactions.saturating_mul(actor.signatures());
        signatures.saturating_add(stakes)
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.exit.parts.is_empty() {
            writeln!(
                formatter,
                "No validator can give a stake account for this amount: a stake account needs the minimum \
                 delegation, and so does what stays with the validator, which also keeps about its part of \
                 all the pool's stake."
            )?;
        } else {
            let mut parts = table(["from validator", "LST", "SOL of stake", "fee SOL"], 1);
            for part in &self.exit.parts {
                parts.add_row([
                    part.place.vote.to_string(),
                    part.lst.to_string(),
                    part.lamports.to_string(),
                    part.fee.to_string(),
                ]);
            }
            writeln!(formatter, "{parts}")?;
            writeln!(
                formatter,
                "{} Each that stays in the pool keeps about its part of all the pool's stake.\n\
                 {} {} become staker and withdrawer of each.",
                givers(&self.exit.parts),
                self.recipient,
                self.will
            )?;
        }
        if let Some(queue) = &self.queue {
            let when = queue.seconds.map(in_about);
            writeln!(
                formatter,
                "{} {} go through the queue instead: about {}, payable in epoch {}{}.",
                lst(queue.lst.get()),
                self.will,
                sol(queue.lamports.get()),
                queue.epoch,
                when.map_or_else(String::new, |when| format!(", {when}"))
            )?;
        }
        Ok(())
    }
}

/// Over how many validators an exit is spread.
fn givers(parts: &[StakeExitPart]) -> String {
    let votes: BTreeSet<_> = parts.iter().map(|part| part.place.vote).collect();
    match (votes.len(), parts.len()) {
        (1, 1) => "One validator gives it.".to_owned(),
        (validators, accounts) => {
            format!("Validators that give it: {validators}, in {accounts} stake accounts.")
        }
    }
}
