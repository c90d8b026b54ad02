//! The place of a value in the configuration, as errors name it.

use std::fmt;

use config::{Map, Value, ValueKind};

/// What stands for a key that must be there, while the others are looked at; places in lists are left out.
const STAND_INS: [(&str, &str); 7] = [
    ("urls", "localhost"),
    ("keypair", "id.json"),
    ("pools", "11111111111111111111111111111111"),
    ("alerts.webhooks.kind", "json"),
    ("alerts.markets.pool", "11111111111111111111111111111111"),
    ("alerts.markets.url", "localhost"),
    ("alerts.markets.pointer", "/"),
];

/// Keys, and places in lists, from the outside to the inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path(Vec<String>);

impl Path {
    /// The path in a text such as `alerts.webhooks[0]kind`.
    pub fn of(text: &str) -> Self {
        let parts = text.split(['.', '[', ']']);
        let parts = parts.filter(|part| !part.is_empty());
        Self(parts.map(str::to_owned).collect())
    }

    /// A key in this place, however it is written.
    pub fn and(mut self, key: &str) -> Self {
        self.0.push(key.to_owned());
        self
    }

    /// The key of the file that it begins with.
    pub fn first(&self) -> &str {
        self.0.first().map_or("", String::as_str)
    }

    /// Whether `inner` is this place or in it.
    pub fn holds(&self, inner: &Self) -> bool {
        inner.0.starts_with(&self.0)
    }

    /// Takes the value away, or puts one there that stands for it where it must be there. False where that
    /// changes nothing.
    pub fn take_from(&self, table: &mut Map<String, Value>) -> bool {
        let keys = self.0.iter().filter(|part| !is_number(part));
        let keys: Vec<&str> = keys.map(String::as_str).collect();
        let keys = keys.join(".");
        let stand_in = STAND_INS.iter().find(|(key, _)| *key == keys);
        let stand_in = stand_in.map(|(_, text)| Value::from(*text));
        replace(table, &self.0, stand_in)
    }
}

/// Puts a value there, or none. False where that changes nothing.
fn replace(table: &mut Map<String, Value>, path: &[String], by: Option<Value>) -> bool {
    let (key, rest) = match path {
        [] => return false,
        [last] => {
            let before = table.remove(last);
            let is_changed = before != by;
            if let Some(by) = by {
                table.insert(last.clone(), by);
            }
            return is_changed;
        }
        [key, rest @ ..] => (key, rest),
    };
    match table.get_mut(key).map(|value| &mut value.kind) {
        Some(ValueKind::Table(inner)) => replace(inner, rest, by),
        Some(ValueKind::Array(list)) => {
            let place = rest.split_first();
            let element = place.and_then(|(place, rest)| {
                let element = list.get_mut(place.parse::<usize>().ok()?)?;
                Some((&mut element.kind, rest))
            });
            match element {
                Some((ValueKind::Table(inner), rest)) => replace(inner, rest, by),
                _ => false,
            }
        }
        _ => false,
    }
}

fn is_number(part: &str) -> bool {
    part.bytes().all(|byte| byte.is_ascii_digit())
}

impl fmt::Display for Path {
    /// `` `alerts.webhooks`, number 1, `kind` ``.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut keys: Vec<&str> = Vec::new();
        let mut said = Vec::new();
        for part in &self.0 {
            match part.parse::<usize>() {
                Err(_) => keys.push(part),
                Ok(place) => {
                    said.push(format!("`{}`", keys.join(".")));
                    said.push(format!("number {}", place.saturating_add(1)));
                    keys.clear();
                }
            }
        }
        if !keys.is_empty() {
            said.push(format!("`{}`", keys.join(".")));
        }
        formatter.write_str(&said.join(", "))
    }
}
