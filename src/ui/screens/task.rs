//! The person is the task: both portraits in one size, and what is to be done with them and with whoever stands there.

use super::Tools;
use crate::callers::Told;
use crate::style::{self, Size};
use crate::text::Words;
use crate::widgets::fitting;
use checkin::event::Choice;
use checkin::view::{CaseView, Headline, PortraitView};
use egui::{Label, RichText, Ui, Vec2};

/// The chip's portrait and the board's beside each other, with the three things to do above them where somebody may go in.
pub(super) fn portraits(ui: &mut Ui, view: &CaseView, tools: &mut Tools<'_>) {
    let is_task = is_task(view.headline);
    let above = if is_task { TASK_HEIGHT } else { 0.0 };
    let largest = if is_task { LARGEST } else { BESIDE_A_MATTER };
    let waits = waits(view, tools.told());
    let below = if waits { LINE_HEIGHT * 2.5 } else { 0.0 };
    let room = ui.available_height() - above - below;
    // Below a narrow portrait the number takes two lines, and so does the warning that nobody has proven it.
    let wrapped = if matches!(view.portrait, PortraitView::Unproven(_)) { 2.0 } else { 1.0 };
    let is_narrow = (room - CAPTIONS_HEIGHT).min(largest) < NARROW;
    let captions = CAPTIONS_HEIGHT + if is_narrow { LINE_HEIGHT * wrapped } else { 0.0 };
    let height = (room - captions).clamp(SMALLEST, largest);
    let size = Vec2::new(height * WIDTH_OF_HEIGHT, height);
    ui.vertical(|ui| {
        ui.set_width(size.x * 2.0 + style::GAP);
        if is_task {
            to_do(ui, view.headline, &tools.strings.words);
        }
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = style::GAP;
            ui.vertical(|ui| {
                ui.set_width(size.x);
                let listed = view.listed_portrait.as_deref();
                tools.portrait.show(ui, &view.portrait, listed, tools.strings, size);
                let words = &tools.strings.words;
                let number = format!("{} {}", words.id_number, view.person.number_masked.reveal());
                ui.add(
                    Label::new(RichText::new(number).font(style::font(Size::Body)).color(style::tokens().ink_soft))
                        .wrap(),
                );
            });
            ui.vertical(|ui| {
                ui.set_width(size.x);
                let chip = view.portrait.shown().map(AsRef::as_ref);
                tools.portrait.show_listed(ui, view.listed_portrait.as_ref(), chip, tools.strings, size);
            });
        });
        if waits {
            let words = RichText::new(&tools.strings.words.meanwhile).font(style::bold(Size::Large));
            ui.add(Label::new(words.color(style::tokens().ink)).wrap());
        }
    });
}

/// The head of site has to come first: the candidate is told what to do meanwhile.
fn waits(view: &CaseView, told: Told<'_>) -> bool {
    let advice = view.reasons.first().and_then(|reason| told.strings.advice(*reason));
    matches!(view.headline, Headline::Ask | Headline::Stop) && advice.is_some_and(|advice| told.is_head(advice))
}

/// Somebody may go in, or has: it is the person who is looked at, and not what the desk says.
pub(super) fn is_task(headline: Headline) -> bool {
    match headline {
        Headline::Working | Headline::Admit | Headline::AdmitWithoutRegistry => true,
        Headline::RecordedAdmit | Headline::Recorded(Choice::DoubtPortrait) => true,
        Headline::KeepingOut { could_go_in } => could_go_in,
        Headline::Ask | Headline::Stop | Headline::AlreadyIn | Headline::Elsewhere | Headline::Recorded(_) => false,
    }
}

/// Nothing is to be done any more with somebody who is recorded; the portraits stay where they were.
fn to_do(ui: &mut Ui, headline: Headline, words: &Words) {
    let row = Vec2::new(ui.available_width(), TASK_HEIGHT - ui.spacing().item_spacing.y);
    ui.allocate_ui_with_layout(row, egui::Layout::left_to_right(egui::Align::Center), |ui| {
        ui.set_min_size(row);
        if matches!(headline, Headline::Working | Headline::Admit | Headline::AdmitWithoutRegistry) {
            let size = fitting(ui, &words.task, Size::Title, row.x);
            ui.label(RichText::new(&words.task).font(style::bold(size)).color(style::tokens().ink));
        }
    });
}

/// The height of a portrait that is to be compared.
const LARGEST: f32 = 360.0;
/// The same where the matter is more than the portrait.
const BESIDE_A_MATTER: f32 = 280.0;
/// A face can still be told in it.
const SMALLEST: f32 = 160.0;
/// As on every ID card.
const WIDTH_OF_HEIGHT: f32 = 0.75;
/// What is to be done, in one line.
const TASK_HEIGHT: f32 = 52.0;
/// A portrait of less height is narrower than its captions.
const NARROW: f32 = 330.0;
const LINE_HEIGHT: f32 = 26.0;
/// Two lines below a portrait.
const CAPTIONS_HEIGHT: f32 = 68.0;
