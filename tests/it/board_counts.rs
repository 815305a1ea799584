//! Scripts that members counted, and differences that they explain: entries of the board's record, and on every screen.

use crate::board_decide::{decided, duplicate};
use crate::board_exam::Board;
use diemdanh::office::review_book::ReviewBook;
use diemdanh::office::work::exam::reviewing::{Sources, load};
use diemdanh::review::book::{Book as _, List, Mark, Wanted};
use diemdanh::words::Language;
use serde_json::Value;
use std::fs;

fn signed(at: &Board, command: &str, keys: &[&str], more: &[&str]) -> (Option<i32>, String) {
    let files: Vec<String> = keys.iter().map(|key| format!("{key}.key")).collect();
    let mut args = more.to_vec();
    args.extend(["--key", &files[0], "--passphrase-file", "pass"]);
    if let Some(second) = files.get(1) {
        args.extend(["--with", second, "--with-passphrase-file", "pass"]);
    }
    at.run(command, &args)
}

fn counts(at: &Board, keys: &[&str], count: &str, more: &[&str]) -> (Option<i32>, String) {
    let place = ["--session", "b1", "--site", "0901", "--room", "P1", "--count", count];
    signed(at, "scripts", keys, &[&place[..], more].concat())
}

fn room(at: &Board) -> Value {
    let review = at.json("review", &[]);
    let rooms = review["rooms"].as_array().unwrap();
    rooms.iter().find(|one| one["room"] == "P1").unwrap().clone()
}

fn difference(at: &Board, kind: &str) -> Value {
    let room = room(at);
    let all = room["differences"].as_array().unwrap();
    all.iter().find(|one| one["kind"] == kind).cloned().unwrap_or(Value::Null)
}

#[test]
fn a_count_is_an_entry_and_a_second_one_does_not_replace_it_in_silence() {
    let (at, _) = decided();
    // One of the four is in (at both desks, once as a person).
    let (code, said) = counts(&at, &["hd-01"], "1", &[]);
    assert!(code == Some(0) && said.contains("ĐÃ GHI"), "{said}");
    assert_eq!((&room(&at)["scripts"], difference(&at, "scripts-missing")), (&Value::from(1), Value::Null));
    assert_eq!(counts(&at, &["hd-02"], "3", &[]).0, Some(0));
    let both = room(&at);
    assert_eq!((&both["scripts"], both["script_counts"].as_array().unwrap().len()), (&Value::Null, 2));
    assert_eq!(difference(&at, "scripts-contradicted")["units"], 2);
    let wrong = both["script_counts"].as_array().unwrap().iter().find(|one| one["scripts"] == 1).unwrap();
    let wrong = wrong["entry"].as_str().unwrap().to_owned();
    let (code, said) = counts(&at, &["hd-01"], "2", &["--instead", &wrong]);
    assert!(code == Some(2) && said.contains("cần hai thành viên"), "one member replaces nothing: {said}");
    assert_eq!(counts(&at, &["hd-01", "hd-02"], "3", &["--instead", &wrong]).0, Some(0));
    assert_eq!(
        (&room(&at)["scripts"], difference(&at, "scripts-too-many")["units"].as_u64()),
        (&Value::from(3), Some(2))
    );
    let (_, said) = at.run("review", &["--rooms"]);
    assert!(
        said.contains("số bài 3") && said.contains("thừa bài thi: 2") && said.contains("chưa giải thích"),
        "{said}"
    );
}

