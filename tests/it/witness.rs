//! A witness outside the desk: the protocol, the proofs, and the whole desk with one.

use crate::desk_support::{World, card, good, is_idle, person};
use diemdanh::bits::base32;
use diemdanh::checkin::event::{Choice, Input};
use diemdanh::checkin::failure::Failure;
use diemdanh::checkin::view::{ClosedView, ClosingView, Screen, View, WitnessView};
use diemdanh::host::folder::read_folder;
use diemdanh::lab::registry_stub::StubSettings;
use diemdanh::record::consistency::{consistency_proof, is_consistent};
use diemdanh::record::cosignature::verify;
use diemdanh::record::tree::{Hash, Tree, leaf_hash};
use diemdanh::record::witness::Submission;
use diemdanh::record::{AttendanceEvent, Checkpoint};

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
fn ended_session_shows_sixteen_characters_and_the_witness_signs_the_last_entry() {
    let world = witnessed();
    let bench = world.open();
    bench.wait("the idle screen", is_idle);
    bench.desk.send(Input::EndSession);
    bench.wait("the question", |view| matches!(view.screen, Screen::Closing(ClosingView::Asking { .. })));
    bench.choose(Choice::EndSession);
    let view = bench.wait("a witnessed end", |view| closed_view(view).is_some_and(|closed| closed.witnessed));
    let shown = closed_view(&view).unwrap().clone();
    bench.stop();
    let verification = world.export("ended");
    assert!(verification.verdict().exit_code() <= 1, "{:?}", verification.findings);
    let files = read_folder(&world.path("ended")).unwrap();
    let note = String::from_utf8(files["segments/001/checkpoint"].clone()).unwrap();
    let head = Checkpoint::parse(&note[..note.find("\n\n").unwrap() + 1]).unwrap();
    assert_eq!(shown.head.sixteen, base32::sixteen(&head.root));
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
    bench.wait("the question", |view| matches!(view.screen, Screen::Closing(ClosingView::Asking { .. })));
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

#[test]
fn witness_that_has_seen_more_than_there_is_gives_an_alarm() {
    let world = witnessed().with_witness("every_entries = 1\n");
    let bench = world.open();
    bench.wait("a witnessed head", |view| matches!(view.status.witness, WitnessView::Seen { .. }));
    world.registry.as_ref().unwrap().witness().pretend(1_000);
    bench.tap(&person(0), card(&good(&person(0))));
    bench.decided();
    bench.decide(Choice::Admit);
    bench.next();
    assert_eq!(bench.notice(), Failure::WitnessDisagrees);
    bench.stop();
}
