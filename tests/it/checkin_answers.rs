//! The brain and a registry that says more than it was asked, and one that is away for hours.

use crate::checkin_support::{Desk, HERE, OTHER_ROOM, good, holder_named};
use diemdanh::bits::secret::Pii;
use diemdanh::checkin::context::DeskPolicy;
use diemdanh::checkin::event::{CardNews, Choice, Event, Identity};
use diemdanh::checkin::failure::Signal;
use diemdanh::checkin::news::About;
use diemdanh::checkin::state::RegistryHealth;
use diemdanh::checkin::view::Headline;
use diemdanh::package::Rules;
use diemdanh::record::{AttendanceEvent, RegistryState};
use diemdanh::registry::{Answer, Asked, CardInvalidReason, NotAskedReason, Query, RefusedReason, Reply, RequestId};
use std::fmt::Write as _;

fn reply(answer: Answer) -> Box<Reply> {
    Box::new(Reply { answer, request_sha256: None, verbatim: None, cosigned: None, elapsed_ms: 5 })
}

fn revoked() -> Answer {
    Answer::CardInvalid { reason: CardInvalidReason::Revoked }
}

fn answers(desk: &Desk) -> Vec<RegistryState> {
    let state = |event: &AttendanceEvent| match event {
        AttendanceEvent::RegistryAnswer { state, .. } => Some(*state),
        _ => None,
    };
    desk.written.iter().filter_map(state).collect()
}

#[test]
fn ten_thousand_answers_to_one_question_are_one_answer() {
    let mut desk = Desk::usual();
    desk.good_person(HERE).chose(Choice::Admit);
    let (question, before) = (*desk.asked.last().unwrap(), desk.written.len());
    for _ in 0..10_000 {
        desk.give(Event::Registry { id: question, reply: reply(revoked()) });
    }
    assert_eq!(answers(&desk), [RegistryState::Match]);
    assert_eq!(desk.written.len(), before + 1, "the log says so once");
    let told = format!("{:?}", desk.written.last().unwrap());
    assert!(told.contains("unasked-answer"), "{told}");
    assert_eq!((desk.news(), desk.status().registry), (None, Some(RegistryHealth::Well)));
    desk.go_on().good_person(OTHER_ROOM);
    assert_eq!(answers(&desk).len(), 2, "the queue moves on");
}

/// Whatever keeps a registry from saying anything about the person is silence: the local verdict stands where the rules
/// let it, in the words for a desk without a registry, and a person is asked where they do not.
#[test]
fn every_way_of_saying_nothing_is_silence() {
    use RefusedReason::*;
    let refused = [
        ForeignCertificate,
        CertificateForOtherName,
        CertificateExpired,
        CertificateTooEarly,
        NoCommonTls,
        OwnCertificateMissing,
        OwnCertificateRefused,
        BadSignature,
        ForeignRequest,
        StaleTime { off_seconds: 600 },
        TooLarge { limit: 1 },
        Malformed,
        ContentType,
        HttpStatus { status: 500 },
        Declined,
    ];
    let not_asked = [
        NotAskedReason::TimedOut,
        NotAskedReason::Unreachable,
        NotAskedReason::NameUnknown,
        NotAskedReason::BrokenOff,
        NotAskedReason::OutOfOrder { status: 503 },
    ];
    let said =
        refused.map(|why| Answer::Refused { why }).into_iter().chain(not_asked.map(|why| Answer::NotAsked { why }));
    for answer in said {
        for (registry_required, headline) in [(false, Headline::AdmitWithoutRegistry), (true, Headline::Ask)] {
            let rules = Rules { registry_required, ..Rules::default() };
            let mut desk = Desk::new(DeskPolicy { rules, ..DeskPolicy::default() });
            desk.scan(HERE).card().identity(HERE, good()).finished(good()).answers(answer.clone());
            desk.later(2_500);
            assert_eq!(desk.verdict().headline, headline, "{answer:?}, required: {registry_required}");
        }
    }
}

/// What was decided on stands as it was decided on; what comes later is news of its own.
#[test]
fn an_answer_after_the_record_changes_nothing_of_what_was_decided_on() {
    let mut desk = Desk::usual();
    desk.scan(HERE).card().identity(HERE, good()).finished(good()).later(2_500).chose(Choice::Admit);
    let before = format!("{:?}", desk.verdict().lines);
    desk.answers(revoked());
    assert_eq!(format!("{:?}", desk.verdict().lines), before);
    assert!(desk.news().is_some(), "somebody is told");
}

