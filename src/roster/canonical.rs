//! The roster as the board keeps it and as a desk gets it: one form, sorted, every candidate with an id.
//!
//! CSV, UTF-8 without a byte-order mark, LF, the header [`HEADER`], sorted by SBD and session. The same roster is the
//! same bytes, so that a version control shows what changed.

use super::candidate::{CANDIDATE_ID_LEN, is_personal_number};
use super::{Candidate, CandidateId, CandidateNumber, Sex};
use crate::bits::{hex, secret::Pii};
use csv::{ByteRecord, StringRecord, Terminator};
use std::collections::HashSet;

/// The columns, in their order.
pub const HEADER: [&str; 11] =
    ["id", "number", "session", "full_name", "birth_date", "sex", "id_number", "site", "room", "seat", "school"];

/// Why a roster of this form cannot be read. The text is what the clerk reads.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    /// Another header.
    #[error("candidates.csv, dòng 1: tiêu đề không đúng mẫu")]
    Header,
    /// A line with another number of columns, or that is no UTF-8.
    #[error("candidates.csv, dòng {line}: không đúng mẫu CSV")]
    Form {
        /// The line.
        line: u64,
    },
    /// An id that is none, or that stands there twice.
    #[error("candidates.csv, dòng {line}: mã (id) không hợp lệ hoặc bị trùng")]
    Id {
        /// The line.
        line: u64,
    },
    /// No SBD.
    #[error("candidates.csv, dòng {line}: thiếu số báo danh")]
    Number {
        /// The line.
        line: u64,
    },
    /// A birth date that is no date.
    #[error("candidates.csv, dòng {line}: ngày sinh phải là YYYY-MM-DD")]
    BirthDate {
        /// The line.
        line: u64,
    },
    /// A sex that is none.
    #[error("candidates.csv, dòng {line}: giới tính phải là male, female hoặc để trống")]
    Sex {
        /// The line.
        line: u64,
    },
}

/// Writes a roster, sorted.
pub fn write(mut candidates: Vec<Candidate>) -> Vec<u8> {
    candidates
        .sort_by(|one, other| (&one.number, &one.session, one.id).cmp(&(&other.number, &other.session, other.id)));
    let mut writer = csv::WriterBuilder::new().terminator(Terminator::Any(b'\n')).from_writer(Vec::new());
    // Writing to memory does not fail.
    let _ = writer.write_record(HEADER);
    for one in &candidates {
        let sex = sex_word(one.sex);
        let _ = writer.write_record([
            one.id.to_string().as_str(),
            one.number.as_str(),
            &one.session,
            one.full_name.reveal(),
            one.birth_date.reveal(),
            sex,
            one.id_number.reveal(),
            &one.site,
            &one.room,
            &one.seat,
            &one.school,
        ]);
    }
    writer.into_inner().unwrap_or_default()
}

/// Reads a roster, row by row.
///
/// # Errors
/// [`CanonicalError`], with the line.
pub(super) fn read(bytes: &[u8], mut take: impl FnMut(Fields<'_>)) -> Result<(), CanonicalError> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    let (mut record, mut ids) = (ByteRecord::new(), HashSet::new());
    let mut line = 0;
    while reader.read_byte_record(&mut record).map_err(|_| CanonicalError::Form { line: line + 1 })? {
        line = record.position().map_or(line + 1, csv::Position::line);
        if line == 1 {
            let header = StringRecord::from_byte_record_lossy(record.clone());
            header.iter().eq(HEADER).then_some(()).ok_or(CanonicalError::Header)?;
            continue;
        }
        let fields = fields(&record, line)?;
        ids.insert(fields.id).then_some(()).ok_or(CanonicalError::Id { line })?;
        take(fields);
    }
    if line == 0 { Err(CanonicalError::Header) } else { Ok(()) }
}

/// One row, as it lies in the file.
pub(super) struct Fields<'a> {
    pub(super) id: CandidateId,
    pub(super) number: &'a str,
    pub(super) session: &'a str,
    pub(super) full_name: &'a str,
    pub(super) birth_date: &'a str,
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
    if !birth_date.is_empty() && !is_date(birth_date) {
        return Err(CanonicalError::BirthDate { line });
    }
    let sex = match text(5)? {
        "" => None,
        MALE => Some(Sex::Male),
        FEMALE => Some(Sex::Female),
        _ => return Err(CanonicalError::Sex { line }),
    };
    let (session, full_name, id_number) = (text(2)?, text(3)?, text(6)?);
    let (site, room, seat, school) = (text(7)?, text(8)?, text(9)?, text(10)?);
    Ok(Fields { id, number, session, full_name, birth_date, sex, id_number, site, room, seat, school })
}

impl Fields<'_> {
    /// The row as a value of its own.
    pub(super) fn candidate(&self) -> Option<Candidate> {
        Some(Candidate {
            id: self.id,
            number: CandidateNumber::new(self.number)?,
            full_name: Pii::new(self.full_name.to_owned()),
            birth_date: Pii::new(self.birth_date.to_owned()),
            id_number: Pii::new(self.id_number.to_owned()),
            site: self.site.to_owned(),
            room: self.room.to_owned(),
            seat: self.seat.to_owned(),
            session: self.session.to_owned(),
            sex: self.sex,
            school: self.school.to_owned(),
        })
    }
}

/// The word for a sex; empty where it is not told.
pub fn sex_word(sex: Option<Sex>) -> &'static str {
    match sex {
        None => "",
        Some(Sex::Male) => MALE,
        Some(Sex::Female) => FEMALE,
    }
}

fn id_of(text: &[u8]) -> Option<CandidateId> {
    let text = std::str::from_utf8(text).ok().filter(|text| text.len() == CANDIDATE_ID_LEN * 2)?;
    let is_lower = text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    hex::decode(text).filter(|_| is_lower)?.try_into().ok().map(CandidateId)
}

fn is_date(text: &str) -> bool {
    text.parse::<jiff::civil::Date>().is_ok_and(|date| date.to_string() == text)
}

/// What a candidate keeps its id by.
pub(super) fn is_steady(id_number: &str) -> bool {
    is_personal_number(id_number)
}

const MALE: &str = "male";
const FEMALE: &str = "female";
