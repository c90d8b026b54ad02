use std::collections::HashMap;

use sluice_math::Lamports;
use solana_address_lookup_table_interface::instruction::ProgramInstruction;
use solana_hash::Hash;

use super::*;
use crate::{
    fixture::{Fixture, SOL},
    send::{
        fees::{Budget, with_budget},
        packing::{MAX_BYTES, compile},
    },
};

const PAYER: Pubkey = Pubkey::new_from_array([9; 32]);

/// What the lookup table program makes of the transactions.
fn apply(transactions: &[Vec<Instruction>], tables: &mut Vec<AddressLookupTableAccount>) {
    let mut by_key: HashMap<Pubkey, Vec<Pubkey>> = tables
        .drain(..)
        .map(|table| (table.key, table.addresses))
        .collect();
    for instruction in transactions.iter().flatten() {
        let table = instruction.accounts[0].pubkey;
        match bincode::deserialize(&instruction.data).unwrap() {
            ProgramInstruction::CreateLookupTable { .. } => {
                assert_eq!(by_key.insert(table, Vec::new()), None);
            }
            ProgramInstruction::ExtendLookupTable { new_addresses } => {
                let addresses = by_key.get_mut(&table).unwrap();
                addresses.extend(new_addresses);
                assert!(addresses.len() <= LOOKUP_TABLE_MAX_ADDRESSES);
            }
            other => panic!("unexpected {other:?}"),
        }
    }
    let of = |(key, addresses)| AddressLookupTableAccount { key, addresses };
    tables.extend(by_key.into_iter().map(of));
    tables.sort_by_key(|table| table.key);
}

fn fill(snapshot: &PoolSnapshot, tables: &mut Vec<AddressLookupTableAccount>) {
    for slot in 1.. {
        let transactions = plan(snapshot, tables, &PAYER, slot).transactions;
        if transactions.is_empty() {
            return;
        }
        for instructions in &transactions {
            let budgeted = with_budget(instructions, &Budget::default());
            let message = compile(&PAYER, &budgeted, &[], Hash::default()).unwrap();
            assert!(1 + 64 + message.serialize().len() <= MAX_BYTES);
        }
        apply(&transactions, tables);
    }
}

#[test]
fn tables_are_created_and_filled_until_they_hold_what_is_wanted_once() {
    let snapshot = Fixture::new(1_000, SOL, 0).snapshot();
    let mut tables = Vec::new();
    fill(&snapshot, &mut tables);
    assert_eq!(tables.len(), 8);
    assert!(missing(&snapshot, &tables).is_empty());
    let held: usize = tables.iter().map(|table| table.addresses.len()).sum();
    assert_eq!(held, wanted(&snapshot).len() + tables.len());
    for table in &tables {
        assert_eq!(table.addresses[0], snapshot.addresses.pool);
    }
}

#[test]
fn what_tables_will_cost_is_what_making_them_takes() {
    let snapshot = Fixture::new(1_000, SOL, 0).snapshot();
    let mut tables = Vec::new();
    let whole = cost(&snapshot, &tables).unwrap();
    assert_eq!(whole.tables, 8);
    assert_eq!(whole.addresses, wanted(&snapshot).len() + whole.tables);
    let mut transactions = 0;
    for slot in 1..=8 {
        let plan = plan(&snapshot, &tables, &PAYER, slot);
        transactions += plan.transactions.len();
        apply(&plan.transactions, &mut tables);
        for changed in plan.changed {
            assert!(tables.contains(&changed), "it is left as was planned");
        }
    }
    assert_eq!(whole.transactions, transactions);
    let held = tables.iter().map(|table| rent(&snapshot, table).get());
    assert_eq!(whole.rent.get(), held.sum::<u64>());
    assert_eq!(cost(&snapshot, &tables).unwrap(), TableCost::default());

    // Of a table that is there already, only what comes on top.
    let few = vec![AddressLookupTableAccount {
        key: PAYER,
        addresses: vec![snapshot.addresses.pool],
    }];
    let rest = cost(&snapshot, &few).unwrap();
    assert_eq!(rest.tables, 7);
    assert_eq!(
        rest.rent,
        whole.rent.saturating_sub(rent(&snapshot, &few[0]))
    );
}

#[test]
fn new_validators_go_into_the_room_that_is_left() {
    let mut tables = Vec::new();
    fill(&Fixture::new(10, SOL, 0).snapshot(), &mut tables);
    assert_eq!(tables.len(), 1);
    let grown = Fixture::new(12, SOL, 0).snapshot();
    let transactions = plan(&grown, &tables, &PAYER, 99).transactions;
    assert_eq!(transactions.len(), 1);
    apply(&transactions, &mut tables);
    assert_eq!(tables.len(), 1);
    assert!(missing(&grown, &tables).is_empty());
}

#[test]
fn no_address_is_wanted_twice() {
    let wanted = wanted(&Fixture::new(70, SOL, 0).snapshot());
    let distinct: HashSet<&Pubkey> = wanted.iter().collect();
    assert_eq!(distinct.len(), wanted.len());
}

#[test]
fn tables_are_unneeded_whose_addresses_others_hold_or_nobody_wants() {
    let snapshot = Fixture::new(10, SOL, 0).snapshot();
    let mut filled = Vec::new();
    fill(&snapshot, &mut filled);
    let own = |byte: u8, addresses: &[Pubkey], deactivated_slot| OwnTable {
        table: AddressLookupTableAccount {
            key: Pubkey::new_from_array([byte; 32]),
            addresses: addresses.to_vec(),
        },
        deactivated_slot,
        rent: Lamports::ZERO,
    };
    let (all, few) = (&filled[0].addresses, &filled[0].addresses[..5]);
    let of_others = [Pubkey::new_unique(), Pubkey::new_unique()];
    let mut tables = vec![
        own(1, all, None),
        own(2, few, None),
        own(3, &of_others, None),
        own(4, all, Some(7)),
    ];
    let keys = |tables: &[OwnTable]| -> Vec<Pubkey> {
        let unneeded = unneeded(&snapshot, tables);
        tables
            .iter()
            .map(|own| own.table.key)
            .filter(|key| unneeded.contains(key))
            .collect()
    };
    let of = |byte: u8| Pubkey::new_from_array([byte; 32]);
    assert_eq!(keys(&tables), [of(2), of(3)]);
    // Of two that hold the same, one stays; what only a deactivated one holds is not held.
    tables.push(own(5, all, None));
    assert_eq!(keys(&tables), [of(1), of(2), of(3)]);
    assert_eq!(keys(&tables[..1]), []);
    assert_eq!(keys(&tables[1..2]), []);
}

#[test]
fn a_table_can_be_closed_once_its_slot_is_forgotten() {
    let recent: Vec<u64> = (1_000..1_512).rev().filter(|slot| *slot != 1_200).collect();
    let blocks = |slot| blocks_until_closable(slot, &recent);
    assert_eq!(blocks(2_000), 513, "its block is not made yet");
    assert_eq!(blocks(1_511), 512);
    assert_eq!(blocks(1_510), 511);
    assert_eq!(blocks(1_000), 512 - 510);
    assert_eq!(blocks(1_200), 0, "its block never was");
    assert_eq!(blocks(999), 0);
}
