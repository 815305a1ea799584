//! Reading a card: our own time against the time of the link and the chip.

use super::report::Row;
use super::{BenchError, link, median};
use bits::random::SeededRandom;
use emrtd::access::key::AccessKey;
use emrtd::authenticity::trust::TrustStore;
use emrtd::inspect::{Inspection, InspectionPolicy, Unobserved, inspect};
use emrtd::report::Overall;
use host::pcsc::PcscReader;
use host::threads;
use iso7816::transport::{CardReader, CardTransport, ReaderEvent, TransportError};
use lab::card::{CardData, SyntheticCard};
use lab::issuer::people::people;
use lab::issuer::{Issuer, Making, trust_store_der};
use lab::vpcd;
use std::net::{Ipv4Addr, Shutdown, TcpStream};
use std::time::{Duration, Instant};

/// A portrait as cards have it.
const PORTRAIT_BYTES: usize = 17_500;
const PROCESS_ROUNDS: usize = 20;
const PCSC_ROUNDS: usize = 9;
/// Set by the rig's script.
const RIG: &str = "RIG_PCSCD_PID";
/// How long one look at the reader lasts, and how many looks a card may take to appear.
const LOOK_MS: u32 = 500;
const LOOKS: usize = 20;

pub(super) fn rows() -> Result<Vec<Row>, BenchError> {
    let bench = CardBench::new()?;
    let mut rows = bench.in_process()?;
    rows.extend(link::rows(&bench)?);
    rows.extend(bench.over_pcsc()?);
    Ok(rows)
}

pub(super) struct CardBench {
    pub(super) card: CardData,
    pub(super) key: AccessKey,
    pub(super) trust: TrustStore,
}

/// What one reading took.
struct Reading {
    /// From the first command to the last verdict.
    whole: Duration,
    /// Of that, waiting for answers.
    answers: Duration,
    /// Every command with its answer.
    exchanges: Vec<Exchange>,
}

/// A command and its answer.
type Exchange = (Vec<u8>, Vec<u8>);

impl Reading {
    fn ours(&self) -> Duration {
        self.whole.saturating_sub(self.answers)
    }
}

impl CardBench {
    fn new() -> Result<Self, BenchError> {
        let person = people().into_iter().next().ok_or(BenchError::Unread("nobody"))?;
        let card =
            Issuer::lab()?.issue(&person, &Making { portrait_bytes: Some(PORTRAIT_BYTES), ..Making::default() })?;
        let (trust, _) = TrustStore::from_certificates(&trust_store_der()?);
        Ok(Self { card, key: AccessKey::can(person.can()), trust })
    }

    pub(super) fn chip(&self) -> SyntheticCard {
        SyntheticCard::new(self.card.clone())
    }

    /// Inspects the card behind `transport`. The same chance every time, so that the same commands are sent.
    fn read(&self, transport: &mut dyn CardTransport) -> Result<Reading, BenchError> {
        let mut meter = Meter { inner: transport, answers: Duration::ZERO, exchanges: Vec::new() };
        let began = Instant::now();
        let (policy, now) = (InspectionPolicy::default(), jiff::Timestamp::now());
        let mut random = SeededRandom::new("bench");
        let inspection = inspect(&mut meter, &self.key, &self.trust, &policy, now, &mut random, &mut Unobserved);
        let whole = began.elapsed();
        require_pass(&inspection)?;
        Ok(Reading { whole, answers: meter.answers, exchanges: meter.exchanges })
    }

    fn in_process(&self) -> Result<Vec<Row>, BenchError> {
        let readings: Vec<Reading> =
            (0..PROCESS_ROUNDS).map(|_| self.read(&mut self.chip())).collect::<Result<_, _>>()?;
        let (ours, chip) = (medians(&readings, Reading::ours), medians(&readings, |one| one.answers));
        let row = Row::against("our arithmetic in one whole read", ours, "the simulated chip's", chip);
        Ok(vec![row.how("in process, median of 20; both sides share their primitives")])
    }

    /// The same commands twice over a real PC/SC daemon: by the inspection, and sent blindly one after the other.
    fn over_pcsc(&self) -> Result<Vec<Row>, BenchError> {
        if std::env::var_os(RIG).is_none() {
            let row = Row::plain("whole read over PC/SC", "not measured".to_owned());
            return Ok(vec![row.how("run under tests/rig/pcsc_rig.sh")]);
        }
        let (mut whole, mut raw) = (Vec::new(), Vec::new());
        for _ in 0..PCSC_ROUNDS {
            let reading = self.with_card(|transport| self.read(transport))?;
            raw.push(self.with_card(|transport| replay(transport, &reading.exchanges))?);
            whole.push(reading.whole);
        }
        let (whole, raw) = (median(&mut whole), median(&mut raw));
        let row = Row::against("whole read over PC/SC", whole, "the same commands sent blindly", raw);
        Ok(vec![row.how("real pcscd, virtual reader, card simulator; median of 9")])
    }

    /// Serves a fresh card to the daemon while `work` talks to it.
    fn with_card<T>(
        &self,
        work: impl FnOnce(&mut dyn CardTransport) -> Result<T, BenchError>,
    ) -> Result<T, BenchError> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, vpcd::DEFAULT_PORT))?;
        let (served, mut chip) = (stream.try_clone()?, self.chip());
        let server = threads::spawn("card", move || {
            let _ = vpcd::serve(&mut chip, served);
        })?;
        let mut reader = PcscReader::new(None);
        let found = (0..LOOKS).any(|_| matches!(reader.wait(LOOK_MS), Some(ReaderEvent::CardPresent { .. })));
        let result = if found { work(reader.connect()?.as_mut()) } else { Err(BenchError::Unread("no card")) };
        stream.shutdown(Shutdown::Both)?;
        let _ = server.join();
        (0..LOOKS).any(|_| matches!(reader.wait(LOOK_MS), Some(ReaderEvent::CardRemoved | ReaderEvent::Ready { .. })));
        result
    }
}

/// The chip must answer as it did: else it did other work, and the time says nothing.
fn replay(transport: &mut dyn CardTransport, exchanges: &[Exchange]) -> Result<Duration, BenchError> {
    let began = Instant::now();
    for (command, answer) in exchanges {
        if transport.transmit(command)? != *answer {
            return Err(BenchError::Unread("another answer than before"));
        }
    }
    Ok(began.elapsed())
}

pub(super) fn require_pass(inspection: &Inspection) -> Result<(), BenchError> {
    match inspection.overall {
        Overall::Pass => Ok(()),
        other => Err(BenchError::Unread(other.word())),
    }
}

fn medians(readings: &[Reading], part: impl Fn(&Reading) -> Duration) -> Duration {
    median(&mut readings.iter().map(part).collect::<Vec<_>>())
}

/// Keeps what was exchanged, and the time that the answers took.
struct Meter<'a> {
    inner: &'a mut dyn CardTransport,
    answers: Duration,
    exchanges: Vec<Exchange>,
}

impl CardTransport for Meter<'_> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        let began = Instant::now();
        let answer = self.inner.transmit(command)?;
        self.answers += began.elapsed();
        self.exchanges.push((command.to_vec(), answer.clone()));
        Ok(answer)
    }

    fn atr(&self) -> &[u8] {
        self.inner.atr()
    }
}
