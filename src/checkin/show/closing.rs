//! What the screen shows of the end of a session.

use crate::closing::{Closing, LogHead};
use crate::context::Context;
use crate::dates::local;
use crate::state::State;
use crate::view::{ClosedView, ClosingView, HeadView};

/// What the screen shows.
pub(super) fn closing_view(context: &Context, state: &State, closing: &Closing) -> ClosingView {
    match closing {
        Closing::Asking => ClosingView::Asking {
            arrived: state.arrivals.len(),
            expected: context.expected,
            entries: state.head.entry().seq + 1,
            unanswered: state.pending.len(),
        },
        Closing::Writing => ClosingView::Writing,
        Closing::Closed(head) => ClosingView::Closed(Box::new(ClosedView {
            head: HeadView {
                entry: format!("{}/{}", head.segment, head.entries),
                time: local(context, head.at, "%H:%M:%S"),
                characters: head.characters.clone(),
                qr: head.qr.clone(),
            },
            arrived: head.arrived,
            expected: context.expected,
            unanswered: state.pending.len(),
            witness_asked: context.policy.witness_asked,
            witnessed: is_witnessed(state, head),
        })),
    }
}

/// The witness signed this very head: all entries, this root.
fn is_witnessed(state: &State, head: &LogHead) -> bool {
    let last = state.health.witness.last.as_ref();
    last.is_some_and(|(witnessed, _)| witnessed.size() == head.entries && *witnessed.root() == head.root)
}
