//! A registry that signs the log's head in each answer: an anchor like any other, or an entry that says why it is none.

use crate::desk_support::{Bench, World, card, check_ins, device_events, good, person};
use diemdanh::bits::spread::InTurn;
use diemdanh::checkin::event::Choice;
use diemdanh::checkin::state::RegistryHealth;
use diemdanh::checkin::view::WitnessView;
use diemdanh::host::folder::read_folder;
use diemdanh::lab::registry_stub::{StubFault, StubSettings};
use diemdanh::office::{Check, Outside, Verification};
use diemdanh::record::{AttendanceEvent, BoardKeys, ExportSource};
use diemdanh::tlog::cosignature::verify;

/// A desk that knows the key that its registry cosigns with.
fn anchored(settings: StubSettings) -> World {
    let world = World::asking(settings);
    let key = world.registry.as_ref().unwrap().cosigner_key().map(ToString::to_string);
    let key = key.unwrap_or_else(|| world.registry.as_ref().unwrap().witness_key().to_string());
    std::fs::write(world.path("cosigner.vkey"), format!("{key}\n")).unwrap();
    world.with_registry_keys("cosigner = \"cosigner.vkey\"")
}

fn admit_one(world: &World) -> Bench {
    let bench = world.open();
    bench.tap(&person(0), card(&good(&person(0))));
    bench.decided();
    bench.decide(Choice::Admit);
    bench.wait("the answer", |view| view.status.registry == Some(RegistryHealth::Well) && view.status.pending == 0);
    bench
}

fn anchors(world: &World) -> Vec<(u64, String, String)> {
    let anchor = |event| match event {
        AttendanceEvent::Anchor { size, with, note, .. } => Some((size, with.as_str().to_owned(), note)),
        _ => None,
    };
    world.events().into_iter().filter_map(anchor).collect()
}

/// What the board finds that knows the registry's cosigning key.
fn checked(world: &World, name: &str) -> Verification {
    world.export(name);
    let files = read_folder(&world.path(name)).unwrap();
    let witnesses = world.registry.as_ref().unwrap().cosigner_key().cloned().into_iter().collect();
    let outside = Outside { witnesses, ..Outside::default() };
    let keys = BoardKeys::one(world.board().verifier().clone());
    let check = Check { board: &keys, outside: &outside, spread: &InTurn, progress: &|_| {} };
    check.run(&[&files as &dyn ExportSource]).remove(0)
}

#[test]
fn each_answer_is_an_anchor_and_the_status_bar_says_so() {
    let world = anchored(StubSettings::default());
    let bench = world.open();
    assert!(matches!(bench.view.get().status.witness, WitnessView::Never), "nothing was asked yet");
    bench.stop();
    let bench = admit_one(&world);
    bench.wait("a witnessed head", |view| matches!(view.status.witness, WitnessView::Seen { is_silent: false, .. }));
    bench.stop();
    let kept = anchors(&world);
    let key = world.registry.as_ref().unwrap().cosigner_key().unwrap().clone();
    let (size, with, note) = kept.first().expect("an anchor");
    assert_eq!((kept.len(), with.as_str()), (1, key.name()));
    assert_eq!(verify(note, &key).unwrap().checkpoint().size, *size);
    let verification = checked(&world, "anchored");
    assert!(verification.verdict().exit_code() <= 1, "{:?}", verification.findings);
    assert_eq!((verification.witnessed.anchors > 0, verification.witnessed.last), (true, Some((2, *size))));
    assert!(verification.counts.keys().all(|what| what.code() != "anchor.unvouched"), "{:?}", verification.counts);
}

/// The answer stands, its cosignature does not, and the log says why.
#[test]
fn cosignature_of_another_tree_a_stale_or_a_foreign_one_is_no_anchor() {
    let cases = [
        (StubFault::CosignsOtherTree, "registry-cosigner: bad-signature"),
        (StubFault::CosignsForeign, "registry-cosigner: foreign-key"),
        (StubFault::CosignsStale, "registry-cosigner: stale"),
        (StubFault::CosignsNothing, "registry-cosigner: foreign-key"),
    ];
    for (fault, told) in cases {
        let world = anchored(StubSettings { fault, ..StubSettings::default() });
        let bench = admit_one(&world);
        assert!(matches!(bench.view.get().status.witness, WitnessView::Never), "{fault:?}");
        bench.stop();
        let events = world.events();
        assert_eq!((anchors(&world), check_ins(&events)), (vec![], 1), "{fault:?}");
        assert!(device_events(&events).iter().any(|event| event == told), "{fault:?}: {:?}", device_events(&events));
        let verification = checked(&world, "unanchored");
        assert!(verification.verdict().exit_code() <= 1, "{:?}", verification.findings);
        assert_eq!(verification.witnessed.anchors, 0);
    }
}

#[test]
fn refused_answer_brings_no_anchor() {
    let world = anchored(StubSettings { fault: StubFault::ForeignHash, ..StubSettings::default() });
    let bench = world.open();
    bench.tap(&person(0), card(&good(&person(0))));
    bench.decided();
    bench.stop();
    assert_eq!(anchors(&world), []);
    let told = device_events(&world.events());
    assert!(told.iter().all(|event| !event.starts_with("registry-cosigner")), "{told:?}");
}

#[test]
fn registry_without_cosignatures_and_desk_without_its_key_work_as_before() {
    let old = anchored(StubSettings { cosigner_name: String::new(), ..StubSettings::default() });
    let keyless = World::asking(StubSettings::default());
    for world in [old, keyless] {
        admit_one(&world).stop();
        let events = world.events();
        assert_eq!((anchors(&world), check_ins(&events)), (vec![], 1));
        assert!(device_events(&events).iter().all(|event| !event.starts_with("registry-cosigner")));
        world.board_agrees();
    }
}
