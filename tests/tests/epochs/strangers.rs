//! Donations, burns and a treasury that cannot be paid.

use sluice::{SluiceError, events::EpochFinalized};
use sluice_tests::{
    cluster::{Sent, TransactionFailure},
    pool::Pool,
    scenario::{CREDITS, SOL, assert_refused, earning_pool, replace_account, worth},
};
use solana_keypair::Keypair;
use solana_signer::Signer;

async fn burn(pool: &mut Pool, owner: &Keypair, lst: u64) -> Result<Sent, TransactionFailure> {
    let burn = spl_token_interface::instruction::burn(
        &spl_token_interface::ID,
        &pool.lst_account(&owner.pubkey()),
        &pool.addresses.mint,
        &owner.pubkey(),
        &[],
        lst,
    );
    let burn = burn.expect("the token program's instruction");
    // The books learn of it at the next finalize.
    pool.cluster.send(&[burn], &[owner]).await
}

#[tokio::test]
async fn a_donation_to_every_address_of_the_pool_harms_nobody() {
    let (mut pool, alice) = earning_pool(Pool::builder()).await;
    pool.crank_next_epoch(0).await;
    let ticket = pool.request(&alice, 50 * SOL).await;
    let before = pool.prices().await;
    let it = pool.addresses;
    let mut targets = vec![
        it.pool,
        it.mint,
        it.mint_authority,
        it.stake_authority,
        it.reserve,
        it.claims_vault,
        it.escrow,
        it.fees,
        it.history,
        it.page(0),
        ticket.batch,
        ticket.ticket,
        pool.lst_account(&pool.treasury().pubkey()),
    ];
    // What does not exist yet: the next page, batch and stake accounts.
    targets.extend([it.page(1), it.batch(1), it.main(3), it.transient(3)]);
    let mut counts = SOL;
    for place in pool.places().await {
        targets.extend([
            it.marker(&place.vote),
            place.vote,
            place.main,
            place.transient,
        ]);
        // An idle transient is not read: what is sent there counts once it is used.
        counts += SOL;
    }
    for target in targets {
        pool.cluster.fund(&target, SOL).await;
        pool.check().await;
    }
    assert_eq!(
        pool.prices().await,
        before,
        "nothing counts before finalize"
    );

    pool.next_epoch_with_rewards(0).await;
    pool.observe_all().await;
    let booked = pool.finalize().await.events::<EpochFinalized>().remove(0);
    assert_eq!(booked.gain_lamports, counts);
    pool.add_validators(&[(0, 1)]).await;
    for _ in 0..3 {
        pool.crank_epoch().await;
        pool.crank_window().await;
        pool.next_epoch_with_rewards(CREDITS).await;
    }
    pool.crank_epoch().await;
    pool.claim(&ticket).await;
    pool.request(&alice, SOL).await;
}

#[tokio::test]
async fn lst_that_a_stranger_burns_drips_to_those_who_stay() {
    let (mut pool, alice) = earning_pool(Pool::builder()).await;
    let mallory = pool.user("mallory", 101 * SOL).await;
    pool.crank_next_epoch(0).await;
    pool.deposit(&mallory, 100 * SOL).await;
    let burned = pool.lst_balance(&mallory.pubkey()).await;
    let before = pool.prices().await;
    burn(&mut pool, &mallory, burned).await.expect("her own");
    assert_eq!(pool.prices().await, before, "the books do not know yet");

    pool.next_epoch_with_rewards(0).await;
    pool.observe_all().await;
    let booked = pool.finalize().await.events::<EpochFinalized>().remove(0);
    let after = pool.prices().await;
    assert_eq!(booked.burned_lst, burned);
    assert_eq!(after.supply, before.supply - burned);
    assert_eq!(after.full, before.full);
    let burned_value = worth(burned, before.value, before.supply);
    assert_eq!(after.value, before.value - burned_value);
    assert_eq!(pool.books().await.unreleased(), burned_value);
    assert!(
        booked.drip_epochs > 1,
        "10% of the pool do not come at once"
    );
    assert_refused(pool.try_withdraw(&alice, 0).await, SluiceError::ZeroAmount);
    pool.withdraw(&alice, SOL).await;
}

#[tokio::test]
async fn a_pool_whose_holders_burned_everything_goes_on_from_its_seed() {
    let (mut pool, alice) = earning_pool(Pool::builder()).await;
    let bob = pool.user("bob", 2_000 * SOL).await;
    let all = pool.lst_balance(&alice.pubkey()).await;
    burn(&mut pool, &alice, all).await.expect("her own");
    for _ in 0..2 {
        pool.crank_next_epoch(CREDITS).await;
    }
    let account = pool.account().await;
    assert!(account.lst_supply < account.dead_lst * 2, "{account:?}");
    // Dear as it is, a unit is small: bob loses less than one of them.
    pool.deposit(&bob, 1_000 * SOL).await;
    let (lst, prices) = (pool.lst_balance(&bob.pubkey()).await, pool.prices().await);
    let loss = 1_000 * SOL - worth(lst, prices.full, prices.supply);
    assert!(loss <= prices.full / prices.supply + 1, "{loss}");
}

