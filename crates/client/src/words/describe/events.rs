//! What the program said in a transaction, field by field.

use super::{Field, idl};
use crate::pool::decode::sluice_data;

/// An event of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventInWords {
    /// Its name, such as `SolDeposited`.
    pub name: &'static str,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// The program's events in a transaction's logs, in order.
pub fn events(logs: &[String]) -> Vec<EventInWords> {
    let data = sluice_data(logs).into_iter();
    data.filter_map(|data| idl::event(&data))
        .map(|(name, fields)| EventInWords { name, fields })
        .collect()
}
