//! Lists as they really come: nobody is lost and nobody changed without a word.

use crate::programs::board_program;
use crate::roster_files::book;
use diemdanh::lists::table::{Limits, Table, TableError};
use diemdanh::lists::words::ListWords;
use diemdanh::lists::{Capacity, Intake, Mapping, Problem, Weight};
use diemdanh::words::Language;
use proptest::prelude::*;

pub(crate) const HEAD: [&str; 7] =
    ["STT", "Số báo danh", "Họ và tên", "Ngày sinh", "Giới tính", "Số CCCD", "Phòng thi"];

pub(crate) const SIX: [[&str; 7]; 6] = [
    ["1", "02000101", "Nguyễn Thị Mẫu Một", "15/02/2008", "Nữ", "099308000101", "Phòng 1"],
    ["2", "02000102", "Trần Văn Mẫu Hai", "03/04/2008", "Nam", "099208000102", "Phòng 1"],
    ["3", "02000103", "Đặng Thị Mẫu Ba", "28/11/2008", "Nữ", "099308000103", "Phòng 1"],
    ["4", "02000104", "Lê Văn Mẫu Bốn", "07/12/2008", "Nam", "099208000104", "Phòng 2"],
    ["5", "02000105", "Phạm Thị Mẫu Năm", "19/09/2008", "Nữ", "099308000105", "Phòng 2"],
    ["6", "02000106", "Hồ Văn Mẫu Sáu", "30/06/2008", "Nam", "099208000106", "Phòng 2"],
];

pub(crate) type Rows = Vec<Vec<String>>;

pub(crate) fn six() -> Rows {
    let rows = std::iter::once(HEAD.to_vec()).chain(SIX.iter().map(|row| row.to_vec()));
    rows.map(|row| row.into_iter().map(str::to_owned).collect()).collect()
}

pub(crate) fn with(change: impl FnOnce(&mut Rows)) -> Rows {
    let mut rows = six();
    change(&mut rows);
    rows
}

pub(crate) fn csv(rows: &Rows) -> Vec<u8> {
    let cell = |cell: &String| match cell.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.clone(),
    };
    let line = |row: &Vec<String>| row.iter().map(cell).collect::<Vec<_>>().join(",") + "\n";
    rows.iter().map(line).collect::<String>().into_bytes()
}

pub(crate) fn xlsx(rows: &Rows) -> Vec<u8> {
    book(|book| {
        let sheet = book.add_worksheet().set_name("DS").unwrap();
        for (line, row) in (0..).zip(rows) {
            for (column, cell) in (0..).zip(row) {
                sheet.write_string(line, column, cell).unwrap();
            }
        }
    })
}

fn table(bytes: &[u8]) -> Table {
    Table::read(bytes, &Limits::default()).unwrap()
}

pub(crate) fn intake(bytes: &[u8]) -> Intake {
    let table = table(bytes);
    let mapping = Mapping::find(&table);
    let mut intake = Intake::read(&table, &mapping, &mut |_| ());
    intake.check(&mapping, &Capacity::default());
    assert_eq!(intake.rows(), table.rows(), "rows in = people + rows named");
    intake
}

/// Number, name, birth date, identity number.
pub(crate) fn people(intake: &Intake) -> Vec<[String; 4]> {
    let one = |one: diemdanh::lists::Listed| {
        [
            one.number.to_string(),
            one.full_name.reveal().clone(),
            one.birth_date.reveal().clone(),
            one.id_number.reveal().clone(),
        ]
    };
    intake.people().iter().map(one).collect()
}

/// What is said about lists, as a clerk reads it.
pub(crate) fn words() -> ListWords {
    ListWords::of(Language::Vietnamese)
}

pub(crate) fn clean() -> Vec<[String; 4]> {
    people(&intake(&csv(&six())))
}

/// Places and codes of all that weighs this much.
pub(crate) fn found(intake: &Intake, problem: Problem) -> Vec<String> {
    intake.findings.iter().filter(|one| one.problem == problem).map(|one| words().place(one, "")).collect()
}

