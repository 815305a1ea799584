//! The printed lines of a passport (ICAO Doc 9303-4, appendix B) and of a card: from a swipe reader that sends an end, a Tab or
//! nothing, and from a hand that rests between letters.

use crate::screens::{Window, window};
use crate::views;
use checkin::event::Input;
use checkin::view::Screen;
use egui::{Event, Key};

const PASSPORT: [&str; 2] =
    ["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"];
const CARD: [&str; 3] =
    ["IDVNM2080000171099208000017<<3", "0802159M3302156VNM<<<<<<<<<<<4", "NGUYEN<<VAN<MAU<<<<<<<<<<<<<<<"];

fn idle() -> Window {
    window(views::view(Screen::Idle(Default::default())))
}

fn entered(sent: &[Input]) -> Vec<&str> {
    let mut texts = Vec::new();
    for input in sent {
        if let Input::Entered(text) = input {
            texts.push(text.as_str());
        }
    }
    texts
}

/// Letter by letter, so many seconds apart, and then a rest.
fn typed(text: &str, apart_s: f32) -> Vec<Input> {
    let mut idle = idle();
    idle.rest();
    let mut sent = Vec::new();
    for letter in text.chars() {
        sent.extend(idle.frame(vec![Event::Text(letter.to_string())], 0.01));
        sent.extend(idle.frame(Vec::new(), apart_s));
    }
    sent.extend(idle.rest());
    sent
}

#[test]
fn what_opens_a_document_is_entered_when_it_rests() {
    let marked = format!("]Q1{}", PASSPORT[1]);
    let (both, all, small) = (PASSPORT.concat(), CARD.concat(), CARD[0].to_lowercase());
    for text in [PASSPORT[0], PASSPORT[1], &both, CARD[0], &all, &marked, &small] {
        let mut idle = idle();
        let sent = idle.type_text(text);
        assert!(entered(&sent).is_empty(), "{text}: {sent:?}");
        assert_eq!(entered(&idle.rest()), [text]);
    }
}

#[test]
fn a_tab_behind_any_printed_line_ends_it() {
    for text in PASSPORT.iter().chain(&CARD) {
        let mut idle = idle();
        idle.type_text(text);
        let sent = idle.press(Key::Tab);
        assert_eq!(entered(&sent), [*text]);
    }
}

/// Whoever types rests at any letter, and loses none: only what opens a document is entered, and all of it.
#[test]
fn a_slow_hand_loses_nothing() {
    for apart_s in [0.05, 0.4] {
        for text in PASSPORT {
            assert_eq!(entered(&typed(text, apart_s)), [text], "{apart_s}");
        }
    }
    assert_eq!(entered(&typed(&CARD.concat(), 0.4))[0], CARD[0], "the first line opens the card");
    assert_eq!(entered(&typed(&CARD.concat(), 0.05)), [CARD.concat()]);
    // A rest in the middle of a line that opens nothing by itself.
    assert!(entered(&typed(&CARD.concat()[..44], 0.05)).is_empty());
}

#[test]
fn what_is_not_whole_stays_in_the_line() {
    for text in [&PASSPORT[1][..43], "NGUYEN VAN MAU", &"<".repeat(31), &CARD[0][..29], CARD[1], CARD[2]] {
        let mut idle = idle();
        let mut sent = idle.type_text(text);
        sent.extend(idle.rest());
        assert!(entered(&sent).is_empty(), "{text}: {sent:?}");
    }
}
