//! The token program.

use sluice_tests::cluster::Cluster;
use solana_program_pack::Pack;
use solana_signer::Signer;
use solana_system_interface::instruction as system;
use spl_token_interface::{ID as TOKEN_PROGRAM, instruction as token, state::Mint};

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
