//! How a validator stands with the pool.

use std::fmt;

use anyhow::Result;
use serde::Serialize;
use sluice::state::{SlotState, TransientUse};
use sluice_client::{
    Listed, Standing, Step,
    words::amounts::{lst, part, percent, sol},
};
use sluice_math::Lamports;

use crate::{
    args::ValidatorArgs,
    moment::{in_about, seconds_for},
    output::Facts,
    session::Session,
};

/// How a vote account stands with the pool.
#[derive(Debug, Serialize)]
pub struct Explained {
    pool: String,
    vote: String,
    epoch: u64,
    priced: bool,
    listed: bool,
    acceptable: bool,
    reasons: Vec<String>,
    commission_bps: Option<u16>,
    max_commission_bps: u16,
    block_commission_bps: Option<u16>,
    max_block_commission_bps: u16,
    has_bls_key: Option<bool>,
    #[serde(flatten)]
    place: Option<Place>,
}

/// Its place in the pool.
#[derive(Debug, Serialize)]
struct Place {
    state: &'static str,
    weight: u16,
    total_weight: u64,
    next_weight: Option<u16>,
    next_weight_epoch: Option<u64>,
    staked_lamports: u64,
    target_lamports: u64,
    uncut_target_lamports: Option<u64>,
    share_cap_bps: u16,
    rank: usize,
    validators: usize,
    moving: Option<&'static str>,
    rewarded_lamports: Option<u64>,
    paid_lamports: Option<u64>,
    gross_reward_lamports: Option<u64>,
    takes_stake: bool,
    exit_least_lst: Option<u64>,
    exit_most_lst: Option<u64>,
    reinstatable_epoch: Option<u64>,
    due: Vec<String>,
    window_slot: Option<u64>,
    seconds_until_window: Option<u64>,
    in_window: Vec<String>,
}

/// Explains how any vote account stands with the configured pool.
pub fn explain(session: &Session, arguments: ValidatorArgs) -> Result<Explained> {
    let snapshot = session.snapshot_with_stakes()?;
    let Standing {
        vote,
        terms,
        breaches,
        listed,
    } = snapshot.standing(&session.rpc, &arguments.vote)?;
    let config = &snapshot.pool.config;
    let place = match &listed {
        Some(listed) => {
            let now = snapshot.cluster.clock.slot;
            let share_cap_bps = snapshot.pool.spread_cap_bps;
            Some(Place::new(session, listed, now, share_cap_bps)?)
        }
        None => None,
    };
    Ok(Explained {
        pool: snapshot.addresses.pool.to_string(),
        vote: vote.to_string(),
        epoch: snapshot.cluster.clock.epoch,
        priced: snapshot.is_fresh(),
        listed: listed.is_some(),
        acceptable: breaches.is_empty(),
        reasons: breaches,
        commission_bps: terms.map(|terms| terms.commission_bps),
        max_commission_bps: config.max_commission_bps,
        block_commission_bps: terms.map(|terms| terms.block_commission_bps),
        max_block_commission_bps: config.max_block_commission_bps,
        has_bls_key: terms.map(|terms| terms.has_bls_key),
        place,
    })
}

