//! An index of the log in SQLite: who is in, and which questions to the registry wait for an answer. It holds nothing
//! that the journal does not; at every doubt it is deleted and built again from there.

use crate::record::{AttendanceEvent, Entry, EntryRef};
use rusqlite::{Connection, Transaction, params};
use std::path::Path;

/// An open index.
#[derive(Debug)]
pub struct Index {
    connection: Connection,
}

/// The whole content of an index, for comparing two.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    /// Candidates that are in, with the arrivals that count: candidate, segment, entry.
    pub arrivals: Vec<(String, u32, i64)>,
    /// Questions without an answer: id, segment, entry.
    pub outbox: Vec<(String, u32, i64)>,
    /// The last entry that was taken in of each segment.
    pub segments: Vec<(u32, i64)>,
}

impl Index {
    /// Opens or makes the index at `path`. An index of another form, or a damaged one, is an error: delete it.
    ///
    /// # Errors
    /// SQLite's.
    pub fn open(path: &Path) -> rusqlite::Result<Self> {
        let connection = Connection::open(path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self { connection })
    }

    /// Deletes whatever lies at `path` and builds the index from the journal's entries: segment by segment, in order.
    ///
    /// # Errors
    /// SQLite's.
    pub fn rebuild<'a>(path: &Path, segments: impl IntoIterator<Item = (u32, &'a [Entry])>) -> rusqlite::Result<Self> {
        for tail in ["", "-wal", "-shm"] {
            let mut name = path.as_os_str().to_owned();
            name.push(tail);
            let _ = std::fs::remove_file(name);
        }
        let mut index = Self::open(path)?;
        let all = index.connection.transaction()?;
        for (segment, entries) in segments {
            entries.iter().try_for_each(|entry| take(&all, segment, entry))?;
        }
        all.commit()?;
        Ok(index)
    }

    /// Takes one more durable entry in.
    ///
    /// # Errors
    /// SQLite's; the index is then to be deleted.
    pub fn take(&mut self, segment: u32, entry: &Entry) -> rusqlite::Result<()> {
        let one = self.connection.transaction()?;
        take(&one, segment, entry)?;
        one.commit()
    }

    /// Questions to the registry that wait for an answer, oldest first.
    ///
    /// # Errors
    /// SQLite's.
    pub fn outbox(&self) -> rusqlite::Result<Vec<(String, EntryRef)>> {
        let rows = self.rows("SELECT id, segment, seq FROM outbox ORDER BY segment, seq")?;
        let place = |segment, seq| EntryRef { segment, seq: u64::try_from(seq).unwrap_or(u64::MAX) };
        Ok(rows.into_iter().map(|(id, segment, seq)| (id, place(segment, seq))).collect())
    }

    /// How many candidates are in.
    ///
    /// # Errors
    /// SQLite's.
    pub fn arrived(&self) -> rusqlite::Result<u64> {
        let count: i64 = self.connection.query_row("SELECT COUNT(DISTINCT cand) FROM arrival", [], |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// Everything, in order.
    ///
    /// # Errors
    /// SQLite's.
    pub fn content(&self) -> rusqlite::Result<Content> {
        let mut segments = self.connection.prepare("SELECT segment, seq FROM seen ORDER BY segment")?;
        let segments = segments.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
        Ok(Content {
            arrivals: self.rows("SELECT cand, segment, seq FROM arrival ORDER BY segment, seq")?,
            outbox: self.rows("SELECT id, segment, seq FROM outbox ORDER BY segment, seq")?,
            segments,
        })
    }

    fn rows(&self, sql: &str) -> rusqlite::Result<Vec<(String, u32, i64)>> {
        let mut statement = self.connection.prepare(sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        rows.collect()
    }
}

fn take(on: &Transaction<'_>, segment: u32, entry: &Entry) -> rusqlite::Result<()> {
    use AttendanceEvent::{CheckIn, ManualDecision, RegistryAnswer, RegistryRequest, Undo};
    let seq = i64::try_from(entry.seq).unwrap_or(i64::MAX);
    let arrive = |cand: String| {
        on.prepare_cached("INSERT INTO arrival VALUES (?1, ?2, ?3)")?.execute(params![cand, segment, seq]).map(drop)
    };
    match &entry.event {
        CheckIn(check_in) => arrive(check_in.cand.to_string())?,
        ManualDecision { cand: Some(cand), admitted: true, .. } => arrive(cand.to_string())?,
        Undo { refers, .. } => {
            let undone = i64::try_from(refers.seq).unwrap_or(i64::MAX);
            let mut statement = on.prepare_cached("DELETE FROM arrival WHERE segment = ?1 AND seq = ?2")?;
            statement.execute(params![refers.segment, undone])?;
        }
        RegistryRequest { id, .. } => {
            let mut statement = on.prepare_cached("INSERT OR REPLACE INTO outbox VALUES (?1, ?2, ?3)")?;
            statement.execute(params![id, segment, seq])?;
        }
        RegistryAnswer { id, .. } => {
            on.prepare_cached("DELETE FROM outbox WHERE id = ?1")?.execute(params![id])?;
        }
        _ => (),
    }
    on.prepare_cached("INSERT OR REPLACE INTO seen VALUES (?1, ?2)")?.execute(params![segment, seq]).map(drop)
}

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS arrival (cand TEXT NOT NULL, segment INTEGER NOT NULL, seq INTEGER NOT NULL,
  PRIMARY KEY (segment, seq)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS arrival_by_candidate ON arrival (cand);
CREATE TABLE IF NOT EXISTS outbox (id TEXT PRIMARY KEY, segment INTEGER NOT NULL, seq INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS seen (segment INTEGER PRIMARY KEY, seq INTEGER NOT NULL);
";
