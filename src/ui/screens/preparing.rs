//! Before there is a desk: what the board's package says about itself, and who signs in.

use super::Tools;
use crate::glyphs::drawable;
use crate::hand::Hand;
use crate::icons;
use crate::style::{self, Size};
use crate::text::Words;
use crate::widgets::{LineKind, LineLook, Press, Weight, banner, button, focus_ring, line, notice, title_banner};
use bits::secret::Secret;
use checkin::event::Input;
use checkin::failure::{Failure, Signal};
use checkin::view::{OfferView, OperatorView, PackagesView, PreparingView, Role, SignInView};
use egui::{Key, Label, Modifiers, RichText, ScrollArea, Ui, Vec2};

const BUTTON_WIDTH: f32 = 380.0;
const COLUMN_WIDTH: f32 = 900.0;
const ROW_HEIGHT: f32 = 60.0;
/// More people than this have to scroll.
const LIST_HEIGHT: f32 = 470.0;

/// Draws the screen; `line` is the PIN while it is typed.
pub(crate) fn show(ui: &mut Ui, view: &PreparingView, line: &mut String, tools: &mut Tools<'_>) -> Option<Input> {
    let words = &tools.strings.words;
    match view {
        PreparingView::Packages(packages) => {
            title_banner(ui, &words.preparing_title);
            ui.add_space(style::GAP);
            packages_screen(ui, packages, tools)
        }
        PreparingView::SignIn(sign_in) => {
            title_banner(ui, &words.sign_in_title);
            ui.add_space(style::GAP);
            sign_in_screen(ui, sign_in, line, tools)
        }
        PreparingView::Working => {
            banner(ui, Signal::Working, &words.preparing_working, "");
            None
        }
    }
}

fn packages_screen(ui: &mut Ui, view: &PackagesView, tools: &mut Tools<'_>) -> Option<Input> {
    let words = &tools.strings.words;
    if let Some(failure) = view.notice {
        notice(ui, failure, tools.told());
        ui.add_space(style::GAP);
    }
    let mut taken = None;
    ScrollArea::vertical().show(ui, |ui| {
        if view.offers.is_empty() {
            nothing(ui, view, words);
        } else if view.offers.iter().any(|offer| !offer.is_kept) {
            text(ui, &words.preparing_compare, Size::Large);
            ui.add_space(style::GAP);
        }
        for offer in &view.offers {
            // Enter takes the only one; among several somebody has to choose.
            let key = (view.offers.len() == 1).then_some(Key::Enter);
            if offer_card(ui, offer, key, words) {
                taken = Some(Input::TakePackage(offer.id));
            }
            ui.add_space(style::GAP);
        }
        for refused in &view.refused {
            text(ui, &format!("{}: {}", words.preparing_refused, refused.file), Size::Body);
            notice(ui, refused.failure, tools.told());
            ui.add_space(style::GAP);
        }
        if view.for_others > 0 {
            text(ui, &format!("{} {}", view.for_others, words.preparing_for_others), Size::Body);
        }
    });
    taken
}

fn nothing(ui: &mut Ui, view: &PackagesView, words: &Words) {
    ui.vertical_centered(|ui| {
        ui.add_space(60.0);
        ui.label(RichText::new(&words.preparing_none).font(style::bold(Size::Banner)).color(style::tokens().ink));
        ui.add_space(style::GAP * 2.0);
        ui.label(
            RichText::new(&words.preparing_looking).font(style::font(Size::Large)).color(style::tokens().ink_soft),
        );
        for place in &view.places {
            ui.label(RichText::new(place).font(style::mono(Size::Body)).color(style::tokens().ink_soft));
        }
        ui.add_space(style::GAP * 2.0);
    });
}

fn offer_card(ui: &mut Ui, offer: &OfferView, key: Option<Key>, words: &Words) -> bool {
    let mut pressed = false;
    style::card().show(ui, |ui| {
        ui.set_width(ui.available_width());
        let word = if offer.is_kept { &words.package_kept } else { &words.package_new };
        ui.horizontal(|ui| {
            let signal = if offer.is_kept { Signal::Ok } else { Signal::Attention };
            icons::inline(ui, signal, 30.0);
            ui.label(RichText::new(word).font(style::bold(Size::Body)).color(style::signal(signal).ink));
            ui.label(RichText::new(&offer.exam).font(style::bold(Size::Large)).color(style::tokens().ink));
        });
        ui.horizontal_top(|ui| {
            ui.vertical(|ui| {
                ui.set_width(ui.available_width() - BUTTON_WIDTH - style::GAP * 2.0);
                facts(ui, offer, words);
            });
            ui.vertical(|ui| {
                ui.add_space(style::GAP);
                let action = if offer.is_kept { &words.action_use_package } else { &words.action_take_package };
                // One that cannot be used yet is only shown.
                if !(offer.is_kept && offer.from.is_some()) {
                    pressed = button(ui, action, Press::always(key, Weight::Main), BUTTON_WIDTH);
                }
            });
        });
    });
    pressed
}

fn facts(ui: &mut Ui, offer: &OfferView, words: &Words) {
    let version = match offer.held.filter(|held| *held != offer.version) {
        Some(held) => format!("{} ({} {held})", offer.version, words.package_replaces),
        None => offer.version.to_string(),
    };
    let (large, plain) = (style::bold(Size::Large), style::font(Size::Large));
    ui.spacing_mut().interact_size.y = 0.0;
    let grid = egui::Grid::new(("package", &offer.session, offer.version, offer.is_kept));
    grid.num_columns(2).spacing(Vec2::new(28.0, 3.0)).show(ui, |ui| {
        fact(ui, &words.session, &offer.session, large.clone());
        fact(ui, &words.site, &offer.site, large.clone());
        fact(ui, &words.package_candidates, &offer.rows.to_string(), large.clone());
        fact(ui, &words.package_version, &version, large);
        if let Some(from) = &offer.from {
            fact(ui, &words.package_from, from, plain.clone());
        }
        fact(ui, &words.package_until, &offer.until, plain.clone());
        fact(ui, &words.package_signer, &offer.signer, plain);
        fact(ui, "", &offer.fingerprint, style::mono(Size::Title));
    });
}

