//! The common ground of the three screens about a person: banner, portrait, person, body, lines, buttons.

use super::{Buttons, Tools, task};
use crate::callers::Told;
use crate::glyphs::drawable;
use crate::style::{self, Size};
use crate::text::{Words, grouped};
use crate::widgets::{
    Hold, Press, Weight, banner, button, check_line, fitting, hatched_banner, hold_button, quiet_banner, referred,
    remark, remark_line,
};
use checkin::event::{Choice, Input, NotAdmittedReason};
use checkin::failure::Signal;
use checkin::view::{CaseView, Headline, LateView, PersonView, PlaceView, Sex, StageView};
use egui::{Frame, Key, Label, Panel, RichText, Ui};

const FOOT_HEIGHT: f32 = 76.0;

/// Draws the whole screen; `body` is what is largest on it.
pub(super) fn show(
    ui: &mut Ui,
    view: &CaseView,
    tools: &mut Tools<'_>,
    body: impl FnOnce(&mut Ui, Told<'_>),
) -> Option<Input> {
    let (strings, told) = (tools.strings, tools.told());
    // The buttons come first, from the bottom: whatever stands above, they are never cut off.
    let bottom = Panel::bottom("decision").exact_size(FOOT_HEIGHT).frame(Frame::new()).show_separator_line(false);
    let pressed = bottom.show(ui, |ui| foot(ui, view, tools.buttons, &strings.words)).inner;
    top(ui, view, &strings.words);
    ui.add_space(2.0);
    ui.horizontal_top(|ui| {
        task::portraits(ui, view, tools);
        ui.add_space(style::GAP);
        ui.vertical(|ui| {
            person(ui, &view.person, &strings.words);
            if view.headline == Headline::Recorded(Choice::Refer) {
                referred(ui, told);
            } else {
                body(ui, told);
            }
            let remarked = view.namesakes.as_ref().filter(|_| view.person.candidate_number.is_some());
            ui.spacing_mut().item_spacing.y = if view.namesakes.is_some() { 1.0 } else { 6.0 };
            for line in &view.lines {
                check_line(ui, line, strings);
            }
            // Where several rows fit, they stand side by side above.
            if let Some(namesakes) = remarked {
                let remark = remark(namesakes, &strings.words);
                remark_line(ui, &strings.words.namesakes_line, &drawable(ui, &remark));
            }
        });
    });
    pressed
}

/// The headline. What is as it should be is said quietly: the person below it is the task.
fn top(ui: &mut Ui, view: &CaseView, words: &Words) {
    let (word, detail) = (headline(view, words), banner_detail(view, words));
    let word = drawable(ui, &word);
    match (view.headline, view.signal) {
        (Headline::AdmitWithoutRegistry, Signal::Ok) => hatched_banner(ui, &word, &detail),
        (Headline::Admit | Headline::Working, Signal::Ok | Signal::Working) => {
            quiet_banner(ui, view.signal, &word, &detail);
        }
        _ => banner(ui, view.signal, &word, &detail),
    }
}

/// Name, birth date and sex, which are asked for and looked at, and the SBD.
fn person(ui: &mut Ui, person: &PersonView, words: &Words) {
    let name = drawable(ui, person.name.reveal());
    let size = fitting(ui, &name, Size::Banner, ui.available_width()).max(Size::Title);
    let name = RichText::new(name).font(style::bold(size)).color(style::tokens().ink);
    ui.add(Label::new(name).wrap());
    let sex = match person.sex {
        Some(Sex::Male) => Some(words.male.clone()),
        Some(Sex::Female) => Some(words.female.clone()),
        None => None,
    };
    let born = person.birth_date.reveal().clone();
    let number = person.candidate_number.as_ref().map(|number| grouped(number));
    let facts = [Some((&words.birth_date, born)), sex.map(|sex| (&words.sex, sex))];
    let facts = facts.into_iter().chain([number.map(|number| (&words.candidate_number, number))]).flatten();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for (name, value) in facts {
            // A fact stands on one row, or on the next one as a whole.
            let name = RichText::new(name).font(style::font(Size::Body)).color(style::tokens().ink_soft);
            let value = RichText::new(value).font(style::bold(Size::Title)).color(style::tokens().ink);
            ui.add(Label::new(name).extend());
            ui.add(Label::new(value).extend());
            ui.add_space(style::GAP);
        }
    });
}

