//! What the screen shows of a matter that two people decide.

use super::receipt;
use crate::context::Context;
use crate::dates::{day_first, local};
use crate::exception::{Exception, Matter, Staff, Step, Waiting};
use crate::preparing::{OperatorView, SignInView};
use crate::sign_in::Standing;
use crate::state::State;
use crate::step::rulings;
use crate::view::{ExceptionStage, ExceptionView, MatterPerson, MatterTitle, PlaceView, WaitingRow};
use bits::secret::Pii;
use emrtd::lds::portrait::Portrait;
use package::operators::Operator;
use roster::CandidateId;
use std::sync::Arc;

pub(super) fn exception_view(context: &Context, state: &State, exception: &Exception) -> ExceptionView {
    let title = match exception.matter {
        Matter::List | Matter::Waiting(_) => MatterTitle::Waiting,
        Matter::WithoutCard(_) => MatterTitle::WithoutCard,
        Matter::Undo(_) => MatterTitle::Undo,
    };
    ExceptionView { title, person: matter_person(context, &exception.matter), stage: stage(context, state, exception) }
}

fn stage(context: &Context, state: &State, exception: &Exception) -> ExceptionStage {
    match &exception.step {
        Step::Choosing if matches!(exception.matter, Matter::List) => {
            ExceptionStage::List(state.waiting.iter().map(|one| row(context, one)).collect())
        }
        Step::Choosing => ExceptionStage::Choosing(rulings(exception, state)),
        Step::People(ruling) => ExceptionStage::Person(*ruling, people(context, state, None, None)),
        Step::Pin { ruling, code, wrong } => {
            ExceptionStage::Person(*ruling, people(context, state, Some(code), *wrong))
        }
        Step::Checking { .. } => ExceptionStage::Checking,
        Step::Recording(_) => ExceptionStage::Recording,
        Step::Recorded { ruling, durable } => {
            ExceptionStage::Recorded(*ruling, receipt(context, durable.entry(), durable.at()))
        }
    }
}

fn people(context: &Context, state: &State, chosen: Option<&String>, wrong: Option<u32>) -> SignInView {
    let seconds: Vec<&Operator> =
        context.staff.iter().flat_map(|staff| Staff::seconds(staff, &context.on_duty)).collect();
    let standing = chosen.map(|code| state.sign_in.standing(code, state.now));
    SignInView {
        chosen: chosen.and_then(|code| seconds.iter().position(|one| one.code == *code)),
        operators: seconds.into_iter().map(OperatorView::of).collect(),
        wrong,
        locked_s: match standing {
            Some(Standing::Locked { left_ms }) => Some(left_ms.div_ceil(1_000)),
            _ => None,
        },
        stopped: standing == Some(Standing::Stopped),
        clock_disputed: false,
    }
}

fn row(context: &Context, waiting: &Waiting) -> WaitingRow {
    let listed = waiting.candidate.and_then(|id| context.roster.get(id));
    WaitingRow {
        id: waiting.id,
        name: waiting.name.clone(),
        candidate_number: listed.as_ref().map(|row| row.number.as_str().to_owned()),
        room: listed.map(|row| row.room),
        causes: waiting.causes.clone(),
        since: local(context, waiting.since, "%H:%M"),
    }
}

fn matter_person(context: &Context, matter: &Matter) -> Option<MatterPerson> {
    match matter {
        Matter::List => None,
        Matter::Waiting(waiting) => Some(MatterPerson {
            name: waiting.name.clone(),
            causes: waiting.causes.clone(),
            portrait: waiting.portrait.clone(),
            ..listed(context, waiting.candidate)
        }),
        Matter::WithoutCard(id) => Some(listed(context, Some(*id))),
        Matter::Undo(last) => Some(MatterPerson {
            arrival: Some(receipt(context, last.arrival.entry, last.arrival.at)),
            ..listed(context, Some(last.candidate))
        }),
    }
}

/// What the list says of somebody.
fn listed(context: &Context, id: Option<CandidateId>) -> MatterPerson {
    let row = id.and_then(|id| context.roster.get(id));
    let row = row.as_ref();
    let jpeg = id.and_then(|id| context.portraits.get(&id));
    MatterPerson {
        name: row.map_or_else(|| Pii::new(String::new()), |row| row.full_name.clone()),
        birth_date: row.map(|row| Pii::new(day_first(row.birth_date.reveal()))),
        candidate_number: row.map(|row| row.number.as_str().to_owned()),
        place: row.map(|row| PlaceView { room: row.room.clone(), seat: row.seat.clone(), site: None, session: None }),
        causes: Vec::new(),
        portrait: None,
        listed_portrait: jpeg.and_then(|jpeg| Portrait::from_jpeg(jpeg.reveal()).ok()).map(Arc::new),
        arrival: None,
    }
}
