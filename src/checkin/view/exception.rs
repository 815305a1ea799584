//! What the screen shows of a matter that two people decide.

use super::{PlaceView, Portrait, ReceiptView, SignInView};
use crate::exception::{Cause, Ruling, WaitingId, WrongTime};
use bits::secret::Pii;
use std::sync::Arc;

/// Something that two people decide.
#[derive(Debug, Clone)]
pub struct ExceptionView {
    /// What kind of matter.
    pub title: MatterTitle,
    /// Whom it is about; nobody on the list of those who wait.
    pub person: Option<MatterPerson>,
    /// Which room it is about.
    pub room: Option<RoomView>,
    /// When it was, for a ruling that says so: local time `HH:MM`.
    pub time: Option<String>,
    /// How far it is.
    pub stage: ExceptionStage,
    /// Papers about the person can be written; nothing where the rules allow none.
    pub papers: Option<PapersView>,
}

/// Papers about a person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PapersView {
    /// One is being written.
    pub is_printing: bool,
    /// What became of the last one.
    pub printed: Option<bool>,
}

/// A kind of matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatterTitle {
    /// Those who wait for the head of site, or one of them.
    Waiting,
    /// Somebody without a card that can be read.
    WithoutCard,
    /// An arrival that is to be taken back.
    Undo,
    /// The signal of a room.
    Signal,
    /// The person at the desk.
    Case,
    /// The end of the session.
    Closing,
}

/// Whom a matter is about.
#[derive(Debug, Clone)]
pub struct MatterPerson {
    /// Full name.
    pub name: Pii<String>,
    /// Birth date by the list, dd/mm/yyyy.
    pub birth_date: Option<Pii<String>>,
    /// SBD, where the person is on the list.
    pub candidate_number: Option<String>,
    /// Room and seat, where the person is on the list.
    pub place: Option<PlaceView>,
    /// Why the person waits, the earliest first.
    pub causes: Vec<Cause>,
    /// The chip's portrait; nothing is said about its proof.
    pub portrait: Option<Arc<Portrait>>,
    /// The board's portrait.
    pub listed_portrait: Option<Arc<Portrait>>,
    /// The arrival that is to be taken back.
    pub arrival: Option<ReceiptView>,
}

/// How far a matter is.
#[derive(Debug, Clone)]
pub enum ExceptionStage {
    /// Everybody who waits.
    List(Vec<WaitingRow>),
    /// The rooms of this place.
    Rooms(Vec<RoomView>),
    /// When it was is typed; the last text was none.
    Time(Ruling, Option<WrongTime>),
    /// What may be ruled, from left to right.
    Choosing(Vec<Ruling>),
    /// Somebody else stands behind it: who, and her PIN.
    Person(Ruling, SignInView),
    /// A PIN is being checked.
    Checking,
    /// It is being written.
    Recording,
    /// It is on the disk.
    Recorded(Ruling, ReceiptView),
}

/// A room and its signal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomView {
    /// The room, as the list writes it.
    pub room: String,
    /// When its signal was given, local time `HH:MM`.
    pub signal: Option<String>,
}

/// Somebody who waits.
#[derive(Debug, Clone)]
pub struct WaitingRow {
    /// The name of the matter.
    pub id: WaitingId,
    /// Full name.
    pub name: Pii<String>,
    /// SBD, where the person is on the list.
    pub candidate_number: Option<String>,
    /// Room, where the person is on the list.
    pub room: Option<String>,
    /// Why, the earliest first.
    pub causes: Vec<Cause>,
    /// Since when, `HH:MM`.
    pub since: String,
}
