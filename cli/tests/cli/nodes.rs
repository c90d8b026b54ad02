//! Several nodes, the files that name them, and which cluster they must be of.

use std::{fs, net::TcpListener, process::Command};

use serde_json::Value;
use sluice_tests::{
    command::{failed, succeeded},
    net::LyingNode,
};
use solana_hash::Hash;

use crate::net::{CliNet, SOL, User, sluice};

const SHOW: [&str; 2] = ["pool", "show"];

/// A URL at which nothing listens.
fn nowhere() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// A node before the cluster that says that it is a million slots further.
fn ahead(net: &CliNet) -> LyingNode {
    LyingNode::before(&net.url(), |_, answer| {
        let slot = answer.pointer_mut("/result/context/slot");
        if let Some(slot) = slot {
            *slot = Value::from(slot.as_u64().unwrap() + 1_000_000);
        }
    })
}

/// The binary with a home folder in which these files are.
fn at_home(net: &CliNet, files: &[(&str, String)]) -> Command {
    let home = net.path("home");
    for (name, text) in files {
        let path = home.join(".config").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let mut sluice = sluice();
    sluice.env("HOME", home);
    sluice
}

#[test]
fn a_command_goes_on_with_another_node_where_one_is_down() {
    let net = CliNet::new();
    let holder = net.user("holder", 100 * SOL);
    let urls = format!("{},{}", nowhere(), net.url());
    let stake = ["stake", "10"];
    succeeded(&net.run_at(&urls, &holder, &stake), &stake);
    assert_eq!(net.tokens(&holder.address), 10 * SOL);
    let twice = ["--url", &net.url(), "stake", "10"];
    succeeded(&net.run_at(&nowhere(), &holder, &twice), &twice);
    assert_eq!(net.tokens(&holder.address), 20 * SOL);
}

#[test]
fn a_node_that_is_further_than_the_cluster_can_be_is_left_out_and_named() {
    let net = CliNet::new();
    let lying = ahead(&net);
    let urls = format!("{},{}", lying.url, net.url());
    let output = net.run_at(&urls, &net.curator, &SHOW);
    succeeded(&output, &SHOW);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with(&lying.url), "{said}");
    assert!(said.contains("slots ahead of the other nodes"), "{said}");
}

#[test]
fn another_cluster_than_the_pinned_one_is_refused_before_anything_is_done() {
    let net = CliNet::new();
    let holder = net.user("holder", 100 * SOL);
    let other = Hash::new_from_array([7; 32]).to_string();
    let stake = ["--genesis", &other, "stake", "1"];
    let said = net.failure(&holder, &stake);
    assert!(said.contains("another cluster than --genesis"), "{said}");
    assert_eq!(net.lamports(&holder.address), 100 * SOL);
    let genesis = net.rpc.get_genesis_hash().unwrap().to_string();
    net.table(&holder, &["--genesis", &genesis, "stake", "1"]);
}

#[test]
fn our_own_file_wins_over_that_of_the_solana_cli_which_says_the_rest() {
    let net = CliNet::new();
    let (ours, solanas) = (net.user("ours", SOL), net.user("solanas", SOL));
    let solana = (
        "solana/cli/config.yml",
        format!(
            "json_rpc_url: {}\nwebsocket_url: ''\nkeypair_path: {}\n",
            nowhere(),
            solanas.keypair_file
        ),
    );
    let urls = format!("urls = [\"{}\", \"{}\"]\n", nowhere(), net.url());
    let own = |keypair: &str| ("sluice/config.toml", format!("{urls}{keypair}"));
    let owner = |mut sluice: Command| {
        let printed = succeeded(&sluice.arg("tickets").output().unwrap(), &["tickets"]);
        printed.split(' ').next().unwrap().to_owned()
    };
    let files = [solana.clone(), own("")];
    assert_eq!(owner(at_home(&net, &files)), solanas.address.to_string());
    let keypair = format!("keypair = \"{}\"\n", ours.keypair_file);
    let files = [solana, own(&keypair)];
    assert_eq!(owner(at_home(&net, &files)), ours.address.to_string());
}

/// Our own file with everything that may be in it.
fn whole_file(net: &CliNet, holder: &User) -> String {
    format!(
        "urls = [\"{}\"]\nkeypair = \"{}\"\nfee_payer = \"{}\"\npool = \"{}\"\ngenesis = \"{}\"\n\
         priority_fee = \"5000000\"\nmax_priority_fee_sol = \"0.5\"\n\
         patience = 20\nstate = \"{}\"\nbook = \"{}\"\nrequests_per_10_seconds = 50\n",
        net.url(),
        holder.keypair_file,
        net.curator.keypair_file,
        net.pool,
        net.rpc.get_genesis_hash().unwrap(),
        net.path("own-state").display(),
        net.path("own-book").display(),
    )
}

