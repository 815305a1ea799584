//! What others signed about a log, and what follows from it: that nothing before was changed or cut off, and when.

use super::{
    exam::Issued,
    finding::{Finding, FindingKind, Found},
    history::History,
};
use jiff::{SignedDuration, Timestamp};
use record::{AttendanceEvent, Entry, EntryRef, Opened, OutsideHead, RevocationList};
use std::{collections::BTreeMap, sync::Arc};
use tlog::{Checkpoint, CosignatureKey, NoteError, NoteVerifier, cosignature};

/// What a board knows from elsewhere when it checks a log.
#[derive(Debug, Clone, Default)]
pub struct Outside {
    /// Cosigned checkpoints that the board collected itself: a name for reports, and the note.
    pub notes: Vec<(String, String)>,
    /// Files among them that are none, with what they are instead.
    pub strays: Vec<(String, FindingKind)>,
    /// Keys of witnesses.
    pub witnesses: Vec<CosignatureKey>,
    /// Keys of registries, whose signed answers tell the time.
    pub registries: Vec<NoteVerifier>,
    /// The newest list of revoked certificates.
    pub revocations: Option<RevocationList>,
    /// What was issued for the exam.
    pub issued: Option<Issued>,
    /// Members signed that the sealed evidence of kept exports was purged: that it is not there any more damages none.
    pub is_evidence_purged: bool,
}

/// A moment that somebody outside the desk signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutsideTime {
    /// When, by their clock.
    pub at: Timestamp,
    /// Who.
    pub by: Arc<str>,
    /// The entries that existed by then: this segment's first so many, and all segments before.
    pub covers: Option<(u32, u64)>,
    /// The entry that holds the signature: it and all later ones were written afterwards.
    pub held_by: Option<EntryRef>,
}

impl OutsideTime {
    /// What one signature is known by: what it covers, when it was made, by whom.
    pub(super) fn signature(&self) -> (Option<(u32, u64)>, Timestamp, Arc<str>) {
        (self.covers, self.at, Arc::clone(&self.by))
    }
}

/// What outside witnesses prove about one log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Witnessed {
    /// The furthest anchor: segment and entries.
    pub last: Option<(u32, u64)>,
    /// Every outside time, as found.
    pub times: Vec<OutsideTime>,
    /// Anchors that count.
    pub anchors: u64,
}

impl Witnessed {
    /// The outside times around an entry: not written before the first, not after the second.
    pub fn window(&self, place: EntryRef) -> (Option<&OutsideTime>, Option<&OutsideTime>) {
        let (segment, seq) = (place.segment, place.seq);
        let is_held_before = |time: &&OutsideTime| time.held_by.is_some_and(|held| held <= place);
        let covers = |time: &&OutsideTime| time.covers.is_some_and(|(number, size)| (segment, seq) < (number, size));
        let after = self.times.iter().filter(is_held_before).max_by_key(|time| time.at);
        (after, self.times.iter().filter(covers).min_by_key(|time| time.at))
    }

    /// Adds what a further segment proves.
    pub(super) fn merge(&mut self, further: Self) {
        self.last = self.last.max(further.last);
        self.times.extend(further.times);
        self.anchors += further.anchors;
    }

    fn anchor(&mut self, segment: u32, size: u64) {
        self.anchors += 1;
        self.last = self.last.max(Some((segment, size)));
    }
}

/// Where an anchor was found.
pub(super) enum Whence<'a> {
    /// In the export itself, which the device key signed as a whole.
    Export(&'a str),
    /// With the board.
    Collected(&'a str),
}

impl Whence<'_> {
    fn finding(&self, what: FindingKind) -> Finding {
        match self {
            Self::Export(path) => Finding::file(what, path),
            // What somebody put among the collected notes says nothing about a log that it does not belong to.
            Self::Collected(path) => {
                let what = match what {
                    FindingKind::AnchorForm => FindingKind::CollectedForm,
                    FindingKind::AnchorForged => FindingKind::CollectedForged,
                    other => other,
                };
                Finding::file(what, path)
            }
        }
    }
}

/// Holds one note against the history. `log` is the log's name: origin without the segment's number.
pub(super) fn check_note(
    note: &str,
    whence: &Whence<'_>,
    log: &str,
    keys: &BTreeMap<&str, &NoteVerifier>,
    history: &History<'_>,
    outside: &Outside,
) -> (Option<Finding>, Option<OutsideTime>) {
    let find = |what| (Some(whence.finding(what)), None);
    let Some(checkpoint) = text_of(note).and_then(Checkpoint::parse) else { return find(FindingKind::AnchorForm) };
    if checkpoint.origin.rsplit_once('/').is_none_or(|(name, _)| name != log) {
        // The board keeps the notes of all its desks in one place; an export has no business with others'.
        return if matches!(whence, Whence::Collected(_)) { (None, None) } else { find(FindingKind::AnchorForeign) };
    }
    let (cosigned, forged) = history.cosigned(note, || cosignatures(note, outside));
    // Who else signed is asked only where no witness did.
    let own = cosigned.is_none() && keys.get(checkpoint.origin.as_str()).is_some_and(|key| key.open(note).is_ok());
    let line = history.named(&checkpoint.origin);
    let lies = line.and_then(|line| history.root_at(line.number, checkpoint.size)) == Some(checkpoint.root);
    let vouched = own || cosigned.is_some();
    let is_collected = matches!(whence, Whence::Collected(_));
    match line {
        // Whoever adds a wrong line to a collected note takes nothing from what others signed under it.
        _ if forged && !(is_collected && vouched) => find(FindingKind::AnchorForged),
        Some(line) if lies && cosigned.is_some() => {
            let covers = Some((line.number, checkpoint.size));
            let time = cosigned.map(|(at, by)| OutsideTime { at, by, covers, held_by: None });
            (forged.then(|| whence.finding(FindingKind::AnchorForged)), time)
        }
        // The desk's own signature says nothing that the board did not know, unless somebody carried it out.
        _ if lies && own && !is_collected => (None, None),
        _ if lies => find(if forged { FindingKind::AnchorForged } else { FindingKind::AnchorUnvouched }),
        _ if is_collected && !vouched => find(FindingKind::AnchorContradicts),
        Some(line) if checkpoint.size <= line.size => find(FindingKind::AnchorOffHistory),
        _ => find(FindingKind::AnchorBeyondEnd),
    }
}

