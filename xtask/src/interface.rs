//! The book's page of the interface: the IDL as tables, with the bytes of every field.

use std::fmt::Write;

use anyhow::{Context, Result};
use serde_json::Value;

/// What the interface calls itself, on its page: what was recorded of it can only grow.
const STATUS: &str = "1.0, frozen";
/// What the page says before its tables, written by hand.
pub const HEAD: &str = include_str!("../../docs/interface/head.md");
/// Where the status stands in [`HEAD`].
const STATUS_PLACE: &str = "{status}";
/// Bytes of a discriminator, before an account's, instruction's or event's own.
pub const DISCRIMINATOR_BYTES: usize = 8;

/// The page for an IDL.
pub fn page(idl: &Value) -> Result<String> {
    let idl = Idl(idl);
    let mut page = HEAD.replace(STATUS_PLACE, STATUS);
    page.push_str("\n## Accounts\n");
    for account in idl.list("accounts")? {
        let definition = idl.definition(name(account)?)?;
        let first = format!("discriminator `{}`", hex(account)?);
        idl.structure(&mut page, definition, &first, DISCRIMINATOR_BYTES)?;
    }
    page.push_str(
        "\n## Instructions\n\nThe data is the discriminator, then the arguments in Borsh.\n",
    );
    for instruction in idl.list("instructions")? {
        idl.instruction(&mut page, instruction)?;
    }
    page.push_str("\n## Events\n\n");
    page.push_str(
        "The log line `Program data:` has, in base64, the discriminator and the fields in Borsh.\n",
    );
    for event in idl.list("events")? {
        let definition = idl.definition(name(event)?)?;
        let first = format!("discriminator `{}`", hex(event)?);
        idl.structure(&mut page, definition, &first, DISCRIMINATOR_BYTES)?;
    }
    page.push_str("\n## Types\n");
    for definition in idl.list("types")? {
        if !idl.stands_elsewhere(name(definition)?)? {
            idl.structure(&mut page, definition, "", 0)?;
        }
    }
    page.push_str("\n## Errors\n\n| code | name | message |\n| --- | --- | --- |\n");
    for error in idl.list("errors")? {
        let message = error["msg"].as_str().context("an error has a message")?;
        writeln!(
            page,
            "| {} | `{}` | {message} |",
            error["code"],
            name(error)?
        )?;
    }
    Ok(page)
}

/// An interface description.
pub struct Idl<'a>(pub &'a Value);

impl<'a> Idl<'a> {
    /// What it has of a kind, such as "accounts".
    pub fn list(&self, of: &str) -> Result<&'a Vec<Value>> {
        self.0[of]
            .as_array()
            .with_context(|| format!("the IDL has no {of}"))
    }

    /// The type of this name.
    pub fn definition(&self, wanted: &str) -> Result<&'a Value> {
        let mut types = self.list("types")?.iter();
        types
            .find(|definition| definition["name"] == wanted)
            .with_context(|| format!("the IDL does not define {wanted}"))
    }

    /// Whether the type is an account or an event, which have tables of their own.
    pub fn stands_elsewhere(&self, wanted: &str) -> Result<bool> {
        let mut named = self.list("accounts")?.iter().chain(self.list("events")?);
        Ok(named.any(|item| item["name"] == wanted))
    }

    /// A table of a structure's fields, or of an enumeration's values.
    fn structure(
        &self,
        page: &mut String,
        definition: &Value,
        first: &str,
        start: usize,
    ) -> Result<()> {
        let (title, docs) = (name(definition)?, docs(definition));
        write!(page, "\n### `{title}`\n\n{docs}")?;
        if let Some(values) = definition["type"]["variants"].as_array() {
            page.push_str("\n\n| value | name | what |\n| --- | --- | --- |\n");
            for (number, value) in values.iter().enumerate() {
                writeln!(
                    page,
                    "| {number} | `{}` | {} |",
                    name(value)?,
                    self::docs(value)
                )?;
            }
            return Ok(());
        }
        let fields = definition["type"]["fields"].as_array();
        let fields = fields.with_context(|| format!("{title} has no fields"))?;
        let mut offset = start;
        let mut rows = String::new();
        for field in fields {
            let (called, what) = (name(field)?, self::docs(field));
            let of = written(&field["type"])?;
            writeln!(rows, "| {offset} | `{called}` | {of} | {what} |")?;
            offset += self.bytes(&field["type"])?;
        }
        let first = if first.is_empty() {
            String::new()
        } else {
            format!("; {first}")
        };
        write!(page, "\n\n{offset} bytes{first}.\n\n")?;
        page.push_str("| offset | field | type | what |\n| --- | --- | --- | --- |\n");
        page.push_str(&rows);
        Ok(())
    }

    fn instruction(&self, page: &mut String, instruction: &Value) -> Result<()> {
        let (title, docs, tag) = (name(instruction)?, docs(instruction), hex(instruction)?);
        let arguments = instruction["args"].as_array().context("no arguments")?;
        let mut said = Vec::new();
        for argument in arguments {
            said.push(format!(
                "`{}` {}",
                name(argument)?,
                written(&argument["type"])?
            ));
        }
        let said = if said.is_empty() {
            "none".to_string()
        } else {
            said.join(", ")
        };
        write!(
            page,
            "\n### `{title}`\n\n{docs}\n\nDiscriminator `{tag}`; arguments: {said}.\n\n"
        )?;
        page.push_str("| | account | | what |\n| --- | --- | --- | --- |\n");
        let accounts = instruction["accounts"].as_array().context("no accounts")?;
        for (number, account) in accounts.iter().enumerate() {
            let flags: Vec<&str> = ["writable", "signer", "optional"]
                .into_iter()
                .filter(|flag| account[*flag] == true)
                .collect();
            let (called, what) = (name(account)?, self::docs(account));
            writeln!(
                page,
                "| {number} | `{called}` | {} | {what} |",
                flags.join(", ")
            )?;
        }
        Ok(())
    }

    /// Bytes of a type without padding, as accounts and Borsh have it.
    pub fn bytes(&self, of: &Value) -> Result<usize> {
        if let Some(primitive) = of.as_str() {
            return match primitive {
                "bool" | "u8" | "i8" => Ok(1),
                "u16" | "i16" => Ok(2),
                "u32" | "i32" => Ok(4),
                "u64" | "i64" => Ok(8),
                "u128" | "i128" => Ok(16),
                "pubkey" => Ok(32),
                other => anyhow::bail!("the size of {other} is not known"),
            };
        }
        if let Some(array) = of["array"].as_array() {
            let length = array[1].as_u64().context("an array has a length")?;
            return Ok(self.bytes(&array[0])? * usize::try_from(length)?);
        }
        let defined = of["defined"]["name"]
            .as_str()
            .context("a type has a name")?;
        let definition = &self.definition(defined)?["type"];
        let Some(fields) = definition["fields"].as_array() else {
            return Ok(1);
        };
        fields.iter().map(|field| self.bytes(&field["type"])).sum()
    }
}

