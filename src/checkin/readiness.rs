//! What a technician has to know about a desk the day before: facts with a stable code each. What each means and what is
//! to be done about it stands in `assets/i18n/readiness.*.toml`.
//!
//! Invariant: what could not be looked at is never taken for good: it is a finding of its own.

use crate::scanner::ScannerHealth;

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// As it should be.
    Good,
    /// Could not be looked at.
    NotDone,
    /// Works; somebody should look.
    Remark,
    /// The desk must not go out so.
    Bad,
}

impl Grade {
    /// The stable word of reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::NotDone => "not-done",
            Self::Remark => "remark",
            Self::Bad => "bad",
        }
    }
}

macro_rules! findings {
    ($($(#[$doc:meta])* $name:ident = $subject:literal, $word:literal, $grade:ident;)+) => {
        /// Everything that an examination can find.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Finding { $($(#[$doc])* $name,)+ }

        impl Finding {
            /// All of them, by subject.
            pub const ALL: &'static [Finding] = &[$(Finding::$name,)+];

            /// What it is about: `reader`, `radio`, …
            pub fn subject(self) -> &'static str {
                match self { $(Finding::$name => $subject,)+ }
            }

            /// What is said about it, as a stable word.
            pub fn word(self) -> &'static str {
                match self { $(Finding::$name => $word,)+ }
            }

            /// How grave it is.
            pub fn grade(self) -> Grade {
                match self { $(Finding::$name => Grade::$grade,)+ }
            }
        }
    };
}

