//! How many scripts each room handed in, from whoever counted: a desk at closing, or members from the *Phiếu thu bài thi*.
//!
//! Invariant: no count takes another's place by being later. Two that differ both stand, and that is a difference, until
//! two members say which one another stands instead of.

use crate::{
    case::entry_line,
    expected::{Expected, RoomId},
    fact::{EntryId, Fact, Kind},
    lines::{Lines, or_dash, parse_entry, un_dash},
    projection::{Log, Review},
};
use jiff::Timestamp;
use record::Digest;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};

/// One count, by the entry that holds it.
#[derive(Clone, PartialEq, Eq)]
pub struct ScriptCount {
    /// The entry, of a desk's log or of a member's record.
    pub entry: EntryId,
    /// Who counted.
    pub source: CountSource,
    /// What was said, as a digest: the same statement written down again is the same count.
    pub statement: Digest,
    /// The session's id.
    pub session: String,
    /// The room.
    pub room: RoomId,
    /// How many.
    pub scripts: u64,
    /// When, by the clock of who wrote it down.
    pub at: Timestamp,
    /// Who stands behind it, by their codes.
    pub by: Vec<String>,
    /// The counts in whose place it stands.
    pub instead: Vec<EntryId>,
    /// Why, in words; empty for none.
    pub reason: String,
}

impl fmt::Debug for ScriptCount {
    /// Without the words, which may name a person.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ScriptCount")
            .field("entry", &self.entry)
            .field("source", &self.source)
            .field("session", &self.session)
            .field("room", &self.room)
            .field("scripts", &self.scripts)
            .field("by", &self.by)
            .field("instead", &self.instead)
            .finish_non_exhaustive()
    }
}

/// Who counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CountSource {
    /// The site, at a desk.
    Desk,
    /// Members of the board.
    Board,
}

/// The counts that stand, by session and room.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scripts(BTreeMap<(usize, RoomId), Vec<ScriptCount>>);

impl Scripts {
    /// Puts counts of every source together, in whatever order they come. A count that another one names stands no more,
    /// even where that one is replaced itself. Those of sessions that the exam does not have are left out.
    pub fn of(expected: &Expected, counts: impl IntoIterator<Item = ScriptCount>) -> Self {
        let mut counts: Vec<ScriptCount> = counts.into_iter().collect();
        counts.sort_by(|one, other| one.entry.cmp(&other.entry));
        let by_entry: BTreeMap<&EntryId, Digest> = counts.iter().map(|one| (&one.entry, one.statement)).collect();
        let named = counts.iter().flat_map(|one| &one.instead).filter_map(|entry| by_entry.get(entry));
        let mut gone: BTreeSet<Digest> = named.copied().collect();
        let mut scripts = Self::default();
        for one in counts {
            let Some(session) = expected.session(&one.session) else { continue };
            // Once seen is gone: a copy of a statement is not a second count.
            if gone.insert(one.statement) {
                scripts.0.entry((session, one.room.clone())).or_default().push(one);
            }
        }
        scripts
    }

    /// Every session and room that somebody counted.
    pub(crate) fn places(&self) -> impl Iterator<Item = &(usize, RoomId)> {
        self.0.keys()
    }

    /// The counts of one room that stand.
    pub fn of_room(&self, place: &(usize, RoomId)) -> &[ScriptCount] {
        self.0.get(place).map_or(&[], Vec::as_slice)
    }
}

/// What the desks were told at the end of each session. What one desk typed for a room later corrects what it typed before:
/// both stand in its log. Of two desks both counts stand.
pub fn counted_at_desks(review: &Review) -> Vec<ScriptCount> {
    let logs = review.logs().iter().filter(|log| log.counts());
    logs.flat_map(|log| {
        let mut last: BTreeMap<String, ScriptCount> = BTreeMap::new();
        for fact in log.packed().of_kind(Kind::ScriptsCounted) {
            last.extend(counted_at(log, &fact).map(|count| (count.room.room.clone(), count)));
        }
        last.into_values()
    })
    .collect()
}

fn counted_at(log: &Log, fact: &Fact) -> Option<ScriptCount> {
    let room = RoomId { site: log.site.clone(), room: fact.reasons.first()?.as_str().to_owned() };
    Some(ScriptCount {
        entry: log.entry_id(fact),
        source: CountSource::Desk,
        statement: fact.leaf,
        session: log.id.session().to_owned(),
        room,
        scripts: u64::try_from(fact.amount).ok()?,
        at: fact.at,
        by: vec![fact.op.as_str().to_owned()],
        instead: Vec::new(),
        reason: String::new(),
    })
}

/// The number that all counts agree on; nothing without one, or where two differ.
pub fn agreed(counts: &[ScriptCount]) -> Option<u64> {
    let first = counts.first()?.scripts;
    counts.iter().all(|one| one.scripts == first).then_some(first)
}

/// A count as members sign it.
#[derive(Clone, PartialEq, Eq)]
pub struct CountStatement {
    /// The exam, `<board>/<exam>`.
    pub exam: String,
    /// The session's id.
    pub session: String,
    /// The room; its name is empty for guests of a site.
    pub room: RoomId,
    /// How many scripts.
    pub scripts: u64,
    /// The counts in whose place it stands.
    pub instead: Vec<EntryId>,
    /// When, by the member's computer.
    pub at: Timestamp,
    /// The codes of the members who sign.
    pub by: Vec<String>,
    /// Why, in words on one line.
    pub reason: String,
}

impl fmt::Debug for CountStatement {
    /// Without the words, which may name a person.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CountStatement")
            .field("session", &self.session)
            .field("room", &self.room)
            .field("scripts", &self.scripts)
            .field("instead", &self.instead)
            .field("at", &self.at)
            .field("by", &self.by)
            .finish_non_exhaustive()
    }
}

impl CountStatement {
    /// The lines, newline included.
    pub fn text(&self) -> String {
        let RoomId { site, room } = &self.room;
        let mut text = format!(
            "{HEAD}\nexam {}\nsession {}\nsite {}\nroom {}\nscripts {}\n",
            self.exam,
            self.session,
            or_dash(site),
            or_dash(room),
            self.scripts
        );
        for entry in &self.instead {
            let _ = writeln!(text, "instead {}", entry_line(entry));
        }
        let _ = writeln!(text, "at {:.3}\nby {}\nreason {}", self.at, self.by.join(" "), or_dash(&self.reason));
        text
    }

    /// Reads the lines; nothing but what [`Self::text`] writes is read.
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = Lines::behind(HEAD, text)?;
        let read = Self {
            exam: lines.take("exam")?.to_owned(),
            session: lines.take("session")?.to_owned(),
            room: RoomId { site: un_dash(lines.take("site")?), room: un_dash(lines.take("room")?) },
            scripts: lines.read("scripts")?,
            instead: lines.all("instead")?.into_iter().map(parse_entry).collect::<Option<_>>()?,
            at: lines.at()?,
            by: lines.by()?,
            reason: un_dash(lines.take("reason")?),
        };
        (read.text() == text).then_some(read)
    }
}

const HEAD: &str = "diemdanh/script-count/v1";
