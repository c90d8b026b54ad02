//! The keys and types of every command's JSON, as the book lists them.

mod declared;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    fs,
};

use declared::DECLARED;
use serde_json::{Value, json};
use sluice_client::words::amounts::is_amount;
use sluice_tests::{command::text, net::SplPoolAccounts};
use solana_keypair::{Keypair, write_keypair_file};
use solana_signature::Signature;
use solana_signer::Signer;
use solana_stake_interface::state::Lockup;

use crate::{
    net::{CliNet, SOL, User},
    programs,
};

/// What a command printed, by the command's name.
pub type Printed = Vec<(&'static str, Value)>;

/// The types that were seen at each path of each command's values.
#[derive(Default)]
struct Schema(BTreeMap<&'static str, BTreeMap<String, BTreeSet<&'static str>>>);

impl Schema {
    fn note(&mut self, (command, value): (&'static str, Value)) {
        let paths = self.0.entry(command).or_default();
        note(paths, String::new(), &value);
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for (command, paths) in &self.0 {
            writeln!(text, "{command}").unwrap();
            for (path, types) in paths {
                let within = format!("{path}.");
                let has_members = paths.keys().any(|other| other.starts_with(&within));
                // Of a list of objects, these tell.
                if !(types.is_empty() && has_members) {
                    let types = types_of(command, path, types);
                    writeln!(text, "  {path}: {types}").unwrap();
                }
            }
            text.push('\n');
        }
        text
    }
}

fn types_of(command: &str, path: &str, seen: &BTreeSet<&'static str>) -> String {
    let key = path.rsplit('.').next().unwrap_or_default();
    // No slot passes where a cluster has just begun.
    let key = match key.starts_with("seconds_until") {
        true => "seconds_until",
        false => key,
    };
    let of_command = format!("{command} {path}");
    let declared = DECLARED
        .iter()
        .find(|(known, _)| [key, &of_command].contains(known));
    match (declared, seen.iter().copied().collect::<Vec<_>>()) {
        (Some((_, types)), _) => (*types).to_owned(),
        (None, types) if types.is_empty() => "list".to_owned(),
        (None, types) => types.join(" | "),
    }
}

fn note(paths: &mut BTreeMap<String, BTreeSet<&'static str>>, path: String, value: &Value) {
    let key = path.rsplit('.').next().unwrap_or_default();
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "flag",
        Value::Number(_) => "number",
        Value::String(_) if is_amount(key.trim_end_matches("[]")) => "amount",
        Value::String(_) => "text",
        Value::Array(elements) => {
            let path = format!("{path}[]");
            paths.entry(path.clone()).or_default();
            elements
                .iter()
                .for_each(|element| note(paths, path.clone(), element));
            return;
        }
        // Its keys are those of the instruction.
        Value::Object(_) if key == "arguments" => "object",
        Value::Object(members) => {
            for (key, member) in members {
                let dot = if path.is_empty() { "" } else { "." };
                note(paths, format!("{path}{dot}{key}"), member);
            }
            return;
        }
    };
    paths.entry(path).or_default().insert(kind);
}

/// Runs commands of one person.
pub struct Reader<'a> {
    net: &'a CliNet,
    user: &'a User,
    pub printed: Printed,
}

impl<'a> Reader<'a> {
    pub fn of(net: &'a CliNet, user: &'a User) -> Self {
        let printed = Vec::new();
        Self { net, user, printed }
    }

    /// `name` is how the command begins.
    pub fn run(&mut self, name: &'static str, more: &[&str]) -> Value {
        let words: Vec<&str> = name.split(' ').chain(more.iter().copied()).collect();
        let value = self.net.json(self.user, &words);
        self.printed.push((name, value.clone()));
        value
    }

    /// Only looks at a deposit.
    fn look(&mut self, name: &'static str, send: &str) {
        let value = self.net.json(self.user, &["stake", "1", "--send", send]);
        self.printed.push((name, value));
    }
}

/// Something in the journal that no node knows.
fn leave_undecided(net: &CliNet) {
    let entry = json!({
        "signature": Signature::from([7; 64]).to_string(),
        "cluster": net.rpc.get_genesis_hash().unwrap().to_string(),
        "payer": net.curator.address.to_string(),
        "what": "Sluice deposit_sol",
        "last_valid_height": 1,
        "signed_at": 1,
    });
    let journal = net.path("state").join("pending");
    fs::write(journal, format!("{entry}\n")).unwrap();
}

