//! Token accounts that were handed to somebody else get no LST, also where that happens after the
//! account was read, or where the node does not say so.

use serde_json::Value;
use sluice_client::PoolAddresses;
use sluice_tests::{command::failed, net::SplPoolAccounts};
use solana_account::Account;
use solana_keypair::{Keypair, write_keypair_file};
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use spl_associated_token_account_interface::address::get_associated_token_address;
use spl_token_interface::instruction::{AuthorityType, set_authority};

use crate::{
    claims::forging,
    net::{CliNet, SOL, User},
};

const REFUSED: &str = "The wallet's token account was handed to another owner, who would have what is \
     sent there. Use another wallet, or take the account back first";

fn token_account(net: &CliNet, owner: &Pubkey) -> Pubkey {
    let pool = PoolAddresses::of_mint(net.mint.parse().unwrap());
    get_associated_token_address(owner, &pool.mint)
}

/// Hands the token account of a user to a stranger: as it was before.
fn hand_over(net: &CliNet, user: &User) -> (Pubkey, Account) {
    let address = token_account(net, &user.address);
    let before = net.rpc.get_account(&address).unwrap();
    let hand_over = set_authority(
        &spl_token_interface::ID,
        &address,
        Some(&Pubkey::new_unique()),
        AuthorityType::AccountOwner,
        &user.address,
        &[],
    );
    net.send(&[hand_over.unwrap()], &[&user.keypair()]);
    (address, before)
}

#[test]
fn what_mints_or_pays_lst_is_refused_where_the_account_was_handed_over_after_it_was_read() {
    let net = CliNet::with_active_stake();
    let holder = net.user("holder", 1_000 * SOL);
    net.json(&holder, &["stake", "100"]);
    let vote = net.validators[0];
    let stake = net.stake_account(&holder, 5 * SOL, Default::default(), Some(&vote));
    let free = net.stake_account(&holder, 3 * SOL, Default::default(), None);
    net.earn();
    let unstaked = net.json(&holder, &["unstake", "10"]);
    let ticket = unstaked["ticket"].as_str().unwrap();
    let (account, before) = hand_over(&net, &holder);
    let tokens = net.tokens(&holder.address);
    let (stake, free, owner) = (
        stake.to_string(),
        free.to_string(),
        holder.address.to_string(),
    );
    let friend = net.user("friend", 10 * SOL);
    for (user, command) in [
        (&holder, &["stake", "1"][..]),
        (&friend, &["stake", "1", "--recipient", &owner]),
        (&holder, &["stake-account", "deposit", &stake, "--yes"]),
        (&holder, &["stake-account", "deposit", &free, "--yes"]),
        (&holder, &["tickets", "cancel", ticket]),
        (&net.curator, &["pool", "role", "set-treasury", &owner]),
    ] {
        // Once as it was, and once as if there were none.
        for told in [Some(before.clone()), None] {
            let node = forging(&net, account, told);
            let refused = failed(&net.run_at(&node.url, user, command), command);
            assert_eq!(refused, REFUSED, "{command:?}");
        }
    }
    assert_eq!(net.tokens(&holder.address), tokens);
}

#[test]
fn a_conversion_is_refused_where_the_account_was_handed_over_after_it_was_read() {
    let keypair = Keypair::new();
    let net = CliNet::with_spl_pool(&keypair.pubkey(), 100 * SOL);
    let file = net.path("converter.json");
    write_keypair_file(&keypair, &file).unwrap();
    net.airdrop(&keypair.pubkey(), 10 * SOL);
    let holder = User {
        address: keypair.pubkey(),
        keypair_file: file.display().to_string(),
    };
    let payer = net.user("payer", SOL);
    let pool = SplPoolAccounts::pool().to_string();
    let convert = ["convert", "--from-pool", &pool, "10", "--yes"];
    // Updates the other pool, and creates the account.
    net.json(&holder, &convert);
    let (account, before) = hand_over(&net, &holder);
    let tokens = net.tokens(&holder.address);
    let node = forging(&net, account, Some(before));
    for paid_by in [&holder, &payer] {
        let command = [&convert[..], &["--fee-payer", &paid_by.keypair_file]].concat();
        let refused = failed(&net.run_at(&node.url, &holder, &command), &command);
        assert_eq!(refused, REFUSED);
    }
    assert_eq!(net.tokens(&holder.address), tokens);
}

#[test]
fn fees_wait_while_the_account_of_the_treasury_is_somebody_elses() {
    let net = CliNet::with_active_stake();
    net.earn();
    let treasury = &net.curator;
    assert!(net.tokens(&treasury.address) > 0, "it was paid");
    let (account, before) = hand_over(&net, treasury);
    let tokens = net.tokens(&treasury.address);
    let node = forging(&net, account, Some(before));
    net.next_epoch();
    let crank = ["--output", "json", "crank"];
    let output = net.run_at(&node.url, &net.user("cranker", SOL), &crank);
    let values = serde_json::Deserializer::from_slice(&output.stdout).into_iter();
    let values: Vec<Value> = values.map(Result::unwrap).collect();
    let failures = values[0]["failures"].as_array().unwrap();
    assert_eq!(failures.len(), 1, "only the fees fail: {values:?}");
    assert_eq!(net.tokens(&treasury.address), tokens);
    // Who reads it as it is does not even try.
    net.json(&net.user("other", SOL), &["crank"]);
    assert_eq!(net.tokens(&treasury.address), tokens);
}
