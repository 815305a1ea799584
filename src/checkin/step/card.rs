//! Contacts with cards: what opens them, what they tell, and what becomes of it when they end.

use super::Desk;
use crate::case::{Case, RegistryPart};
use crate::contact::{ContactId, Link, OpenContact};
use crate::event::{CardNews, Effect, Finished, Identity, Purpose, ReadPhase};
use crate::failure::{Failure, Signal};
use crate::news::About;
use crate::records;
use crate::state::{Pending, Phase, Reading};
use crate::step::registry;
use emrtd::report::Overall;
use record::CandidateRef;

impl Desk<'_> {
    /// News of a contact that is over tells nothing about the one that is being read.
    pub(super) fn card(&mut self, contact: ContactId, news: CardNews) {
        let Some(open) = self.state.field.contact().filter(|open| open.id == contact).cloned() else { return };
        match news {
            CardNews::Progress { phase, permille } => self.progress(phase, permille),
            CardNews::Identity(identity) => self.new_case(&open, *identity),
            CardNews::Finished(finished) => self.finished(contact, *finished),
        }
    }

    /// Opens the card as soon as there are both a card and a key. The card of the last person is not read once more.
    pub(super) fn read_if_ready(&mut self) {
        if !self.state.field.waits() || !self.open_contact() {
            return;
        }
        if self.state.case().is_none() {
            self.state.phase = Phase::Reading(Reading { phase: ReadPhase::Opening, permille: 0, interrupted: None });
            self.effects.push(Effect::Sound(Signal::Working));
        }
    }

    /// A card that another program holds lies there already: nobody will put it down once more, so the desk tries again
    /// until the other lets go.
    pub(super) fn try_held_card(&mut self) {
        let is_held = match &self.state.phase {
            Phase::Reading(reading) => reading.interrupted == Some(Failure::CardHeld),
            _ => false,
        };
        if is_held && self.state.field.waits() && self.state.lock.is_none() {
            self.open_contact();
        }
    }

    /// Begins a contact with the key that was given; false where there is none.
    fn open_contact(&mut self) -> bool {
        let Some(key) = self.state.key.as_ref().map(|key| key.access.clone()) else { return false };
        self.state.contacts += 1;
        let contact = ContactId(self.state.contacts);
        self.state.field.begin(OpenContact::new(contact, &key));
        self.effects.push(Effect::ReadCard { contact, key });
        true
    }

    fn progress(&mut self, phase: ReadPhase, permille: u16) {
        if let Phase::Reading(reading) = &mut self.state.phase {
            *reading = Reading { phase, permille, interrupted: None };
        }
    }

    /// A contact tells once who it is; whatever was on the screen of another contact is gone with it.
    fn new_case(&mut self, open: &OpenContact, identity: Identity) {
        if self.state.case().is_some() {
            return;
        }
        let id = identity.request_id;
        let mut case =
            Case::new(open, identity, self.context, &self.state.arrivals, &self.state.signals, self.state.now);
        case.earlier = self.state.undecided.get(&records::document(&case, self.context)).copied();
        let query = registry::question(id, &case, self.context);
        if let (RegistryPart::Asking(_), Some(query)) = (&case.registry, query) {
            let event = records::question(id, &case, self.context);
            self.effects.push(Effect::Record { purpose: Purpose::Question(id), event });
            self.state.pending.push(Pending {
                query,
                about: About { candidate: case.candidate_ref() },
                asked_ms: None,
                in_flight: false,
                is_earlier: false,
            });
        }
        self.state.phase = Phase::Case(Box::new(case));
        self.announce();
    }

    fn finished(&mut self, contact: ContactId, finished: Finished) {
        let link = self.state.field.end();
        let broken = finished.chip.failure.filter(|_| finished.chip.overall == Overall::Retry);
        let told = self.state.case().is_some_and(|case| case.contact == contact);
        match (told, broken) {
            (true, None) => self.concluded(finished),
            (true, Some(failure)) => self.lost(finished, failure),
            (false, _) => {
                let failure = finished.chip.failure.unwrap_or(Failure::FileDamaged);
                self.unread(finished.chip.overall, failure, finished.chip.apdu_count);
            }
        }
        // The card was put back before its loss was noticed: nobody will put it down once more.
        if broken.is_some() && link == Some(Link::Back) && self.waits_for_card() {
            self.read_if_ready();
        }
    }

    /// The contact has told everything there is.
    fn concluded(&mut self, finished: Finished) {
        let Finished { chip, portrait, evidence } = finished;
        if let Some(case) = self.state.case_mut() {
            (case.chip, case.chip_final) = (chip, true);
            (case.portrait, case.evidence) = (Some(portrait), evidence);
        }
        self.announce();
    }

    /// The link broke before anything was decided about the chip: whom it named goes with it, and the log keeps that
    /// there was somebody.
    fn lost(&mut self, finished: Finished, failure: Failure) {
        let context = self.context;
        if let Some(case) = self.state.case_mut() {
            case.chip.apdu_count = finished.chip.apdu_count;
            let event = records::interrupted(case, failure, context);
            self.record_note(event);
        }
        self.remember_undecided();
        self.interrupt(ReadPhase::Portrait, failure);
        self.effects.push(Effect::Sound(failure.signal()));
    }

    /// The reading ended before it was known who this is.
    fn unread(&mut self, overall: Overall, failure: Failure, apdu_count: u32) {
        let before = if let Phase::Reading(reading) = &self.state.phase { reading.interrupted } else { None };
        if failure == Failure::CardHeld && before == Some(failure) {
            return;
        }
        let candidate = self.state.key.as_ref().and_then(|key| key.candidate).map(|id| CandidateRef(id.0));
        self.record_note(records::read_failed(candidate, failure, apdu_count));
        if overall == Overall::Retry && is_lift(failure) {
            self.interrupt(ReadPhase::Opening, failure);
        } else {
            self.go_idle(Some(failure));
        }
        self.effects.push(Effect::Sound(failure.signal()));
    }

    /// The card has to come back; the key stays.
    fn interrupt(&mut self, usual: ReadPhase, failure: Failure) {
        let (phase, permille) = match &self.state.phase {
            Phase::Reading(reading) => (reading.phase, reading.permille),
            _ => (usual, 500),
        };
        self.state.phase = Phase::Reading(Reading { phase, permille, interrupted: Some(failure) });
    }

    /// What could not be proven and was never decided on stays with the number until this desk ends.
    pub(super) fn remember_undecided(&mut self) {
        let Some(case) = self.state.case().filter(|case| case.is_open()) else { return };
        let unproven = case.chip.failure.filter(|failure| is_unproven(*failure));
        if let Some(failure) = unproven {
            let document = records::document(case, self.context);
            self.state.undecided.entry(document).or_insert(failure);
        }
    }
}

/// A chip that failed so proves nothing, and who it was is told when a card of this number comes again.
pub(crate) fn is_unproven(failure: Failure) -> bool {
    failure.signal() == Signal::Stop || matches!(failure, Failure::SignerUnknown | Failure::ChipNotAsked)
}

fn is_lift(failure: Failure) -> bool {
    matches!(
        failure,
        Failure::CardLifted | Failure::CardMute | Failure::CardHeld | Failure::NoReader | Failure::ServiceDown
    )
}
