//! What two people decide: the list of those who wait, a row without a card, the last arrival taken back.

use super::Desk;
use crate::case::{Case, answer_state};
use crate::context::Context;
use crate::event::{Effect, Purpose};
use crate::exception::{
    Cause, Exception, LastArrival, MAX_WAITING, Matter, OnPaper, Ruling, SecondPerson, Staff, Step, Waiting, WaitingId,
    When, WithoutCard,
};
use crate::news::About;
use crate::policy::{registry_failure, verdict};
use crate::sign_in::Action;
use crate::state::{Phase, State};
use crate::{event::PortraitNews, records};
use bits::secret::Pii;
use record::{Arrival, AttendanceEvent, CandidateRef, ChipState, Durable, RegistryState};
use registry::{Answer, RequestId};
use roster::CandidateId;
use std::sync::Arc;

impl Desk<'_> {
    /// The list of those who wait.
    pub(super) fn open_waiting(&mut self) {
        if self.is_free() && !self.state.waiting.is_empty() {
            self.take_up(Matter::List);
        }
    }

    pub(super) fn picked_waiting(&mut self, id: WaitingId) {
        let is_list = matches!(&self.state.phase, Phase::Exception(one) if matches!(one.matter, Matter::List));
        let waiting = self.state.waiting.iter().find(|one| one.id == id).filter(|_| is_list).cloned();
        if let Some(waiting) = waiting {
            self.take_up(Matter::Waiting(Box::new(waiting)));
        }
    }

    /// Somebody of the list has no card that can be read.
    pub(super) fn without_card(&mut self, id: CandidateId) {
        let is_in = self.state.arrivals.contains_key(&CandidateRef(id.0));
        if self.is_free() && !is_in && self.state.on_duty.may(Action::Refer) && self.context.roster.get(id).is_some() {
            self.record_note(records::viewed(CandidateRef(id.0), "search"));
            self.take_up(Matter::WithoutCard(id));
        }
    }

    /// The last arrival that was recorded here is to be taken back.
    pub(super) fn undo_last(&mut self) {
        if !self.is_free() {
            return;
        }
        if let Some(last) = undoable(self.context, self.state) {
            self.take_up(Matter::Undo(last));
        }
    }

    pub(super) fn take_up(&mut self, matter: Matter) {
        self.state.papers.printed = None;
        self.state.key = None;
        self.state.phase = Phase::Exception(Box::new(Exception::of(matter)));
    }

    /// Nobody is at the desk, and there is somebody who could stand beside whoever is on duty.
    pub(super) fn is_free(&self) -> bool {
        let is_idle = matches!(self.state.phase, Phase::Idle(_)) && !self.state.is_reading();
        is_idle && self.context.staff.is_some()
    }

    pub(super) fn ruled(&mut self, ruling: Ruling) {
        if !self.state.buttons.offer.rulings.contains(&ruling) {
            return;
        }
        let now = self.state.now.wall;
        self.ruled_at(ruling.when().map_or(ruling, |when| ruling.timed(when.at(now))));
    }

    /// What the facts do not allow any more is not written: somebody came in meanwhile, or the arrival does not count.
    pub(super) fn record_ruling(&mut self, ruling: Ruling, second: Option<&SecondPerson>) {
        if let (Phase::Case(_), Some(second)) = (&self.state.phase, second) {
            return self.record_case_ruling(ruling, second);
        }
        if let (Phase::Closing(_), Some(second)) = (&self.state.phase, second) {
            return self.record_overrule(ruling, second);
        }
        let Phase::Exception(exception) = &self.state.phase else { return };
        let event = ruling_entry(self.context, &exception.matter, ruling, second);
        let stands = match &exception.matter {
            Matter::Waiting(waiting) => {
                let id = waiting.candidate.filter(|_| matches!(ruling, Ruling::Admit(_) | Ruling::Guest(_)));
                id.is_none_or(|id| !self.state.arrivals.contains_key(&CandidateRef(id.0)))
            }
            Matter::Undo(last) => self.state.arrivals.get(&CandidateRef(last.candidate.0)) == Some(&last.arrival),
            Matter::WithoutCard(id) => !self.state.arrivals.contains_key(&CandidateRef(id.0)),
            Matter::Room(_) => true,
            Matter::List | Matter::Rooms => false,
        };
        match event.filter(|_| stands) {
            Some(event) => {
                if let Some(exception) = self.exception() {
                    (exception.step, exception.behind) = (Step::Recording(ruling), second.cloned());
                }
                self.effects.push(Effect::Record { purpose: Purpose::Ruling, event });
            }
            None => self.go_idle(None),
        }
    }

    pub(super) fn ruling_recorded(&mut self, durable: Durable) {
        if self.overrule_recorded() {
            return;
        }
        let Phase::Exception(exception) = &mut self.state.phase else { return };
        let Step::Recording(ruling) = exception.step else { return };
        exception.step = Step::Recorded { ruling, durable: durable.clone() };
        let matter = exception.matter.clone();
        self.effects.push(Effect::Sound(crate::failure::Signal::Ok));
        match (matter, ruling) {
            (Matter::Waiting(waiting), _) => self.settled(&waiting, ruling, &durable),
            (Matter::Room(room), Ruling::Start(When::At(at))) => drop(self.state.signals.insert(room, at)),
            (Matter::Undo(last), _) => drop(self.state.arrivals.remove(&CandidateRef(last.candidate.0))),
            (Matter::WithoutCard(id), Ruling::Refer(why)) => self.waits_without_card(id, why, &durable),
            (Matter::WithoutCard(id), Ruling::Paper(what, _)) => self.decided_on_paper(id, what, &durable),
            _ => {}
        }
    }

    /// Nobody waits any more: he is in, or he is not let in.
    fn settled(&mut self, waiting: &Waiting, ruling: Ruling, durable: &Durable) {
        let latest = self.state.waiting.iter().find(|one| one.id == waiting.id).and_then(|one| one.question.clone());
        self.state.waiting.retain(|one| one.id != waiting.id);
        let kept_out = waiting.candidate.filter(|_| matches!(ruling, Ruling::NotAdmit(_)));
        self.state.not_admitted.extend(kept_out.map(|id| CandidateRef(id.0)));
        if let (Some(candidate), Ruling::Admit(_) | Ruling::Guest(_)) = (waiting.candidate, ruling) {
            self.arrives(candidate, durable);
            // What the registry said while the ruling was being written goes to a person like every late answer.
            let was_told = waiting.question.as_ref().is_some_and(|(_, answer)| answer.is_some());
            if let Some((question, Some(answer))) = latest.filter(|_| !was_told) {
                self.late(question, &answer, About { candidate: Some(CandidateRef(candidate.0)) });
            }
        }
    }

    /// Somebody is in by what people decided.
    fn arrives(&mut self, candidate: CandidateId, durable: &Durable) {
        let arrival = Arrival { entry: durable.entry(), at: durable.at(), manual: true };
        self.state.arrivals.insert(CandidateRef(candidate.0), arrival);
        self.state.last_arrival = Some(LastArrival { candidate, arrival });
    }

    /// What was decided on paper is entered; nobody waits for it any more.
    fn decided_on_paper(&mut self, candidate: CandidateId, what: OnPaper, durable: &Durable) {
        self.state.waiting.retain(|one| one.candidate != Some(candidate));
        match what {
            OnPaper::Admitted => self.arrives(candidate, durable),
            OnPaper::NotAdmitted => drop(self.state.not_admitted.insert(CandidateRef(candidate.0))),
        }
    }

    /// The registry answers about somebody who waits: it stands beside why he waits, and whoever is about to rule sees it
    /// first. True where somebody waits with this question.
    pub(super) fn told_while_waiting(&mut self, id: RequestId, answer: &Answer) -> bool {
        let asked = |one: &&mut Waiting| one.question.as_ref().is_some_and(|(question, _)| *question == id);
        let Some(waiting) = self.state.waiting.iter_mut().find(asked) else { return false };
        waiting.registry = answer_state(answer);
        waiting.question = Some((id, Some(answer.clone())));
        let failure = registry_failure(answer);
        waiting.add_causes(failure.map(|failure| Cause::Named(vec![failure])));
        let told = waiting.clone();
        self.effects.extend(failure.map(|failure| Effect::Sound(failure.signal())));
        if let Phase::Exception(exception) = &mut self.state.phase
            && let Matter::Waiting(shown) = &mut exception.matter
            && shown.id == told.id
            && !matches!(exception.step, Step::Recording(_) | Step::Recorded { .. })
        {
            **shown = told;
            exception.step = Step::Choosing;
        }
        true
    }

    fn waits_without_card(&mut self, id: CandidateId, why: WithoutCard, durable: &Durable) {
        let row = self.context.roster.get(id);
        let document = row.as_ref().map(|row| records::document_of(row.id_number.reveal(), self.context));
        // What was seen of a card of this number and never decided on is said here, too.
        let unproven = document.and_then(|document| self.state.undecided.get(&document).copied());
        let mut causes: Vec<Cause> = unproven.map(|failure| Cause::Named(vec![failure])).into_iter().collect();
        causes.push(Cause::WithoutCard(why));
        let name = row.map_or_else(|| Pii::new(String::new()), |row| row.full_name);
        self.add_waiting(|waiting| Waiting {
            id: waiting,
            candidate: Some(id),
            document: None,
            name,
            chip: ChipState::NotRead,
            registry: RegistryState::NotAsked,
            causes,
            question: None,
            portrait: None,
            since: durable.at(),
        });
    }

    /// Somebody was sent to the head of site: he waits, and the desk goes on.
    pub(super) fn waits(&mut self, durable: &Durable) {
        let Some(case) = self.state.case() else { return };
        let named = verdict(case, self.context, self.state.now).named().to_vec();
        let waiting = waiting_of(case, named, records::document(case, self.context), durable);
        self.add_waiting(|id| Waiting { id, ..waiting });
    }

    /// The person at the desk was decided on.
    pub(super) fn waits_no_more(&mut self) {
        let Some(case) = self.state.case() else { return };
        let (decided, document) = (case.candidate(), Some(records::document(case, self.context)));
        // Whom no list has is known by the document.
        let is_meant = |one: &Waiting| match decided {
            Some(_) => one.candidate == decided,
            None => one.candidate.is_none() && one.document == document,
        };
        self.state.waiting.retain(|one| !is_meant(one));
    }

    fn add_waiting(&mut self, make: impl FnOnce(WaitingId) -> Waiting) {
        if self.context.staff.is_none() || self.state.waiting.len() >= MAX_WAITING {
            return;
        }
        self.state.waitings += 1;
        let waiting = make(WaitingId(self.state.waitings));
        // Somebody who is sent twice waits once, with everything that was found.
        let is_same = |one: &Waiting| one.candidate.is_some() && one.candidate == waiting.candidate;
        let before = self.state.waiting.iter().position(is_same).map(|place| self.state.waiting.remove(place));
        let waiting = match before {
            Some(before) => waiting.after(before),
            None => waiting,
        };
        self.state.waiting.push(waiting);
    }

    /// One step back; nothing was written.
    pub(super) fn back_from_exception(&mut self) {
        let has_rooms = self.context.rooms.len() > 1;
        let Some(exception) = self.exception() else { return };
        match (&exception.step, &exception.matter) {
            (Step::Pin { ruling, .. }, _) => exception.step = Step::People(*ruling),
            (Step::People(_) | Step::Time { .. }, _) => exception.step = Step::Choosing,
            (Step::Choosing, Matter::Waiting(_)) => *exception = Exception::of(Matter::List),
            (Step::Choosing, Matter::Room(_)) if has_rooms => *exception = Exception::of(Matter::Rooms),
            (Step::Checking { .. } | Step::Recording(_), _) => {}
            (Step::Choosing | Step::Recorded { .. }, _) => self.go_idle(None),
        }
    }

    pub(super) fn exception(&mut self) -> Option<&mut Exception> {
        match &mut self.state.phase {
            Phase::Exception(exception) => Some(exception),
            _ => None,
        }
    }
}

