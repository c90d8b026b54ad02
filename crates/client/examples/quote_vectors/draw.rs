//! Random inputs that remember their names.

use rand::{Rng, SeedableRng, rngs::StdRng};

/// One input of so many is zero, and one of so many anything at all.
const ZERO_IN: u32 = 60;
const ANYTHING_IN: u32 = 200;

/// Draws the inputs of one case after another.
pub struct Draw {
    random: StdRng,
    names: Vec<&'static str>,
    values: Vec<u64>,
}

impl Draw {
    /// The draws of a seed.
    pub fn new(seed: u64) -> Self {
        Self {
            random: StdRng::seed_from_u64(seed),
            names: Vec::new(),
            values: Vec::new(),
        }
    }

    /// Begins another case.
    pub fn begin(&mut self) {
        self.names.clear();
        self.values.clear();
    }

    /// The names of a case's inputs.
    pub fn names(&self) -> &[&'static str] {
        &self.names
    }

    /// The inputs of the case.
    pub fn inputs(&self) -> String {
        words(&self.values)
    }

    /// An amount up to `most`, and now and then zero or anything.
    pub fn amount(&mut self, name: &'static str, most: u64) -> u64 {
        let value = if self.random.random_ratio(1, ANYTHING_IN) {
            u64::MAX >> self.random.random_range(0..64)
        } else if self.random.random_ratio(1, ZERO_IN) {
            0
        } else {
            self.random.random_range(0..=most)
        };
        self.given(name, value)
    }

    /// A share up to `most` basis points, and now and then one that is none.
    pub fn bps(&mut self, name: &'static str, most: u16) -> u16 {
        let value = if self.random.random_ratio(1, 4 * ANYTHING_IN) {
            u16::MAX
        } else {
            self.random.random_range(0..=most)
        };
        self.given(name, u64::from(value));
        value
    }

    /// One of these, the first one mostly.
    pub fn mostly(&mut self, name: &'static str, usual: u64, other: u64) -> u64 {
        let is_other = self.random.random_ratio(1, 20);
        self.given(name, if is_other { other } else { usual })
    }

    /// A number between two.
    pub fn between(&mut self, name: &'static str, least: u64, most: u64) -> u64 {
        let value = self.random.random_range(least..=most);
        self.given(name, value)
    }

    /// A size of amounts: each order of magnitude as often as another.
    pub fn magnitude(&mut self) -> u64 {
        let digits = self.random.random_range(3..19);
        10_u64.pow(digits)
    }

    /// An input that follows from others.
    pub fn given(&mut self, name: &'static str, value: u64) -> u64 {
        self.names.push(name);
        self.values.push(value);
        value
    }
}

/// Numbers apart by spaces.
pub fn words<T: ToString>(numbers: &[T]) -> String {
    let words: Vec<String> = numbers.iter().map(T::to_string).collect();
    words.join(" ")
}
