//! From a case to the entries of the log: plain facts, no name, no number.

use crate::case::{Case, answer_state};
use crate::closing::Unsent;
use crate::context::{Context, Timing};
use crate::event::NotAdmittedReason;
use crate::exception::{Ground, GuestReason, OnPaper, SecondPerson, UndoReason, Waiting, WithoutCard};
use crate::failure::Failure;
use crate::news::Notice;
use crate::policy::{Clearance, Verdict, registry_failure};
use cccd::passport::{HolderNumber, PassportNumber};
use jiff::Timestamp;
use record::{
    AttendanceEvent, CandidateRef, CheckIn, ChipState, Code, Digest, DocumentRef, EntryRef, ReEntryBasis, document_ref,
};
use registry::{Reply, RequestId};
use roster::{Candidate, Matching};
use tlog::witness::WitnessedCheckpoint;

/// The document in the log: a keyed digest of the kind of document, its state and its number.
pub(super) fn document(case: &Case, context: &Context) -> DocumentRef {
    match &case.holder.number {
        HolderNumber::Personal(number) => document_of(number.reveal(), context),
        HolderNumber::Passport(passport) => passport_of(passport, context),
    }
}

/// A state of fewer than three letters is filled as in the MRZ.
fn passport_of(passport: &PassportNumber, context: &Context) -> DocumentRef {
    let mut state = *b"<<<";
    state.iter_mut().zip(passport.state().bytes()).for_each(|(place, letter)| *place = letter);
    document_ref(&context.exam_key, *b"PP", state, passport.reveal())
}

/// The same for a number that stands in the list.
pub(super) fn document_of(number: &str, context: &Context) -> DocumentRef {
    document_ref(&context.exam_key, *b"ID", *b"VNM", number)
}

/// Somebody is let in.
pub(super) fn check_in(
    clearance: &Clearance,
    case: &Case,
    context: &Context,
    second: Option<&SecondPerson>,
) -> AttendanceEvent {
    AttendanceEvent::CheckIn(CheckIn {
        cand: clearance.candidate(),
        doc: document(case, context),
        chip: case.chip.state(),
        access: access(case),
        registry: case.registry.state(),
        remarks: codes(clearance.remarks()),
        late: matches!(case.timing, Timing::Late { .. } | Timing::TooLate { .. }),
        second: second.map(|second| second.word().clone()),
    })
}

/// Somebody is let in whose portrait may be another's.
pub(super) fn portrait_doubted(
    clearance: &Clearance,
    case: &Case,
    context: &Context,
    second: &SecondPerson,
) -> AttendanceEvent {
    let (cand, doc) = (clearance.candidate(), document(case, context));
    AttendanceEvent::PortraitDoubted { cand, doc, second: second.word().clone() }
}

/// Somebody is sent to the head of site.
pub(super) fn referred(case: &Case, verdict: &Verdict, context: &Context) -> AttendanceEvent {
    AttendanceEvent::Referred {
        cand: case.candidate_ref(),
        doc: Some(document(case, context)),
        chip: case.chip.state(),
        reasons: codes(verdict.named()),
    }
}

/// Somebody is not let in.
pub(super) fn not_admitted(
    case: &Case,
    reason: NotAdmittedReason,
    context: &Context,
    second: Option<&SecondPerson>,
) -> AttendanceEvent {
    AttendanceEvent::NotAdmitted {
        cand: case.candidate_ref(),
        doc: Some(document(case, context)),
        reason: code(reason.code()),
        second: second.map(|second| second.word().clone()),
    }
}

/// Somebody without a card that can be read is sent to the head of site.
pub(super) fn referred_without_card(cand: CandidateRef, why: WithoutCard) -> AttendanceEvent {
    let reasons = vec![code(why.code())];
    AttendanceEvent::Referred { cand: Some(cand), doc: None, chip: ChipState::NotRead, reasons }
}

/// Two people let somebody in whom the rules alone do not let in.
pub(super) fn manual(waiting: &Waiting, ground: Ground, second: &SecondPerson) -> AttendanceEvent {
    AttendanceEvent::ManualDecision {
        cand: waiting.candidate.map(|id| CandidateRef(id.0)),
        doc: waiting.document,
        admitted: true,
        chip: waiting.chip,
        registry: waiting.registry,
        reason: code(ground.code()),
        second: second.word().clone(),
    }
}

