//! The on-chain programs that this workspace builds.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

/// A program: the package it comes from, the ELF it becomes, and what it is built from.
#[derive(Debug)]
pub struct Program {
    /// What it is called: its ELF is `target/deploy/NAME.so`, with `_` for `-`.
    pub name: &'static str,
    /// What it is, for people.
    pub description: &'static str,
    /// The variable that tells tests, demo and benchmarks where its ELF is.
    pub variable: &'static str,
    /// The package's manifest.
    pub manifest: &'static str,
    /// The library, as in its file name.
    pub library: &'static str,
    /// What the upstream compiler is told besides.
    pub compiler_arguments: &'static [&'static str],
    /// Files and directories that the ELF depends on, besides those that all programs share.
    pub sources: &'static [&'static str],
}

/// Our own program.
pub const SLUICE: Program = Program {
    name: "sluice",
    description: "Pools",
    variable: "SLUICE_ELF",
    manifest: "programs/sluice/Cargo.toml",
    library: "sluice",
    // A tenth less code at the same compute units: the linker inlines once more, knowing the
    // whole program. Another tenth: only what holders and price cranks run is built for speed.
    compiler_arguments: &[
        "-C",
        "llvm-args=--inline-threshold=25",
        "-C",
        concat!(
            "link-arg=--sbf-hot=entrypoint|sluice_math|7foreign5stake|deposit_sol|DepositSol",
            "|withdraw_sol|WithdrawSol|deposit_stake|DepositStake|withdraw_stake|WithdrawStake",
            "|sluice5calls|6moment|5exits|6prices|request_unstake|RequestUnstake|claim|Claim",
            "|observe|Observe|finalize_epoch|FinalizeEpoch|ensure_is|6events|4pool|5queue",
            // of Anchor and the standard library, what every instruction runs
            "|anchor_lang.accounts|bpf_writer|is_closed|alloc.rc|VechE.reserve",
        ),
    ],
    sources: &[
        "programs/sluice/Cargo.toml",
        "programs/sluice/src",
        "crates/math/Cargo.toml",
        "crates/math/src",
    ],
};

/// The program that tests convert from and benchmarks compare ours with, as its authors published
/// it.
pub const SPL_STAKE_POOL: Program = Program {
    name: "spl-stake-pool",
    description: "SPL Stake Pool, which tests convert from and benchmarks compare with",
    variable: "SLUICE_SPL_POOL_ELF",
    manifest: "tools/spl-stake-pool/Cargo.toml",
    library: "spl_stake_pool_elf",
    compiler_arguments: &[],
    sources: &["tools/spl-stake-pool"],
};

/// The program that gives tokens their names, from its authors' source: clusters have it, and so
/// local ones do.
pub const TOKEN_METADATA: Program = Program {
    name: "token-metadata",
    description: "Metaplex's Token Metadata, which local clusters run",
    variable: "SLUICE_TOKEN_METADATA_ELF",
    manifest: "tools/token-metadata/Cargo.toml",
    library: "token_metadata_elf",
    compiler_arguments: &[],
    sources: &["tools/token-metadata"],
};

/// What keeps the metadata of programs: no package has the original, so local clusters run a stand-in.
pub const PROGRAM_METADATA: Program = Program {
    name: "program-metadata",
    description: "A stand-in for the Program Metadata program, for tests on local clusters",
    variable: "SLUICE_PROGRAM_METADATA_ELF",
    manifest: "tools/program-metadata/Cargo.toml",
    library: "program_metadata_elf",
    compiler_arguments: &[],
    sources: &["tools/program-metadata"],
};

/// The router: SOL against LST on token accounts.
pub const ROUTER: Program = Program {
    name: "sluice-router",
    description: "The router between token accounts, for aggregators and programs",
    variable: "SLUICE_ROUTER_ELF",
    manifest: "programs/sluice-router/Cargo.toml",
    library: "sluice_router",
    compiler_arguments: &[],
    sources: &[
        "programs/sluice-router/Cargo.toml",
        "programs/sluice-router/src",
    ],
};

/// What the LST are worth, for Sanctum's Infinity.
pub const SOL_VALUE: Program = Program {
    name: "sluice-sol-value",
    description: "The SOL-value calculator for Sanctum's Infinity",
    variable: "SLUICE_SOL_VALUE_ELF",
    manifest: "programs/sluice-sol-value/Cargo.toml",
    library: "sluice_sol_value",
    compiler_arguments: &[],
    sources: &[
        "programs/sluice-sol-value/Cargo.toml",
        "programs/sluice-sol-value/src",
        "crates/rate/Cargo.toml",
        "crates/rate/src",
    ],
};

