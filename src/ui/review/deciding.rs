//! A member writes a step of a case: what, then once more what will be written, with the keys that sign it.

use super::draft::{Draft, KeyLine, Wrong};
use super::errand::foot;
use super::words::{ReviewWords, filled};
use crate::style::{self, Size};
use checkin::failure::Signal;
use egui::text_edit::TextEditState;
use egui::{Id, Key, RichText, ScrollArea, TextEdit, Ui, Vec2};
use review::book::{Book, OpenCase};
use review::decision::CaseState;
use review::order::{Decision, DraftFault, StepDraft, What, day_words};
use words::Language;

/// A step that is being written.
pub(super) struct Deciding {
    pub(super) case: OpenCase,
    draft: Draft,
    keys: [KeyLine; 2],
    /// The case has changed since it was opened.
    is_outdated: bool,
}

impl Deciding {
    pub(super) fn new(case: OpenCase, keys: &[String; 2]) -> Self {
        let draft = Draft::of(&case);
        let keys = keys.clone().map(|key| KeyLine { key, passphrase: String::new() });
        Self { case, draft, keys, is_outdated: false }
    }

    /// The keys' paths, for the next step.
    pub(super) fn key_paths(&self) -> [String; 2] {
        [0, 1].map(|at| self.keys.get(at).map(|line| line.key.clone()).unwrap_or_default())
    }

    /// What was seen when it was begun is held against what is there now; another language has other words for it.
    pub(super) fn is_read_again(&mut self, book: &dyn Book, language: Language) {
        let now = book.case_row(self.case.id).and_then(|row| book.open_case(row, language));
        match now.filter(|now| now.seen == self.case.seen) {
            Some(now) => self.case = now,
            None => self.is_outdated = true,
        }
    }

    /// Asks for it; true where it is to be shown once more.
    pub(super) fn ask(&mut self, ui: &mut Ui, words: &ReviewWords) -> bool {
        let wrong = self.wrong(words);
        let goes_on = foot(ui, wrong.as_deref(), &words.look_again, Key::F11, false);
        self.title(ui, &words.deciding);
        ScrollArea::vertical().id_salt("deciding").auto_shrink(false).show(ui, |ui| {
            self.states(ui, words);
            self.explanations(ui, words);
            self.words_of_it(ui, words);
            self.duties(ui, words);
        });
        goes_on
    }

    fn title(&self, ui: &mut Ui, head: &str) {
        let title = RichText::new(format!("{head} · {}", self.case.title)).font(style::bold(Size::Large));
        ui.add(egui::Label::new(title).wrap());
    }

