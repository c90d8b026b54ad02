//! Where a store is.

use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};

use url::Url;

use crate::{Result, StoreError};

/// What may stand behind the question mark of a PostgreSQL URL. Anything else could be a secret with a
/// wrong name, which the driver would log.
const PARAMETERS: [&str; 11] = [
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "password",
    "port",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "user",
];

/// A file of SQLite, or a database of PostgreSQL. It is shown without its password.
#[derive(Clone, PartialEq, Eq)]
pub enum Place {
    /// A file.
    File(PathBuf),
    /// A database behind this URL.
    Server(Url),
}

impl Place {
    /// The URL that the driver takes. A file is made where it is missing and may be.
    pub(crate) fn url(&self, may_make: bool) -> Result<Url> {
        let file = match self {
            Self::Server(url) => return Ok(url.clone()),
            Self::File(file) => file,
        };
        let mode = if may_make { "rwc" } else { "rw" };
        let encoded = std::path::absolute(file)
            .ok()
            .and_then(|file| Url::from_file_path(file).ok());
        let url = encoded.and_then(|encoded| {
            let text = format!("sqlite://{}?mode={mode}", encoded.path());
            text.parse().ok()
        });
        url.ok_or_else(|| StoreError::NoPlace("this file has no usable name".to_owned()))
    }

    /// The file, where it is one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File(file) => Some(file),
            Self::Server(_) => None,
        }
    }
}

impl FromStr for Place {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self> {
        let no = |what: String| Err(StoreError::NoPlace(what));
        let is_server = text.starts_with("postgres://") || text.starts_with("postgresql://");
        if !is_server && text.contains("://") {
            return no("this is another kind of URL".to_owned());
        }
        if text.is_empty() || text.contains('\0') {
            return no("this names no file".to_owned());
        }
        if !is_server {
            return Ok(Self::File(text.into()));
        }
        let Ok(url) = text.parse::<Url>() else {
            return no("what follows is no URL".to_owned());
        };
        let unknown = url
            .query_pairs()
            .any(|(key, _)| !PARAMETERS.contains(&&*key));
        if unknown {
            return no(format!(
                "behind the question mark may be {}",
                PARAMETERS.join(", ")
            ));
        }
        Ok(Self::Server(url))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(file) => write!(formatter, "{}", file.display()),
            Self::Server(url) => {
                write!(formatter, "postgres://")?;
                if !url.username().is_empty() {
                    write!(formatter, "{}@", url.username())?;
                }
                write!(formatter, "{}", url.host_str().unwrap_or_default())?;
                if let Some(port) = url.port() {
                    write!(formatter, ":{port}")?;
                }
                write!(formatter, "{}", url.path())
            }
        }
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        for text in [
            "postgres://keeper:secret@db.example.org:5433/sluice?sslmode=verify-full",
            "postgresql://keeper@db.example.org:5433/sluice?password=secret",
        ] {
            let place: Place = text.parse().unwrap();
            let shown = "postgres://keeper@db.example.org:5433/sluice";
            assert_eq!(place.to_string(), shown);
            assert_eq!(format!("{place:?}"), shown);
            assert!(place.url(true).unwrap().as_str().contains("secret"));
        }
    }

    #[test]
    fn what_is_no_place_is_refused_without_being_repeated() {
        for text in [
            "",
            "mysql://secret@host/db",
            "postgres://ho st:secret/db",
            "postgres://host/db?pasword=secret",
            "a\0secret",
        ] {
            let said = text.parse::<Place>().unwrap_err().to_string();
            assert!(said.contains("a store is a file"), "{text}: {said}");
            assert!(!said.contains("secret"), "{text}: {said}");
        }
    }

    #[test]
    fn a_file_of_any_name_is_that_file() {
        let place: Place = "/tmp/50% of?a#b/store.sqlite".parse().unwrap();
        let url = place.url(true).unwrap();
        let said = "sqlite:///tmp/50%25%20of%3Fa%23b/store.sqlite?mode=rwc";
        assert_eq!(url.as_str(), said);
        assert!(place.url(false).unwrap().as_str().ends_with("mode=rw"));
        assert_eq!(
            place.file(),
            Some(Path::new("/tmp/50% of?a#b/store.sqlite"))
        );
    }
}
