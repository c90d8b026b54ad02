//! Two commands, as the book has them: a cluster with a pool that lives, and its keeper.

use std::{path::Path, process::Command};

use sluice_tests::command::command;
use tempfile::TempDir;

use super::{browser, prometheus::Prometheus};
use crate::{localnet::LocalnetProcess, stage::Keeper};

/// Nothing changes while it is looked at.
const EPOCH_SECONDS: &str = "600";

/// A cluster with a pool that lives.
struct Living {
    localnet: LocalnetProcess,
    _folder: TempDir,
}

impl Living {
    fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let place = folder.path().to_str().unwrap();
        let localnet = LocalnetProcess::start(&["living", "--epoch-seconds", EPOCH_SECONDS, place]);
        Self {
            localnet,
            _folder: folder,
        }
    }

    fn told(&self, name: &str) -> &str {
        self.localnet.started[name].as_str().unwrap()
    }

    /// The keeper of its configuration, on any free port.
    fn keeper(&self) -> Keeper {
        let mut keeper = self.keeper_command();
        keeper.env("SLUICE_KEEPER_LISTEN", "127.0.0.1:0");
        Keeper::start(keeper)
    }

    fn keeper_command(&self) -> Command {
        let mut keeper = command(env!("CARGO_BIN_EXE_sluice-keeper"));
        keeper
            .arg("--config")
            .arg(Path::new(self.told("keeper_config_file")));
        keeper
    }
}

#[test]
fn two_commands_give_a_keeper_whose_page_a_browser_shows_and_that_prometheus_scrapes() {
    let living = Living::start();
    let keeper = living.keeper();
    keeper.await_status("/readyz", 200);
    keeper.eventually("priced epoch, and paid batch", || {
        let page = keeper.get("/").1;
        (page.contains("All is well.") && page.contains("pays batch")).then_some(())
    });
    let page = keeper.get("/").1;
    for text in [
        "All is well.",
        "Nothing. The keeper does what is due.",
        "LivingSOL (livSOL)",
        "commission of the validators",
        "24 validators: 24 active, 0 retiring, 0 ejected.",
        living.told("pool"),
        "<polyline",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    browser::assert_fits(&page);
    // As alerts have them.
    let hash = "1".repeat(64);
    let cells = ["critical", "SluiceProgramChanged", &hash].map(|word| format!("<td>{word}</td>"));
    let alerts = format!("<table><tr>{}</tr></table></body>", cells.concat());
    browser::assert_fits(&page.replace("</body>", &alerts));
    browser::assert_shows(&keeper.url("/"));
    let prometheus = Prometheus::of(&keeper.url("/"));
    prometheus.assert_has_every_sample(&keeper.get("/metrics").1);
    prometheus.assert_answers_the_dashboard();
    keeper.end("-TERM");
}
