//! A search for profit: sequences of everything that anybody may do to a pool, over several epochs.
//!
//! A sequence is played on the model beside honest cranks and honest holders. It is measured against a
//! twin that has the same capital in the same hands for the same time: its SOL earns nothing, its stake
//! earns what its validator pays, its LST earn what honest stake does, each in proportion to the time.
//! So ordinary rewards are no profit, and rewards for a moment are. Good sequences are kept, changed
//! and spliced.

mod attacks;
mod evolution;
mod genome;
mod keeper;
mod market;
mod moves;
mod play;
mod scene;
mod twin;

pub use attacks::known_attacks;
pub use evolution::{Candidate, Found, Search, sol};
pub use genome::{Gene, Genome};
pub use market::{Market, Position};
pub use moves::Move;
pub use play::{MOMENTS, Moment, Played, play};
pub use scene::{
    ELSEWHERE, FIRST_EPOCH, Kind, MALLORY, MOST_EPOCHS, Scene, Setting, Start, VALIDATORS,
    WEALTH_LAMPORTS, Weakness,
};
