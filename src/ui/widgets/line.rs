//! A line to type or scan into.
//!
//! Its id is fixed, whatever stands above it: a line that is another widget in the next frame loses its cursor, and digits
//! come out in another order. Text that did not come from the widget itself leaves the cursor behind it. Lines for digits
//! switch the input method off, which would hold keys back and rewrite what a scanner types.

use crate::hand::Hand;
use crate::scan;
use crate::style::{self, Size};
use egui::text::{CCursor, CCursorRange};
use egui::text_edit::TextEditState;
use egui::{FontId, Id, Key, RichText, TextEdit, Ui};

/// What a line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum LineKind {
    /// Codes, numbers, and names without their marks.
    Search,
    /// A secret of digits; never shown.
    Pin,
    /// A time of the day.
    Time,
    /// How many of something.
    Count,
}

impl LineKind {
    const ALL: [Self; 4] = [Self::Search, Self::Pin, Self::Time, Self::Count];

    fn id(self) -> Id {
        Id::unique(("line", self))
    }
}

/// The widget is a line.
pub(crate) fn is_line(id: Id) -> bool {
    LineKind::ALL.iter().any(|kind| kind.id() == id)
}

/// How a line looks.
pub(crate) struct LineLook<'a> {
    pub(crate) kind: LineKind,
    pub(crate) label: &'a str,
    pub(crate) hint: &'a str,
    pub(crate) font: FontId,
    pub(crate) width: f32,
}

/// What came of a frame.
#[derive(Debug, Default)]
pub(crate) struct LineNews {
    /// The texts that were entered, in order.
    pub(crate) entered: Vec<String>,
    /// The text is another one now.
    pub(crate) changed: bool,
}

/// Draws the line; `text` is what stands in it.
pub(crate) fn line(ui: &mut Ui, look: &LineLook<'_>, text: &mut String, hand: &Hand) -> LineNews {
    let id = look.kind.id();
    let before = text.clone();
    let label = ui.label(RichText::new(look.label).font(style::font(Size::Body)).color(style::tokens().ink_soft));
    let mut entered = Hand::lines_of_frame(ui, text);
    let was_focused = ui.memory(|memory| memory.has_focus(id));
    if !was_focused {
        // A scanner does not wait for the focus: what came in this frame is taken by hand.
        text.push_str(&typed_text(ui));
    }
    if *text != before {
        cursor_to_end(ui, id, text);
    }
    let response = ui.add(edit(look, text, id)).labelled_by(label.id);
    let by_enter = ui.input(|input| input.key_pressed(Key::Enter)) && (response.lost_focus() || !was_focused);
    let nobody_else = ui.memory(|memory| memory.focused().is_none());
    if !response.has_focus() && (nobody_else || *text != before) && ui.input(|input| input.focused) {
        response.request_focus();
    }
    let by_tab = ui.input(|input| input.key_pressed(Key::Tab)) && scan::is_ended_by_tab(text);
    if by_tab {
        response.request_focus();
    }
    let rested = look.kind == LineKind::Search && scan::ended_by_pause(text) && hand.has_paused(ui);
    if (by_enter && nobody_else_was_pressed(ui, id, was_focused) || by_tab || rested) && !text.trim().is_empty() {
        entered.push(std::mem::take(text));
    }
    // No input method: it holds keys back, wants an Enter for itself and rewrites what a scanner types. Names are found
    // without their marks, so nobody needs one here.
    ui.output_mut(|output| output.ime = None);
    LineNews { entered, changed: *text != before }
}

/// The text that was typed or scanned in this frame.
pub(crate) fn typed_text(ui: &Ui) -> String {
    ui.input(|input| {
        let texts = input.events.iter().filter_map(|event| match event {
            egui::Event::Text(text) => Some(text.as_str()),
            _ => None,
        });
        texts.collect()
    })
}

/// An Enter belongs to the line unless another widget has the focus, which it presses.
fn nobody_else_was_pressed(ui: &Ui, id: Id, was_focused: bool) -> bool {
    was_focused || ui.memory(|memory| memory.focused().is_none_or(|focused| focused == id))
}

fn edit<'a>(look: &LineLook<'a>, text: &'a mut String, id: Id) -> TextEdit<'a> {
    let edit = TextEdit::singleline(text)
        .id(id)
        .font(look.font.clone())
        .hint_text(RichText::new(look.hint).font(style::font(Size::Large)).color(style::tokens().ink_soft))
        .margin(egui::Margin::symmetric(16, 12))
        .desired_width(look.width);
    match look.kind {
        LineKind::Search => edit,
        LineKind::Time | LineKind::Count => edit.char_limit(MAX_TIME_LEN).align(egui::Align2::CENTER_CENTER),
        LineKind::Pin => edit.password(true).char_limit(MAX_PIN_LEN).align(egui::Align2::CENTER_CENTER),
    }
}

/// The cursor behind a text that something else than the line's own widget has changed.
pub(super) fn to_end(ui: &Ui, kind: LineKind, text: &str) {
    cursor_to_end(ui, kind.id(), text);
}

fn cursor_to_end(ui: &Ui, id: Id, text: &str) {
    let mut state = TextEditState::load(ui.ctx(), id).unwrap_or_default();
    let end = CCursor::new(text.chars().count());
    state.cursor.set_char_range(Some(CCursorRange::one(end)));
    state.store(ui.ctx(), id);
}

/// As long as any time of a day is written, and longer than any number of scripts.
const MAX_TIME_LEN: usize = 8;
/// Longer than every PIN.
const MAX_PIN_LEN: usize = 16;
