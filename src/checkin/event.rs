//! What reaches the brain, and what it asks for.

use crate::chip::ChipReading;
use crate::contact::ContactId;
use crate::exception::{Ruling, WaitingId};
use crate::failure::Failure;
use crate::news::About;
use crate::paper::{AttendanceSheet, CasePaper, PaperKind, PaperNews};
use crate::preparing::PackageId;
use crate::readiness::Check;
use crate::scanner::ScannerHealth;
use bits::secret::{Pii, Secret};
use cccd::holder::{Holder, HolderNote};
use crypto::pin::{PinCheck, PinLock};
use emrtd::access::key::AccessKey;
use emrtd::lds::portrait::Portrait;
use iso7816::transport::ReaderEvent;
use record::{AttendanceEvent, Code, Durable, Totals};
use registry::{Query, Reply, RequestId};
use roster::CandidateId;
use std::fmt;
use std::sync::Arc;
use tlog::witness::WitnessedCheckpoint;

/// Something happened.
#[derive(Debug)]
pub enum Event {
    /// Time passed; nothing else.
    Tick,
    /// The reader has news.
    Reader(ReaderEvent),
    /// The scanner at a serial port stands otherwise than before.
    Scanner(ScannerHealth),
    /// A person at the desk did something.
    Input(Input),
    /// The card that is being read has news.
    Card {
        /// The contact that it comes from.
        contact: ContactId,
        /// The news.
        news: CardNews,
    },
    /// The registry's word on a question.
    Registry {
        /// The question.
        id: RequestId,
        /// The answer.
        reply: Box<Reply>,
    },
    /// An entry is on the disk.
    Recorded {
        /// What it was written for.
        purpose: Purpose,
        /// The proof.
        durable: Durable,
    },
    /// An entry could not be written: the desk stops.
    RecordFailed {
        /// Which failure.
        failure: Failure,
    },
    /// The machine's own state changed.
    Machine(Machine),
    /// The log's copy on a second medium stands otherwise than before.
    SecondCopy(CopyHealth),
    /// Earlier segments hold these questions to the registry without an answer.
    Backlog(Vec<RequestId>),
    /// A witness outside has signed the log's head.
    Witnessed {
        /// The proof.
        witnessed: Box<WitnessedCheckpoint>,
        /// This desk's clock minus the witness's, in seconds.
        clock_off_s: i64,
    },
    /// The witness did not sign.
    WitnessSilent {
        /// It has seen more of this log than there is.
        rolled_back: bool,
    },
    /// Before the log was opened, the witness could not be asked how far it has seen this log: whether the journal is
    /// whole is not known until it answers.
    HeadNotTold,
    /// A PIN was checked; `None` where the check itself failed.
    PinChecked(Option<PinCheck>),
    /// The log was closed.
    Closed(Box<ClosedLog>),
    /// What became of a paper.
    Paper(PaperNews),
    /// What the desk depends on was looked at.
    Examined(Vec<Check>),
    /// The log was copied out.
    CarriedOff {
        /// And read back: what lies there is what was written.
        whole: bool,
    },
}

/// What a person at the desk did, or the window says. Texts are a person's data; they are never printed.
#[derive(Clone, PartialEq, Eq)]
pub enum Input {
    /// The text in the input line changed.
    Typed(String),
    /// The text was entered, by Enter or by a scanner.
    Entered(String),
    /// A row of the search was picked.
    Picked(CandidateId),
    /// A button was pressed that decides.
    Chose(Choice, Meaning),
    /// A reason was chosen.
    Reason(NotAdmittedReason, Meaning),
    /// The list of those who wait for the head of site.
    OpenWaiting,
    /// Somebody of that list.
    PickedWaiting(WaitingId),
    /// Somebody who was looked up has no card that can be read.
    WithoutCard(CandidateId, Meaning),
    /// The last arrival is to be taken back: ask first.
    UndoLast,
    /// The signals of the rooms.
    OpenSignals,
    /// The room with this number among those of this place.
    PickedRoom(usize),
    /// The time of what is ruled, as it was typed.
    EnteredTime(String),
    /// Something is ruled about a matter.
    Ruled(Ruling, Meaning),
    /// Somebody says by name that late news about a person who is in was dealt with.
    AnsweredNews(RequestId, Meaning),
    /// The window, and no person, says that the portrait of this contact is on the screen.
    Painted(ContactId),
    /// The next person: what is recorded is dismissed.
    Continue,
    /// A key was scanned while somebody was still undecided, or on any screen without a line.
    Scanned(String),
    /// How many scripts a room has, or how many are in, as it was typed.
    EnteredCount(String),
    /// Whoever ends the session cannot hold a key down, and types how many are in.
    TypeArrived,
    /// The log is to be copied out before the end.
    ExportLog,
    /// A paper about whoever is on the screen.
    Print(PaperKind),
    /// What the desk depends on is to be looked at.
    Examine,
    /// The session is to be ended: ask first.
    EndSession,
    /// The desk is to be locked, or handed over to somebody else.
    Lock,
    /// Back (Esc).
    Back,
    /// Before there is a desk: the package with this number is to be taken or used.
    TakePackage(PackageId),
    /// The operator with this number wants to sign in, or stands behind a ruling.
    ChoseOperator(usize),
    /// The PIN of the operator who was chosen.
    EnteredPin(Secret<String>),
}

