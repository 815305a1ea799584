//! The board's papers: in the form of Decree 30/2020, in the words of a form set, the same bytes twice, and nobody called
//! absent of whom nothing is known.

use crate::board_exam::{Board, DeskLog, check_in, person};
use crate::record_support::code;
use diemdanh::bits::secret::Pii;
use diemdanh::paper::official::{Align, Column, FOOT_LINES, Foot, Heading, Official, Part, Signature, Table};
use diemdanh::paper::{Face, Look, Paper, Typefaces, missing_in};
use diemdanh::record::{AttendanceEvent, CandidateRef};
use diemdanh::roster::{Candidate, CandidateId, CandidateNumber};
use std::fs;
use std::process::Command;

const OFFICIAL: [Face; 3] = [Face::Serif, Face::SerifBold, Face::SerifItalic];

/// Twelve vowels with six tones each and đ, in both cases.
fn vietnamese_letters() -> String {
    let rows = [
        "aáàảãạ",
        "ăắằẳẵặ",
        "âấầẩẫậ",
        "eéèẻẽẹ",
        "êếềểễệ",
        "iíìỉĩị",
        "oóòỏõọ",
        "ôốồổỗộ",
        "ơớờởỡợ",
        "uúùủũụ",
        "ưứừửữự",
        "yýỳỷỹỵ",
        "đ",
    ];
    let small = rows.concat();
    let letters = small.clone() + &small.to_uppercase();
    assert_eq!(letters.chars().count(), 146);
    letters
}

#[test]
fn official_faces_have_every_vietnamese_letter_and_the_widths_of_times() {
    assert_eq!(missing_in(&OFFICIAL, &vietnamese_letters()).unwrap(), "");
    assert_eq!(missing_in(&OFFICIAL, "a\u{E000}").unwrap(), "\u{E000}", "a letter that no font has is told");
    let fonts = Typefaces::read().unwrap();
    // Widths of Times New Roman in thousandths of its size; 25.4 mm are 72 points.
    for (face, text, thousandths) in [
        (Face::Serif, "W0a", 944 + 500 + 444),
        (Face::SerifBold, "W0a", 1000 + 500 + 500),
        (Face::SerifItalic, "W0a", 833 + 500 + 500),
    ] {
        let width = fonts.width_mm(Look::new(face, 1_000.0), text) / 25.4 * 72.0;
        assert!((width - thousandths as f32).abs() < 2.0, "{face:?}: {width}");
    }
    assert_eq!(fonts.spelled(Face::Serif, "Đỗ \u{E000}"), "Đỗ <U+E000>");
}

/// What a program that is not ours reads from a PDF, page by page; `None` where there is none (Debian's poppler-utils).
fn pages(pdf: &[u8]) -> Option<Vec<String>> {
    let work = tempfile::tempdir().unwrap();
    fs::write(work.path().join("a.pdf"), pdf).unwrap();
    let run = Command::new("pdftotext").args(["-layout", "a.pdf", "-"]).current_dir(work.path()).output().ok()?;
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let text = String::from_utf8(run.stdout).unwrap().replace('\u{A0}', " ");
    Some(text.split('\u{C}').filter(|page| !page.trim().is_empty()).map(str::to_owned).collect())
}

