//! `cargo xtask`: everything that this workspace can do, each with one command.

mod build;
mod command;
mod docs;
mod drawings;
mod fingerprint;
mod idl;
mod program;
mod run;
mod upstream;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::{
    program::{SLUICE, SPL_STAKE_POOL},
    workspace::Workspace,
};

/// Builds, tests, shows and measures Sluice.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build the on-chain program: target/deploy/sluice.so
    Build {
        /// Build SPL Stake Pool as well, which tests convert from and benchmarks compare with
        #[arg(long)]
        peer: bool,
    },
    /// Build the on-chain programs and run every test of the workspace
    Test {
        /// Give the random tests many more steps
        #[arg(long)]
        long: bool,
        /// Arguments for the test runner, after `--`
        #[arg(last = true)]
        runner_arguments: Vec<String>,
    },
    /// Walk through the whole life of a stake on an embedded cluster
    Demo {
        /// Arguments for `sluice demo`, after `--`
        #[arg(last = true)]
        demo_arguments: Vec<String>,
    },
    /// Measure compute units and transactions: a table and target/bench.json
    Bench {
        /// Arguments for the benchmark, after `--`
        #[arg(last = true)]
        bench_arguments: Vec<String>,
    },
    /// Write the program's interface to idl/sluice.json
    Idl {
        /// Write nothing and fail if the file is out of date
        #[arg(long)]
        check: bool,
    },
    /// Check that the book's table of contents, pages, links and drawings agree
    Docs,
    /// Draw the book's pictures anew: docs/drawings/*.pikchr to docs/src/drawings/*.svg
    Drawings,
}

fn main() -> ExitCode {
    match perform(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform(task: Task) -> Result<()> {
    let workspace = Workspace::find()?;
    match task {
        Task::Build { peer } => {
            build::up_to_date(&SLUICE, &workspace)?;
            if peer {
                build::up_to_date(&SPL_STAKE_POOL, &workspace)?;
            }
            Ok(())
        }
        Task::Test {
            long,
            runner_arguments,
        } => run::test(&workspace, long, &runner_arguments),
        Task::Demo { demo_arguments } => run::demo(&workspace, &demo_arguments),
        Task::Bench { bench_arguments } => run::bench(&workspace, &bench_arguments),
        Task::Idl { check: true } => idl::check(&workspace),
        Task::Idl { check: false } => idl::write(&workspace),
        Task::Docs => {
            docs::check(&workspace)?;
            drawings::check(&workspace)
        }
        Task::Drawings => drawings::write(&workspace),
    }
}
