//! A copy of the workspace whose program has all mutants in it, and the ELF built from it.

use std::{
    collections::{BTreeMap, HashSet},
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use xshell::cmd;

use super::{FIRST, Mutant, PROGRAM, rewrite};
use crate::{
    build,
    program::SLUICE,
    workspace::{Workspace, cargo},
};

/// What the switch's number stands behind, in the ELF.
const MARKER: &[u8] = b"which is removed";

/// In the place of a number: what follows has a bit for each mutant that is awake.
const SEVERAL: u32 = 1;

/// For how many mutants there are bits.
const SWITCHES: usize = 8_192;

/// The copy.
pub struct Tree {
    original: PathBuf,
    copy: Workspace,
}

impl Tree {
    /// Copies the files of the workspace.
    pub fn copy(workspace: &Workspace) -> Result<Self> {
        let target = workspace.target.join("mutants");
        let root = target.join("tree");
        let shell = workspace.shell()?;
        shell.remove_path(&root)?;
        let list = cmd!(shell, "git ls-files --cached --others --exclude-standard");
        for file in list.quiet().read()?.lines() {
            let (from, to) = (workspace.root.join(file), root.join(file));
            // One that was deleted is listed still.
            if from.is_file() {
                fs::create_dir_all(to.parent().context("a file without a folder")?)?;
                fs::copy(from, to)?;
            }
        }
        Ok(Self {
            original: workspace.root.clone(),
            copy: Workspace { root, target },
        })
    }

    /// Writes the program with the mutants in it, but for those that the compiler refuses: the
    /// numbers of these.
    pub fn write(&self, mutants: &[Mutant]) -> Result<HashSet<u32>> {
        let program = self.copy.root.join(PROGRAM);
        fs::copy(
            self.original.join("tools/mutants/removal.rs"),
            program.join("removal.rs"),
        )?;
        let mut refused = HashSet::new();
        loop {
            self.write_without(mutants, &refused)?;
            let known = refused.len();
            let errors = self.errors()?;
            if errors.is_empty() {
                return Ok(refused);
            }
            refused.extend(errors.iter().filter_map(Error::number));
            ensure!(refused.len() > known, "does not compile: {errors:#?}");
        }
    }

    fn write_without(&self, mutants: &[Mutant], refused: &HashSet<u32>) -> Result<()> {
        let mut files = BTreeMap::<&str, Vec<_>>::new();
        for mutant in mutants
            .iter()
            .filter(|mutant| !refused.contains(&mutant.number))
        {
            let sites = files.entry(&mutant.file).or_default();
            sites.push((mutant.number, &mutant.site));
        }
        for file in mutants.iter().map(|mutant| mutant.file.as_str()) {
            files.entry(file).or_default();
        }
        files.entry("lib.rs").or_default();
        for (file, sites) in files {
            let path = Path::new(PROGRAM).join(file);
            let source = fs::read_to_string(self.original.join(&path))?;
            let mut rewritten = rewrite::with_switches(&source, sites.into_iter());
            if file == "lib.rs" {
                rewritten.push_str("\n/// Wakes mutants.\npub mod removal;\n");
            }
            fs::write(self.copy.root.join(path), rewritten)?;
        }
        Ok(())
    }

    fn errors(&self) -> Result<Vec<Error>> {
        let (shell, cargo) = (self.copy.shell()?, cargo());
        let (target, manifest) = (self.copy.target.join("check"), SLUICE.manifest);
        let check = cmd!(shell, "{cargo} check --quiet --message-format json");
        let check = check
            .args(["--manifest-path", manifest, "--target-dir"])
            .arg(target);
        let messages = check.quiet().ignore_status().read()?;
        let messages = messages
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok());
        let errors = messages.filter_map(|message: Value| Error::read(&message, &self.copy.root));
        Ok(errors.collect())
    }

    /// Builds the ELF.
    pub fn build(&self) -> Result<Vec<u8>> {
        Ok(fs::read(build::up_to_date(&SLUICE, &self.copy)?)?)
    }
}

/// An error of the compiler: the rewritten source as far as the end of its place.
#[derive(Debug)]
struct Error {
    source: String,
}

impl Error {
    fn read(message: &Value, root: &Path) -> Option<Self> {
        let message = &message["message"];
        let is_error = message["level"] == "error";
        let mut spans = message["spans"].as_array()?.iter().filter(|_| is_error);
        let span = spans.find(|span| span["is_primary"] == true)?;
        let mut source = fs::read_to_string(root.join(span["file_name"].as_str()?)).ok()?;
        let end = usize::try_from(span["byte_end"].as_u64()?).ok()?;
        source.truncate(end);
        Some(Self { source })
    }

    /// The mutant at this place: the last number before its end.
    fn number(&self) -> Option<u32> {
        let mut words = self.source.rsplit("crate::removal::");
        let digits = words.next()?.split_once('(')?.1;
        let digits = digits
            .split(|letter: char| !letter.is_ascii_digit())
            .next()?;
        digits.parse().ok().filter(|number| *number >= FIRST)
    }
}

/// Whether a mutant's number is in the ELF's code: what the linker left out is not.
pub fn holds(elf: &[u8], number: u32) -> bool {
    let number = number.to_le_bytes();
    elf.windows(number.len()).any(|bytes| bytes == number)
}

/// The ELF in which this mutant is awake.
pub fn awake(elf: &[u8], number: u32) -> Result<Vec<u8>> {
    let (mut elf, at) = (elf.to_vec(), switch(elf)?);
    elf[at..at + 4].copy_from_slice(&number.to_le_bytes());
    Ok(elf)
}

/// The ELF in which all these mutants are awake.
pub fn awake_together(elf: &[u8], numbers: impl IntoIterator<Item = u32>) -> Result<Vec<u8>> {
    let bits = switch(elf)? + 4;
    let mut elf = awake(elf, SEVERAL)?;
    for number in numbers {
        let bit = usize::try_from(number - FIRST)?;
        ensure!(bit < SWITCHES, "there are more mutants than switches");
        elf[bits + bit / 8] |= 1 << (bit % 8);
    }
    Ok(elf)
}

/// Where the number stands.
fn switch(elf: &[u8]) -> Result<usize> {
    let mut places = elf.windows(MARKER.len()).enumerate();
    let mut places = places.by_ref().filter(|(_, bytes)| *bytes == MARKER);
    let (place, _) = places.next().context("the ELF has no switch")?;
    ensure!(places.next().is_none(), "the ELF has two switches");
    Ok(place + MARKER.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_behind_the_marker_wakes_a_mutant() {
        let elf = [b"code", MARKER, &[0; 4], b"code"].concat();
        assert!(!holds(&elf, FIRST));
        let awake = awake(&elf, FIRST).unwrap();
        assert!(holds(&awake, FIRST));
        assert_eq!(awake.len(), elf.len());
        assert!(super::awake(b"code", FIRST).is_err());
    }

    #[test]
    fn bits_behind_the_number_wake_several_mutants() {
        let elf = [MARKER, &[0; 4 + SWITCHES / 8], b"code"].concat();
        let awake = awake_together(&elf, [FIRST + 1, FIRST + 9]).unwrap();
        let behind = &awake[MARKER.len()..];
        assert_eq!(behind[..6], [1, 0, 0, 0, 0b10, 0b10]);
        assert_eq!(awake.iter().filter(|byte| **byte == 0b10).count(), 2);
        let beyond = FIRST + u32::try_from(SWITCHES).unwrap();
        assert!(awake_together(&elf, [beyond]).is_err());
    }
}
