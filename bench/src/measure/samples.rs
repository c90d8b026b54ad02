//! Measured values, and what is told of them.

use serde::Serialize;

/// What a value counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Compute units of the instructions, without those of the compute budget program.
    ComputeUnits,
    /// Transactions.
    Transactions,
    /// Bytes.
    Bytes,
}

/// Everything that was measured of one program.
#[derive(Debug)]
pub struct Samples {
    subject: &'static str,
    measures: Vec<Measure>,
}

#[derive(Debug)]
struct Measure {
    name: String,
    unit: Unit,
    values: Vec<u64>,
}

/// What is told of one measure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Figure {
    /// What was measured.
    pub measure: String,
    /// The program.
    pub subject: &'static str,
    /// What the values count.
    pub unit: Unit,
    /// The smallest value.
    pub min: u64,
    /// The middle value; of two middle ones, the larger.
    pub median: u64,
    /// The largest value.
    pub max: u64,
    /// How many values there are.
    pub n: usize,
}

impl Samples {
    /// No samples of this program yet.
    pub fn of(subject: &'static str) -> Self {
        Self {
            subject,
            measures: Vec::new(),
        }
    }

    /// Adds the compute units of one instruction.
    pub fn compute(&mut self, measure: impl Into<String>, units: u64) {
        self.add(measure, Unit::ComputeUnits, units);
    }

    /// Adds a value.
    pub fn add(&mut self, measure: impl Into<String>, unit: Unit, value: u64) {
        let name = measure.into();
        match self.measures.iter_mut().find(|known| known.name == name) {
            Some(known) => known.values.push(value),
            None => self.measures.push(Measure {
                name,
                unit,
                values: vec![value],
            }),
        }
    }

    /// What was measured, in the order of the first values.
    pub fn figures(&self) -> Vec<Figure> {
        self.measures
            .iter()
            .map(|measure| measure.figure(self.subject))
            .collect()
    }

    /// What is told of one measure; panics if it has no values.
    pub fn figure(&self, name: &str) -> Figure {
        let measure = self.measures.iter().find(|measure| measure.name == name);
        let measure = measure.unwrap_or_else(|| panic!("{name} was not measured"));
        measure.figure(self.subject)
    }
}

impl Measure {
    fn figure(&self, subject: &'static str) -> Figure {
        let mut values = self.values.clone();
        values.sort_unstable();
        Figure {
            measure: self.name.clone(),
            subject,
            unit: self.unit,
            min: values[0],
            median: values[values.len() / 2],
            max: values[values.len() - 1],
            n: values.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_tells_the_smallest_the_middle_and_the_largest_value() {
        let mut samples = Samples::of("sluice");
        for units in [30, 10, 40, 20] {
            samples.compute("deposit_sol", units);
        }
        samples.add("elf_bytes", Unit::Bytes, 7);
        let figure = samples.figure("deposit_sol");
        assert_eq!(
            (figure.min, figure.median, figure.max, figure.n),
            (10, 30, 40, 4)
        );
        let names: Vec<String> = samples.figures().into_iter().map(|f| f.measure).collect();
        assert_eq!(names, ["deposit_sol", "elf_bytes"]);
    }
}
