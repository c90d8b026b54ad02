//! What applying a file costs.

use anyhow::Result;
use sluice_client::{plan::set::Change, words::amounts::sol};
use sluice_math::Lamports;

use super::Planned;
use crate::{
    args::SendMode,
    session::{Actor, Session},
};

/// Lines of a list of facts: the rent that changes take, and the fees of their transactions where these
/// are sent now.
pub fn facts(
    session: &Session,
    actor: &Actor,
    planned: &Planned,
    changes: &[&Change],
    transactions: usize,
) -> Result<Vec<(&'static str, String)>> {
    let mut facts = Vec::new();
    let rent = planned.view.most_rent(changes)?;
    if rent > Lamports::ZERO {
        facts.push(("Rent", format!("at most {}", sol(rent.get()))));
    }
    if session.send_mode() == SendMode::Send {
        let executor = session.executor(actor.payer())?;
        let others = match actor.address() == actor.payer_address() {
            true => 0,
            false => transactions,
        };
        // Every signature costs the same, whoever gives it.
        let of_others = executor.usual_fees(others);
        let about = executor.usual_fees(transactions).add(of_others)?;
        let most = executor.most_fees(transactions).add(of_others)?;
        let fees = format!("about {}, at most {}", sol(about.get()), sol(most.get()));
        facts.push(("Fees", fees));
    }
    Ok(facts)
}
