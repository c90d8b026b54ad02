//! Words for messages and changes.

use anchor_lang::{Discriminator, Event as _};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use sluice::{
    events::AdminNominated,
    state::{Marker, Pool, RateHistory, Ticket, UnstakeBatch, ValidatorPage},
};
use solana_account::Account;
use solana_hash::Hash;
use solana_instruction::{AccountMeta, Instruction};
use solana_message::{AddressLookupTableAccount, Message, VersionedMessage};
use solana_pubkey::Pubkey;
use solana_system_interface::instruction::{create_account, create_account_with_seed};
use spl_token_interface::instruction::initialize_mint2;

use super::{changes, events, idl, message};
use crate::{
    PoolAddresses, Proposal, UnstakeRequest, Vault,
    pool::decode::SluiceAccount,
    send::{
        fees::{Budget, with_budget},
        packing::compile,
    },
};

fn pool() -> PoolAddresses {
    PoolAddresses::of_mint(Pubkey::new_unique())
}

fn deposit(pool: &PoolAddresses, depositor: Pubkey) -> Instruction {
    pool.deposit_sol(depositor, Pubkey::new_unique(), 12, 11)
}

fn legacy(payer: &Pubkey, instructions: &[Instruction]) -> VersionedMessage {
    VersionedMessage::Legacy(Message::new(instructions, Some(payer)))
}

#[test]
fn an_instruction_of_the_program_is_told_with_its_arguments_and_roles() {
    let (pool, depositor) = (pool(), Pubkey::new_unique());
    let legacy = legacy(&depositor, &[deposit(&pool, depositor)]);
    let told = message(&legacy, &[]).unwrap();
    assert_eq!(told.len(), 1);
    let told = &told[0];
    assert_eq!(
        (told.program_name, told.name.as_str()),
        (Some("Sluice"), "deposit_sol")
    );
    let arguments: Vec<_> = told
        .arguments
        .iter()
        .map(|field| (field.name.as_str(), field.value.clone()))
        .collect();
    assert_eq!(
        arguments,
        [("lamports", json!(12)), ("minimum_lst", json!(11))]
    );
    let account = |name| {
        let account = told.accounts.iter().find(|one| one.name == name).unwrap();
        (account.address, account.signer, account.writable)
    };
    assert_eq!(account("pool"), (pool.pool, false, true));
    assert_eq!(account("depositor"), (depositor, true, true));
    assert_eq!(
        account("token_program"),
        (spl_token_interface::ID, false, false)
    );
}

#[test]
fn each_account_of_an_instruction_has_a_name_also_those_behind_the_interfaces() {
    let (pool, key) = (pool(), Pubkey::new_unique());
    let names = |instruction: &Instruction| {
        let told = message(&legacy(&key, std::slice::from_ref(instruction)), &[]).unwrap();
        let accounts = told[0].accounts.iter();
        accounts.map(|one| one.name.clone()).collect::<Vec<_>>()
    };
    let request = |later_batches| {
        names(&pool.request_unstake(&UnstakeRequest {
            later_batches,
            ..UnstakeRequest::own(key, key, 3, 4, 5)
        }))
    };
    let add = pool.add_validator_later(key, key, (1, 2), 100, 1);
    let migrate = pool.migrate_pool(key, 1);
    let further: [(Vec<String>, &[&str]); 7] = [
        (request(0), &[]),
        (request(2), &["candidate batch 2", "candidate batch 3"]),
        (names(&pool.withdraw_sol(key, key, key, 6, 7)), &[]),
        (names(&add), &["candidate 1", "candidate 2", "candidate 3"]),
        (names(&pool.finalize_epoch(2)), &["page 0", "page 1"]),
        (names(&migrate), &["page 0"]),
        (
            names(&pool.observe(0, 0, 2, &[key, key])),
            &["stake account 1", "stake account 2"],
        ),
    ];
    for (names, expected) in further {
        let (named, behind) = names.split_at(names.len() - expected.len());
        assert_eq!(behind, expected);
        assert!(!named.iter().any(|name| name.contains(' ')), "{named:?}");
    }
}

