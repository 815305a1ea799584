//! The end of a session, seen by the brain alone: the summary, scripts, what is unsent, and who may end it all the same.

use crate::checkin_support::{Desk, HERE, OTHER_ROOM, PIN, good};
use crate::staffed::*;
use diemdanh::bits::secret::Secret;
use diemdanh::checkin::context::DeskPolicy;
use diemdanh::checkin::event::{Choice, Event, Input, NotAdmittedReason};
use diemdanh::checkin::state::State;
use diemdanh::checkin::view::*;
use diemdanh::record::{AttendanceEvent, OpenQuestions};
use diemdanh::registry::{Answer, CardInvalidReason};

fn asking(desk: &Desk) -> AskingView {
    match desk.screen() {
        Screen::Closing(ClosingView::Asking(asking)) => *asking,
        other => panic!("{other:?}"),
    }
}

fn ask(desk: &mut Desk) -> AskingView {
    input(desk, Input::EndSession);
    asking(desk)
}

fn is_closed(desk: &Desk) -> bool {
    matches!(desk.screen(), Screen::Closing(ClosingView::Closed(_)))
}

fn count(desk: &mut Desk, room: usize, text: &str) {
    input(desk, Input::PickedRoom(room));
    input(desk, Input::EnteredCount(text.to_owned()));
}

fn scripts(desk: &Desk) -> Vec<(String, u64)> {
    let said = |event: &AttendanceEvent| match event {
        AttendanceEvent::ScriptsCounted { room, scripts } => Some((room.clone(), *scripts)),
        _ => None,
    };
    desk.written.iter().filter_map(said).collect()
}

fn overruled(desk: &Desk) -> Option<AttendanceEvent> {
    desk.written.iter().find(|event| matches!(event, AttendanceEvent::CloseOverruled { .. })).cloned()
}

#[test]
fn the_summary_counts_every_room_and_who_is_beside_them() {
    let mut desk = desk_of("gt-01");
    desk.context.place.room = None;
    desk.context.rooms = vec!["0012".to_owned(), "0015".to_owned()];
    let_in(&mut desk, HERE);
    refer(&mut desk, OTHER_ROOM);
    let view = ask(&mut desk);
    let rows: Vec<_> = view
        .rooms
        .iter()
        .map(|row| (row.summary.room.as_str(), row.summary.expected, row.summary.arrived, row.summary.waiting))
        .collect();
    assert_eq!(rows, [("0012", 2, 1, 0), ("0015", 1, 0, 1)]);
    assert_eq!(view.beside, Beside::default());
    assert!(view.rooms.iter().all(|row| row.scripts.is_none()), "unknown stays unknown");
}

/// Each who belongs here and is not in stands in one list: whoever comes in later, by whatever way, stands in none.
#[test]
fn who_is_not_in_is_named_by_number_and_once() {
    let mut desk = desk_of("gt-01");
    desk.context.place.room = None;
    let numbers = |desk: &mut Desk| {
        let people = ask(desk).people;
        input(desk, Input::Back);
        (people.absent.clone(), people.waiting.clone(), people.not_admitted.clone())
    };
    let own = |number: &str| vec![number.to_owned()];
    let all = ["01000001", "01000002", "01000003"].map(str::to_owned).to_vec();
    assert_eq!(numbers(&mut desk), (all, vec![], vec![]));
    let_in(&mut desk, HERE);
    refer(&mut desk, OTHER_ROOM);
    assert_eq!(numbers(&mut desk), (own("01000003"), own("01000002"), vec![]));
}

/// One person alone keeps out where there is no second one; a later arrival takes that back.
#[test]
fn who_was_not_let_in_is_named_until_he_is_in() {
    let mut desk = Desk::new(DeskPolicy { registry_asked: false, ..DeskPolicy::default() });
    desk.scan(HERE).card().identity(HERE, good()).finished(good()).chose(Choice::NotAdmitted);
    desk.reason(NotAdmittedReason::Documents).go_on().lift();
    let people = |desk: &mut Desk| {
        let people = ask(desk).people;
        input(desk, Input::Back);
        (people.absent.len(), people.not_admitted.clone())
    };
    assert_eq!(people(&mut desk), (1, vec!["01000001".to_owned()]));
    crate::standing::restart(&mut desk);
    assert_eq!(people(&mut desk), (1, vec!["01000001".to_owned()]), "a restart makes nobody absent");
    desk.scan(HERE).card().identity(HERE, good()).finished(good()).chose(Choice::Admit).go_on().lift();
    assert_eq!(people(&mut desk), (1, vec![]));
}

