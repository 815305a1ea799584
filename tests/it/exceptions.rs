//! What two people decide at a running desk: somebody who waits, somebody without a card, an arrival taken back.

use crate::desk_package_support::{Opened, PIN, Site};
use crate::desk_support::{card, case_of, good, is_idle, person, ready};
use diemdanh::bits::secret::Secret;
use diemdanh::checkin::event::{Choice, Input, NotAdmittedReason};
use diemdanh::checkin::view::{
    ExceptionStage, ExceptionView, Ground, Ruling, Screen, SignInView, StageView, UndoReason, View, WaitingRow,
    WithoutCard,
};
use diemdanh::record::{AttendanceEvent, ChipState};
use diemdanh::roster::CandidateId;
use std::sync::Arc;

/// A desk of a package that somebody has signed in at.
fn begun() -> (Site, Opened) {
    let site = Site::new();
    site.put("goi.diemdanh", &site.pack(&site.contents(), |_| {}));
    let desk = site.open();
    desk.begin();
    (site, desk)
}

fn exception(view: &View) -> Option<&ExceptionView> {
    match &view.screen {
        Screen::Exception(exception) => Some(exception),
        _ => None,
    }
}

fn rows(view: &View) -> Option<Vec<WaitingRow>> {
    match &exception(view)?.stage {
        ExceptionStage::List(rows) => Some(rows.clone()),
        _ => None,
    }
}

fn second(view: &View) -> Option<&SignInView> {
    match &exception(view)?.stage {
        ExceptionStage::Person(_, sign_in) => Some(sign_in),
        _ => None,
    }
}

fn waiting(view: &View) -> usize {
    if let Screen::Idle(idle) = &view.screen { idle.waiting } else { 0 }
}

/// Rules as soon as the buttons decide.
fn rule(desk: &Opened, ruling: Ruling) {
    let offers = |view: &View| {
        let choosing = exception(view).map(|one| &one.stage);
        view.guarded_ms == 0 && matches!(choosing, Some(ExceptionStage::Choosing(all)) if all.contains(&ruling))
    };
    let view = desk.wait("a ruling that decides", offers);
    desk.send(Input::Ruled(ruling, view.meaning));
}

/// The only one who may stand beside the invigilator gives this PIN.
fn prove(desk: &Opened, pin: &str) {
    let view = desk.wait("who else", |view| second(view).is_some_and(|people| people.chosen.is_none()));
    let people: Vec<String> = second(&view).unwrap().operators.iter().map(|one| one.code.clone()).collect();
    assert_eq!(people, ["tdt-01"], "neither herself nor whoever has no PIN");
    desk.send(Input::ChoseOperator(0));
    desk.wait("her PIN is asked for", |view| second(view).is_some_and(|people| people.chosen == Some(0)));
    desk.send(Input::EnteredPin(Secret::new(pin.to_owned())));
}

fn recorded(desk: &Opened) -> Arc<View> {
    desk.wait("it is recorded", |view| {
        matches!(exception(view).map(|one| &one.stage), Some(ExceptionStage::Recorded(..)))
    })
}

/// The first of the list comes with a card that is read, and is sent to the head of site or let in.
fn comes(desk: &Opened, choice: Choice) {
    let person = person(0);
    desk.send(Input::Entered(person.qr()));
    desk.field.insert(card(&good(&person)));
    desk.wait("a case that is read", |view| ready(&view.screen).is_some());
    desk.choose(choice);
    let is_recorded =
        |view: &View| case_of(&view.screen).is_some_and(|case| matches!(case.stage, StageView::Recorded(_)));
    desk.wait("a receipt", is_recorded);
    desk.field.remove();
    desk.send(Input::Continue);
    desk.wait("the idle desk", is_idle);
}

fn found(desk: &Opened, text: &str) -> CandidateId {
    desk.send(Input::Typed(text.to_owned()));
    let first = |view: &View| match &view.screen {
        Screen::Idle(idle) => idle.found.first().map(|row| row.id),
        _ => None,
    };
    first(&desk.wait("a row", |view| first(view).is_some() && view.guarded_ms == 0)).unwrap()
}

fn without_card(desk: &Opened, why: WithoutCard) {
    let number = number_of_first(desk);
    let id = found(desk, &number);
    let view = desk.view.get();
    desk.send(Input::WithoutCard(id, view.meaning));
    rule(desk, Ruling::Refer(why));
    recorded(desk);
    desk.send(Input::Continue);
    desk.wait("one who waits", |view| waiting(view) == 1);
}

/// The SBD of the first row of the package's list.
fn number_of_first(_desk: &Opened) -> String {
    crate::desk_package_support::candidates()[0].number.as_str().to_owned()
}

#[test]
fn somebody_without_a_card_is_let_in_by_two_people() {
    let (site, desk) = begun();
    without_card(&desk, WithoutCard::Forgotten);
    desk.send(Input::OpenWaiting);
    let list = rows(&desk.wait("the list", |view| rows(view).is_some())).unwrap();
    desk.send(Input::PickedWaiting(list[0].id));
    rule(&desk, Ruling::Admit(Ground::Undertaking));
    prove(&desk, PIN);
    let view = recorded(&desk);
    assert_eq!(view.header.arrived, 1);
    desk.send(Input::Continue);
    desk.wait("nobody waits", |view| is_idle(view) && waiting(view) == 0);
    desk.kiosk.stop();
    let events = site.world.events_in("journal/b1");
    let referred = events.iter().any(|event| {
        matches!(event, AttendanceEvent::Referred { doc: None, chip: ChipState::NotRead, reasons, .. } if reasons[0].as_str() == "no-card")
    });
    assert!(referred, "{events:?}");
    let manual = events.iter().find_map(|event| match event {
        AttendanceEvent::ManualDecision { cand, doc, admitted, chip, reason, second, .. } => {
            Some((cand.is_some(), *doc, *admitted, *chip, reason.as_str().to_owned(), second.as_str().to_owned()))
        }
        _ => None,
    });
    let wanted = (true, None, true, ChipState::NotRead, "undertaking".to_owned(), "tdt-01".to_owned());
    assert_eq!(manual, Some(wanted));
}

