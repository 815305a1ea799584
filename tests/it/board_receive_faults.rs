//! What goes wrong while exports come in: a stop at any moment, a full disk, folders without rights. Each is named, nothing
//! is lost, nothing is counted twice, and the other logs go on.

use crate::board_exam::{Board, DeskLog, check_in, wrote};
use crate::programs::{board_program, program, vietnamese};
use crate::record_disk::Pulled;
use diemdanh::bits::random::SeededRandom;
use diemdanh::host::durable::{Disk, Medium};
use diemdanh::office::review_report;
use diemdanh::office::work::exam::receive::{Receive, receive_on};
use diemdanh::office::work::exam::reviewing::{Sources, load};
use diemdanh::office::work::{Ending, Voice, Work};
use jiff::Timestamp;
use serde_json::Value;
use std::cell::RefCell;
use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};

/// Keeps what is said.
#[derive(Default)]
struct Heard(RefCell<Vec<Value>>);

impl Voice for Heard {
    fn say(&self, _: &str) {}
    fn put(&self, _: &str) {}
    fn complain(&self, _: &str) {}
    fn remark(&self, _: &str) {}
    fn hand_on(&self, value: &Value) {
        self.0.borrow_mut().push(value.clone());
    }
}

fn sources(board: &Board) -> Sources {
    Sources {
        folder: board.path("thi"),
        board_key: board.path("board.vkey"),
        anchors: None,
        revocations: None,
        index_keys: None,
    }
}

/// Receives all sticks; how it ended, and for each export its name, what became of it and why not.
fn receive(medium: &mut dyn Medium, board: &Board, sticks: &Path) -> (Ending, Vec<(String, String)>) {
    receive_into(medium, sources(board), sticks)
}

/// The same into an exam that is told as the work is told it.
pub(crate) fn receive_into(
    medium: &mut dyn Medium,
    sources: Sources,
    sticks: &Path,
) -> (Ending, Vec<(String, String)>) {
    let (heard, words) = (Heard::default(), vietnamese());
    let now = Timestamp::from_second(1_780_000_000).unwrap();
    let work = Work { now, random: &mut SeededRandom::new("receive"), words: &words, voice: &heard };
    let asked = Receive { sources, exports: vec![sticks.to_owned()], dry_run: false, json: true };
    let ending = receive_on(medium, &work, &asked).unwrap();
    let told = heard.0.into_inner().pop().unwrap();
    let became = told.as_array().unwrap().iter().map(|one| {
        let name = Path::new(one["path"].as_str().unwrap()).file_name().unwrap().to_string_lossy().into_owned();
        (name, one["state"].as_str().unwrap().to_owned())
    });
    (ending, became.collect())
}

/// Everything that is said of the exam, and the names of what is kept.
fn known(board: &Board) -> (String, Vec<String>) {
    let loaded = load(&sources(board), &mut |_, _| true).unwrap().unwrap();
    assert!(loaded.damaged.is_empty(), "{:?}", loaded.damaged);
    let names = ["logs", "apart"].into_iter().flat_map(|folder| {
        let names = fs::read_dir(board.path("thi").join(folder)).into_iter().flatten();
        names.map(move |one| format!("{folder}/{}", one.unwrap().file_name().to_string_lossy()))
    });
    let mut names: Vec<String> = names.collect();
    names.sort();
    (review_report::json(&loaded).to_string(), names)
}

/// Two desks, one of whose logs comes twice, shorter and whole; and one that was forged.
fn with_sticks() -> Board {
    let board = Board::new();
    let log = DeskLog::open("d1", false).with(&[check_in(1)]);
    log.export(&board, "sticks/a", false);
    log.with(&[check_in(2)]).closed().export(&board, "sticks/b", false);
    wrote(&board, "d2", "sticks/c", &[check_in(3), check_in(1)]);
    let forged = wrote(&board, "d2", "sticks/d", &[check_in(4)]);
    fs::write(forged.join("segments/001/checkpoint"), "x").unwrap();
    board
}

/// The program is stopped at a call of the disk: nothing behind it happens, and nobody cleans up.
pub(crate) struct Stopped {
    pub(crate) calls_left: usize,
    pub(crate) is_done_first: bool,
}

