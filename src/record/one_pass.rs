//! The kinds of entries that most of a log consists of, read in one walk over their bytes.
//!
//! Reading an entry and writing it again is what says whether its bytes are canonical ([`Entry::parse`]); it takes several
//! times as long. Here the members are asked for one by one where the canonical form has them, each in the one spelling that
//! it has, so that what was walked to its end is what writing it would give.
//!
//! Invariant: what is read here is read the same by reading and writing again. `None` decides nothing: rare kinds and forms
//! of older programs are left to that.

use super::event::{
    AttendanceEvent, CandidateRef, CheckIn, ChipState, Digest, DocumentRef, EntryRef, ReEntryBasis, RegistryState,
};
use super::{Code, ENTRY_VERSION, Entry};
use bits::walk::Walk;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// Reads an entry of a usual kind; `None` for all others and for everything that is not canonical.
pub fn read(bytes: &[u8]) -> Option<Entry> {
    let walk = Walk::new(bytes)?;
    let kind = kind(walk.rest())?;
    let mut members = Members::begin(walk, kind)?;
    let event = event(kind, &mut members)?;
    members.end(event)
}

/// The kind that an entry seems to be of. Only a guess where to look: the walk comes to the member itself.
fn kind(text: &str) -> Option<&str> {
    let mut rest = text;
    loop {
        // Neither hexadecimal nor most words in front of it have a `v`.
        let (before, behind) = rest.split_once('v')?;
        if let Some(kind) = behind.strip_prefix("\":\"").filter(|_| before.ends_with("\"e")) {
            return kind.split_once('"').map(|(kind, _)| kind);
        }
        rest = behind;
    }
}

/// What each kind holds, in the order of the members' names.
fn event(kind: &str, members: &mut Members<'_>) -> Option<AttendanceEvent> {
    match kind {
        "check-in" => check_in(members).map(AttendanceEvent::CheckIn),
        "registry-request" => {
            Some(AttendanceEvent::RegistryRequest { doc: members.document("doc")?, id: members.text("id")? })
        }
        "registry-answer" => Some(AttendanceEvent::RegistryAnswer {
            cause: members.code_or_null("cause")?,
            id: members.text("id")?,
            request_sha256: members.hex_or_null("request_sha256")?.map(Digest),
            state: members.registry("state")?,
            verbatim: members.text_or_null("verbatim")?,
        }),
        "person-viewed" => {
            Some(AttendanceEvent::PersonViewed { cand: members.candidate("cand")?, purpose: members.code("purpose")? })
        }
        "device-event" => {
            Some(AttendanceEvent::DeviceEvent { device: members.code("device")?, event: members.code("event")? })
        }
        "anchor" => Some(AttendanceEvent::Anchor {
            note: members.text("note")?,
            root: Digest(members.hex("root")?),
            size: members.number("size")?,
            with: members.code("with")?,
        }),
        "evidence" => {
            Some(AttendanceEvent::Evidence { refers: members.entry("refers")?, sha256: Digest(members.hex("sha256")?) })
        }
        _ => seldom(kind, members),
    }
}

/// Kinds that a log has some of.
fn seldom(kind: &str, members: &mut Members<'_>) -> Option<AttendanceEvent> {
    match kind {
        "re-entry" => re_entry(members),
        "not-admitted" => Some(AttendanceEvent::NotAdmitted {
            cand: members.hex_or_null("cand")?.map(CandidateRef),
            doc: members.hex_or_null("doc")?.map(DocumentRef),
            reason: members.code("reason")?,
            second: members.code_or_null("second")?,
        }),
        "referred" => Some(AttendanceEvent::Referred {
            cand: members.hex_or_null("cand")?.map(CandidateRef),
            chip: members.chip("chip")?,
            doc: members.hex_or_null("doc")?.map(DocumentRef),
            reasons: members.codes("reasons")?,
        }),
        "read-failed" => Some(AttendanceEvent::ReadFailed {
            apdu_count: u32::try_from(members.number("apdu_count")?).ok()?,
            cand: members.hex_or_null("cand")?.map(CandidateRef),
            cause: members.code("cause")?,
            chip: if members.has("chip")? { Some(chip(members.walk.plain()?)?) } else { None },
            doc: members.hex_or_null("doc")?.map(DocumentRef),
            failed: if members.has("failed")? { Some(word(&mut members.walk)?) } else { None },
        }),
        "manual-decision" => Some(AttendanceEvent::ManualDecision {
            admitted: members.truth("admitted")?,
            cand: members.hex_or_null("cand")?.map(CandidateRef),
            chip: members.chip("chip")?,
            doc: members.hex_or_null("doc")?.map(DocumentRef),
            reason: members.code("reason")?,
            registry: members.registry("registry")?,
            second: members.code("second")?,
        }),
        "elsewhere" => Some(AttendanceEvent::Elsewhere {
            cand: members.candidate("cand")?,
            doc: members.hex_or_null("doc")?.map(DocumentRef),
            room: members.text("room")?,
            session: members.text("session")?,
            site: members.text("site")?,
        }),
        _ => None,
    }
}

