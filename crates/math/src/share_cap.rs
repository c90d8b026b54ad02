//! How the weights share what is stakeable under a largest share per validator.

use crate::{BPS, Bps, Ceil, Floor, Lamports, MathError, Ratio, Result};

/// Rounds of cutting at most, so that pricing a pool costs a bounded amount whatever its weights
/// are. What a last round would still have spread stays in the reserve until the next epoch.
pub const MAX_CUT_ROUNDS: u32 = 16;

/// The weights of a pool under its share cap: what the cap cuts off from the heaviest validators
/// is spread over the others by their weights, until nobody is above it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    /// Sum of the weights of the validators that the cap does not cut.
    pub weight: u64,
    /// Validators that the cap cuts.
    pub cut_count: u32,
    /// Largest share of a validator: the configured one, or an even share where that is more, since
    /// fewer validators than that could not hold everything.
    pub cap: Bps,
}

impl Spread {
    /// The spread of `weights`, which is called once per round. An even share is that of
    /// `most_validators` at least: of as many as the pool once had, so that nobody concentrates what
    /// is left by letting others go.
    pub fn of<I: Iterator<Item = u16>>(
        weights: impl Fn() -> I,
        configured: Bps,
        most_validators: u64,
    ) -> Result<Self> {
        let mut spread = Self {
            cap: Bps::ALL,
            ..Self::default()
        };
        let mut validators = 0_u64;
        for weight in weights().filter(|weight| *weight > 0) {
            spread.weight = spread.weight.saturating_add(u64::from(weight));
            validators = validators.saturating_add(1);
        }
        if validators > 0 {
            spread.cap = largest_share(configured, validators.max(most_validators))?;
        }
        for _ in 0..MAX_CUT_ROUNDS {
            if spread.cap == Bps::ALL || spread.cut_once(weights()) {
                break;
            }
        }
        Ok(spread)
    }

    /// Cuts everybody who is above the cap now; true where nobody more is.
    fn cut_once(&mut self, weights: impl Iterator<Item = u16>) -> bool {
        let mut next = Self {
            weight: 0,
            cut_count: 0,
            ..*self
        };
        let most = self.heaviest_uncut();
        for weight in weights {
            if u64::from(weight) > most {
                next.cut_count = next.cut_count.saturating_add(1);
            } else {
                next.weight = next.weight.saturating_add(u64::from(weight));
            }
        }
        let settled = next.cut_count == self.cut_count;
        *self = next;
        settled
    }

    /// Whether the cap cuts a validator of this weight.
    pub fn cuts(&self, weight: u16) -> bool {
        u64::from(weight) > self.heaviest_uncut()
    }

    /// The weight above which a validator's part would be above the cap.
    fn heaviest_uncut(&self) -> u64 {
        let whole = self.weight.saturating_mul(u64::from(self.cap.get()));
        whole.checked_div(self.shares_left()).unwrap_or(u64::MAX)
    }

    /// Basis points that the cut validators leave to the others.
    fn shares_left(&self) -> u64 {
        let cut = u64::from(self.cut_count).saturating_mul(u64::from(self.cap.get()));
        u64::from(BPS).saturating_sub(cut)
    }

    /// The spread with a validator more, one of `validators`, until the next one is computed. The
    /// cap holds at once, so until then a part may stay in the reserve.
    pub fn with(self, weight: u16, configured: Bps, validators: u64) -> Result<Self> {
        Ok(Self {
            weight: self.weight.saturating_add(u64::from(weight)),
            cap: self.cap.min(largest_share(configured, validators)?),
            ..self
        })
    }

    /// The spread with a validator less, until the next one is computed. Where the cap cuts
    /// somebody, it is not known whether this one was among them, and its part stays in the
    /// reserve until then: all parts together must never exceed what there is.
    pub fn without(self, weight: u16) -> Self {
        if self.cut_count > 0 {
            return self;
        }
        Self {
            weight: self.weight.saturating_sub(u64::from(weight)),
            ..self
        }
    }

    /// The most that stake which comes in may lift a validator to, in a pool that owns `full` with
    /// it: the share cap of that, and the tolerance on top, beyond which the window would move it
    /// on. No target is ever above the share cap.
    pub fn most_with_deposit(&self, full: Lamports, tolerance: Bps) -> Result<Lamports> {
        let whole = u64::from(BPS);
        let above = Ratio::new(whole.saturating_add(u64::from(tolerance.get())), whole);
        let most = Floor(self.cap.ratio()).apply(full.get())?;
        Floor(above).apply(most).map(Lamports::new)
    }

    /// A validator's part of `stakeable`: rounded down, so that all parts together never exceed
    /// it.
    pub fn part(&self, weight: u16, stakeable: Lamports) -> Result<Lamports> {
        if weight == 0 {
            return Ok(Lamports::ZERO);
        }
        let most = Floor(self.cap.ratio()).apply(stakeable.get())?;
        if self.weight == 0 {
            return Ok(Lamports::new(most));
        }
        let cut = most.saturating_mul(u64::from(self.cut_count));
        let rest = stakeable.get().saturating_sub(cut);
        let share = Floor(Ratio::new(u64::from(weight), self.weight));
        let by_weight = match share.apply(rest) {
            Err(MathError::Overflow) => u64::MAX,
            part => part?,
        };
        Ok(Lamports::new(by_weight.min(most)))
    }
}

/// The configured share, or the even share of this many validators where that is more: rounded
/// up, so that all of them together can hold everything.
fn largest_share(configured: Bps, validators: u64) -> Result<Bps> {
    if validators == 0 {
        return Ok(Bps::ALL);
    }
    let even = Ceil(Ratio::new(1, validators)).apply(u64::from(BPS))?;
    // An even share of one validator or more is at most all.
    let even = Bps::new(u16::try_from(even).unwrap_or(BPS))?;
    Ok(configured.max(even))
}
