//! Every address and byte as the published library writes them: `@sqds/multisig` 2.1.4.

use solana_account::Account as SolanaAccount;

use super::*;
use crate::fixture::{Fixture, SOL};

fn key(byte: u8) -> Pubkey {
    Pubkey::new_from_array([byte; 32])
}

/// A key in base 16.
fn hex_key(byte: u8) -> String {
    hex::encode([byte; 32])
}

fn proposal() -> Proposal {
    Proposal {
        vault: Vault {
            multisig: key(7),
            index: 1,
        },
        index: 300,
    }
}

/// Two instructions, of which one has more data than a byte can count.
fn message() -> Message {
    let vault = proposal().vault.address();
    let instructions = [
        Instruction {
            program_id: key(4),
            accounts: vec![
                AccountMeta::new(vault, true),
                AccountMeta::new(key(3), false),
                AccountMeta::new_readonly(key(5), false),
            ],
            data: vec![1, 2, 3],
        },
        Instruction {
            program_id: key(10),
            accounts: vec![
                AccountMeta::new_readonly(key(5), false),
                AccountMeta::new_readonly(vault, true),
            ],
            data: vec![5; 260],
        },
    ];
    Message::new(&instructions, Some(&vault))
}

/// What the library writes for this message.
fn compact() -> String {
    [
        "01010105",
        "52e819efaf16d65e22fe4329f5c713946cee8f9a51c072e4b626dc3f6de191c3",
        &hex_key(3),
        &hex_key(4),
        &hex_key(5),
        &hex_key(10),
        "02",
        "0203000103",
        "0300010203",
        "04020300",
        "0401",
        &"05".repeat(260),
        "00",
    ]
    .concat()
}

fn metas(instruction: &Instruction) -> Vec<(Pubkey, bool, bool)> {
    let accounts = instruction.accounts.iter();
    accounts
        .map(|meta| (meta.pubkey, meta.is_signer, meta.is_writable))
        .collect()
}

#[test]
fn the_addresses_are_those_of_the_published_library() {
    let proposal = proposal();
    let addresses = [
        proposal.vault.address(),
        Vault {
            index: 0,
            ..proposal.vault
        }
        .address(),
        proposal.transaction(),
        proposal.address(),
    ];
    assert_eq!(
        addresses.map(|address| address.to_string()),
        [
            "6adhmCgganJayBv1YcUGXFWv6h8jC8MEy95iTnScMKgv",
            "FXMsV66mTkQCeE6QsB1EBCqqhURA2ZGSDAfcNZMNsvTD",
            "53vSpCDtEM33BtjYqbyBnZFdqLa2ADY8JXmcZ63qg7P6",
            "GJabG2EuW72kcFMUEhJZ7ZV9veK8paybhdwvGHv9n6UH",
        ]
    );
}

#[test]
fn a_message_has_the_compact_bytes_of_the_published_library() {
    let bytes = layout::encode(&message()).unwrap();
    assert_eq!(hex::encode(&bytes), compact());
    assert_eq!(layout::decode(&bytes), Some(message()));
}

#[test]
fn a_compact_message_that_is_cut_off_longer_or_with_lookup_tables_is_not_read() {
    let bytes = layout::encode(&message()).unwrap();
    for length in 0..bytes.len() {
        assert_eq!(layout::decode(&bytes[..length]), None, "{length}");
    }
    assert_eq!(layout::decode(&[&bytes[..], &[0]].concat()), None);
    let mut with_tables = bytes;
    *with_tables.last_mut().unwrap() = 1;
    with_tables.extend([9; 32]);
    with_tables.extend([0, 0]);
    assert_eq!(layout::decode(&with_tables), None);
    // More signers than accounts, and more that can be written than there are.
    assert_eq!(layout::decode(&[2, 1, 0, 0, 0, 0]), None);
    assert_eq!(layout::decode(&[0, 0, 1, 0, 0, 0]), None);
}

