//! Before there is a desk: a package is taken, a person signs in. What the screen shows of it.

use crate::failure::Failure;
use package::operators::Operator;
pub use package::operators::Role;

/// What is prepared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PreparingView {
    /// Packages to choose from, or none yet.
    Packages(PackagesView),
    /// Somebody signs in.
    SignIn(SignInView),
    /// A package is opened, or the desk is started.
    Working,
}

/// Packages to choose from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackagesView {
    /// Those that can be taken or used, the newest first.
    pub offers: Vec<OfferView>,
    /// Those that cannot, by name.
    pub refused: Vec<RefusedView>,
    /// Packages for other places that lie on the stick too.
    pub for_others: usize,
    /// The folders that are looked into.
    pub places: Vec<String>,
    /// What went wrong with the last choice.
    pub notice: Option<Failure>,
}

/// The number that the desk gave a package it found; it is never given to another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageId(pub u64);

/// A package, as a person compares it with the board's letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferView {
    /// Its number: what whoever takes it names, whatever else lies there by then.
    pub id: PackageId,
    /// The exam's name.
    pub exam: String,
    /// The session.
    pub session: String,
    /// The site: code and name.
    pub site: String,
    /// Candidates.
    pub rows: u64,
    /// Its version.
    pub version: u32,
    /// The version that this desk has, where it has one.
    pub held: Option<u32>,
    /// Local time until which it can be used, `HH:MM dd/mm/yyyy`.
    pub until: String,
    /// Local time from which it can be used, where that is still to come.
    pub from: Option<String>,
    /// Whose key signed it.
    pub signer: String,
    /// Sixteen characters of that key.
    pub fingerprint: String,
    /// It lies on the desk already: it is used, not taken.
    pub is_kept: bool,
}

/// A package that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedView {
    /// The file's name.
    pub file: String,
    /// Why.
    pub failure: Failure,
}

/// Somebody signs in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignInView {
    /// Who may.
    pub operators: Vec<OperatorView>,
    /// The PIN of this one is asked for.
    pub chosen: Option<usize>,
    /// The last PIN was wrong; so many tries are left before the desk waits.
    pub wrong: Option<u32>,
    /// No PIN is taken for so many seconds.
    pub locked_s: Option<u64>,
    /// No PIN of this person is taken before a head of site signs in.
    pub stopped: bool,
    /// A log of this desk holds a later time than the clock shows: only a head of site signs in, and answers for the
    /// clock by that ([`Failure::ClockDisputed`](crate::failure::Failure::ClockDisputed)).
    pub clock_disputed: bool,
}

/// Somebody who may sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorView {
    /// The name.
    pub name: String,
    /// The code in the log.
    pub code: String,
    /// What she may do.
    pub role: Role,
}

impl OperatorView {
    /// What is shown of an operator.
    pub(super) fn of(operator: &Operator) -> Self {
        Self { name: operator.name.clone(), code: operator.code.clone(), role: operator.role }
    }
}
