//! Everything simulated.

pub mod card;
pub mod issuer;
pub mod reader;
pub mod registry_stub;
pub mod roster_sample;
#[cfg(target_os = "linux")]
pub mod vpcd;
