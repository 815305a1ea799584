//! A whole read over modelled links: our own time beside the link's, and how early the identity verdict comes.
//!
//! The link's time is arithmetic (`lab::link`), ours is measured; what the simulated chip computes counts for neither.

use super::card::{CardBench, require_pass};
use super::report::Row;
use super::{BenchError, median};
use bits::random::SeededRandom;
use emrtd::inspect::{Inspection, InspectionPolicy, Observer, Progress, inspect};
use emrtd::lds::files::FileId;
use emrtd::lds::portrait::Portrait;
use host::pcsc::TRANSMIT_TIMEOUT_MS;
use iso7816::transport::{CardTransport, TransportError};
use lab::card::CardFault;
use lab::link::{LinkClock, LinkModel, ModelLink};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

const RATES_KBIT: [u32; 4] = [106, 212, 424, 848];
const COMMANDS_US: [u64; 3] = [5_000, 8_000, 15_000];
const CHIPS_US: [u64; 2] = [400_000, 1_500_000];
const ROUNDS: usize = 3;
/// Our own share may be so much of the link's time, and the identity verdict comes before so much of the whole.
const SHARE_LIMIT_PERCENT: u32 = 105;
const IDENTITY_LIMIT_PERCENT: u32 = 40;
/// What PACE, SELECT of the application, chip authentication and EF.CardAccess take where nothing is looked for: five,
/// one, two, one.
const LEAST_FIXED: usize = 9;
const FILES: [FileId; 6] = [FileId::Sod, FileId::Com, FileId::Dg(1), FileId::Dg(2), FileId::Dg(13), FileId::Dg(14)];

/// One reading over a link.
struct Reading {
    /// The link's time, with the chip's.
    link: Duration,
    /// The same until the identity verdict.
    link_to_identity: Duration,
    ours: Duration,
    ours_to_identity: Duration,
    commands: u32,
    block: usize,
}

pub(super) fn rows(bench: &CardBench) -> Result<Vec<Row>, BenchError> {
    let mut rows = Vec::new();
    for (name, short) in [("short blocks", true), ("extended length", false)] {
        rows.extend(shares(bench, name, short)?);
        let usual = LinkModel { kbit_per_s: 424, command_us: 8_000, chip_us: 0, watchdog_ms: TRANSMIT_TIMEOUT_MS };
        let reading = typical(bench, usual, short)?;
        rows.push(commands(bench, name, &reading));
        rows.push(identity(&format!("identity verdict, {name}, link alone"), &reading));
        let thinking = typical(bench, LinkModel { chip_us: CHIPS_US[0], ..usual }, short)?;
        rows.push(without_limit(&format!("identity verdict, {name}, chip thinks 0.4 s"), &thinking));
    }
    rows.push(portrait(bench)?);
    Ok(rows)
}

/// The worst of all rates and overheads, for each chip.
fn shares(bench: &CardBench, name: &str, short: bool) -> Result<Vec<Row>, BenchError> {
    let mut rows = Vec::new();
    for chip_us in CHIPS_US {
        let mut worst: Option<(f64, LinkModel, Reading)> = None;
        for kbit_per_s in RATES_KBIT {
            for command_us in COMMANDS_US {
                let model = LinkModel { kbit_per_s, command_us, chip_us, watchdog_ms: TRANSMIT_TIMEOUT_MS };
                let reading = typical(bench, model, short)?;
                let ratio = (reading.link + reading.ours).as_secs_f64() / reading.link.as_secs_f64();
                if worst.as_ref().is_none_or(|(held, ..)| ratio > *held) {
                    worst = Some((ratio, model, reading));
                }
            }
        }
        let Some((_, model, reading)) = worst else { continue };
        let seconds = Duration::from_micros(chip_us).as_secs_f64();
        let at = format!("{} kbit/s, {} ms a command", model.kbit_per_s, model.command_us / 1_000);
        let row = Row::against(
            &format!("whole read ÷ link, {name}, chip {seconds} s: worst of 12, at {at}"),
            reading.link + reading.ours,
            &format!("limit {:.2} of the link", f64::from(SHARE_LIMIT_PERCENT) / 100.0),
            reading.link,
        );
        rows.push(row.how("106 to 848 kbit/s, 5 to 15 ms a command; median of 3"));
    }
    Ok(rows)
}

fn commands(bench: &CardBench, name: &str, reading: &Reading) -> Row {
    let len = |file: &FileId| bench.card.files.get(&file.fid()).map_or(0, Vec::len);
    let least = LEAST_FIXED + FILES.iter().map(|file| len(file).div_ceil(reading.block.max(1))).sum::<usize>();
    let measured = u64::from(reading.commands);
    let row = Row::against_least(&format!("commands of a whole read, {name}"), measured, "commands", least);
    row.how("least: one READ a block, nothing looked for or selected")
}

