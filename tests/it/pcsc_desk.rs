//! The real desk on a real PC/SC daemon: tap, verdict, record; lifted; daemon stopped and started again.

use crate::desk_support::{self as desk, Bench, World};
use crate::rig;
use diemdanh::checkin::event::{Choice, Input};
use diemdanh::checkin::failure::{Failure, Signal};
use diemdanh::checkin::state::ReaderHealth;
use diemdanh::checkin::view::{Instruction, PlaceView, Screen, View};
use diemdanh::host::pcsc::PcscReader;
use diemdanh::lab::card::{CardFault, SyntheticCard};
use diemdanh::lab::reader::LabField;
use diemdanh::lab::vpcd;
use std::net::{Shutdown, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

#[test]
fn tap_to_record_through_the_daemon() {
    rig::inside("pcsc_desk::tap_to_record_through_the_daemon", || {
        let world = World::alone();
        let bench = on_the_daemon(&world);
        wait_for_reader(&bench, ReaderHealth::Ready);
        let person = desk::person(0);
        bench.enter(&person.qr());
        let card = Served::new(desk::card(&desk::good(&person)));
        let case = bench.decided();
        assert_eq!(case.signal, Signal::Ok, "{:?}", case.lines);
        assert_eq!(case.place.as_ref().map(|PlaceView { room, .. }| room.as_str()), Some("P12"));
        bench.decide(Choice::Admit);
        card.lift();
        bench.desk.send(Input::Continue);
        bench.wait("an empty field", |view| desk::is_idle(view) && !view.status.card_present);
        bench.stop();
        assert_eq!(desk::check_ins(&world.events()), 1);
        world.board_agrees();
    });
}

#[test]
fn card_lifted_in_the_middle_comes_back_through_the_daemon() {
    rig::inside("pcsc_desk::card_lifted_in_the_middle_comes_back_through_the_daemon", || {
        let world = World::alone();
        let bench = on_the_daemon(&world);
        wait_for_reader(&bench, ReaderHealth::Ready);
        let person = desk::person(0);
        bench.enter(&person.qr());
        let lifted = Served::new(desk::card(&desk::good(&person)).with_fault(CardFault::LiftedAt(8)));
        assert_eq!(bench.interruption(), Failure::CardLifted);
        lifted.lift();
        bench.wait("an empty field", |view| !view.status.card_present);
        let _back = Served::new(desk::card(&desk::good(&person)));
        assert_eq!(bench.decided().signal, Signal::Ok);
        bench.decide(Choice::Admit);
        bench.stop();
        assert_eq!(desk::check_ins(&world.events()), 1);
    });
}

#[test]
fn c13_daemon_stopped_and_started_again() {
    rig::inside("pcsc_desk::c13_daemon_stopped_and_started_again", || {
        let world = World::alone();
        let bench = on_the_daemon(&world);
        wait_for_reader(&bench, ReaderHealth::Ready);
        kill(&rig::daemon_pid());
        wait_for_reader(&bench, ReaderHealth::ServiceDown);
        let told = bench.wait("words about it", |view| matches!(&view.screen, Screen::Idle(_)));
        assert!(matches!(&told.screen, Screen::Idle(idle) if idle.reader_failure == Some(Failure::ServiceDown)));
        let mut daemon = start_daemon();
        wait_for_reader(&bench, ReaderHealth::Ready);
        let person = desk::person(0);
        bench.enter(&person.qr());
        let _card = Served::new(desk::card(&desk::good(&person)));
        assert_eq!(bench.decided().signal, Signal::Ok);
        bench.decide(Choice::Admit);
        bench.stop();
        daemon.kill().expect("our own daemon");
        daemon.wait().expect("its end");
        let words = desk::device_events(&world.events());
        assert!(words.contains(&"reader: r02".to_owned()), "{words:?}");
    });
}

/// Another program has the card for itself: the desk says so, tries again by itself, and reads once it is let go.
#[test]
fn c13_card_held_by_another_program_through_the_daemon() {
    rig::inside("pcsc_desk::c13_card_held_by_another_program_through_the_daemon", || {
        let world = World::alone();
        let other = pcsc::Context::establish(pcsc::Scope::User).expect("the daemon");
        let bench = on_the_daemon(&world);
        wait_for_reader(&bench, ReaderHealth::Ready);
        let person = desk::person(0);
        let _card = Served::new(desk::card(&desk::good(&person)));
        bench.wait("a card", |view| view.status.card_present);
        let name = other.list_readers_owned().expect("readers").remove(0);
        let held = other.connect(&name, pcsc::ShareMode::Exclusive, pcsc::Protocols::ANY).expect("the card");
        bench.enter(&person.qr());
        assert_eq!(bench.interruption(), Failure::CardHeld);
        drop(held);
        assert_eq!(bench.decided().signal, Signal::Ok);
        bench.decide(Choice::Admit);
        bench.stop();
        assert_eq!(desk::failed_reads(&world.events()), ["c08"]);
        assert_eq!(desk::check_ins(&world.events()), 1);
    });
}

/// The configuration names one of two readers: what lies on the other is nobody's card here.
#[test]
fn a_card_on_the_other_of_two_readers_is_not_read() {
    rig::inside("pcsc_desk::a_card_on_the_other_of_two_readers_is_not_read", || {
        let world = World::alone();
        let (field, _) = LabField::new();
        let reader = || Box::new(PcscReader::new(Some("00 00".to_owned())));
        let bench = world.open_with(field, reader(), reader()).unwrap_or_else(|halted| panic!("{halted:?}"));
        wait_for_reader(&bench, ReaderHealth::Ready);
        let (mine, other) = (desk::person(0), desk::person(1));
        let elsewhere = Served::at(vpcd::DEFAULT_PORT + 1, desk::card(&desk::good(&other)));
        // The daemon looks at its readers now and then.
        let mut names = PcscReader::new(None);
        let found = (0..LOOKS).map(|_| names.survey().expect("both readers"));
        let seen = found.map(|found| found.into_iter().filter(|reader| reader.has_card).collect::<Vec<_>>());
        let with_card = seen.into_iter().find(|found| !found.is_empty()).expect("a card in the other reader");
        assert!(matches!(&with_card[..], [reader] if reader.name.contains("00 01")), "{with_card:?}");
        bench.enter(&other.qr());
        let asks =
            |view: &View| matches!(&view.screen, Screen::Idle(idle) if idle.instruction == Instruction::PlaceCard);
        bench.wait("a key without a card", asks);
        bench.enter(&mine.qr());
        let card = Served::new(desk::card(&desk::good(&mine)));
        let case = bench.decided();
        assert_eq!(*case.person.name.reveal(), mine.full_name);
        bench.decide(Choice::Admit);
        card.lift();
        elsewhere.lift();
        bench.stop();
        assert_eq!(desk::check_ins(&world.events()), 1);
    });
}

/// Looks at the readers before a test gives up.
const LOOKS: usize = 100_000;

fn on_the_daemon(world: &World) -> Bench {
    let (field, _) = LabField::new();
    let reader = || Box::new(PcscReader::new(None));
    world.open_with(field, reader(), reader()).unwrap_or_else(|halted| panic!("{halted:?}"))
}

fn wait_for_reader(bench: &Bench, wanted: ReaderHealth) {
    bench.wait("the reader", |view| view.status.reader == wanted);
}

/// A card in the virtual reader until it is lifted.
struct Served {
    stream: TcpStream,
    card: Option<JoinHandle<()>>,
}

impl Served {
    fn new(card: SyntheticCard) -> Self {
        Self::at(vpcd::DEFAULT_PORT, card)
    }

    /// In the reader behind this port.
    fn at(port: u16, mut card: SyntheticCard) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("the virtual reader");
        let copy = stream.try_clone().expect("a handle");
        let thread = std::thread::spawn(move || drop(vpcd::serve(&mut card, copy)));
        Self { stream, card: Some(thread) }
    }

    fn lift(mut self) {
        self.end();
    }

    fn end(&mut self) {
        let _ = self.stream.shutdown(Shutdown::Both);
        if let Some(card) = self.card.take() {
            card.join().expect("the card's thread");
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.end();
    }
}

fn kill(pid: &str) {
    assert!(Command::new("kill").arg(pid).status().expect("kill").success());
}

/// A daemon in the place of the one that was stopped; the virtual reader listens once its socket is there.
fn start_daemon() -> Child {
    // The first daemon's files may still be there: it needs a moment to end.
    for _ in 0..100 {
        let gone = !std::path::Path::new("/run/pcscd/pcscd.comm").exists();
        if gone {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let mut daemon = Command::new("pcscd");
    daemon.args(["--foreground", "--error"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    daemon.spawn().expect("a daemon")
}
