//! What a number format adds to a whole number: zeros and signs that stand in no cell.
//!
//! Source: ECMA-376 part 1, section 18.8.31 (number format codes). Only codes of digit places and literal text are read;
//! dates, fractions, thousands and conditions leave the number as it is.

/// The digits of a format code, where it is one that shows whole numbers with more digits than they have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NumberFormat(Vec<Place>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// `0`: a digit, or a zero.
    Zero,
    /// `#`: a digit, or nothing.
    Digit,
    Literal(char),
}

impl NumberFormat {
    /// Reads the code for positive numbers.
    pub(super) fn of(code: &str) -> Option<Self> {
        let (mut places, mut rest) = (Vec::new(), code.chars().take(MAX_CODE_LEN));
        while let Some(character) = rest.next() {
            match character {
                '0' => places.push(Place::Zero),
                '#' => places.push(Place::Digit),
                '"' => places.extend(rest.by_ref().take_while(|one| *one != '"').map(Place::Literal)),
                '\\' => places.push(Place::Literal(rest.next()?)),
                '-' | ' ' => places.push(Place::Literal(character)),
                // Colours and languages; a space as wide as the next character.
                '[' => rest.by_ref().take_while(|one| *one != ']').for_each(drop),
                '_' => drop(rest.next()),
                ';' => break,
                _ => return None,
            }
        }
        let zeros = places.iter().filter(|place| **place == Place::Zero).count();
        let adds = zeros > 1 || zeros > 0 && places.iter().any(|place| matches!(place, Place::Literal('0'..='9')));
        adds.then_some(Self(places))
    }

    /// The number as the spreadsheet shows it, where that is more than its digits.
    pub(super) fn shown(&self, number: f64) -> Option<String> {
        if number.fract() != 0.0 || !(0.0..MAX_EXACT).contains(&number) {
            return None;
        }
        let plain = format!("{number:.0}");
        let mut digits: Vec<char> = plain.chars().collect();
        let mut out = Vec::new();
        let mut left = self.0.iter().filter(|place| !matches!(place, Place::Literal(_))).count();
        for place in self.0.iter().rev() {
            let digit = match place {
                Place::Literal(character) => Some(*character),
                Place::Zero => Some(digits.pop().unwrap_or('0')),
                Place::Digit => digits.pop(),
            };
            out.extend(digit);
            left -= usize::from(!matches!(place, Place::Literal(_)));
            // More digits than places: they stand in front of the first place.
            if left == 0 && !matches!(place, Place::Literal(_)) {
                out.extend(std::mem::take(&mut digits).into_iter().rev());
            }
        }
        let shown: String = out.into_iter().rev().collect();
        let shown = shown.trim();
        (shown != plain).then(|| shown.to_owned())
    }
}

const MAX_CODE_LEN: usize = 255;
/// Whole numbers are exact up to here.
const MAX_EXACT: f64 = 9e15;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_that_stand_only_in_the_format() {
        let rows = [
            ("00000000", 101.0, Some("00000101")),
            ("000000000000", 99_308_000_101.0, Some("099308000101")),
            ("00000000;@", 101.0, Some("00000101")),
            ("\"02\"000000", 101.0, Some("02000101")),
            ("\\0000000", 12.0, Some("0000012")),
            ("000", 1_234.0, None),
            ("00", 7.5, None),
            ("00-000", 12_345.0, Some("12-345")),
            ("[$-42A]0000_)", 12.0, Some("0012")),
            ("0", 7.0, None),
            ("0.00", 7.0, None),
            ("#,##0", 1_234.0, None),
            ("dd/mm/yyyy", 39_493.0, None),
            ("General", 7.0, None),
        ];
        for (code, number, shown) in rows {
            assert_eq!(NumberFormat::of(code).and_then(|format| format.shown(number)).as_deref(), shown, "{code}");
        }
    }
}
