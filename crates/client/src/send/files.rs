//! Files that are replaced as a whole.

use std::{
    fs::{self, File},
    io::{Result, Write},
    path::Path,
};

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
