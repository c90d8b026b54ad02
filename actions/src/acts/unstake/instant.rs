//! The pool's token back at once, for a fee, from what the reserve holds.

use sluice_client::{
    Holding, PoolSnapshot, Sum,
    words::amounts::{lst, percent, sol},
};
use sluice_math::Lst;

use super::buttons;
use crate::{
    acts::{Act, icon, receives, takes},
    desk::Desk,
    refusal::Refusal,
    spec::{ActionGetResponse, TransactionResponse},
};

/// What its buttons say.
pub const LABELS: [&str; 2] = ["Leave with all now", "Leave now"];

/// So little can leave wherever anything can.
const LITTLE: Lst = Lst::new(1_000_000);

/// How it looks now.
pub fn show(desk: &Desk) -> Result<ActionGetResponse, Refusal> {
    let snapshot = desk.look()?.as_if_priced();
    let config = &snapshot.pool.config;
    let description = format!(
        "Leave the Sluice pool {} at once, for a fee of {} to {}: the more, the less is left in the pool's reserve. LST \
         worth at most {}, fee included, can leave so now.",
        desk.pool.pool,
        percent(config.instant_fee_min_bps),
        percent(config.instant_fee_max_bps),
        sol(snapshot.instant_buffer()?.get())
    );
    let shown = ActionGetResponse::new(icon(desk), "Leave now", description, "Leave now")
        .with_links(buttons(desk, Act::Instant, LABELS).to_vec());
    Ok(match closed(&snapshot) {
        Some(why) => shown.closed(why),
        None => shown,
    })
}

/// Why nobody can leave at once now, if so.
pub fn closed(snapshot: &PoolSnapshot) -> Option<String> {
    let quote = snapshot.as_if_priced().quote_instant_exit(LITTLE);
    quote.err().map(|error| error.to_string())
}

/// The exit of this much.
pub fn prepare(desk: &Desk, account: &str, sum: Sum) -> Result<TransactionResponse, Refusal> {
    let wallet = desk.wallet(account)?;
    let owner = wallet.0;
    let holding = Holding::read(&desk.rpc, &desk.pool, owner)?;
    let amount = holding.take(sum)?;
    let priced = desk.priced(wallet)?;
    let quote = priced.snapshot.quote_instant_exit(amount)?;
    let quoted = quote.lamports.get();
    let least = desk.tolerance.minimum(quoted).map_err(Refusal::internal)?;
    let exit = desk
        .pool
        .withdraw_sol(owner, holding.address, owner, amount.get(), least);
    let gives = format!(
        "Gives {} back to the pool {} at once, for a fee of {} that its holders keep. {}",
        lst(amount.get()),
        desk.pool.pool,
        sol(quote.fee.get()),
        receives(least, quoted, sol),
    );
    let first = priced.words();
    desk.prepare(wallet, priced.before, vec![exit], |fee| {
        format!("{gives} {}{first}", takes(fee))
    })
}
