//! Whom the roster knows the holder of a card as.

use super::list::Spot;
use super::{Candidate, CandidateId, Place, Roster, candidate::is_personal_number};
use bits::letters;
use jiff::civil::Date;

/// What a genuine chip says about its holder, as far as matching needs it.
#[derive(Clone, Copy)]
pub struct HolderFacts<'a> {
    /// What the document calls him.
    pub number: DocumentNumber<'a>,
    /// Full name with marks (any Unicode form); the MRZ's form where DG13 gives none.
    pub full_name: &'a str,
    /// Birth date, where it is a full date.
    pub birth_date: Option<Date>,
    /// The former nine-digit number (DG13 field 15).
    pub old_number: Option<&'a str>,
}

/// The number of a document, as far as matching needs it.
#[derive(Clone, Copy)]
pub enum DocumentNumber<'a> {
    /// The twelve digits of a personal number.
    Personal(&'a str),
    /// A passport: its number is somebody's in its state alone.
    Passport {
        /// The letters of the issuing state, as the MRZ has them.
        state: &'a str,
        /// The number.
        number: &'a str,
    },
}

/// Why a person has to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MatchReason {
    /// The roster has the nine-digit number that the chip names as the former one.
    OldNumber,
    /// Same name and birth date, another number.
    SameNameAndBirthDate,
    /// The twelve digits agree, the name does not.
    NameDiffers,
    /// The twelve digits agree, the birth date does not.
    BirthDateDiffers,
    /// Several rows fit and the place does not tell them apart.
    SeveralRows,
    /// The row belongs to another site, session or room.
    BelongsElsewhere,
    /// The number of the passport agrees, its state does not.
    StateDiffers,
}

/// Where a candidate belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Where {
    /// Exam site.
    pub site: String,
    /// Session.
    pub session: String,
    /// Room.
    pub room: String,
    /// Seat.
    pub seat: String,
}

/// The roster's answer to a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matching {
    /// The whole number, name and birth date agree, and the candidate belongs here.
    Exact(CandidateId),
    /// A person has to decide.
    NeedsDecision {
        /// The rows that may be meant, never empty.
        candidates: Vec<CandidateId>,
        /// Why, never empty.
        reasons: Vec<MatchReason>,
    },
    /// The whole number agrees, and the candidate belongs to another site, session or room.
    Elsewhere {
        /// The row.
        candidate: CandidateId,
        /// Where to go.
        place: Where,
    },
    /// The roster has nobody like this.
    NotListed,
}

/// Finds the holder of a document in the roster, for a desk that stands `here`.
pub fn match_holder(roster: &Roster, holder: &HolderFacts<'_>, here: &Place) -> Matching {
    let named = match holder.number {
        DocumentNumber::Personal(number) if is_personal_number(number) => roster.by_id_number(number),
        DocumentNumber::Personal(_) => Vec::new(),
        DocumentNumber::Passport { state, number } => roster.by_passport(state, number),
    };
    if !named.is_empty() {
        return match_digits(&named, holder, here);
    }
    let of_another_state = match holder.number {
        DocumentNumber::Personal(_) => Vec::new(),
        DocumentNumber::Passport { number, .. } => roster.by_passport_of_any_state(number),
    };
    if of_another_state.is_empty() {
        return match_person(roster, holder, here);
    }
    needs_decision(&of_another_state.iter().collect::<Vec<_>>(), vec![MatchReason::StateDiffers])
}

/// The whole number agrees with at least one row: all twelve digits, or a passport's number and its state.
fn match_digits(rows: &[Candidate], holder: &HolderFacts<'_>, here: &Place) -> Matching {
    let fitting: Vec<&Candidate> = rows.iter().filter(|row| fits(row, here)).collect();
    let mut reasons = match fitting.as_slice() {
        [] if rows.iter().any(|row| !differences(row, holder).is_empty()) => vec![MatchReason::BelongsElsewhere],
        [] => return elsewhere(rows, here),
        [_] => Vec::new(),
        _ => vec![MatchReason::SeveralRows],
    };
    let candidates = if fitting.is_empty() { rows.iter().collect() } else { fitting };
    reasons.extend(candidates.iter().flat_map(|row| differences(row, holder)));
    match candidates.as_slice() {
        [row] if reasons.is_empty() => Matching::Exact(row.id),
        _ => needs_decision(&candidates, reasons),
    }
}

