//! Files that are replaced as a whole.

use std::{
    fs::{self, File},
    io::{Result, Write},
    path::Path,
};

/// Fails where this many bytes do not fit beside a file. A file that is empty can be replaced on a disk that
/// is full.
pub fn require_room(path: &Path, bytes: usize) -> Result<()> {
    let trial = path.with_extension("trial");
    let written = File::create(&trial).and_then(|mut file| {
        file.write_all(&vec![0; bytes])?;
        file.sync_data()
    });
    let removed = fs::remove_file(&trial);
    written.and(removed)
}

/// Replaces a file: after a kill or on a full disk it is what it was before, or what it should be. Its
/// folder is made where there is none.
///
/// Fails where it cannot be written: then it is what it was before.
pub fn replace_file(path: &Path, content: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let fresh = path.with_extension("new");
    let mut file = File::create(&fresh)?;
    file.write_all(content)?;
    file.sync_data()?;
    fs::rename(fresh, path)
}
