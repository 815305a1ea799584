//! The end of a session: what is asked before, and what stands on the screen afterwards.

use crate::context::Context;
use crate::event::ClosedLog;
use crate::show::local;
use crate::state::State;
use crate::view::{ClosedView, ClosingView, HeadView};
use bits::base32;
use bits::qr::QrMatrix;
use std::sync::Arc;
use tlog::tree::Hash;

/// The session is being ended.
#[derive(Debug, Clone)]
pub enum Closing {
    /// Somebody has to say yes.
    Asking,
    /// The last entry is being written.
    Writing,
    /// The log is closed.
    Closed(Arc<LogHead>),
}

/// The head of a closed log as people carry it away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogHead {
    /// Segment and entries.
    pub segment: u32,
    /// Entries, the last one included.
    pub entries: u64,
    /// When it was closed.
    pub at: jiff::Timestamp,
    /// Who is in, over all segments.
    pub arrived: u64,
    /// The root over them.
    pub root: Hash,
    /// Twenty-six characters of the root, for the paper minutes: whoever owns the desk could make two histories of the
    /// same sixteen.
    pub characters: String,
    /// The signed note as a QR code.
    pub qr: Option<QrMatrix>,
}

impl LogHead {
    /// The head of this log.
    pub fn of(log: &ClosedLog) -> Self {
        let entry = log.durable.entry();
        Self {
            segment: entry.segment,
            entries: entry.seq + 1,
            at: log.durable.at(),
            arrived: log.totals.arrived,
            root: *log.durable.root(),
            characters: base32::twenty_six(log.durable.root()),
            qr: QrMatrix::of(&log.checkpoint),
        }
    }
}

/// The witness signed this very head: all entries, this root.
fn is_witnessed(state: &State, head: &LogHead) -> bool {
    let last = state.health.witness.last.as_ref();
    last.is_some_and(|(witnessed, _)| witnessed.size() == head.entries && *witnessed.root() == head.root)
}

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
