//! Names as numbers of words. A list of a million people has a few thousand different words; their numbers stand in
//! alphabetical order, so that everything that begins with what was typed is one range of numbers.

use bits::letters::fold_name_into;
use bits::secret::Pii;
use std::collections::HashMap;

/// The words of all names, one behind the other; the last word of a name has [`LAST`] set. Never an empty name: that
/// is the empty word.
pub(super) type Words = Pii<Vec<u32>>;

/// Marks the given name.
pub(super) const LAST: u32 = 1 << 31;

/// Words on their way.
pub(super) struct Vocabulary {
    known: HashMap<Box<str>, u32>,
    words: Vec<u32>,
    folded: String,
}

impl Vocabulary {
    pub(super) fn with_capacity(words: usize) -> Self {
        Self { known: HashMap::new(), words: Vec::with_capacity(words), folded: String::new() }
    }

    /// Takes a name in; returns it folded.
    pub(super) fn push(&mut self, name: &str) -> &str {
        self.folded.clear();
        fold_name_into(name, &mut self.folded);
        for word in self.folded.split(' ') {
            let next = u32::try_from(self.known.len()).unwrap_or(LAST - 1);
            let number = match self.known.get(word) {
                Some(number) => *number,
                None => {
                    self.known.insert(word.into(), next);
                    next
                }
            };
            self.words.push(number);
        }
        if let Some(last) = self.words.last_mut() {
            *last |= LAST;
        }
        &self.folded
    }

    /// All names in numbers of the sorted words, and these words.
    pub(super) fn finish(mut self) -> (Words, Vec<Pii<String>>) {
        let mut sorted: Vec<(Box<str>, u32)> = self.known.into_iter().collect();
        sorted.sort_unstable();
        let mut places = vec![0; sorted.len()];
        for (place, (_, number)) in (0_u32..).zip(&sorted) {
            if let Some(slot) = usize::try_from(*number).ok().and_then(|number| places.get_mut(number)) {
                *slot = place;
            }
        }
        for word in &mut self.words {
            let number = usize::try_from(*word & !LAST).unwrap_or(usize::MAX);
            *word = places.get(number).copied().unwrap_or(0) | (*word & LAST);
        }
        self.words.shrink_to_fit();
        (Pii::new(self.words), sorted.into_iter().map(|(word, _)| Pii::new(word.into_string())).collect())
    }
}
