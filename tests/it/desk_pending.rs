//! Questions to the registry over a restart: kept, asked again under the same id, gone with their answer.

use crate::desk_support::{World, card, check_ins, good, person};
use diemdanh::checkin::event::{Choice, Input};
use diemdanh::checkin::failure::Failure;
use diemdanh::checkin::state::RegistryHealth;
use diemdanh::checkin::view::{ClosingView, Screen};
use diemdanh::host::sealed;
use diemdanh::lab::registry_stub::{StubFault, StubSettings};
use diemdanh::office::finding::FindingKind;
use diemdanh::record::{AttendanceEvent, RegistryState};
use std::path::PathBuf;

fn silent() -> World {
    let settings = StubSettings { fault: StubFault::OutOfOrder, ..StubSettings::default() };
    World::asking(settings).with_registry_keys("ask_again_ms = 100")
}

/// What was asked in vain by a desk that has ended since.
fn left_open(world: &World) -> String {
    let bench = world.open();
    bench.tap(&person(0), card(&good(&person(0))));
    bench.decided();
    bench.decide(Choice::Admit);
    bench.next();
    bench.wait("the silence", |view| view.status.registry == Some(RegistryHealth::Silent) && view.status.pending == 1);
    bench.stop();
    let asked = |event: &AttendanceEvent| match event {
        AttendanceEvent::RegistryRequest { id, .. } => Some(id.clone()),
        _ => None,
    };
    world.events().iter().find_map(asked).unwrap()
}

fn kept_questions(world: &World) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(world.path("journal/pending")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "question")).collect()
}

#[test]
fn open_question_is_asked_again_after_a_restart() {
    let world = silent();
    let id = left_open(&world);
    assert_eq!(kept_questions(&world).len(), 1);
    let stub = world.registry.as_ref().unwrap();
    stub.order(StubFault::None);
    let bench = world.open();
    bench.wait("the answer", |view| view.status.registry == Some(RegistryHealth::Well) && view.status.pending == 0);
    bench.stop();
    let question = stub.last_question().unwrap();
    // The same question, under the new segment's head.
    assert!(question.contains(&id) && question.contains(&person(0).number) && question.contains("/002"), "{question}");
    let answered: Vec<_> = world
        .events()
        .into_iter()
        .filter(|event| matches!(event, AttendanceEvent::RegistryAnswer { state: RegistryState::Match, .. }))
        .collect();
    assert!(answered.len() == 1 && format!("{answered:?}").contains(&id), "{answered:?}");
    assert_eq!(kept_questions(&world), Vec::<PathBuf>::new(), "gone with its answer");
    world.board_agrees();
}

/// The person has been in since before the restart: nobody sees it at a door any more, so it is told loudly.
#[test]
fn late_bad_news_after_a_restart_goes_to_a_person() {
    let world = silent();
    left_open(&world);
    let stub = world.registry.as_ref().unwrap();
    stub.order(StubFault::None);
    stub.decide(&person(0).number, "card_invalid/revoked");
    let bench = world.open();
    let view = bench.wait("the news", |view| view.news.is_some() && view.status.pending == 0);
    assert_eq!(view.news.as_ref().map(|news| news.failure), Some(Failure::RegistryCardInvalid));
    bench.stop();
    assert_eq!(kept_questions(&world).len(), 0);
}

/// What lies beside the journal names nobody to whoever has the disk, and opens at no other device.
#[test]
fn kept_question_is_sealed_and_a_damaged_one_stops_nobody() {
    let world = silent();
    left_open(&world);
    let path = kept_questions(&world).remove(0);
    let sealed = std::fs::read(&path).unwrap();
    let (number, name) = (person(0).number, person(0).full_name);
    let holds = |needle: &str| sealed.windows(needle.len()).any(|window| window == needle.as_bytes());
    assert!(sealed.starts_with(b"age-encryption.org/v1") && !holds(&number) && !holds(&name));
    std::fs::write(&path, &sealed[..sealed.len() - 1]).unwrap();
    world.registry.as_ref().unwrap().order(StubFault::None);
    let bench = world.open();
    bench.tap(&person(1), card(&good(&person(1))));
    bench.decided();
    bench.decide(Choice::Admit);
    bench.next();
    bench.wait("the answer", |view| view.status.registry == Some(RegistryHealth::Well) && view.status.pending == 1);
    bench.stop();
    // Where the folder should be, there is none.
    std::fs::remove_dir_all(world.path("journal/pending")).unwrap();
    std::fs::write(world.path("journal/pending"), "no folder").unwrap();
    let bench = world.open();
    bench.tap(&person(2), card(&good(&person(2))));
    bench.decided();
    bench.decide(Choice::Admit);
    bench.stop();
    assert_eq!(check_ins(&world.events()), 3, "a desk that can keep nothing goes on");
    world.board_agrees();
}

/// They hold nobody up: the last entry counts them, and what was asked goes to the board and to nobody else.
#[test]
fn questions_that_are_open_at_the_end_go_out_sealed_for_the_board() {
    let world = silent();
    let (identity, recipient) = sealed::generate();
    let text = std::fs::read_to_string(world.config()).unwrap();
    world.write_config(&format!("{text}\n[evidence]\nrecipient = \"{recipient}\"\n"));
    let bench = world.open();
    bench.tap(&person(0), card(&good(&person(0))));
    bench.decided();
    bench.decide(Choice::Admit);
    bench.next();
    bench.desk.send(Input::EndSession);
    bench.choose(Choice::EndSession);
    bench.wait("the closed log", |view| matches!(view.screen, Screen::Closing(ClosingView::Closed(_))));
    bench.stop();
    let events = world.events();
    let Some(AttendanceEvent::Close { open: Some(open), .. }) = events.last() else { panic!("{:?}", events.last()) };
    assert_eq!(open.count, 1);
    let sha256 = open.sha256.expect("what was asked");
    world.board_agrees();
    let file = std::fs::read(world.path(&format!("export-for-the-board/evidence/{sha256}.age"))).unwrap();
    let asked = sealed::open(&file, &identity, 1 << 20).unwrap();
    let asked = String::from_utf8(asked.expose().clone()).unwrap();
    let id = events.iter().find_map(|event| match event {
        AttendanceEvent::RegistryRequest { id, .. } => Some(id.clone()),
        _ => None,
    });
    assert!(asked.contains(&id.unwrap()) && asked.contains(&person(0).number), "the board can ask it");
    // Without the file the board hears that something is missing.
    std::fs::remove_file(world.path(&format!("journal/evidence/{sha256}.age"))).unwrap();
    let found = world.export("export-without");
    assert!(found.findings.iter().any(|one| one.what == FindingKind::EvidenceMissing), "{:?}", found.findings);
}
