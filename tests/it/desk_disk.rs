//! The disk under the real desk: full at start, full or refusing in the middle. Nothing that was shown as recorded
//! is lost, and nothing is shown as recorded that is not.
//!
//! The disks are real: a small tmpfs in a user and mount namespace of its own, and a limit on the size of files.
//! The test starts its own program once more inside. Where namespaces are not allowed it prints "skipped".

use crate::desk_support::{Bench, World, card, check_ins, device_events, good, person};
use crate::skips::skip;
use diemdanh::checkin::event::{Choice, CopyHealth, Input};
use diemdanh::checkin::failure::Failure;
use diemdanh::checkin::view::{Look, Screen, StageView};
use diemdanh::lab::registry_stub::StubSettings;
use std::fs::File;
use std::path::PathBuf;
use std::process::{Command, Output};

const INSIDE: &str = "DIEMDANH_TEST_INSIDE";
/// More than a desk refuses to start below; a tmpfs takes memory only for what is written.
const ROOMY: &str = "size=700m";

/// Runs the test `name` once more under `shell`, which gets the program as `"$@"`.
fn again(name: &str, shell: &[&str]) -> Output {
    let test = format!("desk_disk::{name}");
    // Another build may have replaced the program's file, inside the shell `/proc/self/exe` is the shell, and a
    // namespace may not look at processes outside: so the program is handed over as an open file.
    let image = File::open("/proc/self/exe").unwrap();
    let mut command = Command::new(shell[0]);
    command.args(&shell[1..]).args(["/proc/self/fd/0", &test, "--exact", "--nocapture"]).env(INSIDE, "1");
    command.stdin(image).output().unwrap()
}

fn is_inside() -> bool {
    std::env::var_os(INSIDE).is_some()
}

/// Runs the test `name` in a namespace of its own; false where that is not allowed.
fn in_a_namespace(name: &str) -> bool {
    let allowed = Command::new("unshare").args(["-Urm", "true"]).output().is_ok_and(|done| done.status.success());
    if !allowed {
        skip("no user and mount namespaces here");
        return false;
    }
    passed(&again(name, &["unshare", "-Urm"]));
    true
}

#[track_caller]
fn passed(output: &Output) {
    let told = [output.stdout.as_slice(), &output.stderr].map(String::from_utf8_lossy).concat();
    assert!(output.status.success() && told.contains("1 passed"), "{told}");
}

fn mount(options: &str, place: &PathBuf) {
    std::fs::create_dir_all(place).unwrap();
    let done = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(place).status().unwrap();
    assert!(done.success());
}

/// Admits one after the other until the desk stops; the receipts that were shown, and what it stopped with.
fn admit_until_it_stops(bench: &Bench) -> (Vec<String>, Failure) {
    let mut receipts = Vec::new();
    for index in 0..9 {
        bench.tap(&person(index), card(&good(&person(index))));
        let seen = bench.wait("buttons that decide, or a halt", |view| match &view.screen {
            Screen::Halted(_) => true,
            Screen::Verdict(case) => {
                let offered = matches!(&case.stage, StageView::Deciding(choices) if choices.contains(&Choice::Admit));
                if let (true, Look::Wanted(contact)) = (offered, view.look) {
                    bench.desk.send(Input::Painted(contact));
                }
                offered && view.guarded_ms == 0 && view.look.is_over()
            }
            _ => false,
        });
        let seen = match seen.screen {
            Screen::Halted(_) => seen,
            _ => {
                bench.desk.send(Input::Chose(Choice::Admit, seen.meaning));
                bench.wait("a receipt or a halt", |view| match &view.screen {
                    Screen::Halted(_) => true,
                    Screen::Verdict(case) => matches!(case.stage, StageView::Recorded(_)),
                    _ => false,
                })
            }
        };
        match &seen.screen {
            Screen::Halted(halted) => return (receipts, halted.failure),
            Screen::Verdict(case) => {
                let StageView::Recorded(receipt) = &case.stage else { panic!("another stage") };
                receipts.push(receipt.entry.clone());
            }
            other => panic!("{other:?}"),
        }
        bench.field.remove();
        bench.desk.send(Input::Continue);
    }
    panic!("the desk never stopped")
}

