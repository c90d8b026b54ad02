//! The token program.

use sluice_tests::cluster::{Cluster, TransactionFailure};
use solana_keypair::Keypair;
use solana_program_pack::Pack;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_system_interface::instruction as system;
use spl_token_interface::{
    ID as TOKEN_PROGRAM, error::TokenError, instruction as token, native_mint, state::Mint,
};

use crate::stake_cluster::SOL;

#[tokio::test]
async fn the_token_program_mints_and_burns_for_little_compute() {
    let mut cluster = Cluster::builder().start().await;
    let (owner, mint) = (cluster.funded("owner", SOL).await, cluster.keypair("mint"));
    let create = [
        system::create_account(
            &cluster.payer().pubkey(),
            &mint.pubkey(),
            cluster.rent_exempt_lamports(Mint::LEN).await,
            Mint::LEN as u64,
            &TOKEN_PROGRAM,
        ),
        token::initialize_mint2(&TOKEN_PROGRAM, &mint.pubkey(), &owner.pubkey(), None, 9)
            .expect("accounts of the token program"),
    ];
    cluster.must_send(&create, &[&mint]).await;
    let holder = cluster
        .create_token_account(&mint.pubkey(), &owner.pubkey())
        .await;

    let mint_to = token::mint_to(
        &TOKEN_PROGRAM,
        &mint.pubkey(),
        &holder,
        &owner.pubkey(),
        &[],
        5 * SOL,
    )
    .expect("accounts of the token program");
    let minted = cluster.must_send(&[mint_to], &[&owner]).await;
    let burn = token::burn(
        &TOKEN_PROGRAM,
        &holder,
        &mint.pubkey(),
        &owner.pubkey(),
        &[],
        SOL,
    )
    .expect("accounts of the token program");
    let burned = cluster.must_send(&[burn], &[&owner]).await;

    assert!(minted.compute_units < 200, "{}", minted.compute_units);
    assert!(burned.compute_units < 200, "{}", burned.compute_units);
    assert_eq!(cluster.mint_supply(&mint.pubkey()).await, 4 * SOL);
    assert_eq!(cluster.token_balance(&holder).await, 4 * SOL);
}

/// Of an owner with 5 wrapped SOL, and 2 SOL more at the account that are no tokens yet.
async fn wrapped_account(cluster: &mut Cluster) -> (Keypair, Pubkey) {
    let owner = cluster.funded("owner", SOL).await;
    let (mint, key) = (native_mint::ID, owner.pubkey());
    let wrapped = cluster.create_token_account(&mint, &key).await;
    cluster.fund(&wrapped, 5 * SOL).await;
    sync(cluster, &wrapped).await;
    cluster.fund(&wrapped, 2 * SOL).await;
    (owner, wrapped)
}

async fn sync(cluster: &mut Cluster, wrapped: &Pubkey) {
    let sync = token::sync_native(&TOKEN_PROGRAM, wrapped).expect("the token program's account");
    cluster.must_send(&[sync], &[]).await;
}

async fn unwrap(
    cluster: &mut Cluster,
    (owner, from): (&Keypair, &Pubkey),
    to: &Pubkey,
    lamports: u64,
) -> Result<u64, TransactionFailure> {
    let (token_program, key, amount) = (&TOKEN_PROGRAM, &owner.pubkey(), Some(lamports));
    let unwrap = token::unwrap_lamports(token_program, from, to, key, &[], amount);
    let unwrap = unwrap.expect("accounts of the token program");
    let sent = cluster.send(&[unwrap], &[owner]).await?;
    Ok(sent.compute_units)
}

#[tokio::test]
async fn wrapped_sol_is_unwrapped_in_part_to_any_account_for_little_compute() {
    let mut cluster = Cluster::builder().start().await;
    let (owner, wrapped) = wrapped_account(&mut cluster).await;
    let (before, to) = (
        cluster.lamports(&wrapped).await,
        cluster.address("recipient"),
    );
    let from = (&owner, &wrapped);
    let units = unwrap(&mut cluster, from, &to, 3 * SOL)
        .await
        .expect("it has five");
    assert!(units < 200, "{units}");
    assert_eq!(cluster.lamports(&to).await, 3 * SOL);
    assert_eq!(cluster.lamports(&wrapped).await, before - 3 * SOL);
    assert_eq!(cluster.token_balance(&wrapped).await, 2 * SOL);

    // Neither the rent nor what is no token yet can be unwrapped.
    let more = unwrap(&mut cluster, from, &to, 2 * SOL + 1).await;
    let code = more.expect_err("it has two").custom_code;
    assert_eq!(code, Some(TokenError::InsufficientFunds as u32));
}

#[tokio::test]
async fn wrapped_sol_is_all_that_an_account_holds_beyond_its_rent_once_it_is_synced() {
    let mut cluster = Cluster::builder().start().await;
    let (_, wrapped) = wrapped_account(&mut cluster).await;
    assert_eq!(cluster.token_balance(&wrapped).await, 5 * SOL);
    sync(&mut cluster, &wrapped).await;
    assert_eq!(cluster.token_balance(&wrapped).await, 7 * SOL);
}

#[tokio::test]
async fn wrapped_sol_has_no_freeze_authority() {
    let mut cluster = Cluster::builder().start().await;
    let mint = cluster.mint(&native_mint::ID).await;
    assert!(mint.freeze_authority.is_none() && mint.mint_authority.is_none());
}
