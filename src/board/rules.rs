//! What the entries of one desk must add up to, and what they list.

use super::{
    finding::{Finding, What},
    verify::Checked,
};
use crate::record::{
    ArrivalIndex, AttendanceEvent, CandidateRef, Entry, EntryRef, RegistryState, Totals,
    tree::{Hash, Tree},
};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// What a log adds up to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Entries in all segments.
    pub entries: u64,
    /// Segments.
    pub segments: u32,
    /// Candidates in at the end.
    pub arrived: u64,
    /// How often each kind of entry occurs.
    pub kinds: BTreeMap<&'static str, u64>,
    /// First and last entry's time.
    pub span: Option<(Timestamp, Timestamp)>,
    /// The log's name: origin without the segment's number.
    pub log: Option<String>,
    /// Size and root of the last segment, for the paper minutes.
    pub head: Option<(u64, Hash)>,
}

/// Holds all entries to the rules, in order.
pub(super) fn check(segments: &[Checked]) -> (Vec<Finding>, Summary) {
    let mut rules = Rules::default();
    for segment in segments {
        rules.segment(segment);
    }
    rules.summary.arrived = u64::try_from(rules.arrivals.len()).unwrap_or(u64::MAX);
    let pending = rules.requests.difference(&rules.answers).count();
    if pending > 0 {
        rules.findings.push(Finding::package(What::RegistryPending));
    }
    (rules.findings, rules.summary)
}

#[derive(Default)]
struct Rules {
    findings: Vec<Finding>,
    summary: Summary,
    arrivals: ArrivalIndex,
    requests: BTreeSet<String>,
    answers: BTreeSet<String>,
    /// Time, boot clock and boot of the entry before.
    before: Option<(Timestamp, u64, String)>,
}

impl Rules {
    fn segment(&mut self, segment: &Checked) {
        let number = segment.number;
        let mut totals = Totals::default();
        let mut closed = false;
        self.summary.segments += 1;
        self.summary.log = segment.opened.origin.rsplit_once('/').map(|(log, _)| log.to_owned());
        self.summary.head = Some((u64::try_from(segment.leaves.len()).unwrap_or(u64::MAX), segment.root));
        for (index, entry) in segment.entries.iter().enumerate() {
            if closed {
                self.find(What::AfterClose, number, entry);
            }
            self.times(number, entry, segment.entries.get(index + 1));
            self.references(segment, entry, totals);
            self.listing(number, entry);
            self.arrivals.apply(number, entry);
            totals.count(&entry.event);
            closed |= matches!(entry.event, AttendanceEvent::Close { .. });
            self.summarise(entry);
        }
        if !closed {
            self.findings.push(Finding::segment(What::NotClosed, number));
        }
    }

    /// The boot clock never falls within a boot; the wall clock falls only where an entry says so.
    fn times(&mut self, number: u32, entry: &Entry, next: Option<&Entry>) {
        let is_jump = |entry: &Entry| matches!(entry.event, AttendanceEvent::ClockJump { .. });
        if let Some((t, bt, boot)) = self.before.take() {
            if entry.boot == boot && entry.bt < bt {
                self.find(What::BootClockFell, number, entry);
            }
            // A segment opens at its own time; the jump from the segment before stands right behind the `open`.
            let told = is_jump(entry) || entry.seq == 0 && next.is_some_and(is_jump);
            if entry.t < t && !told {
                self.find(What::TimeFell, number, entry);
            }
        }
        self.before = Some((entry.t, entry.bt, entry.boot.clone()));
    }

