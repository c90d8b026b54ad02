//! What claims may cost in an epoch. What was spent is written down before it is spent, so that a
//! restart does not forget it.

use std::{fs, io::ErrorKind, path::PathBuf};

use serde::{Deserialize, Serialize};
use sluice_client::{ClientError, send::files::replace_file};
use sluice_math::Lamports;
use tracing::warn;

/// What claims of one pool may cost in an epoch.
#[derive(Debug)]
pub struct Budget {
    most: Lamports,
    path: PathBuf,
    /// None where the file is broken and the epoch is not known yet.
    noted: Option<Noted>,
}

/// What the file says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Noted {
    epoch: u64,
    /// What all transactions of the epoch offered that were about to be sent.
    spent_lamports: u64,
}

impl Budget {
    /// At most so much in an epoch, as far as the file does not say that it is spent. A file that cannot
    /// be read is told, and counts as if all were spent in the epoch that is entered first.
    pub fn new(most: Lamports, path: PathBuf) -> Self {
        let noted = match read(&path) {
            Ok(noted) => Some(noted),
            Err(why) => {
                warn!(
                    "What claims have cost in this epoch cannot be read from {} ({why}): none are made \
                     before the next epoch.",
                    path.display()
                );
                None
            }
        };
        Self { most, path, noted }
    }

    /// Each epoch has the whole of it. An epoch that is over does not come back, whatever a node says.
    pub fn enter(&mut self, epoch: u64) {
        let all = self.most.get();
        let noted = self.noted.get_or_insert(Noted {
            epoch,
            spent_lamports: all,
        });
        if noted.epoch < epoch {
            *noted = Noted {
                epoch,
                spent_lamports: 0,
            };
        }
    }

    /// What may be spent in an epoch.
    pub fn most(&self) -> Lamports {
        self.most
    }

    /// What may still be spent in this epoch.
    pub fn left(&self) -> Lamports {
        let spent = self.noted.as_ref();
        spent.map_or(Lamports::ZERO, |noted| {
            self.most
                .saturating_sub(Lamports::new(noted.spent_lamports))
        })
    }

    /// Notes what is about to be spent.
    ///
    /// Fails where it is too much, and where it cannot be written down: then it must not be spent.
    pub fn spend(&mut self, fee: Lamports) -> Result<(), ClientError> {
        let left = self.left();
        let Some(noted) = self.noted.as_mut().filter(|_| fee <= left) else {
            return Err(ClientError::TooDear { fee, left });
        };
        let spent = Lamports::new(noted.spent_lamports).add(fee)?;
        let after = Noted {
            epoch: noted.epoch,
            spent_lamports: spent.get(),
        };
        let written = serde_json::to_vec(&after).map_err(|error| error.to_string());
        written
            .and_then(|text| replace_file(&self.path, &text).map_err(|error| error.to_string()))
            .map_err(|why| ClientError::Journal {
                path: self.path.clone(),
                why,
            })?;
        *noted = after;
        Ok(())
    }
}

/// Nothing is spent where there is no file.
fn read(path: &PathBuf) -> Result<Noted, String> {
    match fs::read(path) {
        Ok(text) => serde_json::from_slice(&text).map_err(|error| error.to_string()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Noted {
            epoch: 0,
            spent_lamports: 0,
        }),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn sol(lamports: u64) -> Lamports {
        Lamports::new(lamports)
    }

    fn budget(folder: &TempDir) -> Budget {
        Budget::new(sol(10), folder.path().join("folder/claims"))
    }

    #[test]
    fn a_budget_is_never_exceeded_and_each_epoch_has_its_own() {
        let folder = TempDir::new().unwrap();
        let mut budget = budget(&folder);
        budget.enter(7);
        assert_eq!(budget.left(), sol(10));
        budget.spend(sol(6)).unwrap();
        let refused = budget.spend(sol(5)).unwrap_err();
        assert!(matches!(refused, ClientError::TooDear { left, .. } if left == sol(4)));
        budget.enter(7);
        budget.spend(sol(4)).unwrap();
        assert_eq!(budget.left(), sol(0));
        budget.enter(8);
        assert_eq!(budget.left(), sol(10));
        budget.enter(7);
        budget.spend(sol(1)).unwrap();
        budget.enter(8);
        assert_eq!(budget.left(), sol(9), "an epoch does not come back");
    }

    #[test]
    fn what_was_spent_outlives_the_keeper_within_its_epoch() {
        let folder = TempDir::new().unwrap();
        let mut first = budget(&folder);
        first.enter(7);
        first.spend(sol(6)).unwrap();
        let mut second = budget(&folder);
        second.enter(7);
        assert_eq!(second.left(), sol(4));
        second.enter(8);
        assert_eq!(second.left(), sol(10));
    }

    #[test]
    fn with_a_broken_file_all_is_spent_until_the_next_epoch() {
        let folder = TempDir::new().unwrap();
        let mut first = budget(&folder);
        first.enter(7);
        first.spend(sol(1)).unwrap();
        for broken in ["", "{\"epoch\":7", "{\"epoch\":7,\"spent_lamports\":-1}"] {
            fs::write(&first.path, broken).unwrap();
            let mut second = budget(&folder);
            assert_eq!(
                second.left(),
                sol(0),
                "also before the first epoch is known"
            );
            second.enter(7);
            assert!(second.spend(sol(1)).is_err(), "{broken}");
            assert_eq!(fs::read_to_string(&first.path).unwrap(), broken);
            second.enter(8);
            second.spend(sol(1)).unwrap();
            assert_eq!(budget(&folder).noted.unwrap().spent_lamports, 1);
        }
    }

    #[test]
    fn what_cannot_be_written_down_is_not_spent() {
        let folder = TempDir::new().unwrap();
        let mut budget = budget(&folder);
        budget.enter(7);
        fs::write(folder.path().join("folder"), "no folder").unwrap();
        let refused = budget.spend(sol(1)).unwrap_err();
        assert!(matches!(refused, ClientError::Journal { .. }), "{refused}");
        assert_eq!(budget.left(), sol(10));
    }
}
