//! The transactions of a conversion: one for each stake account.

use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use solana_sdk_ids::stake;
use solana_stake_interface::state::StakeStateV2;
use solana_system_interface::instruction::create_account_with_seed;
use spl_stake_pool::instruction::withdraw_stake_with_slippage;

use super::{Conversion, ConversionPart, SplPool};
use crate::{AccountSource, ClientError, MAX_ADDRESSES, PoolAddresses, Result, StakeSource};

/// Where the LST go.
#[derive(Clone, Debug)]
pub struct ConversionAccounts {
    /// Token account of this pool's LST.
    pub recipient: Pubkey,
    /// What creates it where it is missing, and fails where it was handed to another owner.
    pub ensured: Instruction,
}

impl ConversionAccounts {
    /// Whether this wallet pays for the token account.
    pub fn is_paid_by(&self, wallet: &Pubkey) -> bool {
        let payer = self.ensured.accounts.first();
        payer.is_some_and(|payer| payer.pubkey == *wallet)
    }
}

/// The least to accept of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Minimums {
    /// Lamports of stake from the other pool.
    pub lamports: u64,
    /// LST from this one.
    pub lst: u64,
}

impl Conversion {
    /// The instructions of each transaction, without a compute budget: one transaction for each
    /// part, so that nothing can come between withdrawal and deposit. Each ensures the token account
    /// first, and fits without a lookup table. Where somebody else pays for the token account, both do
    /// not fit together: then the first transaction ensures it and does nothing else, and the others
    /// follow it.
    ///
    /// `owner` owns the tokens and what becomes of them, pays the rent, and signs. `minimums` are those of
    /// the parts, in their order.
    pub fn transactions(
        &self,
        source: &impl AccountSource,
        (pool, spl_pool): (&PoolAddresses, &SplPool),
        owner: &Pubkey,
        accounts: &ConversionAccounts,
        minimums: &[Minimums],
    ) -> Result<Vec<Vec<Instruction>>> {
        let seeds = free_seeds(source, owner, self.parts.len())?;
        let ensured = || accounts.ensured.clone();
        let within = accounts.is_paid_by(owner);
        let transaction = |((part, seed), minimums): ((&ConversionPart, &String), &Minimums)| {
            let [create, withdraw] = part.withdrawal(spl_pool, owner, seed, *minimums)?;
            let deposit = part.deposit(pool, owner, seed, accounts.recipient, *minimums)?;
            let moves = [create, withdraw, deposit];
            let first = within.then(ensured);
            Ok(first.into_iter().chain(moves).collect())
        };
        let conversions = self.parts.iter().zip(&seeds).zip(minimums).map(transaction);
        let ahead = (!within).then(|| Ok(vec![ensured()]));
        ahead.into_iter().chain(conversions).collect()
    }
}

impl ConversionPart {
    /// A new stake account, and the other pool's stake in it. Its address follows from the
    /// owner's, whose signature is therefore enough.
    fn withdrawal(
        &self,
        spl_pool: &SplPool,
        owner: &Pubkey,
        seed: &str,
        minimums: Minimums,
    ) -> Result<[Instruction; 2]> {
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
            &spl_pool.program,
            &spl_pool.address,
            &spl_pool.account.validator_list,
            &spl_pool.withdraw_authority(),
            &self.from,
            &receiver,
            owner,
            owner,
            &spl_pool.token_account_of(owner),
            &spl_pool.account.manager_fee_account,
            &spl_pool.account.pool_mint,
            &spl_pool.account.token_program_id,
            self.tokens,
            minimums.lamports,
        );
        Ok([create, withdraw])
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

/// Seeds of addresses that are not in use. A node that calls them all taken is not believed for ever.
fn free_seeds(source: &impl AccountSource, owner: &Pubkey, count: usize) -> Result<Vec<String>> {
    let mut free = Vec::with_capacity(count);
    for first in (0..SEEDS).step_by(MAX_ADDRESSES) {
        if free.len() >= count {
            break;
        }
        let seeds = (first..SEEDS).take(MAX_ADDRESSES);
        let seeds: Vec<String> = seeds.map(|number| format!("sluice-{number}")).collect();
        let addresses = seeds
            .iter()
            .map(|seed| receiver(owner, seed))
            .collect::<Result<Vec<_>>>()?;
        let fetched = source.accounts(&addresses, None)?;
        let unused = seeds.into_iter().zip(fetched.accounts);
        free.extend(unused.filter_map(|(seed, account)| account.is_none().then_some(seed)));
    }
    if free.len() < count {
        return Err(ClientError::NoStakeAddress {
            owner: *owner,
            tried: SEEDS,
        });
    }
    free.truncate(count);
    Ok(free)
}

/// Addresses that are looked up at most: a wallet leaves none of them behind.
const SEEDS: usize = 1_000;

/// The stake account between the two pools.
fn receiver(owner: &Pubkey, seed: &str) -> Result<Pubkey> {
    Pubkey::create_with_seed(owner, seed, &stake::ID).map_err(|_| {
        // A seed of a few letters is never too long.
        ClientError::Unreadable {
            address: *owner,
            expected: "wallet",
        }
    })
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use solana_account::Account;

    use super::*;
    use crate::{Fetched, Filter};

    /// A node that calls the first so many addresses taken.
    struct Taken(usize, Cell<usize>);

    impl AccountSource for Taken {
        fn accounts(&self, addresses: &[Pubkey], _: Option<u64>) -> Result<Fetched> {
            let asked = self.1.replace(self.1.get() + addresses.len());
            let account = |index| (asked + index < self.0).then(Account::default);
            Ok(Fetched {
                slot: 0,
                accounts: (0..addresses.len()).map(account).collect(),
            })
        }

        fn program_accounts(
            &self,
            _: &Pubkey,
            _: Option<usize>,
            _: &[Filter],
        ) -> Result<Vec<(Pubkey, Account)>> {
            Ok(Vec::new())
        }

        fn minimum_delegation_lamports(&self, _: &Pubkey) -> Option<u64> {
            None
        }
    }

    #[test]
    fn free_addresses_are_looked_for_in_hundreds_and_not_without_end() {
        let owner = Pubkey::new_from_array([7; 32]);
        let find = |taken, count| {
            let node = Taken(taken, Cell::new(0));
            (free_seeds(&node, &owner, count), node.1.get())
        };
        let (found, asked) = find(130, 3);
        let expected = ["sluice-130", "sluice-131", "sluice-132"];
        assert_eq!(
            (found.unwrap(), asked),
            (expected.map(String::from).into(), 200)
        );
        let (last, asked) = find(999, 1);
        assert_eq!((last.unwrap().len(), asked), (1, 1_000));
        let (none, asked) = find(usize::MAX, 1);
        assert!(matches!(
            none,
            Err(ClientError::NoStakeAddress { tried: 1_000, .. })
        ));
        assert_eq!(asked, 1_000);
    }
}
