//! Who was in which room, and who was not: rows of the exam's list, by site, session and room.

use crate::loaded::Loaded;
use record::CandidateRef;
use review::balance::{Balance, DifferenceKind};
use review::{Review, State};
use roster::CandidateId;
use std::collections::{BTreeMap, BTreeSet};

/// People of one room in one session.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Roll {
    /// Who was let in here; of another room too.
    pub(super) present: Vec<CandidateRef>,
    /// Who was not, and is absent or was not let in.
    pub(super) not_in: Vec<(CandidateRef, State)>,
    /// Who is neither: not known, sent to somebody, let in at another site.
    pub(super) open: Vec<(CandidateRef, State)>,
}

/// Rooms by site, then by session.
pub(super) type Rolls = BTreeMap<String, BTreeMap<usize, BTreeMap<String, Roll>>>;

/// Everybody, each once a session.
pub(super) fn rolls(review: &Review, balances: &[Balance]) -> Rolls {
    let mut rolls = Rolls::new();
    let mut moved: BTreeSet<(usize, CandidateRef)> = BTreeSet::new();
    for one in balances {
        let roll = room(&mut rolls, &one.room.site, one.session, &one.room.room);
        roll.present.extend(&one.guests);
        let away = one.differences.iter().filter(|difference| difference.kind == DifferenceKind::Moved);
        moved.extend(away.flat_map(|difference| &difference.people).map(|cand| (one.session, *cand)));
    }
    let expected = review.expected();
    for (row, person) in expected.people().iter().enumerate() {
        let Some(home) = expected.room_of(person) else { continue };
        for session in expected.sessions_of(person) {
            let Some(state) = review.state(*session, row) else { continue };
            let roll = room(&mut rolls, &home.site, *session, &home.room);
            match state {
                State::Present if moved.contains(&(*session, person.cand)) => roll.open.push((person.cand, state)),
                State::Present => roll.present.push(person.cand),
                State::Absent | State::NotAdmitted => roll.not_in.push((person.cand, state)),
                State::Referred | State::Elsewhere | State::NotKnown => roll.open.push((person.cand, state)),
            }
        }
    }
    rolls
}

fn room<'a>(rolls: &'a mut Rolls, site: &str, session: usize, room: &str) -> &'a mut Roll {
    let rooms = rolls.entry(site.to_owned()).or_default().entry(session).or_default();
    rooms.entry(room.to_owned()).or_default()
}

/// True for somebody who is exempt from a session and was not let in.
pub(super) fn is_exempt(loaded: &Loaded, session: usize, cand: CandidateRef, state: State) -> bool {
    let exempt = &loaded.exam.exempt;
    let is_out = !matches!(state, State::Present | State::NotAdmitted);
    if exempt.is_empty() || !is_out {
        return false;
    }
    let id = loaded.review.expected().sessions().get(session).map_or("", |session| session.id.as_str());
    loaded.exam.candidates.get(CandidateId(cand.0)).is_some_and(|row| exempt.has(id, row.number.as_str()))
}
