//! A program after something was done with it.

use std::fmt;

use anyhow::{Result, ensure};
use serde::Serialize;
use sluice_client::{
    Deployed,
    plan::program::Elf,
    pool::deployed::{hash_of_elf, hash_text},
    words::amounts::sol,
};
use solana_pubkey::Pubkey;

use crate::{output::Facts, session::Session, transaction::Done};

/// A program that is deployed.
#[derive(Debug, Serialize)]
pub struct Live {
    program: String,
    data_address: String,
    upgrade_authority: Option<String>,
    deployed_slot: u64,
    elf_bytes: usize,
    room_bytes: usize,
    hash: String,
    rent_lamports: u64,
    /// Transactions that wrote code.
    written: usize,
    signatures: Vec<String>,
    #[serde(skip)]
    says: &'static str,
}

impl Live {
    /// The program as it was there before anything was done.
    pub fn found(program: &Pubkey, deployed: &Deployed, says: &'static str) -> Self {
        Self::new(program, deployed, says, 0, Vec::new())
    }

    /// The program after a transaction, once it can be called. Fails where its code is not this.
    pub fn after(
        session: &Session,
        program: &Pubkey,
        elf: &Elf,
        written: usize,
        done: &[Done],
    ) -> Result<Self> {
        let deployed = Deployed::load(&session.afterwards, program)?;
        session.wait_beyond(deployed.deployed_slot)?;
        let expected = hash_of_elf(elf.bytes());
        ensure!(
            deployed.hash == expected,
            "the program's code has the hash {}, and the file has {}: look at `sluice program verify`",
            hash_text(&deployed.hash),
            hash_text(&expected)
        );
        let signatures = done.iter().map(|done| done.signature.clone()).collect();
        let says = "It can be called now, and its code is that of the file.";
        Ok(Self::new(program, &deployed, says, written, signatures))
    }

    fn new(
        program: &Pubkey,
        deployed: &Deployed,
        says: &'static str,
        written: usize,
        signatures: Vec<String>,
    ) -> Self {
        Self {
            program: program.to_string(),
            data_address: deployed.data_address.to_string(),
            upgrade_authority: deployed.upgrade_authority.map(|key| key.to_string()),
            deployed_slot: deployed.deployed_slot,
            elf_bytes: deployed.elf_bytes,
            room_bytes: deployed.room_bytes,
            hash: hash_text(&deployed.hash),
            rent_lamports: deployed.rent.get(),
            written,
            signatures,
            says,
        }
    }
}

impl fmt::Display for Live {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let authority = self.upgrade_authority.as_deref();
        let facts = [
            ("Program", self.program.clone()),
            ("SHA-256", self.hash.clone()),
            (
                "Code",
                format!("{} bytes in a room of {}", self.elf_bytes, self.room_bytes),
            ),
            (
                "Upgraded by",
                authority.unwrap_or("nobody, for good").to_owned(),
            ),
            ("Deployed", format!("in slot {}", self.deployed_slot)),
            ("Rent", sol(self.rent_lamports)),
        ];
        write!(formatter, "{}\n{}", Facts(&facts), self.says)
    }
}
