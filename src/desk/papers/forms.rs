//! The words of the desk's papers: data, never code.

use checkin::event::NotAdmittedReason;
use checkin::exception::{Cause, Ground, GuestReason, OnPaper, Ruling, UndoReason, WithoutCard};
use record::{ChipState, RegistryState};
use serde::Deserialize;
use std::collections::BTreeMap;

const FORMS: &str = include_str!("../../../assets/forms/desk.toml");
/// Papers are Vietnamese, whatever the screen speaks.
const SCREENS: &str = include_str!("../../../assets/i18n/vi.toml");

/// So many reasons stand on a page; the log has them all.
const MAX_CAUSES: usize = 6;

/// Words by their stable names.
type Words = BTreeMap<String, String>;

/// Titles, columns and sentences of one edition.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Forms {
    #[expect(dead_code, reason = "says which edition the file is")]
    version: String,
    papers: Words,
    list: Form,
    incident: Form,
    undertaking: Form,
    chip: Words,
    registry: Words,
}

/// One paper: its sentences, its columns, who signs.
#[derive(Debug, Deserialize)]
pub(super) struct Form {
    /// Headings of the columns.
    #[serde(default)]
    pub(super) columns: Vec<String>,
    /// Who signs, from left to right.
    #[serde(default)]
    pub(super) sign: Vec<String>,
    #[serde(flatten)]
    words: Words,
}

#[derive(Debug, Deserialize)]
struct Screens {
    words: Words,
    failures: BTreeMap<String, Failure>,
}

#[derive(Debug, Deserialize)]
struct Failure {
    what: String,
}

/// All words that a paper needs.
pub(super) struct Texts {
    forms: Forms,
    screens: Screens,
}

impl Form {
    /// A sentence by its name, with its blanks filled in.
    pub(super) fn say(&self, name: &str, blanks: &[(&str, &str)]) -> String {
        filled(self.words.get(name), blanks)
    }
}

impl Texts {
    pub(super) fn load() -> Result<Self, toml::de::Error> {
        Ok(Self { forms: toml::from_str(FORMS)?, screens: toml::from_str(SCREENS)? })
    }

    pub(super) fn list(&self) -> &Form {
        &self.forms.list
    }

    pub(super) fn incident(&self) -> &Form {
        &self.forms.incident
    }

    pub(super) fn undertaking(&self) -> &Form {
        &self.forms.undertaking
    }

    /// What is the same on every paper.
    pub(super) fn say(&self, name: &str, blanks: &[(&str, &str)]) -> String {
        filled(self.forms.papers.get(name), blanks)
    }

    pub(super) fn chip(&self, state: ChipState) -> String {
        filled(self.forms.chip.get(chip_word(state)), &[])
    }

    pub(super) fn registry(&self, state: RegistryState) -> String {
        filled(self.forms.registry.get(registry_word(state)), &[])
    }

    /// Why somebody waits, each time after the other.
    pub(super) fn causes(&self, causes: &[Cause]) -> String {
        let mut said: Vec<String> = causes.iter().take(MAX_CAUSES).map(|cause| self.cause(cause)).collect();
        let more = causes.len().saturating_sub(MAX_CAUSES).to_string();
        said.extend((causes.len() > MAX_CAUSES).then(|| self.say("more_causes", &[("count", &more)])));
        said.iter().map(|one| one.trim_end_matches('.')).collect::<Vec<_>>().join("; ")
    }

    /// A desk by its name, which may say already that it is one.
    pub(super) fn desk(&self, name: &str) -> String {
        if name.to_lowercase().starts_with("bàn") { name.to_owned() } else { self.say("desk", &[("desk", name)]) }
    }

    fn cause(&self, cause: &Cause) -> String {
        match cause {
            Cause::WithoutCard(why) => self.word(without_card_word(*why)),
            Cause::Named(failures) => {
                let known = failures.first().and_then(|first| self.screens.failures.get(first.code()));
                known.map_or_else(|| self.word("referred_by_desk"), |known| known.what.clone())
            }
        }
    }

