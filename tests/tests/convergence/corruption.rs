//! What the runtime, the stake program or strangers can do to a pool behind its back. None of it
//! takes lamports from the pool.
//!
//! To add one: a name in [`Corruption`], how to draw it in [`Corruption::draw`], what it does in
//! [`Corruption::strike`].

use rand::{Rng, rngs::StdRng, seq::IndexedRandom};
use sluice::state::StakeAccountKind::{self, Main, Transient};
use sluice_tests::{
    cluster::{RENT_STEPS_LAMPORTS_PER_BYTE, Sent, TransactionFailure},
    pool::Pool,
};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_stake_interface::state::StakeStateV2;

use crate::struck_pool::{SOL, StruckPool};

/// One thing that happens.
#[derive(Clone, Copy, Debug)]
pub enum Corruption {
    /// Anybody deactivates stake on a delinquent validator.
    Deactivate(Pubkey, StakeAccountKind),
    /// A cluster restart takes the delegation away.
    ResetToInitialized(Pubkey, StakeAccountKind),
    /// A cluster restart takes delegation and authorities away.
    ResetToUninitialized(Pubkey, StakeAccountKind),
    /// Tips or block revenue arrive on a stake account.
    Tip(Pubkey, StakeAccountKind, u64),
    /// A stranger sends lamports to an address of the pool.
    Donate(Pubkey, u64),
    /// A stranger sends LST to a token account of the pool.
    DonateLst(Pubkey, u64),
    /// A holder burns LST past the program.
    Burn(u64),
    /// Rent changes at the next boundary.
    Rent(u64),
}

impl Corruption {
    /// Something that can happen now.
    pub async fn draw(struck: &mut StruckPool) -> Self {
        let kind = *[Main, Transient].choose(&mut struck.rng).expect("two");
        let vote = *struck.votes.choose(&mut struck.rng).expect("validators");
        let lamports = amount(&mut struck.rng);
        let stake = struck.pool.slot_of(&vote).await.address(kind);
        let state = struck.pool.cluster.stake_state(&stake).await;
        match struck.rng.random_range(0..12) {
            0..=2 if stays_delegated(&state) => Self::Deactivate(vote, kind),
            3 | 4 if state.meta().is_some() => Self::ResetToInitialized(vote, kind),
            5 | 6 => Self::ResetToUninitialized(vote, kind),
            7 => Self::Tip(vote, kind, lamports),
            8 => Self::Donate(struck.any_address(&vote), lamports),
            9 => Self::DonateLst(struck.any_token_account(), lamports.min(SOL)),
            10 => Self::Burn(lamports.min(3 * SOL)),
            _ => match struck.next_rent() {
                Some(lamports_per_byte) => Self::Rent(lamports_per_byte),
                None => Self::Tip(vote, kind, lamports),
            },
        }
    }

    /// Does it.
    pub async fn strike(self, struck: &mut StruckPool) {
        let stranger = struck.stranger.insecure_clone();
        let pool = &mut struck.pool;
        match self {
            Self::Deactivate(vote, kind) => pool.deactivate_by_force(&vote, kind).await,
            Self::ResetToInitialized(vote, kind) => pool.reset_to_initialized(&vote, kind).await,
            Self::ResetToUninitialized(vote, kind) => {
                pool.reset_to_uninitialized(&vote, kind).await;
            }
            Self::Tip(vote, kind, lamports) => {
                let stake = pool.slot_of(&vote).await.address(kind);
                pool.cluster.fund(&stake, lamports).await;
            }
            Self::Donate(address, lamports) => pool.cluster.fund(&address, lamports).await,
            Self::DonateLst(to, lst) => {
                give(pool, &stranger, &to, lst).await.expect("her own");
            }
            Self::Burn(lst) => {
                burn(pool, &stranger, lst).await.expect("her own");
            }
            Self::Rent(lamports_per_byte) => pool.cluster.schedule_rent(lamports_per_byte).await,
        }
    }
}

impl StruckPool {
    fn any_address(&mut self, vote: &Pubkey) -> Pubkey {
        let it = self.pool.addresses;
        let addresses = [
            it.reserve,
            it.claims_vault,
            it.escrow,
            it.fees,
            it.pool,
            it.mint,
            it.history,
            it.page(0),
            it.marker(vote),
            it.stake_authority,
            it.mint_authority,
        ];
        *addresses.choose(&mut self.rng).expect("some")
    }

    fn any_token_account(&mut self) -> Pubkey {
        let it = self.pool.addresses;
        *[it.escrow, it.fees].choose(&mut self.rng).expect("two")
    }

    /// A rent that was not there yet: the runtime sets each of them once.
    fn next_rent(&mut self) -> Option<u64> {
        let steps = RENT_STEPS_LAMPORTS_PER_BYTE.into_iter();
        let left: Vec<u64> = steps.filter(|step| !self.rents.contains(step)).collect();
        let step = left.choose(&mut self.rng).copied()?;
        self.rents.push(step);
        Some(step)
    }
}

/// Dust, around the minimum delegation, and more than a validator has.
fn amount(rng: &mut StdRng) -> u64 {
    match rng.random_range(0..4) {
        0 => rng.random_range(890_880..3_000_000),
        1 => SOL + rng.random_range(0..3) - 1,
        2 => rng.random_range(SOL..5 * SOL),
        _ => rng.random_range(SOL..60 * SOL),
    }
}

fn stays_delegated(state: &StakeStateV2) -> bool {
    let delegation = state.delegation();
    delegation.is_some_and(|delegation| delegation.deactivation_epoch == u64::MAX)
}

async fn give(
    pool: &mut Pool,
    owner: &Keypair,
    to: &Pubkey,
    lst: u64,
) -> Result<Sent, TransactionFailure> {
    let from = pool.lst_account(&owner.pubkey());
    let token = spl_token_interface::ID;
    let (authority, signers) = (owner.pubkey(), []);
    let transfer =
        spl_token_interface::instruction::transfer(&token, &from, to, &authority, &signers, lst);
    let transfer = transfer.expect("the token program's instruction");
    pool.cluster.send(&[transfer], &[owner]).await
}

async fn burn(pool: &mut Pool, owner: &Keypair, lst: u64) -> Result<Sent, TransactionFailure> {
    let from = pool.lst_account(&owner.pubkey());
    let token = spl_token_interface::ID;
    let mint = pool.addresses.mint;
    let (authority, signers) = (owner.pubkey(), []);
    let burn =
        spl_token_interface::instruction::burn(&token, &from, &mint, &authority, &signers, lst);
    let burn = burn.expect("the token program's instruction");
    pool.cluster.send(&[burn], &[owner]).await
}
