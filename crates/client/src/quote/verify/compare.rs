//! Whether two nodes show the same pool.

use std::collections::BTreeSet;

use sluice::state::Pool;
use solana_program_pack::Pack;
use solana_pubkey::Pubkey;
use spl_token_interface::state::Mint;

use super::{
    Report,
    check::{Check, Finding, Subject, Verdict},
    evidence::Evidence,
};
use crate::{AccountSource, Result, pool::snapshot::sysvars, words::printable::printable_lines};

/// Holds what a node says against what another one, called `name`, says.
///
/// Where the pool is the same in both, every account must be, to the lamport. Where it has moved
/// between both readings, what no deposit and no exit moves must be the same: roles, parameters,
/// history, token, program. Anybody can send lamports between two readings, so a difference is worth
/// a second reading before it is believed.
fn agree(first: &Evidence, second: &Evidence, name: &str) -> Check {
    let name = printable_lines(name);
    let fine = format!("{name} shows the same accounts, to the lamport.");
    let mut check = Check::new(Subject::SecondNode, fine);
    let own = &first.addresses;
    let differ = format!("{name} shows another content of this account.");
    if first.deployed != second.deployed {
        check.about(
            Verdict::Fail,
            sluice::ID,
            format!("{name} shows another program."),
        );
    }
    let data = |evidence: &Evidence| evidence.account(&own.pool).map(|one| one.data.clone());
    if data(first) == data(second) {
        for address in compared(first, second) {
            let same = first.account(&address) == second.account(&address);
            check.require(same, address, differ.as_str());
        }
        return check;
    }
    for (address, same) in [
        (own.pool, decisions(first) == decisions(second)),
        (own.mint, minter(first) == minter(second)),
        (own.history, history(first) == history(second)),
    ] {
        check.require(same, address, differ.as_str());
    }
    if check.findings.is_empty() {
        let says = format!(
            "The pool moved between both readings: {name} shows the same roles, parameters, history and \
             program, and amounts could not be compared."
        );
        check.add(Verdict::Notice, says);
    }
    check
}

fn compared(first: &Evidence, second: &Evidence) -> BTreeSet<Pubkey> {
    let all = first.accounts.keys().chain(second.accounts.keys());
    all.filter(|address| !sysvars::ADDRESSES.contains(address))
        .copied()
        .collect()
}

/// The pool without what deposits, exits and cranks change.
fn decisions(evidence: &Evidence) -> Option<[Vec<u8>; 2]> {
    let account = evidence.account(&evidence.addresses.pool)?;
    let pool: Pool = crate::decode(&evidence.addresses.pool, account).ok()?;
    let roles = [
        pool.admin,
        pool.nominated_admin,
        pool.curator,
        pool.guardian,
        pool.treasury,
    ];
    let parameters = [
        bytemuck::bytes_of(&pool.config),
        bytemuck::bytes_of(&pool.governance),
    ];
    Some([
        roles.map(|role| role.to_bytes()).concat(),
        parameters.concat(),
    ])
}

fn minter(evidence: &Evidence) -> Option<[Option<Pubkey>; 2]> {
    let mint = Mint::unpack(&evidence.account(&evidence.addresses.mint)?.data).ok()?;
    Some([mint.mint_authority.into(), mint.freeze_authority.into()])
}

fn history(evidence: &Evidence) -> Option<&[u8]> {
    let account = evidence.account(&evidence.addresses.history)?;
    Some(&account.data)
}

/// How often all is read where nodes do not show the same: the pool may just have moved.
const READINGS: usize = 3;

/// Verifies what `read` gives, and holds it against what each of these nodes shows. Where one of them
/// differs, everything is read again, so that what is reported is always what was compared.
///
/// Fails as `read` does.
pub fn confirmed<S: AccountSource>(
    read: impl Fn() -> Result<(Evidence, Report)>,
    nodes: &[(&str, &S)],
) -> Result<(Evidence, Report)> {
    let mut readings = 0;
    loop {
        let (evidence, mut report) = read()?;
        let check = ask_each(&evidence, nodes);
        readings += 1;
        let differs = |finding: &Finding| finding.verdict != Verdict::Warning;
        if readings >= READINGS || !check.findings.iter().any(differs) {
            report.checks.push(check);
            return Ok((evidence, report));
        }
    }
}

/// Reads the pool from each of these nodes by itself and holds it against `first`.
fn ask_each<S: AccountSource>(first: &Evidence, nodes: &[(&str, &S)]) -> Check {
    let names = nodes.iter().map(|(name, _)| printable_lines(name));
    let names = names.collect::<Vec<_>>().join(", ");
    let fine = format!("The same accounts are shown by each of {names}.");
    let mut all = Check::new(Subject::SecondNode, fine);
    for (name, node) in nodes {
        match Evidence::gather(*node, &first.addresses) {
            Ok(second) => all.findings.extend(agree(first, &second, name).findings),
            Err(error) => {
                let name = printable_lines(name);
                let says = format!("{name} gave no answer to compare with: {error}");
                all.add(Verdict::Warning, says);
            }
        }
    }
    all
}
