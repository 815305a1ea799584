//! What scanners and keyboards make of a code, and what the desk makes of that.

use crate::checkin_support::*;
use diemdanh::checkin::event::{Event, Input};
use diemdanh::checkin::failure::Failure;
use diemdanh::checkin::view::Screen;

fn entered(text: &str) -> Desk {
    let mut desk = Desk::usual();
    desk.card().give(Event::Input(Input::Entered(text.to_owned())));
    desk
}

fn notice(desk: &Desk) -> Option<Failure> {
    match desk.screen() {
        Screen::Idle(idle) => idle.notice,
        _ => None,
    }
}

#[test]
fn codes_as_scanners_send_them_open_the_card() {
    let code = qr(HERE);
    let rows = [
        code.clone(),
        HERE.to_owned(),
        format!("]Q1{code}"),
        format!("]Q3{HERE}"),
        format!("\u{feff}{code}\r\n"),
        format!("\u{2}{code}\u{3}\t"),
        format!("\u{1d}]Q1\u{feff}{code}"),
        format!("  {code}  "),
        format!("{HERE}\u{0}|||"),
        format!("tran thi{code}"),
        format!("01000002{code}"),
        "01000001".to_owned(),
        "]C001000001".to_owned(),
    ];
    for text in rows {
        assert_eq!(entered(&text).reads, 1, "{text:?}");
    }
}

#[test]
fn digits_that_a_layout_turned_into_letters_are_said() {
    // The keys 0 9 9 2 0 8 0 0 0 0 1 7 on a French and on a Vietnamese keyboard.
    let rows = ["àççéà_àààà&è|||", "àççéà_àààà&è", "đ\u{323}\u{323}âđ\u{301}đđđđă\u{303}|"];
    for text in rows {
        let desk = entered(text);
        assert_eq!((desk.reads, notice(&desk)), (0, Some(Failure::KeyboardLayout)), "{text:?}");
    }
}

#[test]
fn what_is_no_code_is_said_and_reads_nothing() {
    for text in ["", "]", "]Q1", "]Q", "không có ai", "09920800001", "0992080000170", "\u{0}\u{0}", "]]]]]]", "]Q1]Q1"]
    {
        let desk = entered(text);
        assert_eq!((desk.reads, notice(&desk)), (0, Some(Failure::KeyUnknown)), "{text:?}");
    }
}

#[test]
fn desk_that_stops_opens_no_card_with_a_key_that_waited() {
    let mut desk = Desk::usual();
    desk.scan(HERE).card();
    let reads = desk.reads;
    desk.give(Event::Input(Input::Scanned(qr("099208002235"))));
    assert!(desk.waits());
    desk.give(Event::RecordFailed { failure: Failure::DiskFull });
    assert!(matches!(desk.screen(), Screen::Halted(_)), "{:?}", desk.screen());
    assert_eq!((desk.reads, desk.waits()), (reads, false));
}
