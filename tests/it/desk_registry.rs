//! A registry that is down, slow, lying or foreign: the local verdict stands, the line says what is missing, and the
//! log has the question, the answer and its cause.

use crate::desk_support::{OWN_CERTIFICATE, World, card, check_ins, device_events, good, person};
use diemdanh::checkin::event::Choice;
use diemdanh::checkin::failure::{Failure, Signal};
use diemdanh::checkin::state::RegistryHealth;
use diemdanh::checkin::view::{CaseView, Headline, LineWord};
use diemdanh::lab::registry_stub::{ShownCertificate, StubFault, StubSettings};
use diemdanh::record::{AttendanceEvent, RegistryState};

/// The verdict, the line about the registry, the word in the check-in and the cause in the answer's entry.
struct Ends {
    verdict: (Signal, Headline),
    line: Failure,
    state: RegistryState,
    choice: Choice,
}

const LOCAL_VERDICT: (Signal, Headline) = (Signal::Ok, Headline::AdmitWithoutRegistry);

fn silent(line: Failure) -> Ends {
    Ends { verdict: LOCAL_VERDICT, line, state: RegistryState::NotAsked, choice: Choice::Admit }
}

fn refused(line: Failure) -> Ends {
    Ends { verdict: LOCAL_VERDICT, line, state: RegistryState::Refused, choice: Choice::Admit }
}

fn asks(line: Failure, state: RegistryState) -> Ends {
    Ends { verdict: (line.signal(), Headline::Ask), line, state, choice: Choice::Refer }
}

fn registry_line(case: &CaseView) -> Option<Failure> {
    match &case.lines[2].word {
        LineWord::Failed(failure) | LineWord::FailedFields(failure, _) => Some(*failure),
        _ => None,
    }
}

/// State and cause of every answer in the log.
fn answers(events: &[AttendanceEvent]) -> Vec<(RegistryState, Option<String>)> {
    let answer = |event: &AttendanceEvent| match event {
        AttendanceEvent::RegistryAnswer { state, cause, .. } => {
            Some((*state, cause.as_ref().map(|cause| cause.as_str().to_owned())))
        }
        _ => None,
    };
    events.iter().filter_map(answer).collect()
}

/// What an entry that lets somebody in says of the registry.
fn let_in(event: &AttendanceEvent) -> Option<(RegistryState, String)> {
    match event {
        AttendanceEvent::CheckIn(check_in) => Some((check_in.registry, format!("{:?}", check_in.remarks))),
        _ => None,
    }
}

#[track_caller]
fn check(world: &World, ends: &Ends) {
    let bench = world.open();
    bench.tap(&person(0), card(&good(&person(0))));
    let case = bench.decided();
    assert_eq!((case.signal, case.headline), ends.verdict, "{:?}", case.reasons);
    assert_eq!(registry_line(&case), Some(ends.line));
    let health = match ends.line {
        Failure::RegistryDown | Failure::RegistrySlow => RegistryHealth::Silent,
        Failure::RegistryRejects | Failure::RegistryRefusesDesk | Failure::RegistryOldTls => RegistryHealth::Rejects,
        Failure::RegistryOutOfDate => RegistryHealth::OutOfDate,
        Failure::RegistryForeign => RegistryHealth::Foreign,
        Failure::RegistryLying => RegistryHealth::Lying,
        Failure::RegistryClockDiffers => RegistryHealth::ClockDiffers,
        _ => RegistryHealth::Well,
    };
    assert_eq!(bench.view.get().status.registry, Some(health), "only one that answered as agreed is well");
    bench.decide(ends.choice);
    bench.stop();
    let events = world.events();
    let asked = events.iter().filter(|event| matches!(event, AttendanceEvent::RegistryRequest { .. })).count();
    let cause = ends.line.code().to_ascii_lowercase();
    assert_eq!((asked, answers(&events)), (1, vec![(ends.state, Some(cause.clone()))]));
    assert_eq!(check_ins(&events), usize::from(ends.choice == Choice::Admit));
    let decision = events
        .iter()
        .rev()
        .find(|event| matches!(event, AttendanceEvent::CheckIn(_) | AttendanceEvent::Referred { .. }));
    assert!(format!("{decision:?}").contains(&cause), "{decision:?}");
    world.board_agrees();
}

fn faulty(fault: StubFault) -> World {
    World::asking(StubSettings { fault, ..StubSettings::default() })
}

fn saying(verdict: &str) -> World {
    World::asking(StubSettings { otherwise: verdict.to_owned(), ..StubSettings::default() })
}

#[test]
fn nobody_listens_there() {
    let world = World::asking(StubSettings::default());
    // Port 9 of this machine: nothing listens, the connection is refused.
    let url = world.registry.as_ref().unwrap().url().to_owned();
    world.change_config(&url, "https://127.0.0.1:9/v1/ask");
    check(&world, &silent(Failure::RegistryDown));
}

