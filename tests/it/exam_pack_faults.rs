//! What the board's commands for packages refuse, and what is left when they are stopped anywhere.

use crate::cut::Cut;
use crate::exam_pack::{Enrollee, Office, is_there, stranger};
use crate::programs::board_program;
use diemdanh::host::folder::{Files, FolderError};
use diemdanh::host::staging::{Staging, recover};
use diemdanh::office::exam::enrolment::EnrolmentFault;
use diemdanh::office::exam::{Exam, ExamError, Fault, Ledger, Policy, check};
use diemdanh::package::note::{digest_of, split_file};
use std::path::Path;
use std::process::Stdio;

const PACK: &str = "--key board.key --exam-key exam.key --recovery recovery.pub --out goi --passphrase-file pass";

#[test]
fn packing_that_is_refused_leaves_everything_as_it_is() {
    let office = Office::new(false);
    office.enrol(&Enrollee::new("ban-01", "0901"));
    stranger(&office, "la.key", "other.example");
    stranger(&office, "la-exam.key", "so.example/tn2027/exam-key");
    std::fs::write(office.path("sai"), "sai\n").unwrap();
    std::fs::write(office.path("thi/exam.key"), "").unwrap();
    let exam = office.exam();
    let rows = [
        (format!("pack thi {PACK} --session b9"), 2, "không có buổi thi “b9”"),
        (format!("pack thi {PACK} --site 0999"), 2, "không có điểm thi “0999”"),
        (format!("pack thi {PACK} --site 0901 --days 1"), 2, "không nằm trọn"),
        (format!("pack thi {PACK} --site 0901 --from 2099-01-01T00:00:00Z"), 2, "không nằm trọn"),
        // The second site has no desk.
        (format!("pack thi {PACK}"), 3, "không có bàn nào mở được gói"),
        (format!("pack none {PACK}"), 3, "none"),
        (format!("pack thi {}", PACK.replace("board.key", "la.key")), 2, "khóa là của “other.example”"),
        (format!("pack thi {}", PACK.replace("exam.key", "la-exam.key")), 2, "“so.example/tn2027/exam-key”"),
        (format!("pack thi {}", PACK.replace("exam.key", "thi/exam.key")), 2, "nằm trong thư mục kỳ thi"),
        (format!("pack thi {}", PACK.replace("recovery.pub", "pass")), 2, "không phải khóa nhận"),
        (format!("pack thi {}", PACK.replace("file pass", "file sai")), 3, "mật khẩu"),
        (format!("pack thi {}", PACK.replace("--key board.key ", "")), 64, "--key"),
        ("key thi --out thi/k.key --passphrase-file pass".to_owned(), 2, "không được nằm trong"),
        ("key thi --out exam.key --passphrase-file pass".to_owned(), 3, "already"),
    ];
    for (arguments, code, words) in rows {
        office.expect(&arguments, code, words);
        assert!(office.exam() == exam && office.packages().is_empty(), "{arguments}");
    }
    office.expect(&format!("pack thi {PACK} --accept"), 1, "4 gói mới");
    office.expect("key thi --out moi.key --passphrase-file pass", 0, "ghi moi.key");
    let packing = PACK.replace("exam.key", "moi.key");
    office.expect(&format!("pack thi {packing} --site 0901 --session b1"), 0, "v2");
}

