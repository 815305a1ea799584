//! The QR on the card: `number | old number | full name | birth | sex | address | issue`, fields parted by `|`.
//!
//! It is not signed. It finds a roster row and opens the chip, and is then dropped; only that its first field is the
//! personal number may be relied on. Variants: the last field or the old number missing, dates with or without
//! slashes, a byte-order mark in front, line ends behind.
//!
//! Invariants: name, address and sex are never read.

use crate::number::{NumberError, PersonalNumber};
use jiff::civil::Date;
use std::fmt;
use thiserror::Error;

/// The longest text that is looked at, in bytes.
pub const MAX_QR_BYTES: usize = 2048;

/// What a QR is good for. Wiped when dropped, printed without the person.
#[derive(Clone, PartialEq, Eq)]
pub struct QrCard {
    /// The personal number as printed.
    pub number: PersonalNumber,
    /// The birth date, if the text has one: what BAC needs.
    pub birth: Option<Date>,
}

impl fmt::Debug for QrCard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("QrCard").finish_non_exhaustive()
    }
}

/// Why a text is no QR of an identity card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum QrError {
    /// Longer than [`MAX_QR_BYTES`].
    #[error("text too long")]
    TooLong,
    /// The first field is no personal number.
    #[error(transparent)]
    Number(#[from] NumberError),
}

impl QrCard {
    /// Reads the text of a QR.
    ///
    /// # Errors
    /// [`QrError`].
    pub fn parse(text: &str) -> Result<Self, QrError> {
        if text.len() > MAX_QR_BYTES {
            return Err(QrError::TooLong);
        }
        let text = text.trim_start_matches('\u{FEFF}').trim();
        let mut fields = text.split('|').map(str::trim);
        let number = PersonalNumber::parse(fields.next().unwrap_or_default())?;
        // The birth date stands before the date of issue in every variant seen.
        let birth = fields.find_map(date);
        Ok(Self { number, birth })
    }
}

/// `ddMMyyyy` or `dd/MM/yyyy`.
fn date(field: &str) -> Option<Date> {
    let digits: String = field.chars().filter(|character| *character != '/').collect();
    if digits.len() != 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize, to: usize| digits.get(from..to);
    let (day, month, year) = (part(0, 2)?.parse().ok()?, part(2, 4)?.parse().ok()?, part(4, 8)?.parse().ok()?);
    Date::new(year, month, day).ok()
}
