//! What one person alone does not decide: somebody whom the rules do not let in, and an arrival that was a mistake.
//!
//! | Matter | comes from | what may be ruled | written |
//! |---|---|---|---|
//! | somebody without a readable card | a row that was looked up | he waits for the head of site, with why there is no card | `referred` |
//! | somebody who waits | every `referred` that is not decided on | let in, with a ground; if expected elsewhere, as a guest; not let in, with a reason | `manual-decision`, `guest`, `not-admitted`, with the second person |
//! | somebody decided on while the desk was down | a row that was looked up | let in or not let in on paper, with the paper's time | `paper-decision`, with both PINs |
//! | the person at the desk | a case | goes in, and the doubt about the portrait is reported; is not let in | `portrait-doubted` and `check-in`; `not-admitted` |
//! | the last arrival | idle | it does not count | `undo`, with the second person |
//! | the end of a session | closing, with something unsent | it ends all the same | `close-overruled`, with the second person |
//! | a room's signal | idle | it was given, now or at a time of today | `start-signal`; with the second person where it is a correction or far from the plan |
//!
//! Invariants:
//! - Nobody is let in, kept out or taken back here without a [`SecondPerson`], who proved by PIN to be somebody else than
//!   whoever is on duty; one of the two may decide exceptions.
//! - One PIN is checked at a time, and a wrong one is on the disk before the next is tried.
//! - A desk outside a package knows nobody's PIN: there nothing of it is offered.

use crate::event::NotAdmittedReason;
use crate::failure::Failure;
use crate::sign_in::{Action, OnDuty, SignedIn};
use bits::secret::Pii;
use emrtd::lds::portrait::Portrait;
use jiff::Timestamp;
use package::operators::Operator;
use package::roles::Role;
use record::{Arrival, ChipState, Code, DocumentRef, Durable, RegistryState};
use registry::{Answer, RequestId};
use roster::CandidateId;
use std::sync::Arc;

/// The most people who wait at one desk; who is referred above them is in the log alone.
pub const MAX_WAITING: usize = 500;

/// Those who may prove themselves at this desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    /// Everybody whom the package names.
    pub operators: Vec<Operator>,
    /// The code of the site.
    pub site: String,
}

impl Staff {
    /// Who may work at this desk, in the package's order.
    pub(super) fn signers(&self) -> impl Iterator<Item = &Operator> {
        let can = |one: &&Operator| one.works_at(&self.site) && !one.is_revoked() && one.pin.is_some();
        self.operators.iter().filter(can)
    }

    /// Who may stand beside whoever is on duty, in the package's order.
    pub(super) fn seconds<'a>(&'a self, on_duty: &'a OnDuty) -> impl Iterator<Item = &'a Operator> {
        self.signers().filter(|one| makes_two(on_duty, &one.code, |action| one.role.may(action)))
    }
}

/// Two different people, one of whom may decide exceptions.
fn makes_two(on_duty: &OnDuty, code: &str, may: impl Fn(Action) -> bool) -> bool {
    let decides = on_duty.may(Action::DecideException) || may(Action::DecideException);
    on_duty.code() != code && decides && may(Action::Refer)
}

/// Proof that somebody else than whoever is on duty gave a PIN, and that the two may decide an exception. Made from a
/// right PIN only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondPerson(SignedIn);

impl SecondPerson {
    pub(super) fn of(operator: SignedIn, on_duty: &OnDuty) -> Option<Self> {
        makes_two(on_duty, operator.code(), |action| operator.may(action)).then_some(Self(operator))
    }

    /// As it stands in the log.
    pub fn word(&self) -> &Code {
        self.0.word()
    }

    /// The name on papers.
    pub fn name(&self) -> &str {
        self.0.name()
    }

    /// What this person is at the site.
    pub fn role(&self) -> Role {
        self.0.role()
    }
}

/// Names somebody who waits, for as long as a desk runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WaitingId(pub u64);

/// Somebody who was sent to the head of site and is not decided on.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The name of this matter.
    pub id: WaitingId,
    /// The row, where exactly one is meant.
    pub candidate: Option<CandidateId>,
    /// The document, where one was read.
    pub document: Option<DocumentRef>,
    /// What the card, or else the list, calls this person.
    pub name: Pii<String>,
    /// What the chip came to.
    pub chip: ChipState,
    /// What the registry had said.
    pub registry: RegistryState,
    /// Why this person was sent, each time, and what came to light while he waited.
    pub causes: Vec<Cause>,
    /// The question to the registry that was asked about the card, and its answer since.
    pub question: Option<(RequestId, Option<Answer>)>,
    /// The chip's portrait, where it was read.
    pub portrait: Option<Arc<Portrait>>,
    /// Since when.
    pub since: Timestamp,
}