pub(crate) fn loud(intake: &Intake) -> Vec<&'static str> {
    let loud = intake.findings.iter().filter(|one| one.problem.weight() > Weight::Note);
    loud.map(|one| one.problem.code()).collect()
}

#[test]
fn dirt_at_the_numbers_of_the_last_rows_makes_no_signature_of_a_person() {
    let quiet = ["\u{A0}{}", "{}\u{A0}", "\t{}", "{}\u{2003}", "'{}"];
    let told = [
        "\u{FEFF}{}",
        "{}\u{200B}",
        "\u{200E}{}",
        "\u{202D}{}\u{202C}",
        "=\"{}\"",
        "\"{}\"",
        "#{}",
        "*{}",
        "{}*",
        "\u{201C}{}\u{201D}",
        "SBD: {}",
        "Số {}",
        "({})",
    ];
    for (dirt, is_told) in quiet.iter().map(|dirt| (dirt, false)).chain(told.iter().map(|dirt| (dirt, true))) {
        for columns in [&[1][..], &[5], &[1, 5]] {
            let rows = with(|rows| {
                for row in rows.iter_mut().skip(5) {
                    columns.iter().for_each(|column| row[*column] = dirt.replace("{}", &row[*column]));
                }
            });
            for bytes in [csv(&rows), xlsx(&rows)] {
                let intake = intake(&bytes);
                assert_eq!(people(&intake), clean(), "{dirt:?}");
                let changes = intake.findings.iter().filter(|one| one.problem.is_change()).count();
                let expected = if is_told && *dirt != "\"{}\"" { 2 * columns.len() } else { 0 };
                assert_eq!(changes, expected, "{dirt:?}");
                assert_eq!(loud(&intake).contains(&"list.changed"), expected > 0, "{dirt:?}");
            }
        }
    }
    let full_width =
        |text: &str| text.chars().map(|one| char::from_u32(u32::from(one) + 0xFEE0).unwrap()).collect::<String>();
    let rows = with(|rows| rows[6][1] = full_width(&rows[6][1]));
    assert_eq!(people(&intake(&csv(&rows))), clean());
}

#[test]
fn whoever_has_a_name_and_something_else_is_a_person_or_an_error() {
    // What is left of the last row: columns that keep their cell.
    let rows: [(&[usize], Option<Problem>); 8] = [
        (&[1, 2], None),
        (&[2, 3], Some(Problem::NumberMissing)),
        (&[2, 4], Some(Problem::NumberMissing)),
        (&[2, 5], Some(Problem::NumberMissing)),
        (&[3, 5], Some(Problem::NumberMissing)),
        (&[2, 6], Some(Problem::NobodysRow)),
        (&[1], None),
        (&[2], Some(Problem::Trailing)),
    ];
    for (kept, problem) in rows {
        let dirty = with(|rows| {
            (0..7).filter(|column| !kept.contains(column)).for_each(|column| rows[6][column].clear());
        });
        let intake = intake(&csv(&dirty));
        let of_row =
            intake.findings.iter().find(|one| one.line == 7 && one.problem.leaves_out()).map(|one| one.problem);
        assert_eq!((of_row, intake.people().len()), (problem, if problem.is_some() { 5 } else { 6 }), "{kept:?}");
    }
    let dirty = with(|rows| rows[6][1] = "02000106 ?".to_owned());
    assert_eq!(found(&intake(&csv(&dirty)), Problem::NumberMissing), ["ô B7"]);
}

