//! Keypairs: made here, so that no other tool is needed.

use std::{
    fmt,
    fs::{self, OpenOptions},
    io::{ErrorKind, Write},
    path::Path,
};

use anyhow::{Context, Result, bail};
use serde::Serialize;
use solana_keypair::{Keypair, write_keypair};
use solana_signer::Signer;

use crate::output::Facts;

/// A keypair that was made.
#[derive(Debug, Serialize)]
pub struct NewKeypair {
    address: String,
    file: String,
}

/// Makes a keypair from the system's randomness, in a file that only its owner may read. A file that is there
/// is never written over.
pub fn new(path: &Path) -> Result<NewKeypair> {
    let file = path.display();
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut opened = match options.open(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            bail!("{file} is there already, and may be the only copy of a key: name another file")
        }
        opened => opened.with_context(|| format!("{file} cannot be written"))?,
    };
    let keypair = Keypair::new();
    let written = write_keypair(&keypair, &mut opened).map_err(|error| error.to_string());
    let kept = opened.flush().and_then(|()| opened.sync_all());
    if let Err(error) = written.and_then(|_| kept.map_err(|error| error.to_string())) {
        // A part of a key is of no use, and would stand in the way.
        fs::remove_file(path).with_context(|| format!("{file} is no whole key: delete it"))?;
        bail!("{file} could not be written: {error}");
    }
    Ok(NewKeypair {
        address: keypair.pubkey().to_string(),
        file: file.to_string(),
    })
}

impl fmt::Display for NewKeypair {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let facts = [
            ("Address", self.address.clone()),
            ("File", self.file.clone()),
        ];
        write!(formatter, "{}", Facts(&facts))?;
        writeln!(
            formatter,
            "Whoever has the file has what is at the address, and nothing brings it back once it is lost: \
             keep a copy."
        )
    }
}
