//! What a check of a log can find.

use std::collections::BTreeMap;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth a look; the log is sound.
    Remark,
    /// It cannot be told whether the log is sound.
    Undecided,
    /// Forged, changed or damaged.
    Forged,
}

/// What a whole check ends in; the program's exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Sound, nothing to look at.
    Clean,
    /// Sound, with remarks.
    Remarks,
    /// Forged, changed or damaged.
    Forged,
    /// Could not be decided.
    Undecided,
}

impl Verdict {
    /// The verdict that findings add up to: one sign of forgery outweighs everything.
    pub fn of(findings: &[Finding]) -> Self {
        match findings.iter().map(|finding| finding.what.severity()).max() {
            None => Self::Clean,
            Some(Severity::Remark) => Self::Remarks,
            Some(Severity::Undecided) => Self::Undecided,
            Some(Severity::Forged) => Self::Forged,
        }
    }

    /// 0 clean, 1 clean with remarks, 2 forged or damaged, 3 could not decide.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Remarks => 1,
            Self::Forged => 2,
            Self::Undecided => 3,
        }
    }

    /// The stable word of a report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Remarks => "remarks",
            Self::Forged => "forged",
            Self::Undecided => "undecided",
        }
    }
}

/// One thing found, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub what: FindingKind,
    /// In which segment.
    pub segment: Option<u32>,
    /// At which entry.
    pub seq: Option<u64>,
    /// In which file.
    pub path: Option<String>,
}

impl Finding {
    /// About the whole package.
    pub fn package(what: FindingKind) -> Self {
        Self { what, segment: None, seq: None, path: None }
    }

    /// About one file.
    pub fn file(what: FindingKind, path: &str) -> Self {
        Self { path: Some(path.to_owned()), ..Self::package(what) }
    }

    /// About one segment.
    pub fn segment(what: FindingKind, segment: u32) -> Self {
        Self { segment: Some(segment), ..Self::package(what) }
    }

    /// About one entry.
    pub fn entry(what: FindingKind, segment: u32, seq: u64) -> Self {
        Self { seq: Some(seq), ..Self::segment(what, segment) }
    }
}

/// Everything found, in order. Of one kind so many are kept; the rest are counted, so that a log of nothing but
/// remarks cannot fill the memory of whoever checks it.
#[derive(Debug, Clone, Default)]
pub struct Found {
    list: Vec<Finding>,
    counts: BTreeMap<FindingKind, u64>,
}

impl Found {
    /// Adds one.
    pub fn add(&mut self, finding: Finding) {
        let count = self.counts.entry(finding.what).or_default();
        *count += 1;
        if *count <= MAX_KEPT {
            self.list.push(finding);
        }
    }

    /// Adds all of another list behind these.
    pub fn append(&mut self, other: Self) {
        let mut unlisted = other.counts;
        for finding in other.list {
            unlisted.entry(finding.what).and_modify(|count| *count -= 1);
            self.add(finding);
        }
        for (what, count) in unlisted {
            *self.counts.entry(what).or_default() += count;
        }
    }

    /// Those that were kept, and how many there were of each kind.
    pub fn into_parts(self) -> (Vec<Finding>, BTreeMap<FindingKind, u64>) {
        (self.list, self.counts)
    }
}

/// Findings of one kind that are kept.
const MAX_KEPT: u64 = 10_000;

/// Declares the findings: name, severity, stable code. What people read stands in `assets/i18n` under the code.
macro_rules! findings {
    ($($(#[$doc:meta])* $name:ident $severity:ident $code:literal;)*) => {
        /// What was found.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FindingKind {
            $($(#[$doc])* $name,)*
        }

        impl FindingKind {
            /// Everything that can be found.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// How much it weighs.
            pub fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)* }
            }

            /// The stable code.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }
        }
    };
}

