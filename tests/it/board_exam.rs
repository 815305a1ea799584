//! A small exam of a board: one session, one site, two desks, four candidates, and logs of its desks.

use crate::programs::board_program;
use crate::record_support::{at, board, code};
use diemdanh::bits::random::SeededRandom;
use diemdanh::bits::secret::Pii;
use diemdanh::host::folder::write_folder;
use diemdanh::lab::journal::MemoryStore;
use diemdanh::office::exam::{Desk, Ledger, Packed};
use diemdanh::package::note::package_id;
use diemdanh::record::certify::{CertRequest, certify};
use diemdanh::record::export::{Beside, export_with};
use diemdanh::record::{
    AttendanceEvent, AttendanceLog, CandidateRef, CheckIn, ChipState, Code, Digest, DocumentRef, LogName, OpenBasis,
    Opening, PackageRef, RegistryState,
};
use diemdanh::roster::{Candidate, CandidateId, CandidateNumber, canonical};
use diemdanh::tlog::NoteKey;
use jiff::Timestamp;
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

const EXAM: &str = "thi";
const SITE: &str = "0901";
pub(crate) const SETTINGS: &str = "board = \"board.example\"\nid = \"thi\"\ntitle = \"Thi thử\"\n[[session]]\nid = \"b1\"\nstart = \"2026-05-28T20:26:40Z\"\n";

fn device(desk: &str) -> NoteKey {
    NoteKey::generate(&format!("board.example/{desk}"), &mut SeededRandom::new(desk)).unwrap()
}

fn cert(desk: &str, training: bool) -> String {
    let day = |days: i64| Timestamp::from_millisecond(crate::record_support::START_MS + days * 86_400_000).unwrap();
    let request = CertRequest {
        serial: desk.bytes().last().map_or(1, u32::from),
        exam: EXAM.parse().unwrap(),
        desk: desk.parse().unwrap(),
        site: SITE.to_owned(),
        training,
        not_before: day(-1),
        not_after: day(1),
        device: device(desk).verifier().clone(),
        tls_certificate: None,
    };
    certify(&board(), request).unwrap()
}

fn package() -> PackageRef {
    PackageRef { id: Code::new(&package_id(EXAM, "b1", SITE)).unwrap(), version: 1, sha256: Digest([5; 32]) }
}

pub(crate) fn person(number: u8) -> Candidate {
    Candidate {
        id: CandidateId([number; 16]),
        number: CandidateNumber::new(&format!("990000{number:02}")).unwrap(),
        full_name: Pii::new(format!("Nguyễn Mẫu {number}")),
        birth_date: Pii::new("2008-01-02".to_owned()),
        id_number: Pii::new(format!("0992080000{number:02}")),
        site: SITE.to_owned(),
        room: "P1".to_owned(),
        seat: String::new(),
        session: String::new(),
        sex: None,
        school: String::new(),
    }
}

/// An exam with one session, one site, two desks and four candidates.
pub(crate) struct Board {
    folder: TempDir,
}

impl Board {
    pub(crate) fn new() -> Self {
        Self::of((1..=4).map(person).collect(), SETTINGS)
    }

