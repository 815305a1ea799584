//! Buttons: large, named, with the key that presses them.

use crate::style::{self, Size};
use egui::{Color32, CornerRadius, Key, Response, RichText, Stroke, StrokeKind, Ui, Vec2};

/// How much a button asks to be pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    /// The one that goes on.
    Main,
    /// Beside it.
    Side,
}

/// What presses a button, and how it looks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Press {
    /// The key beside a click and the focused Enter.
    pub(crate) key: Option<Key>,
    /// How much it asks to be pressed.
    pub(crate) weight: Weight,
    /// It decides now. One that does not yet is drawn paler, and nothing presses it.
    pub(crate) alive: bool,
}

impl Press {
    /// A button that is always alive: it decides nothing.
    pub(crate) fn always(key: Option<Key>, weight: Weight) -> Self {
        Self { key, weight, alive: true }
    }
}

/// A button with a text and the key beside it; true when it or its key was pressed while it was alive.
pub(crate) fn button(ui: &mut Ui, text: &str, press: Press, width: f32) -> bool {
    let response = draw(ui, text, press, width);
    focus_ring(ui, &response);
    let by_key = press.key.is_some_and(|key| ui.input_mut(|input| input.consume_key(egui::Modifiers::NONE, key)));
    press.alive && (response.clicked() || by_key)
}

/// Shows where the focus is: what an Enter presses.
pub(crate) fn focus_ring(ui: &Ui, response: &Response) {
    if response.has_focus() {
        let ring = Stroke::new(style::FOCUS_RING, style::FOCUS_RING_COLOUR);
        ui.painter().rect_stroke(response.rect, CornerRadius::same(style::RADIUS), ring, StrokeKind::Outside);
    }
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

fn draw(ui: &mut Ui, text: &str, press: Press, width: f32) -> Response {
    let (fill, ink, size) = match (press.weight, press.alive) {
        (Weight::Main, true) => (style::FOCUS, Color32::WHITE, Size::Title),
        (Weight::Main, false) => (style::PORTRAIT_GROUND, style::INK_SOFT, Size::Title),
        (Weight::Side, true) => (style::SURFACE, style::INK, Size::Large),
        (Weight::Side, false) => (style::PORTRAIT_GROUND, style::INK_SOFT, Size::Large),
    };
    let label = match press.key {
        Some(key) => format!("{text}  [{}]", key_hint(key)),
        None => text.to_owned(),
    };
    let size = if width < NARROW { Size::Body } else { size };
    // A long reason takes two lines; nothing is cut off.
    let widget = egui::Button::new(RichText::new(label).font(style::bold(size)).color(ink))
        .wrap()
        .fill(fill)
        .stroke(Stroke::new(1.5, if press.weight == Weight::Main { fill } else { style::INK_SOFT }))
        .min_size(Vec2::new(width, style::MAIN_TARGET));
    ui.add_sized(Vec2::new(width, style::MAIN_TARGET), widget)
}