/// An `anchor` entry: its note must say what the entry says, of this log, at a root that it had.
pub(super) fn check_entry(
    place: EntryRef,
    entry: &Entry,
    history: &History<'_>,
    outside: &Outside,
    found: &mut Found,
) -> Option<OutsideTime> {
    let AttendanceEvent::Anchor { size, root, note, .. } = &entry.event else { return None };
    let mut find = |what| {
        found.add(Finding::entry(what, place.segment, place.seq));
        None
    };
    let checkpoint = text_of(note).and_then(Checkpoint::parse);
    let Some(checkpoint) = checkpoint.filter(|one| one.size == *size && one.root == root.0) else {
        return find(FindingKind::AnchorForm);
    };
    let Some(line) = history.named(&checkpoint.origin) else { return find(FindingKind::AnchorForeign) };
    let is_past = line.number < place.segment || *size <= place.seq;
    if !is_past || history.root_at(line.number, *size) != Some(root.0) {
        return find(FindingKind::AnchorOffHistory);
    }
    match history.cosigned(note, || cosignatures(note, outside)) {
        (_, true) => find(FindingKind::AnchorForged),
        (None, false) => find(FindingKind::AnchorUnvouched),
        (Some((at, by)), false) => {
            Some(OutsideTime { at, by, covers: Some((line.number, *size)), held_by: Some(place) })
        }
    }
}

/// What a witness said before a segment was opened: its head must lie on the history, in a segment before.
pub(super) fn check_opening(
    place: EntryRef,
    opened: &Opened,
    history: &History<'_>,
    outside: &Outside,
    found: &mut Found,
) -> Option<OutsideTime> {
    let Some(OutsideHead::Head { note }) = &opened.outside_head else { return None };
    let mut find = |what| {
        found.add(Finding::entry(what, place.segment, place.seq));
        None
    };
    let Some(head) = text_of(note).and_then(Checkpoint::parse) else { return find(FindingKind::AnchorForm) };
    let line = history.named(&head.origin).filter(|line| line.number < place.segment);
    let lies = line.and_then(|line| history.root_at(line.number, head.size)) == Some(head.root);
    match (cosignatures(note, outside), line) {
        ((_, true), _) => find(FindingKind::AnchorForged),
        ((Some((at, by)), false), Some(line)) if lies => {
            Some(OutsideTime { at, by, covers: Some((line.number, head.size)), held_by: Some(place) })
        }
        ((Some(_), false), _) => find(FindingKind::HeadNotHeld),
        ((None, false), _) if lies => find(FindingKind::AnchorUnvouched),
        ((None, false), _) => find(FindingKind::AnchorContradicts),
    }
}

/// The time in an answer that a known registry signed.
pub(super) fn registry_time(
    place: EntryRef,
    verbatim: &str,
    outside: &Outside,
) -> Result<Option<OutsideTime>, FindingKind> {
    for key in &outside.registries {
        let text = match key.open(verbatim) {
            Ok(text) => text,
            Err(NoteError::NoSignature) => continue,
            Err(_) => return Err(FindingKind::AnswerForged),
        };
        let line = text.strip_prefix(ANSWER_HEAD).and_then(|text| text.strip_prefix('\n'));
        let value: Option<serde_json::Value> = line.and_then(|line| serde_json::from_str(line).ok());
        let at = value.and_then(|value| value.get("time")?.as_str()?.parse().ok());
        return Ok(at.map(|at| OutsideTime { at, by: key.name().into(), covers: None, held_by: Some(place) }));
    }
    Ok(None)
}

/// An entry's own time against an outside time that it holds.
pub(super) fn is_off(entry: &Entry, outside: &OutsideTime) -> bool {
    entry.t.duration_since(outside.at).abs() > TOLERANCE
}

/// Adds anchors that count to what is proven.
pub(super) fn add(witnessed: &mut Witnessed, time: OutsideTime) {
    if let Some((segment, size)) = time.covers {
        witnessed.anchor(segment, size);
    }
    witnessed.times.push(time);
}

/// The earliest good cosignature of a known witness, and whether a known witness's line is wrong.
pub(super) type Cosigned = (Option<(Timestamp, Arc<str>)>, bool);

fn cosignatures(note: &str, outside: &Outside) -> Cosigned {
    let mut forged = false;
    let mut best: Option<(Timestamp, Arc<str>)> = None;
    for key in &outside.witnesses {
        match cosignature::verify(note, key) {
            Ok(cosigned) => {
                let one = (cosigned.at(), Arc::from(key.name()));
                best = Some(best.map_or(one.clone(), |best| best.min(one)));
            }
            Err(NoteError::NoSignature) => (),
            Err(_) => forged = true,
        }
    }
    (best, forged)
}

fn text_of(note: &str) -> Option<&str> {
    note.rfind("\n\n").and_then(|split| note.get(..=split))
}

/// How far an entry's clock may be from an outside one.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(120);
const ANSWER_HEAD: &str = "diemdanh/registry-answer/v1";