/// The entry that a ruling leads to; `None` where it needs another person and there is none.
fn ruling_entry(
    context: &Context,
    matter: &Matter,
    ruling: Ruling,
    second: Option<&SecondPerson>,
) -> Option<AttendanceEvent> {
    match (matter, ruling) {
        (Matter::WithoutCard(id), Ruling::Refer(why)) => Some(records::referred_without_card(CandidateRef(id.0), why)),
        (Matter::Waiting(waiting), Ruling::Admit(ground)) => Some(records::manual(waiting, ground, second?)),
        (Matter::Waiting(waiting), Ruling::Guest(reason)) => {
            let row = context.roster.get(waiting.candidate?)?;
            Some(records::guest(waiting, &row, reason, second?))
        }
        (Matter::WithoutCard(id), Ruling::Paper(what, When::At(at))) => {
            Some(records::on_paper(CandidateRef(id.0), what, at, second?))
        }
        (Matter::Waiting(waiting), Ruling::NotAdmit(reason)) => Some(records::kept_out(waiting, reason, second?)),
        (Matter::Room(room), Ruling::Start(When::At(at))) => Some(records::start_signal(room, at, second)),
        (Matter::Undo(last), Ruling::Undo(reason)) => Some(records::undo(last.arrival.entry, reason, second?)),
        _ => None,
    }
}

