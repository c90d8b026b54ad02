//! History that outlives what the chain keeps: a thread of the keeper writes it to the store. Cranks never wait
//! for it.

mod known;
mod unstored;
mod validators;

use std::{collections::HashSet, time::Duration};

pub use known::KnownStore;
use sluice_client::{PoolAddresses, PoolSnapshot};
use sluice_store::{
    Contradiction, KeeperAction, Kept, Place, PoolEpoch, PoolValidator, Store, StoreError, Writer,
};
use solana_hash::Hash;
use solana_rpc_client::rpc_client::RpcClient;
use tracing::{info, warn};
pub use unstored::Unstored;
use validators::Validators;

use crate::{known::Shared, stop::Stop, trouble::Trouble};

/// The time between two looks at what there is to store.
const EVERY: Duration = Duration::from_secs(2);

/// What history is stored with.
pub struct Historian<'a> {
    /// Where the store is.
    pub place: Place,
    /// The nodes: what they tell is finalized.
    pub rpc: RpcClient,
    /// What is known.
    pub shared: &'a Shared,
    /// Whether to end.
    pub stop: &'a Stop,
}

/// A pool as the keeper last saw it.
struct Seen {
    index: usize,
    addresses: PoolAddresses,
    /// The epoch of the cluster.
    epoch: u64,
    /// The epoch that it is priced for.
    priced_epoch: u64,
}

/// How far it is.
#[derive(Default)]
struct Course {
    store: Option<Store>,
    validators: Validators,
    /// Rows of which a contradiction was told.
    told: HashSet<String>,
}

