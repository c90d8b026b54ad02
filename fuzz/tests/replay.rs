//! What fuzzing has once found or reached, again. `SLUICE_FUZZ_CORPUS` names a folder with more of it.

use std::{env, fs, path::Path};

use sluice_fuzz::decoders::Bounded;

#[global_allocator]
static ALLOCATOR: Bounded = Bounded;

/// Names a further folder of inputs.
const VARIABLE: &str = "SLUICE_FUZZ_CORPUS";

/// The inputs of a folder, by name; none where there is no such folder.
fn inputs(folder: &Path) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

/// Runs the inputs of the repository, and those of the folder that is named.
fn replay(name: &str) {
    let mut target = sluice_fuzz::target(name);
    let own = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(name);
    let mut all = inputs(&own);
    assert!(!all.is_empty(), "there is no corpus of {name}");
    if let Some(folder) = env::var_os(VARIABLE) {
        all.extend(inputs(Path::new(&folder)));
    }
    for input in &all {
        target.run(input);
    }
    println!("{name}: {} inputs; {}", all.len(), target.reached());
}

#[test]
fn the_program_refuses_what_strangers_once_sent_it() {
    replay("program");
}

#[test]
fn no_decoder_fails_on_bytes_that_it_was_once_given() {
    replay("decoders");
}

#[test]
fn a_localnet_answers_what_it_was_once_asked() {
    replay("node");
}
