//! The rules: which alerts hold, decided from figures alone.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sluice_cli::moment::{in_about, roughly};
use sluice_client::words::amounts::{counted, percent_e9, signed_percent_e9, sol};

use super::{
    observed::{Change, NodeState, Observed, ObservedPool, View},
    rule::Rule,
    settings::AlertSettings,
};

/// What makes an alert another one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key {
    /// The rule.
    pub rule: Rule,
    /// The pool's address; empty where it is about no pool.
    pub pool: String,
    /// What it is about beside the pool, such as a validator; empty where that is all.
    pub about: String,
}

/// Something that a rule says now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// What it is.
    pub key: Key,
    /// What the pool's token is called; empty where it is about no pool.
    pub called: String,
    /// What is the case, in sentences.
    pub text: String,
}

/// What all rules say.
#[derive(Clone, Debug, Default)]
pub struct Judgement {
    /// What holds.
    pub conditions: Vec<Condition>,
    /// What cannot be told now: rules, each with a pool, or with none.
    pub unknown: BTreeSet<(Rule, String)>,
}

/// The rules of a pool that need it to be read.
const OF_A_VIEW: [Rule; 11] = [
    Rule::NotPriced,
    Rule::QueueOld,
    Rule::BreakerTripped,
    Rule::LossReported,
    Rule::ValidatorBreach,
    Rule::ValidatorDelinquent,
    Rule::EjectionHeldBack,
    Rule::StepDue,
    Rule::Paused,
    Rule::ChangePending,
    Rule::NominationPending,
];

/// What the rules say of these figures.
pub fn judge(observed: &Observed, limits: &AlertSettings) -> Judgement {
    let mut judged = Judgement::default();
    judged.of_keeper(observed, limits);
    judged.of_nodes(observed);
    judged.of_program(observed);
    for pool in &observed.pools {
        judged.of_pool(pool, limits);
    }
    let is_off = |rule: Rule| limits.off.contains(&rule);
    judged
        .conditions
        .retain(|condition| !is_off(condition.key.rule));
    judged
}

impl Judgement {
    fn says(&mut self, rule: Rule, about: &str, text: String) {
        let key = Key {
            rule,
            pool: String::new(),
            about: about.to_owned(),
        };
        let called = String::new();
        self.conditions.push(Condition { key, called, text });
    }

    fn says_of(&mut self, pool: &ObservedPool, rule: Rule, about: &str, text: String) {
        let key = Key {
            rule,
            pool: pool.address.clone(),
            about: about.to_owned(),
        };
        let called = pool.called.clone();
        self.conditions.push(Condition { key, called, text });
    }

    fn cannot_tell(&mut self, rule: Rule, pool: &str) {
        self.unknown.insert((rule, pool.to_owned()));
    }

    fn of_keeper(&mut self, observed: &Observed, limits: &AlertSettings) {
        match observed.balance_lamports {
            Some(balance) if balance < limits.low_balance_sol.get() => self.says(
                Rule::LowBalance,
                "",
                format!(
                    "The keeper has {}: fill it before its transactions fail.",
                    sol(balance)
                ),
            ),
            Some(_) => {}
            None => self.cannot_tell(Rule::LowBalance, ""),
        }
        if observed.idle_seconds > limits.idle_seconds {
            let idle = roughly(observed.idle_seconds);
            let text = format!("The keeper has done nothing for {idle}: start it anew.");
            self.says(Rule::KeeperIdle, "", text);
        }
        for (name, _) in observed.webhooks.iter().filter(|(_, works)| !works) {
            let text = format!("The {name} takes no messages: the log says why.");
            self.says(Rule::WebhookFailed, name, text);
        }
        match &observed.store {
            Some(Ok(())) => {}
            Some(Err(why)) => {
                let text = format!("{why}. What the chain forgets meanwhile is not stored.");
                self.says(Rule::StoreDown, "", text);
            }
            None => self.cannot_tell(Rule::StoreDown, ""),
        }
        if let Some(why) = &observed.journal {
            let text = format!("Nothing is sent for any pool. {why}.");
            self.says(Rule::JournalDown, "", text);
        }
    }

