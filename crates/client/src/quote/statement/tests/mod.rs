use anchor_lang::Event as _;
use base64::{Engine, prelude::BASE64_STANDARD};
use proptest::prelude::*;
use sluice::{events, state::RateHistory};

use super::*;
use crate::fixture::{Fixture, SLOTS_PER_EPOCH, SOL};

mod unpriced;

const OWNER: Pubkey = Pubkey::new_from_array([1; 32]);
const OTHER: Pubkey = Pubkey::new_from_array([2; 32]);
const ACCOUNT: &str = "wallet";

/// Something that a holder does, with an amount.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Deposit(u64),
    Instant(u64),
    Receive(u64),
    Send(u64),
    Request(u64),
    Cancel,
    Give,
    Get(u64),
    Claim,
    /// The next epoch comes, and the price grows by so many millionths.
    Epoch(u64),
}

fn deed() -> impl Strategy<Value = Deed> {
    let amount = || 1..=50 * SOL;
    prop_oneof![
        amount().prop_map(Deed::Deposit),
        amount().prop_map(Deed::Instant),
        amount().prop_map(Deed::Receive),
        amount().prop_map(Deed::Send),
        amount().prop_map(Deed::Request),
        Just(Deed::Cancel),
        Just(Deed::Give),
        amount().prop_map(Deed::Get),
        Just(Deed::Claim),
        (0..2_000u64).prop_map(Deed::Epoch),
    ]
}

/// A life that is carried out, with what it must come to.
struct Life {
    pool: Pubkey,
    rates: Vec<EpochRate>,
    records: Records,
    tickets: Vec<(Pubkey, u64, u64)>,
    wallet: u64,
    epoch: u64,
    slot: u64,
    paid_in: u64,
    paid_out: u64,
    /// The first block that the node tells of.
    first_slot: Option<u64>,
}

impl Life {
    fn new(pool: Pubkey) -> Self {
        Self {
            pool,
            rates: Vec::new(),
            records: Records::new(),
            tickets: Vec::new(),
            wallet: 0,
            epoch: 1,
            slot: SLOTS_PER_EPOCH,
            paid_in: 0,
            paid_out: 0,
            first_slot: Some(0),
        }
    }

    fn worth(&self, lst: u64) -> u64 {
        let (full, supply) = self
            .rates
            .last()
            .map_or((1, 1), |rate| (rate.full_lamports, rate.lst_supply));
        let worth = u128::from(lst) * u128::from(full) / u128::from(supply);
        worth.try_into().unwrap()
    }

    fn record(&mut self, after: u64, events: Vec<Vec<u8>>) {
        self.slot += 1;
        let signature = format!("{}", self.slot);
        let record = Record {
            signature: signature.clone(),
            slot: self.slot,
            index: 0,
            timestamp: Some(0),
            balances: vec![Balance {
                account: ACCOUNT.to_owned(),
                before_lst: self.wallet,
                after_lst: after,
            }],
            events: events
                .iter()
                .map(|event| BASE64_STANDARD.encode(event))
                .collect(),
            network_fee_lamports: 5_000,
            is_cut: false,
        };
        self.records.insert(signature, record);
        self.wallet = after;
    }

    fn act(&mut self, deed: Deed) {
        match deed {
            Deed::Deposit(lst) => {
                let lamports = self.worth(lst) + 7;
                self.paid_in += lamports;
                let event = self.deposited(lst, lamports);
                self.record(self.wallet + lst, vec![event]);
            }
            Deed::Instant(lst) => {
                let lst = lst.min(self.wallet);
                let lamports = self.worth(lst).saturating_sub(9);
                self.paid_out += lamports;
                let event = events::SolWithdrawn {
                    pool: self.pool,
                    owner: OWNER,
                    lst,
                    lamports,
                    fee_lamports: 5,
                    slot: 0,
                    books: events::Books::default(),
                };
                self.record(self.wallet - lst, vec![event.data()]);
            }
            Deed::Receive(lst) => self.record(self.wallet + lst, vec![]),
            Deed::Send(lst) => self.record(self.wallet - lst.min(self.wallet), vec![]),
            Deed::Epoch(millionths) => {
                self.epoch += 1;
                self.slot = self.epoch * SLOTS_PER_EPOCH;
                let before = self
                    .rates
                    .last()
                    .map_or(1_000 * SOL, |rate| rate.full_lamports);
                self.rates.push(EpochRate {
                    epoch: self.epoch,
                    full_lamports: before + before / 1_000_000 * millionths,
                    lst_supply: 1_000 * SOL,
                    epoch_start_timestamp: 1,
                    ..EpochRate::default()
                });
            }
            other => self.act_on_tickets(other),
        }
    }

