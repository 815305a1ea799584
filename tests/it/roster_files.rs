//! Files of every kind become a table, or a sentence that a clerk understands.

use crate::lists_dirt::words;
use diemdanh::lab::workbooks::{number_at, ods, record, xls, zipped};
use diemdanh::lists::table::{CellValue, Format, Legacy, Limits, Table, TableError, cell_name, column_index, legacy};
use proptest::prelude::*;
use rust_xlsxwriter::{Format as Look, Formula, Workbook};

pub(crate) fn book(fill: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut book = Workbook::new();
    fill(&mut book);
    book.save_to_buffer().unwrap()
}

/// A compound file that names one stream.
fn compound(stream: &str) -> Vec<u8> {
    let mut bytes = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    bytes.resize(1_024, 0);
    bytes.extend(stream.encode_utf16().flat_map(u16::to_le_bytes));
    bytes.resize(4_096, 0);
    bytes
}

/// The smallest XLS: one sheet “DS” with one text in A1 and one number in B1.
fn smallest_xls() -> Vec<u8> {
    let label = record(0x0204, &[&[0, 0, 0, 0, 0, 0, 3, 0, 0][..], b"SBD"].concat());
    xls(&[label, number_at(0, 1, 99_208_000_017.0)].concat())
}

fn read(bytes: &[u8]) -> Result<Table, TableError> {
    Table::read(bytes, &Limits::default())
}

/// What the clerk reads of a refusal.
fn said(read: Result<Table, TableError>) -> String {
    words().table(&read.unwrap_err())
}

fn shown(table: &Table) -> Vec<(u32, Vec<String>)> {
    let rows = table.sheets.iter().flat_map(|sheet| &sheet.rows);
    rows.map(|row| (row.line, row.cells().map(|cell| cell.value.shown()).collect())).collect()
}

#[test]
fn one_list_in_every_format() {
    let text = "SBD,Tên,Số\n01,An,99208000017\n";
    let xlsx = book(|book| {
        let sheet = book.add_worksheet();
        ["SBD", "Tên", "Số"].iter().zip(0..).for_each(|(text, column)| {
            sheet.write(0, column, *text).unwrap();
        });
        sheet.write(1, 0, "01").unwrap().write(1, 1, "An").unwrap().write(1, 2, 99_208_000_017_u64).unwrap();
    });
    let cell = |text: &str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    let ods = ods(&format!(
        "<table:table-row>{}{}{}</table:table-row><table:table-row>{}{}<table:table-cell office:value-type=\"float\" \
         office:value=\"99208000017\"><text:p>9,9E10</text:p></table:table-cell></table:table-row>",
        cell("SBD"),
        cell("Tên"),
        cell("Số"),
        cell("01"),
        cell("An")
    ))
    .unwrap();
    let wide: Vec<u8> = format!("\u{FEFF}{text}").encode_utf16().flat_map(u16::to_be_bytes).collect();
    let announced = format!("sep=;\n{}", text.replace(',', ";"));
    let rows: [(&[u8], Format); 8] = [
        (text.as_bytes(), Format::Delimited),
        (&text.replace(',', ";").into_bytes(), Format::Delimited),
        (&text.replace(',', "\t").replace('\n', "\r\n").into_bytes(), Format::Delimited),
        (&format!("\u{FEFF}{text}").into_bytes(), Format::Delimited),
        (&wide, Format::Delimited),
        (&xlsx, Format::Xlsx),
        (&ods, Format::Ods),
        (announced.as_bytes(), Format::Delimited),
    ];
    for (bytes, format) in rows {
        let table = read(bytes).unwrap();
        let first = if bytes.starts_with(b"sep") { 2 } else { 1 };
        let expected = [(first, ["SBD", "Tên", "Số"]), (first + 1, ["01", "An", "99208000017"])]
            .map(|(line, cells)| (line, cells.map(str::to_owned).to_vec()));
        assert_eq!((table.format, shown(&table)), (format, expected.to_vec()));
    }
    let table = read(&smallest_xls()).unwrap();
    assert_eq!((table.format, table.sheets[0].name.as_str()), (Format::Xls, "DS"));
    assert_eq!(shown(&table), [(1, vec!["SBD".to_owned(), "99208000017".to_owned()])]);
}

