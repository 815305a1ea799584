//! A small file that makes a reader take gigabytes is refused under a limit; nobody is dropped in silence.

use crate::exam_pack::Office;
use diemdanh::lab::heavy_lists::{HeavyList, SHEET, corners, heavy_lists};
use diemdanh::lab::workbooks;
use diemdanh::lists::table::{Limits, Table};
use std::fs;
use std::time::{Duration, Instant};

/// A workbook of one sheet, written by hand.
fn xlsx(strings: &str, rows: &str) -> Vec<u8> {
    workbooks::xlsx(SHEET, strings, rows).unwrap()
}

#[test]
fn files_that_want_gigabytes_are_refused_by_name() {
    let office = Office::new(false);
    for HeavyList { name, bytes, refusal } in heavy_lists().unwrap() {
        fs::write(office.path(name), &bytes).unwrap();
        let began = Instant::now();
        let (code, said) = office.run(&format!("show {name}"));
        assert!(code == 3 && said.contains(refusal) && said.contains(name), "{name}: {code} {said}");
        assert!(began.elapsed() < PATIENCE, "{name}: {:?}", began.elapsed());
    }
}

/// A busy machine may take its time; what was never counted took all of it.
const PATIENCE: Duration = Duration::from_secs(240);

/// The mark is no way round the limit, and a `--` before the path is none either.
#[test]
fn lists_are_read_in_a_process_with_a_limit_however_they_are_named() {
    let office = Office::new(false);
    let list =
        "SBD,Họ và tên,Ngày sinh,Số CCCD,Điểm thi,Phòng thi\n01000009,Trần Mẫu,15/02/2008,099208000025,0901,P1\n";
    fs::write(office.path("list.csv"), list).unwrap();
    for command in ["show list.csv", "show -- list.csv", "show --confined list.csv"] {
        let (code, said) = office.run(command);
        assert!(code <= 1 && said.contains("Số báo danh"), "{command}: {code} {said}");
    }
    fs::write(office.path("corners.xls"), corners()).unwrap();
    let before = office.exam();
    for command in ["show -- corners.xls", "import corners.xls --into thi"] {
        let (code, said) = office.run(command);
        assert!(code == 3 && said.contains("corners.xls: cần hơn 512 MB"), "{command}: {code} {said}");
    }
    assert!(office.exam() == before);
}

/// Rows that come in no order come to their places, few or many: nothing is moved about for each of them.
#[test]
fn rows_out_of_order_come_to_their_places() {
    let row = |number: usize| format!("<row r=\"{number}\"><c r=\"A{number}\"><v>{number}</v></c></row>");
    for count in [300, 200_000] {
        let rows: String = (1..=count).rev().map(row).collect();
        let table = Table::read(&xlsx("", &rows), &Limits::default()).unwrap();
        let read = table.sheets[0].rows.iter().map(|row| (row.line, row.value(0).unwrap().shown()));
        assert!(read.eq((1_u32..).take(count).map(|line| (line, line.to_string()))), "{count}");
    }
    let cells = "<row r=\"2\"><c r=\"C2\"><v>3</v></c><c r=\"A2\"><v>1</v></c><c r=\"C2\"><v>4</v></c></row>\
                 <row r=\"1\"><c r=\"B1\"><v>9</v></c></row><row r=\"2\"><c r=\"B2\"><v>2</v></c></row>";
    let table = Table::read(&xlsx("", cells), &Limits::default()).unwrap();
    let read: Vec<(u32, Vec<String>)> = table.sheets[0]
        .rows
        .iter()
        .map(|row| (row.line, row.cells().map(|cell| format!("{}={}", cell.column, cell.value.shown())).collect()))
        .collect();
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    assert_eq!(read, [(1, texts(&["1=9"])), (2, texts(&["0=1", "1=2", "2=4"]))], "of two in one place the last");
}

/// Who is stopped for want of memory is told the file and the sheet, in our words.
#[test]
fn the_sheet_that_takes_too_much_is_named() {
    let office = Office::new(false);
    // One text that the library builds as a whole before anybody can count it.
    let rows = format!("<row><c t=\"inlineStr\"><is><t>{}</t></is></c></row>", "x".repeat(260 << 20));
    fs::write(office.path("wide.xlsx"), xlsx("", &rows)).unwrap();
    let (code, said) = office.run("show wide.xlsx");
    assert!(code == 3 && said.contains("wide.xlsx: trang tính “Phòng 7”: cần hơn 512 MB"), "{code} {said}");
    assert!(said.contains("hãy tách danh sách theo điểm thi") && !said.contains("memory allocation"), "{said}");
}
