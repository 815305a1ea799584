//! From a workbook to people: what is found, what is put right, what is refused, and that nothing is lost.

use crate::lists_dirt::words;
use crate::roster_files::book;
use diemdanh::lists::table::{Limits, Table};
use diemdanh::lists::{Capacity, Column, Intake, Mapping, Problem, Weight};
use diemdanh::roster::Sex;
use proptest::prelude::*;
use rust_xlsxwriter::Format as Look;
use std::collections::BTreeSet;

fn table(bytes: &[u8]) -> Table {
    Table::read(bytes, &Limits::default()).unwrap()
}

fn intake(table: &Table, mapping: &Mapping) -> Intake {
    let mut intake = Intake::read(table, mapping, &mut |_| ());
    intake.check(mapping, &Capacity::default());
    intake
}

fn import(text: &str) -> Intake {
    let table = table(text.as_bytes());
    let intake = intake(&table, &Mapping::find(&table));
    accounted(&table, &intake);
    intake
}

/// Rows in = rows out + rows named, row by row.
fn accounted(table: &Table, intake: &Intake) {
    let all: BTreeSet<(usize, u32)> = table
        .sheets
        .iter()
        .enumerate()
        .flat_map(|(at, sheet)| sheet.rows.iter().map(move |row| (at, row.line)))
        .collect();
    let out: BTreeSet<_> = intake.people().iter().map(|one| (one.sheet, one.line)).collect();
    let named: BTreeSet<_> =
        intake.findings.iter().filter(|one| one.problem.leaves_out()).map(|one| (one.sheet, one.line)).collect();
    assert_eq!(out.union(&named).copied().collect::<BTreeSet<_>>(), all);
    assert_eq!((out.len() + named.len(), out.len()), (all.len(), intake.people().len()), "nobody stands in both");
    assert_eq!(intake.rows(), intake.people().len() + intake.left_out());
}

fn found(intake: &Intake) -> Vec<(String, Problem)> {
    let quiet = [Problem::HeaderRow, Problem::ColumnUnused];
    let findings = intake.findings.iter().filter(|one| !quiet.contains(&one.problem));
    findings.map(|one| (words().place(one, ""), one.problem)).collect()
}

fn columns(text: &str) -> Vec<(Column, u32)> {
    let found = Mapping::find(&table(text.as_bytes()));
    found.sheets[0].columns.iter().copied().filter(|(column, _)| column.is_taken()).collect()
}

const HEAD: &str = "SBD,Họ và tên,Ngày sinh,Giới tính,Số CCCD,Điểm thi,Phòng thi,Số ghế\n";

#[test]
fn headings_are_understood() {
    use Column::*;
    let rows: [(&str, &[(Column, u32)]); 5] = [
        (
            "STT;Số báo danh;HỌ VÀ TÊN THÍ SINH;Ngày, tháng, năm sinh;Phái;Nơi sinh;Số CCCD/CMND;Phòng thi;Ghi chú\n",
            &[(Number, 1), (FullName, 2), (BirthDate, 3), (Sex, 4), (IdNumber, 6), (Room, 7)],
        ),
        (
            "TT;SBD;Họ đệm;Tên;Ngày sinh;Nữ;Lớp;Số ĐDCN;Phòng;Vị trí;Ca thi;Mã điểm thi\n",
            &[
                (Number, 1),
                (FamilyName, 2),
                (GivenName, 3),
                (BirthDate, 4),
                (Female, 5),
                (School, 6),
                (IdNumber, 7),
                (Room, 8),
                (Seat, 9),
                (Session, 10),
                (Site, 11),
            ],
        ),
        // Two rows: the upper cells are merged over what stands below.
        (
            "STT;SBD;Họ và tên;Ngày sinh;;;Giới tính;;Căn cước;Nơi xếp;\n;;;Ngày;Tháng;Năm;Nam;Nữ;;Phòng thi;Số ghế\n",
            &[
                (Number, 1),
                (FullName, 2),
                (BirthDay, 3),
                (BirthMonth, 4),
                (BirthYear, 5),
                (Female, 7),
                (IdNumber, 8),
                (Room, 9),
                (Seat, 10),
            ],
        ),
        // One heading over two columns of the name.
        (
            "SBD;Họ và tên;;Ngày sinh;Số căn cước\n01000001;Nguyễn Văn;An;1/2/2008;099208000017\n\
             01000002;Trần Thị;Bé;1/2/2008;099308000025\n",
            &[(Number, 0), (FamilyName, 1), (GivenName, 2), (BirthDate, 3), (IdNumber, 4)],
        ),
        // In TCVN3, headings too.
        (
            "Sè b¸o danh;Hä vµ tªn;Ngµy sinh;Sè CCCD\n01000001;NguyÔn V¨n An;1/2/2008;099208000017\n",
            &[(Number, 0), (FullName, 1), (BirthDate, 2), (IdNumber, 3)],
        ),
    ];
    for (text, expected) in rows {
        assert_eq!(columns(text), expected, "{text}");
    }
}

