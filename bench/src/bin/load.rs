//! The load run that `cargo xtask load` starts: what one pool carries.

use anyhow::{Result, ensure};
use clap::Parser;
use sluice_bench::load::{Load, PoolLocks, print, run};

/// Thousands of holders drive one pool on a localnet in this process.
#[derive(Parser)]
#[command(name = "cargo xtask load --")]
struct Arguments {
    /// Holders, at least 2
    #[arg(long, value_name = "NUMBER", default_value_t = 2_000)]
    holders: usize,
    /// Validators of the pool
    #[arg(long, value_name = "NUMBER", default_value_t = 60)]
    validators: usize,
}

fn main() -> Result<()> {
    let Arguments {
        holders,
        validators,
    } = Arguments::parse();
    ensure!(
        holders > 1,
        "a ticket goes from one holder to another: at least 2 are needed"
    );
    ensure!(validators > 0, "a cluster has a validator");
    let load = Load {
        holders,
        validators,
    };
    eprintln!("{holders} holders, {validators} validators: this takes some minutes");
    let outcome = run(&load, &mut |what| eprintln!("{what}"))?;
    print(&load, &outcome, &PoolLocks::of_interface()?);
    Ok(())
}
