//! What reaches the window that nobody planned: a scanner that types into the wrong field, names in pieces and with faces.

use crate::desk_support::{World, card, good, person};
use crate::seat::{Packed, Plain, words};
use diemdanh::record::AttendanceEvent;
use std::fs;
use unicode_normalization::UnicodeNormalization as _;

/// Everything that a code may be typed into: somebody's PIN, the time of a signal, the scripts of a room. None of them takes it,
/// none of them counts a try, and the right text is taken afterwards.
#[test]
fn a_code_in_the_wrong_field_is_no_pin_no_time_and_no_number() {
    let mut desk = Packed::new();
    desk.seat.until("Quét QR trên thẻ");
    desk.seat.press("Hiệu lệnh");
    desk.seat.press("Đã phát trước đó");
    desk.seat.scans(&person(1).qr());
    desk.seat.until_so("a wrong time", || true);
    assert!(!desk.seat.sees("Phạm Văn Thử"), "no time, nobody is asked: {:?}", desk.seat.labels());
    desk.seat.key(egui::Key::Escape);
    desk.seat.press("Hiệu lệnh vừa phát");
    desk.seat.press("Phạm Văn Thử");
    desk.seat.until("Gõ mã PIN trong thư");
    desk.seat.scans(&person(1).qr());
    desk.seat.until("Gõ mã PIN trong thư");
    desk.seat.types(crate::desk_package_support::PIN);
    desk.seat.until("ĐÃ GHI — HIỆU LỆNH TÍNH GIỜ");
    let events = desk.ends();
    let is_wrong_pin = |event: &&AttendanceEvent| format!("{event:?}").contains("pin-wrong");
    assert_eq!(events.iter().filter(is_wrong_pin).count(), 0, "a scan is no try: {events:?}");
    assert_eq!(words(&events), ["start-signal"]);
}

/// A list whose letters come in pieces and with faces: whoever comes is found by the card, and shown as the chip writes it.
#[test]
fn names_in_pieces_and_with_faces_are_drawn_and_found() {
    let world = World::alone();
    let path = world.path("roster.csv");
    let (name, other) = (person(0).full_name.clone(), person(1).full_name.clone());
    let pieces: String = name.nfd().collect();
    assert_ne!(pieces, name);
    let list = fs::read_to_string(&path).unwrap();
    let list = list.replacen(&name, &pieces, 1).replacen(&other, &format!("{other} 😀"), 1);
    fs::write(&path, list).unwrap();
    let mut desk = Plain::of(world);
    desk.seat.good_card(0);
    desk.seat.until("HỢP LỆ");
    desk.seat.press("Cho vào");
    desk.seat.until("ĐÃ GHI NHẬN — MỜI VÀO");
    desk.seat.goes_on();
    desk.seat.comes(&person(1), card(&good(&person(1))));
    desk.seat.until(&other);
    // The number is hers, whatever stands behind her name in the list.
    desk.seat.until("01\u{a0}000001");
    desk.seat.until("Mời Trưởng Điểm thi");
    assert_eq!(words(&desk.ends()).iter().filter(|word| *word == "check-in").count(), 1);
}