/// A type as the page writes it.
pub fn written(of: &Value) -> Result<String> {
    if let Some(primitive) = of.as_str() {
        return Ok(primitive.to_string());
    }
    if let Some(array) = of["array"].as_array() {
        return Ok(format!("{} of {}", array[1], written(&array[0])?));
    }
    if !of["option"].is_null() {
        return Ok(format!("{} or none", written(&of["option"])?));
    }
    let defined = of["defined"]["name"]
        .as_str()
        .context("a type has a name")?;
    Ok(format!("[`{defined}`](#{})", defined.to_lowercase()))
}

/// What an item of an interface description is called.
pub fn name(item: &Value) -> Result<&str> {
    item["name"].as_str().context("everything has a name")
}

fn docs(item: &Value) -> String {
    let lines = item["docs"].as_array().into_iter().flatten();
    let text = lines
        .filter_map(Value::as_str)
        .collect::<Vec<_>>()
        .join(" ");
    // Links into the source lead nowhere here.
    text.replace("[`", "`").replace("`]", "`")
}

/// An item's discriminator, in hexadecimal digits.
pub fn hex(item: &Value) -> Result<String> {
    let bytes = item["discriminator"]
        .as_array()
        .context("no discriminator")?;
    let bytes = bytes.iter().filter_map(Value::as_u64);
    Ok(bytes.map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_have_their_offsets_and_nested_types_their_sizes() {
        let idl = json!({
            "accounts": [{"name": "A", "discriminator": [1, 2, 3, 4, 5, 6, 7, 255]}],
            "instructions": [], "events": [], "errors": [{"code": 6000, "name": "E", "msg": "no"}],
            "types": [
                {"name": "A", "docs": ["An", "account."], "type": {"fields": [
                    {"name": "a", "docs": ["First."], "type": {"array": ["u16", 3]}},
                    {"name": "b", "type": {"defined": {"name": "B"}}},
                    {"name": "c", "type": "pubkey"},
                ]}},
                {"name": "B", "type": {"fields": [{"name": "d", "type": "u64"}]}},
            ],
        });
        let page = page(&idl).expect("an IDL");
        for line in [
            "An account.",
            "54 bytes; discriminator `01020304050607ff`.",
            "| 8 | `a` | 3 of u16 | First. |",
            "| 14 | `b` | [`B`](#b) |  |",
            "| 22 | `c` | pubkey |  |",
            "| 0 | `d` | u64 |  |",
            "| 6000 | `E` | no |",
        ] {
            assert!(page.lines().any(|found| found == line), "{line}\n{page}");
        }
    }
}
