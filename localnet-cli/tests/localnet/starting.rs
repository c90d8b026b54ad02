//! What a start leaves behind, tells and warns of.

use std::{
    collections::BTreeSet,
    fs::{self, Permissions},
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
    process::Command,
};

use sluice_tests::command::{help, succeeded, text};

use crate::{SLUICE_LOCALNET, running::Running, sluice, sluice_localnet};

/// A folder of a killed cluster, as far as this mode and these files make it one.
fn decoy(path: &Path, mode: u32, files: &[&str]) {
    fs::create_dir(path).unwrap();
    for file in files {
        fs::write(path.join(file), "").unwrap();
    }
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn start_in(folder: &Path) -> Running {
    Running::of(sluice_localnet().arg("start").env("TMPDIR", folder))
}

#[test]
fn f16_the_wallet_of_a_killed_cluster_is_removed_by_the_next_one() {
    let temporary = tempfile::tempdir().unwrap();
    let among = |name: &str| temporary.path().join(name);
    let killed = start_in(temporary.path());
    let living = start_in(temporary.path());
    let (left, kept) = (killed.folder(), living.folder());
    assert_eq!(
        fs::metadata(&left).unwrap().permissions().mode() & 0o777,
        0o700
    );
    assert!(left.join("id.json").exists(), "a living one's");
    killed.kill();
    assert!(left.join("id.json").exists(), "nobody could remove it");
    let elsewhere = among("elsewhere");
    decoy(&elsewhere, 0o700, &["lock", "id.json"]);
    symlink(&elsewhere, among("sluice-localnet-link")).unwrap();
    decoy(&among("sluice-localnet-open"), 0o755, &["lock"]);
    decoy(&among("sluice-localnet-unlocked"), 0o700, &["id.json"]);
    decoy(&among("sluice-other"), 0o700, &["lock"]);
    let _next = start_in(temporary.path());
    assert!(!left.exists());
    assert!(kept.join("id.json").exists());
    assert!(elsewhere.join("id.json").exists());
    for spared in ["link", "open", "unlocked"] {
        let spared = among(&format!("sluice-localnet-{spared}"));
        assert!(fs::symlink_metadata(&spared).is_ok(), "{spared:?}");
    }
    assert!(among("sluice-other").exists());
}

#[test]
fn f16_a_cluster_that_is_open_to_the_network_says_so() {
    assert_eq!(Running::start().kill(), "");
    let open = Running::of(sluice_localnet().args(["start", "--bind", "0.0.0.0"]));
    for url in ["/rpc_url", "/websocket_url"] {
        let url = text(&open.started, url);
        assert!(url.contains("://127.0.0.1:"), "{url}");
    }
    let said = open.kill();
    assert_eq!(
        said,
        "Whoever reaches 0.0.0.0 can take SOL from this cluster and turn its clock: it is open to the \
         network.\n"
    );
}

#[test]
fn f16_an_origin_that_is_none_is_refused() {
    let arguments = ["start", "--cors", "https://ide.example/page"];
    let output = sluice_localnet().args(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("https://host:port"), "{said}");
}

/// The variables that a binary listens to.
fn variables() -> BTreeSet<String> {
    let pages = help(&sluice, &["sluice"]);
    let named = pages.split("[env: ").skip(1);
    let names = named.filter_map(|rest| rest.split([']', '=']).next());
    names.map(str::to_owned).collect()
}

#[test]
fn f15_the_line_that_start_prints_unsets_what_would_win_over_it() {
    let folder = tempfile::tempdir().unwrap();
    let printed = folder.path().join("printed");
    let mut start = sluice_localnet();
    start.args(["start", "--port", "0"]);
    let mut process = start
        .stdout(fs::File::create(&printed).unwrap())
        .spawn()
        .unwrap();
    let told = loop {
        let told = fs::read_to_string(&printed).unwrap();
        if told.contains("Ctrl-c") {
            break told;
        }
        assert_eq!(process.try_wait().unwrap(), None, "it ended");
        std::thread::sleep(std::time::Duration::from_millis(50));
    };
    let lines = told.lines().filter(|line| line.starts_with("    "));
    let script: String = lines.map(|line| format!("{line}\n")).collect();
    // What neither leads elsewhere nor acts as somebody else.
    let harmless = [
        "BOOK",
        "CONFIG",
        "MAX_PRIORITY_FEE_SOL",
        "OUTPUT",
        "PATIENCE",
        "PRIORITY_FEE",
        "STATE",
    ];
    let others: BTreeSet<String> = variables()
        .into_iter()
        .filter(|name| !harmless.iter().any(|one| format!("SLUICE_{one}") == *name))
        .collect();
    let unset = script.split_whitespace().skip(1);
    let unset: BTreeSet<String> = unset
        .take_while(|word| *word != "export")
        .map(str::to_owned)
        .collect();
    let mut shell = Command::new("sh");
    let sluice = Path::new(SLUICE_LOCALNET).with_file_name("sluice");
    shell
        .arg("-c")
        .arg(format!("{script}{} tickets", sluice.display()));
    shell.env("HOME", "/nonexistent");
    for name in &others {
        shell.env(name, "/nonexistent");
    }
    let shown = shell.output().unwrap();
    process.kill().unwrap();
    process.wait().unwrap();
    assert_eq!(unset, others);
    let shown = succeeded(&shown, &["tickets"]);
    let wallet = shown.split(' ').next().unwrap();
    assert!(told.contains(&format!("{wallet} with 10000.0")), "{told}");
}