fn foot(ui: &mut Ui, view: &CaseView, buttons: Buttons, words: &Words) -> Option<Input> {
    ui.add_space(style::GAP / 3.0);
    ui.horizontal(|ui| match &view.stage {
        StageView::Deciding(choices) if choices.is_empty() => {
            ui.label(
                RichText::new(&words.nothing_to_press).font(style::bold(Size::Title)).color(style::tokens().ink_soft),
            );
            None
        }
        StageView::Deciding(choices) => slots(ui, choices, buttons, words),
        StageView::ChoosingReason => reasons_row(ui, buttons, words),
        StageView::Recording => {
            ui.label(RichText::new(&words.recording).font(style::bold(Size::Title)).color(style::tokens().ink_soft));
            None
        }
        StageView::Recorded(_) => go_on(ui, buttons, words),
    })
    .inner
}

/// Going on stands where nobody was let in.
fn go_on(ui: &mut Ui, buttons: Buttons, words: &Words) -> Option<Input> {
    let [left, middle, right, far] = slot_widths(ui);
    ui.add_space(left + ui.spacing().item_spacing.x);
    let press = Press { key: Some(Key::Enter), weight: Weight::Main, alive: buttons.alive };
    let width = middle + right + far + ui.spacing().item_spacing.x * 2.0;
    button(ui, &words.action_continue, press, width).then_some(Input::Continue)
}

/// Four places that never move: letting in at the left, the head of site beside it, what keeps out or sends on behind that,
/// and at the far right what is reported about somebody who goes in.
fn slots(ui: &mut Ui, choices: &[Choice], buttons: Buttons, words: &Words) -> Option<Input> {
    let mut pressed = None;
    for (slot, width) in [Slot::Left, Slot::Middle, Slot::Right, Slot::Far].into_iter().zip(slot_widths(ui)) {
        let Some(choice) = choices.iter().copied().find(|choice| place_of(*choice).0 == slot) else {
            ui.add_space(width + ui.spacing().item_spacing.x);
            continue;
        };
        let weight = if slot == Slot::Left { Weight::Main } else { Weight::Side };
        let alive = if lets_in(choice) { buttons.lets_in } else { buttons.alive };
        let press = Press { key: place_of(choice).1, weight, alive };
        if button(ui, choice_word(choice, words), press, width) {
            pressed = Some(Input::Chose(choice, buttons.meaning));
        }
    }
    pressed
}

/// A place for buttons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    Left,
    Middle,
    Right,
    Far,
}

/// Where a button stands and which key it has, on every screen.
fn place_of(choice: Choice) -> (Slot, Option<Key>) {
    match choice {
        Choice::Admit | Choice::ReEntry => (Slot::Left, Some(Key::F5)),
        Choice::Refer => (Slot::Middle, Some(Key::F6)),
        Choice::NotAdmitted => (Slot::Right, Some(Key::F7)),
        Choice::ReportDuplicate => (Slot::Right, Some(Key::F8)),
        Choice::Directed => (Slot::Right, Some(Key::F9)),
        Choice::EndSession => (Slot::Right, Some(Key::F10)),
        Choice::EndUnsent => (Slot::Right, Some(Key::F8)),
        // Seldom, and never by accident: a finger, or Tab and Enter.
        Choice::DoubtPortrait => (Slot::Far, None),
    }
}

/// Letting in waits until somebody has looked; so does a doubt about what was looked at.
fn lets_in(choice: Choice) -> bool {
    matches!(choice, Choice::Admit | Choice::ReEntry | Choice::DoubtPortrait)
}

fn slot_widths(ui: &Ui) -> [f32; 4] {
    let share = (ui.available_width() - ui.spacing().item_spacing.x * 3.0) / 4.5;
    [share * 1.4, share, share, share * 1.1]
}