#[test]
fn an_exam_that_is_not_in_order_is_not_packed() {
    let office = Office::new(false);
    office.enrol(&Enrollee::new("ban-01", "0901"));
    let good = office.exam();
    let with = |name: &str, bytes: &[u8]| {
        let mut files = good.clone();
        files.insert(name.to_owned(), bytes.to_vec());
        files
    };
    let text = |name: &str| String::from_utf8(good[name].clone()).unwrap();
    let rows: Vec<(Files, i32, &str)> = vec![
        (with("sites.csv", b"code,title\n"), 2, "TỪ CHỐI"),
        (
            with("trust/manifest.note", text("trust/manifest.note").replace("version 1", "version 2").as_bytes()),
            2,
            "manifest.note",
        ),
        (with("trust/manifest.json", b"{}"), 2, "trust/"),
        (
            with("desks/ban-01.cert", text("desks/ban-01.cert").replace("serial 1", "serial 7").as_bytes()),
            2,
            "không do khóa",
        ),
        (with("desks/ban-01.cert", b"x"), 3, "desks/ban-01.cert"),
        (with("desks/ban-01.request", b"x"), 3, "desks/ban-01.request"),
        (with("desks/ban-09.request", &good["desks/ban-01.request"]), 3, "desks/ban-09.request"),
        (with("desks/ban-01.toml", text("desks/ban-01.toml").replace("0901", "Điểm 2").as_bytes()), 2, "điểm thi khác"),
        (
            with("exam.toml", text("exam.toml").replace("training = false", "training = true").as_bytes()),
            2,
            "khác chế độ",
        ),
        (with("packages.csv", b"package,version\n"), 3, "packages.csv, dòng 1"),
        (with("candidates.csv", b"x"), 3, "candidates.csv"),
    ];
    for (files, code, words) in rows {
        std::fs::remove_dir_all(office.path("thi")).unwrap();
        office.put(files.clone());
        office.expect(&format!("pack thi {PACK} --site 0901 --accept"), code, words);
        assert!(office.exam() == files && office.packages().is_empty(), "{words}");
    }
    std::fs::remove_dir_all(office.path("thi")).unwrap();
    office.put(good);
    for name in ["trust/manifest.note", "portraits"] {
        let path = office.path("thi").join(name);
        if name == "portraits" {
            // A portrait that is larger than any portrait.
            std::fs::create_dir(&path).unwrap();
            std::fs::write(path.join("099208000001.jpg"), vec![0; (1 << 20) + 1]).unwrap();
            let said = office.expect(&format!("pack thi {PACK} --site 0901 --session b1"), 2, "portraits/");
            assert!(!said.contains("099208000001"), "{said}");
        } else {
            let kept = std::fs::read(&path).unwrap();
            std::fs::remove_file(&path).unwrap();
            office.expect(&format!("pack thi {PACK} --site 0901 --accept"), 2, "chưa được hội đồng ký");
            std::fs::write(&path, kept).unwrap();
        }
        assert!(office.packages().is_empty() && !is_there(&office.path("thi/packages.csv")));
    }
}

#[test]
fn training_may_do_without_a_signed_trust_folder() {
    let office = Office::new(true);
    office.enrol(&Enrollee::new("ban-01", "0901"));
    std::fs::remove_file(office.path("thi/trust/manifest.note")).unwrap();
    office.expect(&format!("pack thi {PACK} --site 0901"), 3, "trust/ chưa được hội đồng ký");
    office.expect(&format!("pack thi {PACK} --site 0901 --accept"), 1, "2 gói mới");
}

#[test]
fn requests_that_are_refused_leave_the_exam_as_it_is() {
    let office = Office::new(false);
    let exam = office.exam();
    let check = |change: &dyn Fn(&mut Enrollee), more: &str, words: &str| {
        let mut desk = Enrollee::new("ban-01", "0901");
        change(&mut desk);
        std::fs::write(office.path("yc"), desk.request.sign(&desk.device).unwrap()).unwrap();
        let fingerprint = desk.request.fingerprint();
        office.expect(
            &format!("enrol thi yc --fingerprint {fingerprint} --key board.key --passphrase-file pass{more}"),
            2,
            words,
        );
        assert_eq!(office.exam(), exam, "{words}");
    };
    check(&|desk| desk.request.exam = "tn2027".parse().unwrap(), "", "yêu cầu là của so.example/tn2027");
    check(&|desk| desk.request.board = "other.example".to_owned(), "", "yêu cầu là của other.example/tn");
    check(&|desk| desk.request.site = "0999".to_owned(), "", "sites.csv không có điểm này");
    check(&|desk| desk.request.desk = "BAN-01".parse().unwrap(), "", "mã bàn “BAN-01”");
    check(&|desk| desk.request.recipient = "age1nonsense".to_owned(), "", "không hợp lệ");
    let desk = Enrollee::new("ban-01", "0901");
    std::fs::write(office.path("yc"), desk.request.sign(&desk.device).unwrap()).unwrap();
    let wrong = "enrol thi yc --fingerprint 0000-0000-0000-0000 --key board.key --passphrase-file pass";
    office.expect(wrong, 2, "16 ký tự không khớp");
    let text = diemdanh::record::statement::Statement::text(&desk.request);
    let outside = desk.device.sign(&text.replace("\ndesk ban-01\n", "\ndesk ../../x\n")).unwrap();
    std::fs::write(office.path("yc"), outside).unwrap();
    office.expect(wrong, 2, "không phải yêu cầu");
    std::fs::write(office.path("yc"), "x").unwrap();
    office.expect(wrong, 2, "không phải yêu cầu");
    office.expect("enrol thi - --fingerprint 0 --key board.key", 64, "--passphrase-file");
    assert_eq!(office.exam(), exam);
}

