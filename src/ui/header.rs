//! The bar above every screen, and the band of training.

use crate::glyphs::drawable;
use crate::style::{self, Size};
use crate::text::{Strings, Words};
use checkin::event::Input;
use checkin::view::Header;
use egui::{Align, Button, Key, Label, Layout, Modifiers, RichText, Sense, Stroke, Ui, Vec2};

/// Exam, session, site, desk, operator; clock and arrived / expected; the desk's lock.
pub(super) fn show(ui: &mut Ui, header: &Header, strings: &Strings) -> Option<Input> {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let pressed = right(ui, header, strings);
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| left(ui, header, &strings.words));
        pressed
    })
    .inner
}

/// The exam, and below it session, site, desk and operator; before there is an exam, the program's name.
fn left(ui: &mut Ui, header: &Header, words: &Words) {
    if header.exam.is_empty() {
        ui.label(RichText::new(&words.app_name).font(style::bold(Size::Large)).color(style::tokens().on_bar));
        return;
    }
    let parts = [
        (&words.session, &header.session),
        (&words.site, &header.site),
        (&words.desk, &header.desk),
        (&words.operator, &header.operator),
    ];
    // A desk that the board calls “Bàn 1” is not “Bàn Bàn 1”.
    let named = |(name, value): (&String, &String)| {
        if value.starts_with(name.as_str()) { value.clone() } else { format!("{name} {value}") }
    };
    let known = parts.into_iter().filter(|(_, value)| !value.is_empty()).map(named);
    let place = known.collect::<Vec<_>>().join("  ·  ");
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.add_space(4.0);
        let line = |text: &str, font, ink| Label::new(RichText::new(text).font(font).color(ink)).truncate();
        ui.add(line(&drawable(ui, &header.exam), style::bold(Size::Body), style::tokens().on_bar));
        ui.add(line(&drawable(ui, &place), style::font(Size::Body), style::tokens().on_bar_soft));
    });
}

/// A band across the window: nobody takes training for an exam.
pub(super) fn training_band(ui: &mut Ui, strings: &Strings) {
    ui.centered_and_justified(|ui| {
        ui.label(
            RichText::new(&strings.words.training_band)
                .font(style::bold(Size::Body))
                .color(style::tokens().on_training),
        );
    });
}

fn right(ui: &mut Ui, header: &Header, strings: &Strings) -> Option<Input> {
    let words = &strings.words;
    ui.label(RichText::new(&header.clock).font(style::bold(Size::Title)).color(style::tokens().on_bar));
    ui.add_space(style::GAP);
    if header.expected > 0 {
        let count = format!("{} / {}", header.arrived, header.expected);
        ui.label(RichText::new(count).font(style::bold(Size::Title)).color(style::tokens().on_bar));
        ui.label(RichText::new(&words.arrived).font(style::font(Size::Body)).color(style::tokens().on_bar_soft));
        ui.add_space(style::GAP);
    }
    if header.outside_package {
        ui.label(RichText::new(&words.outside_package).font(style::bold(Size::Body)).color(style::tokens().on_bar));
        ui.add_space(style::GAP);
    }
    ui.label(RichText::new(&words.language_key).font(style::font(Size::Small)).color(style::tokens().on_bar_soft));
    header.can_lock.then(|| lock(ui, words)).flatten()
}

/// It decides nothing, so it is always alive. It has a key of its own and no place among what Tab goes through: what
/// decides about the person comes first there.
fn lock(ui: &mut Ui, words: &Words) -> Option<Input> {
    let text = RichText::new(format!("{} [F12]", words.action_lock))
        .font(style::font(Size::Body))
        .color(style::tokens().on_bar);
    let button = Button::new(text).fill(style::tokens().bar).stroke(Stroke::new(1.0, style::tokens().on_bar_soft));
    let response = ui.add(button.min_size(Vec2::new(0.0, style::TARGET_MIN)).sense(Sense::CLICK));
    let by_key = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::F12));
    (response.clicked() || by_key).then_some(Input::Lock)
}
