//! The whole life of a program.

use std::fs;

use serde_json::json;
use sluice_client::{
    Deployed,
    pool::deployed::{hash_of_elf, hash_text},
};
use sluice_localnet::{LocalnetConfig, ProgramConfig, ProgramElf};
use sluice_tests::{
    cluster::{router_elf, sluice_elf},
    command::{number, text},
};
use solana_instruction::Instruction;
use solana_keypair::{Keypair, write_keypair_file};
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_transaction::Transaction;

use super::{Site, elves, pieces, text_of, writes};
use crate::net::{CliNet, SOL, User};

/// The logs of a call of a program without anything.
fn called(net: &CliNet, program: &Pubkey) -> Vec<String> {
    let payer = net.curator.keypair();
    let call = Instruction::new_with_bytes(*program, &[], Vec::new());
    let mut transaction = Transaction::new_with_payer(&[call], Some(&payer.pubkey()));
    transaction.message.recent_blockhash = net.rpc.get_latest_blockhash().unwrap();
    let simulated = net.rpc.simulate_transaction(&transaction).unwrap().value;
    simulated.logs.unwrap_or_default()
}

fn runs(net: &CliNet, program: &Pubkey) -> bool {
    let invoked = format!("Program {program} invoke [1]");
    let logs = called(net, program);
    let consumed = format!("Program {program} consumed");
    logs.contains(&invoked) && logs.iter().any(|line| line.starts_with(&consumed))
}

#[test]
fn a_program_is_deployed_and_can_be_called_at_once_and_a_second_try_changes_nothing() {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let [elf, _] = elves().map(|elf| text_of(&elf));
    let code = fs::read(&elf).unwrap();
    let before = net.lamports(&site.owner.address);
    let told = site.deployed(&net, &elf);
    assert!(runs(&net, &site.program));
    assert_eq!(text(&told, "/hash"), hash_text(&hash_of_elf(&code)));
    assert_eq!(number(&told, "/room_bytes"), code.len() as u64);
    assert_eq!(number(&told, "/written"), pieces(&site.owner, &code) as u64);
    let owner = site.owner.address.to_string();
    assert_eq!(text(&told, "/upgrade_authority"), owner);

    // What was taken is the rent of both accounts and the fees that were told, to the lamport.
    let deployed = Deployed::load(&net.rpc, &site.program).unwrap();
    let rents = net.lamports(&site.program) + deployed.rent.get();
    let fees: u64 = text(&told, "/network_fee_lamports").parse().unwrap();
    let after = net.lamports(&site.owner.address);
    assert_eq!(before - after, rents + fees);

    let again = site.deployed(&net, &elf);
    assert_eq!(number(&again, "/written"), 0);
    assert_eq!(net.lamports(&site.owner.address), after);
}

#[test]
fn a_program_is_upgraded_extended_handed_over_and_made_final() {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let heir = net.user("heir", 20 * SOL);
    let (owner, program) = (&site.owner, site.program.to_string());
    let [small, large] = elves().map(|elf| text_of(&elf));
    site.deployed(&net, &small);

    // The larger code needs more room, of which the loader gives no less than 10,240 bytes.
    let room = fs::read(&small).unwrap().len() as u64;
    let upgrade = [
        "program",
        "upgrade",
        &program,
        &large,
        "--yes",
        "--other-address",
    ];
    let told = net.json(owner, &upgrade);
    assert_eq!(number(&told, "/room_bytes"), room + 10_240);
    assert!(runs(&net, &site.program));
    let again = net.json(owner, &upgrade);
    assert_eq!(number(&again, "/written"), 0);

    let verify = ["program", "verify", &program, &large];
    assert_eq!(net.json(owner, &verify)["is_equal"], true);
    let other = net.run(owner, &["program", "verify", &program, &small]);
    assert_eq!(other.status.code(), Some(1));
    let said = String::from_utf8(other.stderr).unwrap();
    assert!(said.contains("from byte "), "{said}");

    let extended = net.json(owner, &["program", "extend", &program, "10240"]);
    assert_eq!(number(&extended, "/room_bytes"), room + 20_480);
    assert!(runs(&net, &site.program));

    let give = ["program", "set-authority", &program, &heir.keypair_file];
    net.json(owner, &[&give[..], &["--yes"]].concat());
    let refused = net.failure(owner, &["program", "upgrade", &program, &small, "--yes"]);
    assert!(refused.contains(&heir.address.to_string()), "{refused}");
    let back = [
        "program",
        "upgrade",
        &program,
        &small,
        "--yes",
        "--other-address",
    ];
    net.json(&heir, &back);
    assert!(runs(&net, &site.program));

    let end = ["program", "set-authority", &program, "--final", "--yes"];
    let refused = net.failure(&heir, &[&end[..], &["--again", &program]].concat());
    assert!(refused.contains("--without-metadata"), "{refused}");
    let end = [&end[..], &["--without-metadata"]].concat();
    let refused = net.failure(&heir, &end);
    assert!(refused.contains("--again"), "{refused}");
    net.json(&heir, &[&end[..], &["--again", &program]].concat());
    let shown = net.json(&heir, &["program", "show", &program]);
    assert!(shown["upgrade_authority"].is_null());
    let refused = net.failure(&heir, &upgrade);
    assert!(refused.contains("nobody can change"), "{refused}");
}

