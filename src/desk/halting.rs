//! Why there is no desk: what a halted desk says, and what the diagnostics are told.

use checkin::failure::Failure;
use checkin::state::Halted;
use record::{LogFault, StoreFault};

/// Tells the diagnostics why there is no desk: where there is no log yet, nothing else remembers.
pub(super) fn diagnose(halted: &Halted) {
    tracing::error!(code = halted.failure.code(), detail = %halted.detail, "the desk could not be started");
}

/// A halted desk that names the place.
pub(super) fn halted_at(failure: Failure, place: &str, cause: impl std::fmt::Display) -> Halted {
    Halted { failure, detail: format!("{place}: {cause}") }
}

/// What people are told about a log that cannot be opened or written.
pub(super) fn failure_of(fault: &LogFault) -> Failure {
    match fault {
        LogFault::Store(StoreFault::NoSpace) => Failure::DiskFull,
        LogFault::Damaged { .. } | LogFault::ForeignSegment { .. } => Failure::JournalDamaged,
        LogFault::BootClockFell { .. } => Failure::ClockMoved,
        LogFault::BadName => Failure::ConfigUnreadable,
        LogFault::DeviceKey => Failure::DeviceKeyClosed,
        _ => Failure::LogUnwritable,
    }
}
