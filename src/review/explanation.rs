//! What members say about a difference of a room's balance: one category, words, two people; undone by a new entry.

use crate::{
    balance::Balance,
    fact::EntryId,
    lines::{Lines, entry_or_dash, or_dash, parse_digest, parse_entry_or_dash, un_dash},
};
use jiff::Timestamp;
use record::Digest;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Declares the categories: name, stable word.
macro_rules! categories {
    ($($(#[$doc:meta])* $name:ident $word:literal;)*) => {
        /// Why two sides of a room's balance may differ (domain 6.3).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Category {
            $($(#[$doc])* $name,)*
        }

        impl Category {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable word of reports and programs.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }
    };
}

categories! {
    /// Somebody was let in, and left without handing anything in.
    LeftWithoutScript "left-without-script";
    /// A script of somebody about whom there is no entry.
    ScriptWithoutEntry "script-without-entry";
    /// The room worked on paper.
    PaperDay "paper-day";
    /// Another number stands on a script.
    WrongNumber "wrong-number";
    /// A guest, or somebody who was moved.
    GuestOrMoved "guest-or-moved";
    /// Entered for somebody else, and taken back.
    EnteredForAnother "entered-for-another";
    /// Somebody withdrew from the exam.
    Withdrawn "withdrawn";
    /// The list was corrected after the packages had been made.
    ListCorrected "list-corrected";
}

impl Category {
    /// The category with this word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.word() == word)
    }
}

/// One explanation: an entry of the board's record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The entry.
    pub entry: EntryId,
    /// What was signed, as a digest.
    pub statement: Digest,
    /// What they signed.
    pub said: ExplanationStatement,
}

/// An explanation as members sign it.
#[derive(Clone, PartialEq, Eq)]
pub struct ExplanationStatement {
    /// The exam, `<board>/<exam>`.
    pub exam: String,
    /// The difference, by its name.
    pub difference: String,
    /// What the difference rested on, see [`crate::balance::Difference::basis`].
    pub basis: Digest,
    /// The category; nothing where an earlier one is taken back and none put in its place.
    pub category: Option<Category>,
    /// The explanation that this one takes back.
    pub undoes: Option<EntryId>,
    /// When, by the member's computer.
    pub at: Timestamp,
    /// The codes of the members who sign.
    pub by: Vec<String>,
    /// In words, on one line.
    pub reason: String,
}

impl fmt::Debug for ExplanationStatement {
    /// Without the words, which may name a person.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ExplanationStatement")
            .field("difference", &self.difference)
            .field("category", &self.category)
            .field("undoes", &self.undoes)
            .field("at", &self.at)
            .field("by", &self.by)
            .finish_non_exhaustive()
    }
}

impl ExplanationStatement {
    /// The lines, newline included.
    pub fn text(&self) -> String {
        format!(
            "{HEAD}\nexam {}\ndifference {}\nbasis {}\ncategory {}\nundoes {}\nat {:.3}\nby {}\nreason {}\n",
            self.exam,
            self.difference,
            self.basis,
            self.category.map_or("-", Category::word),
            entry_or_dash(self.undoes.as_ref()),
            self.at,
            self.by.join(" "),
            or_dash(&self.reason),
        )
    }

    /// Reads the lines; nothing but what [`Self::text`] writes is read.
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = Lines::behind(HEAD, text)?;
        let read = Self {
            exam: lines.take("exam")?.to_owned(),
            difference: lines.take("difference")?.to_owned(),
            basis: parse_digest(lines.take("basis")?)?,
            category: match lines.take("category")? {
                "-" => None,
                word => Some(Category::of_word(word)?),
            },
            undoes: parse_entry_or_dash(lines.take("undoes")?)?,
            at: lines.at()?,
            by: lines.by()?,
            reason: un_dash(lines.take("reason")?),
        };
        (read.text() == text).then_some(read)
    }
}

/// Puts each explanation that stands beside its difference. One that takes another back stands itself where it has a
/// category. Those of a difference that is no more (a log has come, a count was corrected) are told apart.
pub fn explain<'a>(balances: &mut [Balance], all: &'a [Explanation]) -> Vec<&'a Explanation> {
    let by_entry: BTreeMap<&EntryId, Digest> = all.iter().map(|one| (&one.entry, one.statement)).collect();
    let named = all.iter().filter_map(|one| by_entry.get(one.said.undoes.as_ref()?));
    let undone: BTreeSet<Digest> = named.copied().collect();
    let mut standing: BTreeMap<&str, BTreeMap<Digest, &'a Explanation>> = BTreeMap::new();
    for one in all.iter().filter(|one| one.said.category.is_some() && !undone.contains(&one.statement)) {
        let same = standing.entry(&one.said.difference).or_default().entry(one.statement).or_insert(one);
        // Of one statement that stands in two records, always the same entry is named.
        if one.entry < same.entry {
            *same = one;
        }
    }
    for difference in balances.iter_mut().flat_map(|one| &mut one.differences) {
        let own = standing.remove(difference.id.as_str()).unwrap_or_default();
        difference.said = own.into_values().cloned().collect();
        difference.said.sort_by(|one, other| one.entry.cmp(&other.entry));
    }
    standing.into_values().flat_map(BTreeMap::into_values).collect()
}

const HEAD: &str = "diemdanh/explained-difference/v1";
