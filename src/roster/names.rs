//! Names as numbers of words. A list of a million people has a few thousand different words; their numbers stand in the
//! alphabetical order of the folded words, so that everything that begins with what was typed is one range of numbers.
//!
//! Invariant: a name comes out as it went in, letter by letter.

use bits::letters::{fold_name, folds_by_letter};
use bits::secret::Pii;
use std::collections::{BTreeMap, HashMap};

/// Marks the given name.
pub(super) const LAST: u32 = 1 << 31;

/// The names of a list, in the order of its rows.
#[derive(Clone)]
pub(super) struct Names {
    /// The words of all names, one behind the other; the last word of a name has [`LAST`] set. Never an empty name: that
    /// is the empty word.
    words: Pii<Vec<u32>>,
    /// Where every [`STRIDE`]th name begins.
    starts: Vec<u32>,
    vocabulary: Vec<NameWord>,
    /// Names that are more than their words with a space between them, by row.
    odd: BTreeMap<u32, Pii<String>>,
}

/// A word of a name, folded and as somebody wrote it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct NameWord {
    pub(super) folded: Pii<String>,
    written: Pii<String>,
}

impl Names {
    /// The name of a row as it was written; empty where there is none.
    pub(super) fn text(&self, row: usize) -> String {
        let odd = u32::try_from(row).ok().and_then(|row| self.odd.get(&row));
        odd.map_or_else(|| self.joined(self.of(row), |word| word.written.reveal()), |name| name.reveal().clone())
    }

    /// The name of a row, folded.
    pub(super) fn folded(&self, row: usize) -> String {
        self.joined(self.of(row), |word| word.folded.reveal())
    }

    /// All names, folded, in the order of the rows.
    pub(super) fn all_folded(&self) -> impl Iterator<Item = String> + '_ {
        let names = self.words.reveal().split_inclusive(|word| word & LAST != 0);
        names.map(|name| self.joined(name, |word| word.folded.reveal()))
    }

    /// The words of all names, one behind the other.
    pub(super) fn words(&self) -> &[u32] {
        self.words.reveal()
    }

    /// What the numbers of words stand for, in alphabetical order; a word that is written in two ways stands there twice.
    pub(super) fn vocabulary(&self) -> &[NameWord] {
        &self.vocabulary
    }

    fn of(&self, row: usize) -> &[u32] {
        let start = self.starts.get(row / STRIDE).and_then(|start| usize::try_from(*start).ok());
        let rest = start.and_then(|start| self.words.reveal().get(start..)).unwrap_or_default();
        rest.split_inclusive(|word| word & LAST != 0).nth(row % STRIDE).unwrap_or_default()
    }

    fn joined<'a>(&'a self, name: &[u32], part: impl Fn(&'a NameWord) -> &'a str) -> String {
        let mut out = String::with_capacity(NAME_LEN);
        for (place, word) in name.iter().enumerate() {
            if place > 0 {
                out.push(' ');
            }
            let number = usize::try_from(word & !LAST).unwrap_or(usize::MAX);
            out.push_str(self.vocabulary.get(number).map_or("", &part));
        }
        out
    }
}

impl Default for Names {
    fn default() -> Self {
        NamesBuilder::default().finish()
    }
}

/// Names on their way.
#[derive(Default)]
pub(super) struct NamesBuilder {
    /// Words that are folded alike in every name, as they are written.
    known: HashMap<Box<str>, u32>,
    /// The others.
    others: HashMap<NamePair, u32>,
    vocabulary: Vec<NameWord>,
    words: Vec<u32>,
    starts: Vec<u32>,
    rows: u32,
    odd: BTreeMap<u32, Pii<String>>,
}

/// How a word is written and folded.
type NamePair = (Box<str>, Box<str>);

impl NamesBuilder {
    pub(super) fn with_capacity(rows: usize) -> Self {
        Self {
            words: Vec::with_capacity(rows.saturating_mul(NAME_WORDS)),
            starts: Vec::with_capacity(rows / STRIDE + 1),
            ..Self::default()
        }
    }

