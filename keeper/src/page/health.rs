//! Whether all is well, in sentences.

use std::time::SystemTime;

use crate::{
    facts::{Facts, since},
    known::{Known, KnownPool},
};

/// A step that is due for longer is a problem.
pub const DUE_SECONDS: u64 = 300;

/// What is wrong, as sentences: nothing where all is well.
pub fn problems(known: &Known, now: SystemTime) -> Vec<String> {
    let whole = known.trouble.iter().map(|trouble| trouble.what.clone());
    let poor = known.is_poor() == Some(true);
    let poor = poor.then(|| "The keeper has too little SOL to go on for long.".to_owned());
    let pools = known.pools.iter().flat_map(|pool| {
        let problems = problems_of(pool, now).into_iter();
        problems.map(move |problem| format!("{}: {problem}", pool.called()))
    });
    whole.chain(poor).chain(pools).collect()
}

fn problems_of(pool: &KnownPool, now: SystemTime) -> Vec<String> {
    let mut problems = Vec::new();
    problems.extend(pool.trouble.iter().map(|trouble| trouble.what.clone()));
    let Some(facts) = Facts::of(pool) else {
        problems.push("It was not read yet.".to_owned());
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
