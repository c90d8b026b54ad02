//! What comes after the story: its pool, as the page for holders shows it.

use std::{
    env,
    process::{Command, Stdio},
};

use super::narration::{show, tell};

/// Opens a page in a browser.
const OPENER: &str = "xdg-open";
/// Set where there is a screen to open a browser on.
const SCREENS: [&str; 2] = ["DISPLAY", "WAYLAND_DISPLAY"];

/// Says where the page is and what to do there, and opens it where there is a screen.
pub fn show_page(page: &str, node: &str) {
    tell("This pool as a page, until ctrl-c:");
    show(page);
    tell(
        "Staking there needs a wallet in that browser, set to this cluster, and SOL. In another terminal:",
    );
    let localnet = env::current_exe().map_or_else(
        |_| "sluice-localnet".to_owned(),
        |binary| binary.display().to_string(),
    );
    show(&format!("{localnet} airdrop 100 YOUR_ADDRESS --url {node}"));
    tell("The next epoch begins at once with:");
    show(&format!("{localnet} advance --url {node}"));
    if SCREENS.iter().any(|screen| env::var_os(screen).is_some()) {
        open(page);
    }
}

/// Asks the desktop to open it. The address stands there for who has none that can.
fn open(page: &str) {
    let mut opener = Command::new(OPENER);
    opener.arg(page).stdin(Stdio::null());
    drop(opener.stdout(Stdio::null()).stderr(Stdio::null()).spawn());
}
