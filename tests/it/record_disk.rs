//! The record's disks: room kept for the end, a second medium, the index, an export that is interrupted.

use crate::forge::{Forge, add, answer, manual, request, session};
use crate::record_support::{at, check_in, code, device, open, opening};
use diemdanh::bits::random::{Random as _, SeededRandom};
use diemdanh::host::disk::{FileStore, RESERVE_BYTES};
use diemdanh::host::durable::{Disk, Medium};
use diemdanh::host::folder::{FolderError, read_folder, write_folder, write_folder_on};
use diemdanh::host::index::{Content, Index, IndexFault};
use diemdanh::host::second_copy::{Copier, CopyState};
use diemdanh::lab::journal::{FaultKind, FaultyStore, MemoryStore};
use diemdanh::record::segment::read_segment;
use diemdanh::record::{
    AttendanceEvent, AttendanceLog, Entry, EntryRef, LogFault, LogStore, RegistryState, Segment, SegmentContent,
    SegmentHead, StoreFault,
};
use diemdanh::tlog::{NoteError, NoteSigner, NoteVerifier};
use std::{fs, io, path::Path};

fn entries(store: &MemoryStore) -> Vec<(u32, Vec<Entry>)> {
    segments(store).into_iter().map(|(number, segment)| (number, segment.entries)).collect()
}

fn segments(store: &MemoryStore) -> Vec<(u32, Segment)> {
    let mut store = store.clone();
    let numbers = store.segments().unwrap();
    let segment = |number| match read_segment(&store.read(number).unwrap(), crate::record_support::device().verifier())
    {
        Ok(SegmentContent::Good(segment)) => (number, *segment),
        other => panic!("{other:?}"),
    };
    numbers.into_iter().map(segment).collect()
}

#[test]
fn a_full_disk_stops_the_log_and_leaves_room_for_its_end() {
    // Calls: list, create, two for `open`, two for each entry.
    let inner = MemoryStore::default();
    let full = FaultyStore::new(inner.clone(), 6, FaultKind::Report(StoreFault::NoSpace));
    let (mut log, _) = open(full, 0).unwrap();
    log.append(&code("op-1"), check_in(1), at(1)).unwrap();
    let full = log.append(&code("op-1"), check_in(2), at(2));
    assert_eq!(full, Err(LogFault::Store(StoreFault::NoSpace)));
    assert_eq!(log.append(&code("op-1"), check_in(3), at(3)), Err(LogFault::Stopped));
    log.close(&code("op-1"), at(4)).unwrap();
    assert_eq!(log.close(&code("op-1"), at(5)), Err(LogFault::Closed));
    let kinds: Vec<bool> =
        entries(&inner)[0].1.iter().map(|entry| matches!(entry.event, AttendanceEvent::Close { .. })).collect();
    assert_eq!(kinds, [false, false, true]);
    // A part of an entry may be on the disk: then there is no end either.
    let short = FaultyStore::new(MemoryStore::default(), 4, FaultKind::Short(10));
    let (mut log, _) = open(short, 0).unwrap();
    assert!(log.append(&code("op-1"), check_in(1), at(1)).is_err());
    assert_eq!(log.close(&code("op-1"), at(2)), Err(LogFault::Stopped));
}

#[test]
fn room_is_kept_while_a_segment_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let (mut log, _) = open(FileStore::open(folder.path()).unwrap(), 0).unwrap();
    let reserve = folder.path().join("reserve");
    let kept = fs::metadata(&reserve).unwrap().len();
    assert!(kept == RESERVE_BYTES || kept == 0, "{kept}: a file system may not be able to");
    log.append(&code("op-1"), check_in(1), at(1)).unwrap();
    log.close(&code("op-1"), at(2)).unwrap();
    assert!(!reserve.exists());
}

