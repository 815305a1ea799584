//! Who is late counts from the signal of the room, where it was recorded.

use crate::checkin_support::{Desk, HERE, PIN, good};
use crate::record_support::at;
use crate::staffed::*;
use diemdanh::checkin::context::SessionTimes;
use diemdanh::checkin::event::{Choice, Event, Input};
use diemdanh::checkin::failure::Failure;
use diemdanh::checkin::state::State;
use diemdanh::checkin::view::*;
use diemdanh::record::AttendanceEvent;

/// Seven o'clock at the desk.
const SEVEN_S: i64 = 12_800;

/// A desk at seven, whose exam starts half an hour later.
fn desk() -> Desk {
    let mut desk = desk_of("gt-01");
    desk.context.policy.session = Some(SessionTimes::around(planned()));
    desk.now = at(SEVEN_S);
    input(&mut desk, Input::Typed(String::new()));
    desk
}

fn planned() -> jiff::Timestamp {
    at(SEVEN_S + 30 * 60).wall
}

fn minutes(desk: &mut Desk, minutes: u64) {
    for _ in 0..minutes {
        desk.later(60_000);
        // Somebody is there: the desk does not lock itself.
        input(desk, Input::Typed(String::new()));
    }
}

/// What was written about signals: the room, minutes after the planned start, the second person.
fn signals(desk: &Desk) -> Vec<(String, i64, Option<String>)> {
    let start = planned();
    let said = |event: &AttendanceEvent| match event {
        AttendanceEvent::StartSignal { room, at, second } => {
            let second = second.as_ref().map(|code| code.as_str().to_owned());
            Some((room.clone(), at.duration_since(start).as_mins(), second))
        }
        _ => None,
    };
    desk.written.iter().filter_map(said).collect()
}

fn give_now(desk: &mut Desk) {
    input(desk, Input::OpenSignals);
    rule(desk, Ruling::Start(When::Now));
}

fn verdict_of(desk: &mut Desk) -> CaseView {
    desk.scan(HERE).card().identity(HERE, good()).finished(good());
    desk.verdict()
}

#[test]
fn on_time_one_person_records_it_and_late_counts_from_there() {
    let mut desk = desk();
    minutes(&mut desk, 34);
    give_now(&mut desk);
    assert!(is_recorded(&desk));
    assert_eq!(signals(&desk), [("0012".to_owned(), 4, None)]);
    desk.go_on();
    assert_eq!(idle(&desk).signals.unwrap().only.as_deref(), Some("07:34"));
    minutes(&mut desk, 7);
    let case = verdict_of(&mut desk);
    assert_eq!(case.late, Some(LateView { minutes: 7, from: "07:34".to_owned(), is_signal: true }));
    assert_eq!(case.reasons, [Failure::Late]);
}

/// Starts thirty and fifty minutes late are on record: nobody is late who came before the signal.
#[test]
fn a_room_that_starts_late_has_nobody_late_in_it() {
    let mut desk = desk();
    minutes(&mut desk, 80);
    give_now(&mut desk);
    assert_eq!(codes(&desk), ["tdt-01", "hd-01"], "far from the plan: not alone");
    prove(&mut desk, "tdt-01", PIN);
    desk.go_on();
    assert_eq!(signals(&desk), [("0012".to_owned(), 50, Some("tdt-01".to_owned()))]);
    let case = verdict_of(&mut desk);
    assert_eq!((case.late, case.headline), (None, Headline::Admit));
    desk.chose(Choice::Admit);
    let Some(AttendanceEvent::CheckIn(check_in)) = desk.written.last() else { panic!() };
    assert!(!check_in.late);
}

#[test]
fn without_a_signal_it_counts_from_the_plan_and_says_so() {
    let mut desk = desk();
    minutes(&mut desk, 35);
    let case = verdict_of(&mut desk);
    assert_eq!(case.late, Some(LateView { minutes: 5, from: "07:30".to_owned(), is_signal: false }));
}

#[test]
fn the_grace_counts_from_the_signal_and_beyond_it_the_head_decides() {
    let mut desk = desk();
    minutes(&mut desk, 33);
    give_now(&mut desk);
    desk.go_on();
    minutes(&mut desk, 16);
    let case = verdict_of(&mut desk);
    assert_eq!((case.reasons.clone(), case.headline), (vec![Failure::TooLate], Headline::Ask));
    assert_eq!(case.late.unwrap().minutes, 16);
    desk.chose(Choice::Refer).go_on().lift();
    open_first(&mut desk);
    rule(&mut desk, Ruling::Admit(Ground::CouncilOrder));
    prove(&mut desk, "tdt-01", PIN);
    assert_eq!(arrived(&desk), 1);
}

