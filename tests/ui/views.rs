//! Literal views, one for each situation, about people who do not exist.

use crate::views_preparing as preparing;
use bits::secret::Pii;
use checkin::event::{Choice, CopyHealth, DiskState, Meaning, ReadPhase};
use checkin::failure::{Failure, Signal};
use checkin::readiness::{Check, Finding};
use checkin::state::{ReaderHealth, RegistryHealth, ScannerHealth};
use checkin::view::*;
use std::sync::Arc;

/// Every situation by its name.
pub(crate) fn all() -> Vec<(&'static str, View)> {
    let mut all = vec![
        ("preparing_package", preparing::package()),
        ("preparing_no_package", preparing::no_package()),
        ("preparing_people", preparing::sign_in(|_| {})),
        ("preparing_pin", preparing::sign_in(|view| (view.chosen, view.wrong) = (Some(0), Some(3)))),
        ("preparing_locked", preparing::sign_in(|view| (view.chosen, view.locked_s) = (Some(0), Some(30)))),
        ("idle", view(Screen::Idle(IdleView::default()))),
        ("idle_key_refused", view(Screen::Idle(refused()))),
        ("idle_no_reader", view(Screen::Idle(no_reader()))),
        ("idle_search", view(Screen::Idle(search()))),
        ("idle_foreign_letters", view(Screen::Idle(foreign_letters()))),
        ("idle_full_bar", View { status: full_bar(), ..view(Screen::Idle(search())) }),
        ("verdict_full_bar", View { status: full_bar(), ..view(Screen::Verdict(admit_of_two())) }),
        ("idle_same_name", view(Screen::Idle(same_name()))),
        ("reading", view(Screen::Reading(reading(None)))),
        ("reading_lifted", view(Screen::Reading(reading(Some(Failure::CardLifted))))),
        ("verdict_admit", view(Screen::Verdict(admit()))),
        ("verdict_without_registry", view(Screen::Verdict(without_registry()))),
        ("verdict_working", view(Screen::Verdict(working()))),
        ("verdict_of_two_codes", View { key_waits: true, ..view(Screen::Verdict(admit())) }),
        ("idle_unrecorded", view(Screen::Idle(unrecorded()))),
        ("idle_late_news", View { news: Some(news()), ..view(Screen::Idle(IdleView::default())) }),
        ("verdict_late_news", View { news: Some(news()), ..view(Screen::Verdict(admit())) }),
        ("verdict_recorded", view(Screen::Verdict(recorded()))),
        ("verdict_doubted", view(Screen::Verdict(doubted()))),
        ("verdict_late", view(Screen::Verdict(late(true)))),
        ("verdict_late_by_plan", view(Screen::Verdict(late(false)))),
        ("verdict_stop", view(Screen::Verdict(stop()))),
        ("verdict_same_name", view(Screen::Verdict(admit_of_two()))),
        ("verdict_several_rows", view(Screen::Verdict(several_rows()))),
        ("verdict_not_listed", view(Screen::Verdict(not_listed()))),
        ("verdict_reasons", view(Screen::Verdict(reasons()))),
        ("verdict_referred", view(Screen::Verdict(referred()))),
        ("already_in", view(Screen::AlreadyIn(already_in()))),
        ("elsewhere", view(Screen::Elsewhere(elsewhere()))),
        ("closing_asking", view(Screen::Closing(asking(|_| {})))),
        ("closing_unsent", view(Screen::Closing(asking_unsent()))),
        ("closing_counting", view(Screen::Closing(counting()))),
        ("closing_typing", view(Screen::Closing(typing(TypedArrivals::Nothing)))),
        ("closing_typed", view(Screen::Closing(typing(TypedArrivals::Number(471))))),
        ("closing_typed_other", view(Screen::Closing(typing(TypedArrivals::Number(469))))),
        ("closing_typed_nothing", view(Screen::Closing(typing(TypedArrivals::NoNumber)))),
        ("closing_closed", view(Screen::Closing(closed()))),
        ("examining", view(Screen::Examining(examining()))),
        ("examining_working", view(Screen::Examining(ExaminingView::default()))),
        ("halted", view(Screen::Halted(halted()))),
    ];
    all.extend(crate::views_exception::all());
    all
}

