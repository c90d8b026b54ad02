//! The transactions of a conversion: as few as fit.

use super::{Conversion, ConversionPart, PeerPool};
use crate::{
    AccountSource, PoolAddresses, Result, StakeSource,
    crank::{MAX_ACCOUNTS, MAX_BYTES, Packing},
};
use solana_instruction::Instruction;
use solana_message::AddressLookupTableAccount;
use solana_pubkey::Pubkey;
use solana_sdk_ids::stake;
use solana_stake_interface::state::StakeStateV2;
use solana_system_interface::instruction::create_account_with_seed;
use spl_stake_pool::instruction::withdraw_stake_with_slippage;

/// Who converts.
#[derive(Clone, Copy, Debug)]
pub struct ConversionWallet<'a> {
    /// Owner of the tokens and of what becomes of them; pays the rent, and signs.
    pub owner: Pubkey,
    /// Pays the fees of the transactions, and signs.
    pub fee_payer: Pubkey,
    /// Lookup tables that may be used.
    pub tables: &'a [AddressLookupTableAccount],
}

/// Where the LST go.
#[derive(Clone, Debug)]
pub struct ConversionAccounts {
    /// Token account of this pool's LST.
    pub recipient: Pubkey,
    /// What creates it, where it is missing.
    pub creation: Option<Instruction>,
}

/// The least to accept of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Minimums {
    /// Lamports of stake from the other pool.
    pub lamports: u64,
    /// LST from this one.
    pub lst: u64,
}

/// A transaction of a conversion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversionTransaction {
    /// What it does, without the compute budget.
    pub instructions: Vec<Instruction>,
    /// Whether it works only after the one before it.
    pub follows: bool,
}

impl Conversion {
    /// The transactions, in order: one for each part where it fits, so that nothing can come
    /// between withdrawal and deposit.
    pub fn transactions(
        &self,
        source: &impl AccountSource,
        (pool, peer): (&PoolAddresses, &PeerPool),
        wallet: &ConversionWallet<'_>,
        accounts: &ConversionAccounts,
        minimums: impl Fn(&ConversionPart) -> Result<Minimums>,
    ) -> Result<Vec<ConversionTransaction>> {
        let seeds = free_seeds(source, &wallet.owner, self.parts.len())?;
        let mut transactions = Vec::new();
        let mut creation = accounts.creation.clone();
        for (part, seed) in self.parts.iter().zip(&seeds) {
            let steps = Steps {
                creation: creation.take(),
                withdrawal: part.withdrawal(peer, &wallet.owner, seed, minimums(part)?)?,
                deposit: part.deposit(
                    pool,
                    &wallet.owner,
                    seed,
                    accounts.recipient,
                    minimums(part)?,
                )?,
            };
            transactions.extend(steps.pack(pool, wallet)?);
        }
        Ok(transactions)
    }
}

/// What a part takes.
struct Steps {
    creation: Option<Instruction>,
    withdrawal: Vec<Instruction>,
    deposit: Instruction,
}

impl Steps {
    /// All in one, or the creation before, or the deposit after.
    fn pack(
        self,
        pool: &PoolAddresses,
        wallet: &ConversionWallet<'_>,
    ) -> Result<Vec<ConversionTransaction>> {
        let packing = Packing {
            addresses: pool,
            payer: wallet.fee_payer,
            tables: wallet.tables,
        };
        let fits = |instructions: &[Instruction]| -> Result<bool> {
            let (bytes, accounts) = packing.size(instructions)?;
            Ok(bytes <= MAX_BYTES && accounts <= MAX_ACCOUNTS)
        };
        let creation: Vec<Instruction> = self.creation.into_iter().collect();
        let moving = [self.withdrawal.clone(), vec![self.deposit.clone()]].concat();
        let whole = [creation.clone(), moving.clone()].concat();
        let parts = if fits(&whole)? {
            vec![whole]
        } else if fits(&moving)? {
            vec![creation, moving]
        } else {
            vec![[creation, self.withdrawal].concat(), vec![self.deposit]]
        };
        let transactions = parts.into_iter().enumerate();
        Ok(transactions
            .map(|(index, instructions)| ConversionTransaction {
                instructions,
                follows: index > 0,
            })
            .collect())
    }
}

impl ConversionPart {
    /// A new stake account, and the other pool's stake in it. Its address follows from the
    /// owner's, whose signature is therefore enough.
    fn withdrawal(
        &self,
        peer: &PeerPool,
        owner: &Pubkey,
        seed: &str,
        minimums: Minimums,
    ) -> Result<Vec<Instruction>> {
        let receiver = receiver(owner, seed)?;
        let create = create_account_with_seed(
            owner,
            &receiver,
            owner,
            seed,
            self.rent.get(),
            StakeStateV2::size_of() as u64,
            &stake::ID,
        );
        let withdraw = withdraw_stake_with_slippage(
            &peer.program,
            &peer.address,
            &peer.account.validator_list,
            &peer.withdraw_authority(),
            &self.from,
            &receiver,
            owner,
            owner,
            &peer.token_account_of(owner),
            &peer.account.manager_fee_account,
            &peer.account.pool_mint,
            &peer.account.token_program_id,
            self.tokens,
            minimums.lamports,
        );
        Ok(vec![create, withdraw])
    }

    fn deposit(
        &self,
        pool: &PoolAddresses,
        owner: &Pubkey,
        seed: &str,
        recipient: Pubkey,
        minimums: Minimums,
    ) -> Result<Instruction> {
        let source = StakeSource {
            stake: receiver(owner, seed)?,
            staker: *owner,
            withdrawer: *owner,
        };
        Ok(pool.deposit_stake(&self.place, &source, recipient, minimums.lst))
    }
}

/// Seeds of addresses that are not in use.
fn free_seeds(source: &impl AccountSource, owner: &Pubkey, count: usize) -> Result<Vec<String>> {
    let mut free = Vec::with_capacity(count);
    let mut number = 0_u32;
    while free.len() < count {
        let seeds: Vec<String> = (number..number + CANDIDATES)
            .map(|number| format!("sluice-{number}"))
            .collect();
        let addresses = seeds
            .iter()
            .map(|seed| receiver(owner, seed))
            .collect::<Result<Vec<_>>>()?;
        let fetched = source.accounts(&addresses, None)?;
        let unused = seeds.into_iter().zip(fetched.accounts);
        free.extend(unused.filter_map(|(seed, account)| account.is_none().then_some(seed)));
        number += CANDIDATES;
    }
    free.truncate(count);
    Ok(free)
}

/// Addresses that are looked up at once.
const CANDIDATES: u32 = 16;

/// The stake account between the two pools.
fn receiver(owner: &Pubkey, seed: &str) -> Result<Pubkey> {
    Pubkey::create_with_seed(owner, seed, &stake::ID).map_err(|_| {
        // A seed of a few letters is never too long.
        crate::ClientError::Unreadable {
            address: *owner,
            expected: "wallet",
        }
    })
}
