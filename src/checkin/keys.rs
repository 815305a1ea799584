//! From what was scanned, typed or picked to the key that opens a chip.

use crate::state::ReadyKey;
use cccd::mrz_line::PrintedLine;
use cccd::number::{NUMBER_DIGITS, PersonalNumber};
use emrtd::access::key::AccessKey;
use roster::{CandidateId, CandidateNumber, Roster};

/// The most rows a search shows.
pub(super) const MAX_FOUND: usize = 6;
/// The most people that are counted beside them.
const MAX_COUNTED: usize = 50;
/// How many digits the card access number has.
const CAN_DIGITS: usize = 6;
/// The longest text that is looked at; a QR has about 250 characters.
const MAX_INPUT_LEN: usize = 2_048;
/// What the keys 0 to 9 give on a French keyboard, unshifted.
const FRENCH_ROW: &str = "à&é\"'(-è_ç";
/// What the keys 0 to 9 give on a Vietnamese one (TCVN 5712 layout): letters, and tones as combining marks.
const VIETNAMESE_ROW: &str = "đăâêô\u{300}\u{309}\u{303}\u{301}\u{323}ĐĂÂÊÔ";

/// What a text turned out to be.
pub(super) enum Entry {
    /// A key for a chip.
    Key(ReadyKey),
    /// Digits that a keyboard layout or an input method turned into other characters.
    OtherLayout,
    /// Several rows fit; a person picks one.
    Rows(Found),
    /// The first printed line of a passport: the second one opens it.
    FirstOfPassport,
    /// A printed line that opens nothing, beside one that does.
    Beside,
    /// A printed line with a wrong check digit.
    Misread,
    /// Nothing that is known here.
    Unknown,
}

/// What a search found.
#[derive(Debug, Clone, Default)]
pub(super) struct Found {
    /// The best rows, the best one first.
    pub(super) rows: Vec<CandidateId>,
    /// Whom there is no row for.
    pub(super) more: More,
}

/// How many people a text finds besides those who have a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum More {
    /// Everybody has one.
    #[default]
    Nobody,
    /// So many.
    Exactly(usize),
    /// So many were counted, and there are more.
    MoreThan(usize),
}

/// Reads what was entered: a scanned QR or a number (twelve leading digits), a printed line, the last six digits, an SBD, a
/// name.
pub(super) fn read_entry(text: &str, roster: &Roster) -> Entry {
    if text.len() > MAX_INPUT_LEN {
        return Entry::Unknown;
    }
    let cleaned = without_scanner_marks(text);
    let text = cleaned.as_str();
    if text.is_empty() {
        return Entry::Unknown;
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits == NUMBER_DIGITS {
        return text.get(..NUMBER_DIGITS).map_or(Entry::Unknown, |number| from_number(number, roster));
    }
    // A code that was scanned behind what somebody had typed: its number ends where its first separator stands.
    if let Some(number) = text.split_once('|').and_then(|(head, _)| last_digits(head)) {
        return from_number(number, roster);
    }
    if let Some(line) = PrintedLine::read(text) {
        return from_line(line, roster);
    }
    if let Some(row) = CandidateNumber::new(text).and_then(|number| roster.by_number(&number).into_iter().next()) {
        return from_row(row.id, roster);
    }
    if digits == CAN_DIGITS && text.len() == CAN_DIGITS {
        return Entry::Key(ReadyKey { access: AccessKey::can(text), candidate: None });
    }
    let found = find(text, roster);
    match found.rows.as_slice() {
        [] if is_other_layout(text) => Entry::OtherLayout,
        [] => Entry::Unknown,
        [only] => from_row(*only, roster),
        _ => Entry::Rows(found),
    }
}

/// Long enough to be a key that somebody scanned, not a key that was touched by accident.
pub(super) fn is_long_enough(text: &str) -> bool {
    let text = without_scanner_marks(text);
    // A line that opens nothing takes no other key's place.
    let opens_nothing = matches!(PrintedLine::read(&text), Some(PrintedLine::Beside | PrintedLine::FirstOfPassport));
    text.chars().count() >= CAN_DIGITS && !opens_nothing
}

/// What a scanner adds to a code: a byte-order mark, control characters, and the symbology identifier in front
/// (ISO/IEC 15424: `]`, a letter, a digit or letter; `]Q1` for a QR code).
fn without_scanner_marks(text: &str) -> String {
    let plain: String = text.chars().filter(|letter| !letter.is_control() && *letter != '\u{feff}').collect();
    let plain = plain.trim();
    let mut letters = plain.chars();
    let marked = letters.next() == Some(']')
        && letters.next().is_some_and(|letter| letter.is_ascii_alphabetic())
        && letters.next().is_some_and(|letter| letter.is_ascii_alphanumeric());
    if marked { letters.as_str().trim_start().to_owned() } else { plain.to_owned() }
}

/// The number row of a keyboard layout for French or Vietnamese gives letters and signs where a scanner means digits.
fn is_other_layout(text: &str) -> bool {
    let head: Vec<char> = text.chars().take(NUMBER_DIGITS).collect();
    head.len() == NUMBER_DIGITS
        && [FRENCH_ROW, VIETNAMESE_ROW].iter().any(|row| head.iter().all(|letter| row.contains(*letter)))
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
pub(super) fn find(text: &str, roster: &Roster) -> Found {
    if text.trim().is_empty() || text.contains(['|', '<']) {
        return Found::default();
    }
    let mut rows: Vec<CandidateId> =
        roster.search(text, MAX_FOUND + MAX_COUNTED + 1).into_iter().map(|row| row.id).collect();
    let more = match rows.len().saturating_sub(MAX_FOUND) {
        0 => More::Nobody,
        count if count > MAX_COUNTED => More::MoreThan(MAX_COUNTED),
        count => More::Exactly(count),
    };
    rows.truncate(MAX_FOUND);
    Found { rows, more }
}

/// The twelve digits at the end of a text.
fn last_digits(text: &str) -> Option<&str> {
    let from = text.len().checked_sub(NUMBER_DIGITS)?;
    text.get(from..).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
}

fn from_line(line: PrintedLine, roster: &Roster) -> Entry {
    match line {
        PrintedLine::Card(number) => from_number(number.reveal(), roster),
        PrintedLine::Key(access, passport) => {
            let row = passport
                .and_then(|passport| roster.by_passport(passport.state(), passport.reveal()).into_iter().next());
            Entry::Key(ReadyKey { access, candidate: row.map(|row| row.id) })
        }
        PrintedLine::FirstOfPassport => Entry::FirstOfPassport,
        PrintedLine::Beside => Entry::Beside,
        PrintedLine::Misread => Entry::Misread,
    }
}

fn from_number(number: &str, roster: &Roster) -> Entry {
    let candidate = roster.by_id_number(number).first().map(|row| row.id);
    match PersonalNumber::parse(number) {
        Ok(number) => Entry::Key(ReadyKey { access: number.can(), candidate }),
        Err(_) => Entry::Unknown,
    }
}
