//! Reader and PC/SC service going away and coming back under the real desk.

use crate::desk_support::{Bench, World, card, check_ins, device_events, failed_reads, good, is_idle, person};
use diemdanh::checkin::event::{Choice, Input, ReadPhase};
use diemdanh::checkin::failure::Failure;
use diemdanh::checkin::state::ReaderHealth;
use diemdanh::checkin::view::{Headline, Screen, View};
use diemdanh::lab::card::CardFault;

/// Waits until the status bar shows `health`.
fn wait_for(bench: &Bench, health: ReaderHealth) {
    bench.wait("the reader's health", |view| view.status.reader == health);
}

fn idle_failure(view: &View) -> Option<Failure> {
    match &view.screen {
        Screen::Idle(idle) => idle.reader_failure,
        _ => None,
    }
}

fn admit(bench: &Bench) {
    assert_eq!(bench.decided().headline, Headline::Admit);
    bench.decide(Choice::Admit);
}

#[test]
fn desk_without_a_reader_says_so_until_one_comes() {
    let world = World::alone();
    let bench = world.open();
    bench.field.unplug();
    bench.wait("the missing reader", |view| idle_failure(view) == Some(Failure::NoReader));
    bench.field.plug_in();
    wait_for(&bench, ReaderHealth::Ready);
    bench.tap(&person(0), card(&good(&person(0))));
    admit(&bench);
    bench.stop();
    assert_eq!(device_events(&world.events()), ["reader: ready", "reader: r01", "reader: ready"]);
    world.board_agrees();
}

#[test]
fn service_down_says_so_until_it_runs_again() {
    let world = World::alone();
    let bench = world.open();
    bench.field.stop_service();
    bench.wait("the stopped service", |view| idle_failure(view) == Some(Failure::ServiceDown));
    bench.field.start_service();
    wait_for(&bench, ReaderHealth::Ready);
    bench.tap(&person(0), card(&good(&person(0))));
    admit(&bench);
    bench.stop();
    assert_eq!(device_events(&world.events()), ["reader: ready", "reader: r02", "reader: ready"]);
    world.board_agrees();
}

/// Breaks the link in the middle of a reading by `break_it`; after `mend_it` the card put back is read to its end.
fn broken_in_the_middle(break_it: fn(&Bench), mend_it: fn(&Bench), failure: Failure) {
    let world = World::alone();
    let data = good(&person(0));
    let bench = world.open();
    bench.field.set_delay_ms(40);
    bench.tap(&person(0), card(&data));
    bench.wait("a reading", |view| matches!(&view.screen, Screen::Reading(reading) if reading.permille > 0));
    break_it(&bench);
    assert_eq!(bench.interruption(), failure);
    bench.field.set_delay_ms(0);
    mend_it(&bench);
    bench.field.insert(card(&data));
    admit(&bench);
    bench.stop();
    let events = world.events();
    assert_eq!((failed_reads(&events), check_ins(&events)), (vec![failure.code().to_ascii_lowercase()], 1));
    world.board_agrees();
}

#[test]
fn reader_unplugged_in_the_middle_and_plugged_in_again() {
    broken_in_the_middle(|bench| bench.field.unplug(), |bench| bench.field.plug_in(), Failure::NoReader);
}

#[test]
fn service_stopped_in_the_middle_and_started_again() {
    let mend = |bench: &Bench| bench.field.start_service();
    broken_in_the_middle(|bench| bench.field.stop_service(), mend, Failure::ServiceDown);
}

/// After the person is known: the desk keeps the person, says what happened, and goes on when the card is back.
#[test]
fn lifted_while_the_portrait_is_read() {
    let world = World::alone();
    let data = good(&person(0));
    let bench = world.open();
    bench.tap(&person(0), card(&data));
    bench.decided();
    let commands = bench.field.remove().unwrap().apdu_count();
    bench.desk.send(Input::Back);
    bench.wait("the idle screen", is_idle);
    bench.tap(&person(0), card(&data).with_fault(CardFault::LiftedAt(commands - 1)));
    assert_eq!(bench.interruption(), Failure::CardLifted);
    bench.field.insert(card(&data));
    admit(&bench);
    bench.stop();
    let events = world.events();
    assert_eq!((failed_reads(&events), check_ins(&events)), (vec!["cancelled".to_owned(), "c01".to_owned()], 1));
    let names_the_person = events.iter().any(|event| {
        let event = format!("{event:?}");
        event.contains("c01") && event.contains("cand: Some") && event.contains("doc: Some")
    });
    assert!(names_the_person, "a reading that reached a person's data names the person");
    world.board_agrees();
}

#[test]
fn c13_card_held_by_another_program_is_said_and_read_as_soon_as_it_is_let_go() {
    let world = World::alone();
    let bench = world.open();
    bench.field.hold();
    bench.tap(&person(0), card(&good(&person(0))));
    assert_eq!(bench.interruption(), Failure::CardHeld);
    // The desk tries again with every look at the reader; the words stay and the log is told once.
    for _ in 0..3 {
        bench.wait("another try", |view| {
            matches!(&view.screen, Screen::Reading(reading)
            if reading.interrupted == Some(Failure::CardHeld))
        });
    }
    bench.field.let_go();
    admit(&bench);
    bench.stop();
    assert_eq!(failed_reads(&world.events()), ["c08"]);
    assert_eq!(check_ins(&world.events()), 1);
    world.board_agrees();
}

#[test]
fn c12_bar_moves_while_the_chip_is_being_opened() {
    let world = World::alone();
    let bench = world.open();
    bench.tap(&person(0), card(&good(&person(0))).with_fault(CardFault::MuteFrom(6)));
    assert_eq!(bench.interruption(), Failure::CardMute);
    let view = bench.wait("how far it came", |view| matches!(&view.screen, Screen::Reading(_)));
    let Screen::Reading(reading) = &view.screen else { panic!("another screen") };
    assert_eq!((reading.phase, reading.permille), (ReadPhase::Opening, 120), "six answers");
    bench.stop();
}
