//! Whose proofs a folder holds, and of which entries: so that none can be taken out, renamed or exchanged unnoticed.
//!
//! The list is nobody's signed word. What it names is proven by the proofs; that it names everything, only the check of
//! the whole log tells.

use bits::hex;
use record::{CandidateRef, EntryRef};
use std::collections::BTreeSet;

/// The list's name in a folder of proofs.
pub const INDEX_FILE: &str = "proof";

/// One candidate and his entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofIndex {
    /// Who.
    pub candidate: CandidateRef,
    /// Entries that the folder proves.
    pub shown: BTreeSet<EntryRef>,
    /// Entries that hold another person's document, and so are not shown.
    pub withheld: BTreeSet<EntryRef>,
}

impl ProofIndex {
    pub(super) fn of(candidate: CandidateRef) -> Self {
        Self { candidate, shown: BTreeSet::new(), withheld: BTreeSet::new() }
    }

    /// The list as a file.
    pub fn text(&self) -> String {
        let lines = |word: &str, places: &BTreeSet<EntryRef>| -> String {
            places.iter().map(|place| format!("{word} {}/{}\n", place.segment, place.seq)).collect()
        };
        let candidate = hex::encode_lower(&self.candidate.0);
        let (shown, withheld) = (lines("entry", &self.shown), lines("withheld", &self.withheld));
        format!("{HEAD}\ncandidate {candidate}\n{shown}{withheld}")
    }

    /// Reads such a file; `None` for any other form.
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        (lines.next()? == HEAD).then_some(())?;
        let candidate = hex::decode(lines.next()?.strip_prefix("candidate ")?)?.try_into().ok()?;
        let mut index = Self::of(CandidateRef(candidate));
        for line in lines {
            let (word, place) = line.split_once(' ')?;
            let (segment, seq) = place.split_once('/')?;
            let place = EntryRef { segment: segment.parse().ok()?, seq: seq.parse().ok()? };
            match word {
                "entry" => index.shown.insert(place),
                "withheld" => index.withheld.insert(place),
                _ => return None,
            };
        }
        (index.text() == text).then_some(index)
    }
}

/// The file of the proof of an entry.
pub(crate) fn file_name(place: EntryRef) -> String {
    format!("{:03}-{}.tlog-proof", place.segment, place.seq)
}

const HEAD: &str = "diemdanh/candidate-proof/v1";
