//! Attempts to take stake that belongs to the pool, or to have it pay for what it does not get.

use std::slice;

use sluice::{SluiceError, state::PoolConfig};
use sluice_client::{SlotAddress, StakeSource};
use sluice_tests::{
    cluster::STAKE_ACCOUNT_BYTES,
    pool::Pool,
    scenario::{CREDITS, SOL, assert_refused, open_pool},
};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;
use solana_stake_interface::{
    instruction as stake_program,
    program::ID as STAKE_PROGRAM,
    state::{Authorized, Lockup, StakeAuthorize},
};
use solana_system_interface::instruction as system;

/// A deposit with these accounts, in mallory's name as far as she can give one.
fn deposit(pool: &Pool, place: &SlotAddress, source: &StakeSource, to: &Keypair) -> Instruction {
    let recipient = pool.lst_account(&to.pubkey());
    pool.addresses.deposit_stake(place, source, recipient, 0)
}

/// Handing an account over first and asking then whether it is the pool's would let anybody
/// deposit what is the pool's already.
#[tokio::test]
async fn row_17_and_v41_the_pools_own_stake_accounts_are_not_deposited() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    let mallory = pool.user("mallory", 10 * SOL).await;
    // Both transients hold stake, too.
    pool.deposit(&alice, 60 * SOL).await;
    pool.crank_window().await;
    pool.cluster.next_epoch().await;
    pool.price().await;
    let places = [
        pool.place(&pool.vote(0)).await,
        pool.place(&pool.vote(1)).await,
    ];
    let authority = pool.addresses.stake_authority;
    let owned = pool.owned_lamports().await;
    for place in &places {
        for own in places
            .iter()
            .flat_map(|place| [place.main, place.transient])
        {
            for owner in [mallory.pubkey(), authority] {
                let source = StakeSource {
                    stake: own,
                    staker: owner,
                    withdrawer: owner,
                };
                let mut offer = deposit(&pool, place, &source, &mallory);
                // Nobody can sign for the authority.
                for meta in &mut offer.accounts {
                    meta.is_signer = meta.is_signer && meta.pubkey != authority;
                }
                let refused = pool.send(&[offer], &[&mallory]).await;
                let failure = refused.expect_err("it is the pool's");
                if owner != authority {
                    let own = Some(SluiceError::OwnStakeAccount.into());
                    assert_eq!(failure.custom_code, own, "{failure}");
                }
            }
        }
    }
    assert_eq!(pool.owned_lamports().await, owned);
    assert_eq!(pool.lst_balance(&mallory.pubkey()).await, 0);
}

#[tokio::test]
async fn row_17_stake_of_another_pool_is_not_deposited() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    let vote = pool.vote(0);
    let place = pool.place(&vote).await;
    pool.found("second", PoolConfig::RECOMMENDED).await;
    pool.add_validator(&vote, 1).await;
    pool.user("alice", 0).await;
    pool.deposit(&alice, 50 * SOL).await;
    pool.crank_window().await;
    pool.cluster.next_epoch().await;
    pool.crank_epoch().await;
    let (main, authority) = (pool.place(&vote).await.main, pool.addresses.stake_authority);
    pool.turn_to("pool");
    pool.crank_epoch().await;
    for owner in [alice.pubkey(), authority] {
        let source = StakeSource {
            stake: main,
            staker: owner,
            withdrawer: owner,
        };
        let mut offer = deposit(&pool, &place, &source, &alice);
        for meta in &mut offer.accounts {
            meta.is_signer = meta.is_signer && meta.pubkey != authority;
        }
        let refused = pool.send(&[offer], &[&alice]).await;
        let failure = refused.expect_err("it is another pool's");
        if owner == alice.pubkey() {
            let wrong = Some(SluiceError::WrongStakeAuthority.into());
            assert_eq!(failure.custom_code, wrong, "{failure}");
        }
    }
}

/// The roles over the pool's stake stay with its authority, no matter who asks the stake program.
#[tokio::test]
async fn row_17_nobody_authorizes_withdraws_or_moves_the_pools_stake() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    let (mallory, vote) = (pool.user("mallory", 10 * SOL).await, pool.vote(0));
    pool.withdraw_stake(&alice, &vote, 3 * SOL).await;
    let (key, place) = (mallory.pubkey(), pool.place(&vote).await);
    let own = pool.active_stake("own", &key, 3 * SOL, &vote).await;
    let empty = pool.cluster.create_stake("empty", &key, 0).await;
    for stake in [place.main, place.transient] {
        let attempts = [
            stake_program::authorize(&stake, &key, &key, StakeAuthorize::Staker, None),
            stake_program::authorize(&stake, &key, &key, StakeAuthorize::Withdrawer, None),
            stake_program::withdraw(&stake, &key, &key, 1, None),
            stake_program::deactivate_stake(&stake, &key),
            stake_program::delegate_stake(&stake, &key, &vote),
            stake_program::move_stake(&stake, &empty, &key, SOL),
            stake_program::move_lamports(&stake, &empty, &key, 1),
            stake_program::initialize(&stake, &Authorized::auto(&key), &Lockup::default()),
        ];
        let merges = stake_program::merge(&own, &stake, &key);
        // The split itself comes last, after the creation of the account.
        let split = stake_program::split(&stake, &key, SOL, &empty).pop();
        for attempt in attempts.into_iter().chain(merges).chain(split) {
            assert_eq!(attempt.program_id, STAKE_PROGRAM);
            let refused = pool.send(&[attempt], &[&mallory]).await;
            refused.expect_err("it is the pool's");
        }
        let state = pool.cluster.stake_state(&stake).await;
        let authorized = state.authorized().expect("an account with authorities");
        assert_eq!(
            authorized,
            Authorized::auto(&pool.addresses.stake_authority)
        );
    }
}

