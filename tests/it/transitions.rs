//! The machine's table as the manual prints it: on every screen everything that can happen, and what comes of it. Made by
//! doing it, so that the table cannot say otherwise than the machine.

use crate::checkin_support::{Desk, HERE, NOBODY, OTHER_ROOM, PIN, chip, good, qr};
use crate::record_support::at;
use crate::staffed::*;
use diemdanh::bits::secret::Secret;
use diemdanh::checkin::context::SessionTimes;
use diemdanh::checkin::event::{CardNews, Choice, Event, Input, NotAdmittedReason, ReadPhase};
use diemdanh::checkin::failure::Failure;
use diemdanh::checkin::paper::PaperKind;
use diemdanh::checkin::readiness::{Check, Finding};
use diemdanh::checkin::view::*;
use diemdanh::emrtd::report::Overall;
use diemdanh::iso7816::transport::ReaderEvent;
use diemdanh::registry::{Answer, CardInvalidReason};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The screen, as the table calls it.
fn name(desk: &Desk) -> String {
    match desk.screen() {
        Screen::Preparing(_) => "preparing".to_owned(),
        Screen::Idle(idle) if !idle.found.is_empty() => "idle, somebody found".to_owned(),
        Screen::Idle(idle) if idle.notice.is_some() => "idle, with a notice".to_owned(),
        Screen::Idle(_) => "idle".to_owned(),
        Screen::Reading(reading) if reading.interrupted.is_some() => "reading, interrupted".to_owned(),
        Screen::Reading(_) => "reading".to_owned(),
        Screen::Verdict(case) | Screen::AlreadyIn(case) | Screen::Elsewhere(case) => case_name(&case),
        Screen::Exception(exception) => exception_name(&exception),
        Screen::Examining(view) => if view.checks.is_some() { "findings" } else { "examining" }.to_owned(),
        Screen::Locked(view) => if view.sign_in.chosen.is_some() { "locked, PIN" } else { "locked, who" }.to_owned(),
        Screen::Closing(closing) => closing_name(&closing).to_owned(),
        Screen::Halted(_) => "halted".to_owned(),
    }
}

fn case_name(case: &CaseView) -> String {
    let verdict = match case.headline {
        Headline::Working => "checking",
        Headline::Admit => "proven",
        Headline::AdmitWithoutRegistry => "proven, registry silent",
        Headline::Ask | Headline::KeepingOut { .. } => "ask",
        Headline::Stop => "stop",
        Headline::AlreadyIn => "already in",
        Headline::Elsewhere => "elsewhere",
        Headline::RecordedAdmit => return "recorded: in".to_owned(),
        Headline::Recorded(choice) => return format!("recorded: {choice:?}"),
    };
    match case.stage {
        StageView::ChoosingReason => format!("{verdict}: reasons"),
        StageView::Recording => format!("{verdict}: being written"),
        StageView::Deciding(_) | StageView::Recorded(_) => verdict.to_owned(),
    }
}

fn exception_name(exception: &ExceptionView) -> String {
    let matter = match exception.title {
        MatterTitle::Waiting => "who waits",
        MatterTitle::WithoutCard => "without a card",
        MatterTitle::Undo => "undo",
        MatterTitle::Signal => "signal",
        MatterTitle::Case => "second person",
        MatterTitle::Closing => "end overruled",
    };
    let stage = match &exception.stage {
        ExceptionStage::List(_) => "list",
        ExceptionStage::Rooms(_) => "rooms",
        ExceptionStage::Time(..) => "time",
        ExceptionStage::Choosing(_) => "rulings",
        ExceptionStage::Person(_, people) if people.chosen.is_some() => "PIN",
        ExceptionStage::Person(..) => "who else",
        ExceptionStage::Checking => "PIN being checked",
        ExceptionStage::Recording => "being written",
        ExceptionStage::Recorded(..) => "recorded",
    };
    format!("{matter}: {stage}")
}

