//! The board's side of packages, through its command line: desks enrolled, packages made, opened, received.

use crate::programs::board_program;
use crate::trust_signed::{folder, signed};
use diemdanh::bits::random::SeededRandom;
use diemdanh::bits::secret::{Pii, Secret};
use diemdanh::host::folder::{Files, read_folder, replace_files};
use diemdanh::host::keys::{SealCost, create_key_file};
use diemdanh::host::random::SystemRandom;
use diemdanh::host::sealed;
use diemdanh::lab::issuer::Issuer;
use diemdanh::office::exam::{
    Desk, Exam, Ledger, OPERATORS_FILE, Operator, Role, Session, Settings, Site, operators, places,
};
use diemdanh::package::contents::{Contents, Front, People};
use diemdanh::package::note::{MAX_PACKAGE_LEN, split_file};
use diemdanh::package::operators::PinLock;
use diemdanh::package::{PackageAcceptance, PackageNote};
use diemdanh::record::{BoardKeys, Enrolment, Revocation, RevocationList};
use diemdanh::roster::{Candidate, CandidateId, CandidateNumber};
use diemdanh::tlog::{NoteKey, NoteVerifier};
use jiff::{SignedDuration, Timestamp};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

const CHEAP: SealCost = SealCost { memory_kib: 64, passes: 1 };
const PIN: &str = "$diemdanh-pin$v=2$m=65536,t=4,p=1$ZGllbWRhbmg$NznWchLuzkrtJ736qwe36n6Pw+6+WIcgsatzjAZA7UA";
const ARGUMENTS: &str = "--key board.key --exam-key exam.key --recovery recovery.pub --out goi --passphrase-file pass";

/// A board with its keys and an exam of two sites and two sessions, in a folder of its own.
pub(crate) struct Office {
    work: tempfile::TempDir,
    pub(crate) board: NoteKey,
    recovery: Secret<String>,
}

/// A desk as the board meets it: its keys.
pub(crate) struct Enrollee {
    pub(crate) device: NoteKey,
    identity: Secret<String>,
    pub(crate) request: Enrolment,
}

impl Enrollee {
    pub(crate) fn new(desk: &str, site: &str) -> Self {
        let device = NoteKey::generate(&format!("so.example/{desk}"), &mut SystemRandom).unwrap();
        let (identity, recipient) = sealed::generate();
        let request = Enrolment {
            board: "so.example".to_owned(),
            exam: "tn".parse().unwrap(),
            desk: desk.parse().unwrap(),
            site: site.to_owned(),
            device: device.verifier().clone(),
            recipient,
            tls_request: None,
        };
        Self { device, identity, request }
    }

    fn opens(&self, file: &[u8]) -> Option<Contents> {
        let (note, ciphertexts) = split_file(file).unwrap();
        let (front, people) = PackageNote::peek(note).unwrap().parts(ciphertexts).unwrap();
        let plain = sealed::open(front, &self.identity, MAX_PACKAGE_LEN).ok()?;
        let front = Front::read(plain.expose()).unwrap();
        // The people need a PIN besides; everybody has the same.
        assert!(sealed::open(people, &self.identity, MAX_PACKAGE_LEN).is_err());
        let (code, key) = front.keys.iter().next().unwrap();
        let lock = front.operators.iter().find(|one| one.code == *code).unwrap().pin.clone().unwrap();
        let made = sealed::identity_of(&lock.secret(&Secret::new("482917".to_owned())).unwrap()).unwrap();
        let key = sealed::open(key, &made, MAX_PACKAGE_LEN).unwrap();
        let key = Secret::new(String::from_utf8(key.expose().clone()).unwrap());
        let plain = sealed::open(people, &key, MAX_PACKAGE_LEN).unwrap();
        Some(Contents { front, people: People::read(plain.expose()).unwrap() })
    }
}

impl Office {
    pub(crate) fn new(training: bool) -> Self {
        let work = tempfile::tempdir().unwrap();
        let at = work.path();
        let pass = Secret::new("mat khau".to_owned());
        std::fs::write(at.join("pass"), "mat khau\n").unwrap();
        let key = |file: &str, name: &str| create_key_file(&at.join(file), name, &pass, CHEAP, &mut SystemRandom);
        let board = key("board.key", "so.example").unwrap();
        key("exam.key", "so.example/tn/exam-key").unwrap();
        std::fs::write(at.join("board.vkey"), format!("{}\n", board.verifier())).unwrap();
        let (recovery, recipient) = sealed::generate();
        std::fs::write(at.join("recovery.pub"), format!("{recipient}\n")).unwrap();
        let office = Self { work, board, recovery };
        office.put(exam(training, &office.board));
        office
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.work.path().join(name)
    }

