//! What a pool's token is called: given once, shown without harm, changed by who may.

use serde_json::{Value, json};
use sluice_client::{
    Executor, PoolAddresses, Repeat, TokenName, pool::token_metadata::TOKEN_METADATA_PROGRAM,
};
use sluice_tests::{
    command::{failed, number, text},
    net::LyingNode,
};
use solana_instruction::{AccountMeta, Instruction};
use solana_program_pack::Pack;
use solana_pubkey::Pubkey;
use solana_rent::Rent;
use solana_signer::Signer;
use solana_system_interface::instruction::create_account;
use spl_token_interface::{ID as TOKEN_PROGRAM, instruction::initialize_mint2, state::Mint};

use crate::net::{CliNet, SOL, User};

const URI: &str = "https://example.com/slsol.json";
const NAMED: [&str; 8] = [
    "pool",
    "create",
    "--name",
    "Sluice SOL",
    "--symbol",
    "slSOL",
    "--uri",
    URI,
];

/// As many bytes as are stored.
fn longest_uri() -> String {
    format!("https://{}", "u".repeat(192))
}

/// A cluster whose pool's token was named, by these words too.
fn named(more: &[&str]) -> (CliNet, Value) {
    let mut net = CliNet::without_pool();
    let created = net.json(&net.curator, &[&NAMED, more].concat());
    net.pool = text(&created, "/pool");
    net.mint = text(&created, "/mint");
    (net, created)
}

#[test]
fn a_token_gets_its_name_with_its_pool() {
    let (net, created) = named(&[]);
    let token = &created["token"];
    let metadata: Pubkey = text(token, "/metadata").parse().unwrap();
    assert_eq!(
        *token,
        json!({
            "name": "Sluice SOL",
            "symbol": "slSOL",
            "metadata": metadata.to_string(),
            "metadata_lamports": net.lamports(&metadata).to_string(),
        })
    );
    let shown = net.json(&net.curator, &["pool", "show"]);
    assert_eq!(text(&shown, "/token_name"), "Sluice SOL");
    assert_eq!(text(&shown, "/token_symbol"), "slSOL");
    let shown = net.json(&net.curator, &["pool", "metadata", "show"]);
    assert_eq!(
        shown,
        json!({
            "pool": net.pool,
            "mint": net.mint,
            "metadata": token["metadata"],
            "token": {
                "name": "Sluice SOL",
                "symbol": "slSOL",
                "uri": URI,
                "update_authority": net.curator.address.to_string(),
                "is_mutable": true,
            },
        })
    );
}

#[test]
fn a_pool_costs_what_is_said_before_and_after_to_the_lamport() {
    for more in [&NAMED[2..], &["--no-metadata"]] {
        let net = CliNet::without_pool();
        let creator = &net.curator;
        let before = net.lamports(&creator.address);
        let output = net.run(
            creator,
            &[&["--output", "json", "pool", "create"], more].concat(),
        );
        let created: Value = serde_json::from_slice(&output.stdout).unwrap();
        let paid = before - net.lamports(&creator.address);
        let parts = ["pool_rent", "treasury_rent", "mint_rent", "name", "seed"];
        let parts = parts.map(|part| number(&created, &format!("/{part}_lamports")));
        let total = number(&created, "/total_lamports");
        assert_eq!(parts.iter().sum::<u64>(), total, "{created}");
        assert_eq!(parts[3] > 0, more.len() > 1);
        let fees = number(&created, "/network_fee_lamports");
        assert_eq!(paid, total + fees, "{created}");
        let said = String::from_utf8(output.stderr).unwrap();
        let whole = format!("{}.{:09} SOL", total / SOL, total % SOL);
        assert!(said.contains(&whole), "{whole} is not in {said}");
    }
}