#[test]
fn totals_and_signatures_are_nobody() {
    let tails: [&[&str]; 12] = [
        &["Tổng số: 6 thí sinh"],
        &["", "6", "Tổng số", "", "", "6"],
        &["Tổng", "6", "", "", "", "6"],
        &["Cộng:", "6", "6"],
        &["", "", "Danh sách này có 6 thí sinh./.", "", "Nam"],
        &["", "", "TỔNG CỘNG", "", "", "6"],
        &["", "", "Người lập bảng", "", "", "CHỦ TỊCH HỘI ĐỒNG"],
        &["", "", "(Ký, ghi rõ họ tên)", "", "", "(Ký, đóng dấu)"],
        &["", "", "", "Ngày 5 tháng 6 năm 2026"],
        &["", "", "Nguyễn Văn Ký"],
        &["STT", "Số báo danh", "Họ và tên", "Ngày sinh", "Giới tính", "Số CCCD", "Phòng thi "],
        &["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"],
    ];
    for tail in tails {
        let rows = with(|rows| rows.push(tail.iter().map(|cell| (*cell).to_owned()).collect()));
        let intake = intake(&csv(&rows));
        assert_eq!(people(&intake), clean(), "{tail:?}");
        assert_eq!(loud(&intake), [""; 0], "{tail:?}");
    }
    // A count without a word, and two people beside each other: nobody, and told.
    for tail in [&["", "6", "", "", "", "6"][..], &["", "", "Nguyễn Văn Ký", "", "", "Lê Thị Dấu"]] {
        let rows = with(|rows| rows.push(tail.iter().map(|cell| (*cell).to_owned()).collect()));
        let intake = intake(&csv(&rows));
        assert_eq!((people(&intake), loud(&intake)), (clean(), vec!["row.nobody"]), "{tail:?}");
    }
    // People who are called almost so.
    let names = ["Tống Công Minh", "TONG CONG MINH", "Trương Phong Vũ", "Trương Ban", "Công Thị Số"];
    for name in names {
        let rows = with(|rows| rows[6] = ["6", "", name, "", "Nam", "", "Phòng 2"].map(str::to_owned).to_vec());
        assert_eq!(found(&intake(&csv(&rows)), Problem::NumberMissing), ["ô B7"], "{name}");
    }
}

#[test]
fn a_person_above_the_headings_is_told() {
    let rows = with(|rows| rows.swap(0, 1));
    assert_eq!(found(&intake(&csv(&rows)), Problem::RowOutside), ["dòng 1"]);
}

#[test]
fn a_quote_swallows_no_row() {
    let line = |row: &[&str; 7], remark: &str| format!("{},{remark}\r\n", row.join(","));
    let list = |remarks: [&str; 6]| {
        let rows: String = SIX.iter().zip(remarks).map(|(row, remark)| line(row, remark)).collect();
        format!("{}{rows}", line(&HEAD, "Ghi chú"))
    };
    let rows = [
        (list(["", "\"", "", "\"", "", ""]), (3, 5)),
        (list(["", "\"", "\"", "", "", ""]), (3, 4)),
        (list(["", "", "", "", "\"", ""]), (6, 7)),
        (list(["\"A", "\"B", "\"C", "\"D", "\"E", "\"F"]), (2, 3)),
        (list(["", "", "\"x\ny\"", "", "", "\"1,\n2\""]), (8, 9)),
    ];
    for (text, (first, last)) in rows {
        for text in [text.replace(',', ";"), text.replace(',', "\t"), text] {
            let error = Table::read(text.as_bytes(), &Limits::default()).unwrap_err();
            assert!(
                matches!(error, TableError::QuotedRows { first: one, last: other } if one == first && other >= last),
                "{text}: {error}"
            );
        }
    }
    let good = list(["\"a\nb\"", "\"1,5\"", "5\" x 7\"", "\"\"\"\"", "", ""]);
    assert_eq!(people(&intake(good.as_bytes())), clean());
    assert_eq!(table(good.as_bytes()).lines, 8);
}

#[test]
fn one_odd_character_converts_no_unicode_list() {
    let names = ["Lê Công", "Tô Hoà", "Lê Thành Tâm", "Hà Công Quý", "Lê Hoài", "Tô Xuân"];
    for dirt in ["\u{AD}", "«", "ª", "¸", "µ", "\u{AD}¬"] {
        for unaccented in [false, true] {
            let rows = with(|rows| {
                names.iter().zip(1..).for_each(|(name, at)| rows[at][2] = (*name).to_owned());
                rows[3][6].push_str(dirt);
                if unaccented {
                    rows[0] = ["STT", "SBD", "Ho va ten", "Ngay sinh", "Phai", "So CCCD", "Phong"]
                        .map(str::to_owned)
                        .to_vec();
                    rows.iter_mut().skip(1).for_each(|row| row[4] = "Nam".to_owned());
                }
            });
            for bytes in [csv(&rows), xlsx(&rows)] {
                let intake = intake(&bytes);
                let read: Vec<_> = intake.people().iter().map(|one| one.full_name.reveal().clone()).collect();
                assert_eq!(read, names, "{dirt:?}");
                assert!(!loud(&intake).contains(&"text.converted"), "{dirt:?}");
            }
        }
    }
}

