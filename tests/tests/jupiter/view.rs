//! What the view asks for, and what it refuses to believe or to quote.

use std::sync::atomic::Ordering;

use jupiter_amm_interface::{
    Amm, AmmContext, ClockRef, FeeMode, KeyedAccount, QuoteParams, SwapMode, SwapParams,
};
use sluice_jupiter::{PLACEHOLDER, SluiceAmm};
use sluice_tests::{pool::Pool, scenario::SOL};
use solana_account::Account;
use solana_pubkey::Pubkey;
use solana_sdk_ids::sysvar;

use crate::market::{Market, Way};

#[tokio::test]
async fn two_accounts_are_asked_for_however_many_validators_there_are() {
    for validators in [1, 70] {
        let builder = Pool::builder().validators(&vec![(0, 1); validators]);
        let mut pool = builder.start().await;
        let key = pool.addresses.pool;
        let keyed = KeyedAccount {
            key,
            account: pool.cluster.account(&key).await,
            params: None,
        };
        let amm = SluiceAmm::from_keyed_account(&keyed, &AmmContext::default()).expect("a pool");
        assert_eq!(amm.get_accounts_to_update(), [key, sysvar::rent::ID]);
        assert!(!amm.has_dynamic_accounts() && !amm.supports_exact_out());
    }
}

#[tokio::test]
async fn a_quote_tells_the_fees_and_rises_with_the_drip() {
    let mut market = Market::open().await;
    let deposit = market.quote(Way::Deposit, SOL).expect("open");
    let exit = market.quote(Way::Exit, SOL).expect("open");
    assert!(deposit.out_amount < SOL && exit.fee_amount > 0);
    let worth = exit.out_amount + exit.fee_amount;
    let share = exit.fee_pct * rust_decimal::Decimal::from(worth);
    assert_eq!(share.round(), exit.fee_amount.into());

    let clock = market.routed.pool.cluster.clock().await;
    let later = ClockRef::from(clock);
    later.slot.fetch_add(5, Ordering::Relaxed);
    let key = market.addresses()[0];
    let keyed = KeyedAccount {
        key,
        account: market.accounts()[&key].clone(),
        params: None,
    };
    let context = AmmContext { clock_ref: later };
    let mut amm = SluiceAmm::from_keyed_account(&keyed, &context).expect("a pool");
    amm.update(market.accounts()).expect("both are there");
    market.amm = amm.clone_amm();
    let dripped = market.quote(Way::Exit, SOL).expect("open");
    assert!(dripped.out_amount > exit.out_amount);
}

#[tokio::test]
async fn what_is_no_pool_of_this_version_is_refused_by_name() {
    let mut market = Market::open().await;
    let [key, rent] = market.addresses();
    let good = market.accounts()[&key].clone();
    let changed = |change: &dyn Fn(&mut Account)| {
        let mut account = good.clone();
        change(&mut account);
        account
    };
    let last = good.data.len() - 1;
    let cases = [
        (
            changed(&|account| account.owner = Pubkey::default()),
            "not to Sluice",
        ),
        (changed(&|account| account.data[0] ^= 1), "is no pool"),
        (changed(&|account| account.data.clear()), "is no pool"),
        (changed(&|account| account.data.truncate(7)), "is no pool"),
        (
            changed(&|account| account.data.truncate(8)),
            "is cut off: it has 8 bytes",
        ),
        (
            changed(&|account| account.data.truncate(last)),
            "is cut off",
        ),
        (
            changed(&|account| account.data[8] = 0),
            "version 0: it must be migrated",
        ),
        (
            changed(&|account| account.data[8] = 9),
            "version 9, which is newer",
        ),
    ];
    let before = market.quote(Way::Exit, SOL).expect("open").out_amount;
    for (account, reason) in cases {
        let keyed = KeyedAccount {
            key,
            account: account.clone(),
            params: None,
        };
        let refused = SluiceAmm::from_keyed_account(&keyed, &AmmContext::default());
        let error = refused.err().expect("no pool").to_string();
        assert!(
            error.contains(reason) && error.contains(&key.to_string()),
            "{error}"
        );
        market.accounts().insert(key, account);
        let accounts = market.accounts().clone();
        assert_eq!(
            market
                .amm
                .update(&accounts)
                .expect_err("no pool")
                .to_string(),
            error
        );
    }
    market.accounts().insert(key, good);
    for wrong in [&[][..], &[0xff; 17]] {
        let account = Account {
            data: wrong.to_vec(),
            ..Account::default()
        };
        market.accounts().insert(rent, account);
        let accounts = market.accounts().clone();
        market.amm.update(&accounts).expect_err("no rent");
    }
    market.accounts().remove(&rent);
    let accounts = market.accounts().clone();
    let error = market
        .amm
        .update(&accounts)
        .expect_err("missing")
        .to_string();
    assert_eq!(error, format!("the account {rent} is missing"));
    // What was known still is.
    assert_eq!(
        market.quote(Way::Exit, SOL).expect("open").out_amount,
        before
    );
}

