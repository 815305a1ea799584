//! What the entries of one desk must add up to, and what they list.

use super::{
    anchors::{self, Outside, Witnessed},
    arrivals::Arrivals,
    finding::{Finding, FindingKind, Found},
    history::{History, Listed},
    late::{LateAnswers, QuestionId},
};
use jiff::Timestamp;
use record::export::EVIDENCE_FOLDER;
use record::segment::digest;
use record::{AttendanceEvent, Code, Digest, Entry, EntryRef, OpenQuestions, PackageRef, RegistryState, Totals};
use review::{Fact, FactReader, SegmentFacts};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use tlog::tree::Hash;

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

/// What entries say, of one segment or of several that were gone through.
#[derive(Default)]
pub(super) struct Told {
    pub(super) found: Found,
    pub(super) summary: Summary,
    pub(super) witnessed: Witnessed,
    /// The packages that entries say were loaded, so many at most.
    pub(super) loaded: Vec<(u32, u64, PackageRef)>,
}

impl Told {
    /// Adds what the next segment says.
    pub(super) fn merge(&mut self, next: Self) {
        let Self { found, summary, witnessed, loaded } = next;
        self.found.append(found);
        self.summary.merge(summary);
        self.witnessed.merge(witnessed);
        let room = MAX_LOADED.saturating_sub(self.loaded.len());
        self.loaded.extend(loaded.into_iter().take(room));
    }
}

impl Summary {
    fn merge(&mut self, next: Self) {
        self.entries += next.entries;
        self.segments += next.segments;
        for (kind, count) in next.kinds {
            *self.kinds.entry(kind).or_default() += count;
        }
        self.span = match (self.span, next.span) {
            (Some((first, _)), Some((_, last))) => Some((first, last)),
            (one, other) => one.or(other),
        };
        (self.log, self.head) = (next.log.or(self.log.take()), next.head.or(self.head));
    }
}

/// The rules over all segments, one entry at a time.
#[derive(Default)]
pub(super) struct Rules {
    /// What the segment says that is being read.
    told: Told,
    pub(super) arrivals: Arrivals,
    /// Questions to the registry by a digest of their id, and whether an answer stands.
    requests: HashMap<QuestionId, bool>,
    pending: u64,
    late: LateAnswers,
    /// Rooms whose signal was recorded.
    signals: BTreeSet<String>,
    /// Time and boot clock of the entry before.
    before: Option<(Timestamp, u64)>,
    /// Its boot.
    boot: String,
    segment: u32,
    /// Who was on duty at the entry before.
    on_duty: Option<Code>,
    totals: Totals,
    /// How often each kind of entry occurs in the segment.
    kinds: Vec<(&'static str, u64)>,
    closed: bool,
    /// The first entry stands before the segment's last in time; a jump behind it would say so.
    fell: bool,
    /// What a review asks for; nothing where nobody does.
    facts: Option<Facts>,
}

/// The entries of segments that were gone through, as facts.
#[derive(Default)]
struct Facts {
    reader: FactReader,
    segments: Vec<SegmentFacts>,
    now: Vec<Fact>,
}

/// What the rules need beside the entry.
pub(super) struct VerifyContext<'a, 'b> {
    pub(super) history: &'a History<'b>,
    pub(super) outside: &'a Outside,
    pub(super) listed: &'a Listed<'b>,
}

impl VerifyContext<'_, '_> {
    fn holds_evidence(&self, sha256: &str) -> bool {
        self.listed.sizes.contains_key(&format!("{EVIDENCE_FOLDER}{sha256}.age"))
    }
}

impl Rules {
    /// Rules that keep what the entries say, for a review.
    pub(super) fn keeping_facts() -> Self {
        Self { facts: Some(Facts::default()), ..Self::default() }
    }

    pub(super) fn keeps_facts(&self) -> bool {
        self.facts.is_some()
    }

    /// The next entry of the segment, with its leaf hash; told only once the segment has ended at its signed root.
    pub(super) fn keep(&mut self, entry: &Entry, leaf: Hash) {
        if let Some(facts) = &mut self.facts {
            facts.now.push(facts.reader.fact(self.segment, entry, Digest(leaf)));
        }
    }

