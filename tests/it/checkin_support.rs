//! The brain on a table: a desk whose effects on the log run at once, and people to put before it.

use diemdanh::bits::secret::{Pii, Secret};
use diemdanh::bits::stamp::Stamp;
use diemdanh::cccd::holder::{Holder, Sex};
use diemdanh::cccd::number::PersonalNumber;
use diemdanh::cccd::passport::HolderNumber;
use diemdanh::checkin::chip::{ChipReading, DataProof};
use diemdanh::checkin::contact::ContactId;
use diemdanh::checkin::context::{Context, DeskPolicy, Labels};
use diemdanh::checkin::event::*;
use diemdanh::checkin::failure::Failure;
use diemdanh::checkin::paper::{AttendanceSheet, CasePaper, PaperNews};
use diemdanh::checkin::show::view;
use diemdanh::checkin::sign_in::OnDuty;
use diemdanh::checkin::state::State;
use diemdanh::checkin::step::step;
use diemdanh::checkin::view::*;
use diemdanh::crypto::pin::PinCheck;
use diemdanh::emrtd::inspect::AccessMethod;
use diemdanh::emrtd::report::Overall;
use diemdanh::iso7816::transport::ReaderEvent;
use diemdanh::lab::journal::MemoryStore;
use diemdanh::lab::short_list::short_list;
use diemdanh::record::{ArrivalIndex, AttendanceEvent, AttendanceLog, Code, Digest};
use diemdanh::registry::{Answer, Query, Reply, RequestId};
use diemdanh::roster::{Place, Roster};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

use crate::record_support;

pub(crate) const HERE: &str = "099208000017";
pub(crate) const OTHER_ROOM: &str = "099308001126";
pub(crate) const NOBODY: &str = "099308009917";
const ROSTER: &str = "\
SBD,Họ và tên,Ngày sinh,Số CCCD,Phòng thi,Số ghế
01000001,Nguyễn Văn Mẫu,15/02/2008,099208000017,0012,7
01000002,Trần Thị Thử Nghiệm,03/07/2008,099308001126,0015,3
01000003,Lê Hoàng Giả Định,21/11/2008,099208002235,0012,8
";

/// The PIN of everybody who has one.
pub(crate) const PIN: &str = "480913";

/// A desk whose effects on the log run at once; the others are kept.
pub(crate) struct Desk {
    pub(crate) context: Context,
    pub(crate) state: Option<State>,
    pub(crate) log: AttendanceLog<MemoryStore>,
    pub(crate) now: Stamp,
    pub(crate) asked: Vec<RequestId>,
    pub(crate) questions: Vec<Query>,
    pub(crate) reads: usize,
    pub(crate) contact: ContactId,
    pub(crate) written: Vec<AttendanceEvent>,
    /// Whose entries they are.
    pub(crate) operator: Code,
    /// The stick takes the log.
    pub(crate) carries: bool,
    /// What the stick says about papers: it takes them, or it refuses, or it is silent.
    pub(crate) paper: Option<bool>,
    pub(crate) sheets: Vec<AttendanceSheet>,
    pub(crate) papers: Vec<CasePaper>,
    pub(crate) examinations: usize,
}

impl Desk {
    pub(crate) fn new(policy: DeskPolicy) -> Self {
        Self::of(ROSTER, policy)
    }

