//! The roster as the board keeps it and as a desk gets it: one form, sorted, every candidate with an id.
//!
//! CSV, UTF-8 without a byte-order mark, LF, the header [`HEADER`], sorted by SBD and session. The same roster is the
//! same bytes, so that a version control shows what changed. What a spreadsheet would compute stands behind an
//! apostrophe ([`bits::spreadsheet`]), which is taken away when the file is read: a list that somebody looks at in a
//! spreadsheet does nothing, and comes back as it was.

use super::candidate::CANDIDATE_ID_LEN;
use super::{Candidate, CandidateId, Sex};
use bits::spreadsheet::{CsvRows, meant};
use csv::{ByteRecord, StringRecord};
use jiff::civil::Date;
use std::borrow::Cow;

/// The columns, in their order.
pub const HEADER: [&str; 11] =
    ["id", "number", "session", "full_name", "birth_date", "sex", "id_number", "site", "room", "seat", "school"];

/// True when a file claims to be of this form: it begins with the header.
pub fn claims_form(bytes: &[u8]) -> bool {
    bytes.starts_with(HEADER.join(",").as_bytes())
}

/// Why a roster of this form cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    /// Another header.
    #[error("line 1: unexpected headings")]
    Header,
    /// A line with another number of columns, or that is no UTF-8.
    #[error("line {line}: malformed CSV")]
    Form {
        /// The line.
        line: u64,
    },
    /// An id that is none, or that stands there twice.
    #[error("line {line}: invalid or duplicate id")]
    Id {
        /// The line.
        line: u64,
    },
    /// No SBD.
    #[error("line {line}: missing candidate number")]
    Number {
        /// The line.
        line: u64,
    },
    /// A birth date that is no date.
    #[error("line {line}: birth date is not YYYY-MM-DD")]
    BirthDate {
        /// The line.
        line: u64,
    },
    /// A sex that is none.
    #[error("line {line}: sex is not male, female or empty")]
    Sex {
        /// The line.
        line: u64,
    },
}

impl CanonicalError {
    /// The line of the file, from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        match self {
            Self::Header => 1,
            Self::Form { line }
            | Self::Id { line }
            | Self::Number { line }
            | Self::BirthDate { line }
            | Self::Sex { line } => *line,
        }
    }
}

/// Writes a roster, sorted.
pub fn write(candidates: Vec<Candidate>) -> Vec<u8> {
    let mut writer = Writer::default();
    sorted(candidates).iter().for_each(|one| writer.push(one));
    writer.finish()
}

/// In the order of a roster: SBD, session, id.
pub fn sorted(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    candidates
        .sort_by(|one, other| (&one.number, &one.session, one.id).cmp(&(&other.number, &other.session, other.id)));
    candidates
}

/// A roster on its way into its file, where it would be too large to be held twice. Whoever pushes keeps the order of
/// [`sorted`].
#[derive(Debug)]
pub struct Writer(CsvRows);

impl Default for Writer {
    fn default() -> Self {
        let mut file = CsvRows::new();
        file.row(HEADER);
        Self(file)
    }
}

impl Writer {
    /// One more candidate.
    pub fn push(&mut self, one: &Candidate) {
        self.0.row([
            one.id.to_string().as_str(),
            one.number.as_str(),
            &one.session,
            one.full_name.reveal(),
            one.birth_date.reveal(),
            sex_word(one.sex),
            one.id_number.reveal(),
            &one.site,
            &one.room,
            &one.seat,
            &one.school,
        ]);
    }

    /// The file.
    pub fn finish(self) -> Vec<u8> {
        self.0.finish()
    }
}

