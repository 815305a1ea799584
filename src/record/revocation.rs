//! The board's word on certificates that do not count any more: a signed, numbered list.

use super::board_keys::BoardKeys;
use super::event::Digest;
use super::statement::{Fields, Statement, board_keys_line};
use std::fmt::Write as _;
use tlog::{NoteError, NoteKey};

/// One certificate that was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// Serial of the certificate that was taken back.
    pub serial: u32,
    /// Why, one word of the board's.
    pub reason: String,
    /// The last segment whose entries still count, and how many of them; nothing counts where there is none.
    pub last_accepted: Option<(String, u64)>,
}

/// All revocations of a board so far. A list of a lower number than one that was seen is never accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationList {
    /// The number of this list, one more with each list.
    pub number: u32,
    /// The set of board keys that speaks here; lists of older programs name none.
    pub board_keys: Option<Digest>,
    /// What it revokes, in the order of the serials.
    pub revoked: Vec<Revocation>,
}

impl RevocationList {
    /// Signs it with the board's key.
    ///
    /// # Errors
    /// [`NoteError::Form`] when a field cannot stand on a line.
    pub fn sign(&self, board: &NoteKey) -> Result<String, NoteError> {
        self.signed(board)
    }

    /// Reads a list that `board` must have signed. Whether its number is new enough is the caller's matter.
    ///
    /// # Errors
    /// [`NoteError`].
    pub fn open(note: &str, board: &BoardKeys) -> Result<Self, NoteError> {
        Self::opened_by(note, board)
    }

    /// What it says of a certificate.
    pub fn of(&self, serial: u32) -> Option<&Revocation> {
        self.revoked.iter().find(|one| one.serial == serial)
    }
}

impl Statement for RevocationList {
    fn text(&self) -> String {
        let mut text = format!("{REVOCATIONS}\nnumber {}\n{}", self.number, board_keys_line(self.board_keys));
        for one in &self.revoked {
            let (origin, size) = one.last_accepted.as_ref().map_or(("-", 0), |(origin, size)| (origin.as_str(), *size));
            let _ = writeln!(text, "revoked {} {} {origin} {size}", one.serial, one.reason);
        }
        text
    }

    fn parse(text: &str) -> Option<Self> {
        let mut fields = Fields::new(text, REVOCATIONS)?;
        let number = fields.take("number")?.parse().ok()?;
        let board_keys = fields.board_keys()?;
        let mut revoked = Vec::new();
        while !fields.is_done() {
            revoked.push(revocation(fields.take("revoked")?)?);
        }
        let in_order = revoked.is_sorted_by(|one, next| one.serial < next.serial);
        let list = Self { number, board_keys, revoked };
        (in_order && list.text() == text).then_some(list)
    }

    fn board_keys(&self) -> Option<Digest> {
        self.board_keys
    }
}

fn revocation(line: &str) -> Option<Revocation> {
    let mut parts = line.split(' ');
    let (serial, reason, origin, size) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let last_accepted = match origin {
        "-" => None,
        origin => Some((origin.to_owned(), size.parse().ok()?)),
    };
    let one = Revocation { serial: serial.parse().ok()?, reason: reason.to_owned(), last_accepted };
    (parts.next().is_none() && !reason.is_empty()).then_some(one)
}

const REVOCATIONS: &str = "diemdanh/revocations/v1";
