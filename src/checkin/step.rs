//! The only way a state changes.

mod closing;
mod people;
mod registry;

use crate::bits::stamp::Stamp;
use crate::checkin::case::{Case, RegistryPart, Stage};
use crate::checkin::closing::Closing;
use crate::checkin::context::Context;
use crate::checkin::event::{
    CardNews, Choice, CopyHealth, DiskState, Effect, Event, Finished, Identity, Machine, Purpose, ReadPhase,
};
use crate::checkin::failure::{Failure, Signal};
use crate::checkin::policy::{Verdict, verdict};
use crate::checkin::records;
use crate::checkin::state::{Halted, Idle, LastRecorded, Pending, Phase, ReaderHealth, Reading, State};
use crate::emrtd::report::Overall;
use crate::iso7816::transport::ReaderEvent;
use crate::record::{Arrival, AttendanceEvent, CandidateRef, Durable};
use crate::roster::Matching;

/// Takes one event. Returns the next state and what the desk has to do.
pub fn step(context: &Context, mut state: State, stamp: Stamp, event: Event) -> (State, Vec<Effect>) {
    state.now = stamp;
    let mut effects = Vec::new();
    let mut desk = Desk { context, state: &mut state, effects: &mut effects };
    if desk.is_over() {
        desk.take_note(event);
    } else {
        desk.take(event);
    }
    (state, effects)
}

/// One step in progress.
struct Desk<'a> {
    context: &'a Context,
    state: &'a mut State,
    effects: &'a mut Vec<Effect>,
}