    /// The segments that ended at their signed roots.
    pub(super) fn take_facts(&mut self) -> Option<Vec<SegmentFacts>> {
        self.facts.take().map(|facts| facts.segments)
    }

    /// A segment begins.
    pub(super) fn begin(&mut self, segment: u32, origin: &str) {
        (self.segment, self.totals, self.closed, self.fell) = (segment, Totals::default(), false, false);
        (self.told, self.on_duty) = (Told::default(), None);
        self.kinds.clear();
        self.facts.iter_mut().for_each(|facts| facts.now.clear());
        self.arrivals.begin(segment);
        self.told.summary.segments = 1;
        self.told.summary.log = origin.rsplit_once('/').map(|(log, _)| log.to_owned());
    }

    /// The next entry of the segment.
    pub(super) fn entry(&mut self, entry: &Entry, context: &VerifyContext<'_, '_>) {
        if self.closed {
            self.find(FindingKind::AfterClose, entry.seq);
        }
        self.times(entry);
        self.operator(entry);
        let question = question(&entry.event);
        self.references(entry, question, context);
        self.outside(entry, context);
        self.listing(entry, context);
        let place = EntryRef { segment: self.segment, seq: entry.seq };
        self.late.entry(place, entry, question, |candidate| self.arrivals.is_in(candidate));
        if let AttendanceEvent::PackageLoaded { package, .. } = &entry.event
            && self.told.loaded.len() < MAX_LOADED
        {
            self.told.loaded.push((self.segment, entry.seq, package.clone()));
        }
        self.arrivals.apply(entry, context.history);
        self.totals.count(&entry.event);
        self.closed |= matches!(entry.event, AttendanceEvent::Close { .. });
        self.summarise(entry);
    }

    /// The segment ends at this size and root, which its checkpoint signs. What its entries said.
    pub(super) fn end(&mut self, size: u64, root: Hash) -> Told {
        self.tell_fall();
        if let Some(facts) = &mut self.facts {
            facts.segments.push(SegmentFacts { number: self.segment, facts: std::mem::take(&mut facts.now) });
        }
        self.told.summary.head = Some((size, root));
        self.told.summary.kinds = self.kinds.drain(..).collect();
        if !self.closed {
            self.told.found.add(Finding::segment(FindingKind::NotClosed, self.segment));
        }
        std::mem::take(&mut self.told)
    }

    /// All segments were gone through: what they add up to, beside what each says.
    pub(super) fn finish(&mut self, told: &mut Told) {
        told.summary.arrived = self.arrivals.count();
        std::mem::take(&mut self.late).finish(&mut told.found);
        if self.pending > 0 {
            told.found.add(Finding::package(FindingKind::RegistryPending));
        }
    }

    /// The boot clock never falls within a boot; the wall clock falls only where an entry says so.
    fn times(&mut self, entry: &Entry) {
        let is_jump = matches!(entry.event, AttendanceEvent::ClockJump { .. });
        if is_jump {
            self.fell = false;
        }
        self.tell_fall();
        let is_same_boot = entry.boot == self.boot;
        if let Some((t, bt)) = self.before {
            if is_same_boot && entry.bt < bt {
                self.find(FindingKind::BootClockFell, entry.seq);
            }
            // A segment opens at its own time; the jump from the segment before stands right behind the `open`.
            if entry.t < t && entry.seq == 0 {
                self.fell = true;
            } else if entry.t < t && !is_jump {
                self.find(FindingKind::TimeFell, entry.seq);
            }
        }
        self.before = Some((entry.t, entry.bt));
        if !is_same_boot {
            self.boot.clone_from(&entry.boot);
        }
    }

