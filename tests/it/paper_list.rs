//! Papers, seen by the brain alone: the list every minute, forms about a person, the stick's moods, the end.

use crate::checkin_support::{Desk, HERE, OTHER_ROOM, PIN};
use crate::staffed::*;
use diemdanh::checkin::event::{Choice, Event, Input};
use diemdanh::checkin::paper::{PaperKind, PaperNews, SheetState};
use diemdanh::checkin::view::*;
use diemdanh::record::{AttendanceEvent, Digest};

const FOLDER: &str = "/media/usb/giay";

/// A desk whose package allows papers.
fn desk() -> Desk {
    let mut desk = desk_of("gt-01");
    desk.context.policy.rules.paper_folder = FOLDER.to_owned();
    desk
}

/// What the log says about papers: paper, place or word.
fn said(desk: &Desk) -> Vec<String> {
    let word = |event: &AttendanceEvent| match event {
        AttendanceEvent::Printed { paper, to, .. } => Some(format!("{} {to}", paper.as_str())),
        AttendanceEvent::DeviceEvent { device, event } if device.as_str() == "attendance-list" => {
            Some(event.as_str().to_owned())
        }
        _ => None,
    };
    desk.written.iter().filter_map(word).collect()
}

fn minutes(desk: &mut Desk, minutes: usize) {
    for _ in 0..minutes {
        desk.later(60_000);
        // Somebody is there: the desk does not lock itself.
        input(desk, Input::Typed(String::new()));
    }
}

fn is_closed(desk: &Desk) -> bool {
    matches!(desk.screen(), Screen::Closing(ClosingView::Closed(_)))
}

#[test]
fn without_the_board_s_leave_nothing_is_written() {
    let mut desk = desk_of("gt-01");
    refer(&mut desk, HERE);
    minutes(&mut desk, 5);
    open_first(&mut desk);
    assert!(exception(&desk).papers.is_none());
    input(&mut desk, Input::Print(PaperKind::Incident));
    assert!(desk.sheets.is_empty() && desk.papers.is_empty());
    assert_eq!(desk.status().paper, PaperHealth::Off);
}

#[test]
fn the_list_is_written_every_minute_and_said_once() {
    let mut desk = desk();
    desk.later(500);
    assert_eq!(desk.sheets.len(), 1, "at once");
    for _ in 0..118 {
        desk.later(500);
    }
    assert_eq!(desk.sheets.len(), 1, "not before the minute is over");
    minutes(&mut desk, 4);
    assert_eq!(desk.sheets.len(), 5);
    assert_eq!(said(&desk), [format!("attendance-list {FOLDER}")]);
    assert_eq!(desk.status().paper, PaperHealth::Written);
}

#[test]
fn who_is_in_and_who_is_not_yet_stand_apart_with_their_state() {
    let mut desk = desk();
    let_in(&mut desk, HERE);
    refer(&mut desk, "099208002235");
    minutes(&mut desk, 1);
    let sheet = desk.sheets.last().unwrap();
    let inside: Vec<_> = sheet.inside.rows.iter().map(|row| (row.number.as_str(), row.room.as_str())).collect();
    assert_eq!(inside, [("01000001", "0012")]);
    assert!(matches!(sheet.inside.rows[0].state, SheetState::In { manual: false, .. }));
    let missing: Vec<_> = sheet.missing.rows.iter().map(|row| (row.number.as_str(), row.state.clone())).collect();
    assert_eq!(missing, [("01000003", SheetState::Waiting)], "who belongs elsewhere is on no list of this place");
    assert_eq!(sheet.head.log.entries, desk.state.as_ref().unwrap().head.entry().seq + 1);
}

#[test]
fn a_stick_that_refuses_is_said_once_each_time_it_begins() {
    let mut desk = desk();
    minutes(&mut desk, 2);
    desk.paper = Some(false);
    minutes(&mut desk, 3);
    assert_eq!(desk.status().paper, PaperHealth::Lost);
    desk.paper = Some(true);
    minutes(&mut desk, 2);
    desk.paper = Some(false);
    minutes(&mut desk, 2);
    assert_eq!(said(&desk), [format!("attendance-list {FOLDER}").as_str(), "lost", "written", "lost"]);
    // The desk itself goes on.
    let_in(&mut desk, HERE);
    assert_eq!(arrived(&desk), 1);
}

#[test]
fn a_stick_that_never_answers_is_a_loss_too() {
    let mut desk = desk();
    desk.paper = None;
    minutes(&mut desk, 4);
    assert_eq!((desk.sheets.len(), desk.status().paper), (1, PaperHealth::Lost));
    assert_eq!(said(&desk), ["lost"]);
    desk.paper = Some(true);
    desk.give(Event::Paper(PaperNews::ListWritten { sha256: Digest([3; 32]) }));
    minutes(&mut desk, 1);
    assert_eq!((desk.sheets.len(), desk.status().paper), (2, PaperHealth::Written));
}

