//! `sluice program`: programs come to the cluster, change hands and go, on the loader of the runtime.

mod addresses;
mod bills;
mod closing;
mod faults;
mod interruptions;
mod life;
mod multisig;
mod races;
mod refusals;
mod rollback;
mod shapes;
mod told;

use std::{collections::BTreeMap, path::PathBuf};

use serde_json::Value;
pub use shapes::printed;
use sluice_client::{Buffer, plan::program::Chunks};
use sluice_tests::cluster::{router_elf, sol_value_elf};
use solana_keypair::{Keypair, write_keypair_file};
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use crate::net::{CliNet, SOL, User};

/// Two small programs, the second one larger than the first.
fn elves() -> [PathBuf; 2] {
    [router_elf(), sol_value_elf()]
}

fn text_of(path: &std::path::Path) -> String {
    path.display().to_string()
}

/// Somebody who deploys, and an address for a program.
struct Site {
    owner: User,
    program: Pubkey,
    program_file: String,
}

impl Site {
    fn new(net: &CliNet, name: &str) -> Self {
        let keypair = Keypair::new();
        let file = net.path(&format!("{name}-program.json"));
        write_keypair_file(&keypair, &file).unwrap();
        Self {
            owner: net.user(name, 20 * SOL),
            program: keypair.pubkey(),
            program_file: text_of(&file),
        }
    }

    /// What is typed to deploy a program here.
    fn deploy<'a>(&'a self, elf: &'a str) -> Vec<&'a str> {
        vec![
            "--yes",
            "program",
            "deploy",
            elf,
            "--program-id",
            &self.program_file,
            "--other-address",
        ]
    }

    fn deployed(&self, net: &CliNet, elf: &str) -> Value {
        net.json(&self.owner, &self.deploy(elf))
    }
}

/// How often each piece of the code was written to a buffer, by its offset: what the chain tells of all
/// transactions that named the buffer.
fn writes(net: &CliNet, buffer: &Pubkey) -> BTreeMap<u32, usize> {
    let mut writes = BTreeMap::new();
    for sent in net.rpc.get_signatures_for_address(buffer).unwrap() {
        let transaction = net.transaction(&sent.signature);
        for called in transaction.message.instructions() {
            // Writing is the loader's second instruction: its tag, then the offset.
            if let [1, 0, 0, 0, a, b, c, d, ..] = *called.data.as_slice()
                && called.data.len() > 100
            {
                let offset = u32::from_le_bytes([a, b, c, d]);
                *writes.entry(offset).or_default() += 1;
            }
        }
    }
    writes
}

/// The pieces of a code that `owner` pays and writes.
fn pieces(owner: &User, code: &[u8]) -> usize {
    let chunks = Chunks::of(&owner.address, &owner.address, code.len()).unwrap();
    // What is nothing but zeros is there from the start.
    chunks.missing(code, &vec![0; code.len()]).len()
}

/// The buffer at an address.
fn buffer(net: &CliNet, address: &Pubkey) -> Option<Buffer> {
    Buffer::load(&net.rpc, address, None).unwrap()
}