#[tokio::test]
async fn a_broken_treasury_account_stops_nothing_but_its_own_payment() {
    let (mut pool, alice) = earning_pool(Pool::builder()).await;
    let account = pool.lst_account(&pool.treasury().pubkey());
    let sound = pool.cluster.account(&account).await;
    let owned_by_alice = pool
        .cluster
        .account(&pool.lst_account(&alice.pubkey()))
        .await;
    let mut frozen = sound.clone();
    // `state` of a token account: 2 is frozen.
    frozen.data[108] = 2;
    for broken in [owned_by_alice, frozen] {
        pool.cluster.set_account(&account, broken);
        pool.crank_next_epoch(CREDITS).await;
        assert!(pool.books().await.fees_lst > 0);
        pool.try_pay_fees().await.expect_err("nowhere to pay to");
        pool.deposit(&alice, SOL).await;
        pool.withdraw(&alice, SOL / 2).await;
        let ticket = pool.request(&alice, SOL).await;
        pool.crank_window().await;
        pool.crank_next_epoch(CREDITS).await;
        pool.claim(&ticket).await;
    }
    pool.cluster.set_account(&account, sound);
    let fees = pool.books().await.fees_lst;
    pool.pay_fees().await;
    assert_eq!(pool.lst_balance(&pool.treasury().pubkey()).await, fees);
}

/// A2. Anybody could have the fee paid to an account of the treasury that nobody looks at.
#[tokio::test]
async fn the_fee_goes_to_the_treasurys_associated_account_and_to_no_other_of_its_accounts() {
    let (mut pool, alice) = earning_pool(Pool::builder()).await;
    pool.crank_next_epoch(CREDITS).await;
    let treasury = pool.treasury().pubkey();
    let others = pool.lst_account(&alice.pubkey());
    let mut account = pool.cluster.account(&others).await;
    // The owner of a token account stands behind its mint.
    account.data[32..64].copy_from_slice(treasury.as_ref());
    let stray = pool.cluster.address("another account of the treasury");
    pool.cluster.set_account(&stray, account);
    let payer = pool.cluster.payer().pubkey();
    let mut pay = pool.addresses.pay_fees(payer, treasury);
    let to = pool.lst_account(&treasury);
    replace_account(&mut pay, &to, stray);
    let refused = pool.send(&[pay], &[]).await;
    assert_refused(refused, SluiceError::WrongTreasuryAccount);
    pool.pay_fees().await;
}

/// A2. Nobody has to create the treasury's account first: who forwards the fee pays its rent. There is no
/// other account that this would create.
#[tokio::test]
async fn a_missing_account_of_the_treasury_is_created_at_the_expense_of_who_forwards_the_fee() {
    for gift in [0, 1_000_000, SOL] {
        let (mut pool, alice) = earning_pool(Pool::builder()).await;
        let treasury = pool.treasury().pubkey();
        let account = pool.lst_account(&treasury);
        let missing = solana_account::Account {
            lamports: gift,
            ..solana_account::Account::default()
        };
        pool.cluster.set_account(&account, missing);
        let nothing = pool.addresses.pay_fees(alice.pubkey(), treasury);
        pool.must_send(&[nothing], &[&alice]).await;
        assert_eq!(
            pool.cluster
                .try_account(&account)
                .await
                .map_or(0, |a| a.data.len()),
            0
        );

        pool.crank_next_epoch(CREDITS).await;
        let fees = pool.books().await.fees_lst;
        assert!(fees > 0);
        for other in [pool.cluster.address("no token account"), alice.pubkey()] {
            let mut pay = pool.addresses.pay_fees(alice.pubkey(), other);
            let refused = pool.send(&[pay.clone()], &[&alice]).await;
            assert_refused(refused, SluiceError::WrongTreasuryAccount);
            replace_account(&mut pay, &other, treasury);
            let refused = pool.send(&[pay], &[&alice]).await;
            assert_refused(refused, SluiceError::WrongTreasuryAccount);
        }

        let before = pool.wallet(&alice).await;
        let pay = pool.addresses.pay_fees(alice.pubkey(), treasury);
        pool.must_send(&[pay], &[&alice]).await;
        let rent = pool.cluster.rent_exempt_lamports(165).await;
        assert_eq!(
            before - pool.wallet(&alice).await,
            rent.saturating_sub(gift)
        );
        let token = pool.cluster.token_account(&account).await;
        assert_eq!((token.owner, token.amount), (treasury, fees));
        assert_eq!(pool.books().await.fees_lst, 0);
    }
}
