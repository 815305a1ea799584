//! The record: what an entry costs, how long a restart takes, how long a board waits for a province's log.

use super::report::Row;
use super::{BenchError, median, percentile};
use bits::random::SeededRandom;
use bits::stamp::{Clock as _, Stamp};
use host::clock::SystemClock;
use host::disk::FileStore;
use host::folder::write_folder;
use host::index::Index;
use lab::journal::MemoryStore;
use record::export::package;
use record::segment::read_segment;
use record::{
    AttendanceEvent, AttendanceLog, CandidateRef, CheckIn, ChipState, Code, DeskCert, Digest, DocumentRef, Entry,
    LogFault, LogName, LogStore, OpenBasis, Opening, RegistryState, Segment, SegmentContent, Totals,
};
use sha2::{Digest as _, Sha256};
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tlog::tree::{Tree, leaf_hash};
use tlog::{Checkpoint, NoteKey};

const APPENDS: usize = 2_000;
const RESTED_APPENDS: u32 = 200;
const REST: Duration = Duration::from_millis(20);
pub(super) const RESTART_ENTRIES: u32 = 5_000;
const INDEX_ENTRIES: u32 = 50_000;
/// A province: every candidate of a large exam in one log.
const PROVINCE_ENTRIES: u32 = 1_100_000;
pub(super) const RESTART_LIMIT: Duration = Duration::from_millis(300);
const VERIFY_LIMIT: Duration = Duration::from_secs(5);
const VERIFY_LIMIT_MB: u64 = 64;

pub(super) fn rows(work: &Path) -> Result<Vec<Row>, BenchError> {
    let mut rows = appends(work)?;
    rows.push(rested(work)?);
    rows.push(restart(work)?);
    rows.push(index(work)?);
    rows.extend(province(work)?);
    Ok(rows)
}

/// Each append beside a bare append and flush of as many bytes, on the same disk.
fn appends(work: &Path) -> Result<Vec<Row>, BenchError> {
    let keys = Keys::new()?;
    let mut log = keys.open(FileStore::open(&work.join("appends")).map_err(|_| BenchError::Unread("a journal"))?)?;
    let mut bare = OpenOptions::new().append(true).create(true).open(work.join("bare-appends"))?;
    let (mut ours, mut peers) = (Vec::new(), Vec::new());
    for number in 0..u32::try_from(APPENDS).unwrap_or(u32::MAX) {
        let began = Instant::now();
        log.append(&keys.operator, check_in(number), SystemClock.now())?;
        ours.push(began.elapsed());
        let began = Instant::now();
        bare.write_all(&[0x2A; 640])?;
        bare.sync_data()?;
        peers.push(began.elapsed());
    }
    let (peer, how) = ("bare append and fdatasync", "2,000 of each, in turn, same disk");
    Ok(vec![
        Row::against("acknowledge an entry, p50", median(&mut ours), peer, median(&mut peers)).how(how),
        Row::against("acknowledge an entry, p99", percentile(&mut ours, 990), peer, percentile(&mut peers, 990))
            .how(how),
    ])
}

/// The same at a desk's pace: threads have slept, and nothing of ours is in the processor's caches any more.
fn rested(work: &Path) -> Result<Row, BenchError> {
    let keys = Keys::new()?;
    let mut log = keys.open(FileStore::open(&work.join("rested")).map_err(|_| BenchError::Unread("a journal"))?)?;
    let mut bare = OpenOptions::new().append(true).create(true).open(work.join("bare-rested"))?;
    let (mut ours, mut peers) = (Vec::new(), Vec::new());
    for number in 0..RESTED_APPENDS {
        std::thread::sleep(REST);
        let began = Instant::now();
        log.append(&keys.operator, check_in(number), SystemClock.now())?;
        ours.push(began.elapsed());
        std::thread::sleep(REST);
        let began = Instant::now();
        bare.write_all(&[0x2A; 640])?;
        bare.sync_data()?;
        peers.push(began.elapsed());
    }
    let peer = "bare append and fdatasync, rested too";
    Ok(Row::against("acknowledge an entry after a rest, p50", median(&mut ours), peer, median(&mut peers))
        .how("200 of each, 20 ms of rest before every one"))
}

fn restart(work: &Path) -> Result<Row, BenchError> {
    let keys = Keys::new()?;
    let segment = keys.segment(RESTART_ENTRIES, false)?;
    let folder = work.join("restart");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("001.seg"), &segment.1)?;
    let began = Instant::now();
    let store = FileStore::open(&folder).map_err(|_| BenchError::Unread("a journal"))?;
    drop(keys.open(store)?);
    Ok(Row::against("restart of the log behind 5,000 entries", began.elapsed(), "limit", RESTART_LIMIT)
        .how("journal read and checked, new segment durable"))
}

