//! What may change of an interface, and what breaks it: "What is promised" on its page, as rules.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use serde_json::{Map, Value};

/// Bytes of every account that never move: discriminator, version, bump and address.
const HEAD_BYTES: u64 = 48;
/// Bytes of a pool that never move.
const POOL_FRONT_BYTES: u64 = 696;
/// Fields of a pool behind its front that never move either.
const POOL_FIELDS: [&str; 6] = [
    "window_from_epoch",
    "window_bps_before",
    "fallen_lamports",
    "epoch_start_timestamp",
    "finalized_value_lamports",
    "finalized_lst",
];
/// Accounts that no migration touches: only their reserved bytes get a meaning.
const NEVER_MIGRATED: [&str; 3] = ["UnstakeBatch", "Ticket", "Marker"];

/// What the interface of today breaks of the one that was recorded: a sentence for each.
pub fn breaks(recorded: &Value, current: &Value) -> Result<Vec<String>> {
    let mut broken = Vec::new();
    if recorded["address"] != current["address"] {
        broken.push("the program has another address".to_owned());
    }
    let (before, now) = (&recorded["layout_version"], &current["layout_version"]);
    if now.as_u64() < before.as_u64() {
        broken.push(format!("the layout version was {before} and is {now}"));
    }
    let is_same_layout = before == now;
    let broken_now = &mut broken;
    each(recorded, current, "seeds", broken_now, seeds)?;
    each(
        recorded,
        current,
        "accounts",
        broken_now,
        |title, before, now, broken| account(title, before, now, is_same_layout, broken),
    )?;
    each(recorded, current, "instructions", broken_now, instruction)?;
    each(recorded, current, "events", broken_now, event)?;
    each(recorded, current, "types", broken_now, in_order)?;
    each(recorded, current, "values", broken_now, in_order)?;
    let (before, now) = (&recorded["errors"], &current["errors"]);
    begins_alike("list of errors", before, now, broken_now)?;
    for kind in ["accounts", "instructions", "events"] {
        discriminators(recorded, current, kind, broken_now)?;
    }
    Ok(broken)
}

fn seeds(title: &str, before: &Value, now: &Value, broken: &mut Vec<String>) -> Result<()> {
    if before != now {
        broken.push(format!("the seeds of {title} were {before} and are {now}"));
    }
    Ok(())
}

fn event(title: &str, before: &Value, now: &Value, broken: &mut Vec<String>) -> Result<()> {
    let (what, fields) = (format!("event {title}"), "fields");
    begins_alike(&what, &before[fields], &now[fields], broken)
}

fn in_order(title: &str, before: &Value, now: &Value, broken: &mut Vec<String>) -> Result<()> {
    begins_alike(&format!("type {title}"), before, now, broken)
}

type Named = Map<String, Value>;

fn all<'a>(of: &'a Value, kind: &str) -> Result<&'a Named> {
    let items = of[kind].as_object();
    items.with_context(|| format!("the record has no {kind}"))
}

/// Compares each recorded item of a kind with the one of the same name today.
fn each(
    recorded: &Value,
    current: &Value,
    kind: &str,
    broken: &mut Vec<String>,
    compare: impl Fn(&str, &Value, &Value, &mut Vec<String>) -> Result<()>,
) -> Result<()> {
    let current = all(current, kind)?;
    for (title, before) in all(recorded, kind)? {
        match current.get(title) {
            Some(now) => compare(title, before, now, broken)?,
            None => broken.push(format!("{kind}: {title} is gone")),
        }
    }
    Ok(())
}

fn list(of: &Value) -> Result<&Vec<Value>> {
    of.as_array().context("the record lacks a list")
}

/// What was there is there, in its place; more may follow.
fn begins_alike(what: &str, before: &Value, now: &Value, broken: &mut Vec<String>) -> Result<()> {
    let (before, now) = (list(before)?, list(now)?);
    for (place, was) in before.iter().enumerate() {
        match now.get(place) {
            Some(is) if is == was => {}
            Some(is) => broken.push(format!("{what}: place {place} was {was} and is {is}")),
            None => broken.push(format!("{what}: {was} is gone")),
        }
    }
    Ok(())
}

