//! People of one name, side by side: what tells them apart.
//!
//! A queue mixes them up, and a search finds both. Shown is what differs, and always birth date and SBD.
//!
//! Invariants:
//! - What looks the same on the screen is never said to differ: numbers are compared as they are shown, covered.
//! - Nothing here decides whom a card belongs to; that is `roster::matching`, on all twelve digits.

use crate::dates::day_first;
use bits::secret::Pii;
use bits::text;
use cccd::number::PersonalNumber;
use roster::{Candidate, CandidateId, Distinction, Matching, Roster, Sex, looks_alike};

/// The most people that stand side by side.
pub const MAX_NAMESAKES: usize = 3;

/// People who may be mixed up, two or three.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamesakesView {
    /// Them, all with the same facts in the same order. Where one of them is meant, that one stands first.
    pub people: Vec<NamesakeView>,
    /// The marks of their names are not the same.
    pub names_differ: bool,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamesakeView {
    /// The row.
    pub id: CandidateId,
    /// Full name.
    pub name: Pii<String>,
    /// SBD.
    pub number: String,
    /// What is shown about each, what a person sees first in front.
    pub facts: Vec<NamesakeFact>,
}

/// One fact about one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamesakeFact {
    /// What.
    pub what: Distinction,
    /// How it reads.
    pub value: NamesakeValue,
    /// Not the same for all of them.
    pub differs: bool,
}

/// How a fact reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NamesakeValue {
    /// As it stands there; the list may say nothing.
    Text(Pii<String>),
    /// A word.
    Sex(Option<Sex>),
}

/// These people side by side; `None` for fewer than two.
pub fn side_by_side(roster: &Roster, ids: &[CandidateId]) -> Option<NamesakesView> {
    let rows: Vec<Candidate> = ids.iter().take(MAX_NAMESAKES).filter_map(|id| roster.get(*id)).collect();
    if rows.len() < 2 {
        return None;
    }
    let shown: Vec<Distinction> = SHOWN.into_iter().filter(|what| is_shown(*what, &rows)).collect();
    let fact = |row: &Candidate, what: Distinction| NamesakeFact {
        what,
        value: value(row, what),
        differs: differs(what, &rows),
    };
    let person = |row: &Candidate| NamesakeView {
        id: row.id,
        name: row.full_name.clone(),
        number: row.number.as_str().to_owned(),
        facts: shown.iter().map(|what| fact(row, *what)).collect(),
    };
    let people = rows.iter().map(person).collect();
    Some(NamesakesView { people, names_differ: differs(Distinction::Marks, &rows) })
}

/// Of what a search found, the first people who look alike; for somebody who was found alone, who else is called so.
pub(super) fn among(roster: &Roster, found: &[CandidateId]) -> Vec<CandidateId> {
    if let [only] = found {
        return with_alike(roster, *only);
    }
    let rows: Vec<Candidate> = found.iter().filter_map(|id| roster.get(*id)).collect();
    let groups = rows.iter().map(|one| rows.iter().filter(|other| other.id == one.id || looks_alike(one, other)));
    let groups = groups.map(|group| group.map(|row| row.id).collect::<Vec<_>>());
    groups.into_iter().find(|group| group.len() > 1).unwrap_or_default()
}

/// Whom the holder of a card may be mixed up with: the rows that fit, or the one row and who else is called so.
pub(super) fn of_matching(roster: &Roster, matching: &Matching) -> Vec<CandidateId> {
    match matching {
        Matching::Exact(id) | Matching::Elsewhere { candidate: id, .. } => with_alike(roster, *id),
        Matching::NeedsDecision { candidates, .. } => match candidates.as_slice() {
            [only] => with_alike(roster, *only),
            several => several.to_vec(),
        },
        Matching::NotListed => Vec::new(),
    }
}

fn with_alike(roster: &Roster, id: CandidateId) -> Vec<CandidateId> {
    let others = roster.alike(id, MAX_NAMESAKES - 1);
    let own = (!others.is_empty()).then_some(id);
    own.into_iter().chain(others.into_iter().map(|one| one.candidate.id)).collect()
}

fn is_shown(what: Distinction, rows: &[Candidate]) -> bool {
    matches!(what, Distinction::BirthDate | Distinction::Number) || differs(what, rows)
}

fn differs(what: Distinction, rows: &[Candidate]) -> bool {
    let mut values = rows.iter().map(|row| value(row, what));
    let first = values.next();
    values.any(|other| Some(&other) != first.as_ref())
}

fn value(row: &Candidate, what: Distinction) -> NamesakeValue {
    let text = |text: &str| NamesakeValue::Text(Pii::new(text.to_owned()));
    match what {
        Distinction::Marks => NamesakeValue::Text(row.full_name.clone()),
        Distinction::BirthDate => text(&day_first(row.birth_date.reveal())),
        Distinction::Sex => NamesakeValue::Sex(row.sex),
        Distinction::School => text(&row.school),
        Distinction::Site => text(&row.site),
        Distinction::Room => text(&row.room),
        Distinction::Seat => text(&row.seat),
        Distinction::Number => text(row.number.as_str()),
        Distinction::IdNumber => text(&masked(row.id_number.reveal())),
    }
}

/// As on the other screens, whatever the list's column holds: never the last six digits of a number together.
fn masked(id_number: &str) -> String {
    match PersonalNumber::parse(id_number) {
        Ok(number) => number.masked(),
        Err(_) => text::mask(id_number, SHOWN_FRONT, SHOWN_BACK),
    }
}

/// Names stand above their facts.
const SHOWN: [Distinction; 8] = [
    Distinction::BirthDate,
    Distinction::Sex,
    Distinction::School,
    Distinction::Site,
    Distinction::Room,
    Distinction::Seat,
    Distinction::Number,
    Distinction::IdNumber,
];
const SHOWN_FRONT: usize = 3;
const SHOWN_BACK: usize = 2;