#[test]
fn the_ledger_reads_only_what_it_writes() {
    let head = "package,version,sha256,size,rows,packed_at,fingerprint,revocations,desks,received\n";
    let digest = "ab".repeat(32);
    let row = |id: &str, version: &str| format!("{id},{version},{digest},9,2,2026-06-20T00:00:00Z,{digest},0,a b,a\n");
    let good = format!("{head}{}{}{}", row("tn/b1/1", "1"), row("tn/b1/1", "2"), row("tn/b1/2", "1"));
    let mut ledger = Ledger::read(good.as_bytes()).unwrap();
    assert_eq!(ledger.write(), good.as_bytes());
    assert_eq!((ledger.last("tn/b1/1").unwrap().version, ledger.last("tn/b1/3")), (2, None));
    assert!(ledger.receive("tn/b1/1", 2, "b") && !ledger.receive("tn/b1/1", 3, "b"));
    assert_eq!(ledger.find("tn/b1/1", 2).unwrap().received, ["a", "b"]);
    let rows = [
        ("package\n".to_owned(), 1),
        (format!("{head}{}{}", row("tn/b1/1", "1"), row("tn/b1/1", "1")), 3),
        (format!("{head}{}{}", row("tn/b1/2", "1"), row("tn/b1/1", "1")), 3),
        (format!("{head}{}", row("tn/b1/1", "0")), 2),
        (format!("{head}{}", row("tn/b1/1", "01")), 2),
        (format!("{head}{}", row("", "1")), 2),
        (format!("{head}{}", row("a", "1").replace("2026", "June")), 2),
        (format!("{head}{}", row("a", "1").replace("a b", "a  b")), 2),
        (format!("{head}{}", row("a", "1").replace(",9,", ",nine,")), 2),
        (format!("{head}a,1\n"), 2),
    ];
    for (text, wanted) in rows {
        let Err(ExamError::Form { line, .. }) = Ledger::read(text.as_bytes()) else { panic!("{text}") };
        assert_eq!(line, wanted, "{text}");
    }
}

#[test]
fn an_enrolment_that_belongs_elsewhere_is_told_by_the_check() {
    let office = Office::new(false);
    office.enrol(&Enrollee::new("ban-01", "0901"));
    let mut files = office.exam();
    let toml = String::from_utf8(files["desks/ban-01.toml"].clone()).unwrap();
    for (name, kept) in [("desks/ban-02.request", "desks/ban-01.request"), ("desks/ban-02.cert", "desks/ban-01.cert")] {
        files.insert(name.to_owned(), files[kept].clone());
    }
    files.insert("desks/ban-02.toml".to_owned(), toml.replace("ban-01", "ban-02").into_bytes());
    let exam = Exam::read(&files).unwrap();
    let desk = || "ban-02".to_owned();
    let faults = check(&exam);
    assert!(faults.contains(&Fault::Enrolment { desk: desk(), what: EnrolmentFault::Desk }), "{faults:?}");
    assert!(faults.contains(&Fault::Twice { file: "desks/", name: "serial 1".to_owned() }), "{faults:?}");
    assert_eq!(exam.policy, Policy::default());
}

#[test]
fn staged_files_get_their_names_together_or_not_at_all() {
    let work = tempfile::tempdir().unwrap();
    let (folder, hidden) = (work.path().join("goi"), work.path().join("goi/.diemdanh-staging"));
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("old"), "old").unwrap();
    let mut staging = Staging::begin(&folder).unwrap();
    staging.put("new", b"new").unwrap();
    assert!(!is_there(&folder.join("new")) && is_there(&hidden));
    assert!(matches!(staging.put("old", b"x"), Err(FolderError::Exists(_))));
    for name in ["", "../x", ".x", "a/b", "a\\b", "c:x"] {
        assert!(matches!(staging.put(name, b"x"), Err(FolderError::NotPlain(_))), "{name}");
    }
    drop(staging);
    assert!(!is_there(&hidden), "what nobody was told to keep is gone");
    let mut staging = Staging::begin(&folder).unwrap();
    staging.put("a", b"a").unwrap();
    staging.put("b", b"b").unwrap();
    staging.keep().unwrap();
    drop(staging);
    assert_eq!(recover(&folder, &|path| path.ends_with("b")).unwrap(), ["b"]);
    assert!(!is_there(&hidden) && is_there(&folder.join("b")) && !is_there(&folder.join("a")));
    assert!(recover(&folder, &|_| true).unwrap().is_empty());
    let mut staging = Staging::begin(&folder).unwrap();
    staging.put("c", b"c").unwrap();
    staging.publish().unwrap();
    assert!(is_there(&folder.join("c")) && !is_there(&hidden));
    assert_eq!(std::fs::read(folder.join("old")).unwrap(), b"old");
}