#[test]
fn a_workbook_as_a_department_sends_it() {
    let bytes = book(|book| {
        let day = Look::new().set_num_format("dd/mm/yyyy");
        book.add_worksheet().set_name("Bìa").unwrap().write(0, 0, "KỲ THI (DỮ LIỆU GIẢ)").unwrap();
        for (name, first) in [("Phòng 1", 1), ("Phòng 2", 3)] {
            let sheet = book.add_worksheet().set_name(name).unwrap();
            sheet.write(0, 0, "SỞ GIÁO DỤC VÀ ĐÀO TẠO TỈNH MẪU").unwrap();
            sheet.write(2, 0, "DANH SÁCH THÍ SINH").unwrap();
            let heads =
                ["STT", "SBD", "Họ đệm", "Tên", "Ngày sinh", "Nữ", "Số CCCD", "Phòng thi", "Số ghế", "Nơi sinh"];
            heads.iter().zip(0..).for_each(|(head, column)| {
                sheet.write(4, column, *head).unwrap();
            });
            (1..=10).zip(0..).for_each(|(number, column)| {
                sheet.write(5, column, format!("({number})")).unwrap();
            });
            for (row, seat) in [(6, 1), (7, 2)] {
                let index = first + seat - 1;
                sheet.write(row, 0, index).unwrap().write(row, 1, 1_000_000 + index).unwrap();
                sheet
                    .write(row, 2, "Nguyễn Thị")
                    .unwrap()
                    .write(row, 3, format!("Mẫu{}", ["", "A", "B", "C", "D"][index as usize]))
                    .unwrap();
                sheet.write_number_with_format(row, 4, 39_493.0, &day).unwrap();
                sheet.write(row, 5, "x").unwrap().write(row, 6, 99_308_000_000_i64 + i64::from(index)).unwrap();
                sheet.write(row, 7, name).unwrap().write(row, 8, seat).unwrap().write(row, 9, "Tỉnh Mẫu").unwrap();
            }
            sheet.write(9, 0, "Tổng số: 2 thí sinh").unwrap().write(12, 6, "CHỦ TỊCH HỘI ĐỒNG").unwrap();
        }
    });
    let table = table(&bytes);
    let intake = intake(&table, &Mapping::find(&table));
    accounted(&table, &intake);
    assert_eq!((intake.people().len(), intake.rows()), (4, 17));
    let one = intake.people().get(0).unwrap();
    assert_eq!((one.number.as_str(), one.id_number.reveal().as_str()), ("1000001", "099308000001"));
    assert_eq!((one.full_name.reveal().as_str(), one.birth_date.reveal().as_str()), ("Nguyễn Thị MẫuA", "2008-02-15"));
    assert_eq!((one.sex, one.room.as_str(), one.seat.as_str()), (Some(Sex::Female), "Phòng 1", "1"));
    let count = |problem| intake.findings.iter().filter(|one| one.problem == problem).count();
    use Problem::*;
    let counts = [SheetWithoutHeader, RowOfSheet, TitleRow, HeaderRow, Numbering, Trailing, IdZeros, BirthSerial];
    assert_eq!(counts.map(count), [1, 1, 4, 2, 2, 4, 4, 4]);
    assert_eq!(intake.findings.iter().filter(|one| one.problem.weight() == Weight::Error).count(), 0);
    let zeros = intake.findings.iter().find(|one| one.problem == IdZeros).unwrap();
    assert_eq!(words().place(zeros, &table.sheets[1].name), "“Phòng 1” ô G7");
    assert_eq!(zeros.masked(&words()), "993••••");
}

