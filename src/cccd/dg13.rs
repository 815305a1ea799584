//! DG13 of the Vietnamese card: `6D { 30 { version, 1.0.10646.1.0.8, 31 { 30 { number, value… } … } } }`.
//!
//! Fields are read by their number, never by their place; any may be missing or empty; any string type is accepted.
//! Ethnicity, religion, origin, residence, features, relatives and the code of unknown meaning (6–10, 13, 14, 16) are
//! not the exam's business: they are never copied, and [`wipe_sensitive`] overwrites them in the bytes that were read.
//!
//! Invariants: no sensitive field reaches a value of this module.

use bits::secret::Pii;
use bits::text;
use bits::tlv::{Element, Reader, TlvError};
use emrtd::inspect::IssueDate;
use emrtd::lds::files::{FileId, LdsFiles};
use jiff::civil::Date;
use std::ops::Range;
use thiserror::Error;

/// The most fields that are read.
const MAX_FIELDS: usize = 64;
/// The largest DG13 that is looked at.
const MAX_DG13_BYTES: usize = 32 * 1024;
/// The longest text of one field that is kept, in characters.
const MAX_TEXT_CHARACTERS: usize = 256;

const NUMBER: u8 = 1;
const FULL_NAME: u8 = 2;
const BIRTH_DATE: u8 = 3;
const SEX: u8 = 4;
const NATIONALITY: u8 = 5;
const ISSUE_DATE: u8 = 11;
const EXPIRY_DATE: u8 = 12;
const OLD_NUMBER: u8 = 15;
/// What may be kept; everything else, unknown numbers too, is wiped.
const KEPT: [u8; 8] = [NUMBER, FULL_NAME, BIRTH_DATE, SEX, NATIONALITY, ISSUE_DATE, EXPIRY_DATE, OLD_NUMBER];

/// What the exam may know of DG13. Texts are in NFC; dates as the card writes them, `dd/mm/yyyy`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Details {
    /// Field 1, twelve digits.
    pub number: Option<Pii<String>>,
    /// Field 2, with diacritics.
    pub full_name: Option<Pii<String>>,
    /// Field 3.
    pub birth_date: Option<Pii<String>>,
    /// Field 4, `Nam` or `Nữ`.
    pub sex: Option<Pii<String>>,
    /// Field 5.
    pub nationality: Option<Pii<String>>,
    /// Field 11.
    pub issue_date: Option<Pii<String>>,
    /// Field 12; a text that is no date means that the card does not expire.
    pub expiry_date: Option<Pii<String>>,
    /// Field 15, the former nine-digit number.
    pub old_number: Option<Pii<String>>,
}

/// Why a DG13 cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Dg13Error {
    /// Not well formed.
    #[error(transparent)]
    Tlv(#[from] TlvError),
    /// Larger than any such file.
    #[error("the file is too large")]
    TooLarge,
    /// More fields than any such file.
    #[error("too many fields")]
    TooManyFields,
    /// No list of fields.
    #[error("no list of fields")]
    NoFields,
}

impl Details {
    /// Reads the file.
    ///
    /// # Errors
    /// [`Dg13Error`]. Missing, empty or unreadable fields are `None`.
    pub fn parse(file: &[u8]) -> Result<Self, Dg13Error> {
        let mut details = Self::default();
        for (number, value) in fields(file)? {
            let Some(slot) = details.slot(number) else { continue };
            let text = value.and_then(|value| string(&value));
            if slot.is_none() {
                *slot = text;
            }
        }
        Ok(details)
    }

    fn slot(&mut self, number: u8) -> Option<&mut Option<Pii<String>>> {
        match number {
            NUMBER => Some(&mut self.number),
            FULL_NAME => Some(&mut self.full_name),
            BIRTH_DATE => Some(&mut self.birth_date),
            SEX => Some(&mut self.sex),
            NATIONALITY => Some(&mut self.nationality),
            ISSUE_DATE => Some(&mut self.issue_date),
            EXPIRY_DATE => Some(&mut self.expiry_date),
            OLD_NUMBER => Some(&mut self.old_number),
            _ => None,
        }
    }
}

/// Where the card's signed date of issue stands.
pub const ISSUED: IssueDate = IssueDate { group: 13, read: issued };