    /// Puts files into the exam's folder.
    pub(crate) fn put(&self, files: Files) {
        std::fs::create_dir_all(self.path("thi")).unwrap();
        replace_files(&self.path("thi"), &files.into_iter().collect::<Vec<_>>()).unwrap();
    }

    pub(crate) fn exam(&self) -> Files {
        read_folder(&self.path("thi")).unwrap()
    }

    pub(crate) fn ledger(&self) -> Ledger {
        Ledger::read(&std::fs::read(self.path("thi/packages.csv")).unwrap_or_default()).unwrap()
    }

    pub(crate) fn run(&self, arguments: &str) -> (i32, String) {
        let mut command = board_program();
        command.current_dir(self.work.path()).arg("exam").args(arguments.split(' '));
        let Output { status, stdout, stderr } = command.output().unwrap();
        (status.code().unwrap(), String::from_utf8([stdout, stderr].concat()).unwrap())
    }

    #[track_caller]
    pub(crate) fn expect(&self, arguments: &str, code: i32, words: &str) -> String {
        let (found, said) = self.run(arguments);
        assert!(found == code && said.contains(words), "{arguments}: {found}, wanted {code} “{words}”:\n{said}");
        said
    }

    pub(crate) fn run_pack(&self, more: &str) -> (i32, String) {
        self.run(format!("pack thi {ARGUMENTS} {more}").trim_end())
    }

    #[track_caller]
    pub(crate) fn pack(&self, more: &str, code: i32, words: &str) -> String {
        self.expect(format!("pack thi {ARGUMENTS} {more}").trim_end(), code, words)
    }

    #[track_caller]
    pub(crate) fn enrol(&self, desk: &Enrollee) {
        let (id, fingerprint) = (&desk.request.desk, desk.request.fingerprint());
        std::fs::write(self.path(id), desk.request.sign(&desk.device).unwrap()).unwrap();
        self.expect(
            &format!("enrol thi {id} --fingerprint {fingerprint} --key board.key --passphrase-file pass"),
            0,
            "chứng thư",
        );
    }

    /// The files of the folder of packages.
    pub(crate) fn packages(&self) -> Files {
        let out = self.path("goi");
        if out.exists() { read_folder(&out).unwrap() } else { Files::new() }
    }

    fn note(&self, name: &str) -> PackageNote {
        let file = &self.packages()[name];
        PackageNote::open(split_file(file).unwrap().0, &BoardKeys::one(self.board.verifier().clone())).unwrap()
    }

    pub(crate) fn receipt(&self, desk: &Enrollee, note: &PackageNote, file: &str) {
        let receipt = PackageAcceptance {
            package: note.id(),
            version: note.version,
            sha256: note.sha256,
            desk: desk.request.desk.clone(),
            at: Timestamp::now(),
        };
        std::fs::write(self.path(file), receipt.sign(&desk.device).unwrap()).unwrap();
    }

    pub(crate) fn revoke(&self, number: u32, serials: &[u32]) {
        let one = |serial: &u32| Revocation { serial: *serial, reason: "lost".to_owned(), last_accepted: None };
        let list = RevocationList { number, board_keys: None, revoked: serials.iter().map(one).collect() };
        std::fs::write(self.path(&format!("thu-hoi-{number}")), list.sign(&self.board).unwrap()).unwrap();
    }
}

pub(crate) fn candidate(id: u8, number: &str, site: &str, session: &str) -> Candidate {
    Candidate {
        id: CandidateId([id; 16]),
        number: CandidateNumber::new(number).unwrap(),
        full_name: Pii::new(format!("Nguyễn Thị Mẫu {id}")),
        birth_date: Pii::new("2008-02-15".to_owned()),
        id_number: Pii::new(format!("0992080000{id:02}")),
        site: site.to_owned(),
        room: "P01".to_owned(),
        seat: id.to_string(),
        session: session.to_owned(),
        sex: None,
        school: String::new(),
    }
}

