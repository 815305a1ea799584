//! Who is expected elsewhere and takes the exam here, and what was decided on paper: seen by the brain alone.

use crate::checkin_support::{Desk, HERE, OTHER_ROOM, PIN, good};
use crate::record_support::at;
use crate::staffed::*;
use diemdanh::bits::secret::Secret;
use diemdanh::checkin::context::SessionTimes;
use diemdanh::checkin::event::{Choice, Event, Input, NotAdmittedReason};
use diemdanh::checkin::state::State;
use diemdanh::checkin::view::*;
use diemdanh::record::AttendanceEvent;
use diemdanh::roster::CandidateId;

/// Somebody of another room is sent to the head of site.
fn elsewhere(on_duty: &str) -> Desk {
    let mut desk = desk_of(on_duty);
    desk.scan(OTHER_ROOM).card().identity(OTHER_ROOM, good()).finished(good());
    let Screen::Elsewhere(case) = desk.screen() else { panic!("{:?}", desk.screen()) };
    assert_eq!(case.place.unwrap().room, "0015", "where to go is said first");
    desk.chose(Choice::Refer).go_on().lift();
    desk
}

fn choosing(desk: &Desk) -> Vec<Ruling> {
    let ExceptionStage::Choosing(rulings) = exception(desk).stage else { panic!("{:?}", exception(desk).stage) };
    rulings
}

#[test]
fn who_is_expected_elsewhere_is_directed_or_a_guest_and_never_just_let_in() {
    let mut desk = elsewhere("gt-01");
    open_first(&mut desk);
    let guest = GuestReason::ALL.iter().map(|reason| Ruling::Guest(*reason));
    let wanted: Vec<Ruling> = guest.chain(NotAdmittedReason::ALL.map(Ruling::NotAdmit)).collect();
    assert_eq!(choosing(&desk), wanted);
    rule(&mut desk, Ruling::Admit(Ground::CouncilOrder));
    choosing(&desk);
    rule(&mut desk, Ruling::Guest(GuestReason::CouncilOrder));
    assert_eq!(codes(&desk), ["tdt-01", "hd-01"], "a head of site or the board stands behind it");
    prove(&mut desk, "tdt-01", PIN);
    assert_eq!(arrived(&desk), 1);
    let Some(AttendanceEvent::Guest { room, reason, second, doc: Some(_), .. }) = desk.written.last() else {
        panic!("{:?}", desk.written.last())
    };
    assert_eq!((room.as_str(), reason.as_str(), second.as_str()), ("0015", "council-order", "tdt-01"));
    desk.go_on();
    assert_eq!(idle(&desk).waiting, 0);
}

#[test]
fn a_guest_is_in_and_can_be_taken_back() {
    let mut desk = elsewhere("gt-01");
    open_first(&mut desk);
    rule(&mut desk, Ruling::Guest(GuestReason::CannotMove));
    prove(&mut desk, "tdt-01", PIN);
    desk.go_on();
    desk.scan(OTHER_ROOM).card().identity(OTHER_ROOM, good()).finished(good());
    let Screen::AlreadyIn(case) = desk.screen() else { panic!("{:?}", desk.screen()) };
    assert!(case.arrival.is_some());
    desk.chose(Choice::ReEntry).go_on().lift();
    input(&mut desk, Input::UndoLast);
    rule(&mut desk, Ruling::Undo(UndoReason::Mistake));
    prove(&mut desk, "tdt-01", PIN);
    assert_eq!(arrived(&desk), 0);
}

#[test]
fn who_came_in_as_a_guest_meanwhile_is_no_guest_twice() {
    let mut desk = elsewhere("gt-01");
    desk.scan(OTHER_ROOM).card().identity(OTHER_ROOM, good()).finished(good());
    desk.chose(Choice::Refer).go_on().lift();
    assert_eq!(idle(&desk).waiting, 1, "sent twice, waits once");
    open_first(&mut desk);
    rule(&mut desk, Ruling::Guest(GuestReason::CouncilOrder));
    prove(&mut desk, "tdt-01", PIN);
    desk.go_on();
    refer_without_card(&mut desk, 1);
    assert!(matches!(desk.screen(), Screen::Idle(_)), "who is in is sent to nobody without a card");
}

fn refer_without_card(desk: &mut Desk, row: usize) {
    let id = desk.context.roster.ids()[row];
    desk.later(400);
    let meaning = desk.meaning();
    input(desk, Input::WithoutCard(id, meaning));
}

// -- on paper --

/// Seven o'clock at the desk; the doors opened at half past six.
const SEVEN_S: i64 = 12_800;

fn open_row(desk: &mut Desk) -> CandidateId {
    let id = desk.context.roster.ids()[0];
    desk.later(400);
    let meaning = desk.meaning();
    input(desk, Input::WithoutCard(id, meaning));
    id
}

fn on_paper(what: OnPaper) -> Desk {
    let mut desk = desk_of("gt-01");
    desk.context.policy.session = Some(SessionTimes::around(at(SEVEN_S + 30 * 60).wall));
    desk.now = at(SEVEN_S);
    input(&mut desk, Input::Typed(String::new()));
    open_row(&mut desk);
    rule(&mut desk, Ruling::Paper(what, When::Asked));
    desk
}

