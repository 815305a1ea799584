//! The machine-readable zone (ICAO Doc 9303-3 §4.9, parts 4 (TD3), 5 (TD1) and 6 (TD2) §4.2).
//!
//! Invariants: a wrong check digit never stops the reading, it is named; nothing is guessed (no century, no
//! correction of letters that look like digits).

use crate::access::key::AccessKey;
use bits::secret::Pii;
use thiserror::Error;

/// The size of a document and with it the layout of its MRZ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MrzFormat {
    /// Three lines of 30 characters (cards).
    Td1,
    /// Two lines of 36 characters.
    Td2,
    /// Two lines of 44 characters (passport booklets).
    Td3,
}

/// A field that a check digit protects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CheckField {
    /// The document number.
    DocumentNumber,
    /// The birth date.
    Birth,
    /// The expiry date.
    Expiry,
    /// The optional data (TD3 only).
    Optional,
    /// All of them together.
    Composite,
}

/// Why bytes are no MRZ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MrzError {
    /// The length belongs to no format.
    #[error("{found} characters belong to no MRZ format")]
    WrongLength {
        /// How many there are.
        found: usize,
    },
    /// A character other than A–Z, 0–9 and `<`.
    #[error("an illegal character at {position}")]
    IllegalCharacter {
        /// Counted from zero over all lines.
        position: usize,
    },
}

/// What an MRZ says. Dates are as printed: YYMMDD, unknown parts as `<`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mrz {
    /// The layout.
    pub format: MrzFormat,
    /// The document code without fillers: `ID`, `P`.
    pub document_code: String,
    /// The issuing state, three letters (`D` for Germany).
    pub issuer: String,
    /// The document number without fillers, with its continuation where it is longer than nine characters.
    pub document_number: Pii<String>,
    /// The birth date, YYMMDD.
    pub birth: Pii<String>,
    /// `M`, `F` or `<`.
    pub sex: char,
    /// The expiry date, YYMMDD.
    pub expiry: Pii<String>,
    /// The nationality, three letters.
    pub nationality: String,
    /// The primary identifier (surname), fillers as spaces.
    pub primary: Pii<String>,
    /// The secondary identifier (given names), fillers as spaces.
    pub secondary: Pii<String>,
    /// The first optional field, trailing fillers kept off.
    pub optional: Pii<String>,
    /// The second optional field (TD1 only).
    pub optional_second: Pii<String>,
    /// The fields whose check digit is wrong.
    pub wrong_digits: Vec<CheckField>,
}

impl Mrz {
    /// Reads the characters of an MRZ without line breaks, as DG1 holds them.
    ///
    /// The specimen of Doc 9303-4, appendix B:
    ///
    /// ```
    /// use diemdanh_emrtd::mrz::{Mrz, MrzFormat};
    ///
    /// let first = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<";
    /// let second = "L898902C36UTO7408122F1204159ZE184226B<<<<<10";
    /// let zone = Mrz::parse([first, second].concat().as_bytes()).unwrap();
    /// assert_eq!((zone.format, zone.document_number.reveal().as_str()), (MrzFormat::Td3, "L898902C3"));
    /// assert!(zone.wrong_digits.is_empty());
    /// ```
    ///
    /// # Errors
    /// [`MrzError`] for a wrong length or alphabet; wrong check digits are in [`Mrz::wrong_digits`].
    pub fn parse(characters: &[u8]) -> Result<Self, MrzError> {
        let format = match characters.len() {
            90 => MrzFormat::Td1,
            72 => MrzFormat::Td2,
            88 => MrzFormat::Td3,
            found => return Err(MrzError::WrongLength { found }),
        };
        let legal = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'<';
        if let Some(position) = characters.iter().position(|byte| !legal(byte)) {
            return Err(MrzError::IllegalCharacter { position });
        }
        let zone = Zone { text: characters };
        Ok(match format {
            MrzFormat::Td1 => zone.td1(),
            MrzFormat::Td2 => zone.two_lines(MrzFormat::Td2, 36),
            MrzFormat::Td3 => zone.two_lines(MrzFormat::Td3, 44),
        })
    }

    /// The key that this MRZ opens the chip with.
    pub fn access_key(&self) -> AccessKey {
        AccessKey::mrz(self.document_number.reveal(), self.birth.reveal(), self.expiry.reveal())
    }
}

/// The check digit of ICAO Doc 9303-3 §4.9: weights 7, 3, 1; letters are 10 to 35, fillers 0; modulo 10.
pub fn check_digit(characters: &[u8]) -> char {
    let sum: u32 =
        characters.iter().zip([7, 3, 1].into_iter().cycle()).map(|(byte, weight)| value(*byte) * weight).sum();
    char::from_digit(sum % 10, 10).unwrap_or('0')
}

fn value(byte: u8) -> u32 {
    char::from(byte).to_digit(36).unwrap_or(0)
}

/// The characters of an MRZ, already known to be legal.
struct Zone<'a> {
    text: &'a [u8],
}

