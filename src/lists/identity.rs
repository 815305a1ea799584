//! Who keeps which id when a list comes again.
//!
//! An id is 128 random bits. A candidate keeps it by the personal number and the session; where there is no such
//! number, by SBD, session and name. Nobody gets an id that somebody else had.

use super::People;
use super::people::Person;
use bits::letters;
use bits::random::Random;
use roster::{Candidate, CandidateId, CandidateNumber, Roster, is_personal_number};
use std::collections::HashSet;

/// What giving ids came to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Given {
    people: People,
    /// Everybody's id, in the order of the list.
    ids: Vec<CandidateId>,
    /// How many were known before.
    pub kept: usize,
    /// How many are new.
    pub new: usize,
    /// How many were known and are not on the list any more.
    pub gone: usize,
}

impl Given {
    /// Everybody on the list, in the order of a roster.
    pub fn candidates(&self) -> impl Iterator<Item = Candidate> + '_ {
        self.people.candidates(&self.ids)
    }
}

/// Gives everybody on a list an id: the one from `before`, or a new one.
pub fn give_ids(people: People, before: &Roster, random: &mut dyn Random) -> Given {
    let mut taken: HashSet<CandidateId> = HashSet::with_capacity(people.len());
    let mut given = Given { ids: Vec::with_capacity(people.len()), ..Given::default() };
    for one in people.persons() {
        let known = known(one, before).filter(|id| !taken.contains(id));
        let id = known.unwrap_or_else(|| new_id(random));
        taken.insert(id);
        *(if known.is_some() { &mut given.kept } else { &mut given.new }) += 1;
        given.ids.push(id);
    }
    given.gone = before.len().saturating_sub(given.kept);
    Given { people, ..given }
}

/// The id that somebody had. Who has a personal number is nobody else because of an SBD that was given anew.
fn known(one: Person<'_>, before: &Roster) -> Option<CandidateId> {
    if is_personal_number(one.id_number()) {
        let same = before.by_id_number(one.id_number()).into_iter();
        return same.filter(|row| row.session == one.session()).map(|row| row.id).next();
    }
    let name = letters::fold_name(one.full_name());
    let is_same = |row: &Candidate| {
        row.session == one.session()
            && row.personal_number().is_none()
            && letters::fold_name(row.full_name.reveal()) == name
    };
    let same = before.by_number(&CandidateNumber::new(one.number())?).into_iter();
    same.filter(is_same).map(|row| row.id).next()
}

fn new_id(random: &mut dyn Random) -> CandidateId {
    let mut id = [0; 16];
    random.fill(&mut id);
    CandidateId(id)
}