#[test]
fn a_proposal_has_the_bytes_and_accounts_of_the_published_library() {
    let (creator, payer) = (key(20), key(21));
    let [transaction, about] = proposal().create(creator, payer, &message()).unwrap();
    let bytes = compact().len() / 2;
    let length = hex::encode(u32::try_from(bytes).unwrap().to_le_bytes());
    assert_eq!(
        hex::encode(&transaction.data),
        format!("30fa4ea8d0e2dad30100{length}{}00", compact())
    );
    assert_eq!(
        hex::encode(&about.data),
        "dc3c49e01e6c4f9f2c0100000000000000"
    );
    let accounts = |created, counts| {
        vec![
            (key(7), false, counts),
            (created, false, true),
            (creator, true, false),
            (payer, true, true),
            (system_program::ID, false, false),
        ]
    };
    assert_eq!(
        metas(&transaction),
        accounts(proposal().transaction(), true)
    );
    assert_eq!(metas(&about), accounts(proposal().address(), false));
    assert!(
        [transaction, about]
            .iter()
            .all(|one| one.program_id == SQUADS_PROGRAM)
    );
}

#[test]
fn both_instructions_are_read_again_and_no_others() {
    let [transaction, about] = proposal().create(key(20), key(21), &message()).unwrap();
    let Some(Call::CreateTransaction(create)) = Call::parse(&transaction.data) else {
        panic!("a vault transaction");
    };
    assert_eq!((create.vault_index, create.memo.clone()), (1, None));
    assert_eq!(create.message(), Some(message()));
    let ephemeral = CreateTransaction {
        ephemeral_signers: 1,
        ..create
    };
    assert_eq!(ephemeral.message(), None);
    assert_eq!(
        Call::parse(&about.data),
        Some(Call::CreateProposal {
            transaction_index: 300,
            draft: false
        })
    );
    // The library's bytes of the same call with a memo.
    let memo = [
        &transaction.data[..transaction.data.len() - 1],
        &[1, 6, 0, 0, 0],
        b"sluice",
    ];
    let Some(Call::CreateTransaction(create)) = Call::parse(&memo.concat()) else {
        panic!("a vault transaction with a memo");
    };
    assert_eq!(create.memo.as_deref(), Some("sluice"));
    for other in [
        &b""[..],
        &[1; 9],
        &about.data[..16],
        &[&about.data[..], &[0]].concat(),
    ] {
        assert_eq!(Call::parse(other), None);
    }
}

/// An account as the library writes it: two of two voters, a day of time lock, 299 transactions.
fn account(rent_collector: &str) -> Vec<u8> {
    let text = [
        "e07479ba44a14fec",
        &hex_key(1),
        &hex_key(0),
        "0200",
        "80510100",
        "2b01000000000000",
        "0500000000000000",
        rent_collector,
        "fa",
        "02000000",
        &hex_key(20),
        "07",
        &hex_key(22),
        "02",
    ];
    hex::decode(text.concat()).unwrap()
}

#[test]
fn a_multisig_is_read_with_and_without_a_collector_of_rent_and_with_room_for_more_members() {
    let with_collector = format!("01{}", hex_key(30));
    for data in [
        account("00"),
        account(&with_collector),
        [account("00"), vec![0; 99]].concat(),
    ] {
        let multisig = Multisig::decode(key(7), &data).unwrap();
        assert_eq!(
            (multisig.threshold, multisig.time_lock_seconds),
            (2, 86_400)
        );
        assert_eq!(
            multisig.voters().collect::<Vec<_>>(),
            [key(20), key(22)],
            "{multisig:?}"
        );
        assert!(multisig.may_propose(&key(20)));
        // Votes, but does not propose; is no member.
        assert!(!multisig.may_propose(&key(22)) && !multisig.may_propose(&key(21)));
        let next = |others| multisig.next_proposal(proposal().vault, others);
        assert_eq!((next(0), next(1).index), (proposal(), 301));
    }
}

#[test]
fn what_is_no_multisig_is_refused() {
    let mut fixture = Fixture::new(1, SOL, 0);
    let missing = Multisig::load(&fixture, key(200)).unwrap_err();
    assert!(matches!(missing, ClientError::Missing { .. }), "{missing}");
    let mut load = |owner, data| {
        let account = SolanaAccount {
            lamports: 1,
            data,
            owner,
            ..SolanaAccount::default()
        };
        fixture.others.insert(key(200), account);
        Multisig::load(&fixture, key(200))
    };
    let foreign = load(system_program::ID, account("00")).unwrap_err();
    assert!(
        matches!(foreign, ClientError::ForeignOwner { .. }),
        "{foreign}"
    );
    for data in [vec![], vec![0; 300], account("00")[..100].to_vec()] {
        let unreadable = load(SQUADS_PROGRAM, data).unwrap_err();
        assert!(
            matches!(unreadable, ClientError::Unreadable { .. }),
            "{unreadable}"
        );
    }
    assert!(load(SQUADS_PROGRAM, account("00")).is_ok());
}