/// No row has the number: a person may still be meant under another one.
fn match_person(roster: &Roster, holder: &HolderFacts<'_>, here: &Place) -> Matching {
    let by_old = holder.old_number.filter(|number| !number.is_empty()).map(|number| roster.by_id_number(number));
    let by_name = holder.birth_date.map(|birth_date| roster.by_name_and_birth(holder.full_name, birth_date));
    let (by_old, by_name) = (by_old.unwrap_or_default(), by_name.unwrap_or_default());
    let mut reasons = Vec::new();
    reasons.extend((!by_old.is_empty()).then_some(MatchReason::OldNumber));
    reasons.extend((!by_name.is_empty()).then_some(MatchReason::SameNameAndBirthDate));
    reasons.extend(by_old.iter().flat_map(|row| differences(row, holder)));
    let rows: Vec<Candidate> = by_old.into_iter().chain(by_name).collect();
    if rows.is_empty() {
        return Matching::NotListed;
    }
    let fitting: Vec<&Candidate> = rows.iter().filter(|row| fits(row, here)).collect();
    reasons.extend(fitting.is_empty().then_some(MatchReason::BelongsElsewhere));
    needs_decision(&if fitting.is_empty() { rows.iter().collect() } else { fitting }, reasons)
}

fn needs_decision(rows: &[&Candidate], mut reasons: Vec<MatchReason>) -> Matching {
    let mut candidates: Vec<CandidateId> = Vec::new();
    rows.iter().map(|row| row.id).for_each(|id| {
        if !candidates.contains(&id) {
            candidates.push(id);
        }
    });
    if candidates.len() > 1 {
        reasons.push(MatchReason::SeveralRows);
    }
    reasons.sort_unstable();
    reasons.dedup();
    Matching::NeedsDecision { candidates, reasons }
}

/// The row to name is the one nearest to this desk: same session and site, then same session, then the first.
fn elsewhere(rows: &[Candidate], here: &Place) -> Matching {
    let distance =
        |row: &&Candidate| (!same(&row.session, here.session.as_deref()), !same(&row.site, here.site.as_deref()));
    match rows.iter().min_by_key(distance) {
        Some(row) => Matching::Elsewhere { candidate: row.id, place: row.belongs() },
        None => Matching::NotListed,
    }
}

/// What the chip and a row say differently.
fn differences(row: &Candidate, holder: &HolderFacts<'_>) -> Vec<MatchReason> {
    let name = letters::fold_name(row.full_name.reveal()) != letters::fold_name(holder.full_name);
    let birth_date = row.birth_date().zip(holder.birth_date).is_some_and(|(listed, chip)| listed != chip);
    let found = [name.then_some(MatchReason::NameDiffers), birth_date.then_some(MatchReason::BirthDateDiffers)];
    found.into_iter().flatten().collect()
}

fn fits(row: &Candidate, here: &Place) -> bool {
    fits_place([&row.site, &row.session, &row.room], here)
}

/// [`fits`] for everybody who belongs to one spot.
pub(super) fn fits_spot(spot: &Spot, here: &Place) -> bool {
    fits_place([&spot.site, &spot.session, &spot.room], here)
}

fn fits_place([site, session, room]: [&str; 3], here: &Place) -> bool {
    let pairs = [(site, &here.site), (session, &here.session), (room, &here.room)];
    pairs.into_iter().all(|(listed, here)| same(listed, here.as_deref()))
}

/// The same place by name; a place that is not named fits every place.
fn same(listed: &str, here: Option<&str>) -> bool {
    listed.is_empty() || here.is_none_or(|here| letters::fold_name(listed) == letters::fold_name(here))
}
