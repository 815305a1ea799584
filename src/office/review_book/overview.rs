//! The first page.

use super::ReviewBook;
use crate::language::BoardWords;
use bits::text::shown_within;
use jiff::Timestamp;
use review::balance::total;
use review::book::{Line, List, Mark, Overview, SLICE_MINUTES, SessionSummary};
use review::{LogState, Rule};
use std::collections::BTreeMap;

impl ReviewBook {
    pub(super) fn overview_in(&self, words: &BoardWords) -> Overview {
        let sessions = (0..self.loaded.review.expected().sessions().len()).map(|session| self.session_summary(session));
        let here = self.desks.iter().filter(|one| one.log.is_some() && one.session.is_some()).count();
        let all = self.desks.iter().filter(|one| one.session.is_some()).count();
        Overview {
            sessions: sessions.collect(),
            logs: (here, all),
            missing: self.missing(words),
            cases: self.cases(words),
            overdue: self.standing.values().filter(|one| self.overdue(one).is_some()).count(),
        }
    }

    fn session_summary(&self, session: usize) -> SessionSummary {
        let own: Vec<_> = self.rooms.iter().filter(|one| one.session == session).collect();
        let differing = own.iter().filter(|one| !one.differences.is_empty()).count();
        let times = self.loaded.exam.settings.sessions.get(session);
        let (slices_from, arrivals) = times.map(|one| self.arrivals(session, one.start)).unwrap_or_default();
        let last_entry = times.and_then(|one| minutes(one.start, one.last_entry?));
        SessionSummary {
            title: self.session_name(session),
            counts: total(own.iter().copied()),
            differing: (differing, own.len()),
            arrivals,
            slices_from,
            last_entry,
        }
    }

    /// People let in, by slices of time around the start signal. A clock that is hours away stands at the margin.
    fn arrivals(&self, session: usize, start: Timestamp) -> (i32, Vec<u32>) {
        let mut slices: BTreeMap<i32, u32> = BTreeMap::new();
        let logs = self.loaded.review.logs().iter().filter(|log| log.counts() && log.session == Some(session));
        let start_ms = start.as_millisecond();
        for row in logs.flat_map(|log| log.packed().rows()).filter(|row| row.kind.lets_in()) {
            let Ok(minute) = i32::try_from(row.at_ms.saturating_sub(start_ms).div_euclid(60_000)) else { continue };
            let slice = minute.div_euclid(SLICE_MINUTES).clamp(-MAX_SLICES, MAX_SLICES);
            *slices.entry(slice).or_default() += 1;
        }
        let (Some((first, _)), Some((last, _))) = (slices.first_key_value(), slices.last_key_value()) else {
            return (0, Vec::new());
        };
        let arrivals = (*first..=*last).map(|slice| slices.get(&slice).copied().unwrap_or(0)).collect();
        (first.saturating_mul(SLICE_MINUTES), arrivals)
    }

    fn missing(&self, words: &BoardWords) -> Vec<Line> {
        let line = |(at, one): (usize, &super::DeskLine)| {
            let why = one.missing?;
            let is_grave = one.log.and_then(|log| self.loaded.review.logs().get(log)).map(|log| log.state);
            let session = one.session.map(|session| self.session_name(session)).unwrap_or_default();
            let (site, desk) = (shown_within(&self.site_name(&one.site)), shown_within(&one.desk));
            Some(Line {
                text: words.review.missing_log(session, site, desk, words.missing_why(why.word())),
                mark: if is_grave == Some(LogState::Contradicted) { Mark::Grave } else { Mark::Look },
                opens: one.log.and_then(|_| Some((List::Desks, u32::try_from(at).ok()?))),
            })
        };
        let mut lines: Vec<Line> = self.desks.iter().enumerate().filter_map(line).collect();
        lines.extend(self.loaded.damaged.iter().map(|(name, whats)| {
            let why: Vec<&str> = whats.iter().map(|what| words.finding(*what)).collect();
            let text = words.review.damaged(shown_within(name), why.join("; "));
            Line { text, mark: Mark::Grave, opens: None }
        }));
        lines.extend(self.loaded.unindexed.iter().map(|(path, why)| {
            let text = words.review.unindexed(shown_within(&path.display().to_string()), shown_within(why));
            Line { text, mark: Mark::Look, opens: None }
        }));
        lines
    }

    fn cases(&self, words: &BoardWords) -> Vec<(String, usize, usize)> {
        let mut counts: BTreeMap<Rule, (usize, usize)> = BTreeMap::new();
        for case in self.loaded.review.cases() {
            let (all, open) = counts.entry(case.rule).or_default();
            *all += 1;
            *open += usize::from(self.standing.get(&case.id).is_none_or(|one| one.is_open));
        }
        counts.into_iter().map(|(rule, (all, open))| (words.rule(rule).to_owned(), all, open)).collect()
    }
}

fn minutes(start: Timestamp, at: Timestamp) -> Option<i32> {
    i32::try_from(at.duration_since(start).as_secs().div_euclid(60)).ok()
}

/// Two days to either side.
const MAX_SLICES: i32 = 2 * 24 * 60 / SLICE_MINUTES;
