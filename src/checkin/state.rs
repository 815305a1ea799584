//! What the desk is doing: one state, one screen, one name.

pub use crate::case::Arrivals;
use crate::case::Case;
use crate::closing::{AskingStage, Carried, Closing};
use crate::contact::{CardField, ContactId};
use crate::context::Context;
use crate::event::{Choice, CopyHealth, DiskState, Machine, Meaning, ReadPhase};
use crate::exception::{Exception, LastArrival, Ruling, Step, Waiting, WaitingId};
use crate::failure::Failure;
pub use crate::health::{ReaderHealth, RegistryHealth};
use crate::keys::{Found, More};
use crate::lock::Lock;
use crate::namesakes;
use crate::news::{About, LateNews};
use crate::paper::Papers;
use crate::policy::Verdict;
use crate::readiness::Check;
pub use crate::scanner::ScannerHealth;
use crate::sign_in::{OnDuty, SignIn, Standing};
use crate::signals::Signals;
use bits::secret::Pii;
use bits::stamp::Stamp;
use emrtd::access::key::AccessKey;
use record::{ArrivalIndex, CandidateRef, DocumentRef, Durable};
use registry::{Query, RequestId};
use roster::{CandidateId, Roster};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use tlog::witness::WitnessedCheckpoint;

/// The whole state of a desk.
#[derive(Debug)]
pub struct State {
    /// What the desk is doing.
    pub phase: Phase,
    /// Who works here: whoever does something at this desk does it with this operator's leave.
    pub on_duty: OnDuty,
    /// The desk is locked, over whatever it is doing.
    pub(super) lock: Option<Lock>,
    /// When somebody did something last, on the boot clock.
    pub(super) touched_ms: u64,
    /// How reader, registry and machine are.
    pub health: Health,
    /// Who is in.
    pub arrivals: Arrivals,
    /// Questions without an answer.
    pub pending: Vec<Pending>,
    /// Questions of earlier segments without an answer, by the journal. Those among them whose content was kept are
    /// pending too.
    pub backlog: Vec<RequestId>,
    /// Questions of earlier segments that this run has had answered.
    pub(super) answered_earlier: Vec<RequestId>,
    /// Questions whose answer is on its way to the disk.
    pub(super) answers_being_written: Vec<RequestId>,
    /// Answers came that nobody had asked for.
    pub(super) unasked_answers: bool,
    /// The last entry on the disk.
    pub head: Durable,
    /// The last decision that was recorded.
    pub last: Option<LastRecorded>,
    /// The last arrival that was recorded here.
    pub(super) last_arrival: Option<LastArrival>,
    /// The signal of each room that was recorded.
    pub signals: Signals,
    /// The scripts of each room that were counted.
    pub scripts: BTreeMap<String, u64>,
    /// Who was not let in, and is not in since.
    pub(super) not_admitted: BTreeSet<CandidateRef>,
    /// Who was shown the way to another place.
    pub(super) directed: BTreeSet<CandidateRef>,
    /// How far the log has been carried off.
    pub(super) carried: Carried,
    /// What is known of the papers.
    pub(super) papers: Papers,
    /// Who was sent to the head of site and is not decided on.
    pub waiting: Vec<Waiting>,
    /// How many of them there have been.
    pub(super) waitings: u64,
    /// Who has tried which PIN how often.
    pub sign_in: SignIn,
    /// The key that was given, until its card has been read.
    pub key: Option<ReadyKey>,
    /// The reader's field.
    pub(super) field: CardField,
    /// How many contacts there have been.
    pub(super) contacts: u64,
    /// A key that was scanned while somebody was undecided: the next person's.
    pub(super) next_key: Option<Pii<String>>,
    /// How contacts ended that could not be proven and that nobody decided on, by their documents.
    pub(super) undecided: HashMap<DocumentRef, Failure>,
    /// Bad news about people who are in.
    pub news: LateNews,
    /// What the buttons mean.
    pub(super) buttons: Buttons,
    /// The moment of the last event.
    pub now: Stamp,
}

/// What the desk is doing.
#[derive(Debug)]
pub enum Phase {
    /// Waiting for a key and a card.
    Idle(Idle),
    /// Reading a card.
    Reading(Reading),
    /// Something is at hand that one person alone does not decide.
    Exception(Box<Exception>),
    /// A person is at the desk. Which of the case's screens it is follows from the verdict.
    Case(Box<Case>),
    /// What the desk depends on is being looked at, or was: the findings.
    Examining(Option<Vec<Check>>),
    /// The session is being ended, or has ended.
    Closing(Closing),
    /// The desk has stopped; only a restart helps.
    Halted(Halted),
}