fn instruction(title: &str, before: &Value, now: &Value, broken: &mut Vec<String>) -> Result<()> {
    let what = format!("instruction {title}");
    begins_alike(&what, &before["accounts"], &now["accounts"], broken)?;
    let more = list(&now["accounts"])?
        .iter()
        .skip(list(&before["accounts"])?.len());
    for account in more {
        if !account[1].as_str().unwrap_or_default().contains("optional") {
            broken.push(format!(
                "{what}: the new account {} is not optional",
                account[0]
            ));
        }
    }
    for part in ["arguments", "returns"] {
        if before[part] != now[part] {
            let (was, is) = (&before[part], &now[part]);
            broken.push(format!("{what}: its {part} were {was} and are {is}"));
        }
    }
    Ok(())
}

/// None has changed, and none was given to something else.
fn discriminators(
    recorded: &Value,
    current: &Value,
    kind: &str,
    broken: &mut Vec<String>,
) -> Result<()> {
    let (recorded, current) = (all(recorded, kind)?, all(current, kind)?);
    let mut taken = BTreeSet::new();
    for (title, now) in current {
        let tag = now["discriminator"].as_str().unwrap_or_default();
        let before = recorded.get(title).map(|before| &before["discriminator"]);
        if before.is_some_and(|before| before != tag) {
            broken.push(format!("{kind}: {title} has another discriminator"));
        }
        let others = recorded.iter().filter(|(other, _)| *other != title);
        let is_anothers = others
            .map(|(_, other)| &other["discriminator"])
            .any(|other| other == tag);
        if is_anothers || !taken.insert(tag) {
            broken.push(format!(
                "{kind}: {title} has the discriminator of another one"
            ));
        }
    }
    Ok(())
}

/// A field's bytes in an account.
struct Placed<'a> {
    start: u64,
    end: u64,
    path: &'a str,
}

impl<'a> Placed<'a> {
    fn new(field: &'a Value) -> Result<Self> {
        let start = field[0].as_u64().context("a field has an offset")?;
        let bytes = field[1].as_u64().context("a field has a size")?;
        Ok(Self {
            start,
            end: start.saturating_add(bytes),
            path: field[2].as_str().context("a field has a name")?,
        })
    }

    /// Whether its bytes mean nothing yet.
    fn is_free(&self) -> bool {
        let last = self.path.rsplit('.').next().unwrap_or_default();
        last == "reserved" || last == "padding"
    }

    /// Whether it never moves, in no version.
    fn is_for_ever(&self, account: &str) -> bool {
        self.end <= HEAD_BYTES
            || NEVER_MIGRATED.contains(&account)
            || account == "Pool"
                && (self.end <= POOL_FRONT_BYTES || POOL_FIELDS.contains(&self.path))
    }
}

/// Fields stay where they were: all of them within a layout version, and those that never move in any.
/// Whatever is new took bytes that were free.
fn account(
    title: &str,
    before: &Value,
    now: &Value,
    is_same_layout: bool,
    broken: &mut Vec<String>,
) -> Result<()> {
    let (was, is) = (list(&before["fields"])?, list(&now["fields"])?);
    let binds = |field: &Placed<'_>| is_same_layout || field.is_for_ever(title);
    for field in was {
        let placed = Placed::new(field)?;
        if !placed.is_free() && binds(&placed) && !is.contains(field) {
            broken.push(format!(
                "account {title}: `{}` is not at bytes {} to {} as {} any more",
                placed.path, placed.start, placed.end, field[3]
            ));
        }
    }
    let keeps_size = is_same_layout || NEVER_MIGRATED.contains(&title);
    if keeps_size && before["bytes"] != now["bytes"] {
        broken.push(format!(
            "account {title} had {} bytes and has {}",
            before["bytes"], now["bytes"]
        ));
    }
    for field in is.iter().filter(|field| !was.contains(field)) {
        let placed = Placed::new(field)?;
        let mut taken = was.iter().map(Placed::new).collect::<Result<Vec<_>>>()?;
        taken.retain(|old| !old.is_free() && binds(old));
        if let Some(old) = taken
            .iter()
            .find(|old| placed.start < old.end && old.start < placed.end)
        {
            broken.push(format!(
                "account {title}: `{}` takes bytes of `{}`",
                placed.path, old.path
            ));
        }
    }
    Ok(())
}
