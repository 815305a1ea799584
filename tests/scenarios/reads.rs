//! a. A card that reads.

use crate::desk_support::{World, card, good, person};
use crate::seat::{Plain, words};
use diemdanh::lab::card::CardFault;
use diemdanh::lab::registry_stub::{StubFault, StubSettings};
use diemdanh::record::{AttendanceEvent, RegistryState};

#[test]
fn s01_scanned_and_laid() {
    let mut desk = Plain::of(World::asking(StubSettings::default()));
    desk.seat.good_card(0);
    desk.seat.until("HỢP LỆ — HÃY SO ẢNH");
    assert!(desk.seat.sees("P12"), "the room is on the screen");
    desk.seat.press("Cho vào");
    desk.seat.until("ĐÃ GHI NHẬN — MỜI VÀO");
    assert_eq!(words(&desk.ends()), ["check-in"]);
}

#[test]
fn s02_card_first_key_after() {
    let mut desk = Plain::of(World::asking(StubSettings::default()));
    desk.seat.field.insert(card(&good(&person(0))));
    desk.seat.until("Thẻ đã đặt lên");
    desk.seat.scans(&person(0).qr());
    desk.seat.until("HỢP LỆ — HÃY SO ẢNH");
    desk.seat.press("Cho vào");
    desk.seat.until("ĐÃ GHI NHẬN — MỜI VÀO");
    assert_eq!(words(&desk.ends()), ["check-in"]);
}

/// By touch only: six digits on the pad, and its key that enters them.
#[test]
fn s03_six_digits() {
    let mut desk = Plain::of(World::asking(StubSettings::default()));
    desk.seat.until("Quét QR trên thẻ");
    for digit in person(0).can().chars() {
        desk.seat.touches(&digit.to_string());
    }
    desk.seat.touches("Nhập");
    desk.seat.field.insert(card(&good(&person(0))));
    desk.seat.until("HỢP LỆ — HÃY SO ẢNH");
    desk.seat.press("Cho vào");
    desk.seat.until("ĐÃ GHI NHẬN — MỜI VÀO");
    assert_eq!(words(&desk.ends()), ["check-in"]);
}

#[test]
fn s04_lifted_at_half_and_put_back() {
    let mut desk = Plain::of(World::asking(StubSettings::default()));
    desk.seat.comes(&person(0), card(&good(&person(0))).with_fault(CardFault::LiftedAt(12)));
    desk.seat.until("Đặt lại thẻ và giữ yên");
    desk.seat.field.insert(card(&good(&person(0))));
    desk.seat.until("HỢP LỆ — HÃY SO ẢNH");
    desk.seat.press("Cho vào");
    desk.seat.until("ĐÃ GHI NHẬN — MỜI VÀO");
    assert_eq!(words(&desk.ends()), ["read-failed", "check-in"]);
}

#[test]
fn s05_registry_silent() {
    let mut desk = Plain::of(World::asking(StubSettings { fault: StubFault::Silent, ..StubSettings::default() }));
    desk.seat.good_card(0);
    desk.seat.until("HỢP LỆ — CHƯA TRA CỨU CSDL");
    desk.seat.press("Cho vào");
    desk.seat.until("ĐÃ GHI NHẬN — MỜI VÀO");
    let events = desk.ends();
    let states: Vec<RegistryState> = events
        .iter()
        .filter_map(|event| if let AttendanceEvent::CheckIn(entry) = event { Some(entry.registry) } else { None })
        .collect();
    assert_eq!(states.len(), 1);
    assert_ne!(states[0], RegistryState::Match);
}

/// A desk without a line says the same, and at once.
#[test]
fn s05_offline() {
    let world = World::asking(StubSettings::default());
    let url = world.registry.as_ref().unwrap().url().to_owned();
    world.change_config(&url, "https://127.0.0.1:9/v1/ask");
    let mut desk = Plain::of(world);
    desk.seat.good_card(0);
    desk.seat.until("HỢP LỆ — CHƯA TRA CỨU CSDL");
    desk.seat.press("Cho vào");
    desk.seat.until("ĐÃ GHI NHẬN — MỜI VÀO");
    assert_eq!(words(&desk.ends()), ["check-in"]);
}
