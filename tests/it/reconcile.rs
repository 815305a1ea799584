//! `diemdanh reconcile`: what is open is asked again, of this session and of those before, and bad news is loud.

use crate::desk_support::{Bench, World, card, good, person};
use crate::programs::program;
use diemdanh::checkin::event::{Choice, Input};
use diemdanh::checkin::failure::Failure;
use diemdanh::checkin::state::{ReaderHealth, RegistryHealth};
use diemdanh::lab::registry_stub::{RegistryStub, StubFault, StubSettings};
use diemdanh::office::finding::FindingKind;
use diemdanh::record::{AttendanceEvent, RegistryState};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

fn silent() -> World {
    let settings = StubSettings { fault: StubFault::OutOfOrder, ..StubSettings::default() };
    World::asking(settings).with_registry_keys("ask_again_ms = 600000")
}

fn stub(world: &World) -> &RegistryStub {
    world.registry.as_ref().unwrap()
}

/// So many people are let in while the registry is silent, and the desk ends.
fn left_open(world: &World, people: usize) {
    let bench = world.open();
    for index in 0..people {
        bench.tap(&person(index), card(&good(&person(index))));
        bench.decided();
        bench.decide(Choice::Admit);
        bench.next();
    }
    bench.wait("the silence", |view| {
        view.status.registry == Some(RegistryHealth::Silent) && view.status.pending == people
    });
    bench.stop();
}

fn reconcile(world: &World, more: &[&str]) -> (i32, String) {
    let mut command = Command::new(program("diemdanh"));
    command.args(["reconcile", "--config"]).arg(world.config()).args(more);
    let Output { status, stdout, stderr } = command.output().unwrap();
    (status.code().unwrap(), String::from_utf8([stdout, stderr].concat()).unwrap())
}

#[track_caller]
fn ends(world: &World, more: &[&str], code: i32, words: &[&str]) {
    let (found, said) = reconcile(world, more);
    assert!(found == code && words.iter().all(|word| said.contains(word)), "{found}, wanted {code} {words:?}: {said}");
}

fn kept(world: &World, journal: &str) -> usize {
    let entries = fs::read_dir(world.path(journal).join("pending")).unwrap();
    let is_question = |path: &PathBuf| path.extension().is_some_and(|end| end == "question");
    entries.map(|entry| entry.unwrap().path()).filter(is_question).count()
}

fn matches_in(events: &[AttendanceEvent]) -> usize {
    let is_match =
        |event: &&AttendanceEvent| matches!(event, AttendanceEvent::RegistryAnswer { state: RegistryState::Match, .. });
    events.iter().filter(is_match).count()
}

#[test]
fn open_questions_are_asked_under_a_new_segments_key() {
    let world = silent();
    left_open(&world, 2);
    ends(&world, &[], 1, &["session b1: 2 asked again, 0 answered, 2 open"]);
    assert_eq!(kept(&world, "journal"), 2);
    stub(&world).order(StubFault::None);
    ends(&world, &[], 0, &["session b1: 2 asked again, 2 answered, 0 open"]);
    let question = stub(&world).last_question().unwrap();
    assert!(question.contains("board.example/exam-1/desk-1/b1/003"), "{question}");
    assert_eq!((kept(&world, "journal"), matches_in(&world.events())), (0, 2));
    let calls = stub(&world).calls();
    ends(&world, &[], 0, &["0 asked again, 0 answered, 0 open"]);
    assert_eq!(stub(&world).calls(), calls);
    world.board_agrees();
}

/// The registry's word under the new segment's head is an anchor, as it is for a desk that runs.
#[test]
fn answers_are_anchors_too() {
    let world = silent().with_registry_keys("cosigner = \"registry-cosigner.vkey\"");
    left_open(&world, 1);
    stub(&world).order(StubFault::None);
    ends(&world, &[], 0, &["1 answered"]);
    let anchors = world.events().iter().filter(|event| matches!(event, AttendanceEvent::Anchor { .. })).count();
    assert_eq!(anchors, 1);
    world.board_agrees();
}

#[test]
fn registry_that_stays_silent_is_not_asked_about_everybody() {
    let world = silent();
    left_open(&world, 5);
    let before = stub(&world).calls();
    ends(&world, &[], 1, &["3 asked again, 0 answered, 5 open"]);
    assert_eq!((stub(&world).calls() - before, kept(&world, "journal")), (6, 5), "each is repeated once");
}