    pub(crate) fn of(list: &str, policy: DeskPolicy) -> Self {
        let exam_key = Secret::new([7; 32]);
        let roster = Roster::new(short_list(list, &exam_key).expect("the roster"));
        let (log, opened) = record_support::open(MemoryStore::default(), 0).expect("a log");
        let now = record_support::at(1);
        let context = Context {
            portraits: std::collections::BTreeMap::new(),
            roster,
            rooms: vec!["0012".to_owned()],
            place: Place { site: None, session: None, room: Some("0012".to_owned()) },
            policy,
            staff: None,
            labels: Labels::default(),
            exam_key,
            utc_offset: Offset::from_hours(7).expect("an offset"),
            training: true,
            outside_package: false,
            origin: "test".to_owned(),
            expected: 2,
        };
        let on_duty = OnDuty::Named { code: Code::new("gt-01").expect("a code"), name: String::new() };
        let state = State::new(&context, on_duty, &ArrivalIndex::default(), opened, now);
        Self {
            context,
            state: Some(state),
            log,
            now,
            asked: vec![],
            questions: vec![],
            reads: 0,
            contact: ContactId(0),
            written: vec![],
            operator: record_support::code("gt-01"),
            carries: true,
            paper: Some(true),
            sheets: vec![],
            papers: vec![],
            examinations: 0,
        }
    }

    pub(crate) fn usual() -> Self {
        Self::new(DeskPolicy::default())
    }

