//! From a state to what the screen shows.

mod closing;
mod exception;
mod lock;
pub(crate) mod papers;

use crate::callers::callers;
use crate::case::{Case, RegistryPart, Stage};
use crate::contact::CardField;
use crate::context::{Context, Timing};
use crate::dates::{day_first, local};
use crate::event::{Choice, Meaning};
use crate::failure::{Failure, Signal};
use crate::look::look;
use crate::namesakes::side_by_side;
use crate::policy::{Basis, CaseScreen, Verdict, is_waiting, registry_failure, verdict};
use crate::preparing::PreparingView;
use crate::sign_in::Action;
use crate::state::{Halted, Idle, Phase, ReaderHealth, State};
use crate::step::{can_lock, guarded_ms, offered, undoable, waiting_count};
use crate::view::*;
use bits::secret::Pii;
use bits::stamp::Stamp;
use emrtd::report::Overall;
use jiff::Timestamp;
use record::{Arrival, EntryRef};
use registry::Answer;
use roster::{CandidateId, Matching};

/// For how long nothing decides on the screens before there is a desk, in milliseconds.
const USUAL_GUARD_MS: u64 = 400;
/// For how long nobody would be let in there; nobody stands there.
const USUAL_PORTRAIT_GUARD_MS: u64 = 1_000;

/// What the screen shows in `state`.
pub fn view(context: &Context, state: &State) -> View {
    View {
        header: header(context, state),
        screen: screen(context, state),
        status: status(context, state),
        meaning: state.meaning(),
        guarded_ms: guarded_ms(state, context),
        guard_ms: context.policy.press_guard_ms,
        portrait_guard_ms: context.policy.portrait_guard_ms,
        look: look(state, context),
        callers: callers(context.staff.as_deref()),
        news: shown_news(context, state),
        key_waits: state.key_waits() && state.lock.is_none(),
    }
}

/// What a desk shows that could not be started: the header of nothing, and why.
pub fn halted_at_start(halted: &Halted, version: &str) -> View {
    View { screen: Screen::Halted(halted_view(halted)), ..bare_view(version) }
}

/// A view of nothing: neither exam nor desk.
pub(super) fn bare_view(version: &str) -> View {
    let status = StatusBar {
        reader: ReaderHealth::Unknown,
        scanner: crate::scanner::ScannerHealth::Off,
        card_present: false,
        registry: None,
        registry_silent_since: None,
        pending: 0,
        disk: super::event::DiskState::Unknown,
        copy: super::event::CopyHealth::Off,
        paper: crate::paper::PaperHealth::Off,
        clock_steady: true,
        clock_off_minutes: None,
        witness: WitnessView::Off,
        witness_not_asked: false,
        log_entries: 0,
        version: version.to_owned(),
    };
    View {
        header: Header::default(),
        screen: Screen::Preparing(PreparingView::Working),
        status,
        meaning: Meaning::default(),
        guarded_ms: 0,
        guard_ms: USUAL_GUARD_MS,
        portrait_guard_ms: USUAL_PORTRAIT_GUARD_MS,
        look: Look::Free,
        callers: Vec::new(),
        news: None,
        key_waits: false,
    }
}

/// The whole view of a desk that is being prepared.
pub fn preparing_view(header: Header, preparing: PreparingView, version: &str) -> View {
    View { header, screen: Screen::Preparing(preparing), ..bare_view(version) }
}

/// At a locked desk nobody reads about whom.
fn shown_news(context: &Context, state: &State) -> Option<NewsView> {
    let news = news(context, state);
    if state.lock.is_some() { news.map(lock::without_person) } else { news }
}

/// The oldest news that nobody has answered.
fn news(context: &Context, state: &State) -> Option<NewsView> {
    let open = state.news.open();
    let first = open.first()?;
    let row = context.roster.get(CandidateId(first.candidate.0));
    Some(NewsView {
        question: first.question,
        candidate_number: row.as_ref().map(|row| row.number.as_str().to_owned()),
        name: row.as_ref().map(|row| row.full_name.clone()),
        room: row.map(|row| row.room.clone()),
        failure: first.failure,
        time: local(context, first.at, "%H:%M"),
        more: open.len() - 1,
        can_be_answered: state.on_duty.may(Action::AnswerNotice),
    })
}