#[test]
fn files_that_are_no_table_say_what_they_are() {
    let bomb = vec![b' '; 8 << 20];
    let rows: [(Vec<u8>, &str); 14] = [
        (Vec::new(), "không có dữ liệu"),
        (b"   \n ,, \n".to_vec(), "không có dữ liệu"),
        (b"%PDF-1.7\n%\xE2\xE3".to_vec(), "PDF"),
        (b"\x89PNG\r\n\x1a\n".to_vec(), "ảnh"),
        (b"\xFF\xD8\xFF\xE0".to_vec(), "ảnh"),
        (b"\n<html><table><tr>".to_vec(), "trang web"),
        (b"<?xml version=\"1.0\"?><Workbook>".to_vec(), "XML"),
        (zipped(&[("a.txt", b"x")]).unwrap(), "tệp nén"),
        (zipped(&[("word/document.xml", b"x")]).unwrap(), "tài liệu"),
        (zipped(&[("xl/workbook.bin", b"x")]).unwrap(), ".xlsb"),
        (zipped(&[("xl/workbook.xml", b"x")]).unwrap(), "hỏng"),
        (b"PK\x03\x04 cut".to_vec(), "hỏng"),
        (compound("EncryptedPackage"), "mật khẩu"),
        (compound("Workbook"), "hỏng"),
    ];
    for (bytes, words) in rows {
        let error = said(read(&bytes));
        assert!(error.contains(words), "{words}: {error}");
    }
    let small = Limits { unpacked_bytes: 1 << 20, ..Limits::default() };
    let error = Table::read(&zipped(&[("xl/worksheets/sheet1.xml", &bomb)]).unwrap(), &small).unwrap_err();
    assert_eq!(error, TableError::UnpacksTooLarge { limit_mb: 1, part: "xl/worksheets/sheet1.xml".to_owned() });
    let error = Table::read(b"SBD", &Limits { bytes: 2, ..small }).unwrap_err();
    assert!(matches!(error, TableError::FileTooLarge { .. }));
}

/// The directory says ten bytes; what comes out is counted all the same.
#[test]
fn a_bomb_that_lies_about_its_size() {
    let mut bytes = zipped(&[("xl/worksheets/sheet1.xml", &vec![b' '; 8 << 20])]).unwrap();
    let real = u32::try_from(8 << 20).unwrap().to_le_bytes();
    let places: Vec<usize> = (0..bytes.len() - 4).filter(|at| bytes[*at..*at + 4] == real).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at..at + 4].copy_from_slice(&10_u32.to_le_bytes());
    }
    let error = Table::read(&bytes, &Limits { unpacked_bytes: 1 << 20, ..Limits::default() }).unwrap_err();
    assert!(matches!(error, TableError::UnpacksTooLarge { .. } | TableError::Damaged { .. }), "{error}");
}

#[test]
fn every_limit_names_its_place() {
    let limits = Limits { rows: 3, columns: 4, cells: 6, cell_len: 5, sheets: 1, ..Limits::default() };
    let rows = [
        ("a\nb\nc\nd\n", "dòng 4: hơn 3 dòng"),
        ("a,b,c,d,e\n", "ô E1: hơn 4 cột"),
        ("a,b,c\nd,e,f\ng\n", "dòng 3: hơn 6 ô"),
        ("a\nb,sáu chữ\n", "ô B2: dài hơn 5 byte"),
    ];
    for (text, words) in rows {
        let error = said(Table::read(text.as_bytes(), &limits));
        assert!(error.contains(words), "{words}: {error}");
    }
    let two = book(|book| {
        book.add_worksheet();
        book.add_worksheet();
    });
    assert!(said(Table::read(&two, &limits)).contains("hơn 1 trang tính"));
    let wide: String = (0..65_536).map(|column| format!("c{column},")).collect();
    assert!(said(read(wide.as_bytes())).contains("ô IW1: hơn 256 cột"));
    let wide = book(|book| {
        book.add_worksheet().set_name("Rộng").unwrap().write(4, 16_383, "x").unwrap();
    });
    let error = said(read(&wide));
    assert!(error.contains("“Rộng”, ô XFD5"), "{error}");
}

