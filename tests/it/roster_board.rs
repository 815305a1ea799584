//! The board's command line, from a sample list to an exam, as a clerk uses it.

use crate::programs::board_program;
use diemdanh::lists::table::{Limits, Table};
use diemdanh::lists::{Capacity, Intake, Mapping, Weight};
use diemdanh::sample::{self, SampleExam, Trap};
use std::path::Path;
use std::process::Output;

fn sample(candidates: u32, traps: &[Trap]) -> SampleExam {
    SampleExam { candidates, seed: "it".to_owned(), traps: traps.iter().copied().collect() }
}

fn read(bytes: &[u8]) -> (Intake, Table) {
    let table = Table::read(bytes, &Limits::default()).unwrap();
    let mapping = Mapping::find(&table);
    let mut intake = Intake::read(&table, &mapping, &mut |_| ());
    intake.check(&mapping, &Capacity::default());
    (intake, table)
}

fn names(intake: &Intake) -> Vec<(String, String, String, String)> {
    let one = |one: diemdanh::lists::Listed| {
        (
            one.number.to_string(),
            one.full_name.reveal().clone(),
            one.birth_date.reveal().clone(),
            one.id_number.reveal().clone(),
        )
    };
    intake.people().iter().map(one).collect()
}

#[test]
fn a_sample_with_any_one_trap_is_read_as_it_was_made() {
    for trap in Trap::ALL {
        let exam = sample(1_300, &[*trap]);
        let people = exam.people();
        let made: Vec<_> = people
            .iter()
            .map(|one| (one.number.clone(), one.full_name(), one.born.to_string(), one.id_number.clone()))
            .collect();
        for bytes in [sample::csv(&exam, &people), sample::xlsx(&exam, &people).unwrap()] {
            let (intake, table) = read(&bytes);
            assert_eq!(intake.rows(), intake.people().len() + intake.left_out(), "{trap:?}");
            let errors = intake.findings.iter().filter(|one| one.problem.weight() == Weight::Error).count();
            let is_error = matches!(trap, Trap::SameNumber | Trap::SameId | Trap::SameSeat);
            assert_eq!(errors > 0, is_error, "{trap:?}");
            let read = names(&intake);
            assert_eq!(read.len(), made.len(), "{trap:?} {:?}", table.format);
            let differs = read.iter().zip(&made).find(|(read, made)| read != made);
            assert_eq!(differs, None, "{trap:?} {:?}", table.format);
        }
    }
    assert!(sample(100, &[]).people().iter().all(|one| one.id_number.starts_with("099")));
    let (one, other) = (sample(200, &[]).people(), SampleExam { seed: "x".to_owned(), ..sample(200, &[]) }.people());
    assert!(one == sample(200, &[]).people() && one != other);
}

#[test]
fn portraits_of_a_sample_are_pictures() {
    let work = tempfile::tempdir().unwrap();
    assert_eq!(run(work.path(), "sample --candidates 3 --out mau --csv-only --portraits").0, 0);
    let files = snapshot(&work.path().join("mau"));
    let pictures: Vec<_> = files.iter().filter(|(path, _)| path.starts_with("portraits/")).collect();
    assert_eq!(pictures.len(), 3);
    for (path, bytes) in pictures {
        let mut decoder = zune_jpeg::JpegDecoder::new(zune_jpeg::zune_core::bytestream::ZCursor::new(bytes));
        let pixels = decoder.decode().unwrap();
        assert_eq!(pixels.len(), 240 * 320 * 3, "{path}");
    }
}

#[test]
fn a_large_sample_repeats_no_number() {
    let people = sample(1_160_000, &[]).people();
    let ids: std::collections::HashSet<&str> = people.iter().map(|one| one.id_number.as_str()).collect();
    assert_eq!((people.len(), ids.len()), (1_160_000, 1_160_000));
}

fn run(folder: &Path, arguments: &str) -> (i32, String) {
    let Output { status, stdout, stderr } =
        board_program().current_dir(folder).arg("exam").args(arguments.split(' ')).output().unwrap();
    (status.code().unwrap(), String::from_utf8([stdout, stderr].concat()).unwrap())
}

fn snapshot(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let files = diemdanh::host::folder::read_folder(folder).unwrap();
    files.into_iter().collect()
}