/// What was shown as recorded is there after a restart, whatever the disk did.
fn nothing_shown_is_lost(world: &World, receipts: &[String]) {
    let entries = world.entries_in("journal");
    let admitted: Vec<String> = entries
        .iter()
        .filter(|entry| check_ins(std::slice::from_ref(&entry.event)) == 1)
        .map(|entry| format!("1/{}", entry.seq))
        .collect();
    assert!(receipts.iter().all(|receipt| admitted.contains(receipt)), "{receipts:?} of {admitted:?}");
    assert!(admitted.len() <= receipts.len() + 1, "at most the one in flight: {receipts:?} of {admitted:?}");
    let bench = world.open();
    assert_eq!(bench.view.get().header.arrived, admitted.len());
    bench.stop();
    world.board_agrees();
}

#[test]
fn full_before_the_start() {
    if !is_inside() {
        in_a_namespace("full_before_the_start");
        return;
    }
    let world = World::alone();
    mount("size=8m", &world.path("journal"));
    let halted = world.try_open().err().unwrap();
    assert_eq!(halted.failure, Failure::DiskFull);
    assert!(halted.detail.contains("journal"), "{}", halted.detail);
}

#[test]
fn full_in_the_middle() {
    if !is_inside() {
        in_a_namespace("full_in_the_middle");
        return;
    }
    let world = World::asking(StubSettings::default());
    let journal = world.path("journal");
    mount(ROOMY, &journal);
    // No index can be kept here: the desk goes on without one, and every byte is the log's.
    std::fs::create_dir(journal.join("index.sqlite")).unwrap();
    let bench = world.open();
    // As much as is written by now (the room kept for the end is most of it), and room for a few entries and for the
    // questions that wait.
    let shrunk = Command::new("mount").args(["-o", "remount,size=65552k"]).arg(&journal).status().unwrap();
    assert!(shrunk.success());
    let (receipts, failure) = admit_until_it_stops(&bench);
    assert_eq!(failure, Failure::DiskFull);
    assert!(!receipts.is_empty(), "some were recorded before");
    bench.stop();
    let grown = Command::new("mount").args(["-o", &format!("remount,{ROOMY}")]).arg(&journal).status().unwrap();
    assert!(grown.success());
    nothing_shown_is_lost(&world, &receipts);
}

/// A limit on the size of files makes the kernel cut a write short and refuse the next one.
#[test]
fn refusing_in_the_middle() {
    if !is_inside() {
        passed(&again("refusing_in_the_middle", &["bash", "-c", "trap '' XFSZ; ulimit -S -f 5; exec \"$0\" \"$@\""]));
        return;
    }
    let world = World::alone();
    let bench = world.open();
    let (receipts, failure) = admit_until_it_stops(&bench);
    assert_eq!(failure, Failure::LogUnwritable);
    assert!(!receipts.is_empty(), "some were recorded before");
    bench.stop();
    // The export that follows is larger than the limit.
    let unlimited = rustix::process::Rlimit { current: None, maximum: None };
    rustix::process::setrlimit(rustix::process::Resource::Fsize, unlimited).unwrap();
    nothing_shown_is_lost(&world, &receipts);
}

/// The stick is pulled and put back: the bar says so, the log says so, and the desk goes on.
#[test]
fn second_medium_that_is_gone_stands_in_the_status_bar_until_it_is_back() {
    let world = World::alone();
    world.change_config("[paths]\n", "[paths]\ncopy = \"stick\"\n");
    // A file where the medium's folder should be: nothing can be copied there.
    std::fs::write(world.path("stick"), "").unwrap();
    let bench = world.open();
    bench.wait("a lost copy", |view| view.status.copy == CopyHealth::Lost);
    bench.tap(&person(0), card(&good(&person(0))));
    bench.decided();
    bench.decide(Choice::Admit);
    std::fs::remove_file(world.path("stick")).unwrap();
    bench.next();
    bench.wait("a whole copy", |view| view.status.copy == CopyHealth::Whole);
    bench.stop();
    assert_eq!(device_events(&world.events())[..].iter().filter(|told| told.starts_with("second-copy")).count(), 2);
    assert_eq!(
        std::fs::read(world.path("stick/001.seg")).unwrap(),
        std::fs::read(world.path("journal/001.seg")).unwrap()
    );
}
