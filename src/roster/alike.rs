//! People whom a queue may mix up: of one name, marks and case aside, and what tells them apart.

use super::{Candidate, CandidateId, Roster};
use bits::letters;

/// Something in which two people of one name differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Distinction {
    /// The marks of the name.
    Marks,
    /// The birth date.
    BirthDate,
    /// The sex.
    Sex,
    /// The school or class.
    School,
    /// The site.
    Site,
    /// The room.
    Room,
    /// The seat.
    Seat,
    /// The SBD: always told.
    Number,
    /// The identity number.
    IdNumber,
}

/// Somebody of the same name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alike {
    /// Who.
    pub candidate: Candidate,
    /// In what they differ, what a person sees first in front.
    pub differs: Vec<Distinction>,
}

impl Roster {
    /// Everybody of this candidate's session and name, at most `limit`, nearest first: same room, same site, others.
    /// Rows of the same person (of one identity number) are not among them.
    pub fn alike(&self, id: CandidateId, limit: usize) -> Vec<Alike> {
        let Some(own) = self.get(id) else { return Vec::new() };
        let folded = letters::fold_name(own.full_name.reveal());
        let found = self.search(&folded, MAX_SEARCHED).into_iter();
        let mut others: Vec<Candidate> = found.filter(|one| one.id != id && looks_alike(one, &own)).collect();
        others.sort_by_key(|one| (one.site != own.site, one.room != own.room, one.number.clone()));
        others.truncate(limit);
        others.into_iter().map(|one| Alike { differs: distinctions(&own, &one), candidate: one }).collect()
    }
}

/// True for two people of one name, marks and case aside, in one session. Two rows of one person are nobody's namesakes.
pub fn looks_alike(one: &Candidate, other: &Candidate) -> bool {
    let folded = letters::fold_name(one.full_name.reveal());
    let same_name = !folded.is_empty() && folded == letters::fold_name(other.full_name.reveal());
    same_name && one.session == other.session && !is_same(one, other)
}

/// In what two people differ, what a person sees first in front.
pub fn distinctions(one: &Candidate, other: &Candidate) -> Vec<Distinction> {
    let found = [
        (one.full_name != other.full_name, Distinction::Marks),
        (one.birth_date != other.birth_date, Distinction::BirthDate),
        (one.sex != other.sex, Distinction::Sex),
        (one.school != other.school, Distinction::School),
        (one.site != other.site, Distinction::Site),
        (one.room != other.room, Distinction::Room),
        (one.seat != other.seat, Distinction::Seat),
        (one.number != other.number, Distinction::Number),
        (one.id_number != other.id_number, Distinction::IdNumber),
    ];
    found.into_iter().filter(|(differs, _)| *differs).map(|(_, distinction)| distinction).collect()
}

fn is_same(one: &Candidate, other: &Candidate) -> bool {
    !one.id_number.reveal().is_empty() && one.id_number == other.id_number
}

/// Of a name that more people than these have, the first ones are shown.
const MAX_SEARCHED: usize = 500;
