//! Whether all is well, in sentences.

use std::time::Instant;

use sluice_client::words::amounts::counted;

use crate::{
    alerts::rule::Severity,
    facts::{Facts, since},
    known::{Known, KnownPool},
    trouble::Trouble,
};

/// A step that is due, or a node that is away, for longer is a problem.
pub const DUE_SECONDS: u64 = 300;

/// What is wrong, as sentences: nothing where all is well.
pub fn problems(known: &Known, now: Instant) -> Vec<String> {
    let hangs = known.silence(now).map(|silence| {
        let seconds = silence.as_secs();
        format!("The keeper has done nothing for {seconds} seconds. Start it anew.")
    });
    let whole = [&known.connection, &known.journal].into_iter();
    let whole = whole.filter_map(|condition| Some(condition.trouble()?.what.clone()));
    let poor = known.is_poor() == Some(true);
    let poor = poor.then(|| "The keeper has too little SOL to go on for long.".to_owned());
    let nodes = ill_nodes(known, now).map(|trouble| format!("{}.", trouble.what));
    let pools = known.pools.iter().flat_map(|pool| {
        let problems = problems_of(known, pool, now).into_iter();
        problems.map(move |problem| format!("{}: {problem}", pool.called()))
    });
    let alerts = serious_alerts(known);
    let alerts = (alerts > 0).then(|| format!("{} below.", counted(alerts, "alert")));
    let whole = hangs.into_iter().chain(whole).chain(poor);
    whole.chain(nodes).chain(pools).chain(alerts).collect()
}

/// The troubles of nodes that are not believed, or are away for long.
pub fn ill_nodes(known: &Known, now: Instant) -> impl Iterator<Item = &Trouble> {
    known.nodes.iter().filter_map(move |node| {
        let trouble = node.condition.trouble()?;
        let lasts = since(trouble.since, now) > DUE_SECONDS;
        (node.doubt.is_some() || lasts).then_some(trouble)
    })
}

/// How many alerts fire that want somebody to look.
fn serious_alerts(known: &Known) -> u64 {
    let alerts = known.alarms.firing.iter();
    let serious = alerts.filter(|alert| alert.key.rule.severity() > Severity::Info);
    u64::try_from(serious.count()).unwrap_or(u64::MAX)
}

fn problems_of(known: &Known, pool: &KnownPool, now: Instant) -> Vec<String> {
    let mut problems = Vec::new();
    let trouble = pool.condition.trouble();
    problems.extend(trouble.map(|trouble| trouble.what.clone()));
    problems.extend(known.is_outdated(pool, now).map(|what| format!("{what}.")));
    let Some(facts) = Facts::of(pool) else {
        return problems;
    };
    if !facts.snapshot.is_fresh() {
        let (priced, epoch) = (facts.pool.finalized_epoch, facts.epoch());
        problems.push(format!(
            "The prices are those of epoch {priced}, and this is epoch {epoch}."
        ));
    }
    if facts.snapshot.needs_migration() {
        problems.push("It must be migrated: `sluice pool migrate`.".to_owned());
    }
    if facts.pool.is_tripped() {
        problems.push("An abnormal loss has tripped the breaker.".to_owned());
    }
    if facts.pool.is_paused(facts.epoch()) {
        problems.push("The guardian has paused it.".to_owned());
    }
    let late = pool
        .due
        .iter()
        .filter(|due| since(due.since, now) > DUE_SECONDS);
    problems.extend(late.map(|due| format!("Due for long, and not done: {}.", due.why)));
    problems
}

#[cfg(test)]
pub mod tests {
    use std::time::Duration;

    use solana_pubkey::Pubkey;

    use super::*;
    use crate::known::{Doubt, KnownNode, Limits, Shared};

    /// What a keeper of a usual configuration allows.
    pub const LIMITS: Limits = Limits {
        silence: Duration::from_secs(270),
        unread: Duration::from_secs(60),
    };

    #[test]
    fn a_loop_that_hangs_is_a_problem_whatever_was_known_before() {
        let shared = Shared::new(Pubkey::default(), &[], LIMITS);
        let (known, start) = (shared.lock(), Instant::now());
        assert_eq!(problems(&known, start), Vec::<String>::new());
        let later = start + LIMITS.silence + Duration::from_secs(2);
        let said = problems(&known, later).join("");
        assert!(said.contains("has done nothing for 27"), "{said}");
    }

    #[test]
    fn a_pool_that_was_not_read_and_a_node_that_is_set_aside_are_problems() {
        let shared = Shared::new(Pubkey::default(), &[Pubkey::new_unique()], LIMITS);
        let (mut known, now) = (shared.lock(), Instant::now());
        let said = problems(&known, now).join("");
        assert!(said.contains("It was not read yet."), "{said}");
        let mut node = KnownNode::new("https://one.example");
        let _told = node.condition.is_ill("It is far ahead".to_owned(), now);
        known.nodes.push(node);
        assert_eq!(
            problems(&known, now).len(),
            1,
            "a node may be away for a moment"
        );
        let long = Duration::from_secs(DUE_SECONDS + 1);
        assert!(problems(&known, now + long).contains(&"It is far ahead.".to_owned()));
        known.nodes[0].doubt = Some(Doubt::Ahead);
        assert_eq!(problems(&known, now).len(), 2);
    }
}
