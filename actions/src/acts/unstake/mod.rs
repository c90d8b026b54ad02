//! The pool's token back: through the queue, for the whole price.

pub mod instant;

use sluice::state::{Ticket, UnstakeBatch};
use sluice_client::{
    Holding, PoolSnapshot, Sum, UnstakeRequest,
    words::amounts::{lst, sol},
};
use sluice_math::Lst;

use super::{Act, TO_FILL_IN, icon, takes, when};
use crate::{
    desk::Desk,
    refusal::Refusal,
    spec::{ActionGetResponse, LinkedAction, Parameter, TransactionResponse},
};

/// How both ways out look now; the instant one only where it is open.
pub fn show(desk: &Desk) -> Result<ActionGetResponse, Refusal> {
    let snapshot = desk.look()?;
    let at = queue_dates(desk, &snapshot);
    let pool = desk.pool.pool;
    let description = format!(
        "Give LST of the Sluice pool {pool} back. Through its queue you get a ticket, without a fee{at}. At once \
         it costs a fee, and only as much leaves as the pool's reserve has."
    );
    let mut buttons = buttons(desk, Act::Unstake, ["Unstake all", "Unstake LST"]).to_vec();
    let closed = instant::closed(&snapshot);
    if closed.is_none() {
        buttons.extend(self::buttons(desk, Act::Instant, instant::LABELS));
    }
    let shown = ActionGetResponse::new(icon(desk), "Unstake LST", description, "Unstake LST")
        .with_links(buttons);
    Ok(match closed {
        Some(why) => shown.with_error(format!("Nobody can leave at once now. {why}")),
        None => shown,
    })
}

/// One for all, and one for an amount.
fn buttons(desk: &Desk, act: Act, [all, some]: [&str; 2]) -> [LinkedAction; 2] {
    let parameter = Parameter::amount("LST to give back, such as 12.5");
    [
        LinkedAction::new(act.button(desk, "all"), all),
        LinkedAction::new(act.button(desk, TO_FILL_IN), some).with(parameter),
    ]
}

/// When a ticket of now can be claimed, as the end of a sentence.
fn queue_dates(desk: &Desk, snapshot: &PoolSnapshot) -> String {
    let schedule = snapshot.exit_schedule();
    let dates = schedule.and_then(|schedule| snapshot.payable_dates(&schedule));
    dates.map_or_else(
        |_| String::new(),
        |dates| {
            format!(
                ", to be claimed from epoch {} on{}",
                dates.first_epoch,
                when(desk.seconds_until(dates.first_slot, snapshot))
            )
        },
    )
}

/// The request of this much. The queue is open also where the price is not known.
pub fn prepare(desk: &Desk, account: &str, sum: Sum) -> Result<TransactionResponse, Refusal> {
    let wallet = desk.wallet(account)?;
    let owner = wallet.0;
    let snapshot = desk.read()?;
    let holding = Holding::read(&desk.rpc, &desk.pool, owner)?;
    let amount = holding.take(sum)?;
    let epoch = snapshot.cluster.clock.epoch;
    let number = desk
        .pool
        .free_ticket_number(&desk.rpc, owner, epoch, |_| false)?;
    let batch = snapshot.rolled_pool()?.open_batch;
    let request = UnstakeRequest::own(owner, holding.address, batch, number.value, amount.get());
    let request = desk.pool.request_unstake(&request);
    let joins = format!(
        "Puts {} into the queue of the pool {}. {} The ticket is {}. {}",
        lst(amount.get()),
        desk.pool.pool,
        promised(desk, &snapshot, amount),
        number.address,
        rent(&snapshot, batch),
    );
    desk.prepare(wallet, Vec::new(), vec![request], |fee| {
        format!("{joins} {}", takes(fee))
    })
}

/// What a ticket brings at least, and when.
fn promised(desk: &Desk, snapshot: &PoolSnapshot, amount: Lst) -> String {
    let schedule = snapshot.exit_schedule();
    let forecast = schedule.and_then(|schedule| snapshot.exit_forecast(amount, &schedule));
    let Ok(forecast) = forecast else {
        return "What it brings is not known: the pool has no price now.".to_owned();
    };
    let dates = forecast.dates;
    format!(
        "You can claim at least {} in epoch {}{} or {}, if it joins the queue now and no stake is lost.",
        sol(forecast.least.get()),
        dates.first_epoch,
        when(desk.seconds_until(dates.first_slot, snapshot)),
        dates.last_epoch,
    )
}

/// What lies in accounts, and when it comes back to the wallet, which pays it.
fn rent(snapshot: &PoolSnapshot, batch: u64) -> String {
    let of = |space| sol(snapshot.cluster.rent.minimum_balance(space));
    let ticket = of(Ticket::SPACE);
    match snapshot.batch(batch) {
        Some(_) => format!("Its rent of {ticket} comes back to you with the claim."),
        None => format!(
            "Its rent of {ticket} comes back to you with the claim, and {} for its batch, which it opens, with the \
             last claim of that.",
            of(UnstakeBatch::SPACE)
        ),
    }
}
