//! One desk's session as it is played: what the desk's program writes, through the log that it writes with.

use crate::PlayError;
use crate::chance::Chance;
use crate::deal::Slot;
use crate::journal::Journal;
use crate::stage::{EXAM, HEAD, INVIGILATOR, NO_DIGEST, Person, PlayedDesk, Stage, session_id};
use bits::random::SeededRandom;
use bits::stamp::Stamp;
use jiff::{SignedDuration, Timestamp};
use record::export::{Beside, KeptAnchor};
use record::{
    AttendanceEvent, AttendanceLog, CheckIn, ChipState, Code, Digest, DocumentRef, EntryRef, LogName, OpenBasis,
    Opening, PackageRef, RegistryState,
};
use std::collections::BTreeMap;
use tlog::cosignature::cosign;

/// The files of an export.
pub(crate) type Files = Vec<(String, Vec<u8>)>;

/// What makes a log another one than its slot's own.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Manner {
    /// The second history, where there are two.
    pub(crate) history: u32,
    /// It says that it is live.
    pub(crate) is_live: bool,
    /// It is of another exam.
    pub(crate) is_foreign: bool,
}

/// Somebody at a desk.
pub(crate) struct Player<'a> {
    pub(crate) stage: &'a Stage<'a>,
    pub(crate) desk: &'a PlayedDesk,
    pub(crate) chance: Chance,
    pub(crate) now: Stamp,
    pub(crate) head: Code,
    /// Scripts of each room, as they will be handed in.
    pub(crate) scripts: BTreeMap<usize, u64>,
    slot: Slot,
    manner: Manner,
    op: Code,
    journal: Journal,
    log: AttendanceLog<Journal>,
    boots: u32,
    questions: u32,
}

impl<'a> Player<'a> {
    /// The desk opens the session's log, when the doors open.
    pub(crate) fn open(
        stage: &'a Stage<'a>,
        desk: &'a PlayedDesk,
        slot: Slot,
        manner: Manner,
    ) -> Result<Self, PlayError> {
        let opens = stage.sessions.get(slot.session).and_then(|session| session.opens).unwrap_or(stage.order.start);
        let now = Stamp { wall: opens, boot_ms: 60_000 };
        let seed = format!("{} {} {} {}", stage.order.seed, desk.id, slot.session, manner.history);
        let journal = Journal::default();
        let code = |stem: &str| Code::new(&format!("{stem}-{}", Stage::site_code(desk.site)));
        let op = code(INVIGILATOR)?;
        let log = opened(stage, desk, slot, manner, &journal, (1, now, &op))?;
        Ok(Self {
            chance: Chance::new(&seed),
            head: code(HEAD)?,
            scripts: BTreeMap::new(),
            boots: 1,
            questions: 0,
            stage,
            desk,
            now,
            slot,
            manner,
            op,
            journal,
            log,
        })
    }

    /// Power is cut in the middle of an entry, and the machine starts again.
    pub(crate) fn cut_power(&mut self) -> Result<(), PlayError> {
        self.journal.tear(self.log.segment(), &[0x64; 37]);
        self.boots += 1;
        self.now = Stamp { boot_ms: 20_000, ..self.now };
        self.wait(90_000);
        self.log =
            opened(self.stage, self.desk, self.slot, self.manner, &self.journal, (self.boots, self.now, &self.op))?;
        Ok(())
    }

    /// So long passes.
    pub(crate) fn wait(&mut self, ms: i64) {
        let wall = self.now.wall.saturating_add(SignedDuration::from_millis(ms)).unwrap_or(self.now.wall);
        self.now = Stamp { wall, boot_ms: self.now.boot_ms.saturating_add(u64::try_from(ms).unwrap_or(0)) };
    }

    /// Passes the time until a moment, where it lies ahead.
    pub(crate) fn wait_until(&mut self, moment: Timestamp) {
        self.wait(moment.as_millisecond().saturating_sub(self.now.wall.as_millisecond()).max(0));
    }

    /// The wall clock moves, and nothing else.
    pub(crate) fn move_clock(&mut self, minutes: i64) {
        let wall = self.now.wall.saturating_add(SignedDuration::from_mins(minutes)).unwrap_or(self.now.wall);
        self.now = Stamp { wall, ..self.now };
    }

    /// The start signal.
    pub(crate) fn start(&self) -> Timestamp {
        self.stage.sessions.get(self.slot.session).map_or(self.stage.order.start, |session| session.start)
    }

    /// Writes one event.
    pub(crate) fn say(&mut self, event: AttendanceEvent) -> Result<EntryRef, PlayError> {
        Ok(self.log.append(&self.op, event, self.now)?.proof.entry())
    }

    /// Asks the registry about a card.
    pub(crate) fn ask(&mut self, doc: DocumentRef) -> Result<String, PlayError> {
        self.questions += 1;
        let id = format!("{}-{}-{}", self.desk.id, session_id(self.slot.session), self.questions);
        self.say(AttendanceEvent::RegistryRequest { id: id.clone(), doc })?;
        Ok(id)
    }

