//! e. Changed afterwards.

use crate::desk_support::{card, good, person};
use crate::seat::{Packed, words};
use diemdanh::lab::issuer::people::Person;

fn admitted() -> Packed {
    let mut desk = Packed::new();
    desk.seat.good_card(0);
    desk.seat.until("HỢP LỆ — HÃY SO ẢNH");
    desk.seat.press("Cho vào");
    desk.seat.until("ĐÃ GHI NHẬN — MỜI VÀO");
    desk.seat.goes_on();
    desk
}

#[test]
fn s20_wrong_person_admitted() {
    let mut desk = admitted();
    desk.seat.press("Sửa lượt vừa ghi · SBD 01\u{a0}000000");
    desk.seat.press("Ghi nhầm người");
    desk.seat.proves("Phạm Văn Thử");
    desk.seat.until("ĐÃ GHI — LƯỢT VÀO KHÔNG TÍNH");
    assert_eq!(words(&desk.ends()), ["check-in", "undo"]);
}

#[test]
fn s21_comes_in_again() {
    let mut desk = admitted();
    desk.seat.good_card(0);
    desk.seat.until("ĐÃ VÀO TRƯỚC ĐÓ");
    desk.seat.press("Vào lại");
    desk.seat.until("ĐÃ GHI NHẬN — MỜI VÀO");
    assert_eq!(words(&desk.ends()), ["check-in", "re-entry"]);
}

/// A second card of the same number, of another person: the invigilator sees another portrait.
#[test]
fn s22_second_card_of_a_number_that_is_in() {
    let mut desk = admitted();
    let other = Person { face: 7, ..person(0) };
    desk.seat.comes(&other, card(&good(&other)));
    desk.seat.until("ĐÃ VÀO TRƯỚC ĐÓ");
    desk.seat.press("Báo nghi trùng");
    desk.seat.until("ĐÃ GHI NHẬN — BÁO NGHI TRÙNG");
    assert_eq!(words(&desk.ends()), ["check-in", "duplicate-reported"]);
}

#[test]
fn s23_decided_on_paper() {
    let mut desk = Packed::new();
    desk.seat.until("Quét QR trên thẻ");
    desk.seat.looks_up("nguyen van mau");
    desk.seat.press("Không đọc được thẻ");
    desk.seat.press("Đã cho vào — gõ giờ");
    desk.seat.until("Gõ giờ hôm nay");
    let now = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(7)));
    desk.seat.types(&now.strftime("%H:%M").to_string());
    desk.seat.proves("Phạm Văn Thử");
    // What nobody saw at the desk takes the PIN of whoever is on duty, too.
    desk.seat.until("Lê Thị Mẫu");
    desk.seat.types(crate::desk_package_support::PIN);
    desk.seat.until("ĐÃ GHI — QUYẾT ĐỊNH TRÊN GIẤY");
    let written = words(&desk.ends());
    assert_eq!(written.last().map(String::as_str), Some("paper-decision"), "{written:?}");
}
