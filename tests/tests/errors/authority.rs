//! What keys decide.

use sluice::state::{PAUSE_EPOCHS, Parameter, PoolLimits};
use sluice_tests::{cluster::LAMPORTS_PER_SOL as SOL, pool::Pool};
use solana_signer::Signer;

use super::Outcome;

pub async fn only_the_admin_changes_roles() -> Outcome {
    let mut pool = Pool::start().await;
    let curator = pool.curator();
    let set =
        pool.addresses
            .set_guardian(curator.pubkey(), curator.pubkey(), pool.guardian().pubkey());
    pool.send(&[set], &[&curator]).await
}

pub async fn only_the_nominated_key_becomes_the_admin() -> Outcome {
    let mut pool = Pool::start().await;
    let guardian = pool.guardian();
    pool.nominate_admin(&pool.curator().pubkey()).await;
    pool.try_accept_admin(&guardian).await
}

pub async fn only_the_guardian_pauses() -> Outcome {
    let mut pool = Pool::start().await;
    let admin = pool.admin();
    let pause = pool.addresses.pause(admin.pubkey());
    pool.send(&[pause], &[&admin]).await
}

pub async fn the_pool_itself_has_no_role() -> Outcome {
    let mut pool = Pool::start().await;
    let authority = pool.addresses.mint_authority;
    pool.try_set_treasury(&authority).await
}

pub async fn a_value_that_holds_already_is_no_change() -> Outcome {
    let mut pool = Pool::start().await;
    let fee = pool.account().await.config.reward_fee_bps;
    pool.try_schedule_change(Parameter::RewardFeeBps, fee.into())
        .await
}

pub async fn a_pause_cannot_be_prolonged_for_ever() -> Outcome {
    let mut pool = Pool::start().await;
    pool.pause().await;
    pool.cluster.next_epochs(PAUSE_EPOCHS).await;
    pool.try_pause().await
}

pub async fn a_pool_that_is_not_paused_cannot_be_unpaused() -> Outcome {
    let mut pool = Pool::start().await;
    let admin = pool.admin();
    pool.try_unpause(&admin).await
}

pub async fn without_a_tripped_loss_there_is_nothing_to_acknowledge() -> Outcome {
    let mut pool = Pool::start().await;
    pool.try_acknowledge_loss().await
}

pub async fn an_old_message_takes_no_later_decision_back() -> Outcome {
    let fee = Parameter::RewardFeeBps;
    let mut pool = Pool::start().await;
    let (it, admin) = (pool.addresses, pool.admin());
    pool.schedule_change(fee, 700).await;
    let change = pool.account().await.governance.pending_change(fee);
    let old = it.cancel_change(admin.pubkey(), fee, change.expect("it waits"));
    pool.schedule_change(fee, 600).await;
    pool.send(&[old], &[&admin]).await
}

pub async fn a_deposit_below_the_minimum_is_refused() -> Outcome {
    let limits = PoolLimits {
        minimum_deposit_lamports: SOL,
        ..PoolLimits::NONE
    };
    let mut pool = Pool::builder().limits(limits).start().await;
    let alice = pool.user("alice", 10 * SOL).await;
    pool.deposit(&alice, SOL).await;
    pool.try_deposit(&alice, SOL - 1).await
}

pub async fn a_deposit_beyond_the_cap_is_refused() -> Outcome {
    let limits = PoolLimits {
        deposit_cap_lamports: 5 * SOL,
        ..PoolLimits::NONE
    };
    let mut pool = Pool::builder().limits(limits).start().await;
    let alice = pool.user("alice", 10 * SOL).await;
    let room = 5 * SOL - pool.prices().await.full;
    pool.deposit(&alice, room).await;
    pool.try_deposit(&alice, 1).await
}
