//! PINs that are checked while a session runs: the third of a second that each takes holds up no screen.

use crate::orders::{Message, PinOrder};
use crate::package::OpenPackage;
use checkin::event::Event;
use crypto::pin::PinCheck;
use std::sync::mpsc::{Receiver, SyncSender};

/// Checks one PIN after the other until nobody orders anything any more. A PIN is right where it opens the people of the
/// package; what it opens is dropped at once.
pub(super) fn check(package: &OpenPackage, orders: &Receiver<PinOrder>, inbox: &SyncSender<Message>) {
    while let Ok(PinOrder { code, lock, pin }) = orders.recv() {
        let opened = package.key(&code, &lock, &pin);
        let opened = opened.inspect_err(|error| tracing::error!(%error, "a PIN could not be checked")).ok();
        let check = opened.map(|key| if key.is_some() { PinCheck::Right } else { PinCheck::Wrong });
        if inbox.send(Message::Event(Event::PinChecked(check))).is_err() {
            break;
        }
    }
}