#[test]
fn every_problem_of_a_row_is_named_with_its_cell() {
    use Problem::*;
    let rows: [(&str, &[(&str, Problem)]); 25] = [
        ("01000001,An,15/02/2008,Nam,099208000017,1,P1,1", &[]),
        ("1000002,An Bình,15/02/2008,Nam,099208000025,1,P1,2", &[("ô A3", NumberZeros)]),
        ("01000003,Bê,15/02/2008,Nữ,99308000033,1,P1,3", &[("ô E4", IdZeros)]),
        (
            "01000004,Bê,15/02/2008,Nữ,1.23E+11,1,P1,4",
            &[("ô B5", NameAndBirthAlike), ("ô E5", IdMissing), ("ô E5", IdRounded)],
        ),
        ("01000005,Cê,39493,Nam,099208000058,1,P1,5", &[("ô C6", BirthSerial)]),
        ("01000006,Dê,2/15/2008,Nam,099208000066,1,P1,6", &[("ô C7", BirthContradiction)]),
        ("01000007,Đê,2008,Nam,099208000074,1,P1,7", &[("ô B8", NameAlike), ("ô C8", BirthYearOnly)]),
        ("01000008,E,15/2/08,Nam,099208000082,1,P1,8", &[("ô C9", BirthShortYear)]),
        ("01000009,,15/02/2008,Nam,099208000090,1,P1,9", &[("ô B10", NameMissing)]),
        ("01000010,Gi@,15/02/2008,Nam,099208000108,1,P1,10", &[("ô B11", NameOdd)]),
        ("01000011,Ha,,Nam,099208000116,1,P1,11", &[("ô C12", BirthMissing)]),
        ("01000012,I,15/02/2008,?,099208000124,1,P1,12", &[("ô D13", SexUnreadable)]),
        ("01000013,Ka,15/02/2008,Nam,123456789,1,P1,13", &[("ô E14", IdOld)]),
        ("01000014,La,15/02/2008,Nam,B1234567,1,P1,14", &[("ô E15", IdPassport)]),
        ("01000015,Ma,15/02/2008,Nam,TS2026000015,1,P1,15", &[("ô E16", IdMadeUp)]),
        ("01000016,Na,15/02/2008,Nam,12-34,1,P1,16", &[("ô E17", IdBad)]),
        ("01000017,O,15/02/2008,Nam,003208000177,1,P1,17", &[("ô E18", IdPlace)]),
        ("01000018,Pê,15/02/2009,Nam,099208000181,1,P1,18", &[("ô C19", BirthDisagrees)]),
        ("01000019,Quy,15/02/2008,Nữ,099208000199,1,P1,19", &[("ô D20", SexDisagrees)]),
        ("01000019,Ra,15/02/2008,Nam,099208000207,1,P1,20", &[("ô A21", NumberTwice)]),
        ("01000021,Sa,15/02/2008,Nam,099208000207,1,P1,20", &[("ô E22", IdTwice), ("ô H22", SeatTwice)]),
        ("010000022,Ta,15/02/2008,Nam,099208000223,1,,", &[("ô A23", NumberOdd), ("ô G23", RoomMissing)]),
        (",Ua,15/02/2008,Nam,099208000231,1,P1,24", &[("ô A24", NumberMissing)]),
        ("01000024,Nguye\u{302}\u{303}n,ngày 15 tháng 2 năm 2008,Nam,099208000249,1,P1,25", &[("ô B25", NameComposed)]),
        ("01000025,NGUYEN,16/02/2008,Nam,099208000256,1,P1,26", &[("ô B26", NameAlike)]),
    ];
    let text: String = rows.iter().map(|(row, _)| format!("{row}\n")).collect();
    // The column's width is told by most of its cells.
    let intake = import(&format!("{HEAD}{text}"));
    let mut expected: Vec<(String, Problem)> = rows
        .iter()
        .flat_map(|(_, found)| found.iter().map(|(place, problem)| ((*place).to_owned(), *problem)))
        .collect();
    let mixed = found(&intake).into_iter().filter(|(_, problem)| *problem == BirthMixed).count();
    assert_eq!(mixed, 1, "written dates and a day number in one column");
    let mut got: Vec<_> = found(&intake).into_iter().filter(|(_, problem)| *problem != BirthMixed).collect();
    // 010000022 is the longest: the width is asked of most cells, not of the longest one.
    let order = |list: &mut Vec<(String, Problem)>| list.sort();
    order(&mut expected);
    order(&mut got);
    assert_eq!(got, expected);
}

