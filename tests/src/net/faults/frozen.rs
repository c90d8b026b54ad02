//! A node that goes on in its slots and shows old accounts.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use serde_json::Value;

use super::lying_node::LyingNode;

/// The sysvars begin so.
const SYSVAR: &str = "Sysvar";

/// What of a node is frozen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frozen {
    /// All accounts.
    Accounts,
    /// All accounts but sysvars, and what simulations say: the node's clock goes on.
    AllButSysvars,
}

/// A JSON-RPC port before an honest one. Once it is frozen, it shows accounts as they were when it was
/// last asked for them, as those of now. It serves as long as this value lives.
pub struct FrozenNode {
    /// Where it listens.
    pub url: String,
    state: Arc<Mutex<State>>,
    _node: LyingNode,
}

struct State {
    what: Frozen,
    is_frozen: bool,
    accounts: HashMap<String, Value>,
    simulations: HashMap<String, Value>,
}

impl FrozenNode {
    /// One that is not frozen yet.
    pub fn before(honest_url: &str, what: Frozen) -> Self {
        let state = Arc::new(Mutex::new(State {
            what,
            is_frozen: false,
            accounts: HashMap::new(),
            simulations: HashMap::new(),
        }));
        let shared = Arc::clone(&state);
        let node = LyingNode::before(honest_url, move |request, answer| {
            shared.lock().unwrap().change(request, answer);
        });
        Self {
            url: node.url.clone(),
            state,
            _node: node,
        }
    }

    /// From now on it shows what was; or again what is.
    pub fn freeze(&self, is_frozen: bool) {
        self.state.lock().unwrap().is_frozen = is_frozen;
    }
}

impl State {
    fn change(&mut self, request: &Value, answer: &mut Value) {
        let Some(value) = answer.pointer_mut("/result/value") else {
            return;
        };
        let asked = &request["params"][0];
        match (request["method"].as_str(), asked, value) {
            (Some("getAccountInfo"), Value::String(address), value) => self.show(address, value),
            (Some("getMultipleAccounts"), Value::Array(addresses), Value::Array(values)) => {
                for (address, value) in addresses.iter().zip(values) {
                    self.show(address.as_str().unwrap(), value);
                }
            }
            (Some("simulateTransaction"), Value::String(transaction), value) => {
                let is_frozen = self.is_frozen && self.what == Frozen::AllButSysvars;
                old(&mut self.simulations, is_frozen, transaction, value);
            }
            _ => {}
        }
    }

    fn show(&mut self, address: &str, value: &mut Value) {
        let goes_on = self.what == Frozen::AllButSysvars && address.starts_with(SYSVAR);
        old(
            &mut self.accounts,
            self.is_frozen && !goes_on,
            address,
            value,
        );
    }
}

/// Takes what was remembered in place of what is, where it is frozen, and else remembers what is.
fn old(memory: &mut HashMap<String, Value>, is_frozen: bool, key: &str, value: &mut Value) {
    match memory.get(key).filter(|_| is_frozen) {
        Some(then) => *value = then.clone(),
        None => {
            memory.insert(key.to_owned(), value.clone());
        }
    }
}
