//! What strangers can send, tried at random and guided by what it reaches.
//!
//! A [`Target`] takes bytes, does with them what a stranger could, and panics where something is wrong.
//! `cargo xtask fuzz` gives it bytes by libFuzzer, for as long as wanted; `tests/replay.rs` gives it those
//! that once reached or broke something.

pub mod decoders;
pub mod node;
pub mod program;

/// Something that takes bytes of a stranger.
pub trait Target {
    /// Inputs to begin with: everything as it should be.
    fn seeds(&self) -> Vec<Vec<u8>>;

    /// Does what the bytes say. Panics where a rule is broken.
    fn run(&mut self, input: &[u8]);

    /// What the inputs so far have reached, for people.
    fn reached(&self) -> String;
}

/// The names of all targets.
pub const TARGETS: [&str; 3] = ["program", "decoders", "node"];

/// The target of this name. Panics where there is none.
pub fn target(name: &str) -> Box<dyn Target> {
    match name {
        "program" => Box::new(program::Program::new()),
        "decoders" => Box::new(decoders::Decoders::new()),
        "node" => Box::new(node::Node::new()),
        other => panic!("there is no target {other}: {TARGETS:?}"),
    }
}