fn closing_name(closing: &ClosingView) -> &'static str {
    match closing {
        ClosingView::Asking(_) => "summary",
        ClosingView::Counting(_) => "scripts of a room",
        ClosingView::Typing(typing) if typing.ends => "how many are in: agrees",
        ClosingView::Typing(_) => "how many are in",
        ClosingView::Writing => "closing",
        ClosingView::Closed(_) => "closed",
    }
}

/// A screen by its name, who is on duty there, and how a desk comes to it.
type Moment = (&'static str, &'static str, fn(&mut Desk));

const MOMENTS: &[Moment] = &[
    ("idle", "gt-01", |_| {}),
    ("idle, somebody found", "gt-01", |desk| input(desk, Input::Typed("nguyen".to_owned()))),
    ("reading", "gt-01", |desk| {
        desk.scan(HERE).card();
    }),
    ("reading, interrupted", "gt-01", |desk| {
        desk.scan(HERE).card().finished(chip(Overall::Retry, Some(Failure::CardLifted)));
    }),
    ("checking", "gt-01", |desk| {
        desk.context.policy.registry_asked = true;
        desk.scan(HERE).card().identity(HERE, good());
    }),
    ("proven", "gt-01", |desk| {
        desk.good_person(HERE);
    }),
    ("ask: reasons", "gt-01", |desk| {
        desk.good_person(HERE).chose(Choice::NotAdmitted);
    }),
    ("recorded: in", "gt-01", |desk| {
        desk.good_person(HERE).chose(Choice::Admit);
    }),
    ("proven, registry silent", "gt-01", |desk| {
        desk.context.policy.registry_asked = true;
        desk.scan(HERE).card().identity(HERE, good()).finished(good()).later(2_500);
    }),
    ("ask", "gt-01", |desk| {
        let warned = || chip(Overall::Warn, Some(Failure::ChipNotAsked));
        desk.scan(HERE).card().identity(HERE, warned()).finished(warned()).answers_well();
    }),
    ("stop", "gt-01", |desk| {
        let cloned = || chip(Overall::Fail, Some(Failure::ChipNotProven));
        desk.scan(HERE).card().identity(HERE, cloned()).finished(cloned()).answers_well();
    }),
    ("already in", "gt-01", |desk| {
        desk.good_person(HERE).chose(Choice::Admit).go_on().lift();
        desk.good_person(HERE);
    }),
    ("elsewhere", "gt-01", |desk| {
        desk.good_person(OTHER_ROOM);
    }),
    ("who waits: list", "gt-01", |desk| {
        refer(desk, HERE);
        input(desk, Input::OpenWaiting);
    }),
    ("who waits: rulings", "gt-01", |desk| {
        refer(desk, HERE);
        open_first(desk);
    }),
    ("who waits: who else", "gt-01", |desk| {
        refer(desk, HERE);
        open_first(desk);
        rule(desk, Ruling::Admit(Ground::CouncilOrder));
    }),
    ("who waits: PIN", "gt-01", |desk| {
        refer(desk, HERE);
        open_first(desk);
        rule(desk, Ruling::Admit(Ground::CouncilOrder));
        input(desk, Input::ChoseOperator(0));
    }),
    ("who waits: recorded", "gt-01", |desk| {
        refer(desk, HERE);
        open_first(desk);
        rule(desk, Ruling::Admit(Ground::CouncilOrder));
        prove(desk, "tdt-01", PIN);
    }),
    ("without a card: rulings", "gt-01", |desk| {
        let id = desk.context.roster.ids()[0];
        desk.later(400);
        let meaning = desk.meaning();
        input(desk, Input::WithoutCard(id, meaning));
    }),
    ("undo: rulings", "gt-01", |desk| {
        let_in(desk, HERE);
        input(desk, Input::UndoLast);
    }),
    ("signal: rulings", "gt-01", |desk| input(desk, Input::OpenSignals)),
    ("second person: who else", "gt-01", |desk| {
        desk.good_person(HERE).chose(Choice::DoubtPortrait);
    }),
    ("examining", "kt-01", |desk| input(desk, Input::Examine)),
    ("findings", "kt-01", |desk| {
        input(desk, Input::Examine);
        desk.give(Event::Examined(vec![Check::of(Finding::DiskEnough)]));
    }),
    ("locked, PIN", "gt-01", |desk| input(desk, Input::Lock)),
    ("locked, who", "gt-01", |desk| {
        input(desk, Input::Lock);
        input(desk, Input::Back);
    }),
    ("summary", "gt-01", |desk| input(desk, Input::EndSession)),
    ("scripts of a room", "gt-01", |desk| {
        input(desk, Input::EndSession);
        input(desk, Input::PickedRoom(0));
    }),
    ("how many are in", "gt-01", |desk| {
        input(desk, Input::EndSession);
        input(desk, Input::TypeArrived);
    }),
    ("how many are in: agrees", "gt-01", |desk| {
        input(desk, Input::EndSession);
        input(desk, Input::TypeArrived);
        input(desk, Input::EnteredCount("0".to_owned()));
    }),
    ("closed", "gt-01", |desk| {
        input(desk, Input::EndSession);
        desk.chose(Choice::EndSession);
    }),
    ("halted", "gt-01", |desk| {
        desk.give(Event::RecordFailed { failure: Failure::DiskFull });
    }),
];

