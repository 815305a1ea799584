//! The board's receipt: these logs have arrived, up to here.

use super::board_keys::BoardKeys;
use super::event::Digest;
use super::statement::{Fields, Statement, board_keys_line};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use tlog::checkpoint::Checkpoint;
use tlog::{NoteError, NoteKey};

/// The heads of all segments that the board holds of one desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// One head a segment, in order.
    pub heads: Vec<Checkpoint>,
    /// The set of board keys that speaks here; receipts of older programs name none.
    pub board_keys: Option<Digest>,
}

impl Receipt {
    /// Signs it with the board's key.
    ///
    /// # Errors
    /// [`NoteError::Form`] when an origin cannot stand on a line.
    pub fn sign(&self, board: &NoteKey) -> Result<String, NoteError> {
        self.signed(board)
    }

    /// Reads a receipt that `board` must have signed.
    ///
    /// # Errors
    /// [`NoteError`].
    pub fn open(note: &str, board: &BoardKeys) -> Result<Self, NoteError> {
        Self::opened_by(note, board)
    }

    /// True when the board holds this very segment, whole.
    pub fn covers(&self, head: &Checkpoint) -> bool {
        self.heads.contains(head)
    }
}

impl Statement for Receipt {
    fn text(&self) -> String {
        let line = |head: &Checkpoint| format!("{} {} {}\n", head.origin, head.size, BASE64.encode(head.root));
        format!("{RECEIPT}\n{}{}", board_keys_line(self.board_keys), self.heads.iter().map(line).collect::<String>())
    }

    fn parse(text: &str) -> Option<Self> {
        let mut fields = Fields::new(text, RECEIPT)?;
        let board_keys = fields.board_keys()?;
        let heads = fields.rest().map(head).collect::<Option<Vec<_>>>()?;
        let receipt = Self { heads, board_keys };
        (!receipt.heads.is_empty() && receipt.text() == text).then_some(receipt)
    }

    fn board_keys(&self) -> Option<Digest> {
        self.board_keys
    }
}

fn head(line: &str) -> Option<Checkpoint> {
    let mut parts = line.splitn(3, ' ');
    let (origin, size, root) = (parts.next()?.to_owned(), parts.next()?.parse().ok()?, parts.next()?);
    Some(Checkpoint { origin, size, root: BASE64.decode(root).ok()?.try_into().ok()? })
}

const RECEIPT: &str = "diemdanh/receipt/v1";
