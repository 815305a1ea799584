//! Everything simulated.

pub mod card;
pub mod issuer;
pub mod reader;
pub mod roster_sample;
pub mod simulator;
#[cfg(target_os = "linux")]
pub mod vpcd;