    /// The registry answers.
    pub(crate) fn answered(&mut self, id: &str, state: RegistryState) -> Result<EntryRef, PlayError> {
        self.wait(400);
        let cause = match state {
            RegistryState::Match => None,
            _ => Some(Code::new("name")?),
        };
        let request_sha256 = Some(record::segment::digest(id.as_bytes()));
        self.say(AttendanceEvent::RegistryAnswer { id: id.to_owned(), request_sha256, state, cause, verbatim: None })
    }

    /// Somebody is read, asked about and let in, as most are.
    pub(crate) fn let_in(&mut self, person: &Person) -> Result<EntryRef, PlayError> {
        self.let_in_on(person, check_in(person)?)
    }

    /// The same with another decision than the usual one.
    pub(crate) fn let_in_on(&mut self, person: &Person, decision: CheckIn) -> Result<EntryRef, PlayError> {
        let id = self.ask(decision.doc)?;
        if decision.registry != RegistryState::Pending {
            self.answered(&id, decision.registry)?;
        }
        self.sits(person);
        self.say(AttendanceEvent::CheckIn(decision))
    }

    /// Somebody will hand in a script.
    pub(crate) fn sits(&mut self, person: &Person) {
        *self.scripts.entry(person.room).or_default() += 1;
    }

    /// Somebody will not, after all.
    pub(crate) fn leaves(&mut self, person: &Person) {
        let scripts = self.scripts.entry(person.room).or_default();
        *scripts = scripts.saturating_sub(1);
    }

    /// The witness sees the log's head.
    pub(crate) fn anchor(&mut self) -> Result<(), PlayError> {
        let head = self.log.head();
        let note = self.cosigned()?;
        let with = Code::new("w1")?;
        self.say(AttendanceEvent::Anchor { size: head.size, root: Digest(head.root), with, note })?;
        Ok(())
    }

    /// The session ends.
    pub(crate) fn close(&mut self) -> Result<(), PlayError> {
        self.wait(5_000);
        self.log.close(&self.op, self.now)?;
        Ok(())
    }

    /// Entries of the last segment.
    pub(crate) fn size(&self) -> u64 {
        self.log.size()
    }

    /// The log as it is, laid out for the board; with the witness's word on all of it, or without.
    pub(crate) fn export(&mut self, is_witnessed: bool) -> Result<Files, PlayError> {
        let kept = KeptAnchor { segment: self.log.segment(), size: self.log.size(), note: self.cosigned()? };
        let anchors = if is_witnessed { vec![kept] } else { Vec::new() };
        let beside = Beside { anchors, evidence: Vec::new() };
        Ok(self.log.export(&beside, &self.desk.cert, &self.desk.device)?)
    }

    fn cosigned(&self) -> Result<String, PlayError> {
        let line = cosign(&self.log.head().text(), &self.stage.witness, self.now.wall)?;
        Ok(format!("{}{line}", self.log.checkpoint()))
    }
}

/// What stands about most who are let in.
pub(crate) fn check_in(person: &Person) -> Result<CheckIn, PlayError> {
    Ok(CheckIn {
        cand: person.cand,
        doc: person.doc,
        chip: ChipState::Pass,
        access: Code::new("pace-can")?,
        registry: RegistryState::Match,
        remarks: Vec::new(),
        late: false,
        second: None,
    })
}

fn opened(
    stage: &Stage<'_>,
    desk: &PlayedDesk,
    slot: Slot,
    manner: Manner,
    journal: &Journal,
    (boot, now, op): (u32, Stamp, &Code),
) -> Result<AttendanceLog<Journal>, PlayError> {
    let exam = if manner.is_foreign { FOREIGN_EXAM } else { EXAM };
    let (package, trust_store, basis) = of_package(stage, slot, manner)?;
    let opening = Opening {
        name: LogName {
            board: stage.board.verifier().name().to_owned(),
            exam: exam.parse().map_err(|_| PlayError::Word("an exam"))?,
            desk: desk.id.parse().map_err(|_| PlayError::Word("a desk"))?,
            session: session_id(slot.session).parse().map_err(|_| PlayError::Word("a session"))?,
        },
        device: &desk.device,
        desk_cert: desk.cert.clone(),
        training: !manner.is_live,
        boot_id: format!("{}-{boot}", desk.id),
        operator: op.clone(),
        package,
        policy_sha256: NO_DIGEST,
        trust_store,
        program: format!("diemdanh {}", env!("CARGO_PKG_VERSION")),
        program_sha256: None,
        revocations: None,
        basis,
    };
    let seed = format!("segment {} {} {} {} {boot}", stage.order.seed, desk.id, slot.session, manner.history);
    Ok(AttendanceLog::open(journal.clone(), &opening, now, &mut SeededRandom::new(&seed))?.0)
}

fn of_package(
    stage: &Stage<'_>,
    slot: Slot,
    manner: Manner,
) -> Result<(Option<PackageRef>, String, OpenBasis), PlayError> {
    if manner.is_foreign {
        return Ok((None, String::new(), OpenBasis::default()));
    }
    let (package, trust_store, basis) = stage.package(slot)?;
    Ok((Some(package), trust_store, basis))
}

/// The exam that is none of the board's folder.
pub(crate) const FOREIGN_EXAM: &str = "khac";
