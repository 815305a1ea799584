//! The thread that writes the log, and looks after the disk it lies on.

use crate::bits::stamp::{Clock, Stamp};
use crate::checkin::event::{DiskState, Event, Machine, Purpose};
use crate::checkin::failure::Failure;
use crate::desk::runtime::Message;
use crate::host::disk::{self, Space};
use crate::record::{AttendanceEvent, AttendanceLog, Code, LogFault, LogStore, StoreFault};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::Duration;

/// How often the disk and the clocks are looked at.
const LOOK_MS: u64 = 5_000;
/// How far the wall clock may drift against the boot clock between two looks. More is a jump.
const CLOCK_TOLERANCE_MS: i64 = 60_000;

/// What the log thread is told.
pub(super) enum LogOrder {
    /// Write an entry.
    Append(Purpose, Box<AttendanceEvent>),
    /// Write the last entry and end.
    Close,
}

/// What the log thread works with.
pub(super) struct LogHand<S: LogStore> {
    pub(super) log: AttendanceLog<S>,
    pub(super) operator: Code,
    pub(super) clock: Arc<dyn Clock + Sync>,
    pub(super) inbox: SyncSender<Message>,
    pub(super) journal: PathBuf,
    pub(super) began: Stamp,
}

impl<S: LogStore> LogHand<S> {
    /// Works until it is told to close, or nobody gives orders any more.
    pub(super) fn run(mut self, orders: &Receiver<LogOrder>) {
        self.look();
        loop {
            match orders.recv_timeout(Duration::from_millis(LOOK_MS)) {
                Ok(LogOrder::Append(purpose, event)) => self.append(purpose, *event),
                Ok(LogOrder::Close) => {
                    if let Err(fault) = self.log.close(&self.operator, self.clock.now()) {
                        tracing::error!(%fault, "the log could not be closed");
                    }
                    break;
                }
                Err(RecvTimeoutError::Timeout) => self.look(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
    }

    fn append(&mut self, purpose: Purpose, event: AttendanceEvent) {
        let news = match self.log.append(&self.operator, event, self.clock.now()) {
            Ok(durable) => Event::Recorded { purpose, durable },
            Err(fault) => {
                tracing::error!(%fault, "an entry could not be written");
                Event::RecordFailed { failure: self.cause_of(&fault) }
            }
        };
        let _ = self.inbox.send(Message::Event(news));
    }

    /// A disk that fills up first takes a part of a write and then nothing: the system names no cause for the part.
    fn cause_of(&self, fault: &LogFault) -> Failure {
        let is_short = matches!(fault, LogFault::Store(StoreFault::ShortWrite { .. }));
        let space = disk::space(&self.journal, disk::REFUSE_BELOW_BYTES, disk::WARN_BELOW_BYTES);
        let is_full = matches!(space, Ok(Space::TooLittle { .. }));
        if is_short && is_full { Failure::DiskFull } else { failure_of(fault) }
    }

    fn look(&self) {
        let disk = match disk::space(&self.journal, disk::REFUSE_BELOW_BYTES, disk::WARN_BELOW_BYTES) {
            Ok(Space::Enough { .. }) => DiskState::Enough,
            Ok(Space::Low { .. } | Space::TooLittle { .. }) => DiskState::Low,
            Err(_) => DiskState::Unknown,
        };
        let machine = Machine { disk, clock_steady: is_steady(self.began, self.clock.now()) };
        let _ = self.inbox.try_send(Message::Event(Event::Machine(machine)));
    }
}

/// What a fault of the log is called at the desk.
pub(super) fn failure_of(fault: &LogFault) -> Failure {
    match fault {
        LogFault::Store(StoreFault::NoSpace) => Failure::DiskFull,
        LogFault::Damaged { .. } | LogFault::ForeignSegment { .. } => Failure::JournalDamaged,
        LogFault::BootClockFell { .. } => Failure::ClockMoved,
        LogFault::BadName => Failure::ConfigUnreadable,
        _ => Failure::LogUnwritable,
    }
}

fn is_steady(began: Stamp, now: Stamp) -> bool {
    let wall_ms = now.wall.duration_since(began.wall).as_millis();
    let boot_ms = i128::from(now.boot_ms) - i128::from(began.boot_ms);
    (wall_ms - boot_ms).abs() <= i128::from(CLOCK_TOLERANCE_MS)
}
