//! Whether somebody could look: nobody is let in before the chip's portrait has stood on the screen for long enough.
//!
//! The window says that a portrait was on the screen ([`Input::Painted`]), and this counts from the moment it hears so, which
//! is never before the moment itself. A window that says nothing lets nobody in by itself; sending for the head of site
//! waits for nothing.
//!
//! Invariants:
//! - A word about another contact's portrait counts for nothing, nor does one about a screen that shows none.
//! - What stood on the screen before a lock or another screen has to be painted anew.
//! - The window's clock is never asked.
//!
//! [`Input::Painted`]: crate::event::Input::Painted

use crate::case::{Case, Stage};
use crate::contact::ContactId;
use crate::context::Context;
use crate::event::{Choice, PortraitNews};
use crate::state::State;
use bits::stamp::Stamp;

/// How far somebody is with looking at the person's portrait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Nobody is to be decided on, or there is no portrait that could be compared.
    Free,
    /// The portrait of this contact has to be on the screen, and the window has not said yet that it is.
    Wanted(ContactId),
    /// It is there.
    Stands {
        /// For how long nobody is let in yet, in milliseconds.
        left_ms: u64,
    },
}

impl Look {
    /// Nothing is left to wait for.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Free | Self::Stands { left_ms: 0 })
    }

    /// For how long the desk itself holds back those who may go in, in milliseconds; what it waits for without an end is
    /// not counted.
    pub fn left_ms(self) -> u64 {
        if let Self::Stands { left_ms } = self { left_ms } else { 0 }
    }
}

/// Proof that the portrait stood there for long enough, or that there is none. Made by [`looked`] only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Looked(());

/// The proof, where there is one at this moment.
pub(super) fn looked(case: &Case, context: &Context, now: Stamp) -> Option<Looked> {
    look_at(case, context, now).is_over().then_some(Looked(()))
}

/// Letting in is what the portrait is compared for; so is the doubt about it.
pub(super) fn needs_look(choice: Choice) -> bool {
    match choice {
        Choice::Admit | Choice::ReEntry | Choice::DoubtPortrait => true,
        Choice::Refer | Choice::NotAdmitted | Choice::ReportDuplicate | Choice::Directed => false,
        Choice::EndSession | Choice::EndUnsent => false,
    }
}

/// How far somebody is with looking, whatever the desk is doing.
pub fn look(state: &State, context: &Context) -> Look {
    match state.case().filter(|case| shows_portrait(state, case) && case.is_open()) {
        Some(case) => look_at(case, context, state.now),
        None => Look::Free,
    }
}

/// The window has painted a portrait.
pub(super) fn painted(state: &mut State, contact: ContactId) {
    let now_ms = state.now.boot_ms;
    let shows = state.case().is_some_and(|case| case.contact == contact && shows_portrait(state, case));
    if let Some(case) = state.case_mut().filter(|_| shows) {
        case.painted_ms.get_or_insert(now_ms);
    }
}

/// What is not on the screen any more was not looked at.
pub(super) fn forget_hidden(state: &mut State) {
    let is_hidden = state.case().is_some_and(|case| !shows_portrait(state, case));
    if let Some(case) = state.case_mut().filter(|_| is_hidden) {
        case.painted_ms = None;
    }
}

fn look_at(case: &Case, context: &Context, now: Stamp) -> Look {
    match (&case.portrait, case.painted_ms) {
        (None | Some(PortraitNews::Unreadable | PortraitNews::Missing), _) => Look::Free,
        (Some(PortraitNews::Ready(_)), None) => Look::Wanted(case.contact),
        (Some(PortraitNews::Ready(_)), Some(painted_ms)) => {
            let stood_ms = now.boot_ms.saturating_sub(painted_ms);
            Look::Stands { left_ms: context.policy.portrait_guard_ms.saturating_sub(stood_ms) }
        }
    }
}

/// Neither a lock nor the screen of a second person stands over it.
fn shows_portrait(state: &State, case: &Case) -> bool {
    let is_ready = matches!(case.portrait, Some(PortraitNews::Ready(_)));
    is_ready && state.lock.is_none() && !matches!(case.stage, Stage::Second(_))
}
