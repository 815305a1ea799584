//! Many short texts in one piece of memory, to be walked through from the first to the last.
//!
//! A search looks at every row. Texts of their own lie all over the memory, and the walk then waits for the memory
//! at every row; in one piece it does not.

use crate::bits::secret::Pii;

/// Short texts about people, in order.
#[derive(Debug, Clone)]
pub(super) struct Lines {
    text: Pii<String>,
    ends: Vec<usize>,
}

impl Lines {
    /// Takes the texts in.
    pub(super) fn of<T: AsRef<str>>(texts: impl Iterator<Item = T>) -> Self {
        let (mut text, mut ends) = (String::new(), Vec::new());
        for one in texts {
            text.push_str(one.as_ref());
            ends.push(text.len());
        }
        Self { text: Pii::new(text), ends }
    }

    /// The texts, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(&0).chain(&self.ends);
        starts.zip(&self.ends).map(|(start, end)| self.text.reveal().get(*start..*end).unwrap_or_default())
    }
}

impl Default for Lines {
    fn default() -> Self {
        Self::of(std::iter::empty::<&str>())
    }
}
