//! Before there is a desk: packages and who signs in.

use crate::screens::window;
use crate::views::view;
use crate::views_preparing::{offer, package, sign_in};
use bits::secret::Secret;
use checkin::event::Input;
use checkin::view::*;
use egui::Key;

#[test]
fn the_only_package_is_taken_by_enter_and_by_hand() {
    assert_eq!(window(package()).press(Key::Enter), [Input::TakePackage(PackageId(7))]);
    assert_eq!(window(package()).click("Nhận gói này  [Enter]"), [Input::TakePackage(PackageId(7))]);
}

#[test]
fn among_several_packages_enter_takes_none() {
    let packages = PackagesView { offers: vec![offer(true), offer(false)], ..PackagesView::default() };
    let several = view(Screen::Preparing(PreparingView::Packages(packages)));
    assert_eq!(window(several).press(Key::Enter), []);
}

#[test]
fn a_package_that_cannot_be_used_yet_has_no_button() {
    let early = OfferView { from: Some("06:00 11/06/2027".to_owned()), ..offer(true) };
    let packages = PackagesView { offers: vec![early], ..PackagesView::default() };
    let early = view(Screen::Preparing(PreparingView::Packages(packages)));
    assert_eq!(window(early).press(Key::Enter), []);
}

#[test]
fn people_are_chosen_by_number_and_a_pin_is_typed_without_a_click() {
    assert_eq!(window(sign_in(|_| {})).press(Key::Num2), [Input::ChoseOperator(1)]);
    let mut pin = window(sign_in(|view| view.chosen = Some(0)));
    assert_eq!(pin.type_text("593972"), []);
    assert_eq!(pin.press(Key::Enter), [Input::EnteredPin(Secret::new("593972".to_owned()))]);
}

#[test]
fn while_it_is_locked_no_pin_is_taken() {
    for change in [|view: &mut SignInView| view.locked_s = Some(15), |view: &mut SignInView| view.stopped = true] {
        let mut locked = window(sign_in(|view| {
            view.chosen = Some(0);
            change(view);
        }));
        locked.type_text("593972");
        assert_eq!(locked.press(Key::Enter), []);
    }
}