findings! {
    /// A reader is there.
    ReaderReady = "reader", "ready", Good;
    /// None is.
    ReaderMissing = "reader", "missing", Bad;
    /// The reader service does not run.
    ReaderServiceDown = "reader", "service-down", Bad;
    /// A reader that is software, at a desk of an exam.
    ReaderVirtual = "reader", "virtual", Bad;
    /// Nobody looked.
    ReaderUnknown = "reader", "unknown", NotDone;
    /// The scanner at a serial port opens.
    ScannerReady = "scanner", "ready", Good;
    /// This desk has none.
    ScannerOff = "scanner", "off", Good;
    /// It is not plugged in, or elsewhere.
    ScannerMissing = "scanner", "missing", Bad;
    /// The user may not open it.
    ScannerNoRights = "scanner", "no-rights", Bad;
    /// Another program has it.
    ScannerBusy = "scanner", "busy", Remark;
    /// What has its name is no serial port.
    ScannerNotSerial = "scanner", "not-serial", Bad;
    /// A card answers.
    CardThere = "card", "there", Good;
    /// No card was laid.
    CardNotLaid = "card", "not-laid", NotDone;
    /// The registry answers as it should.
    RegistryWell = "registry", "well", Good;
    /// It answers, with remarks.
    RegistryRemarks = "registry", "remarks", Remark;
    /// Calls failed.
    RegistryFailed = "registry", "failed", Bad;
    /// It cannot be asked with this configuration.
    RegistryUnprepared = "registry", "unprepared", Bad;
    /// This desk asks none.
    RegistryOff = "registry", "off", Good;
    /// It was not to be asked in this examination.
    RegistryNotAsked = "registry", "not-asked", NotDone;
    /// Room enough for a session.
    DiskEnough = "disk", "enough", Good;
    /// Little room.
    DiskLow = "disk", "low", Remark;
    /// Too little for a session.
    DiskTooLittle = "disk", "too-little", Bad;
    /// The folder of the journal cannot be looked at.
    DiskUnknown = "disk", "unknown", NotDone;
    /// What is written is durable quickly.
    FlushFast = "flush", "fast", Good;
    /// It takes long until it is.
    FlushSlow = "flush", "slow", Remark;
    /// Nothing can be written.
    FlushFailed = "flush", "failed", Bad;
    /// The clock is set by the network, or agrees with the registry.
    ClockRight = "clock", "right", Good;
    /// It differs from the registry's.
    ClockOff = "clock", "off", Bad;
    /// Nothing sets it.
    ClockUnset = "clock", "unset", Remark;
    /// Nothing says whether it is right.
    ClockUnknown = "clock", "unknown", NotDone;
    /// Something can play a sound.
    SoundThere = "sound", "there", Good;
    /// Nothing can.
    SoundMissing = "sound", "missing", Remark;
    /// The system does not say.
    SoundUnknown = "sound", "unknown", NotDone;
    /// A package that holds now.
    PackageThere = "package", "there", Good;
    /// None that holds now.
    PackageMissing = "package", "missing", Bad;
    /// The desk works without packages.
    PackageOutside = "package", "outside", Remark;
    /// The trust store is the board's, or lies in the package.
    TrustGood = "trust", "good", Good;
    /// It cannot be used.
    TrustBad = "trust", "bad", Bad;
    /// The device key opens.
    KeyOpens = "key", "opens", Good;
    /// It does not.
    KeyClosed = "key", "closed", Bad;
    /// Mains, and a battery for when they fail.
    PowerGood = "power", "good", Good;
    /// On battery.
    PowerOnBattery = "power", "on-battery", Remark;
    /// On battery, and little left.
    PowerLow = "power", "low", Bad;
    /// Mains alone: a cut ends the desk.
    PowerNoBattery = "power", "no-battery", Remark;
    /// The system does not say.
    PowerUnknown = "power", "unknown", NotDone;
    /// A screen that is large enough.
    ScreenGood = "screen", "good", Good;
    /// Smaller than the screens are made for.
    ScreenSmall = "screen", "small", Remark;
    /// None is connected.
    ScreenMissing = "screen", "missing", Bad;
    /// The system does not say.
    ScreenUnknown = "screen", "unknown", NotDone;
    /// No radio sends.
    RadioOff = "radio", "off", Good;
    /// One may.
    RadioOn = "radio", "on", Bad;
    /// The system does not say.
    RadioUnknown = "radio", "unknown", NotDone;
    /// No camera.
    CameraNone = "camera", "none", Good;
    /// One that programs can use.
    CameraThere = "camera", "there", Bad;
    /// The system does not say.
    CameraUnknown = "camera", "unknown", NotDone;
    /// No microphone.
    MicrophoneNone = "microphone", "none", Good;
    /// One that programs can use.
    MicrophoneThere = "microphone", "there", Bad;
    /// The system does not say.
    MicrophoneUnknown = "microphone", "unknown", NotDone;
    /// Nothing waits to be installed.
    UpdatesNone = "updates", "none", Good;
    /// Something does.
    UpdatesPending = "updates", "pending", Remark;
    /// What was installed needs a restart.
    UpdatesRestart = "updates", "restart", Remark;
    /// The system does not say.
    UpdatesUnknown = "updates", "unknown", NotDone;
}

impl Finding {
    /// Subject and word, `radio.on`.
    pub fn code(self) -> String {
        format!("{}.{}", self.subject(), self.word())
    }
}

/// One finding and what was seen: names of devices, figures. Never a person's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was found.
    pub finding: Finding,
    /// What was seen; empty where the finding says all.
    pub seen: String,
}

impl Check {
    /// A finding that says all.
    pub fn of(finding: Finding) -> Self {
        Self { finding, seen: String::new() }
    }

    /// A finding with what was seen.
    pub fn seen(finding: Finding, seen: impl Into<String>) -> Self {
        Self { finding, seen: seen.into() }
    }
}

/// What there is to say of the scanner; nothing where the desk has none.
pub fn scanner_check(scanner: ScannerHealth) -> Option<Check> {
    let finding = match scanner {
        ScannerHealth::Off => return None,
        ScannerHealth::Ready => Finding::ScannerReady,
        ScannerHealth::Missing => Finding::ScannerMissing,
        ScannerHealth::NoRights => Finding::ScannerNoRights,
        ScannerHealth::Busy => Finding::ScannerBusy,
        ScannerHealth::NotSerial => Finding::ScannerNotSerial,
    };
    Some(Check::of(finding))
}

/// The gravest of several findings.
pub fn worst(checks: &[Check]) -> Grade {
    checks.iter().map(|check| check.finding.grade()).max().unwrap_or(Grade::NotDone)
}
