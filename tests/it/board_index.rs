//! What was found out about kept exports is kept sealed: it saves time, and never says anything else than a check would.

use crate::board_exam::{Board, DeskLog, check_in, wrote};
use crate::board_receive_faults::{Stopped, receive_into};
use crate::programs::vietnamese;
use diemdanh::host::durable::Disk;
use diemdanh::host::index_seal::IndexKey;
use diemdanh::office::forms::Forms;
use diemdanh::office::index;
use diemdanh::office::review_book::ReviewBook;
use diemdanh::office::review_papers::Papers;
use diemdanh::office::review_report;
use diemdanh::office::review_sheets::{sheets, xlsx};
use diemdanh::office::work::exam::reviewing::{Sources, load};
use diemdanh::record::{CandidateRef, ChipState, Digest, DocumentRef, EntryRef, RegistryState};
use diemdanh::review::book::{Book as _, List, Wanted};
use diemdanh::review::{Export, Fact, Facts, Kind, LogId, SegmentFacts, Word};
use diemdanh::words::Language;
use jiff::Timestamp;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// A board that has received two desks' logs, one of them in two exports, and a folder for a user's key.
struct Indexed {
    board: Board,
    keys: PathBuf,
}

impl Indexed {
    fn new() -> Self {
        let board = Board::new();
        let log = DeskLog::open("d1", false).with(&[check_in(1)]);
        log.export(&board, "sticks/a", false);
        log.with(&[check_in(2)]).closed().export(&board, "sticks/b", false);
        wrote(&board, "d2", "sticks/c", &[check_in(3), check_in(1)]);
        let (code, said) = board.run("receive", &["sticks"]);
        assert_eq!((code, board.count("logs")), (Some(0), 3), "{said}");
        assert_eq!(board.count("index"), 0, "the program has no place for a key here");
        let keys = board.path("keys");
        Self { board, keys }
    }

    fn sources(&self) -> Sources {
        let (folder, board_key) = (self.board.path("thi"), self.board.path("board.vkey"));
        Sources { folder, board_key, anchors: None, revocations: None, index_keys: Some(self.keys.clone()) }
    }

    fn said_by(&self, sources: &Sources) -> String {
        review_report::json(&load(sources, &mut |_, _| true).unwrap().unwrap()).to_string()
    }

    /// What is said of the exam, with the index and with every export checked; they must agree.
    fn said(&self) -> String {
        let said = self.said_by(&self.sources());
        assert_eq!(said, self.said_by(&Sources { index_keys: None, ..self.sources() }));
        said
    }

    /// Everything that the window shows, and every paper and workbook.
    fn shown_by(&self, sources: &Sources) -> (Vec<String>, Vec<Vec<u8>>) {
        let read = || load(sources, &mut |_, _| true).unwrap().unwrap();
        let (loaded, forms, words) = (read(), Forms::read(None).unwrap(), vietnamese());
        let balances = loaded.balances();
        let papers = Papers::new(&loaded, &balances, &forms);
        let of_sites = (0..papers.sites()).flat_map(|site| papers.of_site(site).unwrap());
        let sessions = 0..loaded.review.expected().sessions().len();
        let all = of_sites.chain(sessions.flat_map(|session| papers.of_session(session).unwrap()));
        let mut files: Vec<Vec<u8>> = all.map(|(_, bytes)| bytes).collect();
        let sheets = sheets(&loaded, &loaded.told.steps, &forms, &words);
        files.push(xlsx(&sheets, &forms, loaded.exam.settings.utc_offset_hours).unwrap());
        let (book, mut lines) = (ReviewBook::new(read()).unwrap(), Vec::new());
        for list in [List::Rooms, List::Desks, List::People, List::Cases] {
            for number in book.find(list, &Wanted::default()) {
                lines.push(book.row(list, number, Language::Vietnamese).cells.join(" | "));
                let sheet = book.sheet(list, number, Language::English);
                let blocks = sheet.iter().flat_map(|sheet| &sheet.blocks);
                let blocks = blocks.flat_map(|(one, other)| [Some(one), other.as_ref()]).flatten();
                lines.extend(blocks.flat_map(|block| block.lines.iter().map(|line| line.text.clone())));
            }
        }
        (lines, files)
    }

    /// The files of the index, and which file each is: another one where it was written anew.
    fn files(&self) -> Vec<(PathBuf, u64)> {
        let all = fs::read_dir(self.board.path("thi/index")).into_iter().flatten();
        let mut all: Vec<_> =
            all.map(|one| one.unwrap().path()).map(|path| (path.clone(), fs::metadata(path).unwrap().ino())).collect();
        all.sort();
        all
    }

