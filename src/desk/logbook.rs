//! The thread that writes the log, shows its head to a witness, and looks after the disk it lies on.

use crate::anchors::{AnchorOrder, Schedule};
use crate::carrying::Carry;
use crate::halting::failure_of;
use crate::indexing::IndexOrder;
use crate::orders::{LogOrder, Message, WitnessOutcome};
use crate::plan::EVIDENCE_FOLDER;
use bits::stamp::{Clock, Stamp};
use checkin::event::{ClosedLog, CopyHealth, DiskState, Event, KeptEvidence, Machine, Purpose};
use checkin::failure::Failure;
use checkin::news::About;
use checkin::records;
use host::disk::{self, Gauge, Space};
use host::sealed;
use host::second_copy::{CopyState, SecondCopy};
use record::{Appended, AttendanceEvent, AttendanceLog, Code, Digest, EntryRef, LogFault, LogStore, StoreFault};
use registry::Query;
use sha2::{Digest as _, Sha256};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::Duration;
use tlog::witness::WitnessedCheckpoint;

/// How often the disk and the clocks are looked at.
const LOOK_MS: u64 = 5_000;
/// How far the wall clock may drift against the boot clock between two looks. More is a jump.
const CLOCK_TOLERANCE_MS: i64 = 60_000;
/// How long a closed log waits for the witness's last word.
const LAST_WORD_MS: u64 = 9_000;
/// The word of an entry about a witness that has seen what this log does not hold.
const ROLLED_BACK: &str = "rolled-back";

/// What the log thread works with.
pub(super) struct LogHand<S: LogStore> {
    pub(super) log: AttendanceLog<S>,
    pub(super) operator: Code,
    pub(super) clock: Arc<dyn Clock + Sync>,
    pub(super) inbox: SyncSender<Message>,
    pub(super) journal: PathBuf,
    pub(super) gauge: Gauge,
    pub(super) began: Stamp,
    pub(super) anchors: Option<Anchors>,
    pub(super) evidence: EvidenceHand,
    pub(super) copy: Option<SecondCopy>,
    pub(super) carry: Option<Carry>,
    pub(super) index: Option<SyncSender<IndexOrder>>,
}

/// Who the evidence is sealed for, and what waits for its decision.
#[derive(Default)]
pub(super) struct EvidenceHand {
    pub(super) recipient: String,
    pub(super) waiting: Option<KeptEvidence>,
}

/// The way to the witness.
pub(super) struct Anchors {
    pub(super) schedule: Schedule,
    pub(super) heads: SyncSender<AnchorOrder>,
}

