//! `--squads`: commands become proposals. Local clusters have no program of Squads, so that a node
//! that lies stands for one that has executed it.

use std::sync::{Arc, Mutex};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use sluice_client::{
    Vault,
    pool::squads::{Proposal, SQUADS_PROGRAM},
    words::describe,
};
use sluice_tests::{
    command::{failed, number, succeeded, text},
    net::LyingNode,
};
use solana_account::Account;
use solana_keypair::{Keypair, write_keypair_file};
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;

use super::{dump, read, sign};
use crate::net::{CliNet, SOL, User};

/// A multisig of two: one proposes, votes and executes, the other one only votes.
pub struct Members {
    pub net: CliNet,
    pub multisig: Pubkey,
    pub member: User,
    voter: User,
}

/// So many transactions were proposed before.
const BEFORE: u64 = 299;

fn multisig(members: [&Keypair; 2]) -> Account {
    let [member, voter] = members.map(Signer::pubkey);
    let data = [
        &[224, 116, 121, 186, 68, 161, 79, 236][..],
        // Who created it, and who configures it: nobody.
        &[1; 32],
        &[0; 32],
        &2_u16.to_le_bytes(),
        // A day of time lock.
        &86_400_u32.to_le_bytes(),
        &BEFORE.to_le_bytes(),
        &5_u64.to_le_bytes(),
        // No collector of rent; the bump.
        &[0, 250],
        &2_u32.to_le_bytes(),
        member.as_ref(),
        &[7],
        voter.as_ref(),
        &[2],
        // Room for a collector of rent.
        &[0; 32],
    ];
    Account {
        lamports: SOL,
        data: data.concat(),
        owner: SQUADS_PROGRAM,
        ..Account::default()
    }
}

impl Members {
    /// A pool in which the first vault of the multisig holds 10 LST.
    pub fn new() -> Self {
        let keypairs = [Keypair::new(), Keypair::new()];
        let address = Pubkey::new_unique();
        let account = multisig([&keypairs[0], &keypairs[1]]);
        let mut net = CliNet::with_accounts(vec![(address, account)]);
        net.create_pool();
        let [member, voter] =
            [("member", &keypairs[0]), ("voter", &keypairs[1])].map(|(name, keypair)| {
                let path = net.path(name);
                write_keypair_file(keypair, &path).unwrap();
                net.airdrop(&keypair.pubkey(), 10 * SOL);
                User {
                    address: keypair.pubkey(),
                    keypair_file: path.display().to_string(),
                }
            });
        let members = Self {
            multisig: address,
            net,
            member,
            voter,
        };
        let vault = members.vault().address();
        members.net.airdrop(&vault, 10 * SOL);
        let recipient = vault.to_string();
        let stake = [
            "stake",
            "10",
            "--recipient",
            &recipient,
            "--allow-program-owned",
        ];
        members.net.json(&members.net.curator, &stake);
        members
    }

    pub fn vault(&self) -> Vault {
        Vault {
            multisig: self.multisig,
            index: 0,
        }
    }

    fn proposal(&self) -> Proposal {
        Proposal {
            vault: self.vault(),
            index: BEFORE + 1,
        }
    }

    fn refused(&self, user: &User, arguments: &[&str]) -> String {
        let multisig = self.multisig.to_string();
        let squads = [arguments, &["--squads", &multisig]].concat();
        self.net.failure(user, &squads)
    }
}

