//! Metrics of the store.

use super::{Page, labels};
use crate::known::Known;

impl Page {
    /// Whether history is stored, and how far.
    pub(super) fn of_store(&mut self, known: &Known) {
        let store = &known.store;
        let state = store.state();
        let up = state.map(|state| (Vec::new(), u64::from(state.is_ok())));
        let help = "Whether the store took what was last written";
        self.whole("store_up", None, help, up);
        let stored = known.pools.iter().filter_map(|pool| {
            let epoch = store.epochs.get(&pool.address())?;
            Some((labels(pool, &[]), *epoch))
        });
        let help = "The last epoch that is stored";
        self.whole("stored_epoch", None, help, stored);
        let contradictions = [(Vec::new(), store.contradictions)];
        let help = "Rows that are stored otherwise than nodes tell now";
        self.counter(
            "store_contradictions",
            None,
            help,
            contradictions.into_iter(),
        );
    }
}
