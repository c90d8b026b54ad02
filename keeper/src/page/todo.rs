//! What is left to people: what a keeper cannot decide, with the commands for it.

use std::time::Instant;

use maud::{Markup, html};
use sluice::state::SlotState;
use sluice_client::words::amounts::{counted, sol};

use super::health::{DUE_SECONDS, ill_nodes};
use crate::{
    facts::{Facts, since},
    known::{Known, KnownPool},
};

/// Something to do, and how.
struct Task {
    /// What and why, as sentences.
    what: String,
    /// Commands to type.
    commands: Vec<String>,
}

impl Task {
    fn new(what: impl Into<String>, commands: impl IntoIterator<Item = String>) -> Self {
        Self {
            what: what.into(),
            commands: commands.into_iter().collect(),
        }
    }
}

/// All that is to do about a keeper with these `problems`: never nothing where there are some.
pub fn section(known: &Known, problems: &[String], now: Instant) -> Markup {
    let of_pools = known.pools.iter().flat_map(|pool| {
        if let Some(what) = known.is_outdated(pool, now) {
            return vec![unknown(pool, &what)];
        }
        let tasks = Facts::of(pool).map(|facts| of_pool(&facts, pool, now));
        tasks.unwrap_or_default()
    });
    let tasks: Vec<Task> = of_keeper(known, now).chain(of_pools).collect();
    html! {
        h2 { "What you must do" }
        @if tasks.is_empty() && problems.is_empty() { p { "Nothing. The keeper does what is due." } }
        @else if tasks.is_empty() { p { "Look at what is said above. The keeper tries it again by itself." } }
        @else {
            ul class="tasks" {
                @for task in &tasks {
                    li { (task.what) @for command in &task.commands { code class="command" { (command) } } }
                }
            }
        }
    }
}

/// What is due in a pool that nobody tells of is not known, and neither is that nothing is.
fn unknown(pool: &KnownPool, what: &str) -> Task {
    let (name, address) = (pool.called(), pool.address());
    let what = format!(
        "{name}: {what}. What is due is not known. Look at the nodes in `urls`, or name others; see what \
         another one says."
    );
    Task::new(
        what,
        [format!("sluice --pool {address} --url URL pool show")],
    )
}

fn of_keeper(known: &Known, now: Instant) -> impl Iterator<Item = Task> {
    let poor = known.is_poor() == Some(true);
    let pay = poor.then(|| {
        Task::new(
            "The keeper soon cannot pay its fees. Send it SOL.",
            [format!("solana transfer {} 1", known.keeper)],
        )
    });
    let full = known.journal.trouble().map(|_| {
        let what =
            "Nothing is sent. Make room on the disk of `state`, or let the keeper write there.";
        Task::new(what, [])
    });
    let away = ill_nodes(known, now).map(|trouble| {
        let what = format!("{}. Look at it, or name another in `urls`.", trouble.what);
        Task::new(what, [])
    });
    let hangs = known.silence(now).map(|_| {
        let what =
            "The keeper hangs. Start it anew: `/healthz` says 503 for who does that by itself.";
        Task::new(what, [])
    });
    hangs.into_iter().chain(pay).chain(full).chain(away)
}

