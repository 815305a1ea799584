//! What opens the card, from where the caller keeps it.
//!
//! A number on a command line can be read by everybody on the machine as long as the program runs, and stays in the
//! shell's history; so a personal number comes from a file or from the standard input only.

use cccd::access::{bac_candidates, key_from_qr, key_from_typed};
use cccd::qr::QrCard;
use emrtd::access::key::AccessKey;
use host::private_folder::{SMALL_FILE_BYTES, read_line};
use std::path::Path;

/// What stands for the standard input.
const STANDARD_INPUT: &str = "-";

/// Where each kind of key comes from, where it was given.
pub(super) struct Sources<'a> {
    pub(super) can: Option<&'a str>,
    pub(super) number: Option<&'a str>,
    pub(super) qr: Option<&'a str>,
    pub(super) mrz: Option<&'a str>,
}

/// What was read.
pub(super) enum Given {
    Can(String),
    Number(String),
    Qr(String),
    Mrz(String),
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub(super) enum KeyFault {
    #[error("{0} digits are needed")]
    Digits(usize),
    #[error("a number on the command line can be seen by everybody: give a file, or - for the standard input")]
    OnTheCommandLine,
    #[error("document number, birth date and expiry date (YYMMDD) are needed, in one line")]
    Mrz,
    #[error("{0}")]
    Qr(String),
    #[error("no more than {SMALL_FILE_BYTES} bytes of text can be read from {place}: {error}")]
    Unreadable { place: String, error: std::io::Error },
    #[error("no key was given")]
    None,
}

/// Reads the one key that was given.
pub(super) fn given(sources: Sources<'_>) -> Result<Given, KeyFault> {
    match sources {
        Sources { can: Some(can), .. } if is_digits(can, 6) => Ok(Given::Can(can.to_owned())),
        Sources { can: Some(from), .. } => read(from).map(Given::Can),
        Sources { number: Some(from), .. } => read(from).map(Given::Number),
        Sources { qr: Some(from), .. } => read(from).map(Given::Qr),
        Sources { mrz: Some(from), .. } => read(from).map(Given::Mrz),
        _ => Err(KeyFault::None),
    }
}

impl Given {
    /// The keys to try, in order: the first is for PACE, the others for a card that has BAC only.
    pub(super) fn keys(&self) -> Result<Vec<AccessKey>, KeyFault> {
        let typed = |digits: &str, count| {
            let found = key_from_typed(digits).ok().filter(|_| is_digits(digits, count));
            found.map(|found| vec![found.key]).ok_or(KeyFault::Digits(count))
        };
        match self {
            Self::Can(digits) => typed(digits, 6),
            Self::Number(digits) => typed(digits, 12),
            Self::Qr(text) => of_qr(text),
            Self::Mrz(line) => match line.split_whitespace().collect::<Vec<_>>()[..] {
                [document, birth, expiry] if is_digits(birth, 6) && is_digits(expiry, 6) => {
                    Ok(vec![AccessKey::mrz(document, birth, expiry)])
                }
                _ => Err(KeyFault::Mrz),
            },
        }
    }
}

fn of_qr(text: &str) -> Result<Vec<AccessKey>, KeyFault> {
    let found = key_from_qr(text).map_err(|error| KeyFault::Qr(error.to_string()))?;
    let mut keys = vec![found.key];
    let card = QrCard::parse(text).ok();
    if let Some((card, birth)) = card.and_then(|card| card.birth.map(|birth| (card, birth))) {
        keys.extend(bac_candidates(&card.number, birth));
    }
    Ok(keys)
}

fn read(from: &str) -> Result<String, KeyFault> {
    let looks_like_a_number = from.bytes().filter(u8::is_ascii_digit).count() >= 6 && !Path::new(from).exists();
    if looks_like_a_number || from.contains('|') {
        return Err(KeyFault::OnTheCommandLine);
    }
    let place = if from == STANDARD_INPUT { None } else { Some(Path::new(from)) };
    read_line(place).map_err(|error| KeyFault::Unreadable { place: from.to_owned(), error })
}

fn is_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}
