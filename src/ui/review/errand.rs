//! Something that a member wants written: what, once more before it is, and how it went.
//!
//! Invariants:
//! - Nothing is written by Enter, by a key that is held, or by the second half of a double click: what writes has a key and a
//!   place of its own, and its screen wants something typed first.
//! - What was sent is not sent again: until it has ended, nothing here can be pressed.

use super::deciding::Deciding;
use super::handing::Handing;
use super::words::ReviewWords;
use crate::style::{self, Size};
use checkin::failure::Signal;
use egui::{Event, Key, Modifiers, Panel, PointerButton, RichText, Ui, Vec2};
use review::book::Book;
use review::order::What;
use words::Language;

/// What is wanted.
pub(super) enum Form {
    /// A step of a case.
    Deciding(Box<Deciding>),
    /// One person's folder.
    Handing(Handing),
}

/// How far it is.
pub(super) enum Phase {
    /// It is being typed.
    Asking,
    /// It is shown once more, and signed.
    Confirming,
    /// It was sent.
    Waiting,
    /// It has ended.
    Said {
        /// It was done.
        is_done: bool,
        /// What there is to say.
        text: String,
    },
}

/// One of them.
pub(super) struct Errand {
    pub(super) form: Form,
    pub(super) phase: Phase,
}

/// What somebody did on its screens.
pub(super) enum Act {
    /// Back to where one came from.
    Leave,
    /// It is to be done.
    Send(What),
}

impl Errand {
    pub(super) fn new(form: Form) -> Self {
        Self { form, phase: Phase::Asking }
    }

    /// Draws it.
    pub(super) fn show(&mut self, ui: &mut Ui, words: &ReviewWords) -> Option<Act> {
        match &self.phase {
            Phase::Asking => self.ask(ui, words),
            Phase::Confirming => self.confirm(ui, words),
            Phase::Waiting => {
                super::said(ui, &words.writing);
                None
            }
            Phase::Said { is_done, text } => {
                let is_closed = said(ui, *is_done, text, words);
                (is_closed && self.back()).then_some(Act::Leave)
            }
        }
    }

    /// Esc: a step back; true where it leads out.
    pub(super) fn back(&mut self) -> bool {
        match self.phase {
            Phase::Asking | Phase::Said { is_done: true, .. } => return true,
            Phase::Waiting => (),
            Phase::Confirming => self.phase = Phase::Asking,
            // What was typed is still there: a passphrase may have been wrong.
            Phase::Said { .. } => self.phase = self.form.last_phase(),
        }
        false
    }

    /// How what was sent has ended.
    pub(super) fn ended(&mut self, is_done: bool, text: String) {
        self.phase = Phase::Said { is_done, text };
    }

    /// The exam was read again.
    pub(super) fn is_read_again(&mut self, book: &dyn Book, language: Language) {
        if let Form::Deciding(deciding) = &mut self.form {
            deciding.is_read_again(book, language);
        }
    }

    fn ask(&mut self, ui: &mut Ui, words: &ReviewWords) -> Option<Act> {
        match &mut self.form {
            Form::Deciding(deciding) => {
                if deciding.ask(ui, words) {
                    self.phase = Phase::Confirming;
                }
                None
            }
            Form::Handing(handing) => {
                let what = handing.ask(ui, words);
                self.sent(what)
            }
        }
    }

    fn confirm(&mut self, ui: &mut Ui, words: &ReviewWords) -> Option<Act> {
        let Form::Deciding(deciding) = &mut self.form else { return None };
        let what = deciding.confirm(ui, words);
        self.sent(what)
    }

    fn sent(&mut self, what: Option<What>) -> Option<Act> {
        let what = what?;
        self.phase = Phase::Waiting;
        Some(Act::Send(what))
    }
}

impl Form {
    fn last_phase(&self) -> Phase {
        match self {
            Self::Deciding(_) => Phase::Confirming,
            Self::Handing(_) => Phase::Asking,
        }
    }
}

fn said(ui: &mut Ui, is_done: bool, text: &str, words: &ReviewWords) -> bool {
    let (head, signal) = if is_done { (&words.written, Signal::Ok) } else { (&words.not_written, Signal::Stop) };
    style::signal_card(signal).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(RichText::new(head).font(style::bold(Size::Title)).color(style::signal(signal).ink));
        for line in text.lines() {
            ui.add(
                egui::Label::new(RichText::new(line).font(style::font(Size::Body)).color(style::tokens().ink)).wrap(),
            );
        }
    });
    ui.add_space(style::GAP);
    let close = egui::Button::new(RichText::new(&words.back).font(style::bold(Size::Body)));
    ui.add_sized(Vec2::new(200.0, style::TARGET_MIN), close).clicked()
}

/// The foot of a screen: what is wrong, and the button that goes on, in a place of its own on each screen.
pub(super) fn foot(ui: &mut Ui, wrong: Option<&str>, button: &str, key: Key, at_right: bool) -> bool {
    let mut pressed = false;
    Panel::bottom("foot").exact_size(64.0).show_separator_line(false).show(ui, |ui| {
        let layout = if at_right {
            egui::Layout::right_to_left(egui::Align::Center)
        } else {
            egui::Layout::left_to_right(egui::Align::Center)
        };
        ui.with_layout(layout, |ui| {
            let label = egui::Button::new(RichText::new(button).font(style::bold(Size::Large)));
            let response = ui.add_enabled(wrong.is_none(), label.min_size(Vec2::new(300.0, 52.0)));
            crate::widgets::focus_ring(ui, &response);
            // A focused button takes Enter and Space for a click: this one takes a hand's, or its own key.
            let by_hand = response.clicked_by(PointerButton::Primary);
            pressed = wrong.is_none() && (by_hand || pressed_once(ui, key));
            if let Some(wrong) = wrong {
                let ink = style::signal(Signal::Attention).ink;
                ui.label(RichText::new(format!("! {wrong}")).font(style::font(Size::Body)).color(ink));
            }
        });
    });
    pressed
}

/// True where a key went down in this frame; one that is held goes down once.
pub(super) fn pressed_once(ui: &Ui, wanted: Key) -> bool {
    let is_it = |event: &Event| match event {
        Event::Key { key, pressed: true, repeat, modifiers, .. } => {
            *key == wanted && !repeat && *modifiers == Modifiers::NONE
        }
        _ => false,
    };
    ui.input(|input| input.events.iter().any(is_it))
}