#[test]
fn a_million_empty_rows_are_no_rows() {
    let csv = format!("SBD,Tên\n{}01,An\n", ",\n".repeat(1_000_000));
    let table = read(csv.as_bytes()).unwrap();
    assert_eq!(table.sheets[0].rows.iter().map(|row| row.line).collect::<Vec<_>>(), [1, 1_000_002]);
    let xlsx = book(|book| {
        let sheet = book.add_worksheet();
        sheet.write(0, 0, "SBD").unwrap().write(1_048_575, 0, "01").unwrap();
        (1..50_000).for_each(|row| {
            sheet.write_blank(row, 0, &Look::new().set_bold()).unwrap();
        });
    });
    assert_eq!(read(&xlsx).unwrap().sheets[0].rows.iter().map(|row| row.line).collect::<Vec<_>>(), [1, 1_048_576]);
    let far = "<table:table-row table:number-rows-repeated=\"1048570\"><table:table-cell/></table:table-row>\
               <table:table-row><table:table-cell office:value-type=\"string\"><text:p>01</text:p></table:table-cell></table:table-row>";
    assert_eq!(read(&ods(far).unwrap()).unwrap().rows(), 1);
}

#[test]
fn what_a_cell_can_hold() {
    let bytes = book(|book| {
        let sheet = book.add_worksheet();
        let day = Look::new().set_num_format("dd/mm/yyyy");
        sheet.write(0, 0, "SBD").unwrap().write(0, 1, 1.5).unwrap().write(0, 2, true).unwrap();
        sheet.write_number_with_format(0, 3, 39_493.0, &day).unwrap();
        sheet.write_formula(0, 4, Formula::new("=1+1").set_result("2")).unwrap();
        sheet.write_formula(0, 5, Formula::new("=NA()").set_result("#N/A")).unwrap();
        sheet.write_formula(0, 6, Formula::new("=A1").set_result("")).unwrap();
        book.add_worksheet().set_hidden(true).set_name("Ẩn").unwrap().write(0, 0, "x").unwrap();
    });
    let table = read(&bytes).unwrap();
    let values: Vec<_> = table.sheets[0].rows.get(0).unwrap().cells().map(|cell| cell.value).collect();
    let date = CellValue::Date { serial: 39_493.0, since_1904: false };
    assert_eq!(values[..4], [CellValue::Text("SBD"), CellValue::Number(1.5), CellValue::Bool(true), date]);
    assert_eq!(values[4], CellValue::Number(2.0));
    assert!(matches!(values[5], CellValue::Fault("#N/A")), "{}", values[5].shown());
    assert!(!table.sheets[0].hidden && table.sheets[1].hidden);
    let debug = format!("{table:?}");
    assert!(!debug.contains("SBD") && !debug.contains("39493"), "{debug}");
}