findings! {
    /// A file that must be there is not.
    MissingFile Forged "file.missing";
    /// A file that the manifest does not name, or that no export has.
    ForeignFile Forged "file.foreign";
    /// A link, a pipe or a device among the files.
    NotPlain Forged "file.not-plain";
    /// What an operating system leaves on a stick.
    Litter Remark "file.litter";
    /// A file larger than any of its kind.
    FileTooLarge Undecided "file.too-large";
    /// READ-ME.txt or verify.py are not those of this program.
    GuideOther Remark "file.guide";
    /// More files or bytes than are gone through.
    PackageTooLarge Undecided "package.too-large";
    /// The folder itself is not there, or cannot be read.
    PackageUnreadable Undecided "package.unreadable";
    /// Size or digest differ from the manifest.
    ChangedFile Forged "file.changed";
    /// The manifest is not in its form.
    ManifestForm Forged "manifest.form";
    /// The manifest is not signed by the device key.
    ManifestSignature Forged "manifest.signature";
    /// The manifest's mode is not the log's.
    ManifestMode Forged "manifest.mode";
    /// The package holds no log.
    NoSegments Undecided "package.empty";
    /// The desk has no certificate.
    DeskCertAbsent Undecided "desk-cert.absent";
    /// The certificate is signed by another key than the given one.
    DeskCertForeign Undecided "desk-cert.foreign";
    /// The certificate's signature or form is wrong.
    DeskCertForged Forged "desk-cert.forged";
    /// Entries lie outside the certificate's dates.
    DeskCertDates Remark "desk-cert.dates";
    /// A segment was opened under another certificate.
    DeskCertOther Remark "desk-cert.other";
    /// The desk took another set of keys for the board's.
    BoardKeysOther Forged "basis.board-keys";
    /// The log does not say which keys the desk took for the board's.
    BoardKeysUnsaid Remark "basis.board-keys-unsaid";
    /// The exam's folder is another exam's.
    ExamOther Undecided "basis.exam";
    /// The board has no certificate for such a desk.
    DeskNotIssued Undecided "basis.desk";
    /// The exam's folder holds another certificate for this desk.
    CertNotIssued Remark "basis.desk-cert";
    /// The desk worked without a package.
    PackageAbsent Undecided "basis.package-absent";
    /// The desk worked from a package that the board did not make.
    PackageNotIssued Forged "basis.package";
    /// The package was not made for this desk.
    PackageOfOthers Undecided "basis.package-of-others";
    /// A newer package was there when the segment was opened.
    PackageSuperseded Remark "basis.package-superseded";
    /// The rules are not those of the package.
    RulesOther Forged "basis.rules";
    /// Log or ledger do not say which rules.
    RulesUnsaid Remark "basis.rules-unsaid";
    /// The trust store is not that of the package.
    TrustOther Forged "basis.trust";
    /// The desk knew an older list of revocations than its package holds.
    RevocationsBehind Undecided "basis.revocations";
    /// The program's file is none that the board listed.
    ProgramOther Undecided "basis.program";
    /// The log does not say which file the program was.
    ProgramUnsaid Remark "basis.program-unsaid";
    /// The board lists no programs.
    ProgramsUnlisted Remark "basis.programs-unlisted";
    /// A training log.
    Training Remark "log.training";
    /// A log opened as live under a certificate for training.
    TrainingAsLive Forged "log.training-as-live";
    /// The checkpoint is not in its form.
    CheckpointForm Forged "checkpoint.form";
    /// The checkpoint is not signed by the segment's key.
    CheckpointSignature Forged "checkpoint.signature";
    /// The bundles do not hold the entries that the checkpoint counts.
    EntriesForm Forged "entries.form";
    /// The first entry does not open a segment of this device.
    NotOpened Forged "segment.not-opened";
    /// The segment's key file is another key than the endorsed one.
    ForeignKey Forged "segment.foreign-key";
    /// The root over the entries is not the signed one.
    RootDiffers Forged "root.differs";
    /// A tile is not what the entries give.
    TileDiffers Forged "tile.differs";
    /// An entry is not in its form or place.
    EntryForm Forged "entry.form";
    /// The segment's name is not the certified desk's.
    ForeignName Forged "segment.foreign-name";
    /// The link to the segment before is broken.
    LinkBroken Forged "segment.link-broken";
    /// The boot clock went back within one boot.
    BootClockFell Forged "time.boot-clock-fell";
    /// The wall clock went back without an entry that says so.
    TimeFell Forged "time.fell";
    /// An undo names no arrival that counts.
    UndoOfNothing Forged "state.undo-of-nothing";
    /// An entry refers to an arrival that does not count.
    ForeignArrival Forged "state.foreign-arrival";
    /// An answer of the registry without its question.
    AnswerWithoutRequest Forged "state.answer-without-request";
    /// An export names another root than the log had.
    ExportDiffers Forged "state.export-differs";
    /// The totals are not what the entries add up to.
    TotalsDiffer Forged "state.totals-differ";
    /// An entry stands behind the `close`.
    AfterClose Forged "state.after-close";
    /// A file cannot be read from its medium.
    UnreadableFile Undecided "file.unreadable";
    /// An entry names evidence that the export does not hold.
    EvidenceMissing Remark "evidence.missing";
    /// People's data was removed from the desk.
    Purged Remark "event.purged";
    /// Evidence whose bytes are not those of its name.
    EvidenceDiffers Forged "evidence.differs";
    /// An anchor is no cosigned checkpoint, or not the one it is said to be.
    AnchorForm Forged "anchor.form";
    /// An anchor of another log.
    AnchorForeign Forged "anchor.foreign";
    /// A known witness's signature under an anchor is wrong.
    AnchorForged Forged "anchor.forged";
    /// An anchor names a root that this log never had.
    AnchorOffHistory Forged "anchor.off-history";
    /// An anchor names more entries than there are: the end was cut off.
    AnchorBeyondEnd Forged "anchor.beyond-end";
    /// Before a segment was opened, a known witness named a head that this log does not hold: it was rolled back.
    HeadNotHeld Forged "anchor.head-not-held";
    /// The desk wrote down that a witness had seen more than its journal holds.
    WitnessDisagreed Undecided "anchor.witness-disagreed";
    /// Before a segment was opened, no witness could be asked, and none has seen the segment since.
    HeadNotAsked Remark "anchor.head-not-asked";
    /// A note that nobody known has signed contradicts the log.
    AnchorContradicts Undecided "anchor.contradicts";
    /// An anchor that lies on this history, by a witness whose key was not given.
    AnchorUnvouched Remark "anchor.unvouched";
    /// A collected file that cannot be read, or is larger than any cosigned checkpoint.
    CollectedUnread Remark "collected.unread";
    /// A collected file that is no cosigned checkpoint.
    CollectedForm Remark "collected.form";
    /// A collected note that came through an editor or a mail program.
    CollectedMended Remark "collected.mended";
    /// A collected key that is none.
    CollectedKey Remark "collected.key";
    /// A collected note whose signature by a known witness is wrong: whoever wrote it was not the witness.
    CollectedForged Remark "collected.forged";
    /// Entries that nobody outside has seen.
    Unanchored Remark "anchor.none-after";
    /// An answer of a known registry whose signature is wrong.
    AnswerForged Forged "registry.answer-forged";
    /// The desk's clock was far from an outside one.
    ClockOff Remark "time.off";
    /// The certificate was revoked, and entries stand behind the last that is accepted.
    RevokedAfter Forged "desk-cert.revoked";
    /// The certificate was revoked, and all entries lie before.
    RevokedLater Remark "desk-cert.revoked-later";
    /// The given revocation list is older than the one the desk knew.
    RevocationsOld Undecided "revocations.old";
    /// The desk knew a revocation list, and none was given.
    RevocationsAbsent Remark "revocations.absent";
    /// Two packages show two histories under one name and one device key; the path names the other.
    Fork Forged "log.fork";
    /// A segment without a `close`.
    NotClosed Remark "segment.not-closed";
    /// A torn append behind a segment.
    TornBytes Remark "segment.torn-bytes";
    /// A segment that holds nothing.
    Abandoned Remark "segment.abandoned";
    /// The wall clock moved.
    ClockJump Remark "time.clock-jump";
    /// The head of site answered for a clock that disagreed with the log.
    ClockConfirmed Remark "time.clock-confirmed";
    /// A manual decision.
    ManualDecision Remark "event.manual-decision";
    /// An undone entry.
    Undone Remark "event.undo";
    /// Somebody was let in whose portrait may be another's; to be checked after the session.
    PortraitDoubted Remark "event.portrait-doubted";
    /// Somebody who is expected elsewhere was let in as a guest.
    Guest Remark "event.guest";
    /// What was decided on paper, entered afterwards.
    PaperDecision Remark "event.paper-decision";
    /// Two people ended the session although something had not reached whom it was for.
    CloseOverruled Remark "event.close-overruled";
    /// The signal of a room was recorded once more.
    SignalAgain Remark "event.signal-again";
    /// An entry names a time that lies behind its own.
    TimeAhead Remark "time.ahead";
    /// Somebody came on a candidate who was in.
    Duplicate Remark "event.duplicate";
    /// Another operator than at the entry before, and no entry says that she took over.
    OperatorUnsaid Remark "state.operator-unsaid";
    /// Somebody is in at two desks of one session; the path names the other export and its entry.
    AtTwoDesks Remark "state.at-two-desks";
    /// A candidate was let in twice.
    TwiceIn Remark "event.twice-in";
    /// A question to the registry without an answer.
    RegistryPending Remark "registry.pending";
    /// The registry said something against somebody who was in already, and a person answered for it.
    LateAnswer Remark "registry.late-answer";
    /// The same, and nobody answered for it.
    LateUnanswered Remark "registry.late-unanswered";
    /// An answer of the registry that does not count.
    RegistryRefused Remark "registry.refused";
}
