//! Who need not sit a session: `exempt.csv` of an exam, session and number a line.
//!
//! Somebody exempt who comes all the same is present like anybody else.

use super::{ExamError, FormFault};
use roster::CandidateNumber;
use std::collections::BTreeSet;

/// The file, in the exam's folder.
pub const EXEMPT_FILE: &str = "exempt.csv";

/// Numbers of candidates by the ids of sessions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exempt(BTreeSet<(String, String)>);

impl Exempt {
    /// Reads the file. `knows` says whether the exam has this session, and somebody of this number: a misspelt exemption
    /// must not be a missing one.
    ///
    /// # Errors
    /// [`ExamError::Form`], with the line.
    pub fn read(bytes: &[u8], knows: &dyn Fn(&str, &CandidateNumber) -> bool) -> Result<Self, ExamError> {
        let form = |line: usize, what| ExamError::Form { file: EXEMPT_FILE.to_owned(), line, what };
        let text = std::str::from_utf8(bytes).map_err(|_| form(1, FormFault::Utf8))?;
        let mut lines = text.trim_start_matches('\u{FEFF}').lines().map(|line| line.trim_end_matches('\r'));
        if lines.next().is_some_and(|head| head != HEAD) {
            return Err(form(1, FormFault::Headings));
        }
        let one = |(number, line): (usize, &str)| {
            let (session, candidate) = line.split_once(',').ok_or_else(|| form(number, FormFault::Row))?;
            let known = CandidateNumber::new(candidate).filter(|candidate| knows(session, candidate));
            known
                .map(|known| (session.to_owned(), known.as_str().to_owned()))
                .ok_or_else(|| form(number, FormFault::Row))
        };
        let rows = (2..).zip(lines).filter(|(_, line)| !line.is_empty());
        rows.map(one).collect::<Result<_, _>>().map(Self)
    }

    /// Nobody is.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether somebody need not sit this session.
    pub fn has(&self, session: &str, number: &str) -> bool {
        self.0.contains(&(session.to_owned(), number.to_owned()))
    }
}

const HEAD: &str = "session,candidate";
