//! SOL of tickets that are settled.

use std::cmp::Reverse;

use sluice_client::{
    CLAIMS_PER_TRANSACTION, ClientError, OwnedTicket, PoolSnapshot, TicketPayout, TicketSearch,
    is_worth_its_fee, tickets_of,
    words::amounts::{counted, sol},
};

use super::{icon, takes, when};
use crate::{
    desk::{Desk, Wallet},
    refusal::Refusal,
    spec::{ActionGetResponse, TransactionResponse},
};

/// Where tickets are looked for by a node without an index: few calls, and enough for who joins the queue
/// now and then.
const SEARCH: TicketSearch = TicketSearch {
    epochs: 16,
    numbers: 16,
};

/// How it looks.
pub fn show(desk: &Desk) -> ActionGetResponse {
    let pool = desk.pool.pool;
    let description = format!(
        "Collect the SOL of your settled tickets in the Sluice pool {pool}: as many as one transaction takes, those \
         that pay most first."
    );
    ActionGetResponse::new(icon(desk), "Claim SOL", description, "Claim SOL")
}

/// The claims of what pays most.
pub fn prepare(desk: &Desk, wallet: Wallet) -> Result<TransactionResponse, Refusal> {
    let tickets = tickets(desk, wallet)?;
    let snapshot = desk.read()?;
    let mut due = due(&snapshot, wallet, &tickets)?;
    if due.is_empty() {
        return Err(Refusal::bad(nothing(desk, &snapshot, &tickets)));
    }
    due.sort_by_key(|(_, payout)| Reverse(payout.claimable));
    let later = due.split_off(due.len().min(CLAIMS_PER_TRANSACTION));
    let claimed: Vec<&OwnedTicket> = due.iter().map(|(owned, _)| *owned).collect();
    let claims = claimed
        .iter()
        .map(|owned| desk.pool.claim(&owned.accounts(), owned.batch.opener));
    let instructions = claims.collect();
    let together = snapshot.claims_together(&claimed)?;
    let rents = together.closing.rents(&desk.rpc)?;
    let rent = match rents.get(&wallet.0).filter(|rent| !rent.is_zero()) {
        None => String::new(),
        Some(rent) => format!(", and {} of rent that comes back to you", sol(rent.get())),
    };
    let rest = match later.len() {
        0 => String::new(),
        count => format!(
            " {} can be claimed after it.",
            counted(count, "more ticket")
        ),
    };
    let told = format!(
        "Claims {} of the pool {}. You receive {}{rent}.",
        counted(due.len(), "ticket"),
        desk.pool.pool,
        sol(together.paid.get()),
    );
    desk.prepare(wallet, Vec::new(), instructions, |fee| {
        format!("{told} {}{rest}", takes(fee))
    })
}

/// The wallet's tickets of the pool, by the node's index or, where it has none, by their addresses.
fn tickets(desk: &Desk, wallet: Wallet) -> Result<Vec<OwnedTicket>, Refusal> {
    let owner = wallet.0;
    match tickets_of(&desk.rpc, &owner, Some(&desk.pool.pool)) {
        Err(ClientError::Rpc(_)) => {}
        tickets => return Ok(tickets?),
    }
    let epoch = desk.read()?.cluster.clock.epoch;
    let mut requested = desk
        .pool
        .requested_tickets(&desk.rpc, owner, epoch, SEARCH)?;
    requested.retain(|owned| owned.ticket.owner == owner);
    Ok(requested)
}

/// Those that can be claimed now and are worth it.
fn due<'a>(
    snapshot: &PoolSnapshot,
    wallet: Wallet,
    tickets: &'a [OwnedTicket],
) -> Result<Vec<(&'a OwnedTicket, TicketPayout)>, Refusal> {
    let mut due = Vec::new();
    for owned in tickets {
        let payout = snapshot.ticket_payout(&owned.ticket, &owned.batch)?;
        if payout.can_claim && is_worth_its_fee(owned, &payout, &[wallet.0]) {
            due.push((owned, payout));
        }
    }
    Ok(due)
}

/// Why there is nothing to claim: the date of the first of the tickets that wait.
fn nothing(desk: &Desk, snapshot: &PoolSnapshot, tickets: &[OwnedTicket]) -> String {
    let waiting = tickets.iter().filter(|owned| !owned.batch.is_settled());
    let dates = waiting.filter_map(|owned| {
        let schedule = snapshot.batch_schedule(&owned.batch).ok().flatten()?;
        snapshot.payable_dates(&schedule).ok()
    });
    let pool = desk.pool.pool;
    match dates.min_by_key(|dates| dates.first_slot) {
        None => format!(
            "There is nothing to claim: the wallet has no ticket of the pool {pool} that pays"
        ),
        Some(dates) => format!(
            "Nothing can be claimed yet: the first ticket is due in epoch {}{}",
            dates.first_epoch,
            when(desk.seconds_until(dates.first_slot, snapshot))
        ),
    }
}
