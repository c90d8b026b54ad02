//! Messages of roles that waited for their signatures: each acts on what it names, or on nothing.

use SluiceError::{MessageOutdated, NotPaused, NothingToAcknowledge, NothingToChange};
use sluice::{
    SluiceError,
    state::{NEVER, Parameter, Pool as PoolAccount, SlotState},
};
use sluice_math::Lamports;
use sluice_tests::{
    cluster::addresses_of,
    pool::Pool,
    scenario::{CREDITS, SOL, assert_refused, earning_pool, empty_pool, voting_pool},
};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

/// A message of the admin, the guardian or the curator, made long before it is sent.
struct Old {
    instruction: Instruction,
    signer: Keypair,
}

impl Old {
    fn new(instruction: Instruction, signer: Keypair) -> Self {
        Self {
            instruction,
            signer,
        }
    }

    /// It is refused with this error, and every account that it names stays as it is.
    async fn dies(&self, pool: &mut Pool, error: SluiceError) {
        let addresses = addresses_of(std::slice::from_ref(&self.instruction));
        let before = pool.cluster.snapshot(&addresses).await;
        let instruction = self.instruction.clone();
        assert_refused(pool.send(&[instruction], &[&self.signer]).await, error);
        before.assert_identical(&pool.cluster.snapshot(&addresses).await);
    }

    async fn acts(&self, pool: &mut Pool) {
        let instruction = self.instruction.clone();
        pool.must_send(&[instruction], &[&self.signer]).await;
    }
}

async fn acknowledgement(pool: &mut Pool) -> Old {
    let PoolAccount {
        breaker_epoch,
        unrestored_lamports,
        ..
    } = pool.account().await;
    let (admin, unrestored) = (pool.admin(), Lamports::new(unrestored_lamports));
    let it = pool.addresses;
    let acknowledge = it.acknowledge_loss(admin.pubkey(), breaker_epoch, unrestored);
    Old::new(acknowledge, admin)
}

/// A pool whose breaker a loss of a ninth has tripped in this epoch, which is priced.
async fn tripped_pool() -> Pool {
    let (mut pool, _) = earning_pool(Pool::builder()).await;
    pool.next_epoch_with_rewards(0).await;
    pool.price().await;
    lose(&mut pool, 100 * SOL).await;
    pool
}

/// Stake goes missing and is reported.
async fn lose(pool: &mut Pool, lamports: u64) {
    let vote = pool.vote(1);
    pool.slash(&vote, lamports).await;
    pool.report_loss(&vote).await;
    assert!(pool.account().await.is_tripped());
}

#[tokio::test]
async fn w7_an_old_acknowledgement_ends_no_later_loss() {
    let mut pool = tripped_pool().await;
    let old = acknowledgement(&mut pool).await;
    pool.acknowledge_loss().await;
    old.dies(&mut pool, NothingToAcknowledge).await;
    // Another one in the same epoch, however small: what falls in an epoch counts together.
    lose(&mut pool, 1).await;
    old.dies(&mut pool, MessageOutdated).await;
    let second = acknowledgement(&mut pool).await;
    pool.acknowledge_loss().await;
    // And one in a later epoch, smaller than both.
    pool.next_epoch_with_rewards(0).await;
    pool.price().await;
    lose(&mut pool, 50 * SOL).await;
    old.dies(&mut pool, MessageOutdated).await;
    second.dies(&mut pool, MessageOutdated).await;
    acknowledgement(&mut pool).await.acts(&mut pool).await;
    assert_eq!(pool.account().await.breaker_epoch, NEVER);
}

#[tokio::test]
async fn w7_an_acknowledgement_dies_when_its_loss_grows_and_lives_while_gains_restore_it() {
    let mut pool = tripped_pool().await;
    let small = acknowledgement(&mut pool).await;
    lose(&mut pool, 1).await;
    small.dies(&mut pool, MessageOutdated).await;
    let whole = acknowledgement(&mut pool).await;
    let lost = pool.account().await.unrestored_lamports;
    let reserve = pool.addresses.reserve;
    pool.cluster.fund(&reserve, 20 * SOL).await;
    pool.next_epoch_with_rewards(0).await;
    pool.price().await;
    let left = pool.account().await.unrestored_lamports;
    assert!(0 < left && left < lost, "{left} of {lost}");
    // The loss of back then again, and a lamport more: the gains are gone, and so is the message.
    lose(&mut pool, lost - left + 1).await;
    whole.dies(&mut pool, MessageOutdated).await;
    pool.cluster.fund(&reserve, SOL).await;
    pool.next_epoch_with_rewards(0).await;
    pool.price().await;
    whole.acts(&mut pool).await;
    assert!(!pool.account().await.is_tripped());
}

