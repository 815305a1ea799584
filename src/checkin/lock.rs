//! A locked desk, and a change of whoever is on duty without a restart.
//!
//! | Comes by | ends by | written |
//! |---|---|---|
//! | a press on any screen where something can still be decided | the PIN of whoever is on duty | `device-event` (lock), twice |
//! | nobody did anything for `lock_after_ms` | the PIN of somebody else who may work here | `device-event` (lock), `operator-changed` |
//!
//! Invariants:
//! - While it is locked nothing of a person is shown, no contact with a card begins, and no input but a PIN does
//!   anything.
//! - What was on the screen is there again afterwards; what whoever was on duty had begun and not decided begins anew
//!   for whoever takes over.
//! - Whoever takes over is on duty from an entry of her own on, and not before it is on the disk.
//! - A desk outside a package knows nobody's PIN: it is never locked.

use crate::event::{Event, Input};
use crate::exception::Staff;
use crate::sign_in::{OnDuty, SignedIn};
use iso7816::transport::ReaderEvent;

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lock {
    /// Who wants to work here is chosen.
    People,
    /// That person's PIN is asked for; the last one was wrong, with so many tries left.
    Pin {
        /// Whose.
        code: String,
        /// Tries left after a wrong one.
        wrong: Option<u32>,
    },
    /// The PIN is being checked.
    Checking {
        /// Whose.
        code: String,
    },
    /// It was wrong; the entry about that is on its way to the disk.
    Wrong {
        /// Whose.
        code: String,
        /// Tries left before a pause; nothing where there is a pause.
        left: Option<u32>,
    },
    /// It was right; the entry about it is on its way to the disk.
    Opening(SignedIn),
}

impl Lock {
    /// Asks for the PIN of whoever is on duty.
    pub(super) fn of(on_duty: &OnDuty, staff: &Staff) -> Self {
        let code = on_duty.code();
        let is_listed = staff.signers().any(|one| one.code == code);
        if is_listed { Self::Pin { code: code.to_owned(), wrong: None } } else { Self::People }
    }
}

/// Somebody is at the desk: a card, a press, a scan. A window paints for nobody, too.
pub(super) fn is_sign_of_life(event: &Event) -> bool {
    match event {
        Event::Input(input) => !matches!(input, Input::Painted(_)),
        event => matches!(event, Event::Reader(ReaderEvent::CardPresent { .. })),
    }
}
