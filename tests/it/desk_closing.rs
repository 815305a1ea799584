//! The end of a session at a running desk: the stick, what is open, two people, and what the board reads of it.

use crate::desk_package_support::{Opened, PIN, Site};
use crate::desk_support::{card, case_of, good, is_idle, person, ready};
use crate::skips::skip;
use diemdanh::bits::secret::Secret;
use diemdanh::checkin::event::{Choice, Input};
use diemdanh::checkin::view::{AskingView, Carried, ClosingView, ExceptionStage, Screen, StageView, View};
use diemdanh::host::disk::is_other_medium;
use diemdanh::host::folder::read_folder;
use diemdanh::office::finding::{FindingKind, Verdict};
use diemdanh::office::verify;
use diemdanh::record::{AttendanceEvent, BoardKeys};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Another medium than the journal's; `None` where this machine has none to lend.
fn stick(site: &Site) -> Option<TempDir> {
    let stick = tempfile::tempdir_in("/dev/shm").ok()?;
    is_other_medium(stick.path(), &site.world.path("stick")).is_ok_and(|other| other).then_some(stick)
}

fn begun(export: &Path) -> (Site, Opened) {
    let site = Site::new();
    site.put("goi.diemdanh", &site.pack(&site.contents(), |_| {}));
    site.world.change_config("journal = \"journal\"", &format!("journal = \"journal\"\nexport = {export:?}"));
    let desk = site.open();
    desk.begin();
    (site, desk)
}

fn asking(view: &View) -> Option<&AskingView> {
    if let Screen::Closing(ClosingView::Asking(asking)) = &view.screen { Some(asking) } else { None }
}

fn refers(desk: &Opened) {
    let first = person(0);
    desk.send(Input::Entered(first.qr()));
    desk.field.insert(card(&good(&first)));
    desk.wait("a case that is read", |view| ready(&view.screen).is_some());
    desk.choose(Choice::Refer);
    desk.wait("a receipt", |view| {
        case_of(&view.screen).is_some_and(|case| matches!(case.stage, StageView::Recorded(_)))
    });
    desk.field.remove();
    desk.send(Input::Continue);
    desk.wait("the idle desk", is_idle);
}

fn prove(desk: &Opened) {
    let stage = |view: &View| match &view.screen {
        Screen::Exception(view) => match &view.stage {
            ExceptionStage::Person(_, people) => Some(people.chosen.is_some()),
            _ => None,
        },
        _ => None,
    };
    desk.wait("who else", |view| stage(view) == Some(false));
    desk.send(Input::ChoseOperator(0));
    desk.wait("her PIN", |view| stage(view) == Some(true));
    desk.send(Input::EnteredPin(Secret::new(PIN.to_owned())));
}

fn exports(stick: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = fs::read_dir(stick).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    all
}

#[test]
fn a_session_with_somebody_waiting_ends_by_two_people_and_goes_out_on_the_stick() {
    let probe = Site::new();
    let Some(stick) = stick(&probe) else { return skip("no other medium than the disk of the tests") };
    let (site, desk) = begun(stick.path());
    refers(&desk);
    desk.send(Input::EndSession);
    desk.wait("the summary", |view| asking(view).is_some_and(|one| one.unsent.waiting == 1 && one.unsent.log));
    desk.send(Input::PickedRoom(0));
    desk.wait("the line", |view| matches!(view.screen, Screen::Closing(ClosingView::Counting(_))));
    desk.send(Input::EnteredCount("8".to_owned()));
    desk.wait("the number", |view| asking(view).is_some_and(|one| one.rooms[0].scripts == Some(8)));
    desk.send(Input::ExportLog);
    desk.wait("the stick", |view| asking(view).is_some_and(|one| one.carried == Some(Carried::Whole)));
    desk.choose(Choice::EndUnsent);
    prove(&desk);
    let closed = |view: &View| match &view.screen {
        Screen::Closing(ClosingView::Closed(closed)) => closed.carried,
        _ => None,
    };
    desk.wait("the closed log on the stick", |view| closed(view) == Some(Carried::Whole));
    desk.kiosk.stop();
    let events = site.world.events_in("journal/b1");
    let tail: Vec<&AttendanceEvent> = events.iter().rev().take(4).rev().collect();
    assert!(
        matches!(
            tail[..],
            [
                AttendanceEvent::ScriptsCounted { scripts: 8, .. },
                AttendanceEvent::Export { .. },
                AttendanceEvent::CloseOverruled { waiting: 1, news: 0, uncounted: 0, log: false, .. },
                AttendanceEvent::Close { .. },
            ]
        ),
        "{tail:?}"
    );
    let all = exports(stick.path());
    assert_eq!(all.len(), 2, "before the end, and the whole: {all:?}");
    let board = BoardKeys::one(site.world.board().verifier().clone());
    for export in &all {
        let found = verify::verify(&read_folder(export).unwrap(), &board);
        assert!(matches!(found.verdict(), Verdict::Clean | Verdict::Remarks), "{:?}", found.findings);
    }
    let whole = all.iter().map(|export| verify::verify(&read_folder(export).unwrap(), &board));
    let kinds: Vec<_> = whole.flat_map(|found| found.findings).map(|finding| finding.what).collect();
    assert!(kinds.contains(&FindingKind::CloseOverruled), "{kinds:?}");
}

#[test]
fn a_stick_that_is_not_there_is_said_and_stops_nobody() {
    let (site, desk) = begun(Path::new("/nonexistent/stick"));
    desk.send(Input::EndSession);
    desk.wait("the summary", |view| asking(view).is_some());
    desk.send(Input::ExportLog);
    desk.wait("that it failed", |view| asking(view).is_some_and(|one| one.carried == Some(Carried::Failed)));
    desk.choose(Choice::EndUnsent);
    prove(&desk);
    desk.wait("the closed log", |view| matches!(view.screen, Screen::Closing(ClosingView::Closed(_))));
    desk.kiosk.stop();
    let events = site.world.events_in("journal/b1");
    assert!(events.iter().any(|event| matches!(event, AttendanceEvent::CloseOverruled { log: true, .. })));
}

#[test]
fn a_folder_on_the_journal_s_own_disk_is_no_stick() {
    let site = Site::new();
    let (site, desk) = begun(&site.world.path("stick"));
    desk.send(Input::EndSession);
    desk.wait("the summary", |view| asking(view).is_some());
    desk.send(Input::ExportLog);
    desk.wait("that it failed", |view| asking(view).is_some_and(|one| one.carried == Some(Carried::Failed)));
    desk.kiosk.stop();
    assert!(!site.world.events_in("journal/b1").iter().any(|event| matches!(event, AttendanceEvent::Export { .. })));
}
