//! The kinds of entries, with the names of the log's format.

use super::AttendanceEvent;
use super::effective::Saying;

/// What kind of entry it is; the names of the log's format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "`AttendanceEvent` tells each; decisions for and against are two kinds")]
pub enum Kind {
    Open,
    CheckIn,
    ManualAdmitted,
    ManualNotAdmitted,
    NotAdmitted,
    Referred,
    Guest,
    PaperAdmitted,
    PaperNotAdmitted,
    PortraitDoubted,
    StartSignal,
    ScriptsCounted,
    CloseOverruled,
    Printed,
    OperatorChanged,
    Undo,
    RegistryRequest,
    RegistryAnswer,
    Elsewhere,
    DuplicateReported,
    ReEntry,
    ReadFailed,
    LateAnswer,
    DeviceEvent,
    PersonViewed,
    ClockJump,
    ClockConfirmed,
    Anchor,
    Evidence,
    PackageLoaded,
    Purged,
    Export,
    CaseStep,
    Close,
}

impl Kind {
    /// All of them, in the order of the format.
    pub const ALL: &[Self] = &[
        Self::Open,
        Self::CheckIn,
        Self::ManualAdmitted,
        Self::ManualNotAdmitted,
        Self::NotAdmitted,
        Self::Referred,
        Self::Guest,
        Self::PaperAdmitted,
        Self::PaperNotAdmitted,
        Self::PortraitDoubted,
        Self::StartSignal,
        Self::ScriptsCounted,
        Self::CloseOverruled,
        Self::Printed,
        Self::OperatorChanged,
        Self::Undo,
        Self::RegistryRequest,
        Self::RegistryAnswer,
        Self::Elsewhere,
        Self::DuplicateReported,
        Self::ReEntry,
        Self::ReadFailed,
        Self::LateAnswer,
        Self::DeviceEvent,
        Self::PersonViewed,
        Self::ClockJump,
        Self::ClockConfirmed,
        Self::Anchor,
        Self::Evidence,
        Self::PackageLoaded,
        Self::Purged,
        Self::Export,
        Self::CaseStep,
        Self::Close,
    ];

    /// The kind of an event.
    pub fn of(event: &AttendanceEvent) -> Self {
        use AttendanceEvent as E;
        match event {
            E::Open(_) => Self::Open,
            E::CheckIn(_) => Self::CheckIn,
            E::ManualDecision { admitted: true, .. } => Self::ManualAdmitted,
            E::ManualDecision { .. } => Self::ManualNotAdmitted,
            E::NotAdmitted { .. } => Self::NotAdmitted,
            E::Referred { .. } => Self::Referred,
            E::Guest { .. } => Self::Guest,
            E::PaperDecision { admitted: true, .. } => Self::PaperAdmitted,
            E::PaperDecision { .. } => Self::PaperNotAdmitted,
            E::PortraitDoubted { .. } => Self::PortraitDoubted,
            E::StartSignal { .. } => Self::StartSignal,
            E::ScriptsCounted { .. } => Self::ScriptsCounted,
            E::CloseOverruled { .. } => Self::CloseOverruled,
            E::Printed { .. } => Self::Printed,
            E::OperatorChanged { .. } => Self::OperatorChanged,
            E::Undo { .. } => Self::Undo,
            E::RegistryRequest { .. } => Self::RegistryRequest,
            E::RegistryAnswer { .. } => Self::RegistryAnswer,
            E::Elsewhere { .. } => Self::Elsewhere,
            E::DuplicateReported { .. } => Self::DuplicateReported,
            E::ReEntry { .. } => Self::ReEntry,
            E::ReadFailed { .. } => Self::ReadFailed,
            E::LateAnswer { .. } => Self::LateAnswer,
            E::DeviceEvent { .. } => Self::DeviceEvent,
            E::PersonViewed { .. } => Self::PersonViewed,
            E::ClockJump { .. } => Self::ClockJump,
            E::ClockConfirmed { .. } => Self::ClockConfirmed,
            E::Anchor { .. } => Self::Anchor,
            E::Evidence { .. } => Self::Evidence,
            E::PackageLoaded { .. } => Self::PackageLoaded,
            E::Purged { .. } => Self::Purged,
            E::Export { .. } => Self::Export,
            E::CaseStep { .. } => Self::CaseStep,
            E::Close { .. } => Self::Close,
        }
    }

    /// Somebody was let in who was not in by this log.
    pub fn lets_in(self) -> bool {
        Saying::of_kind(self, None) == Some(Saying::Arrived)
    }

    /// A stable word, for reports and programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::CheckIn => "check-in",
            Self::ManualAdmitted => "manual-admitted",
            Self::ManualNotAdmitted => "manual-not-admitted",
            Self::NotAdmitted => "not-admitted",
            Self::Referred => "referred",
            Self::Guest => "guest",
            Self::PaperAdmitted => "paper-admitted",
            Self::PaperNotAdmitted => "paper-not-admitted",
            Self::PortraitDoubted => "portrait-doubted",
            Self::StartSignal => "start-signal",
            Self::ScriptsCounted => "scripts-counted",
            Self::CloseOverruled => "close-overruled",
            Self::Printed => "printed",
            Self::OperatorChanged => "operator-changed",
            Self::Undo => "undo",
            Self::RegistryRequest => "registry-request",
            Self::RegistryAnswer => "registry-answer",
            Self::Elsewhere => "elsewhere",
            Self::DuplicateReported => "duplicate-reported",
            Self::ReEntry => "re-entry",
            Self::ReadFailed => "read-failed",
            Self::LateAnswer => "late-answer",
            Self::DeviceEvent => "device-event",
            Self::PersonViewed => "person-viewed",
            Self::ClockJump => "clock-jump",
            Self::ClockConfirmed => "clock-confirmed",
            Self::Anchor => "anchor",
            Self::Evidence => "evidence",
            Self::PackageLoaded => "package-loaded",
            Self::Purged => "purged",
            Self::Export => "export",
            Self::CaseStep => "case-step",
            Self::Close => "close",
        }
    }
}
