//! What a search found: whole rows to press, by a finger, by the arrows and Enter, or by Ctrl and the row's number.
//!
//! Whoever was meant exactly stands first, above people of the same name. No letter and no digit alone picks anybody: they
//! are what is typed.

use super::{COLUMN_WIDTH, foot_button};
use crate::glyphs::drawable;
use crate::screens::Buttons;
use crate::style::{self, Size};
use crate::text::{Words, grouped};
use crate::widgets::{focus_ring, side_by_side};
use checkin::event::Input;
use checkin::view::{CandidateId, FoundRow, IdleView, More};
use egui::text::LayoutJob;
use egui::{Align, FocusDirection, Key, Layout, Modifiers, Response, RichText, TextFormat, Ui, Vec2};

/// Draws what was found; nothing for nothing.
pub(super) fn show(ui: &mut Ui, view: &IdleView, buttons: Buttons, words: &Words) -> Option<Input> {
    if view.found_nothing {
        ui.label(RichText::new(&words.search_none).font(style::font(Size::Large)).color(style::tokens().ink_soft));
    }
    let mut shown = Shown::default();
    let beside: Vec<_> = view.namesakes.iter().flat_map(|namesakes| &namesakes.people).map(|one| one.id).collect();
    let mut are_beside_drawn = false;
    ui.spacing_mut().item_spacing.y = ROW_GAP;
    for row in &view.found {
        if !beside.contains(&row.id) {
            found_row(ui, row, view.takes_without_card.then_some(buttons), &mut shown, words);
        } else if !are_beside_drawn {
            are_beside_drawn = true;
            people_beside(ui, view, &beside, buttons, &mut shown, words);
        }
    }
    if !are_beside_drawn && !beside.is_empty() {
        // Who was found alone, and who else is called so.
        people_beside(ui, view, &beside, buttons, &mut shown, words);
    }
    more(ui, view.more, words);
    shown.picked_by_key(ui).map(Input::Picked).or(shown.input)
}

/// The rows in the order of the screen, and what was pressed among them.
#[derive(Default)]
struct Shown {
    rows: Vec<(CandidateId, Response)>,
    input: Option<Input>,
}

impl Shown {
    fn add(&mut self, id: CandidateId, response: Response) {
        if response.clicked() {
            self.input = Some(Input::Picked(id));
        }
        self.rows.push((id, response));
    }

    /// The arrows move the focus from row to row, and from the first one back into the line; Ctrl and a number picks.
    fn picked_by_key(&self, ui: &mut Ui) -> Option<CandidateId> {
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let (down, up) = (pressed(Key::ArrowDown), pressed(Key::ArrowUp));
        let at = self.rows.iter().position(|(_, row)| row.has_focus());
        if down || up {
            // The toolkit's own way goes by where things stand, and leaves the rows.
            ui.memory_mut(|memory| memory.move_focus(FocusDirection::None));
            let next = match (at, down) {
                (None, true) => Some(0),
                (Some(at), true) => Some((at + 1).min(self.rows.len().saturating_sub(1))),
                (at, false) => at.and_then(|at| at.checked_sub(1)),
            };
            match (next.and_then(|next| self.rows.get(next)), at.and_then(|at| self.rows.get(at))) {
                (Some((_, row)), _) => row.request_focus(),
                (None, Some((_, row))) => row.surrender_focus(),
                (None, None) => {}
            }
        }
        let rows = NUMBERS.iter().zip(&self.rows);
        let mut by_number = rows.filter(|(key, _)| ui.input_mut(|input| input.consume_key(Modifiers::CTRL, **key)));
        by_number.next().map(|(_, (id, _))| *id)
    }
}

/// As many as rows are found.
const NUMBERS: [Key; 6] = [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6];

/// People who may be mixed up, with what tells them apart; each without a card is sent by number.
fn people_beside(
    ui: &mut Ui,
    view: &IdleView,
    beside: &[CandidateId],
    buttons: Buttons,
    shown: &mut Shown,
    words: &Words,
) {
    let Some(namesakes) = &view.namesakes else { return };
    for (id, response) in side_by_side(ui, namesakes, words, true) {
        shown.add(id, response);
    }
    if !view.takes_without_card {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        for row in view.found.iter().filter(|row| beside.contains(&row.id)) {
            let text = format!("{} · {} {}", words.without_card_row, words.candidate_number, grouped(&row.number));
            let ink = if buttons.alive { style::tokens().ink } else { style::tokens().ink_soft };
            if foot_button(ui, &text, ink) && buttons.alive {
                shown.input = Some(Input::WithoutCard(row.id, buttons.meaning));
            }
        }
    });
}

/// The whole row picks; at its right, for whoever has no card that can be read.
fn found_row(ui: &mut Ui, row: &FoundRow, without_card: Option<Buttons>, shown: &mut Shown, words: &Words) {
    let spacing = ui.spacing().item_spacing.x;
    let width = COLUMN_WIDTH - if without_card.is_some() { WITHOUT_WIDTH + spacing } else { 0.0 };
    let number = shown.rows.len() + 1;
    ui.horizontal(|ui| {
        let from_left = Layout::left_to_right(Align::Center).with_main_align(Align::LEFT).with_main_justify(true);
        let size = Vec2::new(width, ROW_HEIGHT);
        let response = ui.allocate_ui_with_layout(size, from_left, |ui| {
            ui.set_min_size(size);
            let text = text_of(ui, row, number, words);
            ui.add(egui::Button::new(text).wrap().min_size(size))
        });
        focus_ring(ui, &response.inner);
        shown.add(row.id, response.inner);
        let Some(buttons) = without_card else { return };
        let ink = if buttons.alive { style::tokens().ink } else { style::tokens().ink_soft };
        let text = RichText::new(&words.without_card_row).font(style::font(Size::Body)).color(ink);
        let without = ui.add_sized(Vec2::new(WITHOUT_WIDTH, ROW_HEIGHT), egui::Button::new(text));
        focus_ring(ui, &without);
        if without.clicked() && buttons.alive {
            shown.input = Some(Input::WithoutCard(row.id, buttons.meaning));
        }
    });
}

/// The name, and below it what tells people apart.
fn text_of(ui: &Ui, row: &FoundRow, number: usize, words: &Words) -> LayoutJob {
    let mut job = LayoutJob::default();
    let mut add = |text: &str, font, ink| job.append(text, 0.0, TextFormat::simple(font, ink));
    add(&drawable(ui, row.name.reveal()), style::bold(Size::Large), style::tokens().ink);
    let below = format!(
        "\n{}   ·   {} {}   ·   {} {}   ·   Ctrl+{number}",
        row.birth_date.reveal(),
        words.candidate_number,
        drawable(ui, &grouped(&row.number)),
        words.room,
        drawable(ui, &row.room),
    );
    add(&below, style::font(Size::Body), style::tokens().ink_soft);
    job
}

/// Whom there is no row for.
fn more(ui: &mut Ui, more: More, words: &Words) {
    let (text, count) = match more {
        More::Nobody => return,
        More::Exactly(count) => (&words.search_more, count),
        More::MoreThan(count) => (&words.search_many, count),
    };
    let text = text.replace("{n}", &count.to_string());
    ui.label(RichText::new(text).font(style::bold(Size::Body)).color(style::tokens().ink));
}

const ROW_HEIGHT: f32 = 64.0;
const ROW_GAP: f32 = 4.0;
const WITHOUT_WIDTH: f32 = 210.0;
