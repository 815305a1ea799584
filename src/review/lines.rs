//! What members sign is lines, each a name and a value, in one order and one spelling.

use crate::{
    case::entry_line,
    fact::{EntryId, LogId},
};
use bits::hex;
use jiff::Timestamp;
use record::{Digest, EntryRef};
use std::{iter::Peekable, str::Split};

/// The lines of a statement, read one after the other.
pub(crate) struct Lines<'a>(Peekable<Split<'a, char>>);

impl<'a> Lines<'a> {
    /// Behind the first line, which must be this.
    pub(crate) fn behind(head: &str, text: &'a str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n').peekable();
        (lines.next()? == head).then_some(Self(lines))
    }

    /// The value of the next line, which must have this name.
    pub(crate) fn take(&mut self, name: &str) -> Option<&'a str> {
        value(self.0.next()?, name)
    }

    /// The same, read into a value.
    pub(crate) fn read<T: std::str::FromStr>(&mut self, name: &str) -> Option<T> {
        self.take(name)?.parse().ok()
    }

    /// The next line's value where it has this name; otherwise the line stays.
    pub(crate) fn take_if(&mut self, name: &str) -> Option<&'a str> {
        self.0.next_if(|line| value(line, name).is_some()).and_then(|line| value(line, name))
    }

    /// All lines of this name that follow, at most [`MAX_REPEATED`].
    pub(crate) fn all(&mut self, name: &str) -> Option<Vec<&'a str>> {
        let mut found = Vec::new();
        while let Some(value) = self.take_if(name) {
            (found.len() < MAX_REPEATED).then_some(())?;
            found.push(value);
        }
        Some(found)
    }

    /// The members who sign.
    pub(crate) fn by(&mut self) -> Option<Vec<String>> {
        Some(self.take("by")?.split(' ').map(str::to_owned).collect())
    }

    /// When they signed.
    pub(crate) fn at(&mut self) -> Option<Timestamp> {
        self.read("at")
    }
}

fn value<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    line.strip_prefix(name)?.strip_prefix(' ')
}

/// Reads an entry as [`entry_line`] writes it.
pub fn parse_entry(line: &str) -> Option<EntryId> {
    let mut parts = line.split(' ');
    let log = LogId::new(parts.next()?)?;
    let place = EntryRef { segment: parts.next()?.parse().ok()?, seq: parts.next()?.parse().ok()? };
    let leaf = parse_digest(parts.next()?)?;
    parts.next().is_none().then_some(EntryId { log, place, leaf })
}

/// Reads a digest as it is shown.
pub(crate) fn parse_digest(text: &str) -> Option<Digest> {
    Some(Digest(hex::decode(text)?.try_into().ok()?))
}

/// An entry, or a dash for none.
pub(crate) fn entry_or_dash(entry: Option<&EntryId>) -> String {
    entry.map_or_else(|| "-".to_owned(), entry_line)
}

/// Reads that.
pub(crate) fn parse_entry_or_dash(text: &str) -> Option<Option<EntryId>> {
    if text == "-" { Some(None) } else { parse_entry(text).map(Some) }
}

/// A text, or a dash for none.
pub(crate) fn or_dash(text: &str) -> &str {
    if text.is_empty() { "-" } else { text }
}

/// Reads that.
pub(crate) fn un_dash(text: &str) -> String {
    if text == "-" { String::new() } else { text.to_owned() }
}

/// Lines of one name in one statement; a note has no room for more.
pub(crate) const MAX_REPEATED: usize = 300;