#[test]
fn a_conversion_is_shown_and_a_rest_of_one_is_told() {
    let names = ["NguyÔn V¨n MÉu", "TrÇn ThÞ H\u{AD}¬ng", "§ç V¨n Hïng", "Ph¹m ThÞ T¸m", "Lª V¨n B¶y", "Hå ThÞ Lý"];
    let rows = with(|rows| {
        rows[0] = ["STT", "SBD", "Ho va ten", "Ngay sinh", "Phai", "So CCCD", "Phong"].map(str::to_owned).to_vec();
        for (row, name) in rows.iter_mut().skip(1).zip(names) {
            (row[2], row[4], row[6]) = (name.to_owned(), "Nam".to_owned(), "P1".to_owned());
        }
    });
    let converted = intake(&xlsx(&rows));
    assert_eq!(converted.people().get(0).unwrap().full_name.reveal(), "Nguyễn Văn Mẫu");
    let told = converted.findings.iter().find(|one| one.problem == Problem::Converted).unwrap();
    assert!(
        told.masked(&words()).contains("TCVN3") && told.masked(&words()).contains("NguyÔn → Nguyễn"),
        "{}",
        told.masked(&words())
    );
    // The same name in a list that is Unicode: nothing is converted, and the row is told.
    let mixed = intake(&xlsx(&with(|rows| rows[2][2] = "TrÇn V¨n MÉu Hai".to_owned())));
    assert_eq!(found(&mixed, Problem::LegacyLeft), ["ô C3"]);
    assert_eq!(found(&mixed, Problem::Converted), [""; 0]);
    let people = people(&mixed);
    assert_eq!((&people[0], &people[2]), (&clean()[0], &clean()[2]));
}

#[test]
fn letters_that_look_alike_are_stored_in_one_form_and_told() {
    let names = ["H'Hen Niê", "H’Hen Niê", "Y-Blok Êban", "Y Blok Êban", "Đặng Thị Mẫu", "Ðặng Thị\u{200B} Mẫu"];
    let rows = with(|rows| {
        names.iter().zip(1..).for_each(|(name, at)| (rows[at][2], rows[at][6]) = ((*name).to_owned(), "P1".to_owned()))
    });
    let intake = intake(&xlsx(&rows));
    let read: Vec<_> = intake.people().iter().map(|one| one.full_name.reveal().clone()).collect();
    assert_eq!(read, ["H'Hen Niê", "H'Hen Niê", "Y-Blok Êban", "Y Blok Êban", "Đặng Thị Mẫu", "Đặng Thị Mẫu"]);
    assert_eq!(found(&intake, Problem::TextLookalike), ["ô C3", "ô C7"]);
    assert_eq!(found(&intake, Problem::TextInvisible), ["ô C7"]);
    assert_eq!(found(&intake, Problem::NameAlike), ["ô C3", "ô C5", "ô C7"]);
    let changes = intake.findings.iter().filter(|one| one.problem.is_change());
    let told: Vec<String> = changes.map(|one| one.masked(&words())).collect();
    assert_eq!(told, ["H’Hen → H'Hen", "Ðặng Thị[U+200B] → Đặng Thị", "Ðặng Thị[U+200B] → Đặng Thị"]);
}

