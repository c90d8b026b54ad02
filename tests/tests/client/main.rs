//! The client against a real bank: what it plans is what the program does, what it quotes is what
//! the program pays.

mod convert;
mod forecast;
mod life;
mod logs;
mod tables;
