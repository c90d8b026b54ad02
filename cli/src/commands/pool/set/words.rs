//! Changes in words: what was and what will be, line by line.

use std::fmt;

use serde::Serialize;
use sluice_client::{
    TokenName,
    plan::set::{Change, Kind, Later, Place, RoleKey, TokenKey, Waiting},
};
use solana_pubkey::Pubkey;

use super::file::{NOBODY, key};
use crate::{
    moment::{Calendar, EpochStart},
    parameters::shown,
};

/// A change that can be made now.
#[derive(Debug, Serialize)]
pub struct ChangeLine {
    /// What the file would say.
    differences: Vec<Difference>,
    /// What is decided: a sentence without its full stop.
    what: String,
    authority: String,
    signer: String,
    /// The epoch from which it acts; none where it acts at once.
    from: Option<EpochStart>,
}

/// A key of the file; none where there is no such line.
#[derive(Debug, Serialize)]
struct Difference {
    key: String,
    before: Option<String>,
    after: Option<String>,
}

/// A wish that an announced change fulfils.
#[derive(Debug, Serialize)]
pub struct WaitingLine {
    key: String,
    before: String,
    after: String,
    from: EpochStart,
}

/// A wish for which it is too early.
#[derive(Debug, Serialize)]
pub struct LaterLine {
    key: String,
    why: String,
}

impl ChangeLine {
    pub fn new(change: &Change, calendar: &Calendar<'_>) -> Self {
        Self {
            differences: differences(change),
            what: what(&change.kind),
            authority: change.authority.to_string(),
            signer: change.authority.key().to_string(),
            from: change.from_epoch.map(|epoch| calendar.start_of(epoch)),
        }
    }
}

/// Who signs these changes, each key once, as `the admin and the curator ADDRESS`.
pub fn signers(changes: &[ChangeLine]) -> String {
    let mut signers: Vec<(&str, Vec<String>)> = Vec::new();
    for change in changes {
        let authority = format!("the {}", change.authority.replace('_', " "));
        match signers.iter_mut().find(|(key, _)| *key == change.signer) {
            Some((_, known)) if known.contains(&authority) => {}
            Some((_, known)) => known.push(authority),
            None => signers.push((&change.signer, vec![authority])),
        }
    }
    let said = signers.iter();
    let said = said.map(|(key, authorities)| format!("{} {key}", authorities.join(" and ")));
    said.collect::<Vec<_>>().join(", ")
}

impl WaitingLine {
    pub fn new(waiting: &Waiting, calendar: &Calendar<'_>) -> Self {
        let parameter = waiting.parameter;
        Self {
            key: key(&Place::Parameter(parameter)),
            before: shown(parameter, waiting.before),
            after: shown(parameter, waiting.value),
            from: calendar.start_of(waiting.from_epoch),
        }
    }
}

impl From<&Later> for LaterLine {
    fn from(later: &Later) -> Self {
        Self {
            key: key(&later.place),
            why: later.what.clone(),
        }
    }
}

fn differences(change: &Change) -> Vec<Difference> {
    let weight = |weight: &u16| Some(format!("weight {weight}"));
    let address = |address: &Pubkey| Some(address.to_string());
    let (place, before, after) = match &change.kind {
        Kind::Schedule {
            parameter,
            value,
            replaces,
            ..
        } => {
            let text = |value| Some(shown(*parameter, value));
            (Place::Parameter(*parameter), text(*replaces), text(*value))
        }
        Kind::Cancel {
            parameter,
            stays,
            waits,
        } => {
            let text = |value| Some(shown(*parameter, value));
            (
                Place::Parameter(*parameter),
                text(waits.value),
                text(*stays),
            )
        }
        Kind::Add {
            vote, weight: new, ..
        } => (Place::Validator(*vote), None, weight(new)),
        Kind::Weigh {
            place,
            before,
            weight: after,
            reinstates,
        } => {
            let ejected = reinstates.then(|| "ejected".to_owned());
            let before = ejected.or(weight(before));
            (Place::Validator(place.vote), before, weight(after))
        }
        Kind::Retire { place, before } => (Place::Validator(place.vote), weight(before), None),
        Kind::Rename { before, name } => return renamed(before, name),
        Kind::HandOver { before, to } => {
            let place = Place::Token(TokenKey::UpdateAuthority);
            (place, address(before), address(to))
        }
        Kind::Give { role, before, to } => (
            Place::Role(*role),
            Some(somebody(before)),
            Some(somebody(to)),
        ),
        Kind::Accept { before } => (
            Place::Role(RoleKey::Admin),
            address(before),
            address(&change.authority.key()),
        ),
    };
    vec![Difference {
        key: key(&place),
        before,
        after,
    }]
}

