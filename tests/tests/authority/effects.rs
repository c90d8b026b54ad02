//! What the instructions of admin and guardian change, and no more.

use sluice::{
    events::{
        AdminNominated, ChangeCancelled, ChangeScheduled, LossAcknowledged, PoolPaused,
        PoolUnpaused, Role, RoleSet,
    },
    state::{NEVER, PAUSE_EPOCHS, Parameter, PendingChange, Pool as PoolAccount},
};
use sluice_tests::{
    cluster::LAMPORTS_PER_SOL as SOL,
    scenario::two_pools::{Acted, Stage, TwoPools, content},
};
use solana_pubkey::Pubkey;
use solana_signer::Signer;

/// What the instruction did, and that the pool account alone has changed.
async fn acted(stage: Stage, name: &'static str) -> (TwoPools, Pubkey, Acted) {
    let (pools, acted) = TwoPools::acted(stage, name).await;
    let pool = pools.pool.addresses.pool;
    acted.assert_changes(&[(pool, content(0))]);
    (pools, pool, acted)
}

#[tokio::test]
async fn a_nomination_gives_nothing_yet() {
    let (pools, pool, acted) = acted(Stage::Fresh, "nominate_admin").await;
    let heir = pools.heir().pubkey();
    acted.assert_pool(|pool| pool.nominated_admin = heir);
    acted.assert_event(&AdminNominated {
        pool,
        admin: pools.pool.admin().pubkey(),
        nominated: heir,
    });
}

#[tokio::test]
async fn an_accepted_nomination_is_used_up() {
    let (pools, pool, acted) = acted(Stage::Governed, "accept_admin").await;
    let heir = pools.heir().pubkey();
    acted.assert_pool(|pool| {
        pool.admin = heir;
        pool.nominated_admin = Pubkey::default();
    });
    acted.assert_event(&RoleSet {
        pool,
        role: Role::Admin,
        before: pools.pool.admin().pubkey(),
        now: heir,
    });
}

#[tokio::test]
async fn a_new_curator_guardian_or_treasury_replaces_the_old_one() {
    type Field = fn(&mut PoolAccount) -> &mut Pubkey;
    let roles: [(&'static str, Role, Field); 3] = [
        ("set_curator", Role::Curator, |pool| &mut pool.curator),
        ("set_guardian", Role::Guardian, |pool| &mut pool.guardian),
        ("set_treasury", Role::Treasury, |pool| &mut pool.treasury),
    ];
    for (name, role, field) in roles {
        let (pools, pool, acted) = acted(Stage::Fresh, name).await;
        let now = pools.heir().pubkey();
        let mut old = acted.before.pool;
        let before = *field(&mut old);
        assert_ne!(before, now);
        acted.assert_pool(|pool| *field(pool) = now);
        acted.assert_event(&RoleSet {
            pool,
            role,
            before,
            now,
        });
    }
}

#[tokio::test]
async fn a_scheduled_change_waits_in_the_pool_and_changes_nothing_yet() {
    let (_, pool, acted) = acted(Stage::Fresh, "schedule_change").await;
    let parameter = Parameter::RewardFeeBps;
    let from_epoch = acted.before.epoch + 2;
    acted.assert_pool(|pool| {
        pool.governance.pending[parameter.index()] = PendingChange {
            value: 600,
            from_epoch,
        };
    });
    acted.assert_event(&ChangeScheduled {
        pool,
        parameter,
        before: 500,
        value: 600,
        from_epoch,
    });
}

#[tokio::test]
async fn a_cancelled_change_waits_no_longer() {
    let (_, pool, acted) = acted(Stage::Governed, "cancel_change").await;
    let parameter = Parameter::RewardFeeBps;
    acted.assert_pool(|pool| {
        pool.governance.pending[parameter.index()] = PendingChange::default();
    });
    acted.assert_event(&ChangeCancelled {
        pool,
        parameter,
        value: 700,
    });
}

#[tokio::test]
async fn a_pause_ends_by_itself_after_its_epochs() {
    let (_, pool, acted) = acted(Stage::Fresh, "pause").await;
    let until_epoch = acted.before.epoch + PAUSE_EPOCHS;
    acted.assert_pool(|pool| {
        pool.paused_until_epoch = until_epoch;
        // Five epochs, and not the one in which deposits go on.
        pool.governance.pause_record = 0b11_1110;
    });
    acted.assert_event(&PoolPaused { pool, until_epoch });
}

#[tokio::test]
async fn the_end_of_a_pause_gives_back_the_epochs_that_were_not_needed() {
    let (_, pool, acted) = acted(Stage::Governed, "unpause").await;
    let epoch = acted.before.epoch;
    acted.assert_pool(|pool| {
        pool.paused_until_epoch = epoch;
        // This epoch counts, though it is paused no longer.
        pool.governance.pause_record = 1;
    });
    acted.assert_event(&PoolUnpaused { pool, epoch });
}

#[tokio::test]
async fn an_acknowledged_loss_is_no_longer_restored() {
    let (_, pool, acted) = acted(Stage::Governed, "acknowledge_loss").await;
    acted.assert_pool(|pool| {
        pool.breaker_epoch = NEVER;
        pool.unrestored_lamports = 0;
    });
    acted.assert_event(&LossAcknowledged {
        pool,
        unrestored_lamports: SOL,
    });
}
