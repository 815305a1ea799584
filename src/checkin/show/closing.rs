//! What the screen shows of the end of a session.

use super::exception::step_view;
use crate::closing::{Asking, AskingStage, Closing, LogHead, RoomSummary, Unsent};
use crate::context::Context;
use crate::dates::local;
use crate::event::Choice;
use crate::exception::Step;
use crate::state::State;
use crate::step::offered;
use crate::view::{
    AskingView, ClosedView, ClosingRoomView, ClosingView, CountingView, ExceptionStage, ExceptionView, HeadView,
    MatterTitle, Screen, TypingView,
};
use std::sync::Arc;

/// What the screen shows.
pub(super) fn closing_screen(context: &Context, state: &State, closing: &Closing) -> Screen {
    match closing {
        Closing::Asking(Asking { stage: AskingStage::Overruling(step), .. }) => {
            Screen::Exception(overruling(context, state, step))
        }
        _ => Screen::Closing(closing_view(context, state, closing)),
    }
}

fn closing_view(context: &Context, state: &State, closing: &Closing) -> ClosingView {
    match closing {
        Closing::Asking(asking) => match asking.stage {
            AskingStage::Counting { room, wrong } => ClosingView::Counting(CountingView {
                room: asking.rooms.get(room).map(|room| room.room.clone()).unwrap_or_default(),
                wrong,
            }),
            AskingStage::Typing(typed) => ClosingView::Typing(TypingView {
                typed,
                arrived: state.arrivals.len(),
                ends: offered(state).contains(&Choice::EndSession),
            }),
            _ => ClosingView::Asking(Box::new(asking_view(context, state, asking))),
        },
        Closing::Wiping { .. } | Closing::Writing => ClosingView::Writing,
        Closing::Closed(head) => ClosingView::Closed(Box::new(ClosedView {
            head: HeadView {
                entry: format!("{}/{}", head.segment, head.entries),
                time: local(context, head.at, "%H:%M:%S"),
                characters: head.characters.clone(),
                qr: head.qr.clone(),
            },
            arrived: head.arrived,
            expected: context.expected,
            unanswered: state.unanswered(),
            witness_asked: context.policy.witness_asked,
            witnessed: is_witnessed(state, head),
            carried: context.policy.exports.then_some(state.carried),
        })),
    }
}

fn asking_view(context: &Context, state: &State, asking: &Asking) -> AskingView {
    let row = |room: &RoomSummary| {
        let scripts = state.scripts.get(&room.room).copied();
        ClosingRoomView { summary: room.clone(), scripts }
    };
    AskingView {
        arrived: state.arrivals.len(),
        expected: context.expected,
        entries: state.head.entry().seq + 1,
        unanswered: state.unanswered(),
        rooms: asking.rooms.iter().map(row).collect(),
        beside: asking.beside,
        people: Arc::clone(&asking.people),
        unsent: Unsent::of(context, state),
        choices: offered(state).to_vec(),
        carried: context.policy.exports.then_some(state.carried),
        is_busy: !matches!(asking.stage, AskingStage::Summary),
    }
}

/// Two people end the session although something is unsent.
fn overruling(context: &Context, state: &State, step: &Step) -> ExceptionView {
    let stage = step_view(context, state, step).unwrap_or(ExceptionStage::Recording);
    ExceptionView { title: MatterTitle::Closing, person: None, room: None, time: None, stage, papers: None }
}

/// The witness signed this very head: all entries, this root.
fn is_witnessed(state: &State, head: &LogHead) -> bool {
    let last = state.health.witness.last.as_ref();
    last.is_some_and(|(witnessed, _)| witnessed.size() == head.entries && *witnessed.root() == head.root)
}
