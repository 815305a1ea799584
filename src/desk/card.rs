//! The thread that talks to cards: opens, inspects, decodes the portrait, and can be told to let go.

use crate::orders::{CardOrder, Message};
use crate::trust::TrustWatch;
use bits::random::Random;
use bits::secret::Pii;
use bits::stamp::Clock;
use cccd::holder::{Holder, HolderError, HolderNote};
use checkin::chip::{ChipReading, DataProof, link_failure};
use checkin::contact::ContactId;
use checkin::event::{CardNews, Event, Finished, Identity, KeptEvidence, PortraitNews, ReadPhase};
use emrtd::access::key::AccessKey;
use emrtd::authenticity::trust::TrustStore;
use emrtd::inspect::{CardType, Inspection, InspectionPolicy, Inspector, Observer, Progress, Resumption};
use emrtd::lds::files::FileId;
use emrtd::lds::portrait::Portrait;
use emrtd::report::{Check, CheckResult, Outcome, Overall};
use iso7816::transport::{CardReader, CardTransport, TransportError};
use registry::RequestId;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError};
use std::time::Duration;

/// Signers and types that are remembered; a session meets a few dozen.
const MAX_CARD_TYPES: usize = 1_024;
/// How far each answer moves the bar while the chip is being opened, and where that ends, in thousandths.
const OPENING_STEP: u16 = 20;
const OPENING_END: u16 = 190;

/// What the card thread works with.
pub(super) struct CardWorker {
    pub(super) reader: Box<dyn CardReader>,
    pub(super) trust: Arc<TrustStore>,
    pub(super) trust_watch: Option<TrustWatch>,
    pub(super) policy: InspectionPolicy,
    pub(super) clock: Arc<dyn Clock + Sync>,
    pub(super) random: Box<dyn Random>,
    /// What inspections rest on goes with their end.
    pub(super) keeps_evidence: bool,
    /// The chip's portrait goes with them.
    pub(super) keeps_portrait: bool,
    pub(super) inbox: SyncSender<Message>,
    /// How many certificates of the store were looked at ahead of their first card.
    pub(super) warmed: usize,
    /// What is left of a reading that was interrupted.
    pub(super) resumption: Option<Resumption>,
    /// The contact that counts; set by whoever gives orders, so that a dialogue notices that it is over.
    pub(super) current: Arc<AtomicU64>,
}

impl CardWorker {
    /// Works until nobody gives orders any more.
    pub(super) fn run(mut self, orders: &Receiver<CardOrder>) {
        while let Some(CardOrder::Read(contact, key)) = self.next(orders) {
            // An interrupted reading ends on the store that it began with.
            if self.resumption.is_none()
                && let Some(store) = self.trust_watch.as_mut().and_then(TrustWatch::newer)
            {
                (self.trust, self.warmed) = (store, 0);
            }
            let finished = self.read(contact, &key);
            let news = CardNews::Finished(Box::new(finished));
            let _ = self.inbox.send(Message::Event(Event::Card { contact, news }));
        }
    }

    /// The next order. Files of an interrupted reading are wiped when none comes within the time.
    fn next(&mut self, orders: &Receiver<CardOrder>) -> Option<CardOrder> {
        if self.resumption.is_some() {
            let limit = Duration::from_millis(u64::from(self.policy.resume_within_ms));
            match orders.recv_timeout(limit) {
                Err(RecvTimeoutError::Timeout) => self.resumption = None,
                result => return result.ok(),
            }
        }
        self.warm_until_ordered(orders).or_else(|| orders.recv().ok())
    }

    /// Nobody waits for this thread now: it looks at who signed whom in the store, certificate by certificate.
    fn warm_until_ordered(&mut self, orders: &Receiver<CardOrder>) -> Option<CardOrder> {
        loop {
            match orders.try_recv() {
                Err(TryRecvError::Empty) if self.trust.warm(self.warmed) => self.warmed += 1,
                Err(_) => return None,
                Ok(order) => return Some(order),
            }
        }
    }

