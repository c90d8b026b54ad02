//! All lies that are worth a try about what a command was told.

use std::collections::{BTreeMap, BTreeSet};

use anchor_lang::Discriminator;
use serde_json::{Value, json};
use sluice::state::{Marker, Pool, RateHistory, Ticket, UnstakeBatch, ValidatorPage};
use sluice_client::pool::decode::SluiceAccount;
use solana_program_pack::Pack;
use solana_pubkey::Pubkey;
use solana_sdk_ids::{stake, system_program, sysvar, vote};
use spl_token_interface::state::Mint;

use super::forgery::{About, Forgery, Lie, Twist, data_of, places_of};

/// What nobody has a key for: where lies send what they can.
pub const STRANGER: Pubkey = Pubkey::new_from_array([0xee; 32]);
/// Accounts of other pools and people that are tried in place of one.
const OTHERS: usize = 3;
/// What is asked is told in answers to these: places of accounts.
const ACCOUNTS: [&str; 3] = [
    "getAccountInfo",
    "getMultipleAccounts",
    "getProgramAccounts",
];

/// Accounts that nodes told of, by address, to be put in place of others.
#[derive(Clone, Debug, Default)]
pub struct Catalogue(BTreeMap<Pubkey, Value>);

impl Catalogue {
    /// Takes note of all accounts in answers.
    pub fn note(&mut self, answers: &[(Value, Value)]) {
        for (request, answer) in answers {
            for address in addresses(request, answer) {
                for place in places_of(&address, request, answer) {
                    let account = answer.pointer(&place).filter(|account| account.is_object());
                    if let Some(account) = account {
                        self.0.insert(address, account.clone());
                    }
                }
            }
        }
    }

    /// Others of the same kind: of the same owner and size, and beginning with the same bytes.
    fn others<'a>(
        &'a self,
        address: &'a Pubkey,
        account: &'a Value,
    ) -> impl Iterator<Item = (&'a Pubkey, &'a Value)> {
        let head = |account: &Value| data_of(account).map(|data| (data.len(), first(&data)));
        let wanted = (account["owner"].clone(), head(account));
        self.0
            .iter()
            .filter(move |(other, _)| *other != address)
            .filter(move |(_, other)| (other["owner"].clone(), head(other)) == wanted)
    }
}

/// The bytes that say what an account of Sluice is.
fn first(data: &[u8]) -> Option<[u8; 8]> {
    data.first_chunk().copied()
}

/// Every lie about every account and every number in these answers.
pub fn forgeries(answers: &[(Value, Value)], catalogue: &Catalogue) -> Vec<Forgery> {
    let mut all: Vec<Forgery> = Vec::new();
    let mut known = BTreeSet::new();
    for (request, answer) in answers {
        let method = request["method"].as_str().unwrap_or_default();
        if ACCOUNTS.contains(&method) {
            for address in addresses(request, answer) {
                let mut places = places_of(&address, request, answer).into_iter();
                let account = places.next().and_then(|place| answer.pointer(&place));
                if known.insert(address) {
                    all.extend(of_account(
                        address,
                        account.unwrap_or(&Value::Null),
                        catalogue,
                    ));
                }
            }
        }
        let is_list = method == "getProgramAccounts";
        if is_list || !ACCOUNTS.contains(&method) {
            of_answer(method, "/result", &answer["result"], !is_list, &mut all);
        }
    }
    all
}

/// The accounts that an answer can tell of.
fn addresses(request: &Value, answer: &Value) -> BTreeSet<Pubkey> {
    let params = &request["params"];
    let parsed = |address: &Value| address.as_str()?.parse().ok();
    match request["method"].as_str().unwrap_or_default() {
        "getAccountInfo" => parsed(&params[0]).into_iter().collect(),
        "getMultipleAccounts" => {
            let asked = params[0].as_array().into_iter().flatten();
            asked.filter_map(parsed).collect()
        }
        "getProgramAccounts" => {
            let listed = answer["result"].as_array().into_iter().flatten();
            listed
                .filter_map(|listed| parsed(&listed["pubkey"]))
                .collect()
        }
        _ => BTreeSet::new(),
    }
}

fn of_account(address: Pubkey, account: &Value, catalogue: &Catalogue) -> Vec<Forgery> {
    let kind = kind_of(account);
    let about = |lie| Forgery {
        about: About::Account(address, kind),
        lie,
    };
    if account.is_null() {
        // Others are there already.
        let kinds: BTreeMap<_, _> = catalogue
            .0
            .iter()
            .map(|(other, account)| (account["owner"].to_string(), (other, account)))
            .collect();
        let there = kinds.into_values();
        return there
            .map(|(other, account)| about(Lie::Other(*other, Box::new(account.clone()))))
            .collect();
    }
    let mut lies = vec![
        Lie::Missing,
        Lie::Owner(STRANGER),
        Lie::Owner(Pubkey::default()),
    ];
    lies.extend(Twist::ALL.map(Lie::Lamports));
    let others = catalogue.others(&address, account).take(OTHERS);
    lies.extend(others.map(|(other, account)| Lie::Other(*other, Box::new(account.clone()))));
    lies.extend(of_data(&data_of(account).unwrap_or_default(), catalogue));
    lies.into_iter().map(about).collect()
}

