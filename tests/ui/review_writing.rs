//! A member writes at the board's window: nothing without its own key, nothing twice, nothing out of date.

use crate::review::{MadeUp, Shown, entry, open};
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use review::answer::Found;
use review::decision::CaseState;
use review::order::{Decision, What};
use std::sync::Arc;
use ui::review::Loading;

const SECRET: &str = "mot cau du dai";

impl Shown {
    fn fill(&mut self, name: &str, text: &str) {
        self.harness.get_by_role_and_label(Role::TextInput, name).focus();
        self.harness.run_steps(2);
        self.type_in(text);
    }

    fn passphrase(&mut self, name: &str, text: &str) {
        self.harness.get_by_role_and_label(Role::PasswordInput, name).focus();
        self.harness.run_steps(2);
        self.type_in(text);
    }

    fn click(&mut self, label: &str) {
        self.harness.get_by_label(label).click();
        self.harness.run_steps(3);
    }

    fn ordered(&self) -> usize {
        self.orders.lock().expect("orders").len()
    }

    fn decision(&self) -> Decision {
        match self.orders.lock().expect("orders").pop().expect("an order").what {
            What::Decide(decision) => *decision,
            What::HandOver { .. } => panic!("a decision"),
        }
    }

    /// A held key: it goes down again and again.
    fn hold(&mut self, key: Key) {
        for repeat in [false, true, true, true] {
            let modifiers = Modifiers::NONE;
            self.harness.event(Event::Key { key, physical_key: None, pressed: true, repeat, modifiers });
            self.harness.step();
        }
        self.harness.event(Event::Key {
            key,
            physical_key: None,
            pressed: false,
            repeat: false,
            modifiers: Modifiers::NONE,
        });
        self.harness.run_steps(2);
    }
}

/// A step that decides, typed and not yet confirmed.
fn typed() -> Shown {
    let mut shown = open();
    shown.press(Key::F9);
    shown.press(Key::Enter);
    shown.press(Key::F10);
    assert!(shown.sees("Ghi bước giải quyết · tờ Cases 0"));
    shown.click("thành decided");
    shown.fill("Căn cứ, một dòng", "Đã xem biên bản số 3");
    shown
}

/// The same on its last screen, with both keys.
fn signed() -> Shown {
    let mut shown = typed();
    shown.press(Key::F11);
    assert!(shown.sees("Sẽ ghi · tờ Cases 0"));
    shown.passphrase("Mật khẩu (1)", SECRET);
    shown.fill("Tệp khóa (2)", "hd-02.key");
    shown.passphrase("Mật khẩu (2)", "mot cau khac");
    shown
}

#[test]
fn two_members_decide_and_the_page_is_read_again() {
    let mut shown = typed();
    shown.click("ra rồi vào lại [came-back]");
    shown.harness.get_all_by_label("là ruled-out").nth(1).expect("of the second explanation").click();
    shown.harness.run_steps(3);
    shown.fill("thi nhờ: dựa vào đâu", "không có lệnh");
    shown.fill("Hạn (ngày/tháng/năm)", "1/7/2026");
    shown.fill("Hỏi ai (cách nhau bằng dấu ;)", "giám thị 1; thí sinh");
    shown.press(Key::F11);
    for text in [
        "Sẽ ghi · tờ Cases 0",
        "Tình trạng sau bước này: thành decided",
        "ra rồi vào lại: chưa trả lời",
        "thi nhờ: là ruled-out không có lệnh",
        "Kết luận, là một mã: came-back",
        "Căn cứ, một dòng: Đã xem biên bản số 3",
        "01/07/2026",
        "Cần hai thành viên cùng ký",
        "Cần tệp khóa và mật khẩu của cả hai",
    ] {
        assert!(shown.sees(text), "{text}");
    }
    shown.press(Key::F12);
    assert_eq!(shown.ordered(), 0, "nobody has signed");
    shown.passphrase("Mật khẩu (1)", SECRET);
    shown.press(Key::F12);
    assert_eq!(shown.ordered(), 0, "one of two");
    shown.fill("Tệp khóa (2)", "hd-02.key");
    shown.passphrase("Mật khẩu (2)", "mot cau khac");
    shown.press(Key::F12);
    assert_eq!(shown.ordered(), 1);
    assert!(shown.sees("Đang ký và ghi"));
    let decision = shown.decision();
    let step = &decision.step;
    assert_eq!(
        (step.state, step.ruling.as_str(), step.reason.as_str()),
        (CaseState::Decided, "came-back", "Đã xem biên bản số 3")
    );
    let answers: Vec<_> = step.answers.iter().map(|one| (one.code.as_str(), one.found, one.words.as_str())).collect();
    assert_eq!(answers, [("guest", Found::RuledOut, "không có lệnh")]);
    assert_eq!(step.duties.asked, ["giám thị 1", "thí sinh"]);
    let signers: Vec<_> =
        decision.signers.iter().map(|one| (one.key.as_str(), one.passphrase.expose().as_str())).collect();
    assert_eq!(signers, [("/khoa/hd-01.key", SECRET), ("hd-02.key", "mot cau khac")]);
    shown.tell(Loading::Told(true, "ĐÃ GHI: board.example/tn/hd-01/board 1 1".to_owned()));
    shown.harness.run_steps(3);
    assert!(shown.sees("hd-01/board 1 1"));
    shown.press(Key::Escape);
    assert!(shown.sees("Đang đọc lại") && !shown.sees("F10  Ghi bước"), "nothing is begun on what may be out of date");
    shown.press(Key::F10);
    assert!(!shown.sees("Ghi bước giải quyết ·"));
    shown.tell(Loading::Done(Arc::new(MadeUp { changed: 1, ..MadeUp::default() })));
    shown.harness.run_steps(3);
    assert!(shown.sees("tờ Cases 0") && shown.sees("F10  Ghi bước"));
}