impl Desk<'_> {
    fn take(&mut self, event: Event) {
        match event {
            Event::Tick => {
                self.ask_again();
                self.try_held_card();
            }
            Event::Reader(news) => self.reader(&news),
            Event::Input(input) => self.input(input),
            Event::Card(CardNews::Progress { phase, permille }) => self.progress(phase, permille),
            Event::Card(CardNews::Identity(identity)) => self.identity(*identity),
            Event::Card(CardNews::Finished(finished)) => self.finished(*finished),
            Event::Registry { id, reply } => self.answered(id, &reply),
            Event::Recorded { purpose, durable } => self.recorded(purpose, durable),
            Event::RecordFailed { failure } => self.halt(failure),
            Event::Machine(machine) => self.machine(machine),
            Event::SecondCopy(copy) => self.second_copy(copy),
            Event::Backlog(questions) => self.state.backlog = questions,
            Event::Witnessed { anchored, clock_off_s } => self.witnessed(*anchored, clock_off_s),
            Event::WitnessSilent { rolled_back } => self.witness_silent(rolled_back),
            Event::Closed(log) => self.closed(&log),
        }
    }

    /// The log takes no entry any more, or is about to end.
    fn is_over(&self) -> bool {
        self.is_halted() || matches!(self.state.phase, Phase::Closing(Closing::Writing | Closing::Closed(_)))
    }

    fn is_halted(&self) -> bool {
        matches!(self.state.phase, Phase::Halted(_))
    }

    /// A desk that has stopped or is closing still notices what the machine and the log do, and nothing else.
    fn take_note(&mut self, event: Event) {
        match event {
            Event::Reader(news) => self.note_reader(&news),
            Event::Recorded { durable, .. } => self.state.head = durable,
            Event::Closed(log) if !self.is_halted() => self.closed(&log),
            Event::RecordFailed { failure } if !self.is_halted() => self.halt(failure),
            Event::SecondCopy(copy) => self.state.health.copy = copy,
            Event::Witnessed { anchored, clock_off_s } => self.note_witness(*anchored, clock_off_s),
            Event::WitnessSilent { rolled_back } => self.witness_silent(rolled_back),
            _ => {}
        }
    }

    fn machine(&mut self, machine: Machine) {
        let before = std::mem::replace(&mut self.state.health.machine, machine);
        if machine.disk == DiskState::Low && before.disk != DiskState::Low {
            self.record_note(records::device_news("disk", "low"));
        }
        if !machine.clock_steady {
            self.record_note(records::device("clock", Failure::ClockMoved));
            self.halt(Failure::ClockMoved);
        }
    }

    /// The log's own thread writes the entry about it.
    fn second_copy(&mut self, copy: CopyHealth) {
        let before = std::mem::replace(&mut self.state.health.copy, copy);
        if copy != before && matches!(copy, CopyHealth::Lost | CopyHealth::Foreign) {
            self.effects.push(Effect::Sound(Signal::Attention));
        }
    }

    // -- reader and card --

    fn reader(&mut self, news: &ReaderEvent) {
        let before = self.state.health.reader;
        self.note_reader(news);
        let after = self.state.health.reader;
        if before != after {
            self.record_note(match after {
                ReaderHealth::Missing => records::device("reader", Failure::NoReader),
                ReaderHealth::ServiceDown => records::device("reader", Failure::ServiceDown),
                ReaderHealth::Ready | ReaderHealth::Unknown => records::device_news("reader", "ready"),
            });
        }
        match news {
            ReaderEvent::CardPresent { .. } => self.card_came(),
            _ => self.card_went(),
        }
    }

    fn note_reader(&mut self, news: &ReaderEvent) {
        let health = &mut self.state.health;
        health.card_present = matches!(news, ReaderEvent::CardPresent { .. });
        health.reader = match news {
            ReaderEvent::Ready { .. } | ReaderEvent::CardPresent { .. } | ReaderEvent::CardRemoved => {
                ReaderHealth::Ready
            }
            ReaderEvent::NoReader => ReaderHealth::Missing,
            ReaderEvent::ServiceDown => ReaderHealth::ServiceDown,
        };
    }

    fn card_came(&mut self) {
        let recorded = self.state.case().is_some_and(|case| matches!(case.stage, Stage::Recorded { .. }));
        if recorded {
            self.go_idle(None);
        }
        let waits = match &self.state.phase {
            Phase::Idle(_) | Phase::Reading(_) => true,
            Phase::Verdict(case) | Phase::AlreadyIn(case) | Phase::Elsewhere(case) => {
                !case.chip_final && case.is_open()
            }
            Phase::Closing(_) | Phase::Halted(_) => false,
        };
        if waits && self.state.reading {
            self.state.card_came_back = true;
        } else if waits {
            self.read_if_ready();
        }
    }

    fn card_went(&mut self) {
        self.state.card_came_back = false;
        if let Phase::Idle(idle) = &mut self.state.phase {
            idle.card_is_done = false;
        }
    }

    /// Opens the card as soon as there are both a card and a key.
    fn read_if_ready(&mut self) {
        let Some(key) = &self.state.key else { return };
        if !self.state.health.card_present {
            return;
        }
        self.effects.push(Effect::ReadCard(key.access.clone()));
        (self.state.reading, self.state.card_came_back) = (true, false);
        if self.state.case().is_none() {
            self.state.phase = Phase::Reading(Reading { phase: ReadPhase::Opening, permille: 0, interrupted: None });
            self.effects.push(Effect::Sound(Signal::Working));
        }
    }

    /// A card that another program holds lies there already: nobody will put it down once more, so the desk tries again
    /// until the other lets go.
    fn try_held_card(&mut self) {
        let is_held = match &self.state.phase {
            Phase::Reading(reading) => reading.interrupted == Some(Failure::CardHeld),
            _ => self
                .state
                .case()
                .is_some_and(|case| case.chip.failure == Some(Failure::CardHeld) && !case.chip_final && case.is_open()),
        };
        let Some(key) = self.state.key.as_ref().filter(|_| is_held && !self.state.reading) else { return };
        if self.state.health.card_present {
            self.effects.push(Effect::ReadCard(key.access.clone()));
            (self.state.reading, self.state.card_came_back) = (true, false);
        }
    }

    fn progress(&mut self, phase: ReadPhase, permille: u16) {
        if let Phase::Reading(reading) = &mut self.state.phase {
            *reading = Reading { phase, permille, interrupted: None };
        }
    }

    fn identity(&mut self, identity: Identity) {
        if !self.state.reading {
            return;
        }
        match self.state.case_mut() {
            Some(case) if case.holder.number == identity.holder.number => {
                case.chip = identity.chip;
                self.reroute();
            }
            Some(_) | None => self.new_case(identity),
        }
    }

    fn new_case(&mut self, identity: Identity) {
        let id = identity.request_id;
        let case = Case::new(identity, self.context, &self.state.arrivals, self.state.now);
        if matches!(case.registry, RegistryPart::Asking(_)) {
            let event = records::question(id, &case, self.context);
            self.effects.push(Effect::Record { purpose: Purpose::Question(id), event });
            self.state.pending.push(Pending {
                query: registry::question(id, &case, self.context),
                asked_ms: None,
                in_flight: false,
            });
        }
        self.state.phase = route(Box::new(case));
        self.announce();
    }

    fn finished(&mut self, finished: Finished) {
        if !self.state.reading {
            return;
        }
        self.state.reading = false;
        let Finished { chip, portrait, evidence } = finished;
        let broken = chip.failure.filter(|_| chip.overall == Overall::Retry);
        let context = self.context;
        match self.state.case_mut() {
            Some(case) => {
                let still_held = broken == Some(Failure::CardHeld) && case.chip.failure == broken;
                case.chip_final = chip.overall != Overall::Retry;
                case.portrait = case.chip_final.then_some(portrait);
                case.evidence = evidence.filter(|_| case.chip_final);
                case.chip = chip;
                let told = broken.filter(|_| !still_held);
                let note = told.map(|failure| records::interrupted(case, failure, context));
                note.into_iter().for_each(|note| self.record_note(note));
                self.reroute();
                if !still_held {
                    self.announce();
                }
            }
            None => self.unread(chip.overall, chip.failure.unwrap_or(Failure::FileDamaged), chip.apdu_count),
        }
        // The card was put back before its loss was noticed: nobody will put it down once more.
        if broken.is_some() && self.state.card_came_back {
            self.read_if_ready();
        }
    }

    /// The reading ended before it was known who this is.
    fn unread(&mut self, overall: Overall, failure: Failure, apdu_count: u32) {
        let before = if let Phase::Reading(reading) = &self.state.phase { reading.interrupted } else { None };
        if failure == Failure::CardHeld && before == Some(failure) {
            return;
        }
        let candidate = self.state.key.as_ref().and_then(|key| key.candidate).map(|id| CandidateRef(id.0));
        let cause = failure.code().to_ascii_lowercase();
        self.record_note(records::read_failed(candidate, &cause, apdu_count));
        if overall == Overall::Retry && is_lift(failure) {
            let (phase, permille) = match &self.state.phase {
                Phase::Reading(reading) => (reading.phase, reading.permille),
                _ => (ReadPhase::Opening, 0),
            };
            self.state.phase = Phase::Reading(Reading { phase, permille, interrupted: Some(failure) });
        } else {
            self.go_idle(Some(failure));
        }
        self.effects.push(Effect::Sound(failure.signal()));
    }

    // -- the record --

    fn record_note(&mut self, event: AttendanceEvent) {
        self.effects.push(Effect::Record { purpose: Purpose::Note, event });
    }

    /// Records the decision on the case, and what it rests on.
    fn record_decision(&mut self, event: AttendanceEvent) {
        let evidence = self.state.case().and_then(|case| case.evidence.clone());
        self.effects.extend(evidence.map(Effect::KeepEvidence));
        self.effects.push(Effect::Record { purpose: Purpose::Decision, event });
    }

    fn recorded(&mut self, purpose: Purpose, durable: Durable) {
        self.state.head = durable.clone();
        match purpose {
            Purpose::Note => {}
            Purpose::Question(id) => {
                let index = self.state.pending.iter().position(|pending| pending.query.request_id == id);
                index.into_iter().for_each(|index| self.ask(index));
            }
            Purpose::Decision => self.decision_recorded(durable),
        }
    }

    fn decision_recorded(&mut self, durable: Durable) {
        let Some(case) = self.state.case_mut() else { return };
        let Stage::Recording(choice) = case.stage else { return };
        case.stage = Stage::Recorded { choice, durable: durable.clone() };
        let admitted = case.candidate_ref().filter(|_| choice == Choice::Admit);
        if let Some(candidate) = admitted {
            let arrival = Arrival { entry: durable.entry(), at: durable.at(), manual: false };
            self.state.arrivals.entry(candidate).or_insert(arrival);
        }
        self.state.last = Some(LastRecorded { choice, durable });
        self.effects.push(Effect::Sound(Signal::Ok));
    }

    fn halt(&mut self, failure: Failure) {
        self.leave();
        self.state.phase = Phase::Halted(Halted { failure, detail: String::new() });
        self.effects.push(Effect::Sound(Signal::Stop));
    }

    // -- moving between states --

    fn go_idle(&mut self, notice: Option<Failure>) {
        let had_case = self.state.case().is_some();
        self.state.key = None;
        let card_is_done = had_case && self.state.health.card_present;
        self.state.phase = Phase::Idle(Idle { notice, card_is_done, ..Idle::default() });
    }

    fn reroute(&mut self) {
        let phase = std::mem::replace(&mut self.state.phase, Phase::Idle(Idle::default()));
        self.state.phase = match phase {
            Phase::Verdict(case) | Phase::AlreadyIn(case) | Phase::Elsewhere(case) => route(case),
            other => other,
        };
    }

    fn announce(&mut self) {
        let Some(case) = self.state.case() else { return };
        let signal = verdict(case, self.context, self.state.now).signal();
        if signal != Signal::Working {
            self.effects.push(Effect::Sound(signal));
        }
    }
}