type Stimulus = (&'static str, fn(&mut Desk));

/// What can happen on any screen. A button that the screen does not offer is pressed all the same.
const STIMULI: &[Stimulus] = &[
    ("a QR is scanned", |desk| input(desk, Input::Scanned(qr(HERE)))),
    ("a QR is entered", |desk| input(desk, Input::Entered(qr(HERE)))),
    ("a name is typed", |desk| input(desk, Input::Typed("nguyen".to_owned()))),
    ("a card is laid", |desk| {
        desk.card();
    }),
    ("the card is lifted", |desk| {
        desk.lift();
    }),
    ("the reader is pulled", |desk| {
        desk.give(Event::Reader(ReaderEvent::NoReader));
    }),
    ("the reading goes on", |desk| {
        let news = CardNews::Progress { phase: ReadPhase::Identity, permille: 300 };
        desk.give(Event::Card { contact: desk.contact, news });
    }),
    ("an identity is read", |desk| {
        desk.identity(HERE, good());
    }),
    ("an identity that no list has is read", |desk| {
        desk.identity(NOBODY, good());
    }),
    ("the reading ends", |desk| {
        desk.finished(good());
    }),
    ("the reading ends with a proven forgery", |desk| {
        desk.finished(chip(Overall::Fail, Some(Failure::ChipNotProven)));
    }),
    ("the registry agrees", |desk| {
        desk.answers_well();
    }),
    ("the registry says revoked", |desk| {
        desk.answers(Answer::CardInvalid { reason: CardInvalidReason::Revoked });
    }),
    ("the portrait is painted", |desk| {
        let contact = desk.contact;
        input(desk, Input::Painted(contact));
    }),
    ("half a second passes", |desk| {
        desk.later(500);
    }),
    ("ten minutes pass", |desk| {
        desk.later(600_000);
    }),
    ("an entry cannot be written", |desk| {
        desk.give(Event::RecordFailed { failure: Failure::DiskFull });
    }),
    ("Cho vào", |desk| {
        desk.chose(Choice::Admit);
    }),
    ("Cho vào, and no portrait was painted", |desk| {
        let meaning = desk.meaning();
        desk.later(500);
        input(desk, Input::Chose(Choice::Admit, meaning));
    }),
    ("Mời Trưởng Điểm thi", |desk| {
        desk.chose(Choice::Refer);
    }),
    ("Nghi ngờ ảnh — vẫn cho vào", |desk| {
        desk.chose(Choice::DoubtPortrait);
    }),
    ("Không cho vào", |desk| {
        desk.chose(Choice::NotAdmitted);
    }),
    ("Vào lại", |desk| {
        desk.chose(Choice::ReEntry);
    }),
    ("Báo nghi trùng", |desk| {
        desk.chose(Choice::ReportDuplicate);
    }),
    ("Đã hướng dẫn đến đúng nơi", |desk| {
        desk.chose(Choice::Directed);
    }),
    ("Kết thúc buổi", |desk| {
        desk.chose(Choice::EndSession);
    }),
    ("Hai người cho kết thúc", |desk| {
        desk.chose(Choice::EndUnsent);
    }),
    ("a press on an older screen", |desk| {
        let meaning = diemdanh::checkin::event::Meaning(desk.meaning().0.wrapping_add(7));
        desk.later(400);
        input(desk, Input::Chose(Choice::Admit, meaning));
    }),
    ("a reason", |desk| {
        desk.reason(NotAdmittedReason::Conduct);
    }),
    ("ruled: let in", |desk| rule(desk, Ruling::Admit(Ground::CouncilOrder))),
    ("ruled: not let in", |desk| rule(desk, Ruling::NotAdmit(NotAdmittedReason::Conduct))),
    ("ruled: guest", |desk| rule(desk, Ruling::Guest(GuestReason::CouncilOrder))),
    ("ruled: wait", |desk| rule(desk, Ruling::Refer(WithoutCard::Forgotten))),
    ("ruled: undone", |desk| rule(desk, Ruling::Undo(UndoReason::WrongPerson))),
    ("ruled: signal now", |desk| rule(desk, Ruling::Start(When::Now))),
    ("ruled: signal then", |desk| rule(desk, Ruling::Start(When::Asked))),
    ("a room is picked", |desk| input(desk, Input::PickedRoom(0))),
    ("a time is entered", |desk| input(desk, Input::EnteredTime("07:30".to_owned()))),
    ("a number of scripts is entered", |desk| input(desk, Input::EnteredCount("24".to_owned()))),
    ("nobody is in, it is typed", |desk| input(desk, Input::EnteredCount("0".to_owned()))),
    ("the number of those who are in is to be typed", |desk| input(desk, Input::TypeArrived)),
    ("who else is picked", |desk| input(desk, Input::ChoseOperator(0))),
    ("the right PIN", |desk| input(desk, Input::EnteredPin(Secret::new(PIN.to_owned())))),
    ("a wrong PIN", |desk| input(desk, Input::EnteredPin(Secret::new("000000".to_owned())))),
    ("Tiếp (Enter)", |desk| input(desk, Input::Continue)),
    ("Quay lại (Esc)", |desk| input(desk, Input::Back)),
    ("who waits is opened", |desk| input(desk, Input::OpenWaiting)),
    ("the signals are opened", |desk| input(desk, Input::OpenSignals)),
    ("the last arrival is to be undone", |desk| input(desk, Input::UndoLast)),
    ("the desk is examined", |desk| input(desk, Input::Examine)),
    ("a paper is printed", |desk| input(desk, Input::Print(PaperKind::Incident))),
    ("the log is exported", |desk| input(desk, Input::ExportLog)),
    ("the desk is locked", |desk| input(desk, Input::Lock)),
    ("the end is asked for", |desk| input(desk, Input::EndSession)),
];

/// A desk of a package at seven, half an hour before the signal.
fn at_moment((_, on_duty, arrive): Moment) -> Desk {
    let mut desk = desk_of(on_duty);
    desk.now = at(SEVEN_S);
    desk.context.policy.session = Some(SessionTimes::around(at(SEVEN_S + 30 * 60).wall));
    // Somebody is there: the desk does not lock itself.
    input(&mut desk, Input::Typed(String::new()));
    desk.lift();
    arrive(&mut desk);
    desk
}

/// The words of entries in the log.
fn entries(desk: &Desk, from: usize) -> Vec<String> {
    let word = |event| serde_json::to_value(event).unwrap()["ev"].as_str().unwrap().to_owned();
    desk.written[from..].iter().map(word).collect()
}

/// What becomes of each screen by each thing that can happen: the next screen and what was written, where anything did.
fn table() -> BTreeMap<(usize, usize), (String, Vec<String>)> {
    let mut table = BTreeMap::new();
    for (row, moment) in MOMENTS.iter().enumerate() {
        for (column, (_, happen)) in STIMULI.iter().enumerate() {
            let mut desk = at_moment(*moment);
            assert_eq!(name(&desk), moment.0);
            let before = desk.written.len();
            happen(&mut desk);
            let (next, written) = (name(&desk), entries(&desk, before));
            if next != moment.0 || !written.is_empty() {
                table.insert((row, column), (next, written));
            }
        }
    }
    table
}

fn page() -> String {
    let table = table();
    let mut page = HEAD.to_owned();
    for (row, (screen, on_duty, _)) in MOMENTS.iter().enumerate() {
        let _ = write!(
            page,
            "\n## {screen}\n\n{} is on duty.\n\n| What happens | Next | Written |\n|---|---|---|\n",
            who(on_duty)
        );
        for (column, (what, _)) in STIMULI.iter().enumerate() {
            if let Some((next, written)) = table.get(&(row, column)) {
                let next = if next == screen { "–" } else { next };
                let written = written.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
                let _ = writeln!(page, "| {what} | {next} | {written} |");
            }
        }
    }
    page
}

fn who(on_duty: &str) -> &str {
    if on_duty == "kt-01" { "A technician" } else { "An invigilator" }
}

#[test]
fn every_screen_is_come_to() {
    let other = MOMENTS.iter().filter(|moment| name(&at_moment(**moment)) != moment.0);
    let other: Vec<_> = other.map(|moment| (moment.0, name(&at_moment(*moment)))).collect();
    assert!(other.is_empty(), "{other:?}");
}

#[test]
fn the_manual_prints_the_machine_s_own_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/manual/transitions.md");
    let page = page();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path, &page).unwrap();
    }
    let printed = std::fs::read_to_string(path).unwrap();
    assert!(page == printed, "the table is old: UPDATE_GOLDEN=1 prints it anew");
}