#[test]
fn rooms_and_sessions() {
    let head = "SBD,Họ và tên,Ngày sinh,Số CCCD,Điểm thi,Phòng thi,Số ghế,Buổi thi\n";
    let people = |room: &str, first: usize, count: usize| -> String {
        let row = |at: usize| {
            format!(
                "{at:08},T{},1/1/2008,0992080{at:05},01,{room},{at},S1\n",
                "abcdefghijklmnopqrstuvwxyzđê".chars().nth(at % 28).unwrap()
            )
        };
        (first..first + count).map(row).collect()
    };
    let overfull = |text: &str| {
        let intake = import(&format!("{head}{text}"));
        let all = intake.findings.iter().filter(|one| one.problem == Problem::RoomOverfull);
        all.map(|one| one.masked(&words())).collect::<Vec<_>>()
    };
    assert_eq!(overfull(&[people("P1", 1, 24), people("P2", 25, 28)].concat()), [""; 0]);
    assert_eq!(overfull(&[people("P1", 1, 25), people("P2", 26, 2)].concat()), ["P1: 25 > 24"]);
    assert_eq!(overfull(&people("P1", 1, 29)), ["P1: 29 > 28"]);
    // One person in two sessions is one person; another name under one number is not.
    let two = "01,An,1/1/2008,099208000017,01,P1,1,S1\n01,An,1/1/2008,099208000017,01,P1,1,S2\n";
    assert_eq!(found(&import(&format!("{head}{two}"))), []);
    let other = "01,An,1/1/2008,099208000017,01,P1,1,S1\n02,Bê,1/1/2008,099208000017,01,P1,1,S2\n";
    assert_eq!(found(&import(&format!("{head}{other}"))), [("ô D3".to_owned(), Problem::IdOfTwo)]);
}

#[test]
fn rows_that_hold_nobody_are_named() {
    let text = "DANH SÁCH,,,\nSBD,Họ và tên,Ngày sinh,Số CCCD\n01,An,1/1/2008,099208000017\n,,,\n\
                SBD,Họ và tên,Ngày sinh,Số CCCD\nNghỉ giữa,,,\n02,Bê,1/1/2008,099208000025\nTổng số: 2,,,\n,Chủ tịch,,\n";
    let intake = import(text);
    use Problem::*;
    let expected = [(1, TitleRow), (2, HeaderRow), (5, HeaderAgain), (6, NobodysRow), (8, Trailing), (9, Trailing)];
    let named = intake.findings.iter().filter(|one| one.problem.leaves_out()).map(|one| (one.line, one.problem));
    assert_eq!(named.collect::<Vec<_>>(), expected);
}

#[test]
fn lists_without_a_way_in() {
    let rows = [
        ("a,b,c\n1,2,3\n", Problem::SheetWithoutHeader),
        ("SBD,Họ và tên,Ngày sinh,Phòng thi\n01,An,1/1/2008,P1\n", Problem::SheetWithoutColumn),
        (HEAD, Problem::NobodyListed),
    ];
    for (text, problem) in rows {
        let intake = import(text);
        assert!(intake.findings.iter().any(|one| one.problem == problem), "{text}: {:?}", found(&intake));
        assert!(intake.findings.iter().any(|one| one.problem.weight() == Weight::Error), "{text}");
    }
}