fn exam(training: bool, board: &NoteKey) -> Files {
    // Sessions lie ahead of the clock, whenever the test runs.
    let day = |days: i64| Timestamp::now() + SignedDuration::from_hours(days * 24);
    let session = |id: &str, title: &str, days: i64| Session {
        id: id.to_owned(),
        title: title.to_owned(),
        opens: None,
        start: Timestamp::from_second(day(days).as_second()).unwrap(),
        last_entry: None,
        report_due: None,
    };
    let sessions = vec![session("b1", "Buổi 1", 3), session("b2", "Buổi 2", 4)];
    let settings = Settings { training, sessions, ..Settings::new("so.example", "tn", "Kỳ thi thử") };
    let mut files = Exam::new_files(&settings);
    let people = vec![
        candidate(1, "01000001", "0901", "Buổi 1"),
        candidate(2, "01000002", "0901", ""),
        candidate(3, "01000003", "Điểm 2", "Buổi 1"),
        candidate(4, "01000004", "", "Buổi 2"),
    ];
    let empty = Exam::read(&files).unwrap();
    files.extend(empty.with_candidates(people));
    let sites = ["0901", "Điểm 2"].map(|code| Site { code: code.to_owned(), title: format!("Trường {code}") });
    files.insert("sites.csv".to_owned(), places::write_sites(&sites));
    let somebody = |code: &str, role: Role, site: &str, revoked: Option<&str>| Operator {
        code: code.to_owned(),
        name: "Trần B".to_owned(),
        role,
        site: site.to_owned(),
        pin: Some(PinLock::parse(PIN).unwrap()),
        telephone: None,
        revoked: revoked.map(str::to_owned),
    };
    let people = [
        somebody("td", Role::HeadOfSite, "", None),
        somebody("gt-1", Role::Invigilator, "0901", None),
        somebody("gt-2", Role::Invigilator, "Điểm 2", None),
        somebody("gt-3", Role::Invigilator, "0901", Some("nghỉ")),
    ];
    files.insert(OPERATORS_FILE.to_owned(), operators::write(&people).into_bytes());
    let trust = signed(folder(&Issuer::lab().unwrap(), 1), board);
    files.extend(trust.into_iter().map(|(name, bytes)| (format!("trust/{name}"), bytes)));
    files
}

#[test]
fn a_board_packs_and_each_desk_opens_its_own() {
    let office = Office::new(false);
    let (one, two, gate) =
        (Enrollee::new("ban-01", "0901"), Enrollee::new("ban-02", "Điểm 2"), Enrollee::new("tong", ""));
    office.put(Files::from([("portraits/01000002.jpg".to_owned(), vec![0xFF, 0xD8, 1])]));
    [&one, &two, &gate].into_iter().for_each(|desk| office.enrol(desk));
    let before = office.exam();
    let said = office.pack("--dry-run", 0, "sẽ ghi");
    assert!(office.exam() == before && office.packages().is_empty(), "{said}");
    let said = office.pack("", 0, "4 gói mới, 0 không đổi");
    assert!(said.contains("tn-b1-0901-v1.diemdanh: 2 thí sinh, 2 bàn, 1 ảnh") && !said.contains("Mẫu"), "{said}");
    let packages = office.packages();
    let names: Vec<&str> = packages.keys().map(String::as_str).collect();
    let odd = diemdanh::package::note::name_part("Điểm 2");
    let wanted = ["b1-0901", &format!("b1-{odd}"), "b2-0901", &format!("b2-{odd}")];
    assert_eq!(names, wanted.map(|name| format!("tn-{name}-v1.diemdanh")));
    let first = &packages["tn-b1-0901-v1.diemdanh"];
    // Who opens what.
    assert!(one.opens(first).is_some() && gate.opens(first).is_some() && two.opens(first).is_none());
    let (note, ciphertexts) = split_file(first).unwrap();
    let (front, people) = PackageNote::peek(note).unwrap().parts(ciphertexts).unwrap();
    assert!([front, people].iter().all(|part| sealed::open(part, &office.recovery, MAX_PACKAGE_LEN).is_ok()));
    let contents = one.opens(first).unwrap();
    let ids = |contents: &Contents| contents.people.roster.ids().iter().map(|id| id.0[0]).collect::<Vec<_>>();
    assert_eq!(ids(&contents), [1, 2]);
    assert_eq!(ids(&one.opens(&packages["tn-b2-0901-v1.diemdanh"]).unwrap()), [2, 4]);
    assert_eq!(ids(&two.opens(&packages[names[1]]).unwrap()), [3]);
    assert_eq!(contents.people.portraits.keys().map(|id| id.0[0]).collect::<Vec<_>>(), [2]);
    assert_eq!(contents.front.operators.iter().map(|one| one.code.as_str()).collect::<Vec<_>>(), ["td", "gt-1"]);
    assert_eq!(contents.front.desks.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["ban-01", "tong"]);
    assert!(contents.front.trust.contains_key("manifest.note") && !contents.front.trust.contains_key("READ-ME.txt"));
    let note = office.note("tn-b1-0901-v1.diemdanh");
    assert_eq!((note.rows, note.version, note.previous, note.training), (2, 1, None, false));
    assert_eq!(
        (contents.front.settings.site.code.as_str(), contents.front.settings.session.id.as_str()),
        ("0901", "b1")
    );
    assert!(note.not_before < note.not_after && note.judge(split_file(first).unwrap().1).is_ok());
}

