//! Attacks and bugs that others have suffered, each under its name in the catalogue.

mod creation;
mod exits;
mod prefunding;
mod spoofing;
