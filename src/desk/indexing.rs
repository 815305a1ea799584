//! The thread that keeps the index: fed behind each durable entry, held against the journal at the start, built again
//! at every doubt. Nobody waits for it, and a desk without an index loses nothing but its counts.

use crate::orders::Message;
use bits::hex;
use checkin::event::Event;
use host::index::{INDEX_FILE, Index, IndexFault, remove};
use host::threads;
use record::{Appended, AttendanceLog, Entry, LogStore, SegmentHead};
use registry::RequestId;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;
use tlog::NoteVerifier;
use tlog::tree::Hash;

/// Entries that are on the disk now.
pub(super) struct IndexOrder {
    segment: u32,
    entries: Vec<Entry>,
    root: Hash,
}

impl IndexOrder {
    /// What a call of the log wrote.
    pub(super) fn of(appended: &Appended) -> Self {
        let Appended { proof, entries, root } = appended;
        Self { segment: proof.entry().segment, entries: entries.clone(), root: *root }
    }
}

/// Starts the thread with the first entry of the segment; the desk goes on without it where the system has none.
pub(super) fn start<S: LogStore>(
    log: &AttendanceLog<S>,
    journal: &Path,
    device: NoteVerifier,
    first: IndexOrder,
    inbox: SyncSender<Message>,
) -> Option<(SyncSender<IndexOrder>, JoinHandle<()>)> {
    let (orders, queue) = sync_channel(QUEUE_LEN);
    let _ = orders.try_send(first);
    let hand = IndexHand {
        path: journal.join(INDEX_FILE),
        journal: journal.to_owned(),
        device,
        earlier: log.earlier().to_vec(),
        segment: log.segment(),
        index: None,
        attempts_left: MAX_ATTEMPTS,
    };
    let spawned = threads::spawn("index", move || hand.run(&queue, &inbox));
    let told = spawned.inspect_err(|error| tracing::warn!(%error, "the index has no thread"));
    told.ok().map(|thread| (orders, thread))
}

/// What the thread works with.
struct IndexHand {
    path: PathBuf,
    journal: PathBuf,
    device: NoteVerifier,
    /// How far the journal's earlier segments go.
    earlier: Vec<SegmentHead>,
    /// The segment that is being written.
    segment: u32,
    index: Option<Index>,
    attempts_left: u32,
}

impl IndexHand {
    fn run(mut self, orders: &Receiver<IndexOrder>, inbox: &SyncSender<Message>) {
        match self.opened() {
            Ok(index) => self.index = Some(index),
            Err(fault) => self.rebuild(&fault),
        }
        let _ = inbox.send(Message::Event(Event::Backlog(self.backlog())));
        while let Ok(first) = orders.recv() {
            let taken = self.take(&gather(first, orders));
            taken.unwrap_or_else(|fault| self.rebuild(&fault));
        }
    }

    /// The index as the last desk left it, when it knows the journal's segments and no others; with what the new
    /// segment holds by now.
    fn opened(&self) -> Result<Index, IndexFault> {
        let mut index = Index::open(&self.path)?;
        if index.heads()? != self.earlier {
            return Err(IndexFault::Behind);
        }
        index.catch_up(&self.journal, self.segment, &self.device)?;
        Ok(index)
    }

    fn take(&mut self, orders: &[IndexOrder]) -> Result<(), IndexFault> {
        let Some(index) = &mut self.index else { return Ok(()) };
        orders.iter().try_for_each(|order| index.take(order.segment, &order.entries, &order.root))
    }

    /// What comes later and is in already is passed over: the journal may be ahead of the orders.
    fn rebuild(&mut self, fault: &IndexFault) {
        tracing::warn!(%fault, "the index is built again");
        self.index = None;
        if self.attempts_left == 0 {
            return remove(&self.path);
        }
        self.attempts_left -= 1;
        match Index::of_journal(&self.path, &self.journal, &self.device) {
            Ok(index) => self.index = Some(index),
            Err(fault) => {
                tracing::warn!(%fault, "this desk goes on without an index");
                remove(&self.path);
            }
        }
    }

    /// Questions of earlier segments without an answer.
    fn backlog(&self) -> Vec<RequestId> {
        let outbox = self.index.as_ref().and_then(|index| index.outbox().ok()).unwrap_or_default();
        let earlier = outbox.iter().filter(|(_, place)| place.segment < self.segment);
        earlier.filter_map(|(id, _)| Some(RequestId(hex::decode(id)?.try_into().ok()?))).collect()
    }
}

/// Waits a little for more: each transaction is a flush of its own on the disk that the log lies on.
fn gather(first: IndexOrder, orders: &Receiver<IndexOrder>) -> Vec<IndexOrder> {
    let mut all = vec![first];
    while all.len() < MAX_GATHERED {
        match orders.recv_timeout(Duration::from_millis(GATHER_MS)) {
            Ok(order) => all.push(order),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
        }
    }
    all
}

/// Orders that may wait; one more is dropped, and then the index is built again.
const QUEUE_LEN: usize = 4_096;
const MAX_GATHERED: usize = 256;
const GATHER_MS: u64 = 250;
/// How often one desk builds its index again.
const MAX_ATTEMPTS: u32 = 3;