fn header(context: &Context, state: &State) -> Header {
    let labels = context.labels.clone();
    Header {
        exam: labels.exam,
        session: labels.session,
        site: labels.site,
        desk: labels.desk,
        operator: state.on_duty.name().to_owned(),
        clock: local(context, state.now.wall, "%H:%M"),
        arrived: state.arrivals.len(),
        expected: context.expected,
        training: context.training,
        outside_package: context.outside_package,
        can_lock: can_lock(context, state),
    }
}

fn status(context: &Context, state: &State) -> StatusBar {
    let health = &state.health;
    StatusBar {
        reader: health.reader,
        scanner: health.scanner,
        card_present: state.field.has_card(),
        registry: context.policy.registry_asked.then_some(health.registry),
        registry_silent_since: health.registry_silent_since.map(|since| local(context, since.wall, "%H:%M")),
        pending: state.unanswered(),
        disk: health.machine.disk,
        copy: health.copy,
        paper: papers::paper_health(context, state),
        clock_steady: health.machine.clock_steady,
        clock_off_minutes: is_clock_off(context, state).then_some(health.clock_off_s / 60),
        witness: witness(context, state),
        witness_not_asked: state.health.witness.not_asked,
        log_entries: state.head.entry().seq + 1,
        version: context.labels.version.clone(),
    }
}

fn screen(context: &Context, state: &State) -> Screen {
    if let Some(lock) = &state.lock {
        return Screen::Locked(lock::locked_view(context, state, lock));
    }
    match &state.phase {
        Phase::Idle(idle) => Screen::Idle(idle_view(context, state, idle)),
        Phase::Reading(reading) => Screen::Reading(ReadingView {
            phase: reading.phase,
            permille: reading.permille,
            // A held card is tried again and again; the words about it stay until it opens.
            interrupted: reading.interrupted.filter(|failure| !state.is_reading() || *failure == Failure::CardHeld),
        }),
        Phase::Case(case) => match &case.stage {
            Stage::Second(step) => Screen::Exception(exception::second_view(context, state, case, step)),
            _ => case_screen(context, state, case),
        },
        Phase::Exception(exception) => Screen::Exception(exception::exception_view(context, state, exception)),
        Phase::Examining(checks) => Screen::Examining(ExaminingView { checks: checks.clone() }),
        Phase::Closing(closing) => closing::closing_screen(context, state, closing),
        Phase::Halted(halted) => Screen::Halted(halted_view(halted)),
    }
}

fn halted_view(halted: &Halted) -> HaltedView {
    HaltedView { failure: halted.failure, detail: halted.detail.clone() }
}

fn idle_view(context: &Context, state: &State, idle: &Idle) -> IdleView {
    let instruction = match (matches!(state.field, CardField::Done), state.key.is_some(), state.field.has_card()) {
        (true, _, _) => Instruction::TakeCardAway,
        (false, true, _) => Instruction::PlaceCard,
        (false, false, true) => Instruction::GiveKey,
        (false, false, false) => Instruction::ScanAndPlace,
    };
    let reader_failure = match state.health.reader {
        ReaderHealth::Missing => Some(Failure::NoReader),
        ReaderHealth::ServiceDown => Some(Failure::ServiceDown),
        ReaderHealth::Ready | ReaderHealth::Unknown => None,
    };
    let last = state.last.as_ref().map(|last| receipt(context, last.durable.entry(), last.durable.at()));
    IdleView {
        instruction,
        notice: idle.notice.or_else(|| standing_notice(context, state)),
        namesakes: side_by_side(&context.roster, &idle.namesakes),
        found: idle.found.iter().filter_map(|id| found_row(context, *id)).collect(),
        more: idle.more,
        found_nothing: idle.found.is_empty() && has_letters(idle.typed.reveal()),
        unrecorded: idle.unrecorded.clone(),
        last,
        reader_failure,
        waiting: waiting_count(context.staff.as_ref(), &state.waiting),
        undo: undo(context, state),
        signals: signals(context, state),
        takes_without_card: context.staff.is_some() && state.on_duty.may(Action::Refer),
        examines: context.staff.is_some() && state.on_duty.may(Action::Examine),
    }
}

