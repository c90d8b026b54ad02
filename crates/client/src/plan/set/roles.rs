//! Roles: who gets which.

use solana_pubkey::Pubkey;

use super::{Authority, Kind, Place, Planning, RoleKey, Wanted};

const NOBODY: Pubkey = Pubkey::new_from_array([0; 32]);

impl Planning<'_> {
    /// Plans the roles. The nomination comes last: until it is accepted the admin does the rest.
    pub(super) fn roles(&mut self, wanted: &Wanted) {
        let (pool, roles) = (&self.view.snapshot.pool, &wanted.roles);
        for (role, before, to) in [
            (RoleKey::Curator, pool.curator, roles.curator),
            (RoleKey::Guardian, pool.guardian, roles.guardian),
            (RoleKey::Treasury, pool.treasury, roles.treasury),
        ] {
            if let Some(to) = to.filter(|to| *to != before)
                && self.is_assignable(role, &to)
            {
                self.give(role, before, to);
            }
        }
        self.admin(wanted);
    }

    fn admin(&mut self, wanted: &Wanted) {
        let pool = &self.view.snapshot.pool;
        let (admin, nominated) = (pool.admin, pool.nominated_admin);
        let to = wanted.roles.admin.unwrap_or(admin);
        if to == admin {
            if let Some(nominee) = wanted.roles.nominated_admin
                && nominee != nominated
                && self.is_assignable(RoleKey::NominatedAdmin, &nominee)
            {
                self.give(RoleKey::NominatedAdmin, nominated, nominee);
            }
            return;
        }
        if let Some(nominee) = wanted.roles.nominated_admin
            && nominee != to
            && nominee != NOBODY
        {
            let why = format!(
                "{to} is to become admin, and only the one who is nominated can: nominate {nominee} \
                 afterwards"
            );
            self.refuse(Place::Role(RoleKey::NominatedAdmin), why);
        }
        if !self.is_assignable(RoleKey::Admin, &to) {
            return;
        }
        if nominated == to {
            self.change(
                Kind::Accept { before: admin },
                Authority::NominatedAdmin(to),
                None,
            );
            return;
        }
        self.give(RoleKey::NominatedAdmin, nominated, to);
        let what = format!("{to} becomes admin by accepting the role, once it is nominated");
        self.later(Place::Role(RoleKey::Admin), what);
    }

    fn give(&mut self, role: RoleKey, before: Pubkey, to: Pubkey) {
        let admin = Authority::Admin(self.view.snapshot.pool.admin);
        self.change(Kind::Give { role, before, to }, admin, None);
    }

    fn is_assignable(&mut self, role: RoleKey, key: &Pubkey) -> bool {
        let snapshot = &self.view.snapshot;
        let why = match role {
            RoleKey::Admin if *key == NOBODY => "a pool without an admin could never be changed",
            RoleKey::Treasury if *key == NOBODY => "fees paid to nobody would be lost",
            _ if snapshot
                .pool
                .require_assignable(&snapshot.addresses.pool, key)
                .is_err() =>
            {
                "it is one of the pool's own addresses, which can sign nothing"
            }
            _ => return true,
        };
        self.refuse(Place::Role(role), why);
        false
    }
}
