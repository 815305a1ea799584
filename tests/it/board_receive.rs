//! Exports come to the board: each sound one is kept once, everything else is put apart and named, and what is said of a
//! candidate rests on all of them.

use crate::board_exam::{Board, DeskLog, check_in, wrote};
use diemdanh::record::export::MANIFEST_FILE;
use std::fs;
use std::path::Path;

#[test]
fn sound_exports_are_kept_once_and_say_who_sat() {
    let board = Board::new();
    wrote(&board, "d1", "sticks/a/export-d1", &[check_in(1), check_in(2)]);
    let (code, said) = board.run("receive", &["sticks"]);
    assert_eq!((code, board.count("logs")), (Some(0), 1), "{said}");
    assert_eq!(board.states(), ["present", "present", "not-known", "not-known"]);
    let (code, said) = board.run("missing", &[]);
    assert!(code == Some(1) && said.contains("bàn d2: chưa nhận"), "{said}");
    wrote(&board, "d2", "sticks/b/export-d2", &[check_in(3), check_in(1)]);
    let (code, said) = board.run("receive", &["sticks"]);
    assert_eq!((code, board.count("logs")), (Some(0), 2), "{said}");
    assert!(said.contains("đã có") && said.contains("Đã nhận 1; đã có từ trước 1;"), "{said}");
    assert_eq!(board.states(), ["present", "present", "present", "absent"]);
    assert_eq!(board.run("missing", &[]).0, Some(0));
    let review = board.json("review", &[]);
    let twice: Vec<_> =
        review["cases"].as_array().unwrap().iter().filter(|case| case["rule"] == "sitting.twice").collect();
    assert_eq!((twice.len(), twice[0]["about"]["number"].as_str()), (1, Some("99000001")));
    let (_, said) = board.run("review", &["--cases", "--rooms"]);
    assert!(said.contains("Một thí sinh có hơn một lượt vào trong một buổi") && !said.contains("Nguyễn Mẫu"), "{said}");
    let (_, said) = board.run("review", &["--person", "99000001"]);
    assert!(said.matches("check-in").count() == 2, "{said}");
}

#[test]
fn exports_of_one_log_at_several_moments_are_one_log() {
    let board = Board::new();
    let log = DeskLog::open("d1", false).with(&[check_in(1)]);
    log.export(&board, "early", false);
    let log = log.with(&[check_in(2)]).closed();
    log.export(&board, "whole", false);
    let one = |name: &str| board.json("receive", &[name])[0]["state"].as_str().unwrap().to_owned();
    assert_eq!(one("early"), "new");
    assert_eq!(board.json("missing", &[])["missing"][0]["why"], "not-closed");
    assert_eq!(one("whole"), "longer");
    assert_eq!(one("early"), "same");
    assert_eq!(board.count("logs"), 2, "nothing is overwritten");
    let review = board.json("review", &[]);
    assert_eq!(review["intake"]["logs"].as_array().unwrap().len(), 1);
    assert_eq!(review["intake"]["logs"][0]["entries"], 4);
    let other = Board::new();
    let (early, whole) = (board.path("early"), board.path("whole"));
    let one = |path: &Path| other.json("receive", &[path.to_str().unwrap()])[0]["state"].as_str().unwrap().to_owned();
    assert_eq!((one(&whole), one(&early)), ("new".to_owned(), "older".to_owned()));
}

#[test]
fn two_histories_are_both_kept_and_told() {
    let board = Board::new();
    wrote(&board, "d1", "one", &[check_in(1)]);
    DeskLog::open_at("d1", false, 7).with(&[check_in(2)]).closed().export(&board, "other", false);
    assert_eq!(board.run("receive", &["one"]).0, Some(0));
    let (code, said) = board.run("receive", &["other"]);
    assert!(code == Some(1) && said.contains("MÂU THUẪN"), "{said}");
    assert_eq!(board.count("logs"), 2);
    assert_eq!(board.json("missing", &[])["logs"][0]["state"], "contradicted");
    assert_eq!(board.states(), ["not-known"; 4]);
}