    fn read(&mut self, contact_id: ContactId, key: &AccessKey) -> Finished {
        let inner = match self.reader.connect() {
            Ok(transport) => transport,
            Err(error) => return not_connected(error),
        };
        let opening = AtomicBool::new(true);
        let steps = Steps { inbox: self.inbox.clone(), opening: &opening, answers: 0 };
        let mut transport =
            CancellableTransport { inner, contact: contact_id, current: Arc::clone(&self.current), steps };
        let request_id = RequestId::random(self.random.as_mut());
        let mut herald = Herald {
            inbox: &self.inbox,
            opening: &opening,
            contact: contact_id,
            request_id,
            contradicted: false,
            last_permille: 0,
        };
        let now = self.clock.now().wall;
        let random = self.random.as_mut();
        let inspector = Inspector { key, trust: &self.trust, policy: &self.policy, now };
        let contact = inspector.inspect(&mut transport, self.resumption.take(), random, &mut herald);
        self.resumption = contact.resumption;
        let mut finished = finished(&contact.inspection, herald.contradicted);
        finished.evidence = self.kept(&contact.inspection);
        self.remember_card_type(&contact.inspection);
        finished
    }
}

impl CardWorker {
    /// What the inspection rests on, as far as the board wants it kept.
    fn kept(&self, inspection: &Inspection) -> Option<KeptEvidence> {
        let evidence = inspection.evidence.as_ref().filter(|_| self.keeps_evidence)?;
        let portrait = inspection.files.get(FileId::Dg(2)).filter(|_| self.keeps_portrait);
        let bundle = match portrait {
            Some(dg2) => evidence.encode_with_portrait(dg2),
            None => evidence.encode(),
        };
        Some(Arc::new(Pii::new(bundle)))
    }

    /// A signer whose chips prove themselves does not make documents without a key.
    fn remember_card_type(&mut self, inspection: &Inspection) {
        let proofs = [Check::ChipMapping, Check::ChipAuthentication, Check::ActiveAuthentication];
        let is_proof = |line: &CheckResult| proofs.contains(&line.check) && line.outcome == Outcome::Successful;
        let proven = inspection.overall == Overall::Pass && inspection.results.iter().any(is_proof);
        let Some(evidence) = inspection.evidence.as_ref().filter(|_| proven) else { return };
        let seen = CardType::Signer(Sha256::digest(&evidence.signer_certificate).into());
        if !self.policy.card_types.contains(&seen) && self.policy.card_types.len() < MAX_CARD_TYPES {
            self.policy.card_types.push(seen);
        }
    }
}

fn not_connected(error: TransportError) -> Finished {
    let chip = ChipReading {
        overall: Overall::Retry,
        failure: Some(link_failure(error)),
        access: None,
        apdu_count: 0,
        data: DataProof::Unproven,
    };
    Finished { chip, portrait: PortraitNews::Missing, evidence: None }
}

fn finished(inspection: &Inspection, contradicted: bool) -> Finished {
    let chip = ChipReading::of(inspection);
    let chip = if contradicted { chip.contradicted() } else { chip };
    let portrait = match inspection.files.get(FileId::Dg(2)).map(Portrait::from_dg2) {
        Some(Ok(portrait)) => PortraitNews::Ready(Arc::new(portrait)),
        Some(Err(_)) => PortraitNews::Unreadable,
        None => PortraitNews::Missing,
    };
    Finished { chip, portrait, evidence: None }
}

/// A transport that ends as soon as its reading does not count any more.
struct CancellableTransport<'a> {
    steps: Steps<'a>,
    inner: Box<dyn CardTransport>,
    contact: ContactId,
    current: Arc<AtomicU64>,
}

/// Moves the bar while the chip is being opened, which may take several slow answers and has no file to show.
struct Steps<'a> {
    inbox: SyncSender<Message>,
    opening: &'a AtomicBool,
    answers: u16,
}

