//! The door for everything that is typed, scanned or pressed.
//!
//! A window system delivers scans, held keys and presses as one stream of key events, and says neither which is which nor
//! when it was: an event has no time but its frame's, and the toolkit drops the system's own word on repeats. Here each
//! frame's events are told apart before any widget sees them:
//!
//! - A key that is held down is one press, however often it repeats and whatever window had the focus in between. A key
//!   whose release was lost is a press again after [`STUCK_S`] without a word of it.
//! - Text on a screen without a line is a scan. Its closing Enter or Tab presses nothing, and no letter, digit or space
//!   ever does.
//! - A button decides only if it was alive in the frame before: the one that a person has seen. It comes alive
//!   some time after its meaning has changed, and after whoever came back has woken a screen that may have gone dark.
//! - What lets somebody in wants more: the portrait must have stood on the screen for long enough to be compared. The time
//!   runs while the rest is still being checked, so that mostly nobody waits for it. It begins with the frame behind the one
//!   that drew the portrait first: only then has that one come to the glass, however long the graphics took. The desk is
//!   told so, and counts for itself.
//!
//! Invariants: nothing here knows what a button does; nothing is read from a clock but the frame's time.

use crate::scan;
use crate::widgets::is_line;
use checkin::event::Meaning;
use checkin::view::Portrait;
use egui::{Event, Id, InputState, Key, Modifiers, Ui};
use std::collections::BTreeMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// A key of which nothing was heard for so long is not held any more, even if nobody saw it go up.
const STUCK_S: f64 = 1.0;
/// An Enter or Tab so soon behind text belongs to it. Long, because a slow frame delivers late.
const TAIL_S: f64 = 1.0;
/// A scan without an end has ended after such a pause.
const PAUSE_S: f64 = 0.3;
/// After so long without a key, a finger or a pointer the screen may have gone dark: what is pressed then wakes it.
const ASLEEP_S: f64 = 240.0;
/// A plus sign is the numeric keypad's key for letting in if nothing is typed right behind it.
const PLUS_S: f64 = 0.2;
/// The longest scan that is collected.
const MAX_SCAN_LEN: usize = 2_048;

/// What a screen does with text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// It has a line that text goes into.
    Text,
    /// It has none: text is a scan.
    Presses,
}

/// What is known of keyboard, scanner and buttons from frame to frame. It cannot be printed: a scan is a person's data.
#[derive(Default)]
pub(super) struct Hand {
    /// When each key that is down was last heard of.
    down: BTreeMap<Key, f64>,
    scan: String,
    text_at: Option<f64>,
    /// When anything was last pressed, touched, moved or typed.
    touched_at: Option<f64>,
    plus_at: Option<f64>,
    guard: Guard,
    looked: Looked,
}

/// Which buttons a person has seen alive.
#[derive(Debug, Default)]
struct Guard {
    meaning: Option<Meaning>,
    painted_at: Option<f64>,
    alive: bool,
}

/// The portrait that a person has before her eyes. Held weakly: nothing of anybody lives on here, and no later portrait can
/// be taken for it.
#[derive(Debug, Default)]
struct Looked {
    portrait: Weak<Portrait>,
    drawn_at: f64,
    /// Since when it has been on the glass.
    seen_at: Option<f64>,
    long_enough: bool,
}

/// What a frame has shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Painted<'a> {
    /// What its screen does with text.
    pub(super) takes: Takes,
    /// What its buttons mean.
    pub(super) meaning: Meaning,
    /// For how long they decide nothing after they were painted.
    pub(super) guard_ms: u64,
    /// For how long the desk itself still holds them back.
    pub(super) brain_ms: u64,
    /// The chip's portrait, where it stood there.
    pub(super) portrait: Option<&'a Arc<Portrait>>,
    /// For how long nobody is let in after it was painted.
    pub(super) portrait_guard_ms: u64,
}

