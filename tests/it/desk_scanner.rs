//! A scanner at a serial port under the real desk: a pseudo-terminal takes its place, byte for byte.

use crate::desk_support::{Bench, PATIENCE_MS, World, card, check_ins, device_events, good, is_idle, person, ready};
use diemdanh::checkin::event::{Choice, Input};
use diemdanh::checkin::failure::Failure;
use diemdanh::checkin::readiness::Finding;
use diemdanh::checkin::state::ScannerHealth;
use diemdanh::checkin::view::{Headline, Instruction, Screen, View};
use diemdanh::desk::plan::DeskPlan;
use diemdanh::desk::readiness::{Tools, examine};
use diemdanh::desk::scanner::{MAX_BURST_LINES, MAX_LINE_LEN, ScanLines};
use diemdanh::desk::start::read_config;
use diemdanh::host::clock::SystemClock;
use diemdanh::host::disk::gauge;
use diemdanh::host::machine::MachineFiles;
use diemdanh::host::serial::{ScannerEvent, ScannerFault, SerialScanner};
use proptest::prelude::*;
use serialport::{SerialPort as _, TTYPort};
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::time::Duration;

/// A scanner that is plugged in under the name that the desk's file has.
struct Scanner {
    end: TTYPort,
    name: PathBuf,
}

impl Scanner {
    fn plug_in(world: &World) -> Self {
        let (mut end, port) = TTYPort::pair().unwrap();
        end.set_timeout(Duration::from_millis(PATIENCE_MS)).unwrap();
        let name = world.path("scanner");
        symlink(port.name().unwrap(), &name).unwrap();
        Self { end, name }
    }

    fn sends(&mut self, bytes: &[u8]) {
        self.end.write_all(bytes).unwrap();
    }

    fn unplug(self) {
        fs::remove_file(&self.name).unwrap();
        drop(self.end);
    }
}

fn world() -> World {
    let world = World::alone();
    world.change_config("[window]", "[scanner]\nport = \"scanner\"\n[window]");
    world
}

fn stands(bench: &Bench, health: ScannerHealth) {
    bench.wait("the scanner's health", |view| view.status.scanner == health);
}

fn plugged() -> (World, Bench, Scanner) {
    let world = world();
    let scanner = Scanner::plug_in(&world);
    let bench = world.open();
    stands(&bench, ScannerHealth::Ready);
    (world, bench, scanner)
}

fn instructs(view: &View, wanted: Instruction) -> bool {
    matches!(&view.screen, Screen::Idle(idle) if idle.instruction == wanted)
}

#[test]
fn a_code_opens_the_card_however_its_line_ends() {
    let (_world, bench, mut scanner) = plugged();
    let code = person(0).qr();
    let latin: Vec<u8> = [person(0).number.as_bytes(), b"||Nguy\xEA\xFFn|15022008|Nam|x|01012024\r"].concat();
    let rows: Vec<Vec<u8>> = vec![
        format!("{code}\r").into(),
        format!("{code}\n").into(),
        format!("{code}\r\n").into(),
        format!("{code}\t").into(),
        code.clone().into(),
        format!("]Q1{code}\r").into(),
        format!("\u{feff}{code}\r\n").into(),
        format!("\u{2}]Q1{code}\u{3}").into(),
        format!("\u{0}{code}\u{4}\r").into(),
        latin,
    ];
    for row in rows {
        scanner.sends(&row);
        bench.wait("a key", |view| instructs(view, Instruction::PlaceCard));
        bench.desk.send(Input::Back);
        bench.wait("no key", |view| instructs(view, Instruction::ScanAndPlace));
    }
    scanner.sends(format!("{code}\r\n").as_bytes());
    bench.field.insert(card(&good(&person(0))));
    assert_eq!(bench.decided().headline, Headline::Admit);
    bench.stop();
}

#[test]
fn a_scan_decides_nothing_and_waits_for_the_next_person() {
    let (world, bench, mut scanner) = plugged();
    bench.tap(&person(0), card(&good(&person(0))));
    bench.decided();
    scanner.sends(format!("{}\r\n\t\r", person(1).qr()).as_bytes());
    bench.wait("the next one's key", |view| view.key_waits);
    let view = bench.view.get();
    assert!(ready(&view.screen).is_some_and(|case| *case.person.name.reveal() == person(0).full_name));
    assert_eq!(check_ins(&world.events()), 0, "nobody decided");
    bench.decide(Choice::Admit);
    bench.field.remove();
    bench.field.insert(card(&good(&person(1))));
    bench.wait("the next person", |view| {
        ready(&view.screen).is_some_and(|case| *case.person.name.reveal() == person(1).full_name)
    });
    bench.stop();
    assert_eq!(check_ins(&world.events()), 1);
    world.board_agrees();
}