fn check_in(members: &mut Members<'_>) -> Option<CheckIn> {
    Some(CheckIn {
        access: members.code("access")?,
        cand: members.candidate("cand")?,
        chip: members.chip("chip")?,
        doc: members.document("doc")?,
        late: members.truth("late")?,
        registry: members.registry("registry")?,
        remarks: members.codes("remarks")?,
        second: members.code_or_null("second")?,
    })
}

/// A re-entry that says what it rests on.
fn re_entry(members: &mut Members<'_>) -> Option<AttendanceEvent> {
    let access = members.code("access")?;
    let cand = members.candidate("cand")?;
    let chip = members.chip("chip")?;
    let doc = members.hex_or_null("doc")?.map(DocumentRef);
    let first = members.entry("first")?;
    let registry = members.registry("registry")?;
    let remarks = members.codes("remarks")?;
    let second = members.code_or_null("second")?;
    let basis = Some(ReEntryBasis { chip, access, registry, remarks, second });
    Some(AttendanceEvent::ReEntry { cand, doc, first, basis })
}

/// The members of an entry, asked for in the order of their names; those that all entries have are taken on the way.
struct Members<'a> {
    walk: Walk<'a>,
    kind: &'a str,
    /// Nothing was passed yet.
    is_first: bool,
    /// How many members that all entries have were passed.
    passed: usize,
    boot: String,
    bt: u64,
    op: Option<Code>,
    seq: u64,
    t: Timestamp,
}

impl<'a> Members<'a> {
    fn begin(mut walk: Walk<'a>, kind: &'a str) -> Option<Self> {
        walk.pass("{")?;
        let t = Timestamp::UNIX_EPOCH;
        Some(Self { walk, kind, is_first: true, passed: 0, boot: String::new(), bt: 0, op: None, seq: 0, t })
    }

    fn end(mut self, event: AttendanceEvent) -> Option<Entry> {
        while self.passed < COMMON.len() {
            self.common()?;
        }
        self.walk.pass("}")?;
        self.walk.end()?;
        let Self { boot, bt, op, seq, t, .. } = self;
        Some(Entry { v: ENTRY_VERSION, seq, t, bt, boot, op: op?, event })
    }

    /// Comes to the value of a member of the event's own.
    fn name(&mut self, name: &str) -> Option<()> {
        self.commons(name)?;
        self.comma()?;
        self.walk.name(name)
    }

    /// The same for a member that may be left out; whether it stands there.
    fn has(&mut self, name: &str) -> Option<bool> {
        self.commons(name)?;
        let mut ahead = self.walk;
        let is_there = ahead.pass(",").and_then(|()| ahead.name(name)).is_some();
        if is_there {
            self.walk = ahead;
        }
        Some(is_there)
    }

    /// Takes what all entries have in front of `name`.
    fn commons(&mut self, name: &str) -> Option<()> {
        while COMMON.get(self.passed).is_some_and(|common| *common < name) {
            self.common()?;
        }
        Some(())
    }

    /// The next member of those that all entries have.
    fn common(&mut self) -> Option<()> {
        let name = COMMON.get(self.passed)?;
        self.comma()?;
        self.walk.name(name)?;
        match *name {
            "boot" => self.boot = self.walk.text()?.into_owned(),
            "bt" => self.bt = self.walk.number()?,
            "ev" => (self.walk.plain()? == self.kind).then_some(())?,
            "op" => self.op = Some(word(&mut self.walk)?),
            "seq" => self.seq = self.walk.number()?,
            "t" => self.t = time(self.walk.plain()?)?,
            _ => (self.walk.number()? == u64::from(ENTRY_VERSION)).then_some(())?,
        }
        self.passed += 1;
        Some(())
    }

    /// A comma, but in front of the first member.
    fn comma(&mut self) -> Option<()> {
        if std::mem::take(&mut self.is_first) { Some(()) } else { self.walk.pass(",") }
    }

    fn text(&mut self, name: &str) -> Option<String> {
        self.name(name)?;
        self.walk.text().map(std::borrow::Cow::into_owned)
    }