impl fmt::Debug for Input {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Typed(_) => formatter.write_str("Typed(…)"),
            Self::Entered(_) => formatter.write_str("Entered(…)"),
            Self::Picked(id) => formatter.debug_tuple("Picked").field(id).finish(),
            Self::Chose(choice, on) => formatter.debug_tuple("Chose").field(choice).field(on).finish(),
            Self::Reason(reason, on) => formatter.debug_tuple("Reason").field(reason).field(on).finish(),
            Self::OpenWaiting => formatter.write_str("OpenWaiting"),
            Self::PickedWaiting(id) => formatter.debug_tuple("PickedWaiting").field(id).finish(),
            Self::WithoutCard(id, on) => formatter.debug_tuple("WithoutCard").field(id).field(on).finish(),
            Self::UndoLast => formatter.write_str("UndoLast"),
            Self::OpenSignals => formatter.write_str("OpenSignals"),
            Self::PickedRoom(index) => formatter.debug_tuple("PickedRoom").field(index).finish(),
            Self::EnteredTime(text) => formatter.debug_tuple("EnteredTime").field(text).finish(),
            Self::Ruled(ruling, on) => formatter.debug_tuple("Ruled").field(ruling).field(on).finish(),
            Self::AnsweredNews(id, on) => formatter.debug_tuple("AnsweredNews").field(id).field(on).finish(),
            Self::Painted(contact) => formatter.debug_tuple("Painted").field(contact).finish(),
            Self::Continue => formatter.write_str("Continue"),
            Self::Scanned(_) => formatter.write_str("Scanned(…)"),
            Self::EnteredCount(_) => formatter.write_str("EnteredCount(…)"),
            Self::TypeArrived => formatter.write_str("TypeArrived"),
            Self::ExportLog => formatter.write_str("ExportLog"),
            Self::Examine => formatter.write_str("Examine"),
            Self::Print(kind) => formatter.debug_tuple("Print").field(kind).finish(),
            Self::EndSession => formatter.write_str("EndSession"),
            Self::Lock => formatter.write_str("Lock"),
            Self::Back => formatter.write_str("Back"),
            Self::TakePackage(id) => formatter.debug_tuple("TakePackage").field(id).finish(),
            Self::ChoseOperator(index) => formatter.debug_tuple("ChoseOperator").field(index).finish(),
            Self::EnteredPin(_) => formatter.write_str("EnteredPin(…)"),
        }
    }
}

/// Names what the buttons mean. It changes whenever one of them comes, goes or would do something else, so that a
/// press made on an older screen decides nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Meaning(pub u64);

/// The buttons that decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Choice {
    /// Let in.
    Admit,
    /// Send to the head of site.
    Refer,
    /// Let in, and report that the portrait may be another's; a second person follows.
    DoubtPortrait,
    /// Do not let in; a reason follows.
    NotAdmitted,
    /// In already, and comes in again.
    ReEntry,
    /// In already, and is reported as a second person.
    ReportDuplicate,
    /// Was shown the way to another room, site or session.
    Directed,
    /// End the session.
    EndSession,
    /// End the session although something is unsent; a second person follows.
    EndUnsent,
}

/// Why a person was not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NotAdmittedReason {
    /// The portrait is not this person.
    PortraitDiffers,
    /// The documents are not in order.
    Documents,
    /// After the last entry.
    TooLate,
    /// Breach of the exam's rules.
    Conduct,
}

impl NotAdmittedReason {
    /// All reasons, in the order of the screen.
    pub const ALL: [Self; 4] = [Self::PortraitDiffers, Self::Documents, Self::TooLate, Self::Conduct];

    /// The stable code in the log.
    pub fn code(self) -> &'static str {
        match self {
            Self::PortraitDiffers => "portrait-differs",
            Self::Documents => "documents",
            Self::TooLate => "too-late",
            Self::Conduct => "conduct",
        }
    }
}

/// Where the reading of a card has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReadPhase {
    /// The key is being tried.
    Opening,
    /// The identity is being read.
    Identity,
    /// Signatures and the chip are being checked.
    Checking,
    /// The portrait is being read.
    Portrait,
}

