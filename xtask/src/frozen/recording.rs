//! What is recorded of an interface.

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use super::fields::{Field, of_arguments, of_definition, placed};
use crate::interface::{DISCRIMINATOR_BYTES, Idl, hex, name};

/// What is promised of an interface: its description, the table of seeds on its page, and the layout
/// version of its accounts.
pub fn record(idl: &Value, page: &str, layout_version: u8) -> Result<Value> {
    let described = Idl(idl);
    Ok(json!({
        "address": idl["address"],
        "layout_version": layout_version,
        "seeds": seeds(page)?,
        "accounts": accounts(&described)?,
        "instructions": instructions(&described)?,
        "events": events(&described)?,
        "types": types(&described)?,
        "values": values(&described)?,
        "errors": errors(&described)?,
    }))
}

/// The rows of the table of seeds: what they lead to, and the seeds in order.
fn seeds(page: &str) -> Result<Value> {
    let (_, rest) = page.split_once("## Seeds").context("no table of seeds")?;
    let table = rest.split("\n## ").next().unwrap_or_default();
    let rows = table.lines().filter(|line| line.contains('"'));
    let mut seeds = Map::new();
    for row in rows {
        let mut cells = row.trim_matches('|').split('|').map(str::trim);
        let (account, derived) = (cells.next(), cells.next());
        let (account, derived) = account.zip(derived).context("a row of seeds")?;
        let derived: Vec<_> = derived
            .split(',')
            .map(|seed| seed.trim().trim_matches('`'))
            .collect();
        seeds.insert(account.trim_matches('`').to_owned(), json!(derived));
    }
    Ok(Value::Object(seeds))
}

fn accounts(idl: &Idl<'_>) -> Result<Value> {
    named(idl.list("accounts")?, |account| {
        let fields = of_definition(idl, idl.definition(name(account)?)?)?;
        let (fields, bytes) = placed(&fields, DISCRIMINATOR_BYTES)?;
        Ok(json!({ "discriminator": hex(account)?, "bytes": bytes, "fields": fields }))
    })
}

fn instructions(idl: &Idl<'_>) -> Result<Value> {
    named(idl.list("instructions")?, |instruction| {
        let accounts = instruction["accounts"].as_array().context("no accounts")?;
        let accounts = accounts.iter().map(account_of_instruction);
        Ok(json!({
            "discriminator": hex(instruction)?,
            "accounts": accounts.collect::<Result<Vec<_>>>()?,
            "arguments": in_order(&of_arguments(idl, &instruction["args"])?),
            "returns": instruction["returns"],
        }))
    })
}

fn account_of_instruction(account: &Value) -> Result<Value> {
    let flags = ["writable", "signer", "optional"];
    let flags = flags.into_iter().filter(|flag| account[*flag] == true);
    Ok(json!([
        name(account)?,
        flags.collect::<Vec<_>>().join(", ")
    ]))
}

fn events(idl: &Idl<'_>) -> Result<Value> {
    named(idl.list("events")?, |event| {
        let fields = of_definition(idl, idl.definition(name(event)?)?)?;
        Ok(json!({ "discriminator": hex(event)?, "fields": in_order(&fields) }))
    })
}

/// Structures that are neither accounts nor events, such as what a query returns.
fn types(idl: &Idl<'_>) -> Result<Value> {
    let mut types = Map::new();
    for definition in idl.list("types")? {
        let title = name(definition)?;
        if definition["type"]["fields"].is_array() && !idl.stands_elsewhere(title)? {
            let fields = of_definition(idl, definition)?;
            types.insert(title.to_owned(), in_order(&fields));
        }
    }
    Ok(Value::Object(types))
}

/// Enumerations: the names of their values, from 0 on.
fn values(idl: &Idl<'_>) -> Result<Value> {
    let mut values = Map::new();
    for definition in idl.list("types")? {
        if let Some(variants) = definition["type"]["variants"].as_array() {
            let names = variants.iter().map(name).collect::<Result<Vec<_>>>()?;
            values.insert(name(definition)?.to_owned(), json!(names));
        }
    }
    Ok(Value::Object(values))
}

fn errors(idl: &Idl<'_>) -> Result<Value> {
    let errors = idl.list("errors")?.iter();
    let pairs = errors.map(|error| Ok(json!([error["code"], name(error)?])));
    Ok(Value::Array(pairs.collect::<Result<_>>()?))
}

fn in_order(fields: &[Field]) -> Value {
    fields.iter().map(Field::in_order).collect()
}

fn named(items: &[Value], describe: impl Fn(&Value) -> Result<Value>) -> Result<Value> {
    let mut described = Map::new();
    for item in items {
        described.insert(name(item)?.to_owned(), describe(item)?);
    }
    Ok(Value::Object(described))
}
