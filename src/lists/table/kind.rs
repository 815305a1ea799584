//! What a file is, told from its first bytes. Names lie: a PDF called `.xlsx` is a PDF.

use super::TableError;

/// What can be read.
pub(super) enum Kind {
    Archive,
    Compound,
    Text,
}

pub(super) fn of(bytes: &[u8]) -> Result<Kind, TableError> {
    let head = bytes.get(..bytes.len().min(SNIFFED_LEN)).unwrap_or_default();
    // A web page in UTF-16 has a zero behind each letter.
    let letters: Vec<u8> =
        head.iter().copied().filter(|byte| *byte != 0).map(|byte| byte.to_ascii_lowercase()).collect();
    let trimmed = MARKS.iter().find_map(|mark| letters.strip_prefix(*mark)).unwrap_or(&letters).trim_ascii_start();
    let begins = |word: &str| trimmed.starts_with(word.as_bytes());
    let names = |tag: &&str| trimmed.windows(tag.len()).any(|part| part == tag.as_bytes());
    let pictures: [&[u8]; 3] = [b"\x89PNG", b"\xFF\xD8\xFF", b"GIF8"];
    match head {
        [] => Err(TableError::Empty),
        [b'P', b'K', 3 | 5, 4 | 6, ..] => Ok(Kind::Archive),
        [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, ..] => Ok(Kind::Compound),
        _ if begins("%pdf") => Err(TableError::Pdf),
        [b'R', b'a', b'r', b'!', ..] | [b'7', b'z', 0xBC, 0xAF, ..] | [0x1F, 0x8B, ..] => Err(TableError::Archive),
        _ if pictures.iter().any(|start| head.starts_with(start)) => Err(TableError::Picture),
        _ if begins("<?xml") && names(&"<workbook") => Err(TableError::Xml),
        // Exports of web programs, and what a browser saves in one file.
        _ if begins("<") && TAGS.iter().any(names) => Err(TableError::WebPage),
        _ if names(&"<html") || names(&"multipart/related") || begins("mime-version:") || begins("from: <saved by") => {
            Err(TableError::WebPage)
        }
        _ if begins("<?xml") => Err(TableError::Xml),
        _ => Ok(Kind::Text),
    }
}

const SNIFFED_LEN: usize = 8_192;
/// Byte-order marks of UTF-8 and UTF-16.
const MARKS: [&[u8]; 3] = [&[0xEF, 0xBB, 0xBF], &[0xFF, 0xFE], &[0xFE, 0xFF]];
const TAGS: [&str; 10] =
    ["<html", "<!doctype html", "<table", "<style", "<meta", "<head", "<body", "<tr", "<div", "<script"];
