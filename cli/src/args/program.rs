//! Arguments of those who deploy programs.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use solana_hash::Hash;
use solana_pubkey::Pubkey;

use super::{AllowProgramOwned, ProgramMetadataCommand, address, pool::sha256};

#[derive(Debug, Subcommand)]
pub enum ProgramCommand {
    /// Deploy a program: write its code to the cluster, and make an address of it that can be called
    Deploy(DeployArgs),
    /// Replace the code of a program (upgrade authority)
    Upgrade(UpgradeArgs),
    /// Write code to the cluster without deploying it, for a multisig that decides on it
    WriteBuffer(WriteBufferArgs),
    /// Show a program or a buffer: who may change it, since when it is there, its hash and its rent
    Show(ShowProgramArgs),
    /// Compare the code on the cluster with a file of yours, or with a hash
    Verify(VerifyProgramArgs),
    /// Let another key upgrade a program or decide on a buffer, or nobody ever again
    SetAuthority(SetAuthorityArgs),
    /// Give a program more room for its code; anybody may, and pays the rent
    Extend(ExtendArgs),
    /// Close buffers and get their rent back, or a program for ever
    Close(CloseProgramArgs),
    /// What explorers and researchers read about a program: its interface, and whom to tell about a weakness
    #[command(subcommand)]
    Metadata(ProgramMetadataCommand),
}

#[derive(Debug, Args)]
pub struct DeployArgs {
    /// The program's file, as a compiler for the chain makes it
    #[arg(value_name = "ELF")]
    pub elf: PathBuf,

    /// The program's address, which signs once: a keypair file, or another signer [default: the file
    /// beside the ELF that ends in -keypair.json]
    #[arg(long, value_name = "SIGNER")]
    pub program_id: Option<String>,

    #[command(flatten)]
    pub buffer: BufferArg,

    /// Room for the code of later versions, in bytes [default: the size of this one]
    #[arg(long, value_name = "BYTES")]
    pub max_len: Option<u32>,

    /// Write the program's interface to the cluster as well, for explorers: a file, such as
    /// idl/sluice.json
    #[arg(long, value_name = "FILE")]
    pub idl: Option<PathBuf>,

    /// Write whom to tell about a weakness as well
    #[arg(long, value_name = "FILE")]
    pub security: Option<PathBuf>,

    /// Let nobody ever replace the code: with --idl and --security, once they are written
    #[arg(long)]
    pub r#final: bool,

    /// Do so although explorers could then never show the program's interface: it is not on the cluster
    #[arg(long, requires = "final", conflicts_with = "idl")]
    pub without_metadata: bool,

    /// Deploy a program of Sluice at another address than the one that it was built for
    #[arg(long)]
    pub other_address: bool,

    #[command(flatten)]
    pub again: AgainArg,
}

#[derive(Debug, Args)]
pub struct UpgradeArgs {
    /// The program
    #[arg(value_name = "PROGRAM", value_parser = address)]
    pub program: Pubkey,

    /// The file of its new code
    #[arg(value_name = "ELF")]
    pub elf: PathBuf,

    #[command(flatten)]
    pub buffer: BufferArg,

    /// Put the code of a program of Sluice at another address than the one that it was built for
    #[arg(long)]
    pub other_address: bool,

    /// Put code over pools whose layout it does not know: it reads there what is not there, and holders
    /// lose by it
    #[arg(long)]
    pub older_layout: bool,
}

#[derive(Debug, Args)]
pub struct WriteBufferArgs {
    /// The program's file, as a compiler for the chain makes it
    #[arg(value_name = "ELF")]
    pub elf: PathBuf,

    #[command(flatten)]
    pub buffer: BufferArg,

    /// Who decides on the buffer once it is written, such as the vault of a multisig [default: the
    /// keypair]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub buffer_authority: Option<Pubkey>,
}

#[derive(Debug, Args)]
pub struct BufferArg {
    /// The account that the code is written to first: the keypair file of a new one, or the address of
    /// one that is there [default: an address that follows from the keypair and the code, so that
    /// the same command finds it again]
    #[arg(long, value_name = "FILE|ADDRESS")]
    pub buffer: Option<String>,
}

#[derive(Debug, Args)]
pub struct AgainArg {
    /// The address once more, in place of typing it where it is asked for: what is done to it cannot be
    /// taken back
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub again: Option<Pubkey>,
}

#[derive(Debug, Args)]
pub struct ShowProgramArgs {
    /// A program or a buffer [default: Sluice]
    #[arg(value_name = "PROGRAM|BUFFER", value_parser = address)]
    pub address: Option<Pubkey>,

    /// Show all buffers that somebody may decide on
    #[arg(long, conflicts_with = "address")]
    pub buffers: bool,

    /// Whose buffers [default: the keypair's]
    #[arg(long, requires = "buffers", value_name = "ADDRESS", value_parser = address)]
    pub authority: Option<Pubkey>,
}

#[derive(Debug, Args)]
pub struct VerifyProgramArgs {
    /// The program, or a buffer
    #[arg(value_name = "PROGRAM|BUFFER", value_parser = address)]
    pub address: Pubkey,

    /// The file, as you have built it
    #[arg(value_name = "ELF", required_unless_present = "hash")]
    pub elf: Option<PathBuf>,

    /// The hash that the code must have: SHA-256 in hexadecimal, as verified builds tell it
    #[arg(long, value_name = "SHA256", value_parser = sha256, conflicts_with = "elf")]
    pub hash: Option<Hash>,
}

#[derive(Debug, Args)]
pub struct SetAuthorityArgs {
    /// The program, or a buffer
    #[arg(value_name = "PROGRAM|BUFFER", value_parser = address)]
    pub address: Pubkey,

    /// Who may from now on. It signs too: a keypair file, or another signer
    #[arg(
        value_name = "SIGNER",
        required_unless_present = "final",
        conflicts_with = "final"
    )]
    pub new: Option<String>,

    /// Do not let the new authority sign, such as the vault of a multisig: it is an address then. Who
    /// mistypes it has lost the program
    #[arg(long, conflicts_with = "final")]
    pub skip_new_signer: bool,

    /// Nobody may ever again
    #[arg(long)]
    pub r#final: bool,

    /// Do so although explorers could then never show the program's interface: it is not on the cluster
    #[arg(long, requires = "final")]
    pub without_metadata: bool,

    #[command(flatten)]
    pub again: AgainArg,
}

#[derive(Debug, Args)]
pub struct ExtendArgs {
    /// The program
    #[arg(value_name = "PROGRAM", value_parser = address)]
    pub program: Pubkey,

    /// How much more room: at least 10240 bytes
    #[arg(value_name = "BYTES", value_parser = clap::value_parser!(u32).range(1..))]
    pub bytes: u32,
}

#[derive(Debug, Args)]
pub struct CloseProgramArgs {
    /// A buffer, or a program: nothing can ever be deployed at its address again
    #[arg(value_name = "BUFFER|PROGRAM", value_parser = address, required_unless_present = "all")]
    pub address: Option<Pubkey>,

    /// Close all buffers that the keypair may decide on
    #[arg(long, conflicts_with = "address")]
    pub all: bool,

    /// Who gets the rent [default: the fee payer]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub recipient: Option<Pubkey>,

    #[command(flatten)]
    pub program_owned: AllowProgramOwned,

    /// Close a program although its metadata is on the cluster: nobody can close that afterwards, and its
    /// rent is lost
    #[arg(long, conflicts_with = "all")]
    pub keep_metadata: bool,

    #[command(flatten)]
    pub again: AgainArg,
}