fn index(work: &Path) -> Result<Row, BenchError> {
    let keys = Keys::new()?;
    let (segment, _) = keys.segment(INDEX_ENTRIES, true)?;
    let began = Instant::now();
    let index = Index::rebuild(&work.join("index.sqlite"), [(1, segment.entries.as_slice(), segment.root)]);
    let index = index.map_err(|_| BenchError::Unread("the index"))?;
    let took = began.elapsed();
    let arrived = index.counts().map(|counts| counts.arrived).map_err(|_| BenchError::Unread("the index"))?;
    Ok(Row::plain("rebuild of the index from 50,000 entries", format!("{} ms", took.as_millis())).how(if arrived > 0 {
        "SQLite, WAL, synchronous FULL"
    } else {
        "empty"
    }))
}

/// The board's program on an export of 1.1 million check-ins, watched from outside.
fn province(work: &Path) -> Result<Vec<Row>, BenchError> {
    let keys = Keys::new()?;
    let (segment, _) = keys.segment(PROVINCE_ENTRIES, false)?;
    let files = package(&[segment], &keys.cert, &keys.device).map_err(|_| BenchError::Unread("the export"))?;
    write_folder(&work.join("province"), &files).map_err(|_| BenchError::Unread("the export's folder"))?;
    drop(files);
    fs::write(work.join("board.vkey"), format!("{}\n", keys.board.verifier()))?;
    let program = std::env::current_exe()?.with_file_name("diemdanh-board");
    let mut command = Command::new(program);
    command.arg("verify").arg(work.join("province")).arg("--board-key").arg(work.join("board.vkey"));
    let Watched { took, highest_kib, code } = watch(&mut command)?;
    if code != Some(1) {
        return Err(BenchError::Unread("the province's log was not found sound"));
    }
    Ok(vec![
        Row::against("verify 1.1 million entries", took, "limit", VERIFY_LIMIT)
            .how("diemdanh-board verify, page cache warm, every core"),
        Row::against_limit("memory of that at its highest", highest_kib / 1_024, "MB", VERIFY_LIMIT_MB)
            .how("VmHWM of the process, looked at every millisecond"),
    ])
}

/// What a program took that was watched from outside.
pub(super) struct Watched {
    pub(super) took: Duration,
    pub(super) highest_kib: u64,
    pub(super) code: Option<i32>,
}