/// An invigilator whose friend is late would record the signal once more.
#[test]
fn nobody_alone_moves_a_signal_that_was_recorded() {
    let mut desk = desk();
    minutes(&mut desk, 30);
    give_now(&mut desk);
    desk.go_on();
    minutes(&mut desk, 3);
    give_now(&mut desk);
    assert!(matches!(exception(&desk).stage, ExceptionStage::Person(..)));
    input(&mut desk, Input::Back);
    input(&mut desk, Input::Back);
    idle(&desk);
    assert_eq!(signals(&desk).len(), 1);
}

#[test]
fn a_signal_of_before_is_typed_with_its_time() {
    let mut desk = desk();
    minutes(&mut desk, 45);
    input(&mut desk, Input::OpenSignals);
    rule(&mut desk, Ruling::Start(When::Asked));
    let wrong = |desk: &Desk| match exception(desk).stage {
        ExceptionStage::Time(_, wrong) => wrong,
        other => panic!("{other:?}"),
    };
    assert_eq!(wrong(&desk), None);
    for (text, why) in [("sớm", WrongTime::NotATime), ("7:46", WrongTime::Later), ("6:29", WrongTime::BeforeOpening)]
    {
        input(&mut desk, Input::EnteredTime(text.to_owned()));
        assert_eq!(wrong(&desk), Some(why), "{text}");
    }
    input(&mut desk, Input::EnteredTime("7:31".to_owned()));
    assert!(is_recorded(&desk), "near the plan: one person");
    assert_eq!(signals(&desk), [("0012".to_owned(), 1, None)]);
    assert_eq!(exception(&desk).time.as_deref(), Some("07:31"));
}

#[test]
fn the_moment_is_that_of_the_press_and_not_of_the_pin() {
    let mut desk = desk();
    minutes(&mut desk, 40);
    give_now(&mut desk);
    minutes(&mut desk, 3);
    prove(&mut desk, "tdt-01", PIN);
    assert_eq!(signals(&desk)[0].1, 10);
}

#[test]
fn each_room_has_its_own() {
    let mut desk = desk();
    desk.context.rooms = vec!["0012".to_owned(), "0015".to_owned()];
    desk.context.place.room = None;
    minutes(&mut desk, 30);
    input(&mut desk, Input::OpenSignals);
    let ExceptionStage::Rooms(rooms) = exception(&desk).stage else { panic!() };
    assert_eq!(rooms.len(), 2);
    input(&mut desk, Input::PickedRoom(7));
    input(&mut desk, Input::PickedRoom(1));
    assert_eq!(exception(&desk).room.unwrap().room, "0015");
    rule(&mut desk, Ruling::Start(When::Now));
    desk.go_on();
    minutes(&mut desk, 2);
    assert!(!verdict_of(&mut desk).late.unwrap().is_signal, "0012 has none yet");
    desk.chose(Choice::Refer).go_on().lift();
    assert_eq!(idle(&desk).signals.map(|one| (one.given, one.rooms, one.only)), Some((1, 2, None)));
}

#[test]
fn a_signal_survives_a_restart() {
    let mut desk = desk();
    minutes(&mut desk, 30);
    give_now(&mut desk);
    desk.go_on();
    let before = desk.state.take().unwrap();
    let mut state = State::new(&desk.context, before.on_duty, desk.log.arrivals(), before.head, desk.now);
    state.take_up_standing(&desk.context, desk.log.standing());
    assert_eq!(state.signals, before.signals);
    desk.state = Some(state);
    assert_eq!(idle(&desk).signals.unwrap().given, 1);
}

#[test]
fn a_technician_and_a_desk_outside_a_package_record_none() {
    let mut technician = desk_of("kt-01");
    assert_eq!(idle(&technician).signals, None);
    input(&mut technician, Input::OpenSignals);
    idle(&technician);
    let mut outside = desk();
    outside.context.staff = None;
    outside.give(Event::Input(Input::OpenSignals));
    assert_eq!(idle(&outside).signals, None);
}
