//! Who keeps which id when a list comes again.
//!
//! An id is 128 random bits. A candidate keeps it by the personal number and the session; where there is no such
//! number, by SBD, session and name. Nobody gets an id that somebody else had.

use super::Listed;
use bits::letters;
use bits::random::Random;
use roster::{Candidate, CandidateId, Roster, is_personal_number};
use std::collections::{HashMap, HashSet};

/// What giving ids came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given {
    /// Everybody on the list.
    pub candidates: Vec<Candidate>,
    /// How many were known before.
    pub kept: usize,
    /// How many are new.
    pub new: usize,
    /// How many were known and are not on the list any more.
    pub gone: usize,
}

/// Gives everybody on a list an id: the one from `before`, or a new one.
pub fn give_ids(people: Vec<Listed>, before: &Roster, random: &mut dyn Random) -> Given {
    let mut by_key: HashMap<Key, CandidateId> = HashMap::new();
    for one in before.iter() {
        for key in keys(one.id_number.reveal(), one.number.as_str(), one.full_name.reveal(), &one.session) {
            by_key.entry(key).or_insert(one.id);
        }
    }
    let mut taken: HashSet<CandidateId> = HashSet::new();
    let mut given = Given::default();
    for one in people {
        let keys = keys(one.id_number.reveal(), one.number.as_str(), one.full_name.reveal(), &one.session);
        let known = keys.iter().find_map(|key| by_key.get(key)).copied().filter(|id| !taken.contains(id));
        let id = known.unwrap_or_else(|| new_id(random));
        taken.insert(id);
        *(if known.is_some() { &mut given.kept } else { &mut given.new }) += 1;
        given.candidates.push(candidate(one, id));
    }
    given.gone = before.len().saturating_sub(given.kept);
    given
}

type Key = (String, String, String);

fn keys(id_number: &str, number: &str, name: &str, session: &str) -> Vec<Key> {
    let steady = is_personal_number(id_number).then(|| (id_number.to_owned(), String::new(), session.to_owned()));
    // Somebody with a personal number is nobody else because of an SBD that was given anew.
    let by_number = steady.is_none().then(|| (number.to_owned(), letters::fold_name(name), session.to_owned()));
    steady.into_iter().chain(by_number).collect()
}

fn new_id(random: &mut dyn Random) -> CandidateId {
    let mut id = [0; 16];
    random.fill(&mut id);
    CandidateId(id)
}

fn candidate(one: Listed, id: CandidateId) -> Candidate {
    let Listed { number, full_name, birth_date, sex, id_number, site, room, seat, session, school, .. } = one;
    Candidate { id, number, full_name, birth_date, id_number, site, room, seat, session, sex, school }
}
