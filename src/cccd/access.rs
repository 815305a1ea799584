//! What opens a Vietnamese card: the card access number is the last six digits of the personal number; BAC takes its
//! last nine digits with birth and expiry.
//!
//! Invariants: keys are made from what an operator or a scanner gave, never guessed beyond the five expiry dates that
//! the law makes possible.

use crate::number::{NUMBER_DIGITS, PersonalNumber};
use crate::qr::{QrCard, QrError};
use emrtd::access::key::AccessKey;
use jiff::ToSpan as _;
use jiff::civil::Date;
use thiserror::Error;

/// How many digits a card access number has.
pub const CAN_DIGITS: usize = 6;

/// The ages at whose birthdays cards expire (Law 26/2023/QH15 art. 21), the likely ones for candidates first.
const EXPIRY_AGES: [i16; 4] = [25, 40, 60, 14];

/// The expiry of a card that never expires.
const NO_EXPIRY: &str = "991231";

/// A key with what else the input told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundKey {
    /// What opens the chip by PACE.
    pub key: AccessKey,
    /// The personal number, where the input had it whole. The chip must confirm it.
    pub number: Option<PersonalNumber>,
}

/// Why what was typed opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TypedError {
    /// Neither six nor twelve digits.
    #[error("{found} digits where six or twelve are needed")]
    WrongLength {
        /// How many digits there are.
        found: usize,
    },
    /// A character other than a digit or a space.
    #[error("not a digit")]
    NotADigit,
}

/// The key from the text of a QR.
///
/// # Errors
/// [`QrError`].
pub fn key_from_qr(text: &str) -> Result<FoundKey, QrError> {
    let card = QrCard::parse(text)?;
    Ok(FoundKey { key: card.number.can(), number: Some(card.number) })
}

/// The key from what an operator typed: six digits (the end of the number) or all twelve; spaces do not matter.
///
/// # Errors
/// [`TypedError`].
pub fn key_from_typed(text: &str) -> Result<FoundKey, TypedError> {
    let digits: String = text.chars().filter(|character| !character.is_whitespace()).collect();
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(TypedError::NotADigit);
    }
    match digits.len() {
        CAN_DIGITS => Ok(FoundKey { key: AccessKey::can(&digits), number: None }),
        NUMBER_DIGITS => {
            let number = PersonalNumber::parse(&digits).map_err(|_| TypedError::NotADigit)?;
            Ok(FoundKey { key: number.can(), number: Some(number) })
        }
        found => Err(TypedError::WrongLength { found }),
    }
}

/// The BAC keys to try where only number and birth date are known, in order; after the last one give up.
pub fn bac_candidates(number: &PersonalNumber, birth: Date) -> Vec<AccessKey> {
    let birth_text = yymmdd(birth);
    EXPIRY_AGES
        .iter()
        .filter_map(|age| birth.checked_add(age.years()).ok())
        .map(yymmdd)
        .chain([NO_EXPIRY.to_owned()])
        .map(|expiry| AccessKey::mrz(number.document_number(), &birth_text, &expiry))
        .collect()
}

fn yymmdd(date: Date) -> String {
    format!("{:02}{:02}{:02}", date.year().rem_euclid(100), date.month(), date.day())
}
