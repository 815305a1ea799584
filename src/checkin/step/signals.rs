//! The signal of a room is recorded; a time is typed for what was before.

use super::Desk;
use crate::exception::{Exception, Matter, Ruling, Step, When};
use crate::sign_in::Action;
use crate::signals::{moment, takes_two};

impl Desk<'_> {
    /// The rooms of this place; the only one at once.
    pub(super) fn open_signals(&mut self) {
        if !self.is_free() || !self.state.on_duty.may(Action::GiveSignal) {
            return;
        }
        match self.context.rooms.as_slice() {
            [] => {}
            [only] => self.take_up(Matter::Room(only.clone())),
            _ => self.take_up(Matter::Rooms),
        }
    }

    pub(super) fn picked_room(&mut self, index: usize) {
        let is_list = self.exception().is_some_and(|one| matches!(one.matter, Matter::Rooms));
        if let Some(room) = self.context.rooms.get(index).filter(|_| is_list) {
            self.take_up(Matter::Room(room.clone()));
        }
    }

    /// The time of what was ruled before.
    pub(super) fn entered_time(&mut self, text: &str) {
        let (now, offset) = (self.state.now.wall, self.context.utc_offset);
        let opens = self.context.policy.session.map(|times| times.opens);
        let Some(exception) = self.exception() else { return };
        let Step::Time { ruling, .. } = exception.step else { return };
        match moment(text, now, offset, opens) {
            Ok(at) => self.ruled_at(ruling.timed(When::At(at))),
            Err(wrong) => exception.step = Step::Time { ruling, wrong: Some(wrong) },
        }
    }

    /// What it takes for a ruling whose moment is known.
    pub(super) fn ruled_at(&mut self, ruling: Ruling) {
        let needs_two = self.needs_two(ruling);
        let Some(exception) = self.exception() else { return };
        if matches!(ruling.when(), Some(When::Asked)) {
            exception.step = Step::Time { ruling, wrong: None };
        } else if needs_two {
            exception.step = Step::People(ruling);
        } else {
            self.record_ruling(ruling, None);
        }
    }

    fn needs_two(&mut self, ruling: Ruling) -> bool {
        let room = match self.exception() {
            Some(Exception { matter: Matter::Room(room), .. }) => room.clone(),
            _ => return ruling.needs_two(),
        };
        match ruling {
            Ruling::Start(When::At(at)) => takes_two(self.context, &self.state.signals, &room, at),
            other => other.needs_two(),
        }
    }
}
