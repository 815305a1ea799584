//! An index of the log in SQLite: who is in, which questions to the registry wait for an answer, and counts. It holds
//! nothing that the journal does not; at every doubt it is deleted and built again from there.

use super::disk::{read_segment_file, segment_numbers};
use super::file;
use record::segment::{SegmentContent, read_segment};
use record::{AttendanceEvent, Entry, EntryRef, RegistryState, SegmentHead, StoreFault};
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use std::path::Path;
use std::time::Duration;
use tlog::NoteVerifier;
use tlog::tree::Hash;

/// The index's file in the journal's folder.
pub const INDEX_FILE: &str = "index.sqlite";
/// What SQLite puts behind that name beside it.
pub const INDEX_TAILS: [&str; 2] = ["-wal", "-shm"];

/// An open index.
#[derive(Debug)]
pub struct Index {
    connection: Connection,
}

/// Why an index cannot be used. Whatever it is: delete it and build it again.
#[derive(Debug, thiserror::Error)]
pub enum IndexFault {
    /// SQLite's own error: damaged, locked, full, no database at all.
    #[error("the index: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A database, and not one of this form.
    #[error("unsupported index schema")]
    Form,
    /// It knows other segments than the journal has, or not as far.
    #[error("the index does not stand at the journal's position")]
    Behind,
    /// An entry does not follow the last one that was taken in.
    #[error("entry {seq} of segment {segment} does not follow")]
    Gap {
        /// The segment.
        segment: u32,
        /// The entry.
        seq: u64,
    },
    /// Its file cannot be made or opened.
    #[error("the index: {0}")]
    File(#[source] std::io::Error),
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] StoreFault),
    /// A segment was damaged.
    #[error("segment {segment} was damaged")]
    Damaged {
        /// Which.
        segment: u32,
    },
}

/// The whole content of an index, for comparing two.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    /// Candidates that are in, with the arrivals that count: candidate, segment, entry.
    pub arrivals: Vec<(String, u32, i64)>,
    /// Questions without an answer: id, segment, entry.
    pub outbox: Vec<(String, u32, i64)>,
    /// What was taken in of each segment.
    pub heads: Vec<SegmentHead>,
    /// The counts.
    pub counts: Counts,
}

/// What the log adds up to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Candidates that are in.
    pub arrived: u64,
    /// Decisions not to let somebody in.
    pub not_admitted: u64,
    /// Manual decisions.
    pub manual: u64,
    /// Questions to the registry without an answer.
    pub unanswered: u64,
    /// Entries.
    pub entries: u64,
}

impl Index {
    /// Opens or makes the index at `path`.
    ///
    /// # Errors
    /// [`IndexFault`], of another form or damaged: delete it.
    pub fn open(path: &Path) -> Result<Self, IndexFault> {
        // SQLite gives its own files the modes of this one.
        let made = file::private().append(true).create(true).open(path);
        made.map_err(IndexFault::File)?;
        Self::over(Connection::open(path)?)
    }

    /// Deletes whatever lies at `path` and builds the index from the entries of segments, in order.
    ///
    /// # Errors
    /// [`IndexFault`].
    pub fn rebuild<'a>(
        path: &Path,
        segments: impl IntoIterator<Item = (u32, &'a [Entry], Hash)>,
    ) -> Result<Self, IndexFault> {
        remove(path);
        let mut index = Self::open(path)?;
        let all = index.connection.transaction()?;
        for (segment, entries, root) in segments {
            take(&all, segment, entries, &root)?;
        }
        all.commit()?;
        Ok(index)
    }

    /// Deletes whatever lies at `path` and builds the index from the journal of the desk that holds `device`. The
    /// journal is only read: a desk may be writing it.
    ///
    /// # Errors
    /// [`IndexFault`].
    pub fn of_journal(path: &Path, journal: &Path, device: &NoteVerifier) -> Result<Self, IndexFault> {
        remove(path);
        Self::open(path)?.filled(journal, device)
    }

    /// The same in memory, where the file belongs to somebody else.
    ///
    /// # Errors
    /// [`IndexFault`].
    pub fn in_memory(journal: &Path, device: &NoteVerifier) -> Result<Self, IndexFault> {
        Self::over(Connection::open_in_memory()?)?.filled(journal, device)
    }

    /// Takes entries in that are on the disk; `root` is that over the last of them. Those that are in already are
    /// passed over.
    ///
    /// # Errors
    /// [`IndexFault`]; the index is then to be deleted.
    pub fn take(&mut self, segment: u32, entries: &[Entry], root: &Hash) -> Result<(), IndexFault> {
        let one = self.connection.transaction()?;
        take(&one, segment, entries, root)?;
        Ok(one.commit()?)
    }

