//! Questions to the registry, their answers, and asking again.

use super::Desk;
use crate::case::{Case, RegistryPart, Stage, answer_state};
use crate::context::Context;
use crate::cosigned::{OwnLog, judge_cosigned};
use crate::event::{Effect, Purpose};
use crate::failure::{Failure, Signal};
use crate::news::{About, Notice};
use crate::state::{Pending, RegistryHealth};
use crate::{policy, records};
use bits::secret::Pii;
use jiff::Timestamp;
use registry::{Answer, Asked, Query, RefusedReason, Reply, RequestId};

impl Desk<'_> {
    pub(super) fn answered(&mut self, id: RequestId, reply: &Reply) {
        let index = self.state.pending.iter().position(|pending| pending.query.request_id == id);
        let Some(index) = index else { return self.unasked() };
        let silent = matches!(reply.answer, Answer::NotAsked { .. } | Answer::Refused { .. });
        let purpose = if silent { Purpose::Note } else { Purpose::Answer(id) };
        self.effects.push(Effect::Record { purpose, event: records::answer(id, reply) });
        self.state.answers_being_written.extend((!silent).then_some(id));
        self.cosigned(reply);
        self.state.health.registry = RegistryHealth::of(&reply.answer);
        self.note_registry_time(&reply.answer);
        let now = self.state.now;
        let since = &mut self.state.health.registry_silent_since;
        *since = silent.then(|| since.unwrap_or(now));
        if !silent {
            let Pending { about, is_earlier, .. } = self.state.pending.remove(index);
            self.state.answered_earlier.extend(is_earlier.then_some(id));
            if !self.shown(id, &reply.answer) && !self.told_while_waiting(id, &reply.answer) {
                self.late(id, &reply.answer, about);
            }
            // It speaks again: what else is open is asked without a pause.
            self.ask_again();
        } else if let Some(pending) = self.state.pending.get_mut(index) {
            (pending.in_flight, pending.asked_ms) = (false, Some(now.boot_ms));
            self.shown(id, &reply.answer);
        }
    }

    /// The answer is on the disk: nobody has to ask any more.
    pub(super) fn answer_recorded(&mut self, id: RequestId) {
        self.state.answers_being_written.retain(|other| *other != id);
        self.effects.push(Effect::Forget(id));
    }

    /// An answer to nothing that is open, or one more to what was answered: the log says so once, and it changes nothing,
    /// however many come.
    fn unasked(&mut self) {
        if !std::mem::replace(&mut self.state.unasked_answers, true) {
            self.record_note(records::device_news("registry", "unasked-answer"));
        }
    }

    /// The person whom the answer is about stands at the desk and is not in yet: it becomes a part of the verdict.
    fn shown(&mut self, id: RequestId, answer: &Answer) -> bool {
        let Some(case) = self.state.case_mut().filter(|case| case.question == Some(id)) else { return false };
        let before_recorded = case.is_open() || matches!(case.stage, Stage::Recording(_));
        if before_recorded && (case.registry == RegistryPart::Asking(id) || is_silent(&case.registry)) {
            case.registry = RegistryPart::Done(answer.clone());
            self.end_doubt();
            self.announce();
        }
        before_recorded
    }

    /// Nobody stands there any more. Bad news about somebody who is in goes to a person.
    pub(super) fn late(&mut self, question: RequestId, answer: &Answer, about: About) {
        let Some(candidate) = about.candidate else { return };
        let Some(arrival) = self.state.arrivals.get(&candidate).map(|arrival| arrival.entry) else { return };
        let Some(failure) = policy::registry_failure(answer) else { return };
        let (state, at) = (answer_state(answer), self.state.now.wall);
        let notice = Notice { question, candidate, arrival, state, failure, at };
        if self.state.news.add(notice) {
            self.effects.push(Effect::Sound(Signal::Stop));
        }
    }

    /// The answer came while the decision was being written: the decision stands, and the news goes to a person.
    pub(super) fn news_while_recording(&mut self) {
        let Some(case) = self.state.case() else { return };
        let RegistryPart::Done(answer) = &case.registry else { return };
        let silent = policy::registry_failure(answer).is_none_or(policy::is_silence);
        let Some(question) = case.question.filter(|_| !silent) else { return };
        let answer = answer.clone();
        let about = About { candidate: case.candidate_ref() };
        self.late(question, &answer, about);
    }

    /// An answer to this very question with a time far from ours: one of the two clocks is wrong, and that is said.
    fn note_registry_time(&mut self, answer: &Answer) {
        if let Answer::Refused { why: RefusedReason::StaleTime { off_seconds } } = answer {
            let was_off = self.is_off(self.state.health.clock_off_s);
            self.state.health.clock_off_s = off_seconds.saturating_neg();
            if !was_off {
                self.record_note(records::device("clock", Failure::ClockDiffers));
            }
        }
    }

    /// The registry signed the head that the question named: an anchor, or an entry that says why it is none.
    fn cosigned(&mut self, reply: &Reply) {
        let (Some(key), Some(signed)) = (&self.context.policy.registry_cosigner, &reply.cosigned) else { return };
        let own = OwnLog {
            origin: &self.context.origin,
            size: self.state.head.entry().seq + 1,
            now: self.state.now.wall,
            tolerance_s: self.context.policy.clock_tolerance_s,
        };
        match judge_cosigned(key, signed, own) {
            Ok(witnessed) => {
                self.record_note(records::anchor(&witnessed));
                let clock_off_s = self.seconds_from(witnessed.at());
                self.seen_outside(witnessed, clock_off_s);
            }
            Err(why) => self.record_note(records::device_news("registry-cosigner", why)),
        }
    }

    /// This desk's time minus an outside one.
    fn seconds_from(&self, outside: Timestamp) -> i64 {
        self.state.now.wall.as_second().saturating_sub(outside.as_second())
    }

    /// Asks the oldest unanswered question again when its time has come; one at a time.
    pub(super) fn ask_again(&mut self) {
        let now_ms = self.state.now.boot_ms;
        let wait_ms = self.context.policy.registry_again_ms;
        let busy = self.state.pending.iter().any(|pending| pending.in_flight);
        let due = |asked_ms: Option<u64>| asked_ms.is_some_and(|asked_ms| now_ms.saturating_sub(asked_ms) >= wait_ms);
        let found = self.state.pending.iter().position(|pending| due(pending.asked_ms));
        if let Some(index) = found.filter(|_| !busy) {
            self.ask(index);
        }
    }

    pub(super) fn ask(&mut self, index: usize) {
        let asked = self.asked();
        if let Some(pending) = self.state.pending.get_mut(index) {
            (pending.in_flight, pending.asked_ms) = (true, Some(self.state.now.boot_ms));
            pending.query.asked = asked;
            self.effects.push(Effect::Ask(Box::new(pending.query.clone()), pending.about.clone()));
        }
    }

    pub(super) fn asked(&self) -> Asked {
        let head = &self.state.head;
        Asked { origin: self.context.origin.clone(), size: head.entry().seq + 1, root: *head.root() }
    }
}

/// The question about `case`, with no more of its holder than the answer needs. None about somebody without a personal
/// number: the registry is of citizens.
pub(super) fn question(id: RequestId, case: &Case, context: &Context) -> Option<Query> {
    let number = case.holder.number.personal()?;
    Some(Query {
        request_id: id,
        number: Pii::new(number.reveal().to_owned()),
        full_name: case.holder.full_name.clone(),
        birth_date: case.holder.birth_date.reveal().parse().ok(),
        expiry: case.holder.expiry,
        ds_certificate: case.signer_certificate.clone(),
        asked: Asked { origin: context.origin.clone(), size: 0, root: [0; 32] },
    })
}

/// A later answer to the same question replaces a silence.
fn is_silent(part: &RegistryPart) -> bool {
    matches!(part, RegistryPart::Done(answer) if policy::registry_failure(answer).is_some_and(policy::is_silence))
}
