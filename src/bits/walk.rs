//! A walk over canonical JSON (RFC 8785, without floats), as [`json::canonical`](super::json::canonical) leaves it: whoever
//! walks says what stands next, and gets it only where it is spelt in the one way that is canonical. What was walked to its
//! end need not be written again to know that it would come out the same.

use std::borrow::Cow;

/// What is left of a text.
#[derive(Debug, Clone, Copy)]
pub struct Walk<'a> {
    rest: &'a str,
}

impl<'a> Walk<'a> {
    /// Begins at the start of `json`; `None` for what is not UTF-8.
    pub fn new(json: &'a [u8]) -> Option<Self> {
        std::str::from_utf8(json).ok().map(|rest| Self { rest })
    }

    /// What was not walked yet.
    pub fn rest(&self) -> &'a str {
        self.rest
    }

    /// Passes exactly this text.
    pub fn pass(&mut self, text: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(text)?;
        Some(())
    }

    /// Passes this text where it stands next; false, and nothing passed, where it does not.
    pub fn passes(&mut self, text: &str) -> bool {
        self.pass(text).is_some()
    }

    /// Passes a member's name and its colon.
    pub fn name(&mut self, name: &str) -> Option<()> {
        self.pass("\"")?;
        self.pass(name)?;
        self.pass("\":")
    }

    /// A string in which nothing has to be escaped.
    pub fn plain(&mut self) -> Option<&'a str> {
        let inner = self.rest.strip_prefix('"')?;
        let length = inner.bytes().position(is_special)?;
        let (text, rest) = inner.split_at_checked(length)?;
        self.rest = rest.strip_prefix('"')?;
        Some(text)
    }

    /// Any string.
    pub fn text(&mut self) -> Option<Cow<'a, str>> {
        if let Some(plain) = self.plain() {
            return Some(Cow::Borrowed(plain));
        }
        let (mut out, mut left) = (String::new(), self.rest.strip_prefix('"')?);
        loop {
            let (plain, behind) = left.split_at_checked(left.bytes().position(is_special)?)?;
            out.push_str(plain);
            if let Some(rest) = behind.strip_prefix('"') {
                self.rest = rest;
                return Some(Cow::Owned(out));
            }
            let (character, rest) = escaped(behind)?;
            out.push(character);
            left = rest;
        }
    }

    /// A string of so many bytes in lower-case hexadecimal.
    pub fn hex<const N: usize>(&mut self) -> Option<[u8; N]> {
        let digits = self.rest.strip_prefix('"')?;
        let (digits, rest) = digits.split_at_checked(2 * N)?;
        let mut out = [0; N];
        for (byte, pair) in out.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
            *byte = nibble(*pair.first()?)? << 4 | nibble(*pair.last()?)?;
        }
        self.rest = rest.strip_prefix('"')?;
        Some(out)
    }

    /// A whole number from 0 of at most [`MAX_DIGITS`] digits, which every reader takes for the same.
    pub fn number(&mut self) -> Option<u64> {
        let length = self.rest.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at_checked(length)?;
        let is_canonical = (1..=MAX_DIGITS).contains(&length) && (length == 1 || !digits.starts_with('0'));
        self.rest = is_canonical.then_some(rest)?;
        Some(digits.bytes().fold(0, |value, digit| value * 10 + u64::from(digit - b'0')))
    }

    /// `true` or `false`.
    pub fn truth(&mut self) -> Option<bool> {
        if self.passes("true") { Some(true) } else { self.pass("false").map(|()| false) }
    }

    /// Ends where nothing is left.
    pub fn end(self) -> Option<()> {
        self.rest.is_empty().then_some(())
    }
}

/// Ends a string, or has to be escaped in one.
fn is_special(byte: u8) -> bool {
    byte < b' ' || byte == b'"' || byte == b'\\'
}

/// The character of a canonical escape (RFC 8785 §3.2.2.2), and what stands behind it.
fn escaped(text: &str) -> Option<(char, &str)> {
    let behind = text.strip_prefix('\\')?;
    let short = SHORT.iter().find_map(|(letter, character)| Some((*character, behind.strip_prefix(*letter)?)));
    short.or_else(|| {
        let (digits, rest) = behind.strip_prefix("u00")?.split_at_checked(2)?;
        let value = digits.bytes().try_fold(0, |value, digit| Some(value << 4 | nibble(digit)?))?;
        let character = char::from(value);
        let is_short = SHORT.iter().any(|(_, known)| *known == character);
        (character < ' ' && !is_short).then_some((character, rest))
    })
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

/// Numbers up to here are exact in every reader, and written the same by all.
pub const MAX_DIGITS: usize = 15;
/// Characters that have an escape of their own.
const SHORT: [(char, char); 7] =
    [('"', '"'), ('\\', '\\'), ('b', '\u{8}'), ('t', '\t'), ('n', '\n'), ('f', '\u{c}'), ('r', '\r')];