#[test]
fn a_closed_program_gives_its_rent_back_and_its_address_is_lost() {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let (owner, program) = (&site.owner, site.program.to_string());
    let [elf, _] = elves().map(|elf| text_of(&elf));
    site.deployed(&net, &elf);
    let rent = Deployed::load(&net.rpc, &site.program).unwrap().rent.get();
    let before = net.lamports(&owner.address);
    let close = ["program", "close", &program, "--yes"];
    let refused = net.failure(owner, &close);
    assert!(refused.contains("--again"), "{refused}");
    assert_eq!(net.lamports(&owner.address), before);
    let told = net.json(owner, &[&close[..], &["--again", &program]].concat());
    let fee: u64 = text(&told, "/network_fee_lamports").parse().unwrap();
    assert_eq!(net.lamports(&owner.address), before + rent - fee);
    for refused in [
        net.failure(owner, &["program", "show", &program]),
        net.failure(owner, &site.deploy(&elf)),
    ] {
        assert!(refused.contains("was closed"), "{refused}");
    }
    let lamports = net.lamports(&owner.address);
    let again = net.json(owner, &[&close[..], &["--again", &program]].concat());
    assert_eq!(again["closed"], json!([]));
    assert_eq!(net.lamports(&owner.address), lamports);
}

#[test]
fn buffers_are_listed_handed_over_deployed_from_and_closed() {
    let net = CliNet::without_pool();
    let site = Site::new(&net, "owner");
    let heir = net.user("heir", 20 * SOL);
    let [small, large] = elves().map(|elf| text_of(&elf));
    let heirs = heir.address.to_string();
    let hand_over = ["--buffer-authority", &heirs, "--yes"];
    let write = ["program", "write-buffer", &small];
    let given = net.json(&site.owner, &[&write[..], &hand_over].concat());
    let buffer = text(&given, "/buffer");
    assert_eq!(text(&given, "/authority"), heirs);
    let verify = ["program", "verify", &buffer, &small];
    assert_eq!(net.json(&heir, &verify)["is_equal"], true);

    let as_heir = Site {
        owner: heir,
        ..Site::new(&net, "other")
    };
    let from = ["--buffer", &buffer];
    let told = net.json(
        &as_heir.owner,
        &[&as_heir.deploy(&small)[..], &from].concat(),
    );
    assert_eq!(number(&told, "/written"), 0);
    assert!(runs(&net, &as_heir.program));

    net.json(&site.owner, &["program", "write-buffer", &large, "--yes"]);
    net.json(&site.owner, &["program", "write-buffer", &small, "--yes"]);
    let listed = net.json(&site.owner, &["program", "show", "--buffers"]);
    assert_eq!(listed["buffers"].as_array().unwrap().len(), 2);
    let before = net.lamports(&site.owner.address);
    let closed = net.json(&site.owner, &["program", "close", "--all", "--yes"]);
    let returned: u64 = text(&closed, "/returned_lamports").parse().unwrap();
    let fee: u64 = text(&closed, "/network_fee_lamports").parse().unwrap();
    assert_eq!(net.lamports(&site.owner.address), before + returned - fee);
    let listed = net.json(&site.owner, &["program", "show", "--buffers"]);
    assert_eq!(listed["buffers"].as_array().unwrap().len(), 0);
}

#[test]
fn a_pool_lives_on_the_code_that_an_upgrade_has_written() {
    let keypair = Keypair::new();
    let mut net = CliNet::start(LocalnetConfig {
        programs: vec![ProgramConfig {
            id: sluice::ID,
            elf: ProgramElf::Path(router_elf()),
            upgrade_authority: Some(keypair.pubkey()),
        }],
        ..LocalnetConfig::default()
    });
    let file = net.path("authority.json");
    write_keypair_file(&keypair, &file).unwrap();
    net.airdrop(&keypair.pubkey(), 20 * SOL);
    let authority = User {
        address: keypair.pubkey(),
        keypair_file: text_of(&file),
    };
    let (program, elf) = (sluice::ID.to_string(), text_of(&sluice_elf()));
    let told = net.json(&authority, &["program", "upgrade", &program, &elf, "--yes"]);
    let code = fs::read(&elf).unwrap();
    assert_eq!(number(&told, "/written"), pieces(&authority, &code) as u64);
    assert_eq!(number(&told, "/elf_bytes"), code.len() as u64);
    net.create_pool();
    let staked = net.json(&net.curator, &["stake", "5"]);
    assert_eq!(text(&staked, "/minted_lst"), "5000000000");
    let buffer = sluice_client::pool::buffers::OwnBuffer::of(authority.address, &code).address;
    assert!(writes(&net, &buffer).values().all(|times| *times == 1));
}