impl<'a> Zone<'a> {
    fn part(&self, from: usize, to: usize) -> &'a [u8] {
        self.text.get(from..to).unwrap_or_default()
    }

    fn field(&self, from: usize, to: usize) -> String {
        text(trim(self.part(from, to)))
    }

    fn digit_is_right(&self, protected: &[u8], digit_at: usize) -> bool {
        self.text.get(digit_at).is_some_and(|digit| char::from(*digit) == check_digit(protected))
    }

    fn td1(&self) -> Mrz {
        let number = self.document_number(5, 14, 15, 30);
        let composite = [self.part(5, 30), self.part(30, 37), self.part(38, 45), self.part(48, 59)].concat();
        let wrong_digits = wrong(&[
            (CheckField::DocumentNumber, number.digit_is_right),
            (CheckField::Birth, self.digit_is_right(self.part(30, 36), 36)),
            (CheckField::Expiry, self.digit_is_right(self.part(38, 44), 44)),
            (CheckField::Composite, self.digit_is_right(&composite, 59)),
        ]);
        let (primary, secondary) = names(self.part(60, 90));
        Mrz {
            format: MrzFormat::Td1,
            document_code: self.field(0, 2),
            issuer: self.field(2, 5),
            document_number: Pii::new(number.text),
            birth: Pii::new(text(self.part(30, 36))),
            sex: self.sex(37),
            expiry: Pii::new(text(self.part(38, 44))),
            nationality: self.field(45, 48),
            primary,
            secondary,
            optional: Pii::new(text(trim(number.optional))),
            optional_second: Pii::new(self.field(48, 59)),
            wrong_digits,
        }
    }

    /// TD2 and TD3 differ in the length of the line, and TD3's optional data has a check digit of its own.
    fn two_lines(&self, format: MrzFormat, line: usize) -> Mrz {
        let at = |position: usize| line + position;
        let optional_end = if format == MrzFormat::Td3 { at(42) } else { at(35) };
        let number = self.document_number(at(0), at(9), at(28), optional_end);
        let composite_end = if format == MrzFormat::Td3 { at(43) } else { at(35) };
        let composite =
            [self.part(at(0), at(10)), self.part(at(13), at(20)), self.part(at(21), composite_end)].concat();
        let wrong_digits = wrong(&[
            (CheckField::DocumentNumber, number.digit_is_right),
            (CheckField::Birth, self.digit_is_right(self.part(at(13), at(19)), at(19))),
            (CheckField::Expiry, self.digit_is_right(self.part(at(21), at(27)), at(27))),
            (CheckField::Optional, format == MrzFormat::Td2 || self.td3_optional_is_right(at(28))),
            (CheckField::Composite, self.digit_is_right(&composite, at(line - 1))),
        ]);
        let (primary, secondary) = names(self.part(5, line));
        Mrz {
            format,
            document_code: self.field(0, 2),
            issuer: self.field(2, 5),
            document_number: Pii::new(number.text),
            birth: Pii::new(text(self.part(at(13), at(19)))),
            sex: self.sex(at(20)),
            expiry: Pii::new(text(self.part(at(21), at(27)))),
            nationality: self.field(at(10), at(13)),
            primary,
            secondary,
            optional: Pii::new(text(trim(number.optional))),
            optional_second: Pii::new(String::new()),
            wrong_digits,
        }
    }

    /// Empty optional data may have a filler in place of its check digit (9303-4 §4.2.2.2 note j).
    fn td3_optional_is_right(&self, from: usize) -> bool {
        let data = self.part(from, from + 14);
        let filler = self.text.get(from + 14) == Some(&b'<');
        (filler && data.iter().all(|byte| *byte == b'<')) || self.digit_is_right(data, from + 14)
    }

    fn sex(&self, at: usize) -> char {
        self.text.get(at).map_or('<', |byte| char::from(*byte))
    }

    /// A number longer than nine characters goes on in the optional data, its check digit behind it, and a filler
    /// stands where the check digit of a short one would be (9303-5 §4.2.2.2 note j).
    fn document_number(&self, from: usize, to: usize, optional_from: usize, optional_to: usize) -> DocumentNumber<'a> {
        let (principal, optional) = (self.part(from, to), self.part(optional_from, optional_to));
        let end = optional.iter().position(|byte| *byte == b'<').unwrap_or(optional.len());
        let long = self.text.get(to) == Some(&b'<') && end >= 2 && !principal.contains(&b'<');
        if !long {
            let digit_is_right = self.digit_is_right(principal, to);
            return DocumentNumber { text: text(trim(principal)), digit_is_right, optional };
        }
        let (tail, digit) = optional.split_at(end - 1);
        let whole = [principal, tail].concat();
        let digit_is_right = digit.first().map(|byte| char::from(*byte)) == Some(check_digit(&whole));
        DocumentNumber { text: text(&whole), digit_is_right, optional: optional.get(end..).unwrap_or_default() }
    }
}

struct DocumentNumber<'a> {
    text: String,
    digit_is_right: bool,
    optional: &'a [u8],
}

fn wrong(fields: &[(CheckField, bool)]) -> Vec<CheckField> {
    fields.iter().filter(|(_, right)| !right).map(|(field, _)| *field).collect()
}

fn text(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

fn trim(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().position(|byte| *byte != b'<').unwrap_or(bytes.len());
    let end = bytes.iter().rposition(|byte| *byte != b'<').map_or(start, |last| last + 1);
    bytes.get(start..end).unwrap_or_default()
}

/// Primary and secondary identifier: two fillers part them, one filler is a space.
fn names(bytes: &[u8]) -> (Pii<String>, Pii<String>) {
    let whole = text(trim(bytes));
    let (primary, secondary) = whole.split_once("<<").unwrap_or((&whole, ""));
    let spaced = |name: &str| Pii::new(name.replace('<', " ").split_whitespace().collect::<Vec<_>>().join(" "));
    (spaced(primary), spaced(secondary))
}
