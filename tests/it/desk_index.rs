//! The desk's index: fed as the log grows, equal to one that is built from the journal, and worth nothing more.

use crate::desk_support::{World, card, good, is_idle, person};
use diemdanh::checkin::event::Choice;
use diemdanh::desk::keys::device_key;
use diemdanh::desk::plan::DeskPlan;
use diemdanh::desk::start::read_config;
use diemdanh::desk::status::{Source, Status, status};
use diemdanh::host::index::{Content, Index};
use diemdanh::lab::registry_stub::{StubFault, StubSettings};
use rusqlite::Connection;
use std::fs;
use std::path::PathBuf;

fn index_of(world: &World) -> PathBuf {
    world.path("journal/index.sqlite")
}

fn live(world: &World) -> Content {
    Index::open(&index_of(world)).unwrap().content().unwrap()
}

fn from_the_journal(world: &World) -> Content {
    let (config, base) = read_config(&world.config()).unwrap();
    let device = device_key(&config, &base).unwrap();
    Index::in_memory(&world.path("journal"), device.verifier()).unwrap().content().unwrap()
}

fn counted(world: &World) -> Status {
    let (config, base) = read_config(&world.config()).unwrap();
    status(&DeskPlan::of_files(&config, &base).unwrap()).unwrap()
}

/// A session of two people: one is let in, one is sent to the head of site.
fn session(world: &World, first: usize) {
    let bench = world.open();
    bench.tap(&person(first), card(&good(&person(first))));
    bench.decided();
    bench.decide(Choice::Admit);
    bench.next();
    bench.tap(&person(first + 1), card(&good(&person(first + 1))));
    bench.decided();
    bench.decide(Choice::Refer);
    bench.stop();
}

fn unanswered() -> World {
    World::asking(StubSettings { fault: StubFault::OutOfOrder, ..StubSettings::default() })
}

#[test]
fn index_fed_by_a_session_equals_the_one_built_from_its_journal() {
    let world = unanswered();
    session(&world, 0);
    let one = live(&world);
    assert_eq!(one, from_the_journal(&world));
    assert_eq!((one.counts.arrived, one.counts.unanswered, one.heads.len()), (1, 2, 1));
    session(&world, 2);
    let two = live(&world);
    assert_eq!(two, from_the_journal(&world));
    assert_eq!((two.counts.arrived, two.counts.unanswered, two.heads.len()), (2, 4, 2));
    let counted = counted(&world);
    assert_eq!((counted.source, counted.counts), (Source::Index, two.counts));
    world.board_agrees();
}

#[test]
fn questions_of_an_earlier_start_stand_in_the_status_bar() {
    let world = unanswered();
    session(&world, 0);
    let bench = world.open();
    bench.wait("the backlog", |view| view.status.pending == 2);
    bench.stop();
}

type Spoilt = (&'static str, fn(&World));

/// Whatever lies where the index should be, the desk starts, and leaves an index that agrees with the journal.
#[test]
fn deleted_damaged_foreign_or_older_index_is_built_again() {
    let spoil: [Spoilt; 6] = [
        ("deleted", |world| fs::remove_file(index_of(world)).unwrap()),
        ("damaged", |world| {
            let mut bytes = fs::read(index_of(world)).unwrap();
            bytes[5_000..].fill(0xA5);
            fs::write(index_of(world), bytes).unwrap();
        }),
        ("no database", |world| fs::write(index_of(world), "x".repeat(9_000)).unwrap()),
        ("of another program", |world| {
            fs::remove_file(index_of(world)).unwrap();
            Connection::open(index_of(world)).unwrap().execute_batch("CREATE TABLE other (x)").unwrap();
        }),
        ("of another journal", |world| {
            let other = World::alone();
            session(&other, 0);
            fs::copy(index_of(&other), index_of(world)).unwrap();
        }),
        ("older than the journal", |world| {
            let index = Connection::open(index_of(world)).unwrap();
            index.execute("UPDATE seen SET seq = seq - 1", []).unwrap();
        }),
    ];
    let world = World::alone();
    session(&world, 0);
    for (name, spoil) in spoil {
        spoil(&world);
        let told = counted(&world);
        assert_eq!((told.source, told.counts.arrived), (Source::Rebuilt, 1), "{name}: told");
        assert_eq!(counted(&world).source, Source::Index, "{name}: told again");
        spoil(&world);
        let bench = world.open();
        bench.wait("the idle screen", is_idle);
        bench.stop();
        assert_eq!(live(&world), from_the_journal(&world), "{name}");
    }
}

/// Somebody else's program sits on the index, or there can be none at all: the desk does not wait for it.
#[test]
fn locked_or_impossible_index_stops_nobody() {
    let world = World::alone();
    session(&world, 0);
    let holder = Connection::open(index_of(&world)).unwrap();
    holder.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; DELETE FROM seen;").unwrap();
    session(&world, 2);
    drop(holder);
    assert_eq!(live(&world), from_the_journal(&world), "another file took its place");
    for tail in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(world.path(&format!("journal/index.sqlite{tail}")));
    }
    fs::create_dir(index_of(&world)).unwrap();
    session(&world, 4);
    world.board_agrees();
    fs::remove_dir(index_of(&world)).unwrap();
    assert_eq!(counted(&world).source, Source::Rebuilt);
}

/// The index of a desk that runs is left to it.
#[test]
fn status_beside_a_running_desk_counts_from_the_journal() {
    let world = World::alone();
    let bench = world.open();
    bench.tap(&person(0), card(&good(&person(0))));
    bench.decided();
    bench.decide(Choice::Admit);
    let told = counted(&world);
    assert_eq!(told.counts.arrived, 1);
    assert_ne!(told.source, Source::Rebuilt);
    bench.stop();
    assert_eq!(live(&world), from_the_journal(&world));
}
