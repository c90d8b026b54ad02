//! Nonsense in answers, by a seed: wrong types, extreme numbers, nested and endless things, and other
//! bytes in accounts.

use std::{
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use serde_json::{Value, json};

/// Of so many answers one is changed.
const ONE_OF: u32 = 6;
/// How deep a value is looked into.
const DEPTH: usize = 8;

/// What a node says that lost its mind: the same for the same seed and question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mutation {
    /// Decides everything.
    pub seed: u64,
}

impl Mutation {
    /// Changes an answer, or not.
    pub fn tell(self, request: &Value, answer: &mut Value) {
        let mut hasher = DefaultHasher::new();
        (
            self.seed,
            request["method"].as_str(),
            request["params"].to_string(),
        )
            .hash(&mut hasher);
        let rng = &mut StdRng::seed_from_u64(hasher.finish());
        if rng.random_ratio(1, ONE_OF) {
            for _ in 0..rng.random_range(1..=3) {
                change(&mut answer["result"], rng, DEPTH);
            }
        }
    }
}

impl fmt::Display for Mutation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "nonsense of seed {}", self.seed)
    }
}

/// Changes something in a value.
fn change(value: &mut Value, rng: &mut StdRng, depth: usize) {
    let goes_on = depth > 0 && rng.random_ratio(5, 6);
    match value {
        Value::Array(list) if goes_on && !list.is_empty() => {
            let at = rng.random_range(0..list.len());
            match rng.random_range(0..12) {
                0 => drop(list.remove(at)),
                1 => *list = vec![list.clone(); 3].concat(),
                _ => change(&mut list[at], rng, depth - 1),
            }
        }
        Value::Object(fields) if goes_on && !fields.is_empty() => {
            let at = rng.random_range(0..fields.len());
            let name = fields.keys().nth(at).cloned().unwrap_or_default();
            if rng.random_ratio(1, 12) {
                fields.remove(&name);
            } else if let Some(field) = fields.get_mut(&name) {
                change(field, rng, depth - 1);
            }
        }
        Value::String(text) if goes_on => match BASE64_STANDARD.decode(&*text) {
            Ok(data) if data.len() > 7 => *text = BASE64_STANDARD.encode(bytes(data, rng)),
            _ => *value = nonsense(rng),
        },
        _ => *value = nonsense(rng),
    }
}

/// Other bytes in some places; sometimes more or fewer of them.
fn bytes(mut data: Vec<u8>, rng: &mut StdRng) -> Vec<u8> {
    for _ in 0..rng.random_range(1..=8) {
        let length = *[1, 2, 4, 8, 8, 32].choose(rng).unwrap_or(&8);
        let at = rng.random_range(0..data.len());
        let byte = *[0, 0xff, 0x7f, 1].choose(rng).unwrap_or(&0);
        let is_random = rng.random_ratio(1, 3);
        for place in data.iter_mut().skip(at).take(length) {
            *place = if is_random { rng.random() } else { byte };
        }
    }
    if rng.random_ratio(1, 10) {
        let length = rng.random_range(0..data.len() * 2);
        data.resize(length, 0);
    }
    data
}

fn nonsense(rng: &mut StdRng) -> Value {
    match rng.random_range(0..16) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(0),
        3 => json!(1),
        4 => json!(u64::MAX),
        5 => json!(u64::MAX - 1),
        6 => json!(i64::MIN),
        7 => json!(-1),
        8 => json!(1.5e300),
        9 => json!(u64::from(u32::MAX)),
        10 => json!(i64::MAX),
        11 => json!(""),
        12 => json!("\u{1b}[2J long ".repeat(100_000)),
        13 => json!([]),
        14 => json!({}),
        _ => (0..100).fold(json!(7), |inner, _| json!([inner])),
    }
}