fn renamed(before: &[String; 3], name: &TokenName) -> Vec<Difference> {
    let keys = [TokenKey::Name, TokenKey::Symbol, TokenKey::Uri];
    let after = [name.name(), name.symbol(), name.uri()];
    let lines = keys.into_iter().zip(before).zip(after);
    lines
        .filter(|((_, before), after)| before != after)
        .map(|((part, before), after)| Difference {
            key: key(&Place::Token(part)),
            before: Some(before.clone()),
            after: Some(after.to_owned()),
        })
        .collect()
}

fn what(kind: &Kind) -> String {
    let what = match kind {
        Kind::Schedule {
            parameter,
            before,
            replaces_waiting,
            can_cost,
            ..
        } => {
            let until_then = replaces_waiting.then(|| shown(*parameter, *before));
            return announced(*can_cost, until_then);
        }
        Kind::Cancel { waits, .. } => {
            let epoch = waits.from_epoch;
            return format!("what was announced for epoch {epoch} is taken back");
        }
        Kind::Add { .. } => "it joins, and the curator pays the rent of its stake accounts",
        Kind::Weigh {
            reinstates: true, ..
        } => "it is taken back",
        Kind::Weigh { weight: 0, .. } => "its stake comes back, and it keeps its slot",
        Kind::Weigh { .. } => "its share changes",
        Kind::Retire { .. } => {
            "it leaves, within the movement cap of each epoch; then its slot is closed"
        }
        Kind::Rename { .. } => "wallets show it once they have read it again",
        Kind::HandOver { .. } => "only the new one can take that back",
        Kind::Give {
            role: RoleKey::NominatedAdmin,
            to,
            ..
        } => match *to == Pubkey::default() {
            true => "the nomination is taken back",
            false => "the nominated one may become admin by accepting",
        },
        Kind::Give {
            role: RoleKey::Treasury,
            ..
        } => "fees that are not paid yet go there, too",
        Kind::Give { .. } => "the role changes hands",
        Kind::Accept { .. } => "the nominated one becomes admin",
    };
    what.to_owned()
}

/// `until_then` is the value in force, where another change waits.
fn announced(can_cost: bool, until_then: Option<String>) -> String {
    let notice = match can_cost {
        true => "announced, and waits two epochs, since it can cost holders",
        false => "announced, and costs holders nothing",
    };
    match until_then {
        None => notice.to_owned(),
        Some(now) => format!("{notice}; it replaces what waits, and until then it is {now}"),
    }
}

fn somebody(key: &Pubkey) -> String {
    match *key == Pubkey::default() {
        true => NOBODY.to_owned(),
        false => key.to_string(),
    }
}

impl fmt::Display for ChangeLine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Difference { key, before, after } in &self.differences {
            if let Some(before) = before {
                writeln!(formatter, "- {key} = {before}")?;
            }
            if let Some(after) = after {
                writeln!(formatter, "+ {key} = {after}")?;
            }
        }
        let when = match &self.from {
            Some(from) => format!("from {from}"),
            None => "at once".to_owned(),
        };
        let authority = self.authority.replace('_', " ");
        writeln!(formatter, "    {when}, by the {authority}: {}", self.what)
    }
}

impl fmt::Display for WaitingLine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            key,
            before,
            after,
            from,
        } = self;
        writeln!(
            formatter,
            "  {key} is {before}, and will be {after} from {from}, as announced"
        )
    }
}

impl fmt::Display for LaterLine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "  {}: {}", self.key, self.why)
    }
}
