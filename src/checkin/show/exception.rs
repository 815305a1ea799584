//! What the screen shows of a matter that two people decide.

use super::receipt;
use crate::case::Case;
use crate::context::Context;
use crate::dates::{day_first, local};
use crate::event::PortraitNews;
use crate::exception::{Exception, Matter, Ruling, Staff, Step, Waiting, When};
use crate::paper::Papers;
use crate::preparing::{OperatorView, SignInView};
use crate::sign_in::Standing;
use crate::state::State;
use crate::step::rulings;
use crate::view::{
    ExceptionStage, ExceptionView, MatterPerson, MatterTitle, PapersView, PlaceView, RoomView, WaitingRow,
};
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
        Matter::Rooms | Matter::Room(_) => MatterTitle::Signal,
    };
    let room = if let Matter::Room(room) = &exception.matter { Some(room_view(context, state, room)) } else { None };
    ExceptionView {
        title,
        person: matter_person(context, &exception.matter),
        room,
        time: exception.step.ruling().and_then(Ruling::when).and_then(|when| time(context, when)),
        stage: stage(context, state, exception),
        papers: papers(context, state, exception),
    }
}

/// Somebody else has to stand behind what was chosen about the person at the desk.
pub(super) fn second_view(context: &Context, state: &State, case: &Case, step: &Step) -> ExceptionView {
    let portrait = match &case.portrait {
        Some(PortraitNews::Ready(portrait)) => Some(Arc::clone(portrait)),
        _ => None,
    };
    let person = MatterPerson { name: case.holder.full_name.clone(), portrait, ..listed(context, case.candidate()) };
    let stage = step_view(context, state, step).unwrap_or(ExceptionStage::Recording);
    ExceptionView { title: MatterTitle::Case, person: Some(person), room: None, time: None, stage, papers: None }
}

/// Where somebody waits for the head of site, or was decided on.
fn papers(context: &Context, state: &State, exception: &Exception) -> Option<PapersView> {
    let is_about = matches!(exception.matter, Matter::Waiting(_));
    let stands = matches!(exception.step, Step::Choosing | Step::Recorded { .. });
    let allowed = !context.policy.rules.paper_folder.is_empty();
    let Papers { is_printing, printed, .. } = state.papers;
    (is_about && stands && allowed).then_some(PapersView { is_printing, printed })
}

fn time(context: &Context, when: When) -> Option<String> {
    if let When::At(at) = when { Some(local(context, at, "%H:%M")) } else { None }
}

fn room_view(context: &Context, state: &State, room: &str) -> RoomView {
    let signal = state.signals.get(room).map(|at| local(context, *at, "%H:%M"));
    RoomView { room: room.to_owned(), signal }
}

fn stage(context: &Context, state: &State, exception: &Exception) -> ExceptionStage {
    match &exception.step {
        Step::Choosing if matches!(exception.matter, Matter::List) => {
            ExceptionStage::List(state.waiting.iter().map(|one| row(context, one)).collect())
        }
        Step::Choosing if matches!(exception.matter, Matter::Rooms) => {
            ExceptionStage::Rooms(context.rooms.iter().map(|room| room_view(context, state, room)).collect())
        }
        step => step_view(context, state, step)
            .unwrap_or_else(|| ExceptionStage::Choosing(rulings(exception, context, state))),
    }
}

/// What is the same for every matter; `None` while a ruling is chosen.
pub(super) fn step_view(context: &Context, state: &State, step: &Step) -> Option<ExceptionStage> {
    Some(match step {
        Step::Choosing => return None,
        Step::Time { ruling, wrong } => ExceptionStage::Time(*ruling, *wrong),
        Step::People(ruling) => ExceptionStage::Person(*ruling, people(context, state, None, None)),
        // Behind the second person's PIN comes that of whoever is on duty, and nobody else's.
        Step::Pin { ruling, code, wrong, second: Some(_) } => {
            let own = context.staff.iter().flat_map(|staff| Staff::signers(staff)).filter(|one| one.code == *code);
            ExceptionStage::Person(*ruling, people_view(own.collect(), state, Some(code), *wrong))
        }
        Step::Pin { ruling, code, wrong, second: None } => {
            ExceptionStage::Person(*ruling, people(context, state, Some(code), *wrong))
        }
        Step::Checking { .. } => ExceptionStage::Checking,
        Step::Recording(_) => ExceptionStage::Recording,
        Step::Recorded { ruling, durable } => {
            ExceptionStage::Recorded(*ruling, receipt(context, durable.entry(), durable.at()))
        }
    })
}

fn people(context: &Context, state: &State, chosen: Option<&String>, wrong: Option<u32>) -> SignInView {
    let seconds = context.staff.iter().flat_map(|staff| Staff::seconds(staff, &state.on_duty)).collect();
    people_view(seconds, state, chosen, wrong)
}

/// These people, and how the one stands whose PIN is asked for.
pub(super) fn people_view(
    people: Vec<&Operator>,
    state: &State,
    chosen: Option<&String>,
    wrong: Option<u32>,
) -> SignInView {
    let standing = chosen.map(|code| state.sign_in.standing(code, state.now));
    SignInView {
        chosen: chosen.and_then(|code| people.iter().position(|one| one.code == *code)),
        operators: people.into_iter().map(OperatorView::of).collect(),
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
        Matter::List | Matter::Rooms | Matter::Room(_) => None,
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
        place: row.map(|row| {
            let other =
                |there: &str, here: Option<&str>| (!there.is_empty() && here != Some(there)).then(|| there.to_owned());
            PlaceView {
                room: row.room.clone(),
                seat: row.seat.clone(),
                site: other(&row.site, context.place.site.as_deref()),
                session: other(&row.session, context.place.session.as_deref()),
            }
        }),
        causes: Vec::new(),
        portrait: None,
        listed_portrait: jpeg.and_then(|jpeg| Portrait::from_jpeg(jpeg.reveal()).ok()).map(Arc::new),
        arrival: None,
    }
}
