//! A desk of a package on a table: who may work there, and what two of them do.

use crate::checkin_support::{Desk, HERE, PIN, chip, good};
use diemdanh::bits::random::SeededRandom;
use diemdanh::bits::secret::Secret;
use diemdanh::checkin::context::DeskPolicy;
use diemdanh::checkin::event::{Choice, Event, Input};
use diemdanh::checkin::exception::Staff;
use diemdanh::checkin::failure::Failure;
use diemdanh::checkin::sign_in::{Attempt, OnDuty, SignIn};
use diemdanh::checkin::view::*;
use diemdanh::crypto::pin::{PinCheck, PinCost, PinLock};
use diemdanh::emrtd::report::Overall;
use diemdanh::package::operators::{Operator, Role as PackageRole};
use diemdanh::record::Code;
use std::sync::Arc;

pub(crate) fn operator(code: &str, role: PackageRole, change: impl FnOnce(&mut Operator)) -> Operator {
    let pin = PinLock::make(&Secret::new(PIN.to_owned()), PinCost::LEAST, &mut SeededRandom::new(code)).unwrap();
    let (name, site) = (format!("Người {code}"), String::new());
    let mut one = Operator { code: code.to_owned(), name, role, site, pin: Some(pin), telephone: None, revoked: None };
    change(&mut one);
    one
}

pub(crate) fn staff() -> Vec<Operator> {
    vec![
        operator("gt-01", PackageRole::Invigilator, |_| {}),
        operator("gt-02", PackageRole::Invigilator, |_| {}),
        operator("kt-01", PackageRole::Technician, |_| {}),
        operator("tdt-01", PackageRole::HeadOfSite, |_| {}),
        operator("tdt-02", PackageRole::HeadOfSite, |one| one.site = "0902".to_owned()),
        operator("tdt-03", PackageRole::HeadOfSite, |one| one.revoked = Some("x".to_owned())),
        operator("tdt-04", PackageRole::HeadOfSite, |one| one.pin = None),
        operator("hd-01", PackageRole::Board, |_| {}),
    ]
}

/// A desk of a package, with this person on duty.
pub(crate) fn desk_of(on_duty: &str) -> Desk {
    let mut desk = Desk::new(DeskPolicy { registry_asked: false, ..DeskPolicy::default() });
    let operators = staff();
    let mut rules = SignIn::default();
    rules.ask(&operators, "0901", on_duty, desk.now).unwrap();
    let Attempt::In(signed_in) = rules.judge(&operators, "0901", Some(PinCheck::Right), desk.now) else { panic!() };
    desk.state.as_mut().unwrap().on_duty = OnDuty::SignedIn(signed_in);
    desk.operator = Code::new(on_duty).unwrap();
    desk.context.staff = Some(Arc::new(Staff { operators, site: "0901".to_owned() }));
    desk
}

pub(crate) fn input(desk: &mut Desk, input: Input) {
    desk.give(Event::Input(input));
}

pub(crate) fn exception(desk: &Desk) -> ExceptionView {
    let Screen::Exception(exception) = desk.screen() else { panic!("{:?}", desk.screen()) };
    exception
}

pub(crate) fn idle(desk: &Desk) -> IdleView {
    let Screen::Idle(idle) = desk.screen() else { panic!("{:?}", desk.screen()) };
    idle
}

pub(crate) fn rule(desk: &mut Desk, ruling: Ruling) {
    desk.later(400);
    let meaning = desk.meaning();
    input(desk, Input::Ruled(ruling, meaning));
}

pub(crate) fn people(desk: &Desk) -> SignInView {
    let ExceptionStage::Person(_, people) = exception(desk).stage else { panic!("{:?}", exception(desk).stage) };
    people
}

pub(crate) fn codes(desk: &Desk) -> Vec<String> {
    people(desk).operators.into_iter().map(|one| one.code).collect()
}

pub(crate) fn prove(desk: &mut Desk, code: &str, pin: &str) {
    let index = codes(desk).iter().position(|one| one == code).expect("among those who may");
    input(desk, Input::ChoseOperator(index));
    input(desk, Input::EnteredPin(Secret::new(pin.to_owned())));
}

pub(crate) fn is_recorded(desk: &Desk) -> bool {
    matches!(exception(desk).stage, ExceptionStage::Recorded(..))
}

pub(crate) fn arrived(desk: &Desk) -> usize {
    desk.state.as_ref().expect("a state").arrivals.len()
}

/// Somebody whose card has expired is sent to the head of site.
pub(crate) fn refer(desk: &mut Desk, number: &str) {
    desk.scan(number).card().identity(number, chip(Overall::Warn, Some(Failure::ChipNotAsked)));
    desk.finished(chip(Overall::Warn, Some(Failure::ChipNotAsked))).chose(Choice::Refer).go_on().lift();
}

pub(crate) fn open_first(desk: &mut Desk) {
    input(desk, Input::OpenWaiting);
    let ExceptionStage::List(rows) = exception(desk).stage else { panic!("{:?}", exception(desk).stage) };
    input(desk, Input::PickedWaiting(rows[0].id));
}

pub(crate) fn let_in(desk: &mut Desk, number: &str) {
    desk.scan(number).card().identity(number, good()).finished(good()).chose(Choice::Admit).go_on().lift();
}

pub(crate) fn send_without_card(desk: &mut Desk) {
    let id = desk.context.roster.ids()[0];
    desk.later(400);
    let meaning = desk.meaning();
    input(desk, Input::WithoutCard(id, meaning));
    rule(desk, Ruling::Refer(WithoutCard::Forgotten));
    assert!(is_recorded(desk));
    desk.go_on();
}

/// Sent while the registry has not answered yet.
pub(crate) fn refer_asking(desk: &mut Desk) {
    desk.scan(HERE).card().identity(HERE, chip(Overall::Warn, Some(Failure::ChipNotAsked)));
    desk.finished(chip(Overall::Warn, Some(Failure::ChipNotAsked))).later(2_500).chose(Choice::Refer).go_on().lift();
}
