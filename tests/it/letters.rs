//! PIN letters: what the board's command makes of a list of operators, and what a cut leaves.

use crate::cut::Cut;
use crate::programs::board_program;
use diemdanh::bits::{random::SeededRandom, secret::Secret};
use diemdanh::checkin::sign_in::{FIRST_LOCK_MS, LOCKING_TRIES, STOPPING_TRIES};
use diemdanh::crypto::pin::{PinCheck, PinCost};
use diemdanh::host::folder::FolderError;
use diemdanh::host::pair::{Document, Settled, settle, write_pair, write_pair_on};
use diemdanh::office::exam::letters::{self, LetterFault};
use diemdanh::office::exam::{Exam, OPERATORS_FILE, Operator, Role, Settings, Site, letter_page, operators};
use diemdanh::paper::PaperError;
use std::path::Path;
use std::process::{Command, Output};

fn operator(code: &str, name: &str, role: Role, site: &str) -> Operator {
    Operator {
        code: code.to_owned(),
        name: name.to_owned(),
        role,
        site: site.to_owned(),
        pin: None,
        telephone: None,
        revoked: None,
    }
}

fn exam() -> Exam {
    let title = "Kỳ thi tốt nghiệp trung học phổ thông năm 2026 – Hội đồng thi Mẫu";
    let mut exam = Exam::read(&Exam::new_files(&Settings::new("so.example", "tn2026", title))).unwrap();
    exam.sites = vec![Site { code: "0901".to_owned(), title: "Trường THPT Nguyễn Thị Minh Khai".to_owned() }];
    exam.operators = vec![
        operator("td-01", "Trần Thị Ngọc Ánh", Role::HeadOfSite, "0901"),
        operator("gt-01", "Nguyễn Hoàng Phương Uyên Thục Trinh Công Tằng Tôn Nữ", Role::Invigilator, "0901"),
        operator("kt-01", "Lý Ỷ", Role::Technician, ""),
        Operator { revoked: Some("nghỉ".to_owned()), ..operator("gt-02", "Ai Đó", Role::Invigilator, "0901") },
    ];
    exam
}

fn drawn(exam: &Exam) -> Vec<letters::Letter> {
    let recipients = letters::recipients(exam, &[], false).unwrap();
    letters::draw(&recipients, PinCost::LEAST, &mut SeededRandom::new("letters"), &mut |_| ()).unwrap()
}

/// What a program that is not ours reads from a PDF; `None` where there is none (Debian's poppler-utils).
fn read_text(pdf: &[u8]) -> Option<String> {
    let work = tempfile::tempdir().unwrap();
    std::fs::write(work.path().join("a.pdf"), pdf).unwrap();
    let run = Command::new("pdftotext").args(["-layout", "a.pdf", "-"]).current_dir(work.path()).output().ok()?;
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    Some(String::from_utf8(run.stdout).unwrap().replace('\u{A0}', " "))
}

