//! Papers as they lie on the stick: what stands on them, that the same facts give the same bytes, and what a stick that is
//! full, pulled or none at all comes to.

use crate::desk_package_support::Site;
use crate::desk_support::is_idle;
use crate::skips::skip;
use diemdanh::bits::qr::QrMatrix;
use diemdanh::bits::secret::Pii;
use diemdanh::checkin::event::{Choice, Input, NotAdmittedReason};
use diemdanh::checkin::exception::{Cause, Ground, Ruling, WithoutCard};
use diemdanh::checkin::failure::Failure;
use diemdanh::checkin::paper::*;
use diemdanh::checkin::view::{ClosingView, Screen};
use diemdanh::desk::papers::{PaperPlace, PapersError, case_pdf, list_pdf};
use diemdanh::host::disk::is_other_medium;
use diemdanh::host::durable::{Disk, Medium};
use diemdanh::record::{AttendanceEvent, ChipState, Digest, RegistryState};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

fn head() -> PaperHead {
    let body = "board.example/exam-1/desk-1/b1/001\n412\nAAAA\n";
    PaperHead {
        exam: "Kỳ thi tốt nghiệp THPT 2027".to_owned(),
        session: "Ngữ văn".to_owned(),
        site: "THPT Mẫu".to_owned(),
        desk: "1".to_owned(),
        operator: "Nguyễn Mẫu".to_owned(),
        date: "05/01/2027".to_owned(),
        time: "07:45".to_owned(),
        training: true,
        log: LogMark {
            origin: "board.example/exam-1/desk-1/b1/001".to_owned(),
            entries: 412,
            characters: "7ZK2-0000-W4XQ-1B9F-QRS8-3T5V-0M".to_owned(),
            qr: QrMatrix::of(body),
        },
    }
}

fn row(number: usize, state: SheetState) -> SheetRow {
    let name = match number % 3 {
        0 => "Nguyễn Văn Mẫu",
        1 => "Công Tằng Tôn Nữ Nguyễn Hoàng Phương Uyên Thục Trinh Đoan Trang",
        _ => "Trần Thị Thử Nghiệm",
    };
    let number = format!("0100{number:04}");
    SheetRow { number, name: Pii::new(name.to_owned()), room: "0012".to_owned(), state }
}

fn sheet(inside: usize, missing: usize) -> AttendanceSheet {
    let arrived = |number: usize| SheetState::In { time: "07:12".to_owned(), manual: number.is_multiple_of(5) };
    let absent = |number: usize| if number.is_multiple_of(4) { SheetState::Waiting } else { SheetState::NotYet };
    AttendanceSheet {
        head: head(),
        inside: SheetPart { rows: (0..inside).map(|number| row(number, arrived(number))).collect(), more: 0 },
        missing: SheetPart {
            rows: (inside..inside + missing).map(|number| row(number, absent(number))).collect(),
            more: 0,
        },
    }
}

fn case(kind: PaperKind, decided: Option<Ruling>) -> CasePaper {
    CasePaper {
        kind,
        head: head(),
        cand: None,
        name: Pii::new("Nguyễn Thị Mẫu".to_owned()),
        number: Some("01000017".to_owned()),
        room: Some("0012".to_owned()),
        since: "07:31".to_owned(),
        causes: vec![Cause::WithoutCard(WithoutCard::Forgotten), Cause::Named(vec![Failure::NeedsDecision])],
        chip: ChipState::NotRead,
        registry: RegistryState::NotAsked,
        decided: decided.map(|ruling| PaperRuling {
            ruling,
            entry: 411,
            segment: 1,
            time: "07:44".to_owned(),
            second: Some("Phạm Văn Thử".to_owned()),
            chair: Some("Phạm Văn Thử".to_owned()),
        }),
    }
}

/// What a program that is not ours reads from a PDF; `None` where there is none (Debian's poppler-utils).
fn read_text(pdf: &[u8]) -> Option<String> {
    let work = tempfile::tempdir().unwrap();
    fs::write(work.path().join("a.pdf"), pdf).unwrap();
    let run = Command::new("pdftotext").args(["-layout", "a.pdf", "-"]).current_dir(work.path()).output().ok()?;
    run.status.success().then(|| String::from_utf8_lossy(&run.stdout).into_owned())
}

#[test]
fn the_same_facts_give_the_same_bytes() {
    assert_eq!(list_pdf(&sheet(40, 30)).unwrap(), list_pdf(&sheet(40, 30)).unwrap());
    for kind in [PaperKind::Incident, PaperKind::Undertaking] {
        assert_eq!(case_pdf(&case(kind, None)).unwrap(), case_pdf(&case(kind, None)).unwrap());
    }
}