/// Cut at every call, before and after it, stopped or with the error told: afterwards all files are there that the ledger
/// was told of, whole, or none is.
#[test]
fn staged_files_are_all_there_or_none_wherever_the_disk_fails() {
    let (mut made, mut none) = (0, 0);
    let ends = [(false, false), (false, true), (true, false), (true, true)];
    for (calls_left, (after, is_stopped)) in (1..20).flat_map(|calls| ends.map(|end| (calls, end))) {
        let work = tempfile::tempdir().unwrap();
        let folder = work.path().join("goi");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("old"), "old").unwrap();
        let is_known = stage_two(Cut { calls_left, after }, &folder, is_stopped);
        recover(&folder, &|_| is_known).unwrap();
        let names = || std::fs::read_dir(&folder).unwrap().count();
        if is_known {
            assert_eq!(std::fs::read(folder.join("a")).unwrap(), b"first", "{calls_left} {after}");
            assert_eq!((std::fs::read(folder.join("b")).unwrap().as_slice(), names()), (b"second".as_slice(), 3));
            made += 1;
        } else {
            assert_eq!(names(), 1, "{calls_left} {after} {is_stopped}");
            none += 1;
        }
        assert_eq!(std::fs::read(folder.join("old")).unwrap(), b"old");
    }
    assert!(made > 20 && none > 12, "{made} {none}");
}

/// Stages two files; true when the ledger would know of them.
fn stage_two(cut: Cut, folder: &Path, is_stopped: bool) -> bool {
    let Ok(mut staging) = Staging::begin_on(Box::new(cut), folder) else { return false };
    let staged = staging.put("a", b"first").and_then(|()| staging.put("b", b"second")).and_then(|()| staging.keep());
    match staged {
        Ok(()) => {
            let _ = staging.publish();
            true
        }
        Err(_) if is_stopped => {
            std::mem::forget(staging);
            false
        }
        Err(_) => false,
    }
}

/// Stopped when so many packages are staged, when the ledger was written, when so many have their names: the next run
/// leaves a file for every version that the ledger knows, and no other file.
#[test]
fn killed_while_packing() {
    let office = Office::new(false);
    office.enrol(&Enrollee::new("ban-01", "0901"));
    let (ledger, staged) = (office.path("thi/packages.csv"), office.path("goi/.diemdanh-staging"));
    let count = |folder: &Path| std::fs::read_dir(folder).map_or(0, |names| names.count());
    let mut killed = 0;
    // On a busy machine the program is done before its moment is seen: then the round comes once more.
    for round in 0..60 {
        if round >= 12 && killed > 6 {
            break;
        }
        let moment = round % 12;
        let named = count(&office.path("goi"));
        let before = std::fs::read(&ledger).ok();
        killed += usize::from(packing_killed(&office, &|| match moment {
            0..=4 => count(&staged) >= moment,
            5..=7 => std::fs::read(&ledger).ok() != before,
            _ => count(&office.path("goi")) > named + moment - 8,
        }));
    }
    office.expect(&format!("pack thi {PACK} --accept"), 1, "gói mới");
    check_packages(&office);
    assert!(killed > 6, "{killed} runs were stopped");
}

fn packing_killed(office: &Office, is_moment: &dyn Fn() -> bool) -> bool {
    let mut child = board_program()
        .current_dir(office.path(""))
        .args(format!("exam pack thi {PACK} --accept --again").split(' '))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while child.try_wait().unwrap().is_none() && !is_moment() {
        std::thread::yield_now();
    }
    let _ = child.kill();
    child.wait().unwrap().code().is_none()
}

/// Every version that the ledger knows lies there as it was made, and nothing else does.
fn check_packages(office: &Office) {
    let (packages, ledger) = (office.packages(), office.ledger());
    for one in ledger.iter() {
        let file = &packages[&format!("{}-v{}.diemdanh", one.id.replace('/', "-"), one.version)];
        assert_eq!(digest_of(split_file(file).unwrap().1), one.sha256);
    }
    assert_eq!(packages.len(), ledger.iter().count());
}

#[test]
fn stopped_between_the_ledger_and_the_names() {
    let office = Office::new(false);
    office.enrol(&Enrollee::new("ban-01", "0901"));
    office.expect(&format!("pack thi {PACK} --accept"), 1, "4 gói mới");
    let staged = office.path("goi/.diemdanh-staging");
    std::fs::create_dir(&staged).unwrap();
    std::fs::rename(office.path("goi/tn-b1-0901-v1.diemdanh"), staged.join("tn-b1-0901-v1.diemdanh")).unwrap();
    // A package that the ledger does not know was never made.
    std::fs::write(staged.join("tn-b1-0901-v2.diemdanh"), &office.packages()["tn-b2-0901-v1.diemdanh"][..9]).unwrap();
    office.expect(&format!("pack thi {PACK} --accept"), 1, "tn-b1-0901-v1.diemdanh (lần trước dở dang)");
    check_packages(&office);
    assert!(!is_there(&staged));
}
