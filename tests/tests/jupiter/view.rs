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

    let later = |clock: &ClockRef| {
        clock.slot.fetch_add(5, Ordering::Relaxed);
    };
    let mut amm = view_at(&mut market, later).await;
    amm.update(market.accounts()).expect("both are there");
    market.amm = amm.clone_amm();
    let dripped = market.quote(Way::Exit, SOL).expect("open");
    assert!(dripped.out_amount > exit.out_amount);
}

/// What is done to an account.
type Change<'a> = &'a dyn Fn(&mut Account);

#[tokio::test]
async fn what_is_no_pool_of_this_version_is_refused_by_name() {
    let mut market = Market::open().await;
    let key = market.addresses()[0];
    let good = market.accounts()[&key].clone();
    let before = market.quote(Way::Exit, SOL).expect("open").out_amount;
    let last = good.data.len() - 1;
    let cases: [(Change<'_>, &str); 8] = [
        (
            &|account| account.owner = Pubkey::default(),
            "not to Sluice",
        ),
        (&|account| account.data[0] ^= 1, "is no pool"),
        (&|account| account.data.clear(), "is no pool"),
        (&|account| account.data.truncate(7), "is no pool"),
        (
            &|account| account.data.truncate(8),
            "is cut off: it has 8 bytes",
        ),
        (&|account| account.data.truncate(last), "is cut off"),
        (
            &|account| account.data[8] = 0,
            "version 0: it must be migrated",
        ),
        (&|account| account.data[8] = 9, "version 9, which is newer"),
    ];
    for (change, reason) in cases {
        let mut account = good.clone();
        change(&mut account);
        let refused = view(&market, account.clone(), ClockRef::default());
        let error = refused.err().expect("no pool").to_string();
        let says_which = error.contains(&key.to_string());
        assert!(says_which && error.contains(reason), "{error}");
        assert_eq!(update_with(&mut market, key, Some(account)), error);
    }
    // What was known still is.
    let after = market.quote(Way::Exit, SOL).expect("open").out_amount;
    assert_eq!(after, before);
}

#[tokio::test]
async fn what_is_no_rent_is_refused_by_name() {
    let mut market = Market::open().await;
    let rent = market.addresses()[1];
    let of = |data: &[u8]| {
        Some(Account {
            data: data.to_vec(),
            ..Account::default()
        })
    };
    let cases = [
        (None, format!("the account {rent} is missing")),
        (of(&[]), "the rent cannot be read".into()),
        (
            of(&[0xff; 17]),
            format!("the rent cannot be: {} lamports for a byte", u64::MAX),
        ),
    ];
    for (account, reason) in cases {
        assert_eq!(update_with(&mut market, rent, account), reason);
    }
    market
        .quote(Way::Exit, SOL)
        .expect("what was known still is");
}

/// Why the view refuses an update in which an account is this one, or is missing.
fn update_with(market: &mut Market, address: Pubkey, account: Option<Account>) -> String {
    let mut accounts = market.accounts().clone();
    match account {
        Some(account) => accounts.insert(address, account),
        None => accounts.remove(&address),
    };
    let updated = market.amm.update(&accounts);
    updated.expect_err("it is refused").to_string()
}

/// A view of the market's pool as this account has it.
fn view(market: &Market, account: Account, clock_ref: ClockRef) -> anyhow::Result<SluiceAmm> {
    let keyed = KeyedAccount {
        key: market.addresses()[0],
        account,
        params: None,
    };
    SluiceAmm::from_keyed_account(&keyed, &AmmContext { clock_ref })
}

/// A view of the market's pool at another clock, not updated yet.
async fn view_at(market: &mut Market, change: impl FnOnce(&ClockRef)) -> SluiceAmm {
    let clock = ClockRef::from(market.routed.pool.cluster.clock().await);
    change(&clock);
    let key = market.addresses()[0];
    let account = market.accounts()[&key].clone();
    view(market, account, clock).expect("a pool")
}

#[tokio::test]
async fn an_exit_is_quoted_only_once_the_rent_is_known() {
    let mut market = Market::open().await;
    let amm = view_at(&mut market, |_| ()).await;
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
    let later = |clock: &ClockRef| {
        clock.epoch.fetch_add(1, Ordering::Relaxed);
    };
    let amm = view_at(&mut market, later).await;
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