async fn cancellation(pool: &mut Pool, parameter: Parameter) -> Old {
    let governance = pool.account().await.governance;
    let change = governance.pending_change(parameter).expect("it waits");
    let (it, admin) = (pool.addresses, pool.admin());
    Old::new(it.cancel_change(admin.pubkey(), parameter, change), admin)
}

#[tokio::test]
async fn w8_an_old_cancellation_takes_no_other_change_back() {
    let fee = Parameter::RewardFeeBps;
    let mut pool = Pool::start().await;
    pool.schedule_change(fee, 700).await;
    let old = cancellation(&mut pool, fee).await;
    // Another value.
    pool.schedule_change(fee, 600).await;
    old.dies(&mut pool, MessageOutdated).await;
    pool.cancel_change(fee).await;
    old.dies(&mut pool, NothingToChange).await;
    // The same value, announced again in a later epoch.
    pool.cluster.next_epoch().await;
    pool.price().await;
    pool.schedule_change(fee, 700).await;
    old.dies(&mut pool, MessageOutdated).await;
    cancellation(&mut pool, fee).await.acts(&mut pool).await;
}

fn announcement(pool: &Pool, value: u64, replaces: u64) -> Old {
    let (it, admin) = (pool.addresses, pool.admin());
    let fee = Parameter::RewardFeeBps;
    let schedule = it.schedule_change(admin.pubkey(), fee, value, replaces);
    Old::new(schedule, admin)
}

#[tokio::test]
async fn w8_an_old_announcement_replaces_no_later_decision() {
    let fee = Parameter::RewardFeeBps;
    let mut pool = Pool::start().await;
    let old = announcement(&pool, 1_000, 500);
    // A change that waits is a later decision, and stays one once it is in force.
    pool.schedule_change(fee, 400).await;
    old.dies(&mut pool, MessageOutdated).await;
    let next = announcement(&pool, 450, 400);
    pool.cluster.next_epoch().await;
    pool.price().await;
    assert_eq!(pool.account().await.config.reward_fee_bps, 400);
    old.dies(&mut pool, MessageOutdated).await;
    // What it replaces has come into force meanwhile: the message lives.
    next.acts(&mut pool).await;
    next.dies(&mut pool, MessageOutdated).await;
}

#[tokio::test]
async fn w9_an_old_hand_over_of_a_role_undoes_no_later_one() {
    type Make = fn(&Pool, Pubkey, Pubkey) -> Instruction;
    type Holder = fn(&PoolAccount) -> Pubkey;
    let roles: [(Make, Holder); 4] = [
        (
            |pool, to, now| pool.addresses.set_curator(pool.admin().pubkey(), to, now),
            |pool| pool.curator,
        ),
        (
            |pool, to, now| pool.addresses.set_guardian(pool.admin().pubkey(), to, now),
            |pool| pool.guardian,
        ),
        (
            |pool, to, now| pool.addresses.set_treasury(pool.admin().pubkey(), to, now),
            |pool| pool.treasury,
        ),
        (
            |pool, to, now| {
                pool.addresses
                    .nominate_admin(pool.admin().pubkey(), to, now)
            },
            |pool| pool.nominated_admin,
        ),
    ];
    let mut pool = Pool::start().await;
    let [unwanted, wanted] = ["unwanted", "wanted"].map(|name| pool.cluster.address(name));
    for (make, holder) in roles {
        let now = holder(&pool.account().await);
        let admin = pool.admin();
        let old = Old::new(make(&pool, unwanted, now), admin.insecure_clone());
        let other = Old::new(make(&pool, wanted, now), admin);
        other.acts(&mut pool).await;
        old.dies(&mut pool, MessageOutdated).await;
        assert_eq!(holder(&pool.account().await), wanted);
    }
}