#[test]
fn formulas_without_a_result_are_refused_by_cell() {
    let bytes = book(|book| {
        let sheet = book.add_worksheet();
        ["SBD", "Họ và tên", "Ngày sinh", "Số CCCD"].iter().zip(0..).for_each(|(head, column)| {
            sheet.write(0, column, *head).unwrap();
        });
        sheet.write(1, 0, "01").unwrap().write(1, 1, "An").unwrap().write(1, 2, "1/1/2008").unwrap();
        let broken = rust_xlsxwriter::Formula::new("=VLOOKUP(A2,B:B,1)").set_result("#N/A");
        sheet.write_formula(1, 3, broken).unwrap();
    });
    let table = table(&bytes);
    let intake = intake(&table, &Mapping::find(&table));
    accounted(&table, &intake);
    let fault = intake.findings.iter().find(|one| one.problem == Problem::CellFault).unwrap();
    assert_eq!(
        (words().place(fault, &table.sheets[0].name), fault.masked(&words())),
        ("“Sheet1” ô D2".to_owned(), "#N/A".to_owned())
    );
}

#[test]
fn a_mapping_is_shown_mended_and_read_again() {
    let table = table("A,B,C,D\n01000001,An,02/15/2008,099208000017\n01000002,Bê,1462,099308000025\n".as_bytes());
    let mapping = Mapping::find(&table);
    assert!(!mapping.sheets[0].used);
    let mended = "[[sheet]]\nname = \"\"\nuse = true\nheader = [1, 1]\ndates = \"month-first\"\nepoch = 1904\n\
                  [sheet.columns]\nnumber = \"A\"\nfull_name = \"B\"\nbirth_date = \"C\"\nid_number = \"d\"\n";
    let mapping = mapping.mended_by(mended).unwrap();
    let intake = intake(&table, &mapping);
    assert_eq!(intake.people().len(), 2);
    assert_eq!(intake.people().get(0).unwrap().birth_date.reveal(), "2008-02-15");
    let again = Mapping::find(&table).mended_by(&mapping.to_toml(&words())).unwrap();
    assert_eq!(again, mapping, "{}", mapping.to_toml(&words()));
    let rows = [
        ("[[sheet]]\nname = \"x\"\n", "“x”"),
        ("[[sheet]]\nname = \"\"\ncolour = 1\n", "dòng 3"),
        ("[[sheet]]\nname = \"\"\n[sheet.columns]\nnummer = \"A\"\n", "“nummer”"),
        ("[[sheet]]\nname = \"\"\n[sheet.columns]\nnumber = \"1\"\n", "“1”"),
        ("[[sheet]]\nname = \"\"\nheader = [3, 2]\n", "dòng tiêu đề"),
    ];
    for (text, words) in rows {
        let error = Mapping::find(&table).mended_by(text).unwrap_err();
        let error = crate::lists_dirt::words().mapping(&error);
        assert!(error.contains(words), "{words}: {error}");
    }
}

#[test]
fn zeros_come_back_by_the_width_of_the_whole_list() {
    let bytes = book(|book| {
        for (name, first) in [("HĐ 01", 1_000_001_u32), ("HĐ 12", 12_000_001), ("HĐ 13", 13_000_001)] {
            let sheet = book.add_worksheet().set_name(name).unwrap();
            ["SBD", "Họ và tên", "Số CCCD"].iter().zip(0..).for_each(|(head, column)| {
                sheet.write(0, column, *head).unwrap();
            });
            sheet.write(1, 0, first).unwrap().write(1, 1, "An").unwrap();
        }
    });
    let all = table(&bytes);
    let first = |mapping: &Mapping| intake(&all, mapping).people().get(0).unwrap().number.to_string();
    assert_eq!(first(&Mapping::find(&all)), "01000001");
    // A list that lost every zero cannot tell; a person can.
    let alone = table(b"SBD;Ho ten;CCCD\n1000001;An;099208000017\n".as_slice());
    let told = Mapping::find(&alone).mended_by("number_width = 8\n").unwrap();
    assert_eq!(intake(&alone, &told).people().get(0).unwrap().number.as_str(), "01000001");
    assert_eq!(intake(&alone, &Mapping::find(&alone)).people().get(0).unwrap().number.as_str(), "1000001");
}

