//! One synthetic person goes through everything, and is searched for in everything that is written or printed.
//!
//! Searched: diagnostics at their finest, journal, export, reports, printed states, views, events, inspections and
//! panics. For: the name in four spellings, the number and its parts, the birth date in six forms, the portrait, the
//! hashes that point to one person, the keys.

use crate::desk_support::{World, card, good, person};
use crate::diagnostics::everything_told;
use crate::needles::{found, holds_nobody, needles};
use crate::programs::{board_program, vietnamese};
use diemdanh::bits::random::SeededRandom;
use diemdanh::bits::secret::Secret;
use diemdanh::cccd::dg13::Details;
use diemdanh::cccd::holder::Holder;
use diemdanh::cccd::qr::QrCard;
use diemdanh::checkin::event::{Choice, Event, Input};
use diemdanh::emrtd::access::key::AccessKey;
use diemdanh::emrtd::authenticity::trust::TrustStore;
use diemdanh::emrtd::inspect::{Inspection, InspectionPolicy, Unobserved, inspect};
use diemdanh::emrtd::lds::dg1;
use diemdanh::emrtd::lds::files::FileId;
use diemdanh::emrtd::report::render;
use diemdanh::host::program::forbid_core_dumps;
use diemdanh::host::sealed;
use diemdanh::lab::card::CardFault;
use diemdanh::lab::issuer::trust_store_der;
use diemdanh::lab::registry_stub::{StubFault, StubSettings};
use diemdanh::office::report;
use jiff::Timestamp;
use std::fs;
use std::path::Path;

/// The control: the same search finds the person where the person is.
#[test]
fn the_search_finds_what_is_there() {
    let data = good(&person(0));
    let whole: Vec<u8> = data.files.values().flatten().copied().collect();
    let text = format!("{} {} 15/02/2008", person(0).qr(), person(0).can());
    let found_in = |haystack: &[u8]| found(haystack, &needles()).len();
    assert!(found_in(&whole) >= 4, "{:?}", found(&whole, &needles()));
    assert!(found_in(text.as_bytes()) >= 5, "{:?}", found(text.as_bytes(), &needles()));
    let escaped = format!("{:?}", person(0).full_name.as_bytes());
    assert!(found_in(escaped.as_bytes()) >= 1, "bytes printed as numbers");
}

fn whole_day(world: &World, views: &mut Vec<String>) {
    let data = good(&person(0));
    let bench = world.open();
    let mut look = || views.push(format!("{:?}", bench.view.get()));
    bench.desk.send(Input::Typed(person(0).full_name));
    bench.wait("a row", |view| format!("{:?}", view.screen).contains("FoundRow"));
    look();
    bench.enter("111111");
    bench.field.insert(card(&data));
    bench.notice();
    look();
    bench.field.remove();
    bench.tap(&person(0), card(&data).with_fault(CardFault::LiftedAt(9)));
    bench.interruption();
    look();
    bench.field.insert(card(&data));
    bench.decided();
    look();
    bench.decide(Choice::Admit);
    look();
    bench.next();
    world.registry.as_ref().unwrap().order(StubFault::Lying);
    bench.tap(&person(0), card(&data));
    bench.decided();
    look();
    bench.decide(Choice::ReportDuplicate);
    bench.stop();
}

#[test]
fn a_whole_day_leaves_no_trace_of_a_person() {
    let world = World::asking(StubSettings::default()).with_witness("");
    let (_, recipient) = sealed::generate();
    let text = fs::read_to_string(world.config()).unwrap();
    world.write_config(&format!("{text}\n[evidence]\nrecipient = \"{recipient}\"\n"));
    let mut views = Vec::new();
    let told = everything_told(|| {
        whole_day(&world, &mut views);
        // What cannot be read is told with its place, never with its content.
        let rows = fs::read_to_string(world.path("roster.csv")).unwrap();
        fs::write(world.path("roster.csv"), rows.replace("0100000", "01")).unwrap();
        world.use_journal("another");
        drop(world.try_open());
        fs::write(world.path("roster.csv"), format!("{rows}{}", rows.lines().nth(1).unwrap())).unwrap();
        let halted = world.try_open().err().unwrap();
        views.push(format!("{halted:?}"));
        world.use_journal("journal");
    });
    holds_nobody("the diagnostics", told.as_bytes());
    holds_nobody("a view", views.join("\n").as_bytes());
    assert!(world.path("journal/index.sqlite").exists(), "the desk kept an index");
    search_folder("the journal, its index and the evidence beside it", &world.path("journal"));
    assert!(fs::read_dir(world.path("journal/evidence")).unwrap().count() >= 1, "evidence was kept");
    let verification = world.export("export");
    search_folder("the export", &world.path("export"));
    holds_nobody("the board's report", report::text("export", &verification, &vietnamese()).as_bytes());
    holds_nobody("the board's findings", format!("{verification:?}").as_bytes());
}

