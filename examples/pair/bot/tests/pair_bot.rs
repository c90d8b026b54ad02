//! The bot as people run it, against a localnet with both programs.

use std::{path::PathBuf, process::Command};

use pair::{Direction, client::PairAddresses};
use sluice_localnet::{LocalnetConfig, ProgramConfig, ProgramElf};
use sluice_tests::{
    cluster::built,
    command::succeeded,
    net::{PoolNet, SOL},
};
use solana_keypair::{Keypair, write_keypair_file};
use solana_signer::Signer;
use tempfile::TempDir;

/// A localnet with a pool, and the keypair files of its payer and of the bot.
struct Stage {
    net: PoolNet,
    pair: PairAddresses,
    bot: Keypair,
    folder: TempDir,
}

impl Stage {
    fn start() -> Self {
        let config = LocalnetConfig {
            programs: vec![ProgramConfig {
                id: pair::ID,
                elf: ProgramElf::Path(built("SLUICE_PAIR_ELF", "pair.so")),
                upgrade_authority: None,
            }],
            ..LocalnetConfig::default()
        };
        let net = PoolNet::start(config, Keypair::new(), 2);
        let (folder, bot) = (TempDir::new().unwrap(), net.wallet(1_000));
        for (name, keypair) in [("payer", &net.payer), ("bot", &bot)] {
            write_keypair_file(keypair, folder.path().join(name)).unwrap();
        }
        let owner = net.payer.pubkey();
        let deposit = net
            .addresses
            .deposit_sol(owner, net.lst_account(), 500 * SOL, 1);
        net.send(&[deposit]);
        Self {
            pair: PairAddresses::of(net.addresses.pool, net.addresses.mint),
            net,
            bot,
            folder,
        }
    }

    /// Runs the binary with the keypair of this name: what it says.
    fn says(&self, name: &str, command: &str, more: &[&str]) -> String {
        let binary = PathBuf::from(env!("CARGO_BIN_EXE_pair-bot"));
        let pool = self.net.addresses.pool.to_string();
        let keypair = self.folder.path().join(name);
        let output = Command::new(binary)
            .args(["--url", &self.net.url(), "--keypair"])
            .arg(keypair)
            .args([command, &pool])
            .args(more)
            .output();
        succeeded(&output.unwrap(), more)
    }

    fn swap(&self, direction: Direction, amount: u64) {
        let swap = self
            .pair
            .swap(self.net.payer.pubkey(), direction, amount, 1);
        self.net
            .executor()
            .send(&[swap], &[], sluice_client::Repeat::Harmful)
            .unwrap();
    }

    fn wealth(&self) -> u64 {
        self.net.lamports(&self.bot.pubkey())
    }
}

#[test]
fn the_bot_brings_the_pair_to_the_pools_price_and_earns_what_it_says() {
    let stage = Stage::start();
    let opened = stage.says("payer", "open", &["--sol", "100", "--lst", "100"]);
    assert!(opened.contains("has got liquidity"), "{opened}");

    let idle = stage.says("bot", "run", &["--once"]);
    assert!(idle.starts_with("Nothing to earn: "), "{idle}");

    for (direction, way) in [
        (Direction::SolForLst, "Minted "),
        (Direction::LstForSol, "Bought "),
    ] {
        stage.swap(direction, 20 * SOL);
        let before = stage.wealth();
        let traded = stage.says("bot", "run", &["--once"]);
        assert!(traded.starts_with(way), "{traded}");
        let earned = stage.wealth() - before;
        assert!(earned > SOL / 10, "{earned}: {traded}");
        let idle = stage.says("bot", "run", &["--once"]);
        assert!(idle.starts_with("Nothing to earn: "), "{idle}");
    }
}

#[test]
fn at_a_stale_pool_the_bot_waits_or_prices_it_first() {
    let stage = Stage::start();
    stage.says("payer", "open", &["--sol", "100", "--lst", "100"]);
    stage.swap(Direction::SolForLst, 20 * SOL);
    stage.net.next_epoch();
    let waiting = stage.says("bot", "run", &["--once"]);
    assert!(
        waiting.contains("is not priced for this epoch"),
        "{waiting}"
    );
    let traded = stage.says("bot", "run", &["--once", "--crank"]);
    assert!(traded.starts_with("Minted "), "{traded}");
}

#[test]
fn without_a_pair_the_bot_says_how_to_open_one() {
    let stage = Stage::start();
    let keypair = stage.folder.path().join("bot");
    let output = Command::new(env!("CARGO_BIN_EXE_pair-bot"))
        .args(["--url", &stage.net.url(), "--keypair"])
        .arg(keypair)
        .args(["run", &stage.net.addresses.pool.to_string(), "--once"])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(
        said.contains("has no pair yet: `pair-bot open` makes one"),
        "{said}"
    );
}