#[test]
fn nothing_is_signed_by_enter_or_space_or_a_held_key_or_twice() {
    let mut shown = signed();
    let sign = shown.harness.get_by_label("F12  Ký và ghi");
    sign.focus();
    shown.harness.run_steps(2);
    shown.hold(Key::Enter);
    shown.hold(Key::Space);
    assert_eq!(shown.ordered(), 0, "the button has the focus, and takes a hand's click alone");
    for repeat in [true, true] {
        let modifiers = Modifiers::NONE;
        shown.harness.event(Event::Key { key: Key::F11, physical_key: None, pressed: true, repeat, modifiers });
        shown.harness.step();
    }
    assert_eq!(shown.ordered(), 0);
    shown.harness.get_by_label("F12  Ký và ghi").click();
    shown.harness.step();
    shown.harness.run_steps(1);
    shown.hold(Key::F12);
    assert_eq!(shown.ordered(), 1, "what was sent is not sent again");
    shown.press(Key::Escape);
    shown.press(Key::F12);
    shown.press(Key::F9);
    assert!(shown.sees("Đang ký và ghi"), "nobody leaves before it has ended");
    assert_eq!(shown.ordered(), 1);
}

#[test]
fn a_double_click_on_the_way_signs_nothing() {
    let mut shown = typed();
    let at = shown.harness.get_by_label("F11  Xem lại trước khi ký").rect().center();
    for _ in 0..2 {
        for pressed in [true, false] {
            let button = egui::PointerButton::Primary;
            shown.harness.event(Event::PointerMoved(at));
            shown.harness.event(Event::PointerButton { pos: at, button, pressed, modifiers: Modifiers::NONE });
            shown.harness.step();
        }
    }
    shown.harness.run_steps(3);
    assert!(shown.sees("Sẽ ghi · tờ Cases 0"), "the first half leads on");
    assert_eq!(shown.ordered(), 0);
}

#[test]
fn a_scan_into_the_reason_is_refused_and_goes_nowhere() {
    let mut shown = typed();
    shown.fill("Căn cứ, một dòng", "099123456789|099123456|Người Mẫu|01012008|Nam");
    shown.press(Key::Enter);
    shown.press(Key::F11);
    assert!(shown.sees("Có chín chữ số liền nhau"));
    assert!(!shown.sees("Sẽ ghi ·"), "it does not go on");
    assert_eq!(shown.ordered(), 0);
}

#[test]
fn what_failed_can_be_tried_again_with_the_passphrase_typed_anew() {
    let mut shown = signed();
    shown.press(Key::F12);
    let _ = shown.decision();
    shown.tell(Loading::Told(false, "hd-01.key: mật khẩu không đúng".to_owned()));
    shown.tell(Loading::Done(Arc::new(MadeUp::default())));
    shown.harness.run_steps(3);
    assert!(shown.sees("CHƯA GHI XONG") && shown.sees("mật khẩu không đúng"));
    shown.press(Key::Escape);
    assert!(shown.sees("Sẽ ghi · tờ Cases 0") && shown.sees("Đã xem biên bản số 3"), "nothing has to be typed again");
    shown.press(Key::F12);
    assert_eq!(shown.ordered(), 0, "but the passphrases");
    shown.passphrase("Mật khẩu (1)", "dung");
    shown.passphrase("Mật khẩu (2)", "cung dung");
    shown.press(Key::F12);
    assert_eq!(shown.decision().signers[0].passphrase.expose(), "dung");
}

#[test]
fn a_case_that_changed_meanwhile_is_looked_at_again_first() {
    let mut shown = signed();
    shown.tell(Loading::Done(Arc::new(MadeUp { changed: 1, ..MadeUp::default() })));
    shown.harness.run_steps(3);
    assert!(shown.sees("Vụ việc đã thay đổi từ lúc mở ra"));
    shown.press(Key::F12);
    assert_eq!(shown.ordered(), 0);
    shown.press(Key::Escape);
    shown.press(Key::Escape);
    shown.press(Key::F10);
    assert!(!shown.sees("Đã xem biên bản số 3"), "what was typed about what is no more is gone");
}

