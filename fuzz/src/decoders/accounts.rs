//! Accounts as a node shows them, with anything in them, and all that the client makes of them.

use arbitrary::{Arbitrary, Unstructured};
use sluice_client::{
    Deployed, Evidence, Expected, Multisig, PoolAddresses, PoolSnapshot, SplPool, TokenMetadata,
    Yield,
    plan::{crank, program::Elf},
    pool::loader::LoaderAccount,
    quote::verify,
    send::lookup_tables,
    tickets_of, tickets_of_pool,
    words::{amounts, describe},
};
use sluice_math::{Lamports, Lst};
use solana_account::Account;
use solana_pubkey::Pubkey;

use super::{shown::Shown, tried};

/// The longest account that is shown.
const MOST_DATA: usize = 20_000;

/// Some lies about accounts.
#[derive(Arbitrary, Debug)]
pub struct Lies(Vec<Lie>);

#[derive(Arbitrary, Debug)]
enum Lie {
    Bytes {
        account: u16,
        offset: u16,
        bytes: [u8; 8],
    },
    Highest {
        account: u16,
        offset: u16,
    },
    Zero {
        account: u16,
        offset: u16,
    },
    Length {
        account: u16,
        length: u16,
    },
    Owner {
        account: u16,
        owner: u8,
    },
    Lamports {
        account: u16,
        lamports: u64,
    },
    Gone {
        account: u16,
    },
    Instead {
        account: u16,
        other: u16,
    },
}

impl Lies {
    /// What bytes say of accounts.
    pub fn of(bytes: &[u8]) -> Self {
        let mut bytes = Unstructured::new(bytes);
        Self::arbitrary(&mut bytes).unwrap_or(Self(Vec::new()))
    }

    /// Has everything read from a node that tells them.
    pub fn tell(&self, honest: &Shown, addresses: &PoolAddresses) {
        let mut node = honest.clone();
        for lie in &self.0 {
            lie.tell(&mut node);
        }
        for (address, account) in &node.accounts {
            let before = honest.accounts.get(address);
            if before != Some(account) {
                tried(describe::changes(before, Some(account)));
            }
        }
        read_pool(&node, addresses);
    }
}

impl Lie {
    fn tell(&self, node: &mut Shown) {
        let addresses: Vec<Pubkey> = node.accounts.keys().copied().collect();
        let at = |number: &u16| addresses[usize::from(*number) % addresses.len()];
        let mut put = |account: &u16, offset: &u16, bytes: [u8; 8]| {
            let account = node.accounts.entry(at(account)).or_default();
            let place = account.data.iter_mut().skip(usize::from(*offset));
            place.zip(bytes).for_each(|(place, byte)| *place = byte);
        };
        match self {
            Self::Bytes {
                account,
                offset,
                bytes,
            } => put(account, offset, *bytes),
            Self::Highest { account, offset } => put(account, offset, [0xff; 8]),
            Self::Zero { account, offset } => put(account, offset, [0; 8]),
            Self::Length { account, length } => {
                let account = node.accounts.entry(at(account)).or_default();
                account.data.resize(usize::from(*length).min(MOST_DATA), 0);
            }
            Self::Owner { account, owner } => {
                let owner = node.owner(*owner);
                node.accounts.entry(at(account)).or_default().owner = owner;
            }
            Self::Lamports { account, lamports } => {
                node.accounts.entry(at(account)).or_default().lamports = *lamports;
            }
            Self::Gone { account } => tried(node.accounts.remove(&at(account))),
            Self::Instead { account, other } => {
                let other = node.accounts.get(&at(other)).cloned().unwrap_or_default();
                node.accounts.insert(at(account), other);
            }
        }
    }
}

/// All that is made of a pool. What is refused is refused in words.
fn read_pool(node: &Shown, addresses: &PoolAddresses) {
    match PoolSnapshot::with_stakes(node, addresses) {
        Ok(snapshot) => make_of(&snapshot),
        Err(error) => tried(error.to_string()),
    }
    if let Ok(evidence) = Evidence::gather(node, addresses) {
        let report = verify::verify(&evidence, &Expected::default());
        tried(report.map_err(|error| error.to_string()));
    }
    if let Ok(tickets) = tickets_of_pool(node, &addresses.pool) {
        let owners = tickets.iter().map(|ticket| ticket.ticket.owner);
        owners
            .take(2)
            .for_each(|owner| tried(tickets_of(node, &owner, Some(&addresses.pool))));
    }
    tried(sluice_client::pools(node));
    tried(sluice_client::resolve_pool(node, &addresses.mint));
}

