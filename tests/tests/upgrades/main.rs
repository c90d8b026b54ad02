//! Upgrades rehearsed: programs of before, as they were built, make pools and are replaced by that of today.

mod candidate;
mod layout_0;
mod old_program;
mod record;
mod rehearsal;
mod rollback;
