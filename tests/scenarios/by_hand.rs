//! b. Looked up by hand.

use crate::desk_support::{World, card, person};
use crate::seat::{Packed, Plain, words};
use diemdanh::lab::issuer::passport::Passport;
use diemdanh::lab::issuer::{Issuer, Making};
use std::fs;

/// Looked up by name, without a card that can be read; decided by the head of site.
fn without_a_card(why: &str, ground: &str) {
    let mut desk = Packed::new();
    desk.seat.until("Quét QR trên thẻ");
    desk.seat.looks_up("nguyen van mau");
    desk.seat.until("SBD 01\u{a0}000000");
    desk.seat.press("Không đọc được thẻ");
    desk.seat.press(why);
    desk.seat.press("Tiếp tục");
    desk.seat.press("Đang chờ Trưởng Điểm thi (1)");
    desk.seat.press("SBD 01\u{a0}000000");
    desk.seat.press(ground);
    desk.seat.proves("Phạm Văn Thử");
    desk.seat.until("ĐÃ GHI — CHO VÀO THEO QUYẾT ĐỊNH");
    let written = words(&desk.ends());
    let decided: Vec<&String> = written.iter().filter(|word| *word != "person-viewed").collect();
    assert_eq!(decided, ["referred", "manual-decision"]);
}

#[test]
fn s06_no_card_at_all() {
    without_a_card("Không mang thẻ", "Đã viết cam đoan");
}

#[test]
fn s07_electronic_id() {
    without_a_card("Căn cước điện tử trên điện thoại", "Lệnh của Hội đồng thi");
}

#[test]
fn s08_dead_chip() {
    without_a_card("Thẻ không đọc được chip", "Đã so thẻ in và ảnh");
}

/// The second printed line alone, typed by hand.
#[test]
fn s09_passport() {
    let passport = Passport { state: "VNM", number: "C0990017" };
    let world = World::alone();
    let path = world.path("roster.csv");
    fs::write(&path, fs::read_to_string(&path).unwrap().replacen(&person(0).number, passport.number, 1)).unwrap();
    let mut desk = Plain::of(world);
    desk.seat.until("Quét QR trên thẻ");
    let [first, second] = passport.lines(&person(0));
    desk.seat.types(&first);
    desk.seat.until("Đã nhận dòng thứ nhất của hộ chiếu");
    desk.seat.types(&second.to_lowercase());
    let making = Making { passport: Some(passport), ..Making::default() };
    desk.seat.field.insert(card(&Issuer::lab().unwrap().issue(&person(0), &making).unwrap()));
    desk.seat.until("HỢP LỆ — HÃY SO ẢNH");
    assert!(desk.seat.sees("khớp số hộ chiếu và nước cấp"), "{:?}", desk.seat.labels());
    assert!(desk.seat.sees("VNM C0"), "the number, covered: {:?}", desk.seat.labels());
    desk.seat.press("Cho vào");
    desk.seat.until("ĐÃ GHI NHẬN — MỜI VÀO");
    assert_eq!(words(&desk.ends()), ["check-in"]);
}
