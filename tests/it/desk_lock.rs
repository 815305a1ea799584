//! A running desk is locked, opened, and handed over without a restart.

use crate::desk_package_support::{Opened, PIN, Site};
use crate::desk_support::{card, case_of, good, is_idle, person, ready};
use diemdanh::bits::secret::Secret;
use diemdanh::checkin::event::{Choice, Input};
use diemdanh::checkin::view::{LockedView, Screen, StageView, View};
use diemdanh::desk::handover::hand_over;
use diemdanh::desk::sessions::chosen;
use diemdanh::desk::start::read_config;
use diemdanh::host::folder::read_folder;
use diemdanh::office::finding::{FindingKind, Verdict};
use diemdanh::office::verify;
use diemdanh::record::{AttendanceEvent, BoardKeys};

fn begun() -> (Site, Opened) {
    let site = Site::new();
    site.put("goi.diemdanh", &site.pack(&site.contents(), |_| {}));
    let desk = site.open();
    desk.begin();
    (site, desk)
}

fn locked(view: &View) -> Option<&LockedView> {
    if let Screen::Locked(locked) = &view.screen { Some(locked) } else { None }
}

fn lock(desk: &Opened) {
    desk.send(Input::Lock);
    desk.wait("the lock", |view| locked(view).is_some_and(|view| view.sign_in.chosen.is_some()));
}

fn give_pin(desk: &Opened, pin: &str) {
    desk.send(Input::EnteredPin(Secret::new(pin.to_owned())));
}

/// The head of site takes over from the invigilator.
fn take_over(desk: &Opened) {
    desk.send(Input::Back);
    let is_her =
        |view: &View| locked(view).and_then(|view| view.sign_in.operators.iter().position(|one| one.code == "tdt-01"));
    let view = desk.wait("who may work here", |view| locked(view).is_some_and(|view| view.sign_in.chosen.is_none()));
    desk.send(Input::ChoseOperator(is_her(&view).unwrap()));
    give_pin(desk, PIN);
}

#[test]
fn a_verdict_survives_the_lock_and_a_change_of_operator() {
    let (site, desk) = begun();
    let first = person(0);
    desk.send(Input::Entered(first.qr()));
    desk.field.insert(card(&good(&first)));
    let before = desk.wait("a case that is read", |view| ready(&view.screen).is_some());
    assert_eq!(before.header.operator, "Lê Thị Mẫu");
    lock(&desk);
    give_pin(&desk, "000000");
    desk.wait("a wrong PIN", |view| locked(view).is_some_and(|view| view.sign_in.wrong == Some(4)));
    take_over(&desk);
    let view = desk.wait("the case again", |view| ready(&view.screen).is_some());
    assert_eq!(view.header.operator, "Phạm Văn Thử");
    desk.choose(Choice::Admit);
    let is_recorded =
        |view: &View| case_of(&view.screen).is_some_and(|case| matches!(case.stage, StageView::Recorded(_)));
    desk.wait("a receipt", is_recorded);
    desk.kiosk.stop();
    let entries = site.world.entries_in("journal/b1");
    let place = |wanted: &dyn Fn(&AttendanceEvent) -> bool| {
        entries.iter().position(|entry| wanted(&entry.event)).expect("the entry")
    };
    let wrong = place(
        &|event| matches!(event, AttendanceEvent::DeviceEvent { device, event } if device.as_str() == "wrong-pin" && event.as_str() == "gt-07"),
    );
    let changed =
        place(&|event| matches!(event, AttendanceEvent::OperatorChanged { from } if from.as_str() == "gt-07"));
    let admitted = place(&|event| matches!(event, AttendanceEvent::CheckIn(_)));
    assert!(wrong < changed && changed < admitted);
    for (at, entry) in entries.iter().enumerate() {
        let whose = if at < changed { "gt-07" } else { "tdt-01" };
        assert_eq!(entry.op.as_str(), whose, "entry {at}");
    }
    board_finds_nobody_unsaid(&site);
}

/// The board, from files alone.
fn board_finds_nobody_unsaid(site: &Site) {
    let (config, base) = read_config(&site.world.config()).unwrap();
    hand_over(&chosen(&config, &base, Some("b1")).unwrap(), &site.world.path("export")).unwrap();
    let files = read_folder(&site.world.path("export")).unwrap();
    let found = verify::verify(&files, &BoardKeys::one(site.world.board().verifier().clone()));
    assert!(matches!(found.verdict(), Verdict::Clean | Verdict::Remarks), "{:?}", found.findings);
    assert!(found.findings.iter().all(|one| one.what != FindingKind::OperatorUnsaid), "{:?}", found.findings);
}

#[test]
fn wrong_pins_at_the_lock_are_counted_over_a_restart_until_one_is_right() {
    let (site, desk) = begun();
    lock(&desk);
    give_pin(&desk, "000000");
    desk.wait("a wrong PIN", |view| locked(view).is_some_and(|view| view.sign_in.wrong == Some(4)));
    desk.kiosk.stop();
    let again = site.open();
    again.packages_or_people();
    again.send(Input::ChoseOperator(0));
    give_pin(&again, "000000");
    let view = again.signing_in(|view| view.wrong.is_some());
    assert_eq!(view.wrong, Some(3), "the one at the lock counts");
    give_pin(&again, PIN);
    again.wait("the idle desk", is_idle);
    lock(&again);
    give_pin(&again, "000000");
    again.wait("a wrong PIN", |view| locked(view).is_some_and(|view| view.sign_in.wrong == Some(4)));
    give_pin(&again, PIN);
    again.wait("the idle desk", is_idle);
    again.kiosk.stop();
    let third = site.open();
    third.packages_or_people();
    third.send(Input::ChoseOperator(0));
    give_pin(&third, "000000");
    assert_eq!(third.signing_in(|view| view.wrong.is_some()).wrong, Some(4), "the right one at the lock ended the row");
    third.kiosk.stop();
}

#[test]
fn nothing_of_the_person_is_shown_while_it_is_locked() {
    let (_site, desk) = begun();
    let first = person(0);
    desk.send(Input::Entered(first.qr()));
    desk.field.insert(card(&good(&first)));
    desk.wait("a case that is read", |view| ready(&view.screen).is_some());
    lock(&desk);
    for input in [Input::Entered(first.qr()), Input::Scanned(first.qr()), Input::Continue, Input::EndSession] {
        desk.send(input);
    }
    desk.send(Input::Back);
    let view = desk.wait("the people", |view| locked(view).is_some_and(|view| view.sign_in.chosen.is_none()));
    assert!(view.screen.case().is_none() && !view.key_waits);
    desk.kiosk.stop();
}
