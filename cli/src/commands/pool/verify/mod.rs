//! Whether a pool is what it says, as people and scripts read it.

mod words;

use anyhow::Result;
use serde::Serialize;
use sluice_client::{
    Evidence, Expected, PoolAddresses, Report, Verdict,
    plan::program::MAX_CODE_BYTES,
    pool::deployed::{hash_of_elf, hash_text},
    quote::verify::{self, Check, Finding},
    send::files::read_file,
};
use solana_pubkey::Pubkey;

use crate::{
    args::{OutputFormat, VerifyArgs},
    failure::{Code, incomplete, misuse},
    output::print,
    progress::Progress,
    session::Session,
};

/// What was checked, and what came of it.
#[derive(Debug, Serialize)]
pub struct Verified {
    pool: String,
    epoch: u64,
    /// Nothing that was compared changed between these slots.
    from_slot: u64,
    slot: u64,
    verdict: &'static str,
    #[serde(skip)]
    worst: Verdict,
    program: Option<Program>,
    checks: Vec<Checked>,
}

/// The program that the pool is of.
#[derive(Debug, Serialize)]
struct Program {
    address: String,
    hash: String,
    deployed_slot: u64,
    elf_bytes: usize,
    upgrade_authority: Option<String>,
}

/// A check. Both figures are text; `unit` says what they count.
#[derive(Debug, Serialize)]
struct Checked {
    check: &'static str,
    verdict: &'static str,
    says: String,
    unit: Option<&'static str>,
    expected: Option<String>,
    found: Option<String>,
    findings: Vec<Found>,
    #[serde(skip)]
    worst: Verdict,
}

#[derive(Debug, Serialize)]
struct Found {
    verdict: &'static str,
    account: Option<String>,
    says: String,
}

/// Checks the configured pool. Fails after it has told everything where something is to be looked at.
pub fn verify(session: &Session, arguments: &VerifyArgs, output: OutputFormat) -> Result<()> {
    let expected = expected(arguments)?;
    let pool = session.pool()?;
    let (evidence, report) = confirmed(session, || examine(session, &pool, &expected))?;
    let verified = Verified::new(&evidence, &report);
    print(output, &verified)?;
    match verified.worst {
        Verdict::Ok | Verdict::Notice => Ok(()),
        Verdict::Warning | Verdict::Fail => Err(incomplete(verified.headline(), Code::Refused)),
    }
}

fn expected(arguments: &VerifyArgs) -> Result<Expected> {
    let of_file = arguments.elf.as_ref().map(|path| {
        let elf = read_file(path, MAX_CODE_BYTES);
        let elf = elf.map_err(|error| {
            misuse(format!(
                "the file {} cannot be read: {error}",
                path.display()
            ))
        })?;
        Ok::<_, anyhow::Error>(hash_of_elf(&elf))
    });
    Ok(Expected {
        program_hash: of_file.transpose()?.or(arguments.program_hash),
        upgrade_authority: arguments.upgrade_authority.map(|somebody| somebody.0),
    })
}

fn examine(
    session: &Session,
    pool: &PoolAddresses,
    expected: &Expected,
) -> sluice_client::Result<(Evidence, Report)> {
    let largest = session.rpc.get_vote_accounts().ok().map(|votes| {
        let all = votes.current.iter().chain(&votes.delinquent);
        let stakes = all.filter_map(|one| {
            let vote: Pubkey = one.vote_pubkey.parse().ok()?;
            Some((vote, one.activated_stake))
        });
        verify::superminority(stakes)
    });
    let complete = |evidence: &mut Evidence| evidence.superminority.clone_from(&largest);
    verify::examine(&session.rpc, pool, expected, complete)
}

/// Where several nodes are named, each is asked by itself.
fn confirmed(
    session: &Session,
    read: impl Fn() -> sluice_client::Result<(Evidence, Report)>,
) -> Result<(Evidence, Report)> {
    let _progress = Progress::spinner("adding up the pool's book");
    let nodes: Vec<_> = session
        .nodes
        .urls()
        .map(|url| (url.name, url.client))
        .collect();
    Ok(match nodes.len() {
        0 | 1 => read()?,
        _ => verify::confirmed(read, &nodes)?,
    })
}

impl Verified {
    fn new(evidence: &Evidence, report: &Report) -> Self {
        let deployed = evidence.deployed.as_ref();
        Self {
            pool: report.pool.to_string(),
            epoch: report.epoch,
            from_slot: report.from_slot,
            slot: report.slot,
            verdict: report.verdict().into(),
            worst: report.verdict(),
            program: deployed.map(|deployed| Program {
                address: sluice::ID.to_string(),
                hash: hash_text(&deployed.hash),
                deployed_slot: deployed.deployed_slot,
                elf_bytes: deployed.elf_bytes,
                upgrade_authority: deployed.upgrade_authority.map(|key| key.to_string()),
            }),
            checks: report.checks.iter().map(Checked::from).collect(),
        }
    }

    fn count(&self, verdict: Verdict) -> usize {
        let checks = self.checks.iter();
        checks.filter(|check| check.worst == verdict).count()
    }
}

impl From<&Check> for Checked {
    fn from(check: &Check) -> Self {
        let (expected, found) = check.compared.unzip();
        Self {
            check: check.name(),
            verdict: check.verdict().into(),
            worst: check.verdict(),
            says: check.says(),
            unit: expected.map(|figure| figure.unit()),
            expected: expected.and_then(|figure| figure.text()),
            found: found.and_then(|figure| figure.text()),
            findings: check.findings.iter().map(Found::from).collect(),
        }
    }
}

impl From<&Finding> for Found {
    fn from(finding: &Finding) -> Self {
        Self {
            verdict: finding.verdict.into(),
            account: finding.account.map(|account| account.to_string()),
            says: finding.says.clone(),
        }
    }
}
