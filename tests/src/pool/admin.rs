//! What admin and guardian do. Their keys derive from the pool's name, also after the roles were
//! handed on.

use sluice::state::Parameter;
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
        let admin = pool.admin();
        (pool.addresses.nominate_admin(admin.pubkey(), *nominee), vec![admin])
    };
    /// Makes the nominated key the admin.
    accept_admin, try_accept_admin, (nominee: &Keypair), |pool| {
        (pool.addresses.accept_admin(nominee.pubkey()), vec![nominee.insecure_clone()])
    };
    /// Makes another key the curator.
    set_curator, try_set_curator, (curator: &Pubkey), |pool| {
        let admin = pool.admin();
        (pool.addresses.set_curator(admin.pubkey(), *curator), vec![admin])
    };
    /// Makes another key the guardian.
    set_guardian, try_set_guardian, (guardian: &Pubkey), |pool| {
        let admin = pool.admin();
        (pool.addresses.set_guardian(admin.pubkey(), *guardian), vec![admin])
    };
    /// Makes another key the treasury.
    set_treasury, try_set_treasury, (treasury: &Pubkey), |pool| {
        let admin = pool.admin();
        (pool.addresses.set_treasury(admin.pubkey(), *treasury), vec![admin])
    };
    /// Announces another value of a parameter.
    schedule_change, try_schedule_change, (parameter: Parameter, value: u64), |pool| {
        let admin = pool.admin();
        (pool.addresses.schedule_change(admin.pubkey(), parameter, value), vec![admin])
    };
    /// Takes an announced change back.
    cancel_change, try_cancel_change, (parameter: Parameter), |pool| {
        let admin = pool.admin();
        (pool.addresses.cancel_change(admin.pubkey(), parameter), vec![admin])
    };
    /// Pauses deposits and delegation.
    pause, try_pause, (), |pool| {
        let guardian = pool.guardian();
        (pool.addresses.pause(guardian.pubkey()), vec![guardian])
    };
    /// Ends a pause.
    unpause, try_unpause, (authority: &Keypair), |pool| {
        (pool.addresses.unpause(authority.pubkey()), vec![authority.insecure_clone()])
    };
    /// Ends the breaker.
    acknowledge_loss, try_acknowledge_loss, (), |pool| {
        let admin = pool.admin();
        (pool.addresses.acknowledge_loss(admin.pubkey()), vec![admin])
    };
}
