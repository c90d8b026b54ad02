//! What would be: prices, stake exits, forecasts, dates and decisions, computed by the program's own methods
//! from a view of the pool.

pub mod calendar;
pub mod dates;
pub mod forecast;
pub mod governance;
pub mod prices;
pub mod ratings;
pub mod stake_exits;
pub mod statement;
pub mod tolerance;
pub mod verify;
pub mod yields;
