//! The desk without its window: start, record, idling, search.

use super::record::{RESTART_ENTRIES, RESTART_LIMIT, lengthen};
use super::report::Row;
use super::{BenchError, median, percentile};
use bits::hex;
use bits::secret::Secret;
use checkin::event::{Choice, Input};
use checkin::failure::Signal;
use checkin::view::{CaseView, Look, PortraitView, Screen, StageView, View};
use desk::plan::DeskPlan;
use desk::runtime::RunningDesk;
use desk::start::{Adapters, read_config, start};
use host::clock::SystemClock;
use host::keys::{SealCost, create_key_file, open_key_file};
use host::random::SystemRandom;
use host::threads;
use lab::card::SyntheticCard;
use lab::issuer::people::{Person, people};
use lab::issuer::{Issuer, Making, trust_store_der};
use lab::reader::LabField;
use lab::roster_sample::{Placed, SampleList};
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

const DECISIONS: usize = 200;
const PASSPHRASE: &str = "bench";
const IDLE: Duration = Duration::from_secs(5);
/// How long a screen may take to come before something is wrong.
const PATIENCE_MS: u64 = 30_000;
/// What one decision puts on the disk: the entry, the checkpoint, their frames.
const RECORD_BYTES: usize = 640;
const START_LIMIT: Duration = Duration::from_secs(1);
const IDLE_LIMIT: Duration = Duration::from_millis(50);
const RECORD_LIMIT: Duration = Duration::from_millis(30);

pub(super) fn rows(work: &Path) -> Result<Vec<Row>, BenchError> {
    let person = people().into_iter().next().ok_or(BenchError::Unread("nobody"))?;
    prepare(work, &person)?;
    let began = Instant::now();
    let (desk, field) = open(work)?;
    shown(&desk, "the idle screen", |view| matches!(view.screen, Screen::Idle(_)))?;
    let mut rows = vec![
        Row::against("start to idle", began.elapsed(), "limit", START_LIMIT)
            .how("in process, without the window: trust, 600 candidates, sealed key, log"),
        idle_row()?,
    ];
    rows.extend(decisions(&desk, &field, &person, work)?);
    desk.stop();
    rows.extend(restarts(work)?);
    Ok(rows)
}

/// The whole desk behind a long session: first with an index that knows nothing of it, then with its own.
fn restarts(work: &Path) -> Result<Vec<Row>, BenchError> {
    let device = open_key_file(&work.join("device.key"), &Secret::new(PASSPHRASE.to_owned()))?;
    lengthen(&work.join("journal"), device, RESTART_ENTRIES)?;
    let rows = [
        "all it reads at start; the index is built again beside it",
        "all it reads at start; the index agrees with the journal",
    ];
    rows.into_iter().map(|how| Ok(restart(work)?.how(how))).collect()
}

fn restart(work: &Path) -> Result<Row, BenchError> {
    let began = Instant::now();
    let (desk, _field) = open(work)?;
    shown(&desk, "the idle screen", |view| matches!(view.screen, Screen::Idle(_)))?;
    let took = began.elapsed();
    desk.stop();
    Ok(Row::against("restart of the desk behind 5,000 entries, to idle", took, "limit", RESTART_LIMIT))
}

/// The processor time of this process while the desk waits for a card.
fn idle_row() -> Result<Row, BenchError> {
    let before = processor_time()?;
    std::thread::sleep(IDLE);
    let used = processor_time()?.saturating_sub(before);
    let row = Row::against("processor time of 5 s idling", used, "limit, 1 % of a core", IDLE_LIMIT);
    Ok(row.how("user and system time of this process, in ticks of 10 ms"))
}

fn processor_time() -> Result<Duration, BenchError> {
    let text = fs::read_to_string("/proc/self/stat")?;
    // Behind the name in brackets stand the state (field 3) and numbers; 14 and 15 are user and system ticks.
    let numbers = text.rsplit_once(')').map_or("", |(_, numbers)| numbers).split_whitespace();
    let ticks: u64 = numbers.skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Ok(Duration::from_millis(ticks * 10))
}

