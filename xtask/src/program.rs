//! The on-chain programs that this workspace builds.

/// A program: the package it comes from, the ELF it becomes, and what it is built from.
pub struct Program {
    /// The name of the package, for messages.
    pub package: &'static str,
    /// The package's manifest.
    pub manifest: &'static str,
    /// The library, as in its file name.
    pub library: &'static str,
    /// The name of the ELF in `target/deploy`, without `.so`.
    pub elf: &'static str,
    /// What the upstream compiler is told besides.
    pub compiler_arguments: &'static [&'static str],
    /// Files and directories that the ELF depends on, besides those that all programs share.
    pub sources: &'static [&'static str],
}

/// Our own program.
pub const SLUICE: Program = Program {
    package: "sluice",
    manifest: "programs/sluice/Cargo.toml",
    library: "sluice",
    elf: "sluice",
    // A tenth less code at the same compute units: the linker inlines once more, knowing the
    // whole program. Another tenth: only what holders and price cranks run is built for speed.
    compiler_arguments: &[
        "-C",
        "llvm-args=--inline-threshold=25",
        "-C",
        concat!(
            "link-arg=--sbf-hot=entrypoint|sluice_math|7foreign5stake|deposit_sol|DepositSol",
            "|withdraw_sol|WithdrawSol|deposit_stake|DepositStake|withdraw_stake|WithdrawStake",
            "|sluice3cpi|request_unstake|RequestUnstake|claim|Claim",
            "|observe|Observe",
        ),
    ],
    sources: &[
        "programs/sluice/Cargo.toml",
        "programs/sluice/src",
        "crates/math/Cargo.toml",
        "crates/math/src",
    ],
};

/// The program that the benchmarks compare ours with, as its authors published it.
pub const SPL_STAKE_POOL: Program = Program {
    package: "spl-stake-pool-elf",
    manifest: "tools/spl-stake-pool/Cargo.toml",
    library: "spl_stake_pool_elf",
    elf: "spl_stake_pool",
    compiler_arguments: &[],
    sources: &["tools/spl-stake-pool"],
};

/// What every program is built from: versions, profile, compiler, and how they are put to use.
pub const SHARED_SOURCES: &[&str] = &[
    "Cargo.lock",
    "Cargo.toml",
    "rust-toolchain.toml",
    "tools/sbf",
    "xtask/src/build.rs",
    "xtask/src/program.rs",
    "xtask/src/upstream.rs",
];
