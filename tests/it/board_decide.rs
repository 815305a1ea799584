//! What members of the board do about cases: their own record, two people, undone by a new entry, checked like any log.

use crate::board_exam::{Board, check_in, wrote};
use crate::programs::board_program;
use crate::record_support::board;
use diemdanh::bits::random::SeededRandom;
use diemdanh::bits::secret::Secret;
use diemdanh::host::keys::{SealCost, seal};
use diemdanh::tlog::NoteKey;
use serde_json::Value;
use std::fs;
use std::process::Command;

pub(crate) const PASSPHRASE: &str = "mot cau du dai";

/// A key of somebody, sealed; its verifier key beside it.
fn key(at: &Board, name: &str, key: &NoteKey) {
    let cost = SealCost { memory_kib: 64, passes: 1 };
    let passphrase = Secret::new(PASSPHRASE.to_owned());
    let sealed = seal(key, &passphrase, cost, &mut SeededRandom::new(name)).unwrap();
    fs::write(at.path(&format!("{name}.key")), sealed).unwrap();
    fs::write(at.path(&format!("{name}.vkey")), key.verifier().to_string()).unwrap();
}

fn member_key(code: &str) -> NoteKey {
    NoteKey::generate(&format!("board.example/{code}"), &mut SeededRandom::new(code)).unwrap()
}

/// A board with two members, and somebody who is none.
pub(crate) fn with_members() -> Board {
    let at = Board::new();
    fs::write(at.path("pass"), PASSPHRASE).unwrap();
    key(&at, "board", &board());
    for code in ["hd-01", "hd-02", "hd-03"] {
        key(&at, code, &member_key(code));
    }
    for code in ["hd-01", "hd-02"] {
        let vkey = format!("{code}.vkey");
        let (code, said) =
            at.without_key("member", &[code, "--member", &vkey, "--key", "board.key", "--passphrase-file", "pass"]);
        assert_eq!(code, Some(0), "{said}");
    }
    at
}

/// The same with a duplicate to decide on.
pub(crate) fn decided() -> (Board, String) {
    let at = with_members();
    wrote(&at, "d1", "sticks/one", &[check_in(1)]);
    wrote(&at, "d2", "sticks/two", &[check_in(1)]);
    assert_eq!(at.run("receive", &["sticks"]).0, Some(0));
    let case = duplicate(&at)["id"].as_str().unwrap().to_owned();
    (at, case)
}

pub(crate) fn duplicate(at: &Board) -> Value {
    let review = at.json("review", &[]);
    let cases = review["cases"].as_array().unwrap();
    cases.iter().find(|case| case["rule"] == "sitting.twice").unwrap().clone()
}

fn decide(at: &Board, case: &str, state: &str, keys: &[&str], more: &[&str]) -> (Option<i32>, String) {
    let first = format!("{}.key", keys[0]);
    let mut args =
        vec![case, "--state", state, "--reason", "Đã xem biên bản", "--key", &first, "--passphrase-file", "pass"];
    let second = keys.get(1).map(|key| format!("{key}.key"));
    if let Some(second) = &second {
        args.extend(["--with", second, "--with-passphrase-file", "pass"]);
    }
    at.run("decide", &[&args[..], more].concat())
}

