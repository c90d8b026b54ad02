//! One lie about one account or one place in an answer, as data.

use std::{collections::BTreeMap, fmt};

use base64::{Engine, prelude::BASE64_STANDARD};
use rand::{SeedableRng, rngs::StdRng, seq::SliceRandom};
use serde_json::{Value, json};
use sluice::state::Pool;
use sluice_client::pool::decode::SluiceAccount;
use solana_pubkey::Pubkey;

/// A lie.
#[derive(Clone, Debug, PartialEq)]
pub struct Forgery {
    /// What it is about.
    pub about: About,
    /// What is said.
    pub lie: Lie,
}

/// What a lie is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum About {
    /// An account, whichever question it answers, and what it is.
    Account(Pubkey, &'static str),
    /// The place in all answers of a method.
    Answer {
        /// The method.
        method: String,
        /// The place, as a JSON pointer.
        place: String,
    },
}

/// What is said in place of what is so.
#[derive(Clone, Debug, PartialEq)]
pub enum Lie {
    /// There is no such account.
    Missing,
    /// This other account is there.
    Other(Pubkey, Box<Value>),
    /// Its lamports.
    Lamports(Twist),
    /// Its owner is this program.
    Owner(Pubkey),
    /// Its data have so many bytes.
    Length(usize),
    /// These bytes are at an offset of its data.
    Bytes(usize, Vec<u8>),
    /// The integer of so many bytes at an offset of its data.
    Integer(usize, usize, Twist),
    /// The number in an answer.
    Number(Twist),
    /// This value is in an answer.
    Value(Value),
    /// A list is so many times as long.
    Repeated(usize),
}

/// What becomes of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Twist {
    /// Zero.
    Zero,
    /// One more.
    OneMore,
    /// Twice as much.
    Double,
    /// The most that there is.
    Most,
}

impl Twist {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Zero, Self::OneMore, Self::Double, Self::Most];

    fn of(self, number: u64) -> u64 {
        match self {
            Self::Zero => 0,
            Self::OneMore => number.saturating_add(1),
            Self::Double => number.saturating_mul(2),
            Self::Most => u64::MAX,
        }
    }
}

impl Forgery {
    /// Whether another pool's account is put in the place of a pool's: the gravest lie of all.
    pub fn swaps_pools(&self) -> bool {
        let is_pool = matches!(self.about, About::Account(_, kind) if kind == Pool::NAME);
        is_pool && matches!(self.lie, Lie::Other(..))
    }

    /// Forgeries in the order that a seed gives: first one of each kind about each thing, then a
    /// second one, and so on.
    pub fn shuffled(mut all: Vec<Self>, seed: u64) -> Vec<Self> {
        let rng = &mut StdRng::seed_from_u64(seed);
        all.shuffle(rng);
        let mut turns = BTreeMap::new();
        let mut turn = |forgery: &Self| {
            let kind = (forgery.about.clone(), forgery.lie.kind());
            let turn: &mut usize = turns.entry(kind).or_default();
            *turn += 1;
            *turn
        };
        let mut all: Vec<(usize, Self)> = all.into_iter().map(|one| (turn(&one), one)).collect();
        all.sort_by_key(|(turn, _)| *turn);
        all.into_iter().map(|(_, forgery)| forgery).collect()
    }

    /// Tells the lie where a question asks for what it is about.
    pub fn tell(&self, request: &Value, answer: &mut Value) {
        match &self.about {
            About::Account(address, _) => {
                for place in places_of(address, request, answer) {
                    if let Some(account) = answer.pointer_mut(&place) {
                        self.lie.tell(account);
                    }
                }
            }
            About::Answer { method, place } => {
                if request["method"] == json!(method)
                    && let Some(value) = answer.pointer_mut(place)
                {
                    self.lie.tell(value);
                }
            }
        }
    }
}

