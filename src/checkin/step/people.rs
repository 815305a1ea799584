//! What people at the desk do: keys, picks, decisions, going back.
//!
//! A decision counts only for what its button meant on the screen that was pressed ([`Meaning`]), and only after the
//! button has meant that for long enough to be read.

use super::{Desk, guarded_ms, offer};
use crate::case::{Case, Stage};
use crate::event::{Choice, Effect, Input, Meaning, NotAdmittedReason};
use crate::exception::{Ruling, Step};
use crate::failure::Failure;
use crate::keys::{self, Entry, Found};
use crate::look::{Looked, looked, needs_look, painted};
use crate::policy::{Verdict, verdict};
use crate::records;
use crate::sign_in::Action;
use crate::state::{Idle, Phase, ReadyKey};
use bits::secret::Pii;
use record::{AttendanceEvent, CandidateRef};
use registry::RequestId;
use roster::CandidateId;

/// Rows of a search that stood for so long were looked at.
const LOOK_MS: u64 = 600;

impl Desk<'_> {
    pub(super) fn input(&mut self, input: Input) {
        match input {
            Input::Typed(text) => self.typed(text),
            Input::Entered(text) | Input::Scanned(text) => self.entered(text),
            Input::Picked(id) => self.picked(id),
            Input::Painted(contact) => painted(self.state, contact),
            Input::Continue => {
                self.continue_on();
            }
            Input::EndSession => self.ask_to_end(),
            Input::Lock => self.lock_now(),
            Input::OpenWaiting => self.open_waiting(),
            Input::PickedWaiting(id) => self.picked_waiting(id),
            Input::UndoLast => self.undo_last(),
            Input::OpenSignals => self.open_signals(),
            Input::PickedRoom(index) if matches!(self.state.phase, Phase::Closing(_)) => {
                self.picked_room_to_count(index);
            }
            Input::PickedRoom(index) => self.picked_room(index),
            Input::EnteredCount(text) => self.entered_count(&text),
            Input::TypeArrived => self.type_arrived(),
            Input::ExportLog => self.carry_off(),
            Input::Examine => self.open_examination(),
            Input::Print(kind) => self.print(kind),
            Input::EnteredTime(text) => self.entered_time(&text),
            Input::WithoutCard(id, on) if self.decides(on) => self.without_card(id),
            Input::Ruled(ruling, on) if self.decides(on) => self.ruled(ruling),
            Input::Chose(choice, on) if self.decides(on) => self.chose(choice),
            Input::Reason(reason, on) if self.decides(on) => self.reason(reason),
            Input::AnsweredNews(question, on) if self.decides(on) => self.answered_news(question),
            Input::Back => self.back(),
            // A press on a screen that is not there any more, or was not there for long enough to be read.
            Input::Chose(..) | Input::Reason(..) | Input::AnsweredNews(..) => {}
            Input::WithoutCard(..) | Input::Ruled(..) => {}
            Input::ChoseOperator(index) => self.chose_second(index),
            Input::EnteredPin(pin) => self.entered_pin(pin),
            // A desk that runs has been prepared.
            Input::TakePackage(_) => {}
        }
    }

    /// The buttons mean now what they meant where they were pressed, and have done so for long enough.
    fn decides(&self, on: Meaning) -> bool {
        let is_same = self.state.buttons.meaning == on && self.state.buttons.offer == offer(self.context, self.state);
        is_same && guarded_ms(self.state, self.context) == 0
    }

    pub(super) fn typed(&mut self, text: String) {
        let found = if self.may(Action::LookUp) { keys::find(&text, &self.context.roster) } else { Found::default() };
        self.show_found(found);
        if let Phase::Idle(idle) = &mut self.state.phase {
            idle.typed = Pii::new(text);
            idle.notice = None;
        }
    }

    fn show_found(&mut self, found: Found) {
        let now_ms = self.state.now.boot_ms;
        if let Phase::Idle(idle) = &mut self.state.phase {
            if idle.found != found.rows {
                idle.shown_at_ms = now_ms;
            }
            idle.show_found(found, &self.context.roster);
        }
    }

    /// Rows that stood on the screen for long enough to be read were looked at: each is an entry, once a search.
    pub(super) fn note_looks(&mut self) {
        let now_ms = self.state.now.boot_ms;
        let Phase::Idle(idle) = &mut self.state.phase else { return };
        if now_ms.saturating_sub(idle.shown_at_ms) < LOOK_MS {
            return;
        }
        let seen: Vec<CandidateId> = idle.found.iter().copied().filter(|id| !idle.looked.contains(id)).collect();
        idle.looked.extend(&seen);
        for id in seen {
            self.record_note(records::viewed(CandidateRef(id.0), "listed"));
        }
    }

    fn may(&self, action: Action) -> bool {
        self.state.on_duty.may(action)
    }

    /// A key for the next person waits until this one has been decided on.
    pub(super) fn entered(&mut self, text: String) {
        self.continue_on();
        match &self.state.phase {
            Phase::Idle(_) => self.key_entered(&text),
            Phase::Case(_) | Phase::Reading(_) | Phase::Exception(_) if keys::is_long_enough(&text) => {
                self.state.next_key = Some(Pii::new(text));
            }
            Phase::Case(_) | Phase::Reading(_) | Phase::Exception(_) => {}
            Phase::Examining(_) | Phase::Closing(_) | Phase::Halted(_) => {}
        }
    }

    pub(super) fn key_entered(&mut self, text: &str) {
        match keys::read_entry(text, &self.context.roster) {
            Entry::Key(key) => self.key_given(key),
            Entry::Rows(rows) if self.may(Action::LookUp) => self.show_found(rows),
            Entry::Rows(_) => self.go_idle(Some(Failure::KeyUnknown)),
            Entry::OtherLayout => self.go_idle(Some(Failure::KeyboardLayout)),
            Entry::FirstOfPassport => self.go_idle(Some(Failure::PassportSecondLine)),
            Entry::Misread => self.go_idle(Some(Failure::PrintedLineMisread)),
            Entry::Beside => {}
            Entry::Unknown => self.go_idle(Some(Failure::KeyUnknown)),
        }
    }

    pub(super) fn picked(&mut self, id: CandidateId) {
        if !matches!(self.state.phase, Phase::Idle(_)) || !self.may(Action::LookUp) {
            return;
        }
        self.record_note(records::viewed(CandidateRef(id.0), "search"));
        match keys::from_row(id, &self.context.roster) {
            Entry::Key(key) => self.key_given(key),
            _ => self.go_idle(Some(Failure::KeyUnknown)),
        }
    }

    pub(super) fn key_given(&mut self, key: ReadyKey) {
        let unrecorded = self.still_unrecorded();
        self.state.phase = Phase::Idle(Idle { unrecorded, ..Idle::default() });
        self.state.key = Some(key);
        self.read_if_ready();
    }

    fn chose(&mut self, choice: Choice) {
        if !self.state.buttons.offer.choices.contains(&choice) {
            return;
        }
        let looked = self.state.case().and_then(|case| looked(case, self.context, self.state.now));
        if needs_look(choice) && looked.is_none() {
            return;
        }
        match choice {
            Choice::EndSession => self.end_session(),
            Choice::EndUnsent => self.end_unsent(),
            Choice::DoubtPortrait => {
                if let Some(case) = self.state.case_mut() {
                    case.stage = Stage::Second(Step::People(Ruling::Doubt));
                }
            }
            Choice::NotAdmitted => {
                if let Some(case) = self.state.case_mut() {
                    case.stage = Stage::ChoosingReason;
                }
            }
            Choice::Admit | Choice::ReEntry | Choice::Refer | Choice::ReportDuplicate | Choice::Directed => {
                self.decided(choice, looked);
            }
        }
    }

    fn decided(&mut self, choice: Choice, looked: Option<Looked>) {
        let (context, now) = (self.context, self.state.now);
        let Some(case) = self.state.case_mut() else { return };
        if let Some(event) = entry(choice, looked, case, &verdict(case, context, now), context) {
            case.stage = Stage::Recording(choice);
            self.record_decision(event);
        }
    }

    fn reason(&mut self, reason: NotAdmittedReason) {
        let (context, has_second) = (self.context, self.has_second());
        let Some(case) = self.state.case_mut().filter(|case| case.stage == Stage::ChoosingReason) else { return };
        // Where somebody could stand behind it, nobody is kept out by one person alone.
        if has_second {
            case.stage = Stage::Second(Step::People(Ruling::NotAdmit(reason)));
            return;
        }
        let event = records::not_admitted(case, reason, context, None);
        case.stage = Stage::Recording(Choice::NotAdmitted);
        self.record_decision(event);
    }

    fn answered_news(&mut self, question: RequestId) {
        if !self.may(Action::AnswerNotice) {
            return;
        }
        if let Some(notice) = self.state.news.answered(question) {
            self.record_note(records::news_answered(&notice));
        }
    }

    /// True when the person before was done with, and has gone.
    pub(super) fn continue_on(&mut self) -> bool {
        let is_recorded = match &self.state.phase {
            Phase::Case(case) => matches!(case.stage, Stage::Recorded { .. }),
            Phase::Exception(exception) => matches!(exception.step, Step::Recorded { .. }),
            Phase::Idle(_) | Phase::Reading(_) => false,
            Phase::Examining(_) | Phase::Closing(_) | Phase::Halted(_) => false,
        };
        if is_recorded {
            self.go_idle(None);
        }
        is_recorded
    }

    pub(super) fn back(&mut self) {
        if self.back_from_asking() {
            return;
        }
        match self.state.case().map(|case| &case.stage) {
            Some(Stage::ChoosingReason) => {
                if let Some(case) = self.state.case_mut() {
                    case.stage = Stage::Deciding;
                }
            }
            Some(Stage::Second(_)) => self.back_from_second(),
            Some(Stage::Deciding) => self.abandon(),
            Some(Stage::Recording(_)) => {}
            Some(Stage::Recorded { .. }) => self.go_idle(None),
            None if matches!(self.state.phase, Phase::Exception(_)) => self.back_from_exception(),
            None => self.leave(),
        }
    }

    /// Nobody decided, and the screen says so until the next person comes.
    fn abandon(&mut self) {
        let context = self.context;
        let Some(case) = self.state.case() else { return };
        let (event, name) = (records::abandoned(case, context), case.holder.full_name.clone());
        self.record_note(event);
        self.leave();
        if let Phase::Idle(idle) = &mut self.state.phase {
            idle.unrecorded = Some(name);
        }
    }

    pub(super) fn leave(&mut self) {
        self.remember_undecided();
        if self.state.field.end().is_some() {
            self.effects.push(Effect::ReleaseCard);
        }
        self.go_idle(None);
    }
}

/// The entry that a choice leads to. Whoever is let in is let in by a clearance of this very verdict, and by somebody who
/// could look.
fn entry(
    choice: Choice,
    looked: Option<Looked>,
    case: &Case,
    verdict: &Verdict,
    context: &crate::context::Context,
) -> Option<AttendanceEvent> {
    match (choice, verdict, looked) {
        (Choice::Admit, Verdict::Admit(clearance), Some(_)) => Some(records::check_in(clearance, case, context, None)),
        (Choice::ReEntry, Verdict::ReEnter(clearance, first), Some(_)) => {
            Some(records::re_entry(clearance, case, first.entry, context))
        }
        (Choice::ReportDuplicate, ..) => {
            let first = case.arrival?.entry;
            Some(records::duplicate(case, case.candidate_ref()?, first, context))
        }
        (Choice::Directed, Verdict::Direct { .. }, _) => records::directed(case, context),
        (Choice::Refer, verdict, _) => Some(records::referred(case, verdict, context)),
        _ => None,
    }
}
