//! Showing programs and buffers.

use std::fmt;

use anyhow::{Error, Result};
use serde::Serialize;
use sluice_client::{
    Buffer, Deployed,
    pool::{
        buffers::{ListedBuffer, buffers_of},
        deployed::hash_text,
        loader::LoaderAccount,
    },
    words::amounts::{counted, sol},
};
use sluice_math::Lamports;
use solana_pubkey::Pubkey;

use crate::{
    args::{OutputFormat, ShowProgramArgs},
    moment::utc,
    output::{Facts, print, table},
    session::Session,
};

/// A program or a buffer.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Shown {
    Program(ShownProgram),
    Buffer(ShownBuffer),
}

#[derive(Debug, Serialize)]
struct ShownProgram {
    address: String,
    data_address: String,
    upgrade_authority: Option<String>,
    deployed_slot: u64,
    time_utc: Option<String>,
    elf_bytes: usize,
    room_bytes: usize,
    hash: String,
    rent_lamports: u64,
}

#[derive(Debug, Serialize)]
struct ShownBuffer {
    address: String,
    authority: Option<String>,
    elf_bytes: usize,
    room_bytes: usize,
    hash: String,
    rent_lamports: u64,
}

/// The buffers of an authority.
#[derive(Debug, Serialize)]
struct ShownBuffers {
    authority: String,
    buffers: Vec<BufferLine>,
    rent_lamports: u64,
}

#[derive(Debug, Serialize)]
struct BufferLine {
    buffer: String,
    room_bytes: usize,
    rent_lamports: u64,
}

/// Shows what was asked for.
pub fn show(session: &Session, arguments: &ShowProgramArgs, output: OutputFormat) -> Result<()> {
    if arguments.buffers {
        let authority = session.address_or_own(arguments.authority)?;
        return print(output, &ShownBuffers::read(session, &authority)?);
    }
    let address = arguments.address.unwrap_or(sluice::ID);
    let shown = match LoaderAccount::load(&session.rpc, &address)? {
        LoaderAccount::Program(deployed, _) => {
            Shown::Program(ShownProgram::new(session, &address, &deployed))
        }
        LoaderAccount::Buffer(buffer) => Shown::Buffer(ShownBuffer::new(&buffer)),
    };
    print(output, &shown)
}

/// The buffers of an authority, of which only an index knows.
pub fn all_of(session: &Session, authority: &Pubkey) -> Result<Vec<ListedBuffer>> {
    buffers_of(&session.rpc, authority).map_err(|error| match error.refuses_method() {
        true => Error::from(error).context(
            "this node does not list accounts: name one with `sluice program show BUFFER`",
        ),
        false => error.into(),
    })
}

impl ShownProgram {
    fn new(session: &Session, address: &Pubkey, deployed: &Deployed) -> Self {
        let slot = deployed.deployed_slot;
        // A node keeps the times of so many blocks; without one, the slot tells enough.
        let time = session.afterwards.get_block_time(slot).ok();
        let seconds = time.and_then(|time| u64::try_from(time).ok());
        Self {
            address: address.to_string(),
            data_address: deployed.data_address.to_string(),
            upgrade_authority: deployed.upgrade_authority.map(|key| key.to_string()),
            deployed_slot: slot,
            time_utc: seconds.and_then(utc),
            elf_bytes: deployed.elf_bytes,
            room_bytes: deployed.room_bytes,
            hash: hash_text(&deployed.hash),
            rent_lamports: deployed.rent.get(),
        }
    }
}

impl ShownBuffer {
    fn new(buffer: &Buffer) -> Self {
        Self {
            address: buffer.address.to_string(),
            authority: buffer.authority.map(|key| key.to_string()),
            elf_bytes: buffer.elf_bytes(),
            room_bytes: buffer.code.len(),
            hash: hash_text(&buffer.hash()),
            rent_lamports: buffer.rent.get(),
        }
    }
}

impl ShownBuffers {
    fn read(session: &Session, authority: &Pubkey) -> Result<Self> {
        let found = all_of(session, authority)?;
        let mut rents = found.iter().map(|buffer| buffer.rent);
        let rent = rents.try_fold(Lamports::ZERO, Lamports::add)?;
        Ok(Self {
            authority: authority.to_string(),
            buffers: found
                .iter()
                .map(|buffer| BufferLine {
                    buffer: buffer.address.to_string(),
                    room_bytes: buffer.room_bytes,
                    rent_lamports: buffer.rent.get(),
                })
                .collect(),
            rent_lamports: rent.get(),
        })
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Program(program) => program.fmt(formatter),
            Self::Buffer(buffer) => buffer.fmt(formatter),
        }
    }
}

impl fmt::Display for ShownProgram {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let authority = self.upgrade_authority.as_deref();
        let room = self.room_bytes.saturating_sub(self.elf_bytes);
        let when = self.time_utc.as_deref();
        let when = when.unwrap_or("at a time that the node does not tell");
        Facts(&[
            ("Program", self.address.clone()),
            (
                "Upgraded by",
                authority.unwrap_or("nobody, for good").to_owned(),
            ),
            ("SHA-256", self.hash.clone()),
            (
                "Deployed",
                format!("in slot {}, {when}", self.deployed_slot),
            ),
            (
                "Code",
                format!("{} bytes, and room for {room} more", self.elf_bytes),
            ),
            ("Rent", sol(self.rent_lamports)),
            ("Code at", self.data_address.clone()),
        ])
        .fmt(formatter)
    }
}

impl fmt::Display for ShownBuffer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let authority = self.authority.as_deref().unwrap_or("nobody");
        Facts(&[
            ("Buffer", self.address.clone()),
            ("Decided by", authority.to_owned()),
            ("SHA-256", self.hash.clone()),
            (
                "Code",
                format!("{} bytes of {}", self.elf_bytes, self.room_bytes),
            ),
            ("Rent", sol(self.rent_lamports)),
        ])
        .fmt(formatter)
    }
}

impl fmt::Display for ShownBuffers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.buffers.is_empty() {
            return writeln!(formatter, "{} has no buffers.", self.authority);
        }
        let mut lines = table(["buffer", "bytes", "rent"], 1);
        for line in &self.buffers {
            lines.add_row([
                line.buffer.clone(),
                line.room_bytes.to_string(),
                sol(line.rent_lamports),
            ]);
        }
        let many = u64::try_from(self.buffers.len()).unwrap_or(u64::MAX);
        writeln!(
            formatter,
            "{lines}\n\n{} of {}, with {} of rent: `sluice program close --all` gives it back.",
            counted(many, "buffer"),
            self.authority,
            sol(self.rent_lamports)
        )
    }
}
