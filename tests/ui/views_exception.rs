//! Views of what two people decide.

use crate::views::{portrait, view};
use bits::secret::Pii;
use checkin::failure::Failure;
use checkin::view::*;

/// Every situation by its name.
pub(crate) fn all() -> Vec<(&'static str, View)> {
    let ruling = Ruling::Admit(Ground::Undertaking);
    let exception = |title, person, stage| view(Screen::Exception(ExceptionView { title, person, stage }));
    let waiting = |stage| exception(MatterTitle::Waiting, Some(person()), stage);
    vec![
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
                ExceptionStage::Choosing(WithoutCard::ALL.iter().map(|why| Ruling::Refer(*why)).collect()),
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

fn idle() -> IdleView {
    let undo = Some(("01000123".to_owned(), "06:40:12".to_owned()));
    IdleView { waiting: 2, undo, takes_without_card: true, ..IdleView::default() }
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
