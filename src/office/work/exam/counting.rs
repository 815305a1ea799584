//! Writes down how many scripts a room handed in, and what explains a difference of its balance.

use super::super::{Ending, Work, WorkError};
use super::lock;
use super::recording::{Signers, record_by};
use super::reviewing::{Sources, loaded};
use crate::loaded::Loaded;
use bits::text::{is_plain, shown_within};
use review::EntryId;
use review::expected::RoomId;
use review::explanation::{Category, ExplanationStatement};
use review::scripts::CountStatement;
use review::statement::{Statement, parse_entry};

/// A count of scripts.
pub struct Scripts {
    /// What the review is made from.
    pub sources: Sources,
    /// The session's id.
    pub session: String,
    /// The site's code; empty where the exam has none.
    pub site: String,
    /// The room; empty for guests of the site.
    pub room: String,
    /// How many.
    pub count: u64,
    /// Why, in words; empty for none.
    pub reason: String,
    /// The counts in whose place it stands, as a report names them.
    pub instead: Vec<String>,
    /// Who signs.
    pub members: Signers,
}

/// An explanation of one difference.
pub struct Explain {
    /// What the review is made from.
    pub sources: Sources,
    /// The difference, by its name.
    pub difference: String,
    /// Its category, as a word; nothing where one is only taken back.
    pub category: Option<String>,
    /// In words.
    pub reason: String,
    /// The explanation that is taken back, as a report names it.
    pub undo: Option<String>,
    /// Who signs.
    pub members: Signers,
}

/// Writes a count into a member's record. One that differs from another does not take its place: both stand, until two
/// members name the one that goes.
///
/// # Errors
/// What kept it from being done.
pub fn scripts(work: &mut Work<'_>, asked: &Scripts) -> Result<Ending, WorkError> {
    let _held = lock(&asked.sources.folder, "scripts", false)?;
    let Some(loaded) = loaded(work, &asked.sources)? else { return Ok(Ending::Refused) };
    let room = RoomId { site: asked.site.clone(), room: asked.room.clone() };
    if loaded.review.expected().session(&asked.session).is_none() || !is_room(&loaded, &room) {
        let place = format!("{} {} {}", asked.session, asked.site, asked.room);
        return Ok(work.refused(&work.words.count.no_room(shown_within(&place))));
    }
    if !asked.reason.is_empty() && !is_plain(&asked.reason) {
        return Ok(work.misused(&work.words.count.no_words()));
    }
    let mut instead = Vec::new();
    for line in &asked.instead {
        match of_room(&loaded, line, &asked.session, &room) {
            Some(entry) => instead.push(entry),
            None => return Ok(work.refused(&work.words.count.no_count(shown_within(line)))),
        }
    }
    let count = |by, at| {
        Statement::Count(CountStatement {
            exam: loaded.review.expected().exam().to_owned(),
            session: asked.session.clone(),
            room: room.clone(),
            scripts: asked.count,
            instead: instead.clone(),
            at,
            by,
            reason: asked.reason.clone(),
        })
    };
    record_by(work, &asked.sources.folder, &loaded, &asked.members, &count)
}

/// Rooms of the list, spare rooms of the exam, and the guests of a site.
fn is_room(loaded: &Loaded, room: &RoomId) -> bool {
    let exam = &loaded.exam;
    let is_listed = || loaded.review.expected().rooms().contains(room);
    let is_spare = || exam.rooms.iter().any(|one| one.site == room.site && one.name == room.room);
    let is_site = || room.room.is_empty() && exam.sites.iter().any(|site| site.code == room.site);
    is_listed() || is_spare() || is_site()
}

/// A count of the same room, by the entry that a report names.
fn of_room(loaded: &Loaded, line: &str, session: &str, room: &RoomId) -> Option<EntryId> {
    let entry = parse_entry(line)?;
    let known = loaded.script_counts().find(|one| one.entry == entry)?;
    (known.session == session && known.room == *room).then_some(entry)
}

/// Writes an explanation of a difference into a member's record, or takes one back.
///
/// # Errors
/// What kept it from being done.
pub fn explain(work: &mut Work<'_>, asked: &Explain) -> Result<Ending, WorkError> {
    let _held = lock(&asked.sources.folder, "explain", false)?;
    let Some(loaded) = loaded(work, &asked.sources)? else { return Ok(Ending::Refused) };
    let words = &work.words.count;
    let balances = loaded.balances();
    let mut all = balances.iter().flat_map(|one| &one.differences);
    let Some(difference) = all.find(|one| one.id == asked.difference) else {
        return Ok(work.refused(&words.no_difference(shown_within(&asked.difference))));
    };
    let category = match asked.category.as_deref().map(|word| (word, Category::of_word(word))) {
        None => None,
        Some((_, Some(category))) => Some(category),
        Some((word, None)) => return Ok(work.misused(&words.no_category(shown_within(word), categories()))),
    };
    let undoes = match asked.undo.as_deref().map(|line| (line, undone(&loaded, line, &asked.difference))) {
        None => None,
        Some((_, Some(entry))) => Some(entry),
        Some((line, None)) => return Ok(work.refused(&words.no_explanation(shown_within(line)))),
    };
    if !is_plain(&asked.reason) || (category.is_none() && undoes.is_none()) {
        return Ok(work.misused(&words.no_words()));
    }
    let explanation = |by, at| {
        Statement::Explanation(ExplanationStatement {
            exam: loaded.review.expected().exam().to_owned(),
            difference: difference.id.clone(),
            basis: difference.basis,
            category,
            undoes: undoes.clone(),
            at,
            by,
            reason: asked.reason.clone(),
        })
    };
    record_by(work, &asked.sources.folder, &loaded, &asked.members, &explanation)
}

fn undone(loaded: &Loaded, line: &str, difference: &str) -> Option<EntryId> {
    let entry = parse_entry(line)?;
    let known = loaded.told.explanations.iter().find(|one| one.entry == entry)?;
    (known.said.difference == difference).then_some(entry)
}

fn categories() -> String {
    Category::ALL.iter().map(|one| one.word()).collect::<Vec<_>>().join(", ")
}
