//! Types as flat lists of fields: nothing that changes inside of a type goes unseen.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::interface::{Idl, name, written};

/// A field: its path, its type, and its bytes where they are always as many.
pub struct Field {
    path: String,
    of: String,
    bytes: Option<usize>,
}

impl Field {
    fn new(path: &str, of: String, bytes: Option<usize>) -> Self {
        Self {
            path: path.to_owned(),
            of,
            bytes,
        }
    }

    /// As it is recorded where order and type are promised.
    pub fn in_order(&self) -> Value {
        json!([self.path, self.of])
    }
}

/// The fields of a definition.
pub fn of_definition(idl: &Idl<'_>, definition: &Value) -> Result<Vec<Field>> {
    let title = name(definition)?;
    let fields = definition["type"]["fields"].as_array();
    let mut flat = Vec::new();
    for field in fields.with_context(|| format!("{title} has no fields"))? {
        add(idl, &field["type"], name(field)?, &mut flat)?;
    }
    Ok(flat)
}

/// The arguments of an instruction.
pub fn of_arguments(idl: &Idl<'_>, arguments: &Value) -> Result<Vec<Field>> {
    let mut flat = Vec::new();
    for argument in arguments.as_array().context("no arguments")? {
        add(idl, &argument["type"], name(argument)?, &mut flat)?;
    }
    Ok(flat)
}

/// Fields with their offsets from `start` on, as they are recorded where bytes are promised, and where
/// they end.
pub fn placed(fields: &[Field], start: usize) -> Result<(Vec<Value>, usize)> {
    let mut offset = start;
    let mut placed = Vec::new();
    for field in fields {
        let bytes = field.bytes;
        let bytes = bytes.with_context(|| format!("{} has no size", field.path))?;
        placed.push(json!([offset, bytes, field.path, field.of]));
        offset += bytes;
    }
    Ok((placed, offset))
}

fn add(idl: &Idl<'_>, of: &Value, path: &str, flat: &mut Vec<Field>) -> Result<()> {
    if let Some(defined) = of["defined"]["name"].as_str() {
        let definition = idl.definition(defined)?;
        if definition["type"]["variants"].is_array() {
            flat.push(Field::new(path, format!("one of {defined}"), Some(1)));
            return Ok(());
        }
        for field in of_definition(idl, definition)? {
            flat.push(Field {
                path: format!("{path}.{}", field.path),
                ..field
            });
        }
        return Ok(());
    }
    // Of an array of structures: the first one, and how many follow.
    if of["array"][0]["defined"].is_object() {
        add(idl, &of["array"][0], &format!("{path}[0]"), flat)?;
        let (element, all) = (idl.bytes(&of["array"][0])?, idl.bytes(of)?);
        let rest = all.saturating_sub(element);
        flat.push(Field::new(
            path,
            format!("{} in all", of["array"][1]),
            Some(rest),
        ));
        return Ok(());
    }
    let bytes = of["option"].is_null().then(|| idl.bytes(of)).transpose()?;
    flat.push(Field::new(path, written(of)?, bytes));
    Ok(())
}