    /// Within a segment another operator comes only with an entry that says so, and names the one before.
    fn operator(&mut self, entry: &Entry) {
        let before = self.on_duty.as_ref();
        let is_same = before == Some(&entry.op);
        let is_said = match &entry.event {
            AttendanceEvent::OperatorChanged { from } => before == Some(from),
            _ => is_same || before.is_none(),
        };
        if !is_same {
            self.on_duty = Some(entry.op.clone());
        }
        if !is_said {
            self.find(FindingKind::OperatorUnsaid, entry.seq);
        }
    }

    fn tell_fall(&mut self) {
        if std::mem::take(&mut self.fell) {
            self.find(FindingKind::TimeFell, 0);
        }
    }

    /// What an entry says about others must be so.
    fn references(&mut self, entry: &Entry, question: Option<QuestionId>, context: &VerifyContext<'_, '_>) {
        use AttendanceEvent::{
            Close, DuplicateReported, Export, LateAnswer, ReEntry, RegistryAnswer, RegistryRequest, Undo,
        };
        let candidate_of = |place| self.arrivals.candidate_of(place, context.history);
        let wrong = match &entry.event {
            Undo { refers, .. } => candidate_of(*refers).is_none().then_some(FindingKind::UndoOfNothing),
            DuplicateReported { cand, first, .. } | ReEntry { cand, first, .. } => {
                (candidate_of(*first) != Some(*cand)).then_some(FindingKind::ForeignArrival)
            }
            RegistryRequest { .. } => {
                let is_new = question.is_some_and(|id| self.requests.insert(id, false).is_none());
                self.pending += u64::from(is_new);
                None
            }
            RegistryAnswer { request_sha256, .. } => {
                let asked = question.and_then(|id| self.requests.get_mut(&id));
                let asked = asked.map(|answered| std::mem::replace(answered, true));
                self.pending -= u64::from(asked == Some(false));
                (request_sha256.is_some() && asked.is_none()).then_some(FindingKind::AnswerWithoutRequest)
            }
            LateAnswer { .. } => {
                let is_asked = question.is_some_and(|id| self.requests.contains_key(&id));
                (!is_asked).then_some(FindingKind::AnswerWithoutRequest)
            }
            Export { size, root } => {
                let had = *size <= entry.seq && context.history.root_at(self.segment, *size) == Some(root.0);
                (!had).then_some(FindingKind::ExportDiffers)
            }
            Close { totals: told, .. } => {
                (*told != Totals { arrived: self.arrivals.count(), ..self.totals }).then_some(FindingKind::TotalsDiffer)
            }
            _ => None,
        };
        if let Some(what) = wrong {
            self.find(what, entry.seq);
        }
    }

    /// What others signed, where the entry holds it.
    fn outside(&mut self, entry: &Entry, context: &VerifyContext<'_, '_>) {
        let place = EntryRef { segment: self.segment, seq: entry.seq };
        let time = match &entry.event {
            AttendanceEvent::Anchor { .. } => {
                anchors::check_entry(place, entry, context.history, context.outside, &mut self.told.found)
            }
            AttendanceEvent::Open(opened) => {
                anchors::check_opening(place, opened, context.history, context.outside, &mut self.told.found)
            }
            AttendanceEvent::RegistryAnswer { verbatim: Some(verbatim), .. } => {
                match anchors::registry_time(place, verbatim, context.outside) {
                    Ok(time) => time,
                    Err(what) => return self.find(what, entry.seq),
                }
            }
            _ => None,
        };
        if let Some(time) = time {
            if anchors::is_off(entry, &time) {
                self.find(FindingKind::ClockOff, entry.seq);
            }
            anchors::add(&mut self.told.witnessed, time);
        }
    }