pub(crate) fn view(screen: Screen) -> View {
    let is_over = matches!(screen, Screen::Preparing(_) | Screen::Halted(_) | Screen::Closing(ClosingView::Closed(_)));
    View {
        header: Header { can_lock: !is_over, ..header() },
        screen,
        status: status(),
        meaning: Meaning(0),
        guarded_ms: 0,
        guard_ms: 400,
        portrait_guard_ms: 1_000,
        look: Look::Free,
        callers: vec![
            caller(Role::HeadOfSite, "Phạm Văn Thử", Some("0900 000 001")),
            caller(Role::Technician, "Lê Thị Mẫu", None),
        ],
        news: None,
        key_waits: false,
    }
}

fn caller(role: Role, name: &str, telephone: Option<&str>) -> CallerView {
    CallerView { role, name: name.to_owned(), telephone: telephone.map(str::to_owned) }
}

fn header() -> Header {
    Header {
        exam: "Kỳ thi tốt nghiệp THPT 2027".to_owned(),
        session: "Ngữ văn".to_owned(),
        site: "THPT Mẫu".to_owned(),
        desk: "1".to_owned(),
        operator: "Nguyễn Mẫu".to_owned(),
        clock: "06:41".to_owned(),
        arrived: 127,
        expected: 480,
        training: true,
        outside_package: false,
        can_lock: true,
    }
}

fn status() -> StatusBar {
    StatusBar {
        reader: ReaderHealth::Ready,
        scanner: ScannerHealth::Off,
        card_present: true,
        registry: Some(RegistryHealth::Silent),
        registry_silent_since: Some("06:38".to_owned()),
        pending: 3,
        disk: DiskState::Enough,
        copy: CopyHealth::Off,
        paper: PaperHealth::Written,
        clock_steady: true,
        clock_off_minutes: None,
        witness_not_asked: false,
        witness: WitnessView::Seen { entries_since: 12, minutes_ago: 3, is_silent: false },
        log_entries: 412,
        version: "0.1.0".to_owned(),
    }
}

pub(crate) fn refused() -> IdleView {
    let last = Some(ReceiptView { entry: "1/41".to_owned(), time: "06:40:12".to_owned() });
    IdleView { notice: Some(Failure::KeyRefused), instruction: Instruction::GiveKey, last, ..IdleView::default() }
}

fn no_reader() -> IdleView {
    IdleView { reader_failure: Some(Failure::NoReader), ..IdleView::default() }
}

pub(crate) fn search() -> IdleView {
    let row = |index: u8| FoundRow {
        id: CandidateId([index; 16]),
        name: Pii::new("Nguyễn Văn Mẫu".to_owned()),
        number: format!("0100012{index}"),
        birth_date: Pii::new("15/02/2008".to_owned()),
        room: "0012".to_owned(),
    };
    IdleView { found: vec![row(1), row(2)], ..IdleView::default() }
}

/// Names with letters that no font of ours has, and with some that show nothing.
pub(crate) fn foreign_letters() -> IdleView {
    let found = search();
    let names = ["Nguyễn \u{1F600} Mẫu", "Nguyễn \u{1F601} Mẫu", "Trần 明 Thử", "Trần\u{200B} Thử"];
    let row = |(index, name): (u8, &str)| FoundRow {
        id: CandidateId([index; 16]),
        name: Pii::new(name.to_owned()),
        ..found.found[0].clone()
    };
    IdleView { found: (1..).zip(names).map(row).collect(), ..IdleView::default() }
}