fn sign_in_screen(ui: &mut Ui, view: &SignInView, text: &mut String, tools: &Tools<'_>) -> Option<Input> {
    let words = &tools.strings.words;
    if view.clock_disputed {
        notice(ui, Failure::ClockDisputed, tools.told());
        ui.add_space(style::GAP);
    }
    match view.chosen.and_then(|chosen| view.operators.get(chosen)) {
        Some(operator) => pin(ui, view, operator, text, tools),
        None => {
            text.clear();
            people(ui, &view.operators, words)
        }
    }
}

pub(super) fn people(ui: &mut Ui, operators: &[OperatorView], words: &Words) -> Option<Input> {
    let mut chosen = None;
    ScrollArea::vertical().max_height(LIST_HEIGHT).show(ui, |ui| {
        ui.vertical_centered(|ui| {
            for (index, operator) in operators.iter().enumerate() {
                let key = KEYS.get(index).copied();
                let number = key.map(|_| format!("[{}]   ", index + 1)).unwrap_or_default();
                let who = role(operator.role, words);
                let name = format!("{number}{}   ·   {who}   ·   {}", operator.name, operator.code);
                let label =
                    RichText::new(drawable(ui, &name)).font(style::bold(Size::Large)).color(style::tokens().ink);
                let by_key = key.is_some_and(|key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key)));
                let response = ui.add_sized(Vec2::new(COLUMN_WIDTH, ROW_HEIGHT), egui::Button::new(label));
                focus_ring(ui, &response);
                if response.clicked() || by_key {
                    chosen = Some(Input::ChoseOperator(index));
                }
            }
        });
    });
    chosen
}

pub(super) fn pin(
    ui: &mut Ui,
    view: &SignInView,
    operator: &OperatorView,
    text: &mut String,
    tools: &Tools<'_>,
) -> Option<Input> {
    let words = &tools.strings.words;
    ui.vertical_centered(|ui| {
        ui.set_max_width(COLUMN_WIDTH);
        ui.label(
            RichText::new(drawable(ui, &operator.name)).font(style::bold(Size::Banner)).color(style::tokens().ink),
        );
        let below = format!("{} · {}", role(operator.role, words), operator.code);
        ui.label(RichText::new(below).font(style::font(Size::Large)).color(style::tokens().ink_soft));
        ui.add_space(style::GAP * 2.0);
        let open = !view.stopped && view.locked_s.is_none();
        let entered = if open { entry(ui, text, tools.hand, words) } else { None };
        ui.add_space(style::GAP);
        trouble(ui, view, words);
        ui.add_space(style::GAP * 2.0);
        let press = Press::always(Some(Key::Escape), Weight::Side);
        let back = button(ui, &words.action_other_person, press, BUTTON_WIDTH);
        if back {
            text.clear();
        }
        entered.or(back.then_some(Input::Back))
    })
    .inner
}

fn entry(ui: &mut Ui, text: &mut String, hand: &Hand, words: &Words) -> Option<Input> {
    let look = LineLook {
        kind: LineKind::Pin,
        label: &words.sign_in_hint,
        hint: &words.sign_in_pin,
        font: style::mono(Size::Banner),
        width: 360.0,
    };
    let entered = line(ui, &look, text, hand).entered.into_iter().next_back();
    ui.add_space(style::GAP);
    let pressed = button(ui, &words.action_sign_in, Press::always(None, Weight::Main), BUTTON_WIDTH);
    let entered = entered.or_else(|| (pressed && !text.is_empty()).then(|| std::mem::take(text)));
    entered.map(|pin| Input::EnteredPin(Secret::new(pin)))
}

fn trouble(ui: &mut Ui, view: &SignInView, words: &Words) {
    let told = match (view.stopped, view.locked_s, view.wrong) {
        (true, _, _) => Some((Signal::Stop, words.sign_in_stopped.clone())),
        (_, Some(seconds), _) => Some((Signal::Attention, words.sign_in_locked.replace("{n}", &seconds.to_string()))),
        (_, _, Some(left)) => Some((Signal::Attention, words.sign_in_wrong.replace("{n}", &left.to_string()))),
        _ => None,
    };
    let Some((signal, told)) = told else { return };
    style::signal_card(signal).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            icons::inline(ui, signal, 30.0);
            let ink = style::signal(signal).ink;
            ui.add(Label::new(RichText::new(told).font(style::bold(Size::Large)).color(ink)).wrap());
        });
    });
}

fn role(role: Role, words: &Words) -> &str {
    match role {
        Role::Invigilator => &words.role_invigilator,
        Role::HeadOfSite => &words.role_head_of_site,
        Role::Technician => &words.role_technician,
        Role::Board => &words.role_board,
    }
}

fn fact(ui: &mut Ui, name: &str, value: &str, font: egui::FontId) {
    ui.label(RichText::new(name).font(style::font(Size::Large)).color(style::tokens().ink_soft));
    ui.label(RichText::new(value).font(font).color(style::tokens().ink));
    ui.end_row();
}

fn text(ui: &mut Ui, words: &str, size: Size) {
    ui.add(Label::new(RichText::new(words).font(style::font(size)).color(style::tokens().ink)).wrap());
}

/// The first nine people have a key.
const KEYS: [Key; 9] =
    [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8, Key::Num9];
