//! The thread that watches the reader's field.

use crate::orders::Message;
use checkin::event::Event;
use iso7816::transport::CardReader;
use std::sync::mpsc::SyncSender;

/// How long one look at the field lasts when nothing changes.
const WAIT_MS: u32 = 500;

/// Tells the brain what enters and leaves the field, until the desk ends.
pub(super) fn watch(mut reader: Box<dyn CardReader>, inbox: &SyncSender<Message>) {
    loop {
        // A tick nobody needs tells whether somebody still listens.
        let event = reader.wait(WAIT_MS).map_or(Event::Tick, Event::Reader);
        if inbox.send(Message::Event(event)).is_err() {
            break;
        }
    }
}
