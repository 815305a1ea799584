//! A small witness (C2SP `tlog-witness`) for demo and tests: it keeps the largest size it has signed of each log,
//! in memory.

use crate::record::{
    BoardKeys, NoteKey, NoteVerifier,
    checkpoint::Checkpoint,
    consistency::is_consistent,
    cosignature::cosign,
    statement::{self, DeskCert},
    tree::{Hash, Tree},
    witness::{Introduction, Submission},
};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What a call ends in: an HTTP status and a body.
pub type Answer = (u16, String);

/// The witness.
pub struct LabWitness {
    key: NoteKey,
    /// The board whose desks may introduce logs; any desk where there is none.
    board: Option<BoardKeys>,
    logs: BTreeMap<String, Seen>,
}

struct Seen {
    key: NoteVerifier,
    size: u64,
    root: Hash,
}

impl LabWitness {
    /// A witness that has seen nothing.
    pub fn new(key: NoteKey, board: Option<BoardKeys>) -> Self {
        Self { key, board, logs: BTreeMap::new() }
    }

    /// The key that its cosignatures are checked with.
    pub fn key(&self) -> &NoteKey {
        &self.key
    }

    /// The largest size it has signed of a log.
    pub fn size_of(&self, origin: &str) -> Option<u64> {
        self.logs.get(origin).map(|seen| seen.size)
    }

    /// Pretends to have signed `size` entries, as after an old disk image was put back at the desk.
    pub fn pretend(&mut self, size: u64) {
        self.logs.values_mut().for_each(|seen| seen.size = size);
    }

    /// `add-log`: takes the key of a log that a certified device endorses.
    pub fn add_log(&mut self, body: &str) -> Answer {
        let Some((origin, key)) = serde_json::from_str(body).ok().and_then(|intro| self.introduced(&intro)) else {
            return (403, String::new());
        };
        let fresh = Seen { key, size: 0, root: Tree::default().root() };
        self.logs.entry(origin).or_insert(fresh);
        (200, String::new())
    }

    /// `add-checkpoint`: signs what continues the history it has seen.
    pub fn add_checkpoint(&mut self, body: &str, now: Timestamp) -> Answer {
        match self.judge(body) {
            Ok(checkpoint) => match cosign(&checkpoint, &self.key, now) {
                Ok(line) => (200, line),
                Err(_) => (400, String::new()),
            },
            Err(answer) => answer,
        }
    }

    fn introduced(&self, introduction: &Introduction) -> Option<(String, NoteVerifier)> {
        let cert = match &self.board {
            Some(board) => DeskCert::open(&introduction.desk_cert, board).ok()?,
            None => DeskCert::peek(&introduction.desk_cert)?,
        };
        let own = format!("{}/{}/{}/", cert.board, cert.exam, cert.desk);
        let key = statement::endorsed(&introduction.endorsement, &introduction.origin, &cert.device).ok()?;
        introduction.origin.starts_with(&own).then(|| (introduction.origin.clone(), key))
    }

    /// The text that may be signed, or the refusal.
    fn judge(&mut self, body: &str) -> Result<String, Answer> {
        let refused = |status: u16| (status, String::new());
        let submission = Submission::parse(body).ok_or_else(|| refused(400))?;
        let origin = submission.checkpoint.lines().next().unwrap_or_default();
        let seen = self.logs.get_mut(origin).ok_or_else(|| refused(404))?;
        let head = Checkpoint::open(&submission.checkpoint, &seen.key).map_err(|_| refused(403))?;
        if submission.old_size > head.size {
            return Err(refused(400));
        }
        if submission.old_size != seen.size {
            return Err((409, format!("{}\n", seen.size)));
        }
        if !is_consistent((seen.size, &seen.root), (head.size, &head.root), &submission.proof) {
            return Err(refused(422));
        }
        (seen.size, seen.root) = (head.size, head.root);
        Ok(head.text())
    }
}
