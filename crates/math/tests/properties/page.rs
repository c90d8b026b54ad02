//! The book's chapter on maths names the properties as they are.

use std::{fs, path::Path};

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The sources of a module of properties: a file, or a folder with files.
fn sources(module: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/properties/{module}"));
    let Ok(files) = fs::read_dir(folder) else {
        return read(&format!("tests/properties/{module}.rs"));
    };
    let sources = files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
    sources.collect()
}

#[test]
fn every_property_that_the_page_names_exists() {
    let page = read("../../docs/src/maths.md");
    let named: Vec<_> = page
        .split('`')
        .skip(1)
        .step_by(2)
        .filter_map(|span| span.split_once("::"))
        .collect();
    assert!(named.len() > 40, "only {} names were found", named.len());
    for (module, property) in named {
        let is_there = sources(module).contains(&format!("fn {property}("));
        assert!(is_there, "{module}::{property} is on the page only");
    }
}