    fn text_or_null(&mut self, name: &str) -> Option<Option<String>> {
        self.name(name)?;
        if self.walk.passes("null") { Some(None) } else { self.walk.text().map(|text| Some(text.into_owned())) }
    }

    fn code(&mut self, name: &str) -> Option<Code> {
        self.name(name)?;
        word(&mut self.walk)
    }

    fn code_or_null(&mut self, name: &str) -> Option<Option<Code>> {
        self.name(name)?;
        if self.walk.passes("null") { Some(None) } else { word(&mut self.walk).map(Some) }
    }

    fn codes(&mut self, name: &str) -> Option<Vec<Code>> {
        self.name(name)?;
        self.walk.pass("[")?;
        let mut codes = Vec::new();
        while !self.walk.passes("]") {
            if !codes.is_empty() {
                self.walk.pass(",")?;
            }
            codes.push(word(&mut self.walk)?);
        }
        Some(codes)
    }

    fn hex<const N: usize>(&mut self, name: &str) -> Option<[u8; N]> {
        self.name(name)?;
        self.walk.hex()
    }

    fn hex_or_null<const N: usize>(&mut self, name: &str) -> Option<Option<[u8; N]>> {
        self.name(name)?;
        if self.walk.passes("null") { Some(None) } else { self.walk.hex().map(Some) }
    }

    fn candidate(&mut self, name: &str) -> Option<CandidateRef> {
        self.hex(name).map(CandidateRef)
    }

    fn document(&mut self, name: &str) -> Option<DocumentRef> {
        self.hex(name).map(DocumentRef)
    }

    fn number(&mut self, name: &str) -> Option<u64> {
        self.name(name)?;
        self.walk.number()
    }

    fn truth(&mut self, name: &str) -> Option<bool> {
        self.name(name)?;
        self.walk.truth()
    }

    fn chip(&mut self, name: &str) -> Option<ChipState> {
        self.name(name)?;
        chip(self.walk.plain()?)
    }

    fn registry(&mut self, name: &str) -> Option<RegistryState> {
        self.name(name)?;
        registry(self.walk.plain()?)
    }

    fn entry(&mut self, name: &str) -> Option<EntryRef> {
        self.name(name)?;
        self.walk.pass("{")?;
        self.walk.name("segment")?;
        let segment = u32::try_from(self.walk.number()?).ok()?;
        self.walk.pass(",")?;
        self.walk.name("seq")?;
        let seq = self.walk.number()?;
        self.walk.pass("}")?;
        Some(EntryRef { segment, seq })
    }
}

fn word(walk: &mut Walk<'_>) -> Option<Code> {
    Code::new(walk.plain()?).ok()
}

fn chip(word: &str) -> Option<ChipState> {
    Some(match word {
        "pass" => ChipState::Pass,
        "warn" => ChipState::Warn,
        "unknown" => ChipState::Unknown,
        "fail" => ChipState::Fail,
        "access" => ChipState::Access,
        "retry" => ChipState::Retry,
        "not-read" => ChipState::NotRead,
        _ => return None,
    })
}

fn registry(word: &str) -> Option<RegistryState> {
    Some(match word {
        "match" => RegistryState::Match,
        "mismatch" => RegistryState::Mismatch,
        "card-invalid" => RegistryState::CardInvalid,
        "not-found" => RegistryState::NotFound,
        "unknown-code" => RegistryState::UnknownCode,
        "pending" => RegistryState::Pending,
        "not-asked" => RegistryState::NotAsked,
        "refused" => RegistryState::Refused,
        _ => return None,
    })
}

/// `2026-05-28T20:26:41.000Z`, of a year that has four digits.
fn time(text: &str) -> Option<Timestamp> {
    let bytes: &[u8; 24] = text.as_bytes().try_into().ok()?;
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':'), (19, b'.'), (23, b'Z')];
    marks.iter().all(|(at, mark)| bytes[*at] == *mark).then_some(())?;
    let number = |from: usize, to: usize| {
        let digits = bytes.get(from..to)?.iter();
        digits
            .copied()
            .try_fold(0_i32, |value, digit| digit.is_ascii_digit().then(|| value * 10 + i32::from(digit - b'0')))
    };
    let short = |from: usize| i8::try_from(number(from, from + 2)?).ok();
    let year = i16::try_from(number(0, 4)?).ok()?;
    let nanosecond = number(20, 23)? * 1_000_000;
    let moment = DateTime::new(year, short(5)?, short(8)?, short(11)?, short(14)?, short(17)?, nanosecond).ok()?;
    Offset::UTC.to_timestamp(moment).ok()
}

/// What every entry has, in the order of the names.
const COMMON: [&str; 7] = ["boot", "bt", "ev", "op", "seq", "t", "v"];