fn of_pool(facts: &Facts<'_>, pool: &KnownPool, now: Instant) -> Vec<Task> {
    let (name, address) = (pool.called(), pool.address());
    let task = |what: String, commands: &[&str]| {
        let typed = commands.iter();
        let typed = typed.map(|command| format!("sluice --pool {address} {command}"));
        Task::new(format!("{name}: {what}"), typed)
    };
    let mut tasks = Vec::new();
    if facts.snapshot.needs_migration() {
        let what = "Its accounts have an older layout than the program. Migrate it.";
        tasks.push(task(what.to_owned(), &["pool migrate"]));
    }
    if facts.pool.is_tripped() {
        let what = "An abnormal loss closed deposits and instant exits. Read what was lost. The admin \
                    ends that once nothing of it comes back.";
        let commands = ["pool show", "pool acknowledge-loss"];
        tasks.push(task(what.to_owned(), &commands));
    }
    if let Some(until) = facts.snapshot.pause_status().until_epoch {
        let what =
            format!("The guardian's pause lasts until epoch {until}. End it before if it is over.");
        tasks.push(task(what, &["pool unpause"]));
    }
    if facts.validators(SlotState::Active) == 0 {
        let what = "No validator gets stake, so it earns nothing. Add some.";
        tasks.push(task(what.to_owned(), &["validator add VOTE"]));
    } else if let Some(idle) = facts
        .snapshot
        .beyond_share_cap()
        .ok()
        .filter(|idle| !idle.is_zero())
    {
        let what = format!(
            "{} cannot be staked: no validator may have more. Add some.",
            sol(idle)
        );
        tasks.push(task(what, &["validator add VOTE"]));
    }
    let late = pool
        .due
        .iter()
        .filter(|due| since(due.since, now) > DUE_SECONDS);
    if late.count() > 0 {
        let what = "Something is due for long. See by hand why it does not work.";
        tasks.push(task(what.to_owned(), &["crank"]));
    }
    tasks.extend(to_know(facts).map(|(what, command)| task(what, &[command])));
    tasks
}

/// What holders should hear of.
fn to_know(facts: &Facts<'_>) -> impl Iterator<Item = (String, &'static str)> {
    let changes = u64::try_from(facts.snapshot.pending_changes()).unwrap_or(u64::MAX);
    let announced = (changes > 0).then(|| {
        let changes = counted(changes, "change");
        let what = format!("{changes} of parameters announced. Tell holders, or cancel.");
        (what, "pool config show")
    });
    let nominee = facts.pool.nominated_admin;
    let nominated = (nominee != solana_pubkey::Pubkey::default()).then(|| {
        let what = format!("{nominee} may become its admin at any time. Tell holders, or cancel.");
        (what, "pool role show")
    });
    let ejected = facts.validators(SlotState::Ejected);
    let ejected = (ejected > 0).then(|| {
        let what = format!("{} ejected. See why.", counted(ejected, "validator"));
        (what, "validator list")
    });
    announced.into_iter().chain(nominated).chain(ejected)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use solana_pubkey::Pubkey;

    use super::{
        super::health::{problems, tests::LIMITS},
        *,
    };
    use crate::known::{Doubt, KnownNode, Shared};

    const NOTHING: &str = "Nothing. The keeper does what is due.";

    fn said(known: &Known, now: Instant) -> String {
        section(known, &problems(known, now), now).into_string()
    }

    #[test]
    fn of_a_pool_that_nobody_tells_of_it_is_not_said_that_nothing_is_due() {
        let shared = Shared::new(Pubkey::default(), &[Pubkey::new_unique()], LIMITS);
        let said = said(&shared.lock(), Instant::now());
        assert!(said.contains("What is due is not known"), "{said}");
        assert!(!said.contains(NOTHING), "{said}");
    }

    #[test]
    fn nothing_is_to_do_only_where_all_is_well() {
        type Spoil = fn(&mut Known, Instant);
        let spoils: [(Spoil, &str); 4] = [
            (
                |known, now| {
                    let mut node = KnownNode::new("https://one.example");
                    node.condition.is_ill("It is far ahead".to_owned(), now);
                    node.doubt = Some(Doubt::Ahead);
                    known.nodes.push(node);
                },
                "It is far ahead. Look at it",
            ),
            (
                |known, now| {
                    known.journal.is_ill("It is full".to_owned(), now);
                },
                "Nothing is sent. Make room",
            ),
            (
                |known, now| {
                    known.connection.is_ill("Nobody answers".to_owned(), now);
                },
                "Look at what is said above.",
            ),
            (
                |known, now| known.beat = now - LIMITS.silence - Duration::from_secs(1),
                "The keeper hangs.",
            ),
        ];
        for (spoil, words) in spoils {
            let shared = Shared::new(Pubkey::default(), &[], LIMITS);
            let (mut known, now) = (shared.lock(), Instant::now());
            let well = said(&known, now);
            assert!(well.contains(NOTHING), "{well}");
            spoil(&mut known, now);
            let ill = said(&known, now);
            assert!(ill.contains(words) && !ill.contains(NOTHING), "{ill}");
        }
    }
}