    /// What an entry says about others must be so.
    fn references(&mut self, segment: &Checked, entry: &Entry, totals: Totals) {
        use AttendanceEvent::{Close, DuplicateReported, Export, ReEntry, RegistryAnswer, RegistryRequest, Undo};
        let number = segment.number;
        let wrong = match &entry.event {
            Undo { refers, .. } => self.arrivals.candidate_of(*refers).is_none().then_some(What::UndoOfNothing),
            DuplicateReported { cand, first, .. } | ReEntry { cand, first, .. } => {
                self.is_foreign_arrival(*cand, *first).then_some(What::ForeignArrival)
            }
            RegistryRequest { id, .. } => {
                self.requests.insert(id.clone());
                None
            }
            RegistryAnswer { id, request_sha256, .. } => {
                self.answers.insert(id.clone());
                (request_sha256.is_some() && !self.requests.contains(id)).then_some(What::AnswerWithoutRequest)
            }
            Export { size, root } => (!had_root(segment, entry.seq, *size, root.0)).then_some(What::ExportDiffers),
            Close { totals: told } => {
                let arrived = u64::try_from(self.arrivals.len()).unwrap_or(u64::MAX);
                (*told != Totals { arrived, ..totals }).then_some(What::TotalsDiffer)
            }
            _ => None,
        };
        if let Some(what) = wrong {
            self.find(what, number, entry);
        }
    }

    fn is_foreign_arrival(&self, candidate: CandidateRef, first: EntryRef) -> bool {
        self.arrivals.candidate_of(first) != Some(candidate)
    }

    /// What a board may want to look at.
    fn listing(&mut self, number: u32, entry: &Entry) {
        use AttendanceEvent::{CheckIn, ClockJump, DuplicateReported, ManualDecision, RegistryAnswer, Undo};
        let what = match &entry.event {
            ManualDecision { .. } => What::ManualDecision,
            Undo { .. } => What::Undone,
            ClockJump { .. } => What::ClockJump,
            DuplicateReported { .. } => What::Duplicate,
            CheckIn(check_in) if self.arrivals.get(check_in.cand).is_some() => What::TwiceIn,
            RegistryAnswer { state: RegistryState::Refused, .. } => What::RegistryRefused,
            _ => return,
        };
        self.find(what, number, entry);
    }

    fn summarise(&mut self, entry: &Entry) {
        self.summary.entries += 1;
        *self.summary.kinds.entry(kind(&entry.event)).or_default() += 1;
        let first = self.summary.span.map_or(entry.t, |(first, _)| first);
        self.summary.span = Some((first, entry.t));
    }

    fn find(&mut self, what: What, number: u32, entry: &Entry) {
        self.findings.push(Finding::entry(what, number, entry.seq));
    }
}

/// At entry `seq` the segment had held `size` entries under `root` at some time.
fn had_root(segment: &Checked, seq: u64, size: u64, root: Hash) -> bool {
    let leaves = usize::try_from(size).ok().filter(|_| size <= seq).and_then(|size| segment.leaves.get(..size));
    leaves.is_some_and(|leaves| Tree::of(leaves).root() == root)
}

/// The name of a kind of entry, as it stands in the log.
fn kind(event: &AttendanceEvent) -> &'static str {
    match event {
        AttendanceEvent::Open(_) => "open",
        AttendanceEvent::CheckIn(_) => "check-in",
        AttendanceEvent::ManualDecision { .. } => "manual-decision",
        AttendanceEvent::NotAdmitted { .. } => "not-admitted",
        AttendanceEvent::Referred { .. } => "referred",
        AttendanceEvent::Undo { .. } => "undo",
        AttendanceEvent::RegistryRequest { .. } => "registry-request",
        AttendanceEvent::RegistryAnswer { .. } => "registry-answer",
        AttendanceEvent::Elsewhere { .. } => "elsewhere",
        AttendanceEvent::DuplicateReported { .. } => "duplicate-reported",
        AttendanceEvent::ReEntry { .. } => "re-entry",
        AttendanceEvent::ReadFailed { .. } => "read-failed",
        AttendanceEvent::DeviceEvent { .. } => "device-event",
        AttendanceEvent::PersonViewed { .. } => "person-viewed",
        AttendanceEvent::ClockJump { .. } => "clock-jump",
        AttendanceEvent::Anchor { .. } => "anchor",
        AttendanceEvent::Evidence { .. } => "evidence",
        AttendanceEvent::Purged { .. } => "purged",
        AttendanceEvent::Export { .. } => "export",
        AttendanceEvent::Close { .. } => "close",
    }
}