    /// Which of the files, by their order, were written anew by another look.
    fn renewed(&self) -> Vec<usize> {
        // A file system may give the number of a removed file to the next one: links keep them.
        let kept = tempfile::tempdir_in(self.board.path("")).unwrap();
        let before = self.files();
        for (number, (path, _)) in before.iter().enumerate() {
            fs::hard_link(path, kept.path().join(number.to_string())).unwrap();
        }
        self.said();
        let after = self.files();
        assert_eq!(before.len(), after.len());
        (0..before.len()).filter(|number| before[*number] != after[*number]).collect()
    }
}

#[test]
fn a_second_look_reads_the_index_and_says_the_same() {
    let exam = Indexed::new();
    assert!(exam.files().is_empty());
    let first = exam.said();
    assert_eq!(exam.files().len(), 3, "one for each kept export");
    assert_eq!((exam.renewed(), exam.said()), (vec![], first));
    for (path, _) in exam.files() {
        let (sealed, facts) = (fs::read(&path).unwrap(), fs::metadata(&path).unwrap());
        assert_eq!(facts.permissions().mode() & 0o777, 0o600);
        let plain = [&[1; 16][..], &[2; 16], b"gt-01", b"board.example", b"pace-can"];
        assert!(plain.iter().all(|plain| !sealed.windows(plain.len()).any(|part| part == *plain)), "it is sealed");
    }
    let key = fs::metadata(exam.keys.join("index.key")).unwrap();
    assert_eq!((key.permissions().mode() & 0o777, key.len()), (0o600, 32));
}

#[test]
fn the_window_and_every_paper_are_the_same_out_of_the_index() {
    let exam = Indexed::new();
    exam.said();
    let indexed = exam.shown_by(&exam.sources());
    assert!(indexed.0.len() > 20 && indexed.1.len() > 3, "{} lines, {} files", indexed.0.len(), indexed.1.len());
    assert!(exam.renewed().is_empty(), "it was read, not made anew");
    assert!(indexed == exam.shown_by(&Sources { index_keys: None, ..exam.sources() }));
}

/// What was checked lay on a stick, and what is kept lies elsewhere: only what was checked where it lies is sealed.
#[test]
fn receiving_keeps_no_index_and_the_first_look_one_of_what_is_sound() {
    let board = Board::new();
    wrote(&board, "d1", "sticks/a", &[check_in(1)]);
    let forged = wrote(&board, "d2", "sticks/b", &[check_in(2)]);
    fs::write(forged.join("segments/001/checkpoint"), "x").unwrap();
    let exam = Indexed { keys: board.path("keys"), board };
    receive_into(&mut Disk, exam.sources(), &exam.board.path("sticks"));
    assert_eq!((exam.board.count("logs"), exam.board.count("apart")), (1, 1));
    assert_eq!(exam.files().len(), 0);
    exam.said();
    assert_eq!((exam.files().len(), exam.renewed()), (1, vec![]), "of what was found sound");
}

#[test]
fn an_index_that_was_changed_anywhere_is_not_believed() {
    let exam = Indexed::new();
    let first = exam.said();
    let path = exam.files()[1].0.clone();
    let whole = fs::read(&path).unwrap();
    for at in (0..whole.len()).step_by(whole.len() / 23).chain([whole.len() - 1]) {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        fs::write(&path, changed).unwrap();
        assert_eq!((exam.renewed(), exam.said()), (vec![1], first.clone()), "byte {at}");
    }
    for cut in [0, 1, 23, 24, 40, whole.len() - 1] {
        fs::write(&path, &whole[..cut]).unwrap();
        assert_eq!(exam.renewed(), [1], "cut at {cut}");
    }
    fs::write(&path, [&whole[..], b"x"].concat()).unwrap();
    assert_eq!(exam.renewed(), [1]);
    fs::remove_file(&path).unwrap();
    assert_eq!(exam.said(), first);
    assert_eq!(exam.files().len(), 3, "made again");
}

#[test]
fn an_index_of_something_else_is_not_believed() {
    let (exam, other) = (Indexed::new(), Indexed { keys: PathBuf::new(), ..Indexed::new() });
    let first = exam.said();
    let files = exam.files();
    // Of another export of this exam.
    fs::copy(&files[0].0, &files[2].0).unwrap();
    assert_eq!((exam.renewed(), exam.said()), (vec![2], first.clone()));
    // Of another exam, by the same user: everything in it has the same names.
    let other = Indexed { keys: exam.keys.clone(), ..other };
    other.said();
    for ((own, _), (others, _)) in files.iter().zip(other.files()) {
        assert_eq!(own.file_name(), others.file_name());
        fs::copy(others, own).unwrap();
    }
    assert_eq!((exam.renewed(), exam.said()), (vec![0, 1, 2], first.clone()));
    // By another user, who has no key of this one.
    let stranger = Indexed { keys: exam.board.path("stranger"), board: exam.board };
    stranger.said();
    assert_eq!(stranger.files().len(), 6, "each has files of his own");
    let name = |keys: &Path| IndexKey::of(keys).unwrap().name();
    let (own, strange) = (name(&exam.keys), name(&stranger.keys));
    for (path, _) in stranger.files() {
        let file = path.file_name().unwrap().to_str().unwrap();
        if let Some(rest) = file.strip_prefix(&strange) {
            fs::copy(&path, path.with_file_name(format!("{own}{rest}"))).unwrap();
        }
    }
    let exam = Indexed { keys: exam.keys, board: stranger.board };
    assert_eq!(exam.renewed().len(), 3);
    assert_eq!(exam.said(), first);
}

