//! The desk is locked, opened again, or taken over.

use super::Desk;
use crate::case::Stage;
use crate::closing::{AskingStage, Closing};
use crate::event::{Effect, Input, Purpose};
use crate::exception::Step;
use crate::lock::Lock;
use crate::records;
use crate::sign_in::{Action, Attempt, OnDuty, SignedIn, is_scan};
use crate::state::{Idle, Phase};
use bits::secret::Secret;
use crypto::pin::PinCheck;
use record::AttendanceEvent;

impl Desk<'_> {
    /// Somebody presses the lock.
    pub(super) fn lock_now(&mut self) {
        self.lock("locked");
    }

    /// Nobody has done anything for too long.
    pub(super) fn lock_if_idle(&mut self) {
        let idle_ms = self.state.now.boot_ms.saturating_sub(self.state.touched_ms);
        if idle_ms >= self.context.policy.lock_after_ms {
            self.lock("locked-by-itself");
        }
    }

    fn lock(&mut self, word: &str) {
        let Some(staff) = self.context.staff.clone().filter(|_| can_lock(self.context, self.state)) else { return };
        self.record_note(records::lock_news(word));
        // What was looked up, and a key that waits for its card, are given again by whoever opens it.
        if let Phase::Idle(idle) = &mut self.state.phase {
            let (notice, unrecorded) = (idle.notice, idle.unrecorded.take());
            *idle = Idle { notice, unrecorded, ..Idle::default() };
            self.state.key = None;
        }
        self.state.lock = Some(Lock::of(&self.state.on_duty, &staff));
    }

    /// What somebody does at a locked desk. Nothing but a PIN does anything.
    pub(super) fn input_while_locked(&mut self, input: Input) {
        match (&self.state.lock, input) {
            (Some(Lock::People), Input::ChoseOperator(index)) => {
                let code = self.context.staff.as_ref().and_then(|staff| staff.signers().nth(index));
                let code = code.map(|one| one.code.clone());
                self.state.lock = code.map_or(Some(Lock::People), |code| Some(Lock::Pin { code, wrong: None }));
            }
            (Some(Lock::Pin { .. }), Input::Back) => self.state.lock = Some(Lock::People),
            (Some(Lock::Pin { code, .. }), Input::EnteredPin(pin)) => {
                let code = code.clone();
                self.try_to_open(code, pin);
            }
            _ => {}
        }
    }

    fn try_to_open(&mut self, code: String, pin: Secret<String>) {
        let Some(staff) = self.context.staff.clone().filter(|_| !is_scan(&pin)) else { return };
        let now = self.state.now;
        let Ok(lock) = self.state.sign_in.ask(&staff.operators, &staff.site, &code, now) else { return };
        self.state.lock = Some(Lock::Checking { code: code.clone() });
        self.effects.push(Effect::CheckPin { code, lock, pin });
    }

    /// The outcome of a check that the lock had asked for; false where it had asked for none.
    pub(super) fn pin_checked_for_lock(&mut self, check: Option<PinCheck>) -> bool {
        let Some(Lock::Checking { code }) = self.state.lock.clone() else { return false };
        let Some(staff) = self.context.staff.clone() else { return false };
        match self.state.sign_in.judge(&staff.operators, &staff.site, check, self.state.now) {
            Attempt::In(operator) => self.open_for(operator),
            Attempt::Stale => self.state.lock = Some(Lock::People),
            wrong => {
                let left = if let Attempt::Wrong { tries_left } = wrong { Some(tries_left) } else { None };
                self.effects.push(Effect::Record { purpose: Purpose::WrongPin, event: records::wrong_pin(&code) });
                self.state.lock = Some(Lock::Wrong { code, left });
            }
        }
        true
    }

    /// The wrong PIN is on the disk: the next may be tried. False where the lock had asked for none.
    pub(super) fn wrong_pin_kept_for_lock(&mut self) -> bool {
        let Some(Lock::Wrong { code, left }) = self.state.lock.clone() else { return false };
        self.state.lock = Some(Lock::Pin { code, wrong: left });
        true
    }

    /// The PIN was right: an entry says who works here from now on.
    fn open_for(&mut self, operator: SignedIn) {
        let event = if operator.code() == self.state.on_duty.code() {
            records::lock_news(records::OPENED)
        } else {
            self.effects.push(Effect::OnDuty(operator.word().clone()));
            AttendanceEvent::OperatorChanged { from: self.state.on_duty.word().clone() }
        };
        self.effects.push(Effect::Record { purpose: Purpose::Opening, event });
        // As at the start of a desk: whoever may unlock gives everybody the tries back.
        if operator.may(Action::Unlock) && self.state.sign_in.wrong_tries().next().is_some() {
            self.state.sign_in.forget();
            self.record_note(records::pins_unlocked(operator.word()));
        }
        self.state.lock = Some(Lock::Opening(operator));
    }

    /// The entry is on the disk.
    pub(super) fn opened(&mut self) {
        let Some(Lock::Opening(operator)) = self.state.lock.take() else { return };
        let is_other = operator.code() != self.state.on_duty.code();
        self.state.on_duty = OnDuty::SignedIn(operator);
        self.state.touched_ms = self.state.now.boot_ms;
        if is_other {
            self.begin_anew();
        }
        if self.waits_for_card() {
            self.read_if_ready();
        }
    }

    /// What the one before had chosen and not decided is not finished in her successor's name.
    fn begin_anew(&mut self) {
        match &mut self.state.phase {
            Phase::Case(case) if matches!(case.stage, Stage::ChoosingReason | Stage::Second(_)) => {
                case.stage = Stage::Deciding;
            }
            Phase::Exception(exception)
                if matches!(exception.step, Step::People(_) | Step::Time { .. } | Step::Pin { .. }) =>
            {
                exception.step = Step::Choosing;
            }
            Phase::Closing(Closing::Asking(asking))
                if matches!(
                    asking.stage,
                    AskingStage::Counting { .. }
                        | AskingStage::Typing(_)
                        | AskingStage::Overruling(Step::People(_) | Step::Pin { .. })
                ) =>
            {
                asking.stage = AskingStage::Summary;
            }
            _ => {}
        }
    }
}

/// There is somebody who could open it again, and no PIN is being checked for something else.
pub(crate) fn can_lock(context: &crate::context::Context, state: &crate::state::State) -> bool {
    let is_ending = |closing: &Closing| !matches!(closing, Closing::Asking(_));
    let is_over = match &state.phase {
        Phase::Halted(_) => true,
        Phase::Closing(closing) => is_ending(closing),
        _ => false,
    };
    let checks = match &state.phase {
        Phase::Exception(exception) => matches!(exception.step, Step::Checking { .. }),
        Phase::Case(case) => matches!(case.stage, Stage::Second(Step::Checking { .. })),
        Phase::Closing(Closing::Asking(asking)) => {
            matches!(asking.stage, AskingStage::Overruling(Step::Checking { .. }))
        }
        _ => false,
    };
    let has_keeper = context.staff.as_ref().is_some_and(|staff| staff.signers().next().is_some());
    state.lock.is_none() && !is_over && !checks && has_keeper
}