#[test]
fn everybody_stands_on_the_list_whole_and_in_two_parts() {
    let Some(text) = read_text(&list_pdf(&sheet(40, 31)).unwrap()) else { return skip("no pdftotext") };
    for number in 0..71 {
        assert_eq!(text.matches(&format!("0100{number:04}")).count(), 1, "{number}\n{text}");
    }
    for wanted in [
        "A. ĐÃ VÀO: 40",
        "B. CHƯA VÀO: 31",
        "7ZK2-0000-W4XQ-1B9F-QRS8-3T5V-0M",
        "board.example/exam-1/desk-1/b1/001 - 412 bản ghi",
        "chờ Trưởng Điểm thi",
        "Lập tại bàn 1, lúc 07:45 ngày 05/01/2027",
        "Trang 1/3",
        "Trang 3/3",
        "TẬP HUẤN",
    ] {
        assert!(text.contains(wanted), "{wanted}\n{text}");
    }
    // The head of the table stands on every page.
    assert_eq!(text.matches("Số báo danh").count(), 3);
}

#[test]
fn an_empty_list_and_a_cut_one_say_so() {
    let Some(text) = read_text(&list_pdf(&sheet(0, 0)).unwrap()) else { return skip("no pdftotext") };
    assert!(text.contains("A. ĐÃ VÀO: 0") && text.matches("Không có").count() == 2, "{text}");
    let mut cut = sheet(3, 0);
    cut.inside.more = 1_200;
    let text = read_text(&list_pdf(&cut).unwrap()).unwrap();
    assert!(text.contains("A. ĐÃ VÀO: 1203") && text.contains("và 1200 thí sinh nữa"), "{text}");
}

#[test]
fn the_incident_note_says_facts_decision_and_a_line_for_who_does_not_sign() {
    let note = |decided| read_text(&case_pdf(&case(PaperKind::Incident, decided)).unwrap());
    let Some(text) = note(Some(Ruling::Admit(Ground::Undertaking))) else { return skip("no pdftotext") };
    for wanted in [
        "BIÊN BẢN",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "07 giờ 45 phút",
        "01000017",
        "07 giờ 44 phút",
        "bản ghi số 411",
        "Thí sinh không ký biên bản",
        "THƯ KÝ",
        "CHỦ TỌA",
    ] {
        assert!(text.contains(wanted), "{wanted}\n{text}");
    }
    assert!(note(None).unwrap().contains("chưa ghi quyết định"));
}