#[test]
fn the_longest_name_lands_with_another_payer_and_another_authority() {
    let mut net = CliNet::without_pool();
    let (payer, authority) = (net.user("payer", SOL), net.user("authority", SOL));
    let (name, symbol, uri) = ("n".repeat(32), "s".repeat(10), longest_uri());
    let create = [
        "pool",
        "create",
        "--name",
        &name,
        "--symbol",
        &symbol,
        "--uri",
        &uri,
        "--update-authority",
        &authority.address.to_string(),
        "--fee-payer",
        &payer.keypair_file,
    ];
    net.pool = text(&net.json(&net.curator, &create), "/pool");
    let shown = net.json(&net.curator, &["pool", "metadata", "show"]);
    for (pointer, expected) in [
        ("/token/name", name),
        ("/token/symbol", symbol),
        ("/token/uri", uri),
        ("/token/update_authority", authority.address.to_string()),
    ] {
        assert_eq!(text(&shown, pointer), expected);
    }
}

#[test]
fn only_the_update_authority_changes_the_name_and_can_hand_that_over() {
    let (net, _) = named(&[]);
    let heir = net.user("heir", SOL);
    let set = ["pool", "metadata", "set", "--symbol", "sluSOL"];
    let refused = net.failure(&heir, &set);
    assert!(
        refused.contains("may not change what this token is called"),
        "{refused}"
    );
    let changed = net.json(&net.curator, &set);
    assert_eq!(text(&changed, "/token/symbol"), "sluSOL");
    assert_eq!(text(&changed, "/token/name"), "Sluice SOL");
    assert_eq!(text(&changed, "/token/uri"), URI);
    let again = net.failure(&net.curator, &set);
    assert!(again.contains("there is nothing to change"), "{again}");
    let too_long = ["pool", "metadata", "set", "--symbol", "elevenbytes"];
    let refused = net.failure(&net.curator, &too_long);
    assert!(refused.contains("has 11 bytes, and 10 are"), "{refused}");

    let to = heir.address.to_string();
    let hand_over = ["pool", "metadata", "hand-over", &to];
    let nobody = ["pool", "metadata", "hand-over", &net.pool];
    let lost = net.failure(&net.curator, &nobody);
    assert!(lost.contains("an address of the pool"), "{lost}");
    let shown = net.json(&net.curator, &["pool", "metadata", "show"]);
    let own = text(&shown, "/metadata");
    let lost = net.failure(&net.curator, &["pool", "metadata", "hand-over", &own]);
    assert!(
        lost.contains("the account of the pool token's name"),
        "{lost}"
    );
    let handed = net.json(&net.curator, &hand_over);
    assert_eq!(text(&handed, "/token/update_authority"), to);
    let back = ["pool", "metadata", "set", "--symbol", "slSOL"];
    let refused = net.failure(&net.curator, &back);
    assert!(refused.contains("may not change"), "{refused}");
    assert_eq!(text(&net.json(&heir, &back), "/token/symbol"), "slSOL");
    let again = net.failure(&heir, &hand_over);
    assert!(again.contains("there is nothing to hand over"), "{again}");
}

#[test]
fn a_uri_that_wallets_do_not_read_is_refused_and_one_that_others_can_change_is_warned_of() {
    let net = CliNet::without_pool();
    let before = net.lamports(&net.curator.address);
    let script = [&NAMED[..7], &["javascript:alert(1)"]].concat();
    let refused = net.failure(&net.curator, &script);
    assert!(
        refused.contains("begins with neither https://"),
        "{refused}"
    );
    assert_eq!(net.lamports(&net.curator.address), before);

    let (net, _) = named(&[]);
    let set = |uri| ["pool", "metadata", "set", "--uri", uri];
    let refused = net.failure(&net.curator, &set("file:///etc/passwd"));
    assert!(
        refused.contains("begins with neither https://"),
        "{refused}"
    );
    let output = net.run(&net.curator, &set("http://example.com/a.json"));
    assert!(output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("is not encrypted"), "{said}");
    let output = net.run(&net.curator, &set("ipfs://bafy/a.json"));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!said.contains("is not encrypted"), "{said}");
}