fn holders() -> Printed {
    let net = CliNet::with_active_stake();
    let friend = net.user("friend", SOL);
    let mut reader = Reader::of(&net, &net.curator);
    net.earn();
    reader.run("stake", &["100"]);
    let dumped = net.json(&net.curator, &["stake", "1", "--send", "dump"]);
    let file = net.path("file").display().to_string();
    fs::write(&file, dumped.to_string()).unwrap();
    reader.run("sign", &[&file, "--yes"]);
    reader.run("send", &[&file]);
    leave_undecided(&net);
    reader.run("pending", &[]);
    reader.look("any command with --send simulate", "simulate");
    reader.look("any command with --send dump", "dump");
    let ticket = text(&reader.run("unstake", &["5"]), "/ticket");
    reader.run("unstake", &["1", "--instant"]);
    reader.run("tickets cancel", &[&ticket]);
    let ticket = text(&reader.run("unstake", &["2"]), "/ticket");
    reader.run("tickets transfer", &[&ticket, &friend.address.to_string()]);
    reader.run("tickets note", &[&ticket]);
    reader.run("unstake", &["3"]);
    reader.run("tickets", &[]);
    reader.run("tickets", &["--search-epochs", "2"]);
    reader.run("calendar", &[]);
    reader.run("pool show", &[]);
    reader.run("pool list", &[]);
    net.stake_account(&net.curator, 3 * SOL, Lockup::default(), None);
    reader.run("stake-account list", &[]);
    reader.run("stake-account deposit", &["--all", "--yes"]);
    reader.run("stake-account withdraw", &["4", "--yes"]);
    net.to_window();
    reader.run("crank", &["--tables"]);
    reader.run("tables list", &[]);
    reader.run("tables close", &["--all"]);
    reader.run("tables list", &[]);
    reader.run("tickets", &[]);
    for _ in 0..2 {
        net.next_epoch();
        reader.run("crank", &[]);
    }
    reader.run("tickets", &[]);
    reader.run("claim", &[]);
    reader.run("rewards", &[]);
    reader.run("pool history", &[]);
    reader.run("pool yield", &[]);
    reader.run("pool verify", &[]);
    reader.run("validator list", &[]);
    let vote = net.validators[0].to_string();
    reader.run("validator explain", &[&vote]);
    reader.run("validator rate", &[]);
    reader.printed
}

/// A file that changes parameters and the first validator's weight.
fn write_set(net: &CliNet, roles: &str, minimum_sol: u8) -> String {
    let file = net.path("pool.toml");
    let vote = net.validators[0];
    let wish = format!(
        "[parameters]\nreward_fee_bps = 700\nminimum_deposit_sol = \"{minimum_sol}\"\n{roles}\
         [[validators]]\nvote = \"{vote}\"\nweight = 1\n[optimise]\nmax_share_bps = 10000\n"
    );
    fs::write(&file, wish).unwrap();
    file.display().to_string()
}

/// What a token is called.
const NAMED: [&str; 6] = [
    "--name",
    "A",
    "--symbol",
    "B",
    "--uri",
    "https://example.com",
];

