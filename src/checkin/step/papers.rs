//! Papers: the list every minute, what is printed about a person, and the list's end.

use super::Desk;
use crate::closing::Closing;
use crate::event::Effect;
use crate::failure::Signal;
use crate::paper::{LIST_EVERY_MS, PaperKind, PaperNews};
use crate::records;
use crate::show::papers::{case_paper, sheet};
use crate::state::Phase;
use record::{CandidateRef, Digest};

/// How long the end of a session waits for the list to be taken away, in milliseconds.
const WIPE_PATIENCE_MS: u64 = 5_000;
/// What the log calls the list.
const LIST: &str = "attendance-list";

impl Desk<'_> {
    fn prints(&self) -> bool {
        !self.context.policy.rules.paper_folder.is_empty()
    }

    /// A minute has passed since the list was ordered last, or none was.
    pub(super) fn write_list_if_due(&mut self) {
        let now_ms = self.state.now.boot_ms;
        let list = &mut self.state.papers.list;
        let since_ms = list.ordered_ms.map(|ordered_ms| now_ms.saturating_sub(ordered_ms));
        let is_due = since_ms.is_none_or(|since_ms| since_ms >= LIST_EVERY_MS);
        if !self.prints() || !is_due || matches!(self.state.phase, Phase::Closing(Closing::Wiping { .. })) {
            return;
        }
        let list = &mut self.state.papers.list;
        list.ordered_ms = Some(now_ms);
        if std::mem::replace(&mut list.is_out, true) {
            // A medium that takes a minute for a page takes none.
            self.list_lost();
        } else {
            let sheet = Box::new(sheet(self.context, self.state));
            self.effects.push(Effect::PaperList(sheet));
        }
    }

    pub(super) fn paper_news(&mut self, news: PaperNews) {
        match news {
            PaperNews::ListWritten { sha256 } => self.list_written(sha256),
            PaperNews::ListLost => {
                self.state.papers.list.is_out = false;
                self.list_lost();
            }
            PaperNews::Printed { kind, cand, sha256 } => {
                (self.state.papers.is_printing, self.state.papers.printed) = (false, Some(true));
                self.record_printed(kind.code(), sha256, cand);
            }
            PaperNews::NotPrinted => {
                (self.state.papers.is_printing, self.state.papers.printed) = (false, Some(false));
                self.effects.push(Effect::Sound(Signal::Attention));
            }
            PaperNews::Wiped(done) => self.wiped(done),
        }
    }

    fn list_written(&mut self, sha256: Digest) {
        let list = &mut self.state.papers.list;
        let was_lost = std::mem::replace(&mut list.is_lost, false);
        let was_said = std::mem::replace(&mut list.is_said, true);
        (list.is_out, list.is_written) = (false, true);
        if !was_said {
            self.record_printed(LIST, sha256, None);
        } else if was_lost {
            self.record_note(records::device_news(LIST, "written"));
        }
    }

    /// Once for each time that it begins to fail.
    fn list_lost(&mut self) {
        if !std::mem::replace(&mut self.state.papers.list.is_lost, true) {
            self.record_note(records::device_news(LIST, "lost"));
            self.effects.push(Effect::Sound(Signal::Attention));
        }
    }

    fn record_printed(&mut self, paper: &str, sha256: Digest, cand: Option<CandidateRef>) {
        let to = &self.context.policy.rules.paper_folder;
        self.record_note(records::printed(paper, to, sha256, cand));
    }

    /// A paper about whoever is on the screen: nothing is decided by it.
    pub(super) fn print(&mut self, kind: PaperKind) {
        let may = self.prints() && !self.state.papers.is_printing;
        let Phase::Exception(exception) = &self.state.phase else { return };
        if let Some(paper) = case_paper(self.context, self.state, exception, kind).filter(|_| may) {
            (self.state.papers.is_printing, self.state.papers.printed) = (true, None);
            self.effects.push(Effect::Print(Box::new(paper)));
        }
    }

    /// Before the last entry the list is taken away, where there is one. True where somebody has to wait for that.
    pub(super) fn wipe_list(&mut self) -> bool {
        let list = &mut self.state.papers.list;
        let is_there = std::mem::replace(&mut list.is_written, false) || list.is_out;
        if is_there {
            self.state.phase = Phase::Closing(Closing::Wiping { since_ms: self.state.now.boot_ms });
            self.effects.push(Effect::WipePapers);
        }
        is_there
    }

    /// A stick that does not answer keeps no session open.
    pub(super) fn end_wiping_if_stuck(&mut self) {
        if let Phase::Closing(Closing::Wiping { since_ms }) = self.state.phase
            && self.state.now.boot_ms.saturating_sub(since_ms) >= WIPE_PATIENCE_MS
        {
            self.wiped(false);
        }
    }

    fn wiped(&mut self, done: bool) {
        if matches!(self.state.phase, Phase::Closing(Closing::Wiping { .. })) {
            self.record_note(records::device_news(LIST, if done { "wiped" } else { "not-wiped" }));
            self.close_log();
        }
    }
}
