//! What became of each mutant: one line each in `tests/mutants.tsv`, added as soon as it is known.

use std::{
    collections::HashMap,
    fmt,
    fs::{self, OpenOptions},
    io::Write,
    path::PathBuf,
    str::FromStr,
};

use anyhow::{Context, Result, bail};

use super::Mutant;

/// The names of the columns.
const HEAD: &str = "mutant\tplace\tkind\twhat\toutcome\ttest\n";

/// What became of a mutant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// This test failed.
    Caught(String),
    /// The tests about its file passed; all others are still to be run.
    Survived,
    /// All tests passed.
    Missed,
    /// The compiler refuses it.
    Unviable,
    /// The linker left it out: nothing on the chain comes there.
    NotOnChain,
}

/// The file of all outcomes.
pub struct Results {
    path: PathBuf,
    known: HashMap<String, Outcome>,
}

impl Results {
    /// The outcomes of an earlier run, or none for a new one.
    pub fn open(path: PathBuf, is_resumed: bool) -> Result<Self> {
        if !is_resumed {
            fs::write(&path, HEAD)?;
        }
        let text = fs::read_to_string(&path)
            .with_context(|| format!("{} cannot be read", path.display()))?;
        let known = text.lines().skip(1).map(read).collect::<Result<_>>()?;
        Ok(Self { path, known })
    }

    /// What is known of a mutant.
    pub fn of(&self, mutant: &Mutant) -> Option<&Outcome> {
        self.known.get(&mutant.key)
    }

    /// Takes note of an outcome, on disk at once. It stands for what was known before.
    pub fn note(&mut self, mutant: &Mutant, outcome: Outcome) -> Result<()> {
        let mut file = OpenOptions::new().append(true).open(&self.path)?;
        file.write_all(line(mutant, &outcome).as_bytes())?;
        self.known.insert(mutant.key.clone(), outcome);
        Ok(())
    }

    /// Writes the file anew: one line for each of these mutants, in their order.
    pub fn put_in_order(&self, mutants: &[Mutant]) -> Result<()> {
        let known = mutants
            .iter()
            .filter_map(|mutant| Some(line(mutant, self.of(mutant)?)));
        fs::write(&self.path, format!("{HEAD}{}", known.collect::<String>()))?;
        Ok(())
    }
}

fn line(mutant: &Mutant, outcome: &Outcome) -> String {
    let Mutant {
        key, file, site, ..
    } = mutant;
    let what: String = site.what.chars().take(120).collect();
    format!(
        "{key}\t{file}:{}\t{:?}\t{what}\t{outcome}\n",
        site.line, site.kind
    )
}

fn read(line: &str) -> Result<(String, Outcome)> {
    let mut columns = line.splitn(5, '\t');
    let key = columns.next().unwrap_or_default().to_owned();
    let outcome = columns
        .nth(3)
        .with_context(|| format!("not a result: {line}"))?;
    Ok((key, outcome.parse()?))
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Caught(test) => write!(formatter, "caught\t{test}"),
            Self::Survived => formatter.write_str("survived\t"),
            Self::Missed => formatter.write_str("missed\t"),
            Self::Unviable => formatter.write_str("unviable\t"),
            Self::NotOnChain => formatter.write_str("not on the chain\t"),
        }
    }
}

impl FromStr for Outcome {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        Ok(match text.split_once('\t') {
            Some(("caught", test)) => Self::Caught(test.to_owned()),
            Some(("survived", "")) => Self::Survived,
            Some(("missed", "")) => Self::Missed,
            Some(("unviable", "")) => Self::Unviable,
            Some(("not on the chain", "")) => Self::NotOnChain,
            _ => bail!("not an outcome: {text}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_read_as_they_were_written() {
        let caught = Outcome::Caught("queue a_ticket_is_paid_once".to_owned());
        for outcome in [
            caught,
            Outcome::Survived,
            Outcome::Missed,
            Outcome::Unviable,
            Outcome::NotOnChain,
        ] {
            assert_eq!(outcome.to_string().parse::<Outcome>().unwrap(), outcome);
        }
        assert!("lost\t".parse::<Outcome>().is_err());
    }
}