    /// What two people decided, in the words of the screen they decided on.
    pub(super) fn ruling(&self, ruling: Ruling) -> String {
        let (kind, word) = ruling_words(ruling);
        let kind = kind.map(|kind| format!("{}: ", self.word(kind))).unwrap_or_default();
        format!("{kind}{}", self.word(word))
    }

    fn word(&self, name: &str) -> String {
        filled(self.screens.words.get(name), &[])
    }
}

/// A word that is missing is a fault of the build; a test reads them all.
fn filled(text: Option<&String>, blanks: &[(&str, &str)]) -> String {
    let mut text = text.cloned().unwrap_or_default();
    for (name, value) in blanks {
        text = text.replace(&format!("{{{name}}}"), value);
    }
    text
}

fn chip_word(state: ChipState) -> &'static str {
    match state {
        ChipState::Pass => "pass",
        ChipState::Warn => "warn",
        ChipState::Unknown => "unknown",
        ChipState::Fail => "fail",
        ChipState::Access => "access",
        ChipState::Retry => "retry",
        ChipState::NotRead => "not-read",
    }
}

fn registry_word(state: RegistryState) -> &'static str {
    match state {
        RegistryState::Match => "match",
        RegistryState::Mismatch => "mismatch",
        RegistryState::CardInvalid => "card-invalid",
        RegistryState::NotFound => "not-found",
        RegistryState::UnknownCode => "unknown-code",
        RegistryState::Pending => "pending",
        RegistryState::NotAsked => "not-asked",
        RegistryState::Refused => "refused",
    }
}

fn without_card_word(why: WithoutCard) -> &'static str {
    match why {
        WithoutCard::Forgotten => "without_card_forgotten",
        WithoutCard::Unreadable => "without_card_unreadable",
        WithoutCard::Electronic => "without_card_electronic",
    }
}

/// What stands before a ruling on the screen, and the ruling.
fn ruling_words(ruling: Ruling) -> (Option<&'static str>, &'static str) {
    match ruling {
        Ruling::Refer(why) => (None, without_card_word(why)),
        Ruling::Admit(ground) => (Some("ruling_admit"), ground_word(ground)),
        Ruling::Guest(GuestReason::CouncilOrder) => (Some("ruling_guest"), "guest_council_order"),
        Ruling::Guest(GuestReason::CannotMove) => (Some("ruling_guest"), "guest_cannot_move"),
        Ruling::NotAdmit(reason) => (Some("ruling_keep_out"), kept_out_word(reason)),
        Ruling::Undo(UndoReason::WrongPerson) => (None, "undo_wrong_person"),
        Ruling::Undo(UndoReason::Mistake) => (None, "undo_mistake"),
        Ruling::Undo(UndoReason::NotEntered) => (None, "undo_not_entered"),
        Ruling::Start(_) => (None, "recorded_signal"),
        Ruling::Doubt => (None, "ruling_doubt"),
        Ruling::Paper(OnPaper::Admitted, _) => (None, "paper_admitted"),
        Ruling::Paper(OnPaper::NotAdmitted, _) => (None, "paper_not_admitted"),
        Ruling::EndUnsent => (None, "ruling_end_unsent"),
    }
}

fn ground_word(ground: Ground) -> &'static str {
    match ground {
        Ground::Undertaking => "ground_undertaking",
        Ground::OtherPapers => "ground_other_papers",
        Ground::PrintedCard => "ground_printed_card",
        Ground::CouncilOrder => "ground_council_order",
    }
}

fn kept_out_word(reason: NotAdmittedReason) -> &'static str {
    match reason {
        NotAdmittedReason::PortraitDiffers => "keep_out_photo",
        NotAdmittedReason::Documents => "keep_out_document",
        NotAdmittedReason::TooLate => "keep_out_late",
        NotAdmittedReason::Conduct => "keep_out_conduct",
    }
}
