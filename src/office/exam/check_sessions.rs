//! What `exam check` says about sessions, capacities, PINs and rules that nobody wrote down.

use super::check::Fault;
use super::{Exam, Session};
use jiff::{SignedDuration, Timestamp, tz::Offset};
use std::collections::BTreeSet;

/// Everything that is odd about the sessions.
pub(super) fn sessions(exam: &Exam) -> Vec<Fault> {
    let sessions = &exam.settings.sessions;
    let mut faults = Vec::new();
    let mut titles = BTreeSet::new();
    for one in sessions {
        let id = one.id.clone();
        if !one.title.is_empty() && !titles.insert(one.title.as_str()) {
            faults.push(Fault::SessionTitle { title: one.title.clone() });
        }
        if !is_near(one.start) {
            faults.push(Fault::FarSession { id: id.clone(), start: one.start });
        }
        if end(one).duration_since(begin(one)) > SignedDuration::from_hours(LONGEST_HOURS) {
            faults.push(Fault::LongSession { id });
        }
    }
    for (index, one) in sessions.iter().enumerate() {
        let later =
            sessions.iter().skip(index + 1).filter(|other| begin(one) <= end(other) && begin(other) <= end(one));
        faults.extend(later.map(|other| Fault::Overlap { one: one.id.clone(), other: other.id.clone() }));
    }
    faults
}

/// Rooms that take nobody.
pub(super) fn capacities(exam: &Exam) -> Vec<Fault> {
    let settings = &exam.settings;
    let usual = [("room_capacity", settings.room_capacity), ("last_room_capacity", settings.last_room_capacity)];
    let usual = usual.into_iter().filter(|(_, count)| *count == 0).map(|(key, _)| key.to_owned());
    let own =
        exam.rooms.iter().filter(|room| room.capacity == Some(0)).map(|room| format!("{} {}", room.site, room.name));
    usual.chain(own).map(|place| Fault::NoPlaces { place }).collect()
}

/// PINs that are cheap to guess from what lies in the folder, and rules that are the usual ones because nobody wrote any.
pub(super) fn unsaid(exam: &Exam) -> Vec<Fault> {
    let usual = package::operators::PinCost::default();
    let is_weak = |cost: package::operators::PinCost| {
        u64::from(cost.memory_kib) * u64::from(cost.passes) < u64::from(usual.memory_kib) * u64::from(usual.passes)
    };
    let weak = exam.operators.iter().filter(|one| one.pin.as_ref().is_some_and(|lock| is_weak(lock.cost())));
    let mut faults: Vec<Fault> = weak.map(|one| Fault::WeakPin(one.code.clone())).collect();
    faults.extend(exam.is_policy_unsaid.then_some(Fault::UsualRules));
    faults
}

fn begin(session: &Session) -> Timestamp {
    session.opens.unwrap_or(session.start)
}

fn end(session: &Session) -> Timestamp {
    session.last_entry.unwrap_or(session.start)
}

fn is_near(start: Timestamp) -> bool {
    (FIRST_YEAR..=LAST_YEAR).contains(&Offset::UTC.to_datetime(start).year())
}

/// From the opening of the doors to the last entry.
const LONGEST_HOURS: i64 = 12;
const FIRST_YEAR: i16 = 2020;
const LAST_YEAR: i16 = 2099;
