//! What people wrote freely is not printed for a diagnosis, wherever it stands.

use diemdanh_review::{
    CaseId, EntryId, FactReader, LogId,
    answer::{Answer, Found},
    book::Whom,
    decision::{CaseState, Step},
    deed::{Deed, DeedKind, DeedStatement},
    expected::RoomId,
    explanation::{Category, Explanation, ExplanationStatement},
    scripts::{CountSource, CountStatement, ScriptCount},
    statement::{Duties, Statement, StepStatement},
};
use jiff::Timestamp;
use record::{AttendanceEvent, CandidateRef, Code, Digest, Entry, EntryRef, SignedWords};
use std::fmt::Debug;

/// Somebody's name, as a member may write it into a reason.
const NAME: &str = "Nguyễn Thị Mẫu";

fn name() -> String {
    NAME.to_owned()
}

fn entry() -> EntryId {
    let log = LogId::new("board.example/thi/hd-01/board").unwrap();
    EntryId { log, place: EntryRef { segment: 1, seq: 1 }, leaf: Digest([1; 32]) }
}

fn answers() -> Vec<Answer> {
    vec![Answer { code: "guest".to_owned(), found: Found::Fits, words: name() }]
}

fn duties() -> Duties {
    Duties { asked: vec![name()], given: vec![name()], preserve: vec![name()], ..Duties::default() }
}

fn room() -> RoomId {
    RoomId { site: "0901".to_owned(), room: "P01".to_owned() }
}

fn statement() -> StepStatement {
    StepStatement {
        exam: "board.example/thi".to_owned(),
        case: CaseId([2; 16]),
        basis: Digest([3; 32]),
        state: CaseState::Decided,
        ruling: "guest".to_owned(),
        undoes: None,
        at: Timestamp::UNIX_EPOCH,
        by: vec!["hd-01".to_owned()],
        entries: vec![entry()],
        reason: name(),
        duties: duties(),
        answers: answers(),
    }
}

fn step() -> Step {
    Step {
        entry: entry(),
        at: Timestamp::UNIX_EPOCH,
        case: CaseId([2; 16]),
        basis: Digest([3; 32]),
        state: CaseState::Decided,
        ruling: "guest".to_owned(),
        reason: name(),
        duties: duties(),
        answers: answers(),
        by: vec!["hd-01".to_owned()],
        statement: Digest([4; 32]),
        undoes: None,
    }
}

fn count() -> CountStatement {
    CountStatement {
        exam: "board.example/thi".to_owned(),
        session: "b1".to_owned(),
        room: room(),
        scripts: 24,
        instead: Vec::new(),
        at: Timestamp::UNIX_EPOCH,
        by: vec!["hd-01".to_owned()],
        reason: name(),
    }
}

fn counted() -> ScriptCount {
    ScriptCount {
        entry: entry(),
        source: CountSource::Board,
        statement: Digest([4; 32]),
        session: "b1".to_owned(),
        room: room(),
        scripts: 24,
        at: Timestamp::UNIX_EPOCH,
        by: vec!["hd-01".to_owned()],
        instead: Vec::new(),
        reason: name(),
    }
}

fn explanation() -> ExplanationStatement {
    ExplanationStatement {
        exam: "board.example/thi".to_owned(),
        difference: "b1/0901/P01/scripts".to_owned(),
        basis: Digest([5; 32]),
        category: Some(Category::ALL[0]),
        undoes: None,
        at: Timestamp::UNIX_EPOCH,
        by: vec!["hd-01".to_owned()],
        reason: name(),
    }
}

fn deed() -> DeedStatement {
    DeedStatement {
        exam: "board.example/thi".to_owned(),
        kind: DeedKind::EvidenceOpened,
        what: vec!["evidence 00".to_owned()],
        at: Timestamp::UNIX_EPOCH,
        by: vec!["hd-01".to_owned()],
        reason: name(),
    }
}

#[test]
fn free_words_are_printed_nowhere() {
    let note = AttendanceEvent::CaseStep { note: SignedWords(statement().text()) };
    let written = Entry {
        v: 1,
        seq: 1,
        t: Timestamp::UNIX_EPOCH,
        bt: 0,
        boot: "boot".to_owned(),
        op: Code::new("hd-01").unwrap(),
        event: note.clone(),
    };
    let fact = FactReader::default().fact(1, &written, Digest([1; 32]));
    assert!(fact.reasons[0].as_str().contains(NAME), "it is there for whoever reads the note");
    let explained = Explanation { entry: entry(), statement: Digest([4; 32]), said: explanation() };
    let whom = Whom { cand: CandidateRef([1; 16]), folder: format!("ho-so-{NAME}") };
    let all: Vec<Box<dyn Debug>> = vec![
        Box::new(answers()),
        Box::new(duties()),
        Box::new(statement()),
        Box::new(Statement::Step(statement())),
        Box::new(Statement::Count(count())),
        Box::new(Statement::Explanation(explanation())),
        Box::new(Statement::Deed(deed())),
        Box::new(step()),
        Box::new(counted()),
        Box::new(explained),
        Box::new(Deed { entry: entry(), said: deed() }),
        Box::new(note),
        Box::new(written),
        Box::new(fact),
        Box::new(whom),
    ];
    for (at, one) in all.iter().enumerate() {
        for printed in [format!("{one:?}"), format!("{one:#?}")] {
            assert!(!printed.contains("Nguyễn") && !printed.contains("Mẫu"), "{at}: {printed}");
        }
    }
    let printed = format!("{:?}", step());
    assert!(printed.contains("Decided") && printed.contains("hd-01"), "what names nobody is still told: {printed}");
}