#[test]
fn two_members_decide_and_a_new_entry_takes_it_back() {
    let (at, case) = decided();
    assert_eq!(duplicate(&at)["state"], "new");
    assert_eq!(decide(&at, &case, "asked", &["hd-02"], &[]).0, Some(0));
    assert_eq!(duplicate(&at)["state"], "asked");
    let (code, said) = decide(&at, &case, "decided", &["hd-01", "hd-02"], &["--ruling", "came-back"]);
    assert!(code == Some(0) && said.contains("ĐÃ GHI"), "{said}");
    assert_eq!(duplicate(&at)["state"], "decided");
    let (_, said) = at.run("review", &["--cases"]);
    assert!(said.contains("đã quyết định (hd-01, hd-02) came-back: Đã xem biên bản"), "{said}");
    let steps = at.json("review", &[])["steps"].clone();
    let step = steps.as_array().unwrap().iter().find(|step| step["state"] == "decided").unwrap()["entry"].clone();
    let (code, said) = decide(&at, &case, "new", &["hd-02"], &["--undo", step.as_str().unwrap()]);
    assert_eq!(code, Some(2), "one member takes nothing back: {said}");
    assert_eq!(decide(&at, &case, "new", &["hd-02", "hd-01"], &["--undo", step.as_str().unwrap()]).0, Some(0));
    assert_eq!(duplicate(&at)["state"], "asked");
    assert_eq!(at.states()[0], "present", "nothing in a desk's log was edited");
}

#[test]
fn whoever_is_no_member_or_alone_decides_nothing() {
    let (at, case) = decided();
    for (keys, wanted) in [
        (&["hd-01"][..], "cần hai thành viên"),
        (&["hd-01", "hd-01"][..], "cần hai thành viên"),
        (&["hd-03", "hd-01"][..], "không phải khóa của thành viên"),
        (&["board", "hd-01"][..], "không phải khóa của thành viên"),
    ] {
        let (code, said) = decide(&at, &case, "decided", keys, &["--ruling", "came-back"]);
        assert!(code == Some(2) && said.contains(wanted), "{keys:?}: {said}");
    }
    // Who can write the folder makes no member of a desk.
    fs::copy(at.path("thi/desks/d1.cert"), at.path("thi/members/d1.cert")).unwrap();
    key(&at, "d1", &member_key("d1"));
    let (code, said) = decide(&at, &case, "asked", &["d1"], &[]);
    assert!(code == Some(2) && said.contains("không phải khóa của thành viên"), "{said}");
    assert_eq!(decide(&at, "00", "asked", &["hd-01"], &[]).0, Some(2));
    assert_eq!(decide(&at, &case, "guilty", &["hd-01"], &[]).0, Some(64));
    assert_eq!(at.json("review", &[])["steps"], Value::Array(vec![]));
}

#[test]
fn a_members_record_verifies_with_every_checker_and_is_received_elsewhere() {
    let (at, case) = decided();
    assert_eq!(decide(&at, &case, "decided", &["hd-01", "hd-02"], &["--ruling", "came-back"]).0, Some(0));
    let (code, said) = at.run("record", &["--key", "hd-01.key", "--passphrase-file", "pass", "--out", "record"]);
    assert_eq!(code, Some(0), "{said}");
    let mut verify = board_program();
    verify.current_dir(at.path(".")).args(["verify", "record", "--board-key", "board.vkey", "--exam", "thi"]);
    let output = verify.output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "sound, with remarks: {said}");
    let script = at.path("record/verify.py");
    let python =
        Command::new("python3").arg(script).arg(at.path("record")).arg(at.path("board.vkey")).output().unwrap();
    assert!(python.status.success() || python.status.code() == Some(1), "{}", String::from_utf8_lossy(&python.stdout));
    // The same exam on another member's computer, without the first one's journal.
    fs::remove_dir_all(at.path("thi/board")).unwrap();
    assert_eq!(duplicate(&at)["state"], "new");
    let (code, said) = at.run("receive", &["record"]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(duplicate(&at)["state"], "decided");
}

#[test]
fn a_record_that_somebody_changed_is_told() {
    let (at, case) = decided();
    assert_eq!(decide(&at, &case, "asked", &["hd-01"], &[]).0, Some(0));
    let segment = at.path("thi/board/hd-01/001.seg");
    let mut bytes = fs::read(&segment).unwrap();
    let at_word = bytes.windows(11).position(|part| part == b"state asked").unwrap();
    bytes[at_word..at_word + 11].copy_from_slice(b"state close");
    fs::write(&segment, bytes).unwrap();
    let (code, said) = at.run("review", &[]);
    assert!(code == Some(1) && said.contains("board/hd-01"), "{said}");
}