/// How far the rooms' signals are, where somebody could record one.
fn signals(context: &Context, state: &State) -> Option<SignalsView> {
    let may = context.staff.is_some() && state.on_duty.may(Action::GiveSignal) && !context.rooms.is_empty();
    let given = context.rooms.iter().filter(|room| state.signals.contains_key(*room)).count();
    let only = match context.rooms.as_slice() {
        [only] => state.signals.get(only).map(|at| local(context, *at, "%H:%M")),
        _ => None,
    };
    may.then_some(SignalsView { given, rooms: context.rooms.len(), only })
}

/// The arrival that could be taken back: SBD and time.
fn undo(context: &Context, state: &State) -> Option<(String, String)> {
    let last = undoable(context, state)?;
    let number = context.roster.get(last.candidate)?.number.as_str().to_owned();
    Some((number, local(context, last.arrival.at, "%H:%M:%S")))
}

/// What stays wrong until somebody has seen to it.
fn standing_notice(context: &Context, state: &State) -> Option<Failure> {
    let disagrees = state.health.witness.disagrees.then_some(Failure::WitnessDisagrees);
    disagrees.or_else(|| is_clock_off(context, state).then_some(Failure::ClockDiffers))
}

fn is_clock_off(context: &Context, state: &State) -> bool {
    state.health.clock_off_s.abs() > context.policy.clock_tolerance_s
}

fn witness(context: &Context, state: &State) -> WitnessView {
    let health = &state.health.witness;
    match &health.last {
        _ if !context.policy.witness_asked && context.policy.registry_cosigner.is_none() => WitnessView::Off,
        None => WitnessView::Never,
        Some((witnessed, at)) => WitnessView::Seen {
            entries_since: (state.head.entry().seq + 1).saturating_sub(witnessed.size()),
            minutes_ago: state.now.boot_ms.saturating_sub(at.boot_ms) / 60_000,
            is_silent: health.is_silent,
        },
    }
}

fn has_letters(text: &str) -> bool {
    text.chars().any(char::is_alphabetic) && !text.contains('|')
}

fn found_row(context: &Context, id: CandidateId) -> Option<FoundRow> {
    let row = context.roster.get(id)?;
    Some(FoundRow {
        id,
        name: row.full_name.clone(),
        number: row.number.as_str().to_owned(),
        birth_date: Pii::new(day_first(row.birth_date.reveal())),
        room: row.room.clone(),
    })
}

/// The screen of a case follows from its verdict; a recorded one stays where it was decided.
fn case_screen(context: &Context, state: &State, case: &Case) -> Screen {
    let verdict = verdict(case, context, state.now);
    let view = case_view(context, state, case, &verdict);
    let decided = match &case.stage {
        Stage::Recording(choice) | Stage::Recorded { choice, .. } => Some(*choice),
        Stage::Deciding | Stage::ChoosingReason | Stage::Second(_) => None,
    };
    match (decided, verdict.screen()) {
        (Some(Choice::ReEntry | Choice::ReportDuplicate), _) | (None, CaseScreen::AlreadyIn) => Screen::AlreadyIn(view),
        (Some(Choice::Directed), _) | (None, CaseScreen::Elsewhere) => Screen::Elsewhere(view),
        (Some(_), CaseScreen::AlreadyIn) => Screen::AlreadyIn(view),
        (Some(_), CaseScreen::Elsewhere) => Screen::Elsewhere(view),
        (_, CaseScreen::Verdict) => Screen::Verdict(view),
    }
}

