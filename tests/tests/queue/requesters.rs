//! Who moves the LST, who pays the rent, and whose ticket it becomes: three people.

use sluice::{SluiceError, state::Ticket};
use sluice_client::UnstakeRequest;
use sluice_tests::{
    cluster::LAMPORTS_PER_SOL as SOL,
    pool::{Pool, TicketAddress, Watch},
    scenario::{assert_refused, staked_pool},
};
use solana_account::Account;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_sdk_ids::bpf_loader_upgradeable;
use solana_signer::Signer;
use spl_token_interface::{ID as TOKEN_PROGRAM, instruction::approve};

use super::owners::unpayable_owners;

/// A program that keeps data in the accounts of its vaults.
const VAULTS: Pubkey = Pubkey::new_from_array([0xfb; 32]);

async fn send(
    pool: &mut Pool,
    request: &UnstakeRequest,
    signers: &[&Keypair],
) -> Result<TicketAddress, sluice_tests::cluster::TransactionFailure> {
    let instruction = pool.addresses.request_unstake(request);
    let sent = pool.send(&[instruction], signers).await?;
    Ok(pool.made_by(&sent))
}

#[tokio::test]
async fn a_vault_without_lamports_and_with_data_queues_at_somebody_elses_expense() {
    let (mut pool, alice, bob) = staked_pool().await;
    let vault = pool.cluster.keypair("vault");
    let mint = pool.addresses.mint;
    pool.cluster
        .create_token_account(&mint, &vault.pubkey())
        .await;
    let (from, to) = (
        pool.lst_account(&alice.pubkey()),
        pool.lst_account(&vault.pubkey()),
    );
    let give = spl_token_interface::instruction::transfer(
        &TOKEN_PROGRAM,
        &from,
        &to,
        &alice.pubkey(),
        &[],
        9 * SOL,
    );
    pool.must_send(&[give.unwrap()], &[&alice]).await;
    let account = Account {
        lamports: pool.cluster.rent_exempt_lamports(100).await,
        data: vec![1; 100],
        owner: VAULTS,
        ..Account::default()
    };
    let had = account.lamports;
    pool.cluster.set_account(&vault.pubkey(), account);

    let own = pool.own_request(&vault.pubkey(), 9 * SOL).await;
    let request = UnstakeRequest {
        payer: bob.pubkey(),
        ..own
    };
    let ticket = send(&mut pool, &request, &[&vault, &bob]).await.unwrap();
    assert_eq!(pool.cluster.lamports(&vault.pubkey()).await, had);
    pool.pass_an_epoch().await;
    let bob_had = pool.cluster.lamports(&bob.pubkey()).await;
    let rents = [
        pool.cluster.lamports(&ticket.ticket).await,
        pool.cluster.lamports(&ticket.batch).await,
    ];
    pool.claim(&ticket).await;
    assert_eq!(pool.cluster.lamports(&vault.pubkey()).await, had + 9 * SOL);
    let bob_has = pool.cluster.lamports(&bob.pubkey()).await;
    assert_eq!(bob_has - bob_had, rents[0] + rents[1], "who paid them");
}

#[tokio::test]
async fn a_delegate_queues_what_it_was_allowed_for_the_owner_and_no_more() {
    let (mut pool, alice, bob) = staked_pool().await;
    let source = pool.lst_account(&alice.pubkey());
    let (owner, delegate) = (alice.pubkey(), bob.pubkey());
    let allow = approve(&TOKEN_PROGRAM, &source, &delegate, &owner, &[], 5 * SOL);
    pool.must_send(&[allow.unwrap()], &[&alice]).await;
    let request = UnstakeRequest {
        source,
        owner,
        ..pool.own_request(&delegate, 3 * SOL).await
    };
    let ticket = send(&mut pool, &request, &[&bob]).await.unwrap();
    let account = pool.ticket(&ticket.ticket).await;
    assert_eq!((account.owner, account.payer), (owner, delegate));
    let refused = pool.try_cancel(&bob, &ticket).await;
    assert_refused(refused, SluiceError::NotTicketOwner);

    let too_much = UnstakeRequest {
        number: request.number + 1,
        ..request
    };
    let failure = send(&mut pool, &too_much, &[&bob]).await.unwrap_err();
    let insufficient = spl_token_interface::error::TokenError::InsufficientFunds;
    assert_eq!(failure.custom_code, Some(insufficient as u32), "{failure}");

    let had = pool.cluster.lamports(&delegate).await;
    let rent = pool.cluster.lamports(&ticket.ticket).await;
    let lst = pool.lst_balance(&owner).await;
    pool.cancel(&alice, &ticket).await;
    assert_eq!(pool.cluster.lamports(&delegate).await, had + rent);
    assert_eq!(pool.lst_balance(&owner).await, lst + 3 * SOL);
}

