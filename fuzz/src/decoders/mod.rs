//! Everything that reads bytes which strangers, nodes or files may have written.

mod accounts;
mod files;
mod market;
mod memory;
mod messages;
mod shown;

pub use memory::Bounded;
use sluice_tests::scenario::two_pools::STAGES;

use self::{accounts::Lies, files::Files, shown::Shown};
use crate::{Target, program::World};

/// The most bytes that one allocation may have while bytes are read: a hundred of the largest accounts
/// that the program has, and far less than a machine's memory.
pub const MOST_BYTES: usize = 64 << 20;

/// Takes what came of an attempt: that it came, and no panic, is all that counts.
fn tried<T>(_: T) {}

/// All decoders, with what an honest node shows.
pub struct Decoders {
    honest: Shown,
    addresses: sluice_client::PoolAddresses,
    messages: Vec<Vec<u8>>,
    files: Files,
    read: [u64; KINDS.len()],
}

/// What bytes can be, by their first byte.
const KINDS: [&str; 8] = [
    "lies of a node",
    "accounts",
    "messages",
    "logs",
    "rates",
    "markets",
    "files",
    "texts",
];

impl Decoders {
    /// All decoders, on the pool of a fresh stage.
    #[expect(clippy::new_without_default, reason = "a target is made on purpose")]
    pub fn new() -> Self {
        let world = World::at(&STAGES[0]);
        let [pool, _] = world.pools;
        let honest = Shown::of(&world.accounts);
        let addresses = sluice_client::resolve_pool(&honest, &pool).expect("a pool");
        let cases = world.cases.iter();
        Self {
            addresses,
            messages: cases.map(messages::unsigned).collect(),
            files: Files::new(),
            honest,
            read: [0; KINDS.len()],
        }
    }
}

impl Target for Decoders {
    /// One lie, all accounts, the messages of all instructions, and a file of each kind.
    fn seeds(&self) -> Vec<Vec<u8>> {
        let with = |kind: u8, bytes: &[u8]| [&[kind], bytes].concat();
        let mut seeds = vec![with(0, &[1, 0, 0, 0, 0, 0, 0, 0, 0])];
        for (owner, data) in self.honest.distinct_data() {
            seeds.push([&[1, owner], data.as_slice()].concat());
        }
        let pool = self.honest.data(&self.addresses.pool);
        seeds.extend([with(4, &pool), with(5, &pool)]);
        seeds.extend(self.messages.iter().map(|message| with(2, message)));
        seeds.extend(messages::logs().iter().map(|logs| with(3, logs.as_bytes())));
        seeds.extend(self.files.seeds().iter().map(|file| with(6, file)));
        seeds.extend(files::TEXTS.iter().map(|text| with(7, text.as_bytes())));
        seeds
    }

    fn run(&mut self, input: &[u8]) {
        let Some((kind, bytes)) = input.split_first() else {
            return;
        };
        let kind = usize::from(*kind) % KINDS.len();
        self.read[kind] += 1;
        memory::bounded(|| match kind {
            0 => Lies::of(bytes).tell(&self.honest, &self.addresses),
            1 => accounts::read_alone(&self.honest, &self.addresses, bytes),
            2 => messages::read(bytes),
            3 => messages::read_logs(&String::from_utf8_lossy(bytes)),
            4 => market::rate(bytes),
            5 => market::quote(&self.honest, self.addresses.pool, bytes),
            6 => self.files.read(bytes),
            _ => files::read_text(&String::from_utf8_lossy(bytes)),
        });
    }

    fn reached(&self) -> String {
        let read = KINDS.iter().zip(&self.read);
        let read = read.map(|(kind, count)| format!("{kind}: {count}"));
        read.collect::<Vec<_>>().join(", ")
    }
}