#[test]
fn answer_to_a_question_that_nobody_asked_changes_nothing() {
    let mut desk = Desk::usual();
    desk.good_person(HERE);
    let said = |desk: &Desk| (desk.verdict().signal, desk.verdict().headline, desk.verdict().reasons);
    let before = said(&desk);
    desk.give(Event::Registry { id: RequestId([0xAA; 16]), reply: reply(revoked()) });
    assert_eq!((answers(&desk), said(&desk)), (vec![RegistryState::Match], before));
}

/// Two hours without a registry and five hundred people: each verdict stands at once, and when it is back all questions
/// are answered one after the other.
#[test]
fn outage_of_two_hours_keeps_nobody_waiting_and_is_made_good() {
    let down = Answer::NotAsked { why: NotAskedReason::Unreachable };
    let mut desk = Desk::of(&five_hundred(), DeskPolicy::default());
    for index in 0..PEOPLE {
        arrive(&mut desk, index);
        desk.answers(down.clone());
        let case = desk.verdict();
        assert_eq!(
            (case.signal, case.headline),
            (Signal::Ok, Headline::AdmitWithoutRegistry),
            "nobody waits: {index} {:?}",
            case.reasons
        );
        desk.chose(Choice::Admit).go_on().lift();
        desk.later(14_000).answers(down.clone());
    }
    let status = desk.status();
    assert_eq!((status.pending, status.registry), (usize::from(PEOPLE), Some(RegistryHealth::Silent)));
    let back = desk.now.boot_ms;
    while desk.status().pending > 0 {
        assert!(desk.now.boot_ms - back < 5 * 60_000, "{} are still open", desk.status().pending);
        desk.later(500).answers_well();
    }
    assert_eq!(desk.status().registry, Some(RegistryHealth::Well));
    let matches = answers(&desk).into_iter().filter(|state| *state == RegistryState::Match).count();
    assert_eq!(matches, usize::from(PEOPLE));
}

/// What an earlier run left is counted once, whichever is told first: the index's list, or the answer.
#[test]
fn questions_of_an_earlier_run_are_counted_once() {
    let (kept, lost) = (id_of(1), id_of(2));
    for index_is_first in [true, false] {
        let mut desk = Desk::usual();
        desk.good_person(HERE);
        let query = Query { request_id: kept, ..question() };
        desk.state.as_mut().unwrap().take_up(vec![(query, About { candidate: None })]);
        assert_eq!(desk.status().pending, 1);
        if index_is_first {
            desk.give(Event::Backlog(vec![kept, lost]));
            assert_eq!(desk.status().pending, 2);
        }
        let at = desk.now.wall;
        desk.give(Event::Registry { id: kept, reply: reply(Answer::Match { at }) });
        desk.give(Event::Backlog(vec![kept, lost]));
        assert_eq!(desk.status().pending, 1, "what was lost is open for ever");
    }
}

fn question() -> Query {
    Query {
        request_id: id_of(0),
        number: Pii::new(HERE.to_owned()),
        full_name: Pii::new("Nguyễn Văn Mẫu".to_owned()),
        birth_date: None,
        expiry: None,
        ds_certificate: vec![1],
        asked: Asked { origin: "test".to_owned(), size: 1, root: [0; 32] },
    }
}

fn arrive(desk: &mut Desk, index: u16) {
    desk.scan(&number(index)).card();
    let holder = holder_named(&number(index), &name(index), jiff::civil::date(2033, 2, 15));
    let identity =
        Identity { chip: good(), holder, notes: vec![], signer_certificate: vec![1], request_id: id_of(index) };
    desk.give(Event::Card { contact: desk.contact, news: CardNews::Identity(Box::new(identity)) });
    desk.finished(good());
}

fn five_hundred() -> String {
    let mut rows = "SBD,Họ và tên,Ngày sinh,Số CCCD,Phòng thi,Số ghế\n".to_owned();
    for index in 0..PEOPLE {
        writeln!(rows, "0100{index:04},{},14/08/2008,{},0012,{}", name(index), number(index), index + 1).unwrap();
    }
    rows
}

fn number(index: u16) -> String {
    format!("099208{:06}", 100_000 + u32::from(index))
}

fn name(index: u16) -> String {
    let word = |at: u16| ["An", "Bình", "Chi", "Dũng", "Hoa", "Lan", "Mai", "Thử"][usize::from(at % 8)];
    format!("Ngô {} {} {}", word(index / 64), word(index / 8), word(index))
}

fn id_of(index: u16) -> RequestId {
    let [high, low] = index.to_be_bytes();
    let mut id = [0; 16];
    (id[0], id[1], id[2]) = (1, high, low);
    RequestId(id)
}

const PEOPLE: u16 = 500;