/// Who stood behind the ruling with a PIN: in the chair where it is the head of site, among those present otherwise.
#[test]
fn the_incident_note_names_the_second_person() {
    let note = |chair: Option<&str>| {
        let mut case = case(PaperKind::Incident, Some(Ruling::Admit(Ground::Undertaking)));
        case.decided.as_mut().unwrap().chair = chair.map(str::to_owned);
        read_text(&case_pdf(&case).unwrap()).map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    let Some(head) = note(Some("Phạm Văn Thử")) else { return skip("no pdftotext") };
    assert!(head.contains("Chủ trì (Chủ tọa): Phạm Văn Thử, Trưởng Điểm thi"), "{head}");
    assert!(head.contains("Người xác nhận thứ hai, bằng mã PIN: Phạm Văn Thử."), "{head}");
    let other = note(Some("Nguyễn Mẫu")).unwrap();
    assert!(other.contains("Phạm Văn Thử (người xác nhận thứ hai)"), "{other}");
    assert!(other.contains("Chủ trì (Chủ tọa): Nguyễn Mẫu, Trưởng Điểm thi"), "{other}");
    assert!(note(None).unwrap().contains("Chủ trì (Chủ tọa): ...."), "nobody knows who is");
    let undecided = read_text(&case_pdf(&case(PaperKind::Incident, None)).unwrap()).unwrap();
    assert!(!undecided.contains("thứ hai"), "{undecided}");
}

/// Decree 30/2020/NĐ-CP, annex I: Times New Roman, or what is as wide; JetBrains Mono for characters that are compared.
#[test]
fn papers_are_set_in_the_widths_of_times() {
    let papers = [
        list_pdf(&sheet(3, 3)).unwrap(),
        case_pdf(&case(PaperKind::Incident, None)).unwrap(),
        case_pdf(&case(PaperKind::Undertaking, None)).unwrap(),
    ];
    for pdf in papers {
        let work = tempfile::tempdir().unwrap();
        fs::write(work.path().join("a.pdf"), pdf).unwrap();
        let run = Command::new("pdffonts").arg("a.pdf").current_dir(work.path()).output();
        let Ok(run) = run else { return skip("no pdffonts") };
        let fonts = String::from_utf8_lossy(&run.stdout).into_owned();
        let names: Vec<&str> = fonts.lines().skip(2).filter_map(|line| line.split_whitespace().next()).collect();
        let is_known = |name: &&str| name.contains("Tinos") || name.contains("JetBrainsMono");
        assert!(!names.is_empty() && names.iter().all(is_known), "{fonts}");
        assert!(!fonts.lines().skip(2).any(|line| line.contains(" no ")), "embedded: {fonts}");
    }
}

/// A name that no font has all of is shown with what is missing spelled out, and the letters of a name in pieces meet.
#[test]
fn a_name_with_a_face_in_it_leaves_no_empty_box() {
    let mut list = sheet(1, 0);
    list.inside.rows[0].name = Pii::new("Nguyễn 😀 Mẫu\u{202e}".to_owned());
    let Some(text) = read_text(&list_pdf(&list).unwrap()) else { return skip("no pdftotext") };
    assert!(text.contains("U+1F600") && !text.contains('😀') && !text.contains('\u{202e}'), "{text}");
    let mut note = case(PaperKind::Incident, None);
    note.name = Pii::new("Nguyễn 😀 Mẫu".to_owned());
    assert!(read_text(&case_pdf(&note).unwrap()).unwrap().contains("U+1F600"));
}

#[test]
fn the_undertaking_has_room_for_a_photograph_and_a_finger() {
    let pdf = case_pdf(&case(PaperKind::Undertaking, None)).unwrap();
    let Some(text) = read_text(&pdf) else { return skip("no pdftotext") };
    for wanted in ["GIẤY CAM ĐOAN", "Nguyễn Thị Mẫu", "Ảnh chụp", "Vân tay", "Thí sinh không ký", "NGƯỜI CAM ĐOAN"]
    {
        assert!(text.contains(wanted), "{wanted}\n{text}");
    }
}

#[test]
fn every_ruling_and_state_has_its_words_and_stays_on_its_page() {
    let admits = Ground::ALL.iter().map(|ground| Ruling::Admit(*ground));
    let all = admits.chain(NotAdmittedReason::ALL.map(Ruling::NotAdmit));
    for ruling in all {
        let Some(text) = read_text(&case_pdf(&case(PaperKind::Incident, Some(ruling))).unwrap()) else {
            return skip("no pdftotext");
        };
        assert!(!text.contains('{') && !text.contains(": (bản ghi"), "{ruling:?}: {text}");
    }
    // A page that runs over would hide who signs behind the foot.
    let long = CasePaper {
        name: Pii::new("Công Tằng Tôn Nữ Nguyễn Hoàng Phương Uyên Thục Trinh Đoan Trang".to_owned()),
        causes: (0..12).map(|_| Cause::Named(vec![Failure::NeedsDecision])).collect(),
        ..case(PaperKind::Incident, Some(Ruling::Admit(Ground::OtherPapers)))
    };
    let text = read_text(&case_pdf(&long).unwrap()).unwrap().replace('\n', " ");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("và 6 lý do nữa") && text.contains("CHỦ TỌA"), "{text}");
}

/// Another medium than the disk of the tests; `None` where this machine has none to lend.
fn stick() -> Option<TempDir> {
    let stick = tempfile::tempdir_in("/dev/shm").ok()?;
    let own = tempfile::tempdir().unwrap();
    is_other_medium(stick.path(), own.path()).is_ok_and(|other| other).then_some(stick)
}

fn place<M: Medium>(folder: &Path, own: &Path, medium: M) -> PaperPlace<M> {
    PaperPlace { folder: folder.to_owned(), own: own.to_owned(), list: "danh-sach.pdf".to_owned(), medium }
}

/// A medium that is full: what was there before stays.
struct Full;

impl Medium for Full {
    fn create_folder(&mut self, _: &Path) -> io::Result<()> {
        Err(io::ErrorKind::StorageFull.into())
    }

    fn write_new(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        // A part is written before the medium says that it is full.
        fs::write(path, &bytes[..bytes.len() / 2])?;
        Err(io::ErrorKind::StorageFull.into())
    }

    fn sync_names(&mut self, path: &Path) -> io::Result<()> {
        Disk.sync_names(path)
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        Disk.rename(from, to)
    }

    fn remove(&mut self, path: &Path) -> io::Result<()> {
        Disk.remove(path)
    }
}

fn names(folder: &Path) -> Vec<String> {
    let all = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    let mut all: Vec<String> = all.collect();
    all.sort();
    all
}

