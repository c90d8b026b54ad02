//! Running a pool.

use serde_json::Value;
use sluice_tests::command::{keys, number, text};

use crate::net::{CliNet, SOL};

#[test]
fn a_new_pool_is_listed_and_shown_with_its_rates() {
    let net = CliNet::without_pool();
    assert!(
        net.table(&net.curator, &["pool", "list"])
            .contains("`sluice pool create` makes one")
    );
    let created = net.json(
        &net.curator,
        &[
            "pool",
            "create",
            "--no-metadata",
            "--reward-fee-bps",
            "700",
            "--window-bps",
            "5000",
        ],
    );
    assert_eq!(
        keys(&created).join(" "),
        "admin curator guardian mint mint_rent_lamports name_lamports network_fee_lamports pool \
         pool_rent_lamports seed_lamports signatures token total_lamports treasury treasury_account \
         treasury_rent_lamports"
    );
    let pool = text(&created, "/pool");
    let listed = net.json(&net.curator, &["pool", "list"]);
    assert_eq!(text(&listed, "/pools/0/pool"), pool);

    for address in [&pool, &text(&created, "/mint")] {
        let shown = net.json(&net.curator, &["pool", "show", "--pool", address]);
        assert_eq!(text(&shown, "/pool"), pool);
        assert_eq!(number(&shown, "/rates/reward_fee_bps"), 700);
        assert_eq!(number(&shown, "/rates/window_bps"), 5_000);
        assert_eq!(number(&shown, "/prices/full_lamports"), SOL / 100);
        assert_eq!(number(&shown, "/prices/supply_lst"), SOL / 100);
        assert_eq!(
            text(&shown, "/roles/curator"),
            net.curator.address.to_string()
        );
        assert_eq!(shown["is_fresh"], true);
    }
    let create = "pool create --no-metadata --reward-fee-bps 1001";
    let words: Vec<&str> = create.split(' ').collect();
    let refused = net.run(&net.curator, &words);
    assert_eq!(refused.status.code(), Some(2));
    let refused = String::from_utf8(refused.stderr).unwrap();
    assert!(
        refused.contains("reward-fee-bps can be 0 to 1000 in any pool"),
        "{refused}"
    );
}

#[test]
fn the_keys_of_a_shown_pool_stay() {
    let net = CliNet::new();
    let shown = net.json(&net.curator, &["pool", "show"]);
    assert_eq!(
        keys(&shown),
        [
            "entry",
            "epoch",
            "finalized_epoch",
            "holdings",
            "instant_exit",
            "is_fresh",
            "is_paused",
            "is_tripped",
            "limits",
            "loss",
            "mint",
            "pause",
            "pending_changes",
            "pool",
            "prices",
            "queue",
            "rates",
            "roles",
            "slot",
            "token_name",
            "token_symbol",
            "total_weight",
            "validator_count",
            "window",
            "yields",
        ]
    );
    assert_eq!(
        keys(&shown["prices"]),
        [
            "deposit_price_lamports",
            "drip_end_slot",
            "exit_price_lamports",
            "full_lamports",
            "last_gain_lamports",
            "pending_lamports",
            "supply_lst",
            "value_lamports",
            "withheld_lamports",
        ]
    );
    let table = net.table(&net.curator, &["pool", "show"]);
    assert!(
        table.contains("Deposit price  1.000000000 SOL per LST"),
        "{table}"
    );
    assert!(
        table.contains(&net.pool) && table.contains(&net.mint),
        "{table}"
    );
}

#[test]
fn a_mint_of_ones_own_can_become_the_token() {
    let mut net = CliNet::without_pool();
    let mint = net.user("mint", 0);
    let created = net.json(
        &net.curator,
        &[
            "pool",
            "create",
            "--no-metadata",
            "--mint",
            &mint.keypair_file,
        ],
    );
    assert_eq!(text(&created, "/mint"), mint.address.to_string());
    net.pool = text(&created, "/pool");
    // The mint's authority is the pool's now: nobody can make another pool of it.
    let again = net.failure(
        &net.curator,
        &[
            "pool",
            "create",
            "--no-metadata",
            "--mint",
            &mint.address.to_string(),
        ],
    );
    assert!(
        again.starts_with("The mint must have nine decimals"),
        "{again}"
    );
    let neither = net.failure(&net.curator, &["pool", "create", "--mint", "my-mint"]);
    assert!(
        neither.contains("--mint takes a keypair file or an address"),
        "{neither}"
    );
}

