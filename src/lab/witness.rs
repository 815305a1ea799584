//! A small witness (C2SP `tlog-witness`) for demo and tests: it keeps of each *log* the segments it has seen and the
//! largest size it has signed of each, in memory.
//!
//! A log is board, exam, desk and session; each start of a desk is a segment of it with a key of its own. A segment is
//! taken when the board certified the device key that endorses its key, and when its first entry follows the head that
//! was seen last.

use jiff::Timestamp;
use record::statement::{self, DeskCert};
use record::{AttendanceEvent, BoardKeys, Entry, Previous};
use std::collections::BTreeMap;
use tlog::checkpoint::Checkpoint;
use tlog::consistency::is_consistent;
use tlog::cosignature::cosign;
use tlog::tree::{Hash, Tree, leaf_hash};
use tlog::witness::{Introduction, Submission};
use tlog::{NoteKey, NoteVerifier};

/// What a call ends in: an HTTP status and a body.
pub type Answer = (u16, String);

/// The witness.
pub struct LabWitness {
    key: NoteKey,
    /// The board whose desks may introduce logs; any desk where there is none.
    board: Option<BoardKeys>,
    /// By the log's name, then by the segment's number.
    logs: BTreeMap<String, BTreeMap<u32, Seen>>,
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

    /// The largest size it has signed of a segment, by its origin.
    pub fn size_of(&self, origin: &str) -> Option<u64> {
        let (log, number) = place(origin)?;
        Some(self.logs.get(log)?.get(&number)?.size)
    }

    /// `last-head`: the last head that it has signed of a log, signed again.
    pub fn last_head(&self, body: &str, now: Timestamp) -> Answer {
        let log = body.trim_end_matches('\n');
        let last = self.logs.get(log).and_then(BTreeMap::last_key_value);
        let Some((number, seen)) = last else { return (404, String::new()) };
        let text = Checkpoint { origin: format!("{log}/{number:03}"), size: seen.size, root: seen.root }.text();
        match cosign(&text, &self.key, now) {
            Ok(line) => (200, format!("{text}\n{line}")),
            Err(_) => (400, String::new()),
        }
    }

    /// `add-log`: takes a segment that a certified device endorses and that follows what was seen of its log.
    pub fn add_log(&mut self, body: &str) -> Answer {
        let Some(new) = serde_json::from_str(body).ok().and_then(|intro| self.introduced(&intro)) else {
            return (403, String::new());
        };
        let log = self.logs.entry(new.log.clone()).or_default();
        match log.last_key_value() {
            // The very same segment, told twice.
            Some((number, seen)) if *number == new.number && seen.key == new.seen.key => (200, String::new()),
            Some((number, seen)) if !new.follows(*number, seen) => (409, format!("{}\n", seen.size)),
            _ => {
                log.insert(new.number, new.seen);
                (200, String::new())
            }
        }
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

    fn introduced(&self, introduction: &Introduction) -> Option<New> {
        let cert = match &self.board {
            Some(board) => DeskCert::open(&introduction.desk_cert, board).ok()?,
            None => DeskCert::peek(&introduction.desk_cert)?,
        };
        let origin = &introduction.origin;
        let own = format!("{}/{}/{}/", cert.board, cert.exam, cert.desk);
        let (log, number) = place(origin).filter(|_| origin.starts_with(&own))?;
        let key = statement::endorsed(&introduction.endorsement, origin, &cert.device).ok()?;
        let first = introduction.opened.as_bytes();
        let AttendanceEvent::Open(opened) = Entry::parse(first)?.event else { return None };
        let is_own = opened.origin == *origin && opened.endorsement == introduction.endorsement;
        // Every later head must have grown from this entry, which is how the link to the segment before is bound.
        let mut tree = Tree::default();
        tree.push(leaf_hash(first));
        let seen = Seen { key, size: tree.size(), root: tree.root() };
        is_own.then(|| New { log: log.to_owned(), number, prev: opened.prev, seen })
    }

    /// The text that may be signed, or the refusal.
    fn judge(&mut self, body: &str) -> Result<String, Answer> {
        let refused = |status: u16| (status, String::new());
        let submission = Submission::parse(body).ok_or_else(|| refused(400))?;
        let origin = submission.checkpoint.lines().next().unwrap_or_default();
        let (log, number) = place(origin).ok_or_else(|| refused(404))?;
        let seen = self.logs.get_mut(log).and_then(|log| log.get_mut(&number)).ok_or_else(|| refused(404))?;
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

/// A segment that is being introduced.
struct New {
    log: String,
    number: u32,
    prev: Option<Previous>,
    seen: Seen,
}

impl New {
    /// It names exactly the head that was seen last.
    fn follows(&self, number: u32, seen: &Seen) -> bool {
        let is_last = |prev: &Previous| {
            place(&prev.origin) == Some((self.log.as_str(), number))
                && prev.size == seen.size
                && prev.root.0 == seen.root
        };
        self.number > number && self.prev.as_ref().is_some_and(is_last)
    }
}

/// The name of a log and the number of a segment in it.
fn place(origin: &str) -> Option<(&str, u32)> {
    let (log, number) = origin.rsplit_once('/')?;
    Some((log, number.parse().ok()?))
}
