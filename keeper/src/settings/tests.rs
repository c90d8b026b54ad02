use std::fs;

use tempfile::NamedTempFile;

use super::*;

const LEAST: &str = r#"
    urls = ["localhost"]
    keypair = "/k.json"
    pools = ["HAgk14JpMQLgt6rVgv7cBQFJWFto5Dqxi472uT3DKpqk"]
"#;

fn load(text: &str, variables: &[(&str, &str)]) -> Result<Settings> {
    let file = NamedTempFile::new()?;
    fs::write(&file, text)?;
    let variables = variables.iter();
    let variables = variables.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Settings::load(file.path(), variables)
}

fn refusal(text: &str) -> String {
    load(text, &[]).unwrap_err().to_string()
}

#[test]
fn three_keys_are_enough_and_the_port_is_not_open_to_others() {
    let settings = load(LEAST, &[]).unwrap();
    assert_eq!(settings.urls, ["http://localhost:8899"]);
    assert!(settings.listen.ip().is_loopback());
    assert_eq!(settings.every(), Duration::from_secs(5));
    assert_eq!(settings.priority_fee(), PriorityFee::DEFAULT);
    assert_eq!(settings.log, LogFormat::Human);
    assert_eq!(settings.claim, Which::None);
    assert!(settings.close_tables);
}

#[test]
fn a_variable_wins_over_the_file_and_an_empty_one_counts_as_not_set() {
    let variables = [
        ("SLUICE_KEEPER_URLS", "http://a:1, http://b:2"),
        ("SLUICE_KEEPER_EVERY", "9"),
        ("SLUICE_KEEPER_LOG", "json"),
        ("SLUICE_KEEPER_KEYPAIR", ""),
        ("SLUICE_KEEPER_CONFIG", "/etc/keeper.toml"),
        ("SLUICE_KEYPAIR", "/other.json"),
    ];
    let settings = load(LEAST, &variables).unwrap();
    assert_eq!(settings.urls, ["http://a:1", "http://b:2"]);
    assert_eq!(settings.every(), Duration::from_secs(9));
    assert_eq!(settings.log, LogFormat::Json);
    assert_eq!(settings.keypair, "/k.json");
    assert_eq!(settings.foreign_variables(), None);
}

#[test]
fn variables_that_kubernetes_sets_for_a_service_of_this_name_end_nothing_and_are_told() {
    let variables = [
        ("SLUICE_KEEPER_PORT", "tcp://10.0.0.1:9464"),
        ("SLUICE_KEEPER_SERVICE_HOST", "10.0.0.1"),
        ("SLUICE_KEEPER_EVRY", "9"),
        ("SLUICE_KEEPER_EVERY", "9"),
    ];
    let settings = load(LEAST, &variables).unwrap();
    assert_eq!(settings.every(), Duration::from_secs(9));
    assert_eq!(
        settings.foreign_variables().unwrap(),
        "These variables are no keys and were not read: SLUICE_KEEPER_EVRY, SLUICE_KEEPER_PORT, \
         SLUICE_KEEPER_SERVICE_HOST."
    );
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let text = format!("{LEAST}\nevry = 1\nlisten = \"secret\"\npatience = \"secret\"\n");
    let text = text.replace("urls", "url").replace("[\"HAgk", "[\"secret");
    let said = load(&text, &[("SLUICE_KEEPER_EVERY", "0")]).unwrap_err();
    let said = said.to_string();
    let (head, complaints) = said.split_once(":\n").unwrap();
    assert!(head.ends_with(" makes no sense"), "{head}");
    let mut complaints: Vec<&str> = complaints.lines().collect();
    complaints.sort_unstable();
    assert_eq!(
        complaints,
        [
            "- `SLUICE_KEEPER_EVERY`: it is 1 to 3600",
            "- `evry` is no key",
            "- `listen`: it is an address and a port, such as 127.0.0.1:9464",
            "- `patience` must be an integer",
            "- `pools`: number 1 is not an address",
            "- `url` is no key",
            "- `urls` is missing",
        ]
    );
}

