//! The book in `docs` and the pages beside it: what mdBook would complain about, and every link
//! to a file or a heading, without installing it.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;

const CONTENTS: &str = "SUMMARY.md";
/// Where pages are that are not part of the book.
const BESIDE_THE_BOOK: [&str; 2] = ["", "migrations"];

/// Fails with all that is wrong: links that lead nowhere, pages that the table of contents lacks.
pub fn check(workspace: &Workspace) -> Result<()> {
    let book = pages(&workspace.root.join("docs/src"))?;
    let mut beside = Vec::new();
    for folder in BESIDE_THE_BOOK {
        beside.extend(pages(&workspace.root.join(folder))?);
    }
    let mut faults = Vec::new();
    for page in book.iter().chain(&beside) {
        for link in links(&fs::read_to_string(page)?) {
            if !leads_somewhere(page, &link)? {
                faults.push(format!("{}: {link} leads nowhere", page.display()));
            }
        }
    }
    let listed = listed(&book)?;
    for page in &book {
        if !page.ends_with(CONTENTS) && !listed.contains(page) {
            faults.push(format!("{} is not in {CONTENTS}", page.display()));
        }
    }
    if !faults.is_empty() {
        bail!("{}", faults.join("\n"));
    }
    let count = book.len() + beside.len();
    eprintln!("the book's table of contents and the links of {count} pages agree");
    Ok(())
}

/// The Markdown files of a folder.
fn pages(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut pages = Vec::new();
    let entries =
        fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "md") {
            pages.push(path);
        }
    }
    pages.sort();
    Ok(pages)
}

/// The pages that the table of contents links to.
fn listed(book: &[PathBuf]) -> Result<BTreeSet<PathBuf>> {
    let contents = book.iter().find(|page| page.ends_with(CONTENTS));
    let contents = contents.with_context(|| format!("the book has no {CONTENTS}"))?;
    let text = fs::read_to_string(contents)?;
    Ok(links(&text)
        .map(|link| contents.with_file_name(link))
        .collect())
}

/// Whether a page's link names a file that exists and, after `#`, a heading of it.
fn leads_somewhere(page: &Path, link: &str) -> Result<bool> {
    let (file, heading) = link.split_once('#').unwrap_or((link, ""));
    let linked = match file {
        "" => page.to_path_buf(),
        file => page.with_file_name(file),
    };
    if heading.is_empty() || !linked.is_file() {
        return Ok(linked.exists());
    }
    Ok(headings(&fs::read_to_string(linked)?).any(|found| found == heading))
}

/// The relative targets of a page's Markdown links.
fn links(text: &str) -> impl Iterator<Item = String> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split([')', ' ']).next())
        .filter(|target| !target.is_empty() && !target.contains(':'))
        .map(str::to_string)
}

/// What the headings of a page are called in links.
fn headings(text: &str) -> impl Iterator<Item = String> {
    text.lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| {
            line.trim_start_matches('#')
                .trim()
                .to_lowercase()
                .replace(' ', "-")
                .replace(
                    |letter: char| !letter.is_alphanumeric() && !"-_".contains(letter),
                    "",
                )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_links_are_found_and_others_are_left_alone() {
        let text =
            "[a](a.md), [b](../b.md#part), [c](https://c.d/e), [f](#here), [g](h.md \"title\")";
        let found: Vec<_> = links(text).collect();
        assert_eq!(found, ["a.md", "../b.md#part", "#here", "h.md"]);
    }

    #[test]
    fn headings_are_called_as_links_call_them() {
        let text = "# The program's address\n\ntext\n\n### `deposit_stake`\n";
        let found: Vec<_> = headings(text).collect();
        assert_eq!(found, ["the-programs-address", "deposit_stake"]);
    }
}