/// An example: a pair of SOL and LST.
pub const PAIR: Program = Program {
    name: "pair",
    description: "Example: a constant-product pair of SOL and a pool's LST",
    variable: "SLUICE_PAIR_ELF",
    manifest: "examples/pair/Cargo.toml",
    library: "pair",
    compiler_arguments: &[],
    sources: &[
        "examples/pair/Cargo.toml",
        "examples/pair/src",
        "programs/sluice/Cargo.toml",
        "programs/sluice/src",
        "crates/math/Cargo.toml",
        "crates/math/src",
    ],
};

/// An example: a vault that lends SOL against the LST.
pub const VAULT: Program = Program {
    name: "vault",
    description: "Example: lends SOL against a pool's LST",
    variable: "SLUICE_VAULT_ELF",
    manifest: "examples/vault/Cargo.toml",
    library: "vault",
    compiler_arguments: &[],
    sources: &[
        "examples/vault/Cargo.toml",
        "examples/vault/src",
        "programs/sluice/Cargo.toml",
        "programs/sluice/src",
        "crates/math/Cargo.toml",
        "crates/math/src",
        "crates/rate/Cargo.toml",
        "crates/rate/src",
    ],
};

/// An example: a vault that stakes, queues and claims for its holders.
pub const STRATEGY: Program = Program {
    name: "strategy",
    description: "Example: stakes for holders of shares, and keeps some SOL ready",
    variable: "SLUICE_STRATEGY_ELF",
    manifest: "examples/strategy/Cargo.toml",
    library: "strategy",
    compiler_arguments: &[],
    sources: &[
        "examples/strategy/Cargo.toml",
        "examples/strategy/src",
        "programs/sluice/Cargo.toml",
        "programs/sluice/src",
        "crates/math/Cargo.toml",
        "crates/math/src",
        "crates/rate/Cargo.toml",
        "crates/rate/src",
    ],
};

/// What a local cluster runs, which is built where nothing is named.
pub const USUAL: &[&Program] = &[&SLUICE, &TOKEN_METADATA];
/// All that can be named, and that the tests run.
pub const ALL: &[&Program] = &[
    &SLUICE,
    &TOKEN_METADATA,
    &PROGRAM_METADATA,
    &SPL_STAKE_POOL,
    &SOL_VALUE,
    &PAIR,
    &VAULT,
    &STRATEGY,
    &ROUTER,
];
/// Those whose address stands in the sources, with what follows from it.
pub const ADDRESSED: &[&Program] = &[&SLUICE, &ROUTER, &SOL_VALUE];
/// Those that show how to compose with Sluice. The names of an example's test binaries begin with its
/// own.
pub const EXAMPLES: &[&Program] = &[&PAIR, &VAULT, &STRATEGY];

/// What every program is built from: versions, profile, compiler, and how they are put to use.
pub const SHARED_SOURCES: &[&str] = &[
    "Cargo.lock",
    "Cargo.toml",
    PROFILE,
    "rust-toolchain.toml",
    "tools/sbf",
    "xtask/src/build.rs",
    "xtask/src/program.rs",
    "xtask/src/upstream.rs",
];

/// Cargo's configuration for programs, which makes the release profile one that suits them. A
/// profile of another name would not do: Solana's compiler always takes the one for releases.
pub const PROFILE: &str = "programs/profile.toml";

/// Reads the name of one of these programs.
pub fn by_name(
    programs: &'static [&'static Program],
) -> impl TypedValueParser<Value = &'static Program> {
    let names = programs.iter();
    let names = names.map(|program| PossibleValue::new(program.name).help(program.description));
    PossibleValuesParser::new(names).try_map(|name| {
        programs
            .iter()
            .copied()
            .find(|program| program.name == name)
            .ok_or("there is no such program")
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// The modules in what is built for speed, as mangled names have them: `5exits` is `exits`.
    fn hot_modules() -> Vec<&'static str> {
        let arguments = SLUICE.compiler_arguments.iter();
        let hot = arguments.filter_map(|argument| argument.split_once("--sbf-hot="));
        let patterns = hot.flat_map(|(_, patterns)| patterns.split('|'));
        let mangled =
            patterns.filter(|pattern| pattern.contains(|part: char| part.is_ascii_digit()));
        mangled
            .flat_map(|pattern| pattern.split(|part: char| part.is_ascii_digit()))
            .filter(|module| !module.is_empty() && *module != "sluice")
            .collect()
    }

    /// A module that was renamed is no longer built for speed, and nothing else says so.
    #[test]
    fn what_is_built_for_speed_is_there() {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../programs/sluice/src");
        let modules = hot_modules();
        assert!(modules.len() > 4, "{modules:?}");
        for module in modules {
            let rooms = ["", "foreign", "state"].map(|room| source.join(room));
            let is_there = |room: &std::path::PathBuf| {
                room.join(module).is_dir() || room.join(format!("{module}.rs")).is_file()
            };
            assert!(rooms.iter().any(is_there), "there is no module {module}");
        }
    }
}