#[test]
fn packing_again_changes_nothing_until_the_exam_does() {
    let office = Office::new(false);
    office.enrol(&Enrollee::new("ban-01", "0901"));
    office.pack("--session b1 --site 0901", 0, "1 gói mới");
    let (first, exam) = (office.packages(), office.exam());
    office.pack("--session b1 --site 0901", 0, "không đổi: tn-b1-0901-v1.diemdanh");
    assert!(office.packages() == first && office.exam() == exam);
    // Another desk, another person, another rule: each makes the next version, which names the one before.
    office.enrol(&Enrollee::new("ban-02", "0901"));
    office.pack("--session b1 --site 0901", 0, "v2.diemdanh");
    let people = [candidate(1, "01000001", "0901", "Buổi 1")];
    let changed = Exam::read(&office.exam()).unwrap().with_candidates(people.to_vec());
    office.put(changed);
    office.pack("--session b1 --site 0901", 0, "v3.diemdanh: 1 thí sinh, 2 bàn");
    office.pack("--session b1 --site 0901 --again", 0, "v4.diemdanh");
    let mut before = office.note("tn-b1-0901-v1.diemdanh");
    for version in 2..=4 {
        let next = office.note(&format!("tn-b1-0901-v{version}.diemdanh"));
        assert_eq!((next.version, next.previous), (version, Some(before.sha256)));
        before = next;
    }
    let ledger = office.ledger();
    assert_eq!((ledger.iter().count(), ledger.last("tn/b1/0901").unwrap().sha256), (4, before.sha256));
    // The files are gone, but nothing has changed: somebody has to say that they are wanted once more.
    std::fs::remove_dir_all(office.path("goi")).unwrap();
    office.pack("--session b1 --site 0901", 0, "--again");
    assert!(office.packages().is_empty() && office.ledger() == ledger);
}

#[test]
fn a_package_is_shown_without_a_person_in_it() {
    let office = Office::new(true);
    office.enrol(&Enrollee::new("ban-01", "0901"));
    office.pack("--session b1 --site 0901", 0, "1 gói mới");
    let pass = Secret::new("mat khau".to_owned());
    std::fs::write(office.path("recovery.key"), sealed::lock_identity(&office.recovery, &pass).unwrap()).unwrap();
    let open = "open goi/tn-b1-0901-v1.diemdanh --identity recovery.key --passphrase-file pass";
    let said = office.expect(&format!("{open} --board-key board.vkey"), 0, "Thí sinh: 2   phòng: 1   ảnh: 0");
    assert!(said.contains("bàn ban-01: chứng thư 1") && said.contains("TẬP HUẤN"), "{said}");
    assert!(!said.contains("Mẫu") && !said.contains("09920800"), "{said}");
    office.expect(open, 1, "CHƯA KIỂM CHỮ KÝ");
    let good = std::fs::read(office.path("goi/tn-b1-0901-v1.diemdanh")).unwrap();
    let spoilt = |at: usize| {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        std::fs::write(office.path("xau"), bytes).unwrap();
    };
    let open = |more: &str| format!("open xau --identity recovery.key --passphrase-file pass{more}");
    spoilt(good.len() - 1);
    office.expect(&open(""), 2, "bị cắt hoặc bị sửa");
    spoilt(40);
    office.expect(&open(" --board-key board.vkey"), 2, "hội đồng không ký");
    std::fs::write(office.path("xau"), b"not a package").unwrap();
    office.expect(&open(""), 2, "không phải gói dữ liệu");
    std::fs::write(office.path("xau"), &good).unwrap();
    let (stranger, _) = sealed::generate();
    std::fs::write(office.path("la.key"), sealed::lock_identity(&stranger, &pass).unwrap()).unwrap();
    office.expect("open xau --identity la.key --passphrase-file pass", 2, "không mở được bằng khóa này");
}