    /// What a board may want to look at.
    fn listing(&mut self, entry: &Entry, context: &VerifyContext<'_, '_>) {
        use AttendanceEvent::{
            CheckIn, ClockConfirmed, ClockJump, Close, CloseOverruled, DeviceEvent, DuplicateReported, Evidence, Guest,
            ManualDecision, PaperDecision, PortraitDoubted, Purged, RegistryAnswer, StartSignal, Undo,
        };
        let what = match &entry.event {
            StartSignal { at, .. } | PaperDecision { at, .. } if *at > entry.t => FindingKind::TimeAhead,
            StartSignal { room, .. } if !self.signals.insert(room.clone()) => FindingKind::SignalAgain,
            ManualDecision { .. } => FindingKind::ManualDecision,
            Undo { .. } => FindingKind::Undone,
            PortraitDoubted { .. } => FindingKind::PortraitDoubted,
            Guest { .. } => FindingKind::Guest,
            PaperDecision { .. } => FindingKind::PaperDecision,
            ClockJump { .. } => FindingKind::ClockJump,
            ClockConfirmed { .. } => FindingKind::ClockConfirmed,
            DuplicateReported { .. } => FindingKind::Duplicate,
            CheckIn(check_in) if self.arrivals.is_in(check_in.cand) => FindingKind::TwiceIn,
            RegistryAnswer { state: RegistryState::Refused, .. } => FindingKind::RegistryRefused,
            Evidence { sha256, .. } if !context.holds_evidence(&sha256.to_string()) => FindingKind::EvidenceMissing,
            Close { open: Some(OpenQuestions { sha256: Some(sha256), .. }), .. }
                if !context.holds_evidence(&sha256.to_string()) =>
            {
                FindingKind::EvidenceMissing
            }
            CloseOverruled { .. } => FindingKind::CloseOverruled,
            Purged { .. } => FindingKind::Purged,
            DeviceEvent { device, event } if device.as_str() == "witness" && event.as_str() == "rolled-back" => {
                FindingKind::WitnessDisagreed
            }
            _ => return,
        };
        self.find(what, entry.seq);
    }

    fn summarise(&mut self, entry: &Entry) {
        let summary = &mut self.told.summary;
        summary.entries += 1;
        let kind = kind(&entry.event);
        match self.kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, count)) => *count += 1,
            None => self.kinds.push((kind, 1)),
        }
        let first = summary.span.map_or(entry.t, |(first, _)| first);
        summary.span = Some((first, entry.t));
    }

    fn find(&mut self, what: FindingKind, seq: u64) {
        self.told.found.add(Finding::entry(what, self.segment, seq));
    }
}

/// More packages than anybody loads in a session.
const MAX_LOADED: usize = 1_000;

/// The question to the registry that an entry is about.
fn question(event: &AttendanceEvent) -> Option<QuestionId> {
    use AttendanceEvent::{LateAnswer, RegistryAnswer, RegistryRequest};
    match event {
        RegistryRequest { id, .. } | RegistryAnswer { id, .. } | LateAnswer { id, .. } => {
            digest(id.as_bytes()).0.first_chunk().copied()
        }
        _ => None,
    }
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
        AttendanceEvent::LateAnswer { .. } => "late-answer",
        AttendanceEvent::Guest { .. } => "guest",
        AttendanceEvent::PaperDecision { .. } => "paper-decision",
        AttendanceEvent::PortraitDoubted { .. } => "portrait-doubted",
        AttendanceEvent::StartSignal { .. } => "start-signal",
        AttendanceEvent::ScriptsCounted { .. } => "scripts-counted",
        AttendanceEvent::CloseOverruled { .. } => "close-overruled",
        AttendanceEvent::Printed { .. } => "printed",
        AttendanceEvent::OperatorChanged { .. } => "operator-changed",
        AttendanceEvent::DeviceEvent { .. } => "device-event",
        AttendanceEvent::PersonViewed { .. } => "person-viewed",
        AttendanceEvent::ClockJump { .. } => "clock-jump",
        AttendanceEvent::ClockConfirmed { .. } => "clock-confirmed",
        AttendanceEvent::Anchor { .. } => "anchor",
        AttendanceEvent::Evidence { .. } => "evidence",
        AttendanceEvent::PackageLoaded { .. } => "package-loaded",
        AttendanceEvent::Purged { .. } => "purged",
        AttendanceEvent::Export { .. } => "export",
        AttendanceEvent::CaseStep { .. } => "case-step",
        AttendanceEvent::Close { .. } => "close",
    }
}
