//! Receipts for all kept exports, sealed evidence before two members' eyes, and the purge of what is due.

use crate::board_decide::{PASSPHRASE, with_members};
use crate::board_exam::{Board, DeskLog, SETTINGS, check_in};
use crate::inspection_support::{can, issued, read_card};
use crate::record_support::board;
use diemdanh::bits::secret::Secret;
use diemdanh::host::sealed;
use diemdanh::lab::issuer::{Making, trust_store_der};
use diemdanh::record::export::Beside;
use diemdanh::record::receipt::Receipt;
use diemdanh::record::segment::digest;
use diemdanh::record::{AttendanceEvent, BoardKeys, EntryRef};
use serde_json::Value;
use std::fs;

/// Two kept logs; the entry of one rests on sealed evidence of a lab's card. The evidence's digest.
fn kept() -> (Board, String) {
    let at = with_members();
    let (identity, recipient) = sealed::generate();
    let locked = sealed::lock_identity(&identity, &Secret::new(PASSPHRASE.to_owned())).unwrap();
    fs::write(at.path("recovery.key"), locked).unwrap();
    let bundle = read_card(issued(&Making::default()), &can()).evidence.unwrap().encode();
    let file = sealed::seal(&bundle, &[&recipient]).unwrap();
    let sha256 = digest(&file);
    let evidence = AttendanceEvent::Evidence { refers: EntryRef { segment: 1, seq: 1 }, sha256 };
    let beside = Beside { evidence: vec![(format!("{sha256}.age"), file)], ..Beside::default() };
    let log = DeskLog::open("d1", false).with(&[check_in(1), evidence]).closed();
    log.export_with(&at, "sticks/one", false, beside);
    DeskLog::open("d2", false).closed().export(&at, "sticks/two", false);
    fs::create_dir_all(at.path("thi/trust")).unwrap();
    for (number, certificate) in trust_store_der().unwrap().into_iter().enumerate() {
        fs::write(at.path(&format!("thi/trust/{number}.der")), certificate).unwrap();
    }
    let (code, said) = at.run("receive", &["sticks"]);
    assert_eq!(code, Some(0), "{said}");
    (at, sha256.to_string())
}

fn signed(at: &Board, command: &str, keys: &[&str], more: &[&str]) -> (Option<i32>, String) {
    let files: Vec<String> = keys.iter().map(|key| format!("{key}.key")).collect();
    let mut args = more.to_vec();
    args.extend(["--key", &files[0], "--passphrase-file", "pass"]);
    if let Some(second) = files.get(1) {
        args.extend(["--with", second, "--with-passphrase-file", "pass"]);
    }
    at.run(command, &args)
}

fn deeds(at: &Board) -> Vec<Value> {
    at.json("review", &[])["deeds"].as_array().unwrap().clone()
}

/// The evidence that a kept export holds.
fn evidence_files(at: &Board) -> Vec<std::path::PathBuf> {
    let logs = fs::read_dir(at.path("thi/logs")).unwrap().map(|one| one.unwrap().path().join("evidence"));
    let files = logs.filter(|path| path.is_dir()).flat_map(|path| fs::read_dir(path).unwrap());
    files.map(|one| one.unwrap().path()).collect()
}

#[test]
fn every_kept_export_gets_a_receipt_and_those_that_get_none_are_named() {
    let (at, _) = kept();
    let all = |into: &str| {
        at.without_key("receipt", &["--all", "--key", "board.key", "--passphrase-file", "pass", "--into", into])
    };
    let (code, said) = all("receipts");
    assert!(code == Some(0) && said.contains("Biên nhận đã ký: 2, không ký: 0"), "{said}");
    let keys = BoardKeys::one(board().verifier().clone());
    let names: Vec<String> = fs::read_dir(at.path("receipts"))
        .unwrap()
        .map(|one| {
            let path = one.unwrap().path();
            assert!(Receipt::open(&fs::read_to_string(&path).unwrap(), &keys).is_ok(), "{}", path.display());
            path.file_name().unwrap().to_string_lossy().into_owned()
        })
        .collect();
    assert!(names.iter().any(|name| name.starts_with("d1-b1-")) && names.iter().any(|name| name.starts_with("d2-b1-")));
    assert_eq!(all("receipts").0, Some(3), "nothing is overwritten");
    fs::remove_file(&evidence_files(&at)[0]).unwrap();
    let (code, said) = all("fewer");
    assert!(code == Some(2) && said.contains("KHÔNG CÓ BIÊN NHẬN") && said.contains("không nguyên vẹn"), "{said}");
    assert_eq!(fs::read_dir(at.path("fewer")).unwrap().count(), 1, "the other one has its receipt");
    let no_key = at.without_key("receipt", &["--all", "--into", "x"]);
    assert_eq!(no_key.0, Some(64), "{}", no_key.1);
    assert_eq!(at.without_key("receipt", &[]).0, Some(64));
}