fn identity(name: &str, reading: &Reading) -> Row {
    let whole = reading.link + reading.ours;
    let row = Row::against(
        name,
        reading.link_to_identity + reading.ours_to_identity,
        &format!("limit 0.{IDENTITY_LIMIT_PERCENT} of the whole"),
        whole,
    );
    row.how("424 kbit/s, 8 ms a command, portrait of 17.5 KB")
}

fn without_limit(name: &str, reading: &Reading) -> Row {
    let (early, whole) = (reading.link_to_identity + reading.ours_to_identity, reading.link + reading.ours);
    Row::against(name, early, "the whole", whole).how("all of the chip's thinking comes before the verdict")
}

/// Decoding is on the card's thread, after the identity verdict went out and the last byte came in.
fn portrait(bench: &CardBench) -> Result<Row, BenchError> {
    let dg2 = bench.card.files.get(&FileId::Dg(2).fid()).ok_or(BenchError::Unread("no portrait"))?;
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let began = Instant::now();
        Portrait::from_dg2(dg2).map_err(|_| BenchError::Unread("the portrait"))?;
        times.push(began.elapsed());
    }
    let usual = LinkModel { kbit_per_s: 424, command_us: 8_000, chip_us: 0, watchdog_ms: TRANSMIT_TIMEOUT_MS };
    let reading = typical(bench, usual, false)?;
    let row = Row::against(
        "portrait decoding, after the identity verdict",
        median(&mut times),
        "from the verdict to the portrait's last byte",
        reading.link.saturating_sub(reading.link_to_identity),
    );
    Ok(row.how("on the card's thread; neither verdict nor window waits for it"))
}

/// The reading with the median of our own time.
fn typical(bench: &CardBench, model: LinkModel, short: bool) -> Result<Reading, BenchError> {
    let mut readings = (0..ROUNDS).map(|_| read(bench, model, short)).collect::<Result<Vec<_>, _>>()?;
    readings.sort_by_key(|reading| reading.ours);
    readings.into_iter().nth(ROUNDS / 2).ok_or(BenchError::Unread("nothing"))
}

fn read(bench: &CardBench, model: LinkModel, short: bool) -> Result<Reading, BenchError> {
    let chip = if short { bench.chip().with_fault(CardFault::ShortOnly) } else { bench.chip() };
    let (link, clock) = ModelLink::new(chip, model);
    let chip = ChipTime::default();
    let mut meter = Meter { link, chip: chip.clone() };
    let began = Instant::now();
    let mut marks = Marks { clock: clock.clone(), chip: chip.clone(), began, identity: None };
    let (policy, now) = (InspectionPolicy::default(), jiff::Timestamp::now());
    let mut random = SeededRandom::new("bench");
    let inspection: Inspection = inspect(&mut meter, &bench.key, &bench.trust, &policy, now, &mut random, &mut marks);
    let ours = began.elapsed().saturating_sub(chip.so_far());
    require_pass(&inspection)?;
    let (link_to_identity, ours_to_identity) = marks.identity.ok_or(BenchError::Unread("no identity"))?;
    Ok(Reading {
        link: Duration::from_micros(clock.now_us()),
        link_to_identity,
        ours,
        ours_to_identity,
        commands: inspection.apdu_count,
        block: inspection.block_size_bytes,
    })
}

/// The time that the simulated chip has computed.
#[derive(Clone, Default)]
struct ChipTime(Arc<AtomicU64>);

impl ChipTime {
    fn so_far(&self) -> Duration {
        Duration::from_nanos(self.0.load(Ordering::Relaxed))
    }
}

struct Meter {
    link: ModelLink,
    chip: ChipTime,
}

impl CardTransport for Meter {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        let began = Instant::now();
        let answer = self.link.transmit(command);
        let nanoseconds = u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.chip.0.fetch_add(nanoseconds, Ordering::Relaxed);
        answer
    }

    fn atr(&self) -> &[u8] {
        self.link.atr()
    }
}

struct Marks {
    clock: LinkClock,
    chip: ChipTime,
    began: Instant,
    identity: Option<(Duration, Duration)>,
}

impl Observer for Marks {
    fn progress(&mut self, progress: Progress<'_>) {
        if let Progress::Identity(_) = progress {
            let ours = self.began.elapsed().saturating_sub(self.chip.so_far());
            self.identity = Some((Duration::from_micros(self.clock.now_us()), ours));
        }
    }
}
