//! Every desk of every session: its log, or why there is none.

use review::{Kind, Log, MissingLog, MissingWhy, Review};
use std::collections::BTreeMap;

/// A desk in a session.
pub(super) struct DeskLine {
    /// The session, as a number of the exam's; `None` for a log of another.
    pub(super) session: Option<usize>,
    /// The site's code.
    pub(super) site: String,
    /// The desk's id.
    pub(super) desk: String,
    /// Its log, as a number of the review's logs.
    pub(super) log: Option<usize>,
    /// Why nothing may be concluded from what it does not say.
    pub(super) missing: Option<MissingWhy>,
    /// Entries.
    pub(super) entries: u64,
    /// People let in.
    pub(super) arrived: u64,
    /// Of these, by two people.
    pub(super) manual: u64,
    /// Contacts with a card that failed.
    pub(super) failed: u64,
    /// The entries after the last one that somebody outside confirmed.
    pub(super) unconfirmed: u64,
}

/// All of them, by session, site and desk.
pub(super) fn desk_lines(review: &Review) -> Vec<DeskLine> {
    let mut missing: BTreeMap<(usize, String), &MissingLog> =
        review.missing().map(|one| ((one.session, one.desk.clone()), one)).collect();
    let of_log = |(at, log): (usize, &Log)| {
        let why = log.session.and_then(|session| missing.remove(&(session, log.id.desk().to_owned())));
        DeskLine { log: Some(at), missing: why.map(|one| one.why), ..counted(log) }
    };
    let mut lines: Vec<DeskLine> = review.logs().iter().enumerate().map(of_log).collect();
    lines.extend(missing.into_values().map(|one| DeskLine {
        session: Some(one.session),
        site: one.site.clone(),
        desk: one.desk.clone(),
        log: None,
        missing: Some(one.why),
        entries: 0,
        arrived: 0,
        manual: 0,
        failed: 0,
        unconfirmed: 0,
    }));
    lines.sort_by(|one, other| {
        (one.session, &one.site, &one.desk, one.log).cmp(&(other.session, &other.site, &other.desk, other.log))
    });
    lines
}

fn counted(log: &Log) -> DeskLine {
    let facts = log.packed();
    let count = |is_it: &dyn Fn(Kind) -> bool| -> u64 {
        u64::try_from(facts.rows().iter().filter(|row| is_it(row.kind)).count()).unwrap_or(u64::MAX)
    };
    let unconfirmed = (0..facts.len()).filter(|at| !log.is_anchored(facts.place(*at))).count();
    DeskLine {
        session: log.session,
        site: log.site.clone(),
        desk: log.id.desk().to_owned(),
        log: None,
        missing: None,
        entries: count(&|_| true),
        arrived: count(&Kind::lets_in),
        manual: count(&|kind| kind == Kind::ManualAdmitted),
        failed: count(&|kind| kind == Kind::ReadFailed),
        unconfirmed: u64::try_from(unconfirmed).unwrap_or(u64::MAX),
    }
}
