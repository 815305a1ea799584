//! What the threads of a desk tell each other: messages for the brain, orders for its hands.

use crate::papers::PaperOrder;
use bits::secret::Secret;
use checkin::contact::ContactId;
use checkin::context::Context;
use checkin::event::{Event, KeptEvidence, Purpose};
use checkin::failure::Signal;
use checkin::news::About;
use checkin::preparation::PreparationEvent;
use checkin::state::{Halted, State};
use crypto::pin::PinLock;
use emrtd::access::key::AccessKey;
use record::{AttendanceEvent, Code};
use registry::{Query, RequestId};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::mpsc::SyncSender;
use std::thread::JoinHandle;
use tlog::witness::{WitnessFault, WitnessedCheckpoint};

/// No contact has this number.
pub(super) const NO_CONTACT: u64 = 0;
/// How many messages may wait for the brain.
pub(super) const QUEUE_LEN: usize = 1_024;

/// A message for the brain.
pub(super) enum Message {
    /// An event of a running session.
    Event(Event),
    /// An event of a desk that is being prepared.
    Preparation(PreparationEvent),
    /// The session's log is open, its hands wait.
    Started(Box<Started>),
    /// There is no desk.
    Halted(Halted),
    /// The desk ends.
    Stop,
}

/// A session that is about to run.
pub(super) struct Started {
    pub(super) context: Arc<Context>,
    pub(super) state: State,
    pub(super) hands: Hands,
    /// They end when their queues do.
    pub(super) workers: Vec<JoinHandle<()>>,
}

/// The queues of the hands.
pub(super) struct Hands {
    pub(super) card: SyncSender<CardOrder>,
    pub(super) log: SyncSender<LogOrder>,
    pub(super) registry: Option<SyncSender<RegistryOrder>>,
    pub(super) pins: Option<SyncSender<PinOrder>>,
    pub(super) papers: Option<SyncSender<PaperOrder>>,
    /// Has what the desk depends on looked at.
    pub(super) doctor: SyncSender<()>,
    pub(super) sound: Box<dyn FnMut(Signal) + Send>,
    /// The contact that counts; an older one ends as soon as it notices.
    pub(super) contact: Arc<AtomicU64>,
}

/// What the card thread is told.
pub(super) enum CardOrder {
    /// Open the card in the field; the number names the contact.
    Read(ContactId, AccessKey),
}

/// What the log thread is told.
pub(super) enum LogOrder {
    /// Write an entry.
    Append(Purpose, Box<AttendanceEvent>),
    /// Who is on duty from here on.
    OnDuty(Code),
    /// What the decision that follows rests on.
    Evidence(KeptEvidence),
    /// A head has been to the witness.
    Witnessed(Box<WitnessOutcome>),
    /// Copy the log out.
    Export,
    /// Write the last entry and end; what was asked and not answered goes with it.
    Close(Vec<(Query, About)>),
}

/// What is to be done about a question.
pub(super) enum RegistryOrder {
    /// Keep it and ask.
    Ask(Box<Query>, About),
    /// Its answer is in the log.
    Forget(RequestId),
}

/// Find out whether a PIN is the one of its owner.
pub(super) struct PinOrder {
    pub(super) code: String,
    pub(super) lock: PinLock,
    pub(super) pin: Secret<String>,
}

/// What came back from the witness.
pub(super) type WitnessOutcome = Result<WitnessedCheckpoint, WitnessFault>;
