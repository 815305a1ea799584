//! d. A flag.

use crate::desk_support::{World, card, good, person};
use crate::seat::{Packed, Plain, words};
use diemdanh::lab::issuer::people::Person;
use diemdanh::lab::issuer::{Fault, Issuer, Making};
use diemdanh::lab::registry_stub::StubSettings;

fn saying(verdict: &str) -> Plain {
    Plain::of(World::asking(StubSettings { otherwise: verdict.to_owned(), ..StubSettings::default() }))
}

/// Sent to the head of site; what was written.
fn referred(mut desk: Plain) -> Vec<String> {
    desk.seat.press("Mời Trưởng Điểm thi");
    desk.seat.until("MỜI TRƯỞNG ĐIỂM THI");
    words(&desk.ends())
}

#[test]
fn s14_expired_card() {
    let old = Person { expiry: Some(jiff::civil::date(2024, 2, 15)), ..person(0) };
    let mut desk = Plain::of(World::asking(StubSettings::default()));
    desk.seat.comes(&old, card(&good(&old)));
    desk.seat.until("CẦN QUYẾT ĐỊNH");
    assert!(desk.seat.sees("Thẻ đã hết hạn"));
    assert_eq!(referred(desk), ["referred"]);
}

#[test]
fn s15_registry_has_other_data() {
    let mut desk = saying("mismatch/full_name");
    desk.seat.good_card(0);
    desk.seat.until("CẦN QUYẾT ĐỊNH");
    assert!(desk.seat.sees("CSDL dân cư ghi thông tin khác"), "{:?}", desk.seat.labels());
    assert_eq!(referred(desk), ["referred"]);
}

#[test]
fn s16_revoked_before_admission() {
    let mut desk = saying("card_invalid/revoked");
    desk.seat.good_card(0);
    desk.seat.until("DỪNG LẠI");
    assert!(desk.seat.sees("CSDL dân cư báo thẻ không còn hiệu lực"));
    assert_eq!(referred(desk), ["referred"]);
}

/// The answer comes when he is in: the notice stands on every screen until somebody answers for it.
#[test]
fn s17_revoked_after_admission() {
    let slow =
        StubSettings { otherwise: "card_invalid/revoked".to_owned(), delay_ms: 4_000, ..StubSettings::default() };
    let mut desk = Plain::of(World::asking(slow));
    desk.seat.good_card(0);
    desk.seat.until("HỢP LỆ — CHƯA TRA CỨU CSDL");
    desk.seat.press("Cho vào");
    desk.seat.until("ĐÃ GHI NHẬN — MỜI VÀO");
    desk.seat.goes_on();
    desk.seat.until("ĐÃ VÀO · SBD 01\u{a0}000000");
    assert!(desk.seat.sees("Báo Trưởng Điểm thi"));
    desk.seat.press("Đã báo Trưởng Điểm thi");
    assert_eq!(words(&desk.ends()), ["check-in", "late-answer"]);
}

#[test]
fn s18_altered_cloned_unknown() {
    let cases = [
        (Issuer::lab(), Some(Fault::TamperedDg1), "DỪNG LẠI", "Dữ liệu trên chip không khớp chữ ký"),
        (Issuer::lab(), Some(Fault::Clone), "DỪNG LẠI", "Không xác thực được chip"),
        (Issuer::unknown(), None, "CẦN QUYẾT ĐỊNH", "bàn này chưa biết cơ quan cấp"),
    ];
    for (issuer, fault, headline, why) in cases {
        let mut desk = Plain::of(World::alone());
        let data = issuer.unwrap().issue(&person(0), &Making { fault, ..Making::default() }).unwrap();
        desk.seat.comes(&person(0), card(&data));
        desk.seat.until(headline);
        assert!(desk.seat.sees(why), "{why}");
        assert!(!desk.seat.sees("Cho vào  ["), "{why}");
        assert_eq!(referred(desk), ["referred"]);
    }
}

#[test]
fn s19_portrait_is_doubted() {
    let mut desk = Packed::new();
    desk.seat.good_card(0);
    desk.seat.until("HỢP LỆ — HÃY SO ẢNH");
    desk.seat.press("Nghi ngờ ảnh — vẫn cho vào");
    desk.seat.until("Người thứ hai xác nhận bằng mã PIN");
    desk.seat.proves("Phạm Văn Thử");
    desk.seat.until("ĐÃ GHI — MỜI VÀO, NGHI NGỜ ẢNH");
    assert_eq!(words(&desk.ends()), ["portrait-doubted", "check-in"]);
}