    fn wrong<'a>(&self, words: &'a ReviewWords) -> Option<std::borrow::Cow<'a, str>> {
        let said = match self.draft.step(&self.case) {
            _ if self.is_outdated => &words.outdated,
            Ok(_) => return None,
            Err(Wrong::Day) => &words.no_day,
            Err(Wrong::Words(DraftFault::Nothing)) => &words.nothing_to_write,
            Err(Wrong::Words(DraftFault::Reason)) => &words.no_reason,
            Err(Wrong::Words(DraftFault::Ruling)) => &words.no_code,
            Err(Wrong::Words(DraftFault::Text)) => &words.no_text,
            Err(Wrong::Words(DraftFault::Number)) => &words.no_number,
        };
        Some(said.into())
    }

    fn states(&mut self, ui: &mut Ui, words: &ReviewWords) {
        block(ui, &words.new_state, |ui| {
            ui.horizontal_wrapped(|ui| {
                for (state, name) in &self.case.states {
                    let name = if *state == CaseState::New { &words.as_it_is } else { name };
                    let text = RichText::new(name).font(style::font(Size::Body));
                    choice(ui, &mut self.draft.state, *state, text);
                }
            });
            if !self.case.steps.is_empty() {
                ui.label(RichText::new(&words.takes_back).font(style::bold(Size::Body)));
                choice(ui, &mut self.draft.undoes, None, RichText::new(&words.takes_nothing_back));
                for (at, (_, step)) in self.case.steps.iter().enumerate() {
                    choice(ui, &mut self.draft.undoes, Some(at), RichText::new(step));
                }
            }
        });
    }

    fn explanations(&mut self, ui: &mut Ui, words: &ReviewWords) {
        block(ui, &words.explanations, |ui| {
            let all = self.case.explanations.iter().zip(&mut self.draft.answers).enumerate();
            for (at, ((_, explanation), (found, said))) in all {
                ui.horizontal_wrapped(|ui| {
                    ui.label(RichText::new(explanation).font(style::bold(Size::Body)));
                    choice(ui, found, None, RichText::new(&words.unanswered));
                    for (one, name) in &self.case.found {
                        choice(ui, found, Some(*one), RichText::new(name));
                    }
                });
                if found.is_some() {
                    line(ui, ("answer", at), &filled(&words.by_what, &[("what", explanation.clone())]), said);
                }
            }
        });
    }

    fn words_of_it(&mut self, ui: &mut Ui, words: &ReviewWords) {
        block(ui, &words.ruling_and_reason, |ui| {
            ui.horizontal_wrapped(|ui| {
                for (code, explanation) in &self.case.explanations {
                    let text = RichText::new(format!("{explanation} [{code}]"));
                    choice(ui, &mut self.draft.ruling, code.clone(), text);
                }
            });
            line(ui, "ruling", &words.ruling, &mut self.draft.ruling);
            line(ui, "reason", &words.reason, &mut self.draft.reason);
        });
    }

    fn duties(&mut self, ui: &mut Ui, words: &ReviewWords) {
        block(ui, &words.duties, |ui| {
            let draft = &mut self.draft;
            line(ui, "due", &words.due, &mut draft.due);
            line(ui, "asked", &words.asked, &mut draft.asked);
            line(ui, "given", &words.given, &mut draft.given);
            line(ui, "preserve", &words.preserve, &mut draft.preserve);
            line(ui, "appeal", &words.appeal_until, &mut draft.appeal_until);
        });
    }

    /// Shows what will be written, and takes the keys; what is to be done, where it is pressed.
    pub(super) fn confirm(&mut self, ui: &mut Ui, words: &ReviewWords) -> Option<What> {
        let Ok(step) = self.draft.step(&self.case) else { return None };
        let wrong = self.unsigned(&step, words).map(str::to_owned);
        let is_signed = foot(ui, wrong.as_deref(), &words.sign, Key::F12, true);
        self.title(ui, &words.will_write);
        ScrollArea::vertical().id_salt("confirming").auto_shrink(false).show(ui, |ui| {
            block(ui, &words.for_good, |ui| {
                for text in self.lines(&step, words) {
                    ui.add(egui::Label::new(RichText::new(text).font(style::font(Size::Body))).wrap());
                }
            });
            let head = if step.needs_two() { &words.two_members } else { &words.one_member };
            block(ui, head, |ui| self.signers(ui, words));
        });
        is_signed.then(|| self.decision(ui, step))
    }

    fn unsigned<'a>(&self, step: &StepDraft, words: &'a ReviewWords) -> Option<&'a str> {
        let [first, second] = &self.keys;
        if self.is_outdated {
            return Some(&words.outdated);
        }
        let is_second_due = step.needs_two() || !second.passphrase.is_empty();
        let is_whole = first.is_whole() && (!is_second_due || second.is_whole());
        (!is_whole).then_some(if is_second_due { &words.keys_of_both } else { &words.key_of_one })
    }

    /// Every word of the step, as it was typed.
    fn lines(&self, step: &StepDraft, words: &ReviewWords) -> Vec<String> {
        let with = |name: &str, value: &str| format!("{name}: {value}");
        let state = self.case.states.iter().find(|(state, _)| *state == step.state);
        let state = state.filter(|(state, _)| *state != CaseState::New).map_or(&words.as_it_is, |(_, name)| name);
        let mut lines = vec![with(&words.new_state, state)];
        if let Some((_, gone)) = self.draft.undoes.and_then(|at| self.case.steps.get(at)) {
            lines.push(with(&words.takes_back, gone));
        }
        for ((_, explanation), (found, said)) in self.case.explanations.iter().zip(&self.draft.answers) {
            let found = self.case.found.iter().find(|(one, _)| Some(*one) == *found);
            let found = found.map_or(&words.unanswered, |(_, name)| name);
            lines.push(format!("{explanation}: {found} {said}").trim_end().to_owned());
        }
        if !step.ruling.is_empty() {
            lines.push(with(&words.ruling, &step.ruling));
        }
        lines.push(with(&words.reason, &step.reason));
        let duties = &step.duties;
        lines.extend(duties.due.map(|due| with(&words.due, &day_words(due))));
        for (name, all) in
            [(&words.asked, &duties.asked), (&words.given, &duties.given), (&words.preserve, &duties.preserve)]
        {
            lines.extend(all.iter().map(|one| with(name, one)));
        }
        lines.extend(duties.appeal_until.map(|until| with(&words.appeal_until, &day_words(until))));
        lines
    }

    fn signers(&mut self, ui: &mut Ui, words: &ReviewWords) {
        let heads = [&words.first_member, &words.second_member];
        for (at, (head, keys)) in heads.into_iter().zip(&mut self.keys).enumerate() {
            ui.label(RichText::new(head).font(style::bold(Size::Body)));
            let name = |what: &str| format!("{what} ({})", at + 1);
            line(ui, ("key", at), &name(&words.key_file), &mut keys.key);
            labelled(ui, &name(&words.passphrase), |ui| {
                let edit = TextEdit::singleline(&mut keys.passphrase).id(passphrase_id(at)).password(true);
                ui.add_sized(Vec2::new(LINE_WIDTH, style::TARGET_MIN), edit.char_limit(MAX_PASSPHRASE))
            });
        }
    }

    fn decision(&mut self, ui: &Ui, step: StepDraft) -> What {
        let signers = self.keys.iter_mut().filter(|keys| keys.is_whole()).map(KeyLine::take).collect();
        self.keys.iter_mut().filter(|keys| !keys.is_empty()).for_each(|keys| drop(keys.take()));
        // What the toolkit keeps of a line, to undo what was typed there, goes too.
        [0, 1].map(passphrase_id).into_iter().for_each(|id| TextEditState::default().store(ui.ctx(), id));
        What::Decide(Box::new(Decision { case: self.case.id, seen: self.case.seen, step, signers }))
    }
}

