//! When not to ask: after too many failed calls a desk waits, then probes.

use std::collections::VecDeque;

/// Counts failed calls. Time is the boot clock, in milliseconds.
#[derive(Debug, Clone, Default)]
pub struct Breaker {
    /// The last calls, true for failed, the latest last.
    recent: VecDeque<bool>,
    failed_in_a_row: u32,
    closed_until_ms: Option<u64>,
}

impl Breaker {
    /// True when a call may be made now. After the pause one call is let through as a probe.
    pub fn may_call(&mut self, now_ms: u64) -> bool {
        match self.closed_until_ms {
            Some(until_ms) if now_ms < until_ms => false,
            Some(_) => {
                // The probe: its failure shuts the way again at once.
                self.closed_until_ms = Some(now_ms.saturating_add(PROBE_AFTER_MS));
                true
            }
            None => true,
        }
    }

    /// The registry was reached and spoke.
    pub fn succeeded(&mut self) {
        self.closed_until_ms = None;
        self.failed_in_a_row = 0;
        self.remember(false);
    }

    /// The call failed.
    pub fn failed(&mut self, now_ms: u64) {
        self.failed_in_a_row += 1;
        self.remember(true);
        let of_recent = self.recent.iter().filter(|failed| **failed).count();
        if self.failed_in_a_row >= MAX_FAILED_IN_A_ROW || of_recent >= MAX_FAILED_OF_RECENT {
            self.pause(now_ms, PROBE_AFTER_MS);
            self.recent.clear();
        }
    }

    /// The registry asked for a pause. It gets at most [`MAX_PAUSE_MS`]: nobody can be sent away for a whole session.
    pub fn pause(&mut self, now_ms: u64, pause_ms: u64) {
        let until_ms = now_ms.saturating_add(pause_ms.min(MAX_PAUSE_MS));
        self.closed_until_ms = Some(self.closed_until_ms.map_or(until_ms, |before_ms| before_ms.max(until_ms)));
    }

    fn remember(&mut self, failed: bool) {
        self.recent.push_back(failed);
        if self.recent.len() > RECENT_CALLS {
            self.recent.pop_front();
        }
    }
}

/// The longest pause that a registry can ask for.
pub const MAX_PAUSE_MS: u64 = 120_000;
const MAX_FAILED_IN_A_ROW: u32 = 5;
const MAX_FAILED_OF_RECENT: usize = 10;
const RECENT_CALLS: usize = 20;
const PROBE_AFTER_MS: u64 = 30_000;
