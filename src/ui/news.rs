//! What stands above every screen until a person has dealt with it.

use crate::glyphs::drawable;
use crate::icons;
use crate::screens::Buttons;
use crate::style::{self, Size};
use crate::text::{Strings, grouped};
use crate::widgets::{Press, Weight, button};
use checkin::event::Input;
use checkin::failure::Signal;
use checkin::view::NewsView;
use egui::{Key, Label, RichText, Ui, Vec2};

const BUTTON_WIDTH: f32 = 360.0;

/// Bad news about somebody who is in: who, where, what, since when; and the button of whoever dealt with it.
pub(super) fn show(ui: &mut Ui, news: &NewsView, buttons: Buttons, strings: &Strings) -> Option<Input> {
    let words = &strings.words;
    let colours = style::signal(Signal::Stop);
    ui.horizontal_centered(|ui| {
        let (rect, _) = ui.allocate_exact_size(Vec2::splat(40.0), egui::Sense::hover());
        icons::signal(ui.painter(), rect, Signal::Stop, colours.on_strong, colours.strong);
        let room = ui.available_width() - BUTTON_WIDTH - style::GAP * 2.0;
        ui.vertical(|ui| {
            ui.set_width(room);
            ui.spacing_mut().item_spacing.y = 0.0;
            let white = |text: String, font| Label::new(RichText::new(text).font(font).color(colours.on_strong)).wrap();
            let who = who(news, strings);
            ui.add(white(drawable(ui, &who).into_owned(), style::bold(Size::Large)));
            ui.add(white(what(news, strings), style::font(Size::Body)));
        });
        // Whoever may not, or does not see about whom, answers for nobody.
        if !news.can_be_answered {
            return None;
        }
        let press = Press { key: Some(Key::F11), weight: Weight::Side, alive: buttons.alive };
        button(ui, &words.news_answered, press, BUTTON_WIDTH)
            .then_some(Input::AnsweredNews(news.question, buttons.meaning))
    })
    .inner
}

/// A key was scanned while somebody is still undecided.
pub(super) fn key_waits(ui: &mut Ui, strings: &Strings) {
    ui.centered_and_justified(|ui| {
        let ink = style::signal(Signal::Attention).on_strong;
        ui.label(RichText::new(&strings.words.key_waits).font(style::bold(Size::Large)).color(ink));
    });
}

fn who(news: &NewsView, strings: &Strings) -> String {
    let words = &strings.words;
    let mut parts = vec![words.news_title.clone()];
    parts
        .extend(news.candidate_number.as_ref().map(|number| format!("{} {}", words.candidate_number, grouped(number))));
    parts.extend(news.name.as_ref().map(|name| name.reveal().clone()));
    parts.extend(news.room.as_ref().map(|room| format!("{} {room}", words.room)));
    parts.join(" · ")
}

fn what(news: &NewsView, strings: &Strings) -> String {
    let told = strings.advice(news.failure).map_or("", |advice| advice.what.as_str());
    let more = match news.more {
        0 => String::new(),
        more => format!(" · +{more}"),
    };
    format!("{} · {told} {} · {}{more}", news.time, strings.words.news_todo, news.failure.code())
}
