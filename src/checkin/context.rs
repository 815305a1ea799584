//! What a desk knows before the first tap and what never changes until it is started again.

use crate::exception::Staff;
use bits::secret::{Pii, Secret};
use jiff::{SignedDuration, Timestamp, tz::Offset};
use package::Rules;
use roster::{CandidateId, Place, Roster};
use std::collections::BTreeMap;
use std::sync::Arc;
use tlog::CosignatureKey;

/// The exam, the place and the rules this desk works by.
pub struct Context {
    /// Who is expected.
    pub roster: Roster,
    /// The portraits that the board has of them, JPEG.
    pub portraits: BTreeMap<CandidateId, Pii<Vec<u8>>>,
    /// Where this desk stands.
    pub place: Place,
    /// The rooms of that place that the list names, in order.
    pub rooms: Vec<String>,
    /// What it goes by.
    pub policy: DeskPolicy,
    /// Those who may prove themselves here; nobody at a desk outside a package.
    pub staff: Option<Arc<Staff>>,
    /// Names for the header.
    pub labels: Labels,
    /// The exam's key for pseudonyms in the log.
    pub exam_key: Secret<[u8; 32]>,
    /// Local time at the desk, for display.
    pub utc_offset: Offset,
    /// Training: looks different, and its log cannot be exported as live.
    pub training: bool,
    /// The rules are nobody's but the desk's own: no package of a board stands behind them.
    pub outside_package: bool,
    /// The origin of the log segment that is being written.
    pub origin: String,
    /// How many candidates of the roster belong here.
    pub expected: usize,
}

/// Names for the header and the status bar.
#[derive(Debug, Clone, Default)]
pub struct Labels {
    /// The exam.
    pub exam: String,
    /// The session.
    pub session: String,
    /// The site.
    pub site: String,
    /// The desk.
    pub desk: String,
    /// The program's version.
    pub version: String,
}

/// What the brain goes by: configuration, never code.
#[derive(Debug, Clone)]
pub struct DeskPolicy {
    /// The session's times; `None` where the exam sets none.
    pub session: Option<SessionTimes>,
    /// The rules in effect.
    pub rules: Rules,
    /// The registry is asked at all.
    pub registry_asked: bool,
    /// For how long nothing decides after the buttons have changed their meaning.
    pub press_guard_ms: u64,
    /// For how long nobody is let in after the chip's portrait was painted: who has not looked has not compared.
    pub portrait_guard_ms: u64,
    /// How far from the planned time one person alone records a room's signal, in minutes.
    pub signal_alone_minutes: i64,
    /// For how long nobody does anything before the desk locks itself.
    pub lock_after_ms: u64,
    /// How long an unanswered question waits before it is asked again.
    pub registry_again_ms: u64,
    /// The log is carried off from this desk before the session ends.
    pub exports: bool,
    /// There is a witness outside.
    pub witness_asked: bool,
    /// What the registry signs the log's head with, where it does.
    pub registry_cosigner: Option<CosignatureKey>,
    /// How far this desk's clock may be from an outside time, in seconds.
    pub clock_tolerance_s: i64,
}

/// When the door of a session opens, when the exam starts, and until when somebody may come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionTimes {
    /// The door opens.
    pub opens: Timestamp,
    /// The start signal.
    pub starts: Timestamp,
    /// The last entry.
    pub last_entry: Timestamp,
}

/// How a moment lies in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timing {
    /// Between opening and start signal, or no times are set.
    InTime,
    /// Before the door opens.
    TooEarly,
    /// After the start signal, until the last entry.
    Late {
        /// Whole minutes since the start signal.
        minutes: i64,
    },
    /// After the last entry.
    TooLate {
        /// Whole minutes since the start signal.
        minutes: i64,
    },
}

impl SessionTimes {
    /// The default of the rules: opens 60 minutes before the start signal, last entry 15 minutes after it.
    pub fn around(starts: Timestamp) -> Self {
        let shifted = |minutes: i64| starts.saturating_add(SignedDuration::from_mins(minutes)).unwrap_or(starts);
        Self { opens: shifted(-60), starts, last_entry: shifted(15) }
    }

    /// The same times for a room whose signal was given at this moment: the grace counts from there.
    #[must_use]
    pub fn from_signal(&self, signal: Timestamp) -> Self {
        let grace = self.last_entry.duration_since(self.starts);
        Self { starts: signal, last_entry: signal.saturating_add(grace).unwrap_or(signal), ..*self }
    }

    /// How `moment` lies in the session.
    pub fn timing(&self, moment: Timestamp) -> Timing {
        let minutes = moment.duration_since(self.starts).as_mins();
        if moment < self.opens {
            Timing::TooEarly
        } else if moment <= self.starts {
            Timing::InTime
        } else if moment <= self.last_entry {
            Timing::Late { minutes }
        } else {
            Timing::TooLate { minutes }
        }
    }
}

impl Default for DeskPolicy {
    fn default() -> Self {
        Self {
            session: None,
            rules: Rules::default(),
            registry_asked: true,
            press_guard_ms: 400,
            portrait_guard_ms: 1_000,
            lock_after_ms: 600_000,
            signal_alone_minutes: 5,
            registry_again_ms: 30_000,
            exports: false,
            witness_asked: false,
            registry_cosigner: None,
            clock_tolerance_s: 120,
        }
    }
}
