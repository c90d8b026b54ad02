//! Jupiter's view of a pool: quotes that equal execution, and reasons that are the program's.

mod market;
mod quotes;
mod states;
mod view;