/// Runs a program to its end.
pub(super) fn watch(command: &mut Command) -> Result<Watched, BenchError> {
    let began = Instant::now();
    let mut child = command.stdout(Stdio::null()).spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let mut highest_kib = 0;
    let ended = loop {
        highest_kib = highest_kib.max(memory_kib(&status));
        if let Some(ended) = child.try_wait()? {
            break ended;
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    Ok(Watched { took: began.elapsed(), highest_kib, code: ended.code() })
}

fn memory_kib(status: &str) -> u64 {
    let text = fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok());
    line.unwrap_or_default()
}

/// Makes the journal in `folder` longer by so many check-ins, each acknowledged: what a desk has after a long session.
pub(super) fn lengthen(folder: &Path, device: NoteKey, count: u32) -> Result<(), BenchError> {
    let keys = Keys { device, ..Keys::new()? };
    let mut log = keys.open(FileStore::open(folder).map_err(|_| BenchError::Unread("a journal"))?)?;
    for number in 0..count {
        log.append(&keys.operator, check_in(number), SystemClock.now())?;
    }
    log.close(&keys.operator, SystemClock.now())?;
    Ok(())
}

/// The keys of a board and its one desk.
pub(super) struct Keys {
    pub(super) board: NoteKey,
    pub(super) device: NoteKey,
    pub(super) cert: String,
    operator: Code,
}

impl Keys {
    pub(super) fn new() -> Result<Self, BenchError> {
        let key = |name: &str| NoteKey::generate(name, &mut SeededRandom::new(name));
        let note = |_| BenchError::Unread("a key");
        let (board, device) = (key("bench.example").map_err(note)?, key("bench.example/desk").map_err(note)?);
        let now = SystemClock.now().wall;
        let cert = DeskCert {
            serial: 1,
            board: "bench.example".to_owned(),
            exam: "bench".parse().map_err(|_| BenchError::Unread("an id"))?,
            desk: "desk".parse().map_err(|_| BenchError::Unread("an id"))?,
            site: "site".to_owned(),
            training: false,
            not_before: now - jiff::SignedDuration::from_hours(24),
            not_after: now + jiff::SignedDuration::from_hours(24 * 30),
            device: device.verifier().clone(),
            tls_certificate: None,
            board_keys: None,
        };
        let cert = cert.sign(&board).map_err(note)?;
        Ok(Self { board, device, cert, operator: Code::unknown() })
    }

    fn open<S: LogStore>(&self, store: S) -> Result<AttendanceLog<S>, LogFault> {
        let bad = |_| LogFault::BadName;
        let name = LogName {
            board: "bench.example".to_owned(),
            exam: "bench".parse().map_err(bad)?,
            desk: "desk".parse().map_err(bad)?,
            session: "b1".parse().map_err(bad)?,
        };
        let opening = Opening {
            name,
            device: &self.device,
            desk_cert: self.cert.clone(),
            training: false,
            boot_id: "boot".to_owned(),
            operator: self.operator.clone(),
            package: None,
            policy_sha256: Digest([0; 32]),
            trust_store: "lab".to_owned(),
            program: "bench".to_owned(),
            program_sha256: None,
            revocations: None,
            basis: OpenBasis::default(),
        };
        Ok(AttendanceLog::open(store, &opening, SystemClock.now(), &mut SeededRandom::new("segment"))?.0)
    }

    /// A segment of so many check-ins and a close, and its file with one checkpoint at the end.
    fn segment(&self, count: u32, keep_entries: bool) -> Result<(Segment, Vec<u8>), BenchError> {
        let totals = Totals { entries: u64::from(count) + 1, arrived: u64::from(count), ..Totals::default() };
        let events = (0..count).map(check_in).chain([AttendanceEvent::Close { totals, open: None }]);
        self.segment_of(events, keep_entries)
    }

    /// The same of these events.
    pub(super) fn segment_of(
        &self,
        events: impl Iterator<Item = AttendanceEvent>,
        keep_entries: bool,
    ) -> Result<(Segment, Vec<u8>), BenchError> {
        let store = MemoryStore::default();
        let log = self.open(store.clone())?;
        let bytes = store.clone().read(1).map_err(|_| BenchError::Unread("a segment"))?;
        let Ok(SegmentContent::Good(mut segment)) = read_segment(&bytes, self.device.verifier()) else {
            return Err(BenchError::Unread("a segment"));
        };
        let start = SystemClock.now();
        let mut tree = Tree::of(&segment.raw.iter().map(|entry| leaf_hash(entry)).collect::<Vec<_>>());
        let mut file = record::frame::encode(FRAME, &segment.raw[0]);
        for (seq, event) in (1..).zip(events) {
            let entry = self.entry(seq, event, start);
            let raw = entry.encode().ok_or(BenchError::Unread("an entry"))?;
            tree.push(leaf_hash(&raw));
            file.extend_from_slice(&record::frame::encode(FRAME, &raw));
            segment.raw.push(raw);
            if keep_entries {
                segment.entries.push(entry);
            }
        }
        let head = Checkpoint { origin: segment.opened.origin.clone(), size: tree.size(), root: tree.root() };
        segment.checkpoint = head.sign(log.segment_key()).map_err(|_| BenchError::Unread("a checkpoint"))?;
        file.extend_from_slice(&record::frame::encode(CHECKPOINT, segment.checkpoint.as_bytes()));
        Ok((*segment, file))
    }

    fn entry(&self, seq: u64, event: AttendanceEvent, start: Stamp) -> Entry {
        let t = record::entry::whole_ms(start.wall);
        Entry { v: 1, seq, t, bt: start.boot_ms, boot: "boot".to_owned(), op: self.operator.clone(), event }
    }
}

/// Every candidate another, in no order.
pub(super) fn check_in(number: u32) -> AttendanceEvent {
    let digest: [u8; 32] = Sha256::digest(number.to_le_bytes()).into();
    let mut id = [0; 16];
    id.copy_from_slice(&digest[..16]);
    AttendanceEvent::CheckIn(CheckIn {
        cand: CandidateRef(id),
        doc: DocumentRef(id),
        chip: ChipState::Pass,
        access: Code::unknown(),
        registry: RegistryState::Match,
        remarks: vec![],
        late: false,
        second: None,
    })
}

const FRAME: record::frame::FrameKind = record::frame::FrameKind::Entry;
const CHECKPOINT: record::frame::FrameKind = record::frame::FrameKind::Checkpoint;