#[test]
fn a_decision_says_when_another_entry_has_come_since() {
    let (at, case) = decided();
    assert_eq!(decide(&at, &case, "decided", &["hd-01", "hd-02"], &["--ruling", "came-back"]).0, Some(0));
    assert_eq!(duplicate(&at)["has_news"], false);
    fs::remove_dir_all(at.path("sticks")).unwrap();
    fs::remove_dir_all(at.path("thi/logs")).unwrap();
    wrote(&at, "d1", "sticks/one", &[check_in(1), check_in(1)]);
    wrote(&at, "d2", "sticks/two", &[check_in(1)]);
    assert_eq!(at.run("receive", &["sticks"]).0, Some(0));
    let after = duplicate(&at);
    assert_eq!((after["id"].as_str(), &after["has_news"]), (Some(case.as_str()), &Value::Bool(true)));
}

#[test]
fn reports_are_the_same_bytes_twice_and_lie_outside_the_exam() {
    let (at, _) = decided();
    for name in ["one", "two"] {
        let (code, said) = at.run("report", &["--into", name]);
        assert_eq!(code, Some(0), "{said}");
    }
    for file in
        ["tong-hop.xlsx", "ket-qua.csv", "tong-hop-b1.pdf", "0001-0901/vang-thi-b1.pdf", "0001-0901/bien-ban-b1.pdf"]
    {
        let read = |folder: &str| fs::read(at.path(folder).join(file)).unwrap();
        assert_eq!(read("one"), read("two"), "{file}");
    }
    let csv = fs::read_to_string(at.path("one/ket-qua.csv")).unwrap();
    assert!(csv.contains("Số báo danh,Buổi thi,Điểm thi,Phòng thi,Tình trạng,Lý do"), "{csv}");
    assert!(csv.contains("99000001,b1,0901,P1,Dự thi,") && csv.contains("99000004,b1,0901,P1,Vắng,"), "{csv}");
    assert_eq!(at.run("report", &["--into", "one"]).0, Some(3), "nothing is overwritten");
    assert_eq!(at.run("report", &["--into", "thi/bao-cao"]).0, Some(3));
    fs::write(
        at.path("thi/forms.toml"),
        "version = \"so-1\"\n[columns]\ncandidate = \"SBD\"\n[csv]\ncolumns = [\"candidate\", \"state\"]\n",
    )
    .unwrap();
    assert_eq!(at.run("report", &["--into", "own"]).0, Some(0));
    assert!(fs::read_to_string(at.path("own/ket-qua.csv")).unwrap().starts_with("\u{feff}SBD,Tình trạng\n"));
}

#[test]
fn explanations_are_answered_at_the_command_line_too() {
    let (at, case) = decided();
    let answer = |words: &str| {
        let base =
            [&case, "--state", "new", "--reason", "Xem camera", "--key", "hd-01.key", "--passphrase-file", "pass"];
        at.run("decide", &[&base[..], &["--answer", words]].concat())
    };
    assert_eq!(answer("came-back=fits: camera 3, 07:20").0, Some(0));
    let (code, said) = answer("twin=fits");
    assert!(code == Some(64) && said.contains("came-back, wrong-row"), "{said}");
    assert_eq!(answer("came-back=maybe").0, Some(64));
    assert_eq!(answer("came-back=fits: số 099208000001").0, Some(64), "nobody's number");
    let told = duplicate(&at);
    assert_eq!(
        (&told["state"], &told["answers"][0]["words"]),
        (&"new".into(), &"camera 3, 07:20".into()),
        "an answer leaves the state as it is"
    );
}

/// A member whose key lies in a token makes it, is certified, and decides, with a PIN; a wrong PIN and a token that is not
/// there are told apart from a sealed file.
#[test]
fn a_members_key_may_lie_in_a_token() {
    if crate::device_keys::is_inside() {
        return decides_by_token();
    }
    let Some((_folder, conf)) = crate::device_keys::init_token() else { return };
    crate::device_keys::again("board_decide::a_members_key_may_lie_in_a_token", &[("SOFTHSM2_CONF", conf)]);
}