    fn deposited(&self, lst: u64, lamports: u64) -> Vec<u8> {
        let event = events::SolDeposited {
            pool: self.pool,
            depositor: OWNER,
            lamports,
            fee_lamports: 3,
            charge_lamports: 2,
            lst,
            slot: 0,
            books: events::Books::default(),
        };
        event.data()
    }

    fn act_on_tickets(&mut self, deed: Deed) {
        let mut address = [3; 32];
        address[..8].copy_from_slice(&self.slot.to_le_bytes());
        let new = Pubkey::new_from_array(address);
        match deed {
            Deed::Request(lst) => {
                let lst = lst.min(self.wallet);
                if lst > 0 {
                    self.tickets.push((new, lst, self.epoch));
                    let event = self.requested(new, lst);
                    self.record(self.wallet - lst, vec![event]);
                }
            }
            Deed::Get(lst) => {
                self.tickets.push((new, lst, self.epoch));
                let event = self.transferred(new, lst, OTHER, OWNER);
                self.record(self.wallet, vec![event]);
            }
            left => {
                if let Some((ticket, lst, _)) = self.tickets.pop() {
                    self.leave(left, ticket, lst);
                }
            }
        }
    }

    /// A ticket goes in one of three ways.
    fn leave(&mut self, deed: Deed, ticket: Pubkey, lst: u64) {
        match deed {
            Deed::Give => {
                let event = self.transferred(ticket, lst, OWNER, OTHER);
                self.record(self.wallet, vec![event]);
            }
            Deed::Cancel => {
                let event = events::TicketCancelled {
                    pool: self.pool,
                    batch: 0,
                    ticket,
                    owner: OWNER,
                    recipient: OWNER,
                    lst,
                };
                self.record(self.wallet + lst, vec![event.data()]);
            }
            _ => {
                let lamports = self.worth(lst);
                self.paid_out += lamports;
                let event = self.claimed(ticket, lamports);
                self.record(self.wallet, vec![event]);
            }
        }
    }

    fn requested(&self, ticket: Pubkey, lst: u64) -> Vec<u8> {
        let event = events::UnstakeRequested {
            pool: self.pool,
            batch: 0,
            ticket,
            number: 0,
            requester: OWNER,
            owner: OWNER,
            payer: OWNER,
            lst,
            lock_slot: self.slot,
        };
        event.data()
    }

    fn claimed(&self, ticket: Pubkey, lamports: u64) -> Vec<u8> {
        let event = events::TicketClaimed {
            pool: self.pool,
            batch: 0,
            ticket,
            owner: OWNER,
            payer: OWNER,
            lamports,
            closed: true,
            dust_lamports: 0,
            books: events::Books::default(),
        };
        event.data()
    }

    fn transferred(&self, ticket: Pubkey, lst: u64, from: Pubkey, to: Pubkey) -> Vec<u8> {
        let event = events::TicketTransferred {
            pool: self.pool,
            batch: 0,
            ticket,
            lst,
            from,
            to,
        };
        event.data()
    }

    /// The statement of these epochs.
    fn statement(&self, epochs: RangeInclusive<u64>) -> Statement {
        self.statement_of(epochs, self.rates.len())
    }

    /// The same, where the pool's history says that it has so many prices.
    fn statement_of(&self, epochs: RangeInclusive<u64>, count: usize) -> Statement {
        let mut snapshot = Fixture::new(1, SOL, SOL).snapshot();
        let mut history: RateHistory = bytemuck::Zeroable::zeroed();
        history.refill(&self.rates);
        history.count = count.try_into().unwrap();
        snapshot.history = history.into();
        let live = self.tickets.iter().map(|(address, lst, epoch)| {
            let ticket = LiveTicket {
                lst: *lst,
                lock_epoch: Some(*epoch),
                settled_lst: 0,
                settled_lamports: 0,
            };
            (*address, ticket)
        });
        let sources = Sources {
            owner: OWNER,
            snapshot: &snapshot,
            rates: &self.rates,
            records: &self.records,
            balances: &BTreeMap::from([(ACCOUNT.to_owned(), self.wallet)]),
            slot: self.slot,
            tickets: &live.collect(),
            extent: &Extent {
                first_slot: self.first_slot,
                ..Extent::default()
            },
            epochs,
        };
        Statement::of(&sources).unwrap()
    }
}