/// Everything that can be wrong around a desk at once, in the longest words.
pub(crate) fn full_bar() -> StatusBar {
    StatusBar {
        reader: ReaderHealth::ServiceDown,
        scanner: ScannerHealth::Busy,
        registry: Some(RegistryHealth::Rejects),
        registry_silent_since: Some("06:38".to_owned()),
        pending: 1_283,
        disk: DiskState::Low,
        copy: CopyHealth::Foreign,
        paper: PaperHealth::Lost,
        clock_steady: true,
        clock_off_minutes: Some(-14),
        witness: WitnessView::Seen { entries_since: 4_120, minutes_ago: 371, is_silent: true },
        log_entries: 14_120,
        ..status()
    }
}

/// Two people of one name, and somebody else whom the search finds.
fn same_name() -> IdleView {
    IdleView { namesakes: Some(namesakes()), ..search() }
}

/// Two people who differ in what a list has; the SBD of the first is that of [`admit`].
fn namesakes() -> NamesakesView {
    let text = |text: &str| NamesakeValue::Text(Pii::new(text.to_owned()));
    let fact = |what, value, differs| NamesakeFact { what, value, differs };
    let person = |index: u8, name: &str, number: &str, born: &str, sex, seat: &str, masked: &str| NamesakeView {
        id: CandidateId([index; 16]),
        name: Pii::new(name.to_owned()),
        number: number.to_owned(),
        facts: vec![
            fact(Distinction::BirthDate, text(born), true),
            fact(Distinction::Sex, NamesakeValue::Sex(sex), true),
            fact(Distinction::Room, text("0012"), false),
            fact(Distinction::Seat, text(seat), true),
            fact(Distinction::Number, text(number), true),
            fact(Distinction::IdNumber, text(masked), true),
        ],
    };
    let people = vec![
        person(2, "Nguyễn Thị Hồng Ngọc Ánh", "01000123", "15/02/2008", Some(Sex::Female), "17", "099308••••17"),
        person(3, "Nguyễn Thị Hồng Ngọc Anh", "01000147", "16/02/2008", None, "", "099308••••25"),
    ];
    NamesakesView { people, names_differ: true }
}

fn admit_of_two() -> CaseView {
    CaseView { namesakes: Some(namesakes()), ..admit() }
}

/// No row has the twelve digits, and two have the name and the birth date.
fn several_rows() -> CaseView {
    let case = admit();
    let reasons = vec![MatchReason::SameNameAndBirthDate, MatchReason::SeveralRows];
    let mut lines = case.lines.clone();
    lines[1].signal = Signal::Attention;
    lines[1].word = LineWord::FailedMatch(Failure::NeedsDecision, reasons);
    CaseView {
        signal: Signal::Attention,
        headline: Headline::Ask,
        person: PersonView { candidate_number: None, ..case.person.clone() },
        place: None,
        lines,
        namesakes: Some(namesakes()),
        reasons: vec![Failure::NeedsDecision],
        stage: StageView::Deciding(vec![Choice::Refer, Choice::NotAdmitted]),
        ..case
    }
}

fn reading(interrupted: Option<Failure>) -> ReadingView {
    ReadingView { phase: ReadPhase::Identity, permille: 360, interrupted }
}

/// A person who may go in.
pub(crate) fn admit() -> CaseView {
    let line = |subject, signal, word| Line { subject, signal, word };
    CaseView {
        signal: Signal::Ok,
        headline: Headline::Admit,
        person: PersonView {
            name: Pii::new("Nguyễn Thị Hồng Ngọc Ánh".to_owned()),
            birth_date: Pii::new("15/02/2008".to_owned()),
            sex: Some(Sex::Female),
            number_masked: Pii::new("099308••••17".to_owned()),
            candidate_number: Some("01000123".to_owned()),
        },
        place: Some(PlaceView { room: "0012".to_owned(), seat: "17".to_owned(), site: None, session: None }),
        lines: [
            line(Subject::Chip, Signal::Ok, LineWord::Good),
            line(Subject::Roster, Signal::Ok, LineWord::Good),
            line(Subject::Registry, Signal::Attention, LineWord::Failed(Failure::RegistryDown)),
            line(Subject::Duplicate, Signal::Ok, LineWord::Good),
        ],
        namesakes: None,
        reasons: vec![],
        late: None,
        arrival: None,
        arrival_desk: "Bàn 1".to_owned(),
        listed_portrait: None,
        portrait: PortraitView::Proven(portrait()),
        stage: StageView::Deciding(vec![Choice::Admit, Choice::Refer, Choice::NotAdmitted, Choice::DoubtPortrait]),
    }
}

