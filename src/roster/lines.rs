//! Many short texts in one piece of memory.

use bits::secret::Pii;

/// Short texts about people, in order.
#[derive(Clone)]
pub(super) struct Lines {
    text: Pii<String>,
    ends: Vec<u32>,
}

impl Lines {
    /// Takes over texts that stand one behind the other.
    pub(super) fn new(text: String, ends: Vec<u32>) -> Self {
        Self { text: Pii::new(text), ends }
    }

    /// One text; empty where there is none.
    pub(super) fn get(&self, row: usize) -> &str {
        let end = |row: usize| self.ends.get(row).and_then(|end| usize::try_from(*end).ok());
        let start = row.checked_sub(1).map_or(Some(0), end);
        match (start, end(row)) {
            (Some(start), Some(end)) => self.text.reveal().get(start..end).unwrap_or_default(),
            _ => "",
        }
    }
}

impl Default for Lines {
    fn default() -> Self {
        Self::new(String::new(), Vec::new())
    }
}
