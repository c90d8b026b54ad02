//! Version 0 transactions with address lookup tables.

use serde_json::json;
use sluice_tests::net::{JsonNet, SOL};
use solana_address_lookup_table_interface::{
    instruction::{create_lookup_table, extend_lookup_table},
    state::AddressLookupTable,
};
use solana_keypair::Keypair;
use solana_message::{AddressLookupTableAccount, VersionedMessage, v0};
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_system_interface::instruction::transfer;
use solana_transaction::versioned::VersionedTransaction;

/// A payment to each address of a table.
async fn pay_all(
    net: &JsonNet,
    payer: &Keypair,
    table: Pubkey,
    addresses: &[Pubkey],
) -> VersionedTransaction {
    let table = AddressLookupTableAccount {
        key: table,
        addresses: addresses.to_vec(),
    };
    let payments: Vec<_> = addresses
        .iter()
        .map(|address| transfer(&payer.pubkey(), address, 1_000_000))
        .collect();
    let blockhash = net.blockhash().await;
    let message =
        v0::Message::try_compile(&payer.pubkey(), &payments, &[table], blockhash).unwrap();
    VersionedTransaction::try_new(VersionedMessage::V0(message), &[payer]).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lookup_table_is_usable_one_slot_after_it_is_extended() {
    let net = JsonNet::shared().await;
    let payer = net.funded(SOL).await;
    let addresses: Vec<_> = (0..20).map(|_| Pubkey::new_unique()).collect();
    let recent_slot = net.next_slot().await - 1;
    let (create, table) = create_lookup_table(payer.pubkey(), payer.pubkey(), recent_slot);
    let extend = extend_lookup_table(
        table,
        payer.pubkey(),
        Some(payer.pubkey()),
        addresses.clone(),
    );
    net.send(&payer.pubkey(), &[create, extend], &[&payer])
        .await;
    net.next_slot().await;

    let account = net.rpc.get_account(&table).await.unwrap();
    let state = AddressLookupTable::deserialize(&account.data).unwrap();
    assert_eq!(state.addresses[..], addresses[..]);
    let transaction = pay_all(&net, &payer, table, &addresses).await;
    let signature = net
        .rpc
        .send_and_confirm_transaction(&transaction)
        .await
        .unwrap();
    for address in &addresses {
        assert_eq!(net.rpc.get_balance(address).await.unwrap(), 1_000_000);
    }

    let signature = signature.to_string();
    let failure = net.failure("getTransaction", json!([signature])).await;
    assert_eq!(failure.code, -32015);
    let config = json!({"maxSupportedTransactionVersion": 0, "encoding": "json"});
    let shown = net.call("getTransaction", json!([signature, config])).await;
    assert_eq!(shown["version"], 0);
    let loaded = shown["meta"]["loadedAddresses"]["writable"]
        .as_array()
        .unwrap();
    assert_eq!(loaded.len(), addresses.len());
    let through_table = json!([addresses[3].to_string()]);
    let listed = net.call("getSignaturesForAddress", through_table).await;
    assert_eq!(listed[0]["signature"], signature);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_does_not_exist_is_refused() {
    let net = JsonNet::shared().await;
    let payer = net.funded(SOL).await;
    let table = Pubkey::new_unique();
    let transaction = pay_all(&net, &payer, table, &[Pubkey::new_unique()]).await;
    let error = net.rpc.send_transaction(&transaction).await.unwrap_err();
    let message = "invalid transaction: Transaction loads an address table account that doesn't \
                   exist";
    assert!(error.to_string().contains(message), "{error}");
}
