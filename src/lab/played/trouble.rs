//! What goes wrong in a played exam, on order, and what the board must end in for each.

use std::collections::BTreeSet;

/// What the board must end in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// A case of this rule.
    Case(&'static str),
    /// An export that is put apart with this finding among what decides.
    Apart(&'static str),
    /// An export that is taken as this.
    Taken(&'static str),
    /// A log that is missing for this reason.
    Missing(&'static str),
}

impl Outcome {
    /// The word of its kind, and the code.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Case(code) => ("case", code),
            Self::Apart(code) => ("apart", code),
            Self::Taken(code) => ("taken", code),
            Self::Missing(code) => ("missing", code),
        }
    }
}

/// What a trouble happens to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// One person at a desk.
    Person,
    /// One desk's whole log of a session.
    Log,
    /// An export that comes beside the good one of the same log, or of nobody's log.
    Export,
}

/// Declares the troubles: name, word, what it happens to, what it must end in.
macro_rules! troubles {
    ($($(#[$doc:meta])* $name:ident $word:literal $scope:ident $outcome:ident $code:literal;)*) => {
        /// Something that goes wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Trouble {
            $($(#[$doc])* $name,)*
        }

        impl Trouble {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The word on a command line.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// What it happens to.
            pub fn scope(self) -> Scope {
                match self { $(Self::$name => Scope::$scope,)* }
            }

            /// What the board must end in.
            pub fn outcome(self) -> Outcome {
                match self { $(Self::$name => Outcome::$outcome($code),)* }
            }
        }
    };
}

troubles! {
    /// A candidate is in at two desks.
    TwoDesks "two-desks" Person Case "sitting.twice";
    /// One card lets two candidates in.
    OneCard "one-card" Person Case "document.shared";
    /// Somebody is let in whom no list has.
    Stranger "stranger" Person Case "sitting.stranger";
    /// Somebody is on the list at the desk, and on the board's list no more.
    ListChanged "list-changed" Person Case "sitting.stranger";
    /// Somebody is let in by hand whom no row of the list is named for.
    Unlisted "unlisted" Person Case "entry.unlisted";
    /// A check of the chip failed, and its holder is let in.
    CheckOverruled "check-overruled" Person Case "sitting.check-overruled";
    /// Somebody is let in by hand.
    Manual "manual" Person Case "sitting.manual";
    /// The second person is the first.
    OnePerson "one-person" Person Case "sitting.one-person";
    /// The registry says something against a card before its holder is let in.
    RegistryBefore "registry-before" Person Case "sitting.registry-before";
    /// The same, after.
    RegistryAfter "registry-after" Person Case "sitting.registry-after";
    /// The registry never answers.
    RegistrySilent "registry-silent" Person Case "log.registry-silent";
    /// Somebody is turned away and then let in.
    RefusedThenIn "refused-then-in" Person Case "sitting.refused-and-in";
    /// The portrait may be another's.
    Portrait "portrait" Person Case "sitting.portrait-doubted";
    /// An arrival is taken back.
    Undone "undone" Person Case "sitting.undone";
    /// Somebody is sent to the head of site, and nobody decides.
    Undecided "undecided" Person Case "sitting.undecided";
    /// Somebody comes after the start signal.
    Late "late" Person Case "log.late";
    /// Somebody comes after the last entry.
    TooLate "too-late" Person Case "sitting.too-late";
    /// Somebody's row is looked at, and nothing is decided about her.
    LookedUp "looked-up" Person Case "log.looked-up";
    /// A desk lets people in faster than a person can be.
    TooFast "too-fast" Log Case "log.too-fast";
    /// A desk's clock moves.
    ClockMoved "clock-moved" Log Case "log.clock-moved";
    /// Power is cut in the middle of an entry.
    Torn "torn" Log Case "log.torn";
    /// Nobody ends the session.
    NotClosed "not-closed" Log Case "log.not-closed";
    /// No witness ever sees the log.
    Unanchored "unanchored" Log Case "log.unanchored";
    /// A log has two histories.
    Contradiction "contradiction" Log Case "log.contradiction";
    /// A log never comes.
    Lost "lost" Log Missing "not-received";
    /// Half an export.
    Half "half" Export Apart "file.missing";
    /// The same export twice.
    Same "same" Export Taken "same";
    /// An older export of a log that came whole.
    Older "older" Export Taken "older";
    /// One word of an entry is changed.
    Edited "edited" Export Apart "root.differs";
    /// The same by somebody who makes the tile of leaf hashes fit, and holds the device's key.
    LeafTile "leaf-tile" Export Apart "root.differs";
    /// The list of files is signed by another key.
    OtherKey "other-key" Export Apart "manifest.signature";
    /// An export of another exam.
    OtherExam "other-exam" Export Apart "basis.exam";
    /// A log that says that it is live, of a desk that was certified for training.
    AsLive "as-live" Export Apart "log.training-as-live";
    /// A desk whose certificate was taken back.
    Revoked "revoked" Export Apart "desk-cert.revoked";
    /// A desk that the board's folder does not know.
    ForeignDesk "foreign-desk" Export Apart "basis.desk";
}

impl Trouble {
    /// The troubles of these words; `all` stands for every one.
    ///
    /// # Errors
    /// The first word that is none.
    pub fn of_words(words: &[String]) -> Result<BTreeSet<Self>, String> {
        let mut troubles = BTreeSet::new();
        for word in words {
            match Self::ALL.iter().find(|one| one.word() == word) {
                Some(trouble) => drop(troubles.insert(*trouble)),
                None if word == "all" => troubles.extend(Self::ALL),
                None => return Err(word.clone()),
            }
        }
        Ok(troubles)
    }
}
