//! Writes random pools and what this client quotes for them, for clients in other languages: theirs
//! must be equal, to the lamport. The same seed gives the same file.
//!
//! `quote_vectors FILE` writes JSON: the names of the inputs, and a line for each case. A line has
//! groups apart by `|`, numbers apart by spaces: the inputs, then what each quote answers, or `!` and
//! the program's error code.

mod case;
mod draw;
mod stake;

use std::{env, error::Error, fs, path::PathBuf};

use crate::{case::Case, draw::Draw};

const SEED: u64 = 0x51_1C_E0;
const CASES: usize = 10_000;

fn main() -> Result<(), Box<dyn Error>> {
    let file: PathBuf = env::args_os().nth(1).ok_or("which file?")?.into();
    let mut draw = Draw::new(SEED);
    let cases: Vec<String> = (0..CASES)
        .map(|_| {
            draw.begin();
            let case = Case::of(&mut draw);
            let groups = [vec![draw.inputs()], case.answers()].concat();
            groups.join("|")
        })
        .collect();
    let quotes = case::QUOTES;
    let whole = serde_json::json!({ "inputs": draw.names(), "quotes": quotes, "cases": cases });
    Ok(fs::write(file, serde_json::to_string(&whole)?)?)
}
