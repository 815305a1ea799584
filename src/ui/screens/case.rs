//! The common ground of the three screens about a person: banner, portrait, person, body, lines, buttons.

use super::Tools;
use crate::checkin::event::{Choice, Input, NotAdmittedReason};
use crate::checkin::view::{CaseView, Headline, PersonView, StageView};
use crate::ui::style::{self, Size};
use crate::ui::text::{Strings, Words};
use crate::ui::widgets::{Weight, banner, button, check_line, remark, remark_line};
use egui::{Frame, Key, Label, Panel, RichText, Ui, Vec2};

const PORTRAIT: Vec2 = Vec2::new(300.0, 400.0);
/// The board's portrait beside the chip's.
const LISTED: Vec2 = Vec2::new(180.0, 240.0);
const FOOT_HEIGHT: f32 = 84.0;

/// Draws the whole screen; `body` is what is largest on it.
pub(super) fn show(
    ui: &mut Ui,
    view: &CaseView,
    tools: &mut Tools<'_>,
    body: impl FnOnce(&mut Ui, &Strings),
) -> Option<Input> {
    let strings = tools.strings;
    // The buttons come first, from the bottom: whatever stands above, they are never cut off.
    let bottom = Panel::bottom("decision").exact_size(FOOT_HEIGHT).frame(Frame::new()).show_separator_line(false);
    let pressed = bottom.show(ui, |ui| foot(ui, view, &strings.words)).inner;
    banner(ui, view.signal, headline(view.headline, &strings.words), &banner_detail(view, &strings.words));
    ui.add_space(2.0);
    ui.horizontal_top(|ui| {
        ui.vertical(|ui| {
            ui.set_width(PORTRAIT.x);
            tools.portrait.show(ui, &view.portrait, strings, PORTRAIT);
        });
        if let Some(listed) = &view.listed_portrait {
            ui.add_space(style::GAP);
            ui.vertical(|ui| {
                ui.set_width(LISTED.x);
                tools.portrait.show_listed(ui, listed, strings, LISTED);
            });
        }
        ui.add_space(style::GAP);
        ui.vertical(|ui| {
            person(ui, &view.person, &strings.words);
            body(ui, strings);
            let remarked = view.twins.as_ref().filter(|_| view.person.candidate_number.is_some());
            ui.spacing_mut().item_spacing.y = if view.twins.is_some() { 3.0 } else { 6.0 };
            for line in &view.lines {
                check_line(ui, line, strings);
            }
            // Where several rows fit, they stand side by side above.
            if let Some(twins) = remarked {
                remark_line(ui, &strings.words.twins_line, &remark(twins, &strings.words));
            }
        });
    });
    pressed
}

fn person(ui: &mut Ui, person: &PersonView, words: &Words) {
    let name = RichText::new(person.name.reveal()).font(style::bold(Size::Banner)).color(style::INK);
    ui.add(Label::new(name).wrap());
    let mut facts = vec![(&words.birth_date, person.birth_date.reveal().clone())];
    if let Some(number) = &person.candidate_number {
        facts.push((&words.candidate_number, number.clone()));
    }
    facts.push((&words.id_number, person.number_masked.reveal().clone()));
    ui.horizontal(|ui| {
        for (name, value) in facts {
            ui.label(RichText::new(name).font(style::font(Size::Body)).color(style::INK_SOFT));
            ui.label(RichText::new(value).font(style::bold(Size::Large)).color(style::INK));
            ui.add_space(style::GAP);
        }
    });
}

fn foot(ui: &mut Ui, view: &CaseView, words: &Words) -> Option<Input> {
    ui.add_space(style::GAP);
    ui.horizontal(|ui| match &view.stage {
        StageView::Deciding(choices) => choices_row(ui, choices, words),
        StageView::ChoosingReason => reasons_row(ui, words),
        StageView::Recording => {
            ui.label(RichText::new(&words.recording).font(style::bold(Size::Title)).color(style::INK_SOFT));
            None
        }
        StageView::Recorded(_) => {
            let width = ui.available_width();
            button(ui, &words.action_continue, Some(Key::Enter), Weight::Main, width)
                .then_some(Input::Chose(Choice::Continue))
        }
    })
    .inner
}

