//! When the log's head goes to a witness outside, and the thread that takes it there.

use crate::config::WitnessConfig;
use crate::halting::diagnose;
use crate::orders::LogOrder;
use crate::plan::DeskPlan;
use crate::registry::{key_line, read, unprepared};
use checkin::state::Halted;
use host::http::CallLimits;
use host::witness::HttpsWitness;
use record::{Code, OutsideHead};
use std::sync::mpsc::{Receiver, SyncSender};
use tlog::cosignature::CosignatureKey;
use tlog::presenting::{Presentation, anchor, last_head};
use tlog::witness::{Witness, WitnessFault};

/// A witness and the key that its cosignatures are checked with.
pub struct WitnessLink {
    /// How it is reached.
    pub witness: Box<dyn Witness>,
    /// Its key.
    pub key: CosignatureKey,
}

/// After a call that failed, the next one waits so long.
const AGAIN_MS: u64 = 60_000;

/// Prepares the witness; `None` where none is configured.
///
/// # Errors
/// A halted desk that names [`checkin::failure::Failure::RegistryUnprepared`] when its certificate or key
/// cannot be read. The diagnostics have been told.
pub fn witness(plan: &DeskPlan) -> Result<Option<WitnessLink>, Halted> {
    if plan.machine().witness.url.is_empty() {
        return Ok(None);
    }
    link(plan).map(Some).inspect_err(diagnose)
}

/// What is taken to the witness.
pub(super) struct AnchorOrder {
    pub(super) log: Presentation,
    pub(super) old_size: u64,
}

/// Asks for the last head of the log that is about to be opened. A witness that cannot be reached is no reason not to
/// open; the `open` entry says so.
pub(super) fn outside_head(link: Option<&mut WitnessLink>, log: &str) -> OutsideHead {
    let not_asked = |cause: &str| OutsideHead::NotAsked { cause: Code::new(cause).unwrap_or_else(|_| Code::unknown()) };
    let Some(link) = link else { return not_asked("no-witness") };
    match last_head(link.witness.as_mut(), &link.key, log) {
        Ok(None) => OutsideHead::Nothing,
        Ok(Some((_, note))) => OutsideHead::Head { note },
        Err(fault) => {
            tracing::warn!(%fault, "the last head of the log was not told");
            not_asked(fault.word())
        }
    }
}

/// Takes one head after the other to the witness until nobody has one any more.
pub(super) fn carry(mut link: WitnessLink, heads: &Receiver<AnchorOrder>, answers: &SyncSender<LogOrder>) {
    while let Ok(head) = heads.recv() {
        let outcome = anchor(link.witness.as_mut(), &link.key, &head.log, head.old_size);
        if answers.send(LogOrder::Witnessed(Box::new(outcome))).is_err() {
            break;
        }
    }
}

/// When the next head goes out: at open, every so many entries or minutes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Schedule {
    every_entries: u64,
    every_ms: u64,
    witnessed: u64,
    tried_size: Option<u64>,
    tried_ms: u64,
    failed: Option<WitnessFault>,
    in_flight: bool,
}

impl Schedule {
    /// Nothing has gone out yet.
    pub(super) fn new(config: &WitnessConfig) -> Self {
        Self {
            every_entries: u64::from(config.every_entries.max(1)),
            every_ms: u64::from(config.every_minutes.max(1)) * 60_000,
            witnessed: 0,
            tried_size: None,
            tried_ms: 0,
            failed: None,
            in_flight: false,
        }
    }

    /// True when the head of `size` entries goes out now.
    pub(super) fn is_due(&self, size: u64, now_ms: u64) -> bool {
        let Some(tried) = self.tried_size else { return !self.in_flight };
        let waited_ms = now_ms.saturating_sub(self.tried_ms);
        let is_new = size > self.witnessed + ANCHOR_ENTRIES;
        let many = size >= tried.saturating_add(self.every_entries);
        let again = self.failed.is_some() && waited_ms >= AGAIN_MS;
        !self.in_flight && is_new && (many || again || waited_ms >= self.every_ms)
    }

    /// True when the witness has not seen all of `size` entries.
    pub(super) fn is_behind(&self, size: u64) -> bool {
        self.witnessed < size
    }

    /// A head of `size` entries went out. Returns the size that the witness has seen.
    pub(super) fn sent(&mut self, size: u64, now_ms: u64) -> u64 {
        (self.tried_size, self.tried_ms, self.in_flight) = (Some(size), now_ms, true);
        self.witnessed
    }

    /// True while a head is out.
    pub(super) fn is_out(&self) -> bool {
        self.in_flight
    }

    /// The call has ended. True when it ended in another way than the call before: worth an entry.
    pub(super) fn ended(&mut self, outcome: Result<u64, WitnessFault>) -> bool {
        self.in_flight = false;
        let failed = outcome.err();
        self.witnessed = outcome.unwrap_or(self.witnessed);
        std::mem::replace(&mut self.failed, failed) != failed
    }
}

fn link(plan: &DeskPlan) -> Result<WitnessLink, Halted> {
    let (config, base) = (&plan.machine().witness, plan.base());
    let authority = read(config.ca.as_ref(), base, "witness.ca")?;
    let line = key_line(plan.rules().witness_key(), config.verifier.as_ref(), base, "witness.verifier")?;
    let key = CosignatureKey::parse(line.trim()).map_err(|error| unprepared("witness.verifier", error))?;
    let witness = HttpsWitness::new(&config.url, &authority, CallLimits::default())
        .map_err(|error| unprepared(&config.url, error))?;
    Ok(WitnessLink { witness: Box::new(witness), key })
}

/// The entry about an anchor is itself one that no anchor covers yet; it alone is no reason for the next.
const ANCHOR_ENTRIES: u64 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule() -> Schedule {
        Schedule::new(&WitnessConfig { every_entries: 25, every_minutes: 5, ..WitnessConfig::default() })
    }

    #[test]
    fn head_goes_out_at_open_then_every_25_entries_or_5_minutes() {
        let mut schedule = schedule();
        assert!(schedule.is_due(1, 0), "at open");
        assert_eq!(schedule.sent(1, 0), 0);
        assert!(!schedule.is_due(40, 0), "one call at a time");
        assert!(!schedule.ended(Ok(1)), "as good as before");
        assert!(!schedule.is_due(2, 600_000), "nothing but the entry about the anchor");
        assert!(!schedule.is_due(25, 299_999));
        assert!(schedule.is_due(26, 0), "25 entries more");
        assert!(schedule.is_due(3, 300_000), "five minutes later");
        assert_eq!(schedule.sent(26, 1), 1);
    }

    #[test]
    fn silent_witness_is_tried_again_every_minute_and_told_once() {
        let mut schedule = schedule();
        schedule.sent(1, 0);
        assert!(schedule.ended(Err(WitnessFault::Unreachable)), "silence begins");
        assert!(!schedule.is_due(3, 59_999));
        assert!(schedule.is_due(3, 60_000));
        schedule.sent(3, 60_000);
        assert!(!schedule.ended(Err(WitnessFault::Unreachable)), "still silent");
        schedule.sent(4, 120_000);
        assert!(schedule.ended(Ok(4)), "back again");
        assert!(!schedule.is_behind(4) && schedule.is_behind(5));
    }
}
