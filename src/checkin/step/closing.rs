//! The end of a session, and what a witness outside has seen of the log.

use super::Desk;
use crate::closing::{Asking, AskingStage, Carried, Closing, LogHead, TypedArrivals, Unsent, scripts};
use crate::event::{Choice, ClosedLog, Effect, Purpose};
use crate::exception::{Ruling, SecondPerson, Step};
use crate::failure::{Failure, Signal};
use crate::records;
use crate::sign_in::Action;
use crate::state::Phase;
use record::Durable;
use std::sync::Arc;
use tlog::witness::WitnessedCheckpoint;

impl Desk<'_> {
    /// Only an idle desk ends a session; nobody is left standing at it.
    pub(super) fn ask_to_end(&mut self) {
        let may = self.state.on_duty.may(Action::EndSession);
        if may && matches!(self.state.phase, Phase::Idle(_)) && !self.state.is_reading() {
            let asking = Asking::of(self.context, self.state);
            self.state.phase = Phase::Closing(Closing::Asking(asking));
        }
    }

    pub(super) fn end_session(&mut self) {
        if matches!(self.state.phase, Phase::Closing(Closing::Asking(_))) {
            self.state.key = None;
            if !self.wipe_list() {
                self.close_log();
            }
        }
    }

    /// Nothing is written behind it.
    pub(super) fn close_log(&mut self) {
        if matches!(self.state.phase, Phase::Closing(_)) {
            self.state.phase = Phase::Closing(Closing::Writing);
            self.effects.push(Effect::CloseLog(self.state.open_questions()));
        }
    }

    /// Something is unsent: two people have to stand behind it.
    pub(super) fn end_unsent(&mut self) {
        if let Some(stage) = self.asking_stage() {
            *stage = AskingStage::Overruling(Step::People(Ruling::EndUnsent));
        }
    }

    /// What is unsent at this moment stands in the entry, and not what was when the first PIN was asked.
    pub(super) fn record_overrule(&mut self, ruling: Ruling, second: &SecondPerson) {
        let event = records::close_overruled(Unsent::of(self.context, self.state), second);
        if let Some(stage) = self.asking_stage() {
            *stage = AskingStage::Overruling(Step::Recording(ruling));
            self.effects.push(Effect::Record { purpose: Purpose::Ruling, event });
        }
    }

    /// The entry about it is on the disk; the last one follows. False where nobody had overruled.
    pub(super) fn overrule_recorded(&mut self) -> bool {
        let overruled = matches!(self.asking_stage(), Some(AskingStage::Overruling(Step::Recording(_))));
        if overruled {
            self.end_session();
        }
        overruled
    }

    /// The scripts of a room are to be typed in.
    pub(super) fn picked_room_to_count(&mut self, room: usize) {
        if let Phase::Closing(Closing::Asking(asking)) = &mut self.state.phase
            && matches!(asking.stage, AskingStage::Summary)
            && room < asking.rooms.len()
        {
            asking.stage = AskingStage::Counting { room, wrong: false };
        }
    }

    /// How many are in is to be typed, where one person alone could end it.
    pub(super) fn type_arrived(&mut self) {
        let is_offered = self.state.buttons.offer.choices.contains(&Choice::EndSession);
        if let Some(stage) = self.asking_stage().filter(|stage| is_offered && matches!(stage, AskingStage::Summary)) {
            *stage = AskingStage::Typing(TypedArrivals::Nothing);
        }
    }

    pub(super) fn entered_count(&mut self, text: &str) {
        let Phase::Closing(Closing::Asking(asking)) = &mut self.state.phase else { return };
        if let AskingStage::Typing(typed) = &mut asking.stage {
            *typed = scripts(text).map_or(TypedArrivals::NoNumber, TypedArrivals::Number);
            return;
        }
        let AskingStage::Counting { room, .. } = asking.stage else { return };
        let Some(name) = asking.rooms.get(room).map(|room| room.room.clone()) else { return };
        match scripts(text) {
            Some(scripts) => {
                asking.stage = AskingStage::Keeping;
                let event = records::scripts_counted(&name, scripts);
                self.effects.push(Effect::Record { purpose: Purpose::Scripts { room, scripts }, event });
            }
            None => asking.stage = AskingStage::Counting { room, wrong: true },
        }
    }

    /// The number is on the disk.
    pub(super) fn scripts_recorded(&mut self, room: usize, scripts: u64) {
        let Phase::Closing(Closing::Asking(asking)) = &mut self.state.phase else { return };
        if let Some(room) = asking.rooms.get(room) {
            self.state.scripts.insert(room.room.clone(), scripts);
        }
        asking.stage = AskingStage::Summary;
    }

    /// The log is to be carried off.
    pub(super) fn carry_off(&mut self) {
        let exports = self.context.policy.exports;
        if let Some(stage) = self.asking_stage().filter(|stage| exports && matches!(stage, AskingStage::Summary)) {
            *stage = AskingStage::Exporting;
            self.effects.push(Effect::ExportLog);
        }
    }

    /// It was carried off and read back, or it was not.
    pub(super) fn carried_off(&mut self, whole: bool) {
        self.state.carried = if whole { Carried::Whole } else { Carried::Failed };
        if let Some(stage) = self.asking_stage().filter(|stage| matches!(stage, AskingStage::Exporting)) {
            *stage = AskingStage::Summary;
        }
        self.effects.push(Effect::Sound(if whole { Signal::Ok } else { Signal::Attention }));
    }

    /// One step back; nothing was written. False where the screen is left.
    pub(super) fn back_from_asking(&mut self) -> bool {
        if matches!(self.state.phase, Phase::Closing(Closing::Wiping { .. })) {
            return true;
        }
        let Some(stage) = self.asking_stage() else { return false };
        let next = match stage {
            AskingStage::Summary => return false,
            AskingStage::Counting { .. } | AskingStage::Typing(_) => AskingStage::Summary,
            AskingStage::Overruling(Step::People(_)) => AskingStage::Summary,
            AskingStage::Overruling(Step::Pin { ruling, .. }) => AskingStage::Overruling(Step::People(*ruling)),
            AskingStage::Keeping | AskingStage::Exporting | AskingStage::Overruling(_) => return true,
        };
        *stage = next;
        true
    }

    fn asking_stage(&mut self) -> Option<&mut AskingStage> {
        match &mut self.state.phase {
            Phase::Closing(Closing::Asking(asking)) => Some(&mut asking.stage),
            _ => None,
        }
    }

    /// What was decided since is not in what was carried off.
    pub(super) fn note_written(&mut self, purpose: Purpose, durable: Durable) {
        self.state.head = durable;
        if !matches!(purpose, Purpose::Note | Purpose::WrongPin | Purpose::Opening) {
            self.state.carried = Carried::Not;
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

/// What ends the session: one person alone where nothing is unsent, two where somebody could stand behind it. Where the
/// number of those who are in was typed, it is the one that this desk knows.
pub(super) fn endings(stage: &AskingStage, arrived: usize, unsent: Unsent, has_second: bool) -> Vec<Choice> {
    match stage {
        AskingStage::Typing(typed) if unsent.is_nothing() && typed.agrees(arrived) => vec![Choice::EndSession],
        AskingStage::Summary if unsent.is_nothing() => vec![Choice::EndSession],
        AskingStage::Summary if has_second => vec![Choice::EndUnsent],
        _ => Vec::new(),
    }
}
