//! What the desk is doing: one state, one screen, one name.

use crate::bits::secret::Pii;
use crate::bits::stamp::Stamp;
use crate::checkin::case::Case;
use crate::checkin::closing::Closing;
use crate::checkin::context::Context;
use crate::checkin::event::{Choice, CopyHealth, DiskState, Machine, ReadPhase};
use crate::checkin::failure::Failure;
use crate::checkin::twins;
use crate::emrtd::access::key::AccessKey;
use crate::record::witness::Anchored;
use crate::record::{Arrival, ArrivalIndex, CandidateRef, Durable};
use crate::registry::Query;
use crate::roster::{CandidateId, Roster};
use std::collections::HashMap;

/// Who is in, by the name in the log.
pub type Arrivals = HashMap<CandidateRef, Arrival>;

/// The whole state of a desk.
#[derive(Debug)]
pub struct State {
    /// What the desk is doing.
    pub phase: Phase,
    /// How reader, registry and machine are.
    pub health: Health,
    /// Who is in.
    pub arrivals: Arrivals,
    /// Questions without an answer.
    pub pending: Vec<Pending>,
    /// Questions of earlier segments without an answer. Nobody asks them again: what they asked was never written.
    pub backlog: usize,
    /// The last entry on the disk.
    pub head: Durable,
    /// The last decision that was recorded.
    pub last: Option<LastRecorded>,
    /// The key that was given, until its card has been read.
    pub key: Option<ReadyKey>,
    /// The card is being read.
    pub reading: bool,
    /// A card came into the field while the reading of one before it was still out.
    pub card_came_back: bool,
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
    /// Somebody has to be decided on.
    Verdict(Box<Case>),
    /// Somebody who is in already.
    AlreadyIn(Box<Case>),
    /// Somebody who is expected elsewhere.
    Elsewhere(Box<Case>),
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
    /// Those whom she may mix up with somebody of the same name.
    pub twins: Vec<CandidateId>,
    /// What the invigilator has to be told.
    pub notice: Option<Failure>,
    /// The card in the field belongs to the last person.
    pub card_is_done: bool,
}

impl Default for Idle {
    fn default() -> Self {
        let typed = Pii::new(String::new());
        Self { typed, found: Vec::new(), twins: Vec::new(), notice: None, card_is_done: false }
    }
}

impl Idle {
    /// Shows what was found, and who among them may be mixed up.
    pub(super) fn show_found(&mut self, found: Vec<CandidateId>, roster: &Roster) {
        self.twins = twins::among(roster, &found);
        self.found = found;
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
    /// When it was asked last, on the boot clock; `None` while its entry is being written.
    pub asked_ms: Option<u64>,
    /// The call is out.
    pub in_flight: bool,
}

/// How the parts around the desk are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// The reader.
    pub reader: ReaderHealth,
    /// A card is in the field.
    pub card_present: bool,
    /// The registry, by its last answer; `None` before the first.
    pub registry: Option<bool>,
    /// When the registry was last silent for the first time in a row.
    pub registry_silent_since: Option<Stamp>,
    /// The machine.
    pub machine: Machine,
    /// The log's copy on a second medium.
    pub copy: CopyHealth,
    /// The witness outside.
    pub witness: WitnessHealth,
    /// This desk's clock minus the last outside time, in seconds.
    pub clock_off_s: i64,
}

/// How far somebody outside has seen the log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WitnessHealth {
    /// What it signed last, and when that came here.
    pub last: Option<(Anchored, Stamp)>,
    /// The last call failed.
    pub is_silent: bool,
    /// It has seen more of this log than there is.
    pub disagrees: bool,
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

/// The last decision that was recorded; no name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastRecorded {
    /// What was decided.
    pub choice: Choice,
    /// The proof.
    pub durable: Durable,
}

impl State {
    /// The state of a desk that has just opened its log: idle, with what the log says.
    pub fn new(context: &Context, index: &ArrivalIndex, opened: Durable, now: Stamp) -> Self {
        Self {
            phase: Phase::Idle(Idle::default()),
            health: Health::unknown(),
            arrivals: arrivals(context, index),
            pending: Vec::new(),
            backlog: 0,
            head: opened,
            last: None,
            key: None,
            reading: false,
            card_came_back: false,
            now,
        }
    }

    /// The person at the desk, if the chip has told who it is.
    pub fn case(&self) -> Option<&Case> {
        match &self.phase {
            Phase::Verdict(case) | Phase::AlreadyIn(case) | Phase::Elsewhere(case) => Some(case),
            Phase::Idle(_) | Phase::Reading(_) | Phase::Closing(_) | Phase::Halted(_) => None,
        }
    }

    /// The same, to be changed.
    pub(super) fn case_mut(&mut self) -> Option<&mut Case> {
        match &mut self.phase {
            Phase::Verdict(case) | Phase::AlreadyIn(case) | Phase::Elsewhere(case) => Some(case),
            Phase::Idle(_) | Phase::Reading(_) | Phase::Closing(_) | Phase::Halted(_) => None,
        }
    }
}

impl Health {
    fn unknown() -> Self {
        Self {
            reader: ReaderHealth::Unknown,
            card_present: false,
            registry: None,
            registry_silent_since: None,
            machine: Machine { disk: DiskState::Unknown, clock_steady: true },
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