/// No digit chooses: a scanner types digits. A reason keeps somebody out, so it is held and not touched; the way back
/// decides nothing and stands apart.
fn reasons_row(ui: &mut Ui, buttons: Buttons, words: &Words) -> Option<Input> {
    let spacing = ui.spacing().item_spacing.x;
    let back = Press::always(Some(Key::Escape), Weight::Side);
    let mut pressed = button(ui, &words.action_back, back, BACK_WIDTH).then_some(Input::Back);
    ui.add_space(style::GAP * 2.0);
    let width = (ui.available_width() - spacing * 4.0) / 4.0;
    for reason in NotAdmittedReason::ALL {
        let press = Press { key: None, weight: Weight::Side, alive: buttons.alive };
        let hold = Hold { seconds: REASON_S, meaning: buttons.meaning };
        if hold_button(ui, reason_word(reason, words), press, hold, width) {
            pressed = Some(Input::Reason(reason, buttons.meaning));
        }
    }
    pressed
}

/// For how long a reason is held that keeps somebody out.
const REASON_S: f64 = 1.0;
const BACK_WIDTH: f32 = 190.0;

fn banner_detail(view: &CaseView, words: &Words) -> String {
    match (&view.stage, &view.late) {
        (StageView::Recorded(receipt), _) => words.recorded(receipt),
        (StageView::ChoosingReason, _) => words.reason_title.clone(),
        (_, Some(late)) => late_words(late, words),
        _ if view.headline == Headline::AlreadyIn => {
            view.arrival.as_ref().map(|first| words.recorded(first)).unwrap_or_default()
        }
        _ => String::new(),
    }
}

/// Vietnamese and English order these words differently.
fn late_words(late: &LateView, words: &Words) -> String {
    let words = if late.is_signal { &words.late_by_signal } else { &words.late_by_plan };
    words.replace("{minutes}", &late.minutes.to_string()).replace("{time}", &late.from)
}

fn headline(view: &CaseView, words: &Words) -> String {
    let word = match view.headline {
        Headline::Working => &words.headline_working,
        Headline::Admit => &words.headline_admit,
        Headline::AdmitWithoutRegistry => &words.headline_admit_without_registry,
        Headline::Ask => &words.headline_ask,
        Headline::KeepingOut { .. } => &words.headline_keeping_out,
        Headline::Stop => &words.headline_stop,
        Headline::AlreadyIn => &words.headline_already_in,
        Headline::Elsewhere => return wrong_place(view.place.as_ref(), words),
        Headline::RecordedAdmit => &words.headline_recorded_admit,
        Headline::Recorded(Choice::Refer) => &words.headline_recorded_referred,
        Headline::Recorded(Choice::DoubtPortrait) => &words.headline_recorded_doubted,
        Headline::Recorded(Choice::NotAdmitted) => &words.headline_recorded_not_admitted,
        Headline::Recorded(Choice::Directed) => &words.headline_recorded_directed,
        Headline::Recorded(Choice::ReportDuplicate) => &words.headline_recorded_duplicate,
        Headline::Recorded(_) => &words.headline_recorded,
    };
    word.clone()
}

/// The farthest thing that is wrong: another day, another house, another door.
fn wrong_place(place: Option<&PlaceView>, words: &Words) -> String {
    match place {
        Some(PlaceView { session: Some(_), .. }) => words.headline_wrong_session.clone(),
        Some(PlaceView { site: Some(_), .. }) => words.headline_wrong_site.clone(),
        place => words.headline_wrong_room.replace("{room}", place.map_or("", |place| place.room.as_str())),
    }
}

fn choice_word(choice: Choice, words: &Words) -> &str {
    match choice {
        Choice::Admit => &words.action_admit,
        Choice::DoubtPortrait => &words.action_doubt,
        Choice::Refer => &words.action_refer,
        Choice::NotAdmitted => &words.action_not_admitted,
        Choice::ReEntry => &words.action_reentry,
        Choice::ReportDuplicate => &words.action_report_duplicate,
        Choice::Directed => &words.action_directed,
        Choice::EndSession => &words.action_end_session,
        Choice::EndUnsent => &words.action_end_unsent,
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