/// Reads a roster, row by row.
///
/// # Errors
/// [`CanonicalError`], with the line.
pub(super) fn read(bytes: &[u8], mut take: impl FnMut(Fields<'_>)) -> Result<(), CanonicalError> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    let (mut record, mut line) = (ByteRecord::new(), 0);
    while reader.read_byte_record(&mut record).map_err(|_| CanonicalError::Form { line: line + 1 })? {
        line = record.position().map_or(line + 1, csv::Position::line);
        if line == 1 {
            let header = StringRecord::from_byte_record_lossy(record.clone());
            header.iter().eq(HEADER).then_some(()).ok_or(CanonicalError::Header)?;
            continue;
        }
        match as_meant(&record) {
            Some(meant) => take(fields(&meant, line)?),
            None => take(fields(&record, line)?),
        }
    }
    if line == 0 { Err(CanonicalError::Header) } else { Ok(()) }
}

/// A row without the apostrophes that keep a spreadsheet from computing it; `None` where it has none.
fn as_meant(record: &ByteRecord) -> Option<ByteRecord> {
    record.as_slice().contains(&b'\'').then_some(())?;
    // What is no UTF-8 is found when the row is read.
    let cell = |cell| {
        std::str::from_utf8(cell).map_or(cell.into(), |text| match meant(text) {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        })
    };
    Some(record.iter().map(cell).collect())
}

/// One row, as it lies in the file.
pub(super) struct Fields<'a> {
    pub(super) id: CandidateId,
    pub(super) number: &'a str,
    pub(super) session: &'a str,
    pub(super) full_name: &'a str,
    pub(super) born: Option<Date>,
    pub(super) sex: Option<Sex>,
    pub(super) id_number: &'a str,
    pub(super) site: &'a str,
    pub(super) room: &'a str,
    pub(super) seat: &'a str,
    pub(super) school: &'a str,
}

fn fields(record: &ByteRecord, line: u64) -> Result<Fields<'_>, CanonicalError> {
    if record.len() != HEADER.len() {
        return Err(CanonicalError::Form { line });
    }
    let text = |index: usize| {
        std::str::from_utf8(record.get(index).unwrap_or_default()).map_err(|_| CanonicalError::Form { line })
    };
    let id = record.get(0).and_then(id_of).ok_or(CanonicalError::Id { line })?;
    let (number, birth_date) = (text(1)?, text(4)?);
    if number.trim().is_empty() {
        return Err(CanonicalError::Number { line });
    }
    let born = match birth_date {
        "" => None,
        written => Some(date_of(written).ok_or(CanonicalError::BirthDate { line })?),
    };
    let sex = match text(5)? {
        "" => None,
        MALE => Some(Sex::Male),
        FEMALE => Some(Sex::Female),
        _ => return Err(CanonicalError::Sex { line }),
    };
    let (session, full_name, id_number) = (text(2)?, text(3)?, text(6)?);
    let (site, room, seat, school) = (text(7)?, text(8)?, text(9)?, text(10)?);
    Ok(Fields { id, number, session, full_name, born, sex, id_number, site, room, seat, school })
}

/// The word for a sex; empty where it is not told.
pub fn sex_word(sex: Option<Sex>) -> &'static str {
    match sex {
        None => "",
        Some(Sex::Male) => MALE,
        Some(Sex::Female) => FEMALE,
    }
}

/// The id that these digits write.
pub fn id_of(text: &[u8]) -> Option<CandidateId> {
    let mut id = [0; CANDIDATE_ID_LEN];
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    for (byte, pair) in id.iter_mut().zip(text.chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *byte = value(*high)? << 4 | value(*low)?;
    }
    (text.len() == CANDIDATE_ID_LEN * 2).then_some(CandidateId(id))
}

/// `YYYY-MM-DD` and nothing else.
fn date_of(text: &str) -> Option<Date> {
    let [year @ .., b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else { return None };
    let number = |digits: &[u8]| {
        let digit = |value: i16, byte: &u8| byte.is_ascii_digit().then(|| value * 10 + i16::from(byte - b'0'));
        digits.iter().try_fold(0, digit)
    };
    let (month, day) = (number(&[*m1, *m2])?, number(&[*d1, *d2])?);
    let year = Some(year).filter(|year| year.len() == 4).and_then(number)?;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

const MALE: &str = "male";
const FEMALE: &str = "female";
