//! A hash of what a build reads, to know whether there is anything to build.

use std::{fmt::Write, fs, path::Path};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// The hash of files and directories of `root`, their names included, and of `extra`.
pub fn of(root: &Path, sources: &[&str], extra: &str) -> Result<String> {
    let mut hasher = Sha256::new();
    for source in sources {
        add(&mut hasher, root, &root.join(source))?;
    }
    hasher.update(extra);
    Ok(hexadecimal(&hasher.finalize()))
}

/// The hash of one file's content.
pub fn of_file(path: &Path) -> Result<String> {
    Ok(of_bytes(&read(path)?))
}

/// The hash of bytes.
pub fn of_bytes(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

fn add(hasher: &mut Sha256, root: &Path, path: &Path) -> Result<()> {
    if path.is_dir() {
        let mut entries = fs::read_dir(path)?
            .map(|entry| Ok(entry?.path()))
            .collect::<Result<Vec<_>>>()?;
        entries.sort();
        return entries
            .iter()
            .try_for_each(|entry| add(hasher, root, entry));
    }
    let name = path.strip_prefix(root)?.to_string_lossy();
    let content = read(path)?;
    for part in [name.as_bytes(), &content] {
        hasher.update(part.len().to_le_bytes());
        hasher.update(part);
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("{} cannot be read", path.display()))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").ok();
        text
    })
}
