//! Files of commands and keepers, and short texts that people write.

use std::{fs, path::PathBuf};

use serde_json::Value;
use sluice_client::{Journal, words::amounts};
use sluice_store::{Place, Store};
use tempfile::TempDir;

use super::tried;

/// Texts that are read: of addresses, amounts, hashes, places, and answers of nodes.
pub const TEXTS: [&str; 6] = [
    "postgres://keeper@localhost/sluice?sslmode=require",
    "So11111111111111111111111111111111111111112",
    "9999999999999999999.999999999",
    "6f1ed002ab5595859014ebf0951522d96f1ed002ab5595859014ebf0951522d9",
    "{\"reserve_lamports\": 18446744073709551615, \"weight\": -1, \"lst\": 1e308}",
    "https://user:secret@node.example:8899/path?api-key=1",
];

/// A configuration with everything that can be set in one.
const CONFIGURATION: &str = include_str!("../../../deploy/keeper.toml");

/// Where files are written to be read.
pub struct Files {
    folder: TempDir,
    store: Vec<u8>,
}

impl Files {
    /// An empty folder, and an honest store.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join("honest.db");
        drop(Store::open(&Place::File(place.clone())).expect("a store"));
        Self {
            store: fs::read(place).expect("the store's file"),
            folder,
        }
    }

    /// A configuration, a journal, and a store that differs nowhere.
    pub fn seeds(&self) -> Vec<Vec<u8>> {
        let journal = "[{\"signature\":\"1\",\"cluster\":\"cluster\",\"payer\":\"1\",\"what\":\"w\",\
                       \"last_valid_height\":1,\"signed_at\":1}]";
        let seed = |kind: u8, text: &str| [&[kind], text.as_bytes()].concat();
        vec![
            seed(0, CONFIGURATION),
            seed(1, journal),
            seed(2, "\0\0\0\0\0\0\0\0\0\0"),
        ]
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).expect("room in the folder");
        path
    }

    /// Reads a file of the kind that the first byte names.
    pub fn read(&self, bytes: &[u8]) {
        let (kind, content) = bytes.split_first().unwrap_or((&0, &[]));
        match kind % 3 {
            0 => {
                let path = self.write("keeper.toml", content);
                let read = sluice_keeper::check_configuration(&path);
                tried(read.map_err(|error| format!("{error:#}")));
            }
            1 => {
                let path = self.write("journal.json", content);
                let journal = Journal::new(path, "cluster".to_owned());
                tried(journal.pending().map_err(|error| error.to_string()));
            }
            _ => self.read_store(content),
        }
    }

    /// A store with other bytes in some places: of each six, four say where and two are there.
    fn read_store(&self, patches: &[u8]) {
        let mut store = self.store.clone();
        for patch in patches.chunks_exact(6) {
            let at = patch[..4].try_into().map_or(0, u32::from_le_bytes) as usize % store.len();
            let place = store.iter_mut().skip(at);
            place
                .zip(&patch[4..])
                .for_each(|(place, byte)| *place = *byte);
        }
        let place = Place::File(self.write("store.db", &store));
        match Store::read(&place) {
            Ok(mut store) => tried(
                store
                    .clusters(&sluice::ID)
                    .map_err(|error| error.to_string()),
            ),
            Err(error) => tried(error.to_string()),
        }
    }
}

/// Reads a text as everything that it could be.
pub fn read_text(text: &str) {
    tried(text.parse::<Place>().map(|place| place.to_string()));
    tried(text.parse::<solana_pubkey::Pubkey>());
    tried(sluice_client::pool::deployed::read_hash(text));
    tried(sluice_client::words::explain::name_of_node(text));
    if let Ok(value) = serde_json::from_str::<Value>(text) {
        let fields = value.as_object().into_iter().flatten();
        fields.for_each(|(name, value)| tried(amounts::amount(name, value)));
    }
}
