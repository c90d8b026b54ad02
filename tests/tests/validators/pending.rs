//! Messages that add validators and wait for signatures meanwhile.

use sluice::{SluiceError, state::SLOTS_PER_PAGE};
use sluice_tests::{
    pool::{Pool, Watch},
    scenario::assert_refused,
};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use solana_signer::Signer;

/// A message, signed now, that adds a validator also after two others.
async fn sign(pool: &mut Pool, name: &str) -> (Pubkey, Instruction) {
    let vote = pool.cluster.create_validator(name, 0).await;
    let account = pool.account().await;
    let place = (account.page_count.saturating_sub(1), account.next_serial);
    let curator = pool.curator().pubkey();
    let add = pool
        .addresses
        .add_validator_later(curator, vote, place, 1, 2);
    (vote, add)
}

#[tokio::test]
async fn proposals_of_one_curator_execute_in_any_order() {
    let mut pool = Pool::builder().validators(&[(0, 1)]).start().await;
    let mut signed = Vec::new();
    for name in ["first", "second", "third"] {
        signed.push(sign(&mut pool, name).await);
    }
    let curator = pool.curator();
    for (serial, (vote, add)) in (1..).zip(signed.into_iter().rev()) {
        pool.must_send(&[add], &[&curator]).await;
        let slot = pool.slot_of(&vote).await;
        assert_eq!(slot.serial, serial);
        let it = pool.addresses;
        let serial = u64::from(serial);
        assert_eq!(
            (slot.main, slot.transient),
            (it.main(serial), it.transient(serial))
        );
    }
}

#[tokio::test]
async fn a_proposal_dies_once_more_validators_were_added_than_it_has_accounts_for() {
    let mut pool = Pool::builder().validators(&[(0, 1)]).start().await;
    let (vote, add) = sign(&mut pool, "late").await;
    pool.add_validators(&[(0, 1), (0, 1), (0, 1)]).await;
    let curator = pool.curator();
    let refused = pool.send(&[add], &[&curator]).await;
    assert_refused(refused, SluiceError::ForeignAccount);
    let marker = pool.addresses.marker(&vote);
    assert!(pool.cluster.try_account(&marker).await.is_none());
}

#[tokio::test]
async fn a_proposal_for_a_page_that_has_filled_up_takes_the_next_one() {
    let builder = Pool::builder().watch(Watch::Off);
    let mut pool = builder.start().await;
    pool.add_validators(&vec![(0, 1); SLOTS_PER_PAGE - 1]).await;
    let (vote, add) = sign(&mut pool, "late").await;
    pool.add_validators(&[(0, 1)]).await;
    assert_eq!(usize::from(pool.page(0).await.occupied), SLOTS_PER_PAGE);
    let curator = pool.curator();
    pool.must_send(&[add], &[&curator]).await;
    assert_eq!(pool.account().await.page_count, 2);
    assert_eq!(pool.place(&vote).await.page, 1);
    pool.check().await;
}
