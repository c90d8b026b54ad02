//! A pool's account as lenders and aggregators read it.

use jupiter_amm_interface::{
    AccountMap, Amm, AmmContext, ClockRef, FeeMode, KeyedAccount, QuoteParams, SwapMode,
};
use sluice_jupiter::SluiceAmm;
use sluice_rate::PoolRate;
use solana_account::Account;
use solana_pubkey::Pubkey;
use solana_sdk_ids::sysvar;
use spl_token_interface::native_mint::ID as WRAPPED_SOL;

use super::{shown::Shown, tried};

/// Amounts, slots and epochs that something may forget about.
const NUMBERS: [u64; 6] = [0, 1, 1_000, 1_000_000_000, u64::MAX - 1, u64::MAX];

/// Every price that a lender can ask for.
pub fn rate(data: &[u8]) {
    let Ok(rate) = PoolRate::read(&sluice_rate::PROGRAM_ID, data) else {
        return;
    };
    for number in NUMBERS {
        tried((rate.is_stale(number), rate.is_tripped()));
        for slot in NUMBERS {
            tried(rate.deposit_lamports(number));
            tried(rate.exit_lamports(number, slot));
            tried(rate.collateral_lamports(number, slot));
        }
    }
}

/// Every quote that an aggregator can ask for.
pub fn quote(honest: &Shown, key: Pubkey, data: &[u8]) {
    let account = Account {
        data: data.to_vec(),
        ..honest.accounts.get(&key).cloned().unwrap_or_default()
    };
    let keyed = KeyedAccount {
        key,
        account: account.clone(),
        params: None,
    };
    let clock = bincode::deserialize(&honest.data(&sysvar::clock::ID));
    let clock: anchor_lang::prelude::Clock = clock.unwrap_or_default();
    let context = AmmContext {
        clock_ref: ClockRef::from(clock),
    };
    let Ok(mut amm) = SluiceAmm::from_keyed_account(&keyed, &context) else {
        return;
    };
    let rent = honest.accounts.get(&sysvar::rent::ID).cloned();
    let accounts: AccountMap = [(key, Some(account)), (sysvar::rent::ID, rent)]
        .into_iter()
        .filter_map(|(address, account)| Some((address, account?)))
        .collect();
    tried(amm.update(&accounts));
    let mints = amm.get_reserve_mints();
    let other = |mint: &Pubkey| mints.iter().find(|other| *other != mint).copied();
    for mint in &mints {
        for amount in NUMBERS {
            tried(amm.quote(&QuoteParams {
                amount,
                input_mint: *mint,
                output_mint: other(mint).unwrap_or(WRAPPED_SOL),
                swap_mode: SwapMode::ExactIn,
                fee_mode: FeeMode::Normal,
            }));
        }
    }
}
