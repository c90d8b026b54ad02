//! The test cluster itself behaves like a cluster.

use sluice_tests::cluster::{Cluster, Sending, addresses_of};
use solana_instruction::error::InstructionError;
use solana_pubkey::Pubkey;
use solana_sdk_ids::{bpf_loader_upgradeable, stake};
use solana_signer::Signer;
use solana_system_interface::instruction as system;
use solana_transaction_error::TransactionError;

use crate::stake_cluster::SOL;

#[tokio::test]
async fn the_same_transaction_can_be_sent_twice() {
    let mut cluster = Cluster::builder().start().await;
    let (from, to) = (cluster.funded("from", SOL).await, cluster.address("to"));
    let transfer = system::transfer(&from.pubkey(), &to, 1_000_000);
    for _ in 0..2 {
        let sent = cluster
            .must_send(std::slice::from_ref(&transfer), &[&from])
            .await;
        assert_eq!(sent.compute_units, 150);
    }
    assert_eq!(cluster.lamports(&to).await, 2_000_000);
    assert_eq!(cluster.lamports(&from.pubkey()).await, SOL - 2_000_000);
}

#[tokio::test]
async fn transactions_are_accepted_after_long_warps_and_long_pauses() {
    let mut cluster = Cluster::builder().start().await;
    let to = cluster.address("to");
    for _ in 0..3 {
        cluster.next_epoch().await;
        cluster.fund(&to, SOL).await;
        cluster.warp_to_epoch_fraction(8_000).await;
        cluster.fund(&to, SOL).await;
        tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
        cluster.fund(&to, SOL).await;
    }
    assert_eq!(cluster.lamports(&to).await, 9 * SOL);
}

#[tokio::test]
async fn an_epoch_fraction_is_the_first_slot_not_before_it() {
    let mut cluster = Cluster::builder().start().await;
    cluster.next_epoch().await;
    assert_eq!(cluster.epoch_schedule().get_slots_in_epoch(1), 64);
    cluster.warp_to_epoch_fraction(8_000).await;
    assert_eq!(cluster.slot().await, 32 + 52);
    cluster.warp_to_epoch_fraction(10_000 * 63 / 64).await;
    assert_eq!(cluster.slot().await, cluster.last_slot_of(1));
    assert_eq!(cluster.epoch().await, 1);
}

#[tokio::test]
#[should_panic(expected = "is past")]
async fn warping_into_the_past_is_an_error() {
    let mut cluster = Cluster::builder().start().await;
    cluster.warp_to_slot(20).await;
    cluster.warp_to_slot(19).await;
}

#[tokio::test]
#[should_panic(expected = "go epoch by epoch")]
async fn warping_over_two_boundaries_is_an_error() {
    let mut cluster = Cluster::builder().start().await;
    let slot = cluster.first_slot_of(2);
    cluster.warp_to_slot(slot).await;
}

#[tokio::test]
async fn names_give_the_same_keypairs_for_the_same_seed_only() {
    let one = Cluster::builder().seed(1).start().await;
    let again = Cluster::builder().seed(1).start().await;
    let other = Cluster::builder().seed(2).start().await;
    assert_eq!(one.keypair("alice"), again.keypair("alice"));
    assert_ne!(one.keypair("alice"), one.keypair("bob"));
    assert_ne!(one.keypair("alice"), other.keypair("alice"));
}

#[tokio::test]
async fn a_failed_transaction_names_the_instruction_and_changes_nothing() {
    let mut cluster = Cluster::builder().start().await;
    let (from, to) = (cluster.funded("from", SOL).await, cluster.address("to"));
    let pay = |lamports| system::transfer(&from.pubkey(), &to, lamports);
    let instructions = [pay(1_000_000), pay(SOL)];
    let before = cluster.snapshot(&addresses_of(&instructions)).await;
    let failure = cluster.must_fail(&instructions, &[&from]).await;
    assert_eq!(
        (failure.instruction, failure.custom_code),
        (Some(1), Some(1))
    );
    before.assert_identical(&cluster.snapshot(&addresses_of(&instructions)).await);
}