#[test]
fn name_that_nobody_has() {
    let world = World::asking(StubSettings::default());
    let url = world.registry.as_ref().unwrap().url().to_owned();
    world.change_config(&url, "https://registry.invalid/v1/ask");
    check(&world, &silent(Failure::RegistryDown));
}

const DOWN: [StubFault; 4] = [StubFault::OutOfOrder, StubFault::ServerError, StubFault::TooMany, StubFault::Reset];
const REJECTS: [StubFault; 2] = [StubFault::Unauthorised, StubFault::Redirect];
const LIES: [StubFault; 9] = [
    StubFault::Lying,
    StubFault::ForeignKey,
    StubFault::ForeignHash,
    StubFault::ForeignId,
    StubFault::Oversize,
    StubFault::Flood,
    StubFault::WrongType,
    StubFault::Malformed,
    StubFault::NotText,
];
const HANGS: [StubFault; 2] = [StubFault::Silent, StubFault::Drip];
const CLOCKS: [StubFault; 2] = [StubFault::StaleTime, StubFault::EarlyTime];
/// Each has a test of its own here; those of the cosignature are tried in `registry_anchors`.
const OTHERS: [StubFault; 4] = [StubFault::None, StubFault::Replayed, StubFault::Slow, StubFault::OutOfOrderOnce];

/// No fault of the stub is without a desk's screen and log.
#[test]
fn every_fault_is_tried_at_a_desk() {
    let tried = [&DOWN[..], &REJECTS, &LIES, &HANGS, &CLOCKS, &OTHERS].concat();
    let cosigns = |fault: &StubFault| fault.name().starts_with("cosigns");
    assert_eq!(StubFault::ALL.into_iter().find(|fault| !tried.contains(fault) && !cosigns(fault)), None);
}

#[test]
fn out_of_order_unauthorised_or_torn() {
    DOWN.into_iter().for_each(|fault| check(&faulty(fault), &silent(Failure::RegistryDown)));
    REJECTS.into_iter().for_each(|fault| check(&faulty(fault), &refused(Failure::RegistryRejects)));
}

#[test]
fn lying() {
    LIES.into_iter().for_each(|fault| check(&faulty(fault), &refused(Failure::RegistryLying)));
}

/// The call is made once more by itself, and nobody notices but the registry.
#[test]
fn out_of_order_once_is_a_match() {
    let world = faulty(StubFault::OutOfOrderOnce);
    let bench = world.open();
    bench.tap(&person(0), card(&good(&person(0))));
    let case = bench.decided();
    assert_eq!((case.signal, case.headline, registry_line(&case)), (Signal::Ok, Headline::Admit, None));
    bench.decide(Choice::Admit);
    bench.stop();
    assert_eq!(world.registry.as_ref().unwrap().calls(), 2);
    assert_eq!(answers(&world.events()), [(RegistryState::Match, None)]);
    world.board_agrees();
}

/// Somebody else's answer, signed and of this minute, is told from the one to this question.
#[test]
fn answer_for_another_person_is_none() {
    let world = World::asking(StubSettings::default());
    let bench = world.open();
    bench.tap(&person(0), card(&good(&person(0))));
    bench.decided();
    bench.decide(Choice::Admit);
    bench.next();
    world.registry.as_ref().unwrap().order(StubFault::Replayed);
    bench.tap(&person(1), card(&good(&person(1))));
    let case = bench.decided();
    assert_eq!(((case.signal, case.headline), registry_line(&case)), (LOCAL_VERDICT, Some(Failure::RegistryLying)));
    bench.decide(Choice::Admit);
    bench.stop();
    let told = [(RegistryState::Match, None), (RegistryState::Refused, Some("n04".to_owned()))];
    assert_eq!(answers(&world.events()), told);
    world.board_agrees();
}

/// No answer within the desk's own time, whatever trickles in: the verdict stands without it, and nobody waits.
#[test]
fn hanging_or_dripping_registry_keeps_nobody_waiting() {
    for fault in HANGS {
        let world = faulty(fault).with_registry_keys("wait_ms = 200");
        let bench = world.open();
        for index in 0..2 {
            bench.tap(&person(index), card(&good(&person(index))));
            let case = bench.decided();
            assert_eq!(
                ((case.signal, case.headline), registry_line(&case)),
                (LOCAL_VERDICT, Some(Failure::RegistrySlow))
            );
            bench.decide(Choice::Admit);
            bench.next();
        }
        assert_eq!(bench.view.get().status.pending, 2, "{fault:?}");
        bench.stop();
        let events = world.events();
        let waiting: Vec<_> = events.iter().filter_map(let_in).collect();
        assert_eq!((check_ins(&events), waiting.len()), (2, 2));
        assert!(waiting.iter().all(|(state, remarks)| *state == RegistryState::Pending && remarks.contains("n02")));
        assert!(answers(&events).iter().all(|(state, _)| *state == RegistryState::NotAsked), "{fault:?}");
        world.board_agrees();
    }
}

