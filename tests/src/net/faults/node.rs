//! A node that has faults.

use std::sync::{Arc, Mutex, MutexGuard};

use base64::{Engine, prelude::BASE64_STANDARD};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use solana_signature::Signature;
use solana_transaction::versioned::VersionedTransaction;

use super::{
    memory::Memory,
    proxy::{Proxy, Reply, Upstream},
    rule::{Change, Effect, Heard, Rule, SEND, Trigger},
    traffic::Traffic,
};

/// A JSON-RPC port before an honest one, with the faults of its rules. It serves as long as this
/// value lives.
pub struct FaultyNode {
    /// Where it listens.
    pub url: String,
    state: Arc<Mutex<State>>,
    _proxy: Proxy,
}

struct State {
    rules: Vec<Rule>,
    /// How many calls each rule could have hit.
    counts: Vec<usize>,
    chance: StdRng,
    /// The first transaction, as it was sent.
    first_sent: Option<Value>,
    traffic: Traffic,
    memory: Memory,
}

impl FaultyNode {
    /// A node before the one at `honest_url`. Chances are as the seed says, call by call.
    pub fn before(honest_url: &str, rules: &[Rule], seed: u64) -> Self {
        let state = Arc::new(Mutex::new(State {
            rules: rules.to_vec(),
            counts: vec![0; rules.len()],
            chance: StdRng::seed_from_u64(seed),
            first_sent: None,
            traffic: Traffic::default(),
            memory: Memory::default(),
        }));
        let shared = Arc::clone(&state);
        let proxy = Proxy::before(
            honest_url,
            Box::new(move |request, upstream| {
                Box::pin(answer(Arc::clone(&shared), request, upstream))
            }),
        );
        Self {
            url: proxy.url.clone(),
            state,
            _proxy: proxy,
        }
    }

    /// What it was asked until now.
    pub fn traffic(&self) -> Traffic {
        lock(&self.state).traffic.clone()
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().expect("no call panics")
}

async fn answer(state: Arc<Mutex<State>>, request: Value, upstream: Upstream) -> Reply {
    let effects = lock(&state).effects(&request);
    let instead = effects.iter().find_map(|effect| match effect {
        Effect::Instead(heard) => Some(*heard),
        _ => None,
    });
    let honest = match instead {
        Some(_) => Value::Null,
        None => match upstream.ask(&request).await {
            Some(answer) => lock(&state).changed(&request, answer, &effects),
            None => return Reply::Reset,
        },
    };
    for effect in &effects {
        if let Effect::Late(time) = effect {
            tokio::time::sleep(*time).await;
        }
    }
    let afterwards = effects.iter().find_map(|effect| match effect {
        Effect::Afterwards(heard) => Some(*heard),
        _ => None,
    });
    match instead.or(afterwards) {
        Some(heard) => reply(heard, &request, honest),
        None => Reply::Answer(honest),
    }
}

impl State {
    /// Notes a call: what happens to it.
    fn effects(&mut self, request: &Value) -> Vec<Effect> {
        let method = request["method"].as_str().unwrap_or_default();
        let sent = &request["params"][0];
        if method == SEND && self.first_sent.is_none() {
            self.first_sent = Some(sent.clone());
        }
        let mut effects = Vec::new();
        for (rule, count) in self.rules.iter().zip(&mut self.counts) {
            if !rule.calls.has(method) {
                continue;
            }
            *count += 1;
            let hits = match rule.trigger {
                Trigger::Always => true,
                Trigger::First(number) => *count <= number,
                Trigger::After(number) => *count > number,
                Trigger::Every(number) => *count % number == 0,
                Trigger::FirstTransaction => self.first_sent.as_ref() == Some(sent),
                Trigger::Once(other) => self.traffic.has(other),
                Trigger::Chance(percent) => self.chance.random_range(0..100) < percent,
            };
            if hits {
                effects.push(rule.effect.clone());
            }
        }
        self.traffic.note(method);
        effects
    }

    /// An honest answer, remembered and then changed.
    fn changed(&mut self, request: &Value, honest: Value, effects: &[Effect]) -> Value {
        self.memory.keep(request, &honest);
        let mut answer = honest;
        for effect in effects {
            let Effect::Changed(change) = effect else {
                continue;
            };
            match *change {
                Change::First => {
                    if let Some(first) = self.memory.first(request) {
                        answer["result"] = first["result"].clone();
                    }
                }
                Change::Lag(slots) => answer = self.memory.behind(request, &answer, slots),
                Change::More(pointer, more) => {
                    change_at(&mut answer, pointer, |number| {
                        json!(number.as_u64().unwrap_or(0).saturating_add(more))
                    });
                }
                Change::Set(pointer, value) => {
                    change_at(&mut answer, pointer, |_| parse(value));
                }
            }
        }
        answer
    }
}

/// Changes the value at a place, in an answer that has this place.
fn change_at(answer: &mut Value, pointer: &str, change: impl FnOnce(&Value) -> Value) {
    if let Some(place) = answer.pointer_mut(pointer) {
        *place = change(place);
    }
}

fn parse(json: &str) -> Value {
    serde_json::from_str(json).expect("rules hold JSON")
}

fn reply(heard: Heard, request: &Value, honest: Value) -> Reply {
    let answer = |name: &str, value: Value| {
        Reply::Answer(json!({ "jsonrpc": "2.0", "id": request["id"], name: value }))
    };
    match heard {
        Heard::Status(status, retry_after) => Reply::Status(status, retry_after),
        Heard::Error(code, message) => answer("error", json!({ "code": code, "message": message })),
        Heard::Result(value) => answer("result", parse(value)),
        Heard::Accepted => answer("result", json!(signature(request).to_string())),
        Heard::Half => Reply::Half(honest),
        Heard::Reset => Reply::Reset,
        Heard::Silence => Reply::Silence,
    }
}

/// The signature of the transaction in a request to send it.
fn signature(request: &Value) -> Signature {
    let sent = request["params"][0].as_str().unwrap_or_default();
    let bytes = BASE64_STANDARD.decode(sent).unwrap_or_default();
    let transaction: Result<VersionedTransaction, _> = bincode::deserialize(&bytes);
    let first = transaction
        .ok()
        .and_then(|sent| sent.signatures.first().copied());
    first.unwrap_or_default()
}
