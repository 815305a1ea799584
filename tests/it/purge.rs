//! People's data leaves the desk: only with the board's receipt or two people, and never without an entry.

use crate::desk_package_support::{PIN, Site};
use crate::desk_support::{World, card, device_events, good, person};
use diemdanh::bits::secret::Secret;
use diemdanh::checkin::event::Choice;
use diemdanh::checkin::sign_in::Refusal;
use diemdanh::desk::overrule::{Claim, OverruleError, prove};
use diemdanh::desk::plan::DeskPlan;
use diemdanh::desk::purge::{Leave, PurgeError, purge};
use diemdanh::desk::sessions::chosen;
use diemdanh::desk::start::read_config;
use diemdanh::host::clock::SystemClock;
use diemdanh::host::folder::read_folder;
use diemdanh::lab::registry_stub::{StubFault, StubSettings};
use diemdanh::package::operators::Operator;
use diemdanh::record::receipt::Receipt;
use diemdanh::record::{AttendanceEvent, BoardKeys};
use diemdanh::tlog::{Checkpoint, NoteError};
use std::fs;

/// A desk with one session behind it, and an export of it.
fn after_a_session() -> World {
    after_a_session_of(World::alone())
}

fn after_a_session_of(world: World) -> World {
    let bench = world.open();
    bench.tap(&person(0), card(&good(&person(0))));
    bench.decided();
    bench.decide(Choice::Admit);
    bench.stop();
    world.board_agrees();
    world.change_config("[paths]\n", "[paths]\nboard_key = \"board.vkey\"\n");
    fs::write(world.path("board.vkey"), format!("{}\n", world.board().verifier())).unwrap();
    world
}

fn receipt(world: &World) -> Receipt {
    let files = read_folder(&world.path("export-for-the-board")).unwrap();
    let note = String::from_utf8(files["segments/001/checkpoint"].clone()).unwrap();
    Receipt { heads: vec![Checkpoint::parse(&note[..=note.find("\n\n").unwrap()]).unwrap()], board_keys: None }
}

fn try_purge(world: &World, leave: &Leave<'_>) -> Result<usize, PurgeError> {
    let (config, base) = read_config(&world.config()).unwrap();
    purge(&DeskPlan::of_files(&config, &base).unwrap(), leave).map(|purged| purged.removed.len())
}

fn purges(world: &World) -> Vec<(bool, usize)> {
    let found = world.events().into_iter().filter_map(|event| match event {
        AttendanceEvent::Purged { receipt, overruled_by, .. } => Some((receipt.is_some(), overruled_by.len())),
        _ => None,
    });
    found.collect()
}

fn is_gone(world: &World) -> bool {
    ["roster.csv", "exam.key"].iter().all(|name| !world.path(name).exists())
}

/// A question that still waits names a person: it goes with the others, and nobody asks it any more.
#[test]
fn open_questions_go_too() {
    let settings = StubSettings { fault: StubFault::OutOfOrder, ..StubSettings::default() };
    let world = after_a_session_of(World::asking(settings));
    let pending = world.path("journal/pending");
    assert!(fs::read_dir(&pending).unwrap().count() > 1, "a question and the key that opens it");
    let path = world.path("receipt");
    fs::write(&path, receipt(&world).sign(world.board()).unwrap()).unwrap();
    try_purge(&world, &Leave::Receipt(&path)).unwrap();
    assert!(is_gone(&world) && !pending.exists());
}

#[test]
fn receipt_over_the_whole_log_lets_it_go_and_the_log_still_stands() {
    let world = after_a_session();
    let path = world.path("receipt");
    fs::write(&path, receipt(&world).sign(world.board()).unwrap()).unwrap();
    assert_eq!(try_purge(&world, &Leave::Receipt(&path)).unwrap(), 3, "roster, key and index");
    assert!(is_gone(&world) && world.path("journal/001.seg").exists());
    assert_eq!(purges(&world), [(true, 0)]);
    assert!(world.export("after-the-purge").verdict().exit_code() <= 1);
    assert_eq!(
        try_purge(&world, &Leave::Receipt(&path)).unwrap(),
        0,
        "again: nothing is left, and that is recorded too"
    );
    assert_eq!(purges(&world).len(), 2);
}