fn case_view(context: &Context, state: &State, case: &Case, verdict: &Verdict) -> CaseView {
    let recorded_admit = matches!(case.stage, Stage::Recorded { choice: Choice::Admit | Choice::ReEntry, .. });
    let (signal, headline) = match &case.stage {
        Stage::Recorded { .. } if recorded_admit => (Signal::Ok, Headline::RecordedAdmit),
        Stage::Recorded { choice, .. } => (Signal::Attention, Headline::Recorded(*choice)),
        // Somebody who is about to be kept out is not shown as somebody to let in.
        Stage::ChoosingReason => {
            let could_go_in = matches!(verdict, Verdict::Admit(_));
            (Signal::Attention, Headline::KeepingOut { could_go_in })
        }
        Stage::Second(_) => (Signal::Attention, Headline::Ask),
        Stage::Deciding | Stage::Recording(_) => (verdict.signal(), headline(verdict)),
    };
    CaseView {
        signal,
        headline,
        person: person(context, case),
        place: place(context, case),
        lines: lines(case, context, state.now),
        namesakes: side_by_side(&context.roster, &case.namesakes),
        reasons: verdict.named().to_vec(),
        late: late(context, case),
        arrival: case.arrival.map(|arrival| arrival_receipt(context, arrival)),
        arrival_desk: context.labels.desk.clone(),
        portrait: PortraitView::of(case.portrait.as_ref(), case.chip.overall == Overall::Pass),
        listed_portrait: case.listed_portrait.clone(),
        stage: stage(context, state, case),
    }
}

fn late(context: &Context, case: &Case) -> Option<LateView> {
    let (Timing::Late { minutes } | Timing::TooLate { minutes }) = case.timing else { return None };
    let counted = case.counted?;
    Some(LateView { minutes, from: local(context, counted.times.starts, "%H:%M"), is_signal: counted.is_signal })
}

fn headline(verdict: &Verdict) -> Headline {
    match verdict {
        Verdict::Working => Headline::Working,
        Verdict::Admit(clearance) if clearance.basis() == Basis::WithoutRegistry => Headline::AdmitWithoutRegistry,
        Verdict::Admit(_) => Headline::Admit,
        Verdict::ReEnter(..) => Headline::AlreadyIn,
        Verdict::Direct { .. } => Headline::Elsewhere,
        Verdict::Ask { .. } => Headline::Ask,
        Verdict::Halt { .. } => Headline::Stop,
    }
}

fn person(context: &Context, case: &Case) -> PersonView {
    let row = case.candidate().and_then(|id| context.roster.get(id));
    PersonView {
        name: case.holder.full_name.clone(),
        birth_date: Pii::new(day_first(case.holder.birth_date.reveal())),
        sex: sex(case.holder.sex),
        number_masked: Pii::new(case.holder.number.masked()),
        candidate_number: row.map(|row| row.number.as_str().to_owned()),
    }
}

fn sex(sex: cccd::holder::Sex) -> Option<Sex> {
    match sex {
        cccd::holder::Sex::Male => Some(Sex::Male),
        cccd::holder::Sex::Female => Some(Sex::Female),
        cccd::holder::Sex::Unspecified => None,
    }
}

fn place(context: &Context, case: &Case) -> Option<PlaceView> {
    match &case.matching {
        Matching::Elsewhere { place, .. } => {
            let other =
                |there: &str, here: Option<&str>| (!there.is_empty() && here != Some(there)).then(|| there.to_owned());
            Some(PlaceView {
                room: place.room.clone(),
                seat: String::new(),
                site: other(&place.site, context.place.site.as_deref()),
                session: other(&place.session, context.place.session.as_deref()),
            })
        }
        _ => {
            let row = case.candidate().and_then(|id| context.roster.get(id))?;
            Some(PlaceView { room: row.room.clone(), seat: row.seat.clone(), site: None, session: None })
        }
    }
}

