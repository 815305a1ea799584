//! One person at the desk, from the moment the chip has told who it is.

use crate::chip::{ChipReading, DataProof};
use crate::contact::{ContactId, KeyFit, OpenContact};
use crate::context::{Context, SessionTimes, Timing};
use crate::event::{Choice, Identity, KeptEvidence, PortraitNews};
use crate::exception::Step;
use crate::failure::Failure;
use crate::namesakes;
use crate::signals::Signals;
use bits::stamp::Stamp;
use cccd::holder::{Holder, HolderNote};
use cccd::passport::HolderNumber;
use emrtd::lds::portrait::Portrait;
use record::{Arrival, CandidateRef, Durable, RegistryState};
use registry::{Answer, RequestId};
use roster::{CandidateId, DocumentNumber, HolderFacts, Matching, match_holder};
use std::collections::HashMap;
use std::sync::Arc;

/// Who is in, by the name in the log.
pub type Arrivals = HashMap<CandidateRef, Arrival>;

/// Everything the desk knows about the person in front of it. Wiped when the desk goes back to idle.
#[derive(Debug)]
pub struct Case {
    /// The contact that everything here was told in.
    pub contact: ContactId,
    /// Whether the digits that opened the chip are its holder's.
    pub key_fit: KeyFit,
    /// How an earlier contact with a card of this number ended that nobody decided on.
    pub earlier: Option<Failure>,
    /// The verdict on the chip, so far or finally.
    pub chip: ChipReading,
    /// The reading has ended; `chip` is the last word.
    pub chip_final: bool,
    /// Who the chip says this is.
    pub holder: Holder,
    /// What was remarkable.
    pub notes: Vec<HolderNote>,
    /// Whom the roster knows this person as.
    pub matching: Matching,
    /// Whom this person may be mixed up with, this person's row first where it is known; mostly nobody.
    pub namesakes: Vec<CandidateId>,
    /// The portrait.
    pub portrait: Option<PortraitNews>,
    /// Since when the window shows it, on the boot clock.
    pub(super) painted_ms: Option<u64>,
    /// The portrait that the board has of this candidate, where it has one that can be shown.
    pub listed_portrait: Option<Arc<Portrait>>,
    /// What the inspection rests on, where the rules keep it.
    pub evidence: Option<KeptEvidence>,
    /// The registry's part.
    pub registry: RegistryPart,
    /// The question to the registry, if one was asked.
    pub question: Option<RequestId>,
    /// The arrival that counts already, if any.
    pub arrival: Option<Arrival>,
    /// When the identity was known.
    pub began: Stamp,
    /// How that moment lies in the session.
    pub timing: Timing,
    /// The times that this was counted by; `None` where the exam sets none.
    pub counted: Option<Counted>,
    /// Where the decision stands.
    pub stage: Stage,
    /// The document signer's certificate, for the registry.
    pub signer_certificate: Vec<u8>,
}

/// The times that say who is late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// The times.
    pub times: SessionTimes,
    /// They count from the signal of the candidate's room, not from the plan.
    pub is_signal: bool,
}

impl Counted {
    fn of(context: &Context, signals: &Signals, candidate: Option<CandidateId>) -> Option<Self> {
        let planned = context.policy.session?;
        let room = candidate.and_then(|id| context.roster.get(id)).map(|row| row.room);
        let signal = room.and_then(|room| signals.get(&room).copied());
        let times = signal.map_or(planned, |signal| planned.from_signal(signal));
        Some(Self { times, is_signal: signal.is_some() })
    }
}

/// The registry's part in a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegistryPart {
    /// The policy does not ask.
    Off,
    /// Not asked: nobody outside is asked about data that nobody signed.
    Withheld,
    /// Not asked: it knows personal numbers, and this document has none.
    OfCitizens,
    /// Asked or about to be.
    Asking(RequestId),
    /// Answered, or given up.
    Done(Answer),
}

impl RegistryPart {
    /// The word in the log.
    pub fn state(&self) -> RegistryState {
        match self {
            Self::Off | Self::Withheld | Self::OfCitizens => RegistryState::NotAsked,
            Self::Asking(_) => RegistryState::Pending,
            Self::Done(answer) => answer_state(answer),
        }
    }
}