fn assert_adds_up(statement: &Statement) {
    let totals = &statement.totals.unwrap();
    let unsigned = i128::from;
    let end = unsigned(totals.start_worth_lamports) + unsigned(totals.paid_in_lamports)
        - unsigned(totals.paid_out_lamports)
        + i128::from(totals.received_lamports)
        - i128::from(totals.sent_lamports)
        + i128::from(totals.unexplained_lamports)
        + i128::from(totals.gain_lamports)
        - i128::from(totals.left_lamports);
    assert_eq!(end, unsigned(totals.end_worth_lamports), "{statement:?}");
}

proptest! {
    #[test]
    fn every_life_adds_up_and_comes_to_what_is_held(
        deeds in prop::collection::vec(deed(), 1..60), cut in 1..20u64,
    ) {
        let mut life = Life::new(Fixture::new(1, SOL, SOL).addresses.pool);
        deeds.into_iter().for_each(|deed| life.act(deed));
        let whole = life.statement(0..=u64::MAX);
        assert_adds_up(&whole);
        prop_assert!(whole.is_whole);
        let waiting: u64 = life.tickets.iter().map(|ticket| ticket.1).sum();
        let totals = whole.totals.unwrap();
        prop_assert_eq!(totals.end_worth_lamports, life.worth(life.wallet + waiting));
        prop_assert_eq!(totals.start_worth_lamports, 0);
        prop_assert_eq!(totals.paid_in_lamports, life.paid_in);
        prop_assert_eq!(totals.paid_out_lamports, life.paid_out);
        prop_assert_eq!(totals.unexplained_lamports, 0);
        let changes: i64 = whole.movements.iter().map(|one| one.change_lst).sum();
        prop_assert_eq!(changes.unsigned_abs(), life.wallet + waiting);
        // Two statements are one.
        let (first, second) = (life.statement(0..=cut), life.statement(cut + 1..=u64::MAX));
        assert_adds_up(&first);
        assert_adds_up(&second);
        let (first, second) = (first.totals.unwrap(), second.totals.unwrap());
        prop_assert_eq!(first.end_worth_lamports, second.start_worth_lamports);
        let both = first.gain_lamports + second.gain_lamports;
        prop_assert_eq!(both, totals.gain_lamports);
    }

    #[test]
    fn a_record_that_is_missing_is_noticed(
        amounts in prop::collection::vec(1..50 * SOL, 3..20), at in 0..20usize,
    ) {
        let mut life = Life::new(Fixture::new(1, SOL, SOL).addresses.pool);
        life.act(Deed::Epoch(1));
        amounts.into_iter().for_each(|amount| life.act(Deed::Deposit(amount)));
        let missing = at % life.records.len();
        let signature = life.records.keys().nth(missing).cloned().unwrap();
        life.records.remove(&signature);
        let statement = life.statement(0..=u64::MAX);
        assert_adds_up(&statement);
        // Without the first one, the history begins with the second.
        prop_assert_eq!(statement.is_whole, missing == 0);
        prop_assert_eq!(statement.known_from_epoch.is_some(), missing == 0);
    }
}

#[test]
fn a_ticket_gains_until_it_is_settled_and_not_until_it_is_claimed() {
    let mut life = Life::new(Fixture::new(1, SOL, SOL).addresses.pool);
    for deed in [
        Deed::Epoch(0),
        Deed::Deposit(10 * SOL),
        Deed::Request(10 * SOL),
        Deed::Epoch(1_000),
    ] {
        life.act(deed);
    }
    let settled = life.worth(10 * SOL);
    life.act(Deed::Epoch(1_000));
    life.act(Deed::Epoch(1_000));
    let (ticket, ..) = life.tickets.pop().unwrap();
    let claimed = life.claimed(ticket, settled);
    life.record(0, vec![claimed]);
    let statement = life.statement(0..=u64::MAX);
    assert_adds_up(&statement);
    let gains: Vec<i64> = statement
        .epochs
        .iter()
        .map(|line| line.gain_lamports)
        .collect();
    let gain = i64::try_from(settled - 10 * SOL).unwrap();
    assert_eq!(gains, [0, gain, 0, 0]);
    assert_eq!(
        statement.epochs[3].worth_lamports, settled,
        "it waits for the claim"
    );
    assert_eq!(statement.totals.unwrap().end_worth_lamports, 0);
}
