//! One module per command. Each returns what it found or did; `output` prints it.

pub mod localnet;
