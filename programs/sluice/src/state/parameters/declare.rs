//! What a declaration of parameters becomes.

/// Declares parameters. Each row is one:
///
/// ```text
/// /// What it is: help text, interface and book say this.
/// field Variant: least..=most, recommended value, costs Costs;
/// ```
///
/// A group of rows becomes a struct of the pool, with the fields in this order and the constant
/// `RECOMMENDED`. All rows together become [`Parameter`](super::Parameter), whose numbers are
/// their order: a new row of a group goes to its end, and needs a migration.
macro_rules! declare_parameters {
    ($(
        $(#[doc = $about:literal])+
        $group:ident, $number:ident, in $unit:ident {
            $(
                $(#[doc = $meaning:literal])+
                $field:ident $variant:ident: $least:literal..=$most:expr,
                recommended $recommended:expr, costs $costs:ident;
            )+
        }
    )+) => {
        $(
            $(#[doc = $about])+
            #[zero_copy]
            // borsh's own derive: Anchor's would describe the type to the IDL a second time.
            #[derive(Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
            #[borsh(crate = "anchor_lang::prelude::borsh")]
            pub struct $group {
                $($(#[doc = $meaning])+ pub $field: $number,)+
            }

            impl $group {
                /// What a new pool has unless its creator chooses otherwise.
                pub const RECOMMENDED: Self = Self { $($field: $recommended),+ };
            }
        )+

        /// Number of parameters.
        pub const PARAMETERS: usize = [$($(stringify!($field)),+),+].len();

        /// A parameter of a pool.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, AnchorSerialize, AnchorDeserialize)]
        pub enum Parameter {
            $($($(#[doc = $meaning])+ $variant,)+)+
        }

        impl Parameter {
            /// All of them, in the order of their numbers.
            pub const ALL: [Self; PARAMETERS] = [$($(Self::$variant),+),+];

            /// The name of its field, with the unit.
            pub const fn field(self) -> &'static str {
                match self { $($(Self::$variant => stringify!($field),)+)+ }
            }

            /// What it is, in a sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $($(Self::$variant => concat!($($meaning),+).trim_ascii(),)+)+ }
            }

            /// What its number counts.
            pub const fn unit(self) -> Unit {
                match self { $($(Self::$variant => Unit::$unit,)+)+ }
            }
        }

        /// In the order of [`Parameter`].
        const RULES: [Rule; PARAMETERS] = [
            $($(Rule { least: $least, most: $most, costs: Costs::$costs }),+),+
        ];
    };
}

pub(super) use declare_parameters;