#[test]
fn a_draft_that_was_left_is_there_again_and_a_step_is_taken_back() {
    let mut shown = typed();
    shown.press(Key::Escape);
    assert!(shown.sees("F10  Ghi bước"));
    shown.press(Key::F10);
    assert!(shown.sees("Đã xem biên bản số 3"));
    shown.click("giữ nguyên");
    shown.click("bước cũ");
    shown.press(Key::F11);
    assert!(shown.sees("Rút lại bước: bước cũ") && shown.sees("Cần hai thành viên"), "what took two takes two");
    shown.passphrase("Mật khẩu (1)", SECRET);
    shown.fill("Tệp khóa (2)", "hd-02.key");
    shown.passphrase("Mật khẩu (2)", SECRET);
    shown.press(Key::F12);
    let step = shown.decision().step;
    assert_eq!((step.undoes, step.state), (Some(entry()), CaseState::New));
}

#[test]
fn a_step_that_says_nothing_is_none_and_one_member_is_enough_for_an_answer() {
    let mut shown = open();
    shown.press(Key::F9);
    shown.press(Key::Enter);
    shown.press(Key::F10);
    assert!(shown.sees("Chưa có gì để ghi"));
    shown.harness.get_all_by_label("là fits").next().expect("of the first").click();
    shown.harness.run_steps(3);
    assert!(shown.sees("Cần căn cứ"));
    shown.fill("Căn cứ, một dòng", "camera 3");
    shown.fill("Hạn (ngày/tháng/năm)", "31/2/2026");
    assert!(shown.sees("Ngày chưa đúng"));
    shown.fill("Hạn (ngày/tháng/năm)", "");
    shown.press_with(Modifiers::COMMAND, Key::A);
    shown.press(Key::Delete);
    shown.press(Key::F11);
    assert!(shown.sees("Một thành viên ký"));
    shown.passphrase("Mật khẩu (1)", SECRET);
    shown.press(Key::F12);
    assert_eq!(shown.decision().signers.len(), 1);
}

#[test]
fn a_passphrase_stands_nowhere_on_the_screen() {
    let mut shown = signed();
    assert!(!shown.sees(SECRET) && !shown.sees("mot cau khac"));
    shown.press(Key::F2);
    assert!(shown.sees("Will be written") && !shown.sees(SECRET), "the other language keeps what was typed");
    assert!(shown.sees("came back: not answered") && shown.sees("Đã xem biên bản số 3"));
    shown.press(Key::F12);
    assert_eq!(shown.ordered(), 1);
}

#[test]
fn whoever_writes_is_gone_and_the_window_says_so() {
    let mut shown = signed();
    shown.press(Key::F12);
    shown.hang_up();
    shown.harness.run_steps(3);
    assert!(shown.sees("CHƯA GHI XONG"));
}

#[test]
fn a_persons_papers_go_into_a_folder_of_their_own() {
    let mut shown = open();
    shown.press(Key::F8);
    shown.press(Key::Enter);
    shown.press(Key::F10);
    assert!(shown.sees("Lưu hồ sơ · tờ People 0") && shown.sees("/ho-so/ho-so-0"));
    shown.press(Key::Enter);
    assert_eq!(shown.ordered(), 0);
    shown.press(Key::F12);
    match shown.orders.lock().expect("orders").pop().map(|order| order.what) {
        Some(What::HandOver { cand, into }) => assert_eq!((cand.0, into.as_str()), ([7; 16], "/ho-so/ho-so-0")),
        _ => panic!("a folder"),
    }
    shown.tell(Loading::Told(true, "ĐÃ LƯU".to_owned()));
    shown.harness.run_steps(3);
    assert!(shown.sees("ĐÃ LƯU"));
    shown.press(Key::Escape);
    assert!(shown.sees("tờ People 0"));
}

#[test]
fn a_log_is_gone_through_on_its_line_of_time_by_keys() {
    let mut shown = open();
    shown.press(Key::F7);
    shown.press(Key::Enter);
    for text in
        ["13 bản ghi", "| bắt đầu ghi: 1", "+ bên ngoài xác nhận: 1", "… khoảng trống: 1", "!! đồng hồ bị chỉnh: 1"]
    {
        assert!(shown.sees(text), "{text}");
    }
    assert!(shown.harness.query_by_role_and_label(Role::Image, "Nhật ký theo thời gian").is_some());
    let right = |shown: &mut Shown, text: &str| {
        shown.press_with(Modifiers::CTRL, Key::ArrowRight);
        assert!(shown.sees(text), "{text}");
    };
    right(&mut shown, "mở nhật ký");
    shown.press(Key::ArrowRight);
    assert!(shown.sees("lượt vào 1"));
    for text in ["hai mươi phút không ghi", "đồng hồ lùi", "bên ngoài xác nhận"] {
        right(&mut shown, text);
    }
    shown.press(Key::End);
    assert!(shown.sees("đóng nhật ký"));
    shown.press(Key::ArrowRight);
    assert!(shown.sees("đóng nhật ký"), "there is nothing behind it");
    shown.press_with(Modifiers::CTRL, Key::ArrowLeft);
    shown.press_with(Modifiers::CTRL, Key::ArrowLeft);
    assert!(shown.sees("đồng hồ lùi"));
    shown.press(Key::Home);
    assert!(shown.sees("mở nhật ký"));
    shown.press(Key::F2);
    assert!(shown.sees("13 entries · | starts: 1"));
}