/// A kept export is changed in place, of the same length, and given its old time again.
#[test]
fn an_export_that_was_changed_is_checked_again() {
    let exam = Indexed::new();
    let first = exam.said();
    let bundle =
        walk(&exam.board.path("thi/logs")).into_iter().find(|path| path.to_string_lossy().contains("entries")).unwrap();
    let (whole, written) = (fs::read(&bundle).unwrap(), fs::metadata(&bundle).unwrap().modified().unwrap());
    let mut changed = whole.clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    fs::write(&bundle, &changed).unwrap();
    File::options().write(true).open(&bundle).unwrap().set_modified(written).unwrap();
    let damaged = load(&exam.sources(), &mut |_, _| true).unwrap().unwrap().damaged;
    assert_eq!(damaged.len(), 1, "{damaged:?}");
    assert_ne!(exam.said(), first);
    fs::write(&bundle, whole).unwrap();
    assert_eq!(exam.said(), first);
    assert_eq!(exam.renewed(), Vec::<usize>::new());
}

#[test]
fn what_the_board_knows_from_elsewhere_is_a_part_of_the_verdict() {
    let exam = Indexed::new();
    exam.said();
    assert!(exam.renewed().is_empty());
    // A desk's certificate is not in the exam's folder any more: its log rests on nothing that was issued.
    fs::rename(exam.board.path("thi/desks/d2.cert"), exam.board.path("d2.cert")).unwrap();
    let damaged = load(&exam.sources(), &mut |_, _| true).unwrap().unwrap().damaged;
    assert_eq!(damaged.len(), 1, "{damaged:?}");
    exam.said();
    fs::rename(exam.board.path("d2.cert"), exam.board.path("thi/desks/d2.cert")).unwrap();
    assert_eq!(load(&exam.sources(), &mut |_, _| true).unwrap().unwrap().damaged.len(), 0);
    // Collected heads are looked at too.
    let folder = exam.board.path("heads");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("w.vkey"), "w.example+9cd79ef4+BHZ\n").unwrap();
    let before = exam.files();
    exam.said_by(&Sources { anchors: Some(folder), ..exam.sources() });
    assert!(before.iter().zip(exam.files()).all(|(one, other)| *one != other), "all were checked again");
}

#[test]
fn without_a_place_for_the_key_everything_is_checked_and_nothing_is_written() {
    let exam = Indexed::new();
    fs::create_dir(&exam.keys).unwrap();
    fs::set_permissions(&exam.keys, fs::Permissions::from_mode(0o755)).unwrap();
    exam.said();
    assert!(exam.files().is_empty() && !exam.keys.join("index.key").exists(), "others may enter the folder");
    fs::set_permissions(&exam.keys, fs::Permissions::from_mode(0o700)).unwrap();
    fs::write(exam.keys.join("index.key"), "short").unwrap();
    exam.said();
    assert!(exam.files().is_empty(), "that is no key");
}

#[test]
fn a_key_that_is_none_is_told_and_left_where_it_is() {
    let exam = Indexed::new();
    let untold = |sources: &Sources| load(sources, &mut |_, _| true).unwrap().unwrap().unindexed;
    fs::create_dir(&exam.keys).unwrap();
    fs::set_permissions(&exam.keys, fs::Permissions::from_mode(0o700)).unwrap();
    let key = exam.keys.join("index.key");
    fs::write(&key, "short").unwrap();
    assert_eq!(untold(&exam.sources()).map(|(path, _)| path), Some(key.clone()));
    assert_eq!(fs::read(&key).unwrap(), b"short", "it may be somebody's");
    assert_eq!(untold(&Sources { index_keys: None, ..exam.sources() }), None, "nobody wanted an index");
    fs::remove_file(&key).unwrap();
    assert_eq!((untold(&exam.sources()), exam.files().len()), (None, 3));
}