#[test]
fn dates_of_every_form() {
    let rows = [
        ("15/02/2008", "2008-02-15"),
        ("15-2-2008", "2008-02-15"),
        ("15.02.2008", "2008-02-15"),
        ("2008-02-15", "2008-02-15"),
        ("2008/2/15", "2008-02-15"),
        ("15022008", "2008-02-15"),
        ("20080215", "2008-02-15"),
        ("39493", "2008-02-15"),
        ("15/2/08", "2008-02-15"),
        ("15/2/88", "1988-02-15"),
        ("15/02/2008 00:00:00", "2008-02-15"),
        ("2008-02-15T00:00:00", "2008-02-15"),
        ("'15/02/2008", "2008-02-15"),
        ("Ngày 15 tháng 02 năm 2008", "2008-02-15"),
        ("29/02/2008", "2008-02-29"),
        ("29/02/2007", ""),
        ("02/15/2008", "2008-02-15"),
        ("31/04/2008", ""),
        ("2008", ""),
        ("15/02", ""),
        ("", ""),
        ("15/02/1808", ""),
        ("x", ""),
        ("1/1/20008", ""),
    ];
    for (written, meant) in rows {
        let intake = import(&format!("SBD,Họ và tên,Ngày sinh,Số CCCD\n01,An,{written},099208000017\n"));
        assert_eq!(intake.people().get(0).unwrap().birth_date.reveal(), meant, "{written}");
    }
}

#[test]
fn portraits_are_held_against_the_list() {
    let mut intake = import(&format!(
        "{HEAD}01,An,1/1/2008,Nam,099208000017,1,P,1\n02,Bê,1/1/2008,Nữ,099308000025,1,P,2\n03,Cê,1/1/2008,Nữ,099308000033,1,P,3\n"
    ));
    intake.check_portraits(&["01", "099308000025", "77"].map(str::to_owned).into());
    let found: Vec<_> = intake.findings.iter().filter(|one| one.problem.code().starts_with("portrait")).collect();
    assert_eq!(
        found.iter().map(|one| (one.line, one.problem)).collect::<Vec<_>>(),
        [(4, Problem::PortraitMissing), (0, Problem::PortraitForeign)]
    );
}

#[test]
fn every_problem_has_its_own_code_and_the_manual_names_it() {
    let manual = std::fs::read_to_string("src/manual/exam_files.md").unwrap();
    let codes: BTreeSet<&str> = Problem::ALL.iter().map(|problem| problem.code()).collect();
    assert_eq!(codes.len(), Problem::ALL.len());
    for problem in Problem::ALL {
        assert!(manual.contains(&format!("`{}`", problem.code())), "the manual lacks {}", problem.code());
    }
}

proptest! {
    /// Whatever stands in the cells: every row comes out or is named.
    #[test]
    fn rows_in_are_rows_out_and_rows_named(
        rows in proptest::collection::vec(
            ("(0100000[0-3]|1000001|x| |1E\\+07)?", "(An|Bê|An;|Nguye\u{302}n)?", "(1/1/2008|39493|2008|y)?",
             "(0992080000[12]{2}|123456789|Tổng)?", "(P1|P2)?", "[1-2]?"), 0..20),
        above in 0_usize..3,
    ) {
        let head = "SBD,Họ và tên,Ngày sinh,Số CCCD,Phòng thi,Số ghế\n";
        let body: String = rows.iter().map(|(a, b, c, d, e, f)| format!("{a},{b},{c},{d},{e},{f}\n")).collect();
        import(&format!("{}{head}{body}", "TIÊU ĐỀ,,,,,\n".repeat(above)));
    }
}
