//! The threads that keep open questions and ask the registry.
//!
//! Keeping never waits for asking: a question is on the disk before its call goes out, however long the calls before it
//! take.

use crate::orders::{Message, QUEUE_LEN, RegistryOrder};
use crate::pending::PendingStore;
use checkin::event::Event;
use host::threads;
use registry::{Answer, Query, Registry, RequestId};
use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

/// Starts both threads; they end when nobody gives orders any more.
pub(super) fn start(
    registry: Box<dyn Registry>,
    store: Option<PendingStore>,
    inbox: &SyncSender<Message>,
    workers: &mut Vec<JoinHandle<()>>,
) -> io::Result<SyncSender<RegistryOrder>> {
    let (orders, order_queue) = sync_channel(QUEUE_LEN);
    let (questions, question_queue) = sync_channel(QUEUE_LEN);
    let inbox = inbox.clone();
    workers.push(threads::spawn("questions", move || keep(store.as_ref(), &order_queue, &questions))?);
    workers.push(threads::spawn("registry", move || ask(registry, &question_queue, &inbox))?);
    Ok(orders)
}

fn keep(store: Option<&PendingStore>, orders: &Receiver<RegistryOrder>, questions: &SyncSender<Box<Query>>) {
    while let Ok(order) = orders.recv() {
        match order {
            RegistryOrder::Ask(query, about) => {
                if let Some(store) = store {
                    store.keep(&query, &about);
                }
                // Nobody asks any more at a desk that ends; what is kept is asked after the next start.
                let _ = questions.send(query);
            }
            RegistryOrder::Forget(id) => store.into_iter().for_each(|store| store.forget(id)),
        }
    }
}

/// Asks one question after the other until nobody has one any more.
fn ask(mut registry: Box<dyn Registry>, questions: &Receiver<Box<Query>>, inbox: &SyncSender<Message>) {
    while let Ok(query) = questions.recv() {
        let reply = Box::new(registry.ask(&query));
        diagnose(query.request_id, &reply.answer);
        if inbox.send(Message::Event(Event::Registry { id: query.request_id, reply })).is_err() {
            break;
        }
    }
}

/// The log has the code that people see; the technician's diagnostics have the reason itself.
fn diagnose(id: RequestId, answer: &Answer) {
    match answer {
        Answer::NotAsked { why } => tracing::warn!(%id, %why, "the registry was not asked"),
        Answer::Refused { why } => tracing::warn!(%id, %why, "an answer of the registry does not count"),
        _ => (),
    }
}
