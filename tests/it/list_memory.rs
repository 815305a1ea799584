//! A small file that makes a reader take gigabytes is refused under a limit; nobody is dropped in silence.

use crate::exam_pack::Office;
use crate::roster_files::{number_at, ods, xls_of, zipped};
use diemdanh::lists::table::{Limits, Table};
use std::fs;
use std::time::{Duration, Instant};

const BOOK: &str = "<?xml version=\"1.0\"?><workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
    xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">\
    <sheets><sheet name=\"Phòng 7\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>";
const TYPES: &str = "<?xml version=\"1.0\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
    <Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>";

fn relations(all: &[(&str, &str)]) -> String {
    let lines = (1..).zip(all).map(|(number, (kind, target))| {
        let kind = format!("http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}");
        format!("<Relationship Id=\"rId{number}\" Type=\"{kind}\" Target=\"{target}\"/>")
    });
    let space = "http://schemas.openxmlformats.org/package/2006/relationships";
    format!("<?xml version=\"1.0\"?><Relationships xmlns=\"{space}\">{}</Relationships>", lines.collect::<String>())
}

fn xlsx(strings: &str, rows: &str) -> Vec<u8> {
    let space = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
    let head = "<?xml version=\"1.0\"?>";
    let parts = [("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")];
    zipped(&[
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("_rels/.rels", relations(&[("officeDocument", "xl/workbook.xml")]).as_bytes()),
        ("xl/workbook.xml", BOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", relations(&parts).as_bytes()),
        ("xl/sharedStrings.xml", format!("{head}<sst {space}>{strings}</sst>").as_bytes()),
        (
            "xl/worksheets/sheet1.xml",
            format!("{head}<worksheet {space}><sheetData>{rows}</sheetData></worksheet>").as_bytes(),
        ),
    ])
}

const PERSON: &str = "<table:table-cell office:value-type=\"string\"><text:p>Trần Mẫu</text:p></table:table-cell>";

/// Two cells, as far apart as a sheet is wide and long.
fn corners() -> Vec<u8> {
    xls_of(&[number_at(0, 0, 1.0), number_at(u16::MAX, 255, 1.0)].concat())
}

/// Each file, the words that it is refused with, and the sheet where it has one.
fn heavy() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let row = |cell: &str, width: usize| format!("<row>{}</row>", cell.repeat(width));
    let repeated = |count: u32, cells: &str| {
        format!("<table:table-row table:number-rows-repeated=\"{count}\">{cells}</table:table-row>")
    };
    vec![
        ("strings.xlsx", xlsx(&"<si><t>a</t></si>".repeat(9_000_000), &row("<c><v>1</v></c>", 1)), "cần hơn 512 MB"),
        ("cells.xlsx", xlsx("", &row("<c><v>1</v></c>", 250).repeat(30_000)), "trang tính “Phòng 7”, dòng"),
        ("corners.xls", corners(), "cần hơn 512 MB"),
        ("commas.csv", vec![b','; 100_000_000], "hơn 256 cột"),
        ("cells.csv", format!("{}\n", "x,".repeat(250)).repeat(60_000).into_bytes(), "bảng cần hơn 256 MB"),
        ("crowd.ods", ods(&repeated(1_048_576, PERSON)), "trang tính “DS”, có dòng nằm sau dòng 1048576"),
        ("dropped.ods", ods(&[repeated(1_048_576, ""), repeated(1, PERSON)].concat()), "trang tính “DS”, có dòng"),
    ]
}

#[test]
fn files_that_want_gigabytes_are_refused_by_name() {
    let office = Office::new(false);
    for (name, bytes, words) in heavy() {
        fs::write(office.path(name), &bytes).unwrap();
        let began = Instant::now();
        let (code, said) = office.run(&format!("show {name}"));
        assert!(code == 3 && said.contains(words) && said.contains(name), "{name}: {code} {said}");
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

/// Rows that come in no order would be moved about for hours.
#[test]
fn rows_out_of_order_are_taken_where_they_are_few() {
    let row = |number: usize| format!("<row r=\"{number}\"><c r=\"A{number}\"><v>1</v></c></row>");
    let few: String = (1..=300).rev().map(row).collect();
    let table = Table::read(&xlsx("", &few), &Limits::default()).unwrap();
    assert!(table.sheets[0].rows.iter().map(|row| row.line).eq(1..=300));
    let many: String = (1..=20_000).rev().map(row).collect();
    let error = Table::read(&xlsx("", &many), &Limits::default()).unwrap_err();
    assert!(error.to_string().contains("Phòng 7"), "{error}");
}
