//! How late it is at least, as far as the logs of a desk tell: a clock that was put back makes nothing young, and a
//! clock that ran ahead for a moment makes nothing old.
//!
//! | What the logs hold | What it counts for |
//! |---|---|
//! | a time that somebody outside signed | it is at least so late |
//! | times of a boot, up to where its boot clock leads from its first entry | as below |
//! | a time beyond that line, which the clock of the same boot left again, be it just now | nothing: the boot clock says that it never was |
//! | any other time that is later than the clock now | disputed: a person has to say which of the two is right |
//! | a person's answer, `clock-confirmed` | what was disputed then counts for nothing any more |

use super::{AttendanceEvent, Entry};
use bits::stamp::Stamp;
use jiff::{SignedDuration, Timestamp};

/// Wall clock and boot clock may part by so much within a boot without anybody having moved one.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(10);

/// What the logs of a desk say of the latest time. Each log's entries are told in order, one log after the other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LatestTimes {
    outside: Option<Timestamp>,
    own: Vec<Boot>,
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

/// One boot in one log.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Boot {
    id: String,
    /// Wall and boot clock of its first entry, or of the one at which a person confirmed the clock.
    first: (Timestamp, u64),
    last: (Timestamp, u64),
    /// The latest time in it.
    latest: Timestamp,
    /// Written after a person had confirmed the clock in this very log.
    is_confirmed: bool,
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
                let (id, is_confirmed) = (entry.boot.clone(), self.is_confirmed);
                self.boot = Some(Boot { id, first: here, last: here, latest: entry.t, is_confirmed });
            }
        }
    }

    /// How late it is when the clocks of the boot `boot` say `stamp`.
    pub fn now(&self, stamp: Stamp, boot: &str) -> Now {
        let credible = self.outside.map_or(stamp.wall, |outside| outside.max(stamp.wall));
        let counts = self.own.iter().chain(&self.boot).filter(|one| !self.is_settled(one));
        let own = counts.map(|one| one.reaches(stamp, boot)).max();
        let disputed = own.filter(|own| own.duration_since(credible) > TOLERANCE);
        Now { credible, disputed }
    }

    fn end_boot(&mut self) {
        if let Some(boot) = self.boot.take() {
            self.own.push(boot);
        }
    }

    fn confirm(&mut self, confirmed: Confirmed) {
        self.end_boot();
        self.confirmed.push(confirmed);
        self.is_confirmed = true;
    }

    /// What was disputed when a person answered is settled, in this log and where another holds the same wrong time.
    fn is_settled(&self, boot: &Boot) -> bool {
        let end = boot.reached(boot.last);
        // Between the question and the entry about the answer the boot's line goes on.
        let is_wrong = |one: &Confirmed| one.at < end && end.duration_since(one.later) <= TOLERANCE;
        !boot.is_confirmed && self.confirmed.iter().any(is_wrong)
    }
}

impl Boot {
    /// How late it was at its end; the boot that is running ends now.
    fn reaches(&self, now: Stamp, running: &str) -> Timestamp {
        self.reached(if self.id == running { (now.wall, now.boot_ms) } else { self.last })
    }

    /// How late it was when its clocks said `last`, as far as its boot clock goes along.
    fn reached(&self, last: (Timestamp, u64)) -> Timestamp {
        let line = self.line(last.1);
        let came_back = last.0.duration_since(line) <= TOLERANCE;
        if came_back { line.max(last.0) } else { self.latest }
    }

    /// Where the boot clock leads from the first entry until it says `boot_ms`.
    fn line(&self, boot_ms: u64) -> Timestamp {
        let ran_ms = boot_ms.saturating_sub(self.first.1);
        let ran = SignedDuration::from_millis(i64::try_from(ran_ms).unwrap_or(i64::MAX));
        self.first.0.checked_add(ran).unwrap_or(Timestamp::MAX)
    }
}
