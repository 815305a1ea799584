//! Several files as one run of bytes, inside a package's ciphertexts. The first line says which of them this is.
//!
//! ```text
//! diemdanh/package-people/v2
//! files 3
//! candidates.csv 182
//! …182 bytes…exam.key 32
//! …32 bytes…portraits/9f3c… 11240
//! …11240 bytes…
//! ```
//!
//! Names stand in the order of their bytes, each once, so that the same files are the same bytes. Names may hold
//! spaces; the length stands behind the last one.

use crate::contents::ContentsFault;
use bits::secret::Secret;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// The most files of one package: settings and the portraits of a large city.
pub const MAX_FILES: usize = 200_000;
/// The longest name of a file, in bytes.
pub const MAX_NAME_LEN: usize = 200;
/// The largest file: the candidates of the whole country.
pub const MAX_FILE_LEN: usize = 512 << 20;
/// The most bytes of all files with their names.
pub const MAX_CONTENTS_LEN: usize = 1 << 30;

/// Files that are to be written, by their names.
pub(super) type Parts = BTreeMap<String, Zeroizing<Vec<u8>>>;

/// Writes the files.
pub(super) fn write(kind: &str, files: &Parts) -> Result<Secret<Vec<u8>>, ContentsFault> {
    let head = format!("{kind}\nfiles {}\n", files.len());
    let line = |name: &str, bytes: &[u8]| format!("{name} {}\n", bytes.len());
    let total = files.iter().map(|(name, bytes)| line(name, bytes).len().saturating_add(bytes.len()));
    let total = total.fold(head.len(), usize::saturating_add);
    within(files.len(), MAX_FILES, "files")?;
    within(total, MAX_CONTENTS_LEN, "contents")?;
    // One piece of memory of the right size: a vector that grows leaves copies behind that nobody wipes.
    let mut out = Vec::with_capacity(total);
    out.extend_from_slice(head.as_bytes());
    for (name, bytes) in files {
        if !is_name(name) {
            return Err(ContentsFault::Name { name: name.clone() });
        }
        within(bytes.len(), MAX_FILE_LEN, name)?;
        out.extend_from_slice(line(name, bytes).as_bytes());
        out.extend_from_slice(bytes);
    }
    Ok(Secret::new(out))
}

/// Takes the bytes apart.
pub(super) fn read<'a>(kind: &str, bytes: &'a [u8]) -> Result<BTreeMap<&'a str, &'a [u8]>, ContentsFault> {
    within(bytes.len(), MAX_CONTENTS_LEN, "contents")?;
    let mut rest = Rest { bytes };
    if rest.line()? != kind {
        return Err(ContentsFault::Head);
    }
    let count = rest.line()?.strip_prefix("files ").and_then(number).ok_or(ContentsFault::Head)?;
    within(count, MAX_FILES, "files")?;
    let mut files: BTreeMap<&'a str, &'a [u8]> = BTreeMap::new();
    for _ in 0..count {
        let line = rest.line()?;
        let named = line.rsplit_once(' ').and_then(|(name, length)| Some((name, number(length)?)));
        let (name, length) = named.filter(|(name, _)| is_name(name)).ok_or(ContentsFault::Line)?;
        within(length, MAX_FILE_LEN, name)?;
        if files.last_key_value().is_some_and(|(last, _)| *last >= name) {
            return Err(ContentsFault::Order { name: name.to_owned() });
        }
        files.insert(name, rest.take(length)?);
    }
    if rest.bytes.is_empty() { Ok(files) } else { Err(ContentsFault::Trailing) }
}

struct Rest<'a> {
    bytes: &'a [u8],
}

impl<'a> Rest<'a> {
    fn line(&mut self) -> Result<&'a str, ContentsFault> {
        let end = self.bytes.iter().take(MAX_LINE_LEN).position(|byte| *byte == b'\n');
        let end = match end {
            Some(end) => end,
            None if self.bytes.len() < MAX_LINE_LEN => return Err(ContentsFault::Cut),
            None => return Err(ContentsFault::Line),
        };
        let line = self.take(end)?;
        self.take(1)?;
        std::str::from_utf8(line).map_err(|_| ContentsFault::Line)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], ContentsFault> {
        let (taken, rest) = self.bytes.split_at_checked(length).ok_or(ContentsFault::Cut)?;
        self.bytes = rest;
        Ok(taken)
    }
}

/// One spelling of a number.
fn number(text: &str) -> Option<usize> {
    text.parse::<usize>().ok().filter(|number| number.to_string() == text)
}

fn within(found: usize, limit: usize, name: &str) -> Result<(), ContentsFault> {
    if found <= limit { Ok(()) } else { Err(ContentsFault::TooLarge { name: name.to_owned(), limit }) }
}

/// A plain name, with one folder at most before it: it must be safe as the name of a file on every system.
fn is_name(name: &str) -> bool {
    let plain = |part: &str| {
        let is_odd = |character: char| character.is_control() || "/\\:".contains(character);
        !part.is_empty() && !part.starts_with(['.', ' ']) && !part.ends_with([' ', '.']) && !part.contains(is_odd)
    };
    let (folder, file) = name.split_once('/').unwrap_or(("-", name));
    name.len() <= MAX_NAME_LEN && plain(folder) && plain(file)
}

/// A name, a space, and the longest number.
const MAX_LINE_LEN: usize = MAX_NAME_LEN + 24;
