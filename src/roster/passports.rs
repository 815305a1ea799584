//! Passports in the identity column: the number, with the letters of its state in front where that is not Vietnam.
//!
//! A number of digits alone is a personal number or an identity card's of before: as a passport's it counts only behind its
//! state.

use super::{Candidate, Roster};

impl Roster {
    /// The rows that name this passport, by state and number.
    pub fn by_passport(&self, state: &str, number: &str) -> Vec<Candidate> {
        let mut rows = self.by_id_number(&format!("{state} {number}"));
        if state == HOME && !is_digits(number) {
            rows.extend(self.by_id_number(number));
        }
        rows
    }

    /// The rows that name a passport of this number, of whichever state.
    pub(super) fn by_passport_of_any_state(&self, number: &str) -> Vec<Candidate> {
        let names = |text: &str| match state_of(text) {
            Some((_, own)) => own == number,
            None => text == number && !is_digits(number),
        };
        let rows = self.id_numbers.others().filter(|(_, text)| names(text));
        rows.filter_map(|(row, _)| self.row(row)).collect()
    }
}

/// State and number of a passport, where the column has both: `LAO PA123456`.
pub fn state_of(text: &str) -> Option<(&str, &str)> {
    let (state, number) = text.split_once(' ')?;
    let is_state = (1..=STATE_LEN).contains(&state.len()) && state.bytes().all(|letter| letter.is_ascii_uppercase());
    let is_number = !number.is_empty() && number.bytes().all(|one| one.is_ascii_uppercase() || one.is_ascii_digit());
    (is_state && is_number).then_some((state, number))
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|one| one.is_ascii_digit())
}

/// The state of passports that a list names by their number alone.
const HOME: &str = "VNM";
const STATE_LEN: usize = 3;
