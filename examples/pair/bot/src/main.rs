//! `pair-bot`: opens a pair beside a pool, and keeps it at the pool's price.

use std::{path::PathBuf, process::ExitCode, thread, time::Duration};

use anyhow::{Result, anyhow};
use clap::{Args, Parser, Subcommand};
use pair::client::PairAddresses;
use pair_bot::{Bot, create_token_account};
use sluice_client::{Executor, Repeat, resolve_pool};
use sluice_math::{Lamports, Lst};
use solana_commitment_config::CommitmentConfig;
use solana_keypair::{Keypair, read_keypair_file};
use solana_pubkey::Pubkey;
use solana_rpc_client::rpc_client::RpcClient;
use solana_signer::Signer;

/// A pair of SOL and a pool's LST: an example of composing with Sluice.
#[derive(Parser)]
#[command(name = "pair-bot", version)]
struct Arguments {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Args)]
#[command(next_help_heading = "Global options")]
struct Global {
    /// The node
    #[arg(
        long,
        global = true,
        env = "SLUICE_URL",
        default_value = "http://127.0.0.1:8899"
    )]
    url: String,
    /// The keypair file of the wallet that pays and earns
    #[arg(long, global = true, env = "SLUICE_KEYPAIR", value_name = "FILE")]
    keypair: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Create the pair of a pool, if it has none, and give it SOL and LST
    Open {
        /// The pool, or its mint
        pool: Pubkey,
        /// At most so much SOL, such as 12.5
        #[arg(long)]
        sol: Lamports,
        /// At most so many LST; the first liquidity sets the price
        #[arg(long)]
        lst: Lst,
    },
    /// Trade between pair and pool as long as that earns something
    Run {
        /// The pool, or its mint
        pool: Pubkey,
        /// Look once, and end
        #[arg(long)]
        once: bool,
        /// Price a stale pool instead of waiting until somebody does
        #[arg(long)]
        crank: bool,
        /// What a trade must earn at least, after all fees, in SOL
        #[arg(long, default_value = "0.0001", value_name = "SOL")]
        minimum_profit: Lamports,
        /// Seconds between two looks
        #[arg(long, default_value_t = 2, value_name = "SECONDS")]
        pause: u64,
    },
}

fn main() -> ExitCode {
    match perform(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform(Arguments { global, command }: Arguments) -> Result<()> {
    let commitment = CommitmentConfig::confirmed();
    let rpc = RpcClient::new_with_commitment(global.url.clone(), commitment);
    let wallet = global.wallet()?;
    match command {
        Command::Open { pool, sol, lst } => open(&rpc, &wallet, &pool, sol, lst),
        Command::Run {
            pool,
            once,
            crank,
            minimum_profit,
            pause,
        } => {
            let bot = Bot {
                rpc: &rpc,
                wallet: &wallet,
                pool: resolve_pool(&rpc, &pool)?,
                minimum_profit_lamports: minimum_profit.get(),
                crank,
            };
            bot.prepare()?;
            run(&bot, once, Duration::from_secs(pause))
        }
    }
}

/// Turn after turn. A node that does not answer is asked again.
fn run(bot: &Bot<'_>, once: bool, pause: Duration) -> Result<()> {
    let mut told = String::new();
    loop {
        let turn = bot.turn();
        if once {
            println!("{}", turn?);
            return Ok(());
        }
        let sentence =
            turn.map_or_else(|error| format!("error: {error:#}"), |turn| turn.to_string());
        if sentence != told {
            println!("{sentence}");
            told = sentence;
        }
        thread::sleep(pause);
    }
}

fn open(
    rpc: &RpcClient,
    wallet: &Keypair,
    pool: &Pubkey,
    lamports: Lamports,
    lst: Lst,
) -> Result<()> {
    let pool = resolve_pool(rpc, pool)?;
    let pair = PairAddresses::of(pool.pool, pool.mint);
    let owner = wallet.pubkey();
    let is_new = rpc
        .get_account_with_commitment(&pair.pair, rpc.commitment())?
        .value
        .is_none();
    let mut instructions = vec![
        create_token_account(&owner, &pair.pair, &pair.lst_mint),
        create_token_account(&owner, &owner, &pair.lst_mint),
    ];
    instructions.extend(is_new.then(|| pair.create_pair(owner)));
    instructions.push(create_token_account(&owner, &owner, &pair.share_mint));
    instructions.push(pair.add_liquidity(owner, lamports.get(), lst.get(), 1));
    let sent = Executor::new(rpc, wallet).send(&instructions, &[], Repeat::Harmful)?;
    println!(
        "The pair {} of the pool {} has got liquidity. Transaction {}",
        pair.pair, pool.pool, sent.signature
    );
    Ok(())
}

impl Global {
    fn wallet(&self) -> Result<Keypair> {
        let path = self.keypair.as_ref();
        let path = path.ok_or_else(|| anyhow!("pass --keypair with a keypair file"))?;
        read_keypair_file(path).map_err(|error| anyhow!("{}: {error}", path.display()))
    }
}
