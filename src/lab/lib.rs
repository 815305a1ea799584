//! Everything simulated.
//!
//! Invariants: never in a program that ships (Cargo sees to that); every person is made up (province code 099); nothing
//! here is trusted by a production trust folder.

#![expect(clippy::disallowed_methods, reason = "a simulated world has its own time")]

pub mod card;
pub mod catalogue;
pub mod fuzz;
pub mod fuzz_seeds;
pub mod heavy_lists;
pub mod issuer;
pub mod journal;
pub mod link;
pub mod reader;
pub mod registry_load;
pub mod registry_stub;
pub mod roster_sample;
pub mod short_list;
pub mod simulator;
#[cfg(target_os = "linux")]
pub mod vpcd;
pub mod witness;
pub mod workbooks;
