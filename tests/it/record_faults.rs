//! The attendance log under power cuts and kills: nothing acknowledged is lost, nothing sound is called damaged.

use crate::record_support::{START_MS, at, board, check_in, code, device, open, opening, skewed};
use diemdanh::bits::random::{Random as _, SeededRandom};
use diemdanh::host::disk::FileStore;
use diemdanh::lab::journal::MemoryStore;
use diemdanh::office::{Files, FindingKind, Verdict, verify};
use diemdanh::record::export::{Manifest, export};
use diemdanh::record::segment::read_segment;
use diemdanh::record::{AttendanceLog, BoardKeys, Entry, LogStore, SegmentContent, StoreFault, frame};
use diemdanh::tlog::{Checkpoint, NoteVerifier};
use proptest::prelude::*;
use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Command, Stdio},
};

const SECTOR: usize = 512;
/// Calls of the store in a session of six entries behind the first: one to create, two for each entry.
const CALLS: u32 = 15;
/// The most sectors that are lost in every combination.
const MAX_SECTORS: usize = 8;

/// How often, each merge; the variable makes it as often as before a release.
fn times(variable: &str, usual: u32) -> u32 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// A disk with a write cache: what was not flushed survives a power cut sector by sector, or not at all.
struct CachedDisk {
    durable: MemoryStore,
    pending: Vec<u8>,
    synced: Vec<u8>,
    calls_left: u32,
    ignores_syncs: bool,
}

impl CachedDisk {
    fn new(calls: u32, ignores_syncs: bool) -> Self {
        let durable = MemoryStore::default();
        Self { durable, pending: Vec::new(), synced: Vec::new(), calls_left: calls, ignores_syncs }
    }

    fn spend(&mut self) -> Result<(), StoreFault> {
        self.calls_left = self.calls_left.checked_sub(1).ok_or(StoreFault::Os { code: 5 })?;
        Ok(())
    }

    /// The journal that a machine finds after the cut, with this much of the file's length and these sectors lost.
    fn after(&self, kept: usize, is_lost: &mut dyn FnMut() -> bool) -> MemoryStore {
        let mut found = [self.synced.as_slice(), &self.pending].concat();
        found.truncate(kept);
        for start in (0..kept).step_by(SECTOR) {
            let (from, to) = (start.max(self.synced.len()), (start + SECTOR).min(kept));
            if from < to && is_lost() {
                found[from..to].fill(0);
            }
        }
        let disk = self.durable.snapshot();
        if self.durable.clone().segments() == Ok(vec![1]) {
            disk.overwrite(1, found);
        }
        disk
    }

    /// A cut with a random subset of sectors. The file's length may have been written before, with or after its
    /// content.
    fn after_power_cut(&self, random: &mut SeededRandom) -> MemoryStore {
        let (synced, pending) = (self.synced.len(), self.pending.len());
        let whole = random.bytes(1)[0].is_multiple_of(2);
        let kept = if whole { synced + pending } else { synced + usize::from(random.bytes(1)[0]) * pending / 255 };
        self.after(kept, &mut || random.bytes(1)[0].is_multiple_of(2))
    }

    /// Every length at a sector's end, and every subset of the pending sectors.
    fn after_every_power_cut(&self, mut check: impl FnMut(MemoryStore)) {
        let (synced, end) = (self.synced.len(), self.synced.len() + self.pending.len());
        let ends = (synced..end).filter(|at| *at == synced || at.is_multiple_of(SECTOR)).chain([end]);
        for kept in ends {
            let sectors = kept.div_ceil(SECTOR) - if kept > synced { synced / SECTOR } else { kept.div_ceil(SECTOR) };
            assert!(sectors <= MAX_SECTORS, "{sectors} sectors are pending");
            for subset in 0..1_u32 << sectors {
                let mut lost = (0..sectors).map(|sector| subset >> sector & 1 == 1);
                check(self.after(kept, &mut || lost.next().unwrap_or(false)));
            }
        }
    }
}

impl LogStore for &mut CachedDisk {
    fn segments(&mut self) -> Result<Vec<u32>, StoreFault> {
        self.durable.segments()
    }

    fn read(&mut self, segment: u32) -> Result<Vec<u8>, StoreFault> {
        self.durable.read(segment)
    }