/// The choices that a phase offers at `stamp`, the main one first.
pub fn allowed(phase: &Phase, context: &Context, stamp: Stamp) -> Vec<Choice> {
    match phase {
        Phase::Closing(Closing::Asking) => vec![Choice::EndSession],
        Phase::Idle(_) | Phase::Reading(_) | Phase::Closing(_) | Phase::Halted(_) => Vec::new(),
        Phase::AlreadyIn(_) => vec![Choice::ReEntry, Choice::ReportDuplicate, Choice::Refer],
        Phase::Elsewhere(_) => vec![Choice::Directed, Choice::Refer],
        Phase::Verdict(case) => match verdict(case, context, stamp) {
            Verdict::Admit { .. } => vec![Choice::Admit, Choice::Refer, Choice::NotAdmitted],
            Verdict::Ask { .. } | Verdict::Halt { .. } => vec![Choice::Refer, Choice::NotAdmitted],
            Verdict::Working => vec![Choice::Refer],
        },
    }
}

/// Which screen a case belongs to. What the chip could not prove comes first, whoever it is.
fn route(case: Box<Case>) -> Phase {
    let chip_stops = case.chip.failure.is_some_and(|failure| failure.signal() == Signal::Stop);
    if chip_stops {
        Phase::Verdict(case)
    } else if matches!(case.matching, Matching::Elsewhere { .. }) {
        Phase::Elsewhere(case)
    } else if case.arrival.is_some() {
        Phase::AlreadyIn(case)
    } else {
        Phase::Verdict(case)
    }
}

fn is_lift(failure: Failure) -> bool {
    matches!(
        failure,
        Failure::CardLifted | Failure::CardMute | Failure::CardHeld | Failure::NoReader | Failure::ServiceDown
    )
}