/// The figures of a line of spaced figures.
fn figures(page: &str) -> Vec<String> {
    let squeezed = page.lines().map(|line| line.split_whitespace().collect::<String>());
    squeezed
        .flat_map(|line| {
            let runs: Vec<String> = line.split(|one: char| !one.is_ascii_digit()).map(str::to_owned).collect();
            runs.into_iter().filter(|run| run.len() == 6).collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn a_letter_says_all_that_its_reader_needs() -> Result<(), PaperError> {
    let exam = exam();
    let letters = drawn(&exam);
    let pdf = letter_page::pdf(&exam, &letters, "2026-06-20T02:00:00Z".parse().unwrap())?;
    assert!(pdf.starts_with(b"%PDF-") && pdf.trim_ascii_end().ends_with(b"%%EOF"));
    assert_eq!(pdf, letter_page::pdf(&exam, &letters, "2026-06-20T02:00:00Z".parse().unwrap())?, "the same bytes");
    if let Some(folder) = std::env::var_os("DIEMDANH_LETTERS_OUT") {
        std::fs::write(Path::new(&folder).join("letters.pdf"), &pdf).unwrap();
    }
    let Some(text) = read_text(&pdf) else { return Ok(()) };
    let pages: Vec<&str> = text.split('\u{C}').filter(|page| !page.trim().is_empty()).collect();
    // In front of each site's letters stands its list; those of every site come first.
    let (lists, pages): (Vec<&str>, Vec<&str>) = pages.iter().partition(|page| page.contains("Danh sách phát thư"));
    assert_eq!((lists.len(), pages.len()), (2, letters.len()));
    assert!(lists.iter().all(|list| figures(list).is_empty()), "{lists:?}");
    assert!(
        lists[0].contains("kt-01") && lists[1].contains("gt-01") && lists[1].contains("Trần Thị Ngọc Ánh"),
        "{lists:?}"
    );
    let letters = [&letters[2], &letters[0], &letters[1]];
    let folded = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for (page, letter) in pages.iter().zip(letters) {
        let operator = &letter.operator;
        let role = letter_page::role_name(operator.role);
        let words = [&exam.settings.title, &operator.code, role, "20/06/2026", "so.example", "Giữ kín", "Người nhận"];
        for word in words {
            assert!(folded(page).contains(word), "{word}: {page}");
        }
        assert!(operator.name.split(' ').all(|word| page.contains(word)), "{page}");
        let site =
            if operator.site.is_empty() { "Mọi điểm thi" } else { "Trường THPT Nguyễn Thị Minh Khai" };
        assert!(folded(page).contains(site), "{page}");
        assert!(
            page.contains(&format!("{LOCKING_TRIES} lần sai")) && page.contains(&format!("{STOPPING_TRIES} lần")),
            "{page}"
        );
        assert!(page.contains(&format!("{} giây", FIRST_LOCK_MS / 1_000)), "{page}");
        // The PIN stands there once, and opens what its hash says.
        assert_eq!(figures(page), [letter.pin.expose().clone()], "{page}");
        let hash = operator.pin.as_ref().unwrap();
        assert_eq!(hash.check(&letter.pin), Ok(PinCheck::Right));
    }
    assert!(pages[2].contains("Thư 2/2"), "{}", pages[2]);
    Ok(())
}

#[test]
fn names_that_cannot_be_served_are_named() {
    let mut exam = exam();
    let own = |only: &[&str], again: bool, exam: &Exam| {
        let only: Vec<String> = only.iter().map(|code| (*code).to_owned()).collect();
        letters::recipients(exam, &only, again)
            .map(|found| found.iter().map(|one| one.code.clone()).collect::<Vec<_>>())
    };
    assert_eq!(own(&[], false, &exam), Ok(vec!["td-01".to_owned(), "gt-01".to_owned(), "kt-01".to_owned()]));
    assert_eq!(own(&["kt-01"], false, &exam), Ok(vec!["kt-01".to_owned()]));
    let hashed = letters::with_hashes(&exam.operators, &drawn(&exam));
    exam.operators = hashed;
    assert_eq!(own(&[], false, &exam), Ok(vec![]));
    assert_eq!(own(&["gt-01"], true, &exam), Ok(vec!["gt-01".to_owned()]));
    let code = || "gt-01".to_owned();
    let revoked = LetterFault::Revoked { code: "gt-02".to_owned(), reason: "nghỉ".to_owned() };
    let rows: [(&[&str], bool, LetterFault); 6] = [
        (&["gt-01"], false, LetterFault::HasPin(code())),
        (&[], true, LetterFault::AgainForAll),
        (&["gt-01", "gt-01"], true, LetterFault::NamedTwice(code())),
        (&["gt-77"], false, LetterFault::Unknown("gt-77".to_owned())),
        (&["gt-02"], false, revoked.clone()),
        (&["gt-02"], true, revoked),
    ];
    for (only, again, fault) in rows {
        assert_eq!(own(only, again, &exam), Err(vec![fault]), "{only:?}");
    }
    // A letter that the font lacks would be an empty box; Đ, H’ and a decomposed name are printed.
    exam.operators[1].name = "Đinh H’Hen Nguye\u{302}\u{303}n".to_owned();
    assert_eq!(own(&["gt-01"], true, &exam), Ok(vec![code()]));
    exam.operators[1].name = "Thạch ក".to_owned();
    let (text, letters) = (exam.operators[1].name.clone(), "ក (U+1780)".to_owned());
    assert_eq!(own(&["gt-01"], true, &exam), Err(vec![LetterFault::NoPicture { code: code(), text, letters }]));
    exam.operators[1].site = "77".to_owned();
    assert_eq!(
        own(&["gt-01"], true, &exam),
        Err(vec![LetterFault::UnknownSite { code: code(), site: "77".to_owned() }])
    );
    exam.operators[0].code = code();
    assert_eq!(own(&["kt-01"], true, &exam), Err(vec![LetterFault::Twice(code())]));
}

/// Cut at every call, before and after it: afterwards both files are old, or both are new.
#[test]
fn a_cut_anywhere_leaves_no_hash_without_its_letter() {
    let (mut finished, mut removed, mut whole) = (0, 0, 0);
    for (calls, after) in (1..20).flat_map(|calls| [(calls, false), (calls, true)]) {
        let work = tempfile::tempdir().unwrap();
        let (pdf, list) = (work.path().join("out/thu.pdf"), work.path().join(OPERATORS_FILE));
        std::fs::write(&list, "old").unwrap();
        let document = Document { path: &pdf, bytes: b"letters", mark: "new0mark" };
        let run = write_pair_on(&mut Cut { calls_left: calls, after }, document, &list, b"new");
        let is_new = || std::fs::read(&list).unwrap() == b"new";
        let settled = settle(&pdf, |mark| is_new() && mark == "new0mark").unwrap();
        assert_eq!(is_new(), pdf.exists(), "{calls} {after}");
        assert!(!pdf.exists() || std::fs::read(&pdf).unwrap() == b"letters");
        match settled {
            Settled::Finished => finished += 1,
            Settled::Removed(count) => removed += count,
            Settled::Nothing if run.is_ok() => whole += 1,
            Settled::Nothing => (),
        }
        let left = std::fs::read_dir(work.path().join("out")).map_or(0, |names| names.count());
        assert_eq!(left, usize::from(pdf.exists()), "nothing else lies about");
        assert_eq!(settle(&pdf, |_| true).unwrap(), Settled::Nothing, "once is enough");
        // The run can be said again.
        if !pdf.exists() {
            write_pair(document, &list, b"new").unwrap();
        }
    }
    assert!(finished >= 2 && removed >= 4 && whole > 10, "{finished} {removed} {whole}");
}

#[test]
fn letters_are_never_overwritten_and_only_their_owner_reads_them() {
    let work = tempfile::tempdir().unwrap();
    let (pdf, list) = (work.path().join("thu.pdf"), work.path().join(OPERATORS_FILE));
    std::fs::write(&pdf, "somebody's").unwrap();
    let document = Document { path: &pdf, bytes: b"letters", mark: "m" };
    assert!(matches!(write_pair(document, &list, b"new"), Err(FolderError::Exists(_))));
    assert!(!list.exists() && std::fs::read(&pdf).unwrap() == b"somebody's");
    std::fs::remove_file(&pdf).unwrap();
    write_pair(document, &list, b"new").unwrap();
    #[cfg(unix)]
    for path in [&pdf, &list] {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    // A true document whose name was taken in the meantime waits until the name is free.
    std::fs::rename(&pdf, work.path().join("thu.pdf.m.unfinished")).unwrap();
    std::fs::write(&pdf, "somebody's").unwrap();
    assert!(matches!(settle(&pdf, |_| true), Err(FolderError::Exists(_))));
    std::fs::remove_file(&pdf).unwrap();
    assert_eq!(settle(&pdf, |_| true).unwrap(), Settled::Finished);
}

fn run(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let Output { status, stdout, stderr } =
        board_program().current_dir(folder).arg("exam").args(arguments).output().unwrap();
    (status.code().unwrap(), String::from_utf8([stdout, stderr].concat()).unwrap())
}

fn add<'a>(code: &'a str, name: &'a str, role: &'a str, site: &'a str) -> Vec<&'a str> {
    vec!["operator", "add", "thi", "--code", code, "--name", name, "--role", role, "--site", site]
}

#[test]
fn a_clerks_list_of_operators() {
    let work = tempfile::tempdir().unwrap();
    let at = work.path();
    assert_eq!(run(at, &["new", "thi", "--board", "so.example", "--id", "tn", "--title", "Thi"]).0, 0);
    std::fs::write(at.join("thi/sites.csv"), "code,title\n0901,THPT Mẫu\n").unwrap();
    let list = || std::fs::read_to_string(at.join("thi").join(OPERATORS_FILE)).unwrap();
    let empty = list();
    let mut dry = add("td-01", "Trần B", "head-of-site", "0901");
    dry.push("--dry-run");
    let (code, said) = run(at, &dry);
    assert!(code == 0 && said.contains("sẽ thêm") && list() == empty, "{said}");
    assert_eq!(run(at, &add("td-01", "Trần B", "head-of-site", "0901")).0, 0);
    assert_eq!(run(at, &add("gt-01", "Lê C", "invigilator", "")).0, 0);
    let rows = [
        (add("td-01", "Ai", "board", ""), 2, "đã có"),
        (add("gt-02", "Ai", "king", ""), 64, "--role"),
        (add("GT 02", "Ai", "board", ""), 64, "--code"),
        (add("gt-123456", "Ai", "board", ""), 64, "--code"),
        (add("gt-02", " ", "board", ""), 64, "--name"),
        (add("gt-02", "Ai", "board", "77"), 2, "“77”"),
        (vec!["operator", "revoke", "thi", "gt-77", "--reason", "x"], 2, "gt-77"),
        (vec!["operator", "revoke", "thi", "gt-01", "--reason", " "], 64, "--reason"),
        (vec!["operator", "list", "none"], 3, "none"),
    ];
    let before = list();
    for (arguments, expected, words) in rows {
        let (code, said) = run(at, &arguments);
        assert!(code == expected && said.contains(words), "{arguments:?}: {code} {said}");
    }
    assert_eq!(list(), before);
    let (code, said) = run(at, &["check", "thi"]);
    assert!(
        code == 1 && said.contains("“td-01” chưa có mã PIN") && !said.contains("không có Trưởng Điểm thi"),
        "{said}"
    );
    assert_eq!(run(at, &["operator", "revoke", "thi", "td-01", "--reason", "nghỉ", "--dry-run"]).0, 0);
    assert_eq!(list(), before);
    assert_eq!(run(at, &["operator", "revoke", "thi", "td-01", "--reason", "nghỉ"]).0, 0);
    assert_eq!(run(at, &["operator", "revoke", "thi", "td-01", "--reason", "nghỉ"]).0, 2);
    assert_eq!(run(at, &add("td-01", "Người khác", "board", "")).0, 2, "nobody gets the code again");
    let (_, said) = run(at, &["operator", "list", "thi"]);
    assert!(said.contains("thu hồi: nghỉ") && said.contains("1 chưa có PIN"), "{said}");
    let (code, said) = run(at, &["check", "thi"]);
    assert!(code == 1 && said.contains("không có Trưởng Điểm thi") && !said.contains("“td-01” chưa"), "{said}");
}

/// The PIN stands in the PDF, and in nothing else that the command leaves.
#[test]
fn pins_stand_in_their_letters_and_nowhere_else() {
    let work = tempfile::tempdir().unwrap();
    let at = work.path();
    assert_eq!(run(at, &["new", "thi", "--board", "so.example", "--id", "tn", "--title", "Thi"]).0, 0);
    assert_eq!(run(at, &add("td-01", "Trần B", "head-of-site", "")).0, 0);
    assert_eq!(run(at, &add("gt-01", "Lê C", "invigilator", "")).0, 0);
    let list = || std::fs::read(at.join("thi").join(OPERATORS_FILE)).unwrap();
    let before = list();
    let (code, said) = run(at, &["letters", "thi", "--out", "thu.pdf", "--dry-run"]);
    assert!(code == 0 && said.contains("sẽ in thư cho gt-01") && !at.join("thu.pdf").exists() && list() == before);
    let (code, said) = run(at, &["letters", "thi", "--out", "thu.pdf"]);
    assert!(code == 0 && said.contains("(2 thư)"), "{said}");
    let hashes = operators::read(&list()).unwrap();
    let [td, gt] = hashes.as_slice() else { panic!("{hashes:?}") };
    assert!(td.pin.is_some() && gt.pin.as_ref().is_some_and(|hash| hash.cost() == PinCost::default()));
    let pdf = std::fs::read(at.join("thu.pdf")).unwrap();
    if let Some(text) = read_text(&pdf) {
        let pins = figures(&text);
        assert_eq!(pins.len(), 2, "{text}");
        let check = |one: &Operator, pin: &String| one.pin.as_ref().unwrap().check(&Secret::new(pin.clone()));
        assert_eq!([check(td, &pins[0]), check(gt, &pins[1])], [Ok(PinCheck::Right), Ok(PinCheck::Right)]);
        for (path, bytes) in diemdanh::host::folder::read_folder(at).unwrap() {
            let holds = |pin: &String| bytes.windows(pin.len()).any(|part| part == pin.as_bytes());
            assert!(!pins.iter().any(holds), "{path} holds a PIN in the clear");
        }
        assert!(!pins.iter().any(|pin| said.contains(pin.as_str())), "{said}");
    }
    let first = list();
    assert_eq!(run(at, &["letters", "thi", "--out", "thu2.pdf"]).0, 0, "everybody has one");
    for (arguments, words) in [
        (&["letters", "thi", "--out", "thu.pdf", "--only", "gt-01", "--again"][..], "không ghi đè"),
        (&["letters", "thi", "--out", "b.pdf", "--only", "gt-01"], "--again"),
        (&["letters", "thi", "--out", "b.pdf", "--again"], "--only"),
        (&["letters", "thi", "--out", "b.pdf", "--only", "gt-77,gt-01"], "gt-77"),
    ] {
        let (code, said) = run(at, arguments);
        assert!(code == 2 && said.contains(words), "{arguments:?}: {code} {said}");
    }
    assert!(list() == first && !at.join("b.pdf").exists() && !at.join("thu2.pdf").exists());
    // A run that was cut after the list was replaced is brought to its end by the same words.
    let unfinished = format!("thu.pdf.{}.unfinished", mark_of_first(&hashes));
    std::fs::rename(at.join("thu.pdf"), at.join(unfinished)).unwrap();
    let (code, said) = run(at, &["letters", "thi", "--out", "thu.pdf"]);
    assert!(code == 1 && said.contains("nay đã xong") && at.join("thu.pdf").exists() && list() == first, "{said}");
    assert_eq!(run(at, &["letters", "thi", "--out", "b.pdf", "--only", "gt-01", "--again"]).0, 0);
    let again = operators::read(&list()).unwrap();
    assert!(again[0] == hashes[0] && again[1] != hashes[1]);
}

fn mark_of_first(list: &[Operator]) -> String {
    let letter = letters::Letter { operator: list[0].clone(), pin: Secret::new(String::new()) };
    letters::mark(&[letter])
}
