//! A witness outside the desk: the protocol, the proofs, and the whole desk with one.

use crate::desk_support::{World, card, good, is_idle, person};
use crate::programs::vietnamese;
use diemdanh::bits::base32;
use diemdanh::checkin::event::{Choice, Input};
use diemdanh::checkin::failure::Failure;
use diemdanh::checkin::view::{ClosedView, ClosingView, Screen, View, WitnessView};
use diemdanh::host::folder::read_folder;
use diemdanh::lab::registry_stub::StubSettings;
use diemdanh::record::{AttendanceEvent, OutsideHead};
use diemdanh::tlog::Checkpoint;
use diemdanh::tlog::consistency::{consistency_proof, is_consistent};
use diemdanh::tlog::cosignature::verify;
use diemdanh::tlog::tree::{Hash, Tree, leaf_hash};
use diemdanh::tlog::witness::Submission;

fn leaves(count: u8) -> Vec<Hash> {
    (0..count).map(|index| leaf_hash(&[index])).collect()
}

#[test]
fn every_size_is_the_beginning_of_every_later_one_and_of_no_other_tree() {
    let all = leaves(40);
    for new in 0..=all.len() {
        let root = Tree::of(&all[..new]).root();
        for old in 0..=new {
            let old_root = Tree::of(&all[..old]).root();
            let sizes = (u64::try_from(old).unwrap(), u64::try_from(new).unwrap());
            let proof = consistency_proof(&all[..new], sizes.0).unwrap();
            assert!(is_consistent((sizes.0, &old_root), (sizes.1, &root), &proof), "{sizes:?}");
            if old > 0 {
                assert!(!is_consistent((sizes.0, &[9; 32]), (sizes.1, &root), &proof), "{sizes:?} another past");
                assert!(!is_consistent((sizes.0, &old_root), (sizes.1, &[9; 32]), &proof), "{sizes:?} another present");
            }
            if let Some((_, shorter)) = proof.split_last() {
                assert!(!is_consistent((sizes.0, &old_root), (sizes.1, &root), shorter), "{sizes:?} cut proof");
            }
        }
    }
    assert_eq!(consistency_proof(&all, 41), None);
}

#[test]
fn submission_reads_back_and_no_other_form_does() {
    let checkpoint = "o\n1\nAAAA\n\n\u{2014} o AAAAAAA=\n".to_owned();
    let submission = Submission { old_size: 7, proof: leaves(3), checkpoint };
    let body = submission.body();
    assert_eq!(Submission::parse(&body).unwrap(), submission);
    let long = Submission { proof: leaves(127), ..submission.clone() }.body();
    for bad in [body.replacen("old ", "", 1), body.replacen("old 7", "old -7", 1), body.replace("\n\n", "\n"), long] {
        assert_eq!(Submission::parse(&bad), None);
    }
}

/// A desk whose log is witnessed by the stub.
fn witnessed() -> World {
    World::asking(StubSettings::default()).with_witness("")
}

fn closed_view(view: &View) -> Option<&ClosedView> {
    match &view.screen {
        Screen::Closing(ClosingView::Closed(closed)) => Some(closed),
        _ => None,
    }
}

fn anchors(world: &World) -> Vec<(u64, String)> {
    let found = world.events().into_iter().filter_map(|event| match event {
        AttendanceEvent::Anchor { size, note, .. } => Some((size, note)),
        _ => None,
    });
    found.collect()
}

#[test]
fn head_is_witnessed_at_open_and_the_status_bar_says_how_much_is_not() {
    let world = witnessed();
    let bench = world.open();
    bench.wait("a witnessed head", |view| matches!(view.status.witness, WitnessView::Seen { .. }));
    bench.tap(&person(0), card(&good(&person(0))));
    bench.decided();
    bench.decide(Choice::Admit);
    let since = |view: &View| match view.status.witness {
        WitnessView::Seen { entries_since, minutes_ago: 0, is_silent: false } => Some(entries_since),
        _ => None,
    };
    bench.wait("entries nobody has seen", |view| since(view).is_some_and(|since| since >= 2));
    bench.stop();
    let kept = anchors(&world);
    let key = world.registry.as_ref().unwrap().witness_key().clone();
    let (size, note) = kept.first().expect("the anchor of the opening");
    assert_eq!(verify(note, &key).unwrap().checkpoint().size, *size);
}

