//! Words of fixed vocabularies: what an entry may hold beside numbers.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The longest [`Code`].
const MAX_CODE_LEN: usize = 64;

/// A short word from a fixed vocabulary: a reason, a cause, an operator's name in the package. It cannot hold a
/// person's name or a free text: lower-case ASCII letters, digits, `.`, `-`, `_` and `/` only, and no run of six
/// digits or more.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(String);

/// Why a text is no [`Code`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Empty.
    #[error("a code is not empty")]
    Empty,
    /// Longer than [`MAX_CODE_LEN`].
    #[error("a code has at most {MAX_CODE_LEN} characters")]
    TooLong,
    /// A character that no code has.
    #[error("a code has only lower-case letters, digits and . - _ /")]
    ForeignCharacter,
    /// Six or more digits in a row could be part of somebody's number.
    #[error("a code has at most five digits in a row")]
    DigitRun,
}

impl Code {
    /// Takes a word of a vocabulary.
    ///
    /// # Errors
    /// [`CodeError`] when the text could be something else.
    pub fn new(text: &str) -> Result<Self, CodeError> {
        let allowed = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_/".contains(byte);
        match text.as_bytes() {
            [] => Err(CodeError::Empty),
            bytes if bytes.len() > MAX_CODE_LEN => Err(CodeError::TooLong),
            bytes if !bytes.iter().all(allowed) => Err(CodeError::ForeignCharacter),
            bytes if bytes.split(|byte| !byte.is_ascii_digit()).any(|run| run.len() > 5) => Err(CodeError::DigitRun),
            _ => Ok(Self(text.to_owned())),
        }
    }

    /// The word.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Code {
    /// The code that stands where no word of the vocabulary fits.
    pub fn unknown() -> Self {
        Self("unknown".to_owned())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}