fn passphrase_id(at: usize) -> Id {
    Id::unique(("passphrase", at))
}

/// One of several, with the ring around what has the focus.
fn choice<T: PartialEq>(ui: &mut Ui, chosen: &mut T, one: T, text: RichText) {
    let response = ui.radio_value(chosen, one, text);
    crate::widgets::focus_ring(ui, &response);
}

fn block(ui: &mut Ui, head: &str, inside: impl FnOnce(&mut Ui)) {
    style::card().show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(RichText::new(head).font(style::bold(Size::Large)).color(style::signal(Signal::Working).ink));
        inside(ui);
    });
}

/// A line to be typed, with its name before it.
pub(super) fn line(ui: &mut Ui, salt: impl egui::AsIdSalt, name: &str, text: &mut String) {
    labelled(ui, name, |ui| {
        let edit = TextEdit::singleline(text).id_salt(salt).char_limit(MAX_LINE).font(style::font(Size::Body));
        ui.add_sized(Vec2::new(LINE_WIDTH, style::TARGET_MIN), edit)
    });
}

fn labelled(ui: &mut Ui, name: &str, edit: impl FnOnce(&mut Ui) -> egui::Response) {
    ui.horizontal(|ui| {
        let text = RichText::new(name).font(style::font(Size::Body));
        let label = ui.add_sized(Vec2::new(NAME_WIDTH, style::TARGET_MIN), egui::Label::new(text).wrap());
        let response = edit(ui).labelled_by(label.id);
        crate::widgets::focus_ring(ui, &response);
    });
}

const NAME_WIDTH: f32 = 360.0;
const LINE_WIDTH: f32 = 780.0;
/// The longest text of one line.
const MAX_LINE: usize = 400;
const MAX_PASSPHRASE: usize = 400;