#[test]
fn receipt_that_is_short_foreign_or_forged_lets_nothing_go() {
    let world = after_a_session();
    let good = receipt(&world);
    let mut short = good.clone();
    short.heads[0].size -= 1;
    let mut other = good.clone();
    other.heads[0].root[0] ^= 1;
    let path = world.path("receipt");
    for (name, receipt) in [("an entry short", short), ("another history", other)] {
        fs::write(&path, receipt.sign(world.board()).unwrap()).unwrap();
        let refused = try_purge(&world, &Leave::Receipt(&path));
        assert!(matches!(refused, Err(PurgeError::NotCovered { segment: 1 })), "{name}");
    }
    let note = good.sign(world.board()).unwrap();
    for (name, note) in
        [("forged", note.replace(" ", "  ")), ("unsigned", note[..note.find("\n\n").unwrap()].to_owned())]
    {
        fs::write(&path, note).unwrap();
        assert!(matches!(try_purge(&world, &Leave::Receipt(&path)), Err(PurgeError::Note(_))), "{name}");
    }
    world.change_config("board_key = \"board.vkey\"\n", "");
    assert!(matches!(try_purge(&world, &Leave::Receipt(&path)), Err(PurgeError::NoBoardKey)));
    assert!(!is_gone(&world) && purges(&world).is_empty());
}

/// At a desk of single files nobody has a PIN: names alone, invented or not, overrule nothing.
#[test]
fn nobody_overrules_by_a_name() {
    let world = after_a_session();
    let (config, base) = read_config(&world.config()).unwrap();
    let claims = ["gt-01", "td-01"].map(|code| Claim { code: code.to_owned(), pin: Secret::new("482917".to_owned()) });
    let refused = prove(&DeskPlan::of_files(&config, &base).unwrap(), &claims, &SystemClock);
    assert!(matches!(refused, Err(OverruleError::OutsidePackage)), "{refused:?}");
    assert!(!is_gone(&world) && purges(&world).is_empty());
}

/// Who proves what at a desk of a package: two people by PIN, one of them a head; each wrong PIN is an entry.
#[test]
fn two_people_overrule_by_their_pins() {
    let site = Site::new();
    let mut contents = site.contents();
    let second = Operator { code: "gt-09".to_owned(), ..contents.front.operators[0].clone() };
    contents.front.operators.push(second);
    site.put("goi.diemdanh", &site.pack(&contents, |_| {}));
    let desk = site.open();
    desk.begin();
    desk.kiosk.stop();
    let (config, base) = read_config(&site.world.config()).unwrap();
    let plan = chosen(&config, &base, None).unwrap();
    let prove = |one: (&str, &str), other: (&str, &str)| {
        let claims = [one, other].map(|(code, pin)| Claim { code: code.to_owned(), pin: Secret::new(pin.to_owned()) });
        prove(&plan, &claims, &SystemClock)
    };
    assert!(matches!(prove(("tdt-01", PIN), ("tdt-01", PIN)), Err(OverruleError::OnePerson)));
    assert!(matches!(prove(("gt-07", PIN), ("gt-09", PIN)), Err(OverruleError::NobodyAnswers)));
    assert!(matches!(prove(("hd-01", PIN), ("tdt-01", PIN)), Err(OverruleError::Refused { .. })), "an invented name");
    assert!(matches!(prove(("gt-08", PIN), ("tdt-01", PIN)), Err(OverruleError::Refused { .. })), "who has no PIN");
    assert!(
        matches!(prove(("gt-07", "000000"), ("tdt-01", PIN)), Err(OverruleError::WrongPin { code }) if code == "gt-07")
    );
    let pair = prove(("gt-07", PIN), ("tdt-01", PIN)).unwrap();
    assert_eq!((pair.answering().as_str(), pair.codes().len()), ("tdt-01", 2));
    let wrong = device_events(&site.world.events_in("journal/b1"));
    assert!(wrong.iter().any(|event| event == "wrong-pin: gt-07"), "{wrong:?}");
    // What is tried on the command line counts at the desk.
    for _ in 0..4 {
        assert!(matches!(prove(("gt-07", "000000"), ("tdt-01", PIN)), Err(OverruleError::WrongPin { .. })));
    }
    let locked = prove(("gt-07", PIN), ("tdt-01", PIN));
    assert!(matches!(locked, Err(OverruleError::Refused { refusal: Refusal::Locked { .. }, .. })), "{locked:?}");
}

#[test]
fn desk_that_runs_is_not_purged() {
    let world = World::alone();
    let bench = world.open();
    let path = world.path("receipt");
    fs::write(&path, "none").unwrap();
    assert!(matches!(try_purge(&world, &Leave::Receipt(&path)), Err(PurgeError::Journal(_))));
    bench.stop();
    assert!(!is_gone(&world));
}

#[test]
fn receipt_reads_back_only_under_its_key_and_in_its_form() {
    let world = after_a_session();
    let receipt = receipt(&world);
    let note = receipt.sign(world.board()).unwrap();
    assert_eq!(Receipt::open(&note, &BoardKeys::one(world.board().verifier().clone())), Ok(receipt));
    let empty = Receipt { heads: Vec::new(), board_keys: None }.sign(world.board());
    assert_eq!(empty, Err(NoteError::Form), "a receipt over nothing is none");
}