/// From everywhere but a halted desk somebody comes on by something that a person does.
#[test]
fn no_screen_is_without_a_way_on() {
    let table = table();
    let ways = |row: usize| -> BTreeSet<&str> {
        let leaves = |((from, column), (next, _)): (&(usize, usize), &(String, Vec<String>))| {
            (*from == row && next != MOMENTS[row].0 && next != "halted").then_some(STIMULI[*column].0)
        };
        table.iter().filter_map(leaves).collect()
    };
    for (row, (screen, ..)) in MOMENTS.iter().enumerate() {
        let is_end = matches!(*screen, "halted" | "closed");
        assert_eq!(ways(row).is_empty(), is_end, "{screen}: {:?}", ways(row));
    }
}

/// A press that was made on another screen than the one that is shown changes nothing, anywhere.
#[test]
fn a_press_on_an_older_screen_does_nothing() {
    let column = STIMULI.iter().position(|(what, _)| *what == "a press on an older screen").unwrap();
    let quiet = STIMULI.iter().position(|(what, _)| *what == "half a second passes").unwrap();
    let table = table();
    for (row, (moment, ..)) in MOMENTS.iter().enumerate() {
        assert_eq!(table.get(&(row, column)), table.get(&(row, quiet)), "{moment}");
    }
}

/// Seven o'clock at the desk.
const SEVEN_S: i64 = 12_800;
const HEAD: &str = "\
# The machine's table

What the desk does on every screen with everything that can happen there. The tests make this table by doing each of it to a
desk of a package and looking at what comes; what is not in the table of a screen leaves that screen as it is and writes
nothing. A button is pressed here on every screen, whether it is offered or not, and after the 400 ms in which nothing
decides; who is let in was looked at for a second, where it is not said that no portrait was painted. Where the next screen
is “–”, the screen stays and something was written.

The names of the screens are those of this table alone; what stands on them is in the chapter for invigilators.
";
