//! What a swap moves, to the lamport.

use sluice_math::{Lamports, Lst};
use sluice_router::{TRANSIT, instruction::Swapper};
use sluice_tests::{
    cluster::{LAMPORTS_PER_SOL as SOL, Sent},
    scenario::router::Routed,
};
use solana_account::Account;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use spl_token_interface::{ID as TOKEN_PROGRAM, instruction::approve};

const ODD: u64 = 7 * SOL + 3;

/// Sends what must succeed, signed by the user.
async fn swap(routed: &mut Routed, swap: Instruction) -> Sent {
    let user = routed.user.insecure_clone();
    routed.pool.must_send(&[swap], &[&user]).await
}

async fn quoted_lst(routed: &mut Routed, lamports: u64) -> u64 {
    let view = routed.pool.view().await;
    let quote = view.quote_deposit(Lamports::new(lamports));
    quote.expect("deposits are open").minted.get()
}

async fn quoted_lamports(routed: &mut Routed, lst: u64) -> u64 {
    let view = routed.pool.view().await;
    let exit = view.quote_instant_exit(Lst::new(lst));
    exit.expect("exits are open").lamports.get()
}

#[tokio::test]
async fn wrapped_sol_becomes_the_lst_that_a_deposit_mints() {
    let mut routed = Routed::start().await;
    let (wrapped, lst) = routed.balances().await;
    let minted = quoted_lst(&mut routed, ODD).await;
    let deposit = routed.deposit(ODD, minted);
    swap(&mut routed, deposit).await;
    assert_eq!(routed.balances().await, (wrapped - ODD, lst + minted));
    assert_eq!(routed.pool.cluster.lamports(&TRANSIT).await, 0);
}

#[tokio::test]
async fn lst_becomes_the_wrapped_sol_that_an_instant_exit_pays() {
    let mut routed = Routed::start().await;
    let (wrapped, lst) = routed.balances().await;
    let paid = quoted_lamports(&mut routed, SOL + 1).await;
    let withdraw = routed.withdraw(SOL + 1, paid);
    swap(&mut routed, withdraw).await;
    assert_eq!(routed.balances().await, (wrapped + paid, lst - SOL - 1));
}

#[tokio::test]
async fn all_wrapped_sol_can_be_swapped_and_the_account_keeps_its_rent() {
    let mut routed = Routed::start().await;
    let (wrapped, _) = routed.balances().await;
    let deposit = routed.deposit(wrapped, 0);
    swap(&mut routed, deposit).await;
    let account = routed.pool.cluster.account(&routed.wrapped).await;
    let rent = routed.pool.cluster.rent_exempt_lamports(account.data.len());
    assert_eq!(account.lamports, rent.await);
    assert_eq!(routed.balances().await.0, 0);
}

#[tokio::test]
async fn a_delegate_swaps_what_was_approved_in_both_directions() {
    let mut routed = Routed::start().await;
    let delegate = routed.pool.cluster.keypair("delegate");
    for source in [routed.wrapped, routed.lst] {
        let (owner, key) = (routed.user.insecure_clone(), delegate.pubkey());
        let approve = approve(&TOKEN_PROGRAM, &source, &key, &owner.pubkey(), &[], SOL);
        let approve = approve.expect("the token program's instruction");
        routed.pool.must_send(&[approve], &[&owner]).await;
    }
    let (wrapped, lst) = (routed.wrapped, routed.lst);
    let pool = routed.pool.routed();
    let owner = delegate.pubkey();
    let by = |source, recipient| Swapper {
        owner,
        source,
        recipient,
    };
    let swaps = [
        pool.deposit_sol(&by(wrapped, lst), SOL, 0),
        pool.withdraw_sol(&by(lst, wrapped), SOL, 0),
    ];
    for swap in swaps {
        let again = swap.clone();
        routed.pool.must_send(&[swap], &[&delegate]).await;
        let more = routed.pool.try_out(&[again], &[&delegate]).await;
        more.expect_err("more than was approved");
    }
}

/// As the address of another program, which signs for its token accounts.
#[tokio::test]
async fn an_owner_that_has_data_and_no_lamports_to_spend_swaps_in_both_directions() {
    let mut routed = Routed::start().await;
    let vault = Account {
        lamports: SOL,
        data: vec![1; 8],
        owner: Pubkey::new_unique(),
        ..Account::default()
    };
    let owner = routed.user.pubkey();
    routed.pool.cluster.set_account(&owner, vault.clone());
    for instruction in [routed.deposit(ODD, 0), routed.withdraw(SOL, 0)] {
        swap(&mut routed, instruction).await;
        let after = routed.pool.cluster.account(&owner).await;
        assert_eq!(
            (after.lamports, after.data),
            (vault.lamports, vault.data.clone())
        );
    }
}

#[tokio::test]
async fn the_recipient_may_be_somebody_elses_account() {
    let mut routed = Routed::start().await;
    let friend = routed.pool.user("friend", SOL).await.pubkey();
    let wrapped = routed.pool.wrap(&friend, 1).await;
    let lst = routed.pool.lst_account(&friend);
    let (minted, pool) = (quoted_lst(&mut routed, ODD).await, routed.pool.routed());
    let deposit = pool.deposit_sol(&routed.swapper(routed.wrapped, lst), ODD, 0);
    swap(&mut routed, deposit).await;
    let paid = quoted_lamports(&mut routed, SOL).await;
    let withdraw = pool.withdraw_sol(&routed.swapper(routed.lst, wrapped), SOL, 0);
    swap(&mut routed, withdraw).await;
    assert_eq!(routed.pool.cluster.token_balance(&lst).await, minted);
    assert_eq!(routed.pool.cluster.token_balance(&wrapped).await, 1 + paid);
}