impl Hand {
    /// Sorts the frame's events, before anything is drawn. What it returns was scanned, in order.
    pub(super) fn sort(&mut self, ui: &Ui, takes: Takes) -> Vec<String> {
        let scans = ui.input_mut(|input| self.sort_events(input, takes));
        if takes == Takes::Presses && (self.is_scanning(ui) || !scans.is_empty()) {
            // A scanner's Tab moves no focus: nothing that an Enter behind it could press.
            ui.memory_mut(|memory| memory.focused().into_iter().for_each(|id| memory.surrender_focus(id)));
        }
        if takes == Takes::Text && ui.input(|input| input.events.iter().any(|event| matches!(event, Event::Text(_)))) {
            // Text is the line's, and so is an Enter in the same frame, whatever somebody has tabbed to.
            let elsewhere = |id: &Id| !is_line(*id);
            ui.memory_mut(|memory| {
                memory.focused().filter(elsewhere).into_iter().for_each(|id| memory.surrender_focus(id));
            });
        }
        scans
    }

    fn sort_events(&mut self, input: &mut InputState, takes: Takes) -> Vec<String> {
        let now = input.time;
        self.wake(now, &input.events);
        let mut scans = Vec::new();
        if takes == Takes::Text {
            self.scan.clear();
            self.plus_at = None;
        }
        let events = std::mem::take(&mut input.events);
        for event in events {
            if self.keeps(&event, now, takes, &mut scans) {
                input.events.push(event);
            }
        }
        self.close_scan(now, &mut scans);
        if self.plus_at.is_some_and(|at| now - at >= PLUS_S) {
            self.plus_at = None;
            input.events.push(pressed(Key::F5));
        }
        scans
    }

    /// Whoever wakes a dark screen has not seen its buttons: they come alive anew.
    fn wake(&mut self, now: f64, events: &[Event]) {
        let last = *self.touched_at.get_or_insert(now);
        if !events.iter().any(is_touch) {
            return;
        }
        self.touched_at = Some(now);
        if now - last >= ASLEEP_S {
            (self.guard, self.looked) = (Guard::default(), Looked::default());
        }
    }

    /// Whether a widget may see the event.
    fn keeps(&mut self, event: &Event, now: f64, takes: Takes, scans: &mut Vec<String>) -> bool {
        match event {
            Event::Key { key, pressed: true, .. } => {
                let heard = self.down.insert(*key, now);
                let is_held = heard.is_some_and(|at| now - at < STUCK_S);
                self.keeps_key(*key, is_held, now, takes, scans)
            }
            Event::Key { key, pressed: false, .. } => {
                self.down.remove(key);
                true
            }
            Event::Text(text) | Event::Paste(text) | Event::Ime(egui::ImeEvent::Commit(text)) => {
                self.take_text(text, now, takes);
                takes == Takes::Text
            }
            _ => true,
        }
    }

    fn keeps_key(&mut self, key: Key, is_held: bool, now: f64, takes: Takes, scans: &mut Vec<String>) -> bool {
        let closes = matches!(key, Key::Enter | Key::Tab);
        match takes {
            // A space is text, and nothing else: within a scan it would press what has the focus.
            Takes::Text => !(is_held && decides(key)) && key != Key::Space,
            Takes::Presses if closes && self.is_tail(now) => {
                scans.extend(self.taken_scan());
                // One Enter ends one scan; the next one is a press again.
                self.text_at = self.text_at.filter(|_| key == Key::Tab);
                false
            }
            Takes::Presses => !is_held && key != Key::Space,
        }
    }

    fn take_text(&mut self, text: &str, now: f64, takes: Takes) {
        let is_plus = text == "+" && self.text_at.is_none_or(|at| now - at >= TAIL_S);
        self.plus_at = (is_plus && takes == Takes::Presses).then_some(now);
        self.text_at = Some(now);
        if takes == Takes::Presses && !is_plus && self.scan.len() + text.len() <= MAX_SCAN_LEN {
            self.scan.push_str(text);
        }
    }

    fn close_scan(&mut self, now: f64, scans: &mut Vec<String>) {
        if self.text_at.is_some_and(|at| now - at >= PAUSE_S) {
            scans.extend(self.taken_scan());
        }
    }

    fn taken_scan(&mut self) -> Option<String> {
        let scan = std::mem::take(&mut self.scan);
        scan::is_key(&scan).then_some(scan)
    }

    fn is_tail(&self, now: f64) -> bool {
        self.text_at.is_some_and(|at| now - at < TAIL_S)
    }

    fn is_scanning(&self, ui: &Ui) -> bool {
        !self.scan.is_empty() && self.is_tail(ui.input(|input| input.time))
    }