/// From the button to the receipt on the screen, and beside each the bare append and flush of as many bytes.
fn decisions(desk: &RunningDesk, field: &LabField, person: &Person, work: &Path) -> Result<Vec<Row>, BenchError> {
    let data = Issuer::lab()?.issue(person, &Making::default())?;
    let mut bare = OpenOptions::new().append(true).create(true).open(work.join("bare"))?;
    let (mut ours, mut peers, mut carried) = (Vec::new(), Vec::new(), Vec::new());
    let relay = Relay::start()?;
    for _ in 0..DECISIONS {
        desk.send(Input::Entered(person.qr()));
        field.insert(SyntheticCard::new(data.clone()));
        let rested = Instant::now();
        let view = shown(desk, "a verdict", |view| decided(view).is_some())?;
        let choice = if matches!(view.screen, Screen::AlreadyIn(_)) { Choice::ReEntry } else { Choice::Admit };
        // There is no window: in its place it is said that the portrait is on the screen.
        if let Look::Wanted(contact) = view.look {
            desk.send(Input::Painted(contact));
        }
        let alive = shown(desk, "buttons that decide", |view| view.guarded_ms == 0 && view.look.is_over())?;
        let rest = rested.elapsed();
        let began = Instant::now();
        desk.send(Input::Chose(choice, alive.meaning));
        shown(desk, "a receipt", is_recorded)?;
        ours.push(began.elapsed());
        field.remove();
        desk.send(Input::Continue);
        shown(desk, "the idle screen", |view| matches!(view.screen, Screen::Idle(_)))?;
        // Disk and caches have rested as long before the peer as before a decision.
        std::thread::sleep(rest);
        let began = Instant::now();
        bare.write_all(&[0x2A; RECORD_BYTES])?;
        bare.sync_data()?;
        peers.push(began.elapsed());
        relay.carry()?;
        carried.push(began.elapsed());
    }
    let peer = "bare append and fdatasync";
    let (p50, p99) = (percentile(&mut ours, 500), percentile(&mut ours, 990));
    let how = "the real desk, 200 decisions, the peer after each and after as long a rest";
    Ok(vec![
        Row::against("decision to durable record, p50", p50, peer, median(&mut peers)).how(how),
        Row::against("decision to durable record, p99", p99, peer, percentile(&mut peers, 990)).how(how),
        Row::against("decision to durable record, p50", p50, "the same and four hand-overs", median(&mut carried))
            .how("between threads: to the brain, to the log, back, to the window"),
        Row::against("decision to durable record, p99", p99, "limit", RECORD_LIMIT).how(how),
    ])
}

/// Two threads that hand something to each other: what the desk's threads cost where they do nothing.
struct Relay {
    there: SyncSender<()>,
    back: Receiver<()>,
}

impl Relay {
    fn start() -> Result<Self, BenchError> {
        let ((there, from), (to, back)) = (sync_channel::<()>(1), sync_channel(1));
        threads::spawn("relay", move || while from.recv().is_ok() && to.send(()).is_ok() {})?;
        Ok(Self { there, back })
    }

    /// Four hand-overs.
    fn carry(&self) -> Result<(), BenchError> {
        for _ in 0..2 {
            let carried = self.there.send(()).is_ok() && self.back.recv().is_ok();
            if !carried {
                return Err(BenchError::Child);
            }
        }
        Ok(())
    }
}

fn decided(view: &View) -> Option<&CaseView> {
    view.screen.case().filter(|case| {
        let open = matches!(case.stage, StageView::Deciding(_)) && case.signal != Signal::Working;
        open && !matches!(case.portrait, PortraitView::Pending)
    })
}

fn is_recorded(view: &View) -> bool {
    view.screen.case().is_some_and(|case| matches!(case.stage, StageView::Recorded(_)))
}

fn shown(desk: &RunningDesk, what: &'static str, wanted: impl Fn(&View) -> bool) -> Result<Arc<View>, BenchError> {
    desk.view().wait(PATIENCE_MS, wanted).map_err(|_| BenchError::NeverShown(what))
}

/// Everything that a desk reads at start.
fn prepare(work: &Path, person: &Person) -> Result<(), BenchError> {
    fs::create_dir_all(work.join("trust"))?;
    for (index, certificate) in trust_store_der()?.iter().enumerate() {
        fs::write(work.join("trust").join(format!("{index}.cer")), certificate)?;
    }
    let placed = Placed {
        id_number: person.number.clone(),
        full_name: person.full_name.clone(),
        birth_date: person.birth,
        room: 12,
        seat: 1,
    };
    fs::write(work.join("roster.csv"), SampleList::default().canonical(&[placed], &Secret::new([7; 32])))?;
    fs::write(work.join("exam.key"), hex::encode_lower(&[7; 32]))?;
    fs::write(work.join("device.pass"), PASSPHRASE)?;
    let passphrase = Secret::new(PASSPHRASE.to_owned());
    let sealed = work.join("device.key");
    create_key_file(&sealed, "bench.example/desk", &passphrase, SealCost::default(), &mut SystemRandom)?;
    fs::write(work.join("desk.toml"), CONFIG)?;
    Ok(())
}

fn open(work: &Path) -> Result<(RunningDesk, LabField), BenchError> {
    let (field, watcher) = LabField::new();
    let (config, base) = read_config(&work.join("desk.toml")).map_err(BenchError::Desk)?;
    let adapters = Adapters {
        watcher: Box::new(watcher),
        connector: Box::new(field.reader()),
        registry: None,
        witness: None,
        clock: Arc::new(SystemClock),
        gauge: host::disk::gauge(),
        card_random: Box::new(SystemRandom),
        key_random: Box::new(SystemRandom),
        sound: Box::new(|_| {}),
    };
    let plan = DeskPlan::of_files(&config, &base).map_err(BenchError::Desk)?;
    let desk = start(&plan, adapters).map_err(BenchError::Desk)?;
    Ok((desk, field))
}

const CONFIG: &str = "\
[exam]
board = \"bench.example\"
id = \"bench\"
title = \"Bench\"
[desk]
id = \"desk\"
title = \"1\"
operator = \"gt-01\"
training = true
[paths]
trust = \"trust\"
roster = \"roster.csv\"
journal = \"journal\"
device_key = \"device.key\"
passphrase = \"device.pass\"
exam_key = \"exam.key\"
";
