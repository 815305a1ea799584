//! Everything simulated.

pub mod registry_stub;
pub mod roster_sample;
pub mod card;
pub mod reader;
#[cfg(target_os = "linux")]
pub mod vpcd;
pub mod issuer;
pub mod roster_sample;
