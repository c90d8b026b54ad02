//! Every account that does not belong there is refused, with its own reason, and nothing changes.

use anchor_lang::error::ErrorCode;
use pair::{
    Direction::SolForLst,
    PairError::{WrongMint, WrongPool, WrongVault},
    client::PairAddresses,
};
use sluice::{SluiceError, state::PoolConfig};
use sluice_tests::{
    pool::{Pool, Watch},
    scenario::{SOL, replace_account},
};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_system_interface::error::SystemError;

use crate::market::Market;

/// A market, a second pool on the same cluster with its own pair, and the trader's token account there.
async fn two_markets() -> (Market, PairAddresses, [Pubkey; 2]) {
    let mut market = Market::start().await;
    let users = [market.trader.pubkey(), market.provider.pubkey()];
    market.pool.watch = Watch::Off;
    market.pool.found("other", PoolConfig::RECOMMENDED).await;
    let other = market.pool.addresses;
    let pair = PairAddresses::of(other.pool, other.mint);
    let payer = market.pool.cluster.payer().pubkey();
    let cluster = &mut market.pool.cluster;
    cluster
        .create_token_account(&pair.lst_mint, &pair.pair)
        .await;
    for user in &users {
        cluster.create_token_account(&pair.lst_mint, user).await;
    }
    market.pool.must_send(&[pair.create_pair(payer)], &[]).await;
    market.pool.turn_to("pool");
    (market, pair, [other.mint_authority, other.reserve])
}

/// Puts `other` into the place of `named`: the code of the refusal.
async fn refusal(
    market: &mut Market,
    user: &Keypair,
    instruction: &Instruction,
    named: Pubkey,
    other: Pubkey,
) -> Option<u32> {
    let mut wrong = instruction.clone();
    replace_account(&mut wrong, &named, other);
    let outcome = market.try_out(user, wrong).await;
    outcome.expect_err("refused").custom_code
}

#[tokio::test]
async fn accounts_of_another_pair_or_pool_are_refused() {
    let (mut market, other, [mint_authority, reserve]) = two_markets().await;
    let trader = market.trader.insecure_clone();
    let (pair, pool, who) = (market.pair, market.pool_accounts(), trader.pubkey());
    let provider = market.provider.pubkey();
    let swap = pair.best_swap(&pool, who, SolForLst, 50 * SOL, 0);
    let constraint = |code: ErrorCode| u32::from(code);
    let own = |error: pair::PairError| u32::from(error);
    let cases = [
        (pair.lst_mint, other.lst_mint, own(WrongMint)),
        (pair.pair, other.pair, own(WrongMint)),
        (pair.vault, other.vault, own(WrongVault)),
        (
            pair.lst_of(&who),
            other.lst_of(&who),
            constraint(ErrorCode::ConstraintTokenMint),
        ),
        (
            pair.lst_of(&who),
            pair.lst_of(&provider),
            constraint(ErrorCode::ConstraintTokenOwner),
        ),
        (pair.pool, other.pool, own(WrongPool)),
        (
            pool.mint_authority,
            mint_authority,
            SluiceError::ForeignAccount.into(),
        ),
        (pool.reserve, reserve, SluiceError::ForeignAccount.into()),
        (
            sluice::ID,
            pair::ID,
            constraint(ErrorCode::InvalidProgramId),
        ),
    ];
    for (named, put, code) in cases {
        let refused = refusal(&mut market, &trader, &swap, named, put).await;
        assert_eq!(refused, Some(code), "{put} for {named}");
    }
}