    /// Takes in what a segment of the journal holds by now.
    ///
    /// # Errors
    /// [`IndexFault`].
    pub fn catch_up(&mut self, journal: &Path, segment: u32, device: &NoteVerifier) -> Result<(), IndexFault> {
        let content = read_segment(&read_segment_file(journal, segment)?, device);
        match content.map_err(|_| IndexFault::Damaged { segment })? {
            SegmentContent::Good(good) => self.take(segment, &good.entries, &good.root),
            SegmentContent::Nothing { .. } => Ok(()),
        }
    }

    /// What was taken in of each segment, in order.
    ///
    /// # Errors
    /// [`IndexFault`].
    pub fn heads(&self) -> Result<Vec<SegmentHead>, IndexFault> {
        let mut statement = self.connection.prepare("SELECT segment, seq, root FROM seen ORDER BY segment")?;
        let head = |row: &rusqlite::Row<'_>| {
            let (seq, root): (i64, Hash) = (row.get(1)?, row.get(2)?);
            Ok(SegmentHead { segment: row.get(0)?, size: unsigned(seq) + 1, root })
        };
        let rows = statement.query_map([], head)?.collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// Questions to the registry that wait for an answer, oldest first.
    ///
    /// # Errors
    /// [`IndexFault`].
    pub fn outbox(&self) -> Result<Vec<(String, EntryRef)>, IndexFault> {
        let rows = self.rows(OUTBOX)?;
        Ok(rows.into_iter().map(|(id, segment, seq)| (id, EntryRef { segment, seq: unsigned(seq) })).collect())
    }

    /// What the log adds up to.
    ///
    /// # Errors
    /// [`IndexFault`].
    pub fn counts(&self) -> Result<Counts, IndexFault> {
        let count = |sql: &str| -> Result<u64, IndexFault> {
            Ok(unsigned(self.connection.query_row(sql, [], |row| row.get(0))?))
        };
        Ok(Counts {
            arrived: count("SELECT COUNT(DISTINCT cand) FROM arrival")?,
            not_admitted: count("SELECT COALESCE(SUM(not_admitted), 0) FROM seen")?,
            manual: count("SELECT COALESCE(SUM(manual), 0) FROM seen")?,
            unanswered: count("SELECT COUNT(*) FROM outbox")?,
            entries: count("SELECT COALESCE(SUM(seq + 1), 0) FROM seen")?,
        })
    }

    /// Everything, in order.
    ///
    /// # Errors
    /// [`IndexFault`].
    pub fn content(&self) -> Result<Content, IndexFault> {
        let arrivals = self.rows("SELECT cand, segment, seq FROM arrival ORDER BY segment, seq")?;
        Ok(Content { arrivals, outbox: self.rows(OUTBOX)?, heads: self.heads()?, counts: self.counts()? })
    }

    fn over(connection: Connection) -> Result<Self, IndexFault> {
        connection.busy_timeout(Duration::from_millis(BUSY_MS))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        let form: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        let tables: i64 = connection.query_row("SELECT COUNT(*) FROM sqlite_schema", [], |row| row.get(0))?;
        match (form, tables) {
            (FORM, _) => (),
            (0, 0) => connection.execute_batch(SCHEMA)?,
            _ => return Err(IndexFault::Form),
        }
        let checked: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if checked == "ok" { Ok(Self { connection }) } else { Err(IndexFault::Form) }
    }

    fn filled(mut self, journal: &Path, device: &NoteVerifier) -> Result<Self, IndexFault> {
        let all = self.connection.transaction()?;
        each_segment(journal, device, &mut |head, entries| take(&all, head.segment, entries, &head.root))?;
        all.commit()?;
        Ok(self)
    }