#[test]
fn the_second_copy_catches_up_after_every_loss() {
    let folder = tempfile::tempdir().unwrap();
    let (journal, target) = (folder.path().join("journal"), folder.path().join("stick"));
    let mut copier = Copier::new(&journal, &target);
    let (mut log, _) = open(FileStore::open(&journal).unwrap(), 0).unwrap();
    let same = || fs::read(journal.join("001.seg")).unwrap() == fs::read(target.join("001.seg")).unwrap_or_default();
    let mut random = SeededRandom::new("second copy");
    for number in 1..=40 {
        log.append(&code("op-1"), check_in(number), at(i64::from(number))).unwrap();
        match random.bytes(1)[0] % 4 {
            // The stick is pulled: a file lies where the folder was.
            0 => {
                let _ = fs::remove_dir_all(&target);
                fs::write(&target, "no folder").unwrap();
                assert_eq!(copier.copy(), CopyState::Lost);
                fs::remove_file(&target).unwrap();
            }
            // It comes back empty, or with a part of what it had.
            1 => fs::create_dir_all(&target).unwrap(),
            2 if target.join("001.seg").exists() => {
                let bytes = fs::read(target.join("001.seg")).unwrap();
                fs::write(target.join("001.seg"), &bytes[..bytes.len() / 2]).unwrap();
                copier = Copier::new(&journal, &target);
            }
            _ => (),
        }
        assert_eq!(copier.copy(), CopyState::Whole);
        assert!(same(), "after {number}");
    }
    // Somebody else's journal is left alone.
    let mut bytes = fs::read(target.join("001.seg")).unwrap();
    bytes[100] ^= 1;
    fs::write(target.join("001.seg"), &bytes).unwrap();
    assert_eq!(Copier::new(&journal, &target).copy(), CopyState::Foreign);
    assert_eq!(fs::read(target.join("001.seg")).unwrap(), bytes);
}

/// Writes a day into a log and an index, then builds the index anew from the journal.
#[test]
fn a_rebuilt_index_equals_the_live_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index.sqlite");
    let (store, _) = session();
    let (mut log, _) = open(store.clone(), 200).unwrap();
    add(&mut log, request("waiting"), 201);
    let place = add(&mut log, manual(9), 202).entry();
    add(&mut log, request("answered"), 203);
    add(&mut log, answer("answered"), 204);
    let undo = AttendanceEvent::Undo { refers: place, reason: code("mistake"), second: code("head") };
    add(&mut log, undo, 205);
    // A silence is an entry, and no answer.
    let AttendanceEvent::RegistryAnswer { id, request_sha256, .. } = answer("waiting") else { panic!("an answer") };
    let (state, cause, verbatim) = (RegistryState::NotAsked, None, None);
    add(&mut log, AttendanceEvent::RegistryAnswer { id, request_sha256, state, cause, verbatim }, 206);
    let segments = segments(&store);
    let mut live = Index::open(&path).unwrap();
    for (number, segment) in &segments {
        for entry in &segment.entries {
            live.take(*number, std::slice::from_ref(entry), &segment.root).unwrap();
        }
        // What is in already is passed over; what does not follow is a doubt.
        live.take(*number, &segment.entries[..1], &[0; 32]).unwrap();
        let far = Entry { seq: 1_000, ..segment.entries[1].clone() };
        assert!(matches!(live.take(*number, &[far], &[0; 32]), Err(IndexFault::Gap { .. })));
    }
    let content = live.content().unwrap();
    assert_eq!(content.counts.arrived, u64::try_from(log.arrivals().len()).unwrap());
    let heads: Vec<_> = segments.iter().map(|(number, segment)| SegmentHead::of(*number, segment)).collect();
    assert_eq!((content.heads.clone(), content.counts.manual, content.counts.unanswered), (heads, 2, 1));
    assert_eq!(live.outbox().unwrap(), [("waiting".to_owned(), EntryRef { segment: 3, seq: 1 })]);
    drop(live);
    fs::write(&path, "damaged beyond repair, so that nobody takes it for a database").unwrap();
    assert!(Index::open(&path).is_err());
    let all = segments.iter().map(|(number, segment)| (*number, segment.entries.as_slice(), segment.root));
    assert_eq!(Index::rebuild(&path, all).unwrap().content().unwrap(), content);
    assert_ne!(content, Content::default());
}

