//! A pool's parameters: what they are, and how they change.

mod cancel;
mod schedule;
mod show;

pub use cancel::cancel;
pub use schedule::schedule;
pub use show::show;
use sluice::state::{Parameter, Unit};

/// What a parameter's number counts, as JSON names it.
fn unit(parameter: Parameter) -> &'static str {
    match parameter.unit() {
        Unit::Bps => "bps",
        Unit::Lamports => "lamports",
    }
}
