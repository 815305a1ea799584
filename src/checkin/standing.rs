//! After a restart: from what the journal says is still open to what stands on the screen.
//!
//! What the journal does not hold is not there any more: the portrait of whoever waits, and the name of somebody whom no
//! list has.

use crate::context::Context;
use crate::exception::{Cause, MAX_WAITING, Waiting, WaitingId, WithoutCard};
use crate::failure::Failure;
use crate::news::Notice;
use crate::state::State;
use crate::step::is_unproven;
use bits::secret::Pii;
use record::{Code, OpenNews, OpenReferral, Standing};
use registry::RequestId;
use roster::CandidateId;

impl State {
    /// Takes up the rooms' signals and scripts, who was shown the way or not let in, who waits, which news nobody has answered, and which contacts were never decided on.
    pub fn take_up_standing(&mut self, context: &Context, standing: &Standing) {
        self.signals = standing.signals().clone();
        self.scripts = standing.scripts().clone();
        self.directed = standing.directed().clone();
        self.not_admitted = standing.not_admitted().clone();
        if context.staff.is_some() {
            for referral in standing.referrals().iter().take(MAX_WAITING) {
                self.waitings += 1;
                self.waiting.push(waiting(WaitingId(self.waitings), referral, context));
            }
        }
        for news in standing.news() {
            if let Some(notice) = self.notice(news) {
                self.news.add(notice);
            }
        }
        let unproven = standing.unproven().filter_map(|(doc, code)| Some((doc, failure(code)?)));
        self.undecided.extend(unproven.filter(|(_, failure)| is_unproven(*failure)));
    }

    /// News about somebody whose arrival was undone meanwhile is nobody's.
    fn notice(&self, news: &OpenNews) -> Option<Notice> {
        Some(Notice {
            question: RequestId::parse(&news.question)?,
            candidate: news.cand,
            arrival: self.arrivals.get(&news.cand)?.entry,
            state: news.state,
            failure: news.cause.as_ref().and_then(failure).unwrap_or(Failure::RegistryUnknownCode),
            at: news.at,
        })
    }
}

fn waiting(id: WaitingId, referral: &OpenReferral, context: &Context) -> Waiting {
    let candidate = referral.cand.map(|cand| CandidateId(cand.0));
    let row = candidate.and_then(|id| context.roster.get(id));
    Waiting {
        id,
        candidate,
        document: referral.doc,
        name: row.map_or_else(|| Pii::new(String::new()), |row| row.full_name),
        chip: referral.chip,
        registry: referral.registry,
        causes: referral.causes.iter().map(|codes| cause(codes)).collect(),
        question: referral.question.as_deref().and_then(RequestId::parse).map(|question| (question, None)),
        portrait: None,
        since: referral.since,
    }
}

fn cause(codes: &[Code]) -> Cause {
    let without =
        codes.first().and_then(|code| WithoutCard::ALL.iter().copied().find(|why| why.code() == code.as_str()));
    match without {
        Some(why) => Cause::WithoutCard(why),
        None => Cause::Named(codes.iter().filter_map(failure).collect()),
    }
}

fn failure(code: &Code) -> Option<Failure> {
    Failure::of_code(code.as_str())
}
