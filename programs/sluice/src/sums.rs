//! Sums in place. Accounts store plain integers; a sum that does not fit is an error, never a wrap.

use anchor_lang::prelude::*;
use sluice_math::{Lamports, Lst};

use crate::error::{Checked, SluiceError, refuse};

/// A number that is counted up and down.
pub(crate) trait Tally: Sized {
    /// Adds to it. Fails where the sum does not fit.
    fn increase(&mut self, by: Self) -> Result<()>;
    /// Takes from it. Fails where less is there.
    fn decrease(&mut self, by: Self) -> Result<()>;
}

macro_rules! integer_tally {
    ($($integer:ty),*) => {$(
        impl Tally for $integer {
            fn increase(&mut self, by: Self) -> Result<()> {
                let sum = self.checked_add(by);
                *self = sum.ok_or_else(|| refuse(SluiceError::MathOverflow))?;
                Ok(())
            }

            fn decrease(&mut self, by: Self) -> Result<()> {
                let rest = self.checked_sub(by);
                *self = rest.ok_or_else(|| refuse(SluiceError::MathUnderflow))?;
                Ok(())
            }
        }
    )*};
}

macro_rules! amount_tally {
    ($($amount:ty),*) => {$(
        impl Tally for $amount {
            fn increase(&mut self, by: Self) -> Result<()> {
                *self = self.add(by).checked()?;
                Ok(())
            }

            fn decrease(&mut self, by: Self) -> Result<()> {
                *self = self.sub(by).checked()?;
                Ok(())
            }
        }
    )*};
}

integer_tally!(u16, u32, u64);
amount_tally!(Lamports, Lst);