#[test]
fn ended_session_shows_twenty_six_characters_and_the_witness_signs_the_last_entry() {
    let world = witnessed();
    let bench = world.open();
    bench.wait("the idle screen", is_idle);
    bench.desk.send(Input::EndSession);
    bench.wait("the question", |view| matches!(view.screen, Screen::Closing(ClosingView::Asking(_))));
    bench.choose(Choice::EndSession);
    let view = bench.wait("a witnessed end", |view| closed_view(view).is_some_and(|closed| closed.witnessed));
    let shown = closed_view(&view).unwrap().clone();
    bench.stop();
    let verification = world.export("ended");
    assert!(verification.verdict().exit_code() <= 1, "{:?}", verification.findings);
    let files = read_folder(&world.path("ended")).unwrap();
    let note = String::from_utf8(files["segments/001/checkpoint"].clone()).unwrap();
    let head = Checkpoint::parse(&note[..note.find("\n\n").unwrap() + 1]).unwrap();
    assert_eq!(shown.head.characters, base32::twenty_six(&head.root));
    // The board's report and the desk's status name the same characters as the screen.
    let report = diemdanh::office::report::text("ended", &verification, &vietnamese());
    assert!(report.contains(&shown.head.characters), "{report}");
    assert_eq!(shown.head.entry, format!("1/{}", head.size));
    let last = &files[&format!("segments/001/anchors/{}", head.size)];
    let key = world.registry.as_ref().unwrap().witness_key().clone();
    assert_eq!(verify(std::str::from_utf8(last).unwrap(), &key).unwrap().checkpoint(), &head);
    assert_eq!(world.registry.as_ref().unwrap().witness().size_of(&head.origin), Some(head.size));
}

#[test]
fn asked_to_end_and_thought_better_of_it() {
    let world = World::alone();
    let bench = world.open();
    bench.wait("the idle screen", is_idle);
    bench.desk.send(Input::EndSession);
    bench.wait("the question", |view| matches!(view.screen, Screen::Closing(ClosingView::Asking(_))));
    bench.desk.send(Input::Back);
    bench.wait("the idle screen", is_idle);
    bench.tap(&person(0), card(&good(&person(0))));
    bench.decided();
    bench.desk.send(Input::EndSession);
    bench.decide(Choice::Admit);
    bench.stop();
}

#[test]
fn silent_witness_is_told_once_and_the_desk_goes_on() {
    let world = witnessed();
    world.registry.as_ref().unwrap().order_witness(true, 0);
    let bench = world.open();
    let told = |world: &World| {
        let events = world.events();
        events
            .iter()
            .filter(
                |event| matches!(event, AttendanceEvent::DeviceEvent { device, .. } if device.as_str() == "witness"),
            )
            .count()
    };
    assert!(matches!(bench.view.get().status.witness, WitnessView::Never));
    bench.tap(&person(0), card(&good(&person(0))));
    bench.decided();
    bench.decide(Choice::Admit);
    bench.next();
    bench.desk.send(Input::EndSession);
    bench.choose(Choice::EndSession);
    let view = bench.wait("an end without the witness", |view| closed_view(view).is_some());
    assert!(!closed_view(&view).unwrap().witnessed);
    bench.stop();
    assert_eq!(told(&world), 1, "silence is one entry, however often it was tried");
    assert!(world.export("unwitnessed").verdict().exit_code() <= 1);
}

#[test]
fn clock_that_differs_from_the_witness_is_an_alarm_and_an_entry() {
    let world = witnessed();
    world.registry.as_ref().unwrap().order_witness(false, 600);
    let bench = world.open();
    assert_eq!(bench.notice(), Failure::ClockDiffers);
    assert!(matches!(bench.view.get().status.clock_off_minutes, Some(-11..=-9)));
    bench.stop();
    let told = world.events().into_iter().filter(
        |event| matches!(event, AttendanceEvent::DeviceEvent { device, event } if device.as_str() == "clock" && event.as_str() == "l05"),
    );
    assert_eq!(told.count(), 1);
}

/// What stands in the journal about the witness.
fn told_of_witness(world: &World) -> Vec<String> {
    let words = world.events().into_iter().filter_map(|event| match event {
        AttendanceEvent::DeviceEvent { device, event } if device.as_str() == "witness" => {
            Some(event.as_str().to_owned())
        }
        _ => None,
    });
    words.collect()
}

/// What each `open` entry says about the witness.
fn asked(world: &World) -> Vec<OutsideHead> {
    let heads = world.events().into_iter().filter_map(|event| match event {
        AttendanceEvent::Open(opened) => opened.outside_head,
        _ => None,
    });
    heads.collect()
}

/// A witness that gets every head.
fn closely_witnessed() -> World {
    witnessed().with_witness("every_entries = 1\n")
}

/// Admits one person, waits until the witness has seen it, and switches the desk off as power does.
fn admit_one(world: &World, number: usize) {
    let bench = world.open();
    bench.tap(&person(number), card(&good(&person(number))));
    bench.decided();
    bench.decide(Choice::Admit);
    let is_seen = |view: &View| matches!(view.status.witness, WitnessView::Seen { entries_since: 0 | 1, .. });
    bench.wait("a witnessed decision", is_seen);
    bench.stop();
}

