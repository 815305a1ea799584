//! What the board's commands may never do: take the place of what was not asked for, lose what another one wrote, wait
//! for ever, say that something was done before it was.

use crate::exam_pack::{Enrollee, Office};
use crate::programs::{board_program, program};
use diemdanh::host::folder::{read_folder, replace_files};
use diemdanh::host::folder_lock::{FolderLock, FolderLockError};
use diemdanh::office::exam::{Exam, OPERATORS_FILE, operators};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn run(at: &Path, arguments: &[&str]) -> Output {
    let mut command = board_program();
    command.current_dir(at).arg("exam").args(arguments).output().unwrap()
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

const LIST: &str =
    "SBD,Họ và tên,Ngày sinh,Số CCCD,Điểm thi,Phòng thi\n01000009,Trần Mẫu,15/02/2008,099208000025,0901,P1\n";

/// Every output of every command, at every place where something is that was not asked to be replaced.
#[test]
fn no_output_takes_the_place_of_anything() {
    let office = Office::new(false);
    let at = office.path("");
    fs::write(office.path("list.csv"), LIST).unwrap();
    fs::write(office.path("old.csv"), "keep me").unwrap();
    let before = read_folder(&office.path("thi")).unwrap();
    let places = [
        "list.csv",
        "./list.csv",
        "thi/candidates.csv",
        "thi/exam.toml",
        "thi/new.csv",
        "thi/desks/new.csv",
        "old.csv",
    ];
    for place in places {
        let commands: [&[&str]; 5] = [
            &["import", "list.csv", "--into", "thi", "--accept", "all", "--report", place],
            &["import", "list.csv", "--into", "thi", "--accept", "all", "--report", place, "--dry-run"],
            &["show", "list.csv", "--mapping-out", place],
            &["letters", "thi", "--out", place],
            &["key", "thi", "--out", place, "--passphrase-file", "pass"],
        ];
        for arguments in commands {
            let output = run(&at, arguments);
            assert_ne!(code(&output), Some(0), "{arguments:?}");
            assert_eq!(fs::read_to_string(office.path("list.csv")).unwrap(), LIST, "{arguments:?}");
            assert_eq!(fs::read_to_string(office.path("old.csv")).unwrap(), "keep me", "{arguments:?}");
            assert!(read_folder(&office.path("thi")).unwrap() == before, "{arguments:?}");
        }
    }
    // A link that leads into the exam is the exam.
    std::os::unix::fs::symlink(office.path("thi"), office.path("duong-khac")).unwrap();
    let output = run(&at, &["show", "list.csv", "--mapping-out", "duong-khac/moi.toml"]);
    assert!(code(&output) != Some(0) && !office.path("thi/moi.toml").exists());
    // A dry run writes its report, which was asked for, and nothing else.
    let output =
        run(&at, &["import", "list.csv", "--into", "thi", "--accept", "all", "--report", "bao-cao.csv", "--dry-run"]);
    assert!(office.path("bao-cao.csv").exists(), "{output:?}");
    assert!(read_folder(&office.path("thi")).unwrap() == before);
}

#[test]
fn twelve_at_once_lose_nothing_that_they_said_was_done() {
    let office = Office::new(false);
    let at = office.path("");
    let codes: Vec<String> = (0..12).map(|number| format!("moi-{number}")).collect();
    let done: Vec<String> = std::thread::scope(|scope| {
        let started = codes.iter().map(|one| {
            let at = &at;
            scope.spawn(move || {
                let arguments = ["operator", "add", "thi", "--code", one, "--name", "Mau", "--role", "invigilator"];
                let output = run(at, &arguments);
                let is_done = code(&output) == Some(0);
                assert_eq!(
                    is_done,
                    String::from_utf8_lossy(&output.stdout).contains(&format!("thêm {one}")),
                    "{output:?}"
                );
                is_done.then(|| one.clone())
            })
        });
        started.collect::<Vec<_>>().into_iter().filter_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(!done.is_empty());
    let kept = operators::read(&fs::read(office.path("thi").join(OPERATORS_FILE)).unwrap()).unwrap();
    for one in &done {
        assert!(kept.iter().any(|operator| operator.code == *one), "{one} was said to be added");
    }
    assert_eq!(kept.iter().filter(|one| one.code.starts_with("moi-")).count(), done.len());
}

/// Every writing command while another one writes: refused, with who it is, and nothing is changed.
#[test]
fn every_command_that_writes_waits_for_no_other_and_names_it() {
    let office = Office::new(false);
    let desk = Enrollee::new("ban-01", "0901");
    fs::write(office.path("ban-01.request"), desk.request.sign(&desk.device).unwrap()).unwrap();
    fs::write(office.path("list.csv"), LIST).unwrap();
    let (at, fingerprint) = (office.path(""), desk.request.fingerprint());
    let before = read_folder(&office.path("thi")).unwrap();
    let key = ["--key", "board.key", "--passphrase-file", "pass"];
    let pack = ["--exam-key", "exam.key", "--recovery", "recovery.pub", "--out", "goi", "--accept"];
    let commands: [Vec<&str>; 7] = [
        vec!["import", "list.csv", "--into", "thi", "--accept", "all"],
        vec!["operator", "add", "thi", "--code", "moi-1", "--name", "Mau", "--role", "invigilator"],
        vec!["operator", "revoke", "thi", "gt-1", "--reason", "nghi"],
        vec!["letters", "thi", "--out", "thu.pdf"],
        [&["enrol", "thi", "ban-01.request", "--fingerprint", &fingerprint], &key[..]].concat(),
        [&["pack", "thi"], &key[..], &pack[..]].concat(),
        vec!["receipt", "thi", "ban-01.request"],
    ];
    let held = FolderLock::take(&office.path("thi"), "exam import").unwrap();
    let again = FolderLock::take(&office.path("thi"), "exam pack");
    assert!(matches!(&again, Err(FolderLockError::Held { by, .. }) if by.starts_with("exam import (")), "{again:?}");
    for arguments in &commands {
        let output = run(&at, arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(code(&output) != Some(0) && said.contains("exam import ("), "{arguments:?}: {said}");
        assert!(read_folder(&office.path("thi")).unwrap() == before, "{arguments:?}");
    }
    drop(held);
    assert!(FolderLock::take(&office.path("thi"), "exam pack").is_ok());
}

/// Each pair of writing commands at once: what said that it was done, is.
#[test]
fn commands_in_pairs_lose_nothing() {
    let has = |office: &Office, code: &str| {
        let exam = Exam::read(&read_folder(&office.path("thi")).unwrap()).unwrap();
        exam.operators.iter().find(|one| one.code == code).cloned()
    };
    type Effect = Box<dyn Fn(&Office) -> bool>;
    let commands = || -> Vec<(Vec<&'static str>, Effect)> {
        vec![
            (
                vec!["import", "list.csv", "--into", "thi", "--accept", "all"],
                Box::new(|office: &Office| {
                    fs::read_to_string(office.path("thi/candidates.csv")).unwrap().contains("01000009")
                }),
            ),
            (
                vec!["operator", "add", "thi", "--code", "moi-1", "--name", "Mau", "--role", "invigilator"],
                Box::new(move |office: &Office| has(office, "moi-1").is_some()),
            ),
            (
                vec!["operator", "add", "thi", "--code", "moi-2", "--name", "Mau", "--role", "invigilator"],
                Box::new(move |office: &Office| has(office, "moi-2").is_some()),
            ),
            (
                vec!["operator", "revoke", "thi", "gt-1", "--reason", "nghi"],
                Box::new(move |office: &Office| has(office, "gt-1").is_some_and(|one| one.is_revoked())),
            ),
        ]
    };
    for first in 0..4 {
        for second in first + 1..4 {
            let office = Office::new(false);
            fs::write(office.path("list.csv"), LIST).unwrap();
            let (at, all) = (office.path(""), commands());
            let done = std::thread::scope(|scope| {
                let started = [first, second].map(|index| {
                    let (at, arguments) = (&at, all[index].0.clone());
                    scope.spawn(move || matches!(code(&run(at, &arguments)), Some(0 | 1)))
                });
                started.map(|thread| thread.join().unwrap())
            });
            assert!(done.iter().any(|one| *one), "{first} and {second}: one of them gets the folder");
            for (index, is_done) in [first, second].into_iter().zip(done) {
                assert!(!is_done || all[index].1(&office), "{:?} was said to be done", all[index].0);
            }
        }
    }
}

/// What a run that was cut left unfinished is gone with the next that writes.
#[test]
fn nothing_unfinished_of_anybody_stays() {
    let office = Office::new(false);
    for place in ["thi/candidates.csv.0a1b2c3d.partial", "thi/desks/x.partial"] {
        fs::create_dir_all(office.path(place).parent().unwrap()).unwrap();
        fs::write(office.path(place), "099208000025").unwrap();
    }
    let output =
        run(&office.path(""), &["operator", "add", "thi", "--code", "moi-1", "--name", "Mau", "--role", "board"]);
    assert_eq!(code(&output), Some(0), "{output:?}");
    assert!(
        !office.path("thi/candidates.csv.0a1b2c3d.partial").exists() && !office.path("thi/desks/x.partial").exists()
    );
    // A folder that takes nothing: what was begun is taken away again.
    let folder = office.path("day");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("b"), "a file where a folder should be").unwrap();
    let files = [("a".to_owned(), b"099208000025".to_vec()), ("b/c".to_owned(), vec![1])];
    assert!(replace_files(&folder, &files).is_err());
    let left: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["b"]);
}

#[test]
fn pipes_and_devices_are_refused_and_not_waited_for() {
    let office = Office::new(false);
    assert!(Command::new("mkfifo").arg(office.path("ong")).status().unwrap().success());
    let at = office.path("");
    let commands: [&[&str]; 6] = [
        &["show", "ong"],
        &["show", "/dev/zero"],
        &["import", "ong", "--into", "thi"],
        &["receipt", "thi", "ong"],
        &["open", "ong", "--identity", "ong", "--passphrase-file", "pass"],
        &["enrol", "thi", "ong", "--fingerprint", "x", "--key", "ong", "--passphrase-file", "pass"],
    ];
    for arguments in commands {
        let output = run(&at, arguments);
        assert!(code(&output).is_some_and(|code| code != 0), "{arguments:?}: {output:?}");
    }
}

#[test]
fn the_last_version_is_not_made_twice() {
    let office = Office::new(false);
    office.enrol(&Enrollee::new("ban-01", "0901"));
    office.pack("--session b1 --site 0901", 0, "1 gói mới");
    let ledger = office.path("thi/packages.csv");
    let text = fs::read_to_string(&ledger).unwrap();
    let line = text.lines().nth(1).unwrap();
    let (id, rest) = line.split_once(",1,").unwrap();
    fs::write(&ledger, text.replace(line, &format!("{id},{},{rest}", u32::MAX))).unwrap();
    let before = fs::read(&ledger).unwrap();
    let (found, said) = office.run_pack("--session b1 --site 0901 --accept --again");
    assert!(found == 2 && said.contains("không còn số phiên bản"), "{found}: {said}");
    assert_eq!(fs::read(&ledger).unwrap(), before);
}

/// What lies in the folder and will not be in any package is named.
#[test]
fn files_that_no_package_will_have_are_named() {
    let office = Office::new(false);
    let said = office.run("check thi").1;
    assert!(!said.contains("portraits/") && !said.contains("trust/"), "{said}");
    fs::create_dir_all(office.path("thi/portraits")).unwrap();
    fs::write(office.path("thi/portraits/01000001.jpg"), [0xFF, 0xD8, 0xFF, 0xE0]).unwrap();
    fs::write(office.path("thi/portraits/01000002.jpg"), "không phải ảnh").unwrap();
    std::os::unix::fs::symlink("/etc/hostname", office.path("thi/portraits/01000003.jpg")).unwrap();
    fs::write(office.path("thi/trust/la.cer"), [0x30, 0]).unwrap();
    let (code, said) = office.run("check thi");
    assert!(code > 0 && said.contains("trust/la.cer") && said.matches("portraits/").count() == 2, "{said}");
}

#[test]
fn a_key_is_not_made_under_a_short_passphrase() {
    let office = Office::new(false);
    fs::write(office.path("ngan"), "x\n").unwrap();
    let (code, said) = office.run("key thi --out moi.key --passphrase-file ngan");
    assert!(code != 0 && !office.path("moi.key").exists(), "{said}");
    assert_eq!(office.run("key thi --out moi.key --passphrase-file pass").0, 0);
}

/// Foreign text at every entrance of these commands, and on the terminal.
#[test]
fn foreign_text_moves_no_terminal_and_hides_nothing() {
    let office = Office::new(false);
    let at = office.path("");
    let before = read_folder(&office.path("thi")).unwrap();
    for odd in ["\u{1B}[2J", "a\u{202E}b", "\u{200B}", "  ", "a\rb", "\u{3164}"] {
        let commands: [&[&str]; 3] = [
            &["operator", "add", "thi", "--code", "moi-1", "--name", odd, "--role", "board"],
            &["operator", "revoke", "thi", "gt-1", "--reason", odd],
            &["new", "khac", "--board", "so.example", "--id", "x", "--title", odd],
        ];
        for arguments in commands {
            let output = run(&at, arguments);
            assert_ne!(code(&output), Some(0), "{arguments:?}");
            assert!(read_folder(&office.path("thi")).unwrap() == before && !office.path("khac").exists());
        }
    }
    // What stands in a file all the same is named, spelled out.
    let path = office.path("thi").join(OPERATORS_FILE);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("Trần B", "Trần \\u001B[2J\\u202E", 1)).unwrap();
    for arguments in [&["check", "thi"][..], &["operator", "list", "thi"]] {
        let output = run(&at, arguments);
        let said = String::from_utf8([output.stdout.clone(), output.stderr.clone()].concat()).unwrap();
        assert!(!said.contains('\u{1B}') && !said.contains('\u{202E}') && said.contains("\\u{1b}"), "{said}");
    }
    assert_eq!(code(&run(&at, &["check", "thi"])), Some(2));
}

/// What could not be written is not said to be done: each command under a limit on the size of files.
#[test]
fn nothing_is_said_to_be_done_that_was_not_written() {
    let office = Office::new(false);
    let row = |at: usize| {
        let letter = "ABCDEGHIKL".chars().nth(at % 10).unwrap();
        format!("{:08},Trần Mẫu {letter}{at},15/02/2008,0992080{at:05},0901,P{}\n", 1_000_100 + at, at / 20)
    };
    let rows: String = (1..=40).map(row).collect();
    fs::write(office.path("list.csv"), format!("SBD,Họ và tên,Ngày sinh,Số CCCD,Điểm thi,Phòng thi\n{rows}")).unwrap();
    let commands: [&[&str]; 2] = [
        &["import", "list.csv", "--into", "thi", "--accept", "all"],
        &["letters", "thi", "--out", "thu.pdf", "--again", "--only", "gt-1"],
    ];
    for arguments in commands {
        let limited = "trap '' XFSZ; ulimit -S -f 1; exec \"$0\" \"$@\"";
        let mut command = Command::new("bash");
        command.env("LC_ALL", "C");
        command.current_dir(office.path("")).args(["-c", limited]).arg(program("diemdanh-board")).arg("exam");
        let output = command.args(arguments).output().unwrap();
        let said = String::from_utf8(output.stdout.clone()).unwrap();
        let is_done = |line: &str| ["ghi ", "tạo ", "in thư", "Thí sinh: "].iter().any(|word| line.starts_with(word));
        assert!(code(&output).is_some_and(|code| code > 0), "{arguments:?}: {output:?}");
        assert!(!said.lines().any(is_done), "{arguments:?}: {said}");
    }
    let output = run(&office.path(""), commands[0]);
    assert!(code(&output).is_some_and(|code| code <= 1), "without the limit it is done: {output:?}");
}
