//! A cluster at one moment, and a node before it that catches what is sent.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use solana_transaction::versioned::VersionedTransaction;

use crate::net::faults::proxy::{Proxy, Reply, Upstream};

/// What a cluster answers at one moment: the first answer to each question is given for ever, so
/// that two runs of a command differ only by what they are told.
#[derive(Clone)]
pub struct Moment {
    honest_url: String,
    known: Arc<Mutex<Known>>,
}

/// Questions with their answers, and the slot that all answers are of.
#[derive(Default)]
struct Known {
    answers: BTreeMap<String, (Value, Value)>,
    slot: u64,
}

/// A node that lets nothing through: it says that every transaction works and is confirmed, and keeps
/// what was signed. It serves as long as this value lives.
pub struct CapturingNode {
    /// Where it listens.
    pub url: String,
    caught: Arc<Mutex<Vec<VersionedTransaction>>>,
    _proxy: Proxy,
}

impl Moment {
    /// The moment at which the node at `honest_url` is asked first.
    pub fn of(honest_url: &str) -> Self {
        Self {
            honest_url: honest_url.to_owned(),
            known: Arc::default(),
        }
    }

    /// All questions that were asked until now, with the honest answers.
    pub fn answers(&self) -> Vec<(Value, Value)> {
        lock(&self.known).answers.values().cloned().collect()
    }

    /// A node in this moment that tells a lie: it is given the request and the honest answer.
    pub fn node(&self, lie: impl Fn(&Value, &mut Value) + Send + Sync + 'static) -> CapturingNode {
        let caught = Arc::<Mutex<Vec<VersionedTransaction>>>::default();
        let (moment, lie, shared) = (self.clone(), Arc::new(lie), Arc::clone(&caught));
        let proxy = Proxy::before(
            &self.honest_url,
            Box::new(move |request, upstream| {
                let (moment, lie) = (moment.clone(), Arc::clone(&lie));
                let caught = Arc::clone(&shared);
                Box::pin(async move {
                    let Some(mut answer) = moment.answer(&request, &upstream, &caught).await else {
                        return Reply::Reset;
                    };
                    lie(&request, &mut answer);
                    answer["id"] = request["id"].clone();
                    Reply::Answer(answer)
                })
            }),
        );
        CapturingNode {
            url: proxy.url.clone(),
            caught,
            _proxy: proxy,
        }
    }

    async fn answer(
        &self,
        request: &Value,
        upstream: &Upstream,
        caught: &Mutex<Vec<VersionedTransaction>>,
    ) -> Option<Value> {
        let question = question(request);
        let invented = invented(request, lock(&self.known).slot, &mut lock(caught));
        if let Some(result) = invented {
            let answer = json!({ "jsonrpc": "2.0", "result": result });
            let asked = (request.clone(), answer.clone());
            lock(&self.known).answers.insert(question, asked);
            return Some(answer);
        }
        let known = lock(&self.known).answers.get(&question).cloned();
        if let Some((_, answer)) = known {
            return Some(answer);
        }
        let mut answer = upstream.ask(request).await?;
        let mut known = lock(&self.known);
        if let Some(slot) = answer.pointer_mut("/result/context/slot") {
            if known.slot == 0 {
                known.slot = slot.as_u64().unwrap_or_default();
            }
            *slot = json!(known.slot);
        }
        let asked = (request.clone(), answer.clone());
        known.answers.insert(question, asked);
        Some(answer)
    }
}

impl CapturingNode {
    /// The transactions that were sent until now, each once.
    pub fn caught(&self) -> Vec<VersionedTransaction> {
        lock(&self.caught).clone()
    }
}

fn lock<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    state.lock().expect("no call panics")
}

/// A question is asked again where method and parameters are the same, from whichever slot on.
fn question(request: &Value) -> String {
    let mut params = request["params"].clone();
    for part in params.as_array_mut().into_iter().flatten() {
        if let Some(part) = part.as_object_mut() {
            part.remove("minContextSlot");
        }
    }
    match request["method"].as_str().unwrap_or_default() {
        // Their parameters are never the same.
        method @ ("sendTransaction"
        | "simulateTransaction"
        | "getSignatureStatuses"
        | "getTransaction") => method.to_owned(),
        method => format!("{method}{params}"),
    }
}

/// What no cluster said: all about transactions.
fn invented(request: &Value, slot: u64, caught: &mut Vec<VersionedTransaction>) -> Option<Value> {
    let params = &request["params"];
    let context = json!({ "slot": slot, "apiVersion": "4.0.0" });
    Some(match request["method"].as_str()? {
        "sendTransaction" => {
            let bytes = BASE64_STANDARD.decode(params[0].as_str()?).ok()?;
            let sent: VersionedTransaction = bincode::deserialize(&bytes).ok()?;
            let signature = sent.signatures.first().copied().unwrap_or_default();
            if !caught.contains(&sent) {
                caught.push(sent);
            }
            json!(signature.to_string())
        }
        "getSignatureStatuses" => {
            let asked = params[0].as_array().into_iter().flatten();
            let statuses = asked.map(|signature| status(signature, slot, caught));
            json!({ "context": context, "value": statuses.collect::<Vec<_>>() })
        }
        "simulateTransaction" => json!({
            "context": context,
            "value": {
                "err": null,
                "logs": [],
                "accounts": null,
                // More than any needs: what is signed with these limits could work.
                "unitsConsumed": 1_000_000,
                "loadedAccountsDataSize": 50_000_000,
                "returnData": null,
            },
        }),
        "getTransaction" => json!({
            "slot": slot,
            "blockTime": null,
            "version": 0,
            "transaction": ["", "base64"],
            "meta": {
                "err": null,
                "status": { "Ok": null },
                "fee": 5_000,
                "preBalances": [],
                "postBalances": [],
                "innerInstructions": [],
                "logMessages": [],
                "preTokenBalances": [],
                "postTokenBalances": [],
                "rewards": [],
                "computeUnitsConsumed": 100_000,
            },
        }),
        _ => return None,
    })
}

/// That what was caught is confirmed, and nothing else is known.
fn status(signature: &Value, slot: u64, caught: &[VersionedTransaction]) -> Value {
    let mut first = caught.iter().filter_map(|sent| sent.signatures.first());
    match first.any(|known| *signature == json!(known.to_string())) {
        true => json!({
            "slot": slot,
            "confirmations": null,
            "err": null,
            "status": { "Ok": null },
            "confirmationStatus": "finalized",
        }),
        false => Value::Null,
    }
}