    fn of_nodes(&mut self, observed: &Observed) {
        if observed.nodes.is_empty() {
            for rule in [Rule::NodeDown, Rule::NodeSetAside, Rule::NoNode] {
                self.cannot_tell(rule, "");
            }
            return;
        }
        let mut nodes = observed.nodes.iter();
        if nodes.all(|(_, state)| *state != NodeState::Answers) {
            let text = "No node can be used: nothing can be done for any pool.".to_owned();
            self.says(Rule::NoNode, "", text);
        }
        for (name, state) in &observed.nodes {
            let (rule, what) = match state {
                NodeState::Answers => continue,
                NodeState::Silent => (Rule::NodeDown, "does not answer".to_owned()),
                NodeState::Doubted(doubt) => {
                    let what = format!("is not used: it {}", doubt.what());
                    (Rule::NodeSetAside, what)
                }
            };
            self.says(rule, name, format!("The node {name} {what}."));
        }
    }

    fn of_program(&mut self, observed: &Observed) {
        let Some(deviations) = &observed.program else {
            return self.cannot_tell(Rule::ProgramChanged, "");
        };
        for deviation in deviations {
            self.says(Rule::ProgramChanged, deviation.what, deviation.to_string());
        }
    }

    fn of_pool(&mut self, pool: &ObservedPool, limits: &AlertSettings) {
        let is_unread = pool.unread_seconds > limits.unread_seconds;
        if is_unread {
            let text = format!(
                "The pool was not read for {}: what else is said of it is old.",
                roughly(pool.unread_seconds)
            );
            self.says_of(pool, Rule::PoolUnread, "", text);
        }
        let view = pool.view.as_ref().filter(|_| !is_unread);
        match view {
            Some(view) => {
                self.of_epoch(pool, view, limits);
                self.of_losses(pool, view);
                self.of_validators(pool, view);
                self.of_roles(pool, view);
            }
            None => {
                for rule in OF_A_VIEW {
                    self.cannot_tell(rule, &pool.address);
                }
            }
        }
        self.of_yield(pool, limits);
        self.of_market(pool, view, limits);
    }

    fn of_epoch(&mut self, pool: &ObservedPool, view: &View, limits: &AlertSettings) {
        let (epoch, priced) = (view.epoch, view.priced_epoch);
        if priced < epoch && view.passed_percent >= limits.not_priced_percent {
            let passed = view.passed_percent;
            let text = format!(
                "The prices are those of epoch {priced}, and {passed}% of epoch {epoch} are over. Nobody \
                 can deposit or leave at once before it is priced: run `sluice crank` and read why it \
                 waits."
            );
            self.says_of(pool, Rule::NotPriced, "", text);
        }
        if view.queue_age_epochs > limits.queue_age_epochs {
            let age = counted(view.queue_age_epochs, "epoch");
            let text = format!(
                "The oldest batch of the queue was locked {age} ago, and is not settled: `sluice crank` \
                 says what it waits for."
            );
            self.says_of(pool, Rule::QueueOld, "", text);
        }
        let limit = limits.due_minutes.saturating_mul(60);
        for (step, why, age) in view.due.iter().filter(|(.., age)| *age > limit) {
            let text = format!("Due for {}, and not done: {why}.", roughly(*age));
            self.says_of(pool, Rule::StepDue, step, text);
        }
    }

    fn of_losses(&mut self, pool: &ObservedPool, view: &View) {
        if view.is_tripped {
            let text =
                "An abnormal loss has tripped the breaker: deposits and instant exits are closed. \
                        `sluice pool show` says what was lost, and when the breaker ends."
                    .to_owned();
            self.says_of(pool, Rule::BreakerTripped, "", text);
        }
        if view.fallen_lamports > 0 {
            let text = format!(
                "The value of the pool fell by {} in epoch {}: `sluice validator list` and `sluice pool \
                 history` say where.",
                sol(view.fallen_lamports),
                view.epoch
            );
            self.says_of(pool, Rule::LossReported, "", text);
        }
    }