/// The answer is to this very question, so its far time is no replay: one of the two clocks is wrong, and that is said.
#[test]
fn clock_far_from_the_registrys() {
    for fault in CLOCKS {
        let world = faulty(fault);
        check(&world, &refused(Failure::RegistryClockDiffers));
        assert!(device_events(&world.events()).contains(&"clock: l05".to_owned()));
    }
}

#[test]
fn each_wrong_certificate_of_the_server() {
    let rows = [
        (ShownCertificate::Foreign, Failure::RegistryForeign),
        (ShownCertificate::OtherName, Failure::RegistryForeign),
        (ShownCertificate::Expired, Failure::RegistryOutOfDate),
        (ShownCertificate::TooEarly, Failure::RegistryOutOfDate),
    ];
    for (certificate, line) in rows {
        check(&World::asking(StubSettings { certificate, ..StubSettings::default() }), &refused(line));
    }
    check(&World::asking(StubSettings { old_tls: true, ..StubSettings::default() }), &refused(Failure::RegistryOldTls));
}

#[test]
fn desk_whose_certificate_is_not_taken() {
    let without = World::asking(StubSettings::default());
    without.change_config(OWN_CERTIFICATE, "");
    check(&without, &refused(Failure::RegistryRefusesDesk));
    let foreign = World::asking(StubSettings::default());
    let other = foreign.registry.as_ref().unwrap().foreign_client().clone();
    std::fs::write(foreign.path("registry-client.pem"), other.certificate).unwrap();
    std::fs::write(foreign.path("registry-client.key"), other.key).unwrap();
    check(&foreign, &refused(Failure::RegistryRefusesDesk));
}

#[test]
fn bad_news_asks_or_stops() {
    check(&saying("mismatch/full_name"), &asks(Failure::RegistryMismatch, RegistryState::Mismatch));
    check(&saying("not_found"), &asks(Failure::RegistryNotFound, RegistryState::NotFound));
    check(&saying("a_new_word"), &asks(Failure::RegistryUnknownCode, RegistryState::UnknownCode));
    let stop = Ends {
        verdict: (Signal::Stop, Headline::Stop),
        ..asks(Failure::RegistryCardInvalid, RegistryState::CardInvalid)
    };
    check(&saying("card_invalid/revoked"), &stop);
}

/// The local verdict does not wait; the late answer is an entry of its own, and shows on the screen.
#[test]
fn slow_answer_comes_after_the_verdict() {
    let settings = StubSettings { fault: StubFault::Slow, slow_ms: 2_500, ..StubSettings::default() };
    let world = World::asking(settings).with_registry_keys("wait_ms = 200");
    let bench = world.open();
    bench.tap(&person(0), card(&good(&person(0))));
    let case = bench.decided();
    assert_eq!(
        ((case.signal, case.headline), case.reasons.as_slice()),
        (LOCAL_VERDICT, [Failure::RegistrySlow].as_slice())
    );
    bench.decide(Choice::Admit);
    bench
        .wait("the late answer", |view| view.status.registry == Some(RegistryHealth::Well) && view.status.pending == 0);
    bench.stop();
    let events = world.events();
    let (state, remarks) = events.iter().find_map(let_in).unwrap();
    assert!(state == RegistryState::Pending && remarks.contains("n02"), "{remarks}");
    assert_eq!(answers(&events), [(RegistryState::Match, None)]);
    world.board_agrees();
}

/// What could not be asked is asked again by itself, with the same question, until there is an answer.
#[test]
fn silent_registry_is_asked_again_in_the_background() {
    let world = faulty(StubFault::OutOfOrder).with_registry_keys("ask_again_ms = 100");
    let bench = world.open();
    bench.tap(&person(0), card(&good(&person(0))));
    bench.decided();
    bench.decide(Choice::Admit);
    bench.next();
    bench.wait("the silence", |view| view.status.registry == Some(RegistryHealth::Silent) && view.status.pending == 1);
    world.registry.as_ref().unwrap().order(StubFault::None);
    bench.wait("the answer", |view| view.status.registry == Some(RegistryHealth::Well) && view.status.pending == 0);
    bench.stop();
    let states: Vec<RegistryState> = answers(&world.events()).into_iter().map(|(state, _)| state).collect();
    assert_eq!((states.first(), states.last()), (Some(&RegistryState::NotAsked), Some(&RegistryState::Match)));
    world.board_agrees();
}

#[test]
fn required_registry_that_is_down_asks_a_person() {
    let world = faulty(StubFault::OutOfOrder).with_registry_keys("required = true");
    let ends =
        Ends { verdict: (Signal::Attention, Headline::Ask), choice: Choice::Refer, ..silent(Failure::RegistryDown) };
    check(&world, &ends);
}
