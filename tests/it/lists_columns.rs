//! Columns and cells as programs save them: dates, number formats, headings, errors.

use crate::lists_dirt::{HEAD, SIX, clean, csv, found, intake, people, six, with, words, xlsx};
use crate::roster_files::book;
use diemdanh::lab::workbooks::ods;
use diemdanh::lists::table::{Limits, Table, TableError};
use diemdanh::lists::{Finding, Intake, Problem, Weight};
use diemdanh::roster::Sex;
use rust_xlsxwriter::Format as Look;

#[test]
fn a_column_of_dates_has_one_order() {
    let with_dates = |dates: [&str; 6]| {
        intake(&csv(&with(|rows| (1..).zip(dates).for_each(|(at, date)| rows[at][3] = date.to_owned()))))
    };
    let dates = |intake: &Intake| -> Vec<String> {
        intake.people().iter().map(|one| one.birth_date.reveal().clone()).collect()
    };
    let meant = dates(&intake(&csv(&six())));
    let american = with_dates(["02/15/2008", "04/03/2008", "11/28/2008", "12/07/2008", "09/19/2008", "06/30/2008"]);
    assert_eq!((dates(&american), found(&american, Problem::BirthMonthFirst)), (meant, vec!["cột D".to_owned()]));
    // The day on which somebody signed is nobody's birth date and proves nothing.
    let dates_and_tail = with(|rows| {
        let american = ["02/15/2008", "04/03/2008", "11/28/2008", "12/07/2008", "09/19/2008", "06/30/2008"];
        (1..).zip(american).for_each(|(at, date)| rows[at][3] = date.to_owned());
        rows.push(["", "", "Người lập bảng", "25/06/2026", "", "", ""].map(str::to_owned).to_vec());
    });
    let signed = intake(&csv(&dates_and_tail));
    assert_eq!((found(&signed, Problem::BirthContradiction), dates(&signed)), (vec![], dates(&american)));
    let both = with_dates(["15/02/2008", "03/04/2008", "28/11/2008", "12/31/2008", "19/09/2008", "30/06/2008"]);
    assert_eq!(found(&both, Problem::BirthContradiction), ["ô D5"]);
    let open = with_dates(["05/02/2008", "03/04/2008", "08/11/2008", "07/12/2008", "09/09/2008", "03/06/2008"]);
    let told: Vec<&Finding> = open.findings.iter().filter(|one| one.problem == Problem::BirthOrder).collect();
    assert_eq!(
        told.iter().map(|one| one.masked(&words())).collect::<Vec<_>>(),
        ["5 ô; dòng 2: ngày 5 tháng 2 hoặc ngày 2 tháng 5"]
    );
    assert!(told[0].problem.weight() == Weight::Warning && Problem::BirthContradiction.weight() == Weight::Error);
}

#[test]
fn a_birthday_is_never_one_day_early_in_silence() {
    let day = Look::new().set_num_format("dd/mm/yyyy hh:mm");
    let read = |serial: f64| {
        let bytes = book(|book| {
            let sheet = book.add_worksheet();
            (0..).zip(HEAD).for_each(|(column, head)| {
                sheet.write(0, column, head).unwrap();
            });
            (0..).zip(SIX[0]).filter(|(column, _)| *column != 3).for_each(|(column, cell)| {
                sheet.write(1, column, cell).unwrap();
            });
            sheet.write_number_with_format(1, 3, serial, &day).unwrap();
        });
        let intake = intake(&bytes);
        let told =
            intake.findings.iter().filter(|one| one.problem.code().starts_with("birth.")).map(|one| one.problem.code());
        (intake.people().get(0).unwrap().birth_date.reveal().clone(), told.collect::<Vec<_>>())
    };
    let rows = [
        (39_493.0, "2008-02-15", "birth.serial"),
        (39_492.0 + 17.0 / 24.0, "2008-02-15", "birth.time"),
        (39_492.0 + 17.5 / 24.0, "2008-02-15", "birth.time"),
        (39_492.999_629_63, "2008-02-15", "birth.rounded"),
        (39_493.000_37, "2008-02-15", "birth.rounded"),
        (39_493.5, "2008-02-15", "birth.time"),
    ];
    for (serial, born, code) in rows {
        assert_eq!(read(serial), (born.to_owned(), vec![code]), "{serial}");
    }
    let rows = with(|rows| rows[1][3] = "2008-02-14T17:00:00Z".to_owned());
    let timed = intake(&csv(&rows));
    let told = timed.findings.iter().find(|one| one.problem == Problem::BirthTimed).unwrap();
    assert_eq!(
        (words().place(told, ""), told.masked(&words())),
        ("ô D2".to_owned(), "02-15 (hoặc 02-14)".to_owned()),
        "day and month, no year"
    );
    assert_eq!(timed.people().get(0).unwrap().birth_date.reveal(), "2008-02-15");
}

#[test]
fn zeros_of_a_number_format_are_digits() {
    let eight = Look::new().set_num_format("00000000");
    let twelve = Look::new().set_num_format("000000000000");
    let bytes = book(|book| {
        let sheet = book.add_worksheet();
        (0..).zip(HEAD).for_each(|(column, head)| {
            sheet.write(0, column, head).unwrap();
        });
        for (line, row) in (1..).zip(SIX) {
            (0..).zip(row).for_each(|(column, cell)| {
                sheet.write(line, column, cell).unwrap();
            });
            sheet.write_number_with_format(line, 1, 100.0 + f64::from(line), &eight).unwrap();
            sheet.write_number_with_format(line, 5, row[5].parse::<f64>().unwrap(), &twelve).unwrap();
        }
    });
    let intake = intake(&bytes);
    assert_eq!(intake.people().get(0).unwrap().number.as_str(), "00000101");
    assert_eq!(intake.people().get(5).unwrap().id_number.reveal(), "099208000106");
    assert_eq!((found(&intake, Problem::NumberDisguised).len(), found(&intake, Problem::IdDisguised).len()), (6, 6));
}

