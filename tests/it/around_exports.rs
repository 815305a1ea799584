//! Around an export: what editors and mail programs do to small files is no forgery, and a device that is full is no panic.

use crate::forge::{Forge, witness_vkey};
use crate::programs::board_program;
use crate::record_support::board;
use diemdanh::bits::random::SeededRandom;
use diemdanh::office::{FindingKind, Outside};
use diemdanh::record::{BoardKeys, ExportSource};
use diemdanh::tlog::NoteKey;
use std::fs::{self, File};
use std::process::Stdio;

fn collected(files: &[(String, String)]) -> Outside {
    let folder: diemdanh::office::Files =
        files.iter().map(|(name, text)| (name.clone(), text.clone().into_bytes())).collect();
    let mut outside = Outside::default();
    outside.collect(&folder as &dyn ExportSource);
    outside
}

#[test]
fn collected_notes_and_keys_may_have_passed_an_editor_and_notes_are_told() {
    let notes = Forge::good().anchors;
    let ways: [fn(&str) -> String; 4] = [
        |text| text.replace('\n', "\r\n"),
        |text| format!("\u{FEFF}{text}"),
        |text| text.trim_end().to_owned(),
        |text| text.replace('\n', "\r"),
    ];
    for way in ways {
        let mut files: Vec<(String, String)> = notes.iter().map(|(name, note)| (name.clone(), way(note))).collect();
        files.push(("w.vkey".to_owned(), way(&format!("{}\n", witness_vkey().trim_end()))));
        let outside = collected(&files);
        assert_eq!((&outside.notes, outside.witnesses.len()), (&notes, 1));
        let told: Vec<_> = outside.strays.iter().map(|(name, what)| (name.clone(), *what)).collect();
        let expected: Vec<_> = notes.iter().map(|(name, _)| (name.clone(), FindingKind::CollectedMended)).collect();
        assert_eq!(told, expected);
    }
    assert!(collected(&notes).strays.is_empty());
}

#[test]
fn key_files_may_have_passed_an_editor() {
    let other = NoteKey::generate(board().verifier().name(), &mut SeededRandom::new("other")).unwrap();
    let set = BoardKeys::new(1, vec![board().verifier().clone(), other.verifier().clone()]).unwrap();
    for text in [format!("{}\n", board().verifier()), set.text()] {
        let plain = BoardKeys::parse(&text).unwrap();
        for way in [text.replace('\n', "\r\n"), format!("\u{FEFF}{text}"), text.trim_end().to_owned(), text.clone()] {
            assert_eq!(BoardKeys::parse(&way).unwrap().digest(), plain.digest(), "{way:?}");
        }
    }
    assert!(BoardKeys::parse(&set.text().replace("needed", " needed")).is_err());
}

#[test]
fn a_closed_pipe_and_a_full_device_are_an_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("ds.csv"), "SBD,Họ và tên,Ngày sinh,Số CCCD\n01,An,15/02/2008,099208000017\n")
        .unwrap();
    let closed = || {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        Stdio::from(writer)
    };
    let full = || Stdio::from(File::options().write(true).open("/dev/full").unwrap());
    let run = |arguments: &[&str]| {
        let mut command = board_program();
        command.current_dir(folder.path()).args(arguments);
        command
    };
    let traps = ["exam", "sample", "--candidates", "1", "--out", "x", "--traps", "list"];
    let cases: [&[&str]; 3] = [&["exam", "show", "ds.csv"], &["--help"], &traps];
    for arguments in cases {
        for out in [closed(), full()] {
            let output = run(arguments).stdout(out).stderr(Stdio::piped()).output().unwrap();
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(output.status.code() == Some(74) && !said.contains("panicked"), "{arguments:?} {said}");
        }
        let status = run(arguments).stdout(Stdio::null()).stderr(full()).status().unwrap();
        assert_eq!(status.code(), Some(0), "{arguments:?}");
    }
    let status = run(&["exam", "show", "nothing"]).stderr(full()).status().unwrap();
    assert_eq!(status.code(), Some(3));
}