#[test]
fn a_crank_says_what_it_did_and_why_and_has_nothing_to_do_twice() {
    let net = CliNet::with_validators();
    let stranger = net.user("stranger", 1_000 * SOL);
    net.json(&stranger, &["stake", "100"]);
    let early = net.json(&stranger, &["crank"]);
    assert_eq!(early["steps"].as_array().unwrap().len(), 0);
    assert!(!early["waiting"].as_array().unwrap().is_empty(), "{early}");

    net.to_window();
    let cranked = net.json(&stranger, &["crank"]);
    let steps = cranked["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 2, "{cranked}");
    for step in steps {
        assert_eq!(text(step, "/step"), "delegate");
        assert!(text(step, "/why").contains("SOL goes to"), "{step}");
    }
    assert_eq!(cranked["failures"].as_array().unwrap().len(), 0);
    let again = net.json(&stranger, &["crank"]);
    assert_eq!(again["steps"].as_array().unwrap().len(), 0, "{again}");
    assert!(
        net.table(&stranger, &["crank"])
            .starts_with("Epoch 0: nothing is due.")
    );

    net.next_epoch();
    let table = net.table(&stranger, &["crank"]);
    assert!(
        table.contains("observe") && table.contains("finalize"),
        "{table}"
    );
}

#[test]
fn validators_are_added_weighed_retired_and_closed_by_the_curator() {
    let net = CliNet::new();
    let [first, second] = [0, 1].map(|index: usize| net.validators[index].to_string());
    let added = net.json(
        &net.curator,
        &["validator", "add", &first, "--weight", "300"],
    );
    assert_eq!(number(&added, "/validators/0/weight"), 300);
    net.json(&net.curator, &["validator", "add", &second]);
    let listed = net.json(&net.curator, &["validator", "list"]);
    assert_eq!(number(&listed, "/total_weight"), 400);
    assert_eq!(text(&listed, "/validators/0/state"), "active");

    let weighed = net.json(&net.curator, &["validator", "weight", &second, "50"]);
    assert_eq!(number(&weighed, "/from_epoch"), 1);
    net.json(&net.curator, &["validator", "retire", &first]);
    let again = net.failure(&net.curator, &["validator", "retire", &first]);
    assert!(
        again.starts_with("The validator is leaving the pool"),
        "{again}"
    );
    let early = net.failure(&net.curator, &["validator", "close", &first]);
    assert!(early.contains("Retire the validator, and crank"), "{early}");

    net.next_epoch();
    let cranked = net.json(&net.curator, &["crank"]);
    let closes = |step: &serde_json::Value| text(step, "/step") == "close slot";
    assert!(
        cranked["steps"].as_array().unwrap().iter().any(closes),
        "{cranked}"
    );
    let left = net.json(&net.curator, &["validator", "list"]);
    assert_eq!(left["validators"].as_array().unwrap().len(), 1);
    assert_eq!(number(&left, "/validators/0/weight"), 50);

    net.json(&net.curator, &["validator", "weight", &second, "0"]);
    net.next_epoch();
    let early = net.failure(&net.curator, &["validator", "close", &second]);
    assert!(early.contains("Retire the validator"), "{early}");
    net.json(&net.curator, &["validator", "retire", &second]);
    net.next_epoch();
    // Closing prices the pool on the way.
    let closed = net.json(&net.curator, &["validator", "close", &second]);
    assert!(number(&closed, "/rent_lamports") > 0);
    let none = net.table(&net.curator, &["validator", "list"]);
    assert!(
        none.starts_with("This pool has no validators yet"),
        "{none}"
    );
}

#[test]
fn several_validators_are_added_in_as_few_transactions_as_fit() {
    let net = CliNet::with_commissions(&[0; 12]);
    let votes: Vec<String> = net.validators.iter().map(ToString::to_string).collect();
    let mut arguments = vec!["validator", "add"];
    arguments.extend(votes.iter().map(String::as_str));
    let added = net.json(&net.curator, &arguments);
    let added = added["validators"].as_array().unwrap();
    let column = |name: &str| -> Vec<String> { added.iter().map(|one| text(one, name)).collect() };
    assert_eq!(column("/vote"), votes);
    let mut signatures = column("/signature");
    signatures.dedup();
    assert!((2..=3).contains(&signatures.len()), "{signatures:?}");
    let serials: Vec<u64> = added.iter().map(|one| number(one, "/serial")).collect();
    assert_eq!(serials, (0..12).collect::<Vec<u64>>());

    let twice = net.failure(&net.curator, &["validator", "add", &votes[0], &votes[0]]);
    assert!(
        twice.contains("is a validator of this pool already"),
        "{twice}"
    );
    let twice = net.failure(&net.curator, &["validator", "add", &net.mint, &net.mint]);
    assert!(twice.ends_with("is named twice"), "{twice}");
}

#[test]
fn only_the_curator_curates() {
    let net = CliNet::with_validators();
    let stranger = net.user("stranger", 10 * SOL);
    let vote = net.validators[0].to_string();
    let other = net.validators[2].to_string();
    for arguments in [
        ["validator", "add", &other].as_slice(),
        &["validator", "weight", &vote, "7"],
        &["validator", "retire", &vote],
    ] {
        for send in ["send", "simulate", "dump"] {
            let arguments = [arguments, &["--send", send]].concat();
            let refused = net.failure(&stranger, &arguments);
            assert!(refused.contains("is not this pool's curator"), "{refused}");
        }
    }
    let unknown = net.failure(&net.curator, &["validator", "retire", &other]);
    assert!(
        unknown.contains("is no validator of this pool"),
        "{unknown}"
    );
    let no_vote = net.failure(&net.curator, &["validator", "add", &net.mint]);
    assert!(no_vote.contains("is not a vote account"), "{no_vote}");
    let twice = net.failure(&net.curator, &["validator", "add", &vote]);
    assert!(
        twice.contains("is a validator of this pool already"),
        "{twice}"
    );
}

#[test]
fn the_history_has_a_line_for_each_epoch_and_adds_up_the_fees() {
    let mut net = CliNet::without_pool();
    let create = [
        "pool",
        "create",
        "--no-metadata",
        "--reward-fee-bps",
        "1000",
        "--holder-share-bps",
        "2500",
    ];
    net.pool = text(&net.json(&net.curator, &create), "/pool");
    for vote in &net.validators[..2] {
        net.json(&net.curator, &["validator", "add", &vote.to_string()]);
    }
    let none = net.table(&net.curator, &["pool", "history"]);
    assert!(
        none.starts_with("No epoch of this pool has been finalized yet"),
        "{none}"
    );
    net.json(&net.curator, &["stake", "100"]);
    net.to_window();
    net.json(&net.curator, &["crank"]);
    for _ in 0..4 {
        net.next_epoch();
        net.json(&net.curator, &["crank"]);
    }
    let history = net.json(&net.curator, &["pool", "history"]);
    let epochs = history["epochs"].as_array().unwrap();
    let column = |name| -> Vec<u64> { epochs.iter().map(|epoch| number(epoch, name)).collect() };
    let [gains, fees, kept] = ["/gain_lamports", "/fee_lamports", "/fee_kept_lamports"].map(column);
    assert_eq!(gains.len(), 4);
    assert!(gains[0] == 0 && gains[1..].iter().all(|gain| *gain > 0));
    for (gain, (fee, kept)) in gains.iter().zip(fees.iter().zip(&kept)) {
        // A tenth of the gain, of which a quarter is kept, rounded up.
        assert_eq!(fee + kept, gain.div_ceil(10));
        assert_eq!(*kept, (fee + kept).div_ceil(4));
    }
    let total = |name: &str| number(&history, &format!("/total{name}"));
    assert_eq!(total("/gain_lamports"), gains.iter().sum::<u64>());
    assert_eq!(total("/fee_lamports"), fees.iter().sum::<u64>());
    assert_eq!(total("/fee_kept_lamports"), kept.iter().sum::<u64>());
    let table = net.table(&net.curator, &["pool", "history"]);
    assert!(
        table.contains("treasury SOL") && table.contains("total"),
        "{table}"
    );
    net.assert_yield_per_epoch(&history, &table);

    let last = net.json(&net.curator, &["pool", "history", "--epochs", "1"]);
    assert_eq!(number(&last, "/epochs/0/epoch"), 4);
    assert_eq!(number(&last, "/total/fee_lamports"), fees[3]);
}

impl CliNet {
    /// The epochs of this cluster are too short for a year: what one brought stands there.
    fn assert_yield_per_epoch(&self, history: &Value, table: &str) {
        let epochs = history["epochs"].as_array().unwrap();
        let [before, after] = &epochs[2..] else {
            panic!("four epochs: {history}")
        };
        let price = |one: &Value, other: &Value| {
            u128::from(number(one, "/full_lamports")) * u128::from(number(other, "/supply_lst"))
        };
        let (earlier, later) = (price(before, after), price(after, before));
        let expected = (later - earlier) * 1_000_000_000 / earlier;
        assert!(expected > 0);
        let shown = self.json(&self.curator, &["pool", "show"]);
        for said in [
            &history["yields"][0],
            &shown["yields"][0],
            &after["yielded"],
        ] {
            assert_eq!(u128::from(number(said, "/epoch_parts_e9")), expected);
            assert!(said["apy_parts_e9"].is_null(), "{said}");
            let seconds =
                number(after, "/epoch_start_timestamp") - number(before, "/epoch_start_timestamp");
            assert_eq!(number(said, "/seconds"), seconds);
        }
        assert_eq!(history["yields"].as_array().unwrap().len(), 1);
        let percent = format!("0.{:04}%", expected / 1_000);
        assert!(table.contains(&format!("{percent} per epoch │")), "{table}");
        let pool = self.table(&self.curator, &["pool", "show"]);
        for said in [table, &pool] {
            let sentence = format!("{percent} in the last epoch");
            assert!(said.contains(&sentence), "no {sentence}: {said}");
        }
    }
}