/// Said, counted in the exit code, in the log, on the next desk's screens, and a finding of the board's until somebody
/// has answered for it.
#[test]
fn late_revocation_of_somebody_who_is_in_is_loud_until_somebody_answers() {
    let world = silent();
    left_open(&world, 2);
    stub(&world).order(StubFault::None);
    stub(&world).decide(&person(1).number, "card_invalid/revoked");
    let loud = ["2 answered, 0 open", "LATE  N06 about somebody who is in (entry 001/", "Tell the head of site"];
    ends(&world, &[], 2, &loud);
    ends(&world, &[], 2, &["0 asked again", "LATE  N06"]);
    let (_, said) = reconcile(&world, &[]);
    assert!(!said.contains(&person(1).number) && !said.contains(&person(1).full_name), "{said}");
    assert!(world.export("before").counts.contains_key(&FindingKind::LateUnanswered));
    let bench = world.open();
    let view = bench.wait("the news of before", |view| {
        view.news.is_some() && view.guarded_ms == 0 && view.status.reader == ReaderHealth::Ready
    });
    let news = view.news.clone().unwrap();
    let name = news.name.as_ref().map(|name| name.reveal().clone());
    assert_eq!((news.failure, name), (Failure::RegistryCardInvalid, Some(person(1).full_name)));
    bench.desk.send(Input::AnsweredNews(news.question, view.meaning));
    bench.wait("nothing open", |view| view.news.is_none());
    bench.stop();
    ends(&world, &[], 0, &["0 open"]);
    let counts = world.export("after").counts;
    assert!(
        counts.contains_key(&FindingKind::LateAnswer) && !counts.contains_key(&FindingKind::LateUnanswered),
        "{counts:?}"
    );
}

#[test]
fn desk_that_runs_is_left_alone() {
    let world = silent();
    left_open(&world, 1);
    let bench: Bench = world.open();
    ends(&world, &[], 1, &["session b1: a desk runs, and asks by itself"]);
    bench.stop();
}

#[test]
fn what_cannot_be_asked_says_why() {
    let world = silent();
    left_open(&world, 1);
    let url = stub(&world).url().to_owned();
    world.change_config(&url, "");
    ends(&world, &[], 3, &["registry.url is empty"]);
    world.change_config("url = \"\"", &format!("url = \"{url}\""));
    fs::write(world.path("registry.vkey"), "no key").unwrap();
    ends(&world, &[], 3, &["registry.verifier"]);
    assert_eq!(kept(&world, "journal"), 1);
    let nothing = Command::new(program("diemdanh")).args(["reconcile", "--sesion", "b1"]).output().unwrap();
    assert_eq!(nothing.status.code(), Some(64));
}

/// A question that cannot be opened any more stays open, and is counted.
#[test]
fn question_that_is_damaged_is_open_for_ever() {
    let world = silent();
    left_open(&world, 2);
    let one = fs::read_dir(world.path("journal/pending")).unwrap().map(|entry| entry.unwrap().path());
    let one = one.filter(|path| path.extension().is_some_and(|end| end == "question")).min().unwrap();
    fs::write(&one, "nothing").unwrap();
    stub(&world).order(StubFault::None);
    ends(&world, &[], 1, &["1 asked again, 1 answered, 1 open", "cannot be read"]);
}

/// Sessions of before, each beside its own journal and under its own log's name, at a desk that works from packages.
#[test]
fn sessions_of_before_are_asked_about_too() {
    let world = silent();
    let config = fs::read_to_string(world.config()).unwrap();
    for session in ["b1", "b2"] {
        let own = config.replace("journal = \"journal\"", &format!("journal = \"journal/{session}\""));
        world.write_config(&format!("{own}\n[session]\nid = \"{session}\"\n"));
        left_open(&world, 1);
    }
    fs::write(world.path("board.vkey"), format!("{}\n", world.board().verifier())).unwrap();
    world.write_config(&config.replace("[paths]\n", "[paths]\npackages = \"packages\"\nboard_key = \"board.vkey\"\n"));
    ends(&world, &[], 1, &["session b1: 1 asked again, 0 answered", "session b2: 1 asked again, 0 answered"]);
    stub(&world).order(StubFault::None);
    ends(&world, &["--session", "b1"], 0, &["session b1: 1 asked again, 1 answered, 0 open"]);
    assert!(stub(&world).last_question().unwrap().contains("/b1/003"));
    ends(&world, &[], 0, &["session b1: 0 asked", "session b2: 1 asked again, 1 answered, 0 open"]);
    for journal in ["journal/b1", "journal/b2"] {
        assert_eq!((kept(&world, journal), matches_in(&world.events_in(journal))), (0, 1));
    }
    ends(&world, &["--session", "b3/../b1"], 3, &["--session must be one of: b1, b2"]);
    assert!(!world.path("journal/b3").exists());
}