/// Where an answer holds an account.
pub(super) fn places_of(address: &Pubkey, request: &Value, answer: &Value) -> Vec<String> {
    let (params, address) = (&request["params"], json!(address.to_string()));
    match request["method"].as_str().unwrap_or_default() {
        "getAccountInfo" if params[0] == address => vec!["/result/value".to_owned()],
        "getMultipleAccounts" => {
            let asked = params[0].as_array().into_iter().flatten().enumerate();
            let places = asked.filter(|(_, asked)| **asked == address);
            places
                .map(|(at, _)| format!("/result/value/{at}"))
                .collect()
        }
        "getProgramAccounts" => {
            let listed = answer["result"]
                .as_array()
                .into_iter()
                .flatten()
                .enumerate();
            let places = listed.filter(|(_, listed)| listed["pubkey"] == address);
            places
                .map(|(at, _)| format!("/result/{at}/account"))
                .collect()
        }
        _ => Vec::new(),
    }
}

impl Lie {
    /// Lies of a kind are many: other things are tried in between.
    fn kind(&self) -> u8 {
        match self {
            Self::Other(..) => 0,
            Self::Integer(_, 8, _) => 1,
            Self::Integer(..) => 2,
            Self::Bytes(_, bytes) if bytes.len() == 1 => 3,
            Self::Bytes(..) => 5,
            _ => 4,
        }
    }

    fn tell(&self, value: &mut Value) {
        match self {
            Self::Missing => *value = Value::Null,
            Self::Other(_, account) => *value = Value::clone(account),
            Self::Value(other) => *value = other.clone(),
            Self::Lamports(twist) => twisted(&mut value["lamports"], *twist),
            Self::Number(twist) => twisted(value, *twist),
            Self::Owner(owner) if value.is_object() => value["owner"] = json!(owner.to_string()),
            Self::Owner(_) => {}
            Self::Length(length) => with_data(value, |data| data.resize(*length, 0)),
            Self::Bytes(at, bytes) => with_data(value, |data| {
                if let Some(place) = data.get_mut(*at..at + bytes.len()) {
                    place.copy_from_slice(bytes);
                }
            }),
            Self::Integer(at, length, twist) => with_data(value, |data| {
                if let Some(place) = data.get_mut(*at..at + length) {
                    let mut number = [0; 8];
                    number[..*length].copy_from_slice(place);
                    let number = twist.of(u64::from_le_bytes(number));
                    place.copy_from_slice(&number.to_le_bytes()[..*length]);
                }
            }),
            Self::Repeated(times) => {
                if let Some(list) = value.as_array_mut() {
                    *list = vec![list.clone(); *times].concat();
                }
            }
        }
    }
}

fn twisted(number: &mut Value, twist: Twist) {
    if let Some(honest) = number.as_u64() {
        *number = json!(twist.of(honest));
    }
}

/// The data of an account in an answer.
pub(super) fn data_of(account: &Value) -> Option<Vec<u8>> {
    let text = account.pointer("/data/0")?.as_str()?;
    BASE64_STANDARD.decode(text).ok()
}

fn with_data(account: &mut Value, change: impl FnOnce(&mut Vec<u8>)) {
    if let Some(mut data) = data_of(account) {
        change(&mut data);
        account["space"] = json!(data.len());
        account["data"][0] = json!(BASE64_STANDARD.encode(data));
    }
}

impl fmt::Display for Forgery {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.about {
            About::Account(address, kind) => write!(formatter, "{kind} {address} {}", self.lie),
            About::Answer { method, place } => write!(formatter, "{method}{place} {}", self.lie),
        }
    }
}

impl fmt::Display for Lie {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => formatter.write_str("is missing"),
            Self::Other(address, _) => write!(formatter, "is what {address} is"),
            Self::Lamports(twist) => write!(formatter, "has lamports: {twist:?}"),
            Self::Owner(owner) => write!(formatter, "is owned by {owner}"),
            Self::Length(length) => write!(formatter, "has {length} bytes"),
            Self::Bytes(at, bytes) => write!(formatter, "has {} other bytes at {at}", bytes.len()),
            Self::Integer(at, length, twist) => {
                write!(formatter, "has {length} bytes at {at}: {twist:?}")
            }
            Self::Number(twist) => write!(formatter, "is {twist:?}"),
            Self::Value(value) => write!(formatter, "is {value}"),
            Self::Repeated(times) => write!(formatter, "is given {times} times"),
        }
    }
}