#[test]
fn receipts_are_noted_and_foreign_unknown_and_older_ones_named() {
    let office = Office::new(false);
    let (one, two) = (Enrollee::new("ban-01", "0901"), Enrollee::new("ban-02", "Điểm 2"));
    [&one, &two].into_iter().for_each(|desk| office.enrol(desk));
    office.pack("--session b1", 0, "2 gói mới");
    let first = office.note("tn-b1-0901-v1.diemdanh");
    office.receipt(&one, &first, "nhan-1");
    let before = office.exam();
    office.expect("receipt thi nhan-1 --dry-run", 0, "sẽ ghi");
    assert_eq!(office.exam(), before);
    office.expect("receipt thi nhan-1 nhan-1", 0, "bàn ban-01 đã nhận gói tn/b1/0901 v1");
    assert_eq!(office.ledger().find("tn/b1/0901", 1).unwrap().received, ["ban-01"]);
    office.expect("receipt thi nhan-1", 0, "không có gì mới");
    office.expect("desks thi --board-key board.vkey", 0, "gói tn/b1/0901 v1 đã nhận");
    // Bad ones leave the exam as it is, even beside a good one.
    let exam = office.exam();
    let check = |change: &dyn Fn(&mut PackageNote), desk: &Enrollee, words: &str| {
        let mut note = first.clone();
        change(&mut note);
        office.receipt(desk, &note, "xau");
        office.expect("receipt thi nhan-1 xau", 2, words);
        assert_eq!(office.exam(), exam);
    };
    check(&|note| note.version = 9, &one, "không có phiên bản 9");
    check(&|note| note.sha256.0[0] ^= 1, &one, "khác với gói đã đóng");
    check(&|note| note.site = "0999".to_owned(), &one, "không có gói tn/b1/0999");
    check(&|_| (), &two, "không đóng cho bàn ban-02");
    check(&|_| (), &Enrollee::new("ban-01", "0901"), "không do khóa của bàn ban-01 ký");
    check(&|_| (), &Enrollee::new("ban-77", "0901"), "không có bàn ban-77");
    std::fs::write(office.path("xau"), "nonsense").unwrap();
    office.expect("receipt thi xau", 2, "không phải giấy nhận");
    office.expect("receipt thi none", 2, "none");
    // A receipt for a version that is not the last one counts, and is told.
    office.pack("--session b1 --site 0901 --again", 0, "v2");
    office.expect("desks thi", 0, "gói tn/b1/0901 v2 chưa nhận");
    office.enrol(&Enrollee::new("ban-03", "0901"));
    office.expect("receipt thi nhan-1", 0, "bản cũ; mới nhất là v2");
}

#[test]
fn a_desk_that_was_revoked_gets_no_package_and_no_older_list_leaves() {
    let office = Office::new(false);
    let (one, two) = (Enrollee::new("ban-01", "0901"), Enrollee::new("ban-02", "0901"));
    [&one, &two].into_iter().for_each(|desk| office.enrol(desk));
    office.revoke(4, &[]);
    office.revoke(5, &[1]);
    office.pack("--session b1 --site 0901 --revocations thu-hoi-5", 0, "ban-01: chứng thư 1 đã bị thu hồi");
    let packages = office.packages();
    let file = &packages["tn-b1-0901-v1.diemdanh"];
    assert!(one.opens(file).is_none());
    let contents = two.opens(file).unwrap();
    let list =
        RevocationList::open(&contents.front.revocations.unwrap(), &BoardKeys::one(office.board.verifier().clone()))
            .unwrap();
    assert_eq!((list.number, office.note("tn-b1-0901-v1.diemdanh").revocations), (5, 5));
    office.expect("desks thi --board-key board.vkey --revocations thu-hoi-5", 0, "ĐÃ THU HỒI");
    let (packages, exam) = (office.packages(), office.exam());
    office.pack("--session b1 --site 0901 --revocations thu-hoi-4", 2, "cũ hơn số 5");
    office.pack("--session b1 --site 0901", 2, "cũ hơn số 5");
    let stranger = NoteKey::generate("so.example", &mut SeededRandom::new("stranger")).unwrap();
    let list = RevocationList { number: 6, board_keys: None, revoked: Vec::new() }.sign(&stranger).unwrap();
    std::fs::write(office.path("la"), list).unwrap();
    office.pack("--session b1 --site 0901 --revocations la", 2, "la: không phải danh sách thu hồi");
    assert!(office.packages() == packages && office.exam() == exam);
}

