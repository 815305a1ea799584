//! How late it is at least, as far as the logs of a desk tell: a clock that was put back makes nothing young, and a
//! clock that ran ahead for a moment makes nothing old.
//!
//! | What the logs hold | What it counts for |
//! |---|---|
//! | a time that somebody outside signed | it is at least so late |
//! | times of a boot, up to where its boot clock leads from its first entry | as below |
//! | a time beyond that line, which the clock of the same boot left again | nothing: the boot clock says that it never was |
//! | any other time that is later than the clock now | disputed: a person has to say which of the two is right |
//! | a person's answer, `clock-confirmed` | what was disputed then counts for nothing any more |

use super::{AttendanceEvent, Entry};
use jiff::{SignedDuration, Timestamp};

/// Wall clock and boot clock may part by so much within a boot without anybody having moved one.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(10);

/// What the logs of a desk say of the latest time. Each log's entries are told in order, one log after the other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LatestTimes {
    outside: Option<Timestamp>,
    own: Vec<Reached>,
    boot: Option<Boot>,
    confirmed: Vec<Confirmed>,
    /// A person has confirmed the clock in this log.
    is_confirmed: bool,
}

/// How late it is when the clock says `wall`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// It is at least so late.
    pub credible: Timestamp,
    /// A later time that stands in a log. Nothing says that it is wrong but the clock.
    pub disputed: Option<Timestamp>,
}

/// How late it was at the end of a boot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Reached {
    time: Timestamp,
    /// Written after a person had confirmed the clock in this very log.
    is_confirmed: bool,
}

/// One boot in one log.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Boot {
    id: String,
    /// Wall and boot clock of its first entry, or of the one at which a person confirmed the clock.
    first: (Timestamp, u64),
    last: (Timestamp, u64),
    /// The latest time in it.
    latest: Timestamp,
}

/// A person said at `at` that times up to `later` were wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Confirmed {
    at: Timestamp,
    later: Timestamp,
}

impl LatestTimes {
    /// Another log begins.
    pub fn begin_log(&mut self) {
        self.end_boot();
        self.is_confirmed = false;
    }

    /// The next entry; `outside` is a time in it that somebody outside signed and whose signature was checked.
    pub fn entry(&mut self, entry: &Entry, outside: Option<Timestamp>) {
        self.outside = self.outside.max(outside);
        let here = (entry.t, entry.bt);
        if let AttendanceEvent::ClockConfirmed { later } = &entry.event {
            self.confirm(Confirmed { at: entry.t, later: *later });
            self.boot = None;
        }
        match &mut self.boot {
            Some(boot) if boot.id == entry.boot => {
                (boot.last, boot.latest) = (here, boot.latest.max(entry.t));
            }
            _ => {
                self.end_boot();
                self.boot = Some(Boot { id: entry.boot.clone(), first: here, last: here, latest: entry.t });
            }
        }
    }

    /// How late it is when the clock says `wall`.
    pub fn now(&self, wall: Timestamp) -> Now {
        let credible = self.outside.map_or(wall, |outside| outside.max(wall));
        let running = self.boot.as_ref().map(|boot| self.reached(boot));
        let counts = self.own.iter().copied().chain(running).filter(|one| !self.is_settled(*one));
        let own = counts.map(|one| one.time).max();
        let disputed = own.filter(|own| own.duration_since(credible) > TOLERANCE);
        Now { credible, disputed }
    }

    fn end_boot(&mut self) {
        if let Some(boot) = self.boot.take() {
            self.own.push(self.reached(&boot));
        }
    }

    fn confirm(&mut self, confirmed: Confirmed) {
        self.end_boot();
        self.confirmed.push(confirmed);
        self.is_confirmed = true;
    }

    fn reached(&self, boot: &Boot) -> Reached {
        Reached { time: boot.reaches(), is_confirmed: self.is_confirmed }
    }

    /// Another log may hold the same wrong time.
    fn is_settled(&self, one: Reached) -> bool {
        let is_wrong = |confirmed: &Confirmed| confirmed.at < one.time && one.time <= confirmed.later;
        !one.is_confirmed && self.confirmed.iter().any(is_wrong)
    }
}

impl Boot {
    /// How late it was at its end, as far as its boot clock goes along.
    fn reaches(&self) -> Timestamp {
        let line = self.line();
        let came_back = self.last.0.duration_since(line) <= TOLERANCE;
        if came_back { line.max(self.last.0) } else { self.latest }
    }

    /// Where the boot clock leads from the first entry to the last.
    fn line(&self) -> Timestamp {
        let ran_ms = self.last.1.saturating_sub(self.first.1);
        let ran = SignedDuration::from_millis(i64::try_from(ran_ms).unwrap_or(i64::MAX));
        self.first.0.checked_add(ran).unwrap_or(Timestamp::MAX)
    }
}
