//! Several files as one tar archive (POSIX.1-1988, `ustar`) inside a package's ciphertexts.
//!
//! The same files are the same bytes: names in the order of their bytes, each once; every header says a regular file of
//! owner 0 and group 0, mode 0600, time 0, and has no other name than the one of at most 100 bytes; zeros to the next
//! block of 512 bytes, two blocks of zeros at the end. Whatever any tar program would write otherwise (links, folders,
//! devices, sparse files, long names of GNU or pax) is refused, and nothing is unpacked: a file is a piece of the bytes.

use crate::contents::ContentsFault;
use bits::secret::Secret;
use std::collections::BTreeMap;
use std::io::Cursor;
use tar::{Archive, Entry, EntryType, Header};
use zeroize::Zeroizing;

/// The most files of one package: settings and the portraits of a large city.
pub const MAX_FILES: usize = 200_000;
/// The longest name of a file, in bytes: what a header's own field holds.
pub const MAX_NAME_LEN: usize = 100;
/// The largest file: the candidates of the whole country.
pub const MAX_FILE_LEN: usize = 512 << 20;
/// The most bytes of all files with their headers.
pub const MAX_CONTENTS_LEN: usize = 1 << 30;

/// Files that are to be written, by their names.
pub(super) type Parts = BTreeMap<String, Zeroizing<Vec<u8>>>;

/// Writes the files.
pub(super) fn write(files: &Parts) -> Result<Secret<Vec<u8>>, ContentsFault> {
    let sizes = files.values().map(|bytes| BLOCK_LEN.saturating_add(padded(bytes.len())));
    let total = sizes.fold(END.len(), usize::saturating_add);
    within(files.len(), MAX_FILES, "files")?;
    within(total, MAX_CONTENTS_LEN, "contents")?;
    // One piece of memory of the right size: a vector that grows leaves copies behind that nobody wipes, and so would
    // the copying of `tar::Builder`.
    let mut out = Vec::with_capacity(total);
    for (name, bytes) in files {
        if !is_name(name) {
            return Err(ContentsFault::Name { name: name.clone() });
        }
        within(bytes.len(), MAX_FILE_LEN, name)?;
        out.extend_from_slice(header(name, bytes.len()).as_bytes());
        out.extend_from_slice(bytes);
        out.resize(padded(out.len()), 0);
    }
    out.extend_from_slice(&END);
    Ok(Secret::new(out))
}

/// Takes the bytes apart.
pub(super) fn read(bytes: &[u8]) -> Result<BTreeMap<&str, &[u8]>, ContentsFault> {
    within(bytes.len(), MAX_CONTENTS_LEN, "contents")?;
    let mut archive = Archive::new(Cursor::new(bytes));
    let mut files: BTreeMap<&str, &[u8]> = BTreeMap::new();
    let mut end = 0;
    // Raw: no entry changes the name or the size of the one behind it.
    for entry in archive.entries_with_seek().map_err(|_| ContentsFault::Archive)?.raw(true) {
        let is_cut = bytes.len().saturating_sub(end) < BLOCK_LEN;
        let entry = entry.map_err(|_| if is_cut { ContentsFault::Cut } else { ContentsFault::Archive })?;
        within(files.len() + 1, MAX_FILES, "files")?;
        let (name, body) = regular_file(&entry, bytes.get(end..).unwrap_or_default())?;
        if files.last_key_value().is_some_and(|(last, _)| *last >= name) {
            return Err(ContentsFault::Order { name: name.to_owned() });
        }
        files.insert(name, body);
        end += BLOCK_LEN + padded(body.len());
    }
    match bytes.get(end..) {
        Some(rest) if rest == END => Ok(files),
        Some(rest) if !END.starts_with(rest) => Err(ContentsFault::Trailing),
        _ => Err(ContentsFault::Cut),
    }
}

/// The name and the bytes of the entry at the beginning of `rest`, whose header is the one that is written for them.
fn regular_file<'a>(entry: &Entry<'_, Cursor<&[u8]>>, rest: &'a [u8]) -> Result<(&'a str, &'a [u8]), ContentsFault> {
    let (head, rest) = rest.split_at_checked(BLOCK_LEN).ok_or(ContentsFault::Cut)?;
    let field = head.get(..MAX_NAME_LEN).and_then(|field| field.split(|byte| *byte == 0).next()).unwrap_or_default();
    let said = || String::from_utf8_lossy(&entry.path_bytes()).into_owned();
    let kind = entry.header().entry_type();
    if kind != EntryType::Regular {
        return Err(ContentsFault::Kind { name: said(), kind: char::from(kind.as_byte()) });
    }
    let name = std::str::from_utf8(field).ok().filter(|name| is_name(name) && said() == **name);
    let name = name.ok_or_else(|| ContentsFault::Name { name: said() })?;
    let size = usize::try_from(entry.size()).unwrap_or(usize::MAX);
    within(size, MAX_FILE_LEN, name)?;
    let (body, rest) = rest.split_at_checked(size).ok_or(ContentsFault::Cut)?;
    let padding = rest.get(..padded(size) - size).ok_or(ContentsFault::Cut)?;
    if header(name, size).as_bytes() != head || padding.iter().any(|byte| *byte != 0) {
        return Err(ContentsFault::Header { name: name.to_owned() });
    }
    Ok((name, body))
}

/// The one header of a file. The name is a plain one, so that it fits.
fn header(name: &str, size: usize) -> Header {
    let mut header = Header::new_ustar();
    if let Some(field) = header.as_old_mut().name.get_mut(..name.len()) {
        field.copy_from_slice(name.as_bytes());
    }
    header.set_entry_type(EntryType::Regular);
    header.set_mode(MODE);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_size(u64::try_from(size).unwrap_or(u64::MAX));
    header.set_cksum();
    header
}

fn padded(length: usize) -> usize {
    length.checked_next_multiple_of(BLOCK_LEN).unwrap_or(usize::MAX)
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

const BLOCK_LEN: usize = 512;
const END: [u8; 2 * BLOCK_LEN] = [0; 2 * BLOCK_LEN];
/// Its owner's alone, wherever somebody unpacks it.
const MODE: u32 = 0o600;
