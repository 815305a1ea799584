//! One log: entry by entry, and on a line of time.

use super::ReviewBook;
use crate::language::BoardWords;
use bits::text::shown_within;
use review::book::{Block, Line, List, Mark, Point, PointKind, Sheet, Timeline};
use review::{Fact, Kind, Log};

/// A log as it is gone through.
#[derive(Default)]
struct Gone {
    lines: Vec<Line>,
    points: Vec<Point>,
    before: Option<Fact>,
    /// From the first entry to the one before.
    at_ms: u64,
    confirmed_ms: Option<u64>,
}

impl ReviewBook {
    /// A log, entry by entry: what is confirmed, where nothing was written for long.
    pub(super) fn log_sheet(&self, at: usize, words: &BoardWords) -> Option<Sheet> {
        let line = self.desks.get(at)?;
        let log = self.loaded.review.logs().get(line.log?)?;
        let (mut gone, mut was_confirmed) = (Gone::default(), true);
        for fact in log.facts() {
            gone.pass_time(&fact, words);
            let is_confirmed = log.is_anchored(fact.place);
            if was_confirmed && !is_confirmed {
                gone.lines.push(Line { text: words.book.from_here(), mark: Mark::Look, opens: None });
            }
            let entry = self.entry_line(log, &fact, words);
            let person = fact.cand.and_then(|cand| self.list_row(cand)).map(|row| (List::People, row));
            gone.point(kind(&fact), entry.text.clone());
            gone.lines.push(Line { opens: person, ..entry });
            gone.confirmed_ms = is_confirmed.then_some(gone.at_ms).or(gone.confirmed_ms);
            was_confirmed = is_confirmed;
            gone.before = Some(fact);
        }
        let title = words.review.about_log(shown_within(log.id.as_str()));
        let (entries, arrived) = (line.entries, line.arrived);
        let head = words.book.log_facts(entries, arrived, line.manual, line.failed, line.unconfirmed);
        let timeline = self.timeline(log, &mut gone);
        Some(Sheet { title, blocks: vec![(Block { title: head, lines: gone.lines }, None)], timeline })
    }

    fn timeline(&self, log: &Log, gone: &mut Gone) -> Option<Timeline> {
        let (first, last) = (log.facts().next()?, log.facts().next_back()?);
        Some(Timeline {
            ends: [self.local(first.at), self.local(last.at)],
            span_ms: gone.at_ms,
            confirmed_ms: gone.confirmed_ms,
            points: std::mem::take(&mut gone.points),
        })
    }
}

impl Gone {
    /// Goes on to an entry; a long silence before it is a line and a point of its own.
    fn pass_time(&mut self, fact: &Fact, words: &BoardWords) {
        let (began_ms, before) = (self.at_ms, self.before.as_ref());
        let since_ms = match (before.filter(|one| one.boot == fact.boot), before) {
            (Some(before), _) => fact.boot_ms.saturating_sub(before.boot_ms),
            // Between two boots there is the wall clock only, which somebody may have set.
            (None, Some(before)) => {
                let wall = fact.at.duration_since(before.at).as_millis();
                u64::try_from(wall).unwrap_or(0).min(MAX_BETWEEN_BOOTS_MS)
            }
            (None, None) => 0,
        };
        self.at_ms = began_ms.saturating_add(since_ms);
        if since_ms >= LONG_MS {
            let text = words.book.gap(since_ms / 60_000);
            let kind = PointKind::Gap { until_ms: self.at_ms };
            self.points.push(Point { at_ms: began_ms, kind, text: text.clone(), line: self.lines.len() });
            self.lines.push(Line { text, mark: Mark::Look, opens: None });
        }
    }

    fn point(&mut self, kind: PointKind, text: String) {
        self.points.push(Point { at_ms: self.at_ms, kind, text, line: self.lines.len() });
    }
}

fn kind(fact: &Fact) -> PointKind {
    match fact.kind {
        Kind::Open => PointKind::Start,
        Kind::Anchor => PointKind::Anchor,
        Kind::ClockJump => PointKind::ClockMoved,
        kind if kind.lets_in() => PointKind::Arrival,
        _ => PointKind::Entry,
    }
}

/// So long without an entry is worth a line.
const LONG_MS: u64 = 10 * 60_000;
/// A clock that jumped while the machine was off makes no line of years.
const MAX_BETWEEN_BOOTS_MS: u64 = 24 * 60 * 60_000;
