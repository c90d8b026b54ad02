//! How a statement is asked for, and what it looks like.

use std::time::{Duration, UNIX_EPOCH};

use sluice_localnet::LocalnetConfig;
use sluice_tests::command::{failed, number, text};

use super::{assert_adds_up, movements, settle_all, start};
use crate::net::{CliNet, SOL};

#[test]
fn comma_separated_values_have_the_columns_of_the_programs_that_read_them() {
    let (net, holder, _) = start();
    net.json(&holder, &["unstake", "2", "--instant"]);
    let lines = |format: &str| {
        let arguments = ["rewards", "--format", format, "--symbol", "sluSOL"];
        let printed = net.table(&holder, &arguments);
        printed.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let koinly = lines("koinly");
    assert_eq!(
        koinly[0],
        "Date,Sent Amount,Sent Currency,Received Amount,Received Currency,Fee Amount,Fee Currency,\
         Net Worth Amount,Net Worth Currency,Label,Description,TxHash"
    );
    assert_eq!(koinly.len(), 4, "{koinly:?}");
    assert!(koinly[1].contains(",100.000000000,SOL,"), "{koinly:?}");
    assert!(koinly[3].contains(",2.000000000,sluSOL,"), "{koinly:?}");
    let cointracker = lines("cointracker");
    assert_eq!(
        cointracker[0],
        "Date,Received Quantity,Received Currency,Sent Quantity,Sent Currency,Fee Amount,\
         Fee Currency,Tag"
    );
    let date = cointracker[1].split(' ').next().unwrap();
    assert_eq!(date.split('/').map(str::len).collect::<Vec<_>>(), [2, 2, 4]);
    let generic = lines("generic");
    let gains = generic
        .iter()
        .filter(|line| line.contains(",gain,"))
        .count();
    assert!(gains > 0 && generic[0].starts_with("time_utc,epoch,type,"));
    let columns: Vec<usize> = generic.iter().map(|line| line.split(',').count()).collect();
    assert!(columns.iter().all(|count| *count == columns[0]));
}

#[test]
fn a_table_fits_eighty_columns_and_gives_no_advice() {
    let (net, holder, _) = start();
    let table = net.table(&holder, &["rewards"]);
    let widest = table.lines().filter(|line| line.contains(['│', '┌']));
    assert!(
        widest.map(|line| line.chars().count()).max() <= Some(80),
        "{table}"
    );
    for words in [
        "worth at the end",
        "Nobody paid it",
        "no program can tell you",
    ] {
        assert!(table.contains(words), "no {words}: {table}");
    }
}

#[test]
fn times_that_are_none_and_forms_that_exclude_each_other_are_refused() {
    let (net, holder, _) = start();
    let refused = |arguments: &[&str]| failed(&net.run(&holder, arguments), arguments);
    for day in ["2026-02-30", "yesterday", "-1"] {
        let from = format!("--from={day}");
        let output = net.run(&holder, &["rewards", &from]);
        assert_eq!(output.status.code(), Some(2), "{day}");
    }
    let backwards = refused(&["rewards", "--from", "3", "--to", "2"]);
    assert!(backwards.contains("no epoch in this time"), "{backwards}");
    let early = refused(&["rewards", "--to", "1999-12-31"]);
    let first = [
        "no epoch is known",
        "the first known one, ",
        ", began on 20",
    ];
    assert!(first.iter().all(|words| early.contains(words)), "{early}");
    let late = refused(&["rewards", "--from", "2999-12-31"]);
    let epoch = net.rpc.get_epoch_info().unwrap().epoch;
    assert_eq!(
        late,
        format!("this time has not come yet: it is epoch {epoch}")
    );
    let both = refused(&["rewards", "--csv", "--output", "json"]);
    assert!(both.contains("choose one"), "{both}");
    let missing = net.path("no-store").display().to_string();
    let no_store = refused(&["rewards", "--store", &missing]);
    assert!(no_store.contains(&missing), "{no_store}");
}

#[test]
fn between_two_days_on_which_epochs_begin_there_is_none() {
    let days = Duration::from_secs(3 * 86_400);
    let mut net = CliNet::with_epochs_of(days, LocalnetConfig::default());
    net.create_active_pool();
    net.earn();
    let history = net.json(&net.curator, &["pool", "history"]);
    let [.., earlier, later] = history["epochs"].as_array().unwrap().as_slice() else {
        panic!("too few prices: {history}");
    };
    let (before, after) = (number(earlier, "/epoch"), number(later, "/epoch"));
    let start = earlier["epoch_start_timestamp"].as_u64().unwrap();
    let day = |days: u64| {
        let seconds = start + days * 86_400;
        let time = UNIX_EPOCH + Duration::from_secs(seconds);
        humantime::format_rfc3339_seconds(time).to_string()[..10].to_owned()
    };
    let between = ["rewards", "--from", &day(1), "--to", &day(2)];
    assert_eq!(
        net.failure(&net.curator, &between),
        format!(
            "no epoch began in this time: epoch {before} began before it, and epoch {after} after it"
        )
    );
    let first = net.json(&net.curator, &["rewards", "--to", &day(2)]);
    let second = net.json(&net.curator, &["rewards", "--from", &day(1)]);
    assert_eq!(number(&first, "/to_epoch"), before);
    assert_eq!(number(&second, "/from_epoch"), after);
    assert_eq!(
        first["totals"]["end_worth_lamports"],
        second["totals"]["start_worth_lamports"]
    );
}

#[test]
fn who_never_held_anything_is_told_so() {
    let (net, _, _) = start();
    let stranger = net.user("stranger", SOL);
    let said = net.table(&stranger, &["rewards"]);
    assert!(
        said.ends_with("Nothing of this pool was held, came or went, as far as is known.\n"),
        "{said}"
    );
    let given = "--all-transactions finds it";
    assert!(said.contains(given), "a ticket may have been: {said}");
    let all = net.table(&stranger, &["rewards", "--all-transactions"]);
    assert!(!all.contains(given), "{all}");
    let csv = net.table(&stranger, &["rewards", "--format", "koinly"]);
    assert_eq!(csv.lines().count(), 1, "the line of names: {csv}");
}

#[test]
fn network_fees_are_those_of_the_lines_and_each_form_has_all_of_them() {
    let (net, holder, friend) = start();
    let ticket = text(&net.json(&holder, &["unstake", "3"]), "/ticket");
    net.json(&holder, &["tickets", "cancel", &ticket]);
    // The friend pays for this alone: nothing of the friend's moves.
    let of_holder = text(&net.json(&holder, &["unstake", "4"]), "/ticket");
    settle_all(&net);
    net.json(&friend, &["claim", &of_holder]);
    for user in [&holder, &friend] {
        let all = ["rewards", "--all-transactions"];
        let said = net.json(user, &all);
        assert_adds_up(&said);
        let fees: u64 = movements(&said)
            .iter()
            .map(|row| number(row, "/network_fee_lamports"))
            .sum();
        assert!(fees > 0);
        assert_eq!(fees, number(&said, "/totals/network_fee_lamports"));
        let koinly = net.table(user, &["rewards", "--format", "koinly"]);
        let lines: Vec<Vec<&str>> = koinly
            .lines()
            .skip(1)
            .map(|line| line.split(',').collect())
            .collect();
        let lamports = |text: &str| text.replace('.', "").parse::<u64>().unwrap_or_default();
        let costs = lines.iter().filter(|line| line[9] == "cost");
        let told: u64 = costs.map(|line| lamports(line[1])).sum::<u64>()
            + lines.iter().map(|line| lamports(line[5])).sum::<u64>();
        assert_eq!(told, fees, "{koinly}");
        let cointracker = net.table(user, &["rewards", "--format", "cointracker"]);
        assert_eq!(cointracker.lines().count(), koinly.lines().count());
    }
}