fn copy_folder(from: &std::path::Path, to: &std::path::Path) {
    let _ = std::fs::remove_dir_all(to);
    std::fs::create_dir_all(to).unwrap();
    for file in std::fs::read_dir(from).unwrap().map(Result::unwrap).filter(|file| file.path().is_file()) {
        std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

#[test]
fn honest_restarts_are_no_alarm_and_the_witness_knows_every_segment() {
    let world = closely_witnessed();
    admit_one(&world, 0);
    admit_one(&world, 1);
    // A segment that nobody outside has seen.
    world.registry.as_ref().unwrap().order_witness(true, 0);
    let bench = world.open();
    bench.wait("the head was not asked", |view| view.status.witness_not_asked);
    bench.tap(&person(2), card(&good(&person(2))));
    bench.decided();
    bench.decide(Choice::Admit);
    bench.stop();
    world.registry.as_ref().unwrap().order_witness(false, 0);
    let bench = world.open();
    let view = bench.wait("a witnessed head", |view| matches!(view.status.witness, WitnessView::Seen { .. }));
    assert!(!view.status.witness_not_asked);
    bench.stop();
    let origins: Vec<String> = world.events().into_iter().filter_map(origin_of).collect();
    let registry = world.registry.as_ref().unwrap();
    assert!(origins.len() == 4 && origins.iter().all(|origin| registry.witness().size_of(origin) > Some(0)));
    assert!(told_of_witness(&world).iter().all(|word| word != "rolled-back"), "{:?}", told_of_witness(&world));
    assert!(
        matches!(
            asked(&world).as_slice(),
            [OutsideHead::Nothing, OutsideHead::Head { .. }, OutsideHead::NotAsked { .. }, OutsideHead::Head { .. }]
        ),
        "{:?}",
        asked(&world)
    );
    world.board_agrees();
}

fn origin_of(event: AttendanceEvent) -> Option<String> {
    match event {
        AttendanceEvent::Open(opened) => Some(opened.origin),
        _ => None,
    }
}

#[test]
fn journal_that_was_deleted_is_an_alarm_at_the_opening_and_an_entry() {
    let world = closely_witnessed();
    admit_one(&world, 0);
    std::fs::remove_dir_all(world.path("journal")).unwrap();
    let bench = world.open();
    assert_eq!(bench.notice(), Failure::WitnessDisagrees);
    bench.stop();
    assert_eq!(told_of_witness(&world).first().map(String::as_str), Some("rolled-back"));
    assert!(matches!(asked(&world).as_slice(), [OutsideHead::Head { .. }]));
}

#[test]
fn old_copy_of_the_journal_is_an_alarm_though_it_is_whole_in_itself() {
    let world = closely_witnessed();
    admit_one(&world, 0);
    copy_folder(&world.path("journal"), &world.path("saved"));
    admit_one(&world, 1);
    copy_folder(&world.path("saved"), &world.path("journal"));
    let bench = world.open();
    assert_eq!(bench.notice(), Failure::WitnessDisagrees);
    bench.stop();
    assert_eq!(told_of_witness(&world).iter().filter(|word| *word == "rolled-back").count(), 1, "one entry");
}

#[test]
fn rolled_back_while_offline_is_an_alarm_with_the_first_answer() {
    let world = closely_witnessed();
    admit_one(&world, 0);
    std::fs::remove_dir_all(world.path("journal")).unwrap();
    world.registry.as_ref().unwrap().order_witness(true, 0);
    let bench = world.open();
    bench.wait("the head was not asked", |view| view.status.witness_not_asked);
    assert!(matches!(asked(&world).as_slice(), [OutsideHead::NotAsked { cause }] if cause.as_str() == "refused"));
    world.registry.as_ref().unwrap().order_witness(false, 0);
    bench.tap(&person(0), card(&good(&person(0))));
    bench.decided();
    bench.decide(Choice::Admit);
    bench.next();
    assert_eq!(bench.notice(), Failure::WitnessDisagrees);
    assert!(bench.view.get().status.witness_not_asked, "no answer has said that the journal is whole");
    bench.stop();
    assert!(told_of_witness(&world).iter().any(|word| word == "rolled-back"));
}

#[test]
fn without_a_witness_the_open_entry_says_so() {
    let world = World::alone();
    world.open().stop();
    let cause = |head: &OutsideHead| matches!(head, OutsideHead::NotAsked { cause } if cause.as_str() == "no-witness");
    assert!(asked(&world).iter().all(cause) && asked(&world).len() == 1);
}
