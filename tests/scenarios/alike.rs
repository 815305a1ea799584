//! c. Alike.

use crate::desk_support::{World, card, good, person};
use crate::seat::{Plain, words};
use diemdanh::lab::issuer::people::Person;
use std::fs;

/// A desk whose list was changed.
fn listed(change: impl FnOnce(&str) -> String) -> Plain {
    let world = World::alone();
    let path = world.path("roster.csv");
    let list = fs::read_to_string(&path).unwrap();
    let changed = change(&list);
    assert_ne!(list, changed);
    fs::write(&path, changed).unwrap();
    Plain::of(world)
}

#[test]
fn s10_namesakes_in_one_room() {
    let (own, other) = (person(0), person(1));
    let mut desk = listed(|list| list.replacen(&other.full_name, &own.full_name, 1));
    desk.seat.until("Quét QR trên thẻ");
    desk.seat.looks_up("nguyen van mau");
    desk.seat.until("Tên giống hoặc gần giống");
    let looked = || words(&desk.world.events()).contains(&"person-viewed".to_owned());
    desk.seat.until_so("the look in the log", looked);
    // The rows have taken the place of the instruction.
    desk.seat.scans(&own.qr());
    desk.seat.field.insert(card(&good(&own)));
    desk.seat.until("HỢP LỆ — HÃY SO ẢNH");
    desk.seat.press("Cho vào");
    desk.seat.until("ĐÃ GHI NHẬN — MỜI VÀO");
    let written = words(&desk.ends());
    assert!(written.contains(&"person-viewed".to_owned()) && written.contains(&"check-in".to_owned()), "{written:?}");
}

#[test]
fn s11_same_name_and_birth_date_another_number() {
    let mut desk = listed(|list| list.replacen(&person(0).number, "099208999999", 1));
    desk.seat.good_card(0);
    desk.seat.until("CẦN QUYẾT ĐỊNH");
    assert!(desk.seat.sees("Cùng tên và ngày sinh, khác số"));
    desk.seat.press("Mời Trưởng Điểm thi");
    desk.seat.until("MỜI TRƯỞNG ĐIỂM THI");
    assert_eq!(words(&desk.ends()), ["referred"]);
}

#[test]
fn s12_old_number_in_the_list() {
    let own = person(8);
    let old = own.old_number.clone().unwrap();
    let mut desk = listed(|list| list.replacen(&own.number, &old, 1));
    desk.seat.good_card(8);
    desk.seat.until("CẦN QUYẾT ĐỊNH");
    assert!(desk.seat.sees("Danh sách ghi số CMND cũ"));
    desk.seat.press("Mời Trưởng Điểm thi");
    desk.seat.until("MỜI TRƯỞNG ĐIỂM THI");
    assert_eq!(words(&desk.ends()), ["referred"]);
}

/// The list has a letter that only looks like Đ, or the name in another form of Unicode.
#[test]
fn s13_name_written_otherwise() {
    let own: Person = person(4);
    let other = own.full_name.replace('Đ', "Ð");
    assert_ne!(own.full_name, other);
    let mut desk = listed(|list| list.replacen(&own.full_name, &other, 1));
    desk.seat.good_card(4);
    desk.seat.until("HỢP LỆ — HÃY SO ẢNH");
    desk.seat.press("Cho vào");
    desk.seat.until("ĐÃ GHI NHẬN — MỜI VÀO");
    assert_eq!(words(&desk.ends()), ["check-in"]);
}
