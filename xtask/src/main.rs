//! `cargo xtask`: everything that this workspace can do, each with one command.

mod address;
mod build;
mod docs;
mod drawings;
mod fingerprint;
mod frozen;
mod fuzz;
mod harnesses;
mod idl;
mod interface;
mod js;
mod long;
mod maths;
mod mutants;
mod program;
mod record;
mod rehearsal;
mod run;
mod upstream;
mod validator;
mod workspace;

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::{
    program::{ADDRESSED, ALL, EXAMPLES, Program, USUAL},
    run::{AppTask, DemoTask},
    workspace::{Workspace, forget_the_caller},
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
    /// Build on-chain programs: target/deploy/PROGRAM.so
    Build {
        /// Which programs [default: what a local cluster runs]
        #[arg(value_name = "PROGRAM", value_parser = program::by_name(ALL))]
        programs: Vec<&'static Program>,
        /// Write what they have become, to the byte, to programs/hashes.json
        #[arg(long)]
        record: bool,
    },
    /// Build programs elsewhere, from nothing, and compare with programs/hashes.json
    VerifyBuild {
        /// Which programs [default: all that were recorded]
        #[arg(value_name = "PROGRAM", value_parser = program::by_name(ALL))]
        programs: Vec<&'static Program>,
        /// Use the compiler that is installed, instead of installing it anew
        #[arg(long)]
        same_compiler: bool,
    },
    /// Build the on-chain programs and run every test: of the workspace, of the TypeScript client, of the page and of the integrations
    Test {
        /// Give the random tests many more steps
        #[arg(long)]
        long: bool,
        /// Rehearse on a real validator instead: deployment under an address of its own, the life of a
        /// stake, crashes, upgrades
        #[arg(long, conflicts_with_all = ["long", "runner_arguments"])]
        validator: bool,
        /// Arguments for the test runner, after `--`
        #[arg(last = true)]
        runner_arguments: Vec<String>,
    },
    /// The addresses of our programs: give one another, or check that all places agree
    #[command(subcommand)]
    Address(AddressTask),
    /// Build an example and run its tests
    Example {
        /// Which one
        #[arg(value_name = "NAME", value_parser = program::by_name(EXAMPLES))]
        example: &'static Program,
    },
    /// Let adversaries of every role attack random worlds: the table on the book's page of risks
    Adversaries,
    /// Search for sequences of steps that pay, over one to five epochs: the table on the book's page of risks
    Profit(long::Search),
    /// Do random steps on the model and check every invariant after each, then the same on the compiled program
    Random(long::Lives),
    /// Run every command that sends behind nodes that fail: each fault alone, and mixes of them
    Faults {
        /// How many mixes to try
        #[arg(long, default_value_t = 200, value_name = "NUMBER")]
        mixes: u64,
        /// The seed of the first mix
        #[arg(long, default_value_t = 0, value_name = "NUMBER")]
        seed: u64,
        /// Try only those whose "FAULT: COMMAND", as in the table, contains this
        #[arg(long, value_name = "TEXT")]
        only: Option<String>,
    },
    /// Run every command behind a node that lies about what it reads: what is signed, and what breaks
    Lies {
        /// For how long to forge accounts and numbers, one at a time
        #[arg(long, default_value_t = 60, value_name = "NUMBER")]
        minutes: u64,
        /// How many times to answer nonsense
        #[arg(long, default_value_t = 5_000, value_name = "NUMBER")]
        mutations: u64,
        /// The seed of the first lies
        #[arg(long, default_value_t = 0, value_name = "NUMBER")]
        seed: u64,
        /// Try only commands that contain this
        #[arg(long, value_name = "TEXT")]
        only: Option<String>,
    },
    /// Prove on a local cluster that keepers lose nothing and pay nothing twice: the book's figures
    KeeperProofs {
        /// Epochs that three keepers go through
        #[arg(long, default_value_t = 10, value_name = "NUMBER")]
        epochs: u64,
        /// Validators of their pool
        #[arg(long, default_value_t = 20, value_name = "NUMBER")]
        validators: u64,
    },
    /// Let a keeper go through many epochs of a pool with many validators: what it needs, and whether that grows
    Soak {
        /// Epochs
        #[arg(long, default_value_t = 200, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..))]
        epochs: u64,
        /// Validators of the pool
        #[arg(long, default_value_t = 100, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..))]
        validators: u64,
    },
    /// Walk through the whole life of a stake on an embedded cluster
    Demo(DemoTask),
    /// Run a local cluster with a pool that lives, and write a keeper's configuration to target/living
    Living {
        /// Arguments for `sluice-localnet living`, after `--`
        #[arg(last = true)]
        living_arguments: Vec<String>,
    },
    /// Take the book's pictures of the page for holders and of the keeper's page anew
    Screenshot,
    /// Measure compute units and transactions: a table and target/bench.json
    Bench {
        /// Arguments for the benchmark, after `--`
        #[arg(last = true)]
        bench_arguments: Vec<String>,
    },
    /// Drive one pool with thousands of holders on a localnet: what it carries
    Load {
        /// Arguments for the load run, after `--`
        #[arg(last = true)]
        load_arguments: Vec<String>,
    },
    /// Write the program's interface to idl/sluice.json and the book, and what it adds to idl/frozen.json
    Idl {
        /// Write nothing and fail if a file is out of date, or a promise of the interface is broken
        #[arg(long)]
        check: bool,
    },
    /// Test the TypeScript client, which `test` does, too
    Js {
        /// Make its generated part anew from idl/sluice.json instead
        #[arg(long)]
        generate: bool,
    },
    /// Build the page for holders: target/app, which `sluice-localnet start --app` serves
    App(AppTask),
    /// Test what indexers and lists take of Sluice, which `test` does, too
    Integrations {
        /// Record accounts and transactions for the tests anew instead
        #[arg(long)]
        record: bool,
    },
    /// Make the program wrong in one place after the other, and see that a test fails each time
    Mutants(mutants::Wanted),
    /// Try how strong what is said of the maths is: mutants of the crate, small worlds, proofs
    #[command(subcommand)]
    Maths(maths::Task),
    /// Send the program, the decoders and a localnet what strangers could, guided by what it reaches
    Fuzz(fuzz::Wanted),
    /// Try Sluice in other test harnesses: litesvm, mollusk, and a validator where one is installed
    Harnesses,
    /// Check that the book's table of contents, pages, links and drawings agree
    Docs,
    /// Draw the book's pictures anew: docs/drawings/*.pikchr to docs/src/drawings/*.svg
    Drawings,
}

