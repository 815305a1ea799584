//! Finding a candidate without a card, from whatever the invigilator types.

use super::digits::Packed;
use super::names::LAST;
use super::{Candidate, Roster};
use bits::letters;

impl Roster {
    /// The best `limit` rows for what was typed so far; nothing for nothing.
    ///
    /// Digits find the SBD (whole, then from the front, then from the back) and the last digits of the identity
    /// number. A date finds birth dates. Words, marks and case aside, must each begin a word of the name; rows whose
    /// given name fits stand first.
    pub fn search(&self, typed: &str, limit: usize) -> Vec<Candidate> {
        self.search_rows(typed, limit).into_iter().filter_map(|row| self.row(row)).collect()
    }

    /// The same, by the numbers of the rows.
    pub fn search_rows(&self, typed: &str, limit: usize) -> Vec<usize> {
        let mut best = Best::new(limit);
        let folded = letters::fold_name(typed);
        let has = |wanted: fn(char) -> bool| folded.chars().any(wanted);
        if folded.is_empty() || limit == 0 {
            return Vec::new();
        } else if folded.bytes().all(|byte| byte.is_ascii_digit()) {
            self.search_digits(&folded, &mut best);
        } else if has(|character| character == '/') && !has(char::is_alphabetic) {
            self.search_dates(&folded, &mut best);
        } else {
            self.search_words(&folded, &mut best);
        }
        best.rows().collect()
    }

    fn search_digits(&self, typed: &str, best: &mut Best) {
        let packed = Packed::of(typed);
        let rows = self.numbers.iter().zip(self.id_numbers.iter()).enumerate();
        for (row, (number, id_number)) in rows {
            let rank = match (number, id_number, packed) {
                (Some(number), Some(id_number), Some(typed)) => rank_packed(typed, number, id_number),
                _ => rank_digits(typed, &self.numbers.text(row), &self.id_numbers.text(row)),
            };
            if rank.is_some_and(|rank| best.is_full_with(rank, row)) {
                return;
            }
        }
    }

    /// Birth dates are typed as they are written: day first, zeros or not.
    fn search_dates(&self, typed: &str, best: &mut Best) {
        let parts: Vec<&str> = typed.split('/').map(|part| part.trim().trim_start_matches('0')).collect();
        let (days, years) = (days_of(&parts), years_of(&parts));
        for (row, born) in self.born.reveal().iter().enumerate().filter(|(_, born)| **born > 0) {
            let day_fits = usize::try_from(born & DAY_MASK).is_ok_and(|day| days.get(day) == Some(&true));
            let year = (born >> DAY_BITS).checked_sub(FIRST_YEAR).and_then(|year| usize::try_from(year).ok());
            let rank = year.filter(|_| day_fits).and_then(|year| years.get(year).copied().flatten());
            if rank.is_some_and(|rank| best.is_full_with(rank, row)) {
                return;
            }
        }
    }

    fn search_words(&self, folded: &str, best: &mut Best) {
        for (row, _) in self.numbers.others().filter(|(_, number)| number.eq_ignore_ascii_case(folded)) {
            best.is_full_with(0, row);
        }
        let typed: Option<Vec<Typed>> = folded.split(' ').take(MAX_WORDS).map(|word| self.typed(word)).collect();
        let Some(typed) = typed else { return };
        let (all, words) = ((1_u32 << typed.len()) - 1, self.names.words());
        let begun = begun(&typed, self.names.vocabulary().len());
        let (mut row, mut start, mut found) = (0, 0, 0_u32);
        for (at, word) in words.iter().enumerate() {
            let number = word & !LAST;
            found |= usize::try_from(number).ok().and_then(|number| begun.get(number)).copied().unwrap_or(0);
            if word & LAST != 0 {
                let full = found == all && {
                    let name = words.get(start..=at).unwrap_or_default();
                    best.is_full_with(rank_name(&typed, name), row)
                };
                if full {
                    return;
                }
                (row, start, found) = (row + 1, at + 1, 0);
            }
        }
    }

    /// The words that begin with what was typed; `None` when none does.
    fn typed(&self, word: &str) -> Option<Typed> {
        let known = self.names.vocabulary();
        let from = known.partition_point(|known| known.folded.reveal().as_str() < word);
        let rest = known.get(from..).unwrap_or_default();
        let count = rest.partition_point(|known| known.folded.reveal().starts_with(word));
        let exact = rest.partition_point(|known| known.folded.reveal() == word);
        let number = |count: usize| u32::try_from(count).ok();
        (count > 0).then_some(Typed { from: number(from)?, count: number(count)?, exact: number(exact)? })
    }
}

