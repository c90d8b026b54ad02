use std::collections::BTreeMap;

use anchor_lang_idl_spec::Idl;

use super::*;
use crate::{
    TicketAccounts,
    fixture::{Fixture, SOL, WINDOW_START},
    plan::crank::plan,
    send::lookup_tables as tables,
};

const PAYER: Pubkey = Pubkey::new_from_array([9; 32]);

/// The tables that a pool's keeper would have, filled in the order of what is wanted.
fn tables_of(fixture: &Fixture) -> Vec<AddressLookupTableAccount> {
    let wanted = tables::wanted(&fixture.snapshot());
    let of_part = |(index, part): (usize, &[Pubkey])| AddressLookupTableAccount {
        key: Pubkey::new_from_array([100 + index as u8; 32]),
        addresses: [&[fixture.addresses.pool], part].concat(),
    };
    wanted.chunks(255).enumerate().map(of_part).collect()
}

fn pack(fixture: &Fixture, tables: &[AddressLookupTableAccount]) -> Vec<Batch> {
    let packing = Packing {
        addresses: &fixture.addresses,
        payer: PAYER,
        tables,
    };
    let steps = plan(&fixture.snapshot()).unwrap().steps;
    let batches = packing.pack(&steps).unwrap();
    for batch in &batches {
        let size = packing.size(&batch.instructions).unwrap();
        assert!(size.fits(), "{size:?}");
    }
    batches
}

/// How often each slot is observed, by page and index, checked against the accounts passed.
fn observed(fixture: &Fixture, batches: &[Batch]) -> BTreeMap<(usize, usize), usize> {
    let mut seen = BTreeMap::new();
    for instruction in batches.iter().flat_map(|batch| &batch.instructions) {
        let Some([first, count]) = instruction.data.get(8..10) else {
            continue;
        };
        let page = instruction.accounts[1].pubkey;
        let page = (0..fixture.pages.len())
            .find(|index| fixture.addresses.page(*index as u16) == page)
            .unwrap();
        let mut stakes = instruction.accounts[2..].iter();
        for index in usize::from(*first)..usize::from(*first) + usize::from(*count) {
            let slot = fixture.pages[page].slots[index];
            assert_eq!(stakes.next().unwrap().pubkey, slot.main);
            *seen.entry((page, index)).or_default() += 1;
        }
        assert_eq!(stakes.next(), None);
    }
    seen
}

#[test]
fn a_thousand_validators_are_priced_in_at_most_twenty_transactions() {
    let fixture = Fixture::new(1_000, 10 * SOL, 0).stale();
    let batches = pack(&fixture, &tables_of(&fixture));
    assert!(batches.len() <= 20, "{} transactions", batches.len());
    let seen = observed(&fixture, &batches);
    assert_eq!(seen.len(), 1_000);
    assert!(seen.values().all(|times| *times == 1));
    let last = batches.last().unwrap().instructions.last().unwrap();
    assert_eq!(*last, fixture.addresses.finalize_epoch(18));
}

#[test]
fn one_transaction_observes_fifty_eight_validators_of_two_pages() {
    let fixture = Fixture::new(1_000, 10 * SOL, 0).stale();
    let batches = pack(&fixture, &tables_of(&fixture));
    let stakes = |batch: &Batch| -> usize {
        let instructions = batch.instructions.iter();
        instructions.map(|one| one.accounts.len() - 2).sum()
    };
    for batch in &batches[..2] {
        assert_eq!(batch.instructions.len(), 2);
        assert_eq!(stakes(batch), 58);
    }
}

#[test]
fn without_tables_the_same_is_priced_in_more_transactions() {
    let fixture = Fixture::new(100, 10 * SOL, 0).stale();
    let batches = pack(&fixture, &[]);
    assert_eq!(observed(&fixture, &batches).len(), 100);
    assert!(batches.len() > pack(&fixture, &tables_of(&fixture)).len());
}