fn decides_by_token() {
    let (at, case) = decided();
    fs::write(at.path("pin"), "4321\n").unwrap();
    fs::write(at.path("wrong-pin"), "9999\n").unwrap();
    let new = |pin: &str| {
        let mut command = board_program();
        let made = ["key", "new", "--out", "tok", "--board", "board.example", "--desk", "hd-07", "--token", "desk"];
        command.args(made).args(["--module", crate::device_keys::MODULE, "--passphrase-file", pin]);
        command.current_dir(at.path("")).output().unwrap()
    };
    let refused = new("wrong-pin");
    assert!(!refused.status.success() && !at.path("tok/device.key").exists(), "a wrong PIN leaves no file");
    let made = new("pin");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let place = fs::read_to_string(at.path("tok/device.key")).unwrap();
    assert!(place.contains("\"token\"") && !place.contains("4321"), "{place}");
    assert!(!new("pin").status.success(), "never overwritten");
    let member = ["hd-07", "--member", "tok/device.vkey", "--key", "board.key", "--passphrase-file", "pass"];
    let (code, said) = at.without_key("member", &member);
    assert_eq!(code, Some(0), "{said}");
    let by = |pin: &str, key: &str| {
        let args = [&case, "--state", "decided", "--ruling", "came-back", "--reason", "Đã xem biên bản", "--key", key];
        let with = ["--passphrase-file", pin, "--with", "hd-02.key", "--with-passphrase-file", "pass"];
        at.run("decide", &[&args[..], &with[..]].concat())
    };
    let (code, said) = by("wrong-pin", "tok/device.key");
    assert!(code == Some(3) && said.contains("thiết bị khóa không nhận mã PIN này"), "{code:?} {said}");
    fs::write(at.path("away.key"), place.replace("\"desk\"", "\"away\"")).unwrap();
    let (code, said) = by("pin", "away.key");
    assert!(code == Some(3) && said.contains("chưa cắm thiết bị khóa"), "{code:?} {said}");
    assert_eq!(duplicate(&at)["state"], "new", "nothing was written");
    let foreign = place.replace(crate::device_keys::MODULE, &at.path("libmine.so").display().to_string());
    fs::copy(crate::device_keys::MODULE, at.path("libmine.so")).unwrap();
    fs::write(at.path("foreign.key"), foreign).unwrap();
    let (code, said) = by("pin", "foreign.key");
    assert!(code == Some(3) && said.contains("installed"), "a library off a stick is told no PIN: {code:?} {said}");
    let both = [&case, "--state", "decided", "--ruling", "came-back", "--reason", "x", "--key", "tok/device.key"];
    let with = ["--passphrase-file", "pin", "--with", "tok/device.key", "--with-passphrase-file", "wrong-pin"];
    let (code, said) = at.run("decide", &[&both[..], &with[..]].concat());
    assert!(
        code != Some(0) && said.contains("cùng một thiết bị khóa"),
        "one PIN stands for one person: {code:?} {said}"
    );
    let (code, said) = by("pin", "tok/device.key");
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(duplicate(&at)["state"], "decided");
}