#[test]
fn a_simulation_tells_the_name_and_not_its_bytes() {
    let net = CliNet::without_pool();
    let (mint, simulate) = (net.user("mint", 0), ["--send", "simulate"]);
    let of_mint = ["--mint", mint.keypair_file.as_str()];
    let simulated = net.table(&net.curator, &[&NAMED, &of_mint[..], &simulate].concat());
    for part in ["TokenMetadata ", "Sluice SOL", "slSOL", URI] {
        assert!(simulated.contains(part), "{part} is not in {simulated}");
    }
    // Of what is created, a simulation shows what is there; a dump shows every argument.
    let dump = ["--send", "dump"];
    let dumped = net.table(&net.curator, &[&NAMED, &of_mint[..], &dump].concat());
    let cap = dumped
        .lines()
        .find(|line| line.contains("deposit_cap_lamports"));
    assert!(cap.is_some_and(|cap| cap.contains("no cap")), "{dumped}");
    assert!(!simulated.contains(&u64::MAX.to_string()), "{simulated}");
    assert!(!simulated.contains("18446744073.709551615"), "{simulated}");
}

#[test]
fn without_a_name_a_pool_is_made_only_where_that_is_said_and_then_for_good() {
    let mut net = CliNet::without_pool();
    let before = net.lamports(&net.curator.address);
    let refused = net.failure(&net.curator, &["pool", "create"]);
    assert!(refused.contains("now or never"), "{refused}");
    assert_eq!(net.lamports(&net.curator.address), before);
    let created = net.json(&net.curator, &["pool", "create", "--no-metadata"]);
    assert_eq!(created["token"], Value::Null);
    net.pool = text(&created, "/pool");
    let shown = net.json(&net.curator, &["pool", "show"]);
    assert_eq!(shown["token_name"], Value::Null);
    let set = ["pool", "metadata", "set", "--name", "Late"];
    let late = net.failure(&net.curator, &set);
    assert!(late.contains("nobody can give it one"), "{late}");

    // So says the program too.
    let pool = PoolAddresses::of_mint(text(&created, "/mint").parse().unwrap());
    let (creator, name) = (
        net.curator.keypair(),
        TokenName::new("Late", "L", "").unwrap(),
    );
    let name = pool.create_metadata(creator.pubkey(), creator.pubkey(), &name);
    let refused = Executor::new(&net.rpc, &creator).send(&[name], &[], Repeat::Harmful);
    let refused = refused.unwrap_err().to_string();
    assert!(
        refused.starts_with("Only the mint's authority can name the token"),
        "{refused}"
    );
}

#[test]
fn a_creation_whose_second_half_fails_leaves_a_named_mint_and_says_how_to_go_on() {
    let mut net = CliNet::without_pool();
    // Enough for the token, and not for the pool. Only who is lied to goes so far.
    let poor = net.user("poor", SOL / 20);
    let uri = longest_uri();
    let create = [&NAMED[..7], &[&uri]].concat();
    let node = LyingNode::before(&net.url(), |request, answer| {
        if request["method"] == "getBalance" {
            answer["result"]["value"] = json!(SOL);
        }
    });
    let failed = failed(&net.run_at(&node.url, &poor, &create), &create);
    let go_on = failed.split('`').nth(1).unwrap();
    assert!(
        go_on.starts_with("sluice pool create --mint ")
            && failed.contains("1 of 2 transactions are done"),
        "{failed}"
    );
    let nothing = net.json(&poor, &["pool", "list"]);
    assert_eq!(nothing["pools"], json!([]));
    net.airdrop(&poor.address, SOL);
    let go_on: Vec<&str> = go_on.split(' ').skip(1).collect();
    net.pool = text(&net.json(&poor, &go_on), "/pool");
    let shown = net.json(&poor, &["pool", "metadata", "show"]);
    assert_eq!(text(&shown, "/token/name"), "Sluice SOL");
    assert_eq!(text(&shown, "/token/uri"), uri);
}

/// Makes a mint of the curator with a name, and nothing else.
fn named_mint(net: &CliNet, name: impl FnOnce(&PoolAddresses, Pubkey) -> Instruction) -> User {
    let (mint, curator) = (net.user("mint", 0), net.curator.keypair());
    let (address, authority) = (mint.address, curator.pubkey());
    let rent = Rent::default().minimum_balance(Mint::LEN);
    let instructions = [
        create_account(&authority, &address, rent, Mint::LEN as u64, &TOKEN_PROGRAM),
        initialize_mint2(&TOKEN_PROGRAM, &address, &authority, None, 9).unwrap(),
        name(&PoolAddresses::of_mint(address), authority),
    ];
    let executor = Executor::new(&net.rpc, &curator);
    executor
        .send(&instructions, &[&mint.keypair()], Repeat::Harmful)
        .unwrap();
    mint
}

