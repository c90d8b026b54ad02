//! The programs that are kept are what the record says.

use std::fs;

use sluice::state::VERSION;
use sluice_client::{
    plan::program::Elf,
    pool::deployed::{hash_of_elf, hash_text},
};
use sluice_tests::{
    cluster::sluice_elf,
    releases::{self, CANDIDATE_2, LAYOUT_0},
};

const README: &str = include_str!("../../../migrations/elfs/README.md");

#[test]
fn every_program_that_is_kept_has_the_hash_and_the_commit_of_its_record() {
    let all = releases::all();
    for release in &all {
        let code = release.code();
        assert_eq!(code.len(), release.bytes, "{release:?}");
        assert_eq!(
            hash_text(&hash_of_elf(&code)),
            release.sha256,
            "{release:?}"
        );
        for said in [&release.name, &release.sha256, &release.commit] {
            assert!(README.contains(said), "the README lacks {said}");
        }
    }
    let names: Vec<_> = all.iter().map(|release| release.name.as_str()).collect();
    assert_eq!(names, [LAYOUT_0, CANDIDATE_2]);
    let files = fs::read_dir(releases::folder()).expect("the folder");
    let packed = files.filter(|file| {
        let file = file.as_ref().expect("a file");
        file.path().extension().is_some_and(|end| end == "zst")
    });
    assert_eq!(packed.count(), all.len());
}

/// What `sluice program upgrade` goes by.
#[test]
fn the_layout_that_a_program_knows_is_told_from_its_code() {
    for release in releases::all() {
        let elf = Elf::new(release.code()).expect("a program");
        assert_eq!(elf.layout_version(), release.layout_version, "{release:?}");
    }
    let today = fs::read(sluice_elf()).expect("the program of today");
    assert_eq!(
        Elf::new(today).expect("a program").layout_version(),
        VERSION
    );
}
