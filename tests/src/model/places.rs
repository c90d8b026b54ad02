//! Where the accounts of a world are.

use sluice_client::PoolAddresses;
use sluice_model::Addresses;
use solana_pubkey::Pubkey;

/// A pool's addresses, and those of its users and validators.
pub struct Places {
    pub pool: PoolAddresses,
    pub users: Vec<Pubkey>,
    pub votes: Vec<Pubkey>,
}

impl Addresses for Places {
    fn batch(&self, id: u64) -> Pubkey {
        self.pool.batch(id)
    }

    fn ticket(&self, user: usize, number: u64) -> Pubkey {
        self.pool.ticket(&self.users[user], number)
    }

    fn stakes(&self, serial: u64) -> [Pubkey; 2] {
        [self.pool.main(serial), self.pool.transient(serial)]
    }

    fn vote(&self, validator: usize) -> Pubkey {
        self.votes[validator]
    }

    fn purses(&self) -> [Pubkey; 2] {
        [self.pool.reserve, self.pool.claims_vault]
    }

    fn others(&self) -> [Pubkey; 5] {
        let it = &self.pool;
        [it.pool, it.mint, it.escrow, it.fees, it.history]
    }
}
