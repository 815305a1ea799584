//! The end of a scan, before the toolkit sees it.
//!
//! To the toolkit a Tab moves the focus, and it does so before any screen is asked; within one slow frame the spaces of the
//! same scan would then press whatever got it. So a Tab right behind a whole code is an Enter from the first.

use crate::scan;
use egui::{Context, Event, Key, Plugin, RawInput};

/// A pause of that many seconds, and what was typed before belongs to nothing any more.
const PAUSE_S: f64 = 1.0;
/// The longest text that is looked at.
const MAX_LEN: usize = 2_048;

/// What was typed up to now, as far as it may be a scan. It cannot be printed: it holds a person's number.
#[derive(Default)]
pub(super) struct ScanEnd {
    text: String,
    text_at_s: f64,
    /// The Tab that goes up next went down as an Enter.
    is_down: bool,
}

impl Plugin for ScanEnd {
    fn debug_name(&self) -> &'static str {
        "scan end"
    }

    fn input_hook(&mut self, _: &Context, input: &mut RawInput) {
        let now_s = input.time.unwrap_or_default();
        input.events.iter_mut().for_each(|event| self.take(event, now_s));
    }
}

impl ScanEnd {
    fn take(&mut self, event: &mut Event, now_s: f64) {
        match event {
            Event::Text(text) => self.add(text, now_s),
            // While it is held down it stays what it went down as.
            Event::Key { key: key @ Key::Tab, pressed: true, .. } if self.is_down || self.is_whole(now_s) => {
                *key = Key::Enter;
                self.is_down = true;
                self.text.clear();
            }
            Event::Key { key: key @ Key::Tab, pressed: false, .. } if self.is_down => {
                *key = Key::Enter;
                self.is_down = false;
            }
            Event::Key { key: Key::Enter | Key::Tab | Key::Escape | Key::Backspace, pressed: true, .. } => {
                self.text.clear();
            }
            _ => (),
        }
    }

    fn add(&mut self, text: &str, now_s: f64) {
        if now_s - self.text_at_s >= PAUSE_S {
            self.text.clear();
        }
        if self.text.len() + text.len() <= MAX_LEN {
            self.text.push_str(text);
        }
        self.text_at_s = now_s;
    }

    fn is_whole(&self, now_s: f64) -> bool {
        now_s - self.text_at_s < PAUSE_S && scan::is_ended_by_tab(&self.text)
    }
}
