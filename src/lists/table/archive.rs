//! What an archive unpacks to, found out before anything is built from it.

use super::{Limits, Part, TableError};
use bits::text::shown_within;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// What an archive turned out to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    Xlsx,
    Ods,
}

/// Unpacks every part of an archive into nothing and counts; then names what it holds.
///
/// The directory's sizes are asked first, because that is quick, and then not believed.
pub(super) fn examine(bytes: &[u8], limits: &Limits) -> Result<Content, TableError> {
    let damaged = |part: Part| TableError::Damaged { part };
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged(Part::Directory))?;
    if archive.len() > MAX_PARTS {
        return Err(damaged(Part::Directory));
    }
    let names: Vec<String> =
        archive.file_names().map(|name| name.map(|name| name.into_owned()).unwrap_or_default()).collect();
    let content = content(&names)?;
    let mut left = limits.unpacked_bytes;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| match error {
            zip::result::ZipError::UnsupportedArchive(_) | zip::result::ZipError::InvalidPassword => {
                TableError::Password
            }
            _ => damaged(names.get(index).map_or(Part::Directory, |name| Part::named(name))),
        })?;
        let name = names.get(index).cloned().unwrap_or_default();
        let too_large =
            || TableError::UnpacksTooLarge { limit_mb: limits.unpacked_bytes >> 20, part: shown_within(&name) };
        if part.size() > left {
            return Err(too_large());
        }
        let unpacked = count(&mut part.take(left + 1)).ok_or_else(|| damaged(Part::named(&name)))?;
        left = left.checked_sub(unpacked).ok_or_else(too_large)?;
    }
    Ok(content)
}

fn content(names: &[String]) -> Result<Content, TableError> {
    let has =
        |start: &str| names.iter().any(|name| name.trim_start_matches('/').to_ascii_lowercase().starts_with(start));
    match () {
        () if has("xl/workbook.bin") => Err(TableError::BinaryWorkbook),
        () if has("xl/") => Ok(Content::Xlsx),
        () if has("word/") || has("ppt/") => Err(TableError::Document),
        () if has("content.xml") && has("mimetype") => Ok(Content::Ods),
        () => Err(TableError::Archive),
    }
}

fn count(part: &mut impl Read) -> Option<u64> {
    let mut buffer = vec![0; BUFFER_LEN];
    let mut total = 0;
    loop {
        match part.read(&mut buffer).ok()? {
            0 => return Some(total),
            read => total += u64::try_from(read).ok()?,
        }
    }
}

/// Parts of a workbook: sheets, styles, pictures.
const MAX_PARTS: usize = 4_096;
const BUFFER_LEN: usize = 64 << 10;