#[test]
fn a_list_takes_the_place_of_the_one_before_or_leaves_it() {
    let Some(stick) = stick() else { return skip("no other medium than the disk of the tests") };
    let own = tempfile::tempdir().unwrap();
    place(stick.path(), own.path(), Disk).write_list(&sheet(1, 2)).unwrap();
    let path = stick.path().join("danh-sach.pdf");
    let first = fs::read(&path).unwrap();
    let digest = place(stick.path(), own.path(), Disk).write_list(&sheet(2, 1)).unwrap();
    let second = fs::read(&path).unwrap();
    assert!(first != second && digest == Digest(Sha256::digest(&second).into()));
    let full = place(stick.path(), own.path(), Full).write_list(&sheet(3, 0));
    assert!(matches!(full, Err(PapersError::Medium { .. })), "{full:?}");
    assert_eq!(fs::read(&path).unwrap(), second, "the list before is whole");
    assert_eq!(names(stick.path()), ["danh-sach.pdf"], "and nothing lies beside it");
    place(stick.path(), own.path(), Disk).wipe_list().unwrap();
    assert!(names(stick.path()).is_empty());
    place(stick.path(), own.path(), Disk).wipe_list().unwrap();
}

#[test]
fn nothing_is_written_to_the_desk_s_own_disk_or_to_a_stick_that_is_gone() {
    let own = tempfile::tempdir().unwrap();
    let folder = own.path().join("mnt");
    fs::create_dir(&folder).unwrap();
    let refused = place(&folder, own.path(), Disk).write_list(&sheet(1, 1));
    assert!(matches!(refused, Err(PapersError::OwnDisk(_))), "{refused:?}");
    let refused = place(&folder, own.path(), Disk).write_case(&case(PaperKind::Incident, None));
    assert!(matches!(refused, Err(PapersError::OwnDisk(_))), "{refused:?}");
    assert!(names(&folder).is_empty());
    let gone = place(Path::new("/nonexistent/stick"), own.path(), Disk).write_list(&sheet(1, 1));
    assert!(matches!(gone, Err(PapersError::Medium { .. })), "{gone:?}");
}

#[test]
fn forms_about_one_person_lie_beside_each_other() {
    let Some(stick) = stick() else { return skip("no other medium than the disk of the tests") };
    let own = tempfile::tempdir().unwrap();
    let mut place = place(stick.path(), own.path(), Disk);
    let mut later = case(PaperKind::Incident, None);
    later.head.log.entries += 1;
    later.number = Some("../../x".to_owned());
    for paper in [&case(PaperKind::Incident, None), &case(PaperKind::Undertaking, None), &later] {
        place.write_case(paper).unwrap();
    }
    let wanted = ["incident-note-01000017-412.pdf", "incident-note-x-413.pdf", "undertaking-01000017-412.pdf"];
    assert_eq!(names(stick.path()), wanted);
}

#[test]
fn a_running_desk_keeps_the_list_on_the_stick_until_its_session_ends() {
    let Some(stick) = stick() else { return skip("no other medium than the disk of the tests") };
    let site = Site::new();
    let mut contents = site.contents();
    contents.front.settings.policy.paper_folder = stick.path().to_str().unwrap().to_owned();
    site.put("goi.diemdanh", &site.pack(&contents, |_| {}));
    let desk = site.open();
    desk.begin();
    desk.wait("the list", |view| view.status.paper == PaperHealth::Written);
    assert_eq!(names(stick.path()), ["danh-sach-desk-1-b1.pdf"]);
    let list = fs::read(stick.path().join("danh-sach-desk-1-b1.pdf")).unwrap();
    assert!(list.starts_with(b"%PDF-"));
    desk.wait("the idle desk", is_idle);
    desk.send(Input::EndSession);
    desk.choose(Choice::EndSession);
    desk.wait("the closed log", |view| matches!(view.screen, Screen::Closing(ClosingView::Closed(_))));
    desk.kiosk.stop();
    assert!(names(stick.path()).is_empty());
    let events = site.world.events_in("journal/b1");
    let told = events.iter().find_map(|event| match event {
        AttendanceEvent::Printed { paper, to, sha256, cand: None } => Some((paper.as_str(), to.clone(), *sha256)),
        _ => None,
    });
    let (paper, to, sha256) = told.expect("an entry about the list");
    assert_eq!((paper, to.as_str()), ("attendance-list", stick.path().to_str().unwrap()));
    assert_eq!(sha256, Digest(Sha256::digest(&list).into()));
    let wiped = |event: &AttendanceEvent| match event {
        AttendanceEvent::DeviceEvent { device, event } => {
            device.as_str() == "attendance-list" && event.as_str() == "wiped"
        }
        _ => false,
    };
    let [.., last, AttendanceEvent::Close { .. }] = &events[..] else { panic!("{events:?}") };
    assert!(wiped(last), "{last:?}");
}