#[test]
fn names_from_before_unicode() {
    let rows = [
        (Legacy::Tcvn3, "NguyÔn V¨n MÉu", "Nguyễn Văn Mẫu"),
        (Legacy::Tcvn3, "TrÇn ThÞ H\u{AD}¬ng Giang", "Trần Thị Hương Giang"),
        (Legacy::Tcvn3, "§ç ®øc v\u{AD}îng", "Đỗ đức vượng"),
        (Legacy::Tcvn3, "T¹ Ngäc ¸nh", "Tạ Ngọc Ánh"),
        (Legacy::Tcvn3, "HUúNH THÞ Mü DUY£N", "HUỲNH THỊ MỸ DUYÊN"),
        (Legacy::Vni, "Nguyeãn Vaên Maãu", "Nguyễn Văn Mẫu"),
        (Legacy::Vni, "Traàn Thò Höông Giang", "Trần Thị Hương Giang"),
        (Legacy::Vni, "Ñoã Ñöùc Vöôïng", "Đỗ Đức Vượng"),
        (Legacy::Vni, "HUYØNH THÒ MYÕ DUYEÂN", "HUỲNH THỊ MỸ DUYÊN"),
        (Legacy::Vni, "Leâ Baûo Khaùnh Quyønh Thö", "Lê Bảo Khánh Quỳnh Thư"),
    ];
    for (from, written, meant) in rows {
        assert_eq!(legacy::to_unicode(written, from), meant, "{written}");
    }
    for from in [Legacy::Tcvn3, Legacy::Vni] {
        let names: Vec<&str> = rows.iter().filter(|row| row.0 == from).map(|row| row.1).collect();
        let text = format!("SBD,Ten\n{}", names.iter().map(|name| format!("01,{name}\n")).collect::<String>());
        // As bytes, one a character; as UTF-8 of those characters; in a workbook.
        let bytes: Vec<u8> = text.chars().map(|one| u8::try_from(u32::from(one)).unwrap()).collect();
        let xlsx = book(|book| {
            let sheet = book.add_worksheet();
            names.iter().zip(0..).for_each(|(name, row)| {
                sheet.write(row, 0, *name).unwrap();
            });
        });
        for table in [read(&bytes).unwrap(), read(text.as_bytes()).unwrap(), read(&xlsx).unwrap()] {
            assert_eq!(table.sheets[0].legacy, Some(from));
            let last = shown(&table).last().unwrap().1.last().unwrap().clone();
            assert_eq!(last, rows.iter().rev().find(|row| row.0 == from).unwrap().2);
        }
    }
    // Windows-1258: letters of their own and combining tones.
    let bytes = b"SBD;Ten\n01;Nguy\xEA\xDEn V\xE3n M\xE2\xDEu\n02;Tr\xE2\xCCn Th\xEC\xF2 \xD0a\xCC\n";
    let table = read(bytes).unwrap();
    assert_eq!(table.sheets[0].legacy, Some(Legacy::Windows1258));
    assert_eq!(shown(&table)[1].1[1], "Nguyễn Văn Mẫu");
}

#[test]
fn unicode_stays_what_it_is() {
    let names = ["Nguyễn Văn Mẫu", "Y Bhôk Niê", "Sôn", "H’Mông", "Nguye\u{302}\u{303}n", "Lê", "Hoà", "José"];
    for name in names {
        let table = read(format!("SBD,Tên\n01,{name}\n").as_bytes()).unwrap();
        assert_eq!((table.sheets[0].legacy, shown(&table)[1].1[1].as_str()), (None, name));
    }
    let error = read(b"SBD;Ten\n01;\x81\x8D\xF0\xFF\x90\n").unwrap_err();
    let said = crate::lists_dirt::words().table(&error);
    assert!(said.starts_with("dòng 2"), "{said}");
}

#[test]
fn cells_have_the_names_that_spreadsheets_give_them() {
    let rows = [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")];
    for (index, name) in rows {
        assert_eq!((cell_name(index, 7), column_index(name)), (format!("{name}7"), Some(index)));
    }
    assert_eq!([column_index(""), column_index("A1"), column_index("Ă"), column_index("ABCDE")], [None; 4]);
}

proptest! {
    /// No bytes make the reader panic, and none make it take long.
    #[test]
    fn any_bytes_are_a_table_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..400), head in 0_usize..4) {
        let heads: [&[u8]; 4] = [b"", b"PK\x03\x04", &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], b"\xFF\xFE"];
        let _ = read(&[heads[head], &bytes].concat());
    }

    /// A workbook cut or changed anywhere is a table or an error.
    #[test]
    fn any_damage_is_survived(at in 0.0_f64..1.0, byte in any::<u8>(), cut in any::<bool>()) {
        let whole = if byte % 2 == 0 { smallest_xls() } else { book(|book| { book.add_worksheet().write(0, 0, "SBD").unwrap(); }) };
        let at = (whole.len() as f64 * at) as usize;
        let mut bytes = whole;
        if cut { bytes.truncate(at) } else { bytes[at] = byte }
        let _ = read(&bytes);
    }
}
