//! What a desk knows about itself from one start to the next, signed with its device key.
//!
//! ```text
//! diemdanh/desk-state/v1
//! desk ban-01
//! board-keys 3f…                    SHA-256 of the set of board keys that the enrolment fixed
//! pins known                        or `lost`: wrong PINs were forgotten, a head of site has to sign in
//! confirmed gt-01                   who has compared that set's characters at this desk
//! head b1 2 17 9c…                  how far the journal of each session went when this was written
//! ```
//!
//! The first one is made with the device key itself: a desk that has none was tampered with, or is of an older program.
//!
//! Invariant: one state has one text.

use super::event::Digest;
use super::history::SegmentHead;
use super::ids::{DeskId, SessionId};
use super::statement::{Fields, Statement};
use bits::hex;
use std::collections::{BTreeMap, BTreeSet};
use tlog::{NoteError, NoteSigner, NoteVerifier};

/// The longest note of a state.
pub const MAX_STATE_LEN: u64 = 1 << 20;

/// What a desk knows about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskState {
    /// The id of the desk that it was written for: a copy is of no use at another.
    pub desk: DeskId,
    /// The set of board keys that this desk takes for the board.
    pub board_keys: Digest,
    /// Wrong PINs were forgotten: nobody but a head of site may try.
    pub are_pins_lost: bool,
    /// The operators, by their codes, who have compared that set's characters here.
    pub confirmed: BTreeSet<String>,
    /// The last head of the journal of each session.
    pub heads: BTreeMap<SessionId, SegmentHead>,
}

impl DeskState {
    /// The state of a desk that has just been enrolled.
    pub fn new(desk: DeskId, board_keys: Digest) -> Self {
        let (confirmed, heads) = (BTreeSet::new(), BTreeMap::new());
        Self { desk, board_keys, are_pins_lost: false, confirmed, heads }
    }

    /// Signs it with the device key.
    ///
    /// # Errors
    /// [`NoteError::Form`] when a field cannot stand on a line; [`NoteError::Device`].
    pub fn sign(&self, device: &dyn NoteSigner) -> Result<String, NoteError> {
        self.signed(device)
    }

    /// Reads a state that this device key must have signed.
    ///
    /// # Errors
    /// [`NoteError`].
    pub fn open(note: &str, device: &NoteVerifier) -> Result<Self, NoteError> {
        Self::opened(note, device)
    }
}

impl Statement for DeskState {
    fn text(&self) -> String {
        let Self { desk, board_keys, are_pins_lost, confirmed, heads } = self;
        let pins = if *are_pins_lost { "lost" } else { "known" };
        let confirmed: String = confirmed.iter().map(|code| format!("confirmed {code}\n")).collect();
        let line = |(session, head): (&SessionId, &SegmentHead)| {
            format!("head {session} {} {} {}\n", head.segment, head.size, hex::encode_lower(&head.root))
        };
        let heads: String = heads.iter().map(line).collect();
        format!("{STATE}\ndesk {desk}\nboard-keys {board_keys}\npins {pins}\n{confirmed}{heads}")
    }

    fn parse(text: &str) -> Option<Self> {
        let mut fields = Fields::new(text, STATE)?;
        let desk = fields.take("desk")?.parse().ok()?;
        let digest = hex::decode(fields.take("board-keys")?)?.try_into().ok()?;
        let mut state = Self::new(desk, Digest(digest));
        state.are_pins_lost = match fields.take("pins")? {
            "lost" => true,
            "known" => false,
            _ => return None,
        };
        for line in text.lines().skip(FIXED_LINES) {
            match line.split_once(' ')? {
                ("confirmed", code) => drop(state.confirmed.insert(code.to_owned())),
                ("head", line) => {
                    let (session, head) = head_of(line)?;
                    state.heads.insert(session, head);
                }
                _ => return None,
            }
        }
        (state.text() == text).then_some(state)
    }
}

fn head_of(line: &str) -> Option<(SessionId, SegmentHead)> {
    let mut parts = line.split(' ');
    let (session, segment, size, root) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let root = hex::decode(root)?.try_into().ok()?;
    let head = SegmentHead { segment: segment.parse().ok()?, size: size.parse().ok()?, root };
    let session = session.parse().ok()?;
    parts.next().is_none().then_some((session, head))
}

const STATE: &str = "diemdanh/desk-state/v1";
/// Lines before those of which there may be several.
const FIXED_LINES: usize = 4;