#[test]
fn who_was_shown_the_way_is_counted_beside_the_rooms() {
    let mut desk = desk_of("gt-01");
    desk.scan(OTHER_ROOM).card().identity(OTHER_ROOM, good()).finished(good()).chose(Choice::Directed).go_on().lift();
    assert_eq!(ask(&mut desk).beside, Beside { guests: 0, directed: 1, waiting: 0 });
}

#[test]
fn scripts_are_typed_room_by_room_and_corrected_by_a_later_entry() {
    let mut desk = desk_of("gt-01");
    ask(&mut desk);
    count(&mut desk, 0, " 24 ");
    assert_eq!(asking(&desk).rooms[0].scripts, Some(24));
    count(&mut desk, 0, "23");
    assert_eq!(asking(&desk).rooms[0].scripts, Some(23));
    assert_eq!(scripts(&desk), [("0012".to_owned(), 24), ("0012".to_owned(), 23)]);
}

#[test]
fn what_is_no_number_of_scripts_is_not_written() {
    let mut desk = desk_of("gt-01");
    ask(&mut desk);
    input(&mut desk, Input::PickedRoom(0));
    let long = "099208000017|001234567|Nguyen Van Mau|15022008|Nam|Ha Noi|01012024";
    for text in ["", " ", "-1", "2 4", "24.", "x", "12345", "٢٤", "1e3", long] {
        input(&mut desk, Input::EnteredCount(text.to_owned()));
        let wrong = matches!(desk.screen(), Screen::Closing(ClosingView::Counting(CountingView { wrong: true, .. })));
        assert!(wrong, "{text:?}: {:?}", desk.screen());
    }
    input(&mut desk, Input::Back);
    asking(&desk);
    assert!(scripts(&desk).is_empty());
    input(&mut desk, Input::PickedRoom(7));
    asking(&desk);
    // Nothing is asked here: nothing is taken.
    input(&mut desk, Input::EnteredCount("5".to_owned()));
    assert!(scripts(&desk).is_empty());
}

#[test]
fn none_is_a_number_of_scripts() {
    let mut desk = desk_of("gt-01");
    ask(&mut desk);
    count(&mut desk, 0, "0");
    assert_eq!(scripts(&desk), [("0012".to_owned(), 0)]);
}

#[test]
fn counted_scripts_are_there_again_after_a_restart() {
    let mut desk = desk_of("gt-01");
    ask(&mut desk);
    count(&mut desk, 0, "24");
    let before = desk.state.take().unwrap();
    let mut state =
        State::new(&desk.context, before.on_duty.clone(), desk.log.arrivals(), before.head.clone(), desk.now);
    state.take_up_standing(&desk.context, desk.log.standing());
    desk.state = Some(state);
    assert_eq!(ask(&mut desk).rooms[0].scripts, Some(24));
}

#[test]
fn with_nothing_open_one_person_ends_it() {
    let mut desk = desk_of("gt-01");
    let_in(&mut desk, HERE);
    ask(&mut desk);
    let meaning = desk.meaning();
    input(&mut desk, Input::Chose(Choice::EndSession, meaning));
    assert!(!is_closed(&desk), "not before the screen has stood there");
    desk.chose(Choice::EndSession);
    assert!(is_closed(&desk) && overruled(&desk).is_none());
}

