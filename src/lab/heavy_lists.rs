//! Lists of candidates that are small as files and would take gigabytes as tables.

use super::workbooks::{number_at, ods, xls, xlsx};
use zip::result::ZipResult;

/// A list that no board may be kept busy by.
pub struct HeavyList {
    /// The file's name, which says its format.
    pub name: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
    /// What a clerk must read in its refusal: the limit, and the sheet where the format names one before it is built.
    pub refusal: &'static str,
}

/// One of each kind that was found: shared strings, long texts, two cells as far apart as a sheet is wide and long,
/// columns, cells, rows that repeat, and rows that repeat in front of somebody.
///
/// # Errors
/// The archive's.
pub fn heavy_lists() -> ZipResult<Vec<HeavyList>> {
    let one = |name, bytes, refusal| HeavyList { name, bytes, refusal };
    let strings = "<si><t>a</t></si>".repeat(STRINGS);
    let dropped = [repeated(ODS_ROWS, ""), repeated(1, PERSON)].concat();
    Ok(vec![
        one("strings.xlsx", xlsx(SHEET, &strings, "<row><c><v>1</v></c></row>")?, "cần hơn 512 MB"),
        one("texts.xlsx", xlsx(SHEET, "", &long_texts())?, "trang tính “Phòng 7”, dòng"),
        one("corners.xls", corners(), "cần hơn 512 MB"),
        one("commas.csv", vec![b','; COMMAS], "hơn 256 cột"),
        one("cells.csv", format!("{}\n", "x,".repeat(250)).repeat(CELL_ROWS).into_bytes(), "bảng cần hơn 256 MB"),
        one("crowd.ods", ods(&repeated(ODS_ROWS, PERSON))?, "trang tính “DS”, có dòng nằm sau dòng 1048576"),
        one("dropped.ods", ods(&dropped)?, "trang tính “DS”, có dòng"),
    ])
}

/// Two cells, as far apart as a sheet is wide and long.
pub fn corners() -> Vec<u8> {
    xls(&[number_at(0, 0, 1.0), number_at(u16::MAX, 255, 1.0)].concat())
}

/// A cell in each row, no two alike, and together more than a table may weigh.
fn long_texts() -> String {
    let cell = |number: u32| format!("<row><c t=\"inlineStr\"><is><t>{number:04000}</t></is></c></row>");
    (0..TEXTS).map(cell).collect()
}

fn repeated(count: u32, cells: &str) -> String {
    format!("<table:table-row table:number-rows-repeated=\"{count}\">{cells}</table:table-row>")
}

/// The sheet's name in the workbooks.
pub const SHEET: &str = "Phòng 7";
const PERSON: &str = "<table:table-cell office:value-type=\"string\"><text:p>Trần Mẫu</text:p></table:table-cell>";
const STRINGS: usize = 9_000_000;
const TEXTS: u32 = 70_000;
const COMMAS: usize = 100_000_000;
const CELL_ROWS: usize = 150_000;
/// As many rows as a sheet may have.
const ODS_ROWS: u32 = 1_048_576;
