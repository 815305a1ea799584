//! The sentences of one language.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::sync::Arc;

/// The sentences of one language: sections of keys. A copy shares them.
#[derive(Debug, Clone, Default)]
pub struct Dictionary(Arc<BTreeMap<String, BTreeMap<String, String>>>);

/// Why a file of sentences cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("not a file of sentences: {0}")]
pub struct DictionaryError(#[from] toml::de::Error);

/// What a language has that the code does not say, and the other way round.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults(pub Vec<String>);

impl Dictionary {
    /// Reads TOML: sections, in them keys with a sentence each.
    ///
    /// # Errors
    /// The parser's message: a fault of the build, found by the first test.
    pub fn read(text: &str) -> Result<Self, DictionaryError> {
        Ok(Self(Arc::new(toml::from_str(text)?)))
    }

    /// The sentence of `key`, word for word; the key itself where there is none.
    pub fn word<'a>(&'a self, section: &str, key: &'a str) -> &'a str {
        self.find(section, key).unwrap_or(key)
    }

    /// The sentence of `key` with its slots filled.
    ///
    /// ```
    /// let words = diemdanh_words::Dictionary::read("[say]\nadded = 'added {code}: {role}'")?;
    /// assert_eq!(words.fill("say", "added", &[("code", &"gt.01"), ("role", &"{code}")]), "added gt.01: {code}");
    /// # Ok::<(), diemdanh_words::DictionaryError>(())
    /// ```
    pub fn fill(&self, section: &str, key: &str, slots: &[(&str, &dyn Display)]) -> String {
        let mut out = String::new();
        let mut rest = self.find(section, key).unwrap_or(key);
        while let Some((before, (slot, after))) = next_slot(rest) {
            out.push_str(before);
            match slots.iter().find(|(name, _)| *name == slot) {
                Some((_, value)) => out.push_str(&value.to_string()),
                None => out.push_str(slot),
            }
            rest = after;
        }
        out.push_str(rest);
        out
    }

    /// Holds `section` against the keys and slots that the code says.
    pub fn check(&self, section: &str, said: &[(&str, &[&str])]) -> Faults {
        let empty = BTreeMap::new();
        let have = self.0.get(section).unwrap_or(&empty);
        let mut faults: Vec<String> = Vec::new();
        for (key, slots) in said {
            let Some(sentence) = have.get(*key) else {
                faults.push(format!("{section}.{key} is missing"));
                continue;
            };
            let wanted: BTreeSet<&str> = slots.iter().copied().collect();
            if slots_of(sentence) != wanted {
                faults.push(format!("{section}.{key} has slots {:?}, wanted {wanted:?}", slots_of(sentence)));
            }
        }
        let unsaid = have.keys().filter(|key| said.iter().all(|(one, _)| one != key));
        faults.extend(unsaid.map(|key| format!("{section}.{key} is never said")));
        Faults(faults)
    }

    /// The sections that there are.
    pub fn sections(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    fn find(&self, section: &str, key: &str) -> Option<&str> {
        self.0.get(section)?.get(key).map(String::as_str)
    }
}

/// The text before the next `{slot}`, the slot's name, and the text behind it.
fn next_slot(text: &str) -> Option<(&str, (&str, &str))> {
    let (before, rest) = text.split_once('{')?;
    Some((before, rest.split_once('}')?))
}

fn slots_of(sentence: &str) -> BTreeSet<&str> {
    let mut slots = BTreeSet::new();
    let mut rest = sentence;
    while let Some((_, (slot, after))) = next_slot(rest) {
        slots.insert(slot);
        rest = after;
    }
    slots
}