#[test]
fn pulled_and_plugged_in_again_is_told_once_and_scans_go_on() {
    let (world, bench, scanner) = plugged();
    scanner.unplug();
    stands(&bench, ScannerHealth::Missing);
    // Nobody waits for the scanner.
    bench.tap(&person(0), card(&good(&person(0))));
    bench.decided();
    bench.decide(Choice::Admit);
    bench.next();
    let mut scanner = Scanner::plug_in(&world);
    stands(&bench, ScannerHealth::Ready);
    scanner.sends(format!("{}\r", person(1).qr()).as_bytes());
    bench.field.insert(card(&good(&person(1))));
    bench.decided();
    bench.desk.send(Input::Back);
    bench.wait("the idle desk", is_idle);
    bench.stop();
    let told: Vec<String> =
        device_events(&world.events()).into_iter().filter(|event| event.starts_with("scanner")).collect();
    assert_eq!(told, ["scanner: ready", "scanner: missing", "scanner: ready"]);
    world.board_agrees();
}

#[test]
fn half_a_code_of_before_it_was_pulled_is_nothing() {
    let (world, bench, mut scanner) = plugged();
    scanner.sends(&person(0).qr().as_bytes()[..40]);
    scanner.unplug();
    stands(&bench, ScannerHealth::Missing);
    let mut scanner = Scanner::plug_in(&world);
    stands(&bench, ScannerHealth::Ready);
    scanner.sends(b"no code of a card\r");
    assert_eq!(bench.notice(), Failure::KeyUnknown);
    bench.stop();
}

#[test]
fn a_scanner_that_does_not_stop_is_said_and_leaves_the_desk_to_people() {
    let (_world, bench, mut scanner) = plugged();
    scanner.sends(&vec![b'7'; 3 * MAX_LINE_LEN]);
    assert_eq!(bench.notice(), Failure::KeyUnknown, "a line that never ends");
    for _ in 0..200 {
        scanner.sends(format!("{}\r", "9".repeat(40)).as_bytes());
    }
    bench.tap(&person(0), card(&good(&person(0))));
    assert_eq!(bench.decided().headline, Headline::Admit);
    bench.stop();
}

#[test]
fn what_is_wrong_with_the_port_has_a_name_in_the_bar_and_for_the_doctor() {
    let found = |world: &World| {
        let (config, base) = read_config(&world.config()).unwrap();
        let plan = DeskPlan::of_files(&config, &base).unwrap();
        let machine = MachineFiles::below(world.path("no-machine"));
        let tools = Tools { machine: &machine, reader: None, registry: None, clock: &SystemClock, gauge: &gauge() };
        let readiness = examine(&plan, tools);
        readiness.checks.into_iter().find(|check| check.finding.subject() == "scanner").unwrap()
    };
    assert_eq!(found(&World::alone()).finding, Finding::ScannerOff);

    let missing = world();
    assert_eq!(found(&missing).finding, Finding::ScannerMissing);
    let bench = missing.open();
    stands(&bench, ScannerHealth::Missing);
    bench.stop();
    assert!(device_events(&missing.events()).contains(&"scanner: missing".to_owned()));

    let file = world();
    fs::write(file.path("scanner"), "a file").unwrap();
    assert_eq!(found(&file).finding, Finding::ScannerNotSerial);
    assert_eq!(fs::read(file.path("scanner")).unwrap(), b"a file", "nothing is ever sent");
    let bench = file.open();
    stands(&bench, ScannerHealth::NotSerial);
    bench.stop();

    let (world, bench, _scanner) = plugged();
    assert_eq!(found(&world).finding, Finding::ScannerBusy, "the desk holds it");
    bench.stop();
    let free = found(&world);
    assert_eq!((free.finding, free.seen), (Finding::ScannerReady, world.path("scanner").display().to_string()));
}

