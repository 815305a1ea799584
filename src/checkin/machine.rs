//! The only machine: from choosing a package to the closed session.
//!
//! A desk is prepared, then it runs; whatever cannot be started ends in a view that says why. Each part is a machine of
//! its own with its own events; this one says which of them there is.

use crate::context::Context;
use crate::event::{Effect, Event};
use crate::look::look;
use crate::preparation::{Preparation, PreparationEffect, PreparationEvent};
use crate::show::{halted_at_start, view};
use crate::state::{Halted, State};
use crate::step::{guarded_ms, step};
use crate::view::View;
use bits::stamp::Stamp;
use std::sync::Arc;

/// A desk at any moment.
pub enum Machine {
    /// No session runs yet.
    Preparing(Box<Preparation>),
    /// A session runs, or has ended.
    Running(Arc<Context>, Box<State>),
    /// It could not be started.
    Halted(Box<Halted>, String),
}

/// What happened to it.
pub enum MachineEvent {
    /// Something of a running session; a person's input and the time that passed mean something before, too.
    Desk(Event),
    /// Something of a desk that is being prepared.
    Preparation(PreparationEvent),
    /// The session runs: its log is open.
    Started(Arc<Context>, Box<State>),
    /// It cannot be started.
    Halted(Halted),
}

/// What is to be done.
#[derive(Debug)]
pub enum MachineEffect {
    /// For a running session.
    Desk(Effect),
    /// To prepare one.
    Preparation(PreparationEffect),
}

impl Machine {
    /// One step. What comes too late for the part that there is changes nothing.
    #[must_use]
    pub fn step(self, now: Stamp, event: MachineEvent) -> (Self, Vec<MachineEffect>) {
        match (self, event) {
            (Self::Preparing(_), MachineEvent::Started(context, state)) => (Self::Running(context, state), Vec::new()),
            (Self::Preparing(one), MachineEvent::Halted(halted)) => {
                (Self::Halted(Box::new(halted), one.version().to_owned()), Vec::new())
            }
            (Self::Preparing(one), MachineEvent::Preparation(event)) => prepared(*one, now, event),
            (Self::Preparing(one), MachineEvent::Desk(Event::Input(input))) => {
                prepared(*one, now, PreparationEvent::Input(input))
            }
            (Self::Preparing(one), MachineEvent::Desk(Event::Tick)) => prepared(*one, now, PreparationEvent::Tick),
            (Self::Running(context, state), MachineEvent::Desk(event)) => {
                let (state, effects) = step(&context, *state, now, event);
                (Self::Running(context, Box::new(state)), effects.into_iter().map(MachineEffect::Desk).collect())
            }
            (same, _) => (same, Vec::new()),
        }
    }

    /// What the window shows.
    pub fn view(&self, now: Stamp) -> View {
        match self {
            Self::Preparing(one) => one.view(now),
            Self::Running(context, state) => view(context, state),
            Self::Halted(halted, version) => halted_at_start(halted, version),
        }
    }

    /// For how long after its last step no press decides, and for how long nobody is let in, in milliseconds.
    pub fn guards_ms(&self) -> [u64; 2] {
        match self {
            Self::Running(context, state) => [guarded_ms(state, context), look(state, context).left_ms()],
            Self::Preparing(_) | Self::Halted(..) => [0; 2],
        }
    }
}

fn prepared(one: Preparation, now: Stamp, event: PreparationEvent) -> (Machine, Vec<MachineEffect>) {
    let (one, effects) = one.step(now, event);
    (Machine::Preparing(Box::new(one)), effects.into_iter().map(MachineEffect::Preparation).collect())
}