impl Place {
    fn new(session: &Session, listed: &Listed, now: u64, share_cap_bps: u16) -> Result<Self> {
        let window_slot = listed.in_window.as_ref().map(|(slot, _)| *slot);
        let seconds_until_window = match window_slot {
            Some(slot) => seconds_for(slot.saturating_sub(now), session)?,
            None => None,
        };
        let later = listed.in_window.as_ref().map(|(_, steps)| steps.as_slice());
        Ok(Self {
            state: match listed.state {
                SlotState::Retiring => "retiring",
                SlotState::Ejected => "ejected",
                SlotState::Active | SlotState::Empty => "active",
            },
            weight: listed.weight,
            total_weight: listed.total_weight,
            next_weight: listed.next_weight.map(|(weight, _)| weight),
            next_weight_epoch: listed.next_weight.map(|(_, epoch)| epoch),
            staked_lamports: listed.staked.get(),
            target_lamports: listed.target.get(),
            uncut_target_lamports: listed.uncut_target.map(Lamports::get),
            share_cap_bps,
            rank: listed.rank,
            validators: listed.validators,
            moving: match listed.transient {
                TransientUse::Idle => None,
                TransientUse::Activating => Some("activating"),
                TransientUse::Deactivating => Some("deactivating"),
            },
            rewarded_lamports: listed.rewarded.map(|rewarded| rewarded.delegated.get()),
            paid_lamports: listed.rewarded.map(|rewarded| rewarded.paid.get()),
            gross_reward_lamports: listed.gross_reward.map(Lamports::get),
            takes_stake: listed.takes_stake,
            exit_least_lst: listed.exit.map(|range| range.least.get()),
            exit_most_lst: listed.exit.map(|range| range.most.get()),
            reinstatable_epoch: listed.reinstatable_epoch,
            due: reasons(&listed.due),
            window_slot,
            seconds_until_window,
            in_window: reasons(later.unwrap_or_default()),
        })
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let mut facts = vec![
            (
                "State",
                match self.moving {
                    Some(moving) => format!("{}, some of its stake is {moving}", self.state),
                    None => self.state.to_owned(),
                },
            ),
            (
                "Weight",
                format!("{} of {}", self.weight, self.total_weight),
            ),
        ];
        if let (Some(weight), Some(epoch)) = (self.next_weight, self.next_weight_epoch) {
            let change = match weight {
                0 => format!("leaves from epoch {epoch} on"),
                weight => format!("weight {weight} from epoch {epoch} on"),
            };
            facts.push(("Change", change));
        }
        facts.push(("Stake", sol(self.staked_lamports)));
        let cut = self.uncut_target_lamports.map(|uncut| {
            format!(
                ", cut from {} by the share cap of {}",
                sol(uncut),
                percent(self.share_cap_bps)
            )
        });
        let target = sol(self.target_lamports);
        facts.push(("Target", format!("{target}{}", cut.unwrap_or_default())));
        facts.push(("Rank", format!("{} of {}", self.rank, self.validators)));
        facts.push(("Last reward", self.last_reward()));
        facts.push((
            "Takes stake accounts",
            if self.takes_stake { "yes" } else { "no" }.to_owned(),
        ));
        let gives = match (self.exit_least_lst, self.exit_most_lst) {
            (Some(least), Some(most)) => format!("for {} to {}", lst(least), lst(most)),
            _ => "no".to_owned(),
        };
        facts.push(("Gives stake accounts", gives));
        if let Some(epoch) = self.reinstatable_epoch {
            let way = format!("from epoch {epoch} on, if it keeps the rules until then");
            facts.push(("Can be taken back", way));
        }
        facts.push(("Due now", self.steps(&self.due)));
        if let Some(slot) = self.window_slot {
            let when = self.seconds_until_window.map(in_about);
            let when = when.map_or_else(String::new, |when| format!(" ({when})"));
            let steps = self.steps(&self.in_window);
            facts.push((
                "In the window",
                format!("from slot {slot} on{when}: {steps}"),
            ));
        }
        facts
    }

    /// What the last boundary paid for main, and what its stake had earned.
    fn last_reward(&self) -> String {
        let (Some(delegated), Some(paid)) = (self.rewarded_lamports, self.paid_lamports) else {
            return "not known: it takes an epoch from observation to observation".to_owned();
        };
        let yielded = part(Lamports::new(paid), Lamports::new(delegated)).unwrap_or_default();
        let of = self.gross_reward_lamports.map(|gross| {
            let share = part(Lamports::new(paid), Lamports::new(gross)).unwrap_or_default();
            format!(", {share} of the {} that it earned", sol(gross))
        });
        let of = of.unwrap_or_default();
        format!("{} for {} ({yielded}){of}", sol(paid), sol(delegated))
    }

    fn steps(&self, steps: &[String]) -> String {
        if steps.is_empty() {
            "nothing".to_owned()
        } else {
            steps.join("; ")
        }
    }
}

fn reasons(steps: &[Step]) -> Vec<String> {
    steps.iter().map(Step::why).collect()
}

impl fmt::Display for Explained {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let listed = match (self.listed, self.acceptable) {
            (true, true) => "yes".to_owned(),
            (true, false) => "yes, but it breaks a rule".to_owned(),
            (false, true) => "no; `sluice validator add` would take it".to_owned(),
            (false, false) => "no, and `sluice validator add` would refuse it".to_owned(),
        };
        let share = |bps: Option<u16>, of, most| match bps {
            Some(bps) => format!("{} of {of} (at most {})", percent(bps), percent(most)),
            None => "unknown".to_owned(),
        };
        let key = match self.has_bls_key {
            Some(true) => "yes",
            Some(false) => "no",
            None => "unknown",
        };
        let mut facts = vec![
            ("Vote account", self.vote.clone()),
            ("Listed", listed),
            (
                "Commission",
                share(self.commission_bps, "rewards", self.max_commission_bps),
            ),
            (
                "Block commission",
                share(
                    self.block_commission_bps,
                    "block revenue",
                    self.max_block_commission_bps,
                ),
            ),
            ("BLS key", key.to_owned()),
        ];
        facts.extend(self.place.iter().flat_map(Place::facts));
        Facts(&facts).fmt(formatter)?;
        for reason in &self.reasons {
            write!(formatter, "\nRule broken: {reason}.")?;
        }
        if self.listed && !self.priced {
            write!(
                formatter,
                "\nThe pool is not priced for epoch {} yet: `sluice crank` first, then more can be said.",
                self.epoch
            )?;
        }
        Ok(())
    }
}
