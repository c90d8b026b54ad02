use core::fmt;

/// Why a calculation has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MathError {
    /// The result does not fit its type.
    Overflow,
    /// The result would be negative.
    Underflow,
    /// A ratio with a zero denominator.
    DivisionByZero,
    /// The pool's value is zero: nothing can be bought at that price.
    NoValue,
    /// More than 10,000 basis points.
    TooManyBps,
}

impl fmt::Display for MathError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Overflow => "the result does not fit its type",
            Self::Underflow => "the result would be negative",
            Self::DivisionByZero => "division by zero",
            Self::NoValue => "the pool's value is zero",
            Self::TooManyBps => "a share above 10,000 basis points",
        })
    }
}

impl core::error::Error for MathError {}

/// A calculation's answer, or why there is none.
pub type Result<T> = core::result::Result<T, MathError>;
