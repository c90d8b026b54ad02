//! One instruction, with all its accounts before and after.

use std::{collections::BTreeMap, ops::Range};

use anchor_lang::{AnchorDeserialize, Event};
use sluice::state::Pool as PoolAccount;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_program_pack::Pack;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use spl_token_interface::{
    ID as TOKEN_PROGRAM,
    state::{Account as TokenAccount, Mint},
};

use super::{POOLS, Stage, TwoPools};
use crate::{
    cluster::{AccountChange, AccountsSnapshot, Sent, addresses_of},
    pool::Books,
};

/// Where the amount of a token account is.
const AMOUNT: Range<usize> = 64..72;
/// Where the supply of a mint is.
const SUPPLY: Range<usize> = 36..44;

/// What changed in one account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Lamports that came in.
    pub lamports: i128,
    /// Tokens that came in; of a mint, tokens minted.
    pub lst: i128,
    /// Whether anything else changed: content, owner, length.
    pub content: bool,
}

/// Lamports came in.
pub fn lamports(lamports: i128) -> Change {
    Change {
        lamports,
        ..Change::default()
    }
}

/// Tokens came in.
pub fn lst(lst: i128) -> Change {
    Change {
        lst,
        ..Change::default()
    }
}

/// Content changed, and lamports came in.
pub fn content(lamports: i128) -> Change {
    Change {
        lamports,
        lst: 0,
        content: true,
    }
}

/// What an instruction did.
pub struct Acted {
    /// The transaction.
    pub sent: Sent,
    /// The books before it.
    pub before: Books,
    /// The books after it.
    pub after: Books,
    changes: BTreeMap<Pubkey, Change>,
}

impl Acted {
    /// Panics unless these accounts changed like this, and no other.
    #[track_caller]
    pub fn assert_changes(&self, expected: &[(Pubkey, Change)]) {
        let expected: BTreeMap<Pubkey, Change> = expected.iter().copied().collect();
        assert_eq!(self.changes, expected);
    }

    /// Panics unless this is the only event.
    #[track_caller]
    pub fn assert_event(&self, event: &impl Event) {
        assert_eq!(self.sent.program_data(), [event.data()]);
    }

    /// What a view returned that changed nothing; the runtime cuts trailing zeros off.
    pub fn answer<T: AnchorDeserialize>(&self, bytes: usize) -> T {
        self.assert_changes(&[]);
        let (program, mut data) = self.sent.return_data.clone().expect("an answer");
        assert_eq!(program, sluice::ID);
        data.resize(bytes, 0);
        T::try_from_slice(&data).expect("the answer decodes")
    }

    /// Panics unless the pool account is the one before with this change.
    #[track_caller]
    pub fn assert_pool(&self, change: impl FnOnce(&mut PoolAccount)) {
        let mut expected = self.before.pool;
        change(&mut expected);
        assert_eq!(self.after.pool, expected);
    }
}

impl TwoPools {
    /// Does the instruction of this name at a stage, with all accounts before and after.
    pub async fn acted(stage: Stage, name: &'static str) -> (Self, Acted) {
        let mut pools = Self::at(stage).await;
        let case = pools.case(name).await;
        let signers: Vec<&Keypair> = case.signers.iter().collect();
        let acted = pools.act(&case.instruction, &signers).await;
        (pools, acted)
    }

    /// Sends an instruction, with all accounts before and after.
    pub async fn act(&mut self, instruction: &Instruction, signers: &[&Keypair]) -> Acted {
        let mut addresses = self.everything().await;
        addresses.extend(addresses_of(std::slice::from_ref(instruction)));
        let before = self.pool.cluster.snapshot(&addresses).await;
        let books = self.pool.books().await;
        let sent = self
            .pool
            .must_send(std::slice::from_ref(instruction), signers);
        let sent = sent.await;
        let after = self.pool.cluster.snapshot(&addresses).await;
        let differing = before.changes(&after);
        let changes = differing
            .iter()
            .map(|change| (change.address, judge(change, &before, &after)));
        Acted {
            sent,
            before: books,
            after: self.pool.books().await,
            changes: changes.collect(),
        }
    }

    /// All accounts of both pools and of everybody who has to do with them.
    pub async fn everything(&mut self) -> Vec<Pubkey> {
        let turned_to = self.pool.name().to_string();
        let mut all = vec![self.alice.pubkey(), self.bob.pubkey()];
        for name in POOLS {
            self.pool.turn_to(name);
            let of = self.pool.addresses;
            all.extend([of.pool, of.mint, of.reserve, of.claims_vault, of.escrow]);
            all.extend([of.fees, of.history, of.stake_authority, of.mint_authority]);
            let staff = [
                self.pool.creator(),
                self.pool.curator(),
                self.pool.treasury(),
            ];
            let people = staff.iter().chain([&self.alice, &self.bob]);
            let people: Vec<Pubkey> = people.map(Keypair::pubkey).collect();
            all.extend(people.iter().map(|owner| self.pool.lst_account(owner)));
            all.extend(people);
            all.extend((0..2).map(|index| of.page(index)));
            all.extend((0..6).map(|id| of.batch(id)));
            for serial in 0..4 {
                let vote = self.pool.vote(serial);
                all.extend([
                    vote,
                    of.marker(&vote),
                    of.main(serial),
                    of.transient(serial),
                ]);
            }
            all.extend(self.pool.tickets().await.keys());
        }
        self.pool.turn_to(&turned_to);
        all
    }

    /// Rent of an account of this many bytes.
    pub async fn rent(&mut self, bytes: usize) -> i128 {
        self.pool.cluster.rent_exempt_lamports(bytes).await.into()
    }
}

fn judge(change: &AccountChange, before: &AccountsSnapshot, after: &AccountsSnapshot) -> Change {
    let tokens = |snapshot: &AccountsSnapshot| tokens(snapshot, &change.address);
    let (had, has) = (tokens(before), tokens(after));
    let moved_only = match (&had, &has) {
        (Some((_, place)), Some(_)) => change
            .data_ranges
            .iter()
            .all(|range| place.start <= range.start && range.end <= place.end),
        _ => change.data_ranges.is_empty(),
    };
    let amount =
        |held: Option<(u64, Range<usize>)>| held.map_or(0, |(amount, _)| i128::from(amount));
    Change {
        lamports: change.lamports_gained(),
        lst: amount(has) - amount(had),
        content: !moved_only
            || change.owner.0 != change.owner.1
            || change.data_bytes.0 != change.data_bytes.1,
    }
}

/// The amount of a token account or the supply of a mint, and where it is.
fn tokens(snapshot: &AccountsSnapshot, address: &Pubkey) -> Option<(u64, Range<usize>)> {
    let account = snapshot.get(address)?;
    if account.owner != TOKEN_PROGRAM {
        return None;
    }
    if let Ok(mint) = Mint::unpack(&account.data) {
        return Some((mint.supply, SUPPLY));
    }
    let token = TokenAccount::unpack(&account.data).ok()?;
    Some((token.amount, AMOUNT))
}
