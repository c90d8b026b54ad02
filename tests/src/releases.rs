//! Programs of before, as they were built: `migrations/elfs`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;

/// The layout of the first foundation, which migrations begin with.
pub const LAYOUT_0: &str = "layout-0";
/// What the interface page calls its candidate 2.
pub const CANDIDATE_2: &str = "1.0-candidate-2";

/// A program that is kept.
#[derive(Debug, Deserialize)]
pub struct Release {
    /// Its file is `NAME.so.zst`.
    pub name: String,
    /// The commit that it was built from.
    pub commit: String,
    /// SHA-256 of the code, as verified builds make it.
    pub sha256: String,
    /// Bytes of the code.
    pub bytes: usize,
    /// The layout version that it writes.
    pub layout_version: u8,
}

/// Where they are.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations/elfs")
}

/// All that are recorded, oldest first.
pub fn all() -> Vec<Release> {
    let text = fs::read_to_string(folder().join("elfs.json")).expect("the record is committed");
    serde_json::from_str(&text).expect("the record is JSON")
}

impl Release {
    /// Its code.
    pub fn code(&self) -> Vec<u8> {
        let file = folder().join(format!("{}.so.zst", self.name));
        let packed = fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        zstd::decode_all(packed.as_slice()).expect("a file that zstd has packed")
    }
}

/// The code of the program of this name.
pub fn code(name: &str) -> Vec<u8> {
    let mut all = all().into_iter();
    let found = all.find(|release| release.name == name);
    found.expect("it is recorded").code()
}
