//! The desks of a played exam that are real: whoever runs them is handed in from outside, for a desk's runtime is no part
//! of a board's program.

use jiff::Timestamp;
use sample::SamplePerson;
use tlog::NoteKey;

/// Runs the first desks of a played exam through the desk's own runtime: they enrol, take their package, read cards and
/// close. What goes wrong on order happens at the other desks.
pub trait Crew: Sync {
    /// How many desks, beginning with the first.
    fn desks(&self) -> usize;

    /// The certificates (DER) of whoever signs the cards that are read there; they go into the exam's trust store.
    fn trust(&self) -> Vec<Vec<u8>>;

    /// Keys (`*.vkey`) of whoever sees those desks' logs from outside, for the board: file names and texts.
    fn witnesses(&self) -> Vec<(String, String)>;

    /// Makes a desk that asks to be enrolled.
    ///
    /// # Errors
    /// Why there is none.
    fn enrol(&self, desk: &CrewDesk<'_>) -> Result<Enrolled, CrewError>;

    /// Runs a desk through one session, from the package to the export of the closed log. Sessions of a desk come in
    /// their order, desks side by side.
    ///
    /// # Errors
    /// What did not come as it should.
    fn sit(&self, sitting: &Sitting<'_>) -> Result<Sat, CrewError>;
}

/// Why a real desk did not do what was wanted of it, in words for whoever ordered the exam.
#[derive(Debug, thiserror::Error)]
#[error("desk {desk}: {what}")]
pub struct CrewError {
    /// The desk's id.
    pub desk: String,
    /// What happened.
    pub what: String,
}

/// A desk as its enrolment knows it.
#[derive(Debug, Clone, Copy)]
pub struct CrewDesk<'a> {
    /// The board's name.
    pub board: &'a str,
    /// The line of the board's public key.
    pub board_key: &'a str,
    /// The exam's id.
    pub exam: &'a str,
    /// The desk's id.
    pub desk: &'a str,
    /// The site's code.
    pub site: &'a str,
}

/// What an enrolment leaves.
pub struct Enrolled {
    /// The signed request, as the board takes it.
    pub request: String,
    /// The desk's key. Only a played exam's board may know it.
    pub device: NoteKey,
}

/// One session at a real desk.
#[derive(Debug)]
pub struct Sitting<'a> {
    /// The desk's id.
    pub desk: &'a str,
    /// The session's place, from 0.
    pub session: usize,
    /// The package for it, a whole file.
    pub package: Vec<u8>,
    /// The PIN of everybody.
    pub pin: &'a str,
    /// When the doors open.
    pub opens: Timestamp,
    /// Who comes, in this order, as their cards have them.
    pub line: Vec<&'a SamplePerson>,
}

/// What a session at a real desk leaves.
#[derive(Debug)]
pub struct Sat {
    /// The files of the export.
    pub files: Vec<(String, Vec<u8>)>,
    /// Entries of the log.
    pub entries: u64,
}

/// No desk is real.
pub(crate) struct Nobody;

impl Crew for Nobody {
    fn desks(&self) -> usize {
        0
    }

    fn trust(&self) -> Vec<Vec<u8>> {
        Vec::new()
    }

    fn witnesses(&self) -> Vec<(String, String)> {
        Vec::new()
    }

    fn enrol(&self, desk: &CrewDesk<'_>) -> Result<Enrolled, CrewError> {
        Err(CrewError { desk: desk.desk.to_owned(), what: "nobody runs desks here".to_owned() })
    }

    fn sit(&self, sitting: &Sitting<'_>) -> Result<Sat, CrewError> {
        Err(CrewError { desk: sitting.desk.to_owned(), what: "nobody runs desks here".to_owned() })
    }
}
