//! The same suite on a file of SQLite and on a real PostgreSQL.

mod damage;
mod rows;
mod sharing;
mod stage;
mod versions;
mod writers;
