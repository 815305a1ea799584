//! The second person of a ruling: chosen, proven by PIN, and what is written then.

use super::Desk;
use crate::case::Stage;
use crate::closing::{AskingStage, Closing};
use crate::event::{Choice, Effect, Purpose};
use crate::exception::{Ruling, SecondPerson, Step};
use crate::policy::{Verdict, verdict};
use crate::records;
use crate::sign_in::{Attempt, OnDuty, SignedIn, is_scan};
use crate::state::Phase;
use bits::secret::Secret;
use crypto::pin::PinCheck;

impl Desk<'_> {
    /// How far a ruling is that somebody else has to stand behind, whatever it is about.
    pub(super) fn step_mut(&mut self) -> Option<&mut Step> {
        match &mut self.state.phase {
            Phase::Exception(exception) => Some(&mut exception.step),
            Phase::Closing(Closing::Asking(asking)) => match &mut asking.stage {
                AskingStage::Overruling(step) => Some(step),
                _ => None,
            },
            Phase::Case(case) => match &mut case.stage {
                Stage::Second(step) => Some(step),
                _ => None,
            },
            _ => None,
        }
    }

    /// There is somebody who could stand beside whoever is on duty.
    pub(super) fn has_second(&self) -> bool {
        self.context.staff.as_ref().is_some_and(|staff| staff.seconds(&self.state.on_duty).next().is_some())
    }

    /// Who stands beside whoever is on duty: the one with this number among those who may.
    pub(super) fn chose_second(&mut self, index: usize) {
        let Some(staff) = self.context.staff.clone() else { return };
        let code = staff.seconds(&self.state.on_duty).nth(index).map(|one| one.code.clone());
        let Some(step) = self.step_mut() else { return };
        if let (Step::People(ruling), Some(code)) = (&*step, code) {
            *step = Step::Pin { ruling: *ruling, code, wrong: None, second: None };
        }
    }

    pub(super) fn entered_pin(&mut self, pin: Secret<String>) {
        let Some(staff) = self.context.staff.clone().filter(|_| !is_scan(&pin)) else { return };
        let now = self.state.now;
        let Some(Step::Pin { ruling, code, second, .. }) = self.step_mut().cloned() else { return };
        let Ok(lock) = self.state.sign_in.ask(&staff.operators, &staff.site, &code, now) else { return };
        self.go_to(Step::Checking { ruling, code: code.clone(), wrong: None, second });
        self.effects.push(Effect::CheckPin { code, lock, pin });
    }

    pub(super) fn pin_checked(&mut self, check: Option<PinCheck>) {
        if self.pin_checked_for_lock(check) {
            return;
        }
        let Some(staff) = self.context.staff.clone() else { return };
        let whose = self.state.sign_in.checking().unwrap_or_default().to_owned();
        let attempt = self.state.sign_in.judge(&staff.operators, &staff.site, check, self.state.now);
        if !matches!(attempt, Attempt::In(_) | Attempt::Stale) {
            self.effects.push(Effect::Record { purpose: Purpose::WrongPin, event: records::wrong_pin(&whose) });
        }
        // What the PIN was for may have changed while it was checked: then it is ruled anew.
        let Some(Step::Checking { ruling, code, second, .. }) = self.step_mut().cloned() else { return };
        match attempt {
            Attempt::In(operator) => self.proven(ruling, operator, second),
            Attempt::Stale => self.go_to(Step::People(ruling)),
            wrong => {
                let left = if let Attempt::Wrong { tries_left } = wrong { Some(tries_left) } else { None };
                self.go_to(Step::Checking { ruling, code, wrong: left, second });
            }
        }
    }

    /// A PIN was right: the second person's, or behind it that of whoever is on duty.
    fn proven(&mut self, ruling: Ruling, operator: SignedIn, second: Option<SecondPerson>) {
        match standing(ruling, operator, second, &self.state.on_duty) {
            Stand::Whole(second) => self.record_ruling(ruling, Some(&second)),
            Stand::OwnPin(second) => {
                let code = self.state.on_duty.code().to_owned();
                self.go_to(Step::Pin { ruling, code, wrong: None, second: Some(second) });
            }
            Stand::Nobody => self.go_to(Step::People(ruling)),
        }
    }

    /// The wrong PIN is on the disk: the next may be tried.
    pub(super) fn wrong_pin_kept(&mut self) {
        if self.wrong_pin_kept_for_lock() {
            return;
        }
        let Some(step) = self.step_mut() else { return };
        if let Step::Checking { ruling, code, wrong, second } = step.clone() {
            *step = Step::Pin { ruling, code, wrong, second };
        }
    }

    fn go_to(&mut self, next: Step) {
        if let Some(step) = self.step_mut() {
            *step = next;
        }
    }

    /// What two people rule about the person at the desk. Whoever is let in is let in by a clearance of this moment.
    pub(super) fn record_case_ruling(&mut self, ruling: Ruling, second: &SecondPerson) {
        let (context, now) = (self.context, self.state.now);
        let Some(case) = self.state.case_mut() else { return };
        let (choice, note, decision) = match (ruling, verdict(case, context, now)) {
            (Ruling::Doubt, Verdict::Admit(clearance)) => (
                Choice::DoubtPortrait,
                Some(records::portrait_doubted(&clearance, case, context, second)),
                records::check_in(&clearance, case, context, Some(second)),
            ),
            (Ruling::NotAdmit(reason), _) => {
                (Choice::NotAdmitted, None, records::not_admitted(case, reason, context, Some(second)))
            }
            // What he was to be let in by does not hold any more.
            _ => {
                case.stage = Stage::Deciding;
                return;
            }
        };
        case.stage = Stage::Recording(choice);
        // The doubt first: whatever becomes of the entry behind it, it is not lost.
        note.into_iter().for_each(|note| self.record_note(note));
        self.record_decision(decision);
    }

    /// A doubt is about somebody who may go in: one who may not any more is decided on anew.
    pub(super) fn end_doubt(&mut self) {
        let (context, now) = (self.context, self.state.now);
        let Some(case) = self.state.case_mut() else { return };
        let doubts = matches!(&case.stage, Stage::Second(step) if step.ruling() == Some(Ruling::Doubt));
        if doubts && !matches!(verdict(case, context, now), Verdict::Admit(_)) {
            case.stage = Stage::Deciding;
        }
    }

    /// One step back from the second person; nothing was written.
    pub(super) fn back_from_second(&mut self) {
        let Some(case) = self.state.case_mut() else { return };
        match &case.stage {
            Stage::Second(Step::Pin { ruling, .. }) => case.stage = Stage::Second(Step::People(*ruling)),
            Stage::Second(Step::People(Ruling::NotAdmit(_))) => case.stage = Stage::ChoosingReason,
            Stage::Second(Step::People(_)) => case.stage = Stage::Deciding,
            _ => {}
        }
    }
}

/// Who stands behind a ruling.
enum Stand {
    /// Everybody who has to.
    Whole(SecondPerson),
    /// The second person; whoever is on duty gives her own PIN too.
    OwnPin(SecondPerson),
    /// Nobody yet.
    Nobody,
}

/// Who stands behind a ruling by the PINs that were right: this one, and before it perhaps the second person's. What was
/// decided on paper nobody saw at the desk when it happened, so that both give theirs.
fn standing(ruling: Ruling, operator: SignedIn, before: Option<SecondPerson>, on_duty: &OnDuty) -> Stand {
    match (ruling, before) {
        (Ruling::Paper(..), Some(second)) if operator.code() == on_duty.code() => Stand::Whole(second),
        (_, Some(_)) => Stand::Nobody,
        (Ruling::Paper(..), None) => SecondPerson::of(operator, on_duty).map_or(Stand::Nobody, Stand::OwnPin),
        (_, None) => SecondPerson::of(operator, on_duty).map_or(Stand::Nobody, Stand::Whole),
    }
}
