//! The end of a session, and what a witness outside has seen of the log.

use super::Desk;
use crate::closing::{Closing, LogHead};
use crate::event::{ClosedLog, Effect};
use crate::failure::{Failure, Signal};
use crate::records;
use crate::sign_in::Action;
use crate::state::Phase;
use std::sync::Arc;
use tlog::witness::WitnessedCheckpoint;

impl Desk<'_> {
    /// Only an idle desk ends a session; nobody is left standing at it.
    pub(super) fn ask_to_end(&mut self) {
        let may = self.state.on_duty.may(Action::EndSession);
        if may && matches!(self.state.phase, Phase::Idle(_)) && !self.state.is_reading() {
            self.state.phase = Phase::Closing(Closing::Asking);
        }
    }

    pub(super) fn end_session(&mut self) {
        if matches!(self.state.phase, Phase::Closing(Closing::Asking)) {
            self.state.phase = Phase::Closing(Closing::Writing);
            self.state.key = None;
            self.effects.push(Effect::CloseLog);
        }
    }

    pub(super) fn closed(&mut self, log: &ClosedLog) {
        self.state.head = log.durable.clone();
        self.state.phase = Phase::Closing(Closing::Closed(Arc::new(LogHead::of(log))));
        self.effects.push(Effect::Sound(Signal::Ok));
    }

    pub(super) fn witnessed(&mut self, witnessed: WitnessedCheckpoint, clock_off_s: i64) {
        self.heard();
        self.seen_outside(witnessed, clock_off_s);
    }

    /// Somebody outside has seen the log, and tells the time.
    pub(super) fn seen_outside(&mut self, witnessed: WitnessedCheckpoint, clock_off_s: i64) {
        let was_off = self.is_off(self.state.health.clock_off_s);
        self.note_seen(witnessed, clock_off_s);
        if self.is_off(clock_off_s) && !was_off {
            self.record_note(records::device("clock", Failure::ClockDiffers));
            self.effects.push(Effect::Sound(Signal::Attention));
        }
    }

    pub(super) fn note_witness(&mut self, witnessed: WitnessedCheckpoint, clock_off_s: i64) {
        self.heard();
        self.note_seen(witnessed, clock_off_s);
    }

    /// An older head that comes later takes nothing back.
    fn note_seen(&mut self, witnessed: WitnessedCheckpoint, clock_off_s: i64) {
        let (now, last) = (self.state.now, &mut self.state.health.witness.last);
        if last.as_ref().is_none_or(|(last, _)| last.size() <= witnessed.size()) {
            *last = Some((witnessed, now));
        }
        self.state.health.clock_off_s = clock_off_s;
    }

    /// A witness that signs has found that the log follows what it has seen of it.
    fn heard(&mut self) {
        let witness = &mut self.state.health.witness;
        (witness.is_silent, witness.not_asked) = (false, false);
    }

    pub(super) fn head_not_told(&mut self) {
        self.state.health.witness.not_asked = true;
    }

    pub(super) fn witness_silent(&mut self, rolled_back: bool) {
        let witness = &mut self.state.health.witness;
        witness.is_silent = true;
        witness.disagrees |= rolled_back;
    }

    pub(super) fn is_off(&self, clock_off_s: i64) -> bool {
        clock_off_s.abs() > self.context.policy.clock_tolerance_s
    }
}
