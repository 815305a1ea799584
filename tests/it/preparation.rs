//! The machine before there is a session: whatever comes in whatever order, one PIN is checked at a time, a wrong one is
//! kept before the next is tried, and nobody begins without a right one.

use crate::sign_in;
use diemdanh::bits::secret::Secret;
use diemdanh::checkin::event::Input;
use diemdanh::checkin::preparation::*;
use diemdanh::checkin::preparing::{OfferView, PackageId, PreparingView};
use diemdanh::checkin::view::Screen;
use diemdanh::crypto::pin::PinCheck;
use jiff::tz::Offset;
use proptest::prelude::*;

fn bare() -> BareDesk {
    let name = |text: &str| text.to_owned();
    BareDesk {
        exam: name("exam"),
        site: String::new(),
        desk: name("1"),
        training: true,
        outside_package: false,
        utc_offset: Offset::UTC,
        version: name("0"),
    }
}

fn offered(is_kept: bool) -> Offered {
    let offer = OfferView {
        id: PackageId(1),
        exam: String::new(),
        session: String::new(),
        site: String::new(),
        rows: 1,
        version: 1,
        held: None,
        until: String::new(),
        from: None,
        signer: String::new(),
        fingerprint: String::new(),
        is_kept,
    };
    let operators = sign_in::Desk::new().operators;
    Offered { offer, site: "0901".to_owned(), operators, is_clock_disputed: false }
}

fn opened() -> PreparationEvent {
    let rules = diemdanh::checkin::sign_in::SignIn::default();
    PreparationEvent::Opened { places: Vec::new(), rules, are_pins_lost: false, confirmed: Default::default() }
}

fn event(kind: u8) -> PreparationEvent {
    match kind {
        0 => opened(),
        1 => PreparationEvent::Looked(FoundPackages { offered: vec![offered(false)], ..FoundPackages::default() }),
        2 => PreparationEvent::Looked(FoundPackages { offered: vec![offered(true)], ..FoundPackages::default() }),
        3 => PreparationEvent::Taken(Ok(Box::new(offered(true)))),
        4 => PreparationEvent::Checked(Some(PinCheck::Right)),
        5 => PreparationEvent::Checked(Some(PinCheck::Wrong)),
        6 => PreparationEvent::Checked(None),
        7 => PreparationEvent::WrongPinKept,
        8 => PreparationEvent::Input(Input::TakePackage(PackageId(1))),
        9 => PreparationEvent::Input(Input::ChoseOperator(0)),
        10 => PreparationEvent::Input(Input::EnteredPin(Secret::new("000000".to_owned()))),
        11 => PreparationEvent::Input(Input::Back),
        _ => PreparationEvent::Tick,
    }
}

proptest! {
    #[test]
    fn one_pin_at_a_time_and_nobody_begins_without_a_right_one(
        kinds in proptest::collection::vec(prop_oneof![4 => 0_u8..13, 1 => Just(10_u8), 1 => Just(9_u8)], 0..80),
    ) {
        let (mut desk, mut checking, mut keeping, mut right, mut begun) =
            (Preparation::new(bare(), sign_in::at(0)), false, false, false, false);
        for (second, kind) in (0..).zip(kinds) {
            // Hands answer what they were asked, and nothing else.
            if matches!(kind, 4..=6) && !checking || kind == 7 && !keeping {
                continue;
            }
            checking &= !matches!(kind, 4..=6);
            keeping &= kind != 7;
            right = kind == 4 || right && !matches!(kind, 5 | 6);
            let (next, effects) = desk.step(sign_in::at(second), event(kind));
            desk = next;
            for effect in effects {
                match effect {
                    PreparationEffect::CheckPin { .. } => {
                        prop_assert!(!checking && !keeping && !begun, "a PIN while another one is not dealt with");
                        (checking, right) = (true, false);
                    }
                    PreparationEffect::KeepWrongPin { code } => {
                        prop_assert!(!code.is_empty() && !keeping);
                        keeping = true;
                    }
                    PreparationEffect::Begin { .. } => {
                        prop_assert!(right && !begun, "somebody begins without a right PIN");
                        begun = true;
                    }
                    _ => {}
                }
            }
        }
    }
}

/// Nobody is shown "no package" before anybody has looked for one.
#[test]
fn before_the_first_look_the_screen_says_nothing_about_packages() {
    let (desk, effects) = Preparation::new(bare(), sign_in::at(0)).step(sign_in::at(0), opened());
    assert_eq!(effects, [PreparationEffect::Look]);
    assert!(matches!(desk.view(sign_in::at(0)).screen, Screen::Preparing(PreparingView::Working)));
    let (desk, _) = desk.step(sign_in::at(0), PreparationEvent::Looked(FoundPackages::default()));
    assert!(matches!(desk.view(sign_in::at(0)).screen, Screen::Preparing(PreparingView::Packages(_))));
}

/// Sticks are looked at again and again: what was pressed names a package, not a place in a list that may be another by now.
#[test]
fn what_was_pressed_is_taken_wherever_it_stands_by_then() {
    let (desk, _) = Preparation::new(bare(), sign_in::at(0)).step(sign_in::at(0), opened());
    let (mut other, mut meant) = (offered(false), offered(false));
    (other.offer.id, meant.offer.id) = (PackageId(8), PackageId(7));
    let before = FoundPackages { offered: vec![meant.clone()], ..FoundPackages::default() };
    let (desk, _) = desk.step(sign_in::at(1), PreparationEvent::Looked(before));
    let after = FoundPackages { offered: vec![other, meant], ..FoundPackages::default() };
    let (desk, _) = desk.step(sign_in::at(2), PreparationEvent::Looked(after));
    let (_, effects) = desk.step(sign_in::at(2), PreparationEvent::Input(Input::TakePackage(PackageId(7))));
    assert!(matches!(effects.as_slice(), [PreparationEffect::Take(PackageId(7))]), "{effects:?}");
}
