//! Cranks as the client plans and packs them.

use sluice_client::{
    Event, StepKind,
    plan::crank,
    send::{
        lookup_tables::wanted,
        packing::{Batch, MAX_LOG_BYTES, Packing},
    },
    sluice_events,
};
use solana_message::AddressLookupTableAccount;
use solana_signer::Signer;

use super::Pool;
use crate::cluster::{Sending, Sent};

/// Addresses that fit a lookup table.
const ADDRESSES_PER_TABLE: usize = 256;
/// Plans until nothing is due, at most.
const PLANS: usize = 10;

/// What came of turning the cranks until nothing was due.
#[derive(Debug, Default)]
pub struct Turned {
    /// What the steps of all plans did, in order.
    pub steps: Vec<StepKind>,
    /// Transactions that carried them.
    pub transactions: usize,
    /// Bytes of the longest logs of a transaction.
    pub most_log_bytes: usize,
    /// The program's events that its logs tell.
    pub events: Vec<Event>,
}

impl Pool {
    /// Lookup tables as the client wants them for this pool.
    pub async fn wanted_tables(&mut self) -> Vec<AddressLookupTableAccount> {
        let wanted = wanted(&self.view().await);
        let mut tables = Vec::new();
        for (number, some) in wanted.chunks(ADDRESSES_PER_TABLE).enumerate() {
            let name = format!("table {number} at {}", self.cluster.slot().await);
            tables.push(self.cluster.lookup_table(&name, some).await);
        }
        tables
    }

    /// Does what the client plans, in the transactions that it packs, until it plans nothing.
    /// Panics where logs are longer than the runtime keeps.
    pub async fn turn_as_planned(&mut self, tables: &[AddressLookupTableAccount]) -> Turned {
        let sending = Sending::with_tables(tables);
        let mut turned = Turned::default();
        for _ in 0..PLANS {
            let steps = crank::plan(&self.view().await).expect("a plan").steps;
            if steps.is_empty() {
                return turned;
            }
            turned.steps.extend(steps.iter().map(|step| step.kind));
            let packing = Packing {
                addresses: &self.addresses,
                payer: self.cluster.payer().pubkey(),
                tables,
            };
            for Batch { instructions, .. } in packing.pack(&steps).expect("every step fits") {
                let sent = self.send_as(&instructions, &[], &sending).await;
                turned.add(&sent.unwrap_or_else(|failure| panic!("{failure}")));
            }
        }
        panic!("the plans of one moment never end");
    }
}

impl Turned {
    fn add(&mut self, sent: &Sent) {
        let log_bytes = sent.logs.iter().map(String::len).sum();
        assert!(log_bytes <= MAX_LOG_BYTES, "{log_bytes} bytes of logs");
        self.most_log_bytes = self.most_log_bytes.max(log_bytes);
        self.transactions += 1;
        let events = sluice_events(&sent.logs);
        assert_eq!(
            events.len(),
            sent.program_data().len(),
            "an unreadable event"
        );
        self.events.extend(events);
    }

    /// How many of the steps were of this kind.
    pub fn count(&self, kind: StepKind) -> usize {
        self.steps.iter().filter(|step| **step == kind).count()
    }
}