/// A desk with one thing open, by its name.
fn open_desks() -> Vec<(&'static str, Desk, Unsent)> {
    let mut waiting = desk_of("gt-01");
    refer(&mut waiting, HERE);
    let mut uncounted = desk_of("gt-01");
    uncounted.context.policy.rules.scripts_required = true;
    let mut unexported = desk_of("gt-01");
    unexported.context.policy.exports = true;
    let none = Unsent::default();
    vec![
        ("waiting", waiting, Unsent { waiting: 1, ..none }),
        ("news", revoked_later(), Unsent { news: 1, ..none }),
        ("uncounted", uncounted, Unsent { uncounted: 1, ..none }),
        ("unexported", unexported, Unsent { log: true, ..none }),
    ]
}

/// Somebody is in, and the registry says a second later that the card was revoked.
fn revoked_later() -> Desk {
    let mut desk = desk_of("gt-01");
    desk.context.policy = DeskPolicy::default();
    desk.scan(HERE).card().identity(HERE, good()).finished(good()).later(2_500).chose(Choice::Admit).go_on().lift();
    desk.answers(Answer::CardInvalid { reason: CardInvalidReason::Revoked });
    assert!(desk.news().is_some());
    desk
}

#[test]
fn whatever_is_open_keeps_one_person_from_ending_it() {
    for (name, mut desk, unsent) in open_desks() {
        let view = ask(&mut desk);
        assert_eq!(view.unsent, unsent, "{name}");
        desk.chose(Choice::EndSession);
        assert!(!is_closed(&desk), "{name}");
        assert_eq!(asking(&desk).choices, [Choice::EndUnsent], "{name}");
    }
}

#[test]
fn two_people_end_it_and_the_log_says_with_what_open() {
    for (name, mut desk, unsent) in open_desks() {
        ask(&mut desk);
        desk.chose(Choice::EndUnsent);
        assert_eq!(codes(&desk), ["tdt-01", "hd-01"], "{name}");
        prove(&mut desk, "tdt-01", "000000");
        assert!(!is_closed(&desk) && overruled(&desk).is_none(), "{name}: a wrong PIN");
        input(&mut desk, Input::EnteredPin(Secret::new(PIN.to_owned())));
        assert!(is_closed(&desk), "{name}: {:?}", desk.screen());
        let Some(AttendanceEvent::CloseOverruled { waiting, news, uncounted, log, second }) = overruled(&desk) else {
            panic!("{name}")
        };
        let told = (waiting, news, uncounted, log);
        let count = |number: usize| u64::try_from(number).unwrap();
        assert_eq!(told, (count(unsent.waiting), count(unsent.news), count(unsent.uncounted), unsent.log), "{name}");
        assert_eq!(second.as_str(), "tdt-01", "{name}");
    }
}

#[test]
fn nobody_ends_it_with_things_open_where_there_is_nobody_else() {
    let mut desk = desk_of("gt-01");
    refer(&mut desk, HERE);
    desk.context.staff = None;
    ask(&mut desk);
    for choice in [Choice::EndSession, Choice::EndUnsent] {
        desk.chose(choice);
        assert!(asking(&desk).choices.is_empty());
    }
    input(&mut desk, Input::Back);
    idle(&desk);
}

#[test]
fn back_leads_from_the_pin_to_the_summary_and_writes_nothing() {
    let mut desk = desk_of("gt-01");
    refer(&mut desk, HERE);
    ask(&mut desk);
    desk.chose(Choice::EndUnsent);
    input(&mut desk, Input::ChoseOperator(0));
    input(&mut desk, Input::Back);
    assert_eq!(people(&desk).chosen, None);
    input(&mut desk, Input::Back);
    asking(&desk);
    input(&mut desk, Input::Back);
    idle(&desk);
    assert!(overruled(&desk).is_none());
}

#[test]
fn what_is_dealt_with_is_not_open_any_more() {
    let mut desk = desk_of("gt-01");
    refer(&mut desk, HERE);
    ask(&mut desk);
    input(&mut desk, Input::Back);
    open_first(&mut desk);
    rule(&mut desk, Ruling::Admit(Ground::PrintedCard));
    prove(&mut desk, "tdt-01", PIN);
    desk.go_on();
    assert!(ask(&mut desk).unsent.is_nothing());
    desk.chose(Choice::EndSession);
    assert!(is_closed(&desk));
}

