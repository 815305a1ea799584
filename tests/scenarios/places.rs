//! f. Wrong place or time, and g. not on the list.

use crate::desk_support::{card, good, person};
use crate::seat::{Packed, words};
use diemdanh::package::contents::Contents;
use diemdanh::roster::{Candidate, Roster};
use jiff::{SignedDuration, Timestamp};

/// The first person of the list is expected elsewhere.
fn moved(change: fn(&mut Candidate)) -> impl FnOnce(&mut Contents) {
    move |contents| {
        let mut rows: Vec<Candidate> = contents.people.roster.iter().collect();
        let number = person(0).number;
        rows.iter_mut().for_each(|row| row.session = "Buổi 1".to_owned());
        change(rows.iter_mut().find(|row| *row.id_number.reveal() == number).unwrap());
        contents.front.settings.session.title = "Buổi 1".to_owned();
        contents.people.roster = Roster::new(rows);
    }
}

#[test]
fn s24_another_room() {
    let mut desk = Packed::of(moved(|row| row.room = "P15".to_owned()));
    desk.seat.good_card(0);
    desk.seat.until("SAI PHÒNG — MỜI ĐẾN P15");
    desk.seat.press("Đã hướng dẫn đến đúng nơi");
    desk.seat.until("ĐÃ HƯỚNG DẪN ĐẾN ĐÚNG NƠI");
    assert_eq!(words(&desk.ends()), ["elsewhere"]);
}

#[test]
fn s24_another_site_and_session() {
    for (change, headline) in [
        ((|row: &mut Candidate| row.site = "0902".to_owned()) as fn(&mut Candidate), "SAI ĐIỂM THI"),
        (|row| row.session = "Buổi 2".to_owned(), "SAI BUỔI THI"),
    ] {
        let mut desk = Packed::of(moved(change));
        desk.seat.good_card(0);
        desk.seat.until(headline);
        desk.seat.press("Đã hướng dẫn đến đúng nơi");
        desk.seat.until("ĐÃ HƯỚNG DẪN ĐẾN ĐÚNG NƠI");
        assert_eq!(words(&desk.ends()), ["elsewhere"]);
    }
}

#[test]
fn s24_guest_by_order_of_the_council() {
    let mut desk = Packed::of(moved(|row| row.site = "0902".to_owned()));
    desk.seat.good_card(0);
    desk.seat.until("SAI ĐIỂM THI");
    desk.seat.press("Mời Trưởng Điểm thi");
    desk.seat.goes_on();
    desk.seat.press("Đang chờ Trưởng Điểm thi (1)");
    desk.seat.press("SBD 01\u{a0}000000");
    desk.seat.press("Theo lệnh Hội đồng thi");
    desk.seat.proves("Phạm Văn Thử");
    desk.seat.until("ĐÃ GHI — THI TẠI ĐÂY, LẬP BIÊN BẢN");
    let written = words(&desk.ends());
    assert_eq!(written.last().map(String::as_str), Some("guest"), "{written:?}");
}

/// The exam began so many minutes ago by the plan.
fn began(minutes: i64) -> impl FnOnce(&mut Contents) {
    move |contents| {
        contents.front.settings.session.start = Timestamp::now() - SignedDuration::from_mins(minutes);
    }
}

#[test]
fn s25_late_within_grace() {
    let mut desk = Packed::of(began(7));
    desk.seat.good_card(0);
    desk.seat.until("Muộn 7 phút theo giờ dự kiến");
    desk.seat.press("Cho vào");
    desk.seat.until("ĐÃ GHI NHẬN — MỜI VÀO");
    assert_eq!(words(&desk.ends()), ["check-in"]);
}

#[test]
fn s25_beyond_grace_the_head_decides() {
    let mut desk = Packed::of(began(40));
    desk.seat.good_card(0);
    desk.seat.until("CẦN QUYẾT ĐỊNH");
    assert!(desk.seat.sees("Đến chậm quá giờ cho phép"));
    desk.seat.press("Mời Trưởng Điểm thi");
    desk.seat.goes_on();
    desk.seat.press("Đang chờ Trưởng Điểm thi (1)");
    desk.seat.press("SBD 01\u{a0}000000");
    desk.seat.press("Lệnh của Hội đồng thi");
    desk.seat.proves("Phạm Văn Thử");
    desk.seat.until("ĐÃ GHI — CHO VÀO THEO QUYẾT ĐỊNH");
    let written = words(&desk.ends());
    assert_eq!(written, ["referred", "manual-decision"]);
}

/// The signal is recorded by two people, far from the plan as it is: then nobody is late.
#[test]
fn s25_whole_room_started_late() {
    let mut desk = Packed::of(began(40));
    desk.seat.press("Hiệu lệnh");
    desk.seat.press("Hiệu lệnh vừa phát");
    desk.seat.proves("Phạm Văn Thử");
    desk.seat.until("ĐÃ GHI — HIỆU LỆNH TÍNH GIỜ");
    desk.seat.press("Tiếp tục");
    desk.seat.good_card(0);
    desk.seat.until("HỢP LỆ — HÃY SO ẢNH");
    desk.seat.press("Cho vào");
    desk.seat.until("ĐÃ GHI NHẬN — MỜI VÀO");
    assert_eq!(words(&desk.ends()), ["start-signal", "check-in"]);
}

#[test]
fn s26_a_genuine_card_that_no_list_has() {
    let mut desk = Packed::new();
    desk.seat.comes(&person(9), card(&good(&person(9))));
    desk.seat.until("CẦN QUYẾT ĐỊNH");
    assert!(desk.seat.sees("Không có tên trong danh sách thí sinh"));
    desk.seat.press("Mời Trưởng Điểm thi");
    desk.seat.until("MỜI TRƯỞNG ĐIỂM THI");
    assert_eq!(words(&desk.ends()), ["referred"]);
}

/// The evening before, the board corrected the list: the desk takes the newer package, which names the older one.
#[test]
fn s27_corrected_list() {
    let mut desk = Packed::of(|contents| {
        let rows: Vec<Candidate> = contents.people.roster.iter().collect();
        let corrected = |row: Candidate| {
            if *row.id_number.reveal() == person(0).number { Candidate { seat: "24".to_owned(), ..row } } else { row }
        };
        contents.people.roster = Roster::new(rows.into_iter().map(corrected).collect());
    });
    desk.seat.good_card(0);
    desk.seat.until("HỢP LỆ — HÃY SO ẢNH");
    assert!(desk.seat.sees("24"), "the corrected seat");
    let events = desk.ends();
    let word = |event| serde_json::to_value(event).unwrap()["ev"].as_str().unwrap().to_owned();
    assert!(events.iter().map(word).any(|word| word == "package-loaded"));
}
