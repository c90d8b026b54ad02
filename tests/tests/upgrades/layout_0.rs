//! Instructions as the program of layout 0 took them, where they have changed since.

use sluice::state::{BATCH_SEED, TICKET_SEED};
use sluice_client::SlotAddress;
use sluice_tests::pool::{Pool, TicketAddress};
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_sdk_ids::system_program;
use solana_signer::Signer;

/// An instruction by its name, with arguments in Borsh.
fn call(name: &str, arguments: &[&[u8]], accounts: Vec<AccountMeta>) -> Instruction {
    let digest = solana_sha256_hasher::hash(format!("global:{name}").as_bytes());
    let data = [&digest.to_bytes()[..8], &arguments.concat()].concat();
    Instruction::new_with_bytes(sluice::ID, &data, accounts)
}

fn written(address: Pubkey) -> AccountMeta {
    AccountMeta::new(address, false)
}

fn read(address: Pubkey) -> AccountMeta {
    AccountMeta::new_readonly(address, false)
}

/// Puts LST into the open batch.
pub async fn request(pool: &mut Pool, owner: &Keypair, lst: u64, nonce: u64) -> TicketAddress {
    let id = pool.open_batch_id().await;
    let addresses = pool.addresses;
    let batch = derived(&[BATCH_SEED, addresses.pool.as_ref(), &id.to_le_bytes()]);
    let who = owner.pubkey();
    let seeds = [
        TICKET_SEED,
        batch.as_ref(),
        who.as_ref(),
        &nonce.to_le_bytes(),
    ];
    let ticket = TicketAddress {
        batch_id: id,
        batch,
        ticket: derived(&seeds),
        payer: who,
        lst,
    };
    let accounts = vec![
        written(addresses.pool),
        written(batch),
        written(ticket.ticket),
        AccountMeta::new(who, true),
        written(pool.lst_account(&who)),
        written(addresses.escrow),
        read(spl_token_interface::ID),
        read(system_program::ID),
    ];
    let arguments = [&lst.to_le_bytes()[..], &nonce.to_le_bytes()];
    let request = call("request_unstake", &arguments, accounts);
    pool.must_send(&[request], &[owner]).await;
    ticket
}

/// Pays a ticket's owner, who opened the batch.
pub fn claim(pool: &Pool, ticket: &TicketAddress, opener: Pubkey) -> Instruction {
    let addresses = pool.addresses;
    let accounts = vec![
        written(addresses.pool),
        written(ticket.batch),
        written(ticket.ticket),
        written(ticket.payer),
        written(opener),
        written(addresses.claims_vault),
        written(addresses.reserve),
        read(system_program::ID),
    ];
    call("claim", &[], accounts)
}

/// Gives a validator another weight from the next epoch on.
pub async fn set_weight(pool: &mut Pool, place: &SlotAddress, weight: u16) {
    let arguments = [&[place.slot][..], &weight.to_le_bytes()];
    curate(pool, place, "set_weight", &arguments).await;
}

/// Lets a validator drain from the next epoch on.
pub async fn retire(pool: &mut Pool, place: &SlotAddress) {
    curate(pool, place, "retire_validator", &[&[place.slot]]).await;
}

async fn curate(pool: &mut Pool, place: &SlotAddress, name: &str, arguments: &[&[u8]]) {
    let curator = pool.curator();
    let accounts = vec![
        read(pool.addresses.pool),
        AccountMeta::new_readonly(curator.pubkey(), true),
        written(pool.addresses.page(place.page)),
    ];
    pool.must_send(&[call(name, arguments, accounts)], &[&curator])
        .await;
}

fn derived(seeds: &[&[u8]]) -> Pubkey {
    Pubkey::find_program_address(seeds, &sluice::ID).0
}