/// The word in the log for an answer.
pub fn answer_state(answer: &Answer) -> RegistryState {
    match answer {
        Answer::Match { .. } => RegistryState::Match,
        Answer::Mismatch { .. } => RegistryState::Mismatch,
        Answer::CardInvalid { .. } => RegistryState::CardInvalid,
        Answer::NotFound => RegistryState::NotFound,
        Answer::UnknownCode { .. } => RegistryState::UnknownCode,
        Answer::NotAsked { .. } => RegistryState::NotAsked,
        Answer::Refused { .. } => RegistryState::Refused,
    }
}

/// Where the decision stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// A person has to decide.
    Deciding,
    /// A person is choosing a reason.
    ChoosingReason,
    /// Somebody else has to stand behind it, and proves who she is.
    Second(Step),
    /// The decision is being written.
    Recording(Choice),
    /// The decision is on the disk.
    Recorded {
        /// What was decided.
        choice: Choice,
        /// The proof.
        durable: Durable,
    },
}

impl Case {
    /// The case of a person whose chip has just told who it is.
    pub(super) fn new(
        contact: &OpenContact,
        identity: Identity,
        context: &Context,
        arrivals: &Arrivals,
        signals: &Signals,
        stamp: Stamp,
    ) -> Self {
        let Identity { chip, holder, notes, signer_certificate, request_id } = identity;
        let matching = match_holder(&context.roster, &facts(&holder), &context.place);
        let arrival = sole_candidate(&matching).and_then(|id| arrivals.get(&CandidateRef(id.0)).copied());
        let listed = sole_candidate(&matching).and_then(|id| context.portraits.get(&id));
        let registry = match chip.data {
            _ if !context.policy.registry_asked => RegistryPart::Off,
            _ if holder.number.passport().is_some() => RegistryPart::OfCitizens,
            DataProof::Signed => RegistryPart::Asking(request_id),
            DataProof::Unproven => RegistryPart::Withheld,
        };
        let times = Counted::of(context, signals, sole_candidate(&matching));
        let timing = times.map_or(Timing::InTime, |counted| counted.times.timing(stamp.wall));
        Self {
            contact: contact.id,
            key_fit: contact.fit(&holder.number),
            earlier: None,
            chip,
            chip_final: false,
            holder,
            notes,
            namesakes: namesakes::of_matching(&context.roster, &matching),
            matching,
            portrait: None,
            painted_ms: None,
            listed_portrait: listed.and_then(|jpeg| Portrait::from_jpeg(jpeg.reveal()).ok()).map(Arc::new),
            evidence: None,
            question: matches!(registry, RegistryPart::Asking(_)).then_some(request_id),
            registry,
            arrival,
            began: stamp,
            timing,
            counted: times,
            stage: Stage::Deciding,
            signer_certificate,
        }
    }

    /// The candidate this case is about, where exactly one row is meant.
    pub fn candidate(&self) -> Option<CandidateId> {
        sole_candidate(&self.matching)
    }

    /// The same candidate as the log names him.
    pub fn candidate_ref(&self) -> Option<CandidateRef> {
        self.candidate().map(|id| CandidateRef(id.0))
    }

    /// The card has expired on the day of `stamp`.
    pub fn expired(&self, context: &Context, stamp: Stamp) -> bool {
        let today = context.utc_offset.to_datetime(stamp.wall).date();
        self.holder.expiry.is_some_and(|expiry| expiry < today)
    }

    /// True while nothing has been decided.
    pub fn is_open(&self) -> bool {
        matches!(self.stage, Stage::Deciding | Stage::ChoosingReason | Stage::Second(_))
    }
}

fn facts(holder: &Holder) -> HolderFacts<'_> {
    HolderFacts {
        number: match &holder.number {
            HolderNumber::Personal(number) => DocumentNumber::Personal(number.reveal()),
            HolderNumber::Passport(passport) => {
                DocumentNumber::Passport { state: passport.state(), number: passport.reveal() }
            }
        },
        full_name: holder.full_name.reveal(),
        birth_date: holder.birth_date.reveal().parse().ok(),
        old_number: holder.old_number.as_ref().map(|number| number.reveal().as_str()),
    }
}

fn sole_candidate(matching: &Matching) -> Option<CandidateId> {
    match matching {
        Matching::Exact(id) | Matching::Elsewhere { candidate: id, .. } => Some(*id),
        Matching::NeedsDecision { candidates, .. } => match candidates.as_slice() {
            [only] => Some(*only),
            _ => None,
        },
        Matching::NotListed => None,
    }
}
