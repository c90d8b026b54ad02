//! Accounts as bytes. Offsets are written out, so that nothing here shares code with what it checks.

use solana_pubkey::Pubkey;

use crate::net::CliNet;

/// Balance and data of an account.
pub struct Raw {
    /// The account's balance.
    pub lamports: u64,
    data: Vec<u8>,
}

impl Raw {
    /// Reads an account that must exist.
    pub fn read(net: &CliNet, address: &Pubkey) -> Self {
        let account = net.rpc.get_account(address).unwrap();
        Self {
            lamports: account.lamports,
            data: account.data,
        }
    }

    /// Little-endian integer of 64 bits.
    pub fn u64(&self, offset: usize) -> u64 {
        u64::from_le_bytes(self.bytes(offset))
    }

    /// Little-endian integer of 16 bits.
    pub fn u16(&self, offset: usize) -> u16 {
        u16::from_le_bytes(self.bytes(offset))
    }

    /// A byte.
    pub fn u8(&self, offset: usize) -> u8 {
        self.data[offset]
    }

    /// An address.
    pub fn address(&self, offset: usize) -> Pubkey {
        Pubkey::new_from_array(self.bytes(offset))
    }

    fn bytes<const LENGTH: usize>(&self, offset: usize) -> [u8; LENGTH] {
        *self.data[offset..].first_chunk().unwrap()
    }
}

/// Offsets in a pool's account, behind its discriminator of eight bytes.
pub mod pool {
    pub const PAGE_COUNT: usize = 14;
    pub const MINT: usize = 16;
    pub const RESERVE: usize = 112;
    pub const CLAIMS_VAULT: usize = 144;
    pub const ESCROW: usize = 176;
    pub const STAKED: usize = 432;
    pub const RESERVE_LAMPORTS: usize = 440;
    pub const LOCKED: usize = 448;
    pub const WITHHELD: usize = 456;
    pub const DRIP_START_SLOT: usize = 464;
    pub const DRIP_END_SLOT: usize = 472;
    pub const PENDING: usize = 480;
    pub const CLAIMS: usize = 488;
    pub const SUPPLY: usize = 496;
    pub const DEAD: usize = 504;
    pub const OPEN_LST: usize = 520;
    pub const LOCKED_LST: usize = 544;
    pub const FINALIZED_EPOCH: usize = 568;
    pub const LAST_GAIN: usize = 576;
}

/// Offsets in a page of validators, and in a slot of it.
pub mod page {
    pub const SLOTS: usize = 152;
    pub const SLOT_BYTES: usize = 176;
    pub const SLOT_COUNT: usize = 56;

    pub const VOTE: usize = 0;
    pub const MAIN: usize = 32;
    pub const TRANSIENT: usize = 64;
    pub const MAIN_LAMPORTS: usize = 96;
    pub const TRANSIENT_LAMPORTS: usize = 104;
    pub const REWARDED_LAMPORTS: usize = 128;
    pub const PAID_LAMPORTS: usize = 136;
    pub const WEIGHT: usize = 168;
    pub const STATE: usize = 172;
}

/// Offsets in a ticket, and in its batch.
pub mod ticket {
    pub const PAYER: usize = 48;
    pub const OWNER: usize = 80;
    pub const LST: usize = 120;
    pub const BATCH: usize = 136;
    pub const BATCH_LOCK_SLOT: usize = 88;
    pub const BATCH_LST: usize = 104;
    pub const BATCH_PAID: usize = 120;
}

/// Offsets in accounts of the token program.
pub mod token {
    pub const MINT_SUPPLY: usize = 36;
    pub const AMOUNT: usize = 64;
}

/// Offsets in the history of rates, and in an epoch of it. Before its ring is full, the oldest
/// epoch comes first.
pub mod history {
    pub const COUNT: usize = 12;
    pub const EPOCHS: usize = 48;
    pub const EPOCH_BYTES: usize = 56;
    pub const FULL: usize = 8;
    pub const SUPPLY: usize = 16;
    pub const GAIN: usize = 24;
    pub const FEE: usize = 32;
    pub const FEE_KEPT: usize = 40;
    pub const START: usize = 48;
}