#[test]
fn instructions_of_other_programs_are_told_too() {
    let (payer, mint) = (Pubkey::new_unique(), Pubkey::new_unique());
    let token = spl_token_interface::ID;
    let instructions = [
        create_account(&payer, &mint, 7, 82, &token),
        initialize_mint2(&token, &mint, &payer, None, 9).unwrap(),
        spl_associated_token_account_interface::instruction::create_associated_token_account_idempotent(
            &payer, &payer, &mint, &token,
        ),
        Instruction::new_with_bytes(mint, &[1, 255], vec![AccountMeta::new(payer, true)]),
    ];
    let budget = Budget {
        compute_units: 5,
        loaded_data_bytes: 6,
        compute_unit_price: 7,
    };
    let told = message(&legacy(&payer, &with_budget(&instructions, &budget)), &[]).unwrap();
    let said: Vec<String> = told
        .iter()
        .map(|one| {
            let arguments = one.arguments.iter();
            let arguments = arguments.map(|field| format!(" {}={}", field.name, field.value));
            let program = one.program_name.unwrap_or("?");
            format!("{program}: {}{}", one.name, arguments.collect::<String>())
        })
        .collect();
    let (payer, token) = (payer.to_string(), token.to_string());
    assert_eq!(
        said,
        [
            "Compute Budget: set_compute_unit_limit compute_units=5".to_owned(),
            "Compute Budget: set_loaded_accounts_data_size_limit bytes=6".to_owned(),
            "Compute Budget: set_compute_unit_price micro_lamports_per_unit=7".to_owned(),
            format!("System: create_account lamports=7 owner=\"{token}\" space=82"),
            format!("Token: initialize_mint2 decimals=9 mint_authority=\"{payer}\""),
            "Associated Token Account: create_idempotent".to_owned(),
            "?: unknown instruction data=\"01ff\"".to_owned(),
        ]
    );
    assert_eq!(told[3].accounts[1].name, "new_account");
    assert_eq!(told[6].accounts[0].name, "account 1");
}

#[test]
fn a_proposal_tells_what_the_vault_is_asked_to_sign() {
    let pool = pool();
    let vault = Vault {
        multisig: Pubkey::new_unique(),
        index: 2,
    };
    let (member, address) = (Pubkey::new_unique(), vault.address());
    let proposal = Proposal { vault, index: 7 };
    let told = |instructions: &[Instruction]| {
        let asked = Message::new(instructions, Some(&address));
        let create = proposal.create(member, member, &asked).unwrap();
        message(&legacy(&member, &create), &[]).unwrap()
    };
    let deposits = [
        deposit(&pool, address),
        create_account(&address, &member, 7, 8, &member),
    ];
    let [create, about] = &told(&deposits)[..] else {
        panic!("two instructions");
    };
    let argument = |name: &str| {
        let found = create.arguments.iter().find(|field| field.name == name);
        found.unwrap_or_else(|| panic!("no {name}")).value.clone()
    };
    assert!(create.is_known && about.is_known);
    assert_eq!(create.program_name, Some("Squads v4"));
    assert_eq!(argument("vault"), json!(address.to_string()));
    assert_eq!(argument("message[0]"), json!("Sluice: deposit_sol"));
    assert_eq!(argument("message[0].lamports"), json!(12));
    assert_eq!(
        argument("message[0].depositor"),
        json!(format!("{address}  signer, writable"))
    );
    assert_eq!(argument("message[1]"), json!("System: create_account"));
    assert_eq!(create.accounts[1].name, "transaction");
    assert_eq!(create.accounts[1].address, proposal.transaction());
    assert_eq!(
        (about.name.as_str(), about.accounts[1].name.as_str()),
        ("proposal_create", "proposal")
    );
    // A part that cannot be told makes the whole one that cannot.
    let unknown = Instruction::new_with_bytes(member, &[1], vec![]);
    let with_unknown = [deposits.to_vec(), vec![unknown]].concat();
    assert!(!told(&with_unknown)[0].is_known);
}

#[test]
fn w15_texts_that_others_chose_are_shown_without_what_moves_a_cursor() {
    let (payer, owner) = (Pubkey::new_unique(), Pubkey::new_unique());
    let seed = "a\u{1b}[2J\u{202e}b";
    let address = Pubkey::create_with_seed(&payer, seed, &owner).unwrap();
    let create = create_account_with_seed(&payer, &address, &payer, seed, 1, 2, &owner);
    let told = message(&legacy(&payer, &[create]), &[]).unwrap();
    let shown = told[0].arguments.iter().find(|field| field.name == "seed");
    assert_eq!(shown.unwrap().value, json!("a\u{fffd}[2J\u{fffd}b"));
}

#[test]
fn an_instruction_says_until_when_it_can_wait_and_whether_all_of_it_is_told() {
    let (pool, key) = (pool(), Pubkey::new_unique());
    let nobodys = Instruction::new_with_bytes(key, &[1], vec![]);
    let damaged = Instruction {
        data: vec![0; 9],
        ..deposit(&pool, key)
    };
    let instructions = [
        deposit(&pool, key),
        pool.finalize_epoch(1),
        nobodys,
        damaged,
    ];
    let told = message(&legacy(&key, &instructions), &[]).unwrap();
    let known: Vec<bool> = told.iter().map(|one| one.is_known).collect();
    assert_eq!(known, [true, true, false, false]);
    let until: Vec<bool> = told.iter().map(|one| one.works_until.is_some()).collect();
    assert_eq!(until, [true, false, false, false]);
}

