//! A pad of digits for a finger: where there is no keyboard, the six digits of a number are touched. It edits the line and
//! enters it; like every key, it decides nothing.

use super::line::{self, LineKind};
use crate::style::{self, Size};
use crate::text::Words;
use crate::widgets::focus_ring;
use egui::{Align2, Area, Button, Id, RichText, Ui, Vec2};

/// What was touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Touched {
    /// The text of the line is another one now.
    Changed,
    /// The line is entered.
    Entered(String),
}

/// Draws the pad at the right edge, above the foot of the screen; `text` is the line's.
pub(crate) fn pad(ui: &Ui, text: &mut String, words: &Words) -> Option<Touched> {
    let place = Vec2::new(-MARGIN, -FOOT);
    let area = Area::new(Id::unique("digit-pad")).anchor(Align2::RIGHT_BOTTOM, place).order(egui::Order::Middle);
    let key = area.show(ui.ctx(), |ui| keys(ui, words)).inner?;
    match key {
        Key::Digit(digit) if text.len() < MAX_DIGITS => text.push(digit),
        Key::Digit(_) => return None,
        Key::Erase => drop(text.pop()),
        Key::Enter if text.trim().is_empty() => return None,
        Key::Enter => return Some(Touched::Entered(std::mem::take(text))),
    }
    line::to_end(ui, LineKind::Search, text);
    Some(Touched::Changed)
}

#[derive(Clone, Copy)]
enum Key {
    Digit(char),
    Erase,
    Enter,
}

fn keys(ui: &mut Ui, words: &Words) -> Option<Key> {
    // The marks stand for erasing and entering.
    let rows = ["123", "456", "789", "<0>"];
    ui.spacing_mut().item_spacing = Vec2::splat(GAP);
    ui.spacing_mut().button_padding = Vec2::ZERO;
    let mut touched = None;
    for row in rows {
        ui.horizontal(|ui| {
            for sign in row.chars() {
                let (key, name, size) = match sign {
                    '<' => (Key::Erase, words.pad_erase.clone(), Size::Body),
                    '>' => (Key::Enter, words.pad_enter.clone(), Size::Body),
                    digit => (Key::Digit(digit), digit.to_string(), Size::Large),
                };
                let label = RichText::new(name).font(style::bold(size)).color(style::tokens().ink);
                let response = ui.add_sized(Vec2::splat(KEY), Button::new(label));
                focus_ring(ui, &response);
                touched = if response.clicked() { Some(key) } else { touched };
            }
        });
    }
    touched
}

/// A key's side in points; the least that a finger needs is 44.
const KEY: f32 = 56.0;
const GAP: f32 = 6.0;
const MARGIN: f32 = 14.0;
/// The foot and the status bar below it.
const FOOT: f32 = 118.0;
/// Nobody touches more digits than a personal number has.
const MAX_DIGITS: usize = 12;