    fn of_validators(&mut self, pool: &ObservedPool, view: &View) {
        for (vote, word, reason) in &view.breaches {
            let text = format!("The validator {vote} breaks a rule of the pool: {reason}.");
            let rule = match *word {
                "delinquent" | "vote_account_gone" => Rule::ValidatorDelinquent,
                _ => Rule::ValidatorBreach,
            };
            self.says_of(pool, rule, vote, text);
        }
        for vote in &view.held_back {
            let text = format!(
                "The validator {vote} is not ejected yet: an epoch's budget is one validator, or a \
                 tenth of the weights and of the stake."
            );
            self.says_of(pool, Rule::EjectionHeldBack, vote, text);
        }
    }

    fn of_roles(&mut self, pool: &ObservedPool, view: &View) {
        if let Some(until) = view.paused_until_epoch {
            let text = format!(
                "The guardian has paused deposits and delegation until epoch {until}. Exits go on."
            );
            self.says_of(pool, Rule::Paused, "", text);
        }
        for change in &view.changes {
            // Another value is another change.
            let about = format!("{} {}", change.name, change.after);
            let text = change.said(view.epoch);
            self.says_of(pool, Rule::ChangePending, &about, text);
        }
        if let Some(nominee) = &view.nominee {
            let text = format!(
                "{nominee} is nominated as admin, and takes the role as soon as it accepts. Was that \
                 not the admin's will, then its key is in other hands: tell the holders to leave."
            );
            self.says_of(pool, Rule::NominationPending, nominee, text);
        }
    }

    fn of_yield(&mut self, pool: &ObservedPool, limits: &AlertSettings) {
        let Some(gap) = pool.gap else {
            return self.cannot_tell(Rule::YieldLow, &pool.address);
        };
        if gap.bps() > limits.yield_gap_bps {
            let text = format!(
                "Over {} holders got {} a year, and the cluster paid {} for stake: `sluice pool yield` \
                 says why.",
                counted(gap.epochs, "epoch"),
                signed_percent_e9(gap.net_parts_e9),
                signed_percent_e9(gap.gross_parts_e9)
            );
            self.says_of(pool, Rule::YieldLow, "", text);
        }
    }

    fn of_market(&mut self, pool: &ObservedPool, view: Option<&View>, limits: &AlertSettings) {
        let Some(market) = &pool.market else {
            return self.cannot_tell(Rule::MarketLow, &pool.address);
        };
        let exit = view.and_then(|view| view.exit_price_lamports);
        match (&market.price_lamports, exit) {
            (Err(why), _) => {
                let text = format!("The market price is not known: {why}.");
                self.says_of(pool, Rule::MarketSilent, "", text);
                self.cannot_tell(Rule::MarketLow, &pool.address);
            }
            (Ok(price), Some(exit)) => {
                let gap = u128::from(exit.saturating_sub(*price)).saturating_mul(1_000_000_000);
                let gap = gap.checked_div(u128::from(exit)).unwrap_or_default();
                let gap = u32::try_from(gap).unwrap_or(u32::MAX);
                if gap > limits.market_gap_bps.saturating_mul(100_000) {
                    let text = format!(
                        "The market pays {} for a token, {} less than an exit at {}.",
                        sol(*price),
                        percent_e9(gap),
                        sol(exit)
                    );
                    self.says_of(pool, Rule::MarketLow, "", text);
                }
            }
            (Ok(_), None) => self.cannot_tell(Rule::MarketLow, &pool.address),
        }
    }
}

impl Change {
    fn said(&self, epoch: u64) -> String {
        let Self {
            name,
            before,
            after,
            from_epoch,
            ..
        } = self;
        let epochs = from_epoch.saturating_sub(epoch);
        let when = match (epochs, self.seconds) {
            (0, _) => "with the next pricing".to_owned(),
            (_, None) => format!("in {}", counted(epochs, "epoch")),
            (_, Some(seconds)) => format!("{}, at the pace of the last epoch", in_about(seconds)),
        };
        format!(
            "{name} becomes {after} (now {before}) when epoch {from_epoch} is priced: {when}. Who does \
             not like it can leave before."
        )
    }
}
