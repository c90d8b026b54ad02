//! Lookup tables for cranks: what they cost is told, then they are made and filled.

use anyhow::Result;
use sluice_client::{
    Executor,
    send::lookup_tables::{TableCost, TableProgress, active, cost},
    words::amounts::sol,
};
use solana_message::AddressLookupTableAccount;
use solana_pubkey::Pubkey;

use crate::{
    commands::tables::{OwnTables, remember},
    output::announce,
    progress::Progress,
    session::Session,
};

/// The keeper's tables of the configured pool, which hold all that cranks use.
pub fn ensure(
    session: &Session,
    executor: &Executor<'_>,
    keeper: Pubkey,
) -> Result<Vec<AddressLookupTableAccount>> {
    let snapshot = session.snapshot()?;
    let pool = snapshot.addresses.pool;
    let found = OwnTables::find(session, &keeper, &pool)?.tables;
    remember(session, pool, found.iter().map(|own| own.table.key));
    let cost = cost(&snapshot, &active(&found))?;
    if cost.transactions > 0 {
        announce(in_words(&cost, executor));
    }
    let progress = Progress::steps("filling lookup tables");
    let filled = executor.ensure_tables(&snapshot, &found, &mut |event| match event {
        TableProgress::Created(table) => {
            announce(format_args!("New lookup table: {table}."));
            remember(session, pool, [table]);
        }
        TableProgress::Sent { done, total } => progress.at(done, total),
    });
    Ok(filled?)
}

fn in_words(cost: &TableCost, executor: &Executor<'_>) -> String {
    let count = cost.transactions;
    format!(
        "Lookup tables get {} more addresses first. New tables: {}. Rent: {}, which `sluice tables close` \
         gets back. Transactions: {count}, about {} of fees, at most {}.",
        cost.addresses,
        cost.tables,
        sol(cost.rent),
        sol(executor.usual_fees(count)),
        sol(executor.most_fees(count))
    )
}
