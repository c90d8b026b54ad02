//! The demo is a test too: it fails at the first command that does.

use sluice_tests::command::succeeded;

use crate::sluice_localnet;

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
    assert!(page.contains("`cargo xtask living -- --app`"), "{page}");
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
