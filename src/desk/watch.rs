//! The thread that watches the reader's field.

use crate::checkin::event::Event;
use crate::desk::runtime::Message;
use crate::iso7816::transport::CardReader;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;

/// How long one look at the field lasts when nothing changes.
const WAIT_MS: u32 = 500;

/// Tells the brain what enters and leaves the field, until the desk ends.
pub(super) fn watch(mut reader: Box<dyn CardReader>, inbox: &SyncSender<Message>, ended: &Arc<AtomicBool>) {
    while !ended.load(Ordering::Acquire) {
        if let Some(news) = reader.wait(WAIT_MS)
            && inbox.send(Message::Event(Event::Reader(news))).is_err()
        {
            break;
        }
    }
}