/// The words of a PDF with their boxes in points: page, left, top, right, bottom, word.
fn words(pdf: &[u8]) -> Option<Vec<(usize, [f32; 4], String)>> {
    let work = tempfile::tempdir().unwrap();
    fs::write(work.path().join("a.pdf"), pdf).unwrap();
    let run = Command::new("pdftotext").args(["-bbox", "a.pdf", "-"]).current_dir(work.path()).output().ok()?;
    let text = String::from_utf8(run.stdout).unwrap();
    let (mut page, mut words) = (0, Vec::new());
    for line in text.lines().map(str::trim) {
        if line.starts_with("<page ") {
            page += 1;
        }
        let Some(rest) = line.strip_prefix("<word ") else { continue };
        let (attributes, word) = rest.split_once('>').unwrap();
        let numbers: Vec<f32> = attributes.split('"').skip(1).step_by(2).map(|one| one.parse().unwrap()).collect();
        words.push((page, numbers.try_into().unwrap(), word.trim_end_matches("</word>").to_owned()));
    }
    Some(words)
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

const LONG_NAME: &str = "Công Tằng Tôn Nữ Nguyễn Hoàng Phương Uyên Thục Trinh Nghiêng";

fn official(rows: usize) -> Official {
    let column = |title: &str, width_mm| Column { title: title.to_owned(), width_mm, align: Align::Left };
    Official {
        heading: Heading {
            superior: "HỘI ĐỒNG THI SỞ GIÁO DỤC VÀ ĐÀO TẠO THÀNH PHỐ HỒ CHÍ MINH".to_owned(),
            body: "ĐIỂM THI TRƯỜNG TRUNG HỌC PHỔ THÔNG CHUYÊN NGUYỄN THỊ MINH KHAI".to_owned(),
            number: "Số: 01/BB-ĐT".to_owned(),
            nation: "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM".to_owned(),
            motto: "Độc lập - Tự do - Hạnh phúc".to_owned(),
            place_and_date: String::new(),
        },
        title: "DANH SÁCH THÍ SINH".to_owned(),
        about: vec!["Phòng thi 001".to_owned()],
        parts: vec![
            Part::Paragraph("Một đoạn văn đủ dài để phải ngắt thành nhiều dòng. ".repeat(6).trim_end().to_owned()),
            Part::Table(Table {
                columns: vec![column("STT", Some(11.0)), column("Họ và tên", None), column("Ghi chú", Some(40.0))],
                rows: (1..=rows).map(|at| vec![at.to_string(), LONG_NAME.to_owned(), "x".repeat(40)]).collect(),
                size_pt: 12.0,
            }),
            Part::Paragraph("Danh sách này có đủ người.".to_owned()),
        ],
        signatures: ["THƯ KÝ", "CHỦ TỌA"]
            .map(|one| Signature { capacity: one.to_owned(), note: "(ký)".to_owned(), name: LONG_NAME.to_owned() })
            .into(),
        foot: Foot { lines: vec!["0123456789abcdef".repeat(4); FOOT_LINES], code: Some("diemdanh/paper/v1".repeat(8)) },
    }
}

fn drawn(official: &Official) -> Vec<u8> {
    let mut paper = Paper::new("x").unwrap();
    paper.official(official).unwrap();
    paper.finish().unwrap()
}

#[test]
fn every_word_stands_within_the_margins_whatever_the_length() {
    for rows in [0, 1, 2, 11, 12, 13, 14, 15, 16, 40] {
        let pdf = drawn(&official(rows));
        assert_eq!(pdf, drawn(&official(rows)), "the same bytes");
        let Some(words) = words(&pdf) else { return };
        let mm = |points: f32| points / 72.0 * 25.4;
        for (page, [left, top, right, bottom], word) in &words {
            assert!(mm(*left) >= 29.5 && mm(*right) <= 194.0, "{rows} rows, page {page}: {word} {left} {right}");
            let is_number = mm(*bottom) < 20.0;
            assert!(!is_number || (*page > 1 && *word == page.to_string()), "{rows} rows, page {page}: {word}");
            assert!(mm(*top) > 8.0 && mm(*bottom) < 290.0, "{rows} rows, page {page}: {word}");
        }
        // The name of each row is whole: four lines of words at most, none lost.
        let names = words.iter().filter(|(_, _, word)| word == "Nghiêng").count();
        assert_eq!(names, rows + 2, "{rows} rows");
        let last = words.iter().map(|(page, _, _)| *page).max().unwrap();
        let on_last = words.iter().filter(|(page, _, word)| *page == last && word == "Nghiêng").count();
        assert!(rows == 0 || on_last > 2, "{rows} rows: the signatures stand alone");
    }
}

#[test]
fn a_table_repeats_its_head_and_pages_are_numbered_from_the_second() {
    let Some(pages) = pages(&drawn(&official(40))) else { return };
    assert!(pages.len() > 2, "{}", pages.len());
    assert!(pages.iter().all(|page| page.contains("STT") && page.contains("Họ và tên")), "{pages:?}");
    let first_line = |page: &String| page.lines().find(|line| !line.trim().is_empty()).unwrap().trim().to_owned();
    assert!(first_line(&pages[0]).contains("CỘNG HÒA"), "{}", pages[0]);
    assert_eq!((first_line(&pages[1]), first_line(&pages[2])), ("2".to_owned(), "3".to_owned()));
}

fn candidate(number: u16, site: &str, room: &str) -> Candidate {
    let mut id = [0; 16];
    id[..2].copy_from_slice(&number.to_be_bytes());
    Candidate {
        id: CandidateId(id),
        number: CandidateNumber::new(&format!("9900{number:04}")).unwrap(),
        full_name: Pii::new(if number == 7 { LONG_NAME.to_owned() } else { format!("Nguyễn Văn Mẫu {number}") }),
        id_number: Pii::new(format!("09920800{number:04}")),
        site: site.to_owned(),
        room: room.to_owned(),
        ..person(1)
    }
}

fn arrives(number: u16) -> AttendanceEvent {
    let mut id = [0; 16];
    id[..2].copy_from_slice(&number.to_be_bytes());
    match check_in(1) {
        AttendanceEvent::CheckIn(one) => {
            let mut doc = one.doc;
            doc.0 = id;
            AttendanceEvent::CheckIn(diemdanh::record::CheckIn { cand: CandidateRef(id), doc, ..one })
        }
        _ => unreachable!("a check-in"),
    }
}

const SETTINGS: &str = "board = \"board.example\"\nid = \"thi\"\ntitle = \"Kỳ thi tốt nghiệp trung học phổ thông năm 2026\"\n[[session]]\nid = \"b1\"\nstart = \"2026-05-28T20:26:40Z\"\nreport_due = \"2026-05-29T04:30:00Z\"\n";

/// A site with a room of 40 and one of three, another site with one candidate. Of the first room three do not come, and
/// one is not let in; somebody of the other site comes here; one of the small room is exempt.
fn played(closes: bool) -> Board {
    let mut all: Vec<Candidate> = (1..=40).map(|number| candidate(number, "0901", "001")).collect();
    all.extend((41..=43).map(|number| candidate(number, "0901", "002")));
    all.push(candidate(50, "0902", "001"));
    let at = Board::of(all, SETTINGS);
    fs::write(at.path("thi/sites.csv"), "code,title\n0901,Trường THPT Chuyên Nguyễn Thị Minh Khai\n0902,\n").unwrap();
    fs::write(at.path("thi/exempt.csv"), "session,candidate\nb1,99000043\n").unwrap();
    let refused = |number: u16| match arrives(number) {
        AttendanceEvent::CheckIn(one) => AttendanceEvent::NotAdmitted {
            cand: Some(one.cand),
            doc: Some(one.doc),
            reason: code("too-late"),
            second: Some(code("td-01")),
        },
        _ => unreachable!("a check-in"),
    };
    let mut events: Vec<AttendanceEvent> = (1..=36).map(arrives).collect();
    events.extend([refused(37), arrives(41), arrives(42), arrives(50)]);
    DeskLog::open("d1", false).with(&events).closed().export(&at, "sticks/one", false);
    let second = DeskLog::open("d2", false);
    let second = if closes { second.closed() } else { second };
    second.export(&at, "sticks/two", false);
    let (code, said) = at.run("receive", &["sticks"]);
    assert_eq!(code, Some(0), "{said}");
    at
}

fn reported(at: &Board, into: &str) {
    let (code, said) = at.run("report", &["--into", into]);
    assert_eq!(code, Some(0), "{said}");
    if let Some(folder) = std::env::var_os("DIEMDANH_PAPERS_OUT") {
        let _ = Command::new("cp").arg("-r").arg(at.path(into)).arg(folder).status();
    }
}

fn text(at: &Board, file: &str) -> Option<Vec<String>> {
    pages(&fs::read(at.path(file)).unwrap())
}

#[test]
fn a_site_gets_its_lists_and_minutes() {
    let at = played(true);
    reported(&at, "one");
    let Some(present) = text(&at, "one/0001-0901/du-thi-b1.pdf") else { return };
    let present = folded(&present.join("\n"));
    assert!(present.contains("DANH SÁCH THÍ SINH DỰ THI") && present.contains("Phòng thi: 001"), "{present}");
    assert!(present.contains("có 36 thí sinh dự thi, trong tổng số 40"), "{present}");
    assert!(present.contains("DANH SÁCH THÍ SINH KHÁCH DỰ THI") && present.contains("99000050"), "{present}");
    assert!(present.contains("khách, phòng ghi trong") && present.contains("0902 001"), "{present}");
    assert!(!present.contains("99000038"), "{present}");
    let absent = folded(&text(&at, "one/0001-0901/vang-thi-b1.pdf").unwrap().join("\n"));
    assert!(absent.contains("ĐIỂM THI 0901 TRƯỜNG THPT") && absent.contains("CHUYÊN NGUYỄN THỊ MINH"), "{absent}");
    assert!(absent.contains("có 4 thí sinh vắng thi") && absent.contains("chưa ghi lý do"), "{absent}");
    assert!(absent.contains("Không được vào: đến") && absent.contains("chậm quá thời gian"), "{absent}");
    let (_, apart) = absent.split_once("chưa được tính là vắng hay dự thi").unwrap();
    assert!(apart.contains("99000043") && apart.contains("miễn thi"), "{absent}");
    let minutes = folded(&text(&at, "one/0001-0901/bien-ban-b1.pdf").unwrap().join("\n"));
    for part in [
        "BIÊN BẢN",
        "Thời gian bắt đầu",
        "Thành phần tham dự",
        "Chủ trì",
        "Thư ký",
        "kết thúc vào",
        "THƯ KÝ",
        "CHỦ TỌA",
        "43 thí sinh",
        "Nhật ký còn thiếu: Không",
        "d1",
        "d2",
    ] {
        assert!(minutes.contains(part), "{part}: {minutes}");
    }
    let root = root_of(&at);
    assert!(minutes.contains(&root), "the root that the board recomputes: {root}");
}

/// The root of d1's log, as `verify` tells it.
fn root_of(at: &Board) -> String {
    let mut verify = crate::programs::board_program();
    verify.current_dir(at.path(".")).args(["verify", "sticks/one", "--board-key", "board.vkey", "--json"]);
    let said = String::from_utf8(verify.output().unwrap().stdout).unwrap();
    let report: serde_json::Value = serde_json::from_str(&said).unwrap();
    report[0]["head"]["root"].as_str().unwrap_or_else(|| panic!("{said}")).to_owned()
}

#[test]
fn reports_of_a_session_name_nobody_and_count_without_the_exempt() {
    let at = played(true);
    reported(&at, "two");
    let Some(quick) = text(&at, "two/bao-cao-nhanh-b1.pdf") else { return };
    let quick = folded(&quick.join("\n"));
    assert!(quick.contains("Hạn báo cáo: 11 giờ 30 phút, ngày 29/05/2026"), "{quick}");
    // 44 on the list, one exempt; 39 present; of 43 that is 90.6 %.
    assert!(quick.contains("Đăng ký dự thi 44") && quick.contains("Miễn thi 1"), "{quick}");
    assert!(quick.contains("Phải dự thi 43") && quick.contains("Có mặt 39") && quick.contains("90,6 %"), "{quick}");
    assert!(quick.contains("Tổng cộng"), "{quick}");
    let summary = folded(&text(&at, "two/tong-hop-b1.pdf").unwrap().join("\n"));
    assert!(summary.contains("BẢNG TỔNG HỢP DỰ THI") && summary.contains("CHỦ TỊCH HỘI ĐỒNG THI"), "{summary}");
    for paper in [&quick, &summary] {
        assert!(!paper.contains("Nguyễn Văn Mẫu") && !paper.contains("9900"), "{paper}");
    }
}

#[test]
fn nobody_is_called_absent_while_a_log_is_open() {
    let at = played(false);
    reported(&at, "three");
    let Some(absent) = text(&at, "three/0001-0901/vang-thi-b1.pdf") else { return };
    let absent = folded(&absent.join("\n"));
    assert!(absent.contains("có 1 thí sinh vắng thi"), "only who was not let in: {absent}");
    let (_, apart) = absent.split_once("chưa được tính là vắng hay dự thi").unwrap();
    assert!(
        apart.contains("99000038") && apart.contains("Chưa rõ") && apart.contains("d2 (chưa kết thúc)"),
        "{absent}"
    );
}

#[test]
fn the_exams_own_forms_change_titles_columns_and_signers() {
    let at = played(true);
    let own = "version = \"so-2\"\n[papers]\nsuperior = \"SỞ MẪU\"\n[paper.absent]\ntitle = \"NHỮNG NGƯỜI VẮNG\"\ncolumns = [\"candidate\", \"name\"]\nsigners = [\"NGƯỜI KÝ\"]\n";
    fs::write(at.path("thi/forms.toml"), own).unwrap();
    reported(&at, "four");
    let Some(absent) = text(&at, "four/0001-0901/vang-thi-b1.pdf") else { return };
    let absent = folded(&absent.join("\n"));
    assert!(
        absent.contains("NHỮNG NGƯỜI VẮNG") && absent.contains("NGƯỜI KÝ") && absent.contains("SỞ MẪU"),
        "{absent}"
    );
    assert!(
        !absent.contains("TRƯỞNG ĐIỂM THI") && absent.contains("có 4 thí sinh"),
        "what it leaves out is the usual: {absent}"
    );
    let before_open = absent.split_once("chưa được tính").unwrap().0;
    assert!(!before_open.contains("Lý do"), "{absent}");
}

#[test]
fn two_reports_are_the_same_bytes_and_a_misspelt_exemption_is_named() {
    let at = played(true);
    reported(&at, "five");
    reported(&at, "six");
    for file in [
        "bao-cao-nhanh-b1.pdf",
        "tong-hop-b1.pdf",
        "0001-0901/du-thi-b1.pdf",
        "0001-0901/vang-thi-b1.pdf",
        "0001-0901/bien-ban-b1.pdf",
        "0002-0902/bien-ban-b1.pdf",
    ] {
        let read = |folder: &str| fs::read(at.path(folder).join(file)).unwrap();
        assert_eq!(read("five"), read("six"), "{file}");
    }
    for wrong in ["b1,99009999", "b9,99000043", "99000043", ";"] {
        fs::write(at.path("thi/exempt.csv"), format!("session,candidate\n{wrong}\n")).unwrap();
        let (code, said) = at.run("report", &["--into", "seven"]);
        assert!(code != Some(0) && said.contains("exempt.csv"), "{wrong}: {said}");
    }
}

/// Twenty-five rooms of twenty-four: everybody stands on one list, by number, and the sums are right.
#[test]
fn a_site_of_six_hundred_has_everybody_on_one_list() {
    let room = |number: u16| format!("{:03}", (number - 1) / 24 + 1);
    let at = Board::of((1..=600).map(|number| candidate(number, "0901", &room(number))).collect(), SETTINGS);
    let came: Vec<AttendanceEvent> = (1..=600).filter(|number| number % 50 != 0).map(arrives).collect();
    let (one, two) = came.split_at(300);
    DeskLog::open("d1", false).with(one).closed().export(&at, "sticks/one", false);
    DeskLog::open("d2", false).with(two).closed().export(&at, "sticks/two", false);
    assert_eq!(at.run("receive", &["sticks"]).0, Some(0));
    reported(&at, "large");
    let Some(present) = text(&at, "large/0001-0901/du-thi-b1.pdf") else { return };
    assert_eq!(present.len(), 50, "25 rooms of 23 or 24 people take two pages each");
    let absent = folded(&text(&at, "large/0001-0901/vang-thi-b1.pdf").unwrap().join(" "));
    let present = folded(&present.join(" "));
    for number in 1..=600_u16 {
        let number_text = format!(" 9900{number:04} ");
        let (here, there) = (present.contains(&number_text), absent.contains(&number_text));
        assert_eq!((here, there), (number % 50 != 0, number % 50 == 0), "{number}");
    }
    assert!(absent.contains("có 12 thí sinh vắng thi"), "{absent}");
    let quick = folded(&text(&at, "large/bao-cao-nhanh-b1.pdf").unwrap().join(" "));
    assert!(quick.contains("Đăng ký dự thi 600") && quick.contains("98,0 %"), "{quick}");
}
