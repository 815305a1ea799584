//! What the screen shows: a literal description, without a business condition left in it.
//!
//! Words are named, not spelled; the screens take them from `assets/i18n`. Facts about people are `Pii`: a view
//! can be printed without printing anybody.

mod closing;
mod exception;
mod status;

pub use crate::callers::CallerView;
pub use crate::closing::{Beside, Carried, OutsidePeople, RoomSummary, TypedArrivals, Unsent};
use crate::event::{Choice, Meaning, PortraitNews, ReadPhase};
pub use crate::exception::{
    Cause, Ground, GuestReason, OnPaper, Ruling, UndoReason, WaitingId, When, WithoutCard, WrongTime,
};
use crate::failure::{Failure, Signal};
pub use crate::keys::More;
pub use crate::look::Look;
pub use crate::namesakes::{NamesakeFact, NamesakeValue, NamesakeView, NamesakesView};
pub use crate::paper::{PaperHealth, PaperKind};
pub use crate::preparing::{
    OfferView, OperatorView, PackageId, PackagesView, PreparingView, RefusedView, Role, SignInView,
};
use crate::readiness::Check;
pub use bits::qr::QrMatrix;
use bits::secret::Pii;
pub use closing::{AskingView, ClosedView, ClosingRoomView, ClosingView, CountingView, HeadView, TypingView};
pub use emrtd::lds::portrait::Portrait;
pub use exception::{ExceptionStage, ExceptionView, MatterPerson, MatterTitle, PapersView, RoomView, WaitingRow};
pub use jiff::Timestamp;
pub use registry::{Field, RequestId};
pub use roster::{CandidateId, Distinction, MatchReason, Sex};
pub use status::{StatusBar, WitnessView};
use std::sync::Arc;

/// Everything one frame needs.
#[derive(Debug, Clone)]
pub struct View {
    /// The bar above.
    pub header: Header,
    /// The screen, by the state's name.
    pub screen: Screen,
    /// The bar below.
    pub status: StatusBar,
    /// What its buttons mean; every press says which meaning it was made for.
    pub meaning: Meaning,
    /// For how long nothing decides yet, in milliseconds, counted from the moment this view was made.
    pub guarded_ms: u64,
    /// For how long nothing decides after the buttons have changed, in milliseconds.
    pub guard_ms: u64,
    /// For how long nobody is let in after the chip's portrait was painted, in milliseconds.
    pub portrait_guard_ms: u64,
    /// How far somebody is with looking at that portrait, by the desk's own count; counted from when this view was made.
    pub look: Look,
    /// Whom the screens say to call.
    pub callers: Vec<CallerView>,
    /// Bad news about somebody who is in; on every screen until a person has answered it.
    pub news: Option<NewsView>,
    /// A key was scanned that waits until this person has been decided on.
    pub key_waits: bool,
}

/// Bad news about somebody who is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewsView {
    /// The question whose answer this is.
    pub question: RequestId,
    /// SBD, where the person is on the list.
    pub candidate_number: Option<String>,
    /// Full name, where the person is on the list.
    pub name: Option<Pii<String>>,
    /// Room, where the person is on the list.
    pub room: Option<String>,
    /// What the registry says.
    pub failure: Failure,
    /// Local time, `HH:MM`.
    pub time: String,
    /// How many more there are behind it.
    pub more: usize,
    /// Whoever is on duty may say that it was dealt with, and the desk is not locked.
    pub can_be_answered: bool,
}

/// The bar above.
#[derive(Debug, Clone, Default)]
pub struct Header {
    /// The exam.
    pub exam: String,
    /// The session.
    pub session: String,
    /// The site.
    pub site: String,
    /// The desk.
    pub desk: String,
    /// The operator.
    pub operator: String,
    /// Local time, `HH:MM`.
    pub clock: String,
    /// How many are in.
    pub arrived: usize,
    /// How many belong here.
    pub expected: usize,
    /// Training: another colour and a band.
    pub training: bool,
    /// No package of a board stands behind this desk's rules.
    pub outside_package: bool,
    /// The desk can be locked, or handed over to somebody else.
    pub can_lock: bool,
}

/// The screen, by the state's name.
#[derive(Debug, Clone)]
pub enum Screen {
    /// Before there is a desk: a package is taken, somebody signs in.
    Preparing(PreparingView),
    /// Waiting for a key and a card.
    Idle(IdleView),
    /// Reading a card.
    Reading(ReadingView),
    /// Somebody has to be decided on.
    Verdict(CaseView),
    /// Somebody who is in already.
    AlreadyIn(CaseView),
    /// Somebody who is expected elsewhere.
    Elsewhere(CaseView),
    /// Something that two people decide.
    Exception(ExceptionView),
    /// What the desk depends on.
    Examining(ExaminingView),
    /// Nothing is shown of what stands behind: somebody has to give a PIN.
    Locked(LockedView),
    /// The session is being ended, or has ended.
    Closing(ClosingView),
    /// The desk has stopped.
    Halted(HaltedView),
}