    /// The same with other candidates and another `exam.toml`.
    pub(crate) fn of(candidates: Vec<Candidate>, settings: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let packed = Packed {
            id: package().id.as_str().to_owned(),
            version: 1,
            sha256: Digest([5; 32]),
            size: 1,
            rows: 4,
            packed_at: Timestamp::from_millisecond(crate::record_support::START_MS - 3_600_000).unwrap(),
            fingerprint: Digest([6; 32]),
            revocations: 0,
            desks: vec!["d1".to_owned(), "d2".to_owned()],
            received: vec![],
            rules_sha256: None,
            trust_store: None,
        };
        let mut ledger = Ledger::default();
        ledger.add(packed);
        let mut files = vec![
            ("exam.toml".to_owned(), settings.into()),
            ("sites.csv".to_owned(), format!("code,title\n{SITE},\n").into_bytes()),
            ("rooms.csv".to_owned(), format!("site,room,capacity\n{SITE},P1,\n").into_bytes()),
            ("candidates.csv".to_owned(), canonical::write(candidates)),
            ("packages.csv".to_owned(), ledger.write()),
        ];
        for desk in ["d1", "d2"] {
            let facts =
                Desk { id: desk.to_owned(), title: desk.to_owned(), site: SITE.to_owned(), room: String::new() };
            files.push((format!("desks/{desk}.toml"), facts.write().into_bytes()));
            files.push((format!("desks/{desk}.cert"), cert(desk, false).into_bytes()));
        }
        write_folder(&folder.path().join("thi"), &files).unwrap();
        fs::write(folder.path().join("board.vkey"), board().verifier().to_string()).unwrap();
        Self { folder }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs a command of `exam`; exit code and what was said.
    pub(crate) fn run(&self, command: &str, more: &[&str]) -> (Option<i32>, String) {
        self.said(command, &[more, &["--board-key", "board.vkey"]].concat())
    }

    /// The same for a command that asks for no key of the board's.
    pub(crate) fn without_key(&self, command: &str, more: &[&str]) -> (Option<i32>, String) {
        self.said(command, more)
    }

    fn said(&self, command: &str, more: &[&str]) -> (Option<i32>, String) {
        let mut program = board_program();
        program.current_dir(self.folder.path()).args(["exam", command, "thi"]).args(more);
        let output = program.output().unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        (output.status.code(), said)
    }

    pub(crate) fn json(&self, command: &str, more: &[&str]) -> Value {
        let said = self.run(command, &[more, &["--json"]].concat()).1;
        serde_json::from_str(&said).unwrap_or_else(|_| panic!("no JSON: {said}"))
    }

    /// How many exports lie there.
    pub(crate) fn count(&self, folder: &str) -> usize {
        fs::read_dir(self.path("thi").join(folder)).map_or(0, |all| {
            all.filter(|one| !one.as_ref().unwrap().file_name().to_string_lossy().starts_with('.')).count()
        })
    }

    pub(crate) fn states(&self) -> Vec<String> {
        let review = self.json("review", &[]);
        review["people"].as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap().to_owned()).collect()
    }
}

pub(crate) fn check_in(person: u8) -> AttendanceEvent {
    AttendanceEvent::CheckIn(CheckIn {
        cand: CandidateRef([person; 16]),
        doc: DocumentRef([person; 16]),
        chip: ChipState::Pass,
        access: code("pace-can"),
        registry: RegistryState::Match,
        remarks: vec![],
        late: false,
        second: None,
    })
}

/// A desk's log, as an export for each entry that it ends with.
pub(crate) struct DeskLog {
    desk: &'static str,
    store: MemoryStore,
    log: AttendanceLog<MemoryStore>,
    now: i64,
}

impl DeskLog {
    pub(crate) fn open(desk: &'static str, training: bool) -> Self {
        Self::open_at(desk, training, 0)
    }

    pub(crate) fn open_at(desk: &'static str, training: bool, now: i64) -> Self {
        let (store, device) = (MemoryStore::default(), device(desk));
        let name = LogName {
            board: "board.example".to_owned(),
            exam: EXAM.parse().unwrap(),
            desk: desk.parse().unwrap(),
            session: "b1".parse().unwrap(),
        };
        let opening = Opening {
            name,
            device: &device,
            desk_cert: cert(desk, training),
            training,
            boot_id: "boot".to_owned(),
            operator: code("gt-01"),
            package: Some(package()),
            policy_sha256: Digest([3; 32]),
            trust_store: "lab 1".to_owned(),
            program: "diemdanh 0.1.0".to_owned(),
            program_sha256: None,
            revocations: None,
            basis: OpenBasis::default(),
        };
        let (log, _) =
            AttendanceLog::open(store.clone(), &opening, at(now), &mut SeededRandom::new(&format!("{desk} {now}")))
                .unwrap();
        Self { desk, store, log, now }
    }

    pub(crate) fn with(mut self, events: &[AttendanceEvent]) -> Self {
        for event in events {
            self.now += 60;
            self.log.append(&code("gt-01"), event.clone(), at(self.now)).unwrap();
        }
        self
    }

    pub(crate) fn closed(mut self) -> Self {
        self.now += 60;
        self.log.close(&code("gt-01"), at(self.now)).unwrap();
        self
    }

    pub(crate) fn export(&self, board: &Board, name: &str, training: bool) -> PathBuf {
        self.export_with(board, name, training, Beside::default())
    }

    /// The same with what stands beside the log.
    pub(crate) fn export_with(&self, board: &Board, name: &str, training: bool, beside: Beside) -> PathBuf {
        let device = device(self.desk);
        let files = export_with(&mut self.store.clone(), &beside, &cert(self.desk, training), &device).unwrap();
        let path = board.path(name);
        write_folder(&path, &files).unwrap();
        path
    }
}

pub(crate) fn wrote(board: &Board, desk: &'static str, name: &str, events: &[AttendanceEvent]) -> PathBuf {
    DeskLog::open(desk, false).with(events).closed().export(board, name, false)
}
