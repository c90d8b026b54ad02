//! Accounts and keys of the wrong kind.

use sluice::state::PoolConfig;
use sluice_client::UnstakeRequest;
use sluice_tests::{
    cluster::{Cluster, LAMPORTS_PER_SOL as SOL},
    pool::Pool,
    scenario::replace_account,
};
use solana_keypair::Keypair;
use solana_program_pack::Pack;
use solana_signer::Signer;
use spl_token_interface::state::Mint;

use super::Outcome;

async fn funded_pool() -> (Pool, Keypair) {
    let mut pool = Pool::builder().validators(&[(0, 1)]).start().await;
    let alice = pool.user("alice", 100 * SOL).await;
    pool.deposit(&alice, 10 * SOL).await;
    (pool, alice)
}

pub async fn the_reserve_of_another_pool_is_refused() -> Outcome {
    let (mut pool, alice) = funded_pool().await;
    pool.found("second", PoolConfig::RECOMMENDED).await;
    let foreign = pool.addresses.reserve;
    pool.turn_to("pool");
    let recipient = pool.lst_account(&alice.pubkey());
    let mut addresses = pool.addresses;
    addresses.reserve = foreign;
    let deposit = addresses.deposit_sol(alice.pubkey(), recipient, SOL, 0);
    pool.send(&[deposit], &[&alice]).await
}

pub async fn the_mint_of_another_pool_is_refused() -> Outcome {
    let (mut pool, alice) = funded_pool().await;
    pool.found("second", PoolConfig::RECOMMENDED).await;
    let foreign = pool.addresses.mint;
    pool.turn_to("pool");
    let recipient = pool.lst_account(&alice.pubkey());
    let mut addresses = pool.addresses;
    addresses.mint = foreign;
    let deposit = addresses.deposit_sol(alice.pubkey(), recipient, SOL, 0);
    pool.send(&[deposit], &[&alice]).await
}

pub async fn a_mint_with_other_decimals_is_unsuitable() -> Outcome {
    let mut pool = Pool::not_created(Cluster::start().await, "pool");
    pool.create_mint().await;
    let mint = pool.addresses.mint;
    pool.cluster
        .change_account(&mint, |account| {
            let mut mint = Mint::unpack(&account.data).expect("a mint");
            mint.decimals = 6;
            mint.pack_into_slice(&mut account.data);
        })
        .await;
    create(&mut pool, PoolConfig::RECOMMENDED).await
}

pub async fn a_reward_fee_above_a_tenth_is_refused() -> Outcome {
    let mut pool = Pool::not_created(Cluster::start().await, "pool");
    pool.create_mint().await;
    let mut config = PoolConfig::RECOMMENDED;
    config.reward_fee_bps = 1_001;
    create(&mut pool, config).await
}

async fn create(pool: &mut Pool, config: PoolConfig) -> Outcome {
    let (creator, minter) = (pool.creator(), pool.minter());
    pool.cluster.fund(&creator.pubkey(), 10 * SOL).await;
    let create = pool.create_pool_instruction(config);
    pool.send(&[create], &[&creator, &minter]).await
}

pub async fn only_the_curator_retires_validators() -> Outcome {
    let (mut pool, alice) = funded_pool().await;
    let vote = pool.vote(0);
    let place = pool.place(&vote).await;
    let retire = pool.addresses.retire_validator(alice.pubkey(), &place);
    pool.send(&[retire], &[&alice]).await
}

pub async fn only_its_owner_transfers_a_ticket() -> Outcome {
    let (mut pool, alice) = funded_pool().await;
    let mallory = pool.user("mallory", SOL).await;
    let ticket = pool.request(&alice, SOL).await;
    pool.try_transfer(&mallory, &ticket, &mallory.pubkey())
        .await
}

pub async fn a_ticket_cannot_belong_to_an_account_of_the_program() -> Outcome {
    let (mut pool, alice) = funded_pool().await;
    let ticket = pool.request(&alice, SOL).await;
    let own = pool.addresses.pool;
    pool.try_transfer(&alice, &ticket, &own).await
}

/// The treasury is the owner of the fees account itself, as no instruction can make it.
pub async fn fees_are_not_paid_to_themselves() -> Outcome {
    let (mut pool, _) = funded_pool().await;
    let addresses = pool.addresses;
    pool.change_pool(|account| account.treasury = addresses.mint_authority)
        .await;
    let mut pay = addresses.pay_fees(pool.cluster.payer().pubkey(), addresses.mint_authority);
    let to = pool.lst_account(&addresses.mint_authority);
    replace_account(&mut pay, &to, addresses.fees);
    pool.send(&[pay], &[]).await
}

pub async fn fees_go_to_the_treasury_alone() -> Outcome {
    let (mut pool, alice) = funded_pool().await;
    let (payer, treasury) = (pool.cluster.payer().pubkey(), pool.treasury().pubkey());
    let mut pay = pool.addresses.pay_fees(payer, treasury);
    let to = pool.lst_account(&treasury);
    replace_account(&mut pay, &to, pool.lst_account(&alice.pubkey()));
    pool.send(&[pay], &[]).await
}

pub async fn requests_go_to_the_open_batch_alone() -> Outcome {
    let (mut pool, alice) = funded_pool().await;
    let source = pool.lst_account(&alice.pubkey());
    let addresses = pool.addresses;
    let request = UnstakeRequest::own(alice.pubkey(), source, 1, 0, SOL);
    pool.send(&[addresses.request_unstake(&request)], &[&alice])
        .await
}

pub async fn a_number_has_one_ticket() -> Outcome {
    let (mut pool, alice) = funded_pool().await;
    let request = pool.own_request(&alice.pubkey(), SOL).await;
    let request = [pool.addresses.request_unstake(&request)];
    pool.must_send(&request, &[&alice]).await;
    pool.send(&request, &[&alice]).await
}

pub async fn a_ticket_is_made_at_the_requesters_address_alone() -> Outcome {
    let (mut pool, alice) = funded_pool().await;
    let request = pool.own_request(&alice.pubkey(), SOL).await;
    let own = pool.addresses.ticket(&alice.pubkey(), request.number);
    let next = pool.addresses.ticket(&alice.pubkey(), request.number + 1);
    let mut request = pool.addresses.request_unstake(&request);
    replace_account(&mut request, &own, next);
    pool.send(&[request], &[&alice]).await
}

pub async fn a_transfer_moves_the_ticket_that_it_names_alone() -> Outcome {
    let (mut pool, alice) = funded_pool().await;
    let mut ticket = pool.request(&alice, SOL).await;
    ticket.lst += 1;
    let to = pool.cluster.address("bob");
    pool.try_transfer(&alice, &ticket, &to).await
}