impl<S: LogStore> LogHand<S> {
    /// Works until it is told to close, or nobody gives orders any more.
    pub(super) fn run(mut self, orders: &Receiver<LogOrder>) {
        self.look();
        self.compare_with_outside();
        if self.copy.is_some() {
            self.tell(Event::SecondCopy(CopyHealth::Unknown));
        }
        loop {
            self.anchor_if_due();
            match orders.recv_timeout(Duration::from_millis(LOOK_MS)) {
                Ok(LogOrder::Append(purpose, event)) => self.append(purpose, *event),
                Ok(LogOrder::OnDuty(operator)) => self.operator = operator,
                Ok(LogOrder::Evidence(evidence)) => self.evidence.waiting = Some(evidence),
                Ok(LogOrder::Witnessed(outcome)) => self.take_answer(*outcome),
                Ok(LogOrder::Export) => self.carry_off(),
                Ok(LogOrder::Close(open)) => break self.close(&open, orders),
                Err(RecvTimeoutError::Timeout) => self.look(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
            self.look_at_copy();
        }
    }

    pub(super) fn append(&mut self, purpose: Purpose, event: AttendanceEvent) {
        let news = match self.log.append(&self.operator, event, self.clock.now()) {
            Ok(appended) => {
                let entry = appended.proof.entry();
                self.tell(Event::Recorded { purpose, durable: appended.proof.clone() });
                self.feed_index(&appended);
                if let Some(copy) = &self.copy {
                    copy.wake();
                }
                if purpose == Purpose::Decision {
                    self.keep_evidence(entry);
                }
                return;
            }
            Err(fault) => {
                tracing::error!(%fault, "an entry could not be written");
                Event::RecordFailed { failure: self.cause_of(&fault) }
            }
        };
        self.tell(news);
    }

    /// Seals what the decision rests on. Nobody waits for it: the decision is on the disk already.
    fn keep_evidence(&mut self, refers: EntryRef) {
        let Some(evidence) = self.evidence.waiting.take().filter(|_| !self.evidence.recipient.is_empty()) else {
            return;
        };
        let sealed = sealed::seal(evidence.reveal(), &[&self.evidence.recipient]).map_err(|error| error.to_string());
        let kept = sealed.and_then(|sealed| {
            let sha256 = Digest(Sha256::digest(&sealed).into());
            let folder = self.journal.join(EVIDENCE_FOLDER);
            disk::keep_evidence(&folder, &sha256.to_string(), &sealed).map_err(|error| error.to_string())?;
            Ok(sha256)
        });
        let event = match kept {
            Ok(sha256) => AttendanceEvent::Evidence { refers, sha256 },
            Err(error) => {
                tracing::error!(%error, "evidence could not be kept");
                records::device_news("evidence", "not-kept")
            }
        };
        self.append(Purpose::Note, event);
    }

    /// Writes the last entry, tells what stands on the closing screen, and shows the whole log to the witness.
    fn close(&mut self, open: &[(Query, About)], orders: &Receiver<LogOrder>) {
        let sealed = self.seal_questions(open);
        match self.log.close_leaving(&self.operator, sealed, self.clock.now()) {
            Ok(appended) => {
                let durable = appended.proof.clone();
                let (checkpoint, totals) = (self.log.checkpoint().to_owned(), self.log.totals());
                self.tell(Event::Closed(Box::new(ClosedLog { durable, checkpoint, totals })));
                self.feed_index(&appended);
                self.last_word(orders);
                self.carry_off_closed();
            }
            Err(fault) => {
                tracing::error!(%fault, "the log could not be closed");
                self.tell(Event::RecordFailed { failure: self.cause_of(&fault) });
            }
        }
    }

    /// A disk that fills up first takes a part of a write and then nothing: the system names no cause for the part.
    fn cause_of(&self, fault: &LogFault) -> Failure {
        let is_short = matches!(fault, LogFault::Store(StoreFault::ShortWrite { .. }));
        let space = (self.gauge)(&self.journal);
        let is_full = matches!(space, Ok(Space::TooLittle { .. }));
        if is_short && is_full { Failure::DiskFull } else { failure_of(fault) }
    }

    fn look(&self) {
        let disk = match (self.gauge)(&self.journal) {
            Ok(Space::Enough { .. }) => DiskState::Enough,
            Ok(Space::Low { .. } | Space::TooLittle { .. }) => DiskState::Low,
            Err(_) => DiskState::Unknown,
        };
        let machine = Machine { disk, clock_steady: is_steady(self.began, self.clock.now()) };
        let _ = self.inbox.try_send(Message::Event(Event::Machine(machine)));
    }

    /// Never waits: what finds no room there is found missing later, and the index is built again.
    fn feed_index(&self, appended: &Appended) {
        if let Some(index) = &self.index {
            let _ = index.try_send(IndexOrder::of(appended));
        }
    }

    /// The second medium came or went: the screen shows it, the log says so, and the desk goes on.
    fn look_at_copy(&mut self) {
        let Some((state, before)) = self.copy.as_mut().and_then(SecondCopy::news) else { return };
        self.tell(Event::SecondCopy(health_of(state)));
        // That it is whole from the start goes without saying.
        let is_worth_an_entry = before.is_some() || state != CopyState::Whole;
        if is_worth_an_entry && !self.log.is_stopped() {
            self.append(Purpose::Note, records::device_news("second-copy", state.word()));
        }
    }

    pub(super) fn tell(&self, news: Event) {
        let _ = self.inbox.send(Message::Event(news));
    }

    // -- the witness --

    /// What the witness said before the log was opened: a journal that does not hold it is an alarm and an entry.
    fn compare_with_outside(&mut self) {
        if self.log.falls_short() {
            tracing::error!("the journal does not hold the head that the witness has signed");
            self.append(Purpose::Note, records::device_news("witness", ROLLED_BACK));
            self.tell(Event::WitnessSilent { rolled_back: true });
        }
        if self.anchors.is_some() && !self.log.was_told() {
            self.tell(Event::HeadNotTold);
        }
    }

    fn anchor_if_due(&mut self) {
        let (size, now_ms) = (self.size(), self.clock.now().boot_ms);
        if self.anchors.as_ref().is_some_and(|anchors| anchors.schedule.is_due(size, now_ms)) && !self.log.is_stopped()
        {
            self.send_head();
        }
    }

    fn send_head(&mut self) {
        let (size, now_ms) = (self.size(), self.clock.now().boot_ms);
        let Some(anchors) = &mut self.anchors else { return };
        let order = AnchorOrder { log: self.log.presentation(), old_size: anchors.schedule.sent(size, now_ms) };
        let _ = anchors.heads.try_send(order);
    }

    fn size(&self) -> u64 {
        self.log.size()
    }

    fn take_answer(&mut self, outcome: WitnessOutcome) {
        let Some(anchors) = &mut self.anchors else { return };
        let sized = outcome.as_ref().map(WitnessedCheckpoint::size).map_err(|fault| *fault);
        let is_news = anchors.schedule.ended(sized);
        match outcome {
            Ok(witnessed) => self.keep(witnessed),
            Err(fault) => {
                tracing::warn!(%fault, "the log's head could not be witnessed");
                // A log that fell short when it was opened has said so in its first entries.
                let is_said = fault.is_rollback() && self.log.falls_short();
                if is_news && !is_said && !self.log.is_closed() {
                    self.append(Purpose::Note, records::device_news("witness", fault.word()));
                }
                self.tell(Event::WitnessSilent { rolled_back: fault.is_rollback() });
            }
        }
    }

    /// Keeps the cosigned head: in the log, or beside it once the log is closed.
    fn keep(&mut self, witnessed: WitnessedCheckpoint) {
        if self.log.is_closed() {
            let kept = disk::keep_anchor(&self.journal, self.log.segment(), witnessed.size(), witnessed.note());
            if let Err(error) = kept {
                tracing::error!(%error, "the witness's last word could not be kept");
            }
        } else {
            self.append(Purpose::Note, records::anchor(&witnessed));
        }
        let clock_off_s = self.clock.now().wall.as_second().saturating_sub(witnessed.at().as_second());
        self.tell(Event::Witnessed { witnessed: Box::new(witnessed), clock_off_s });
    }

    /// The closed log goes to the witness; what was on its way comes back first.
    fn last_word(&mut self, orders: &Receiver<LogOrder>) {
        let until_ms = self.clock.now().boot_ms.saturating_add(LAST_WORD_MS);
        let mut has_gone = false;
        while self.anchors.as_ref().is_some_and(|anchors| anchors.schedule.is_behind(self.size())) {
            let is_out = self.anchors.as_ref().is_some_and(|anchors| anchors.schedule.is_out());
            match (is_out, has_gone) {
                (true, _) => (),
                (false, true) => return,
                (false, false) => {
                    self.send_head();
                    has_gone = true;
                }
            }
            let left_ms = until_ms.saturating_sub(self.clock.now().boot_ms);
            match orders.recv_timeout(Duration::from_millis(left_ms)) {
                Ok(LogOrder::Witnessed(outcome)) => self.take_answer(*outcome),
                Ok(LogOrder::Append(..) | LogOrder::OnDuty(_) | LogOrder::Evidence(_)) => (),
                Ok(LogOrder::Export | LogOrder::Close(_)) => (),
                Err(_) => return,
            }
        }
    }
}

fn health_of(state: CopyState) -> CopyHealth {
    match state {
        CopyState::Whole => CopyHealth::Whole,
        CopyState::Lost => CopyHealth::Lost,
        CopyState::Foreign => CopyHealth::Foreign,
    }
}

fn is_steady(began: Stamp, now: Stamp) -> bool {
    let wall_ms = now.wall.duration_since(began.wall).as_millis();
    let boot_ms = i128::from(now.boot_ms) - i128::from(began.boot_ms);
    (wall_ms - boot_ms).abs() <= i128::from(CLOCK_TOLERANCE_MS)
}