fn without_registry() -> CaseView {
    CaseView { headline: Headline::AdmitWithoutRegistry, reasons: vec![Failure::RegistryDown], ..admit() }
}

fn working() -> CaseView {
    let mut case = admit();
    case.lines[0] = Line { subject: Subject::Chip, signal: Signal::Working, word: LineWord::Working };
    CaseView {
        signal: Signal::Working,
        headline: Headline::Working,
        portrait: PortraitView::Pending,
        stage: StageView::Deciding(vec![]),
        ..case
    }
}

fn unrecorded() -> IdleView {
    let name = Some(Pii::new("Nguyễn Thị Hồng Ngọc Ánh".to_owned()));
    IdleView { unrecorded: name, instruction: Instruction::TakeCardAway, ..IdleView::default() }
}

pub(crate) fn news() -> NewsView {
    NewsView {
        question: RequestId([7; 16]),
        candidate_number: Some("01000123".to_owned()),
        name: Some(Pii::new("Nguyễn Thị Hồng Ngọc Ánh".to_owned())),
        room: Some("0012".to_owned()),
        failure: Failure::RegistryCardInvalid,
        time: "06:42".to_owned(),
        more: 1,
        can_be_answered: true,
    }
}

pub(crate) fn recorded() -> CaseView {
    let receipt = ReceiptView { entry: "1/42".to_owned(), time: "06:41:07".to_owned() };
    CaseView { headline: Headline::RecordedAdmit, stage: StageView::Recorded(receipt), ..admit() }
}

/// Goes in, and the doubt about the portrait was reported.
fn doubted() -> CaseView {
    let headline = Headline::Recorded(Choice::DoubtPortrait);
    CaseView { signal: Signal::Attention, headline, ..recorded() }
}

/// After the start signal, within the grace.
fn late(is_signal: bool) -> CaseView {
    let late = Some(LateView { minutes: 7, from: "07:31".to_owned(), is_signal });
    CaseView { late, signal: Signal::Attention, reasons: vec![Failure::Late], ..admit() }
}

fn stop() -> CaseView {
    let mut case = admit();
    case.lines[0].signal = Signal::Stop;
    case.lines[0].word = LineWord::Failed(Failure::ChipNotProven);
    CaseView {
        signal: Signal::Stop,
        headline: Headline::Stop,
        reasons: vec![Failure::ChipNotProven],
        portrait: PortraitView::Unproven(portrait()),
        stage: StageView::Deciding(vec![Choice::Refer, Choice::NotAdmitted]),
        ..case
    }
}

fn not_listed() -> CaseView {
    CaseView {
        signal: Signal::Attention,
        headline: Headline::KeepingOut { could_go_in: false },
        reasons: vec![Failure::NotListed],
        place: None,
        stage: StageView::ChoosingReason,
        ..admit()
    }
}

/// Somebody who could go in is kept out.
fn reasons() -> CaseView {
    let headline = Headline::KeepingOut { could_go_in: true };
    CaseView { signal: Signal::Attention, headline, stage: StageView::ChoosingReason, ..admit() }
}

/// Sent to the head of site, who is called.
fn referred() -> CaseView {
    CaseView { signal: Signal::Attention, headline: Headline::Recorded(Choice::Refer), ..recorded() }
}

fn already_in() -> CaseView {
    CaseView {
        signal: Signal::Attention,
        headline: Headline::AlreadyIn,
        arrival: Some(ReceiptView { entry: "1/12".to_owned(), time: "06:22:31".to_owned() }),
        stage: StageView::Deciding(vec![Choice::ReEntry, Choice::Refer, Choice::ReportDuplicate]),
        ..admit()
    }
}

