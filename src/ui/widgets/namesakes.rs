//! People of one name, side by side: what differs is marked, bold and on its own ground.

use crate::glyphs::drawable;
use crate::icons;
use crate::style::{self, Size};
use crate::text::{Words, grouped};
use crate::widgets::focus_ring;
use checkin::failure::Signal;
use checkin::view::{CandidateId, Distinction, NamesakeFact, NamesakeValue, NamesakeView, NamesakesView, Sex};
use egui::{Align, CornerRadius, Frame, Label, Layout, Margin, Response, RichText, Ui, Vec2};

/// Draws the people in columns. `picks` makes their names buttons, which are handed back.
pub(crate) fn side_by_side(
    ui: &mut Ui,
    view: &NamesakesView,
    words: &Words,
    picks: bool,
) -> Vec<(CandidateId, Response)> {
    let mut buttons = Vec::new();
    style::signal_card(Signal::Attention).inner_margin(Margin::symmetric(14, 8)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing = Vec2::new(GAP, 2.0);
        // Nothing in a row is pressed but the names.
        ui.spacing_mut().interact_size.y = ROW_HEIGHT;
        cell(ui, ui.available_width(), ROW_HEIGHT, |ui| {
            ui.label(RichText::new(&words.namesakes_title).font(style::bold(Size::Body)).color(ink()));
        });
        let columns = Columns::of(ui, view.people.len());
        buttons = names(ui, view, words, &columns, picks);
        for row in rows(view, if picks { MAX_ROWS } else { MAX_ROWS_OF_VERDICT }) {
            let facts: Vec<&NamesakeFact> = view.people.iter().filter_map(|one| one.facts.get(row)).collect();
            fact_row(ui, &facts, words, &columns);
        }
    });
    buttons
}

/// The facts that have a row: what differs before what does not, as many as there is room for. The SBD stands under the
/// name.
fn rows(view: &NamesakesView, limit: usize) -> Vec<usize> {
    let facts = view.people.first().map(|one| one.facts.as_slice()).unwrap_or_default();
    let named = facts.iter().enumerate().filter(|(_, fact)| fact.what != Distinction::Number);
    let mut rows: Vec<(bool, usize)> = named.map(|(row, fact)| (!fact.differs, row)).collect();
    rows.sort_unstable();
    rows.truncate(limit);
    let mut rows: Vec<usize> = rows.into_iter().map(|(_, row)| row).collect();
    rows.sort_unstable();
    rows
}

/// What tells the others from the first of them, SBD in front.
pub(crate) fn remark(view: &NamesakesView, words: &Words) -> String {
    let others = view.people.iter().skip(1).map(|one| {
        let told =
            |fact: &&NamesakeFact| fact.differs && !matches!(fact.what, Distinction::IdNumber | Distinction::Number);
        let facts = one
            .facts
            .iter()
            .filter(told)
            .map(|fact| format!("{} {}", label(fact.what, words), text(&fact.value, words)));
        let number = format!("{} {}", words.candidate_number, grouped(&one.number));
        std::iter::once(number).chain(facts).collect::<Vec<_>>().join(" · ")
    });
    format!("{} {}", words.namesakes_also, others.collect::<Vec<_>>().join("; "))
}

struct Columns {
    label: f32,
    person: f32,
}

impl Columns {
    fn of(ui: &Ui, people: usize) -> Self {
        let count = u8::try_from(people.max(1)).map_or(1.0, f32::from);
        let person = (ui.available_width() - LABEL_WIDTH - GAP * count) / count;
        Self { label: LABEL_WIDTH, person }
    }
}

fn names(
    ui: &mut Ui,
    view: &NamesakesView,
    words: &Words,
    columns: &Columns,
    picks: bool,
) -> Vec<(CandidateId, Response)> {
    let mut buttons = Vec::new();
    ui.horizontal_top(|ui| {
        let height = if picks { PICK_HEIGHT } else { NAME_HEIGHT };
        label_cell(ui, Vec2::new(columns.label, height), &words.full_name, view.names_differ);
        for one in &view.people {
            buttons.extend(name(ui, one, columns, words, picks).map(|response| (one.id, response)));
        }
    });
    buttons
}

