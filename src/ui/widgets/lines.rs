//! One of the four lines of a verdict.

use crate::icons;
use crate::style::{self, Size};
use crate::text::{Strings, Words};
use checkin::failure::Signal;
use checkin::view::Field;
use checkin::view::MatchReason;
use checkin::view::{Line, LineWord, Subject};
use egui::{Color32, CornerRadius, Frame, Label, Margin, RichText, Ui};

/// Icon, subject, and what became of it, with the stable code in small type. What is good has no ground of its own: four
/// green strips would be louder than the person.
pub(crate) fn check_line(ui: &mut Ui, line: &Line, strings: &Strings) {
    let (text, code) = words(line, strings);
    let ink = if line.signal == Signal::Ok { style::tokens().ink } else { style::signal(line.signal).ink };
    let text = Label::new(RichText::new(text).font(style::font(Size::Large)).color(ink));
    drawn(ui, line.signal, subject(line.subject, &strings.words), text.wrap(), code);
}

/// Something to know that no check is about.
pub(crate) fn remark_line(ui: &mut Ui, subject: &str, text: &str) {
    let colour = style::signal(Signal::Attention).ink;
    let text = Label::new(RichText::new(text).font(style::font(Size::Body)).color(colour));
    drawn(ui, Signal::Attention, subject, text.wrap(), "");
}

fn drawn(ui: &mut Ui, signal: Signal, subject: &str, text: Label, code: &str) {
    let fill = if signal == Signal::Ok { Color32::TRANSPARENT } else { style::signal(signal).soft };
    let frame =
        Frame::new().fill(fill).corner_radius(CornerRadius::same(style::RADIUS)).inner_margin(Margin::symmetric(14, 1));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().interact_size.y = LINE_HEIGHT;
        ui.horizontal(|ui| {
            icons::inline(ui, signal, 26.0);
            ui.add_space(4.0);
            let place = egui::vec2(SUBJECT_WIDTH, LINE_HEIGHT);
            ui.allocate_ui_with_layout(place, egui::Layout::left_to_right(egui::Align::Center), |ui| {
                ui.set_min_width(SUBJECT_WIDTH);
                ui.label(RichText::new(subject).font(style::bold(Size::Large)).color(style::tokens().ink));
            });
            if !code.is_empty() {
                ui.label(RichText::new(code).font(style::mono(Size::Small)).color(style::tokens().ink_soft));
            }
            ui.add(text);
        });
    });
}

/// Nothing on a line is pressed, so it may be lower than a button.
const LINE_HEIGHT: f32 = 32.0;
/// What a line is about, in either language.
const SUBJECT_WIDTH: f32 = 158.0;

fn subject(subject: Subject, words: &Words) -> &str {
    match subject {
        Subject::Chip => &words.line_chip,
        Subject::Roster => &words.line_roster,
        Subject::Registry => &words.line_registry,
        Subject::Duplicate => &words.line_duplicate,
    }
}

fn words(line: &Line, strings: &Strings) -> (String, &'static str) {
    let words = &strings.words;
    match &line.word {
        LineWord::Good => (good(line.subject, words).to_owned(), ""),
        LineWord::GoodPassport => (words.roster_ok_passport.clone(), ""),
        LineWord::Working => (working(line.subject, words).to_owned(), ""),
        LineWord::NotLookedAt => (words.line_not_asked.clone(), ""),
        LineWord::Unproven => (words.line_unproven.clone(), ""),
        LineWord::Off => (words.registry_off.clone(), ""),
        LineWord::Withheld => (words.registry_withheld.clone(), ""),
        LineWord::Failed(failure) => (what(*failure, strings), failure.code()),
        LineWord::FailedFields(failure, fields) => {
            let names: Vec<_> = fields.iter().map(|field| field_name(*field, words)).collect();
            (format!("{} {}: {}", what(*failure, strings), words.fields_differ, names.join(", ")), failure.code())
        }
        LineWord::FailedMatch(failure, reasons) => {
            let names: Vec<_> = reasons.iter().map(|reason| reason_name(*reason, words)).collect();
            (names.join(" · "), failure.code())
        }
    }
}

fn what(failure: checkin::failure::Failure, strings: &Strings) -> String {
    strings.advice(failure).map(|advice| advice.what.clone()).unwrap_or_default()
}

fn good(subject: Subject, words: &Words) -> &str {
    match subject {
        Subject::Chip => &words.chip_ok,
        Subject::Roster => &words.roster_ok,
        Subject::Registry => &words.registry_ok,
        Subject::Duplicate => &words.duplicate_ok,
    }
}

fn working(subject: Subject, words: &Words) -> &str {
    match subject {
        Subject::Chip => &words.chip_working,
        Subject::Roster => &words.roster_working,
        Subject::Registry => &words.registry_working,
        Subject::Duplicate => &words.duplicate_unknown,
    }
}

fn field_name(field: Field, words: &Words) -> &str {
    match field {
        Field::FullName => &words.field_name,
        Field::BirthDate => &words.birth_date,
        Field::Expiry => &words.field_expiry,
        Field::Signer => &words.field_signer,
    }
}

fn reason_name(reason: MatchReason, words: &Words) -> &str {
    match reason {
        MatchReason::OldNumber => &words.match_old_number,
        MatchReason::SameNameAndBirthDate => &words.match_same_name,
        MatchReason::NameDiffers => &words.match_name_differs,
        MatchReason::BirthDateDiffers => &words.match_birth_differs,
        MatchReason::SeveralRows => &words.match_several,
        MatchReason::BelongsElsewhere => &words.match_elsewhere,
        MatchReason::StateDiffers => &words.match_state_differs,
    }
}
