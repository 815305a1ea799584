//! Buttons: large, named, with the key that presses them.

use crate::ui::style::{self, Size};
use egui::{Color32, Key, Response, RichText, Stroke, Ui, Vec2};

/// How much a button asks to be pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    /// The one that Enter presses.
    Main,
    /// Beside it.
    Side,
}

/// A button with a text and the key beside it; true when it or its key was pressed.
pub(crate) fn button(ui: &mut Ui, text: &str, key: Option<Key>, weight: Weight, width: f32) -> bool {
    let response = draw(ui, text, key, weight, width);
    let by_key = key.is_some_and(|key| ui.input_mut(|input| input.consume_key(egui::Modifiers::NONE, key)));
    response.clicked() || by_key
}

/// The name of a key as it stands on a button.
fn key_hint(key: Key) -> String {
    match key {
        Key::Enter => "Enter".to_owned(),
        Key::Escape => "Esc".to_owned(),
        other => other.name().to_owned(),
    }
}

/// Below this width a button's text takes the running size.
const NARROW: f32 = 310.0;

fn draw(ui: &mut Ui, text: &str, key: Option<Key>, weight: Weight, width: f32) -> Response {
    let (fill, ink, height, size) = match weight {
        Weight::Main => (style::FOCUS, Color32::WHITE, style::MAIN_TARGET, Size::Title),
        Weight::Side => (style::SURFACE, style::INK, style::MAIN_TARGET, Size::Large),
    };
    let label = match key {
        Some(key) => format!("{text}  [{}]", key_hint(key)),
        None => text.to_owned(),
    };
    let size = if width < NARROW { Size::Body } else { size };
    let widget = egui::Button::new(RichText::new(label).font(style::bold(size)).color(ink))
        .fill(fill)
        .stroke(Stroke::new(1.5, if weight == Weight::Main { fill } else { style::INK_SOFT }))
        .min_size(Vec2::new(width, height));
    ui.add_sized(Vec2::new(width, height), widget)
}