impl Steps<'_> {
    fn answered(&mut self, contact: ContactId) {
        if self.opening.load(Ordering::Relaxed) {
            self.answers = self.answers.saturating_add(1);
            let permille = self.answers.saturating_mul(OPENING_STEP).min(OPENING_END);
            let news = CardNews::Progress { phase: ReadPhase::Opening, permille };
            let _ = self.inbox.try_send(Message::Event(Event::Card { contact, news }));
        }
    }
}

impl CardTransport for CancellableTransport<'_> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        if self.current.load(Ordering::Acquire) != self.contact.0 {
            return Err(TransportError::CardLost);
        }
        let answer = self.inner.transmit(command)?;
        self.steps.answered(self.contact);
        Ok(answer)
    }

    fn atr(&self) -> &[u8] {
        self.inner.atr()
    }
}

/// Carries the news of a dialogue to the brain.
struct Herald<'a> {
    inbox: &'a SyncSender<Message>,
    opening: &'a AtomicBool,
    contact: ContactId,
    request_id: RequestId,
    contradicted: bool,
    last_permille: u16,
}

impl Observer for Herald<'_> {
    fn progress(&mut self, progress: Progress<'_>) {
        match progress {
            Progress::AccessDone { .. } => {
                self.opening.store(false, Ordering::Relaxed);
                self.tell(ReadPhase::Identity, 200);
            }
            Progress::Reading { file: FileId::Dg(2), done_bytes, total_bytes } => {
                self.tell(ReadPhase::Portrait, 500 + share(done_bytes, total_bytes, 500));
            }
            Progress::Reading { .. } => {}
            Progress::FileRead(FileId::Dg(13)) => self.tell(ReadPhase::Checking, 450),
            Progress::FileRead(FileId::Dg(2)) => self.tell(ReadPhase::Portrait, 1_000),
            Progress::FileRead(FileId::CardAccess) => {}
            Progress::FileRead(_) => self.tell(ReadPhase::Identity, (self.last_permille + 50).clamp(200, 420)),
            Progress::Identity(inspection) => self.identity(inspection),
        }
    }
}

impl Herald<'_> {
    /// Progress may be lost when the brain is busy; identity and end may not.
    fn tell(&mut self, phase: ReadPhase, permille: u16) {
        if permille > self.last_permille {
            self.last_permille = permille;
            let news = CardNews::Progress { phase, permille };
            let _ = self.inbox.try_send(Message::Event(Event::Card { contact: self.contact, news }));
        }
    }

    fn identity(&mut self, inspection: &Inspection) {
        let (holder, notes, contradicted) = match holder(inspection) {
            Ok((holder, notes)) => (holder, notes, false),
            Err(HolderError::NumbersDisagree) => match holder_of_mrz(inspection) {
                Some((holder, notes)) => (holder, notes, true),
                None => return,
            },
            Err(_) => return,
        };
        self.contradicted = contradicted;
        let chip = ChipReading::of(inspection);
        let identity = Identity {
            chip: if contradicted { chip.contradicted() } else { chip },
            holder,
            notes,
            signer_certificate: inspection
                .evidence
                .as_ref()
                .map(|evidence| evidence.signer_certificate.clone())
                .unwrap_or_default(),
            request_id: self.request_id,
        };
        let news = CardNews::Identity(Box::new(identity));
        let _ = self.inbox.send(Message::Event(Event::Card { contact: self.contact, news }));
    }
}

type HolderFacts = (Holder, Vec<HolderNote>);

fn holder(inspection: &Inspection) -> Result<HolderFacts, HolderError> {
    let dg1 = inspection.files.get(FileId::Dg(1)).unwrap_or_default();
    Holder::from_files(dg1, inspection.files.get(FileId::Dg(13)))
}

fn holder_of_mrz(inspection: &Inspection) -> Option<HolderFacts> {
    Holder::from_files(inspection.files.get(FileId::Dg(1))?, None).ok()
}

/// `done` of `total` in `scale` parts.
fn share(done: usize, total: usize, scale: u16) -> u16 {
    let scaled = done.min(total).saturating_mul(usize::from(scale)) / total.max(1);
    u16::try_from(scaled).unwrap_or(scale)
}
