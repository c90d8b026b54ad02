//! Validators that a rating chooses, and weights that are proposed.

use serde_json::Value;
use sluice_tests::{
    command::{number, text},
    net::faults::Heard,
};

use super::{applied, file, list, planned, validators};
use crate::{net::CliNet, refused_methods::without};

/// Rules that a cluster of a few epochs and validators can keep.
const RULES: &str = "[rating]\nmin_age_epochs = 0\nmax_stake_share_bps = 10000\n\
                     exclude_superminority = false\nmax_commission_bps = 1000\n";

/// A cluster that has paid for an epoch; the best validators come first.
fn with_rewards() -> CliNet {
    let net = CliNet::with_commissions(&[0, 200, 400, 600, 800]);
    net.next_epoch();
    net.next_epoch();
    net
}

fn weights(plan: &Value) -> Vec<(String, String)> {
    let changes = list(plan, "changes").iter();
    changes
        .map(|change| {
            let difference = &change["differences"][0];
            (text(difference, "/key"), text(difference, "/after"))
        })
        .collect()
}

#[test]
fn the_best_of_the_cluster_join_and_the_file_again_does_nothing() {
    let net = with_rewards();
    let wish = format!("[top]\nvalidators = 3\nweight = 7\n{RULES}");
    let plan = planned(&net, &wish);
    let mut best: Vec<(String, String)> = net.validators[..3]
        .iter()
        .map(|vote| (format!("validator {vote}"), "weight 7".to_owned()))
        .collect();
    best.sort();
    let mut chosen = weights(&plan);
    chosen.sort();
    assert_eq!(chosen, best);
    let note = plan["notes"][0].as_str().unwrap();
    assert!(note.contains("what one node tells"), "{note}");
    applied(&net, &net.curator, &wish);
    assert_eq!(planned(&net, &wish)["is_done"], true);
}

#[test]
fn weights_are_proposed_that_earn_most_with_the_price_of_each_cap() {
    let net = with_rewards();
    // Else no validator may have more than a fifth.
    let caps = "[parameters]\nshare_cap_bps = 4000\n[optimise]\nmax_share_bps = 4000\nmax_superminority_bps = 10000\nmin_validators = 4\n\
                least_share_bps = 500\n";
    let all = validators(net.validators.iter().map(|vote| (vote, 1)));
    let wish = format!("{all}{caps}{RULES}");
    let plan = planned(&net, &wish);
    let expected = [4_000, 4_000, 1_500, 500].map(|weight| format!("weight {weight}"));
    let best = net
        .validators
        .iter()
        .map(|vote| format!("validator {vote}"));
    let best: Vec<(String, String)> = best.zip(expected).collect();
    assert_eq!(weights(&plan)[1..], best);
    let optimised = &plan["optimised"];
    assert_eq!(number(optimised, "/validators"), 4);
    let whole = number(optimised, "/yield_parts_e9");
    let price = number(optimised, "/max_share_price_parts_e9");
    assert!(whole > 0 && price > 0, "{optimised}");
    assert_eq!(number(optimised, "/max_superminority_price_parts_e9"), 0);
    let shown = net.table(&net.curator, &["pool", "plan", &file(&net, &wish)]);
    assert!(
        shown.contains("at most 40.00% each: a percentage point more would bring "),
        "{shown}"
    );
    applied(&net, &net.curator, &wish);
    assert_eq!(planned(&net, &wish)["is_done"], true);
}

#[test]
fn where_a_node_does_not_tell_what_was_paid_nobody_is_chosen() {
    let net = with_rewards();
    let silent = without(&net, &["getInflationReward"], Heard::Error(-32_004, "none"));
    for rest in [
        "[top]\nvalidators = 3\n",
        "[top]\nvalidators = 3\n[optimise]\n",
    ] {
        let file = file(&net, &format!("{rest}{RULES}"));
        for command in [
            &["pool", "plan", &file][..],
            &["pool", "apply", &file, "--yes"],
        ] {
            let output = net.run_at(&silent.url, &net.curator, command);
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(said.contains("would be rated alike"), "{said}");
            assert!(!output.status.success());
        }
    }
}

#[test]
fn weights_keep_to_an_even_share_of_as_many_as_the_pool_had() {
    let net = with_rewards();
    let all = validators(net.validators.iter().map(|vote| (vote, 1)));
    applied(&net, &net.curator, &all);
    net.earn();
    let two = validators(net.validators[..2].iter().map(|vote| (vote, 1)));
    let file = file(&net, &format!("{two}[optimise]\n{RULES}"));
    let said = net.failure(&net.curator, &["pool", "plan", &file]);
    assert!(said.contains("can have only 40.00% of the stake"), "{said}");
}

#[test]
fn what_no_cap_or_no_validator_allows_is_refused() {
    let net = with_rewards();
    let two = validators(net.validators[..2].iter().map(|vote| (vote, 1)));
    let refused = |rest: &str| {
        let file = file(&net, rest);
        net.failure(&net.curator, &["pool", "plan", &file])
    };
    let tight = refused(&format!("{two}[optimise]\nmax_share_bps = 3000\n{RULES}"));
    assert!(
        tight.contains("can have only 60.00% of the stake"),
        "{tight}"
    );
    let few = refused(&format!("[top]\nvalidators = 6\n{RULES}"));
    assert!(
        few.contains("only 5 validators of the cluster keep these rules, and 6 are wanted"),
        "{few}"
    );
    let none = refused("[optimise]\n");
    assert!(
        none.contains("weights can be proposed only for validators"),
        "{none}"
    );
    let file = file(&net, "[parameters]\n");
    let asked = net.failure(&net.curator, &["pool", "plan", &file, "--optimise"]);
    assert!(
        asked.contains("weights can be proposed only for validators"),
        "{asked}"
    );
}

#[test]
fn the_best_of_a_cluster_that_has_paid_nothing_yet_are_told_when_to_come() {
    let net = CliNet::with_commissions(&[0, 200]);
    let file = file(&net, &format!("[top]\nvalidators = 1\n{RULES}"));
    let plan = ["pool", "plan", &file];
    assert_eq!(net.rpc.get_epoch_info().unwrap().epoch, 0);
    let said = net.failure(&net.curator, &plan);
    assert!(
        said.contains("It is epoch 0: ask again in epoch 1"),
        "{said}"
    );
    net.next_epoch();
    assert_eq!(list(&net.json(&net.curator, &plan), "changes").len(), 1);
}

#[test]
fn an_unpriced_pool_is_told_as_a_priced_one_what_would_lie_idle() {
    let net = CliNet::with_active_stake();
    net.earn();
    let wish = validators([(&net.validators[0], 100)]);
    let notes = || planned(&net, &wish)["notes"].clone();
    let priced = notes();
    assert!(
        priced[0].as_str().unwrap().contains("earn nothing"),
        "{priced}"
    );
    net.next_epoch();
    let shown = net.json(&net.curator, &["pool", "show"]);
    assert_eq!(shown["is_fresh"], false);
    assert_eq!(notes(), priced);
}