fn search_folder(place: &str, folder: &Path) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            search_folder(place, &entry);
        } else {
            let name = format!("{place}: {}", entry.display());
            holds_nobody(&name, name.as_bytes());
            holds_nobody(&name, &fs::read(&entry).unwrap());
        }
    }
}

fn inspected() -> Inspection {
    let key = AccessKey::can(person(0).can());
    let (trust, _) = TrustStore::from_certificates(&trust_store_der().unwrap());
    let mut random = SeededRandom::new("privacy");
    let policy = InspectionPolicy::default();
    inspect(&mut card(&good(&person(0))), &key, &trust, &policy, Timestamp::now(), &mut random, &mut Unobserved)
}

#[test]
fn reports_and_printed_inspections_name_nobody() {
    let inspection = inspected();
    holds_nobody("the report as text", render::text(&inspection).as_bytes());
    holds_nobody("the report as JSON", render::json(&inspection).to_string().as_bytes());
    holds_nobody("a printed inspection", format!("{inspection:?} {inspection:#?}").as_bytes());
}

#[test]
fn printed_values_name_nobody() {
    let data = good(&person(0));
    let (dg1, dg13) = (&data.files[&FileId::Dg(1).fid()], &data.files[&FileId::Dg(13).fid()]);
    let texts = [
        format!("{:?}", Holder::from_files(dg1, Some(dg13)).unwrap()),
        format!("{:?}", Details::parse(dg13).unwrap()),
        format!("{:?}", dg1::parse(dg1).unwrap()),
        format!("{:?}", QrCard::parse(&person(0).qr()).unwrap()),
        format!("{:?}", AccessKey::can(person(0).can())),
        format!("{:?}", Event::Input(Input::Typed(person(0).full_name))),
        format!("{:?}", Input::Entered(person(0).qr())),
        format!("{:?}", Secret::new(person(0).number)),
    ];
    holds_nobody("a printed value", texts.join("\n").as_bytes());
}

/// A panic while everything is in hand prints what the values print as, and a backtrace of names.
#[test]
fn a_panic_names_nobody() {
    let Some(_) = std::env::var_os("DIEMDANH_TEST_PANIC") else {
        let output = std::process::Command::new("/proc/self/exe")
            .args(["privacy::a_panic_names_nobody", "--exact", "--nocapture"])
            .env("DIEMDANH_TEST_PANIC", "1")
            .env("RUST_BACKTRACE", "full")
            .output()
            .unwrap();
        assert!(!output.status.success());
        let told = [output.stdout, output.stderr].concat();
        assert!(String::from_utf8_lossy(&told).contains("panicked"));
        return holds_nobody("a panic", &told);
    };
    let inspection = inspected();
    let event = Event::Input(Input::Entered(person(0).qr()));
    panic!("{inspection:?} {event:?}");
}

/// The settings that the desk's program begins with, taken by this process.
#[test]
fn no_core_dump_is_ever_written() {
    let Some(_) = std::env::var_os("DIEMDANH_TEST_CORE") else {
        let output = std::process::Command::new("/proc/self/exe")
            .args(["privacy::no_core_dump_is_ever_written", "--exact", "--nocapture"])
            .env("DIEMDANH_TEST_CORE", "1")
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        return;
    };
    forbid_core_dumps().unwrap();
    let limits = fs::read_to_string("/proc/self/limits").unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    let values: Vec<&str> = core.split_whitespace().skip(4).take(2).collect();
    assert_eq!(values, ["0", "0"], "{core}");
}

/// The board's program opens packages and keys: no picture of its memory either. It is caught while it waits for a
/// passphrase.
#[test]
fn board_program_forbids_core_dumps_before_it_reads_anything() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = board_program()
        .args(["key", "new", "--board", "board.example", "--out"])
        .arg(folder.path().join("keys"))
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let limits = format!("/proc/{}/limits", child.id());
    let is_forbidden = |text: String| {
        let core = text.lines().find(|line| line.starts_with("Max core file size")).map(str::to_owned);
        core.is_some_and(|core| core.split_whitespace().skip(4).take(2).eq(["0", "0"]))
    };
    let looked = (0..1_000_000).any(|_| {
        std::thread::yield_now();
        fs::read_to_string(&limits).is_ok_and(is_forbidden)
    });
    drop(child.stdin.take());
    child.wait().unwrap();
    assert!(looked, "the limit on core files was never taken away");
}
