//! The part of the script that two people play: somebody without a card, whom the head of site lets in, and an entry that
//! is taken back.

use super::package::PIN;
use super::script::{Hands, wait};
use super::world::DemoError;
use checkin::view::{ExceptionStage, Screen, View};
use desk::runtime::ViewCell;
use lab::issuer::people::people;

/// Among those who wait already: whoever is sent twice waits once.
const WITHOUT_CARD: usize = 4;

/// Plays both, and says so.
pub(super) fn play(view: &ViewCell, hands: &Hands) -> Result<(), DemoError> {
    let before = view.get().header.arrived;
    let let_in = without_card_let_in(view, hands).map(|()| view.get().header.arrived == before + 1);
    hands.note("no card, let in by the head of site", let_in.as_ref().is_ok_and(|is_well| *is_well))?;
    let_in?;
    let undone = take_back(view, hands).map(|()| view.get().header.arrived == before);
    hands.note("last entry taken back", undone.as_ref().is_ok_and(|is_well| *is_well))?;
    undone.map(|_| ())
}

/// Somebody without a card: looked up, sent to the head of site, let in by her.
pub(crate) fn without_card_let_in(view: &ViewCell, hands: &Hands) -> Result<(), DemoError> {
    without_card(view, hands)?;
    head_lets_in(view, hands)
}

/// From the row of the search to the list of those who wait.
fn without_card(view: &ViewCell, hands: &Hands) -> Result<(), DemoError> {
    let name = people().into_iter().nth(WITHOUT_CARD).map(|person| person.full_name).unwrap_or_default();
    hands.write(&name)?;
    wait(view, "no card", |view| matches!(&view.screen, Screen::Idle(idle) if !idle.found.is_empty()))?;
    hands.wait_alive(view, "no card")?;
    hands.picture("search")?;
    hands.press("Tab")?;
    hands.press("Tab")?;
    hands.press("Enter")?;
    wait(view, "no card", choosing)?;
    hands.wait_alive(view, "no card")?;
    hands.picture("without-card")?;
    rule(view, hands)?;
    wait(view, "no card", recorded)?;
    leave(view, hands)
}

fn head_lets_in(view: &ViewCell, hands: &Hands) -> Result<(), DemoError> {
    hands.press("F3")?;
    wait(view, "waiting", |view| matches!(stage(view), Some(ExceptionStage::List(_))))?;
    hands.wait_alive(view, "waiting")?;
    hands.picture("waiting")?;
    // The way back has the first place; whoever was sent last stands at the end of the list.
    let rows = match stage(&view.get()) {
        Some(ExceptionStage::List(rows)) => rows.len(),
        _ => 0,
    };
    for _ in 0..=rows {
        hands.press("Tab")?;
    }
    hands.press("Enter")?;
    wait(view, "waiting", choosing)?;
    hands.wait_alive(view, "waiting")?;
    hands.picture("waiting-decide")?;
    rule(view, hands)?;
    second_person(view, hands, true)?;
    hands.picture("recorded-manual")?;
    leave(view, hands)
}

fn take_back(view: &ViewCell, hands: &Hands) -> Result<(), DemoError> {
    hands.press("F4")?;
    wait(view, "undo", choosing)?;
    hands.wait_alive(view, "undo")?;
    hands.picture("undo")?;
    rule(view, hands)?;
    second_person(view, hands, false)?;
    hands.picture("recorded-undo")?;
    leave(view, hands)
}

/// Presses the first of the rulings.
fn rule(view: &ViewCell, hands: &Hands) -> Result<(), DemoError> {
    hands.wait_alive(view, "ruling")?;
    hands.press("Tab")?;
    hands.press("Enter")
}

/// The head of site stands behind a decision about the person at the desk.
pub(super) fn stand_behind(view: &ViewCell, hands: &Hands) -> Result<(), DemoError> {
    give_pin(view, hands, false)
}

/// The head of site chooses herself and gives her PIN.
fn second_person(view: &ViewCell, hands: &Hands, is_pictured: bool) -> Result<(), DemoError> {
    give_pin(view, hands, is_pictured)?;
    wait(view, "second person", recorded)?;
    Ok(())
}

fn give_pin(view: &ViewCell, hands: &Hands, is_pictured: bool) -> Result<(), DemoError> {
    let asks = |chosen: bool| move |view: &View| matches!(stage(view), Some(ExceptionStage::Person(_, people)) if people.chosen.is_some() == chosen);
    wait(view, "second person", asks(false))?;
    if is_pictured {
        hands.picture("second-person")?;
    }
    hands.press("1")?;
    wait(view, "second person", asks(true))?;
    hands.enter(PIN)
}

fn leave(view: &ViewCell, hands: &Hands) -> Result<(), DemoError> {
    hands.wait_alive(view, "recorded")?;
    hands.press("Enter")?;
    wait(view, "idle", |view| matches!(&view.screen, Screen::Idle(_)))?;
    Ok(())
}

fn stage(view: &View) -> Option<&ExceptionStage> {
    match &view.screen {
        Screen::Exception(exception) => Some(&exception.stage),
        _ => None,
    }
}

fn choosing(view: &View) -> bool {
    matches!(stage(view), Some(ExceptionStage::Choosing(_)))
}

fn recorded(view: &View) -> bool {
    matches!(stage(view), Some(ExceptionStage::Recorded(..)))
}