fn operators() -> Printed {
    let mut net = CliNet::without_pool();
    let curator = net.curator.clone();
    let heir = net.user("heir", SOL);
    let name = heir.address.to_string();
    let votes: Vec<String> = net.validators.iter().map(ToString::to_string).collect();
    let mut reader = Reader::of(&net, &curator);
    let created = reader.run("pool create", &NAMED);
    let mut printed = reader.printed;
    net.pool = text(&created, "/pool");
    let mut reader = Reader::of(&net, &curator);
    reader.run("pool yield", &[]);
    reader.run("pool metadata show", &[]);
    reader.run("pool metadata set", &["--symbol", "C"]);
    reader.run("pool metadata hand-over", &[&name]);
    reader.run("pool config schedule", &["reward-fee-bps", "700"]);
    reader.run("pool config schedule", &["deposit-cap", "1000"]);
    reader.run("pool config show", &[]);
    reader.run("pool config cancel", &["deposit-cap"]);
    reader.run("pool export", &[]);
    net.next_epoch();
    let wish = write_set(&net, &format!("[roles]\nadmin = \"{name}\"\n"), 1);
    reader.run("pool plan", &[&wish]);
    reader.run("validator add", &[&votes[0], &votes[1]]);
    reader.run("validator weight", &[&votes[0], "50"]);
    reader.run("validator replace", &[&votes[1], &votes[2]]);
    reader.run("validator retire", &[&votes[2]]);
    reader.run("validator explain", &[&votes[4]]);
    net.next_epoch();
    reader.run("validator close", &[&votes[1]]);
    reader.run("pool pause", &[]);
    reader.run("pool show", &[]);
    reader.run("calendar", &[]);
    reader.run("pool unpause", &[]);
    reader.run("pool migrate", &[]);
    reader.run("pool role show", &[]);
    reader.run("pool role set-curator", &[&name]);
    reader.run("pool role set-guardian", &["--clear"]);
    reader.run("pool role set-treasury", &[&name]);
    reader.run("pool role nominate-admin", &[&name]);
    // The heir is curator by now.
    let wish = write_set(&net, "", 2);
    reader.run("pool apply", &[&wish, "--yes"]);
    printed.extend(reader.printed);
    let mut reader = Reader::of(&net, &heir);
    reader.run("pool role accept-admin", &[]);
    printed.extend(reader.printed);
    printed
}

fn breaches() -> Printed {
    let net = CliNet::with_active_stake();
    let vote = net.validators[1];
    net.silence(&vote);
    net.next_epoch();
    net.next_epoch();
    let mut reader = Reader::of(&net, &net.curator);
    reader.run("validator eject", &[&vote.to_string()]);
    reader.run("validator explain", &[&vote.to_string()]);
    reader.printed
}

fn losses() -> Printed {
    let net = CliNet::new().afflicted(|pool| {
        pool.breaker_epoch = 0;
        pool.unrestored_lamports = 3 * SOL;
    });
    let mut reader = Reader::of(&net, &net.curator);
    reader.run("pool show", &[]);
    reader.run("pool acknowledge-loss", &[]);
    reader.printed
}

fn conversions() -> Printed {
    let keypair = Keypair::new();
    let net = CliNet::with_spl_pool(&keypair.pubkey(), 100 * SOL);
    let keypair_file = net.path("holder.json");
    write_keypair_file(&keypair, &keypair_file).unwrap();
    net.airdrop(&keypair.pubkey(), 10 * SOL);
    let holder = User {
        address: keypair.pubkey(),
        keypair_file: keypair_file.display().to_string(),
    };
    let pool = SplPoolAccounts::pool().to_string();
    let mut reader = Reader::of(&net, &holder);
    reader.run("convert", &["--from-pool", &pool, "40", "--yes"]);
    reader.printed
}

fn failures() -> Printed {
    let net = CliNet::without_pool();
    let folder = net.path("manual").display().to_string();
    let mut reader = Reader::of(&net, &net.curator);
    let file = net.path("new.json").display().to_string();
    reader.run("keypair new", &[&file]);
    reader.run("config show", &[]);
    reader.run("man", &["--out", &folder]);
    let output = net.run(&net.curator, &["--output", "json", "pool", "show"]);
    let failure = serde_json::from_slice(&output.stdout).unwrap();
    reader.printed.push(("any command that fails", failure));
    reader.printed
}

#[test]
fn the_book_lists_the_keys_and_types_of_every_commands_json() {
    let mut schema = Schema::default();
    let parts = [
        holders,
        operators,
        breaches,
        losses,
        conversions,
        failures,
        programs::printed,
        crate::program_metadata::printed,
    ];
    std::thread::scope(|scope| {
        let parts = parts.map(|part| scope.spawn(part));
        let printed = parts.into_iter().flat_map(|part| part.join().unwrap());
        printed.for_each(|printed| schema.note(printed));
    });
    let list = schema.text();
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/src/schema.md");
    let page = fs::read_to_string(page).unwrap();
    assert!(page.contains(&list), "the list is now\n\n{list}");
}