/// Two people let somebody in who is expected elsewhere; `row` says where.
pub(super) fn guest(waiting: &Waiting, row: &Candidate, reason: GuestReason, second: &SecondPerson) -> AttendanceEvent {
    AttendanceEvent::Guest {
        cand: CandidateRef(row.id.0),
        doc: waiting.document,
        chip: waiting.chip,
        registry: waiting.registry,
        site: row.site.clone(),
        session: row.session.clone(),
        room: row.room.clone(),
        reason: code(reason.code()),
        second: second.word().clone(),
    }
}

/// Two people enter what was decided on paper at `at`.
pub(super) fn on_paper(cand: CandidateRef, what: OnPaper, at: Timestamp, second: &SecondPerson) -> AttendanceEvent {
    let admitted = what == OnPaper::Admitted;
    AttendanceEvent::PaperDecision { cand, admitted, at, second: second.word().clone() }
}

/// Two people do not let somebody in who was sent to them.
pub(super) fn kept_out(waiting: &Waiting, reason: NotAdmittedReason, second: &SecondPerson) -> AttendanceEvent {
    AttendanceEvent::NotAdmitted {
        cand: waiting.candidate.map(|id| CandidateRef(id.0)),
        doc: waiting.document,
        reason: code(reason.code()),
        second: Some(second.word().clone()),
    }
}

/// Two people take an arrival back.
pub(super) fn undo(refers: EntryRef, reason: UndoReason, second: &SecondPerson) -> AttendanceEvent {
    AttendanceEvent::Undo { refers, reason: code(reason.code()), second: second.word().clone() }
}

/// The signal of a room was given.
pub(super) fn start_signal(room: &str, at: Timestamp, second: Option<&SecondPerson>) -> AttendanceEvent {
    AttendanceEvent::StartSignal { room: room.to_owned(), at, second: second.map(|second| second.word().clone()) }
}

/// The scripts of a room were counted.
pub(super) fn scripts_counted(room: &str, scripts: u64) -> AttendanceEvent {
    AttendanceEvent::ScriptsCounted { room: room.to_owned(), scripts }
}

/// Two people end the session although something is unsent.
pub(super) fn close_overruled(unsent: Unsent, second: &SecondPerson) -> AttendanceEvent {
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    AttendanceEvent::CloseOverruled {
        waiting: count(unsent.waiting),
        news: count(unsent.news),
        uncounted: count(unsent.uncounted),
        log: unsent.log,
        second: second.word().clone(),
    }
}

/// A paper lies where the rules say.
pub(super) fn printed(paper: &str, to: &str, sha256: Digest, cand: Option<CandidateRef>) -> AttendanceEvent {
    AttendanceEvent::Printed { paper: code(paper), to: to.to_owned(), sha256, cand }
}

/// A PIN of this operator was wrong.
pub fn wrong_pin(whose: &str) -> AttendanceEvent {
    let event = Code::new(whose).unwrap_or_else(|_| Code::unknown());
    AttendanceEvent::DeviceEvent { device: code(WRONG_PIN), event }
}

/// The desk's lock: what became of it.
pub(super) fn lock_news(word: &str) -> AttendanceEvent {
    device_news(LOCK, word)
}

/// True where whoever is on duty opened a locked desk, by PIN.
pub fn is_opening(device: &Code, event: &Code) -> bool {
    (device.as_str(), event.as_str()) == (LOCK, OPENED)
}

/// Whoever may unlock gave everybody the tries back.
pub fn pins_unlocked(by: &Code) -> AttendanceEvent {
    AttendanceEvent::DeviceEvent { device: code(PINS_UNLOCKED), event: by.clone() }
}

/// Somebody who is in comes in again.
pub(super) fn re_entry(clearance: &Clearance, case: &Case, first: EntryRef, context: &Context) -> AttendanceEvent {
    let basis = ReEntryBasis {
        chip: case.chip.state(),
        access: access(case),
        registry: case.registry.state(),
        remarks: codes(clearance.remarks()),
        second: None,
    };
    AttendanceEvent::ReEntry {
        cand: clearance.candidate(),
        doc: Some(document(case, context)),
        first,
        basis: Some(basis),
    }
}

/// Somebody comes on a candidate who is in already.
pub(super) fn duplicate(case: &Case, cand: CandidateRef, first: EntryRef, context: &Context) -> AttendanceEvent {
    AttendanceEvent::DuplicateReported { cand, doc: Some(document(case, context)), first, second: None }
}