#[test]
fn rooms_and_entries_that_are_not_there_are_refused() {
    let (at, _) = decided();
    for (place, wanted) in
        [(["b9", "0901", "P1"], "b9 0901 P1"), (["b1", "0901", "P9"], "P9"), (["b1", "0999", ""], "0999")]
    {
        let [session, site, room] = place;
        let args = ["--session", session, "--site", site, "--room", room, "--count", "1"];
        let (code, said) = signed(&at, "scripts", &["hd-01"], &args);
        assert!(code == Some(2) && said.contains(wanted), "{said}");
    }
    assert_eq!(counts(&at, &["hd-01"], "-1", &[]).0, Some(64));
    assert_eq!(counts(&at, &["hd-01"], "1", &["--reason", "một\nhai"]).0, Some(64));
    let (code, said) = counts(&at, &["hd-01", "hd-02"], "1", &["--instead", "x"]);
    assert!(code == Some(2) && said.contains("không phải số bài"), "{said}");
    assert_eq!(counts(&at, &["hd-03"], "1", &[]).0, Some(2), "whoever is no member counts nothing");
    assert_eq!(room(&at)["script_counts"], Value::Array(vec![]));
}

#[test]
fn two_members_explain_a_difference_and_take_it_back() {
    let (at, _) = decided();
    assert_eq!(counts(&at, &["hd-01"], "0", &[]).0, Some(0));
    let open = difference(&at, "scripts-missing");
    assert_eq!((&open["open"], &open["units"]), (&Value::Bool(true), &Value::from(1)));
    let id = open["id"].as_str().unwrap();
    let explain = |keys: &[&str], more: &[&str]| {
        signed(&at, "explain", keys, &[&[id, "--reason", "Giấy ra về sớm số 2"], more].concat())
    };
    let category = ["--category", "left-without-script"];
    assert_eq!(explain(&["hd-01"], &category).0, Some(2), "it takes two");
    let (code, said) = explain(&["hd-01", "hd-02"], &["--category", "stolen"]);
    assert!(code == Some(64) && said.contains("left-without-script, script-without-entry"), "{said}");
    assert_eq!(explain(&["hd-01", "hd-02"], &[]).0, Some(64), "neither a category nor an entry to take back");
    assert_eq!(explain(&["hd-01", "hd-02"], &category).0, Some(0));
    let said = difference(&at, "scripts-missing");
    assert_eq!(
        (&said["open"], &said["said"][0]["category"]),
        (&Value::Bool(false), &Value::from("left-without-script"))
    );
    let (_, text) = at.run("review", &["--rooms"]);
    assert!(text.contains("thí sinh ra về không nộp bài (hd-01, hd-02): Giấy ra về sớm số 2"), "{text}");
    assert_eq!(at.run("report", &["--into", "out"]).0, Some(0));
    assert!(fs::metadata(at.path("out/0001-0901/bien-ban-b1.pdf")).unwrap().len() > 1_000);
    // Another count makes it another difference.
    let entry = room(&at)["script_counts"][0]["entry"].as_str().unwrap().to_owned();
    let of = said["said"][0]["entry"].as_str().unwrap().to_owned();
    let (code, text) = explain(&["hd-01", "hd-02"], &["--undo", &of]);
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(difference(&at, "scripts-missing")["open"], Value::Bool(true));
    assert_eq!(explain(&["hd-01", "hd-02"], &["--undo", &entry]).0, Some(2), "a count is no explanation");
    let (code, text) = signed(&at, "explain", &["hd-01", "hd-02"], &["00", "--reason", "x", "--category", "withdrawn"]);
    assert!(code == Some(2) && text.contains("không có chênh lệch"), "{text}");
}

