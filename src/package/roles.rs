//! Roles at a desk, and what each may do. One table; nobody else decides it.
//!
//! | | Invigilator | Head of site | Technician | Board |
//! |---|---|---|---|---|
//! | decide on the person at the desk, look somebody up | yes | yes | no | yes |
//! | read a card, put the desk in order | yes | yes | yes | yes |
//! | decide exceptions, unlock, answer for an overrule | no | yes | no | yes |
//!
//! Invariant: an [`Action`] that this table does not give to a [`Role`] is not done, whoever asks.

use serde::Deserialize;

/// What somebody may do at a desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Giám thị.
    Invigilator,
    /// Trưởng Điểm thi.
    HeadOfSite,
    /// Kỹ thuật viên.
    Technician,
    /// Hội đồng thi.
    Board,
}

/// Something that is done at a desk by somebody who is answerable for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// A card is opened and read: what it takes to try a reader, too.
    ReadCard,
    /// Somebody is looked for in the list by name, number or birth date.
    LookUp,
    /// A candidate is let in.
    Admit,
    /// A candidate who was in comes in again.
    ReEnter,
    /// A candidate is sent to the head of site.
    Refer,
    /// A candidate is not let in.
    NotAdmit,
    /// A candidate is shown the way to another room, site or session.
    Direct,
    /// A second card of somebody who is in is reported.
    ReportDuplicate,
    /// What came to light after an admission is taken note of by name.
    AnswerNotice,
    /// That the signal was given in a room is recorded.
    GiveSignal,
    /// The session is ended for good.
    EndSession,
    /// What the rules leave to the head of site: a case that was referred.
    DecideException,
    /// A clock that jumped, or a log that is shorter than it was, is answered for.
    AnswerAlarm,
    /// What the desk depends on is looked at, on its page.
    Examine,
    /// Somebody else's PIN is given its tries back.
    Unlock,
    /// One of the two people who overrule.
    Overrule,
    /// The one of the two who answers for it.
    AnswerForOverrule,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Invigilator, Self::HeadOfSite, Self::Technician, Self::Board];

    /// The role of a word in the file.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }

    /// The word in the file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Invigilator => "invigilator",
            Self::HeadOfSite => "head-of-site",
            Self::Technician => "technician",
            Self::Board => "board",
        }
    }

    /// Whether this role may do it.
    pub fn may(self, action: Action) -> bool {
        match action {
            Action::ReadCard | Action::Overrule => true,
            Action::LookUp
            | Action::Admit
            | Action::ReEnter
            | Action::Refer
            | Action::NotAdmit
            | Action::Direct
            | Action::ReportDuplicate
            | Action::AnswerNotice
            | Action::GiveSignal
            | Action::EndSession => self != Self::Technician,
            Action::Examine => self != Self::Invigilator,
            Action::DecideException | Action::AnswerAlarm | Action::Unlock | Action::AnswerForOverrule => {
                matches!(self, Self::HeadOfSite | Self::Board)
            }
        }
    }
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::ReadCard,
        Self::LookUp,
        Self::Admit,
        Self::ReEnter,
        Self::Refer,
        Self::NotAdmit,
        Self::Direct,
        Self::ReportDuplicate,
        Self::AnswerNotice,
        Self::GiveSignal,
        Self::EndSession,
        Self::DecideException,
        Self::AnswerAlarm,
        Self::Examine,
        Self::Unlock,
        Self::Overrule,
        Self::AnswerForOverrule,
    ];
}
