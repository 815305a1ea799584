//! What stands behind a row: blocks of lines, two beside each other where they are to be compared.

use super::Leads;
use super::words::ReviewWords;
use crate::style::{self, Size};
use checkin::failure::Signal;
use egui::{RichText, ScrollArea, Ui, Vec2};
use review::book::{Block, Line, Mark, Sheet};

/// Draws the sheet; where a pressed line leads.
pub(super) fn show(ui: &mut Ui, sheet: &Sheet, words: &ReviewWords) -> Option<Leads> {
    let mut leads = None;
    ui.horizontal(|ui| {
        let back = egui::Button::new(RichText::new(&words.back).font(style::bold(Size::Body)));
        if ui.add_sized(Vec2::new(150.0, style::TARGET_MIN), back).clicked() {
            leads = Some(Leads::Back);
        }
        ui.add(egui::Label::new(RichText::new(&sheet.title).font(style::bold(Size::Large))).wrap());
    });
    ScrollArea::vertical().id_salt("sheet").auto_shrink(false).show(ui, |ui| {
        for (block, beside) in &sheet.blocks {
            let pressed = match beside {
                None => one(ui, block),
                Some(beside) => ui.columns(2, |columns| match columns {
                    [left, right, ..] => one(left, block).or(one(right, beside)),
                    _ => None,
                }),
            };
            leads = leads.take().or(pressed);
        }
    });
    leads
}

fn one(ui: &mut Ui, block: &Block) -> Option<Leads> {
    let mut leads = None;
    style::card().show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(RichText::new(&block.title).font(style::bold(Size::Large)));
        for line in block.lines.iter().take(MAX_LINES) {
            leads = leads.take().or(one_line(ui, line));
        }
        // What is not drawn is counted: nothing is lost in silence.
        let more = block.lines.len().saturating_sub(MAX_LINES);
        if more > 0 {
            ui.label(RichText::new(format!("… + {more}")).font(style::bold(Size::Large)));
        }
    });
    leads
}

fn one_line(ui: &mut Ui, line: &Line) -> Option<Leads> {
    let (sign, ink) = match line.mark {
        Mark::Plain => ("", style::INK),
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