impl Historian<'_> {
    /// Stores what there is to store until the end is asked for, and then what was done last.
    pub fn watch(&self) {
        let mut course = Course::default();
        while !self.stop.is_requested() {
            let genesis = self.shared.lock().genesis;
            if let Some(genesis) = genesis {
                let turned = self.turn(&mut course, &genesis);
                self.tell(&mut course, turned);
            }
            self.stop.sleep(EVERY);
        }
        let genesis = self.shared.lock().genesis;
        // A store that could not be used just before is not tried again.
        let is_away = matches!(self.shared.lock().store.state(), Some(Err(_)));
        if let Some(genesis) = genesis.filter(|_| !is_away) {
            let kept = self.keep_last_actions(&mut course, &genesis);
            self.tell(&mut course, kept.map(|()| Vec::new()));
        }
    }

    /// Stores what was done last, also by a keeper that ends before its first look.
    fn keep_last_actions(&self, course: &mut Course, genesis: &Hash) -> Result<(), StoreError> {
        let mut store = match course.store.take() {
            Some(store) => store,
            None => Store::open(&self.place)?,
        };
        let mut seen = self.seen().into_iter();
        seen.try_for_each(|seen| self.keep_actions(&mut store, genesis, &seen))
    }

    /// Stores what is not stored: what contradicts the store.
    fn turn(&self, course: &mut Course, genesis: &Hash) -> Result<Vec<Contradiction>, StoreError> {
        let store = match &mut course.store {
            Some(store) => store,
            None => {
                // It may be another one.
                self.shared.lock().store.epochs.clear();
                course.store.insert(Store::open(&self.place)?)
            }
        };
        let mut contradictions = Vec::new();
        for seen in self.seen() {
            self.keep_actions(store, genesis, &seen)?;
            let is_stored = self.is_stored(&seen);
            if is_stored && !course.validators.are_due(seen.epoch) {
                continue;
            }
            // Whether nodes answer is said elsewhere, and they are asked again.
            let Ok(snapshot) = PoolSnapshot::load(&self.rpc, &seen.addresses) else {
                continue;
            };
            let writer = Writer {
                genesis: *genesis,
                source: self.shared.lock().keeper,
                timestamp: snapshot.cluster.clock.unix_timestamp,
            };
            if !is_stored && snapshot.pool.finalized_epoch >= seen.priced_epoch {
                let kept = self.keep_pool(store, &writer, &snapshot)?;
                contradictions.extend(kept.contradictions);
            }
            let kept = course
                .validators
                .turn(&self.rpc, store, &writer, &snapshot)?;
            contradictions.extend(kept.contradictions);
        }
        Ok(contradictions)
    }

    fn seen(&self) -> Vec<Seen> {
        let known = self.shared.lock();
        let pools = known.pools.iter().enumerate();
        let seen = pools.filter_map(|(index, pool)| {
            let (_, snapshot) = pool.seen.as_ref()?;
            Some(Seen {
                index,
                addresses: snapshot.addresses,
                epoch: snapshot.cluster.clock.epoch,
                priced_epoch: snapshot.pool.finalized_epoch,
            })
        });
        seen.collect()
    }

    fn is_stored(&self, seen: &Seen) -> bool {
        let known = self.shared.lock();
        let stored = known.store.epochs.get(&seen.addresses.pool);
        stored.is_some_and(|stored| *stored >= seen.priced_epoch)
    }

    fn keep_actions(
        &self,
        store: &mut Store,
        genesis: &Hash,
        seen: &Seen,
    ) -> Result<(), StoreError> {
        let (keeper, actions) = {
            let known = self.shared.lock();
            let pool = known.pools.get(seen.index);
            let unstored = pool.map(|pool| pool.unstored.actions());
            (known.keeper, unstored.unwrap_or_default())
        };
        let Some(last) = actions.last().map(|action| action.number) else {
            return Ok(());
        };
        let actions = unknown(store, genesis, seen, actions)?;
        let about = |action: unstored::Numbered| KeeperAction {
            keeper,
            number: action.number,
            pool: seen.addresses.pool,
            kind: action.kind,
            outcome: action.outcome,
            signature: action.signature,
            fee_lamports: action.fee_lamports,
            rent_lamports: action.rent_lamports,
        };
        let actions: Vec<_> = actions.into_iter().map(about).collect();
        store.keep_actions(genesis, &actions)?;
        if let Some(pool) = self.shared.lock().pools.get_mut(seen.index) {
            pool.unstored.forget_until(last);
        }
        Ok(())
    }

    /// Stores all epochs that the chain has: those that are missing after a stop too.
    fn keep_pool(
        &self,
        store: &mut Store,
        writer: &Writer,
        snapshot: &PoolSnapshot,
    ) -> Result<Kept, StoreError> {
        let mut kept = store.keep_pool_epochs(writer, &PoolEpoch::of(snapshot))?;
        let paid = store.keep_pool_validators(writer, &PoolValidator::of(snapshot))?;
        kept.contradictions.extend(paid.contradictions);
        let (pool, epoch) = (snapshot.addresses.pool, snapshot.pool.finalized_epoch);
        self.shared.lock().store.epochs.insert(pool, epoch);
        info!(pool = %pool, new = kept.new, "History is stored up to epoch {epoch}.");
        Ok(kept)
    }

    /// Says what contradicts the store, and, each time once, that it cannot be used and that it can again.
    fn tell(&self, course: &mut Course, turned: Result<Vec<Contradiction>, StoreError>) {
        let contradictions = match turned {
            Ok(contradictions) => contradictions,
            Err(error) => {
                course.store = None;
                let what = error.to_string();
                if self.shared.lock().store.fails(what.clone()) {
                    warn!("{what}. What the chain keeps is stored later.");
                }
                return;
            }
        };
        for contradiction in contradictions {
            if course.told.insert(contradiction.row.clone()) {
                warn!("{contradiction}. A node that the keeper has used may have lied.");
            }
        }
        let mut known = self.shared.lock();
        known.store.contradictions = u64::try_from(course.told.len()).unwrap_or(u64::MAX);
        let before = known.store.works();
        drop(known);
        if let Some(Trouble { what, .. }) = before {
            info!(
                before = what,
                "The store at {} can be used again.", self.place
            );
        }
    }
}

/// The actions without what an earlier run has stored before it was ended.
fn unknown(
    store: &mut Store,
    genesis: &Hash,
    seen: &Seen,
    actions: Vec<unstored::Numbered>,
) -> Result<Vec<unstored::Numbered>, StoreError> {
    let mut unknown = Vec::with_capacity(actions.len());
    for action in actions {
        let left = action.signature.as_ref().filter(|_| action.is_leftover);
        let is_stored = match left {
            Some(signature) => {
                let pool = &seen.addresses.pool;
                store.has_action(genesis, pool, signature, &action.outcome)?
            }
            None => false,
        };
        if !is_stored {
            unknown.push(action);
        }
    }
    Ok(unknown)
}

/// What `--check` says of the store.
///
/// Fails where it cannot be used.
pub fn check(place: &Place) -> Result<String, StoreError> {
    Ok(match Store::version_at(place)? {
        Some(version) => format!("History is stored at {place}, in tables of version {version}."),
        None => format!("History would be stored at {place}, where nothing is yet."),
    })
}
