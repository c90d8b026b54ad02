//! How validators stand, and those that misbehave.

use sluice_tests::command::{number, text};

use crate::net::{CliNet, SOL};

#[test]
fn any_vote_account_is_explained() {
    let net = CliNet::with_active_stake();
    let curator = &net.curator;
    let explain = |vote: &str| net.json(curator, &["validator", "explain", vote]);
    let listed = explain(&net.validators[0].to_string());
    assert_eq!(listed["listed"], true);
    assert_eq!(
        (number(&listed, "/rank"), number(&listed, "/validators")),
        (1, 2)
    );
    assert_eq!(listed["takes_stake"], true);
    assert_eq!(number(&listed, "/commission_bps"), 0);
    assert!(number(&listed, "/target_lamports") > 0);
    assert!(listed["seconds_until_window"].is_u64(), "{listed}");

    let other = explain(&net.validators[4].to_string());
    assert_eq!(
        (other["listed"].clone(), other["acceptable"].clone()),
        (false.into(), true.into())
    );
    let table = net.table(curator, &["validator", "explain", &net.pool]);
    assert!(
        table.contains("no, and `sluice validator add` would refuse it"),
        "{table}"
    );
    assert!(
        table.contains("Rule broken: there is no vote account at this address."),
        "{table}"
    );
}

#[test]
fn who_earns_far_fewer_credits_than_others_is_ejected_by_a_crank_and_explained() {
    let net = CliNet::with_active_stake();
    let curator = &net.curator;
    let vote = net.validators[1];
    let name = vote.to_string();
    let eject = ["validator", "eject", &name];
    let refused = net.failure(curator, &eject);
    assert!(
        refused.starts_with("The validator keeps the pool's rules"),
        "{refused}"
    );

    net.silence(&vote);
    net.next_epoch();
    net.next_epoch();
    let cranked = net.json(curator, &["crank"]);
    let steps = cranked["steps"].as_array().unwrap();
    let ejection = steps
        .iter()
        .find(|step| text(step, "/step") == "eject")
        .unwrap();
    assert_eq!(text(ejection, "/validator"), name);
    let told = net.json(curator, &["validator", "explain", &name]);
    assert_eq!(text(&told, "/state"), "ejected");
    assert_eq!(number(&told, "/reinstatable_epoch"), 6);
    assert_eq!(
        text(&told, "/reasons/0"),
        "it earned far fewer credits in the last epoch than the cluster's mean"
    );
    let weight = ["validator", "weight", &name, "100"];
    let early = net.failure(curator, &weight);
    assert!(
        early.starts_with("An ejected validator is taken back after"),
        "{early}"
    );
}

#[test]
fn one_who_misbehaves_can_be_ejected_by_name() {
    let net = CliNet::with_active_stake();
    let vote = net.validators[1];
    net.silence(&vote);
    net.next_epoch();
    net.next_epoch();
    let eject = ["validator", "eject", &vote.to_string()];
    let ejected = net.json(&net.curator, &eject);
    assert_eq!(text(&ejected, "/breach"), "low_credits");
    assert_eq!(number(&ejected, "/weight"), 100);
}

#[test]
fn one_validator_takes_the_place_of_another_with_its_weight() {
    let net = CliNet::with_active_stake();
    let curator = &net.curator;
    let [old, new] = [1, 4].map(|index: usize| net.validators[index].to_string());
    let replace = ["validator", "replace", &old, &new];
    let said = net.json(curator, &replace);
    assert_eq!(
        (text(&said, "/retires"), text(&said, "/vote")),
        (old.clone(), new.clone())
    );
    assert_eq!(number(&said, "/weight"), 100);
    assert_eq!(number(&said, "/movement_cap_bps"), 1_000);
    let told = net.json(curator, &["validator", "explain", &new]);
    assert_eq!(
        (number(&told, "/weight"), number(&told, "/next_weight")),
        (0, 100)
    );
    let again = net.failure(curator, &replace);
    assert!(
        again.contains("is a validator of this pool already"),
        "{again}"
    );

    net.next_epoch();
    net.json(curator, &["crank"]);
    let told = net.json(curator, &["validator", "explain", &new]);
    assert_eq!(number(&told, "/weight"), 100);
    let told = net.json(curator, &["validator", "explain", &old]);
    assert_eq!(text(&told, "/state"), "retiring");
    let shown = net.json(curator, &["pool", "show"]);
    assert_eq!(number(&shown, "/holdings/beyond_share_cap_lamports"), 0);
}

#[test]
fn what_the_share_cap_leaves_idle_is_shown_with_what_helps() {
    let net = CliNet::with_active_stake();
    let curator = &net.curator;
    let leaves = net.validators[1].to_string();
    let retire = ["--output", "json", "validator", "retire", &leaves];
    let output = net.run(curator, &retire);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("earn nothing, since the others may have no more than their share cap")
            && said.contains("`sluice validator replace`"),
        "{said}"
    );
    let retired = serde_json::from_slice(&output.stdout).unwrap();
    let told = number(&retired, "/idle_lamports");
    net.next_epoch();
    net.json(curator, &["crank"]);
    let shown = net.json(curator, &["pool", "show"]);
    // The other one of two gets no more than its half.
    let idle = number(&shown, "/holdings/beyond_share_cap_lamports");
    assert!(idle.abs_diff(50 * SOL) < 2 * SOL, "{idle}");
    // A reward came in between.
    assert!(idle.abs_diff(told) < SOL, "{idle} and {told}");
    let table = net.table(curator, &["pool", "show"]);
    assert!(table.contains("announce the share cap anew"), "{table}");
}

#[test]
fn who_takes_the_last_weight_away_is_told_that_all_stake_lies_idle() {
    let net = CliNet::with_active_stake();
    let curator = &net.curator;
    let [first, second] = [0, 1].map(|index: usize| net.validators[index].to_string());
    let said = |words: &[&str]| {
        let output = net.run(curator, &[words, &["--send", "simulate"]].concat());
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let half = said(&["validator", "weight", &first, "50"]);
    assert!(!half.contains("lie in the reserve"), "{half}");
    let weigh = said(&["validator", "weight", &first, "0"]);
    assert!(weigh.contains("no more than their share cap"), "{weigh}");
    net.json(curator, &["validator", "weight", &first, "0"]);
    net.next_epoch();
    net.json(curator, &["crank"]);
    let retire = said(&["validator", "retire", &second]);
    assert!(retire.contains("no other validator has weight"), "{retire}");
}

#[test]
fn the_configuration_says_what_an_even_share_is_and_which_cap_holds() {
    let net = CliNet::new();
    let curator = &net.curator;
    let config = ["pool", "config", "show"];
    let table = net.table(curator, &config);
    assert!(table.contains("No validator has weight"), "{table}");
    assert_eq!(
        net.json(curator, &config)["shares"]["even_share_bps"],
        serde_json::Value::Null
    );
    let net = CliNet::with_active_stake();
    let shares = net.json(&net.curator, &config);
    assert_eq!(number(&shares, "/shares/validators"), 2);
    assert_eq!(number(&shares, "/shares/even_share_bps"), 5_000);
    assert_eq!(number(&shares, "/shares/share_cap_bps"), 5_000);
    let table = net.table(&net.curator, &config);
    assert!(table.contains("an even share is 50.00%"), "{table}");
}
