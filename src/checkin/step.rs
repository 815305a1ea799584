//! The only way a state changes.

mod card;
mod closing;
mod examining;
mod exception;
mod lock;
mod papers;
mod people;
mod registry;
mod second;
mod signals;

pub(super) use card::is_unproven;
pub(super) use exception::{rulings, undoable, waiting_count};
pub(super) use lock::can_lock;

use crate::case::Stage;
use crate::closing::{Closing, Unsent};
use crate::contact::CardField;
use crate::context::Context;
use crate::event::{Choice, CopyHealth, DiskState, Effect, Event, Machine, Meaning, Purpose};
use crate::exception::{LastArrival, Matter};
use crate::failure::{Failure, Signal};
use crate::lock::is_sign_of_life;
use crate::look::forget_hidden;
use crate::policy::{action_of, choices, verdict};
use crate::readiness::scanner_check;
use crate::records;
use crate::state::{Halted, Idle, LastRecorded, Offer, Phase, ReaderHealth, ScannerHealth, State};
use bits::secret::Pii;
use bits::stamp::Stamp;
use iso7816::transport::ReaderEvent;
use record::{Arrival, AttendanceEvent, Durable};
use roster::CandidateId;

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
    forget_hidden(desk.state);
    desk.mean();
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
        if is_sign_of_life(&event) {
            self.state.touched_ms = self.state.now.boot_ms;
        }
        match event {
            Event::Tick => {
                self.ask_again();
                self.try_held_card();
                self.note_looks();
                self.lock_if_idle();
                self.write_list_if_due();
                self.end_wiping_if_stuck();
            }
            Event::Reader(news) => self.reader(&news),
            Event::Scanner(scanner) => self.scanner(scanner),
            Event::Input(input) if self.state.lock.is_some() => self.input_while_locked(input),
            Event::Input(input) => self.input(input),
            Event::Card { contact, news } => self.card(contact, news),
            Event::Registry { id, reply } => self.answered(id, &reply),
            Event::Recorded { purpose, durable } => self.recorded(purpose, durable),
            Event::RecordFailed { failure } => self.halt(failure),
            Event::Machine(machine) => self.machine(machine),
            Event::SecondCopy(copy) => self.second_copy(copy),
            Event::Backlog(questions) => self.state.backlog = questions,
            Event::Witnessed { witnessed, clock_off_s } => self.witnessed(*witnessed, clock_off_s),
            Event::WitnessSilent { rolled_back } => self.witness_silent(rolled_back),
            Event::HeadNotTold => self.head_not_told(),
            Event::PinChecked(check) => self.pin_checked(check),
            Event::Closed(log) => self.closed(&log),
            Event::CarriedOff { whole } => self.carried_off(whole),
            Event::Paper(news) => self.paper_news(news),
            Event::Examined(found) => self.examined(found),
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
            Event::Scanner(scanner) => self.state.health.scanner = scanner,
            Event::Recorded { purpose, durable } => {
                self.state.head = durable;
                if let Purpose::Answer(id) = purpose {
                    self.answer_recorded(id);
                }
            }
            Event::Closed(log) if !self.is_halted() => self.closed(&log),
            Event::RecordFailed { failure } if !self.is_halted() => self.halt(failure),
            Event::SecondCopy(copy) => self.state.health.copy = copy,
            Event::Witnessed { witnessed, clock_off_s } => self.note_witness(*witnessed, clock_off_s),
            Event::WitnessSilent { rolled_back } => self.witness_silent(rolled_back),
            Event::HeadNotTold => self.head_not_told(),
            Event::CarriedOff { whole } => self.carried_off(whole),
            _ => {}
        }
    }

    /// Buttons that would do something else than before have another meaning, from this moment on.
    fn mean(&mut self) {
        let offer = offer(self.context, self.state);
        let buttons = &mut self.state.buttons;
        if buttons.offer != offer {
            buttons.meaning = Meaning(buttons.meaning.0 + 1);
            (buttons.since_ms, buttons.offer) = (self.state.now.boot_ms, offer);
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

    /// Whoever is typed in by hand meanwhile is read all the same.
    fn scanner(&mut self, scanner: ScannerHealth) {
        let before = std::mem::replace(&mut self.state.health.scanner, scanner);
        let Some(check) = scanner_check(scanner).filter(|_| scanner != before) else { return };
        self.record_note(records::device_news(check.finding.subject(), check.finding.word()));
        if scanner != ScannerHealth::Ready {
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
        if matches!(news, ReaderEvent::CardPresent { .. }) {
            self.card_came();
        }
    }

    fn note_reader(&mut self, news: &ReaderEvent) {
        match news {
            ReaderEvent::CardPresent { .. } => self.state.field.lay(),
            _ => self.state.field.clear(),
        }
        self.state.health.reader = match news {
            ReaderEvent::Ready { .. } | ReaderEvent::CardPresent { .. } | ReaderEvent::CardRemoved => {
                ReaderHealth::Ready
            }
            ReaderEvent::NoReader => ReaderHealth::Missing,
            ReaderEvent::ServiceDown => ReaderHealth::ServiceDown,
        };
    }

    fn card_came(&mut self) {
        // A locked desk opens no card, and dismisses nothing.
        if self.state.lock.is_some() {
            return;
        }
        let has_gone = self.continue_on();
        if self.state.is_reading() {
            return;
        }
        if has_gone {
            // The card that came is not the one of whoever has just gone.
            self.state.field.lay();
        }
        if self.waits_for_card() {
            self.read_if_ready();
        }
    }

    fn waits_for_card(&self) -> bool {
        self.state.lock.is_none() && matches!(self.state.phase, Phase::Idle(_) | Phase::Reading(_))
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
        self.note_written(purpose, durable.clone());
        match purpose {
            Purpose::Note => {}
            Purpose::Scripts { room, scripts } => self.scripts_recorded(room, scripts),
            Purpose::Answer(id) => self.answer_recorded(id),
            Purpose::Question(id) => {
                let index = self.state.pending.iter().position(|pending| pending.query.request_id == id);
                index.into_iter().for_each(|index| self.ask(index));
            }
            Purpose::Decision => self.decision_recorded(durable),
            Purpose::Ruling => self.ruling_recorded(durable),
            Purpose::WrongPin => self.wrong_pin_kept(),
            Purpose::Opening => self.opened(),
        }
    }

    fn decision_recorded(&mut self, durable: Durable) {
        let Some(case) = self.state.case_mut() else { return };
        let Stage::Recording(choice) = case.stage else { return };
        case.stage = Stage::Recorded { choice, durable: durable.clone() };
        let directed = case.candidate_ref();
        let admitted = directed.filter(|_| matches!(choice, Choice::Admit | Choice::DoubtPortrait));
        if let Some(candidate) = admitted {
            let arrival = Arrival { entry: durable.entry(), at: durable.at(), manual: false };
            self.state.arrivals.entry(candidate).or_insert(arrival);
            self.state.last_arrival = Some(LastArrival { candidate: CandidateId(candidate.0), arrival });
        }
        match choice {
            Choice::Refer => self.waits(&durable),
            // Whoever was decided on waits for nobody any more.
            Choice::Admit | Choice::DoubtPortrait | Choice::ReEntry | Choice::NotAdmitted => self.waits_no_more(),
            Choice::Directed => self.state.directed.extend(directed),
            Choice::ReportDuplicate | Choice::EndSession | Choice::EndUnsent => {}
        }
        if matches!(choice, Choice::Admit | Choice::DoubtPortrait | Choice::ReEntry) {
            self.news_while_recording();
        }
        self.state.not_admitted.extend(directed.filter(|_| choice == Choice::NotAdmitted));
        self.state.last = Some(LastRecorded { choice, durable });
        self.effects.push(Effect::Sound(Signal::Ok));
    }

    fn halt(&mut self, failure: Failure) {
        // A key that waited for the next person opens nothing at a desk that has stopped.
        self.state.next_key = None;
        self.leave();
        self.state.lock = None;
        self.state.phase = Phase::Halted(Halted { failure, detail: String::new() });
        self.effects.push(Effect::Sound(Signal::Stop));
    }

    // -- moving between states --

    fn go_idle(&mut self, notice: Option<Failure>) {
        let had_case = self.state.case().is_some();
        let unrecorded = self.still_unrecorded();
        self.state.key = None;
        if had_case {
            self.state.field.done();
        }
        self.state.phase = Phase::Idle(Idle { notice, unrecorded, ..Idle::default() });
        if let Some(key) = self.state.next_key.take() {
            self.key_entered(key.reveal());
        }
    }

    /// Whose card lies there without a decision: as long as it does, nobody is told that all is done.
    fn still_unrecorded(&self) -> Option<Pii<String>> {
        match &self.state.phase {
            Phase::Idle(idle) if matches!(self.state.field, CardField::Done) => idle.unrecorded.clone(),
            _ => None,
        }
    }

    fn announce(&mut self) {
        let Some(case) = self.state.case() else { return };
        let signal = verdict(case, self.context, self.state.now).signal();
        if signal != Signal::Working {
            self.effects.push(Effect::Sound(signal));
        }
    }
}

/// What the buttons of a state do.
fn offer(context: &Context, state: &State) -> Offer {
    if state.lock.is_some() {
        return Offer { is_locked: true, ..Offer::default() };
    }
    let case = state.case().filter(|case| case.is_open());
    let verdict = case.map(|case| verdict(case, context, state.now));
    let has_second = context.staff.as_ref().is_some_and(|staff| staff.seconds(&state.on_duty).next().is_some());
    let mut choices = match (&state.phase, case, &verdict) {
        (Phase::Closing(Closing::Asking(asking)), ..) => {
            closing::endings(&asking.stage, state.arrivals.len(), Unsent::of(context, state), has_second)
        }
        (_, Some(case), Some(verdict)) => choices(case, verdict),
        _ => Vec::new(),
    };
    choices.retain(|choice| state.on_duty.may(action_of(*choice)) && (has_second || *choice != Choice::DoubtPortrait));
    let exception = match &state.phase {
        Phase::Exception(exception) => Some(exception),
        _ => None,
    };
    let found = match &state.phase {
        Phase::Idle(idle) => idle.found.clone(),
        _ => Vec::new(),
    };
    Offer {
        is_locked: false,
        rulings: exception.map(|one| rulings(one, context, state)).unwrap_or_default(),
        waiting: exception
            .and_then(|one| if let Matter::Waiting(waiting) = &one.matter { Some(waiting.id) } else { None }),
        found,
        contact: state.case().map(|case| case.contact),
        verdict,
        choices,
        news: state.news.open().first().map(|notice| notice.question),
    }
}

/// The choices that the screen offers, from left to right.
pub fn offered(state: &State) -> &[Choice] {
    &state.buttons.offer.choices
}

/// For how long nothing decides yet, in milliseconds: the buttons have just changed.
pub fn guarded_ms(state: &State, context: &Context) -> u64 {
    let passed_ms = state.now.boot_ms.saturating_sub(state.buttons.since_ms);
    context.policy.press_guard_ms.saturating_sub(passed_ms)
}
