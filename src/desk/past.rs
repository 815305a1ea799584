//! What the journals of a desk say about the time before this start: how far they go, the latest time, wrong PINs.
//!
//! A wrong PIN is an entry like every other, so that nobody forgets it without cutting the log. PINs are counted from
//! these entries; there is no counter beside them that could be put back.

use crate::config::DeskConfig;
use crate::sessions::journals;
use checkin::records;
use host::disk::{read_segment_file, segment_numbers};
use host::file;
use jiff::Timestamp;
use record::ids::SessionId;
use record::latest::LatestTimes;
use record::segment::{Segment, SegmentContent, read_segment};
use record::{AttendanceEvent, Code, SegmentHead};
use std::collections::BTreeMap;
use std::path::Path;
use tlog::cosignature::verify;
use tlog::{CosignatureKey, NoteVerifier};

/// What the journals say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Past {
    /// What they say of the latest time.
    pub(super) times: LatestTimes,
    /// Wrong PINs in a row, by operator.
    pub(super) wrong: BTreeMap<String, u32>,
    /// The heads of each session's segments, in order.
    heads: BTreeMap<SessionId, Vec<SegmentHead>>,
    /// A journal cannot be read, or was damaged: what it said about PINs is not known.
    pub(super) is_damaged: bool,
}

/// What an entry says about PINs.
enum Said {
    Wrong(String),
    Right(String),
    Unlocked,
}

impl Past {
    /// Reads all journals of the desk. Nothing is held: no desk runs while another starts.
    pub(super) fn read(config: &DeskConfig, base: &Path, device: &NoteVerifier) -> Self {
        let outsiders = [&config.witness.verifier, &config.registry.cosigner].into_iter().flatten();
        let keys: Vec<CosignatureKey> = outsiders.filter_map(|path| cosigner(&base.join(path))).collect();
        let mut past = Self::default();
        let mut said = Vec::new();
        for (session, journal) in journals(config, base) {
            past.read_journal(&journal, &session, device, &keys, &mut said);
        }
        // One log a session: what they say one after the other is what happened at this desk.
        said.sort_by_key(|(at, _)| *at);
        for (_, one) in said {
            match one {
                Said::Wrong(code) => *past.wrong.entry(code).or_insert(0) += 1,
                Said::Right(code) => drop(past.wrong.remove(&code)),
                Said::Unlocked => past.wrong.clear(),
            }
        }
        past
    }

    /// True when the journal of `session` still goes as far as this head.
    pub(super) fn reaches(&self, session: &SessionId, head: &SegmentHead) -> bool {
        let found = self.heads.get(session).into_iter().flatten().find(|one| one.segment == head.segment);
        found.is_some_and(|one| one.size > head.size || (one.size == head.size && one.root == head.root))
    }

    /// The last head of each session's journal.
    pub(super) fn last_heads(&self) -> BTreeMap<SessionId, SegmentHead> {
        self.heads.iter().filter_map(|(session, heads)| Some((session.clone(), *heads.last()?))).collect()
    }

    fn read_journal(
        &mut self,
        journal: &Path,
        session: &SessionId,
        device: &NoteVerifier,
        keys: &[CosignatureKey],
        said: &mut Vec<(Timestamp, Said)>,
    ) {
        if !journal.is_dir() {
            return;
        }
        let Ok(numbers) = segment_numbers(journal) else {
            self.is_damaged = true;
            return;
        };
        self.times.begin_log();
        for number in numbers {
            let content = read_segment_file(journal, number).ok().map(|bytes| read_segment(&bytes, device));
            match content {
                Some(Ok(SegmentContent::Good(segment))) => self.take(session, number, &segment, keys, said),
                Some(Ok(SegmentContent::Nothing { .. })) => (),
                Some(Err(_)) | None => self.is_damaged = true,
            }
        }
    }

    fn take(
        &mut self,
        session: &SessionId,
        number: u32,
        segment: &Segment,
        keys: &[CosignatureKey],
        said: &mut Vec<(Timestamp, Said)>,
    ) {
        self.heads.entry(session.clone()).or_default().push(SegmentHead::of(number, segment));
        for entry in &segment.entries {
            self.times.entry(entry, outside_time(&entry.event, keys));
            said.extend(about_pins(&entry.event, &entry.op).map(|one| (entry.t, one)));
        }
    }
}

/// The entry about this head of site, who gave everybody else their tries back.
pub(super) fn unlocked(code: &Code) -> AttendanceEvent {
    records::pins_unlocked(code)
}

fn about_pins(event: &AttendanceEvent, operator: &Code) -> Option<Said> {
    match event {
        AttendanceEvent::DeviceEvent { device, event } if device.as_str() == records::WRONG_PIN => {
            Some(Said::Wrong(event.as_str().to_owned()))
        }
        AttendanceEvent::DeviceEvent { device, .. } if device.as_str() == records::PINS_UNLOCKED => {
            Some(Said::Unlocked)
        }
        AttendanceEvent::DeviceEvent { device, event } if records::is_opening(device, event) => {
            Some(Said::Right(operator.as_str().to_owned()))
        }
        // Whoever takes a desk over has given the PIN.
        AttendanceEvent::OperatorChanged { .. } => Some(Said::Right(operator.as_str().to_owned())),
        // Whoever stands behind a decision as the second person has given the PIN.
        AttendanceEvent::ManualDecision { second, .. }
        | AttendanceEvent::Undo { second, .. }
        | AttendanceEvent::PortraitDoubted { second, .. }
        | AttendanceEvent::Guest { second, .. }
        | AttendanceEvent::PaperDecision { second, .. }
        | AttendanceEvent::CloseOverruled { second, .. }
        | AttendanceEvent::StartSignal { second: Some(second), .. }
        | AttendanceEvent::NotAdmitted { second: Some(second), .. } => Some(Said::Right(second.as_str().to_owned())),
        // A desk works from a package only after somebody gave the PIN.
        AttendanceEvent::Open(opened) if opened.package.is_some() && *operator != Code::unknown() => {
            Some(Said::Right(operator.as_str().to_owned()))
        }
        _ => None,
    }
}

fn outside_time(event: &AttendanceEvent, keys: &[CosignatureKey]) -> Option<Timestamp> {
    match event {
        AttendanceEvent::Anchor { note, .. } => keys.iter().filter_map(|key| Some(verify(note, key).ok()?.at())).max(),
        _ => None,
    }
}

fn cosigner(path: &Path) -> Option<CosignatureKey> {
    CosignatureKey::parse(String::from_utf8(file::read(path, MAX_KEY_LEN).ok()?).ok()?.trim()).ok()
}

const MAX_KEY_LEN: u64 = 4 << 10;
