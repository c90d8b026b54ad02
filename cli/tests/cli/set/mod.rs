//! A pool as a file: `sluice pool export`, `sluice pool plan` and `sluice pool apply`.

mod best;
mod others;
mod refusals;
mod whole;

use std::fs;

use serde_json::Value;
use sluice_tests::command::text;

use crate::net::{CliNet, User};

/// Writes a file for the binary.
fn file(net: &CliNet, content: &str) -> String {
    let path = net.path("pool.toml");
    fs::write(&path, content).unwrap();
    path.display().to_string()
}

/// The pool as a file.
fn exported(net: &CliNet) -> String {
    text(&net.json(&net.curator, &["pool", "export"]), "/toml")
}

/// What a file would change.
fn planned(net: &CliNet, content: &str) -> Value {
    let file = file(net, content);
    net.json(&net.curator, &["pool", "plan", &file])
}

/// Applies a file as somebody.
fn applied(net: &CliNet, user: &User, content: &str) -> Value {
    let file = file(net, content);
    net.json(user, &["pool", "apply", &file, "--yes"])
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().unwrap()
}

#[test]
fn the_pool_is_that_of_the_file_where_none_is_chosen() {
    let mut net = CliNet::with_validators();
    let pool = std::mem::take(&mut net.pool);
    let vote = net.validators[0];
    let named = format!("pool = \"{pool}\"\n");
    let plan = planned(&net, &named);
    assert_eq!(text(&plan, "/pool"), pool);
    let wish = named + &validators([(&vote, 7)]);
    let done = applied(&net, &net.curator, &wish);
    assert_eq!(text(&done, "/pool"), pool);
    let nameless = file(&net, "[parameters]\nreward_fee_bps = 300\n");
    let said = net.failure(&net.curator, &["pool", "plan", &nameless]);
    assert!(said.contains("no pool is chosen: pass --pool"), "{said}");
}

/// A table of each of these validators with its weight.
fn validators<'a>(weighed: impl IntoIterator<Item = (&'a solana_pubkey::Pubkey, u16)>) -> String {
    let tables = weighed
        .into_iter()
        .map(|(vote, weight)| format!("[[validators]]\nvote = \"{vote}\"\nweight = {weight}\n"));
    tables.collect()
}
