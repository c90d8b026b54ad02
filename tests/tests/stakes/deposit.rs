//! Stake accounts in.