impl Stopped {
    fn call(&mut self, call: impl FnOnce(&mut Unflushed) -> io::Result<()>) -> io::Result<()> {
        let is_last = self.calls_left == 0;
        self.calls_left = self.calls_left.saturating_sub(1);
        if !is_last || self.is_done_first {
            call(&mut Unflushed)?;
        }
        if is_last { resume_unwind(Box::new("stopped")) } else { Ok(()) }
    }
}

impl Medium for Stopped {
    fn create_folder(&mut self, path: &Path) -> io::Result<()> {
        self.call(|disk| disk.create_folder(path))
    }

    fn write_new(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        if self.calls_left == 0 && !self.is_done_first {
            // A part of the file is there.
            fs::write(path, &bytes[..bytes.len() / 2])?;
        }
        self.call(|disk| disk.write_new(path, bytes))
    }

    fn flush_folders(&mut self, folders: &[PathBuf]) -> io::Result<()> {
        self.call(|disk| disk.flush_folders(folders))
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

/// A disk that is not waited for: whether it flushes is another test's matter.
struct Unflushed;

impl Medium for Unflushed {
    fn create_folder(&mut self, path: &Path) -> io::Result<()> {
        Disk.create_folder(path)
    }

    fn write_new(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        Disk.write_unflushed(path, bytes)
    }

    fn flush_folders(&mut self, _: &[PathBuf]) -> io::Result<()> {
        Ok(())
    }

    fn sync_names(&mut self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        Disk.rename(from, to)
    }

    fn remove(&mut self, path: &Path) -> io::Result<()> {
        Disk.remove(path)
    }
}

#[test]
fn stopped_anywhere_a_second_run_brings_everything_once() {
    let whole = with_sticks();
    let sticks = whole.path("sticks");
    let became = receive(&mut Disk, &whole, &sticks);
    assert_eq!(became.0, Ending::Refused, "one was forged");
    let wanted = [("a", "new"), ("b", "longer"), ("c", "new"), ("d", "apart")];
    assert!(became.1.iter().map(|(name, state)| (name.as_str(), state.as_str())).eq(wanted), "{became:?}");
    let wanted = known(&whole);
    let mut stops = 0;
    for is_done_first in [false, true] {
        for calls_left in 0.. {
            let board = Board::new();
            let mut medium = Stopped { calls_left, is_done_first };
            let run = catch_unwind(AssertUnwindSafe(|| receive(&mut medium, &board, &sticks)));
            // What is there by then is whole.
            let between = known(&board);
            assert!(between.1.iter().all(|name| name.contains("/.") || wanted.1.contains(name)), "{between:?}");
            assert_eq!(receive(&mut Unflushed, &board, &sticks).0, Ending::Refused);
            assert_eq!(known(&board), wanted, "stopped at call {calls_left}, done first: {is_done_first}");
            if run.is_ok() {
                break;
            }
            stops += 1;
        }
    }
    assert!(stops > 100, "{stops}");
}

/// What is asked of the disk, in order.
#[derive(Default)]
struct Noted(Vec<(&'static str, PathBuf)>);

impl Medium for Noted {
    fn create_folder(&mut self, path: &Path) -> io::Result<()> {
        Disk.create_folder(path)
    }

    fn write_new(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        Disk.write_new(path, bytes)
    }

    fn write_unflushed(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.0.push(("write", path.to_owned()));
        Disk.write_unflushed(path, bytes)
    }

    fn flush_folders(&mut self, folders: &[PathBuf]) -> io::Result<()> {
        self.0.extend(folders.iter().map(|folder| ("flush", folder.clone())));
        Disk.flush_folders(folders)
    }

    fn sync_names(&mut self, path: &Path) -> io::Result<()> {
        self.0.push(("names", path.to_owned()));
        Disk.sync_names(path)
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        self.0.push(("rename", from.to_owned()));
        Disk.rename(from, to)
    }

    fn remove(&mut self, path: &Path) -> io::Result<()> {
        Disk.remove(path)
    }
}

#[test]
fn nothing_has_its_name_before_all_of_it_is_flushed() {
    let board = with_sticks();
    let mut medium = Noted::default();
    receive(&mut medium, &board, &board.path("sticks"));
    let logs = board.path("thi/logs");
    let named: Vec<usize> =
        (0..medium.0.len()).filter(|at| medium.0[*at].0 == "rename" && medium.0[*at].1.starts_with(&logs)).collect();
    assert_eq!(named.len(), 3);
    for at in named {
        let (before, partial) = (&medium.0[..at], &medium.0[at].1);
        let flushed = before.iter().rposition(|one| *one == ("flush", partial.clone())).expect("a flush");
        let written = before.iter().rposition(|(what, path)| *what == "write" && path.starts_with(partial));
        assert!(written.is_some_and(|written| written < flushed), "{partial:?}");
        assert!(medium.0[at..].contains(&("names", logs.clone())), "the name itself is made durable");
    }
}

/// A call fails, or the disk is gone from then on: whatever is told to be there is there, whatever failed is named.
#[test]
fn a_disk_that_fails_anywhere_is_named_and_a_second_run_brings_everything_once() {
    let whole = with_sticks();
    let sticks = whole.path("sticks");
    receive(&mut Disk, &whole, &sticks);
    let wanted = known(&whole);
    let mut failures = 0;
    for for_good in [false, true] {
        for calls_left in 0.. {
            let board = Board::new();
            let (_, became) = receive(&mut Pulled { calls_left, for_good }, &board, &sticks);
            let is_named = became.iter().any(|(_, state)| state == "failed");
            let (_, names) = known(&board);
            let kept = names.iter().filter(|name| name.starts_with("logs/") && !name.contains("/.")).count();
            let told = became.iter().filter(|(_, state)| ["new", "longer", "older"].contains(&state.as_str())).count();
            assert!(kept >= told, "{calls_left} {for_good}: {became:?} {names:?}");
            if !for_good {
                assert!(
                    kept + 1 >= 3 || became.iter().filter(|(_, state)| state == "failed").count() > 1,
                    "{became:?}"
                );
            }
            receive(&mut Unflushed, &board, &sticks);
            assert_eq!(known(&board), wanted, "failed at call {calls_left}, for good: {for_good}");
            if !is_named {
                break;
            }
            failures += 1;
        }
    }
    assert!(failures > 50, "{failures}");
}

/// Room for so many bytes.
struct Small {
    left_bytes: usize,
}

impl Medium for Small {
    fn create_folder(&mut self, path: &Path) -> io::Result<()> {
        Disk.create_folder(path)
    }

    fn write_new(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        match self.left_bytes.checked_sub(bytes.len()) {
            Some(left) => self.left_bytes = left,
            None => {
                fs::write(path, &bytes[..self.left_bytes])?;
                return Err(io::ErrorKind::StorageFull.into());
            }
        }
        Disk.write_new(path, bytes)
    }

    fn sync_names(&mut self, path: &Path) -> io::Result<()> {
        Disk.sync_names(path)
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        Disk.rename(from, to)
    }

    fn remove(&mut self, path: &Path) -> io::Result<()> {
        Disk.remove(path)
    }
}

#[test]
fn on_a_full_disk_what_fits_is_kept_and_the_rest_is_named() {
    let size = |board: &Board, name: &str| -> usize {
        let output =
            std::process::Command::new("find").arg(board.path(name)).args(["-type", "f", "-printf", "%s\n"]).output();
        let sizes = String::from_utf8(output.unwrap().stdout).unwrap();
        sizes.lines().map(|line| line.parse::<usize>().unwrap()).sum()
    };
    let board = with_sticks();
    let room = size(&board, "sticks/a") + size(&board, "sticks/b") / 2;
    let (ending, became) = receive(&mut Small { left_bytes: room }, &board, &board.path("sticks"));
    assert_eq!(ending, Ending::Refused);
    assert_eq!(became[0].1, "new", "{became:?}");
    assert!(became[1..3].iter().all(|(_, state)| state == "failed"), "{became:?}");
    let (_, names) = known(&board);
    assert_eq!(
        names.iter().filter(|name| name.starts_with("logs/")).count(),
        1,
        "nothing is left of the others: {names:?}"
    );
    let (_, became) = receive(&mut Disk, &board, &board.path("sticks"));
    let states: Vec<&str> = became.iter().map(|(_, state)| state.as_str()).collect();
    assert_eq!(states, ["same", "longer", "new", "apart"], "with room again");
}

#[test]
fn the_same_export_twice_on_one_stick_is_kept_once_even_where_the_first_was_not() {
    let board = Board::new();
    wrote(&board, "d1", "sticks/a", &[check_in(1)]);
    wrote(&board, "d1", "sticks/b", &[check_in(1)]);
    // The flush of the first fails: the second is not "there already".
    struct NoFlush(bool);
    impl Medium for NoFlush {
        fn create_folder(&mut self, path: &Path) -> io::Result<()> {
            Disk.create_folder(path)
        }
        fn write_new(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
            Disk.write_new(path, bytes)
        }
        fn flush_folders(&mut self, folders: &[PathBuf]) -> io::Result<()> {
            if std::mem::replace(&mut self.0, true) {
                Disk.flush_folders(folders)
            } else {
                Err(io::Error::other("lost"))
            }
        }
        fn sync_names(&mut self, path: &Path) -> io::Result<()> {
            Disk.sync_names(path)
        }
        fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
            Disk.rename(from, to)
        }
        fn remove(&mut self, path: &Path) -> io::Result<()> {
            Disk.remove(path)
        }
    }
    let (_, became) = receive(&mut NoFlush(false), &board, &board.path("sticks"));
    let states: Vec<&str> = became.iter().map(|(_, state)| state.as_str()).collect();
    assert_eq!((states, board.count("logs")), (vec!["failed", "new"], 1));
    let (ending, became) = receive(&mut Disk, &board, &board.path("sticks"));
    assert!(ending == Ending::Done && became.iter().all(|(_, state)| state == "same"), "{became:?}");
}

/// Somebody who is not the folder's owner.
const NOBODY: u32 = 65_534;

/// A stick of which a folder may not be entered, and an exam that may not be written: by the real program, as a user whom
/// rights bind. Root gives the folder away first; anybody else takes his own rights.
#[test]
fn folders_without_rights_are_named_and_the_others_go_on() {
    let board = with_sticks();
    let top = board.path("");
    let is_root = fs::metadata(&top).unwrap().uid() == 0;
    let copied = top.join("board-program");
    fs::copy(program("diemdanh-board"), &copied).unwrap();
    if is_root {
        give(&top);
    }
    fs::set_permissions(board.path("sticks/a"), fs::Permissions::from_mode(0o000)).unwrap();
    let run = || {
        let mut command = if is_root { std::process::Command::new(&copied) } else { board_program() };
        command.env("LC_ALL", "vi_VN.UTF-8").current_dir(&top);
        if is_root {
            command.uid(NOBODY).gid(NOBODY);
        }
        let output = command.args(["exam", "receive", "thi", "sticks", "--board-key", "board.vkey"]).output().unwrap();
        (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
    };
    let logs = board.path("thi/logs");
    fs::create_dir(&logs).unwrap();
    fs::set_permissions(&logs, fs::Permissions::from_mode(0o555)).unwrap();
    if is_root {
        chown(&logs, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    let (code, said) = run();
    assert!(code == Some(2) && said.contains("Permission denied"), "{said}");
    assert_eq!(board.count("logs"), 0, "{said}");
    fs::set_permissions(&logs, fs::Permissions::from_mode(0o755)).unwrap();
    let (code, said) = run();
    assert!(code == Some(2) && said.contains("sticks/a") && said.contains("[package.unreadable]"), "{said}");
    assert_eq!(board.count("logs"), 2, "the others: {said}");
    fs::set_permissions(board.path("sticks/a"), fs::Permissions::from_mode(0o755)).unwrap();
    assert!(run().1.contains("Đã nhận 1;"), "and the first, once it may be read");
}

/// Everything below becomes nobody's.
fn give(path: &Path) {
    chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    if path.is_dir() {
        fs::read_dir(path).unwrap().for_each(|one| give(&one.unwrap().path()));
    }
}