/// Waiting for a key and a card.
#[derive(Debug)]
pub struct Idle {
    /// What was typed so far.
    pub typed: Pii<String>,
    /// The rows that the text finds.
    pub found: Vec<CandidateId>,
    /// Whom there is no row for.
    pub more: More,
    /// Since when they stand there, on the boot clock.
    pub shown_at_ms: u64,
    /// Those among them whose being looked at is in the log.
    pub looked: Vec<CandidateId>,
    /// Those whom she may mix up with somebody of the same name.
    pub namesakes: Vec<CandidateId>,
    /// What the invigilator has to be told.
    pub notice: Option<Failure>,
    /// Who was left without a decision, right before.
    pub unrecorded: Option<Pii<String>>,
}

impl Default for Idle {
    fn default() -> Self {
        let typed = Pii::new(String::new());
        Self {
            typed,
            found: Vec::new(),
            more: More::Nobody,
            shown_at_ms: 0,
            looked: Vec::new(),
            namesakes: Vec::new(),
            notice: None,
            unrecorded: None,
        }
    }
}

impl Idle {
    /// Shows what was found, and who among them may be mixed up.
    pub(super) fn show_found(&mut self, found: Found, roster: &Roster) {
        self.namesakes = namesakes::among(roster, &found.rows);
        (self.found, self.more) = (found.rows, found.more);
    }
}

/// Reading a card.
#[derive(Debug)]
pub struct Reading {
    /// What is being done.
    pub phase: ReadPhase,
    /// How much of the whole, in thousandths.
    pub permille: u16,
    /// The reading was interrupted: what by. The card has to come back.
    pub interrupted: Option<Failure>,
}

/// The desk has stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Halted {
    /// Why.
    pub failure: Failure,
    /// The place: a file, a key, a line. Never a person's data.
    pub detail: String,
}

/// A key that waits for its card.
#[derive(Debug, Clone)]
pub struct ReadyKey {
    /// What opens the chip.
    pub access: AccessKey,
    /// The row it came from, if it came from one.
    pub candidate: Option<CandidateId>,
}

/// A question without an answer.
#[derive(Debug)]
pub struct Pending {
    /// The question, asked again word for word but for the head of the log.
    pub query: Query,
    /// Whom it is about.
    pub about: About,
    /// When it was asked last, on the boot clock; `None` while its entry is being written.
    pub asked_ms: Option<u64>,
    /// The call is out.
    pub in_flight: bool,
    /// An earlier run of the desk asked it, and its entry stands in an earlier segment.
    pub is_earlier: bool,
}

/// How the parts around the desk are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// The reader.
    pub reader: ReaderHealth,
    /// The registry, by its last answer.
    pub registry: RegistryHealth,
    /// When the registry was last silent for the first time in a row.
    pub registry_silent_since: Option<Stamp>,
    /// The machine.
    pub machine: Machine,
    /// The scanner at a serial port.
    pub scanner: ScannerHealth,
    /// The log's copy on a second medium.
    pub copy: CopyHealth,
    /// The witness outside.
    pub witness: WitnessHealth,
    /// This desk's clock minus the last outside time, in seconds.
    pub clock_off_s: i64,
}

/// What the buttons mean, and since when.
#[derive(Debug, Clone, Default)]
pub(super) struct Buttons {
    pub(super) meaning: Meaning,
    /// On the boot clock.
    pub(super) since_ms: u64,
    pub(super) offer: Offer,
}

/// Everything that gives the buttons of a screen their meaning.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Offer {
    /// Nothing is to be pressed but what opens the desk.
    pub(super) is_locked: bool,
    pub(super) contact: Option<ContactId>,
    pub(super) verdict: Option<Verdict>,
    pub(super) choices: Vec<Choice>,
    pub(super) rulings: Vec<Ruling>,
    /// The matter that the rulings are about.
    pub(super) waiting: Option<WaitingId>,
    /// The rows that a search shows.
    pub(super) found: Vec<CandidateId>,
    pub(super) news: Option<RequestId>,
}

/// How far somebody outside has seen the log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WitnessHealth {
    /// What it signed last, and when that came here.
    pub last: Option<(WitnessedCheckpoint, Stamp)>,
    /// The last call failed.
    pub is_silent: bool,
    /// It has seen of this log what the journal does not hold.
    pub disagrees: bool,
    /// It was not asked before the log was opened, and has not answered since.
    pub not_asked: bool,
}

/// The last decision that was recorded; no name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastRecorded {
    /// What was decided.
    pub choice: Choice,
    /// The proof.
    pub durable: Durable,
}

