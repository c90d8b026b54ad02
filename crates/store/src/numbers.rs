//! Numbers of the chain have no sign, and those of SQL have one: nothing wraps.

use crate::{Result, StoreError};

/// A number as it is stored.
pub fn signed(number: u64) -> Result<i64> {
    i64::try_from(number).map_err(|_| StoreError::TooLarge(number))
}

/// The same, where it may not be known.
pub fn maybe_signed(number: Option<u64>) -> Result<Option<i64>> {
    number.map(signed).transpose()
}

/// A stored number that has no sign.
pub fn unsigned(number: i64) -> Result<u64, sqlx::Error> {
    u64::try_from(number).map_err(|error| sqlx::Error::Decode(error.into()))
}

/// The same, where it may not be known.
pub fn maybe_unsigned(number: Option<i64>) -> Result<Option<u64>, sqlx::Error> {
    number.map(unsigned).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_wraps_on_its_way() {
        let most = u64::try_from(i64::MAX).unwrap();
        for number in [0, 1, most] {
            assert_eq!(unsigned(signed(number).unwrap()).unwrap(), number);
        }
        for number in [most + 1, u64::MAX] {
            assert!(matches!(signed(number), Err(StoreError::TooLarge(told)) if told == number));
        }
        assert!(unsigned(-1).is_err());
    }
}
