//! Who can change what, and how fast.

use sluice::state::{
    COSTLY_CHANGE_EPOCHS, Costs, PAUSE_EPOCHS, PAUSE_WINDOW_EPOCHS, Parameter, Parameters,
    PoolConfig, PoolLimits, Unit,
};
use solana_hash::Hash;
use solana_pubkey::Pubkey;

use super::{
    books::Books,
    check::{Check, Figure, Subject, Verdict},
};
use crate::words::amounts::{counted, sol};

/// What a reader expects of the program, where they know it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// The hash of the program's code.
    pub program_hash: Option<Hash>,
    /// Who may replace it; `Some(None)` for nobody.
    pub upgrade_authority: Option<Option<Pubkey>>,
}

/// Nearer than this to a bound, in parts of a hundred of the room between both bounds, counts as near.
const NEAR_PERCENT: u64 = 10;

impl Books<'_> {
    /// Who has which role, and what each can do how fast.
    pub fn roles(&self) -> Check {
        let pool = &self.pool;
        let roles = [
            ("admin", pool.admin),
            ("curator", pool.curator),
            ("guardian", pool.guardian),
            ("treasury", pool.treasury),
        ];
        let fine = format!(
            "No role can take stake, mint, or set a price. {}. The admin changes roles at once, and what \
             can cost holders {COSTLY_CHANGE_EPOCHS} epochs after it is announced; the curator \
             validators and weights, from the next epoch on. The guardian pauses deposits for at most \
             {PAUSE_EPOCHS} of {PAUSE_WINDOW_EPOCHS} epochs. The treasury receives the reward fee.",
            holders(&roles)
        );
        let mut check = Check::new(Subject::Roles, fine);
        for (role, key) in roles {
            let own = pool.require_assignable(&self.evidence.addresses.pool, &key);
            let says = format!("The {role} is an address of the pool: nobody can act as it.");
            check.require(own.is_ok(), key, says);
        }
        let nominee = pool.nominated_admin;
        let is_key = pool.admin.is_on_curve();
        let is_nominated = nominee != Pubkey::default();
        if is_key || is_nominated {
            let mut said = check.fine.clone();
            if is_nominated {
                said = format!(
                    "{nominee} is nominated as admin, and becomes it as soon as it accepts. {said}"
                );
            }
            if is_key {
                said.push_str(" The admin is a single key and no multisig.");
            }
            check.add(Verdict::Notice, said);
        }
        check
    }

    /// What has been announced and waits for its epoch.
    pub fn changes(&self) -> Check {
        let mut check = Check::new(Subject::Changes, "No change of a parameter is announced.");
        let now = self.pool.parameters();
        for parameter in Parameter::ALL {
            let Some(change) = self.pool.governance.pending_change(parameter) else {
                continue;
            };
            let before = now.get(parameter);
            let costs = match parameter.can_cost(before, change.value) {
                true => "This can cost holders.",
                false => "This costs holders nothing.",
            };
            let says = format!(
                "{}: {} from epoch {} on, now {}. {costs}",
                parameter.field(),
                said(parameter, change.value),
                change.from_epoch,
                said(parameter, before)
            );
            check.add(Verdict::Notice, says);
        }
        let waiting = self
            .slots()
            .filter(|slot| slot.due_epoch != 0 && !slot.is_leaving());
        let waiting = waiting.count() as u64;
        if waiting > 0 {
            let says = format!(
                "{} will have another weight, or leave, from the next epoch on.",
                counted(waiting, "validator")
            );
            check.add(Verdict::Notice, says);
        }
        check
    }

    /// Parameters within the bounds that no pool can leave, and those near one that costs holders.
    pub fn parameters(&self) -> Check {
        let address = self.evidence.addresses.pool;
        let values = self.pool.parameters();
        let fine =
            "All parameters are within their bounds, and none is near one that costs holders.";
        let mut check = Check::new(Subject::Parameters, fine);
        for parameter in Parameter::ALL {
            let value = values.get(parameter);
            let (least, most) = parameter.bounds();
            let said = |value| said(parameter, value);
            if !values.holds(parameter) {
                let says = format!(
                    "{} is {}, and no pool may have that: {} to {}.",
                    parameter.field(),
                    said(value),
                    said(least),
                    said(most)
                );
                check.about(Verdict::Fail, address, says);
            } else if is_near_its_bound(parameter, value) {
                let says = format!(
                    "{} is {}, near the bound of {} to {}. {}",
                    parameter.field(),
                    said(value),
                    said(least),
                    said(most),
                    parameter.meaning()
                );
                check.add(Verdict::Notice, says);
            }
        }
        check
    }

    /// The program's code and who can replace it, against what the reader expects.
    pub fn program(&self, expected: &Expected) -> Check {
        let mut check = Check::new(Subject::Program, "");
        let Some(deployed) = &self.evidence.deployed else {
            let (verdict, says) = match self.evidence.is_program_gone {
                true => (
                    Verdict::Fail,
                    "The program is gone: nothing can move what the pool owns, for good.",
                ),
                false => (
                    Verdict::Warning,
                    "The program's code cannot be read, so that nothing is known of it.",
                ),
            };
            check.about(verdict, sluice::ID, says);
            return check;
        };
        let hash = deployed.hash;
        check.fine =
            "The program is the one that you expect, and nobody can replace it.".to_owned();
        check_authority(
            &mut check,
            deployed.upgrade_authority,
            expected.upgrade_authority,
        );
        if let Some(expected) = expected.program_hash {
            check = check.compare(Figure::Hash(expected), Figure::Hash(hash));
            let says = format!(
                "The program is another one than you expect: it was deployed in slot {}.",
                deployed.deployed_slot
            );
            check.require(expected == hash, sluice::ID, says);
        } else {
            let says =
                "The program was compared with nothing. Build its source, and compare the hash.";
            check.add(Verdict::Notice, says);
        }
        check
    }
}

