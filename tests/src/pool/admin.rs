//! What admin and guardian do. Their keys derive from the pool's name, also after the roles were
//! handed on. What a message names, it takes from the pool as it is.

use sluice::state::Parameter;
use sluice_math::Lamports;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use super::{
    Pool,
    verbs::{Outcome, accepted, verbs},
};
use crate::cluster::Sent;

verbs! {
    /// Nominates who may follow as admin.
    nominate_admin, try_nominate_admin, (nominee: &Pubkey), |pool| {
        let (admin, now) = (pool.admin(), pool.account().await.nominated_admin);
        (pool.addresses.nominate_admin(admin.pubkey(), *nominee, now), vec![admin])
    };
    /// Makes the nominated key the admin.
    accept_admin, try_accept_admin, (nominee: &Keypair), |pool| {
        (pool.addresses.accept_admin(nominee.pubkey()), vec![nominee.insecure_clone()])
    };
    /// Makes another key the curator.
    set_curator, try_set_curator, (curator: &Pubkey), |pool| {
        let (admin, now) = (pool.admin(), pool.account().await.curator);
        (pool.addresses.set_curator(admin.pubkey(), *curator, now), vec![admin])
    };
    /// Makes another key the guardian.
    set_guardian, try_set_guardian, (guardian: &Pubkey), |pool| {
        let (admin, now) = (pool.admin(), pool.account().await.guardian);
        (pool.addresses.set_guardian(admin.pubkey(), *guardian, now), vec![admin])
    };
    /// Makes another key the treasury.
    set_treasury, try_set_treasury, (treasury: &Pubkey), |pool| {
        let (admin, now) = (pool.admin(), pool.account().await.treasury);
        (pool.addresses.set_treasury(admin.pubkey(), *treasury, now), vec![admin])
    };
    /// Announces another value of a parameter.
    schedule_change, try_schedule_change, (parameter: Parameter, value: u64), |pool| {
        let (admin, now) = (pool.admin(), pool.account().await.planned_value(parameter));
        (pool.addresses.schedule_change(admin.pubkey(), parameter, value, now), vec![admin])
    };
    /// Takes the change of a parameter back that waits.
    cancel_change, try_cancel_change, (parameter: Parameter), |pool| {
        let (admin, governance) = (pool.admin(), pool.account().await.governance);
        let change = governance.pending_change(parameter).unwrap_or_default();
        (pool.addresses.cancel_change(admin.pubkey(), parameter, change), vec![admin])
    };
    /// Pauses deposits and delegation.
    pause, try_pause, (), |pool| {
        let guardian = pool.guardian();
        (pool.addresses.pause(guardian.pubkey()), vec![guardian])
    };
    /// Ends a pause.
    unpause, try_unpause, (authority: &Keypair), |pool| {
        let until_epoch = pool.account().await.paused_until_epoch;
        (
            pool.addresses.unpause(authority.pubkey(), until_epoch),
            vec![authority.insecure_clone()],
        )
    };
    /// Ends the breaker.
    acknowledge_loss, try_acknowledge_loss, (), |pool| {
        let (admin, now) = (pool.admin(), pool.account().await);
        let unrestored = Lamports::new(now.unrestored_lamports);
        let it = pool.addresses;
        (it.acknowledge_loss(admin.pubkey(), now.breaker_epoch, unrestored), vec![admin])
    };
}
