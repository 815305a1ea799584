//! Views of what two people decide.

use crate::views::{portrait, view};
use bits::secret::Pii;
use checkin::failure::Failure;
use checkin::view::*;

/// Every situation by its name.
pub(crate) fn all() -> Vec<(&'static str, View)> {
    let ruling = Ruling::Admit(Ground::Undertaking);
    let exception = |title, person, stage| {
        view(Screen::Exception(ExceptionView { title, person, room: None, time: None, stage, papers: papers(title) }))
    };
    let waiting = |stage| exception(MatterTitle::Waiting, Some(person()), stage);
    vec![
        ("closing_second_person", closing()),
        ("locked_pin", locked(Some(0), Some(4))),
        ("locked_people", locked(None, None)),
        ("locked_late_news", View { news: Some(news_of_nobody()), ..locked(Some(0), None) }),
        (
            "doubt_second_person",
            exception(
                MatterTitle::Case,
                Some(MatterPerson { causes: vec![], ..person() }),
                ExceptionStage::Person(Ruling::Doubt, sign_in(None, None)),
            ),
        ),
        ("guest_choosing", waiting_of(elsewhere(), ExceptionStage::Choosing(guest_rulings()))),
        (
            "paper_time",
            exception(
                MatterTitle::WithoutCard,
                Some(MatterPerson { causes: vec![], portrait: None, ..person() }),
                ExceptionStage::Time(Ruling::Paper(OnPaper::Admitted, When::Asked), None),
            ),
        ),
        ("paper_own_pin", paper_pin()),
        ("signal_rooms", signal(None, None, ExceptionStage::Rooms(rooms()))),
        (
            "signal_choosing",
            signal(Some(room()), None, ExceptionStage::Choosing(vec![start(When::Now), start(When::Asked)])),
        ),
        ("signal_time", signal(Some(room()), None, ExceptionStage::Time(start(When::Asked), Some(WrongTime::Later)))),
        (
            "signal_second_person",
            signal(Some(room()), Some("08:02"), ExceptionStage::Person(start(When::At(moment())), sign_in(None, None))),
        ),
        (
            "signal_recorded",
            signal(Some(room()), Some("07:31"), ExceptionStage::Recorded(start(When::At(moment())), receipt())),
        ),
        ("idle_waiting", view(Screen::Idle(idle()))),
        ("idle_search_without_card", view(Screen::Idle(search()))),
        ("waiting_list", exception(MatterTitle::Waiting, None, ExceptionStage::List(rows()))),
        ("waiting_choosing", waiting(ExceptionStage::Choosing(rulings()))),
        ("waiting_second_person", waiting(ExceptionStage::Person(ruling, sign_in(None, None)))),
        ("waiting_pin", waiting(ExceptionStage::Person(ruling, sign_in(Some(0), Some(4))))),
        ("waiting_checking", waiting(ExceptionStage::Checking)),
        ("waiting_recorded", waiting(ExceptionStage::Recorded(ruling, receipt()))),
        (
            "without_card",
            exception(
                MatterTitle::WithoutCard,
                Some(MatterPerson { causes: vec![], portrait: None, ..person() }),
                ExceptionStage::Choosing(without_card_rulings()),
            ),
        ),
        (
            "undo",
            exception(
                MatterTitle::Undo,
                Some(MatterPerson { arrival: Some(receipt()), causes: vec![], ..person() }),
                ExceptionStage::Choosing(UndoReason::ALL.iter().map(|why| Ruling::Undo(*why)).collect()),
            ),
        ),
    ]
}

/// Two people end the session although something is unsent.
fn closing() -> View {
    let stage = ExceptionStage::Person(Ruling::EndUnsent, sign_in(None, None));
    let title = MatterTitle::Closing;
    view(Screen::Exception(ExceptionView { title, person: None, room: None, time: None, stage, papers: None }))
}

/// Of somebody who waits: the last one lies on the stick.
fn papers(title: MatterTitle) -> Option<PapersView> {
    (title == MatterTitle::Waiting).then_some(PapersView { is_printing: false, printed: Some(true) })
}

fn locked(chosen: Option<usize>, wrong: Option<u32>) -> View {
    let on_duty = "Phạm Văn Thử".to_owned();
    let locked = LockedView { on_duty, sign_in: sign_in(chosen, wrong), is_checking: false };
    let shown = view(Screen::Locked(locked));
    View { header: Header { can_lock: false, ..shown.header }, ..shown }
}

fn news_of_nobody() -> NewsView {
    NewsView { candidate_number: None, name: None, room: None, can_be_answered: false, ..crate::views::news() }
}

fn waiting_of(person: MatterPerson, stage: ExceptionStage) -> View {
    let exception = ExceptionView {
        title: MatterTitle::Waiting,
        person: Some(person),
        room: None,
        time: None,
        stage,
        papers: None,
    };
    view(Screen::Exception(exception))
}

