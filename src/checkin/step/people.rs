//! What people at the desk do: keys, picks, decisions, going back.

use super::{Desk, allowed};
use crate::bits::secret::Pii;
use crate::checkin::case::Stage;
use crate::checkin::event::{Choice, Effect, Input, NotAdmittedReason};
use crate::checkin::failure::Failure;
use crate::checkin::keys::{self, Entry};
use crate::checkin::records;
use crate::checkin::state::{Idle, Phase, ReadyKey};
use crate::record::CandidateRef;
use crate::roster::CandidateId;

impl Desk<'_> {
    pub(super) fn input(&mut self, input: Input) {
        match input {
            Input::Typed(text) => self.typed(text),
            Input::Entered(text) => self.entered(&text),
            Input::Picked(id) => self.picked(id),
            Input::Chose(Choice::Continue) => self.continue_on(),
            Input::Chose(Choice::EndSession) => self.end_session(),
            Input::EndSession => self.ask_to_end(),
            Input::Chose(choice) => self.chose(choice),
            Input::Reason(reason) => self.reason(reason),
            Input::Back => self.back(),
            // A desk that runs has been prepared.
            Input::TakePackage(_) | Input::ChoseOperator(_) | Input::EnteredPin(_) => {}
        }
    }

    pub(super) fn typed(&mut self, text: String) {
        let found = keys::find(&text, &self.context.roster);
        if let Phase::Idle(idle) = &mut self.state.phase {
            idle.show_found(found, &self.context.roster);
            idle.typed = Pii::new(text);
            idle.notice = None;
        }
    }

    pub(super) fn entered(&mut self, text: &str) {
        self.continue_on();
        if !matches!(self.state.phase, Phase::Idle(_)) {
            return;
        }
        match keys::read_entry(text, &self.context.roster) {
            Entry::Key(key) => self.key_given(key),
            Entry::Rows(rows) => {
                if let Phase::Idle(idle) = &mut self.state.phase {
                    idle.show_found(rows, &self.context.roster);
                }
            }
            Entry::Unknown => self.go_idle(Some(Failure::KeyUnknown)),
        }
    }

    pub(super) fn picked(&mut self, id: CandidateId) {
        self.record_note(records::viewed(CandidateRef(id.0)));
        match keys::from_row(id, &self.context.roster) {
            Entry::Key(key) => self.key_given(key),
            Entry::Rows(_) | Entry::Unknown => self.go_idle(Some(Failure::KeyUnknown)),
        }
    }

    pub(super) fn key_given(&mut self, key: ReadyKey) {
        let card_is_done = matches!(&self.state.phase, Phase::Idle(Idle { card_is_done: true, .. }));
        self.state.phase = Phase::Idle(Idle { card_is_done, ..Idle::default() });
        self.state.key = Some(key);
        if !card_is_done {
            self.read_if_ready();
        }
    }

    pub(super) fn chose(&mut self, choice: Choice) {
        let now = self.state.now;
        let context = self.context;
        let phase_allows = allowed(&self.state.phase, context, now).contains(&choice);
        let Some(case) = self.state.case_mut().filter(|case| case.is_open() && phase_allows) else { return };
        if choice == Choice::NotAdmitted {
            case.stage = Stage::ChoosingReason;
            return;
        }
        let first = case.arrival.map(|arrival| arrival.entry);
        let event = match (choice, case.candidate_ref(), first) {
            (Choice::Admit, Some(cand), _) => Some(records::check_in(case, cand, context, now)),
            (Choice::ReEntry, Some(cand), Some(first)) => Some(records::re_entry(case, cand, first, context)),
            (Choice::ReportDuplicate, Some(cand), Some(first)) => Some(records::duplicate(case, cand, first, context)),
            (Choice::Directed, _, _) => records::directed(case, context),
            (Choice::Refer, _, _) => Some(records::referred(case, context, now)),
            _ => None,
        };
        if let Some(event) = event {
            case.stage = Stage::Recording(choice);
            self.record_decision(event);
        }
    }

    pub(super) fn reason(&mut self, reason: NotAdmittedReason) {
        let context = self.context;
        let Some(case) = self.state.case_mut().filter(|case| case.stage == Stage::ChoosingReason) else { return };
        let event = records::not_admitted(case, reason, context);
        case.stage = Stage::Recording(Choice::NotAdmitted);
        self.record_decision(event);
    }

    pub(super) fn continue_on(&mut self) {
        if self.state.case().is_some_and(|case| matches!(case.stage, Stage::Recorded { .. })) {
            self.go_idle(None);
        }
    }

    pub(super) fn back(&mut self) {
        let context = self.context;
        match self.state.case_mut().map(|case| (case.stage.clone(), case)) {
            Some((Stage::ChoosingReason, case)) => case.stage = Stage::Deciding,
            Some((Stage::Deciding, case)) => {
                let event = records::abandoned(case, context);
                self.record_note(event);
                self.leave();
            }
            Some((Stage::Recording(_), _)) => {}
            Some((Stage::Recorded { .. }, _)) => self.go_idle(None),
            None => self.leave(),
        }
    }

    pub(super) fn leave(&mut self) {
        if self.state.reading {
            self.effects.push(Effect::ReleaseCard);
            self.state.reading = false;
        }
        self.go_idle(None);
    }
}