#[test]
fn everything_in_our_own_file_counts_and_nothing_else_may_be_there() {
    let net = CliNet::new();
    let holder = net.user("holder", 100 * SOL);
    let file = net.path("named.toml");
    let config = whole_file(&net, &holder);
    let run = |text: &str| {
        fs::write(&file, text).unwrap();
        let mut sluice = at_home(&net, &[]);
        sluice.arg("--config").arg(&file).args(["stake", "1"]);
        sluice.output().unwrap()
    };
    let payer_before = net.lamports(&net.curator.address);
    succeeded(&run(&config), &["stake"]);
    // All but the stake was paid by the other: two signatures and a priority fee.
    assert_eq!(net.lamports(&holder.address), 99 * SOL);
    let paid = payer_before - net.lamports(&net.curator.address);
    assert!(paid > 10_000 + 100_000, "{paid}");
    let said = failed(&run(&format!("{config}feepayer = \"x\"\n")), &["stake"]);
    assert!(
        said.starts_with("the configuration file ") && said.contains(" cannot be read: "),
        "{said}"
    );
    assert!(said.contains("line 12: unknown field `feepayer`"), "{said}");
    let said = failed(&run(&config.replace("0.5", "-1")), &["stake"]);
    assert!(said.contains("line 7: "), "{said}");
    // What is wrong may be the line with a key in it.
    for wrong in [
        "urls = \"https://a.b/?SECRET\"",
        "urls = [\"https://a.b/?SECRET",
    ] {
        let said = failed(&run(wrong), &["stake"]);
        assert!(
            said.contains("line 1: ") && !said.contains("SECRET"),
            "{said}"
        );
    }
}

#[test]
fn what_is_in_force_is_shown_with_the_file_that_says_so() {
    let net = CliNet::new();
    let config = whole_file(&net, &net.curator);
    let file = net.path("named.toml");
    let run = |text: &str, arguments: &[&str]| {
        fs::write(&file, text).unwrap();
        let mut sluice = at_home(&net, &[]);
        sluice.arg("--config").arg(&file).args(arguments);
        sluice.output().unwrap()
    };
    let show = ["config", "show", "--output", "json"];
    let shown: Value = serde_json::from_str(&succeeded(&run(&config, &show), &show)).unwrap();
    let lines = shown["settings"].as_array().unwrap();
    let in_file = lines.iter().filter(|line| line["from"] == "file");
    let said = |name: &str| &lines.iter().find(|line| line["name"] == name).unwrap()["value"];
    assert_eq!(in_file.count(), 11, "{shown}");
    assert_eq!(*said("patience"), *"20");
    assert_eq!(*said("requests_per_10_seconds"), *"50");
    assert_eq!(*said("book"), *net.path("own-book").to_str().unwrap());
    let journal = net.path("own-state").join("pending");
    assert_eq!(*said("state"), *journal.to_str().unwrap());
    for (from, to, why) in [
        ("patience = 20", "patience = 0", "it is 1 to 3600"),
        ("seconds = 50", "seconds = 4", "it is 5 to 10000"),
        ("\"5000000\"", "\"much\"", "use auto, none, or millionths"),
        ("\"5000000\"", "-1", "line 6: "),
    ] {
        let said = failed(&run(&config.replace(from, to), &show), &show);
        assert!(said.contains(why), "{said}");
    }
    // A price is a number as well.
    succeeded(
        &run(&config.replace("\"5000000\"", "5000000"), &show),
        &show,
    );
}

#[test]
fn a_connection_that_is_not_encrypted_is_warned_of_without_its_key() {
    let net = CliNet::new();
    let output = net.run(&net.curator, &SHOW);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    // The cluster itself is not asked under such a name.
    let node = LyingNode::before(&net.url(), |_, _| {});
    let elsewhere = node.url.replace("127.0.0.1", "0.0.0.0");
    let url = format!("{elsewhere}/?api-key=SECRET");
    let output = net.run_at(&url, &net.curator, &SHOW);
    succeeded(&output, &SHOW);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains(&format!("{elsewhere} is not encrypted")),
        "{said}"
    );
    assert!(!said.contains("SECRET"), "{said}");
}