fn waiting_of(
    case: &Case,
    named: Vec<crate::failure::Failure>,
    document: record::DocumentRef,
    durable: &Durable,
) -> Waiting {
    let portrait = match &case.portrait {
        Some(PortraitNews::Ready(portrait)) => Some(Arc::clone(portrait)),
        _ => None,
    };
    Waiting {
        id: WaitingId(0),
        candidate: case.candidate(),
        document: Some(document),
        name: case.holder.full_name.clone(),
        chip: case.chip.state(),
        registry: case.registry.state(),
        causes: vec![Cause::Named(named)],
        question: case.question.map(|question| (question, None)),
        portrait,
        since: durable.at(),
    }
}

/// What may be ruled about a matter now.
pub(crate) fn rulings(exception: &Exception, context: &Context, state: &State) -> Vec<Ruling> {
    let is_guest = |id| context.roster.is_elsewhere(id, &context.place);
    exception.rulings(|id| state.arrivals.contains_key(&CandidateRef(id.0)), is_guest)
}

/// The last arrival that was recorded here, where it still counts and two people could take it back.
pub(crate) fn undoable(context: &Context, state: &State) -> Option<LastArrival> {
    let last = state.last_arrival.clone()?;
    let counts = state.arrivals.get(&CandidateRef(last.candidate.0)) == Some(&last.arrival);
    (counts && context.staff.is_some() && state.on_duty.may(Action::Refer)).then_some(last)
}

/// How many of those who wait there are, where somebody could decide on them.
pub(crate) fn waiting_count(staff: Option<&Arc<Staff>>, waiting: &[Waiting]) -> usize {
    staff.map_or(0, |_| waiting.len())
}
