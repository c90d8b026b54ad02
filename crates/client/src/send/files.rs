//! Files that are read to an end, and replaced as a whole.

use std::{
    fs::{self, File},
    io::{Error, ErrorKind, Read, Result, Write},
    path::Path,
};

/// More than any text has that a person or a command writes for Sluice, in bytes.
pub const MAX_TEXT_BYTES: usize = 64 << 20;

/// Reads to the end, `most_bytes` at most: who names a file may name a device that has no end.
///
/// Fails with [`ErrorKind::FileTooLarge`] where there are more.
pub fn read_bounded(from: impl Read, most_bytes: usize) -> Result<Vec<u8>> {
    let most = u64::try_from(most_bytes).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    from.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    match bytes.len() > most_bytes {
        true => Err(Error::new(
            ErrorKind::FileTooLarge,
            format!("it has more than {most_bytes} bytes"),
        )),
        false => Ok(bytes),
    }
}

/// Reads a text of [`MAX_TEXT_BYTES`] at most, also from a pipe.
///
/// Fails where [`read_bounded`] does, and where it is no text in UTF-8.
pub fn read_text(path: &Path) -> Result<String> {
    let bytes = read_bounded(File::open(path)?, MAX_TEXT_BYTES)?;
    String::from_utf8(bytes)
        .map_err(|_| Error::new(ErrorKind::InvalidData, "it is no text in UTF-8"))
}

/// Reads a file of `most_bytes` at most that must be one: a pipe can be read only once, and a device tells
/// nothing.
///
/// Fails where [`read_bounded`] does.
pub fn read_file(path: &Path, most_bytes: usize) -> Result<Vec<u8>> {
    // Before it is opened: that takes for ever with a pipe that nobody writes to.
    match fs::metadata(path)?.is_file() {
        true => read_bounded(File::open(path)?, most_bytes),
        false => Err(Error::new(ErrorKind::InvalidInput, "it is no regular file")),
    }
}

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

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn what_has_no_end_is_not_read_to_it() {
        let most =
            |bytes| read_bounded(io::repeat(b'a').take(bytes), 7).map_err(|error| error.kind());
        assert_eq!(most(7), Ok(vec![b'a'; 7]));
        assert_eq!(most(8), Err(ErrorKind::FileTooLarge));
        let endless = read_bounded(io::repeat(0), 1 << 20).unwrap_err();
        assert_eq!(endless.to_string(), "it has more than 1048576 bytes");
    }

    #[cfg(unix)]
    #[test]
    fn a_program_is_read_of_a_file_and_of_nothing_else() {
        for device in ["/dev/zero", "/dev/null", "/"] {
            let refused = read_file(Path::new(device), 7).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::InvalidInput, "{device}");
        }
        assert_eq!(read_text(Path::new("/dev/null")).unwrap(), "");
        let absent = read_file(Path::new("/absent"), 7).unwrap_err();
        assert_eq!(absent.kind(), ErrorKind::NotFound);
    }
}