/// Power may go at any call: what lies under the key's name is a whole key.
#[test]
fn a_key_whose_writing_was_cut_is_whole_or_not_there() {
    let mut stops = 0;
    for is_done_first in [false, true] {
        for calls_left in 0.. {
            let folder = tempfile::tempdir().unwrap();
            let keys = folder.path().join("keys");
            let mut medium = Stopped { calls_left, is_done_first };
            let made = catch_unwind(AssertUnwindSafe(|| IndexKey::of_on(&mut medium, &keys).unwrap().name()));
            let len = fs::metadata(keys.join("index.key")).map(|facts| facts.len()).ok();
            assert!(matches!(len, None | Some(32)), "{len:?} bytes at call {calls_left}");
            let name = IndexKey::of(&keys).unwrap().name();
            if let Ok(made) = made {
                assert_eq!(made, name);
                break;
            }
            stops += 1;
        }
    }
    assert!(stops >= 6, "{stops}");
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(walk(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

fn word() -> impl Strategy<Value = Word> {
    "[a-zé]{0,3}".prop_map(|text| Word::from(text.as_str()))
}

fn fact() -> impl Strategy<Value = Fact> {
    let id = || any::<[u8; 1]>().prop_map(|[byte]| [byte % 5; 16]);
    let chip = prop::sample::select(vec![ChipState::Pass, ChipState::Fail, ChipState::NotRead]);
    let registry = prop::sample::select(vec![RegistryState::Match, RegistryState::Refused, RegistryState::Pending]);
    let refers = (any::<u32>(), any::<u64>()).prop_map(|(segment, seq)| EntryRef { segment, seq });
    let times = (-377_705_023_201_i64..253_402_207_200, 0..=i64::MAX.cast_unsigned(), any::<u32>());
    let people = (option::of(id()), option::of(id()), option::of(chip), option::of(registry), any::<bool>());
    let rest = (word(), option::of(word()), vec(word(), 0..3), option::of(refers), any::<i64>());
    (any::<[u8; 32]>(), prop::sample::select(Kind::ALL), times, people, rest).prop_map(
        |(
            leaf,
            kind,
            (second, boot_ms, boot),
            (cand, doc, chip, registry, is_late),
            (op, by, reasons, refers, amount),
        )| Fact {
            place: EntryRef { segment: 0, seq: 0 },
            leaf: Digest(leaf),
            at: Timestamp::from_second(second).unwrap(),
            boot_ms,
            boot,
            op,
            kind,
            cand: cand.map(CandidateRef),
            doc: doc.map(DocumentRef),
            chip,
            registry,
            is_late,
            second: by,
            reasons: reasons.into(),
            refers,
            amount,
        },
    )
}

fn export() -> impl Strategy<Value = Export> {
    let segments = vec((any::<u32>(), vec(fact(), 0..6)), 0..4);
    ("[a-zé ]{0,4}", any::<bool>(), segments, option::of((any::<u32>(), any::<u64>()))).prop_map(
        |(site, training, segments, anchored)| {
            let segment = |(number, mut facts): (u32, Vec<Fact>)| {
                for (seq, fact) in (0..).zip(&mut facts) {
                    fact.place = EntryRef { segment: number, seq };
                }
                SegmentFacts { number, facts }
            };
            let facts = Facts::of(segments.into_iter().map(segment));
            Export { log: LogId::new("a/b/c/d").unwrap(), site, training, facts, anchored }
        },
    )
}

proptest! {
    #[test]
    fn packed_entries_are_what_was_packed(export in export(), fine in -999_999_999..=999_999_999, cut in any::<prop::sample::Index>()) {
        let mut all: Vec<Fact> = export.facts.iter().collect();
        if let Some(fact) = all.first_mut() {
            fact.at = Timestamp::new(fact.at.as_second(), fine).unwrap_or(fact.at);
        }
        let mut rest = all.iter().cloned();
        let segments: Vec<SegmentFacts> =
            export.facts.segments().map(|(number, len)| SegmentFacts { number, facts: rest.by_ref().take(len).collect() }).collect();
        let mut facts = Facts::of(segments);
        prop_assert!(facts.iter().eq(all.iter().cloned()));
        prop_assert!(facts.iter().rev().eq(all.iter().rev().cloned()));
        let len = cut.index(all.len() + 1);
        facts.truncate(len);
        prop_assert!(facts.iter().eq(all.into_iter().take(len)));
    }

    #[test]
    fn an_index_gives_back_what_was_kept_and_nothing_of_a_part(export in export(), cut in any::<prop::sample::Index>()) {
        // Two boot clocks may lie further apart than is written: such an export is checked every time.
        if let Some(bytes) = index::write(&export) {
            prop_assert_eq!(index::read(&bytes), Some(export));
            prop_assert_eq!(index::read(&bytes[..cut.index(bytes.len())]), None);
            prop_assert_eq!(index::read(&[&bytes[..], b"\0"].concat()), None);
        }
    }

    #[test]
    fn any_bytes_are_read_without_harm(bytes in vec(any::<u8>(), 0..200)) {
        let _ = index::read(&bytes);
    }
}
