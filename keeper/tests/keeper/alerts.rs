//! A keeper that tells: messages, metrics and page, over a restart.

use std::net::TcpListener;

use sluice::state::Parameter;
use sluice_tests::{
    command::{failed, succeeded},
    net::SOL,
};
use solana_pubkey::Pubkey;
use solana_signer::Signer;

use crate::{sink::Sink, stage::Stage};

/// A server that notes what it is posted, and one that takes connections and never answers.
struct Servers {
    sink: Sink,
    hanging: TcpListener,
}

impl Servers {
    fn start() -> Self {
        Self {
            sink: Sink::start(),
            hanging: TcpListener::bind("127.0.0.1:0").unwrap(),
        }
    }

    fn table(&self, more: &str) -> String {
        let hanging = self.hanging.local_addr().unwrap();
        format!(
            "[alerts]\nfor_seconds = 1\nlow_balance_sol = \"2\"\n{more}\n[[alerts.webhooks]]\nkind = \
             \"slack\"\nurl = \"http://{hanging}/secret\"\nmin_severity = \
             \"info\"\n[[alerts.webhooks]]\nkind = \"json\"\nurl = \"{}\"\nmin_severity = \"info\"\n",
            self.sink.url
        )
    }

    fn told(&self) -> Vec<(String, String)> {
        self.sink.told()
    }

    fn has_told(&self, event: &str, alert: &str) -> Option<()> {
        let told = self.told();
        told.contains(&(event.to_owned(), alert.to_owned()))
            .then_some(())
    }
}

#[test]
fn a_keeper_tells_what_begins_and_what_is_over_once_also_over_a_restart_and_keeps_cranking() {
    let (stage, servers) = (Stage::new(), Servers::start());
    let configuration = stage.configuration(&stage.url(), &servers.table(""));
    let keeper = stage.keeper(&configuration);
    keeper.eventually("balance", || servers.has_told("firing", "SluiceLowBalance"));
    let pool = stage.addresses.pool;
    let firing = "sluice_alert_firing{pool=\"\",alert=\"SluiceLowBalance\",severity=\"warning\"}";
    keeper.eventually("metric", || {
        keeper.sample(firing).filter(|count| *count == 1)
    });
    let page = keeper.get("/").1;
    assert!(
        page.contains("SluiceLowBalance") && page.contains("fill it before"),
        "{page}"
    );

    let admin = stage.payer.pubkey();
    let fee_bps = stage
        .snapshot()
        .pool
        .parameters()
        .get(Parameter::RewardFeeBps);
    let change = stage
        .addresses
        .schedule_change(admin, Parameter::RewardFeeBps, 1, fee_bps);
    stage.send(&[change]);
    keeper.eventually("change", || {
        servers.has_told("firing", "SluiceChangePending")
    });
    // One of the webhooks has hung all the time.
    stage.next_epoch();
    keeper.await_metric("priced_epoch", stage.snapshot().cluster.clock.epoch);
    keeper.eventually("change", || {
        servers.has_told("recovered", "SluiceChangePending")
    });
    let of_pool = servers.sink.posted().last().unwrap()["pool"].clone();
    assert_eq!(of_pool, pool.to_string());
    let log = keeper.end("-TERM");
    assert!(log.contains("alert=SluiceChangePending"), "{log}");
    assert!(!log.contains("secret"), "{log}");

    let before = servers.told().len();
    let keeper = stage.keeper(&configuration);
    keeper.await_status("/readyz", 200);
    keeper.eventually("metric", || keeper.sample(firing));
    assert_eq!(servers.told().len(), before, "{:?}", servers.told());
    let line = configuration
        .lines()
        .find(|line| line.starts_with("keypair"));
    let file = line.unwrap().split('"').nth(1).unwrap();
    let payer = solana_keypair::read_keypair_file(file).unwrap();
    stage.airdrop(&payer.pubkey(), 2 * SOL);
    keeper.eventually("balance", || {
        servers.has_told("recovered", "SluiceLowBalance")
    });
    let told = servers.told();
    for alert in ["SluiceLowBalance", "SluiceChangePending"] {
        let count = told.iter().filter(|(_, other)| other == alert).count();
        assert_eq!(count, 2, "{told:?}");
    }
    keeper.end("-TERM");
}

#[test]
fn a_program_that_is_not_the_configured_one_is_told() {
    let (stage, servers) = (Stage::new(), Servers::start());
    let nobody = Pubkey::new_unique();
    let wanted = format!("upgrade_authority = \"{nobody}\"");
    let keeper = stage.keeper(&stage.configuration(&stage.url(), &servers.table(&wanted)));
    keeper.eventually("program", || {
        servers.has_told("firing", "SluiceProgramChanged")
    });
    keeper.await_metric("program_deviations", 1);
    keeper.end("-INT");
}

#[test]
fn a_check_tries_each_webhook_and_says_which_takes_no_message() {
    let (stage, servers) = (Stage::new(), Servers::start());
    let table = |place: &str| format!("[[alerts.webhooks]]\nkind = \"json\"\nurl = \"{place}\"\n");
    let tried = |more: &str| {
        let configuration = stage.configuration(&stage.url(), more);
        let mut command = stage.command(&configuration);
        command.args(["--check", "--test-alerts"]).output().unwrap()
    };
    let said = succeeded(&tried(&table(&servers.sink.url)), &["--test-alerts"]);
    assert!(
        said.contains("A test message was taken by: webhook 1 (json)."),
        "{said}"
    );
    assert_eq!(servers.told(), [("test".to_owned(), String::new())]);

    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let both = table(&servers.sink.url) + &table(&format!("http://{closed}/secret"));
    let said = failed(&tried(&both), &["--test-alerts"]);
    let sentence =
        "the webhook 2 (json) took no test message: it cannot be reached; all others took theirs";
    assert!(
        said.contains(sentence) && !said.contains("secret"),
        "{said}"
    );
    let said = failed(&tried(""), &["--test-alerts"]);
    assert!(said.contains("`[[alerts.webhooks]]` is missing"), "{said}");
}
