//! The thread that asks the registry.

use crate::runtime::Message;
use checkin::event::Event;
use registry::{Query, Registry};
use std::sync::mpsc::{Receiver, SyncSender};

/// Asks one question after the other until nobody has one any more.
pub(super) fn ask(mut registry: Box<dyn Registry>, questions: &Receiver<Box<Query>>, inbox: &SyncSender<Message>) {
    while let Ok(query) = questions.recv() {
        let reply = Box::new(registry.ask(&query));
        if inbox.send(Message::Event(Event::Registry { id: query.request_id, reply })).is_err() {
            break;
        }
    }
}
