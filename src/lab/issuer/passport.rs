//! A passport in place of a card (ICAO Doc 9303-4): two printed lines, and a chip that those open.

use super::groups::yymmdd;
use super::people::Person;
use emrtd::mrz::check_digit;

/// Whose passport it is by state and number; the person says the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passport {
    /// The issuing state, three letters as in the MRZ.
    pub state: &'static str,
    /// The number, nine characters at most.
    pub number: &'static str,
}

impl Passport {
    /// The two printed lines, of 44 characters each.
    pub fn lines(&self, person: &Person) -> [String; 2] {
        let first = format!("{:<<44.44}", format!("P<{:<<3}{}", self.state, person.mrz_name()));
        let number = format!("{:<<9.9}", self.number);
        let [birth, expiry] = dates(person);
        let sex = if person.female { 'F' } else { 'M' };
        let head = format!("{number}{}", check_digit(number.as_bytes()));
        let born = format!("{birth}{}", check_digit(birth.as_bytes()));
        let ends = format!("{expiry}{}", check_digit(expiry.as_bytes()));
        let rest = format!("{}<", "<".repeat(OPTIONAL_LEN));
        let composite = [head.as_str(), &born, &ends, &rest].concat();
        let second = format!("{head}{:<<3}{born}{sex}{ends}{rest}{}", self.state, check_digit(composite.as_bytes()));
        [first, second]
    }

    /// Number, birth and expiry, each with its check digit: what opens the chip.
    pub(super) fn mrz_information(&self, person: &Person) -> String {
        let part = |text: &str| format!("{text}{}", check_digit(text.as_bytes()));
        let [birth, expiry] = dates(person);
        [part(&format!("{:<<9.9}", self.number)), part(&birth), part(&expiry)].concat()
    }
}

fn dates(person: &Person) -> [String; 2] {
    [yymmdd(person.birth), person.expiry.map_or_else(|| "991231".to_owned(), yymmdd)]
}

/// Characters of the optional data, without its check digit.
const OPTIONAL_LEN: usize = 14;