/// The same in a TPM: from the key's making to a decision that counts. Its passphrase is asked for as a file's is.
#[cfg(feature = "tpm")]
#[test]
fn a_members_key_may_lie_in_a_tpm() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let Some((_tpm, tcti)) = crate::device_keys::tpm(folder.path()) else {
        return crate::skips::skip("swtpm is not installed");
    };
    let (at, case) = decided();
    fs::write(at.path("short"), "ngan\n").unwrap();
    let new = |pass: &str| {
        let mut command = board_program();
        let made = ["key", "new", "--out", "tpm", "--board", "board.example", "--desk", "hd-08", "--tpm", &tcti];
        command.args(made).args(["--passphrase-file", pass]).current_dir(at.path("")).output().unwrap()
    };
    assert!(!new("short").status.success() && !at.path("tpm/device.key").exists(), "a short passphrase leaves no file");
    let made = new("pass");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let read = |name: &str| fs::read_to_string(at.path(name)).unwrap();
    let (place, wrapped) = (read("tpm/device.key"), read("tpm/device.tpm"));
    assert!(place.contains("\"tpm\"") && !place.contains(PASSPHRASE) && !wrapped.contains(PASSPHRASE), "{place}");
    assert!(!new("pass").status.success() && read("tpm/device.tpm") == wrapped, "never overwritten");
    let member = ["hd-08", "--member", "tpm/device.vkey", "--key", "board.key", "--passphrase-file", "pass"];
    let (code, said) = at.without_key("member", &member);
    assert_eq!(code, Some(0), "{said}");
    let by = |pass: &str, key: &str, with: &str| {
        let args = [&case, "--state", "decided", "--ruling", "came-back", "--reason", "Đã xem biên bản", "--key", key];
        let with = ["--passphrase-file", pass, "--with", with, "--with-passphrase-file", "pass"];
        at.run("decide", &[&args[..], &with[..]].concat())
    };
    fs::write(at.path("wrong"), "mot cau khac\n").unwrap();
    let (code, said) = by("wrong", "tpm/device.key", "hd-02.key");
    assert!(code == Some(3) && said.contains("mật khẩu không đúng"), "{code:?} {said}");
    let (_other, other_tcti) = crate::device_keys::tpm(other.path()).unwrap();
    fs::write(at.path("tpm/elsewhere.key"), place.replace(&tcti, &other_tcti)).unwrap();
    let (code, said) = by("pass", "tpm/elsewhere.key", "hd-02.key");
    assert!(code == Some(3) && said.contains("không phải thiết bị đã tạo khóa này"), "another TPM: {code:?} {said}");
    fs::write(at.path("tpm/nowhere.key"), place.replace(&tcti, "swtpm:host=127.0.0.1,port=1")).unwrap();
    let (code, said) = by("pass", "tpm/nowhere.key", "hd-02.key");
    assert!(code == Some(3) && !said.contains("ĐÃ GHI"), "no TPM: {code:?} {said}");
    fs::write(at.path("alone.key"), &place).unwrap();
    let (code, said) = by("pass", "alone.key", "hd-02.key");
    assert!(code == Some(3) && said.contains("không có tệp khóa này"), "without the file beside it: {code:?} {said}");
    let (code, said) = by("pass", "tpm/device.key", "tpm/device.key");
    assert!(code == Some(2) && said.contains("cần hai thành viên"), "one key is one person: {code:?} {said}");
    assert_eq!(duplicate(&at)["state"], "new", "nothing was written");
    assert_eq!(by("pass", "hd-02.key", "tpm/device.key").0, Some(0), "beside a sealed key");
    assert_eq!(duplicate(&at)["state"], "decided");
    let step = at.json("review", &[])["steps"][0]["entry"].clone();
    let undo = [&case, "--state", "new", "--reason", "Nhầm", "--undo", step.as_str().unwrap()];
    let keys = ["--key", "tpm/device.key", "--passphrase-file", "pass", "--with", "hd-01.key"];
    let (code, said) = at.run("decide", &[&undo[..], &keys[..], &["--with-passphrase-file", "pass"]].concat());
    assert_eq!(code, Some(0), "its own record, signed by the TPM: {said}");
    assert_eq!(duplicate(&at)["state"], "new");
    let record = ["--key", "tpm/device.key", "--passphrase-file", "pass", "--out", "record"];
    assert_eq!(at.run("record", &record).0, Some(0));
    let mut verify = board_program();
    verify.arg("verify").arg(at.path("record")).arg("--board-key").arg(at.path("board.vkey"));
    assert!(verify.output().unwrap().status.code().is_some_and(|code| code <= 1), "and anybody can check it");
}
