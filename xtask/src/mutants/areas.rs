//! Which tests to try first on a mutant: those about its file. If none of them fails, all others run.

/// Beginnings of files' names, and the test binaries about them. The first that fits counts.
const AREAS: &[(&str, &[&str])] = &[
    (
        "instructions/admin/create_pool",
        &["substitution", "errors", "authority"],
    ),
    (
        "instructions/admin",
        &["substitution", "errors", "authority"],
    ),
    (
        "instructions/crank/close_slot",
        &["substitution", "errors", "validators", "delegation"],
    ),
    (
        "instructions/crank/eject",
        &["substitution", "errors", "validators"],
    ),
    (
        "instructions/crank/finalize",
        &["substitution", "errors", "epochs"],
    ),
    (
        "instructions/crank/migrate",
        &["substitution", "errors", "migrations"],
    ),
    (
        "instructions/crank/observe",
        &["substitution", "errors", "epochs", "validators"],
    ),
    (
        "instructions/crank/pay_fees",
        &["substitution", "errors", "epochs"],
    ),
    (
        "instructions/crank/report_loss",
        &["substitution", "errors", "losses"],
    ),
    (
        "instructions/crank/settle",
        &["substitution", "errors", "queue"],
    ),
    (
        "instructions/crank",
        &["substitution", "errors", "delegation", "convergence"],
    ),
    (
        "instructions/curator",
        &["substitution", "errors", "validators"],
    ),
    (
        "instructions/query",
        &["substitution", "errors", "exits", "deposits", "attacks"],
    ),
    (
        "instructions/user/deposit_sol",
        &["substitution", "errors", "deposits"],
    ),
    (
        "instructions/user/deposit_stake",
        &["substitution", "errors", "stake_accounts"],
    ),
    (
        "instructions/user/withdraw_sol",
        &["substitution", "errors", "exits"],
    ),
    (
        "instructions/user/withdraw_stake",
        &["substitution", "errors", "exits", "stake_accounts"],
    ),
    ("instructions/user", &["substitution", "errors", "queue"]),
    (
        "foreign/offered_stake",
        &["substitution", "errors", "stake_accounts"],
    ),
    (
        "foreign/stake",
        &["substitution", "errors", "delegation", "losses"],
    ),
    ("foreign/vote", &["substitution", "errors", "validators"]),
    ("state/booking", &["losses", "delegation", "epochs"]),
    ("state/breach", &["validators"]),
    ("state/conduct", &["errors", "validators"]),
    ("state/exits", &["errors", "exits"]),
    ("state/gates", &["errors", "epochs", "losses"]),
    ("state/governance", &["errors", "authority"]),
    ("state/history", &["epochs", "client"]),
    ("state/migration", &["errors", "migrations"]),
    ("state/v0", &["migrations"]),
    ("state/moves", &["delegation", "convergence"]),
    ("state/slot_moves", &["delegation", "convergence"]),
    ("state/page", &["errors", "validators", "delegation"]),
    ("state/parameters", &["errors", "authority"]),
    ("state/prices", &["epochs", "deposits"]),
    ("state/queue", &["errors", "queue"]),
    ("events", &["client", "random"]),
    ("calls/account", &["substitution", "errors"]),
    ("calls/stake", &["delegation", "stake_accounts"]),
    ("calls/token", &["errors", "deposits"]),
    ("moment", &["epochs", "delegation"]),
    ("", &["errors", "deposits", "queue"]),
];

/// The test binaries about a file of the program.
pub fn of(file: &str) -> &'static [&'static str] {
    let area = AREAS
        .iter()
        .find(|(beginning, _)| file.starts_with(beginning));
    area.map_or(&[], |(_, binaries)| binaries)
}
