//! What is ordered of the stub, and what was called.

use super::persons;
use super::settings::{StubFault, StubSettings, Verdict};
use jiff::Timestamp;
use registry::Query;
use std::collections::VecDeque;

/// What the stub is told, and what it remembers.
pub(super) struct Orders {
    pub(super) settings: StubSettings,
    pub(super) calls: u32,
    /// Calls that were no questions, or of somebody who may not ask.
    pub(super) turned_away: u32,
    pub(super) last_question: Option<String>,
    last_answer: Option<String>,
    /// The last calls, the latest first.
    pub(super) seen: VecDeque<SeenCall>,
}

/// What is ordered for one call.
pub(super) struct Order {
    pub(super) verdict: Verdict,
    pub(super) fault: StubFault,
    pub(super) delay_ms: u64,
    pub(super) retry_after_s: u64,
}

/// A call, for the admin page.
pub(super) struct SeenCall {
    pub(super) at: Timestamp,
    pub(super) id: String,
    pub(super) number: String,
    pub(super) verdict: Verdict,
    pub(super) fault: StubFault,
    pub(super) origin: String,
}

impl Orders {
    pub(super) fn new(settings: StubSettings) -> Self {
        Self { settings, calls: 0, turned_away: 0, last_question: None, last_answer: None, seen: VecDeque::new() }
    }

    /// Counts the call; returns what is ordered for it.
    pub(super) fn take(&mut self, query: &Query, question: &str) -> Order {
        self.calls += 1;
        self.last_question = Some(question.to_owned());
        let fault = self.fault_for(query);
        let settings = &mut self.settings;
        if settings.fault == StubFault::OutOfOrderOnce {
            settings.fault = StubFault::None;
        }
        let slow_ms = if fault == StubFault::Slow { settings.slow_ms } else { 0 };
        let verdict = persons::verdict(settings, query);
        let order = Order {
            verdict: verdict.clone(),
            fault,
            delay_ms: settings.delay_ms.saturating_add(slow_ms),
            retry_after_s: settings.retry_after_s,
        };
        self.remember_call(query, verdict, fault);
        order
    }

    /// A person's fault goes before that of the n-th call, and that before the general one.
    fn fault_for(&self, query: &Query) -> StubFault {
        let settings = &self.settings;
        let persons = settings.persons.get(query.number.reveal()).map(|person| person.fault);
        let due = |every: u32| every != 0 && self.calls.is_multiple_of(every);
        let nth = settings.every.iter().find(|(_, every)| due(**every)).map(|(fault, _)| *fault);
        let ordered = [persons, nth, Some(settings.fault)].into_iter().flatten();
        ordered.into_iter().find(|fault| *fault != StubFault::None).unwrap_or_default()
    }

    fn remember_call(&mut self, query: &Query, verdict: Verdict, fault: StubFault) {
        let (id, number) = (query.request_id.to_string(), query.number.reveal().clone());
        let origin = query.asked.origin.clone();
        self.seen.push_front(SeenCall { at: Timestamp::now(), id, number, verdict, fault, origin });
        self.seen.truncate(SEEN_CALLS);
    }

    /// The answer that goes out: the good one that was made, or the one before it.
    pub(super) fn outgoing(&mut self, fault: StubFault, made: String) -> String {
        match fault {
            StubFault::None => self.last_answer.insert(made).clone(),
            StubFault::Replayed => self.last_answer.clone().unwrap_or(made),
            _ => made,
        }
    }
}

/// How many calls the admin page shows.
const SEEN_CALLS: usize = 50;