#[test]
fn a_case_says_what_it_waits_for() {
    let (at, case) = decided();
    let asked = [
        &case,
        "--state",
        "asked",
        "--reason",
        "Hỏi giám thị và thí sinh",
        "--due",
        "2026-07-10",
        "--asked",
        "giám thị 1",
        "--asked",
        "thí sinh",
        "--preserve",
        "camera cổng B 07:20-07:40",
        "--appeal-until",
        "2026-08-01",
    ];
    assert_eq!(signed(&at, "decide", &["hd-01"], &asked).0, Some(0));
    let given = [&case, "--state", "asked", "--reason", "Đã nhận", "--given", "giám thị 1"];
    assert_eq!(signed(&at, "decide", &["hd-02"], &given).0, Some(0));
    let duties = duplicate(&at)["duties"].clone();
    assert_eq!((&duties["due"], &duties["appeal_until"]), (&Value::from("2026-07-10"), &Value::from("2026-08-01")));
    let (_, said) = at.run("review", &["--cases"]);
    for part in [
        "10/07/2026",
        "đã hỏi, chờ trả lời: thí sinh",
        "đã có lời trình bày: giám thị 1",
        "cần giữ, không để ghi đè: camera cổng B 07:20-07:40",
        "hạn khiếu nại: 01/08/2026",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains("chờ trả lời: giám thị 1"), "{said}");
    let two_lines = [&case, "--state", "asked", "--reason", "x", "--preserve", "một\nhai"];
    assert_eq!(signed(&at, "decide", &["hd-01"], &two_lines).0, Some(64));
    let no_day = [&case, "--state", "asked", "--reason", "x", "--due", "2026-13-01"];
    assert_eq!(signed(&at, "decide", &["hd-01"], &no_day).0, Some(64));
}

/// Every line of every sheet of a list, as the window has them; those that somebody has to look at apart.
fn sheets(at: &Board, list: List) -> (Vec<String>, Vec<String>) {
    let (folder, board_key) = (at.path("thi"), at.path("board.vkey"));
    let sources = Sources { folder, board_key, anchors: None, revocations: None, index_keys: None };
    let book = ReviewBook::new(load(&sources, &mut |_, _| true).unwrap().unwrap()).unwrap();
    let (mut all, mut looked) = (Vec::new(), Vec::new());
    for row in book.find(list, &Wanted::default()) {
        let sheet = book.sheet(list, row, Language::Vietnamese).unwrap();
        let blocks = sheet.blocks.into_iter().flat_map(|(one, other)| [Some(one), other]).flatten();
        for line in blocks.flat_map(|block| block.lines) {
            if line.mark == Mark::Look {
                looked.push(line.text.clone());
            }
            all.push(line.text);
        }
    }
    (all, looked)
}

#[test]
fn the_window_says_what_a_case_waits_for_and_what_explains_a_difference() {
    let (at, case) = decided();
    let asked = [
        &case,
        "--state",
        "asked",
        "--reason",
        "Hỏi",
        "--due",
        "2026-07-10",
        "--asked",
        "thí sinh",
        "--preserve",
        "camera cổng B",
    ];
    assert_eq!(signed(&at, "decide", &["hd-01"], &asked).0, Some(0));
    assert_eq!(counts(&at, &["hd-01"], "0", &[]).0, Some(0));
    let (_, looked) = sheets(&at, List::Cases);
    for part in ["hạn: 10/07/2026", "đã hỏi, chờ trả lời: thí sinh", "cần giữ, không để ghi đè: camera cổng B"]
    {
        assert!(looked.iter().any(|line| line == part), "{part}: {looked:?}");
    }
    let (all, looked) = sheets(&at, List::Rooms);
    assert!(all.iter().any(|line| line == "số bài 0 (hd-01)"), "{all:?}");
    assert!(looked.iter().any(|line| line == "chưa giải thích"), "{looked:?}");
    let id = difference(&at, "scripts-missing")["id"].as_str().unwrap().to_owned();
    let more = [id.as_str(), "--reason", "Giấy số 2", "--category", "left-without-script"];
    assert_eq!(signed(&at, "explain", &["hd-01", "hd-02"], &more).0, Some(0));
    let (all, looked) = sheets(&at, List::Rooms);
    assert!(
        all.iter().any(|line| line.starts_with("thí sinh ra về không nộp bài (hd-01, hd-02): Giấy số 2")),
        "{all:?}"
    );
    assert!(!looked.iter().any(|line| line == "chưa giải thích"), "{looked:?}");
}
