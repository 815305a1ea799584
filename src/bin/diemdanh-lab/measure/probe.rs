//! An eye on every frame of the window: what it took, which view it showed, and what of a search it answered.

use crate::autopilot::Autopilot;
use checkin::view::{Screen, View};
use egui::{Context, Event, RawInput};
use roster::CandidateId;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use ui::app::Pilot;

/// What was seen so far.
#[derive(Default)]
pub(super) struct Seen {
    /// The processor's time of each frame.
    pub(super) frames: Vec<Duration>,
    /// From a letter to the rows that answer it, painted.
    pub(super) searches: Vec<Duration>,
    /// The end of the first frame that showed the idle screen.
    pub(super) first_idle: Option<Instant>,
    /// When a view was published that nobody has painted yet.
    published: Vec<(Instant, Arc<View>)>,
    /// Each view with its publication and the end of the first frame that showed it.
    pub(super) painted: Vec<Painted>,
}

/// A view on the screen.
pub(super) struct Painted {
    pub(super) view: Arc<View>,
    pub(super) published: Instant,
    pub(super) at: Instant,
}

/// What was seen, between the window's thread and the script's.
pub(super) type Shared = Arc<Mutex<Seen>>;

/// The desk has published a view.
pub(super) fn published(seen: &Shared, view: Arc<View>) {
    let now = Instant::now();
    seen.lock().unwrap_or_else(PoisonError::into_inner).published.push((now, view));
}

/// The autopilot, watched.
pub(super) struct Probe {
    hand: Autopilot,
    seen: Shared,
    /// The view that the window asked for last.
    shown: LastShown,
    began: Instant,
    /// A letter that nothing has answered yet: when it came, and what stood there.
    letter: Option<(Instant, Answer)>,
    /// The frame before this one, whose painting may not be over yet.
    before: Option<Drawn>,
}

/// The view that the window asked for last.
pub(super) type LastShown = Arc<Mutex<Option<Arc<View>>>>;

/// What a search shows.
type Answer = (Vec<CandidateId>, bool);

/// A frame that was drawn.
struct Drawn {
    began: Instant,
    view: Arc<View>,
    /// It answers a letter that came then.
    typed: Option<Instant>,
}

impl Probe {
    pub(super) fn new(hand: Autopilot, seen: Shared, shown: LastShown) -> Self {
        Self { hand, seen, shown, began: Instant::now(), letter: None, before: None }
    }

    fn last_shown(&self) -> Option<Arc<View>> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Pilot for Probe {
    fn before_frame(&mut self, input: &mut RawInput) {
        self.began = Instant::now();
        let before = input.events.len();
        self.hand.before_frame(input);
        let is_letter = input.events.iter().skip(before).any(|event| matches!(event, Event::Text(_)));
        if is_letter && let Some(answer) = self.last_shown().as_deref().and_then(answer) {
            self.letter = Some((self.began, answer));
        }
    }

    fn after_frame(&mut self, context: &Context) {
        self.hand.after_frame(context);
        let Some(view) = self.last_shown() else { return };
        let is_answered = |letter: &mut (Instant, Answer)| answer(&view).is_some_and(|answer| answer != letter.1);
        let typed = self.letter.take_if(is_answered).map(|(typed, _)| typed);
        self.before = Some(Drawn { began: self.began, view, typed });
    }

    fn frame_took(&mut self, took: Duration) {
        let Some(Drawn { began, view, typed }) = self.before.take() else { return };
        let at = began + took;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.frames.push(took);
        if seen.first_idle.is_none() && matches!(view.screen, Screen::Idle(_)) {
            seen.first_idle = Some(at);
        }
        seen.searches.extend(typed.map(|typed| at.saturating_duration_since(typed)));
        let waiting = seen.published.iter().position(|(_, one)| Arc::ptr_eq(one, &view));
        let published = waiting.and_then(|place| seen.published.drain(..=place).next_back());
        seen.painted.extend(published.map(|(published, view)| Painted { view, published, at }));
    }
}

fn answer(view: &View) -> Option<Answer> {
    match &view.screen {
        Screen::Idle(idle) => Some((idle.found.iter().map(|row| row.id).collect(), idle.found_nothing)),
        _ => None,
    }
}