#[tokio::test]
async fn liquidity_with_accounts_of_another_pair_is_refused() {
    let (mut market, other, _) = two_markets().await;
    let provider = market.provider.insecure_clone();
    let (pair, who) = (market.pair, provider.pubkey());
    let add = pair.add_liquidity(who, SOL, SOL, 0);
    let remove = pair.remove_liquidity(who, SOL, 0, 0);
    for instruction in [add, remove] {
        for (named, put, error) in [
            (pair.lst_mint, other.lst_mint, WrongMint),
            (pair.vault, other.vault, WrongVault),
            (pair.share_mint, other.share_mint, WrongMint),
        ] {
            let refused = refusal(&mut market, &provider, &instruction, named, put).await;
            assert_eq!(refused, Some(error.into()), "{put} for {named}");
        }
        let mint = ErrorCode::ConstraintTokenMint.into();
        let (named, put) = (pair.shares_of(&who), other.lst_of(&who));
        let refused = refusal(&mut market, &provider, &instruction, named, put).await;
        assert_eq!(refused, Some(mint));
    }
}

#[tokio::test]
async fn a_pair_is_created_of_a_whole_pool_of_sluice_and_its_mint_only() {
    let (mut market, other, _) = two_markets().await;
    let creator = market.provider.insecure_clone();
    market.pool.found("third", PoolConfig::RECOMMENDED).await;
    let third = market.pool.addresses;
    market.pool.turn_to("pool");
    let vault_of = PairAddresses::of(third.pool, other.lst_mint).pair;
    let cluster = &mut market.pool.cluster;
    cluster
        .create_token_account(&other.lst_mint, &vault_of)
        .await;
    let create = |pool, mint| PairAddresses::of(pool, mint).create_pair(creator.pubkey());
    let mut code = async |instruction: Instruction| {
        let refused = market.try_out(&creator, instruction).await;
        refused.expect_err("refused").custom_code
    };
    let wrong_mint = code(create(third.pool, other.lst_mint)).await;
    assert_eq!(wrong_mint, Some(WrongMint.into()));
    let foreign = code(create(other.pair, other.lst_mint)).await;
    let another_program = ErrorCode::AccountOwnedByWrongProgram.into();
    assert_eq!(foreign, Some(another_program));
    let history = code(create(third.history, third.mint)).await;
    let another_kind = ErrorCode::AccountDiscriminatorMismatch.into();
    assert_eq!(history, Some(another_kind));
}

#[tokio::test]
async fn a_pool_account_that_is_cut_off_is_refused_and_nothing_panics() {
    let mut market = Market::start().await;
    let trader = market.trader.insecure_clone();
    market.pool.watch = Watch::Off;
    let (pair, pool) = (market.pair, market.pool_accounts());
    let swap = pair.best_swap(&pool, trader.pubkey(), SolForLst, 50 * SOL, 0);
    let whole = market.pool.cluster.account(&pair.pool).await;
    for bytes in [0, 7, 8, 100, whole.data.len() - 1] {
        let mut short = whole.clone();
        short.data.truncate(bytes);
        market.pool.cluster.set_account(&pair.pool, short);
        let outcome = market.try_out(&trader, swap.clone()).await;
        match outcome {
            // Where the account has a pool's beginning, its own market serves.
            Ok(sent) => assert!(!sent.logs.iter().any(|line| line.contains("panicked"))),
            Err(failure) => assert!(failure.custom_code.is_some(), "{failure}"),
        }
    }
}

#[tokio::test]
async fn nobody_creates_a_second_pair_of_a_pool() {
    let mut market = Market::start().await;
    let creator = market.provider.insecure_clone();
    let again = market.pair.create_pair(creator.pubkey());
    let refused = market.try_out(&creator, again).await.unwrap_err();
    let in_use = SystemError::AccountAlreadyInUse as u32;
    assert_eq!(refused.custom_code, Some(in_use), "{refused}");
}

#[tokio::test]
async fn lamports_that_wait_at_the_addresses_do_not_hinder_the_creation() {
    let mut pool = Pool::builder()
        .cluster(crate::market::with_pair)
        .start()
        .await;
    let pair = PairAddresses::of(pool.addresses.pool, pool.addresses.mint);
    for address in [pair.pair, pair.share_mint] {
        pool.cluster.fund(&address, SOL).await;
    }
    pool.cluster
        .create_token_account(&pair.lst_mint, &pair.pair)
        .await;
    let payer = pool.cluster.payer().pubkey();
    pool.must_send(&[pair.create_pair(payer)], &[]).await;
}