    /// Hands over one event and runs what the log has to do.
    pub(crate) fn give(&mut self, event: Event) -> &mut Self {
        let mut events = std::collections::VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            let state = self.state.take().expect("a state");
            let (state, effects) = step(&self.context, state, self.now, event);
            self.state = Some(state);
            for effect in effects {
                events.extend(self.run(effect));
            }
        }
        self
    }

    pub(crate) fn run(&mut self, effect: Effect) -> Option<Event> {
        match effect {
            Effect::Record { purpose, event } => {
                self.written.push(event.clone());
                let durable = self.log.append(&self.operator, event, self.now).expect("an entry").proof;
                Some(Event::Recorded { purpose, durable })
            }
            Effect::Ask(query, _) => {
                self.asked.push(query.request_id);
                self.questions.push(*query);
                None
            }
            Effect::ReadCard { contact, .. } => {
                self.contact = contact;
                self.reads += 1;
                None
            }
            Effect::CloseLog(_) => {
                let closed = self.log.close(&self.operator, self.now).expect("an entry");
                self.written.extend(closed.entries.iter().map(|entry| entry.event.clone()));
                let durable = closed.proof;
                let (checkpoint, totals) = (self.log.checkpoint().to_owned(), self.log.totals());
                Some(Event::Closed(Box::new(ClosedLog { durable, checkpoint, totals })))
            }
            Effect::CheckPin { pin, .. } => {
                let check = if pin.expose() == PIN { PinCheck::Right } else { PinCheck::Wrong };
                Some(Event::PinChecked(Some(check)))
            }
            Effect::OnDuty(operator) => {
                self.operator = operator;
                None
            }
            Effect::ExportLog => Some(Event::CarriedOff { whole: self.carries }),
            Effect::PaperList(sheet) => {
                self.sheets.push(*sheet);
                self.paper_answer(PaperNews::ListWritten { sha256: Digest([1; 32]) }, PaperNews::ListLost)
            }
            Effect::Print(paper) => {
                let printed = PaperNews::Printed { kind: paper.kind, cand: paper.cand, sha256: Digest([2; 32]) };
                self.papers.push(*paper);
                self.paper_answer(printed, PaperNews::NotPrinted)
            }
            Effect::Examine => {
                self.examinations += 1;
                None
            }
            Effect::WipePapers => self.paper_answer(PaperNews::Wiped(true), PaperNews::Wiped(false)),
            Effect::Forget(_) | Effect::KeepEvidence(_) | Effect::ReleaseCard | Effect::Sound(_) => None,
        }
    }

    fn paper_answer(&self, taken: PaperNews, refused: PaperNews) -> Option<Event> {
        self.paper.map(|takes| Event::Paper(if takes { taken } else { refused }))
    }

    pub(crate) fn later(&mut self, milliseconds: u64) -> &mut Self {
        let step = SignedDuration::from_millis(i64::try_from(milliseconds).expect("a time"));
        self.now = Stamp { wall: self.now.wall + step, boot_ms: self.now.boot_ms + milliseconds };
        self.give(Event::Tick)
    }

    pub(crate) fn scan(&mut self, number: &str) -> &mut Self {
        self.give(Event::Input(Input::Entered(qr(number))))
    }

    /// Takes an event and keeps what the log would have said about it.
    pub(crate) fn hold(&mut self, event: Event) -> Vec<Event> {
        let (state, effects) = step(&self.context, self.state.take().expect("a state"), self.now, event);
        self.state = Some(state);
        effects.into_iter().filter_map(|effect| self.run(effect)).collect()
    }

    /// Hands over what was kept.
    pub(crate) fn release(&mut self, held: Vec<Event>) -> &mut Self {
        for event in held {
            self.give(event);
        }
        self
    }

    pub(crate) fn news(&self) -> Option<NewsView> {
        view(&self.context, self.state.as_ref().expect("a state")).news
    }

    /// A key waits until the person at the desk has been decided on.
    pub(crate) fn waits(&self) -> bool {
        self.state.as_ref().expect("a state").key_waits()
    }

    pub(crate) fn answers_well(&mut self) -> &mut Self {
        let at = self.now.wall;
        self.answers(Answer::Match { at })
    }

    pub(crate) fn card(&mut self) -> &mut Self {
        self.give(Event::Reader(ReaderEvent::CardPresent { reader: "r".to_owned(), atr: vec![0x3B] }))
    }

    pub(crate) fn lift(&mut self) -> &mut Self {
        self.give(Event::Reader(ReaderEvent::Ready { reader: "r".to_owned() }))
    }

    pub(crate) fn identity(&mut self, number: &str, chip: ChipReading) -> &mut Self {
        self.identity_of(holder(number), chip)
    }

    pub(crate) fn identity_of(&mut self, holder: Holder, chip: ChipReading) -> &mut Self {
        let id = RequestId([u8::try_from(self.asked.len()).expect("few"); 16]);
        let identity = Identity { chip, holder, notes: vec![], signer_certificate: vec![1], request_id: id };
        self.give(Event::Card { contact: self.contact, news: CardNews::Identity(Box::new(identity)) })
    }

    pub(crate) fn finished(&mut self, chip: ChipReading) -> &mut Self {
        let portrait =
            PortraitNews::Ready(Arc::new(Portrait { width: 1, height: 1, rgba: Pii::new(vec![0; 4]), eyes: None }));
        self.finished_with(chip, portrait)
    }

    pub(crate) fn finished_with(&mut self, chip: ChipReading, portrait: PortraitNews) -> &mut Self {
        let finished = Finished { chip, portrait, evidence: None };
        self.give(Event::Card { contact: self.contact, news: CardNews::Finished(Box::new(finished)) })
    }

    pub(crate) fn answers(&mut self, answer: Answer) -> &mut Self {
        // Nobody answers what nobody was asked.
        let Some(id) = self.asked.last().copied() else { return self };
        let reply = Reply { answer, request_sha256: None, verbatim: None, cosigned: None, elapsed_ms: 5 };
        self.give(Event::Registry { id, reply: Box::new(reply) })
    }

    pub(crate) fn status(&self) -> StatusBar {
        view(&self.context, self.state.as_ref().expect("a state")).status
    }

    /// How far somebody is with looking at the portrait.
    pub(crate) fn look(&self) -> Look {
        view(&self.context, self.state.as_ref().expect("a state")).look
    }

    /// The window says that it shows the portrait it was asked for.
    pub(crate) fn paints(&mut self) -> &mut Self {
        match self.look() {
            Look::Wanted(contact) => self.give(Event::Input(Input::Painted(contact))),
            Look::Free | Look::Stands { .. } => self,
        }
    }

    /// Presses a button after it has been there for long enough; who lets somebody in has looked for long enough.
    pub(crate) fn chose(&mut self, choice: Choice) -> &mut Self {
        self.later(DeskPolicy::default().press_guard_ms);
        if matches!(choice, Choice::Admit | Choice::ReEntry | Choice::DoubtPortrait) {
            self.paints();
            if let Look::Stands { left_ms: left_ms @ 1.. } = self.look() {
                self.later(left_ms);
            }
        }
        let meaning = self.meaning();
        self.give(Event::Input(Input::Chose(choice, meaning)))
    }

    pub(crate) fn reason(&mut self, reason: NotAdmittedReason) -> &mut Self {
        self.later(DeskPolicy::default().press_guard_ms);
        let meaning = self.meaning();
        self.give(Event::Input(Input::Reason(reason, meaning)))
    }

    pub(crate) fn meaning(&self) -> Meaning {
        self.state.as_ref().expect("a state").meaning()
    }

    pub(crate) fn go_on(&mut self) -> &mut Self {
        self.give(Event::Input(Input::Continue))
    }

    /// A person with a good card, up to the verdict.
    pub(crate) fn good_person(&mut self, number: &str) -> &mut Self {
        self.scan(number).card().identity(number, good()).finished(good());
        let at = self.now.wall;
        self.answers(Answer::Match { at })
    }

    pub(crate) fn screen(&self) -> Screen {
        view(&self.context, self.state.as_ref().expect("a state")).screen
    }

    pub(crate) fn verdict(&self) -> CaseView {
        match self.screen() {
            Screen::Verdict(case) => case,
            other => panic!("not a verdict: {other:?}"),
        }
    }
}

