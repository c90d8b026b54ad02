//! As much of SMT-LIB as the formulas need: functions over whole numbers that are not negative.

use std::{collections::BTreeMap, iter::Peekable, vec::IntoIter};

use num_bigint::BigInt;

#[derive(Clone, Debug)]
enum Term {
    Word(String),
    List(Vec<Term>),
}

/// A script of functions.
pub(crate) struct Script {
    functions: BTreeMap<String, (Vec<String>, Term)>,
}

impl Script {
    pub(crate) fn parse(text: &str) -> Self {
        let code = text.lines().map(|line| line.split(';').next().unwrap());
        let code: String = code.map(|line| format!("{line}\n")).collect();
        let spaced = code.replace('(', " ( ").replace(')', " ) ");
        let words: Vec<String> = spaced.split_whitespace().map(str::to_owned).collect();
        let mut words = words.into_iter().peekable();
        let mut functions = BTreeMap::new();
        while words.peek().is_some() {
            let Term::List(definition) = term(&mut words) else {
                panic!("a word outside of a definition");
            };
            let [keyword, name, parameters, _, body] = &definition[..] else {
                panic!("not a definition: {definition:?}");
            };
            assert_eq!(keyword.word(), "define-fun");
            let parameters = parameters.list().iter();
            let parameters = parameters.map(|pair| pair.list()[0].word().to_owned());
            let function = (parameters.collect(), body.clone());
            functions.insert(name.word().to_owned(), function);
        }
        Self { functions }
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.functions.keys().map(String::as_str)
    }

    pub(crate) fn arity(&self, name: &str) -> usize {
        self.functions[name].0.len()
    }

    pub(crate) fn evaluate(&self, name: &str, arguments: &[u64]) -> BigInt {
        let arguments = arguments.iter().map(|argument| BigInt::from(*argument));
        self.call(name, arguments.collect())
    }

    fn call(&self, name: &str, arguments: Vec<BigInt>) -> BigInt {
        let (parameters, body) = &self.functions[name];
        assert_eq!(parameters.len(), arguments.len(), "{name}");
        let known = parameters.iter().map(String::as_str).zip(arguments);
        self.value(body, &known.collect())
    }

    fn value(&self, term: &Term, known: &BTreeMap<&str, BigInt>) -> BigInt {
        let parts = match term {
            Term::Word(word) => {
                let value = known.get(word.as_str()).cloned();
                return value.unwrap_or_else(|| word.parse().unwrap());
            }
            Term::List(parts) => parts,
        };
        let (name, rest) = (parts[0].word(), &parts[1..]);
        if name == "ite" {
            let chosen = if self.holds(&rest[0], known) { 1 } else { 2 };
            return self.value(&rest[chosen], known);
        }
        let mut values = rest.iter().map(|term| self.value(term, known));
        match name {
            "+" => values.sum(),
            "*" => values.product(),
            "-" => {
                let first = values.next().unwrap();
                values.fold(first, |left, value| left - value)
            }
            "div" => {
                let (dividend, divisor) = (values.next().unwrap(), values.next().unwrap());
                let zero = BigInt::ZERO;
                assert!(
                    dividend >= zero && divisor > zero,
                    "{dividend} div {divisor}"
                );
                dividend.checked_div(&divisor).unwrap()
            }
            function => self.call(function, values.collect()),
        }
    }

    fn holds(&self, term: &Term, known: &BTreeMap<&str, BigInt>) -> bool {
        let [relation, one, other] = term.list() else {
            panic!("no relation: {term:?}");
        };
        let (one, other) = (self.value(one, known), self.value(other, known));
        match relation.word() {
            "=" => one == other,
            "<" => one < other,
            unknown => panic!("no relation: {unknown}"),
        }
    }
}

impl Term {
    fn word(&self) -> &str {
        match self {
            Self::Word(word) => word,
            Self::List(_) => panic!("not a word: {self:?}"),
        }
    }

    fn list(&self) -> &[Self] {
        match self {
            Self::List(list) => list,
            Self::Word(_) => panic!("not a list: {self:?}"),
        }
    }
}

fn term(words: &mut Peekable<IntoIter<String>>) -> Term {
    let word = words.next().expect("a term");
    if word != "(" {
        return Term::Word(word);
    }
    let mut list = Vec::new();
    while words.next_if(|word| word == ")").is_none() {
        list.push(term(words));
    }
    Term::List(list)
}