/// Who replaces the program writes every rule anew.
fn check_authority(check: &mut Check, found: Option<Pubkey>, expected: Option<Option<Pubkey>>) {
    if let Some(expected) = expected
        && expected != found
    {
        let says = format!(
            "The program can be replaced by {}, and you expect {}.",
            somebody(found),
            somebody(expected)
        );
        return check.about(Verdict::Fail, sluice::ID, says);
    }
    let Some(authority) = found else {
        return;
    };
    if authority.is_on_curve() && expected.is_none() {
        let says = "It can replace the program at once, and with it every rule. It is a single key and no \
                    multisig.";
        check.about(Verdict::Warning, authority, says);
    } else {
        let says = "It can replace the program at once, and with it every rule.";
        check.about(Verdict::Notice, authority, says);
    }
}

/// Near the bound that costs holders, unless every pool is recommended to be there.
fn is_near_its_bound(parameter: Parameter, value: u64) -> bool {
    let (least, most) = parameter.bounds();
    // Of amounts, whose bounds are far apart, only the bounds themselves are near.
    let near = match parameter.unit() {
        Unit::Bps => most.saturating_sub(least) / 100 * NEAR_PERCENT,
        Unit::Lamports => 0,
    };
    let is_high = value >= most.saturating_sub(near);
    let is_low = value <= least.saturating_add(near);
    let recommended = Parameters::of(&PoolConfig::RECOMMENDED, &PoolLimits::RECOMMENDED);
    if value == recommended.get(parameter) {
        return false;
    }
    match parameter.costs() {
        Costs::Raised => is_high,
        Costs::Lowered => is_low,
        Costs::EitherWay | Costs::Announced => value == least || value == most,
    }
}

fn said(parameter: Parameter, value: u64) -> String {
    match parameter.unit() {
        Unit::Bps => format!("{value} bps"),
        Unit::Lamports if value == u64::MAX => "no limit".to_owned(),
        Unit::Lamports => sol(value),
    }
}

/// Who has which of these roles, each once.
fn holders(roles: &[(&str, Pubkey)]) -> String {
    let mut told: Vec<String> = Vec::new();
    for (index, (role, key)) in roles.iter().enumerate() {
        let mut earlier = roles.iter().take(index);
        if earlier.any(|(_, other)| other == key) {
            continue;
        }
        let others = roles.iter().skip(index.saturating_add(1));
        let others = others.filter(|(_, other)| other == key);
        let all = others.fold((*role).to_owned(), |all, (role, _)| {
            format!("{all}, {role}")
        });
        told.push(format!("{all}: {}", holder(key)));
    }
    told.join("; ")
}

/// Who it is. An address off the curve has no key: only a program signs for it.
fn holder(key: &Pubkey) -> String {
    if *key == Pubkey::default() {
        return "nobody".to_owned();
    }
    let kind = if key.is_on_curve() {
        "a key"
    } else {
        "only a program signs for it, as for a multisig's vault"
    };
    format!("{key} ({kind})")
}

fn somebody(key: Option<Pubkey>) -> String {
    key.map_or_else(|| "nobody".to_owned(), |key| key.to_string())
}
