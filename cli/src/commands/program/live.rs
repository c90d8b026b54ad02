//! A program after something was done with it.

use std::{
    fmt, thread,
    time::{Duration, Instant},
};

use anyhow::{Error, Result, anyhow};
use serde::Serialize;
use sluice_client::{
    Deployed,
    plan::program::Elf,
    pool::deployed::{hash_of_elf, hash_text},
    words::amounts::sol,
};
use solana_hash::Hash;
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;

use super::upload::{Upload, tell_of_buffer, with_buffer};
use crate::{
    output::Facts,
    session::Session,
    transaction::{Done, Outcome},
};

/// How long a node may be behind that must show what was done, and how often it is asked.
const BEHIND: Duration = Duration::from_secs(30);
const STEP: Duration = Duration::from_millis(500);

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

    /// The program after a transaction, once it can be called; an error in it where a node shows that
    /// its code is not this.
    ///
    /// Fails where it cannot be read.
    pub fn after(
        session: &Session,
        program: &Pubkey,
        elf: &Elf,
        written: usize,
        done: &[Done],
    ) -> Result<Result<Self>> {
        let expected = hash_of_elf(elf.bytes());
        let deployed = Deployed::load(&session.afterwards, program)?;
        session.wait_beyond(deployed.deployed_slot)?;
        let (others, patience) = (session.nodes.each(), BEHIND.min(session.patience()));
        // It was the one that was just asked.
        let others = if others.len() > 1 { others } else { &[] };
        for shown in std::iter::once(Ok(deployed.hash)).chain(
            others
                .iter()
                .map(|node| shown_at_last(node, program, &expected, patience)),
        ) {
            let shown = shown?;
            if shown != expected {
                return Ok(Err(anyhow!(
                    "the transaction was executed, and the program's code is not what was read from the file: \
                     its hash is {}, and that of what was read {}. Trust it with nothing: \
                     `sluice program verify` looks at it, also at other nodes, and an upgrade makes it what \
                     it should be",
                    hash_text(&shown),
                    hash_text(&expected)
                )));
            }
        }
        let signatures = done.iter().map(|done| done.signature.clone()).collect();
        let says =
            "It can be called now, and its code is what this command has read from the file.";
        Ok(Ok(Self::new(program, &deployed, says, written, signatures)))
    }

    /// A failure to put code on a program whose code was `before`, unless another command has done the
    /// very same meanwhile, as `is_as_asked` says. It tells what that one has done otherwise, and where the
    /// buffer is.
    pub fn unless_done(
        session: &Session,
        (program, before): (&Pubkey, Option<Hash>),
        upload: &Upload<'_>,
        is_as_asked: impl FnOnce() -> bool,
        error: Error,
    ) -> Result<Outcome<Result<Self>>> {
        let now = Deployed::load(&session.afterwards, program);
        let now = now.map(|deployed| deployed.hash).ok();
        if now == Some(hash_of_elf(upload.elf.bytes()))
            && let Ok(Ok(live)) = Self::after(session, program, upload.elf, 0, &[])
            && is_as_asked()
        {
            tell_of_buffer(session, &upload.buffer);
            let says =
                "Another command has put this very code there meanwhile. It can be called now.";
            return Ok(Outcome::nothing_sent(Ok(Self { says, ..live })).after_fees(None));
        }
        let error = match now.filter(|_| now != before) {
            Some(hash) => error.context(format!(
                "another command has put code there meanwhile, whose hash is {}",
                hash_text(&hash)
            )),
            None => error,
        };
        Err(with_buffer(session, &upload.buffer, error))
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

/// The hash of the code that a node shows, once it is this one, or when its time is over: some are
/// behind.
fn shown_at_last(
    node: &RpcClient,
    program: &Pubkey,
    expected: &Hash,
    patience: Duration,
) -> Result<Hash> {
    let until = Instant::now() + patience;
    loop {
        let shown = Deployed::load(node, program).map(|deployed| deployed.hash);
        if shown.as_ref().is_ok_and(|hash| hash == expected) || Instant::now() >= until {
            return Ok(shown?);
        }
        thread::sleep(STEP);
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
