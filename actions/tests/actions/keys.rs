//! The service has no keys.

use clap::{CommandFactory, Parser};
use sluice_actions::Arguments;

#[test]
fn no_option_of_the_service_takes_a_key() {
    let command = Arguments::command();
    let named = command.get_arguments().filter_map(|one| one.get_long());
    // A new one has to be looked at.
    assert_eq!(
        named.collect::<Vec<_>>(),
        [
            "url",
            "genesis",
            "pool",
            "listen",
            "public-url",
            "trusted-proxy",
            "requests-per-minute",
            "most-at-once",
            "node-requests-per-10-seconds",
            "timeout",
            "presets",
            "slippage-bps",
            "priority-fee",
            "max-priority-fee-sol",
        ]
    );
    for key in ["--keypair", "--fee-payer", "--config", "-k", "-C"] {
        let all = [
            "sluice-actions",
            "--url",
            "l",
            "--pool",
            "11111111111111111111111111111111",
        ];
        assert!(Arguments::try_parse_from(all).is_ok());
        let with = all.into_iter().chain([key, "id.json"]);
        assert!(Arguments::try_parse_from(with).is_err(), "{key}");
    }
}

#[test]
fn options_that_make_no_sense_are_refused() {
    let wrong = [
        ("--public-url", "ftp://a.example"),
        ("--public-url", "https://a.example/?pool=1"),
        ("--presets", "1,0"),
        ("--presets", "1.0000000001"),
        ("--slippage-bps", "1001"),
        ("--requests-per-minute", "0"),
        ("--most-at-once", "0"),
        ("--timeout", "0"),
        ("--trusted-proxy", "proxy.example"),
        ("--priority-fee", "much"),
    ];
    for (option, value) in wrong {
        let all = [
            "sluice-actions",
            "--url",
            "l",
            "--pool",
            "11111111111111111111111111111111",
        ];
        let with = all.into_iter().chain([option, value]);
        assert!(Arguments::try_parse_from(with).is_err(), "{option} {value}");
    }
}