#[test]
fn a_creation_that_was_cut_off_after_the_name_goes_on_with_the_same_words() {
    let mut net = CliNet::without_pool();
    let mint = named_mint(&net, |pool, creator| {
        let name = TokenName::new("Sluice SOL", "slSOL", URI).unwrap();
        pool.create_metadata(creator, creator, &name)
    });
    let other = [
        "pool", "create", "--name", "Other", "--symbol", "o", "--uri", "",
    ];
    let of_mint = ["--mint", mint.keypair_file.as_str()];
    let refused = net.failure(&net.curator, &[&other, &of_mint[..]].concat());
    assert!(
        refused.starts_with("the token is called Sluice SOL (slSOL) already"),
        "{refused}"
    );
    let created = net.json(&net.curator, &[&NAMED, &of_mint[..]].concat());
    assert_eq!(text(&created, "/mint"), mint.address.to_string());
    net.pool = text(&created, "/pool");
    let shown = net.json(&net.curator, &["pool", "show"]);
    assert_eq!(text(&shown, "/token_name"), "Sluice SOL");
}

#[test]
fn a_name_that_commands_a_terminal_is_shown_and_does_nothing() {
    let mut net = CliNet::without_pool();
    // The program stores any bytes that are UTF-8.
    let (placeholder, hostile) = ("12345678", "\u{1b}[31m\u{202e}");
    let mint = named_mint(&net, |pool, creator| {
        let name = TokenName::new(placeholder, "evil", URI).unwrap();
        let mut create = pool.create_metadata(creator, creator, &name);
        let at = create
            .data
            .windows(8)
            .position(|bytes| bytes == placeholder.as_bytes());
        let at = at.unwrap();
        create.data[at..at + 8].copy_from_slice(hostile.as_bytes());
        create
    });
    let create = ["pool", "create", "--mint", &mint.keypair_file];
    net.pool = text(&net.json(&net.curator, &create), "/pool");
    for words in [["pool", "show"].as_slice(), &["pool", "metadata", "show"]] {
        for output in ["table", "json"] {
            let run = net.run(&net.curator, &[words, &["--output", output]].concat());
            let said = [run.stdout, run.stderr].concat();
            let said = String::from_utf8(said).unwrap();
            assert!(said.contains("\u{fffd}[31m\u{fffd}"), "{said:?}");
            let is_harmful = |one: char| one != '\n' && one.is_control() || one == '\u{202e}';
            assert!(!said.contains(is_harmful), "{said:?}");
        }
    }
    // What is shown is not what is there: it would be written over unasked.
    let set = ["pool", "metadata", "set", "--uri", "https://ok.example"];
    let refused = net.failure(&net.curator, &set);
    assert!(refused.contains("another one with --name"), "{refused}");
    net.json(
        &net.curator,
        &[set.as_slice(), &["--name", "Good"]].concat(),
    );
}

#[test]
fn a_name_that_was_made_final_stays() {
    let (net, created) = named(&[]);
    let curator = net.curator.keypair();
    let metadata = text(&created, "/token/metadata").parse().unwrap();
    // UpdateMetadataAccountV2 with nothing but `is_mutable`.
    let accounts = vec![
        AccountMeta::new(metadata, false),
        AccountMeta::new_readonly(curator.pubkey(), true),
    ];
    let end = Instruction::new_with_bytes(TOKEN_METADATA_PROGRAM, &[15, 0, 0, 0, 1, 0], accounts);
    Executor::new(&net.rpc, &curator)
        .send(&[end], &[], Repeat::Harmful)
        .unwrap();
    let refused = net.failure(&net.curator, &["pool", "metadata", "set", "--name", "New"]);
    assert!(refused.contains("was made final"), "{refused}");
    let shown = net.table(&net.curator, &["pool", "metadata", "show"]);
    assert!(shown.contains("nobody: it is final"), "{shown}");
}