    pub(super) fn push(&mut self, name: &str) {
        let start = self.words.len();
        if self.rows.is_multiple_of(STRIDE_ROWS) {
            self.starts.push(u32::try_from(start).unwrap_or(u32::MAX));
        }
        for word in name.split(' ') {
            let Some(number) = self.known.get(word) else {
                self.words.truncate(start);
                self.learn(name);
                break;
            };
            self.words.push(*number);
        }
        if let Some(last) = self.words.last_mut() {
            *last |= LAST;
        }
        self.rows = self.rows.saturating_add(1);
    }

    /// A name with a word that is new, or that is not folded word by word.
    fn learn(&mut self, name: &str) {
        let folded = fold_name(name);
        let is_odd = name.split(' ').count() != folded.split(' ').count();
        if is_odd {
            self.odd.insert(self.rows, Pii::new(name.to_owned()));
        }
        let written = if is_odd { folded.as_str() } else { name };
        for (written, folded) in written.split(' ').zip(folded.split(' ')) {
            let number = self.number(written, folded);
            self.words.push(number);
        }
    }

    fn number(&mut self, written: &str, folded: &str) -> u32 {
        let next = u32::try_from(self.vocabulary.len()).unwrap_or(LAST - 1);
        // A word that is empty, or folds otherwise in other company, is nothing to build a name of without a look.
        let is_plain = !folded.is_empty() && folds_by_letter(written) && fold_name(written) == folded;
        let number = if is_plain {
            *self.known.entry(written.into()).or_insert(next)
        } else {
            *self.others.entry((written.into(), folded.into())).or_insert(next)
        };
        if number == next {
            self.vocabulary
                .push(NameWord { folded: Pii::new(folded.to_owned()), written: Pii::new(written.to_owned()) });
        }
        number
    }

    /// All names, in numbers of the sorted words.
    pub(super) fn finish(mut self) -> Names {
        drop((self.known, self.others));
        let mut sorted: Vec<(NameWord, usize)> = self.vocabulary.into_iter().zip(0..).collect();
        sorted.sort_unstable();
        let mut places = vec![0; sorted.len()];
        for (place, (_, number)) in (0_u32..).zip(&sorted) {
            if let Some(slot) = places.get_mut(*number) {
                *slot = place;
            }
        }
        for word in &mut self.words {
            let number = usize::try_from(*word & !LAST).unwrap_or(usize::MAX);
            *word = places.get(number).copied().unwrap_or(0) | (*word & LAST);
        }
        self.words.shrink_to_fit();
        Names {
            words: Pii::new(self.words),
            starts: self.starts,
            vocabulary: sorted.into_iter().map(|(word, _)| word).collect(),
            odd: self.odd,
        }
    }
}

/// Names between two whose beginning is remembered.
const STRIDE: usize = 64;
const STRIDE_ROWS: u32 = 64;
/// Bytes of a Vietnamese name, with some room.
const NAME_LEN: usize = 24;
const NAME_WORDS: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_out_as_they_went_in_and_folded() {
        let names = [
            "Nguyễn Thị Ánh",
            "NGUYỄN THỊ ÁNH",
            "Nguyễn  Thị Ánh",
            "",
            " ",
            "Y-Blok Êban",
            "Nguye\u{302}\u{303}n An",
            "An",
            "An ",
            "A\tB ",
            "\t",
            "Аn",
            "Анна Аn",
            "Анна",
            "H'Hen Niê",
            "An 🙂",
            "🙂",
            "Nguyễn Thị Ánh",
            "a  b",
            "\u{200B}",
        ];
        let many: Vec<&str> = names.iter().copied().cycle().take(5 * STRIDE + 7).collect();
        let mut builder = NamesBuilder::with_capacity(many.len());
        many.iter().for_each(|name| builder.push(name));
        let built = builder.finish();
        for (row, name) in many.iter().enumerate() {
            assert_eq!(built.text(row), *name, "row {row}");
            assert_eq!(built.folded(row), fold_name(name), "row {row}: {name:?}");
        }
        assert!(built.all_folded().eq(many.iter().map(|name| fold_name(name))));
        assert!(built.vocabulary().is_sorted());
        assert_eq!(built.text(many.len()), "", "no such row");
    }
}