/// A chip that is stopped or failed proves nothing: what was found by its data is not shown as good.
fn lines(case: &Case, context: &Context, now: Stamp) -> [Line; 4] {
    let chip = chip_line(case);
    let stopped = chip.signal == Signal::Stop || case.chip.overall == Overall::Fail;
    let doubted = |line: Line| match (stopped, line.signal) {
        (true, Signal::Ok) => Line { signal: Signal::Attention, word: LineWord::Unproven, ..line },
        _ => line,
    };
    [chip, doubted(roster_line(case)), doubted(registry_line(case, context, now)), doubted(duplicate_line(case))]
}

fn chip_line(case: &Case) -> Line {
    let (signal, word) = match case.chip.failure {
        Some(failure) => (failure.signal(), LineWord::Failed(failure)),
        None if case.chip_final && case.chip.overall == Overall::Pass => (Signal::Ok, LineWord::Good),
        None => (Signal::Working, LineWord::Working),
    };
    Line { subject: Subject::Chip, signal, word }
}

fn roster_line(case: &Case) -> Line {
    let (signal, word) = match &case.matching {
        Matching::Exact(_) if case.holder.number.passport().is_some() => (Signal::Ok, LineWord::GoodPassport),
        Matching::Exact(_) => (Signal::Ok, LineWord::Good),
        Matching::NeedsDecision { reasons, .. } => {
            (Signal::Attention, LineWord::FailedMatch(Failure::NeedsDecision, reasons.clone()))
        }
        Matching::Elsewhere { .. } => (Signal::Attention, LineWord::Failed(Failure::Elsewhere)),
        Matching::NotListed => (Signal::Attention, LineWord::Failed(Failure::NotListed)),
    };
    Line { subject: Subject::Roster, signal, word }
}

fn registry_line(case: &Case, context: &Context, now: Stamp) -> Line {
    let (signal, word) = match &case.registry {
        RegistryPart::Off => (Signal::Attention, LineWord::Off),
        RegistryPart::Withheld => (Signal::Attention, LineWord::Withheld),
        RegistryPart::OfCitizens => (Signal::Attention, LineWord::Failed(Failure::RegistryOfCitizens)),
        RegistryPart::Asking(_) if is_waiting(case, context, now) => (Signal::Working, LineWord::Working),
        RegistryPart::Asking(_) => (Signal::Attention, LineWord::Failed(Failure::RegistrySlow)),
        RegistryPart::Done(answer) => match (registry_failure(answer), answer) {
            (None, _) => (Signal::Ok, LineWord::Good),
            (Some(failure), Answer::Mismatch { fields }) => {
                (failure.signal(), LineWord::FailedFields(failure, fields.clone()))
            }
            (Some(failure), _) => (failure.signal(), LineWord::Failed(failure)),
        },
    };
    Line { subject: Subject::Registry, signal, word }
}

fn duplicate_line(case: &Case) -> Line {
    let (signal, word) = match (case.arrival, case.candidate()) {
        (Some(_), _) => (Signal::Attention, LineWord::Failed(Failure::AlreadyIn)),
        (None, Some(_)) => (Signal::Ok, LineWord::Good),
        (None, None) => (Signal::Attention, LineWord::NotLookedAt),
    };
    Line { subject: Subject::Duplicate, signal, word }
}

fn stage(context: &Context, state: &State, case: &Case) -> StageView {
    match &case.stage {
        Stage::Deciding => StageView::Deciding(offered(state).to_vec()),
        Stage::ChoosingReason => StageView::ChoosingReason,
        // A screen of its own.
        Stage::Second(_) => StageView::Deciding(Vec::new()),
        Stage::Recording(_) => StageView::Recording,
        Stage::Recorded { durable, .. } => StageView::Recorded(receipt(context, durable.entry(), durable.at())),
    }
}

fn arrival_receipt(context: &Context, arrival: Arrival) -> ReceiptView {
    receipt(context, arrival.entry, arrival.at)
}

pub(super) fn receipt(context: &Context, entry: EntryRef, at: Timestamp) -> ReceiptView {
    ReceiptView { entry: format!("{}/{}", entry.segment, entry.seq), time: local(context, at, "%H:%M:%S") }
}