#[test]
fn each_key_that_is_missing_or_cannot_be_meant_is_named_without_its_value() {
    for key in ["urls", "keypair", "pools"] {
        let without: Vec<&str> = LEAST.lines().filter(|line| !line.contains(key)).collect();
        let said = refusal(&without.join("\n"));
        assert!(said.contains(&format!("`{key}` is missing")), "{said}");
    }
    for (key, value) in [
        ("urls", "[]"),
        ("urls", "[\"secret\"]"),
        ("pools", "[]"),
        ("pools", "[\"secret\"]"),
        ("keypair", "\"\""),
        ("genesis", "\"secret\""),
        ("every", "0"),
        ("every", "\"secret\""),
        ("patience", "3601"),
        ("priority_fee", "\"secret\""),
        ("max_priority_fee_sol", "\"secret\""),
        ("requests_per_10_seconds", "4"),
        ("claim", "\"secret\""),
        ("max_claim_fees_sol", "\"secret\""),
        ("listen", "\"secret\""),
        ("log", "\"secret\""),
        ("state", "[]"),
        ("store", "\"mysql://secret@host/db\""),
    ] {
        let rest = LEAST.lines().filter(|line| !line.trim().starts_with(key));
        let text = rest.collect::<Vec<_>>().join("\n") + &format!("\n{key} = {value}\n");
        let said = refusal(&text);
        assert!(said.contains(&format!("`{key}")), "{key} = {value}: {said}");
        assert!(!said.contains("secret"), "{key} = {value}: {said}");
    }
}

#[test]
fn an_amount_without_quotes_is_told_to_want_them() {
    for value in ["0.001", "-1", "nan"] {
        let said = refusal(&format!("{LEAST}\nmax_claim_fees_sol = {value}\n"));
        assert!(said.contains("stands in quotes"), "{value}: {said}");
    }
}

#[test]
fn what_is_no_toml_is_named_by_its_line_and_not_repeated() {
    let said = refusal("urls = [secret\n");
    assert!(
        said.contains("line 1") && !said.contains("secret"),
        "{said}"
    );
    let twice = LEAST.replace(
        "[\"HAgk",
        "[\"HAgk14JpMQLgt6rVgv7cBQFJWFto5Dqxi472uT3DKpqk\", \"HAgk",
    );
    assert!(refusal(&twice).contains("names a pool twice"));
}

#[test]
fn what_cannot_be_meant_of_alerts_is_named_without_its_value() {
    refused([
        ("[alerts]\nevry = 1".to_owned(), "`alerts.evry` is no key"),
        (
            "[alerts]\nnot_priced_percent = 0".to_owned(),
            "not_priced_percent",
        ),
        (
            "[alerts]\nlow_balance_sol = 0.1".to_owned(),
            "stands in quotes",
        ),
        (
            "[alerts]\noff = [\"secret\"]".to_owned(),
            "there is no alert of this name",
        ),
        (
            "[alerts]\nupgrade_authority = \"secret\"".to_owned(),
            "an address, or none",
        ),
        (
            "[alerts]\nprogram_hash = \"secret\"".to_owned(),
            "`alerts.program_hash`: it is a hash as `sluice pool verify` prints it: 64 digits",
        ),
        (
            "[alerts]\nmessages_per_hour = 1".to_owned(),
            "it is 2 to 1000",
        ),
    ]);
}

#[test]
fn the_hash_of_the_program_is_taken_as_it_is_printed_and_in_base58() {
    let hash = Hash::new_from_array([7; 32]);
    for text in [
        sluice_client::pool::deployed::hash_text(&hash),
        hash.to_string(),
    ] {
        let text = format!("{LEAST}\n[alerts]\nprogram_hash = \"{text}\"");
        assert_eq!(load(&text, &[]).unwrap().alerts.program_hash, Some(hash));
    }
}