#[test]
fn bad_exports_are_put_apart_and_named_and_the_others_go_on() {
    let board = Board::new();
    wrote(&board, "d1", "sticks/good", &[check_in(1)]);
    let forged = wrote(&board, "d2", "sticks/forged", &[check_in(2)]);
    let bundle = forged.join("segments/001/tile/entries/000.p/3");
    let mut bytes = fs::read(&bundle).unwrap();
    let named = bytes.windows(8).position(|part| part == b"02020202").unwrap();
    bytes[named..named + 8].copy_from_slice(b"03030303");
    fs::write(&bundle, bytes).unwrap();
    let half = wrote(&board, "d2", "sticks/half", &[check_in(2)]);
    fs::remove_file(half.join(MANIFEST_FILE)).unwrap();
    DeskLog::open("d2", true).closed().export(&board, "sticks/training", true);
    fs::create_dir(board.path("empty")).unwrap();
    let (code, said) = board.run("receive", &["sticks", "empty", "not-there"]);
    assert_eq!(code, Some(2), "{said}");
    assert_eq!((board.count("logs"), board.count("apart")), (1, 3), "{said}");
    assert!(said.contains("Đã nhận 1;") && said.contains("để riêng hoặc không nhận 5"), "{said}");
    for wanted in ["[root.differs]", "[file.missing]", "tập huấn", "[package.unreadable]"] {
        assert!(said.contains(wanted), "{wanted} in {said}");
    }
    let again = board.run("receive", &["sticks"]);
    assert_eq!((again.0, board.count("apart")), (Some(2), 3), "put apart once: {}", again.1);
    assert_eq!(board.states(), ["present", "not-known", "not-known", "not-known"]);
}

#[test]
fn an_export_of_another_exam_or_desk_is_not_this_exams() {
    let board = Board::new();
    wrote(&board, "d1", "one", &[check_in(1)]);
    let settings = board.path("thi").join("exam.toml");
    let text = fs::read_to_string(&settings).unwrap();
    fs::write(&settings, text.replace("id = \"thi\"", "id = \"khac\"")).unwrap();
    let (code, said) = board.run("receive", &["one"]);
    assert!(code == Some(2) && said.contains("[basis.exam]") && board.count("logs") == 0, "{said}");
    fs::write(&settings, text).unwrap();
    fs::remove_file(board.path("thi").join("desks/d1.cert")).unwrap();
    let (code, said) = board.run("receive", &["one"]);
    assert!(code == Some(2) && said.contains("[basis.desk]"), "{said}");
}

#[test]
fn what_was_damaged_where_it_is_kept_is_told_and_not_counted() {
    let board = Board::new();
    wrote(&board, "d1", "one", &[check_in(1)]);
    board.run("receive", &["one"]);
    let kept = fs::read_dir(board.path("thi/logs")).unwrap().next().unwrap().unwrap().path();
    fs::write(kept.join("segments/001/checkpoint"), "x").unwrap();
    let (code, said) = board.run("review", &[]);
    assert!(code == Some(1) && said.contains("không còn nguyên vẹn"), "{said}");
    assert_eq!(board.states(), ["not-known"; 4]);
}

#[test]
fn a_run_that_was_cut_is_mended_by_the_next_and_a_dry_run_does_nothing() {
    let board = Board::new();
    wrote(&board, "d1", "one", &[check_in(1)]);
    let unfinished = board.path("thi/logs/.0123.partial/segments");
    fs::create_dir_all(&unfinished).unwrap();
    fs::write(unfinished.join("x"), "x").unwrap();
    let (code, said) = board.run("receive", &["one", "--dry-run"]);
    assert_eq!((code, board.count("logs")), (Some(0), 0), "{said}");
    assert_eq!(board.run("receive", &["one"]).0, Some(0));
    assert!(!board.path("thi/logs/.0123.partial").exists());
    assert_eq!(board.count("logs"), 1);
}