pub(crate) fn holder(number: &str) -> Holder {
    let (name, birth) = match number {
        HERE => ("Nguyễn Văn Mẫu", "2008-02-15"),
        "099208002235" => ("Lê Hoàng Giả Định", "2008-11-21"),
        OTHER_ROOM => ("Trần Thị Thử Nghiệm", "2008-07-03"),
        _ => ("Ngô Thanh Ngoài Danh Sách", "2008-08-14"),
    };
    Holder {
        number: HolderNumber::Personal(PersonalNumber::parse(number).expect("a number")),
        full_name: Pii::new(name.to_owned()),
        birth_date: Pii::new(birth.to_owned()),
        sex: Sex::Male,
        expiry: Some(jiff::civil::date(2033, 2, 15)),
        old_number: None,
        name_has_diacritics: true,
    }
}

pub(crate) fn chip(overall: Overall, failure: Option<Failure>) -> ChipReading {
    let altered = matches!(overall, Overall::Fail | Overall::Unknown | Overall::Access);
    let data = if altered { DataProof::Unproven } else { DataProof::Signed };
    ChipReading { overall, failure, access: Some(AccessMethod::PaceCan), apdu_count: 40, data }
}

pub(crate) fn good() -> ChipReading {
    chip(Overall::Pass, None)
}

/// A person with another name and expiry on the chip than the list has.
pub(crate) fn holder_named(number: &str, name: &str, expiry: jiff::civil::Date) -> Holder {
    Holder { full_name: Pii::new(name.to_owned()), expiry: Some(expiry), ..holder(number) }
}

pub(crate) fn qr(number: &str) -> String {
    format!("{number}||Tên|15022008|Nam|x|01012024")
}

pub(crate) fn matched() -> Answer {
    Answer::Match { at: Timestamp::UNIX_EPOCH }
}

/// How often somebody was decided on.
pub(crate) fn decisions(written: &[AttendanceEvent]) -> usize {
    let decides = |event: &&AttendanceEvent| {
        use AttendanceEvent as E;
        matches!(
            event,
            E::CheckIn(_)
                | E::ReEntry { .. }
                | E::Referred { .. }
                | E::NotAdmitted { .. }
                | E::DuplicateReported { .. }
                | E::Elsewhere { .. }
        )
    };
    written.iter().filter(decides).count()
}

/// How often somebody was let in.
pub(crate) fn admissions(written: &[AttendanceEvent]) -> usize {
    written
        .iter()
        .filter(|event| matches!(event, AttendanceEvent::CheckIn(_) | AttendanceEvent::ReEntry { .. }))
        .count()
}