impl Screen {
    /// The person on the screen, where there is one.
    pub fn case(&self) -> Option<&CaseView> {
        match self {
            Self::Verdict(case) | Self::AlreadyIn(case) | Self::Elsewhere(case) => Some(case),
            Self::Preparing(_) | Self::Idle(_) | Self::Reading(_) => None,
            Self::Exception(_) | Self::Examining(_) | Self::Locked(_) => None,
            Self::Closing(_) | Self::Halted(_) => None,
        }
    }
}

/// What the desk depends on.
#[derive(Debug, Clone, Default)]
pub struct ExaminingView {
    /// The findings; nothing while it is being looked at.
    pub checks: Option<Vec<Check>>,
}

/// A locked desk.
#[derive(Debug, Clone)]
pub struct LockedView {
    /// Who is on duty.
    pub on_duty: String,
    /// Who may open it, and whose PIN is asked for.
    pub sign_in: SignInView,
    /// A PIN is being checked.
    pub is_checking: bool,
}

/// Waiting for a key and a card.
#[derive(Debug, Clone, Default)]
pub struct IdleView {
    /// The one instruction.
    pub instruction: Instruction,
    /// What the invigilator has to be told.
    pub notice: Option<Failure>,
    /// The rows that the typed text finds.
    pub found: Vec<FoundRow>,
    /// Whom there is no row for.
    pub more: More,
    /// Those of them who may be mixed up, or who else is called like the only one.
    pub namesakes: Option<NamesakesView>,
    /// Something was typed, and nothing is found.
    pub found_nothing: bool,
    /// Who was left without a decision right before; nothing was recorded about that but that it was left.
    pub unrecorded: Option<Pii<String>>,
    /// The last record: its number and time.
    pub last: Option<ReceiptView>,
    /// The reader's failure, if it has one.
    pub reader_failure: Option<Failure>,
    /// How many wait for the head of site.
    pub waiting: usize,
    /// The last arrival, which could be taken back: SBD, and local time `HH:MM:SS`.
    pub undo: Option<(String, String)>,
    /// The rooms' signals, where somebody could record one.
    pub signals: Option<SignalsView>,
    /// Somebody who was looked up can be sent to the head of site without a card.
    pub takes_without_card: bool,
    /// Whoever is on duty may look at what the desk depends on.
    pub examines: bool,
}

/// How far the rooms' signals are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignalsView {
    /// In how many rooms it was recorded.
    pub given: usize,
    /// How many rooms there are.
    pub rooms: usize,
    /// The signal of the only room, local time `HH:MM`.
    pub only: Option<String>,
}

/// The one instruction of the idle screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Instruction {
    /// Scan, then put the card down.
    #[default]
    ScanAndPlace,
    /// The card is there: give the key.
    GiveKey,
    /// The key is there: put the card down.
    PlaceCard,
    /// The last card is still there.
    TakeCardAway,
}

/// One row of the search.
#[derive(Debug, Clone)]
pub struct FoundRow {
    /// The row.
    pub id: CandidateId,
    /// Full name.
    pub name: Pii<String>,
    /// SBD.
    pub number: String,
    /// Birth date, dd/mm/yyyy.
    pub birth_date: Pii<String>,
    /// Room.
    pub room: String,
}

/// Reading a card.
#[derive(Debug, Clone)]
pub struct ReadingView {
    /// What is being done.
    pub phase: ReadPhase,
    /// How much of the whole, in thousandths.
    pub permille: u16,
    /// The reading was interrupted by this.
    pub interrupted: Option<Failure>,
}

/// Somebody who has to be decided on.
#[derive(Debug, Clone)]
pub struct CaseView {
    /// The signal of the whole.
    pub signal: Signal,
    /// The word above everything.
    pub headline: Headline,
    /// The person.
    pub person: PersonView,
    /// Where this person belongs; the largest thing on the screen.
    pub place: Option<PlaceView>,
    /// Chip, roster, registry, duplicate.
    pub lines: [Line; 4],
    /// Whom this person may be mixed up with, the person first; or the rows that fit, where none is certain.
    pub namesakes: Option<NamesakesView>,
    /// Why a decision is needed, the gravest first.
    pub reasons: Vec<Failure>,
    /// How late, if after the start signal.
    pub late: Option<LateView>,
    /// The arrival that counts already.
    pub arrival: Option<ReceiptView>,
    /// The desk where it was recorded.
    pub arrival_desk: String,
    /// The portrait.
    pub portrait: PortraitView,
    /// The portrait that the board has of this candidate.
    pub listed_portrait: Option<Arc<Portrait>>,
    /// Where the decision stands.
    pub stage: StageView,
}