/// Right bytes with a wrong owner, of a wrong length, or of a wrong kind.
#[tokio::test]
async fn v26_and_row_18_a_fake_stake_account_is_no_stake_account() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    let vote = pool.vote(0);
    let genuine = pool
        .active_stake("genuine", &alice.pubkey(), 5 * SOL, &vote)
        .await;
    let account = pool.cluster.account(&genuine).await;
    let mut fakes = Vec::new();
    for owner in [sluice::ID, solana_sdk_ids::vote::ID, alice.pubkey()] {
        let mut fake = account.clone();
        fake.owner = owner;
        fakes.push(fake);
    }
    for length in [0, 3, 4, 124, 199, 201, 4_008] {
        let mut fake = account.clone();
        fake.data.resize(length, 0);
        fakes.push(fake);
    }
    for tag in [0, 3, 4, 255] {
        let mut fake = account.clone();
        fake.data[0] = tag;
        fakes.push(fake);
    }
    for (number, fake) in fakes.into_iter().enumerate() {
        let address = pool.cluster.address(&format!("fake {number}"));
        pool.cluster.set_account(&address, fake);
        let before = pool.cluster.snapshot(&[address]).await;
        let refused = pool.try_deposit_stake(&alice, &address, &vote).await;
        assert_refused(refused, SluiceError::NotStakeAccount);
        before.assert_identical(&pool.cluster.snapshot(&[address]).await);
    }
    pool.deposit_stake(&alice, &genuine, &vote).await;
}

/// Random bytes in a genuine stake account never panic and never mint for nothing.
#[tokio::test]
async fn row_20_random_content_of_a_stake_account_mints_nothing_that_is_not_there() {
    use rand::{Rng, SeedableRng, rngs::StdRng};
    let (mut pool, alice) = open_pool(|_| {}).await;
    let vote = pool.vote(0);
    let model = pool
        .active_stake("model", &alice.pubkey(), 5 * SOL, &vote)
        .await;
    let account = pool.cluster.account(&model).await;
    let mut random = StdRng::seed_from_u64(20);
    for round in 0..60 {
        let stake = pool.cluster.address(&format!("random {round}"));
        let mut mutated = account.clone();
        for _ in 0..random.random_range(1..4) {
            let at = random.random_range(0..STAKE_ACCOUNT_BYTES);
            mutated.data[at] = random.random();
        }
        pool.cluster.set_account(&stake, mutated);
        // The watcher compares what is minted with what comes in.
        let outcome = pool.try_deposit_stake(&alice, &stake, &vote).await;
        if let Err(failure) = outcome {
            let panicked = failure.logs.iter().any(|line| line.contains("panicked"));
            assert!(!panicked, "{failure}");
        }
    }
}

/// The vote account's bytes at another address are another validator.
#[tokio::test]
async fn row_18_stake_with_a_copy_of_the_vote_account_is_of_another_validator() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    let vote = pool.vote(0);
    let copy = pool.cluster.address("a copy of the vote account");
    let account = pool.cluster.account(&vote).await;
    pool.cluster.set_account(&copy, account);
    let stake = pool
        .active_stake("stake", &alice.pubkey(), 5 * SOL, &copy)
        .await;
    let refused = pool.try_deposit_stake(&alice, &stake, &vote).await;
    assert_refused(refused, SluiceError::StakeOfOtherValidator);
}

