//! What people and machines do to a desk that nobody planned, under the real runtime: cards faster than anybody can lay them,
//! two at once, one that is left for hours, codes of other things. Each is shown right and recorded. Elsewhere:
//!
//! | Bad input | shown by |
//! |---|---|
//! | two readers | `pcsc_desk::a_card_on_the_other_of_two_readers_is_not_read` |
//! | a scanner that types into the wrong field | `scenarios: bad_input` |
//! | a scanner that never ends a line, or does not stop | `desk_scanner`, `ui: presses, printed_lines` |
//! | names in pieces (NFD), emoji | `scenarios: bad_input`, `desk_papers`, `roster` |
//! | the clock moved while a session is open | `desk_package::one_jump_of_ten_years_and_back_does_not_brick_the_desk` |
//! | USB pulled: reader, scanner, stick | `desk_reader`, `desk_scanner`, `desk_disk`, `desk_closing`, `paper_list` |
//! | power button | `desk_ending`, `desk_kill` |
//! | display asleep | `ui: presses::what_wakes_a_dark_screen_presses_nothing` |

use crate::checkin_support::{Desk, HERE};
use crate::desk_support::{World, card, check_ins, failed_reads, good, is_idle, person};
use diemdanh::checkin::event::{Choice, Event, Input};
use diemdanh::checkin::failure::Failure;
use diemdanh::checkin::state::ReaderHealth;
use diemdanh::checkin::view::{Headline, Screen, StageView, View};
use diemdanh::iso7816::transport::{CardReader, CardTransport, ReaderEvent, TransportError};
use diemdanh::lab::card::{CardData, SyntheticCard};
use diemdanh::lab::reader::LabField;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Cards come and go faster than one can be read, each with its code: nobody is in, and the one who stays is read.
#[test]
fn cards_faster_than_anybody_lays_them() {
    let world = World::alone();
    let bench = world.open();
    for round in 0..40 {
        bench.desk.send(Input::Scanned(person(round % 4).qr()));
        bench.field.insert(card(&good(&person((round + 1) % 4))));
        bench.field.remove();
    }
    // What the reader says comes in order: behind its plug there is none of the cards any more.
    bench.field.unplug();
    bench.wait("the pulled reader", |view| view.status.reader == ReaderHealth::Missing);
    bench.field.plug_in();
    bench.wait("the reader", |view| view.status.reader == ReaderHealth::Ready);
    bench.desk.send(Input::Back);
    bench.wait("the idle desk", is_idle);
    bench.desk.send(Input::Back);
    bench.tap(&person(5), card(&good(&person(5))));
    let case = bench.decided();
    assert_eq!((case.headline, case.person.name.reveal()), (Headline::Admit, &person(5).full_name));
    bench.decide(Choice::Admit);
    bench.stop();
    assert_eq!(check_ins(&world.events()), 1, "nobody was let in by the way");
    world.board_agrees();
}

/// A reader whose field holds two cards: from some command on the other one answers.
struct TwoCards {
    field: LabField,
    other: CardData,
    from: Arc<AtomicU32>,
}

struct Between {
    first: Box<dyn CardTransport>,
    other: SyntheticCard,
    from: u32,
    sent: u32,
}

impl CardReader for TwoCards {
    fn wait(&mut self, timeout_ms: u32) -> Option<ReaderEvent> {
        self.field.reader().wait(timeout_ms)
    }

    fn connect(&mut self) -> Result<Box<dyn CardTransport>, TransportError> {
        let first = self.field.reader().connect()?;
        Ok(Box::new(Between { first, other: card(&self.other), from: self.from.load(Ordering::SeqCst), sent: 0 }))
    }
}

impl CardTransport for Between {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        self.sent += 1;
        if self.sent > self.from { self.other.transmit(command) } else { self.first.transmit(command) }
    }

    fn atr(&self) -> &[u8] {
        self.first.atr()
    }
}