#[test]
fn a_desk_is_enrolled_once_and_again_only_on_purpose() {
    let office = Office::new(false);
    let desk = Enrollee::new("ban-01", "0901");
    office.expect("desks thi", 0, "0 bàn");
    office.put(Files::from([(
        "desks/ban-02.toml".to_owned(),
        Desk { id: "ban-02".to_owned(), title: "Bàn 2".to_owned(), site: "0901".to_owned(), room: String::new() }
            .write()
            .into_bytes(),
    )]));
    office.expect("desks thi", 0, "chưa ghi danh");
    office.enrol(&desk);
    let exam = office.exam();
    office.enrol(&desk);
    assert_eq!(office.exam(), exam);
    // The desk got a new key.
    let renewed = Enrollee::new("ban-01", "0901");
    std::fs::write(office.path("moi"), renewed.request.sign(&renewed.device).unwrap()).unwrap();
    let enrol = |more: &str| {
        let fingerprint = renewed.request.fingerprint().to_lowercase().replace('-', "");
        format!("enrol thi moi --fingerprint {fingerprint} --key board.key --passphrase-file pass{more}")
    };
    office.expect(&enrol(""), 2, "--again");
    assert_eq!(office.exam(), exam);
    office.expect(&enrol(" --again --dry-run"), 0, "sẽ ghi");
    assert_eq!(office.exam(), exam);
    office.expect(&enrol(" --again --serial 1"), 2, "bàn ban-01 đã có");
    assert_eq!(office.exam(), exam);
    office.expect(&enrol(" --again"), 0, "chứng thư 2 cho bàn ban-01");
    office.enrol(&Enrollee::new("ban-02", "0901"));
    let said = office.expect("desks thi --board-key board.vkey", 0, "2 bàn, 2 đã có chứng thư");
    assert!(said.contains("chứng thư 2") && said.contains("chứng thư 3"), "{said}");
    office.pack("--session b1 --site 0901", 0, "1 gói mới");
    let packages = office.packages();
    assert!(renewed.opens(&packages["tn-b1-0901-v1.diemdanh"]).is_some());
    assert!(desk.opens(&packages["tn-b1-0901-v1.diemdanh"]).is_none());
}

/// The text of a QR code as a scanner types it: other line breaks, and none at the end.
#[test]
fn a_request_comes_as_the_text_of_a_qr_code() {
    let office = Office::new(false);
    let desk = Enrollee::new("ban-01", "0901");
    let text = desk.request.sign(&desk.device).unwrap();
    let arguments = format!(
        "exam enrol thi - --fingerprint {} --key board.key --passphrase-file pass --title Cong --room P01",
        desk.request.fingerprint()
    );
    let mut child = board_program()
        .current_dir(office.path(""))
        .args(arguments.split(' '))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let typed = text.trim_end().replace('\n', "\r\n");
    child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    let files = office.exam();
    assert_eq!(files["desks/ban-01.request"], text.as_bytes());
    let exam = Exam::read(&files).unwrap();
    assert_eq!((exam.desks[0].title.as_str(), exam.desks[0].room.as_str()), ("Cong", "P01"));
    assert_eq!(exam.enrolments["ban-01"].cert.as_ref().unwrap().0.device, *desk.device.verifier());
}

/// Another board's key, for tests of what is refused.
pub(crate) fn stranger(office: &Office, file: &str, name: &str) -> NoteVerifier {
    let pass = Secret::new("mat khau".to_owned());
    create_key_file(&office.path(file), name, &pass, CHEAP, &mut SystemRandom).unwrap().verifier().clone()
}

/// True for a file that is there.
pub(crate) fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}