    fn create(&mut self, segment: u32) -> Result<(), StoreFault> {
        self.spend()?;
        self.durable.create(segment)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<usize, StoreFault> {
        self.spend()?;
        self.pending.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn sync(&mut self) -> Result<(), StoreFault> {
        self.spend()?;
        if !self.ignores_syncs {
            self.synced.append(&mut self.pending);
        }
        Ok(())
    }
}

/// Writes until the power goes; returns how many entries were acknowledged.
fn write_until_cut(disk: &mut CachedDisk) -> usize {
    let Ok((mut log, _)) = open(disk, 0) else { return 0 };
    let mut is_acknowledged = |number| log.append(&code("op-1"), check_in(number), at(i64::from(number))).is_ok();
    1 + (1..=6).take_while(|number| is_acknowledged(*number)).count()
}

fn entries_found(disk: &MemoryStore) -> usize {
    let Ok(bytes) = disk.clone().read(1) else { return 0 };
    match read_segment(&bytes, device().verifier()).expect("no false alarm") {
        SegmentContent::Good(segment) => segment.entries.len(),
        SegmentContent::Nothing { .. } => 0,
    }
}

/// The disk after each number of calls, and how many entries were acknowledged.
fn cut_sessions() -> Vec<(CachedDisk, usize)> {
    let session = |calls| {
        let mut disk = CachedDisk::new(calls, false);
        let acknowledged = write_until_cut(&mut disk);
        (disk, acknowledged)
    };
    (0..=CALLS).map(session).collect()
}

#[test]
fn power_cut_at_any_call_with_any_sectors_lost() {
    let sessions = cut_sessions();
    assert_eq!(sessions.last().unwrap().1, 7, "the last session is cut behind its end");
    for seed in 0..times("DIEMDANH_POWER_CUTS", 10_000) {
        let mut random = SeededRandom::new(&format!("power cut {seed}"));
        let (disk, acknowledged) = &sessions[seed as usize % sessions.len()];
        let found = disk.after_power_cut(&mut random);
        let entries = entries_found(&found);
        assert!(entries >= *acknowledged && entries <= acknowledged + 1, "seed {seed}: {entries} of {acknowledged}");
        if seed % 8 == 0 {
            open(found, 100).unwrap();
        }
    }
}

/// Cut after every call, with every subset of the pending sectors lost, at every length the file may have.
#[test]
fn every_power_cut_of_a_session_of_six_entries() {
    let mut cuts = 0;
    for (calls, (disk, acknowledged)) in cut_sessions().into_iter().enumerate() {
        disk.after_every_power_cut(|found| {
            cuts += 1;
            let entries = entries_found(&found);
            assert!((acknowledged..=acknowledged + 1).contains(&entries), "{calls} calls: {entries} of {acknowledged}");
            open(found, 100).unwrap();
        });
    }
    assert!(cuts >= 60, "{cuts} cuts");
}

/// The control: a disk that lies about its syncs must lose entries, or the test above proves nothing.
#[test]
fn a_disk_that_ignores_syncs_loses_entries() {
    let lost = (0..40).filter(|seed| {
        let mut random = SeededRandom::new(&format!("lying disk {seed}"));
        let mut disk = CachedDisk::new(12, true);
        let acknowledged = write_until_cut(&mut disk);
        let whole = disk.after_power_cut(&mut random).read(1).unwrap();
        let content = read_segment(&whole, device().verifier());
        !matches!(content, Ok(SegmentContent::Good(segment)) if segment.entries.len() >= acknowledged)
    });
    assert!(lost.count() > 20);
}

/// The child of the next test: writes until it is killed, and says each acknowledgement.
#[test]
fn child_that_writes_until_killed() {
    let Some(journal) = std::env::var_os(CHILD_JOURNAL) else { return };
    let (mut log, _) = open(FileStore::open(Path::new(&journal)).unwrap(), 0).unwrap();
    println!("\nacknowledged");
    for second in 1.. {
        log.append(&code("op-1"), check_in(u8::try_from(second % 250).unwrap()), at(second)).unwrap();
        println!("acknowledged");
    }
}

#[test]
fn killed_at_any_moment() {
    for kill in 0..times("DIEMDANH_LOG_KILLS", 40) {
        let folder = tempfile::tempdir().unwrap();
        let journal = folder.path().join("journal");
        // Not `current_exe`: a build that runs beside this one may have replaced the file by now.
        let mut child = Command::new("/proc/self/exe")
            .args(["record_faults::child_that_writes_until_killed", "--exact", "--nocapture"])
            .env(CHILD_JOURNAL, &journal)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let mut said = lines.filter(|line| line == "acknowledged");
        let heard_before = said.by_ref().take(1 + usize::try_from(kill % 12).unwrap() * 3).count();
        child.kill().unwrap();
        child.wait().unwrap();
        let acknowledged = heard_before + said.count();
        let mut store = FileStore::open(&journal).unwrap();
        let bytes = store.read(1).unwrap();
        let content = read_segment(&bytes, device().verifier()).unwrap();
        let SegmentContent::Good(segment) = content else { panic!("nothing was found") };
        assert!(segment.entries.len() >= acknowledged, "{} of {acknowledged}", segment.entries.len());
        let (log, _): (AttendanceLog<FileStore>, _) = open(store, 100_000).unwrap();
        assert_eq!(log.segment(), 2);
    }
}

/// A clock that jumps by anything, told in the log: no alarm, nothing lost, and the board is told.
#[test]
fn clocks_that_jump_run_out_of_battery_or_stand_in_2099() {
    const DAY_MS: i64 = 86_400_000;
    let to = |year_ms: i64| year_ms - START_MS;
    let jumps = [1_000, 3_000, 60_000, 3_600_000, DAY_MS, 366 * DAY_MS, 3_653 * DAY_MS].into_iter();
    let both = jumps.flat_map(|ms| [ms, -ms]).chain([to(0), to(4_070_908_800_000)]);
    for (number, skew_ms) in both.enumerate() {
        let store = MemoryStore::default();
        let (mut log, _) = open(store.clone(), 0).unwrap();
        log.append(&code("op-1"), check_in(1), at(1)).unwrap();
        log.append(&code("op-1"), check_in(2), skewed(2, skew_ms)).unwrap();
        log.append(&code("op-1"), check_in(3), skewed(3, skew_ms)).unwrap();
        drop(log);
        // Another boot, with the clock right again: it stands before the last entry, or far behind it.
        let device = device();
        let mut opening = opening(&device);
        opening.boot_id = format!("boot-{number}");
        let mut random = SeededRandom::new("another boot");
        let (mut log, _) = AttendanceLog::open(store.clone(), &opening, at(10), &mut random).unwrap();
        log.close(&code("op-1"), at(11)).unwrap();
        assert_eq!(log.arrivals().len(), 3, "{skew_ms} ms");
        let cert = opening.desk_cert.clone();
        let files: Files = export(&mut store.clone(), &cert, &device).unwrap().into_iter().collect();
        let verification = verify(&files, &BoardKeys::one(board().verifier().clone()));
        assert_eq!(verification.verdict(), Verdict::Remarks, "{skew_ms} ms: {:?}", verification.findings);
        let jumped = verification.findings.iter().any(|finding| finding.what == FindingKind::ClockJump);
        // Up to two seconds forward are drift; back is always told.
        assert_eq!(jumped, skew_ms.abs() > 2_000, "{skew_ms} ms");
    }
}

proptest! {
    /// Whatever bytes: an answer, no panic, and nothing accepted.
    #[test]
    fn any_bytes_are_no_segment(bytes in proptest::collection::vec(any::<u8>(), 0..2000), text in "\\PC{0,300}") {
        let content = read_segment(&bytes, device().verifier());
        let is_nothing = matches!(content, Ok(SegmentContent::Nothing { .. }) | Err(_));
        prop_assert!(is_nothing);
        prop_assert!(frame::read(&bytes, bytes.len() / 2).is_none_or(|frame| frame.end <= bytes.len()));
        for text in [&text, &String::from_utf8_lossy(&bytes).into_owned()] {
            prop_assert_eq!(Entry::parse(text.as_bytes()), None);
            prop_assert!(device().verifier().open(text).is_err());
            prop_assert!(Checkpoint::parse(text).is_none() && Manifest::parse(text).is_none());
            prop_assert!(NoteVerifier::parse(text).is_err());
        }
    }

    /// A journal with one byte changed holds a beginning of what was written, or is an alarm.
    #[test]
    fn a_changed_journal_holds_a_beginning_or_is_an_alarm(place in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let store = MemoryStore::default();
        let (mut log, _) = open(store.clone(), 0).unwrap();
        for number in 1..=3 {
            log.append(&code("op-1"), check_in(number), at(i64::from(number))).unwrap();
        }
        let whole = store.clone().read(1).unwrap();
        let mut changed = whole.clone();
        changed[place.index(whole.len())] = byte;
        let Ok(SegmentContent::Good(original)) = read_segment(&whole, device().verifier()) else { panic!() };
        if let Ok(SegmentContent::Good(found)) = read_segment(&changed, device().verifier()) {
            prop_assert!(original.raw.starts_with(&found.raw));
            prop_assert!(found.raw.len() + 1 >= original.raw.len(), "at most the last append is torn");
        }
    }
}

const CHILD_JOURNAL: &str = "DIEMDANH_TEST_CHILD_JOURNAL";
