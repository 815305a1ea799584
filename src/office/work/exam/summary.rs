//! What an exam's folder holds, in words.

use crate::exam::{Exam, Session};
use crate::language::ExamWords;
use std::collections::{BTreeMap, BTreeSet};

/// What an exam's folder holds, without a person's data.
pub(super) fn summary(exam: &Exam, words: &ExamWords) -> String {
    let settings = &exam.settings;
    let mut lines = vec![words.named(&settings.title, &settings.board, &settings.id)];
    lines.push(words.sessions(settings.sessions.len()));
    lines.extend(settings.sessions.iter().map(|one| session(one, words)));
    let mut by_site: BTreeMap<String, (usize, BTreeSet<String>)> = BTreeMap::new();
    for one in exam.candidates.iter() {
        let (count, rooms) = by_site.entry(one.site).or_default();
        *count += 1;
        rooms.insert(one.room);
    }
    lines.push(words.candidates(exam.candidates.len()));
    lines.push(words.places(exam.sites.len(), exam.rooms.len()));
    let sites = by_site.iter().take(MAX_SITES_SHOWN);
    lines.extend(sites.map(|(site, (count, rooms))| words.site(site, count, rooms.len())));
    if by_site.len() > MAX_SITES_SHOWN {
        lines.push(words.more_sites(by_site.len() - MAX_SITES_SHOWN));
    }
    lines.push(words.staff(exam.desks.len(), exam.operators.len()));
    lines.push(String::new());
    lines.join("\n")
}

fn session(one: &Session, words: &ExamWords) -> String {
    match one.last_entry {
        Some(last) => words.session_until(&one.id, &one.title, one.start, last),
        None => words.session(&one.id, &one.title, one.start),
    }
}

const MAX_SITES_SHOWN: usize = 20;