#[tokio::test]
async fn w9_a_nomination_taken_back_late_takes_no_other_nomination_back() {
    let mut pool = Pool::start().await;
    let [first, second] = ["first", "second"].map(|name| pool.cluster.address(name));
    pool.nominate_admin(&first).await;
    let (it, admin) = (pool.addresses, pool.admin());
    let nobody = Pubkey::default();
    let old = Old::new(it.nominate_admin(admin.pubkey(), nobody, first), admin);
    pool.nominate_admin(&second).await;
    old.dies(&mut pool, MessageOutdated).await;
    assert_eq!(pool.account().await.nominated_admin, second);
}

#[tokio::test]
async fn w10_an_old_unpause_ends_no_later_pause() {
    let mut pool = Pool::start().await;
    pool.pause().await;
    let until_epoch = pool.account().await.paused_until_epoch;
    let guardian = pool.guardian();
    let unpause = pool.addresses.unpause(guardian.pubkey(), until_epoch);
    let old = Old::new(unpause, guardian);
    let admin = pool.admin();
    pool.unpause(&admin).await;
    old.dies(&mut pool, NotPaused).await;
    // The epoch in which the pause was ended leaves the window of twenty.
    pool.cluster.next_epochs(20).await;
    pool.pause().await;
    old.dies(&mut pool, MessageOutdated).await;
    pool.unpause(&admin).await;
}

async fn weighing(pool: &mut Pool, vote: &Pubkey, weight: u16) -> Old {
    let (place, slot) = (pool.place(vote).await, pool.slot_of(vote).await);
    let (it, curator) = (pool.addresses, pool.curator());
    let weigh = it.set_weight(curator.pubkey(), &place, weight, slot.next_weight);
    Old::new(weigh, curator)
}

#[tokio::test]
async fn w11_an_old_weight_replaces_no_later_one() {
    let mut pool = empty_pool(&[1, 1]).await;
    let vote = pool.vote(0);
    let old = weighing(&mut pool, &vote, 100).await;
    pool.set_weight(&vote, 0).await;
    old.dies(&mut pool, MessageOutdated).await;
    pool.crank_next_epoch(CREDITS).await;
    old.dies(&mut pool, MessageOutdated).await;
    weighing(&mut pool, &vote, 2).await.acts(&mut pool).await;
}

#[tokio::test]
async fn w11_an_old_weight_takes_no_ejected_validator_back() {
    let (mut pool, _) = voting_pool(&[1, 1, 1]).await;
    let vote = pool.vote(0);
    let old = weighing(&mut pool, &vote, 2).await;
    pool.cluster.set_commission(&vote, 1_100).await;
    pool.eject(&vote).await;
    pool.cluster.set_commission(&vote, 500).await;
    for _ in 0..3 {
        pool.crank_window().await;
        pool.crank_next_epoch(CREDITS).await;
    }
    old.dies(&mut pool, MessageOutdated).await;
    assert_eq!(pool.slot_state(&vote).await, SlotState::Ejected);
    weighing(&mut pool, &vote, 2).await.acts(&mut pool).await;
}

#[tokio::test]
async fn w11_a_validator_that_came_back_to_its_place_is_another_one() {
    let mut pool = empty_pool(&[1, 1]).await;
    let vote = pool.vote(0);
    let (place, curator) = (pool.place(&vote).await, pool.curator());
    let retire = pool.addresses.retire_validator(curator.pubkey(), &place);
    let retire = Old::new(retire, curator);
    let weigh = weighing(&mut pool, &vote, 5).await;
    pool.retire(&vote).await;
    pool.crank_window().await;
    pool.crank_next_epoch(CREDITS).await;
    pool.close(&vote).await;
    pool.add_validator(&vote, 1).await;
    let again = pool.place(&vote).await;
    assert_eq!((again.page, again.slot), (place.page, place.slot));
    retire.dies(&mut pool, MessageOutdated).await;
    weigh.dies(&mut pool, MessageOutdated).await;
    pool.retire(&vote).await;
}
