//! A list as a test or a demonstration writes it down: commas, one row of headings, nothing of what real lists have.
//!
//! The board reads real lists; this form is for people who do not exist and who are typed into a source file.

use bits::secret::{Pii, Secret};
use bits::text;
use csv::StringRecord;
use hmac::{Hmac, KeyInit as _, Mac as _};
use roster::{Candidate, CandidateId, CandidateNumber, Sex};
use sha2::Sha256;

/// Why a short list cannot be read: the list is wrong, and it stands in a source file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the short list has no number or no such columns")]
pub struct ShortListError {
    /// The line, from 1.
    pub line: usize,
}

/// The people of a list whose headings are some of `SBD`, `Họ và tên`, `Ngày sinh` (day first), `Giới tính`, `Số CCCD`,
/// `Trường`, `Điểm thi`, `Phòng thi`, `Số ghế`, `Buổi thi`, in any order. The key of the exam gives each an id that is the same every time.
///
/// # Errors
/// [`ShortListError`] with the first line that has no number.
pub fn short_list(list: &str, key: &Secret<[u8; 32]>) -> Result<Vec<Candidate>, ShortListError> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(list.as_bytes());
    let headings = reader.headers().map_err(|_| ShortListError { line: 1 })?.clone();
    let row = |(at, record): (usize, Result<StringRecord, csv::Error>)| {
        let line = ShortListError { line: at + 2 };
        let record = record.map_err(|_| line)?;
        person(&headings, &record, key).ok_or(line)
    };
    reader.records().enumerate().map(row).collect()
}

/// The id of a candidate in the lab: the first 128 bits of `HMAC-SHA-256(key, "cand/v1" ‖ SBD ‖ 00 ‖ session)`.
pub fn candidate_id(key: &Secret<[u8; 32]>, number: &CandidateNumber, session: &str) -> CandidateId {
    let mut id = [0; 16];
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.expose()) {
        mac.update(b"cand/v1");
        mac.update(number.as_str().as_bytes());
        mac.update(&[0]);
        mac.update(text::nfc(session).as_bytes());
        id.copy_from_slice(&mac.finalize().into_bytes()[..16]);
    }
    CandidateId(id)
}

fn person(headings: &StringRecord, record: &StringRecord, key: &Secret<[u8; 32]>) -> Option<Candidate> {
    let cell = |heading: &str| {
        let place = headings.iter().position(|one| one == heading);
        text::nfc(place.and_then(|place| record.get(place)).unwrap_or_default().trim())
    };
    let (number, session) = (CandidateNumber::new(&cell("SBD"))?, cell("Buổi thi"));
    Some(Candidate {
        id: candidate_id(key, &number, &session),
        number,
        full_name: Pii::new(cell("Họ và tên")),
        birth_date: Pii::new(iso(&cell("Ngày sinh"))),
        sex: match cell("Giới tính").as_str() {
            "Nam" => Some(Sex::Male),
            "Nữ" => Some(Sex::Female),
            _ => None,
        },
        id_number: Pii::new(cell("Số CCCD")),
        site: cell("Điểm thi"),
        room: cell("Phòng thi"),
        seat: cell("Số ghế"),
        session,
        school: cell("Trường"),
    })
}

/// `d/m/yyyy` as `yyyy-mm-dd`; what is written otherwise stays.
fn iso(date: &str) -> String {
    match *date.split('/').collect::<Vec<_>>().as_slice() {
        [day, month, year] => format!("{year}-{month:0>2}-{day:0>2}"),
        _ => date.to_owned(),
    }
}
