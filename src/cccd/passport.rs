//! The passport: a document of another kind that a candidate may come with. Its number is unique in its state alone
//! (ICAO Doc 9303-4 §4.2.2.2), so both together name it.
//!
//! A list of candidates names a passport by its number, with the letters of its state in front where that is another state
//! than Vietnam: `C1234567`, `LAO PA123456`.

use crate::number::PersonalNumber;
use bits::secret::Pii;
use bits::text;

/// Number and state of a passport. Never printed whole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PassportNumber {
    state: String,
    number: Pii<String>,
}

impl PassportNumber {
    /// Up to three letters of the issuing state as the MRZ has them, and the number without its fillers. `None` where
    /// either is empty.
    pub fn new(state: &str, number: &str) -> Option<Self> {
        let is_written = !state.is_empty() && state.len() <= STATE_LEN && !number.is_empty();
        is_written.then(|| Self { state: state.to_owned(), number: Pii::new(number.to_owned()) })
    }

    /// The issuing state's letters, `VNM`; Germany's is the single letter `D`.
    pub fn state(&self) -> &str {
        &self.state
    }

    /// The number, for matching and for the keyed digest.
    pub fn reveal(&self) -> &str {
        self.number.reveal()
    }

    /// What a screen may show: the state, and of the number its first two and last two characters.
    pub fn masked(&self) -> String {
        format!("{} {}", self.state, text::mask(self.number.reveal(), SHOWN, SHOWN))
    }
}

/// What the document in somebody's hand calls him.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HolderNumber {
    /// The twelve digits of an identity card.
    Personal(PersonalNumber),
    /// A passport's number and state.
    Passport(PassportNumber),
}

impl HolderNumber {
    /// The twelve digits, where the document has them.
    pub fn personal(&self) -> Option<&PersonalNumber> {
        match self {
            Self::Personal(number) => Some(number),
            Self::Passport(_) => None,
        }
    }

    /// The passport, where it is one.
    pub fn passport(&self) -> Option<&PassportNumber> {
        match self {
            Self::Personal(_) => None,
            Self::Passport(number) => Some(number),
        }
    }

    /// What a screen may show of it.
    pub fn masked(&self) -> String {
        match self {
            Self::Personal(number) => number.masked(),
            Self::Passport(number) => number.masked(),
        }
    }
}

const STATE_LEN: usize = 3;
const SHOWN: usize = 2;