/// How late somebody is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateView {
    /// Whole minutes.
    pub minutes: i64,
    /// Since when, local time `HH:MM`.
    pub from: String,
    /// That is the signal of the candidate's room; else the planned time, and no signal was recorded there.
    pub is_signal: bool,
}

/// The word above everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Headline {
    /// Still checking.
    Working,
    /// Proven: compare the portrait, then let in.
    Admit,
    /// The same, but the registry has said nothing.
    AdmitWithoutRegistry,
    /// Somebody has to decide.
    Ask,
    /// Somebody is being kept out: why is chosen.
    KeepingOut {
        /// He could have been let in; what the screen showed of that stays there.
        could_go_in: bool,
    },
    /// Stop.
    Stop,
    /// In already.
    AlreadyIn,
    /// Expected elsewhere.
    Elsewhere,
    /// Recorded, and let in.
    RecordedAdmit,
    /// Recorded: another decision, which is named.
    Recorded(Choice),
}

/// The person.
#[derive(Debug, Clone)]
pub struct PersonView {
    /// Full name.
    pub name: Pii<String>,
    /// Birth date, dd/mm/yyyy.
    pub birth_date: Pii<String>,
    /// The sex, where the chip says one.
    pub sex: Option<Sex>,
    /// The number, four digits covered.
    pub number_masked: Pii<String>,
    /// SBD, where the person is on the list.
    pub candidate_number: Option<String>,
}

/// Where somebody belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceView {
    /// Room.
    pub room: String,
    /// Seat; empty on the way to another room.
    pub seat: String,
    /// The site, where it is another one.
    pub site: Option<String>,
    /// The session, where it is another one.
    pub session: Option<String>,
}

/// One of the four lines of a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Which.
    pub subject: Subject,
    /// Its signal.
    pub signal: Signal,
    /// Its word.
    pub word: LineWord,
}

/// What a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The chip.
    Chip,
    /// The roster.
    Roster,
    /// The registry.
    Registry,
    /// Whether this person is in already.
    Duplicate,
}

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineWord {
    /// Proven.
    Good,
    /// The list has the passport's number and state.
    GoodPassport,
    /// Not finished.
    Working,
    /// Not looked at, because of something before it.
    NotLookedAt,
    /// Looked at by data that the chip did not prove.
    Unproven,
    /// The policy does not ask.
    Off,
    /// Nobody is asked about data that nobody signed.
    Withheld,
    /// What a failure says.
    Failed(Failure),
    /// What a failure says, with the facts that differ at the registry.
    FailedFields(Failure, Vec<Field>),
    /// What a failure says, with what differs from the roster.
    FailedMatch(Failure, Vec<MatchReason>),
}

/// The portrait.
#[derive(Debug, Clone)]
pub enum PortraitView {
    /// Being read.
    Pending,
    /// Proven: shown.
    Proven(Arc<Portrait>),
    /// Shown, but its chip is not proven.
    Unproven(Arc<Portrait>),
    /// There is none to show.
    Missing,
}

/// Where the decision stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StageView {
    /// The buttons, from left to right; none while something is still being checked.
    Deciding(Vec<Choice>),
    /// The reasons.
    ChoosingReason,
    /// Being written.
    Recording,
    /// On the disk.
    Recorded(ReceiptView),
}

/// A record that is on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptView {
    /// Segment and entry, `1/17`.
    pub entry: String,
    /// Local time, `HH:MM:SS`.
    pub time: String,
}

/// The desk has stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HaltedView {
    /// Why.
    pub failure: Failure,
    /// The place: a file, a key, a line.
    pub detail: String,
}

impl PortraitView {
    /// The portrait that is shown, whatever is known of it.
    pub fn shown(&self) -> Option<&Arc<Portrait>> {
        match self {
            Self::Proven(portrait) | Self::Unproven(portrait) => Some(portrait),
            Self::Pending | Self::Missing => None,
        }
    }

    /// The portrait in `news`, shown as proven only when the chip is.
    pub(super) fn of(news: Option<&PortraitNews>, proven: bool) -> Self {
        match news {
            None => Self::Pending,
            Some(PortraitNews::Ready(portrait)) if proven => Self::Proven(Arc::clone(portrait)),
            Some(PortraitNews::Ready(portrait)) => Self::Unproven(Arc::clone(portrait)),
            Some(PortraitNews::Unreadable | PortraitNews::Missing) => Self::Missing,
        }
    }
}
