//! The technician's page, seen by the brain: who may open it, what it shows, what the log keeps of it.

use crate::checkin_support::{Desk, HERE};
use crate::staffed::*;
use diemdanh::checkin::event::{Event, Input};
use diemdanh::checkin::readiness::{Check, Finding};
use diemdanh::checkin::view::*;
use diemdanh::record::AttendanceEvent;

fn page(desk: &Desk) -> Option<Option<Vec<Check>>> {
    if let Screen::Examining(view) = desk.screen() { Some(view.checks) } else { None }
}

fn noted(desk: &Desk) -> Vec<String> {
    let word = |event: &AttendanceEvent| match event {
        AttendanceEvent::DeviceEvent { device, event } => Some(format!("{} {}", device.as_str(), event.as_str())),
        _ => None,
    };
    desk.written.iter().filter_map(word).collect()
}

fn found() -> Vec<Check> {
    vec![
        Check::of(Finding::DiskEnough),
        Check::seen(Finding::RadioOn, "wlan phy0"),
        Check::of(Finding::CameraNone),
        Check::of(Finding::MicrophoneUnknown),
    ]
}

#[test]
fn an_invigilator_has_no_such_page() {
    let mut desk = desk_of("gt-01");
    assert!(!idle(&desk).examines);
    input(&mut desk, Input::Examine);
    idle(&desk);
    assert_eq!(desk.examinations, 0);
}

#[test]
fn a_technician_sees_every_finding_and_the_log_what_is_wrong() {
    let mut desk = desk_of("kt-01");
    desk.lift();
    assert!(idle(&desk).examines);
    input(&mut desk, Input::Examine);
    assert_eq!((page(&desk), desk.examinations), (Some(None), 1));
    desk.give(Event::Examined(found()));
    let shown: Vec<Finding> = page(&desk).unwrap().unwrap().iter().map(|check| check.finding).collect();
    let own = [Finding::ReaderReady, Finding::RegistryOff];
    let wanted: Vec<Finding> = own.into_iter().chain(found().iter().map(|check| check.finding)).collect();
    assert_eq!(shown, wanted);
    assert_eq!(noted(&desk)[1..], ["radio on", "microphone unknown", "doctor bad"], "the reader came first");
    input(&mut desk, Input::Examine);
    assert_eq!((page(&desk), desk.examinations), (Some(None), 2), "once more");
    input(&mut desk, Input::Back);
    idle(&desk);
}

#[test]
fn findings_that_come_when_nobody_waits_are_nobody_s() {
    let mut desk = desk_of("tdt-01");
    input(&mut desk, Input::Examine);
    input(&mut desk, Input::Back);
    desk.give(Event::Examined(found()));
    idle(&desk);
    assert!(!noted(&desk).iter().any(|one| one.starts_with("doctor")));
}

#[test]
fn a_card_or_a_scan_opens_nothing_on_the_page() {
    let mut desk = desk_of("tdt-01");
    input(&mut desk, Input::Examine);
    desk.give(Event::Examined(found()));
    desk.scan(HERE).card();
    assert_eq!(desk.reads, 0);
    assert!(page(&desk).is_some());
}