/// News of the card that is being read.
#[derive(Debug)]
pub enum CardNews {
    /// Further than before.
    Progress {
        /// What is being done.
        phase: ReadPhase,
        /// How much of the whole, in thousandths.
        permille: u16,
    },
    /// Everything but the portrait is read and judged.
    Identity(Box<Identity>),
    /// The reading has ended.
    Finished(Box<Finished>),
}

/// Who the chip says this is, and what that is worth so far.
#[derive(Debug)]
pub struct Identity {
    /// The verdict on the chip so far.
    pub chip: ChipReading,
    /// The holder.
    pub holder: Holder,
    /// What was remarkable about the holder.
    pub notes: Vec<HolderNote>,
    /// The document signer's certificate, DER, for the registry.
    pub signer_certificate: Vec<u8>,
    /// A fresh id for the registry's question.
    pub request_id: RequestId,
}

/// How the reading ended.
#[derive(Debug)]
pub struct Finished {
    /// The verdict on the chip.
    pub chip: ChipReading,
    /// The portrait.
    pub portrait: PortraitNews,
    /// What the inspection rests on, where the rules keep it.
    pub evidence: Option<KeptEvidence>,
}

/// What an inspection rests on, as one file; it points to a person.
pub type KeptEvidence = Arc<Pii<Vec<u8>>>;

/// What became of the portrait.
#[derive(Debug, Clone)]
pub enum PortraitNews {
    /// Decoded.
    Ready(Arc<Portrait>),
    /// Read, and cannot be decoded.
    Unreadable,
    /// Not read.
    Missing,
}

/// The machine's own state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Machine {
    /// Free space for the journal.
    pub disk: DiskState,
    /// The wall clock is where the boot clock says it must be.
    pub clock_steady: bool,
}

/// How the log's copy on a second medium stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CopyHealth {
    /// No second medium is configured.
    #[default]
    Off,
    /// Not looked at yet.
    Unknown,
    /// It has everything that the journal has.
    Whole,
    /// The medium is gone, full or refuses.
    Lost,
    /// What lies there is of another log.
    Foreign,
}

/// A log that was closed.
#[derive(Debug, Clone)]
pub struct ClosedLog {
    /// Its last entry.
    pub durable: Durable,
    /// The signed note over the whole segment.
    pub checkpoint: String,
    /// What the segment adds up to.
    pub totals: Totals,
}

/// Free space for the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiskState {
    /// Enough.
    Enough,
    /// Below the warning.
    Low,
    /// Not looked at.
    Unknown,
}

/// What an entry is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The decision on the person at the desk.
    Decision,
    /// The registry is about to be asked.
    Question(RequestId),
    /// What two people ruled.
    Ruling,
    /// The scripts of the room with this number.
    Scripts {
        /// Which.
        room: usize,
        /// How many.
        scripts: u64,
    },
    /// A wrong PIN; the next is not tried before.
    WrongPin,
    /// A locked desk was opened, or taken over; it opens when that is on the disk.
    Opening,
    /// The registry's answer, one that counts.
    Answer(RequestId),
    /// Anything that nobody waits for.
    Note,
}

/// What the desk has to do.
#[derive(Debug)]
pub enum Effect {
    /// Open the card in the field with this key and read it.
    ReadCard {
        /// The number of the contact, for all that comes of it.
        contact: ContactId,
        /// What opens it.
        key: AccessKey,
    },
    /// Let go of the card.
    ReleaseCard,
    /// Write an entry and make it durable.
    Record {
        /// What for.
        purpose: Purpose,
        /// The entry.
        event: AttendanceEvent,
    },
    /// Ask the registry, and keep the question until its answer is in the log.
    Ask(Box<Query>, About),
    /// The answer to this question is in the log.
    Forget(RequestId),
    /// Keep this with the decision that follows.
    KeepEvidence(KeptEvidence),
    /// Find out whether this PIN is the one of its owner.
    CheckPin {
        /// Whose PIN.
        code: String,
        /// Her lock.
        lock: PinLock,
        /// The PIN.
        pin: Secret<String>,
    },
    /// Entries from here on are this operator's.
    OnDuty(Code),
    /// Copy the log out, and read it back.
    ExportLog,
    /// Write who is in and who is not yet, in the place of the list before.
    PaperList(Box<AttendanceSheet>),
    /// Write a paper about one person.
    Print(Box<CasePaper>),
    /// Take the list away.
    WipePapers,
    /// Look at what the desk depends on.
    Examine,
    /// Write the last entry; the log ends. What was asked of the registry and has no answer goes with it.
    CloseLog(Vec<(Query, About)>),
    /// Make the sound of a signal.
    Sound(crate::failure::Signal),
}
