//! Buttons: large, named, with the key that presses them.

use crate::style::{self, Size};
use checkin::event::Meaning;
use egui::{CornerRadius, Id, Key, Rect, Response, RichText, Stroke, StrokeKind, Ui, Vec2};

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

/// How long a button is to be held, and what it means: a hold that began for something else is none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hold {
    /// For so long.
    pub(crate) seconds: f64,
    /// What it means.
    pub(crate) meaning: Meaning,
}

/// A button that decides only while it is held down: by a finger, by its key, or by Enter where it has the focus. True once,
/// when it was held for long enough. It begins with a press of its own; a key that was down before presses nothing.
pub(crate) fn hold_button(ui: &mut Ui, text: &str, press: Press, hold: Hold, width: f32) -> bool {
    let response = draw(ui, text, press, width);
    focus_ring(ui, &response);
    let id = Id::unique(("held", text));
    let now = ui.input(|input| input.time);
    let begun = begun_by(ui, &response, press.key).map(|by| Held { by, since: now, meaning: hold.meaning });
    let before: Option<Held> = ui.data(|data| data.get_temp(id));
    let held = before.or(begun).filter(|held| press.alive && held.meaning == hold.meaning && held.lasts(ui, &response));
    let share = held.map_or(0.0, |held| (now - held.since) / hold.seconds);
    let is_done = share >= 1.0;
    match held.filter(|_| !is_done) {
        Some(held) => {
            ui.data_mut(|data| data.insert_temp(id, held));
            progress(ui, response.rect, share);
            ui.ctx().request_repaint();
        }
        None => ui.data_mut(|data| data.remove::<Held>(id)),
    }
    is_done
}

/// What holds a button down, and since when.
#[derive(Debug, Clone, Copy)]
struct Held {
    by: By,
    since: f64,
    meaning: Meaning,
}

#[derive(Debug, Clone, Copy)]
enum By {
    Finger,
    Key(Key),
}

impl Held {
    fn lasts(&self, ui: &Ui, response: &Response) -> bool {
        // A frame that took long may hold a release and the next press: two taps are no hold.
        let is_let_go = ui.input(|input| match self.by {
            By::Finger => input.pointer.primary_released(),
            By::Key(key) => input.key_released(key),
        });
        !is_let_go
            && match self.by {
                // The toolkit takes no long press for a click, and forgets whose it was.
                By::Finger => ui.input(|input| {
                    let place = input.pointer.interact_pos();
                    input.pointer.primary_down() && place.is_some_and(|place| response.rect.contains(place))
                }),
                // The focus may not have moved to another button meanwhile.
                By::Key(Key::Enter) => response.has_focus() && ui.input(|input| input.key_down(Key::Enter)),
                By::Key(key) => ui.input(|input| input.key_down(key)),
            }
    }
}

fn begun_by(ui: &mut Ui, response: &Response, own: Option<Key>) -> Option<By> {
    let touched = response.is_pointer_button_down_on() && ui.input(|input| input.pointer.primary_pressed());
    let entered = response.has_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    let by_key = own.filter(|key| ui.input_mut(|input| input.consume_key(egui::Modifiers::NONE, *key)));
    let by_enter = entered.then_some(Key::Enter);
    touched.then_some(By::Finger).or(by_key.or(by_enter).map(By::Key))
}

/// How far a hold is: a bar along the lower edge.
fn progress(ui: &Ui, rect: Rect, share: f64) {
    #[expect(clippy::cast_possible_truncation, reason = "a share of a width")]
    let width = rect.width() * (share as f32).clamp(0.0, 1.0);
    let bar = Rect::from_min_size(rect.left_bottom() - Vec2::new(0.0, HOLD_BAR), Vec2::new(width, HOLD_BAR));
    ui.painter().rect_filled(bar, CornerRadius::same(4), style::tokens().focus);
}

const HOLD_BAR: f32 = 10.0;

/// Shows where the focus is: what an Enter presses.
pub(crate) fn focus_ring(ui: &Ui, response: &Response) {
    if response.has_focus() {
        let ring = Stroke::new(style::FOCUS_RING, style::tokens().ink);
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
        (Weight::Main, true) => (style::tokens().focus, style::tokens().on_focus, Size::Title),
        (Weight::Main, false) => (style::tokens().portrait_ground, style::tokens().ink_soft, Size::Title),
        (Weight::Side, true) => (style::tokens().surface, style::tokens().ink, Size::Large),
        (Weight::Side, false) => (style::tokens().portrait_ground, style::tokens().ink_soft, Size::Large),
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
        .stroke(Stroke::new(1.5, if press.weight == Weight::Main { fill } else { style::tokens().ink_soft }))
        .min_size(Vec2::new(width, style::MAIN_TARGET));
    ui.add_sized(Vec2::new(width, style::MAIN_TARGET), widget)
}