#[test]
fn news_is_answered_on_the_closing_screen_itself() {
    let mut desk = revoked_later();
    ask(&mut desk);
    desk.later(400);
    let (news, meaning) = (desk.news().unwrap(), desk.meaning());
    input(&mut desk, Input::AnsweredNews(news.question, meaning));
    assert!(asking(&desk).unsent.is_nothing());
    // The buttons have just changed: the press for the old ones ends nothing.
    input(&mut desk, Input::Chose(Choice::EndSession, meaning));
    asking(&desk);
    desk.chose(Choice::EndSession);
    assert!(is_closed(&desk));
}

#[test]
fn scripts_of_every_room_end_the_wait_for_them() {
    let mut desk = desk_of("gt-01");
    desk.context.policy.rules.scripts_required = true;
    ask(&mut desk);
    count(&mut desk, 0, "24");
    desk.chose(Choice::EndSession);
    assert!(is_closed(&desk));
}

#[test]
fn an_export_that_was_read_back_counts_until_something_is_decided() {
    let mut desk = desk_of("gt-01");
    desk.context.policy.exports = true;
    ask(&mut desk);
    desk.carries = false;
    input(&mut desk, Input::ExportLog);
    assert_eq!((asking(&desk).carried, asking(&desk).unsent.log), (Some(Carried::Failed), true));
    desk.carries = true;
    input(&mut desk, Input::ExportLog);
    assert_eq!((asking(&desk).carried, asking(&desk).unsent.log), (Some(Carried::Whole), false));
    count(&mut desk, 0, "24");
    assert_eq!(asking(&desk).carried, Some(Carried::Not), "the number is not on the stick");
    input(&mut desk, Input::ExportLog);
    desk.chose(Choice::EndSession);
    assert!(is_closed(&desk));
}

#[test]
fn a_desk_that_carries_nothing_off_exports_nothing() {
    let mut desk = desk_of("gt-01");
    ask(&mut desk);
    input(&mut desk, Input::ExportLog);
    assert_eq!(asking(&desk).carried, None);
}

#[test]
fn questions_without_an_answer_hold_nobody_up_and_stand_in_the_last_entry() {
    let mut desk = desk_of("gt-01");
    desk.context.policy = DeskPolicy::default();
    desk.scan(HERE).card().identity(HERE, good()).finished(good()).later(2_500).chose(Choice::Admit).go_on().lift();
    let view = ask(&mut desk);
    assert_eq!((view.unanswered, view.unsent.is_nothing()), (1, true));
    desk.chose(Choice::EndSession);
    assert!(is_closed(&desk));
    let last = desk.written.last();
    let count = |open: &Option<OpenQuestions>| open.map(|open| open.count);
    assert!(matches!(last, Some(AttendanceEvent::Close { open, .. }) if count(open) == Some(1)), "{last:?}");
}

#[test]
fn a_locked_desk_neither_counts_nor_ends() {
    let mut desk = desk_of("gt-01");
    ask(&mut desk);
    input(&mut desk, Input::PickedRoom(0));
    input(&mut desk, Input::Lock);
    input(&mut desk, Input::EnteredCount("24".to_owned()));
    assert!(scripts(&desk).is_empty() && matches!(desk.screen(), Screen::Locked(_)));
}

#[test]
fn a_card_or_a_scan_at_the_end_disturbs_nothing() {
    let mut desk = desk_of("gt-01");
    ask(&mut desk);
    desk.scan(HERE).card().lift();
    asking(&desk);
    desk.give(Event::Input(Input::Continue));
    asking(&desk);
}

// -- how many are in, typed in place of a key that is held --

fn typing(desk: &Desk) -> TypingView {
    let Screen::Closing(ClosingView::Typing(typing)) = desk.screen() else { panic!("{:?}", desk.screen()) };
    typing
}

fn types(desk: &mut Desk, text: &str) -> TypingView {
    input(desk, Input::EnteredCount(text.to_owned()));
    typing(desk)
}

