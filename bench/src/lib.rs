//! The benchmark: exact compute units of the compiled programs, Sluice and SPL Stake Pool, on the same
//! virtual machine with the real stake program.

pub mod load;
pub mod measure;
pub mod report;
pub mod spl_pool;
pub mod thousand;