impl State {
    /// Questions to the registry without an answer, and whom each is about: whoever closes the log seals them for the board.
    pub fn open_questions(&self) -> Vec<(Query, About)> {
        self.pending.iter().map(|one| (one.query.clone(), one.about.clone())).collect()
    }

    /// The state of a desk that has just opened its log: idle, with what the log says.
    pub fn new(context: &Context, on_duty: OnDuty, index: &ArrivalIndex, opened: Durable, now: Stamp) -> Self {
        Self {
            phase: Phase::Idle(Idle::default()),
            on_duty,
            lock: None,
            touched_ms: now.boot_ms,
            health: Health::unknown(),
            arrivals: arrivals(context, index),
            pending: Vec::new(),
            backlog: Vec::new(),
            answered_earlier: Vec::new(),
            answers_being_written: Vec::new(),
            unasked_answers: false,
            head: opened,
            last: None,
            last_arrival: None,
            signals: Signals::new(),
            scripts: BTreeMap::new(),
            not_admitted: BTreeSet::new(),
            directed: BTreeSet::new(),
            carried: Carried::Not,
            papers: Papers::default(),
            waiting: Vec::new(),
            waitings: 0,
            sign_in: SignIn::default(),
            key: None,
            field: CardField::default(),
            contacts: 0,
            next_key: None,
            undecided: HashMap::new(),
            news: LateNews::default(),
            buttons: Buttons::default(),
            now,
        }
    }

    /// Takes up questions that an earlier run of the desk left open: they are asked as soon as time passes.
    pub fn take_up(&mut self, left: Vec<(Query, About)>) {
        let pending = |(query, about)| Pending { query, about, asked_ms: Some(0), in_flight: false, is_earlier: true };
        self.pending.extend(left.into_iter().map(pending));
    }

    /// Questions without an answer on the disk, of this run and of those before.
    pub fn unanswered(&self) -> usize {
        let is_asked = |id: &RequestId| self.pending.iter().any(|pending| pending.query.request_id == *id);
        let lost = self.backlog.iter().filter(|id| !is_asked(id) && !self.answered_earlier.contains(id));
        self.pending.len() + self.answers_being_written.len() + lost.count()
    }

    /// The person at the desk, if the chip has told who it is.
    pub fn case(&self) -> Option<&Case> {
        match &self.phase {
            Phase::Case(case) => Some(case),
            Phase::Idle(_) | Phase::Reading(_) | Phase::Exception(_) => None,
            Phase::Examining(_) | Phase::Closing(_) | Phase::Halted(_) => None,
        }
    }

    /// What the buttons on the screen mean.
    pub fn meaning(&self) -> Meaning {
        self.buttons.meaning
    }

    /// A card is being read.
    pub fn is_reading(&self) -> bool {
        self.field.contact().is_some()
    }

    /// Nothing on the screen counts down: neither a case nor the time until the next PIN.
    pub fn is_still(&self) -> bool {
        let asked = match (&self.lock, &self.phase) {
            (Some(Lock::Pin { code, .. }), _) => Some(code),
            (None, Phase::Exception(exception)) => match &exception.step {
                Step::Pin { code, .. } => Some(code),
                _ => None,
            },
            (None, Phase::Closing(Closing::Asking(asking))) => match &asking.stage {
                AskingStage::Overruling(Step::Pin { code, .. }) => Some(code),
                _ => None,
            },
            _ => None,
        };
        let counts = asked.is_some_and(|code| matches!(self.sign_in.standing(code, self.now), Standing::Locked { .. }));
        self.case().is_none() && !counts
    }

    /// A key waits until the person at the desk has been decided on.
    pub fn key_waits(&self) -> bool {
        self.next_key.is_some()
    }

    /// The same, to be changed.
    pub(super) fn case_mut(&mut self) -> Option<&mut Case> {
        match &mut self.phase {
            Phase::Case(case) => Some(case),
            Phase::Idle(_) | Phase::Reading(_) | Phase::Exception(_) => None,
            Phase::Examining(_) | Phase::Closing(_) | Phase::Halted(_) => None,
        }
    }
}

impl Health {
    fn unknown() -> Self {
        Self {
            reader: ReaderHealth::Unknown,
            registry: RegistryHealth::Unknown,
            registry_silent_since: None,
            machine: Machine { disk: DiskState::Unknown, clock_steady: true },
            scanner: ScannerHealth::Off,
            copy: CopyHealth::Off,
            witness: WitnessHealth::default(),
            clock_off_s: 0,
        }
    }
}

fn arrivals(context: &Context, index: &ArrivalIndex) -> Arrivals {
    let refs = context.roster.ids().iter().map(|id| CandidateRef(id.0));
    refs.filter_map(|candidate| index.get(candidate).map(|arrival| (candidate, arrival))).collect()
}