#[test]
fn two_members_see_sealed_evidence_and_the_record_says_who_looked() {
    let (at, sha256) = kept();
    let (_, person) = at.run("review", &["--person", "99000001"]);
    assert!(person.contains(&sha256), "{person}");
    let look = |keys: &[&str], sha256: &str, identity: &str| {
        let more = [sha256, "--identity", identity, "--identity-passphrase-file", "pass", "--reason", "Khiếu nại số 4"];
        signed(&at, "evidence", keys, &more)
    };
    let shows = |said: &str| said.contains("passive.signature");
    let (code, said) = look(&["hd-01"], &sha256, "recovery.key");
    assert!(code == Some(2) && said.contains("cần hai thành viên") && !shows(&said), "{said}");
    let (code, said) = look(&["hd-01", "hd-03"], &sha256, "recovery.key");
    assert!(code == Some(2) && !shows(&said), "{said}");
    let (code, said) = look(&["hd-01", "hd-02"], &"00".repeat(32), "recovery.key");
    assert!(code == Some(2) && said.contains("không có bản ghi nào giữ chứng cứ"), "{said}");
    assert!(look(&["hd-01", "hd-02"], &sha256, "hd-01.key").0 != Some(0), "another key opens nothing");
    assert_eq!(deeds(&at), Vec::<Value>::new(), "nobody has looked");
    let (code, said) = look(&["hd-01", "hd-02"], &sha256, "recovery.key");
    assert!(code == Some(0) && shows(&said) && said.contains("ĐÃ GHI"), "{said}");
    let [deed] = deeds(&at).try_into().unwrap();
    assert_eq!((&deed["deed"], &deed["reason"]), (&Value::from("evidence-opened"), &Value::from("Khiếu nại số 4")));
    assert!(deed["what"][0].as_str().unwrap().contains(&sha256) && deed["by"].as_array().unwrap().len() == 2);
    let opened: Vec<_> = fs::read_dir(at.path(".")).unwrap().map(|one| one.unwrap().file_name()).collect();
    assert!(opened.iter().all(|name| !name.to_string_lossy().contains("EF_SOD")), "nothing was written: {opened:?}");
    // A file that is not the one that the entry names is not opened.
    fs::write(&evidence_files(&at)[0], b"other").unwrap();
    let (code, said) = look(&["hd-01", "hd-02"], &sha256, "recovery.key");
    assert!(code != Some(0) && !shows(&said), "{said}");
}

/// Settles every case, each with the same last day of appeal.
fn settle_all(at: &Board, appeal_until: &str) {
    for case in at.json("review", &[])["cases"].as_array().unwrap() {
        let more = [
            case["id"].as_str().unwrap(),
            "--state",
            "decided",
            "--ruling",
            "x",
            "--reason",
            "x",
            "--appeal-until",
            appeal_until,
        ];
        let (code, said) = signed(at, "decide", &["hd-01", "hd-02"], &more);
        assert_eq!(code, Some(0), "{said}");
    }
}

#[test]
fn only_what_is_due_is_purged_and_two_members_sign() {
    let (at, _) = kept();
    fs::create_dir_all(at.path("thi/portraits")).unwrap();
    fs::write(at.path("thi/portraits/99000001.jpg"), b"x").unwrap();
    let purge =
        |keys: &[&str], more: &[&str]| signed(&at, "purge", keys, &[&["--reason", "Hết hạn lưu giữ"], more].concat());
    let is_whole =
        || at.path("thi/candidates.csv").exists() && at.count("portraits") == 1 && evidence_files(&at).len() == 1;
    let keep_until = |day: &str| {
        let text = SETTINGS.replace("[[session]]", &format!("keep_until = \"{day}\"\n[[session]]"));
        fs::write(at.path("thi/exam.toml"), text).unwrap();
    };
    let refused = |wanted: &str| {
        let (code, said) = purge(&["hd-01", "hd-02"], &[]);
        assert!(code == Some(2) && said.contains(wanted) && is_whole(), "{wanted}: {said}");
    };
    refused("chưa có keep_until");
    keep_until("2999-12-31");
    refused("còn phải giữ đến hết ngày 31/12/2999");
    keep_until("2020-01-01");
    refused("vụ việc chưa giải quyết xong");
    settle_all(&at, "2999-06-30");
    refused("còn hạn khiếu nại đến hết ngày 30/06/2999");
    assert_eq!(deeds(&at), Vec::<Value>::new());
}

#[test]
fn a_purge_deletes_what_names_people_and_leaves_the_record() {
    let (at, _) = kept();
    fs::create_dir_all(at.path("thi/portraits")).unwrap();
    fs::write(at.path("thi/portraits/99000001.jpg"), b"x").unwrap();
    let text = SETTINGS.replace("[[session]]", "keep_until = \"2020-01-01\"\n[[session]]");
    fs::write(at.path("thi/exam.toml"), text).unwrap();
    settle_all(&at, "2020-01-02");
    let purge = |keys: &[&str], more: &[&str]| signed(&at, "purge", keys, &[&["--reason", "Hết hạn"], more].concat());
    let (code, said) = purge(&["hd-01"], &[]);
    assert!(code == Some(2) && said.contains("cần hai thành viên"), "{said}");
    let (code, said) = purge(&["hd-01", "hd-02"], &["--dry-run"]);
    assert!(code == Some(0) && said.contains("xóa portraits/: 1"), "{said}");
    assert!(at.path("thi/candidates.csv").exists() && deeds(&at).is_empty(), "nothing was done");
    let (code, said) = purge(&["hd-01", "hd-02"], &[]);
    assert!(code == Some(0) && said.contains("ĐÃ XÓA"), "{said}");
    assert!(!at.path("thi/candidates.csv").exists() && at.count("portraits") == 0 && evidence_files(&at).is_empty());
    let [deed] = deeds(&at).try_into().unwrap();
    assert_eq!(deed["deed"], "purged");
    assert!(deed["what"].as_array().unwrap().contains(&Value::from("candidates.csv 1")), "{deed}");
    let review = at.json("review", &[]);
    assert_eq!(review["intake"]["logs"].as_array().unwrap().len(), 3, "both logs and the record are still sound");
    assert_eq!(review["intake"]["damaged"], Value::Array(vec![]));
}