#[test]
fn a_dumped_proposal_says_what_the_vault_signs_and_is_signed_by_a_member_offline() {
    let members = Members::new();
    let (net, proposal) = (&members.net, members.proposal());
    let multisig = members.multisig.to_string();
    let unstake = ["unstake", "2", "--squads", &multisig];
    let file = dump(net, &members.member, "file", &unstake);
    let dumped = read(&file);
    let transaction = &dumped["transactions"][0];
    assert_eq!(
        transaction["signers"],
        json!([members.member.address.to_string()])
    );
    let [create, about] = &transaction["instructions"].as_array().unwrap()[..] else {
        panic!("two instructions: {transaction}");
    };
    assert_eq!(text(create, "/program_name"), "Squads v4");
    assert_eq!(text(create, "/name"), "vault_transaction_create");
    let vault = members.vault().address().to_string();
    let arguments = &create["arguments"];
    assert_eq!(text(arguments, "/vault"), vault);
    assert_eq!(text(arguments, "/message[0]"), "Sluice: request_unstake");
    assert_eq!(number(arguments, "/message[0].lst"), 2 * SOL);
    for role in ["requester", "owner", "payer"] {
        let signer = text(arguments, &format!("/message[0].{role}"));
        assert!(signer.starts_with(&vault), "{role}: {signer}");
    }
    // It can wait, as every dump.
    assert!(
        arguments.get("message[0].candidate batch 9").is_some(),
        "{arguments}"
    );
    assert_eq!(
        text(create, "/accounts/1/address"),
        proposal.transaction().to_string()
    );
    assert_eq!(text(about, "/name"), "proposal_create");
    assert_eq!(number(about, "/arguments/transaction_index"), BEFORE + 1);
    assert_eq!(
        text(about, "/accounts/1/address"),
        proposal.address().to_string()
    );
    let said = sign(&members.member, &file, &[]);
    assert!(said.contains("Sluice: request_unstake"), "{said}");
    assert!(said.contains("2.000000000 LST"), "{said}");
}

/// A node on which the program of Squads seems to be, and what it was sent.
pub fn with_squads(net: &CliNet) -> (LyingNode, Arc<Mutex<Vec<String>>>) {
    let sent: Arc<Mutex<Vec<String>>> = Arc::default();
    let taken = Arc::clone(&sent);
    let node = LyingNode::before(&net.url(), move |request, answer| {
        let mut sent = taken.lock().unwrap();
        let object = answer.as_object_mut().unwrap();
        match request["method"].as_str().unwrap() {
            // The cluster's own slot stays: older answers are refused.
            "simulateTransaction" => {
                let simulated = json!({"err": null, "logs": [], "unitsConsumed": 30_000});
                answer["result"]["value"] = simulated;
            }
            "sendTransaction" => {
                let bytes = request["params"][0].as_str().unwrap().to_owned();
                object.remove("error");
                answer["result"] = json!(decoded(&bytes).signatures[0].to_string());
                sent.push(bytes);
            }
            "getSignatureStatuses" if sent.iter().any(|sent| is_asked(request, sent)) => {
                answer["result"]["value"] = json!([{
                    "slot": answer["result"]["context"]["slot"],
                    "confirmations": null,
                    "err": null,
                    "status": {"Ok": null},
                    "confirmationStatus": "finalized",
                }]);
            }
            _ => {}
        }
    });
    (node, sent)
}

/// Whether it is asked about this transaction.
fn is_asked(request: &Value, sent: &str) -> bool {
    request["params"][0][0] == decoded(sent).signatures[0].to_string()
}

fn decoded(base64: &str) -> VersionedTransaction {
    let bytes = BASE64_STANDARD.decode(base64).unwrap();
    bincode::deserialize(&bytes).unwrap()
}

#[test]
fn a_proposal_is_sent_and_its_addresses_and_what_the_members_approve_are_said() {
    let members = Members::new();
    let (net, proposal) = (&members.net, members.proposal());
    let multisig = members.multisig.to_string();
    let run = |format: &str| {
        let (node, sent) = with_squads(net);
        let unstake = ["--output", format, "unstake", "2", "--squads", &multisig];
        let output = net.run_at(&node.url, &members.member, &unstake);
        (
            succeeded(&output, &unstake),
            decoded(&sent.lock().unwrap()[0]),
        )
    };
    let (printed, sent) = run("json");
    let proposed: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(text(&proposed, "/send"), "propose");
    assert_eq!(number(&proposed, "/threshold"), 2);
    assert_eq!(number(&proposed, "/time_lock_seconds"), 86_400);
    let line = &proposed["proposals"][0];
    assert_eq!(number(line, "/index"), BEFORE + 1);
    assert_eq!(text(line, "/proposal"), proposal.address().to_string());
    assert_eq!(
        text(line, "/vault_transaction"),
        proposal.transaction().to_string()
    );
    assert_eq!(text(line, "/instructions/0/name"), "request_unstake");

    assert!(sent.verify_with_results().into_iter().all(|is_own| is_own));
    assert_eq!(text(line, "/signature"), sent.signatures[0].to_string());
    let told = describe::message(&sent.message, &[]).unwrap();
    let names: Vec<String> = told.into_iter().map(|one| one.name).collect();
    assert_eq!(
        names[names.len() - 2..],
        ["vault_transaction_create", "proposal_create"]
    );

    let (table, _) = run("table");
    for part in [
        &format!("Proposed to the multisig {multisig}. Nothing is done until its members approve"),
        &format!("Proposal {}, number 300", proposal.address()),
        "1. Sluice: request_unstake",
        "- request_unstake: the last batch that it names is locked",
        &format!("Vault transaction  {}", proposal.transaction()),
        &format!(
            "2 of these 2 members must approve: {}, {}.",
            members.member.address, members.voter.address
        ),
        "Then a member executes it, about 24 hours later, and the vault",
    ] {
        assert!(table.contains(part), "{part} is not in {table}");
    }
}