#[test]
fn an_event_is_told_field_by_field() {
    let event = AdminNominated {
        pool: Pubkey::new_unique(),
        admin: Pubkey::new_unique(),
        nominated: Pubkey::new_unique(),
    };
    let data = BASE64_STANDARD.encode(event.data());
    let logs = |program: Pubkey| {
        vec![
            format!("Program {program} invoke [1]"),
            format!("Program data: {data}"),
            format!("Program {program} success"),
        ]
    };
    let told = events(&logs(sluice::ID));
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].name, "AdminNominated");
    assert_eq!(told[0].fields[0].name, "pool");
    assert_eq!(told[0].fields[0].value, json!(event.pool.to_string()));
    assert!(events(&logs(Pubkey::new_unique())).is_empty());
}

#[test]
fn accounts_in_lookup_tables_are_told_like_others() {
    let (pool, depositor) = (pool(), Pubkey::new_unique());
    let instruction = deposit(&pool, depositor);
    let table = AddressLookupTableAccount {
        key: Pubkey::new_unique(),
        addresses: vec![pool.mint_authority, pool.pool, pool.reserve],
    };
    let tables = [table];
    let budgetless = [instruction];
    let compiled = compile(&depositor, &budgetless, &tables, Hash::default()).unwrap();
    assert!(
        compiled
            .address_table_lookups()
            .is_some_and(|lookups| !lookups.is_empty())
    );
    let with_tables = message(&compiled, &tables).unwrap();
    let without = message(&legacy(&depositor, &budgetless), &[]).unwrap();
    assert_eq!(with_tables, without);
    assert_eq!(message(&compiled, &[]), None);
}

#[test]
fn every_account_of_the_program_can_be_read_by_its_interface() {
    fn read<T: SluiceAccount + Discriminator>() -> &'static str {
        let mut data = T::DISCRIMINATOR.to_vec();
        data.resize(T::SPACE, 0);
        let (name, fields) = idl::account(&data).unwrap();
        assert!(fields.len() > 3, "{name}");
        data.push(0);
        assert_eq!(idl::account(&data), None, "a longer {name}");
        name
    }
    assert_eq!(read::<Pool>(), "Pool");
    assert_eq!(read::<ValidatorPage>(), "ValidatorPage");
    assert_eq!(read::<Marker>(), "Marker");
    assert_eq!(read::<UnstakeBatch>(), "UnstakeBatch");
    assert_eq!(read::<Ticket>(), "Ticket");
    assert_eq!(read::<RateHistory>(), "RateHistory");
}

#[test]
fn changes_that_wait_are_named_by_their_parameters() {
    let mut data = Pool::DISCRIMINATOR.to_vec();
    data.resize(Pool::SPACE, 0);
    let (_, fields) = idl::account(&data).unwrap();
    let named = |element: &str| {
        let name = format!("governance.pending[{element}].value");
        fields.iter().any(|field| field.name == name)
    };
    for parameter in ["reward_fee_bps", "share_cap_bps", "deposit_cap_lamports"] {
        assert!(named(parameter), "{parameter}");
    }
    assert!(!named("0"));
}

fn ticket(lst: u64) -> Account {
    let mut data = Ticket::DISCRIMINATOR.to_vec();
    data.resize(Ticket::SPACE, 0);
    let at = 8 + std::mem::offset_of!(Ticket, lst);
    data[at..at + 8].copy_from_slice(&lst.to_le_bytes());
    Account {
        lamports: 9,
        data,
        owner: sluice::ID,
        ..Account::default()
    }
}

#[test]
fn a_change_names_the_fields_that_differ_and_no_others() {
    let (before, after) = (ticket(3), ticket(4));
    assert_eq!(changes(Some(&before), Some(&before)), None);
    let told = |before, after| {
        let told = changes(before, after).unwrap();
        assert_eq!(told.kind, "Ticket");
        let fields = told.fields.into_iter();
        fields
            .map(|field| (field.name, field.before, field.after))
            .collect::<Vec<_>>()
    };
    let number = |number: u64| Some(Value::from(number));
    assert_eq!(
        told(Some(&before), Some(&after)),
        [("lst".to_owned(), number(3), number(4))]
    );
    // Of an account that comes or goes, zeroes say nothing.
    assert_eq!(
        told(None, Some(&after)),
        [
            ("lamports".to_owned(), None, number(9)),
            ("lst".to_owned(), None, number(4))
        ]
    );
    assert_eq!(
        told(Some(&before), None),
        [
            ("lamports".to_owned(), number(9), None),
            ("lst".to_owned(), number(3), None)
        ]
    );
}

#[test]
fn a_change_of_bytes_that_nobody_knows_is_shown_all_the_same() {
    let foreign = |byte| Account {
        lamports: 1,
        data: vec![byte],
        owner: Pubkey::new_from_array([9; 32]),
        ..Account::default()
    };
    let told = changes(Some(&foreign(1)), Some(&foreign(2))).unwrap();
    assert_eq!((told.kind, told.fields.len()), ("Account", 1));
    assert_eq!(told.fields[0].name, "data");
    assert_eq!(told.fields[0].after, Some(json!("02")));
}
