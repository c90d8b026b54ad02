//! Amounts out of sentences.

use sluice_math::{Lamports, Lst};

/// The amounts with this unit in a sentence, in their order, in smallest units.
fn amounts(sentence: &str, unit: &str) -> Vec<u64> {
    let words: Vec<&str> = sentence.split_whitespace().collect();
    let pairs = words.windows(2);
    let of_unit = pairs.filter(|pair| pair[1].trim_end_matches(['.', ',']) == unit);
    // Both have nine decimals.
    let read = of_unit.filter_map(|pair| pair[0].parse::<Lamports>().ok());
    read.map(Lamports::get).collect()
}

/// The amounts of SOL in a sentence.
pub fn sol(sentence: &str) -> Vec<u64> {
    amounts(sentence, "SOL")
}

/// The amounts of LST in a sentence.
pub fn lst(sentence: &str) -> Vec<u64> {
    amounts(sentence, "LST")
}

#[test]
fn amounts_are_read_out_of_sentences() {
    let said = "Deposits 1.5 SOL, of which 0.000000001 SOL. At least 2 LST, and 3 LST.";
    assert_eq!(sol(said), [1_500_000_000, 1]);
    assert_eq!(lst(said), [2, 3].map(|whole: u64| whole * 1_000_000_000));
    assert_eq!(lst("none").first().copied().map(Lst::new), None);
}