/// A desk with one person in, where the number is asked for.
fn asked_for_the_number() -> Desk {
    let mut desk = desk_of("gt-01");
    let_in(&mut desk, HERE);
    ask(&mut desk);
    input(&mut desk, Input::TypeArrived);
    assert_eq!(typing(&desk), TypingView { typed: TypedArrivals::Nothing, arrived: 1, ends: false });
    desk
}

#[test]
fn the_number_that_the_desk_knows_lets_a_press_end_it() {
    let mut desk = asked_for_the_number();
    assert_eq!(types(&mut desk, " 1 "), TypingView { typed: TypedArrivals::Number(1), arrived: 1, ends: true });
    let meaning = desk.meaning();
    input(&mut desk, Input::Chose(Choice::EndSession, meaning));
    assert!(!is_closed(&desk), "the Enter of whoever typed it ends nothing, nor does what comes right behind it");
    desk.chose(Choice::EndSession);
    assert!(is_closed(&desk) && overruled(&desk).is_none());
}

#[test]
fn another_number_says_by_how_much_and_ends_nothing() {
    let mut desk = asked_for_the_number();
    for (text, typed) in [
        ("0", TypedArrivals::Number(0)),
        ("2", TypedArrivals::Number(2)),
        ("11", TypedArrivals::Number(11)),
        ("9999", TypedArrivals::Number(9_999)),
        ("", TypedArrivals::NoNumber),
        ("one", TypedArrivals::NoNumber),
        ("12345", TypedArrivals::NoNumber),
    ] {
        assert_eq!(types(&mut desk, text), TypingView { typed, arrived: 1, ends: false }, "{text:?}");
        desk.chose(Choice::EndSession);
        assert!(!is_closed(&desk), "{text:?}");
    }
    assert!(scripts(&desk).is_empty(), "a number of people is no number of scripts");
}

/// A scan between the number and the press: what was typed last is what counts.
#[test]
fn a_scan_behind_the_number_takes_the_end_away() {
    let mut desk = asked_for_the_number();
    assert!(types(&mut desk, "1").ends);
    desk.later(400);
    let meaning = desk.meaning();
    assert!(!types(&mut desk, &crate::checkin_support::qr(HERE)).ends);
    input(&mut desk, Input::Chose(Choice::EndSession, meaning));
    desk.chose(Choice::EndSession);
    assert!(!is_closed(&desk));
    assert!(types(&mut desk, "1").ends);
    input(&mut desk, Input::Scanned(crate::checkin_support::qr(HERE)));
    assert!(typing(&desk).ends, "a scan that is no text of this line changes nothing");
}

/// Whoever is asked for the number goes back to the summary, and whoever takes over begins there.
#[test]
fn the_number_is_left_like_any_other_question() {
    let mut desk = asked_for_the_number();
    types(&mut desk, "1");
    input(&mut desk, Input::Back);
    asking(&desk);
    input(&mut desk, Input::TypeArrived);
    assert_eq!(typing(&desk).typed, TypedArrivals::Nothing, "what was typed before is gone");
}

/// Two people stand behind what is unsent: no number is asked for there, and news that comes takes the end away.
#[test]
fn no_number_ends_what_one_person_alone_may_not_end() {
    for (what, mut desk, _) in open_desks() {
        ask(&mut desk);
        input(&mut desk, Input::TypeArrived);
        asking(&desk);
        input(&mut desk, Input::EnteredCount("1".to_owned()));
        asking(&desk);
        desk.chose(Choice::EndSession);
        assert!(!is_closed(&desk), "{what}");
    }
    let mut desk = desk_of("gt-01");
    desk.context.policy = DeskPolicy::default();
    desk.scan(HERE).card().identity(HERE, good()).finished(good()).later(2_500).chose(Choice::Admit).go_on().lift();
    ask(&mut desk);
    input(&mut desk, Input::TypeArrived);
    assert!(types(&mut desk, "1").ends);
    desk.later(400);
    let meaning = desk.meaning();
    desk.answers(Answer::CardInvalid { reason: CardInvalidReason::Revoked });
    assert!(!typing(&desk).ends);
    input(&mut desk, Input::Chose(Choice::EndSession, meaning));
    desk.chose(Choice::EndSession);
    assert!(!is_closed(&desk));
}