/// Somebody was shown the way; `None` where the case is about no other place.
pub(super) fn directed(case: &Case, context: &Context) -> Option<AttendanceEvent> {
    let Matching::Elsewhere { candidate, place } = &case.matching else { return None };
    Some(AttendanceEvent::Elsewhere {
        cand: CandidateRef(candidate.0),
        doc: Some(document(case, context)),
        site: place.site.clone(),
        session: place.session.clone(),
        room: place.room.clone(),
    })
}

/// A reading ended before the person was known, or was given up.
pub(super) fn read_failed(cand: Option<CandidateRef>, cause: Failure, apdu_count: u32) -> AttendanceEvent {
    AttendanceEvent::ReadFailed { cand, doc: None, cause: failure_code(cause), apdu_count, chip: None, failed: None }
}

/// The link broke after the person was known.
pub(super) fn interrupted(case: &Case, failure: Failure, context: &Context) -> AttendanceEvent {
    left(case, failure_code(failure), context)
}

/// A case was left without a decision.
pub(super) fn abandoned(case: &Case, context: &Context) -> AttendanceEvent {
    left(case, code("cancelled"), context)
}

/// A contact that nobody decided on, and what the chip had come to in it.
fn left(case: &Case, cause: Code, context: &Context) -> AttendanceEvent {
    AttendanceEvent::ReadFailed {
        cand: case.candidate_ref(),
        doc: Some(document(case, context)),
        cause,
        apdu_count: case.chip.apdu_count,
        chip: Some(case.chip.state()),
        failed: case.chip.failure.map(failure_code),
    }
}

fn access(case: &Case) -> Code {
    code(case.chip.access.map_or("unknown", |access| access.id()))
}

/// The registry is about to be asked.
pub(super) fn question(id: RequestId, case: &Case, context: &Context) -> AttendanceEvent {
    AttendanceEvent::RegistryRequest { id: id.to_string(), doc: document(case, context) }
}

/// The registry's word.
pub fn answer(id: RequestId, reply: &Reply) -> AttendanceEvent {
    AttendanceEvent::RegistryAnswer {
        id: id.to_string(),
        request_sha256: reply.request_sha256.map(Digest),
        state: answer_state(&reply.answer),
        cause: registry_failure(&reply.answer).map(failure_code),
        verbatim: reply.verbatim.clone(),
    }
}

/// Somebody dealt with bad news about a person who is in.
pub(super) fn news_answered(notice: &Notice) -> AttendanceEvent {
    AttendanceEvent::LateAnswer {
        cand: notice.candidate,
        refers: notice.arrival,
        id: notice.question.to_string(),
        state: notice.state,
        reason: code("head-of-site-told"),
        second: None,
    }
}

/// Somebody outside signed the log's head.
pub fn anchor(witnessed: &WitnessedCheckpoint) -> AttendanceEvent {
    AttendanceEvent::Anchor {
        size: witnessed.size(),
        root: Digest(*witnessed.root()),
        with: code(witnessed.with()),
        note: witnessed.note().to_owned(),
    }
}

/// A device failed; the log has the failure's stable code.
pub fn device(device: &str, failure: Failure) -> AttendanceEvent {
    AttendanceEvent::DeviceEvent { device: code(device), event: failure_code(failure) }
}

/// A device has news that is no failure: `ready`, `low`.
pub fn device_news(device: &str, word: &str) -> AttendanceEvent {
    AttendanceEvent::DeviceEvent { device: code(device), event: code(word) }
}

/// A person's row was looked at without a card: `search` where it was picked, `listed` where it stood among others.
pub(super) fn viewed(cand: CandidateRef, purpose: &str) -> AttendanceEvent {
    AttendanceEvent::PersonViewed { cand, purpose: code(purpose) }
}

/// A failure as a code of the log.
pub(super) fn failure_code(failure: Failure) -> Code {
    code(&failure.code().to_ascii_lowercase())
}

fn codes(failures: &[Failure]) -> Vec<Code> {
    failures.iter().copied().map(failure_code).collect()
}

/// What the log calls a wrong PIN.
pub const WRONG_PIN: &str = "wrong-pin";
/// What the log calls the desk's lock, and its opening.
const LOCK: &str = "lock";
pub(super) const OPENED: &str = "opened";
/// What the log calls it when everybody got the tries back.
pub const PINS_UNLOCKED: &str = "pins-unlocked";

/// Our own words are codes by construction; a test runs over all of them.
fn code(word: &str) -> Code {
    Code::new(word).unwrap_or_else(|_| Code::unknown())
}
