//! A small exam: two sites with two desks each, twelve candidates, two sessions. Logs are written entry by entry.

use diemdanh_review::{
    Case, Expected, Export, FactReader, Facts, Intake, LogId, Review, Rule, SegmentFacts, Sitting,
    expected::ExpectedSession,
};
use jiff::Timestamp;
use record::{
    AttendanceEvent, CandidateRef, CheckIn, ChipState, Code, Digest, DocumentRef, Entry, EntryRef, Opened,
    RegistryState, Totals, segment::digest,
};

/// The exam's day begins.
const START_MS: i64 = 1_780_000_000_000;

pub(crate) fn code(text: &str) -> Code {
    Code::new(text).unwrap()
}

pub(crate) fn cand(number: u8) -> CandidateRef {
    CandidateRef([number; 16])
}

pub(crate) fn doc(number: u8) -> DocumentRef {
    DocumentRef([number; 16])
}

/// Candidates 1 to 6 belong to site `01`, 7 to 12 to site `02`, three to a room; all of them in both sessions.
pub(crate) fn expected() -> Expected {
    let session = |id: &str| ExpectedSession { id: id.to_owned(), title: String::new() };
    let mut expected = Expected::new("board.example/thi", vec![session("b1"), session("b2")], false);
    for number in 1..=12_u8 {
        let (site, room) = (if number <= 6 { "01" } else { "02" }, format!("P{}", (number - 1) % 6 / 3 + 1));
        expected.person(cand(number), site, &room, "");
    }
    for session in ["b1", "b2"] {
        for (site, desk) in [("01", "d1"), ("01", "d2"), ("02", "d3"), ("02", "d4")] {
            expected.packed(session, site, desk);
        }
    }
    expected.finish()
}

/// What happens at a desk.
pub(crate) fn check_in(person: u8) -> AttendanceEvent {
    check_in_on(person, person)
}

pub(crate) fn check_in_on(person: u8, card: u8) -> AttendanceEvent {
    AttendanceEvent::CheckIn(CheckIn {
        cand: cand(person),
        doc: doc(card),
        chip: ChipState::Pass,
        access: code("pace-can"),
        registry: RegistryState::Match,
        remarks: vec![],
        late: false,
        second: None,
    })
}

pub(crate) fn manual(person: Option<u8>) -> AttendanceEvent {
    AttendanceEvent::ManualDecision {
        cand: person.map(cand),
        doc: None,
        admitted: true,
        chip: ChipState::NotRead,
        registry: RegistryState::NotAsked,
        reason: code("undertaking"),
        second: code("head"),
    }
}

/// Typed in from paper.
pub(crate) fn on_paper(person: u8, admitted: bool) -> AttendanceEvent {
    AttendanceEvent::PaperDecision { cand: cand(person), admitted, at: Timestamp::UNIX_EPOCH, second: code("head") }
}

pub(crate) fn not_admitted(person: u8) -> AttendanceEvent {
    AttendanceEvent::NotAdmitted { cand: Some(cand(person)), doc: None, reason: code("too-late"), second: None }
}

pub(crate) fn referred(person: u8) -> AttendanceEvent {
    let (cand, reasons) = (Some(cand(person)), vec![code("no-card")]);
    AttendanceEvent::Referred { cand, doc: None, chip: ChipState::NotRead, reasons }
}

pub(crate) fn elsewhere(person: u8) -> AttendanceEvent {
    let (site, session, room) = ("02".to_owned(), "b1".to_owned(), "P1".to_owned());
    AttendanceEvent::Elsewhere { cand: cand(person), doc: None, site, session, room }
}

pub(crate) fn undo(seq: u64) -> AttendanceEvent {
    let refers = EntryRef { segment: 1, seq };
    AttendanceEvent::Undo { refers, reason: code("wrong-person"), second: code("head") }
}

pub(crate) fn close() -> AttendanceEvent {
    AttendanceEvent::Close { totals: Totals::default(), open: None }
}

pub(crate) fn opened(torn_bytes: u64) -> AttendanceEvent {
    let prev = (torn_bytes > 0).then(|| record::Previous {
        origin: String::new(),
        size: 1,
        root: Digest([0; 32]),
        torn_bytes,
        torn_sha256: Digest([0; 32]),
    });
    AttendanceEvent::Open(Box::new(Opened {
        origin: String::new(),
        segment: 1,
        endorsement: String::new(),
        desk_cert: String::new(),
        training: false,
        prev,
        abandoned: vec![],
        package: None,
        policy_sha256: Digest([0; 32]),
        trust_store: String::new(),
        program: String::new(),
        program_sha256: None,
        revocations: None,
        board_keys: None,
        rules: None,
        outside_head: None,
    }))
}

/// The log of a desk in session `b1`: an `open`, then these entries, a minute apart, in one segment.
pub(crate) fn log(desk: &str, events: &[AttendanceEvent]) -> Export {
    log_of(desk, "b1", events)
}

/// The same with a `close` behind.
pub(crate) fn closed(desk: &str, events: &[AttendanceEvent]) -> Export {
    log(desk, &events.iter().cloned().chain([close()]).collect::<Vec<_>>())
}

pub(crate) fn log_of(desk: &str, session: &str, events: &[AttendanceEvent]) -> Export {
    paced(desk, session, events, 60_000)
}

/// Entries so many milliseconds apart.
pub(crate) fn paced(desk: &str, session: &str, events: &[AttendanceEvent], gap_ms: u64) -> Export {
    let log = LogId::new(&format!("board.example/thi/{desk}/{session}")).unwrap();
    let mut reader = FactReader::default();
    let all: Vec<AttendanceEvent> = [opened(0)].into_iter().chain(events.iter().cloned()).collect();
    let facts = (0_u64..).zip(all).map(|(seq, event)| {
        let bt = seq * gap_ms;
        let t = Timestamp::from_millisecond(START_MS + i64::try_from(bt).unwrap()).unwrap();
        let entry = Entry { v: 1, seq, t, bt, boot: "boot".to_owned(), op: code("gt-01"), event };
        let leaf = digest(&[log.as_str().as_bytes(), &entry.encode().unwrap()].concat());
        reader.fact(1, &entry, leaf)
    });
    let facts: Vec<_> = facts.collect();
    let anchored = Some((1, u64::try_from(facts.len()).unwrap()));
    let site = if matches!(desk, "d1" | "d2") { "01" } else { "02" };
    let facts = Facts::of([SegmentFacts { number: 1, facts }]);
    Export { log, site: site.to_owned(), training: false, facts, anchored }
}

/// An export that was made when the log had so many entries.
pub(crate) fn cut(export: &Export, entries: usize) -> Export {
    let mut short = export.clone();
    short.facts.truncate(entries);
    short.anchored = None;
    short
}

pub(crate) fn review(exports: impl IntoIterator<Item = Export>) -> Review {
    let mut intake = Intake::default();
    exports.into_iter().for_each(|export| {
        intake.take(export);
    });
    Review::build(expected(), intake)
}

pub(crate) fn sitting(review: &Review, person: u8) -> Sitting {
    review.sitting(0, cand(person))
}

pub(crate) fn cases_of(review: &Review, rule: Rule) -> Vec<&Case> {
    review.cases().iter().filter(|case| case.rule == rule).collect()
}