#[test]
fn headings_and_columns() {
    // The law's words; lines that end with CR alone; CR CR LF.
    let text = String::from_utf8(csv(&six())).unwrap().replace("\"", "");
    for text in [
        text.replace("Họ và tên", "Họ chữ đệm và tên"),
        text.replace('\n', "\r"),
        format!("\u{FEFF}{}", text.replace('\n', "\r")),
        text.replace('\n', "\r\r\n"),
    ] {
        let intake = intake(text.as_bytes());
        assert_eq!((people(&intake), intake.people().get(5).unwrap().line), (clean(), 7), "{text:?}");
    }
    // Two columns of numbers, the date of issue, the father's: what the cells hold decides.
    let heads = ["Số CCCD cũ", "CCCD ngày cấp", "Số CMND/CCCD của cha", "Số CCCD mới"];
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1]] {
        let rows = with(|rows| {
            for (at, row) in rows.iter_mut().enumerate() {
                let own = row.pop().map(|room| (row.pop().unwrap(), room)).unwrap();
                let cells = [format!("09900000{at}"), "01/07/2024".to_owned(), format!("09907800090{at}"), own.0];
                row.extend(order.map(|which| if at == 0 { heads[which].to_owned() } else { cells[which].clone() }));
                row.push(own.1);
            }
        });
        let intake = intake(&csv(&rows));
        assert_eq!(people(&intake), clean(), "{order:?}");
        assert_eq!(found(&intake, Problem::ColumnChosen).len(), 1, "{order:?}");
    }
    // A column Nữ with what a program writes for no.
    for (yes, no) in [("x", "-"), ("TRUE", "FALSE"), ("1", "0"), ("Nữ", ""), ("x", "\u{A0}")] {
        let rows = with(|rows| {
            rows[0][4] = "Nữ".to_owned();
            rows.iter_mut()
                .skip(1)
                .for_each(|row| row[4] = if row[4] == "Nữ" { yes.to_owned() } else { no.to_owned() });
        });
        let sexes: Vec<_> = intake(&csv(&rows)).people().iter().map(|one| one.sex).collect();
        let expected = [Sex::Female, Sex::Male].into_iter().cycle().take(6).map(Some);
        assert_eq!(sexes, expected.collect::<Vec<_>>(), "{yes} {no:?}");
    }
}

/// Older programs store an error as 0 and zeros in front as no zeros; the text beside the number says what they show.
#[test]
fn an_ods_is_read_as_it_is_shown() {
    let text = |text: &str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    let number = |value: u32, shown: &str| {
        let value = format!("office:value-type=\"float\" office:value=\"{value}\"");
        format!("<table:table-cell {value}><text:p>{shown}</text:p></table:table-cell>")
    };
    let row = |cells: &[String]| format!("<table:table-row>{}</table:table-row>", cells.concat());
    let rows = [
        row(&HEAD.map(text)),
        row(&[
            text("1"),
            number(101, "00000101"),
            text("Lê A"),
            text("15/02/2008"),
            text("Nam"),
            text("099208000017"),
            text("P1"),
        ]),
        row(&[
            text("2"),
            number(0, "Err:502"),
            text("Lê B"),
            text("15/02/2008"),
            text("Nam"),
            number(0, "#N/A"),
            text("P1"),
        ]),
        row(&[
            text("3"),
            number(103, "103"),
            text("Lê C"),
            text("15/02/2008"),
            text("Nam"),
            text("099208000025"),
            text("P1"),
        ]),
    ];
    let intake = intake(&ods(&rows.concat()).unwrap());
    assert_eq!(intake.people().get(0).unwrap().number.as_str(), "00000101");
    assert_eq!(found(&intake, Problem::NumberDisguised), ["ô B2"]);
    assert_eq!(found(&intake, Problem::NumberBare), ["ô B4"], "and where it shows no zeros, that is told");
    assert_eq!(found(&intake, Problem::CellFault), ["ô B3", "ô F3"]);
}

#[test]
fn errors_of_cells_are_errors_in_every_format() {
    for fault in ["#N/A", "#REF!", "Err:502", "########"] {
        let rows = with(|rows| (rows[3][5], rows[4][2]) = (fault.to_owned(), fault.to_owned()));
        for bytes in [csv(&rows), xlsx(&rows)] {
            let places = found(&intake(&bytes), Problem::CellFault);
            assert_eq!(places, ["ô F4", "ô C5"], "{fault}");
        }
    }
}

#[test]
fn a_web_page_is_named_as_such() {
    let page = "<table><tr><th>SBD</th></tr></table>";
    let wide: Vec<u8> = format!("\u{FEFF}{page}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let rows: [Vec<u8>; 7] = [
        page.into(),
        format!("\u{FEFF}\r\n\r\n<style>td{{}}</style>{page}").into(),
        format!("<meta charset=utf-8>{page}").into(),
        format!("<!-- x --><?php ?>{page}").into(),
        format!("<?xml version=\"1.0\"?><html>{page}</html>").into(),
        format!("MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n{page}").into(),
        wide,
    ];
    for bytes in rows {
        assert_eq!(Table::read(&bytes, &Limits::default()).unwrap_err(), TableError::WebPage);
    }
}
