//! Finding a candidate without a card, from whatever the invigilator types.

use super::list::Searched;
use super::{Candidate, Roster};
use crate::bits::text;

impl Roster {
    /// The best `limit` rows for what was typed so far; nothing for nothing.
    ///
    /// Digits find the SBD (whole, then from the front, then from the back) and the last digits of the identity
    /// number. A date finds birth dates. Words, marks and case aside, must each begin a word of the name; rows whose
    /// given name fits stand first.
    pub fn search(&self, typed: &str, limit: usize) -> Vec<&Candidate> {
        let query = Query::of(typed);
        let mut by_rank: [Vec<usize>; RANKS] = Default::default();
        for (index, row) in self.searched().enumerate() {
            let bucket = query.rank(row).and_then(|rank| by_rank.get_mut(rank));
            if let Some(bucket) = bucket.filter(|bucket| bucket.len() < limit) {
                bucket.push(index);
            }
        }
        by_rank.iter().flatten().take(limit).filter_map(|index| self.candidates().get(*index)).collect()
    }
}

enum Query {
    Nothing,
    Digits(String),
    Date(String),
    Words(Vec<String>),
}

impl Query {
    fn of(typed: &str) -> Self {
        let folded = text::fold(typed);
        let has = |wanted: fn(char) -> bool| folded.chars().any(wanted);
        if folded.is_empty() {
            Self::Nothing
        } else if folded.bytes().all(|byte| byte.is_ascii_digit()) {
            Self::Digits(folded)
        } else if has(|character| character == '/') && !has(char::is_alphabetic) {
            Self::Date(without_leading_zeros(&folded))
        } else {
            Self::Words(folded.split(' ').map(str::to_owned).collect())
        }
    }

    /// How well a row fits, 0 the best; `None` when it does not.
    fn rank(&self, row: Searched<'_>) -> Option<usize> {
        match self {
            Self::Nothing => None,
            Self::Digits(digits) => rank_digits(digits, row),
            Self::Date(date) => rank_date(date, row),
            Self::Words(words) => rank_words(words, row),
        }
    }
}

fn rank_digits(digits: &str, row: Searched<'_>) -> Option<usize> {
    let Searched { number, id_number, .. } = row;
    match () {
        () if number == digits || id_number == digits => Some(0),
        () if digits.len() >= CAN_LEN && id_number.ends_with(digits) => Some(1),
        () if number.starts_with(digits) => Some(2),
        () if number.ends_with(digits) => Some(3),
        () => None,
    }
}

/// Birth dates are typed as they are written: day first, zeros or not.
fn rank_date(typed: &str, row: Searched<'_>) -> Option<usize> {
    match row.birth_date.strip_prefix(typed) {
        _ if row.birth_date.is_empty() => None,
        Some("") => Some(0),
        Some(_) => Some(1),
        None => None,
    }
}

fn without_leading_zeros(typed: &str) -> String {
    typed.split('/').map(|part| part.trim_start_matches('0')).collect::<Vec<_>>().join("/")
}

fn rank_words(words: &[String], row: Searched<'_>) -> Option<usize> {
    let Searched { folded_name, number, .. } = row;
    if words.iter().all(|word| number.eq_ignore_ascii_case(word)) {
        return Some(0);
    }
    let fits = |word: &String| folded_name.split(' ').any(|part| part.starts_with(word.as_str()));
    if !words.iter().all(fits) {
        return None;
    }
    let given_name = folded_name.rsplit(' ').next().unwrap_or_default();
    let last = words.last().map(String::as_str).unwrap_or_default();
    match () {
        () if folded_name == words.join(" ") => Some(0),
        () if given_name == last => Some(1),
        () if words.iter().any(|word| word == given_name) => Some(2),
        () if words.iter().any(|word| given_name.starts_with(word.as_str())) => Some(3),
        () => Some(4),
    }
}

const RANKS: usize = 5;
/// Digits of the number that opens the chip.
const CAN_LEN: usize = 6;