/// A typed word as a range of words, which stand in alphabetical order.
struct Typed {
    from: u32,
    count: u32,
    /// How many of them are the word itself, as it is written with these marks and those: they come first.
    exact: u32,
}

impl Typed {
    fn begins(&self, number: u32) -> bool {
        number.wrapping_sub(self.from) < self.count
    }

    fn is(&self, number: u32) -> bool {
        number.wrapping_sub(self.from) < self.exact
    }
}

/// For each word of the vocabulary, which typed words it begins with, a bit each: asked once a word of a million names.
fn begun(typed: &[Typed], words: usize) -> Vec<u32> {
    let bits = |word: u32| (0..).zip(typed).fold(0, |bits, (bit, one)| bits | u32::from(one.begins(word)) << bit);
    (0_u32..).take(words).map(bits).collect()
}

/// How well a name fits that has all the words, 0 the best.
fn rank_name(typed: &[Typed], name: &[u32]) -> usize {
    let given = name.last().map_or(0, |word| word & !LAST);
    let same = name.len() == typed.len() && typed.iter().zip(name).all(|(one, word)| one.is(word & !LAST));
    match () {
        () if same => 0,
        () if typed.last().is_some_and(|last| last.is(given)) => 1,
        () if typed.iter().any(|one| one.is(given)) => 2,
        () if typed.iter().any(|one| one.begins(given)) => 3,
        () => 4,
    }
}

fn rank_packed(typed: Packed, number: Packed, id_number: Packed) -> Option<usize> {
    match () {
        () if number == typed || id_number == typed => Some(0),
        () if typed.len >= CAN_LEN && id_number.ends_with(typed) => Some(1),
        () if number.starts_with(typed) => Some(2),
        () if number.ends_with(typed) => Some(3),
        () => None,
    }
}

fn rank_digits(typed: &str, number: &str, id_number: &str) -> Option<usize> {
    let is_can = u32::try_from(typed.len()).is_ok_and(|len| len >= CAN_LEN);
    match () {
        () if number == typed || id_number == typed => Some(0),
        () if is_can && id_number.ends_with(typed) => Some(1),
        () if number.starts_with(typed) => Some(2),
        () if number.ends_with(typed) => Some(3),
        () => None,
    }
}

/// Which days and months fit, by the lower bits of a packed date. What was typed last may be unfinished.
fn days_of(parts: &[&str]) -> Vec<bool> {
    let fits = |value: u32, part: usize| match parts.get(part) {
        None | Some(&"") => part + 1 >= parts.len(),
        Some(typed) if part + 1 == parts.len() => value.to_string().starts_with(typed),
        Some(typed) => value.to_string() == *typed,
    };
    (0..=DAY_MASK).map(|packed| fits(packed & 31, 0) && fits(packed >> 5, 1)).collect()
}

/// The rank of each year from [`FIRST_YEAR`] on.
fn years_of(parts: &[&str]) -> Vec<Option<usize>> {
    let rank = |year: u32| match parts {
        [_, _, typed, ..] => year.to_string().strip_prefix(typed).map(|rest| usize::from(!rest.is_empty())),
        _ => Some(1),
    };
    (FIRST_YEAR..=LAST_YEAR).map(rank).collect()
}

/// The first rows of each rank.
struct Best {
    limit: usize,
    by_rank: [Vec<usize>; RANKS],
}

impl Best {
    fn new(limit: usize) -> Self {
        Self { limit, by_rank: Default::default() }
    }

    /// Takes a row in; true when nothing better can come.
    fn is_full_with(&mut self, rank: usize, row: usize) -> bool {
        if let Some(rows) = self.by_rank.get_mut(rank).filter(|rows| rows.len() < self.limit && !rows.contains(&row)) {
            rows.push(row);
        }
        self.by_rank.first().is_some_and(|rows| rows.len() == self.limit)
    }

    fn rows(&self) -> impl Iterator<Item = usize> + '_ {
        self.by_rank.iter().flatten().take(self.limit).copied()
    }
}

const RANKS: usize = 5;
/// Digits of the number that opens the chip.
const CAN_LEN: u32 = 6;
/// More words than a name has; what is typed beyond them is not asked.
const MAX_WORDS: usize = 16;
const DAY_BITS: u32 = 9;
const DAY_MASK: u32 = 511;
const FIRST_YEAR: u32 = 1900;
const LAST_YEAR: u32 = 2100;
