//! What stands behind a row: blocks of lines, two beside each other where they are to be compared.

use super::Leads;
use super::errand::pressed_once;
use super::timeline::{self, Chosen};
use super::words::ReviewWords;
use crate::style::{self, Size};
use checkin::failure::Signal;
use egui::{Key, Pos2, Rect, RichText, ScrollArea, Stroke, StrokeKind, Ui, Vec2};
use review::book::{Block, Line, Mark, Sheet};

/// Draws the sheet; where a pressed line leads.
pub(super) fn show(
    ui: &mut Ui,
    sheet: &Sheet,
    chosen: &mut Chosen,
    errand: Option<&str>,
    words: &ReviewWords,
) -> Option<Leads> {
    let mut leads = None;
    ui.horizontal(|ui| {
        let back = egui::Button::new(RichText::new(&words.back).font(style::bold(Size::Body)));
        if ui.add_sized(Vec2::new(150.0, style::TARGET_MIN), back).clicked() {
            leads = Some(Leads::Back);
        }
        if let Some(errand) = errand {
            let button = egui::Button::new(RichText::new(errand).font(style::bold(Size::Body)));
            if ui.add(button.min_size(Vec2::new(0.0, style::TARGET_MIN))).clicked() || pressed_once(ui, Key::F10) {
                leads = Some(Leads::ToErrand);
            }
        }
        ui.add(egui::Label::new(RichText::new(&sheet.title).font(style::bold(Size::Large))).wrap());
    });
    let marked = sheet.timeline.as_ref().and_then(|timeline| {
        timeline::show(ui, timeline, chosen, words);
        chosen.line(timeline)
    });
    ScrollArea::vertical().id_salt("sheet").auto_shrink(false).show(ui, |ui| {
        for (number, (block, beside)) in sheet.blocks.iter().enumerate() {
            let marked = marked.filter(|_| number == 0);
            let pressed = match beside {
                None => one(ui, block, marked),
                Some(beside) => ui.columns(2, |columns| match columns {
                    [left, right, ..] => one(left, block, marked).or(one(right, beside, None)),
                    _ => None,
                }),
            };
            leads = leads.take().or(pressed);
        }
    });
    leads
}

fn one(ui: &mut Ui, block: &Block, marked: Option<(usize, bool)>) -> Option<Leads> {
    let mut leads = None;
    style::card().show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(RichText::new(&block.title).font(style::bold(Size::Large)));
        for (at, line) in block.lines.iter().take(MAX_LINES).enumerate() {
            let top = ui.cursor().top();
            leads = leads.take().or(one_line(ui, line));
            if let Some((_, has_moved)) = marked.filter(|(wanted, _)| *wanted == at) {
                mark(ui, top, has_moved);
            }
        }
        // What is not drawn is counted: nothing is lost in silence.
        let more = block.lines.len().saturating_sub(MAX_LINES);
        if more > 0 {
            ui.label(RichText::new(format!("… + {more}")).font(style::bold(Size::Large)));
        }
    });
    leads
}

/// The line that is chosen on the line of time.
fn mark(ui: &Ui, top: f32, has_moved: bool) {
    let whole = ui.min_rect();
    let rect = Rect::from_min_max(Pos2::new(whole.left(), top), whole.right_bottom()).expand2(Vec2::new(4.0, 0.0));
    let stroke = Stroke::new(style::FOCUS_RING, style::tokens().focus);
    ui.painter().rect_stroke(rect, 4.0, stroke, StrokeKind::Inside);
    if has_moved {
        ui.scroll_to_rect(rect, Some(egui::Align::Center));
    }
}

fn one_line(ui: &mut Ui, line: &Line) -> Option<Leads> {
    let (sign, ink) = match line.mark {
        Mark::Plain => ("", style::tokens().ink),
        Mark::Good => ("• ", style::signal(Signal::Ok).ink),
        Mark::Look => ("! ", style::signal(Signal::Attention).ink),
        Mark::Grave => ("!! ", style::signal(Signal::Stop).ink),
    };
    let text = RichText::new(format!("{sign}{}", line.text)).font(style::font(Size::Body)).color(ink);
    let Some((list, number)) = line.opens else {
        ui.add(egui::Label::new(text).wrap());
        return None;
    };
    let response = ui.add(egui::Button::new(text).wrap().min_size(Vec2::new(0.0, style::TARGET_MIN)));
    crate::widgets::focus_ring(ui, &response);
    response.clicked().then_some(Leads::To(list, number))
}

/// So many lines of one block are drawn: a log's own page has all of its entries.
const MAX_LINES: usize = 2_000;
