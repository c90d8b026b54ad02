//! The JSON-RPC methods of a validator, answered from the one bank of the cluster.

mod accounts;
mod blocks;
mod cluster_info;
mod control;
mod doors;
mod encoding;
mod fees;
mod history;
mod invalid;
mod largest_accounts;
mod params;
mod production;
mod rewards;
mod scan;
mod server;
mod simulation;
mod slots;
mod tokens;
mod transactions;

use std::{net::SocketAddr, sync::atomic::AtomicU32};

pub(crate) use encoding::{EncodingLimit, encode_account};
pub(crate) use history::{names, transaction_result};
use jsonrpc_core::Error;
use jsonrpsee::RpcModule;
pub(crate) use params::{
    Methods, NoParams, into_error_object, parse_pubkey, parse_signature, read,
};
use parking_lot::RwLockReadGuard;
pub(crate) use scan::{checked_filters, keyed_accounts, scan_program_accounts};
pub(crate) use server::{Ports, Servers};
use solana_clock::Slot;
use solana_keypair::Keypair;
use solana_rpc_client_api::{
    custom_error::RpcCustomError,
    response::{Response, RpcResponseContext},
};
use solana_runtime::bank::Bank;

use crate::cluster::{Cluster, Head};

/// What a method returns: its result, or the error object that a validator would send.
pub(crate) type RpcResult<T> = Result<T, Error>;

/// What the methods work on.
pub(crate) struct Services {
    pub(crate) cluster: std::sync::Arc<Cluster>,
    pub(crate) faucet: Keypair,
    pub(crate) rpc_address: SocketAddr,
    pub(crate) websocket_address: SocketAddr,
    /// Makes airdrops of the same amount to the same account different transactions.
    pub(crate) airdrops: AtomicU32,
}

impl Services {
    /// The current bank, if it has reached the slot that the caller has already seen.
    pub(crate) fn bank_at(
        &self,
        min_context_slot: Option<Slot>,
    ) -> RpcResult<RwLockReadGuard<'_, Head>> {
        let bank = self.cluster.bank();
        match min_context_slot {
            Some(slot) if bank.slot() < slot => Err(RpcCustomError::MinContextSlotNotReached {
                context_slot: bank.slot(),
            }
            .into()),
            _ => Ok(bank),
        }
    }
}

/// A value together with the slot it was read in.
pub(crate) fn with_context<T>(bank: &Bank, value: T) -> Response<T> {
    Response {
        context: RpcResponseContext::new(bank.slot()),
        value,
    }
}

/// All JSON-RPC methods.
pub(crate) fn methods(services: std::sync::Arc<Services>) -> RpcModule<Services> {
    let mut methods = Methods::new(services);
    accounts::register(&mut methods);
    blocks::register(&mut methods);
    cluster_info::register(&mut methods);
    control::register(&mut methods);
    fees::register(&mut methods);
    history::register(&mut methods);
    largest_accounts::register(&mut methods);
    production::register(&mut methods);
    rewards::register(&mut methods);
    simulation::register(&mut methods);
    slots::register(&mut methods);
    tokens::register(&mut methods);
    transactions::register(&mut methods);
    methods.into_module()
}