    fn rows(&self, sql: &str) -> Result<Vec<(String, u32, i64)>, IndexFault> {
        let mut statement = self.connection.prepare(sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

/// How far each segment of a journal goes, read without holding it.
///
/// # Errors
/// [`IndexFault::Journal`], [`IndexFault::Damaged`].
pub fn journal_heads(journal: &Path, device: &NoteVerifier) -> Result<Vec<SegmentHead>, IndexFault> {
    let mut heads = Vec::new();
    each_segment(journal, device, &mut |head, _| {
        heads.push(head);
        Ok(())
    })?;
    Ok(heads)
}

/// Removes an index and what SQLite keeps beside it. What is not there, or cannot be removed, is left.
pub fn remove(path: &Path) {
    for tail in ["", INDEX_TAILS[0], INDEX_TAILS[1]] {
        let mut name = path.as_os_str().to_owned();
        name.push(tail);
        let _ = std::fs::remove_file(name);
    }
}

type TakeSegment<'a> = dyn FnMut(SegmentHead, &[Entry]) -> Result<(), IndexFault> + 'a;

/// Goes through the good segments of a journal, one in memory at a time.
fn each_segment(journal: &Path, device: &NoteVerifier, take: &mut TakeSegment<'_>) -> Result<(), IndexFault> {
    for segment in segment_numbers(journal)? {
        let content = read_segment(&read_segment_file(journal, segment)?, device);
        if let SegmentContent::Good(good) = content.map_err(|_| IndexFault::Damaged { segment })? {
            take(SegmentHead::of(segment, &good), &good.entries)?;
        }
    }
    Ok(())
}

fn take(on: &Transaction<'_>, segment: u32, entries: &[Entry], root: &Hash) -> Result<(), IndexFault> {
    let last: Option<i64> = on
        .prepare_cached("SELECT seq FROM seen WHERE segment = ?1")?
        .query_row(params![segment], |row| row.get(0))
        .optional()?;
    let mut next = last.map_or(0, |last| unsigned(last) + 1);
    let first_new = next;
    let (mut not_admitted, mut manual) = (0_i64, 0_i64);
    for entry in entries.iter().filter(|entry| entry.seq >= first_new) {
        if entry.seq != next {
            return Err(IndexFault::Gap { segment, seq: entry.seq });
        }
        take_one(on, segment, entry)?;
        not_admitted += i64::from(matches!(entry.event, AttendanceEvent::NotAdmitted { .. }));
        manual += i64::from(matches!(entry.event, AttendanceEvent::ManualDecision { .. }));
        next += 1;
    }
    if next > first_new {
        let mut statement = on.prepare_cached(SEEN)?;
        statement.execute(params![segment, signed(next) - 1, root, not_admitted, manual])?;
    }
    Ok(())
}

fn take_one(on: &Transaction<'_>, segment: u32, entry: &Entry) -> rusqlite::Result<()> {
    use AttendanceEvent::{CheckIn, ManualDecision, RegistryAnswer, RegistryRequest, Undo};
    let seq = signed(entry.seq);
    let arrive = |cand: String| {
        on.prepare_cached("INSERT INTO arrival VALUES (?1, ?2, ?3)")?.execute(params![cand, segment, seq]).map(drop)
    };
    match &entry.event {
        CheckIn(check_in) => arrive(check_in.cand.to_string()),
        ManualDecision { cand: Some(cand), admitted: true, .. } => arrive(cand.to_string()),
        Undo { refers, .. } => {
            let mut statement = on.prepare_cached("DELETE FROM arrival WHERE segment = ?1 AND seq = ?2")?;
            statement.execute(params![refers.segment, signed(refers.seq)]).map(drop)
        }
        RegistryRequest { id, .. } => {
            let mut statement = on.prepare_cached("INSERT OR REPLACE INTO outbox VALUES (?1, ?2, ?3)")?;
            statement.execute(params![id, segment, seq]).map(drop)
        }
        RegistryAnswer { id, state, .. } if is_answered(*state) => {
            on.prepare_cached("DELETE FROM outbox WHERE id = ?1")?.execute(params![id]).map(drop)
        }
        _ => Ok(()),
    }
}

/// A silence and an answer that does not count leave the question open: the desk asks again.
fn is_answered(state: RegistryState) -> bool {
    !matches!(state, RegistryState::NotAsked | RegistryState::Refused | RegistryState::Pending)
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// The number of this form; another one is another form.
const FORM: i64 = 2;
/// How long another program may hold the index before that is a doubt.
const BUSY_MS: u64 = 500;
const OUTBOX: &str = "SELECT id, segment, seq FROM outbox ORDER BY segment, seq";
const SEEN: &str = "
INSERT INTO seen VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (segment) DO UPDATE
SET seq = excluded.seq, root = excluded.root, not_admitted = not_admitted + excluded.not_admitted,
  manual = manual + excluded.manual";
const SCHEMA: &str = "
BEGIN;
CREATE TABLE arrival (cand TEXT NOT NULL, segment INTEGER NOT NULL, seq INTEGER NOT NULL,
  PRIMARY KEY (segment, seq)) WITHOUT ROWID;
CREATE INDEX arrival_by_candidate ON arrival (cand);
CREATE TABLE outbox (id TEXT PRIMARY KEY, segment INTEGER NOT NULL, seq INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE seen (segment INTEGER PRIMARY KEY, seq INTEGER NOT NULL, root BLOB NOT NULL,
  not_admitted INTEGER NOT NULL, manual INTEGER NOT NULL);
PRAGMA user_version = 2;
COMMIT;
";
