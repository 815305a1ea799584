//! One expected person, and the list of all of them.

use bits::hex;
use bits::secret::Pii;
use jiff::civil::Date;
use std::fmt;

/// Bytes of a [`CandidateId`].
pub(super) const CANDIDATE_ID_LEN: usize = 16;

/// The name under which a candidate stands in the log: 128 bits that mean nothing outside this exam.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CandidateId(pub [u8; CANDIDATE_ID_LEN]);

impl fmt::Display for CandidateId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode_lower(&self.0))
    }
}

/// The number on the candidate's desk and paper (số báo danh, SBD). Text: leading zeros count.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CandidateNumber(String);

impl CandidateNumber {
    /// Takes a number as the exam wrote it, without surrounding spaces. `None` when nothing is left.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    /// The number as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CandidateNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// One row of the roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The name in the log.
    pub id: CandidateId,
    /// SBD.
    pub number: CandidateNumber,
    /// Full name, NFC, with its marks.
    pub full_name: Pii<String>,
    /// Birth date as `YYYY-MM-DD`; empty when the roster gives none that can be read.
    pub birth_date: Pii<String>,
    /// What the roster's identity column holds: twelve digits, a nine-digit CMND, a passport number, a code.
    pub id_number: Pii<String>,
    /// Exam site (điểm thi); empty when the roster has no such column.
    pub site: String,
    /// Room (phòng thi).
    pub room: String,
    /// Seat (vị trí, số ghế).
    pub seat: String,
    /// Session (buổi thi, ca thi); empty means every session.
    pub session: String,
    /// Sex, where the roster tells it.
    pub sex: Option<Sex>,
    /// School or class; empty when the roster has no such column. Tells people of one name apart.
    pub school: String,
}

/// Sex as the roster and the personal number tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sex {
    /// Nam.
    Male,
    /// Nữ.
    Female,
}

impl Candidate {
    /// The birth date, where the roster gave one that can be read.
    pub fn birth_date(&self) -> Option<Date> {
        self.birth_date.reveal().parse().ok()
    }

    /// The twelve digits, where the identity column holds a personal number.
    pub fn personal_number(&self) -> Option<&str> {
        Some(self.id_number.reveal().as_str()).filter(|text| is_personal_number(text))
    }

    /// Where this candidate belongs.
    pub fn belongs(&self) -> super::Where {
        super::Where {
            site: self.site.clone(),
            session: self.session.clone(),
            room: self.room.clone(),
            seat: self.seat.clone(),
        }
    }
}

/// Where this desk stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Exam site, as the list writes it; `None` at a desk for every site.
    pub site: Option<String>,
    /// Session, as the list writes it; `None` at a desk for every session.
    pub session: Option<String>,
    /// The room, for a desk at a room's door; `None` at the gate of a site.
    pub room: Option<String>,
}

/// Twelve ASCII digits.
pub fn is_personal_number(text: &str) -> bool {
    text.len() == PERSONAL_NUMBER_LEN && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Digits of a personal number.
pub(super) const PERSONAL_NUMBER_LEN: usize = 12;