#[test]
fn an_instruction_that_fits_no_transaction_is_an_error() {
    let fixture = Fixture::new(1, SOL, 0);
    let step = Step {
        kind: StepKind::Finalize,
        validator: None,
        lamports: None,
        what: String::new(),
        because: String::new(),
        work: Work::Instruction(fixture.addresses.finalize_epoch(32)),
    };
    let packing = Packing {
        addresses: &fixture.addresses,
        payer: PAYER,
        tables: &[],
    };
    let error = packing.pack(&[step]).unwrap_err();
    assert!(matches!(error, ClientError::TooLarge { bytes, .. } if bytes > MAX_BYTES));
}

#[test]
fn the_steps_of_a_failed_transaction_can_be_sent_one_by_one() {
    let mut fixture = Fixture::new(1, 10 * SOL, 5 * SOL);
    fixture.lock_batch(2 * SOL);
    fixture.lock_batch(3 * SOL);
    let batches = pack(&fixture, &[]);
    assert_eq!(batches.len(), 1);
    assert_eq!(batches[0].steps, [0, 1]);
    let alone = batches[0].separate();
    assert_eq!(alone.len(), 2);
    assert_eq!(alone[1].steps, [1]);
    assert_eq!(alone[1].instructions, [fixture.addresses.settle_batch(1)]);
}

#[test]
fn the_logs_of_every_instruction_of_the_interface_are_counted() {
    let idl: Idl = serde_json::from_str(include_str!("../../../../../idl/sluice.json")).unwrap();
    for instruction in idl.instructions {
        assert!(
            logs::is_known(&instruction.discriminator),
            "{}",
            instruction.name
        );
    }
}

#[test]
fn what_is_packed_together_leaves_no_logs_that_are_cut() {
    let mut fixture = Fixture::new(60, 10 * SOL, 0);
    fixture.lock_batch(480 * SOL);
    let fixture = fixture.at(WINDOW_START);
    let batches = pack(&fixture, &tables_of(&fixture));
    let steps: usize = batches.iter().map(|batch| batch.steps.len()).sum();
    assert!(steps >= 48, "{steps} steps");
    for batch in &batches {
        let bytes = log_bytes(&batch.instructions);
        assert!(bytes <= MAX_LOG_BYTES, "{bytes} bytes");
    }
}

/// Claims of one batch, each for another owner who paid for the ticket.
fn claims(fixture: &Fixture, count: u64) -> Vec<Vec<Instruction>> {
    let [batch, opener] = [fixture.addresses.batch(7), Pubkey::new_unique()];
    let claim = |_| {
        let [ticket, owner] = [Pubkey::new_unique(), Pubkey::new_unique()];
        let accounts = TicketAccounts {
            ticket,
            batch,
            owner,
            payer: owner,
        };
        vec![fixture.addresses.claim(&accounts, opener)]
    };
    (0..count).map(claim).collect()
}

/// The book says from these figures why a keeper makes no tables.
#[test]
fn tables_spare_a_keeper_of_a_hundred_validators_few_transactions() {
    let both = |fixture: &Fixture| {
        let tables = tables_of(fixture);
        [&[][..], &tables].map(|tables| pack(fixture, tables).len())
    };
    let pricing = both(&Fixture::new(100, 10 * SOL, 0).stale());
    let mut leaving = Fixture::new(100, 10 * SOL, 0);
    leaving.lock_batch(800 * SOL);
    let moving = both(&leaving.at(WINDOW_START));
    let fixture = Fixture::new(100, 10 * SOL, 0);
    let tables = tables_of(&fixture);
    let claiming = [&[][..], &tables].map(|tables| {
        let packing = Packing {
            addresses: &fixture.addresses,
            payer: PAYER,
            tables,
        };
        packing.join(&[], &claims(&fixture, 80)).unwrap().len()
    });
    let rent = tables::cost(&fixture.snapshot(), &[]).unwrap();
    assert_eq!(pricing, [4, 2], "without tables and with them");
    assert_eq!(moving, [17, 17]);
    assert_eq!(claiming, [10, 10]);
    assert_eq!((rent.transactions, rent.rent.get()), (10, 49_165_440));
}
