//! One account wrong at a time.

use std::collections::{BTreeMap, BTreeSet};

use sluice_tests::scenario::two_pools::{Case, FAKE_PROGRAM, TwoPools};
use solana_account::Account;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use super::prober::Prober;

/// One wrong account list.
pub struct Probe {
    pub position: usize,
    pub what: String,
    pub instruction: Instruction,
}

impl Prober {
    /// Every probe of an instruction with one thing wrong.
    pub fn probes(&self, case: &Case, foreign: &Case, names: &[String]) -> Vec<Probe> {
        let metas = &case.instruction.accounts;
        let mut probes = Vec::new();
        let mut add = |position: usize, what: String, change: &dyn Fn(&mut Instruction)| {
            let mut instruction = case.instruction.clone();
            change(&mut instruction);
            self.sign_what_can_be_signed(&mut instruction);
            if instruction != case.instruction {
                probes.push(Probe {
                    position,
                    what,
                    instruction,
                });
            }
        };
        for (position, meta) in metas.iter().enumerate() {
            let mut put = |what: String, address: Pubkey| {
                add(position, what, &|ix| ix.accounts[position].pubkey = address);
            };
            put("is an unknown account".into(), self.pools.mallory());
            put("is a stranger's program".into(), FAKE_PROGRAM);
            put(
                "is of another pool".into(),
                foreign.instruction.accounts[position].pubkey,
            );
            if let Some(copy) = self.copies.get(&meta.pubkey) {
                put("is a stranger's copy".into(), *copy);
            }
            for (other, other_meta) in metas.iter().enumerate() {
                put(format!("is {}", names[other]), other_meta.pubkey);
            }
            for (other, name) in names.iter().enumerate().skip(position + 1) {
                let what = format!("is swapped with {name}");
                add(position, what, &|ix| {
                    let address = ix.accounts[position].pubkey;
                    ix.accounts[position].pubkey = ix.accounts[other].pubkey;
                    ix.accounts[other].pubkey = address;
                });
            }
            add(position, "does not sign".into(), &|ix| {
                ix.accounts[position].is_signer = false;
            });
            add(position, "is read-only".into(), &|ix| {
                ix.accounts[position].is_writable = false;
            });
        }
        probes
    }
}

/// For every account with content: the same content at another address, owned by a stranger's
/// program. Anybody can make such an account.
pub async fn fake_copies(
    pools: &mut TwoPools,
    addresses: &BTreeSet<Pubkey>,
) -> BTreeMap<Pubkey, Pubkey> {
    let mut copies = BTreeMap::new();
    for address in addresses {
        let Some(account) = pools.pool.cluster.try_account(address).await else {
            continue;
        };
        if account.executable || account.data.is_empty() {
            continue;
        }
        let copy = pools
            .pool
            .cluster
            .address(&format!("copy of {}", &address.to_string()[..20]));
        let fake = Account {
            owner: FAKE_PROGRAM,
            ..account
        };
        pools.pool.cluster.set_account(&copy, fake);
        copies.insert(*address, copy);
    }
    copies
}
