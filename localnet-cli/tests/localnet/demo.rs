//! The demo is a test too: it fails at the first command that does.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Stdio},
};

use sluice_tests::command::succeeded;

use crate::{
    page::{Built, get},
    sluice_localnet,
};

#[test]
fn the_demo_tells_all_acts_of_the_story() {
    let output = sluice_localnet().arg("demo").output().unwrap();
    let story = succeeded(&output, &["demo"]);
    let lines: Vec<&str> = story.trim_end().lines().map(str::trim).collect();
    let [.., sum, page] = lines.as_slice() else {
        panic!("no story:\n{story}");
    };
    assert!(
        sum.starts_with("That was the whole life of a stake: "),
        "{sum}"
    );
    assert!(page.contains("`cargo xtask demo --open`"), "{page}");
    assert!(
        story.contains("By the clock, the last epoch earned 5.09"),
        "no APY of some five percent:\n{story}"
    );
    assert!(
        story.contains("Its token is DemoSOL (dSOL) in every wallet."),
        "{story}"
    );
    for act in 1..=11 {
        assert!(
            story.contains(&format!("\n{act}. ")),
            "act {act} is missing:\n{story}"
        );
    }
}

/// A demo that is killed at the end.
struct Shown(Child);

impl Drop for Shown {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[test]
fn the_demo_ends_with_a_page_of_its_own_pool_where_that_is_asked_for() {
    let built = Built::new();
    let mut demo = built.sluice_localnet();
    demo.args(["demo", "--open"]).stdout(Stdio::piped());
    demo.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    let mut shown = Shown(demo.spawn().unwrap());
    let told = BufReader::new(shown.0.stdout.take().unwrap()).lines();
    let mut told = told.map(|line| line.unwrap().trim().to_owned());
    let pool = told.find_map(|line| Some(line.strip_prefix("Pool ")?.to_owned()));
    let page = told.find(|line| line.starts_with("http://")).unwrap();
    let (origin, node) = page.split_once("/#node=").unwrap();
    let (node, of_page) = node.split_once("&pool=").unwrap();
    assert_eq!(of_page, pool.unwrap());
    let authority = origin.strip_prefix("http://").unwrap();
    assert!(get(authority, "/").ends_with("\r\n\r\nthe page"));
    let command = told.find(|line| line.contains("airdrop")).unwrap();
    assert!(command.ends_with(&format!("--url {node}")), "{command}");
    // The cluster lives on.
    assert!(shown.0.try_wait().unwrap().is_none());
}
