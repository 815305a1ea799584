//! What a scanner sends, told by its content: scanners differ in how they begin, how they end, and whether they do.

use egui::{Event, Key};

/// Digits of a personal number, which every code on a card begins with.
const NUMBER_DIGITS: usize = 12;
/// The shortest text that is a key and no key touched by accident.
const MIN_KEY_LEN: usize = 6;
/// Separators of the code on a card of which the last field may be missing.
const MIN_SEPARATORS: usize = 5;

/// What stands in a printed line where nothing does.
const FILLER: char = '<';
/// A line of a card, a line of a passport, both lines of that, all three of a card (ICAO Doc 9303-4 §4.2, 9303-5 §4.2).
const PRINTED_LENS: [usize; 4] = [CARD_LINE, PASSPORT_LINE, 88, 90];
const CARD_LINE: usize = 30;
const PASSPORT_LINE: usize = 44;
/// Where the state stands in the first line of a card.
const STATE: std::ops::Range<usize> = 2..5;

/// Long enough to be the next person's key.
pub(super) fn is_key(text: &str) -> bool {
    text.trim().chars().count() >= MIN_KEY_LEN
}

/// A whole number, a whole code or whole printed lines that stand in a line and have rested are entered, even if their
/// scanner sends no end.
pub(super) fn ended_by_pause(text: &str) -> bool {
    let body = without_mark(text);
    if is_printed(body) {
        return opens_by_itself(body);
    }
    let digits = body.bytes().take_while(u8::is_ascii_digit).count();
    let separators = body.matches('|').count();
    digits == NUMBER_DIGITS && (body.len() == NUMBER_DIGITS || separators >= MIN_SEPARATORS)
}

/// A line that begins with the twelve digits of a number, or is a printed one, holds a scan, and a Tab behind it is its end.
pub(super) fn is_ended_by_tab(text: &str) -> bool {
    let body = without_mark(text);
    is_printed(body) || body.bytes().take_while(u8::is_ascii_digit).count() >= NUMBER_DIGITS
}

/// One printed line of a card or a passport, or all of them: their letters, their fillers, their length. No name and no
/// number has a filler.
fn is_printed(text: &str) -> bool {
    let signs = text.chars().filter(|sign| !sign.is_whitespace());
    let is_of_lines = signs.clone().all(|sign| sign.is_ascii_alphanumeric() || sign == FILLER);
    is_of_lines && text.contains(FILLER) && PRINTED_LENS.contains(&signs.count())
}

/// Somebody who types a longer line by hand rests within it, and must not lose it: of single lines only those count that
/// open a document by themselves, the first one of a card and both of a passport.
fn opens_by_itself(text: &str) -> bool {
    let signs: Vec<char> = text.chars().filter(|sign| !sign.is_whitespace()).collect();
    let is_state = |sign: &char| sign.is_ascii_alphabetic() || *sign == FILLER;
    let is_card = matches!(signs.first(), Some('I' | 'i')) && signs.get(STATE).is_some_and(|s| s.iter().all(is_state));
    match signs.len() {
        CARD_LINE => is_card,
        PASSPORT_LINE => !is_card,
        _ => true,
    }
}

/// A frame that holds the end of one line and the beginning of another is taken apart here, since a line edits only up to
/// its first end: whole lines are returned, the rest becomes the line's text, and the events are taken out.
pub(super) fn split_frame(events: &mut Vec<Event>, line: &mut String) -> Vec<String> {
    let Some(first_end) = events.iter().position(is_end) else { return Vec::new() };
    let goes_on = events.iter().skip(first_end).any(|event| matches!(event, Event::Text(_)));
    if !goes_on {
        return Vec::new();
    }
    let mut lines = Vec::new();
    events.retain(|event| match event {
        Event::Text(text) => {
            line.push_str(text);
            false
        }
        end if is_end(end) => {
            lines.push(std::mem::take(line));
            false
        }
        _ => true,
    });
    lines.retain(|line| !line.trim().is_empty());
    lines
}

fn is_end(event: &Event) -> bool {
    matches!(event, Event::Key { key: Key::Enter, pressed: true, .. })
}

/// The text without what a scanner puts in front of a code (ISO/IEC 15424: `]Q1`).
fn without_mark(text: &str) -> &str {
    let text = text.trim_start_matches(|letter: char| letter.is_control() || letter == '\u{feff}').trim();
    let marked = text.starts_with(']') && text.is_char_boundary(3.min(text.len()));
    if marked { text.get(3..).unwrap_or_default() } else { text }
}