/// Why somebody waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// What the screen named, the gravest first.
    Named(Vec<Failure>),
    /// There was no card that could be read.
    WithoutCard(WithoutCard),
}

/// Declares the words of a vocabulary: name, stable code.
macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident: $($(#[$word_doc:meta])* $word:ident $code:literal,)+) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$word_doc])* $word,)+ }

        impl $name {
            /// All of them, in the order of the screen.
            pub const ALL: &'static [Self] = &[$(Self::$word),+];

            /// The stable code in the log.
            pub fn code(self) -> &'static str {
                match self { $(Self::$word => $code),+ }
            }
        }
    };
}

vocabulary! {
    /// Why there is no card that can be read.
    WithoutCard:
    /// The person has none here.
    Forgotten "no-card",
    /// Its chip cannot be read.
    Unreadable "chip-unreadable",
    /// The person shows an electronic identity on a telephone.
    Electronic "electronic-id",
}

vocabulary! {
    /// On which ground somebody is let in whom the rules alone do not let in.
    Ground:
    /// The person signed an undertaking to bring the card to the next session.
    Undertaking "undertaking",
    /// Other papers with a portrait were seen.
    OtherPapers "other-papers",
    /// The printed card and the portraits were compared.
    PrintedCard "printed-card",
    /// The council ordered it.
    CouncilOrder "council-order",
}

vocabulary! {
    /// Why somebody who is expected elsewhere takes the exam here. Minutes are written about it.
    GuestReason:
    /// The council ordered it.
    CouncilOrder "council-order",
    /// There is no time to reach the right place.
    CannotMove "no-time-to-move",
}

vocabulary! {
    /// What was decided on paper while the desk was down.
    OnPaper:
    /// Was let in.
    Admitted "admitted",
    /// Was not let in.
    NotAdmitted "not-admitted",
}

vocabulary! {
    /// Why an arrival does not count.
    UndoReason:
    /// Another person was let in than the one whom the entry names.
    WrongPerson "wrong-person",
    /// A button was pressed by mistake.
    Mistake "pressed-by-mistake",
    /// The person did not come in after all.
    NotEntered "not-entered",
}

/// When something was, that is entered at the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum When {
    /// At the moment of the press.
    Now,
    /// Before: somebody types when.
    Asked,
    /// At this moment.
    At(Timestamp),
}

/// Why a typed time is none that can be entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrongTime {
    /// No time of a day.
    NotATime,
    /// Still to come.
    Later,
    /// Before the door opened.
    BeforeOpening,
}

/// What is ruled about a matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ruling {
    /// Waits for the head of site.
    Refer(WithoutCard),
    /// Is let in.
    Admit(Ground),
    /// Is let in, though expected elsewhere.
    Guest(GuestReason),
    /// Is not let in.
    NotAdmit(NotAdmittedReason),
    /// Does not count any more.
    Undo(UndoReason),
    /// The signal of a room was given.
    Start(When),
    /// The person at the desk is let in, and the doubt about the portrait reported.
    Doubt,
    /// Was decided on paper, then.
    Paper(OnPaper, When),
    /// The session ends although something is unsent.
    EndUnsent,
}

impl Ruling {
    /// Somebody else has to prove to stand behind it.
    pub fn needs_two(self) -> bool {
        !matches!(self, Self::Refer(_))
    }

    /// When it was, for a ruling that has a moment of its own.
    pub fn when(self) -> Option<When> {
        match self {
            Self::Start(when) | Self::Paper(_, when) => Some(when),
            Self::Refer(_) | Self::Admit(_) | Self::Guest(_) | Self::NotAdmit(_) => None,
            Self::Undo(_) | Self::Doubt | Self::EndUnsent => None,
        }
    }

    /// The same ruling with this moment, where it has one.
    pub(super) fn timed(self, when: When) -> Self {
        match self {
            Self::Start(_) => Self::Start(when),
            Self::Paper(what, _) => Self::Paper(what, when),
            Self::Refer(_) | Self::Admit(_) | Self::Guest(_) | Self::NotAdmit(_) => self,
            Self::Undo(_) | Self::Doubt | Self::EndUnsent => self,
        }
    }
}

/// The last arrival that was recorded here.
#[derive(Debug, Clone)]
pub struct LastArrival {
    /// Who.
    pub candidate: CandidateId,
    /// Where it stands.
    pub arrival: Arrival,
}