    /// What a line makes of text that stands in it and has rested: see [`scan::ended_by_pause`].
    pub(super) fn has_paused(&self, ui: &Ui) -> bool {
        let now = ui.input(|input| input.time);
        let paused = self.text_at.is_some_and(|at| now - at >= PAUSE_S);
        if !paused && self.text_at.is_some() {
            ui.request_repaint_after(Duration::from_secs_f64(PAUSE_S));
        }
        paused
    }

    /// Takes the lines that were completed within one frame out of its events; what is left behind the last one is the
    /// line's new text.
    pub(super) fn lines_of_frame(ui: &Ui, line: &mut String) -> Vec<String> {
        ui.input_mut(|input| scan::split_frame(&mut input.events, line))
    }

    /// The buttons of this frame: alive if a person has seen them alive.
    pub(super) fn is_alive(&self, meaning: Meaning) -> bool {
        self.guard.alive && self.guard.meaning == Some(meaning)
    }

    /// Somebody may be let in: there is no portrait, or it has stood there for long enough.
    pub(super) fn has_looked_at(&self, portrait: Option<&Arc<Portrait>>) -> bool {
        portrait.is_none_or(|portrait| self.looked.is(portrait) && self.looked.long_enough)
    }

    /// This portrait has come to the glass.
    pub(super) fn sees(&self, portrait: &Arc<Portrait>) -> bool {
        self.looked.is(portrait) && self.looked.seen_at.is_some()
    }

    /// A screen was drawn whose buttons mean this. They come alive some time after that.
    pub(super) fn painted(&mut self, ui: &Ui, painted: Painted<'_>) {
        let now = ui.input(|input| input.time);
        let guard = &mut self.guard;
        if guard.meaning != Some(painted.meaning) {
            *guard = Guard { meaning: Some(painted.meaning), painted_at: Some(now), alive: false };
            if painted.takes == Takes::Presses {
                // What had the focus meant something else.
                ui.memory_mut(|memory| memory.focused().into_iter().for_each(|id| memory.surrender_focus(id)));
            }
        }
        let left_s = seconds(painted.guard_ms) - (now - guard.painted_at.unwrap_or(now));
        guard.alive = left_s <= 0.0 && painted.brain_ms == 0;
        let look_s = self.looked.look(painted.portrait, seconds(painted.portrait_guard_ms), now);
        let waits = [
            (left_s > 0.0).then_some(left_s),
            look_s,
            self.plus_at.map(|_| PLUS_S),
            (!self.scan.is_empty()).then_some(PAUSE_S),
        ];
        for wait_s in waits.into_iter().flatten() {
            ui.request_repaint_after(Duration::from_secs_f64(wait_s));
        }
    }
}

impl Looked {
    fn is(&self, portrait: &Arc<Portrait>) -> bool {
        Weak::ptr_eq(&self.portrait, &Arc::downgrade(portrait))
    }

    /// This portrait was drawn now; tells in how long that is to be looked at again.
    fn look(&mut self, portrait: Option<&Arc<Portrait>>, guard_s: f64, now: f64) -> Option<f64> {
        let Some(portrait) = portrait else {
            *self = Self::default();
            return None;
        };
        if !self.is(portrait) {
            *self = Self { portrait: Arc::downgrade(portrait), drawn_at: now, seen_at: None, long_enough: false };
        }
        if self.seen_at.is_none() && now <= self.drawn_at {
            return Some(0.0);
        }
        let left_s = guard_s - (now - *self.seen_at.get_or_insert(now));
        self.long_enough = left_s <= 0.0;
        (!self.long_enough).then_some(left_s)
    }
}

fn seconds(milliseconds: u64) -> f64 {
    Duration::from_millis(milliseconds).as_secs_f64()
}

/// Keys that press something; the others only move about in a line.
fn decides(key: Key) -> bool {
    use Key::{Enter, Escape, F1, F2, F3, F4, F5, F6, F7, F8, F9, F10, F11, F12, Tab};
    matches!(key, Enter | Tab | Escape | F1 | F2 | F3 | F4 | F5 | F6 | F7 | F8 | F9 | F10 | F11 | F12)
}

/// What a person's hand does, or a scanner.
fn is_touch(event: &Event) -> bool {
    let is_key = matches!(event, Event::Key { .. } | Event::Text(_) | Event::Paste(_) | Event::Ime(_));
    is_key || matches!(event, Event::PointerMoved(_) | Event::PointerButton { .. } | Event::Touch { .. })
}

fn pressed(key: Key) -> Event {
    Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers: Modifiers::NONE }
}