fn own_pin(desk: &mut Desk, pin: &str) {
    input(desk, Input::EnteredPin(Secret::new(pin.to_owned())));
}

fn decisions(desk: &Desk) -> Vec<(bool, i64, String)> {
    let said = |event: &AttendanceEvent| match event {
        AttendanceEvent::PaperDecision { admitted, at: when, second, .. } => {
            Some((*admitted, when.duration_since(at(SEVEN_S).wall).as_mins(), second.as_str().to_owned()))
        }
        _ => None,
    };
    desk.written.iter().filter_map(said).collect()
}

#[test]
fn what_was_decided_on_paper_has_the_papers_time_and_two_pins() {
    let mut desk = on_paper(OnPaper::Admitted);
    input(&mut desk, Input::EnteredTime("6:41".to_owned()));
    assert_eq!(codes(&desk), ["tdt-01", "hd-01"]);
    prove(&mut desk, "tdt-01", PIN);
    assert!(decisions(&desk).is_empty(), "one PIN is not enough");
    assert_eq!(codes(&desk), ["gt-01"], "whoever is on duty, and nobody else");
    own_pin(&mut desk, "000000");
    assert_eq!(people(&desk).wrong, Some(4));
    own_pin(&mut desk, PIN);
    assert!(is_recorded(&desk));
    assert_eq!(decisions(&desk), [(true, -19, "tdt-01".to_owned())]);
    assert_eq!(arrived(&desk), 1);
    desk.go_on();
    assert!(idle(&desk).undo.is_some());
}

#[test]
fn who_was_not_let_in_on_paper_is_not_in() {
    let mut desk = on_paper(OnPaper::NotAdmitted);
    input(&mut desk, Input::EnteredTime("0655".to_owned()));
    prove(&mut desk, "hd-01", PIN);
    own_pin(&mut desk, PIN);
    assert_eq!(decisions(&desk), [(false, -5, "hd-01".to_owned())]);
    assert_eq!(arrived(&desk), 0);
}

#[test]
fn the_papers_time_is_neither_to_come_nor_before_the_doors_opened() {
    let mut desk = on_paper(OnPaper::Admitted);
    for (text, why) in [("7:01", WrongTime::Later), ("6:29", WrongTime::BeforeOpening), ("25:00", WrongTime::NotATime)]
    {
        input(&mut desk, Input::EnteredTime(text.to_owned()));
        let ExceptionStage::Time(_, wrong) = exception(&desk).stage else { panic!() };
        assert_eq!(wrong, Some(why), "{text}");
    }
    input(&mut desk, Input::Back);
    choosing(&desk);
}

/// Without the time nobody is asked for a PIN: the ruling on the button has none.
#[test]
fn no_ruling_without_its_time_is_written() {
    let mut desk = on_paper(OnPaper::Admitted);
    input(&mut desk, Input::ChoseOperator(0));
    own_pin(&mut desk, PIN);
    assert!(matches!(exception(&desk).stage, ExceptionStage::Time(..)));
    let meaning = desk.meaning();
    input(&mut desk, Input::Ruled(Ruling::Paper(OnPaper::Admitted, When::At(at(0).wall)), meaning));
    assert!(decisions(&desk).is_empty() && arrived(&desk) == 0);
}

#[test]
fn who_comes_in_by_card_before_the_pins_is_entered_once() {
    let mut desk = on_paper(OnPaper::Admitted);
    input(&mut desk, Input::EnteredTime("6:41".to_owned()));
    prove(&mut desk, "tdt-01", PIN);
    // The desk next door's stick, say: the arrival is there when the last PIN comes.
    let id = desk.context.roster.ids()[0];
    let entry = desk.state.as_ref().unwrap().head.entry();
    let arrival = diemdanh::record::Arrival { entry, at: desk.now.wall, manual: false };
    desk.state.as_mut().unwrap().arrivals.insert(diemdanh::record::CandidateRef(id.0), arrival);
    own_pin(&mut desk, PIN);
    assert!(decisions(&desk).is_empty());
    assert_eq!(arrived(&desk), 1);
}

#[test]
fn guests_and_paper_survive_a_restart_and_settle_who_waits() {
    let mut desk = elsewhere("gt-01");
    refer(&mut desk, HERE);
    open_first(&mut desk);
    rule(&mut desk, Ruling::Guest(GuestReason::CouncilOrder));
    prove(&mut desk, "tdt-01", PIN);
    desk.go_on();
    open_row(&mut desk);
    rule(&mut desk, Ruling::Paper(OnPaper::Admitted, When::Asked));
    let now = desk.context.utc_offset.to_datetime(desk.now.wall).strftime("%H:%M").to_string();
    input(&mut desk, Input::EnteredTime(now));
    prove(&mut desk, "tdt-01", PIN);
    own_pin(&mut desk, PIN);
    desk.go_on();
    assert_eq!((idle(&desk).waiting, arrived(&desk)), (0, 2));
    let before = desk.state.take().unwrap();
    let mut state = State::new(&desk.context, before.on_duty, desk.log.arrivals(), before.head, desk.now);
    state.take_up_standing(&desk.context, desk.log.standing());
    desk.state = Some(state);
    assert_eq!((idle(&desk).waiting, arrived(&desk)), (0, 2));
    desk.give(Event::Tick);
}