/// Prices, plans and dates of a pool.
fn make_of(snapshot: &PoolSnapshot) {
    tried((
        crank::plan(snapshot),
        crank::plan_window(snapshot),
        crank::plan_pricing(snapshot),
    ));
    tried((
        snapshot.rate(),
        snapshot.flows(),
        snapshot.beyond_share_cap(),
        snapshot.coming(),
    ));
    for amount in [1, 1_000_000_000, u64::MAX] {
        tried(snapshot.quote_deposit(Lamports::new(amount)));
        tried(snapshot.quote_instant_exit(Lst::new(amount)));
        tried(snapshot.quote_queue(Lst::new(amount)));
        tried(snapshot.value_of_stake(Lamports::new(amount)));
    }
    for placed in snapshot.slots() {
        tried(snapshot.target_of(&placed));
        tried(snapshot.quote_stake_exit(&placed, Lst::new(1_000_000_000)));
        tried(snapshot.room_for_stake(placed.slot));
    }
    for batch in &snapshot.batches {
        tried(snapshot.batch_schedule(batch));
    }
    tried(
        snapshot
            .exit_schedule()
            .and_then(|dates| snapshot.payable_dates(&dates)),
    );
    for one in snapshot
        .yields()
        .iter()
        .chain(&Yield::over(&snapshot.history, 10))
    {
        tried((
            one.apy_parts_e9(),
            one.epoch_parts_e9().map(amounts::signed_percent_e9),
        ));
    }
    tried((
        snapshot.migration(addresses_payer()),
        lookup_tables::wanted(snapshot),
    ));
}

fn addresses_payer() -> Pubkey {
    Pubkey::new_from_array([7; 32])
}

/// One account, of the owner that the first byte names, read as everything that is read alone.
pub fn read_alone(honest: &Shown, addresses: &PoolAddresses, bytes: &[u8]) {
    let (owner, data) = bytes.split_first().unwrap_or((&0, &[]));
    let at = Pubkey::new_from_array([9; 32]);
    let account = Account {
        lamports: 1_000_000_000,
        data: data.to_vec(),
        owner: honest.owner(*owner),
        ..Account::default()
    };
    tried(describe::changes(None, Some(&account)));
    tried(sluice_client::HeldStake::read(at, &account));
    tried(sluice_client::Buffer::read(&at, &account));
    tried(Elf::new(data.to_vec()));
    let others = [
        sluice_client::pool::squads::SQUADS_PROGRAM,
        sluice_client::pool::token_metadata::TOKEN_METADATA_PROGRAM,
        solana_sdk_ids::bpf_loader_upgradeable::ID,
        solana_sdk_ids::address_lookup_table::ID,
        spl_stake_pool::ID,
        account.owner,
    ];
    for owner in others {
        let account = Account {
            owner,
            ..account.clone()
        };
        let mut node = Shown::of(&Default::default());
        node.accounts.insert(at, account.clone());
        node.accounts.insert(addresses.metadata(), account);
        read_foreign(&node, addresses, at);
    }
}

fn read_foreign(node: &Shown, addresses: &PoolAddresses, at: Pubkey) {
    if let Ok(Some(token)) = TokenMetadata::load(node, addresses) {
        tried((
            token.name(),
            token.symbol(),
            token.uri(),
            token.not_shown().count(),
        ));
    }
    if let Ok(multisig) = Multisig::load(node, at) {
        tried((multisig.may_propose(&at), multisig.voters().count()));
    }
    tried((Deployed::load(node, &at), LoaderAccount::load(node, &at)));
    tried(lookup_tables::tables_at(
        node,
        &[at],
        &at,
        &addresses.pool,
        None,
    ));
    tried(SplPool::load(node, &at, Some(&at)));
    tried(sluice_client::resolve_pool(node, &at));
}
