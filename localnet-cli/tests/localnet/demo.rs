//! The demo is a test of its own: it fails at the first figure that differs from the accounts.

use sluice_tests::command::succeeded;

use crate::sluice_localnet;

#[test]
fn the_demo_compares_every_figure_and_finds_none_that_differs() {
    let output = sluice_localnet().arg("demo").output().unwrap();
    let story = succeeded(&output, &["demo"]);
    let last = story.trim_end().lines().last().unwrap();
    let (compared, rest) = last.trim().split_once(" figures compared, ").unwrap();
    assert!(compared.parse::<u32>().unwrap() > 500, "{last}");
    assert!(rest.starts_with("none differed."), "{last}");
    for act in 1..=11 {
        assert!(
            story.contains(&format!("\n{act}. ")),
            "act {act} is missing:\n{story}"
        );
    }
}
