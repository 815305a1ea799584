//! A small exam day for tests of the record: one device key, one desk, stamps one second apart.

use diemdanh::bits::random::SeededRandom;
use diemdanh::bits::stamp::Stamp;
use diemdanh::record::{
    AttendanceEvent, AttendanceLog, CandidateRef, CheckIn, ChipState, Code, DeskCert, Digest, DocumentRef, Durable,
    LogFault, LogName, LogStore, OpenBasis, Opening, RegistryState,
};
use diemdanh::tlog::NoteKey;
use jiff::Timestamp;

/// The first moment of the day, milliseconds.
pub(crate) const START_MS: i64 = 1_780_000_000_000;

pub(crate) fn code(text: &str) -> Code {
    Code::new(text).unwrap()
}

/// The moment `seconds` after the start, with a boot clock that agrees.
pub(crate) fn at(seconds: i64) -> Stamp {
    skewed(seconds, 0)
}

/// The same with the wall clock off by `skew_ms`.
pub(crate) fn skewed(seconds: i64, skew_ms: i64) -> Stamp {
    let wall = Timestamp::from_millisecond(START_MS + seconds * 1000 + skew_ms).unwrap();
    Stamp { wall, boot_ms: u64::try_from(50_000 + seconds * 1000).unwrap() }
}

pub(crate) fn board() -> NoteKey {
    NoteKey::generate("board.example", &mut SeededRandom::new("board")).unwrap()
}

pub(crate) fn device() -> NoteKey {
    NoteKey::generate("board.example/desk-1", &mut SeededRandom::new("device")).unwrap()
}

pub(crate) fn desk_cert(training: bool) -> DeskCert {
    DeskCert {
        serial: 7,
        board: "board.example".to_owned(),
        exam: "thpt-2026".parse().unwrap(),
        desk: "desk-1".parse().unwrap(),
        site: "099-01".to_owned(),
        training,
        not_before: Timestamp::from_millisecond(START_MS - 86_400_000).unwrap(),
        not_after: Timestamp::from_millisecond(START_MS + 86_400_000).unwrap(),
        device: device().verifier().clone(),
        // Every reader of a log meets a certificate that says more than it needs.
        tls_certificate: Some(vec![0x30, 0]),
        board_keys: None,
    }
}

pub(crate) fn opening(device: &NoteKey) -> Opening<'_> {
    Opening {
        name: LogName {
            board: "board.example".to_owned(),
            exam: "thpt-2026".parse().unwrap(),
            desk: "desk-1".parse().unwrap(),
            session: "s1".parse().unwrap(),
        },
        device,
        desk_cert: desk_cert(false).sign(&board()).unwrap(),
        training: false,
        boot_id: "boot-a".to_owned(),
        operator: code("op-1"),
        package: None,
        policy_sha256: Digest([3; 32]),
        trust_store: "lab 1".to_owned(),
        program: "diemdanh 0.1.0".to_owned(),
        program_sha256: None,
        revocations: None,
        basis: OpenBasis::default(),
    }
}

/// Opens the log `start` seconds into the day; the key's seed depends on the moment.
pub(crate) fn open<S: LogStore>(store: S, start: i64) -> Result<(AttendanceLog<S>, Durable), LogFault> {
    let device = device();
    let random = &mut SeededRandom::new(&format!("segment {start}"));
    let opened = AttendanceLog::open(store, &opening(&device), at(start), random);
    opened.map(|(log, appended)| (log, appended.proof))
}

pub(crate) fn candidate(number: u8) -> CandidateRef {
    CandidateRef([number; 16])
}

pub(crate) fn check_in(number: u8) -> AttendanceEvent {
    AttendanceEvent::CheckIn(CheckIn {
        cand: candidate(number),
        doc: DocumentRef([number; 16]),
        chip: ChipState::Pass,
        access: code("pace-can"),
        registry: RegistryState::Match,
        remarks: vec![],
        late: false,
        second: None,
    })
}
