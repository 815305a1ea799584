//! Workbooks written byte by byte: what a library would never write, and a stranger sends.

use std::io::{Cursor, Write as _};
use zip::result::ZipResult;
use zip::write::{SimpleFileOptions, ZipWriter};

/// An archive of these parts, each a name and its bytes, deflated.
///
/// # Errors
/// The archive's: a name twice, a part of more than 4 GiB.
pub fn zipped(parts: &[(&str, &[u8])]) -> ZipResult<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer.start_file(*name, SimpleFileOptions::default())?;
        writer.write_all(bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}

/// An XLSX of one sheet called `name` (ECMA-376): `strings` is what stands in the table of shared strings, `rows` what
/// stands in the sheet's data, both as XML.
///
/// # Errors
/// The archive's.
pub fn xlsx(name: &str, strings: &str, rows: &str) -> ZipResult<Vec<u8>> {
    let space = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
    let head = "<?xml version=\"1.0\"?>";
    let parts = [("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")];
    let book = format!(
        "{head}<workbook {space} xmlns:r=\"{RELATIONS}\"><sheets><sheet name=\"{name}\" sheetId=\"1\" r:id=\"rId1\"/>\
         </sheets></workbook>"
    );
    let sheet = format!("{head}<worksheet {space}><sheetData>{rows}</sheetData></worksheet>");
    zipped(&[
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("_rels/.rels", relations(&[("officeDocument", "xl/workbook.xml")]).as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", relations(&parts).as_bytes()),
        ("xl/sharedStrings.xml", format!("{head}<sst {space}>{strings}</sst>").as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}

/// An ODS (OASIS OpenDocument 1.3) of one sheet “DS” with these rows, as XML.
///
/// # Errors
/// The archive's.
pub fn ods(rows: &str) -> ZipResult<Vec<u8>> {
    let space = "urn:oasis:names:tc:opendocument:xmlns";
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content xmlns:office=\"{space}:office:1.0\" \
         xmlns:table=\"{space}:table:1.0\" xmlns:text=\"{space}:text:1.0\"><office:body><office:spreadsheet>\
         <table:table table:name=\"DS\">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"
    );
    let manifest = format!("<?xml version=\"1.0\"?><manifest:manifest xmlns:manifest=\"{space}:manifest:1.0\"/>");
    zipped(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", manifest.as_bytes()),
        ("content.xml", content.as_bytes()),
    ])
}

/// One record of an XLS: its kind, its length, its body (MS-XLS 2.1.4). No body is longer than 8,224 bytes.
pub fn record(kind: u16, body: &[u8]) -> Vec<u8> {
    let len = u16::try_from(body.len()).unwrap_or(u16::MAX);
    [&kind.to_le_bytes()[..], &len.to_le_bytes(), body].concat()
}

/// The record of a number in a cell, counted from zero.
pub fn number_at(row: u16, column: u16, number: f64) -> Vec<u8> {
    record(NUMBER, &[&row.to_le_bytes()[..], &column.to_le_bytes(), &[0, 0], &number.to_le_bytes()].concat())
}

/// An XLS of one sheet “DS” with the cells of these records (MS-CFB, MS-XLS, BIFF8): seven sectors at most.
pub fn xls(cells: &[u8]) -> Vec<u8> {
    let bof = |kind: u8| record(BOF, &[0, 6, kind, 0, 0, 0, 0xCC, 7, 0, 0, 0, 0, 6, 0, 0, 0]);
    let end = record(EOF, &[]);
    let bound = |at: u32| record(BOUND_SHEET, &[&at.to_le_bytes()[..], &[0, 0, 2, 0], b"DS"].concat());
    let globals_len = [bof(5), bound(0), end.clone()].concat().len();
    let at = u32::try_from(globals_len).unwrap_or_default();
    let mut stream = [bof(5), bound(at), end.clone(), bof(0x10), cells.to_vec(), end].concat();
    stream.resize(STREAM_LEN, 0);
    let mut folder = [
        entry("Root Entry", 5, 1, END_OF_CHAIN, 0),
        entry("Workbook", 2, FREE, 2, u32::try_from(STREAM_LEN).unwrap_or_default()),
    ]
    .concat();
    folder.resize(SECTOR_LEN, 0);
    [header(), sectors(), folder, stream].concat()
}

/// The header of a compound file of version 3 (MS-CFB 2.2).
fn header() -> Vec<u8> {
    let mut header = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    header.resize(24, 0);
    header.extend([0x3E, 0, 3, 0, 0xFE, 0xFF, 9, 0, 6, 0, 0, 0, 0, 0, 0, 0]);
    let words: [u32; 9] = [0, 1, 1, 0, 4_096, END_OF_CHAIN, 0, END_OF_CHAIN, 0];
    header.extend(words.iter().flat_map(|word| word.to_le_bytes()));
    header.extend(0_u32.to_le_bytes());
    header.resize(SECTOR_LEN, 0xFF);
    header
}

/// Which sector comes after which: the table's own, the folder's, eight of the stream.
fn sectors() -> Vec<u8> {
    let next = [0xFFFF_FFFD, END_OF_CHAIN, 3, 4, 5, 6, 7, 8, 9, END_OF_CHAIN];
    let mut table: Vec<u8> = next.iter().flat_map(|next: &u32| next.to_le_bytes()).collect();
    table.resize(SECTOR_LEN, 0xFF);
    table
}

/// An entry of a compound file's folder (MS-CFB 2.6.1).
fn entry(name: &str, kind: u8, child: u32, start: u32, len: u32) -> Vec<u8> {
    let mut bytes: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.resize(64, 0);
    let name_len = u16::try_from((name.len() + 1) * 2).unwrap_or_default();
    bytes.extend(name_len.to_le_bytes());
    bytes.extend([kind, 1]);
    bytes.extend([0xFF; 8]);
    bytes.extend(child.to_le_bytes());
    bytes.resize(116, 0);
    bytes.extend(start.to_le_bytes());
    bytes.extend(len.to_le_bytes());
    bytes.resize(128, 0);
    bytes
}

fn relations(all: &[(&str, &str)]) -> String {
    let lines = (1..).zip(all).map(|(number, (kind, target))| {
        format!("<Relationship Id=\"rId{number}\" Type=\"{RELATIONS}/{kind}\" Target=\"{target}\"/>")
    });
    let space = "http://schemas.openxmlformats.org/package/2006/relationships";
    format!("<?xml version=\"1.0\"?><Relationships xmlns=\"{space}\">{}</Relationships>", lines.collect::<String>())
}

const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const TYPES: &str = "<?xml version=\"1.0\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
    <Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>";
/// Kinds of records (MS-XLS 2.3).
const BOF: u16 = 0x0809;
const EOF: u16 = 0x000A;
const BOUND_SHEET: u16 = 0x0085;
const NUMBER: u16 = 0x0203;
/// MS-CFB 2.1 and 2.2.
const SECTOR_LEN: usize = 512;
const STREAM_LEN: usize = 4_096;
const END_OF_CHAIN: u32 = 0xFFFF_FFFE;
const FREE: u32 = 0xFFFF_FFFF;
