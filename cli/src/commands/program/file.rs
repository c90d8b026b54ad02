//! Files of programs.

use std::path::Path;

use anyhow::{Context, Result};
use sluice_client::{
    plan::program::{Elf, MAX_CODE_BYTES, require_accepted},
    send::files::read_file,
};
use solana_keypair::Keypair;
use solana_pubkey::{Pubkey, pubkey};
use solana_signer::Signer;

use crate::{
    args::SendMode,
    failure::misuse,
    session::Session,
    signers::{Source, keypair_file},
};

/// The other programs of Sluice, which contain its address and perhaps not their own.
pub const OURS: [Pubkey; 2] = [
    pubkey!("3bG3We2vqEAb8Ty9YkWn9HqtQaK2ph4tMwumhUTgnQpB"),
    pubkey!("CfGW8EYCFWZfyv56rV4yLhK2apk5mSBsi22gkhb8UGyq"),
];
/// What a file of a program's keypair ends in, beside the ELF.
const KEYPAIR_END: &str = "-keypair.json";

/// Reads a program that the cluster takes, as far as that can be told before.
pub fn read(session: &Session, path: &Path) -> Result<Elf> {
    let elf = elf(path)?;
    require_accepted(&session.rpc, &elf)?;
    Ok(elf)
}

/// Reads a program.
pub fn elf(path: &Path) -> Result<Elf> {
    let bytes = read_file(path, MAX_CODE_BYTES);
    let bytes = bytes.with_context(|| format!("the file {} cannot be read", path.display()))?;
    Ok(Elf::new(bytes)?)
}

/// The signer of a program's address: the one that was named, or the file beside the ELF.
pub fn program_signer(
    session: &Session,
    named: Option<&str>,
    elf: &Path,
) -> Result<Box<dyn Signer>> {
    if let Some(text) = named {
        let source = Source {
            name: "program-id",
            named: "--program-id".to_owned(),
            instead: "pass --program-id".to_owned(),
            elsewhere: "",
            text,
        };
        return source.open(session.send_mode() != SendMode::Send);
    }
    let stem = elf.file_stem().unwrap_or_default().to_string_lossy();
    let beside = elf.with_file_name(format!("{stem}{KEYPAIR_END}"));
    if !beside.is_file() {
        return Err(misuse(format!(
            "the program needs an address: pass --program-id with its keypair file. There is none \
             beside the ELF, which would be called {}",
            beside.display()
        )));
    }
    let keypair = keypair_file(&beside.display().to_string(), "program-id")?;
    Ok(Box::new(keypair))
}

/// The keypair of a new buffer, if a file was named.
pub fn buffer_keypair(named: &str) -> Result<Option<Keypair>> {
    Path::new(named)
        .exists()
        .then(|| keypair_file(named, "buffer"))
        .transpose()
}
