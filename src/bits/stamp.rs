//! Time as an argument.

use jiff::Timestamp;

/// One moment as the desk knows it: what the wall clock said, and how long the machine had been up.
///
/// The wall clock may jump; the boot clock never falls within one boot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    /// Wall clock, UTC.
    pub wall: Timestamp,
    /// Boot clock in milliseconds.
    pub boot_ms: u64,
}

/// A clock. Only `host` has the real one; the brain's events carry [`Stamp`]s instead.
pub trait Clock: Send {
    /// The present moment.
    fn now(&self) -> Stamp;
}
