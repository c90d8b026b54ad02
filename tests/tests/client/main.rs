//! The client against a real bank: what it plans is what the program does, what it quotes is what
//! the program pays.

mod convert;
mod events;
mod forecast;
mod keepers;
mod life;
mod logs;
mod tables;
