//! From what was scanned, typed or picked to the key that opens a chip.

use crate::cccd::number::{NUMBER_DIGITS, PersonalNumber};
use crate::checkin::state::ReadyKey;
use crate::emrtd::access::key::AccessKey;
use crate::roster::{CandidateId, CandidateNumber, Roster};

/// The most rows a search shows.
pub(super) const MAX_FOUND: usize = 6;
/// How many digits the card access number has.
const CAN_DIGITS: usize = 6;
/// The longest text that is looked at; a QR has about 250 characters.
const MAX_INPUT_LEN: usize = 2_048;

/// What a text turned out to be.
pub(super) enum Entry {
    /// A key for a chip.
    Key(ReadyKey),
    /// Several rows fit; a person picks one.
    Rows(Vec<CandidateId>),
    /// Nothing that is known here.
    Unknown,
}

/// Reads what was entered: a scanned QR or a number (twelve leading digits), the last six digits, an SBD, a name.
pub(super) fn read_entry(text: &str, roster: &Roster) -> Entry {
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.len() > MAX_INPUT_LEN || text.is_empty() {
        return Entry::Unknown;
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits == NUMBER_DIGITS {
        return text.get(..NUMBER_DIGITS).map_or(Entry::Unknown, |number| from_number(number, roster));
    }
    if let Some(row) = CandidateNumber::new(text).and_then(|number| roster.by_number(&number).into_iter().next()) {
        return from_row(row.id, roster);
    }
    if digits == CAN_DIGITS && text.len() == CAN_DIGITS {
        return Entry::Key(ReadyKey { access: AccessKey::can(text), candidate: None });
    }
    match find(text, roster).as_slice() {
        [] => Entry::Unknown,
        [only] => from_row(*only, roster),
        several => Entry::Rows(several.to_vec()),
    }
}

/// The key of one row of the roster.
pub(super) fn from_row(id: CandidateId, roster: &Roster) -> Entry {
    let row = roster.get(id);
    let number = row.as_ref().and_then(|row| row.personal_number());
    match number.and_then(|number| PersonalNumber::parse(number).ok()) {
        Some(number) => Entry::Key(ReadyKey { access: number.can(), candidate: Some(id) }),
        None => Entry::Unknown,
    }
}

/// The rows that a text finds; nothing before the first letter.
pub(super) fn find(text: &str, roster: &Roster) -> Vec<CandidateId> {
    if text.trim().is_empty() || text.contains('|') {
        return Vec::new();
    }
    roster.search(text, MAX_FOUND).into_iter().map(|row| row.id).collect()
}

fn from_number(number: &str, roster: &Roster) -> Entry {
    let candidate = roster.by_id_number(number).first().map(|row| row.id);
    match PersonalNumber::parse(number) {
        Ok(number) => Entry::Key(ReadyKey { access: number.can(), candidate }),
        Err(_) => Entry::Unknown,
    }
}