#[test]
fn everything_that_is_wrong_in_alerts_is_told_at_once() {
    let said = refusal(&format!(
        "{LEAST}\nevery = 0\n[alerts]\nevry = 1\nnot_priced_percent = 0\nremind_hours = \"secret\"\n\
         [[alerts.webhooks]]\nkind = \"secret\"\nmin_severity = \"secret\"\n\
         [[alerts.webhooks]]\nurl = \"http://a.example/secret\"\ncolour = \"secret\"\n\
         [[alerts.webhooks]]\nkind = \"slack\"\n\
         [[alerts.markets]]\npool = \"secret\"\nmax_age_seconds = 0\n"
    ));
    let (_, complaints) = said.split_once(":\n").unwrap();
    let mut complaints: Vec<&str> = complaints.lines().collect();
    complaints.sort_unstable();
    assert_eq!(
        complaints,
        [
            "- `alerts.evry` is no key",
            "- `alerts.markets`, number 1, `max_age_seconds`: it is 1 to 86400",
            "- `alerts.markets`, number 1, `pointer` is missing",
            "- `alerts.markets`, number 1, `pool`: it is an address",
            "- `alerts.markets`, number 1, `url` is missing",
            "- `alerts.not_priced_percent`: it is 1 to 100",
            "- `alerts.remind_hours` must be an integer",
            "- `alerts.webhooks`, number 1, `kind`: it is slack, discord, telegram or json",
            "- `alerts.webhooks`, number 1, `min_severity`: it is info, warning or critical",
            "- `alerts.webhooks`, number 2, `colour` is no key",
            "- `alerts.webhooks`, number 2, `kind` is missing",
            "- `alerts.webhooks`, number 3: `url` is missing",
            "- `every`: it is 1 to 3600",
        ]
    );
}

#[test]
fn what_cannot_be_meant_of_webhooks_is_named_without_its_value() {
    let hook = "[[alerts.webhooks]]\n";
    let url = "url = \"http://a.example/secret\"\n";
    refused([
        (
            hook.to_owned() + "kind = \"secret\"",
            "slack, discord, telegram or json",
        ),
        (
            hook.to_owned() + "kind = \"slack\"",
            "number 1: `url` is missing",
        ),
        (
            hook.to_owned() + "kind = \"slack\"\nurl = \"secret\"",
            "begins with https://",
        ),
        (
            hook.to_owned() + "kind = \"telegram\"\n" + url,
            "needs `token` and `chat_id`",
        ),
        (
            hook.to_owned() + "kind = \"json\"\ntoken = \"secret\"\n" + url,
            "are telegram's",
        ),
        (
            hook.to_owned() + "kind = \"json\"\nmin_severity = \"secret\"\n" + url,
            "info, warning",
        ),
        (
            hook.to_owned() + "kind = \"json\"\ntemplate = \"{{ secret\"\n" + url,
            "its line 1",
        ),
        (
            hook.to_owned() + "kind = \"json\"\ntemplate = \"{{ txt }}\"\n" + url,
            "undefined value",
        ),
        (
            hook.to_owned()
                + "kind = \"json\"\ntemplate = \"{% for a in range(9999) %}{% for b in range(9999) %}"
                + "{% endfor %}{% endfor %}\"\n"
                + url,
            "out of fuel",
        ),
    ]);
}

#[test]
fn what_cannot_be_meant_of_market_prices_is_named_without_its_value() {
    let feed = "[[alerts.markets]]\n";
    let pool = "pool = \"HAgk14JpMQLgt6rVgv7cBQFJWFto5Dqxi472uT3DKpqk\"\n";
    let url = "url = \"http://a.example/secret\"\n";
    let other = Pubkey::new_unique();
    refused([
        (
            format!("{feed}{pool}{url}pointer = \"secret\""),
            "a pointer begins with /",
        ),
        (
            format!("{feed}pool = \"{other}\"\n{url}pointer = \"/a\""),
            "none of `pools`",
        ),
        (
            format!("{feed}{pool}{url}pointer = \"/a\"\n{feed}{pool}{url}pointer = \"/a\""),
            "number 2: this pool has a market price already",
        ),
    ]);
}

/// Each of these texts is refused by its sentence, and the secret in it is not repeated.
fn refused<const N: usize>(cases: [(String, &str); N]) {
    for (text, sentence) in cases {
        let said = refusal(&format!("{LEAST}\n{text}\n"));
        assert!(said.contains(sentence), "{text}: {said}");
        assert!(!said.contains("secret"), "{text}: {said}");
    }
}

#[test]
fn two_keepers_do_not_share_a_folder() {
    let folder = tempfile::TempDir::new().unwrap();
    let state = folder.path().join("state").display().to_string();
    let settings = load(LEAST, &[("SLUICE_KEEPER_STATE", &state)]).unwrap();
    let first = settings.occupy_state().unwrap();
    let refused = settings.occupy_state().unwrap_err().to_string();
    assert!(refused.contains("for this keeper alone"), "{refused}");
    drop(first);
    settings.occupy_state().unwrap();
}
