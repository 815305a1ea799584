//! From a state to what goes onto paper.

use crate::context::Context;
use crate::dates::local;
use crate::exception::{Exception, Matter, Ruling, Step, Waiting};
use crate::paper::{
    AttendanceSheet, CasePaper, ListState, LogMark, MAX_LIST_ROWS, PaperHead, PaperHealth, PaperKind, PaperRuling,
    SheetPart, SheetRow, SheetState,
};
use crate::state::State;
use bits::base32;
use bits::qr::QrMatrix;
use package::roles::Role;
use record::{CandidateRef, Durable};
use roster::{Candidate, CandidateId};
use std::collections::BTreeSet;
use tlog::Checkpoint;

/// The list of this moment.
pub(crate) fn sheet(context: &Context, state: &State) -> AttendanceSheet {
    let waiting: BTreeSet<CandidateId> = state.waiting.iter().filter_map(|one| one.candidate).collect();
    let inside = state.arrivals.iter().filter_map(|(cand, arrival)| {
        let row = context.roster.get(CandidateId(cand.0))?;
        Some(sheet_row(row, SheetState::In { time: local(context, arrival.at, "%H:%M"), manual: arrival.manual }))
    });
    let missing = context.roster.rows_at(&context.place).filter_map(|id| {
        let is_in = state.arrivals.contains_key(&CandidateRef(id.0));
        let row = if is_in { None } else { context.roster.get(id) };
        let known = if waiting.contains(&id) { SheetState::Waiting } else { SheetState::NotYet };
        row.map(|row| sheet_row(row, known))
    });
    AttendanceSheet { head: head(context, state), inside: part(inside), missing: part(missing) }
}

/// Those of the log are in order; above the limit they are counted.
fn part(rows: impl Iterator<Item = SheetRow>) -> SheetPart {
    let mut part = SheetPart::default();
    for row in rows {
        if part.rows.len() < MAX_LIST_ROWS {
            part.rows.push(row);
        } else {
            part.more += 1;
        }
    }
    part.rows.sort_by(|one, other| (&one.room, &one.number).cmp(&(&other.room, &other.number)));
    part
}

fn sheet_row(row: Candidate, state: SheetState) -> SheetRow {
    SheetRow { number: row.number.as_str().to_owned(), name: row.full_name, room: row.room, state }
}

/// The paper about whoever is on the screen.
pub(crate) fn case_paper(
    context: &Context,
    state: &State,
    exception: &Exception,
    kind: PaperKind,
) -> Option<CasePaper> {
    let Matter::Waiting(waiting) = &exception.matter else { return None };
    let decided = match &exception.step {
        Step::Choosing => None,
        Step::Recorded { ruling, durable } => Some(ruling_of(context, state, exception, (*ruling, durable))),
        _ => return None,
    };
    let row = waiting.candidate.and_then(|id| context.roster.get(id));
    let Waiting { name, causes, chip, registry, since, .. } = waiting.as_ref();
    Some(CasePaper {
        kind,
        head: head(context, state),
        cand: waiting.candidate.map(|id| CandidateRef(id.0)),
        name: name.clone(),
        number: row.as_ref().map(|row| row.number.as_str().to_owned()),
        room: row.map(|row| row.room),
        since: local(context, *since, "%H:%M"),
        causes: causes.clone(),
        chip: *chip,
        registry: *registry,
        decided,
    })
}

fn ruling_of(
    context: &Context,
    state: &State,
    exception: &Exception,
    (ruling, durable): (Ruling, &Durable),
) -> PaperRuling {
    let (entry, second) = (durable.entry(), exception.behind.as_ref());
    let on_duty = (state.on_duty.name(), state.on_duty.role());
    let two = second.map(|second| (second.name(), second.role())).into_iter().chain([on_duty]);
    let chair = two.filter(|(_, role)| *role == Role::HeadOfSite).map(|(name, _)| name.to_owned()).next();
    PaperRuling {
        ruling,
        entry: entry.seq + 1,
        segment: entry.segment,
        time: local(context, durable.at(), "%H:%M"),
        second: second.map(|second| second.name().to_owned()),
        chair,
    }
}

fn head(context: &Context, state: &State) -> PaperHead {
    let labels = context.labels.clone();
    PaperHead {
        exam: labels.exam,
        session: labels.session,
        site: labels.site,
        desk: labels.desk,
        operator: state.on_duty.name().to_owned(),
        date: local(context, state.now.wall, "%d/%m/%Y"),
        time: local(context, state.now.wall, "%H:%M"),
        training: context.training,
        log: mark(&context.origin, &state.head),
    }
}

fn mark(origin: &str, head: &Durable) -> LogMark {
    let entries = head.entry().seq + 1;
    let body = Checkpoint { origin: origin.to_owned(), size: entries, root: *head.root() };
    let (qr, characters) = (QrMatrix::of(&body.text()), base32::twenty_six(head.root()));
    LogMark { origin: body.origin, entries, characters, qr }
}

/// How the list stands.
pub(super) fn paper_health(context: &Context, state: &State) -> PaperHealth {
    match state.papers.list {
        _ if context.policy.rules.paper_folder.is_empty() => PaperHealth::Off,
        ListState { is_lost: true, .. } => PaperHealth::Lost,
        ListState { is_written: true, .. } => PaperHealth::Written,
        _ => PaperHealth::Unknown,
    }
}
