//! What other tools want of this command line: shells, and readers of manuals.

use std::{fmt, fs, path::Path};

use anyhow::{Context, Result};
use clap::CommandFactory;
use clap_complete::generate;
use serde::Serialize;

use crate::{
    args::{Arguments, CompletionsArgs, ManArgs},
    output::write,
};

/// Manual pages that were written.
#[derive(Debug, Serialize)]
pub struct Manual {
    folder: String,
    pages: usize,
}

/// Prints the script for a shell.
pub fn completions(arguments: CompletionsArgs) -> Result<()> {
    let mut script = Vec::new();
    generate(
        arguments.shell,
        &mut Arguments::command(),
        "sluice",
        &mut script,
    );
    write(&String::from_utf8(script).context("the script is no text")?)
}

/// Writes the manual.
pub fn man(arguments: &ManArgs) -> Result<Manual> {
    let folder = &arguments.out;
    let pages = write_pages(folder)
        .with_context(|| format!("the manual cannot be written to {}", folder.display()))?;
    Ok(Manual {
        folder: folder.display().to_string(),
        pages,
    })
}

fn write_pages(folder: &Path) -> std::io::Result<usize> {
    fs::create_dir_all(folder)?;
    clap_mangen::generate_to(Arguments::command(), folder)?;
    let pages = fs::read_dir(folder)?.filter(|entry| {
        let name = entry
            .as_ref()
            .map(fs::DirEntry::file_name)
            .unwrap_or_default();
        let name = name.to_string_lossy();
        name.starts_with("sluice") && name.ends_with(".1")
    });
    Ok(pages.count())
}

impl fmt::Display for Manual {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "{} pages are in {}: `man -l {}/sluice.1` shows the first one.",
            self.pages, self.folder, self.folder
        )
    }
}
