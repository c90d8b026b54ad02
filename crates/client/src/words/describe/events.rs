//! What the program said in a transaction, field by field.

use super::{Field, idl};
use crate::pool::decode::written_by_instruction;

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
    let data = written_by_instruction(logs).into_iter().flatten();
    data.filter_map(|data| idl::event(&data))
        .map(|(name, fields)| EventInWords { name, fields })
        .collect()
}