/// The clerk sees each change, and nothing is taken before she says so.
#[test]
fn changes_are_shown_before_they_are_accepted() {
    let work = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let program = board_program();
        let output = { program }.current_dir(work.path()).arg("exam").args(arguments).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
    };
    let rows = with(|rows| (rows[3][2], rows[6][5]) = ("Ðặng Thị Mẫu Ba".to_owned(), "CCCD 099208000106".to_owned()));
    std::fs::write(work.path().join("ds.xlsx"), xlsx(&rows)).unwrap();
    assert_eq!(run(&["new", "thi", "--board", "so.example", "--id", "tn", "--title", "Thi"]).0, 0);
    let (code, said) = run(&["import", "ds.xlsx", "--into", "thi", "--report", "bc.csv"]);
    assert_eq!(code, 3, "{said}");
    for words in
        ["Ðặng → Đặng", "CCCD •••••••••••• → ••••••••••••", "--accept list.changed", "Dòng của tệp: 7", "thí sinh: 6"]
    {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!said.contains("099208") && !said.contains("Mẫu Ba"), "{said}");
    let report = std::fs::read_to_string(work.path().join("bc.csv")).unwrap();
    assert!(report.contains("Ðặng Thị Mẫu Ba,Đặng Thị Mẫu Ba,"), "{report}");
    assert!(!std::fs::read_to_string(work.path().join("thi/candidates.csv")).unwrap().contains("Đặng"));
    assert_eq!(run(&["import", "ds.xlsx", "--into", "thi", "--accept", "list.changed"]).0, 1);
    let taken = std::fs::read_to_string(work.path().join("thi/candidates.csv")).unwrap();
    assert!(taken.contains(",Đặng Thị Mẫu Ba,") && taken.contains(",099208000106,"), "{taken}");
}

/// Dirt that a cell may have, `{}` for what it holds; what stands in between belongs into the middle.
const DIRT: [&str; 24] = [
    "{}",
    "\u{A0}{}",
    "{}\t",
    "\u{FEFF}{}",
    "{}\u{200B}",
    "\u{202D}{}\u{202C}",
    "=\"{}\"",
    "'{}",
    "#{}",
    "*{}",
    "{} *",
    "“{}”",
    "({})",
    "SBD: {}",
    "{}.",
    ";{}",
    "",
    "-",
    "?",
    "\u{200B}",
    "#N/A",
    "{}{}",
    "0{}",
    "{} x",
];

proptest! {
    /// Whatever stands in whichever cells: nobody is added or lost in silence, and whoever is changed is told.
    #[test]
    fn any_dirt_in_any_cell(
        dirt in proptest::collection::vec((1_usize..7, 0_usize..7, 0..DIRT.len(), any::<bool>()), 0..8),
        tail in 0_usize..3,
        as_book in any::<bool>(),
    ) {
        let mut rows = six();
        for (row, column, which, inside) in dirt {
            let cell = rows[row][column].clone();
            let middle = cell.char_indices().nth(cell.chars().count() / 2).map_or(0, |(at, _)| at);
            // What no program can tell from a name.
            if column == 2 && ["{}.", "{}{}", "{} x"].contains(&DIRT[which]) {
                continue;
            }
            rows[row][column] = match inside && DIRT[which].starts_with("\u{200B}") {
                true => format!("{}\u{AD}{}", &cell[..middle], &cell[middle..]),
                false => DIRT[which].replace("{}", &cell),
            };
        }
        rows.extend((0..tail).map(|at| vec![["", "Tổng số: 6"][at].to_owned(), String::new(), ["Tổng cộng", ""][at].to_owned()]));
        let bytes = if as_book { xlsx(&rows) } else { csv(&rows) };
        let intake = intake(&bytes);
        let clean = clean();
        for (line, meant) in (2_u32..).zip(&clean) {
            let is_told = intake.findings.iter().any(|one| one.line == line && one.problem.weight() > Weight::Note);
            let read = intake.people().iter().position(|one| one.line == line).map(|at| people(&intake)[at].clone());
            let is_gone = [1, 2, 3, 5].iter().all(|column| rows[line as usize - 1][*column].chars().all(|one| !one.is_alphanumeric()));
            prop_assert!(is_told || is_gone || read.as_ref() == Some(meant), "line {line}: {read:?} in {rows:?}");
        }
        prop_assert!(intake.people().iter().all(|one| one.line <= 7), "{rows:?}");
    }
}