#[tokio::test]
async fn nobody_but_owner_and_delegate_moves_the_lst() {
    let (mut pool, alice, bob) = staked_pool().await;
    let request = UnstakeRequest {
        source: pool.lst_account(&alice.pubkey()),
        ..pool.own_request(&bob.pubkey(), SOL).await
    };
    let failure = send(&mut pool, &request, &[&bob]).await.unwrap_err();
    let mismatch = spl_token_interface::error::TokenError::OwnerMismatch;
    assert_eq!(failure.custom_code, Some(mismatch as u32), "{failure}");
    let in_alices_name = UnstakeRequest {
        requester: alice.pubkey(),
        ..request
    };
    let mut instruction = pool.addresses.request_unstake(&in_alices_name);
    let alices = instruction.accounts.iter_mut();
    let alices = alices.filter(|meta| meta.pubkey == alice.pubkey());
    alices.for_each(|meta| meta.is_signer = false);
    let unsigned = pool.send(&[instruction], &[&bob]).await;
    unsigned.expect_err("the requester signs");
}

#[tokio::test]
async fn a_ticket_is_not_made_for_an_owner_that_can_never_be_paid() {
    let (mut pool, alice, _, unpayable) = unpayable_owners().await;
    for owner in unpayable {
        let request = UnstakeRequest {
            owner,
            ..pool.own_request(&alice.pubkey(), SOL).await
        };
        let refused = send(&mut pool, &request, &[&alice]).await;
        assert_refused(refused, SluiceError::OwnerUnpayable);
    }
    // Also not for one that is passed read-only, as the runtime's own addresses are.
    let request = UnstakeRequest {
        owner: pool.cluster.address("a vault"),
        ..pool.own_request(&alice.pubkey(), SOL).await
    };
    let mut instruction = pool.addresses.request_unstake(&request);
    let vaults = instruction.accounts.iter_mut();
    let vaults = vaults.filter(|meta| meta.pubkey == request.owner);
    vaults.for_each(|meta| meta.is_writable = false);
    let refused = pool.send(&[instruction], &[&alice]).await;
    assert_refused(refused, SluiceError::OwnerUnpayable);
}

#[tokio::test]
async fn the_rent_of_a_ticket_makes_up_what_dust_leaves_an_empty_owner_short_of() {
    let (mut pool, alice, bob) = staked_pool().await;
    let nobody = pool.cluster.address("nobody");
    let request = UnstakeRequest {
        owner: nobody,
        payer: bob.pubkey(),
        ..pool.own_request(&alice.pubkey(), 5).await
    };
    let ticket = send(&mut pool, &request, &[&alice, &bob]).await.unwrap();
    pool.pass_an_epoch().await;
    let wallet_rent = pool.cluster.rent_exempt_lamports(0).await;
    let ticket_rent = pool.cluster.rent_exempt_lamports(Ticket::SPACE).await;
    let batch_rent = pool.cluster.lamports(&ticket.batch).await;
    let bob_had = pool.cluster.lamports(&bob.pubkey()).await;
    pool.claim(&ticket).await;
    assert_eq!(pool.cluster.lamports(&nobody).await, wallet_rent);
    let missing = wallet_rent - 5;
    assert_eq!(
        pool.cluster.lamports(&bob.pubkey()).await,
        bob_had + ticket_rent + batch_rent - missing
    );
}

/// Otherwise who pays for tickets could keep their owners from being paid.
#[tokio::test]
async fn an_owner_is_paid_also_where_who_gets_the_rents_has_become_a_program() {
    let (mut pool, alice, bob) = staked_pool().await;
    let request = UnstakeRequest {
        payer: bob.pubkey(),
        ..pool.own_request(&alice.pubkey(), SOL).await
    };
    let ticket = send(&mut pool, &request, &[&alice, &bob]).await.unwrap();
    pool.pass_an_epoch().await;
    let become_a_program = |account: &mut Account| {
        account.owner = bpf_loader_upgradeable::ID;
        account.executable = true;
        account.data = vec![2; 36];
    };
    pool.cluster
        .change_account(&bob.pubkey(), become_a_program)
        .await;
    let before = pool.cluster.lamports(&alice.pubkey()).await;
    pool.watch = Watch::Off;
    pool.claim(&ticket).await;
    let after = pool.cluster.lamports(&alice.pubkey()).await;
    assert_eq!(after, before + SOL);
}
