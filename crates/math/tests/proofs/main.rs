//! The proofs in `proofs` are about the code: every formula that they use is evaluated beside the function
//! that it stands for, on random numbers. `cargo xtask maths proofs` runs the proofs themselves.

mod formulas;
mod smt;

use std::{collections::BTreeSet, fs, path::Path};

use num_bigint::BigInt;
use proptest::prelude::*;
use sluice_math::MathError;

use self::{formulas::FORMULAS, smt::Script};

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("proofs")
}

fn read(name: &str) -> String {
    let path = folder().join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Names of the scripts, without that of the formulas.
fn proofs() -> Vec<String> {
    let entries = fs::read_dir(folder()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names
        .filter(|name| name.ends_with(".smt2") && name != "formulas.smt2")
        .collect()
}

/// Dust, what a pool holds, and anything.
fn numbers() -> impl Strategy<Value = u64> {
    prop_oneof![0..=20_u64, 0..=1_u64 << 40, any::<u64>()]
}

#[test]
fn every_formula_has_its_function() {
    let script = Script::parse(&read("formulas.smt2"));
    let formulas: BTreeSet<&str> = script.names().collect();
    let functions = FORMULAS.iter().map(|formula| formula.name).collect();
    assert_eq!(formulas, functions);
}

proptest! {
    #[test]
    fn formulas_say_what_the_code_does(numbers in prop::collection::vec(numbers(), 5)) {
        let script = Script::parse(&read("formulas.smt2"));
        for formula in FORMULAS {
            let mut arguments = numbers[..script.arity(formula.name)].to_vec();
            (formula.fit)(&mut arguments);
            let said = script.evaluate(formula.name, &arguments);
            match (formula.code)(&arguments) {
                Some(Ok(done)) => {
                    prop_assert_eq!(said, BigInt::from(done), "{} {:?}", formula.name, arguments);
                }
                // A sum with one of the arguments is what does not fit.
                Some(Err(MathError::Overflow)) => {
                    let sum: BigInt = arguments.iter().map(|argument| BigInt::from(*argument)).sum();
                    prop_assert!(said + sum >= BigInt::from(u64::MAX), "{} {:?}", formula.name, arguments);
                }
                Some(Err(error)) => prop_assert!(false, "{}: {error}", formula.name),
                None => {}
            }
        }
    }
}

/// Every check tells its result, something is proved, and something else is shown to be possible: a
/// proof from what contradicts itself would prove nothing.
#[test]
fn every_proof_tells_what_must_come_out() {
    let readme = read("README.md");
    assert!(proofs().len() > 5);
    for name in proofs() {
        let text = read(&name);
        let checks = text.matches("(check-sat)").count();
        let proved = text
            .matches("(set-info :status unsat)\n(check-sat)")
            .count();
        let possible = text.matches("(set-info :status sat)\n(check-sat)").count();
        assert_eq!(checks, proved + possible, "{name}");
        assert!(proved > 0 && possible > 1, "{name}");
        let row = format!("| `{name}` | {proved} | {possible} |");
        assert!(readme.contains(&row), "the README has no row: {row}");
    }
}