#[tokio::test]
async fn an_exit_is_quoted_only_once_the_rent_is_known() {
    let mut market = Market::open().await;
    let key = market.addresses()[0];
    let keyed = KeyedAccount {
        key,
        account: market.accounts()[&key].clone(),
        params: None,
    };
    let clock_ref = ClockRef::from(market.routed.pool.cluster.clock().await);
    let amm = SluiceAmm::from_keyed_account(&keyed, &AmmContext { clock_ref }).expect("a pool");
    market.amm = amm.clone_amm();
    market.quote(Way::Deposit, SOL).expect("it needs no rent");
    let error = market.quote(Way::Exit, SOL).expect_err("not yet");
    assert_eq!(error.to_string(), "the pool was not updated yet");
}

#[tokio::test]
async fn other_mints_and_given_results_are_not_quoted() {
    let market = Market::open().await;
    let [sol, lst] = market.mints(Way::Deposit);
    let stranger = Pubkey::new_unique();
    let pairs = [(sol, stranger), (stranger, lst), (sol, sol), (lst, lst)];
    let given = |input_mint, output_mint, swap_mode| QuoteParams {
        amount: SOL,
        input_mint,
        output_mint,
        swap_mode,
        fee_mode: FeeMode::Normal,
    };
    for (from, to) in pairs {
        let quote = market.amm.quote(&given(from, to, SwapMode::ExactIn));
        let error = quote.expect_err("no such swap").to_string();
        assert!(
            error.ends_with(&format!("has no swap from {from} to {to}")),
            "{error}"
        );
    }
    let quote = market.amm.quote(&given(sol, lst, SwapMode::ExactOut));
    quote.expect_err("results are rounded down");
}

#[tokio::test]
async fn a_pool_that_is_not_priced_is_not_active() {
    let mut market = Market::open().await;
    assert!(market.amm.is_active());
    let clock = market.routed.pool.cluster.clock().await;
    let clock_ref = ClockRef::from(clock);
    clock_ref.epoch.fetch_add(1, Ordering::Relaxed);
    let key = market.addresses()[0];
    let keyed = KeyedAccount {
        key,
        account: market.accounts()[&key].clone(),
        params: None,
    };
    let amm = SluiceAmm::from_keyed_account(&keyed, &AmmContext { clock_ref }).expect("a pool");
    assert!(!amm.is_active());
}

#[tokio::test]
async fn swaps_name_the_placeholder_and_the_router_first() {
    let market = Market::open().await;
    let [source_mint, destination_mint] = market.mints(Way::Exit);
    let authority = Pubkey::new_unique();
    let swap = market.amm.get_swap_and_account_metas(&SwapParams {
        swap_mode: SwapMode::ExactIn,
        in_amount: SOL,
        out_amount: 0,
        source_mint,
        destination_mint,
        source_token_account: Pubkey::new_unique(),
        destination_token_account: Pubkey::new_unique(),
        token_transfer_authority: authority,
        user: Pubkey::new_unique(),
        payer: Pubkey::new_unique(),
        quote_mint_to_referrer: None,
        jupiter_program_id: &Pubkey::default(),
        missing_dynamic_accounts_as_default: false,
    });
    let swap = swap.expect("both mints are the pool's");
    assert_eq!(swap.swap, PLACEHOLDER);
    assert_eq!(swap.account_metas[0].pubkey, market.amm.program_id());
    let signers = swap.account_metas.iter().filter(|meta| meta.is_signer);
    let signers: Vec<_> = signers
        .map(|meta| (meta.pubkey, meta.is_writable))
        .collect();
    assert_eq!(signers, [(authority, false)]);
}