fn choices_row(ui: &mut Ui, choices: &[Choice], words: &Words) -> Option<Input> {
    let keys = [Key::Enter, Key::F6, Key::F7];
    let count = u8::try_from(choices.len().max(1)).map_or(1.0, f32::from);
    let spacing = ui.spacing().item_spacing.x;
    let share = (ui.available_width() - spacing * (count - 1.0)) / (count + 0.6);
    let mut pressed = None;
    for (index, choice) in choices.iter().enumerate() {
        let weight = if index == 0 { Weight::Main } else { Weight::Side };
        let width = if index == 0 { share * 1.6 } else { share };
        if button(ui, choice_word(*choice, words), keys.get(index).copied(), weight, width) {
            pressed = Some(Input::Chose(*choice));
        }
    }
    pressed
}

fn reasons_row(ui: &mut Ui, words: &Words) -> Option<Input> {
    let keys = [Key::Num1, Key::Num2, Key::Num3, Key::Num4];
    let spacing = ui.spacing().item_spacing.x;
    let width = (ui.available_width() - spacing * 3.0) / 4.0;
    let mut pressed = None;
    for (reason, key) in NotAdmittedReason::ALL.into_iter().zip(keys) {
        if button(ui, reason_word(reason, words), Some(key), Weight::Side, width) {
            pressed = Some(Input::Reason(reason));
        }
    }
    pressed
}

fn banner_detail(view: &CaseView, words: &Words) -> String {
    match (&view.stage, view.minutes_late) {
        (StageView::Recorded(receipt), _) => format!("{} {} · {}", words.record_number, receipt.entry, receipt.time),
        (StageView::ChoosingReason, _) => words.reason_title.clone(),
        (_, Some(minutes)) => format!("{minutes} {}", words.minutes_late),
        _ => String::new(),
    }
}

fn headline(headline: Headline, words: &Words) -> &str {
    match headline {
        Headline::Working => &words.headline_working,
        Headline::Admit => &words.headline_admit,
        Headline::Ask => &words.headline_ask,
        Headline::Stop => &words.headline_stop,
        Headline::AlreadyIn => &words.headline_already_in,
        Headline::Elsewhere => &words.headline_elsewhere,
        Headline::RecordedAdmit => &words.headline_recorded_admit,
        Headline::Recorded(Choice::Refer) => &words.headline_recorded_referred,
        Headline::Recorded(Choice::NotAdmitted) => &words.headline_recorded_not_admitted,
        Headline::Recorded(Choice::Directed) => &words.headline_recorded_directed,
        Headline::Recorded(Choice::ReportDuplicate) => &words.headline_recorded_duplicate,
        Headline::Recorded(_) => &words.headline_recorded,
    }
}

fn choice_word(choice: Choice, words: &Words) -> &str {
    match choice {
        Choice::Admit => &words.action_admit,
        Choice::Refer => &words.action_refer,
        Choice::NotAdmitted => &words.action_not_admitted,
        Choice::ReEntry => &words.action_reentry,
        Choice::ReportDuplicate => &words.action_report_duplicate,
        Choice::Directed => &words.action_directed,
        Choice::Continue => &words.action_continue,
        Choice::EndSession => &words.action_end_session,
    }
}

fn reason_word(reason: NotAdmittedReason, words: &Words) -> &str {
    match reason {
        NotAdmittedReason::PortraitDiffers => &words.reason_photo,
        NotAdmittedReason::Documents => &words.reason_document,
        NotAdmittedReason::TooLate => &words.reason_late,
        NotAdmittedReason::Conduct => &words.reason_conduct,
    }
}
