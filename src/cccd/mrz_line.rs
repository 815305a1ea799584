//! The printed lines of a passport or a card, as a swipe reader or a hand types them: one line at a time, or all at once.
//!
//! Nothing of them is signed: they open a chip, and are then dropped. A passport opens with its second line alone, a
//! Vietnamese card with its first, whose optional data holds the twelve digits; so no line waits for another.

use crate::number::{NUMBER_DIGITS, PersonalNumber};
use crate::passport::PassportNumber;
use emrtd::access::key::AccessKey;
use emrtd::mrz::{Mrz, MrzFormat, check_digit};

/// What a text is, if it is a printed line or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrintedLine {
    /// The number of a Vietnamese card.
    Card(PersonalNumber),
    /// What opens a document, and which passport it is where both lines told.
    Key(AccessKey, Option<PassportNumber>),
    /// The first line of a passport: the second one opens it.
    FirstOfPassport,
    /// A line that opens nothing and stands beside one that does.
    Beside,
    /// A check digit is wrong: it was misread, or mistyped.
    Misread,
}

impl PrintedLine {
    /// Reads a text that may be one or several printed lines; spaces, line ends and the case of letters do not matter.
    /// `None` for anything else.
    ///
    /// ```
    /// use diemdanh_cccd::mrz_line::PrintedLine;
    ///
    /// // The specimen of Doc 9303-4, appendix B.
    /// let second = PrintedLine::read("l898902c36uto7408122f1204159ze184226b<<<<<10");
    /// assert!(matches!(second, Some(PrintedLine::Key(..))));
    /// assert_eq!(PrintedLine::read("Nguyễn Văn Mẫu"), None);
    /// ```
    pub fn read(text: &str) -> Option<Self> {
        if text.len() > MAX_TEXT_LEN {
            return None;
        }
        let text: String = text.chars().filter(|one| !one.is_whitespace()).collect::<String>().to_ascii_uppercase();
        let is_printed = text.bytes().all(|one| one.is_ascii_uppercase() || one.is_ascii_digit() || one == b'<');
        // Every printed line has a filler: a number, a name or a code has none.
        if !is_printed || !text.contains('<') {
            return None;
        }
        match text.len() {
            TD1_LEN | TD3_LEN => Some(whole(&text)),
            // Names have no digits, dates have nothing else: a number may begin with a P as well.
            TD3_LINE if text.starts_with('P') && !text.bytes().any(|one| one.is_ascii_digit()) => {
                Some(Self::FirstOfPassport)
            }
            TD3_LINE => Some(second_of_passport(&text)),
            TD1_LINE => Some(line_of_card(&text)),
            _ => None,
        }
    }
}

fn whole(text: &str) -> PrintedLine {
    let Ok(mrz) = Mrz::parse(text.as_bytes()) else { return PrintedLine::Misread };
    if !mrz.wrong_digits.is_empty() {
        return PrintedLine::Misread;
    }
    match mrz.format {
        MrzFormat::Td1 if mrz.issuer == "VNM" => line_of_card(text.get(..TD1_LINE).unwrap_or_default()),
        MrzFormat::Td1 | MrzFormat::Td2 => PrintedLine::Key(mrz.access_key(), None),
        MrzFormat::Td3 => {
            let passport = PassportNumber::new(&mrz.issuer, mrz.document_number.reveal());
            PrintedLine::Key(mrz.access_key(), passport)
        }
    }
}

/// The specimen's first line in front makes the second one whole: its digits are right or wrong by themselves.
fn second_of_passport(line: &str) -> PrintedLine {
    match Mrz::parse(format!("{ANY_FIRST}{line}").as_bytes()) {
        Ok(mrz) if mrz.wrong_digits.is_empty() => PrintedLine::Key(mrz.access_key(), None),
        Ok(_) | Err(_) => PrintedLine::Misread,
    }
}

/// A line of a card. The first one of a Vietnamese card opens it: nine digits and their check digit; twelve digits, two fillers, their check digit.
fn line_of_card(line: &str) -> PrintedLine {
    let part = |from: usize, to: usize| line.get(from..to).unwrap_or_default();
    // The third line holds names and no digit, and a name may begin as a card's first line does.
    let is_first = line.starts_with(ANY_CARD) && line.bytes().any(|one| one.is_ascii_digit());
    if !is_first {
        return PrintedLine::Beside;
    }
    if !line.starts_with(CARD) {
        return PrintedLine::Misread;
    }
    let is_right = |text: &str, digit: &str| digit.chars().eq([check_digit(text.as_bytes())]);
    let number = PersonalNumber::parse(part(OPTIONAL, OPTIONAL + NUMBER_DIGITS)).ok();
    let number = number.filter(|number| number.document_number() == part(NUMBER, NUMBER_DIGIT));
    let number = number.filter(|number| is_right(number.reveal(), part(LAST, TD1_LINE)));
    match number {
        Some(number) if is_right(part(NUMBER, NUMBER_DIGIT), part(NUMBER_DIGIT, OPTIONAL)) => PrintedLine::Card(number),
        _ => PrintedLine::Misread,
    }
}

/// The longest text that is looked at: three lines with their ends.
const MAX_TEXT_LEN: usize = 128;
/// Characters of a line and of all lines (ICAO Doc 9303-4 §4.2, 9303-5 §4.2).
const TD3_LINE: usize = 44;
const TD3_LEN: usize = 88;
const TD1_LINE: usize = 30;
const TD1_LEN: usize = 90;
/// Where the number, its check digit and the optional data stand in the first line of a card.
const NUMBER: usize = 5;
const NUMBER_DIGIT: usize = 14;
const OPTIONAL: usize = 15;
const LAST: usize = 29;
const CARD: &str = "IDVNM";
const ANY_CARD: char = 'I';
const ANY_FIRST: &str = "P<UTO<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<";
