//! What a node that is behind still says.

use std::collections::HashMap;

use serde_json::{Value, json};

/// Where answers say of which slot they are.
const CONTEXT: &str = "/result/context/slot";

/// Answers of the past, by question.
#[derive(Default)]
pub(super) struct Memory {
    answers: HashMap<String, Vec<(u64, Value)>>,
}

impl Memory {
    /// Remembers an answer.
    pub fn keep(&mut self, request: &Value, answer: &Value) {
        let all = self.answers.entry(question(request)).or_default();
        all.push((slot(answer), answer.clone()));
    }

    /// The first answer to this question.
    pub fn first(&self, request: &Value) -> Option<&Value> {
        let all = self.answers.get(&question(request))?;
        all.first().map(|(_, answer)| answer)
    }

    /// What a node says that is `slots` behind the one whose honest answer this is.
    pub fn behind(&self, request: &Value, honest: &Value, slots: u64) -> Value {
        let mut answer = honest.clone();
        match request["method"].as_str().unwrap_or_default() {
            "getSlot" | "getBlockHeight" => lower(&mut answer, "/result", slots),
            "getEpochInfo" => {
                for number in ["absoluteSlot", "blockHeight", "slotIndex"] {
                    lower(&mut answer, &format!("/result/{number}"), slots);
                }
            }
            "sendTransaction" => {}
            _ if answer.pointer(CONTEXT).is_some() => {
                lower(&mut answer, CONTEXT, slots);
                return self.as_of(request, answer);
            }
            _ => {}
        }
        answer
    }

    /// The answer as it was at its slot: the nearest that is remembered, without what came later.
    fn as_of(&self, request: &Value, mut answer: Value) -> Value {
        let now = slot(&answer);
        if let Some(least) = least_slot(request).filter(|least| *least > now) {
            return json!({
                "jsonrpc": "2.0",
                "id": request["id"],
                "error": {
                    "code": -32016,
                    "message": "Minimum context slot has not been reached",
                    "data": { "contextSlot": now, "minContextSlot": least },
                },
            });
        }
        if request["method"] == "getSignatureStatuses" {
            for status in answer["result"]["value"]
                .as_array_mut()
                .into_iter()
                .flatten()
            {
                if status["slot"].as_u64().is_some_and(|slot| slot > now) {
                    *status = Value::Null;
                }
            }
            return answer;
        }
        let then = self.answers.get(&question(request)).and_then(|all| {
            let older = all.iter().rev().find(|(slot, _)| *slot <= now);
            let nearest = older.or_else(|| all.first());
            nearest.map(|(_, answer)| answer["result"]["value"].clone())
        });
        if let Some(value) = then {
            answer["result"]["value"] = value;
        }
        answer
    }
}

/// The slot that the caller has already seen.
fn least_slot(request: &Value) -> Option<u64> {
    let parameters = request["params"].as_array()?;
    parameters.last()?["minContextSlot"].as_u64()
}

fn slot(answer: &Value) -> u64 {
    answer.pointer(CONTEXT).and_then(Value::as_u64).unwrap_or(0)
}

fn lower(answer: &mut Value, pointer: &str, by: u64) {
    if let Some(place) = answer.pointer_mut(pointer)
        && let Some(number) = place.as_u64()
    {
        *place = json!(number.saturating_sub(by));
    }
}

/// A question is asked again where method and parameters are the same.
fn question(request: &Value) -> String {
    format!("{}{}", request["method"], request["params"])
}
