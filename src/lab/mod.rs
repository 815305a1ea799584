//! Everything simulated.

pub mod card;
pub mod reader;
#[cfg(target_os = "linux")]
pub mod vpcd;
