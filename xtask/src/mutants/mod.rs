//! How strong the tests of the program are: each check removed by itself, and a sample of other
//! mutants, must turn a test red.

mod areas;
mod hunt;
mod results;
mod rewrite;
mod runner;
mod sites;
mod tree;

use std::{collections::HashMap, fs, path::Path};

use anyhow::Result;
use sha2::{Digest, Sha256};

use self::{
    hunt::Hunt,
    results::{Outcome, Results},
    runner::Runner,
    sites::{Kind, Site},
    tree::Tree,
};
use crate::workspace::Workspace;

/// The program's sources.
const PROGRAM: &str = "programs/sluice/src";

/// Numbers of mutants begin here, so that none is in the ELF for another reason.
const FIRST: u32 = 0x5A5A_0000;

/// What is only words, or never on the chain.
const LEFT_OUT: [&str; 3] = ["error.rs", "security.rs", "instructions/tests.rs"];

/// A mutant of the program.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// What wakes it.
    number: u32,
    /// The same as long as its source is.
    key: String,
    /// The file, within the program's sources.
    file: String,
    site: Site,
}

/// What to try.
#[derive(clap::Args)]
pub struct Wanted {
    /// How many mutants to try besides the removal of each check
    #[arg(long, default_value_t = 150, value_name = "NUMBER")]
    sample: usize,
    /// The seed of the sample
    #[arg(long, default_value_t = 0, value_name = "NUMBER")]
    seed: u64,
    /// Try only those whose file or source contains this
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Go on where the last run stopped: what tests/mutants.tsv has is not tried again
    #[arg(long = "resume")]
    is_resumed: bool,
}

/// Tries mutants of the program, and says which nobody notices.
pub fn run(workspace: &Workspace, wanted: &Wanted) -> Result<()> {
    let mutants = chosen(all(workspace)?, wanted);
    let path = workspace.root.join("tests/mutants.tsv");
    let results = Results::open(path, wanted.is_resumed)?;
    let tree = Tree::copy(workspace)?;
    let refused = tree.write(&mutants)?;
    let elf = tree.build()?;
    let runner = Runner::prepare(workspace)?;
    let mut hunt = Hunt::new(&mutants, refused, elf, runner, results);
    hunt.one_by_one()?;
    hunt.together()?;
    let results = hunt.end()?;
    tell(&mutants, &results);
    Ok(())
}

/// Every mutant of the program, in the order of its files.
fn all(workspace: &Workspace) -> Result<Vec<Mutant>> {
    let (root, mut mutants) = (workspace.root.join(PROGRAM), Vec::new());
    for file in files(&root, Path::new(""))? {
        let mut same = HashMap::<_, usize>::new();
        for site in sites::of_source(&fs::read_to_string(root.join(&file))?)? {
            let name = format!("{file} {:?} {}", site.kind, site.what);
            let count = same.entry(name.clone()).or_default();
            *count += 1;
            let digest = Sha256::digest(format!("{name} {count}"));
            let key = digest[..6]
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            let number = FIRST + u32::try_from(mutants.len())? + 1;
            let file = file.clone();
            mutants.push(Mutant {
                number,
                key,
                file,
                site,
            });
        }
    }
    Ok(mutants)
}

/// Source files below a folder, sorted.
fn files(root: &Path, folder: &Path) -> Result<Vec<String>> {
    let mut entries = fs::read_dir(root.join(folder))?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    let mut found = Vec::new();
    for entry in entries {
        let path = folder.join(entry.file_name());
        let name = path.to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() {
            found.extend(files(root, &path)?);
        } else if name.ends_with(".rs") && !LEFT_OUT.contains(&name.as_str()) {
            found.push(name);
        }
    }
    Ok(found)
}

/// All checks, and as many others as are wanted: those whose keys, mixed with the seed, come first.
fn chosen(mutants: Vec<Mutant>, wanted: &Wanted) -> Vec<Mutant> {
    let is_wanted = |mutant: &Mutant| {
        let text = format!("{} {}", mutant.file, mutant.site.what);
        wanted
            .only
            .as_deref()
            .is_none_or(|only| text.contains(only))
    };
    let (mut checks, mut others): (Vec<_>, Vec<_>) = mutants
        .into_iter()
        .filter(is_wanted)
        .partition(|mutant| mutant.site.kind == Kind::Check);
    others.sort_by_cached_key(|mutant| Sha256::digest(format!("{} {}", wanted.seed, mutant.key)));
    others.truncate(wanted.sample);
    checks.extend(others);
    // The source is rewritten from its beginning on.
    checks.sort_by_key(|mutant| mutant.number);
    checks
}

/// Scores with their intervals, and what was missed.
fn tell(mutants: &[Mutant], results: &Results) {
    let outcomes = |is_check: bool| {
        let kind = mutants
            .iter()
            .filter(move |mutant| (mutant.site.kind == Kind::Check) == is_check);
        kind.filter_map(|mutant| results.of(mutant))
    };
    for (is_check, name) in [(true, "Checks removed"), (false, "Other mutants")] {
        let count =
            |is: fn(&Outcome) -> bool| outcomes(is_check).filter(|outcome| is(outcome)).count();
        let caught = count(|outcome| matches!(outcome, Outcome::Caught(_)));
        let missed = count(|outcome| *outcome == Outcome::Missed);
        let (low, high) = interval(caught, caught + missed);
        println!(
            "{name}: {caught} of {} caught (95 %: {low:.1} % to {high:.1} %)",
            caught + missed
        );
        let left = count(|outcome| *outcome == Outcome::NotOnChain);
        let unviable = count(|outcome| *outcome == Outcome::Unviable);
        println!("  besides: {left} are not on the chain, {unviable} do not compile");
    }
    for mutant in mutants
        .iter()
        .filter(|mutant| results.of(mutant) == Some(&Outcome::Missed))
    {
        let Site {
            kind, line, what, ..
        } = &mutant.site;
        println!("missed: {}:{line} {kind:?} {what}", mutant.file);
    }
}

/// Wilson's interval of a share, at 95 %, in percent.
fn interval(hits: usize, of: usize) -> (f64, f64) {
    if of == 0 {
        return (0.0, 100.0);
    }
    let (n, z) = (of as f64, 1.96_f64);
    let share = hits as f64 / n;
    let middle = share + z * z / (2.0 * n);
    let half = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    let whole = 1.0 + z * z / n;
    (
        (middle - half) / whole * 100.0,
        (middle + half) / whole * 100.0,
    )
}

#[cfg(test)]
mod tests {
    use super::interval;

    #[test]
    fn the_interval_is_wilsons() {
        let rounded = |(low, high): (f64, f64)| (low.round(), high.round());
        assert_eq!(rounded(interval(135, 150)), (84.0, 94.0));
        assert_eq!(rounded(interval(0, 0)), (0.0, 100.0));
        assert_eq!(interval(150, 150).1.round(), 100.0);
    }
}
