//! The queue of a pool on the page.

use maud::{Markup, html};
use sluice_cli::moment::in_about;
use sluice_client::words::amounts::{counted, lst};

use crate::facts::Facts;

/// Batches that wait, oldest first, and the one that is open.
pub fn section(facts: &Facts<'_>) -> Markup {
    let (head, open) = (facts.pool.head_batch, facts.pool.open_batch);
    let locked = facts.snapshot.batches.iter();
    let locked: Vec<_> = locked
        .filter(|batch| (head..open).contains(&batch.id))
        .collect();
    let told = u64::try_from(locked.len()).unwrap_or(u64::MAX);
    let beyond = facts.locked_batches().saturating_sub(told);
    let is_empty = facts.locked_batches() == 0 && facts.pool.open_lst == 0;
    html! {
        h3 { "Queue" }
        @if is_empty { p { "Nobody waits." } }
        @else {
            table class="cards" {
                tr { th { "batch" } th { "waits" } th { "since" } th { "is paid" } }
                @for batch in locked {
                    tr {
                        td data-label="batch" { (batch.id) }
                        td data-label="waits" { (lst(batch.unsettled_lst)) " in " (counted(batch.tickets, "ticket")) }
                        td data-label="since" { "locked in epoch " (batch.lock_epoch) }
                        td data-label="is paid" { (payable(facts, batch.lock_epoch.saturating_add(1))) }
                    }
                }
                @if facts.pool.open_lst > 0 { (open_batch(facts)) }
            }
            @if beyond > 0 { p { "And " (beyond) " more behind them." } }
        }
    }
}

fn open_batch(facts: &Facts<'_>) -> Markup {
    let schedule = facts.snapshot.exit_schedule().ok();
    let epoch = schedule.map(|schedule| schedule.settle_epoch);
    html! {
        tr {
            td data-label="batch" { (facts.pool.open_batch) ", open" }
            td data-label="waits" { (lst(facts.pool.open_lst)) }
            td data-label="since" { "not locked yet" }
            td data-label="is paid" { @if let Some(epoch) = epoch { (payable(facts, epoch)) } }
        }
    }
}

/// When a batch can be paid at the earliest.
fn payable(facts: &Facts<'_>, epoch: u64) -> String {
    if epoch <= facts.epoch() {
        return "as soon as enough stake has come back".to_owned();
    }
    match facts.seconds_until_epoch(epoch) {
        Some(seconds) => format!("from epoch {epoch} on, {}", in_about(seconds)),
        None => format!("from epoch {epoch} on"),
    }
}
