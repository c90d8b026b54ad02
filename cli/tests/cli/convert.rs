//! From another stake pool's token.

use sluice_tests::{
    command::{number, text},
    net::SplPoolAccounts,
};
use solana_keypair::{Keypair, write_keypair_file};
use solana_signer::Signer;

use crate::net::{CliNet, SOL, User};

const TOKENS: u64 = 100 * SOL;

/// A cluster with another pool, and somebody who holds its tokens.
fn start() -> (CliNet, User) {
    let keypair = Keypair::new();
    let address = keypair.pubkey();
    let net = CliNet::with_spl_pool(&address, TOKENS);
    let file = net.path("converter.json");
    write_keypair_file(&keypair, &file).unwrap();
    net.rpc.request_airdrop(&address, 10 * SOL).unwrap();
    let keypair_file = file.display().to_string();
    (
        net,
        User {
            address,
            keypair_file,
        },
    )
}

#[test]
fn tokens_of_another_pool_become_the_pools_after_a_quote() {
    let (net, holder) = start();
    let pool = SplPoolAccounts::pool().to_string();
    let convert = ["convert", "--from-pool", &pool, "40"];
    let stale = net.failure(&holder, &[&convert[..], &["--no-crank"]].concat());
    assert!(
        stale.contains("is not updated for epoch 1 yet") && stale.contains("with 2 transactions"),
        "{stale}"
    );
    let unasked = net.failure(&holder, &convert);
    assert_eq!(
        unasked,
        "nobody is at a terminal to agree to this: pass --yes"
    );

    let output = net.run(&holder, &[&convert[..], &["--yes"]].concat());
    let quote = String::from_utf8(output.stderr).unwrap();
    for words in [
        "The other pool keeps  0.040000000 tokens",
        "Transactions          1",
    ] {
        assert!(quote.contains(words), "{words}:\n{quote}");
    }
    let story = String::from_utf8(output.stdout).unwrap();
    assert!(
        story.contains("gave 40.000000000 tokens, received"),
        "{story}"
    );

    let rest = net.json(
        &holder,
        &["convert", "--from-pool", &pool, "--all", "--yes"],
    );
    assert_eq!(number(&rest, "/given_lst"), TOKENS - 40 * SOL);
    assert_eq!(number(&rest, "/balance_lst"), net.tokens(&holder.address));
    assert_eq!(rest["signatures"].as_array().unwrap().len(), 1, "{rest}");
    let none = net.failure(&holder, &convert);
    assert!(none.contains("holds no tokens of the pool"), "{none}");
}

#[test]
fn what_cannot_be_converted_is_refused_in_a_sentence() {
    let (net, holder) = start();
    let pool = SplPoolAccounts::pool().to_string();
    let failure = |from: &str, amount: &str| {
        net.failure(&holder, &["convert", "--from-pool", from, amount, "--yes"])
    };
    let much = failure(&pool, "101");
    assert!(
        much.contains("holds 100.000000000 tokens of that pool, less than"),
        "{much}"
    );
    let little = failure(&pool, "0.5");
    assert!(
        little.contains("a stake account needs 1.000000000 SOL"),
        "{little}"
    );
    let zero = failure(&pool, "0");
    assert_eq!(zero, "give an amount above zero");
    let ours = failure(&net.pool, "1");
    assert!(
        ours.contains("is not a pool of SPL Stake Pool: it belongs to"),
        "{ours}"
    );
    let mint = SplPoolAccounts::mint().to_string();
    let mint = failure(&mint, "1");
    assert!(mint.contains("is not a pool of SPL Stake Pool"), "{mint}");
    let nowhere = failure(&Keypair::new().pubkey().to_string(), "1");
    assert!(
        nowhere.starts_with("There is no pool of SPL Stake Pool at"),
        "{nowhere}"
    );

    let preview = ["convert", "--from-pool", &pool, "40", "--send", "simulate"];
    let simulated = net.json(&holder, &preview);
    assert_eq!(text(&simulated, "/send"), "simulate");
}