/// Whenever the second card begins to answer: what is green is one card's from the first byte to the last.
#[test]
fn two_cards_at_once_are_never_one_person() {
    let world = World::alone();
    let (field, watcher) = LabField::new();
    let from = Arc::new(AtomicU32::new(u32::MAX));
    let other = good(&person(1));
    let connector = TwoCards { field: field.clone(), other, from: Arc::clone(&from) };
    let bench = world.open_with(field, Box::new(watcher), Box::new(connector)).unwrap_or_else(|_| panic!("a desk"));
    let is_over = |view: &View| match &view.screen {
        Screen::Reading(reading) => reading.interrupted.is_some(),
        Screen::Idle(idle) => idle.notice.is_some(),
        screen => crate::desk_support::ready(screen).is_some(),
    };
    let mut broken = 0;
    for at in (0..90).step_by(3) {
        from.store(at, Ordering::SeqCst);
        bench.tap(&person(0), card(&good(&person(0))));
        let view = bench.wait("how it ends", is_over);
        match crate::desk_support::ready(&view.screen) {
            // So late that the first card had said everything.
            Some(case) if case.headline == Headline::Admit => {
                assert_eq!(*case.person.name.reveal(), person(0).full_name, "from command {at} on");
            }
            Some(case) => assert_ne!(case.headline, Headline::Working, "from command {at} on"),
            None => broken += 1,
        }
        bench.field.remove();
        bench.desk.send(Input::Back);
        bench.wait("the idle desk", |view| is_idle(view) && !view.status.card_present);
        bench.desk.send(Input::Back);
    }
    assert!(broken > 3, "{broken} readings were broken by the second card");
    from.store(u32::MAX, Ordering::SeqCst);
    bench.tap(&person(0), card(&good(&person(0))));
    assert_eq!(bench.decided().headline, Headline::Admit, "one card alone is read as ever");
    bench.stop();
    let events = world.events();
    assert_eq!(check_ins(&events), 0);
    assert!(failed_reads(&events).len() >= broken, "each is an entry");
    world.board_agrees();
}

/// Six hours of ticks, and a reader that says again and again that a card is there: read once, decided by nobody.
#[test]
fn a_card_left_for_hours_is_read_once_and_nothing_grows() {
    let mut desk = Desk::usual();
    desk.good_person(HERE);
    let (reads, entries) = (desk.reads, desk.written.len());
    let before = format!("{:?}", desk.verdict().stage);
    for minute in 0..6 * 60 {
        for _ in 0..4 {
            desk.later(15_000);
        }
        if minute % 10 == 0 {
            desk.card();
        }
    }
    assert!(matches!(desk.verdict().stage, StageView::Deciding(_)), "{before}");
    assert_eq!((desk.reads, desk.written.len()), (reads, entries), "nothing was read, nothing written");
    desk.lift();
    desk.chose(Choice::Admit);
    assert_eq!(desk.written.len(), entries + 1, "whoever comes back decides");
}

/// Codes of other things: a page, money, a network, a health card, a parcel. None opens a card, each is said.
#[test]
fn codes_of_other_things_are_said_and_open_nothing() {
    let world = World::alone();
    let bench = world.open();
    let codes = [
        "https://example.org/x?id=099208000017",
        "00020101021138570010A00000072701270006970403011300110123456780208QRIBFTTA53037045802VN63044B2D",
        "WIFI:T:WPA;S:Truong THPT Mau;P:matkhau123;;",
        "BEGIN:VCARD\u{b}FN:Mau\u{b}END:VCARD",
        "SPXVN012345678901",
        "😀😀😀😀😀😀😀😀😀😀😀😀",
        "{\"id\":\"099208000017\"}",
    ];
    for code in codes {
        bench.desk.send(Input::Scanned(code.to_owned()));
        assert_eq!(bench.notice(), Failure::KeyUnknown, "{code}");
        bench.desk.send(Input::Typed(String::new()));
        bench.wait("nothing said", |view| matches!(&view.screen, Screen::Idle(idle) if idle.notice.is_none()));
    }
    bench.tap(&person(0), card(&good(&person(0))));
    assert_eq!(bench.decided().headline, Headline::Admit);
    bench.stop();
}

/// Ten thousand texts that are no key, and what a person does is still heard.
#[test]
fn a_flood_of_texts_leaves_the_desk_to_people() {
    let mut desk = Desk::usual();
    for number in 0..10_000_u32 {
        desk.give(Event::Input(Input::Scanned(format!("{number:->30}"))));
    }
    desk.good_person(HERE);
    assert!(matches!(desk.verdict().stage, StageView::Deciding(_)));
}