/// The button's text names the SBD as well: whoever hears it read aloud must know which of the two it is.
fn name(ui: &mut Ui, one: &NamesakeView, columns: &Columns, words: &Words, picks: bool) -> Option<Response> {
    let name = drawable(ui, one.name.reveal());
    let text = format!("{name}\n{} {}", words.candidate_number, grouped(&one.number));
    let text = RichText::new(text).font(style::bold(Size::Body)).color(style::tokens().ink);
    if !picks {
        cell(ui, columns.person, NAME_HEIGHT, |ui| {
            ui.add_space(f32::from(INDENT));
            ui.add(Label::new(text).wrap());
        });
        return None;
    }
    let response = ui.add_sized(Vec2::new(columns.person, PICK_HEIGHT), egui::Button::new(text).wrap());
    focus_ring(ui, &response);
    Some(response)
}

fn fact_row(ui: &mut Ui, facts: &[&NamesakeFact], words: &Words, columns: &Columns) {
    let Some(first) = facts.first() else { return };
    ui.horizontal(|ui| {
        let size = Vec2::new(columns.label, ROW_HEIGHT);
        label_cell(ui, size, label(first.what, words), first.differs);
        for fact in facts {
            let (font, ground) = match fact.differs {
                true => (style::bold(Size::Body), style::tokens().surface),
                false => (style::font(Size::Body), egui::Color32::TRANSPARENT),
            };
            let frame = Frame::new()
                .fill(ground)
                .corner_radius(CornerRadius::same(4))
                .inner_margin(Margin::symmetric(INDENT, 0));
            let value = text(&fact.value, words);
            let value = RichText::new(drawable(ui, &value)).font(font).color(style::tokens().ink);
            frame.show(ui, |ui| {
                cell(ui, columns.person - 2.0 * f32::from(INDENT), ROW_HEIGHT, |ui| {
                    drop(ui.add(Label::new(value).truncate()))
                });
            });
        }
    });
}

fn label_cell(ui: &mut Ui, size: Vec2, text: &str, differs: bool) {
    cell(ui, size.x, size.y, |ui| {
        let (rect, _) = ui.allocate_exact_size(Vec2::splat(ICON), egui::Sense::hover());
        if differs {
            icons::signal(ui.painter(), rect, Signal::Attention, ink(), style::tokens().surface);
        }
        ui.label(RichText::new(text).font(style::font(Size::Body)).color(style::tokens().ink_soft));
    });
}

fn cell(ui: &mut Ui, width: f32, height: f32, content: impl FnOnce(&mut Ui)) {
    ui.allocate_ui_with_layout(Vec2::new(width, height), Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_size(Vec2::new(width, height));
        content(ui);
    });
}

fn label(what: Distinction, words: &Words) -> &str {
    match what {
        Distinction::Marks => &words.full_name,
        Distinction::BirthDate => &words.birth_date,
        Distinction::Sex => &words.sex,
        Distinction::School => &words.school,
        Distinction::Site => &words.site,
        Distinction::Room => &words.room,
        Distinction::Seat => &words.seat,
        Distinction::Number => &words.candidate_number,
        Distinction::IdNumber => &words.id_number,
    }
}

fn text(value: &NamesakeValue, words: &Words) -> String {
    match value {
        NamesakeValue::Text(text) if text.reveal().is_empty() => "–".to_owned(),
        NamesakeValue::Text(text) => text.reveal().clone(),
        NamesakeValue::Sex(Some(Sex::Male)) => words.male.clone(),
        NamesakeValue::Sex(Some(Sex::Female)) => words.female.clone(),
        NamesakeValue::Sex(None) => "–".to_owned(),
    }
}

fn ink() -> egui::Color32 {
    style::signal(Signal::Attention).ink
}

const GAP: f32 = 8.0;
const INDENT: i8 = 8;
const LABEL_WIDTH: f32 = 150.0;
const ROW_HEIGHT: f32 = 26.0;
const NAME_HEIGHT: f32 = 52.0;
const PICK_HEIGHT: f32 = 60.0;
const ICON: f32 = 20.0;
/// Rows below the names.
const MAX_ROWS: usize = 6;
/// What the screen of a verdict has room for, above its four lines.
const MAX_ROWS_OF_VERDICT: usize = 3;