/// A port that breaks each time it is opened is tried less and less often, and told when it changes.
#[test]
fn a_port_that_comes_and_goes_is_left_alone_for_longer_and_longer() {
    let world = world();
    let mut port = SerialScanner::new(world.path("scanner"), 9_600);
    assert_eq!(port.wait(1), ScannerEvent::Lost(ScannerFault::Missing));
    let quiet = (0..600).filter(|_| port.wait(0) == ScannerEvent::Quiet).count();
    assert_eq!(quiet, 600, "what was told is not told again");
    let mut waits = Vec::new();
    for _ in 0..4 {
        let scanner = Scanner::plug_in(&world);
        waits.push((1..100_000).find(|_| port.wait(0) == ScannerEvent::Opened).unwrap());
        scanner.unplug();
        assert_eq!(port.wait(1), ScannerEvent::Lost(ScannerFault::Missing));
    }
    assert!(waits[1..].windows(2).all(|pair| pair[0] < pair[1]), "{waits:?}");
}

/// What was scanned is a person's data: it does not come into a log by being printed.
#[test]
fn what_a_scanner_sent_is_not_printed() {
    let printed = format!("{:?}", ScannerEvent::Bytes(b"099208000017|Nguyen".to_vec()));
    assert_eq!(printed, "Bytes(\u{2026})");
    assert_eq!(format!("{:?}", ScannerEvent::Lost(ScannerFault::Missing)), "Lost(Missing)");
}

#[test]
fn configuration_names_a_speed_that_is_none() {
    for baud in ["0", "299", "1000000", "-1", "\"fast\""] {
        let world = World::alone();
        world.change_config("[window]", &format!("[scanner]\nport = \"scanner\"\nbaud = {baud}\n[window]"));
        let halted = read_config(&world.config()).err().unwrap();
        assert_eq!(halted.failure, Failure::ConfigUnreadable, "{baud}");
        let is_number = baud.parse::<u32>().is_ok();
        assert!(!is_number || halted.detail.contains("bits a second"), "{}", halted.detail);
    }
}

#[test]
fn lines_are_told_apart() {
    let rows: [(&[u8], &[&str]); 8] = [
        (b"012345\r\n678901\r\n", &["012345", "678901"]),
        (b"\r\n\r\n\t\t012345\n", &["012345"]),
        (b"12345\r", &[]),
        (b"  012345  \r", &["012345"]),
        (b"01\x0023\x1D45\x7F\r", &["012345"]),
        (b"012345", &[]),
        (b"\xFF\xFE\xFF\xFE\xFF\xFE\r", &["\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}"]),
        ("Nguyễn\r".as_bytes(), &["Nguyễn"]),
    ];
    for (bytes, wanted) in rows {
        let mut lines = ScanLines::default();
        assert_eq!(lines.take(bytes), wanted, "{bytes:?}");
    }
    let mut lines = ScanLines::default();
    assert_eq!((lines.take(b"012345"), lines.rest(), lines.rest()), (vec![], Some("012345".to_owned()), None));
}

#[test]
fn a_long_line_is_handed_over_once_and_ends_like_any_other() {
    let mut lines = ScanLines::default();
    let long = lines.take(&vec![b'1'; 10 * MAX_LINE_LEN]);
    assert_eq!(long.iter().map(String::len).collect::<Vec<_>>(), [MAX_LINE_LEN]);
    assert_eq!(lines.take(b"111111\r012345\r"), ["012345"], "its rest is nothing");
    let mut lines = ScanLines::default();
    lines.take(&vec![b'1'; 10 * MAX_LINE_LEN]);
    assert_eq!(lines.rest(), None);
    assert_eq!(lines.take(b"012345\r"), ["012345"], "a rest ends it as well");
}

proptest! {
    /// However the bytes arrive, the lines are the same; and no scanner fills the desk's queue.
    #[test]
    fn lines_do_not_depend_on_how_bytes_arrive(bytes in prop::collection::vec(prop_oneof![
        Just(b'\r'), Just(b'\n'), Just(b'\t'), any::<u8>(), b'0'..=b'9'
    ], 0..400), cut in 0_usize..400) {
        let mut whole = ScanLines::default();
        let wanted = whole.take(&bytes);
        prop_assert!(wanted.len() <= MAX_BURST_LINES);
        let (head, tail) = bytes.split_at(cut.min(bytes.len()));
        let mut parts = ScanLines::default();
        let mut found = parts.take(head);
        found.extend(parts.take(tail));
        prop_assert_eq!(&found, &wanted);
        prop_assert_eq!(parts.rest(), whole.rest());
    }
}