#[test]
fn a_clerks_morning() {
    let work = tempfile::tempdir().unwrap();
    let at = work.path();
    let new = "new thi --board so.example --id tn --title Thi";
    assert_eq!(run(at, &format!("{new} --dry-run")).0, 0);
    assert!(!at.join("thi").exists());
    assert_eq!(run(at, new).0, 0);
    assert_eq!(run(at, new).0, 3, "an exam is never overwritten");
    assert_eq!(run(at, "new x --board so.example --id a/b --title Thi").0, 64);
    assert_eq!(run(at, "sample --candidates 1300 --seed 7 --out mau --traps all").0, 0);
    let empty = snapshot(&at.join("thi"));
    // Warnings are to be accepted; nothing is changed until they are.
    let (code, said) = run(at, "import mau/danh-sach.xlsx --into thi --report bao-cao.csv --report bao-cao.xlsx");
    assert!(code == 3 && said.contains("--accept") && said.contains("id.zeros"), "{said}");
    assert_eq!(snapshot(&at.join("thi")), empty);
    let csv = std::fs::read_to_string(at.join("bao-cao.csv")).unwrap();
    assert!(csv.contains(",id.zeros,"), "{csv}");
    let report = read(&std::fs::read(at.join("bao-cao.xlsx")).unwrap()).1;
    assert_eq!(report.sheets[0].name, "Báo cáo");
    assert_eq!(report.sheets[0].rows.len(), csv.lines().count());
    let (code, said) = run(at, "import mau/danh-sach.xlsx --into thi --accept all --dry-run");
    assert!(code == 1 && said.contains("sẽ ghi"), "{said}");
    assert_eq!(snapshot(&at.join("thi")), empty);
    assert_eq!(run(at, "import mau/danh-sach.xlsx --into thi --accept all").0, 1);
    let first = snapshot(&at.join("thi"));
    assert_ne!(first, empty);
    // Once more changes nothing, not even the ids; the CSV says the same as the workbook.
    assert_eq!(run(at, "import mau/danh-sach.xlsx --into thi --accept all").0, 1);
    assert_eq!(snapshot(&at.join("thi")), first);
    assert_eq!(run(at, "import mau/danh-sach.csv --into thi --accept all").0, 1);
    let of = |files: &[(String, Vec<u8>)]| files.iter().find(|(path, _)| path == "candidates.csv").unwrap().1.clone();
    assert!(of(&first) == of(&snapshot(&at.join("thi"))), "the same people under the same ids");
    let (code, said) = run(at, "check thi");
    assert!(code == 1 && said.contains("chưa có bàn"), "{said}");
    let (code, said) = run(at, "show thi");
    assert!(code == 0 && said.contains("1300"), "{said}");
    // Nobody's data on the terminal.
    let person = String::from_utf8(of(&first)).unwrap().lines().nth(600).unwrap().to_owned();
    let fields: Vec<&str> = person.split(',').collect();
    let said = run(at, "show mau/danh-sach.csv").1;
    assert!(!said.contains(fields[3]) && !said.contains(fields[6]), "{said}");
}

#[test]
fn lists_that_are_refused_leave_the_exam_as_it_is() {
    let work = tempfile::tempdir().unwrap();
    let at = work.path();
    assert_eq!(run(at, "new thi --board so.example --id tn --title Thi").0, 0);
    let empty = snapshot(&at.join("thi"));
    assert_eq!(run(at, "sample --candidates 300 --out mau --traps same-number,same-id,same-seat").0, 0);
    let (code, said) = run(at, "import mau/danh-sach.csv --into thi --accept all");
    assert!(code == 2 && ["number.twice", "id.twice", "seat.twice"].iter().all(|one| said.contains(one)), "{said}");
    for (bytes, words) in [(&b"%PDF-1.4"[..], "PDF"), (b"a,b\n1,2\n", "lỗi"), (b"", "không có dữ liệu")] {
        std::fs::write(at.join("x.xlsx"), bytes).unwrap();
        let (code, said) = run(at, "import x.xlsx --into thi --accept all");
        assert!([2, 3].contains(&code) && said.contains(words), "{words}: {said}");
    }
    assert_eq!(run(at, "import x.xlsx --into thi --accept nonsense").0, 64);
    assert_eq!(run(at, "import none.xlsx --into thi").0, 3);
    assert_eq!(run(at, "import mau/danh-sach.csv --into none").0, 3);
    assert_eq!(snapshot(&at.join("thi")), empty);
}