/// Field 11, `dd/mm/yyyy`. `None` where it is missing or no date.
fn issued(file: &[u8]) -> Option<Date> {
    let date = Details::parse(file).ok()?.issue_date?;
    let mut parts = date.reveal().split('/').map(|part| part.parse::<i16>().ok());
    let (day, month, year) = (parts.next()??, parts.next()??, parts.next()??);
    let (day, month) = (i8::try_from(day).ok()?, i8::try_from(month).ok()?);
    if parts.next().is_some() { None } else { Date::new(year, month, day).ok() }
}

/// Overwrites every field that may not be kept in the DG13 of `files`; a DG13 that cannot be read is removed.
///
/// Call it as soon as the hash has been compared and the holder made: the hash of what is left is another one.
pub fn wipe_sensitive(files: &mut LdsFiles) {
    let file = FileId::Dg(13);
    let Some(ranges) = files.get(file).map(sensitive_ranges) else { return };
    match ranges {
        Ok(ranges) => files.overwrite(file, &ranges),
        Err(_) => files.remove(file),
    }
}

/// Where the values stand that may not be kept.
fn sensitive_ranges(file: &[u8]) -> Result<Vec<Range<usize>>, Dg13Error> {
    let start = file.as_ptr().addr();
    let mut ranges = Vec::new();
    for_each_field(file, |number, field| {
        // Behind the field's own number: the first three bytes of its value. A shorter field holds nothing to wipe.
        if let Some(rest) = field.value.get(3..).filter(|_| !KEPT.contains(&number)) {
            let from = rest.as_ptr().addr() - start;
            ranges.push(from..from + rest.len());
        }
    })?;
    Ok(ranges)
}

fn fields(file: &[u8]) -> Result<Vec<(u8, Option<Element<'_>>)>, Dg13Error> {
    let mut found = Vec::new();
    for_each_field(file, |number, field| {
        let value = field.value.get(3..).and_then(|rest| Reader::new(rest).read().ok());
        found.push((number, value));
    })?;
    Ok(found)
}

/// Calls `visit` with every field's number and element.
fn for_each_field<'a>(file: &'a [u8], mut visit: impl FnMut(u8, Element<'a>)) -> Result<(), Dg13Error> {
    if file.len() > MAX_DG13_BYTES {
        return Err(Dg13Error::TooLarge);
    }
    let outer = Reader::new(file).expect(0x6D)?;
    let mut parts = outer.children().expect(0x30)?.children();
    let mut list = loop {
        if parts.is_empty() {
            return Err(Dg13Error::NoFields);
        }
        let part = parts.read()?;
        if part.tag == 0x31 {
            break part.children();
        }
    };
    let mut count = 0;
    while !list.is_empty() {
        let field = list.read()?;
        count += 1;
        if count > MAX_FIELDS {
            return Err(Dg13Error::TooManyFields);
        }
        // A field without a one-byte number is unknown: number 0 is never kept.
        let number = match field.value {
            [0x02, 0x01, number, ..] if field.tag == 0x30 => *number,
            _ => 0,
        };
        visit(number, field);
    }
    Ok(())
}

/// The text of any ASN.1 string, in NFC, without control characters. `None` when it is empty or no text.
fn string(element: &Element<'_>) -> Option<Pii<String>> {
    const BMP: u32 = 0x1E;
    const UNIVERSAL: u32 = 0x1C;
    const STRINGS: [u32; 8] = [0x04, 0x0C, 0x12, 0x13, 0x14, 0x16, 0x1A, 0x1B];
    let raw: Pii<String> = Pii::new(match element.tag {
        BMP => {
            let units = element
                .value
                .chunks_exact(2)
                .map(|pair| pair.iter().fold(0, |unit, byte| unit << 8 | u16::from(*byte)));
            char::decode_utf16(units).collect::<Result<String, _>>().ok()?
        }
        UNIVERSAL => {
            let codes = element
                .value
                .chunks_exact(4)
                .map(|four| four.iter().fold(0, |code, byte| code << 8 | u32::from(*byte)));
            codes.map(char::from_u32).collect::<Option<String>>()?
        }
        tag if STRINGS.contains(&tag) => std::str::from_utf8(element.value).ok()?.to_owned(),
        _ => return None,
    });
    let visible = Pii::new(raw.reveal().chars().filter(|character| !character.is_control()).collect::<String>());
    let composed = Pii::new(text::nfc(visible.reveal().trim()));
    let fits = !composed.reveal().is_empty() && composed.reveal().chars().count() <= MAX_TEXT_CHARACTERS;
    fits.then_some(composed)
}
