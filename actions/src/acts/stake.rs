//! SOL for the pool's token.

use sluice_client::{
    Holding, PoolSnapshot,
    words::{
        amounts::{WHOLE_LST, lst, sol},
        drips::what_drips,
    },
};
use sluice_math::{Lamports, Lst};

use super::{Act, TO_FILL_IN, icon, receives, takes};
use crate::{
    desk::Desk,
    refusal::Refusal,
    spec::{ActionGetResponse, LinkedAction, Parameter, TransactionResponse},
};

/// How it looks now: closed where the smallest amount that has a button could not be deposited.
pub fn show(desk: &Desk) -> Result<ActionGetResponse, Refusal> {
    let snapshot = desk.look()?.as_if_priced();
    let preset = |amount: &Lamports| {
        let amount = short(*amount);
        let label = format!("Stake {amount} SOL");
        LinkedAction::new(Act::Stake.button(desk, &amount), label)
    };
    let any = LinkedAction::new(Act::Stake.button(desk, TO_FILL_IN), "Stake SOL")
        .with(Parameter::amount("SOL to stake, such as 12.5"));
    let buttons = desk.presets.iter().map(preset).chain([any]).collect();
    let shown = ActionGetResponse::new(icon(desk), "Stake SOL", described(&snapshot)?, "Stake SOL")
        .with_links(buttons);
    let least = desk.presets.iter().copied().min();
    let refused = least.and_then(|least| snapshot.quote_deposit(least).err());
    Ok(match refused {
        Some(error) => shown.closed(error.to_string()),
        None => shown,
    })
}

fn described(snapshot: &PoolSnapshot) -> Result<String, Refusal> {
    Ok(format!(
        "Deposit SOL into the Sluice pool {}, and receive LST, its token.{} Rewards raise what it is worth.",
        snapshot.addresses.pool,
        worth(snapshot)?
    ))
}

/// What a token brings now, which is less than it costs as long as rewards drip.
fn worth(snapshot: &PoolSnapshot) -> Result<String, Refusal> {
    let (rate, one) = (snapshot.rate()?, Lst::new(WHOLE_LST));
    // A pool without tokens has no price.
    let (Ok(now), Ok(later)) = (rate.redeemable(one), rate.redeemable_later(one)) else {
        return Ok(String::new());
    };
    let then = match now == later {
        true => String::new(),
        false => format!(
            ", and {} once the rewards that drip now are in",
            sol(later.get())
        ),
    };
    let now = sol(now.get());
    Ok(format!(
        " 1 LST is worth {now} to who leaves now, before any fee{then}."
    ))
}

/// The amount without zeros that say nothing.
fn short(amount: Lamports) -> String {
    let all = amount.to_string();
    let short = all.trim_end_matches('0').trim_end_matches('.');
    short.to_owned()
}

/// The deposit of this much.
pub fn prepare(
    desk: &Desk,
    account: &str,
    amount: Lamports,
) -> Result<TransactionResponse, Refusal> {
    let wallet = desk.wallet(account)?;
    let priced = desk.priced(wallet)?;
    let snapshot = &priced.snapshot;
    let quote = snapshot.quote_deposit(amount)?;
    let quoted = quote.minted.get();
    let least = desk.tolerance.minimum(quoted).map_err(Refusal::internal)?;
    let holding = Holding::read(&desk.rpc, &desk.pool, wallet.0)?;
    let deposit = desk
        .pool
        .deposit_sol(wallet.0, holding.address, amount.get(), least);
    let stays = quote.fee.add(quote.charge).map_err(Refusal::internal)?;
    let rent = match holding.exists() {
        true => String::new(),
        false => format!(
            " Your token account keeps {} as rent.",
            sol(snapshot.cluster.token_account_rent().get())
        ),
    };
    let deposits = format!(
        "Deposits {} into the pool {}, of which its holders keep {} as a fee. {}",
        sol(amount.get()),
        desk.pool.pool,
        sol(stays.get()),
        receives(least, quoted, lst),
    );
    let drips = what_drips(snapshot, quote.minted)?;
    let drips = drips.map_or_else(String::new, |drips| format!(" {drips}"));
    let first = priced.words();
    let instructions = vec![holding.ensured(&wallet.0), deposit];
    desk.prepare(wallet, priced.before, instructions, |fee| {
        format!("{deposits}{drips} {}{rent}{first}", takes(fee))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_on_a_button_is_exact() {
        let shown = |text: &str| short(text.parse().unwrap());
        assert_eq!(shown("10"), "10");
        assert_eq!(shown("0.5"), "0.5");
        assert_eq!(shown("100.000000001"), "100.000000001");
    }
}
