//! The book in `docs`: what mdBook would complain about, without installing it.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;

const CONTENTS: &str = "SUMMARY.md";

/// Fails with all that is wrong: links that lead nowhere, pages that the table of contents lacks.
pub fn check(workspace: &Workspace) -> Result<()> {
    let source = workspace.root.join("docs/src");
    let pages = pages(&source)?;
    let mut faults = Vec::new();
    let mut listed = BTreeSet::new();
    for page in &pages {
        let is_contents = page.ends_with(CONTENTS);
        for link in links(&fs::read_to_string(page)?) {
            let linked = page.with_file_name(&link);
            if !linked.is_file() {
                faults.push(format!(
                    "{} links to {link}, which does not exist",
                    page.display()
                ));
            } else if is_contents {
                listed.insert(linked);
            }
        }
    }
    for page in &pages {
        if !page.ends_with(CONTENTS) && !listed.contains(page) {
            faults.push(format!("{} is not in {CONTENTS}", page.display()));
        }
    }
    if !faults.is_empty() {
        bail!("{}", faults.join("\n"));
    }
    eprintln!("the book's {} pages and their links agree", listed.len());
    Ok(())
}

fn pages(directory: &Path) -> Result<Vec<PathBuf>> {
    let mut pages = Vec::new();
    let entries = fs::read_dir(directory)
        .with_context(|| format!("{} cannot be read", directory.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            pages.extend(self::pages(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            pages.push(path);
        }
    }
    pages.sort();
    Ok(pages)
}

/// The relative targets of a page's Markdown links, without their `#fragment`.
fn links(text: &str) -> impl Iterator<Item = String> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split([')', '#', ' ']).next())
        .filter(|target| !target.is_empty() && !target.contains(':'))
        .map(str::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_links_are_found_and_others_are_left_alone() {
        let text =
            "[a](a.md), [b](../b.md#part), [c](https://c.d/e), [f](#here), [g](h.md \"title\")";
        assert_eq!(links(text).collect::<Vec<_>>(), ["a.md", "../b.md", "h.md"]);
    }
}
