//! What changes take out of the wallets of those who make them, besides the fees of transactions.

use std::collections::BTreeSet;

use sluice::state::{Marker, ValidatorPage};
use sluice_math::{Lamports, MathError};

use super::{Change, Kind, RoleKey, SetView};

impl SetView {
    /// Rent that these changes take at most: of the accounts of validators that come, and of the token
    /// account of a treasury. Lamports that are at these addresses already make it less.
    ///
    /// Fails where it is more than an amount can be.
    pub fn most_rent(&self, changes: &[&Change]) -> Result<Lamports, MathError> {
        let cluster = &self.snapshot.cluster;
        let rent_of = |bytes| Lamports::new(cluster.rent.minimum_balance(bytes));
        let mut parts = Vec::new();
        let mut new_pages = BTreeSet::new();
        for change in changes {
            match &change.kind {
                Kind::Add { vote, page, .. } => {
                    parts.extend([cluster.stake_rent(); 2]);
                    if !self.markers.contains_key(vote) {
                        parts.push(rent_of(Marker::SPACE));
                    }
                    if *page >= self.snapshot.pool.page_count && new_pages.insert(*page) {
                        parts.push(rent_of(ValidatorPage::SPACE));
                    }
                }
                Kind::Give {
                    role: RoleKey::Treasury,
                    ..
                } => parts.push(cluster.token_account_rent()),
                _ => {}
            }
        }
        parts.into_iter().try_fold(Lamports::ZERO, Lamports::add)
    }
}
