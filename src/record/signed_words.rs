//! Words that members of a board signed, as an entry holds them.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What members of a board signed, word for word. It may name a person, and is not printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SignedWords(pub String);

impl SignedWords {
    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SignedWords {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SignedWords(…)")
    }
}