/// What is at hand.
#[derive(Debug, Clone)]
pub enum Matter {
    /// Everybody who waits.
    List,
    /// Somebody of them.
    Waiting(Box<Waiting>),
    /// Somebody without a card that can be read.
    WithoutCard(CandidateId),
    /// An arrival that is to be taken back.
    Undo(LastArrival),
    /// The rooms of this place, and their signals.
    Rooms,
    /// The signal of one of them.
    Room(String),
}

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A ruling is chosen.
    Choosing,
    /// When it was is typed; the last text was no time.
    Time {
        /// What it is for.
        ruling: Ruling,
        /// Why the last text was none.
        wrong: Option<WrongTime>,
    },
    /// Who else stands behind it is chosen.
    People(Ruling),
    /// That person's PIN is asked for; the last one was wrong, with so many tries left.
    Pin {
        /// What it is for.
        ruling: Ruling,
        /// Whose.
        code: String,
        /// Tries left after a wrong one.
        wrong: Option<u32>,
        /// The second person, where the PIN is that of whoever is on duty.
        second: Option<SecondPerson>,
    },
    /// The PIN is being checked, or a wrong one is on its way into the log.
    Checking {
        /// What it is for.
        ruling: Ruling,
        /// Whose.
        code: String,
        /// Tries left after the wrong one.
        wrong: Option<u32>,
        /// The second person, where the PIN is that of whoever is on duty.
        second: Option<SecondPerson>,
    },
    /// It is being written.
    Recording(Ruling),
    /// It is on the disk.
    Recorded {
        /// What was ruled.
        ruling: Ruling,
        /// The proof.
        durable: Durable,
    },
}

/// A matter that is being dealt with.
#[derive(Debug, Clone)]
pub struct Exception {
    /// What.
    pub matter: Matter,
    /// How far.
    pub step: Step,
    /// Who stood behind what is being written, or was.
    pub(super) behind: Option<SecondPerson>,
}

impl Waiting {
    /// Sent once more: what was found before stays beside what is new, so that no later coming hides an earlier one.
    pub(super) fn after(mut self, mut before: Self) -> Self {
        before.add_causes(std::mem::take(&mut self.causes));
        if self.document.is_some() {
            return Self { causes: before.causes, ..self };
        }
        let Self { causes, document, chip, registry, question, portrait, .. } = before;
        Self { causes, document, chip, registry, question, portrait, ..self }
    }

    /// Why else, each cause once: who is sent again for the same fills no screen.
    pub(super) fn add_causes(&mut self, causes: impl IntoIterator<Item = Cause>) {
        for cause in causes {
            if !self.causes.contains(&cause) {
                self.causes.push(cause);
            }
        }
    }
}

impl Step {
    /// What it is about, once that was chosen.
    pub(super) fn ruling(&self) -> Option<Ruling> {
        match self {
            Self::Choosing => None,
            Self::Time { ruling, .. } | Self::Pin { ruling, .. } | Self::Checking { ruling, .. } => Some(*ruling),
            Self::People(ruling) | Self::Recording(ruling) | Self::Recorded { ruling, .. } => Some(*ruling),
        }
    }
}

impl Exception {
    /// A matter that was just taken up.
    pub(super) fn of(matter: Matter) -> Self {
        Self { matter, step: Step::Choosing, behind: None }
    }

    /// Everything that may be ruled now, from left to right. `is_in` tells who is in: nobody is let in twice; `is_guest` who
    /// is expected elsewhere.
    pub(super) fn rulings(
        &self,
        is_in: impl Fn(CandidateId) -> bool,
        is_guest: impl Fn(CandidateId) -> bool,
    ) -> Vec<Ruling> {
        match (&self.step, &self.matter) {
            (Step::Choosing, Matter::WithoutCard(_)) => {
                let paper = all(OnPaper::ALL, |what| Ruling::Paper(what, When::Asked));
                all(WithoutCard::ALL, Ruling::Refer).into_iter().chain(paper).collect()
            }
            (Step::Choosing, Matter::Room(_)) => vec![Ruling::Start(When::Now), Ruling::Start(When::Asked)],
            (Step::Choosing, Matter::Undo(_)) => all(UndoReason::ALL, Ruling::Undo),
            (Step::Choosing, Matter::Waiting(waiting)) => {
                // Whom no list has cannot be let in as a candidate.
                let candidate = waiting.candidate.filter(|id| !is_in(*id));
                let admit = match candidate {
                    Some(id) if is_guest(id) => all(GuestReason::ALL, Ruling::Guest),
                    Some(_) => all(Ground::ALL, Ruling::Admit),
                    None => Vec::new(),
                };
                admit.into_iter().chain(all(&NotAdmittedReason::ALL, Ruling::NotAdmit)).collect()
            }
            _ => Vec::new(),
        }
    }
}

fn all<T: Copy>(words: &[T], ruling: impl Fn(T) -> Ruling) -> Vec<Ruling> {
    words.iter().map(|word| ruling(*word)).collect()
}
