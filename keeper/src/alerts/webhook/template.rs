//! The text of a message: a template in Jinja's language, whose values are escaped for whom they are meant.

use minijinja::{Environment, Error, UndefinedBehavior, Value, escape_formatter};
use serde::{Deserialize, Deserializer, de};

/// A template that takes more steps never ends.
const STEPS: u64 = 100_000;

/// A template that can be read and filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(String);

/// What a template can name.
#[derive(Clone, Debug, Default)]
pub struct Values {
    /// `firing`, `still firing` or `recovered`.
    pub event: &'static str,
    /// A coloured circle.
    pub mark: &'static str,
    /// The alert's name.
    pub alert: String,
    /// `info`, `warning` or `critical`.
    pub severity: String,
    /// The pool's address; empty where it is about no pool.
    pub pool: String,
    /// What the pool's token is called; empty where it is about no pool.
    pub name: String,
    /// What it is about beside the pool, such as a validator.
    pub about: String,
    /// What is the case.
    pub text: String,
    /// How long it has lasted, in words.
    pub lasted: String,
}

impl Template {
    /// Fills the template in. Strangers' texts pass through `escape`.
    ///
    /// # Errors
    ///
    /// Where the template makes no sense.
    pub fn render(&self, values: &Values, escape: fn(&str) -> String) -> Result<String, Error> {
        let mut environment = Environment::new();
        // A name that is misspelt must not be an empty text.
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(STEPS));
        environment.set_formatter(move |out, state, value| match value.as_str() {
            Some(text) => out.write_str(&escape(text)).map_err(Error::from),
            None => escape_formatter(out, state, value),
        });
        environment.render_str(&self.0, values.named())
    }
}

impl Values {
    fn named(&self) -> Value {
        Value::from_pairs([
            ("event", self.event),
            ("mark", self.mark),
            ("alert", &self.alert),
            ("severity", &self.severity),
            ("pool", &self.pool),
            ("name", &self.name),
            ("about", &self.about),
            ("text", &self.text),
            ("lasted", &self.lasted),
        ])
    }
}

impl From<&str> for Template {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let template = Self(String::deserialize(deserializer)?);
        let tried = template.render(&Values::default(), str::to_owned);
        // The error repeats no line of the template, which could hold a key.
        tried.map_err(|error| {
            let line = error.line().unwrap_or(1);
            de::Error::custom(format_args!(
                "its line {line} makes no sense: {}",
                error.kind()
            ))
        })?;
        Ok(template)
    }
}