#[tokio::test]
async fn a_lookup_table_makes_room_for_more_accounts() {
    let mut cluster = Cluster::builder().start().await;
    let from = cluster.funded("from", 100 * SOL).await;
    let to: Vec<_> = (0..40)
        .map(|index| cluster.address(&format!("to {index}")))
        .collect();
    let pay: Vec<_> = to
        .iter()
        .map(|to| system::transfer(&from.pubkey(), to, SOL))
        .collect();
    assert!(cluster.transaction_bytes(&pay, &Sending::default()) > 2_000);

    let table = cluster.lookup_table("table", &to).await;
    let sending = Sending::with_tables(&[table]);
    let sent = cluster
        .send_as(&pay, &[&from], &sending)
        .await
        .expect("fits");
    assert_eq!(sent.bytes, cluster.transaction_bytes(&pay, &sending));
    assert_eq!(cluster.lamports(&to[39]).await, SOL);
}

#[tokio::test]
async fn a_compute_unit_limit_is_a_limit() {
    let mut cluster = Cluster::builder().start().await;
    let from = cluster.funded("from", SOL).await;
    let pay = system::transfer(&from.pubkey(), &cluster.address("to"), SOL);
    let sending = Sending {
        compute_unit_limit: 400,
        ..Sending::default()
    };
    let failure = cluster
        .send_as(&[pay], &[&from], &sending)
        .await
        .expect_err("too little");
    assert!(
        matches!(failure.error, TransactionError::InstructionError(2, _)),
        "150 units each for limit, price and transfer: {failure}"
    );
}

#[tokio::test]
#[should_panic(expected = "is missing")]
async fn a_missing_signer_is_an_error() {
    let mut cluster = Cluster::builder().start().await;
    let from = cluster.funded("from", SOL).await;
    let pay = system::transfer(&from.pubkey(), &cluster.address("to"), SOL);
    cluster.must_fail(&[pay], &[]).await;
}

#[tokio::test]
#[should_panic(expected = "is larger than 1232")]
async fn a_transaction_that_fits_no_packet_is_an_error() {
    let mut cluster = Cluster::builder().start().await;
    let from = cluster.funded("from", SOL).await;
    let to = |index| cluster.address(&format!("to {index}"));
    let pay: Vec<_> = (0..40)
        .map(|i| system::transfer(&from.pubkey(), &to(i), 1))
        .collect();
    cluster.must_fail(&pay, &[&from]).await;
}

#[tokio::test]
async fn stake_of_the_genesis_is_what_was_asked_for() {
    let stake_lamports = 3_000_000 * SOL;
    let mut cluster = Cluster::builder()
        .cluster_stake_lamports(stake_lamports)
        .start()
        .await;
    cluster.next_epoch().await;
    let history = cluster.stake_history().await;
    let effective = history.get(0).expect("an entry for every epoch").effective;
    assert!(
        (stake_lamports..stake_lamports + SOL).contains(&effective),
        "{effective}"
    );
}

#[tokio::test]
async fn a_program_from_an_elf_runs_at_its_address() {
    let elf = tempfile::NamedTempFile::new().expect("a temporary file");
    let mut cluster = Cluster::builder().start().await;
    std::fs::write(elf.path(), stake_program_elf(&mut cluster).await).expect("writable");

    let program_id = Pubkey::new_unique();
    let mut cluster = Cluster::builder()
        .program(program_id, elf.path())
        .start()
        .await;
    let mut get = solana_stake_interface::instruction::get_minimum_delegation();
    get.program_id = program_id;
    let failure = cluster.must_fail(&[get], &[]).await;
    assert_eq!(
        failure.instruction_error(),
        Some(&InstructionError::IncorrectProgramId)
    );
    assert!(
        failure.compute_units > 0,
        "the copy ran to find that its address is wrong"
    );
}

/// The stake program's ELF as the cluster has it, after the header of its data account.
async fn stake_program_elf(cluster: &mut Cluster) -> Vec<u8> {
    const HEADER_BYTES: usize = 45;
    let seeds = [stake::ID.as_ref()];
    let (data, _) = Pubkey::find_program_address(&seeds, &bpf_loader_upgradeable::ID);
    cluster.account(&data).await.data.split_off(HEADER_BYTES)
}

#[tokio::test]
#[should_panic(expected = "run `cargo xtask build no-such-program` first")]
async fn a_missing_elf_is_an_error_that_says_what_to_do() {
    Cluster::builder()
        .program(Pubkey::new_unique(), "no_such_program.so")
        .start()
        .await;
}