#[test]
fn a_simulation_for_a_vault_shows_what_it_would_change() {
    let members = Members::new();
    let multisig = members.multisig.to_string();
    let unstake = ["unstake", "2", "--squads", &multisig, "--send", "simulate"];
    let simulated = members.net.table(&members.member.absent(), &unstake);
    assert!(simulated.contains("Ticket"), "{simulated}");
    assert!(
        simulated.contains(&members.vault().address().to_string()),
        "{simulated}"
    );
}

#[test]
fn what_no_proposal_can_do_is_refused_and_nothing_is_sent() {
    let members = Members::new();
    let Members {
        net, voter, member, ..
    } = &members;
    let unstake = ["unstake", "2"];
    let had = net.lamports(&member.address);
    for stranger in [voter, &net.curator] {
        let refused = members.refused(stranger, &unstake);
        assert_eq!(
            refused,
            format!(
                "{} may not propose to the multisig {}: pass --keypair with a member who may",
                stranger.address, members.multisig
            )
        );
    }
    assert_eq!(
        members.refused(member, &["crank"]),
        "anybody can crank, so no multisig needs to: leave off --squads"
    );
    let mint = net.user("mint", 0);
    let create = [
        "pool",
        "create",
        "--no-metadata",
        "--mint",
        &mint.keypair_file,
    ];
    let refused = members.refused(member, &create);
    assert!(
        refused.starts_with(&format!("{} must sign, too", mint.address)),
        "{refused}"
    );
    // No multisig, and a cluster without the program.
    let other = ["unstake", "2", "--squads", &net.mint];
    let refused = failed(&net.run(member, &other), &other);
    assert!(
        refused.contains("is not a multisig of Squads v4"),
        "{refused}"
    );
    let refused = members.refused(member, &unstake);
    assert!(refused.contains("program"), "{refused}");
    assert_eq!(net.lamports(&member.address), had);
}

#[test]
fn another_vault_has_another_address() {
    let members = Members::new();
    let multisig = members.multisig.to_string();
    let vault = Vault {
        index: 3,
        ..members.vault()
    };
    let tickets = ["tickets", "--squads", &multisig, "--squads-vault", "3"];
    let tickets = members.net.table(&members.member, &tickets);
    assert!(
        tickets.starts_with(&vault.address().to_string()),
        "{tickets}"
    );
}

#[test]
fn what_a_vault_is_asked_to_do_is_told_as_what_would_be() {
    let members = Members::new();
    let (net, vault) = (&members.net, members.vault().address().to_string());
    net.json(&net.curator, &["pool", "role", "set-guardian", &vault]);
    let multisig = members.multisig.to_string();
    let pause = ["pool", "pause", "--squads", &multisig, "--send", "dump"];
    let output = net.run(&members.member, &pause);
    succeeded(&output, &pause);
    let said = String::from_utf8(output.stderr).unwrap();
    let member = members.member.address;
    for part in [
        format!("Vault    {vault}, of the multisig {multisig}\n"),
        "This would stop deposits and delegation".to_owned(),
        format!("{member} would propose it, and {member} would pay for that."),
    ] {
        assert!(said.contains(&part), "{part}:\n{said}");
    }
    assert!(!said.contains("will "), "{said}");
}