/// Expected at another site and in another session.
fn elsewhere() -> MatterPerson {
    let place = PlaceView {
        room: "0031".to_owned(),
        seat: "2".to_owned(),
        site: Some("0902".to_owned()),
        session: Some("Toán".to_owned()),
    };
    MatterPerson { place: Some(place), causes: vec![Cause::Named(vec![Failure::Elsewhere])], ..person() }
}

fn guest_rulings() -> Vec<Ruling> {
    let guest = GuestReason::ALL.iter().map(|reason| Ruling::Guest(*reason));
    guest.chain(checkin::event::NotAdmittedReason::ALL.map(Ruling::NotAdmit)).collect()
}

/// Behind the second person's PIN: that of whoever is on duty.
fn paper_pin() -> View {
    let ruling = Ruling::Paper(OnPaper::Admitted, When::At(moment()));
    let person = MatterPerson { causes: vec![], portrait: None, ..person() };
    let stage = ExceptionStage::Person(ruling, sign_in(Some(0), None));
    let time = Some("07:12".to_owned());
    let exception =
        ExceptionView { title: MatterTitle::WithoutCard, person: Some(person), room: None, time, stage, papers: None };
    view(Screen::Exception(exception))
}

fn without_card_rulings() -> Vec<Ruling> {
    let refer = WithoutCard::ALL.iter().map(|why| Ruling::Refer(*why));
    refer.chain(OnPaper::ALL.iter().map(|what| Ruling::Paper(*what, When::Asked))).collect()
}

fn signal(room: Option<RoomView>, time: Option<&str>, stage: ExceptionStage) -> View {
    let time = time.map(str::to_owned);
    view(Screen::Exception(ExceptionView { title: MatterTitle::Signal, person: None, room, time, stage, papers: None }))
}

fn start(when: When) -> Ruling {
    Ruling::Start(when)
}

fn moment() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

fn room() -> RoomView {
    RoomView { room: "0012".to_owned(), signal: None }
}

fn rooms() -> Vec<RoomView> {
    let signal = |number: u32| (number < 14).then(|| "07:31".to_owned());
    (1..=20).map(|number| RoomView { room: format!("00{number:02}"), signal: signal(number) }).collect()
}

fn idle() -> IdleView {
    let undo = Some(("01000123".to_owned(), "06:40:12".to_owned()));
    let signals = Some(SignalsView { given: 3, rooms: 20, only: None });
    IdleView { waiting: 2, undo, signals, takes_without_card: true, ..IdleView::default() }
}

fn search() -> IdleView {
    IdleView { takes_without_card: true, ..crate::views::search() }
}

fn rulings() -> Vec<Ruling> {
    let admit = Ground::ALL.iter().map(|ground| Ruling::Admit(*ground));
    admit.chain(checkin::event::NotAdmittedReason::ALL.map(Ruling::NotAdmit)).collect()
}

fn receipt() -> ReceiptView {
    ReceiptView { entry: "1/17".to_owned(), time: "06:40:12".to_owned() }
}

fn person() -> MatterPerson {
    MatterPerson {
        name: Pii::new("Nguyễn Thị Hồng Ngọc Anh".to_owned()),
        birth_date: Some(Pii::new("15/02/2008".to_owned())),
        candidate_number: Some("01000147".to_owned()),
        place: Some(PlaceView { room: "0012".to_owned(), seat: "7".to_owned(), site: None, session: None }),
        causes: vec![Cause::Named(vec![Failure::CardExpired])],
        portrait: Some(portrait()),
        listed_portrait: Some(portrait()),
        arrival: None,
    }
}

fn rows() -> Vec<WaitingRow> {
    let row = |id: u64, name: &str, cause: Cause, since: &str| WaitingRow {
        id: WaitingId(id),
        name: Pii::new(name.to_owned()),
        candidate_number: Some(format!("0100014{id}")),
        room: Some("0012".to_owned()),
        causes: vec![cause],
        since: since.to_owned(),
    };
    vec![
        row(1, "Nguyễn Thị Hồng Ngọc Anh", Cause::Named(vec![Failure::CardExpired]), "06:31"),
        row(2, "Trần Văn Thử", Cause::WithoutCard(WithoutCard::Forgotten), "06:38"),
    ]
}

fn sign_in(chosen: Option<usize>, wrong: Option<u32>) -> SignInView {
    let operator = |code: &str, name: &str, role| OperatorView { name: name.to_owned(), code: code.to_owned(), role };
    let operators =
        vec![operator("tdt-01", "Phạm Văn Thử", Role::HeadOfSite), operator("hd-02", "Đỗ Mẫu", Role::Board)];
    SignInView { operators, chosen, wrong, ..SignInView::default() }
}