/// An address that is a stake account already, of any owner, is not filled: not one that nobody has
/// initialized, and not in the transaction that creates it.
#[tokio::test]
async fn v1_and_row_09_stake_goes_to_no_account_that_somebody_prepared() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    let (mallory, vote) = (pool.user("mallory", 100 * SOL).await, pool.vote(0));
    let rent = pool.cluster.rent_exempt_lamports(STAKE_ACCOUNT_BYTES).await;
    for initialized in [false, true] {
        for before in [false, true] {
            let stake = pool.new_stake_key();
            let address = stake.pubkey();
            let space = STAKE_ACCOUNT_BYTES as u64;
            let mut prepare = vec![system::create_account(
                &mallory.pubkey(),
                &address,
                rent,
                space,
                &STAKE_PROGRAM,
            )];
            if initialized {
                let theirs = Authorized::auto(&mallory.pubkey());
                prepare.push(stake_program::initialize(
                    &address,
                    &theirs,
                    &Lockup::default(),
                ));
            }
            if before {
                let prepared = std::mem::take(&mut prepare);
                pool.must_send(&prepared, &[&mallory, &stake]).await;
            }
            let owner = alice.pubkey();
            let withdraw = pool.withdraw_stake_instruction(&owner, &address, &vote, 3 * SOL);
            prepare.push(withdraw.await);
            let refused = pool.send(&prepare, &[&alice, &mallory, &stake]).await;
            assert_refused(refused, SluiceError::StakeAccountInUse);
        }
    }
}

/// What is merged is gone; a new account at its address is a new account.
#[tokio::test]
async fn v1_and_row_09_a_deposited_stake_account_made_anew_counts_for_nothing() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    let vote = pool.vote(0);
    let key = pool.cluster.keypair("stake");
    let stake = key.pubkey();
    let cluster = &mut pool.cluster;
    cluster
        .create_delegated_stake("stake", &alice, 5 * SOL, &vote)
        .await;
    pool.crank_next_epoch(CREDITS).await;
    let owner = alice.pubkey();
    let offer = pool.deposit_stake_instruction(&owner, &stake, &vote).await;
    let rent = pool.cluster.rent_exempt_lamports(STAKE_ACCOUNT_BYTES).await;
    let again = stake_program::create_account(
        &owner,
        &stake,
        &Authorized::auto(&owner),
        &Lockup::default(),
        rent + 5 * SOL,
    );
    // Not in the same transaction, in which the address is still taken.
    let at_once = [slice::from_ref(&offer), &again].concat();
    let refused = pool.send(&at_once, &[&alice, &key]).await;
    refused.expect_err("the account is still there");
    // Twice in one transaction there is nothing left to deposit.
    let refused = pool.send(&[offer.clone(), offer.clone()], &[&alice]).await;
    assert_refused(refused, SluiceError::NotStakeAccount);
    let (full, held) = (
        pool.prices().await.full,
        pool.cluster.lamports(&stake).await,
    );
    pool.must_send(slice::from_ref(&offer), &[&alice]).await;
    pool.must_send(&again, &[&alice, &key]).await;
    assert_eq!(pool.prices().await.full, full + held);
    let refused = pool.send(&[offer], &[&alice]).await;
    assert_refused(refused, SluiceError::StakeNotDelegated);
    pool.crank_next_epoch(CREDITS).await;
    let books = pool.books().await;
    let owned = pool.owned_lamports().await;
    assert_eq!(
        owned,
        books.pool.staked_lamports + books.pool.reserve_lamports
    );
}

/// The slot of a validator that was closed, and its old accounts, take and give nothing.
#[tokio::test]
async fn v42_and_row_11_a_closed_slot_is_not_replayed() {
    let (mut pool, alice) = open_pool(|_| {}).await;
    let vote = pool.vote(0);
    let old = pool.place(&vote).await;
    pool.retire(&vote).await;
    for _ in 0..3 {
        pool.pass_an_epoch().await;
    }
    pool.close(&vote).await;
    let stake = pool
        .active_stake("stake", &alice.pubkey(), 5 * SOL, &vote)
        .await;
    let source = StakeSource {
        stake,
        staker: alice.pubkey(),
        withdrawer: alice.pubkey(),
    };
    let key = pool.new_stake_key();
    let parties = pool.stake_recipient(&alice.pubkey(), &key.pubkey());
    let offer = deposit(&pool, &old, &source, &alice);
    let exit = pool.addresses.withdraw_stake(&old, &parties, 3 * SOL, 0);
    for (again, expected) in [
        (false, SluiceError::SlotEmpty),
        (true, SluiceError::ForeignAccount),
    ] {
        if again {
            pool.add_validator(&vote, 1).await;
            let new = pool.place(&vote).await;
            assert_eq!((new.page, new.slot), (old.page, old.slot));
            assert_ne!(new.main, old.main);
        }
        // Somebody fills the old address.
        let authority = pool.addresses.stake_authority;
        let bait = pool.active_stake("bait", &authority, 50 * SOL, &vote).await;
        let bait = pool.cluster.account(&bait).await;
        pool.cluster.set_account(&old.main, bait);
        let refused = pool.send(std::slice::from_ref(&offer), &[&alice]).await;
        assert_refused(refused, expected);
        let refused = pool
            .send(std::slice::from_ref(&exit), &[&alice, &key])
            .await;
        assert_refused(refused, expected);
    }
}
