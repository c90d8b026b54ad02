//! The totals of a statement while they grow, in lamports.

use super::Totals;

/// What [`Totals`] has, but for the worth at the end.
#[derive(Default)]
pub(super) struct Sums {
    pub start: i128,
    pub paid_in: i128,
    pub paid_out: i128,
    pub received: i128,
    pub sent: i128,
    pub unexplained: i128,
    pub gain: i128,
    pub left: i128,
    pub fee: i128,
    pub network_fee: i128,
}

impl Sums {
    /// The totals where all is worth `end` in the end. None where a sum fits no amount.
    pub(super) fn totals(&self, end: i128) -> Option<Totals> {
        Some(Totals {
            start_worth_lamports: self.start.try_into().ok()?,
            paid_in_lamports: self.paid_in.try_into().ok()?,
            paid_out_lamports: self.paid_out.try_into().ok()?,
            received_lamports: self.received.try_into().ok()?,
            sent_lamports: self.sent.try_into().ok()?,
            unexplained_lamports: self.unexplained.try_into().ok()?,
            gain_lamports: self.gain.try_into().ok()?,
            left_lamports: self.left.try_into().ok()?,
            end_worth_lamports: end.try_into().ok()?,
            fee_lamports: self.fee.try_into().ok()?,
            network_fee_lamports: self.network_fee.try_into().ok()?,
        })
    }
}
