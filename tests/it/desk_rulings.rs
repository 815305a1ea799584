//! At a running desk: a room's signal, a doubt about a portrait, a decision on paper; and who waits after a restart.

use crate::desk_package_support::{Opened, PIN, Site, candidates};
use crate::desk_support::{card, case_of, good, is_idle, person, ready};
use diemdanh::bits::secret::Secret;
use diemdanh::checkin::event::{Choice, Input};
use diemdanh::checkin::view::{
    ExceptionStage, ExceptionView, Headline, OnPaper, Ruling, Screen, SignInView, StageView, View, When,
};
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

fn exception(view: &View) -> Option<&ExceptionView> {
    if let Screen::Exception(exception) = &view.screen { Some(exception) } else { None }
}

fn people(view: &View) -> Option<&SignInView> {
    if let ExceptionStage::Person(_, people) = &exception(view)?.stage { Some(people) } else { None }
}

fn rule(desk: &Opened, ruling: Ruling) {
    let offers = |view: &View| {
        let stage = exception(view).map(|one| &one.stage);
        view.guarded_ms == 0 && matches!(stage, Some(ExceptionStage::Choosing(all)) if all.contains(&ruling))
    };
    let view = desk.wait("a ruling that decides", offers);
    desk.send(Input::Ruled(ruling, view.meaning));
}

/// The head of site stands behind it.
fn prove(desk: &Opened) {
    desk.wait("who else", |view| people(view).is_some_and(|people| people.chosen.is_none()));
    desk.send(Input::ChoseOperator(0));
    desk.wait("her PIN", |view| people(view).is_some_and(|people| people.chosen == Some(0)));
    desk.send(Input::EnteredPin(Secret::new(PIN.to_owned())));
}

fn recorded(desk: &Opened) {
    let is_it = |view: &View| matches!(exception(view).map(|one| &one.stage), Some(ExceptionStage::Recorded(..)));
    desk.wait("it is recorded", is_it);
    desk.send(Input::Continue);
    desk.wait("the idle desk", is_idle);
}

fn comes(desk: &Opened) {
    let first = person(0);
    desk.send(Input::Entered(first.qr()));
    desk.field.insert(card(&good(&first)));
    desk.wait("a case that is read", |view| ready(&view.screen).is_some());
}

/// What the board finds in the closed log, from files alone: nothing forged, and these kinds.
fn found(site: &Site) -> Vec<FindingKind> {
    let (config, base) = read_config(&site.world.config()).unwrap();
    hand_over(&chosen(&config, &base, Some("b1")).unwrap(), &site.world.path("export")).unwrap();
    let files = read_folder(&site.world.path("export")).unwrap();
    let found = verify::verify(&files, &BoardKeys::one(site.world.board().verifier().clone()));
    assert!(matches!(found.verdict(), Verdict::Clean | Verdict::Remarks), "{:?}", found.findings);
    found.findings.iter().map(|one| one.what).collect()
}

#[test]
fn a_signal_far_from_the_plan_takes_two_people() {
    // The exam of this package starts in half an hour: a signal now is far from the plan.
    let (site, desk) = begun();
    desk.send(Input::OpenSignals);
    let list = |view: &View| matches!(exception(view).map(|one| &one.stage), Some(ExceptionStage::Rooms(_)));
    let view = desk.wait("the rooms or the room", |view| exception(view).is_some());
    if list(&view) {
        desk.send(Input::PickedRoom(0));
    }
    rule(&desk, Ruling::Start(When::Now));
    prove(&desk);
    recorded(&desk);
    let given = |view: &View| matches!(&view.screen, Screen::Idle(idle) if idle.signals.as_ref().is_some_and(|one| one.given == 1));
    desk.wait("the signal on the idle screen", given);
    desk.kiosk.stop();
    let again = site.open();
    again.packages_or_people();
    again.sign_in(0);
    again.wait("the signal after the restart", given);
    again.kiosk.stop();
    let signal = site.world.events_in("journal/b1").into_iter().find_map(|event| match event {
        AttendanceEvent::StartSignal { second, .. } => Some(second.map(|code| code.as_str().to_owned())),
        _ => None,
    });
    assert_eq!(signal, Some(Some("tdt-01".to_owned())));
    found(&site);
}

#[test]
fn who_is_doubted_goes_in_and_the_board_hears_of_it() {
    let (site, desk) = begun();
    comes(&desk);
    desk.choose(Choice::DoubtPortrait);
    prove(&desk);
    let is_in = |view: &View| {
        case_of(&view.screen).is_some_and(|case| {
            case.headline == Headline::Recorded(Choice::DoubtPortrait) && matches!(case.stage, StageView::Recorded(_))
        })
    };
    assert_eq!(desk.wait("it is recorded", is_in).header.arrived, 1);
    desk.kiosk.stop();
    assert!(found(&site).contains(&FindingKind::PortraitDoubted));
    let events = site.world.events_in("journal/b1");
    let place = |wanted: &dyn Fn(&AttendanceEvent) -> bool| events.iter().position(wanted).expect("the entry");
    let doubted = place(&|event| matches!(event, AttendanceEvent::PortraitDoubted { .. }));
    assert!(doubted < place(&|event| matches!(event, AttendanceEvent::CheckIn(_))));
}

#[test]
fn a_decision_on_paper_is_entered_with_two_pins() {
    let (site, desk) = begun();
    let number = candidates()[0].number.as_str().to_owned();
    desk.send(Input::Typed(number));
    let first = |view: &View| match &view.screen {
        Screen::Idle(idle) => idle.found.first().map(|row| row.id),
        _ => None,
    };
    let view = desk.wait("a row", |view| first(view).is_some() && view.guarded_ms == 0);
    desk.send(Input::WithoutCard(first(&view).unwrap(), view.meaning));
    rule(&desk, Ruling::Paper(OnPaper::Admitted, When::Asked));
    desk.wait("the time", |view| matches!(exception(view).map(|one| &one.stage), Some(ExceptionStage::Time(..))));
    let now = desk.view.get().header.clock.clone();
    desk.send(Input::EnteredTime(now));
    prove(&desk);
    let own = |view: &View| {
        people(view).is_some_and(|people| people.operators.len() == 1 && people.operators[0].code == "gt-07")
    };
    desk.wait("her own PIN", own);
    desk.send(Input::EnteredPin(Secret::new(PIN.to_owned())));
    recorded(&desk);
    assert_eq!(desk.view.get().header.arrived, 1);
    desk.kiosk.stop();
    assert!(found(&site).contains(&FindingKind::PaperDecision));
}

#[test]
fn who_waits_is_there_again_after_a_restart() {
    let (site, desk) = begun();
    comes(&desk);
    desk.choose(Choice::Refer);
    desk.wait("a receipt", |view| {
        case_of(&view.screen).is_some_and(|case| matches!(case.stage, StageView::Recorded(_)))
    });
    desk.kiosk.stop();
    let again = site.open();
    again.packages_or_people();
    again.sign_in(0);
    let waits = |view: &View| matches!(&view.screen, Screen::Idle(idle) if idle.waiting == 1);
    again.wait("one who waits", waits);
    again.send(Input::OpenWaiting);
    let named = |view: &View| match &exception(view).map(|one| &one.stage) {
        Some(ExceptionStage::List(rows)) => rows.first().is_some_and(|row| row.candidate_number.is_some()),
        _ => false,
    };
    again.wait("his name in the list", named);
    again.kiosk.stop();
}
