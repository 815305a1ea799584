//! What is known of the reader and of the registry themselves.

use crate::failure::Failure;
use crate::policy::registry_failure;
use registry::Answer;

/// The registry, by its last answer. Only one that answered as agreed is well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RegistryHealth {
    /// Not asked yet.
    #[default]
    Unknown,
    /// It answered.
    Well,
    /// Nobody answered, or too late.
    Silent,
    /// It does not take this desk's calls, its certificate, or its version of TLS.
    Rejects,
    /// Somebody else answers in its place: the certificate is not the pinned one's.
    Foreign,
    /// Its answers are not what it signed, or not to what was asked.
    Lying,
    /// Its certificate is not valid by this desk's clock; which of the two is wrong is not said by that.
    OutOfDate,
    /// Its clock and this desk's are too far apart; which one is wrong is not said by that.
    ClockDiffers,
}

impl RegistryHealth {
    /// What an answer, or its absence, says about the registry itself.
    pub fn of(answer: &Answer) -> Self {
        match registry_failure(answer) {
            Some(Failure::RegistryDown | Failure::RegistrySlow) => Self::Silent,
            Some(Failure::RegistryRejects | Failure::RegistryRefusesDesk | Failure::RegistryOldTls) => Self::Rejects,
            Some(Failure::RegistryOutOfDate) => Self::OutOfDate,
            Some(Failure::RegistryForeign) => Self::Foreign,
            Some(Failure::RegistryLying) => Self::Lying,
            Some(Failure::RegistryClockDiffers) => Self::ClockDiffers,
            _ => Self::Well,
        }
    }
}

/// The reader, as far as PC/SC tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReaderHealth {
    /// Not looked yet.
    Unknown,
    /// Ready.
    Ready,
    /// Not connected.
    Missing,
    /// The PC/SC service does not run.
    ServiceDown,
}