#[test]
fn who_was_referred_is_kept_out_by_two_people_only() {
    let (site, desk) = begun();
    comes(&desk, Choice::Refer);
    desk.wait("one who waits", |view| waiting(view) == 1);
    desk.send(Input::OpenWaiting);
    let list = rows(&desk.wait("the list", |view| rows(view).is_some())).unwrap();
    desk.send(Input::PickedWaiting(list[0].id));
    rule(&desk, Ruling::NotAdmit(NotAdmittedReason::PortraitDiffers));
    prove(&desk, "000000");
    let wrong = desk.wait("a wrong PIN", |view| second(view).is_some_and(|people| people.wrong.is_some()));
    assert_eq!(second(&wrong).unwrap().wrong, Some(4));
    desk.send(Input::EnteredPin(Secret::new(PIN.to_owned())));
    assert_eq!(recorded(&desk).header.arrived, 0);
    desk.kiosk.stop();
    let events = site.world.events_in("journal/b1");
    let place = |wanted: &dyn Fn(&AttendanceEvent) -> bool| events.iter().position(wanted).expect("the entry");
    let wrong = place(
        &|event| matches!(event, AttendanceEvent::DeviceEvent { device, event } if device.as_str() == "wrong-pin" && event.as_str() == "tdt-01"),
    );
    let kept_out = place(
        &|event| matches!(event, AttendanceEvent::NotAdmitted { second: Some(second), .. } if second.as_str() == "tdt-01"),
    );
    assert!(wrong < kept_out);
}

#[test]
fn an_arrival_is_taken_back_by_two_people_and_can_come_again() {
    let (site, desk) = begun();
    comes(&desk, Choice::Admit);
    let undo = |view: &View| if let Screen::Idle(idle) = &view.screen { idle.undo.clone() } else { None };
    let view = desk.wait("what could be undone", |view| undo(view).is_some());
    assert_eq!(view.header.arrived, 1);
    desk.send(Input::UndoLast);
    rule(&desk, Ruling::Undo(UndoReason::WrongPerson));
    prove(&desk, PIN);
    assert_eq!(recorded(&desk).header.arrived, 0);
    desk.send(Input::Continue);
    let view = desk.wait("the idle desk", is_idle);
    assert_eq!(undo(&view), None, "it is undone once");
    comes(&desk, Choice::Admit);
    desk.kiosk.stop();
    let events = site.world.events_in("journal/b1");
    let kinds: Vec<&str> = events
        .iter()
        .filter_map(|event| match event {
            AttendanceEvent::CheckIn(_) => Some("in"),
            AttendanceEvent::Undo { reason, second, .. } => {
                assert_eq!((reason.as_str(), second.as_str()), ("wrong-person", "tdt-01"));
                Some("undo")
            }
            _ => None,
        })
        .collect();
    assert_eq!(kinds, ["in", "undo", "in"]);
}

#[test]
fn back_leads_out_of_every_step_and_writes_nothing() {
    let (site, desk) = begun();
    comes(&desk, Choice::Admit);
    let before = desk.view.get().status.log_entries;
    desk.send(Input::UndoLast);
    rule(&desk, Ruling::Undo(UndoReason::Mistake));
    desk.wait("who else", |view| second(view).is_some());
    desk.send(Input::ChoseOperator(0));
    desk.wait("a PIN", |view| second(view).is_some_and(|people| people.chosen.is_some()));
    desk.send(Input::Back);
    desk.wait("who else", |view| second(view).is_some_and(|people| people.chosen.is_none()));
    desk.send(Input::Back);
    desk.wait("a ruling", |view| matches!(exception(view).map(|one| &one.stage), Some(ExceptionStage::Choosing(_))));
    desk.send(Input::Back);
    let view = desk.wait("the idle desk", is_idle);
    assert_eq!((view.status.log_entries, view.header.arrived), (before, 1));
    desk.kiosk.stop();
    assert!(!site.world.events_in("journal/b1").iter().any(|event| matches!(event, AttendanceEvent::Undo { .. })));
}

#[test]
fn a_ruling_for_an_older_screen_decides_nothing() {
    let (_site, desk) = begun();
    comes(&desk, Choice::Admit);
    let old = desk.view.get().meaning;
    desk.send(Input::UndoLast);
    desk.wait("a ruling", |view| exception(view).is_some());
    desk.send(Input::Ruled(Ruling::Undo(UndoReason::Mistake), old));
    desk.send(Input::Typed(String::new()));
    let view = desk.view.get();
    assert!(matches!(exception(&view).map(|one| &one.stage), Some(ExceptionStage::Choosing(_))), "{view:?}");
    desk.kiosk.stop();
}

#[test]
fn who_comes_in_by_a_card_waits_no_more() {
    let (_site, desk) = begun();
    comes(&desk, Choice::Refer);
    desk.wait("one who waits", |view| waiting(view) == 1);
    comes(&desk, Choice::Admit);
    let view = desk.wait("the idle desk", is_idle);
    assert_eq!((waiting(&view), view.header.arrived), (0, 1));
    desk.send(Input::OpenWaiting);
    desk.send(Input::Typed(String::new()));
    assert!(is_idle(&desk.view.get()), "there is no list of nobody");
    desk.kiosk.stop();
}