/// What an account is.
fn kind_of(account: &Value) -> &'static str {
    let owner = account["owner"]
        .as_str()
        .and_then(|owner| owner.parse().ok());
    let data = data_of(account).unwrap_or_default();
    let is = |discriminator: &[u8]| data.starts_with(discriminator);
    match owner {
        None => "nothing at",
        Some(sluice) if sluice == sluice::ID && is(Pool::DISCRIMINATOR) => Pool::NAME,
        Some(sluice) if sluice == sluice::ID && is(ValidatorPage::DISCRIMINATOR) => {
            ValidatorPage::NAME
        }
        Some(sluice) if sluice == sluice::ID && is(RateHistory::DISCRIMINATOR) => RateHistory::NAME,
        Some(sluice) if sluice == sluice::ID && is(UnstakeBatch::DISCRIMINATOR) => {
            UnstakeBatch::NAME
        }
        Some(sluice) if sluice == sluice::ID && is(Ticket::DISCRIMINATOR) => Ticket::NAME,
        Some(sluice) if sluice == sluice::ID => Marker::NAME,
        Some(spl_token_interface::ID) if data.len() == Mint::LEN => "mint",
        Some(spl_token_interface::ID) => "token account",
        Some(stake::ID) => "stake account",
        Some(vote::ID) => "vote account",
        Some(sysvar::ID) => "sysvar",
        Some(system_program::ID) => "wallet",
        Some(_) => "account",
    }
}

/// Lies about the data of an account: its length, the addresses in it, and every number that it could
/// be made of.
fn of_data(data: &[u8], catalogue: &Catalogue) -> Vec<Lie> {
    if data.is_empty() {
        return vec![Lie::Length(8), Lie::Length(165)];
    }
    let length = data.len();
    let mut lies: Vec<Lie> = [0, length / 2, length - 1, length + 8]
        .map(Lie::Length)
        .into();
    let body = length.min(8)..length;
    lies.push(Lie::Bytes(body.start, vec![0xff; body.len()]));
    lies.push(Lie::Bytes(body.start, vec![0; body.len()]));
    let known = |bytes: &[u8]| {
        Pubkey::try_from(bytes).is_ok_and(|address| catalogue.0.contains_key(&address))
    };
    for (at, bytes) in data.windows(32).enumerate() {
        let is_word = at % 8 == 0 && bytes.iter().filter(|byte| **byte != 0).count() > 24;
        if is_word || known(bytes) {
            lies.push(Lie::Bytes(at, STRANGER.to_bytes().into()));
        }
    }
    // The integers of Sluice lie at their own size, those of borsh and bincode anywhere.
    for (at, word) in data.chunks(8).enumerate() {
        let is_zero = word.iter().all(|byte| *byte == 0);
        if is_zero {
            lies.push(Lie::Bytes(8 * at, vec![1]));
        } else {
            let twisted = Twist::ALL.map(|twist| Lie::Integer(8 * at, 8, twist));
            lies.extend(twisted);
        }
    }
    for (at, byte) in data.iter().enumerate() {
        if *byte != 0 {
            lies.push(Lie::Integer(at, 1, Twist::Zero));
            lies.push(Lie::Integer(at, 1, Twist::OneMore));
            lies.push(Lie::Integer(at, 2, Twist::Most));
            lies.push(Lie::Integer(at, 4, Twist::Double));
        }
    }
    lies
}

/// Lies about every value in an answer.
fn of_answer(method: &str, place: &str, value: &Value, deep: bool, all: &mut Vec<Forgery>) {
    let mut tell = |lie| {
        all.push(Forgery {
            about: About::Answer {
                method: method.to_owned(),
                place: place.to_owned(),
            },
            lie,
        });
    };
    match value {
        Value::Number(_) => Twist::ALL.into_iter().map(Lie::Number).for_each(tell),
        Value::String(_) => tell(Lie::Value(json!(STRANGER.to_string()))),
        Value::Null => tell(Lie::Value(
            json!({ "InstructionError": [0, { "Custom": 1 }] }),
        )),
        Value::Bool(told) => tell(Lie::Value(json!(!told))),
        Value::Array(list) => {
            tell(Lie::Value(json!([])));
            tell(Lie::Repeated(1_000));
            for (at, inner) in list.iter().enumerate().filter(|_| deep) {
                of_answer(method, &format!("{place}/{at}"), inner, deep, all);
            }
        }
        Value::Object(fields) => {
            for (name, inner) in fields {
                of_answer(method, &format!("{place}/{name}"), inner, deep, all);
            }
        }
    }
}