#[derive(Subcommand)]
enum AddressTask {
    /// Write another address into the sources, wherever it or what follows from it stands
    New {
        /// Whose
        #[arg(value_name = "PROGRAM", default_value = "sluice", value_parser = program::by_name(ADDRESSED))]
        program: &'static Program,
        /// Take the address of this keypair [default: a new one, written beside the ELF]
        #[arg(long, value_name = "FILE")]
        keypair: Option<PathBuf>,
    },
    /// Fail unless all places agree
    Check,
}

fn main() -> ExitCode {
    // safety: this is the only thread.
    unsafe { forget_the_caller() };
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
        Task::Build { programs, record } => build_programs(&workspace, &programs, record),
        Task::VerifyBuild {
            programs,
            same_compiler,
        } => record::verify(&workspace, &programs, same_compiler),
        Task::Test {
            validator: true, ..
        } => rehearsal::run(&workspace),
        Task::Test {
            validator: false,
            long,
            runner_arguments,
        } => run::test(&workspace, long, &runner_arguments),
        Task::Address(AddressTask::New { program, keypair }) => {
            address::new(&workspace, program, keypair)
        }
        Task::Address(AddressTask::Check) => address::check(&workspace),
        Task::Example { example } => run::example(&workspace, example),
        Task::Adversaries => run::adversaries(&workspace),
        Task::Profit(search) => long::profit(&workspace, &search),
        Task::Random(lives) => long::random(&workspace, &lives),
        Task::Faults { mixes, seed, only } => run::faults(&workspace, mixes, seed, only.as_deref()),
        Task::Lies {
            minutes,
            mutations,
            seed,
            only,
        } => run::lies(&workspace, [minutes, mutations, seed], only.as_deref()),
        Task::KeeperProofs { epochs, validators } => {
            run::keeper_proofs(&workspace, epochs, validators)
        }
        Task::Soak { epochs, validators } => run::soak(&workspace, epochs, validators),
        Task::Demo(asked) => run::demo(&workspace, &asked),
        Task::Living { living_arguments } => run::living(&workspace, &living_arguments),
        Task::Screenshot => run::screenshot(&workspace),
        Task::Bench { bench_arguments } => run::bench(&workspace, &bench_arguments),
        Task::Load { load_arguments } => run::load(&workspace, &load_arguments),
        Task::Idl { check: true } => {
            address::check(&workspace)?;
            idl::check(&workspace)
        }
        Task::Idl { check: false } => idl::write(&workspace),
        Task::Js { generate: true } => js::generate(&workspace),
        Task::Js { generate: false } => run::js(&workspace),
        Task::App(asked) => run::app(&workspace, &asked),
        Task::Integrations { record } => run::integrations(&workspace, record),
        Task::Mutants(wanted) => mutants::run(&workspace, &wanted),
        Task::Maths(task) => maths::run(&workspace, &task),
        Task::Fuzz(wanted) => fuzz::run(&workspace, &wanted),
        Task::Harnesses => harnesses::run(&workspace),
        Task::Docs => {
            docs::check(&workspace)?;
            drawings::check(&workspace)
        }
        Task::Drawings => drawings::write(&workspace),
    }
}

/// Builds programs, those of a local cluster where none is named, and records what they have become.
fn build_programs(workspace: &Workspace, named: &[&'static Program], record: bool) -> Result<()> {
    let programs = if named.is_empty() { USUAL } else { named };
    for program in programs {
        build::up_to_date(program, workspace)?;
    }
    if record {
        record::write(workspace, programs)?;
    }
    Ok(())
}
