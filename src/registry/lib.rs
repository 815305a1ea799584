//! What the national registry is asked about a card, and what it may answer.
//!
//! The exam side never calls the national population database itself: a licensed intermediary does. This room
//! holds the question, the answer and how an answer is judged; the wire is `host::http`.
//!
//! Invariants:
//! - An answer counts only when its signature, its request and its time agree; else it is [`Answer::Refused`].
//! - A desk that cannot ask goes on: [`Answer::NotAsked`] is an answer, never an error.
//! - No socket, no clock.

pub mod intermediary;
pub mod wire;

mod ask;
mod breaker;

pub use ask::{
    Answer, Asked, CardInvalidReason, Field, HeadLines, NotAskedReason, Query, RefusedReason, Registry, Reply,
    RequestId,
};
pub use breaker::{Breaker, MAX_PAUSE_MS};
