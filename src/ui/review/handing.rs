//! One person's papers and proofs are written into a folder.

use super::deciding::line;
use super::errand::foot;
use super::words::ReviewWords;
use crate::style::{self, Size};
use egui::{Key, RichText, Ui};
use review::book::Whom;
use review::order::What;

/// What is asked before it is written.
pub(super) struct Handing {
    pub(super) title: String,
    pub(super) whom: Whom,
    pub(super) into: String,
}

impl Handing {
    /// Asks where to; what is to be done, where it is pressed.
    pub(super) fn ask(&mut self, ui: &mut Ui, words: &ReviewWords) -> Option<What> {
        let wrong = self.into.trim().is_empty().then_some(words.no_folder.as_str());
        let is_pressed = foot(ui, wrong, &words.write_folder, Key::F12, true);
        let title = RichText::new(format!("{} · {}", words.handing, self.title)).font(style::bold(Size::Large));
        ui.add(egui::Label::new(title).wrap());
        style::card().show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.add(egui::Label::new(RichText::new(&words.handing_what).font(style::font(Size::Body))).wrap());
            line(ui, "folder", &words.folder, &mut self.into);
        });
        is_pressed.then(|| What::HandOver { cand: self.whom.cand, into: self.into.clone() })
    }
}