/// A medium whose calls fail from the `n`-th on, as a stick that is pulled, or at the `n`-th only.
pub(crate) struct Pulled {
    pub(crate) calls_left: u32,
    pub(crate) for_good: bool,
}

impl Pulled {
    fn call<T>(&mut self, call: impl FnOnce(&mut Disk) -> io::Result<T>) -> io::Result<T> {
        let due = self.calls_left == 0;
        self.calls_left = self.calls_left.saturating_sub(1);
        if due {
            if !self.for_good {
                self.calls_left = u32::MAX;
            }
            return Err(io::Error::from_raw_os_error(5));
        }
        call(&mut Disk)
    }
}

impl Medium for Pulled {
    fn create_folder(&mut self, path: &Path) -> io::Result<()> {
        self.call(|disk| disk.create_folder(path))
    }

    fn write_new(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let due = self.calls_left == 0;
        if due {
            // A part of the file is there.
            let _ = fs::write(path, &bytes[..bytes.len() / 2]);
        }
        self.call(|disk| disk.write_new(path, bytes))
    }

    fn sync_names(&mut self, path: &Path) -> io::Result<()> {
        self.call(|disk| disk.sync_names(path))
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        self.call(|disk| disk.rename(from, to))
    }

    fn remove(&mut self, path: &Path) -> io::Result<()> {
        self.call(|disk| disk.remove(path))
    }
}

#[test]
fn an_export_that_is_interrupted_anywhere_leaves_nothing_or_the_whole() {
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<_> = Forge::good().files.into_iter().collect();
    let mut failed = 0;
    for for_good in [true, false] {
        for calls_left in 0.. {
            let target = folder.path().join(format!("export-{for_good}-{calls_left}"));
            let written = write_folder_on(&mut Pulled { calls_left, for_good }, &target, &files);
            if target.exists() {
                assert!(read_folder(&target).unwrap().into_iter().eq(files.iter().cloned()), "whole");
            } else {
                // It can be repeated, over whatever was left.
                write_folder(&target, &files).unwrap();
            }
            if written.is_ok() {
                break;
            }
            failed += 1;
        }
    }
    assert!(failed > 60, "{failed}");
}

#[test]
fn a_medium_that_cannot_be_written_is_named() {
    let files: Vec<_> = Forge::good().files.into_iter().collect();
    for place in ["/proc/export", "/sys/export", "/dev/null/export"] {
        assert!(matches!(write_folder(Path::new(place), &files), Err(FolderError::Os { .. })), "{place}");
    }
}

#[test]
fn a_journal_that_is_not_ours_opens_nothing() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("001.seg"), "a stranger's file that calls itself a segment").unwrap();
    let opened: Result<(AttendanceLog<FileStore>, _), _> = open(FileStore::open(folder.path()).unwrap(), 0);
    // Nothing of it was ever acknowledged: it is counted and left alone.
    assert_eq!(opened.unwrap().0.segment(), 2);
    assert_eq!(fs::read(folder.path().join("001.seg")).unwrap().len(), 45);
}

struct SilentToken(NoteVerifier);

impl NoteSigner for SilentToken {
    fn verifier(&self) -> &NoteVerifier {
        &self.0
    }

    fn sign(&self, _: &str) -> Result<String, NoteError> {
        Err(NoteError::Device)
    }
}

#[test]
fn a_device_key_that_does_not_sign_opens_nothing_and_leaves_no_segment() {
    let (key, inner) = (device(), MemoryStore::default());
    let silent = SilentToken(key.verifier().clone());
    let opening = diemdanh::record::Opening { device: &silent, ..opening(&key) };
    let opened = AttendanceLog::open(inner.clone(), &opening, at(0), &mut SeededRandom::new("silent"));
    assert_eq!(opened.map(|_| ()).unwrap_err(), LogFault::DeviceKey);
    assert!(inner.clone().segments().unwrap().is_empty());
}
