//! The personal number: twelve digits (Decree 137/2015/NĐ-CP art. 13, Circular 59/2021/TT-BCA art. 3 and 4).
//!
//! Three digits place of birth registration, one digit century and sex, two digits birth year, six random.
//! There is no check digit.

use bits::secret::Pii;
use bits::text;
use emrtd::access::key::AccessKey;
use thiserror::Error;

/// How many digits a personal number has.
pub const NUMBER_DIGITS: usize = 12;

/// Why a text is no personal number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NumberError {
    /// Another number of characters than twelve.
    #[error("{found} characters where twelve digits must stand")]
    WrongLength {
        /// How many there are.
        found: usize,
    },
    /// A character that is no ASCII digit.
    #[error("not a digit")]
    NotADigit,
}

/// A personal number. Never printed whole: [`PersonalNumber::masked`] is what a screen may show.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonalNumber(Pii<String>);

impl PersonalNumber {
    /// Reads twelve ASCII digits, nothing before, between or after them.
    ///
    /// # Errors
    /// [`NumberError`].
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NumberError::NotADigit);
        }
        if text.len() != NUMBER_DIGITS {
            return Err(NumberError::WrongLength { found: text.len() });
        }
        Ok(Self(Pii::new(text.to_owned())))
    }

    /// The twelve digits, for matching, for the registry query and for the keyed digest.
    pub fn reveal(&self) -> &str {
        self.0.reveal()
    }

    /// The key that opens the chip by PACE: the card access number is the last six digits.
    pub fn can(&self) -> AccessKey {
        AccessKey::can(self.tail(6))
    }

    /// The document number of the MRZ: the last nine digits.
    pub fn document_number(&self) -> &str {
        self.tail(9)
    }

    /// What a screen may show: the six digits in front, four covered, the last two. Never the last six together:
    /// they open the chip.
    pub fn masked(&self) -> String {
        text::mask(self.0.reveal(), 6, 2)
    }

    /// The code of the place of birth registration; `099` is assigned to nobody and stands for synthetic people.
    pub fn place_code(&self) -> &str {
        self.0.reveal().get(..3).unwrap_or_default()
    }

    /// Whether the place code is one of the 63 provinces of before 2025 or of a country (100 and more), or 099: nobody's,
    /// for synthetic people; who may sign for those is the trust store's business.
    pub fn place_is_known(&self) -> bool {
        let code = self.place_code();
        code >= "099" || PROVINCES.split(' ').any(|province| province == code)
    }

    /// The birth year that the number tells.
    pub fn birth_year(&self) -> i16 {
        1900 + i16::from(self.digit(3) / 2) * 100 + i16::from(self.digit(4)) * 10 + i16::from(self.digit(5))
    }

    /// The sex that the number tells.
    pub fn sex(&self) -> NumberSex {
        if self.digit(3).is_multiple_of(2) { NumberSex::Male } else { NumberSex::Female }
    }

    fn tail(&self, digits: usize) -> &str {
        self.0.reveal().get(NUMBER_DIGITS - digits..).unwrap_or_default()
    }

    fn digit(&self, index: usize) -> u8 {
        self.0.reveal().as_bytes().get(index).map_or(0, |byte| byte.wrapping_sub(b'0'))
    }
}

/// The sex that the fourth digit of a personal number tells; a hint, never a reason to refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberSex {
    /// An even digit.
    Male,
    /// An odd digit.
    Female,
}

/// The provinces' codes (Circular 59/2021/TT-BCA, appendix).
const PROVINCES: &str = "001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034 035 \
    036 037 038 040 042 044 045 046 048 049 051 052 054 056 058 060 062 064 066 067 068 070 072 074 075 077 079 080 \
    082 083 084 086 087 089 091 092 093 094 095 096";