fn elsewhere() -> CaseView {
    let site = Some("THPT Chu Mẫu".to_owned());
    CaseView {
        signal: Signal::Attention,
        headline: Headline::Elsewhere,
        place: Some(PlaceView { room: "0015".to_owned(), seat: String::new(), site, session: None }),
        stage: StageView::Deciding(vec![Choice::Refer, Choice::Directed]),
        ..admit()
    }
}

/// Everything counted and sent, but for `change`.
pub(crate) fn asking(change: impl FnOnce(&mut AskingView)) -> ClosingView {
    let room = |room: &str, arrived, waiting, scripts| ClosingRoomView {
        summary: RoomSummary { room: room.to_owned(), expected: 24, arrived, waiting },
        scripts,
    };
    let mut view = AskingView {
        arrived: 47,
        expected: 48,
        entries: 412,
        unanswered: 3,
        rooms: vec![room("0012", 24, 0, Some(24)), room("0013", 22, 0, Some(22))],
        beside: Beside { guests: 1, directed: 2, waiting: 0 },
        people: Arc::new(OutsidePeople { absent: vec!["01000131".to_owned()], ..OutsidePeople::default() }),
        unsent: Unsent::default(),
        choices: vec![Choice::EndSession],
        carried: Some(Carried::Whole),
        is_busy: false,
    };
    change(&mut view);
    ClosingView::Asking(Box::new(view))
}

/// The same while something is open: two people may end it.
fn asking_unsent() -> ClosingView {
    asking(|view| {
        view.unsent = Unsent { waiting: 2, news: 1, uncounted: 1, log: true };
        view.choices = vec![Choice::EndUnsent];
        let numbers = |from: u32, count: u32| (from..from + count).map(|number| format!("0100{number:04}")).collect();
        let people =
            OutsidePeople { absent: numbers(131, 40), waiting: numbers(201, 2), not_admitted: numbers(301, 1) };
        view.people = Arc::new(people);
        view.carried = Some(Carried::Not);
        if let Some(room) = view.rooms.last_mut() {
            (room.summary.waiting, room.scripts) = (2, None);
        }
    })
}

fn closed() -> ClosingView {
    let note = "board.example/exam/desk-1/b1/001\n413\nAAAA\n";
    let head = HeadView {
        entry: "1/413".to_owned(),
        time: "11:32:05".to_owned(),
        characters: "7ZK2-0000-W4XQ-1B9F-QRS8-3T5V-0M".to_owned(),
        qr: QrMatrix::of(note),
    };
    let (arrived, expected, unanswered) = (471, 480, 3);
    let (witness_asked, witnessed, carried) = (true, false, Some(Carried::Whole));
    let closed = ClosedView { head, arrived, expected, unanswered, witness_asked, witnessed, carried };
    ClosingView::Closed(Box::new(closed))
}

pub(crate) fn typing(typed: TypedArrivals) -> ClosingView {
    ClosingView::Typing(TypingView { typed, arrived: 471, ends: typed == TypedArrivals::Number(471) })
}

fn counting() -> ClosingView {
    ClosingView::Counting(CountingView { room: "0013".to_owned(), wrong: true })
}

fn examining() -> ExaminingView {
    let seen = |finding, seen: &str| Check::seen(finding, seen);
    let checks = vec![
        seen(Finding::ReaderReady, ""),
        seen(Finding::RegistryNotAsked, ""),
        seen(Finding::DiskLow, "812 MB"),
        seen(Finding::RadioOn, "wlan phy0"),
        seen(Finding::CameraNone, ""),
        seen(Finding::UpdatesUnknown, ""),
    ];
    ExaminingView { checks: Some(checks) }
}

fn halted() -> HaltedView {
    HaltedView { failure: Failure::RosterUnreadable, detail: "roster.csv: line 17: no SBD".to_owned() }
}

pub(crate) fn portrait() -> Arc<Portrait> {
    Arc::new(Portrait { width: 3, height: 4, rgba: Pii::new(vec![128; 48]), eyes: None })
}