#[test]
fn the_list_is_taken_away_before_the_last_entry() {
    let mut desk = desk();
    minutes(&mut desk, 1);
    input(&mut desk, Input::EndSession);
    desk.chose(Choice::EndSession);
    assert!(is_closed(&desk), "{:?}", desk.screen());
    assert_eq!(said(&desk).last().unwrap(), "wiped");
    assert!(matches!(desk.written.last(), Some(AttendanceEvent::Close { .. })));
    let before = desk.sheets.len();
    minutes(&mut desk, 2);
    assert_eq!(desk.sheets.len(), before, "no list of a session that has ended");
}

#[test]
fn a_list_that_cannot_be_taken_away_is_said_and_keeps_no_session_open() {
    for silent in [false, true] {
        let mut desk = desk();
        minutes(&mut desk, 1);
        desk.paper = (!silent).then_some(false);
        input(&mut desk, Input::EndSession);
        desk.chose(Choice::EndSession);
        assert_eq!(is_closed(&desk), !silent);
        for stray in [Input::Back, Input::Continue, Input::EndSession, Input::Lock] {
            input(&mut desk, stray);
        }
        desk.later(5_000);
        assert!(is_closed(&desk), "{:?}", desk.screen());
        assert_eq!(said(&desk).last().unwrap(), "not-wiped");
    }
}

#[test]
fn papers_about_who_waits_say_what_the_log_says() {
    let mut desk = desk();
    refer(&mut desk, HERE);
    open_first(&mut desk);
    assert_eq!(exception(&desk).papers, Some(PapersView::default()));
    input(&mut desk, Input::Print(PaperKind::Undertaking));
    assert_eq!(exception(&desk).papers.unwrap().printed, Some(true));
    rule(&mut desk, Ruling::Admit(Ground::Undertaking));
    assert!(exception(&desk).papers.is_none(), "not while somebody stands behind it");
    prove(&mut desk, "tdt-01", PIN);
    input(&mut desk, Input::Print(PaperKind::Incident));
    let [before, after] = &desk.papers[..] else { panic!("{:?}", desk.papers) };
    assert_eq!((before.kind, after.kind), (PaperKind::Undertaking, PaperKind::Incident));
    assert!(before.decided.is_none());
    assert_eq!(after.decided.as_ref().map(|decided| decided.ruling), Some(Ruling::Admit(Ground::Undertaking)));
    let ruling = after.decided.clone().unwrap();
    let name = || Some("Người tdt-01".to_owned());
    assert_eq!((ruling.second, ruling.chair), (name(), name()), "who gave the PIN stands on the note");
    assert_eq!((after.number.as_deref(), after.room.as_deref()), (Some("01000001"), Some("0012")));
    let about = |event: &AttendanceEvent| match event {
        AttendanceEvent::Printed { paper, cand, .. } if paper.as_str() != "attendance-list" => {
            Some((paper.as_str().to_owned(), cand.is_some()))
        }
        _ => None,
    };
    let printed: Vec<_> = desk.written.iter().filter_map(about).collect();
    assert_eq!(printed, [("undertaking".to_owned(), true), ("incident-note".to_owned(), true)]);
}

#[test]
fn a_paper_that_is_not_written_is_no_entry_and_can_be_asked_for_again() {
    let mut desk = desk();
    refer(&mut desk, HERE);
    open_first(&mut desk);
    desk.paper = Some(false);
    input(&mut desk, Input::Print(PaperKind::Incident));
    assert_eq!(exception(&desk).papers.unwrap().printed, Some(false));
    assert!(!said(&desk).iter().any(|one| one.starts_with("incident-note")));
    desk.paper = Some(true);
    input(&mut desk, Input::Print(PaperKind::Incident));
    assert_eq!(said(&desk).iter().filter(|one| one.starts_with("incident-note")).count(), 1);
}

#[test]
fn one_paper_at_a_time_and_none_about_nobody() {
    let mut desk = desk();
    input(&mut desk, Input::Print(PaperKind::Incident));
    let_in(&mut desk, OTHER_ROOM);
    input(&mut desk, Input::Print(PaperKind::Incident));
    refer(&mut desk, HERE);
    input(&mut desk, Input::OpenWaiting);
    input(&mut desk, Input::Print(PaperKind::Incident));
    assert!(desk.papers.is_empty());
    input(&mut desk, Input::Back);
    open_first(&mut desk);
    desk.paper = None;
    input(&mut desk, Input::Print(PaperKind::Incident));
    input(&mut desk, Input::Print(PaperKind::Incident));
    assert_eq!(desk.papers.len(), 1);
}
