//! Buttons by their label, keys by their name: what a person presses is what the desk gets.

use crate::views;
use checkin::event::{Choice, Input, Meaning, NotAdmittedReason};
use checkin::state::ScannerHealth;
use checkin::view::{CandidateId, CaseView, Ground, Ruling, Screen, StageView, StatusBar, UndoReason, View};
use egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use ui::app::{App, DeskLink};
use ui::style;

/// A window over one literal view, and what it sent.
pub(crate) struct Window {
    pub(crate) harness: Harness<'static>,
    view: Rc<RefCell<Arc<View>>>,
    now_s: f64,
    sent: Rc<RefCell<Vec<Input>>>,
}

pub(crate) fn window(view: View) -> Window {
    window_of(view, style::DESIGN_SIZE)
}

pub(crate) fn window_of(view: View, size: egui::Vec2) -> Window {
    let sent = Rc::new(RefCell::new(Vec::new()));
    let (view, inbox) = (Rc::new(RefCell::new(Arc::new(view))), Rc::clone(&sent));
    let shown = Rc::clone(&view);
    let link = DeskLink {
        view: Box::new(move || Arc::clone(&shown.borrow())),
        send: Box::new(move |input| inbox.borrow_mut().push(input)),
    };
    let Ok(mut app) = App::new(link, None) else { panic!("the words do not load") };
    let harness =
        Harness::builder().with_size(size).with_context_setup(style::install).build_ui(move |ui| app.frame(ui));
    let now_s = harness.ctx.input(|input| input.time);
    Window { harness, view, now_s, sent }
}

impl Window {
    /// Shows another view from the next frame on.
    pub(crate) fn show(&mut self, view: View) {
        *self.view.borrow_mut() = Arc::new(view);
    }

    /// One frame with these events, `seconds` after the last one.
    pub(crate) fn frame(&mut self, events: Vec<egui::Event>, seconds: f32) -> Vec<Input> {
        self.now_s += f64::from(seconds);
        self.harness.input_mut().time = Some(self.now_s);
        events.into_iter().for_each(|event| self.harness.input_mut().events.push(event));
        self.harness.step();
        self.sent()
    }

    /// Nothing happens for a second; buttons come alive meanwhile.
    pub(crate) fn rest(&mut self) -> Vec<Input> {
        let mut sent = Vec::new();
        for _ in 0..12 {
            sent.extend(self.frame(Vec::new(), 0.1));
        }
        sent
    }

    pub(crate) fn press(&mut self, key: Key) -> Vec<Input> {
        let event = |pressed| egui::Event::Key {
            key,
            physical_key: None,
            pressed,
            repeat: false,
            modifiers: egui::Modifiers::NONE,
        };
        let mut sent = self.frame(vec![event(true)], 0.02);
        sent.extend(self.frame(vec![event(false)], 0.02));
        sent.extend(self.rest());
        sent
    }

    pub(crate) fn type_text(&mut self, text: &str) -> Vec<Input> {
        self.rest();
        let mut sent = self.frame(vec![egui::Event::Text(text.to_owned())], 0.02);
        sent.extend(self.frame(Vec::new(), 0.02));
        sent
    }

    /// Nothing happens for so long, frame by frame.
    pub(crate) fn wait(&mut self, seconds: f32) -> Vec<Input> {
        let mut sent = Vec::new();
        let mut left = seconds;
        while left > 0.0 {
            sent.extend(self.frame(Vec::new(), 0.05));
            left -= 0.05;
        }
        sent
    }

    pub(crate) fn key(&mut self, key: Key, pressed: bool, seconds: f32) -> Vec<Input> {
        self.key_with(egui::Modifiers::NONE, key, pressed, seconds)
    }

    fn key_with(&mut self, modifiers: egui::Modifiers, key: Key, pressed: bool, seconds: f32) -> Vec<Input> {
        self.frame(vec![egui::Event::Key { key, physical_key: None, pressed, repeat: false, modifiers }], seconds)
    }

    pub(crate) fn press_with(&mut self, modifiers: egui::Modifiers, key: Key) -> Vec<Input> {
        let mut sent = self.key_with(modifiers, key, true, 0.02);
        sent.extend(self.key_with(modifiers, key, false, 0.02));
        sent.extend(self.rest());
        sent
    }

    /// A key is held for so long, and let go.
    pub(crate) fn hold_key(&mut self, key: Key, seconds: f32) -> Vec<Input> {
        let mut sent = self.key(key, true, 0.02);
        sent.extend(self.wait(seconds));
        sent.extend(self.key(key, false, 0.02));
        sent.extend(self.rest());
        sent
    }

    /// A finger goes down or up.
    pub(crate) fn finger(&mut self, pos: egui::Pos2, pressed: bool, seconds: f32) -> Vec<Input> {
        let button = egui::PointerButton::Primary;
        let touch = egui::Event::PointerButton { pos, button, pressed, modifiers: egui::Modifiers::NONE };
        let mut sent = self.frame(vec![egui::Event::PointerMoved(pos)], 0.02);
        sent.extend(self.frame(vec![touch], seconds));
        sent
    }

    /// A finger lies on the button for so long.
    pub(crate) fn hold(&mut self, label: &str, seconds: f32) -> Vec<Input> {
        self.rest();
        let place = self.button_at(label);
        let mut sent = self.finger(place, true, 0.02);
        sent.extend(self.wait(seconds));
        sent.extend(self.finger(place, false, 0.02));
        sent.extend(self.rest());
        sent
    }

    pub(crate) fn click(&mut self, label: &str) -> Vec<Input> {
        self.rest();
        let place = self.button_at(label);
        let mut sent = self.click_at(place);
        sent.extend(self.rest());
        sent
    }

    pub(crate) fn button_at(&self, label: &str) -> egui::Pos2 {
        self.harness.get_by_label(label).rect().center()
    }

    pub(crate) fn click_at(&mut self, pos: egui::Pos2) -> Vec<Input> {
        let button = |pressed| egui::Event::PointerButton {
            pos,
            button: egui::PointerButton::Primary,
            pressed,
            modifiers: egui::Modifiers::NONE,
        };
        let mut sent = self.frame(vec![egui::Event::PointerMoved(pos)], 0.02);
        sent.extend(self.frame(vec![button(true)], 0.02));
        sent.extend(self.frame(vec![button(false)], 0.02));
        sent
    }

    fn sent(&mut self) -> Vec<Input> {
        self.sent.borrow_mut().drain(..).collect()
    }
}

fn verdict(stage: StageView) -> View {
    views::view(Screen::Verdict(CaseView { stage, ..views::admit() }))
}

/// A window whose buttons are alive.
pub(crate) fn alive(view: View) -> Window {
    let mut window = window(view);
    window.rest();
    window
}

#[test]
fn every_button_has_a_place_and_a_key_of_its_own() {
    let view = verdict(StageView::Deciding(vec![Choice::Admit, Choice::Refer, Choice::NotAdmitted]));
    let chose = |choice| [Input::Chose(choice, Meaning(0))];
    assert_eq!(alive(view.clone()).press(Key::F5), chose(Choice::Admit));
    assert_eq!(alive(view.clone()).click("Cho vào  [F5]"), chose(Choice::Admit));
    assert_eq!(alive(view.clone()).press(Key::F6), chose(Choice::Refer));
    assert_eq!(alive(view.clone()).press(Key::F7), chose(Choice::NotAdmitted));
    assert_eq!(alive(view).press(Key::Enter), []);
    let asks = verdict(StageView::Deciding(vec![Choice::Refer, Choice::NotAdmitted]));
    assert_eq!(alive(asks.clone()).press(Key::F5), [], "nobody is let in where nobody may be");
    assert_eq!(alive(asks).press(Key::F6), chose(Choice::Refer), "the key stays where it was");
}

#[test]
fn escape_goes_back_and_no_digit_is_a_reason() {
    let view = verdict(StageView::ChoosingReason);
    assert_eq!(alive(view.clone()).press(Key::Escape), [Input::Back]);
    assert_eq!(alive(view.clone()).press(Key::Num2), []);
    assert_eq!(alive(view.clone()).click("Quay lại  [Esc]"), [Input::Back], "a way back by touch");
    let documents = [Input::Reason(NotAdmittedReason::Documents, Meaning(0))];
    assert_eq!(alive(view.clone()).hold("Giấy tờ không hợp lệ", 1.2), documents);
    let mut by_keys = alive(view);
    (0..3).for_each(|_| drop(by_keys.press(Key::Tab)));
    assert_eq!(by_keys.press(Key::Enter), [], "a touch of Enter keeps nobody out");
    assert_eq!(by_keys.hold_key(Key::Enter, 1.2), documents);
}

/// No two buttons of a screen answer to one key, whatever news stands above it.
#[test]
fn every_key_presses_one_button() {
    for (name, view) in views::all() {
        let shown = alive(View { news: Some(views::news()), ..view });
        let buttons = shown.harness.query_all_by(|node| node.role() == egui::accesskit::Role::Button);
        let labels = buttons.filter_map(|node| node.accesskit_node().label());
        let key = |label: String| Some(label.rsplit_once('[')?.1.split_once(']')?.0.to_owned());
        let mut keys: Vec<String> = labels.filter_map(key).collect();
        let count = keys.len();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), count, "{name}: {keys:?}");
    }
}

/// The end that takes two people has a key of its own, also while news waits for an answer.
#[test]
fn news_and_the_end_by_two_do_not_share_a_key() {
    let closing = || View { news: Some(views::news()), ..situation("closing_unsent") };
    let by_two = Input::Chose(Choice::EndUnsent, Meaning(0));
    assert_eq!(alive(closing()).press(Key::F8), [by_two]);
    assert!(matches!(alive(closing()).press(Key::F11)[..], [Input::AnsweredNews(..)]));
}

/// What keeps somebody out, and what ends a session, is held: a touch, a short hold, a finger that slips off, a press that
/// began for something else, a key that was down before.
#[test]
fn what_is_held_is_not_pressed_by_accident() {
    let reasons = || verdict(StageView::ChoosingReason);
    assert_eq!(alive(reasons()).click("Giấy tờ không hợp lệ"), []);
    assert_eq!(alive(reasons()).hold("Giấy tờ không hợp lệ", 0.7), []);
    let mut slipped = alive(reasons());
    let place = slipped.button_at("Giấy tờ không hợp lệ");
    slipped.finger(place, true, 0.02);
    slipped.frame(vec![egui::Event::PointerMoved(place - egui::Vec2::new(0.0, 200.0))], 0.3);
    assert_eq!(slipped.wait(1.5), [], "the finger is on nothing");
    let mut changed = alive(reasons());
    changed.finger(place, true, 0.02);
    changed.wait(0.6);
    changed.show(View { meaning: Meaning(5), ..reasons() });
    assert_eq!(changed.wait(2.0), [], "the button means something else by now");
    let mut taps = alive(reasons());
    taps.finger(place, true, 0.02);
    let touch = |pressed| {
        let button = egui::PointerButton::Primary;
        egui::Event::PointerButton { pos: place, button, pressed, modifiers: egui::Modifiers::NONE }
    };
    assert_eq!(taps.frame(vec![touch(false), touch(true)], 1.5), [], "two taps around a frame that took long");
    let closing = || situation("closing_asking");
    assert_eq!(alive(closing()).press(Key::F10), []);
    assert_eq!(alive(closing()).hold_key(Key::F10, 1.5), []);
    let ended = [Input::Chose(Choice::EndSession, Meaning(0))];
    assert_eq!(alive(closing()).hold_key(Key::F10, 2.2), ended);
    assert_eq!(alive(closing()).hold("Kết thúc — giữ 2 giây  [F10]", 2.2), ended);
    let mut lost = alive(closing());
    lost.key(Key::F10, true, 0.02);
    lost.frame(vec![egui::Event::WindowFocused(false), egui::Event::WindowFocused(true)], 0.1);
    assert_eq!(lost.wait(3.0), [], "another window had the key meanwhile");
}

/// The screen says that somebody is being kept out, and where he would have gone stays there.
#[test]
fn a_reason_is_chosen_under_its_own_headline() {
    let shown = alive(situation("verdict_reasons"));
    for text in ["KHÔNG CHO VÀO — CHỌN LÝ DO", "Giữ nút lý do 1 giây", "0012", "17"] {
        assert!(shown.harness.query_by_label(text).is_some(), "{text}");
    }
}

/// The arrows go from row to row and back into the line; a number picks with Ctrl alone.
#[test]
fn rows_are_picked_by_arrows_and_by_ctrl_and_a_number() {
    let picked = |index: u8| [Input::Picked(CandidateId([index; 16]))];
    let found = || alive(situation("idle_search"));
    let mut by_arrows = found();
    by_arrows.press(Key::ArrowDown);
    by_arrows.press(Key::ArrowDown);
    assert_eq!(by_arrows.press(Key::Enter), picked(2));
    let mut back = found();
    for key in [Key::ArrowDown, Key::ArrowDown, Key::ArrowUp] {
        back.press(key);
    }
    assert_eq!(back.press(Key::Enter), picked(1));
    back.press(Key::ArrowUp);
    back.press(Key::ArrowUp);
    assert_eq!(back.type_text("an"), [Input::Typed("an".to_owned())], "the line has the text again");
    assert_eq!(found().press_with(egui::Modifiers::CTRL, Key::Num2), picked(2));
    assert_eq!(found().press_with(egui::Modifiers::CTRL, Key::Num5), [], "there is no such row");
    let alone = found().press(Key::Num2);
    assert!(!alone.iter().any(|input| matches!(input, Input::Picked(_))), "{alone:?}");
}

/// Whoever was meant exactly stands above people of one name, and has the first number.
#[test]
fn an_exact_match_stands_above_namesakes() {
    let Screen::Idle(search) = situation("idle_same_name").screen else { panic!("no search") };
    let shown = alive(views::view(Screen::Idle(search)));
    let exact = shown.harness.get_by_label_contains("Nguyễn Văn Mẫu").rect();
    let namesakes = shown.harness.get_by_label_contains("Nguyễn Thị Hồng Ngọc Anh").rect();
    assert!(exact.bottom() <= namesakes.top(), "{exact:?} {namesakes:?}");
}

#[test]
fn rows_begin_at_the_left_and_the_rest_is_counted() {
    let mut search = views::search();
    search.more = checkin::view::More::Exactly(4);
    let shown = alive(views::view(Screen::Idle(search)));
    assert!(shown.harness.query_by_label_contains("Còn 4 người").is_some());
}

#[test]
fn nothing_can_be_pressed_while_the_record_is_written() {
    let view = verdict(StageView::Recording);
    for key in [Key::Enter, Key::F5, Key::F6, Key::F7, Key::Num1] {
        assert!(window(view.clone()).press(key).is_empty(), "{key:?}");
    }
}

#[test]
fn scan_for_the_next_person_is_handed_on_from_a_recorded_screen() {
    let receipt = checkin::view::ReceiptView { entry: "1/1".to_owned(), time: "06:00:00".to_owned() };
    let mut recorded = alive(verdict(StageView::Recorded(receipt)));
    let sent = recorded.type_text("099208000017|||||");
    assert_eq!(sent, []);
    assert_eq!(recorded.rest(), [Input::Scanned("099208000017|||||".to_owned())]);
    assert_eq!(recorded.press(Key::Enter), [Input::Continue]);
}

#[test]
fn language_changes_by_key() {
    let mut idle = window(views::view(Screen::Idle(Default::default())));
    assert!(idle.harness.query_by_label_contains("Quét QR trên thẻ").is_some());
    idle.press(Key::F2);
    assert!(idle.harness.query_by_label_contains("Scan the QR on the card").is_some());
}

#[test]
fn namesakes_are_picked_by_name_and_number() {
    let (_, view) = views::all().into_iter().find(|(name, _)| *name == "idle_same_name").expect("the view");
    let sent = window(view).click("Nguyễn Thị Hồng Ngọc Anh\nSBD 01\u{a0}000147");
    assert_eq!(sent, [Input::Picked(CandidateId([3; 16]))]);
}

#[test]
fn what_is_said_about_namesakes_stands_above_the_buttons() {
    for (wanted, last_line) in [("verdict_same_name", "Tên gần giống"), ("verdict_several_rows", "Lượt vào")] {
        let (_, view) = views::all().into_iter().find(|(name, _)| *name == wanted).expect("the view");
        let mut shown = window(view);
        shown.harness.run_steps(3);
        let line = shown.harness.get_by_label(last_line).rect();
        let buttons = shown.harness.query_all_by_role(egui::accesskit::Role::Button).map(|button| button.rect());
        let top = buttons.map(|rect| rect.min.y).filter(|top| *top > line.min.y).fold(f32::INFINITY, f32::min);
        assert!(line.max.y <= top && top < style::DESIGN_SIZE.y, "{wanted}: {line:?} {top}");
    }
}

#[test]
fn every_button_is_large_enough_and_inside_the_window() {
    for (name, view) in views::all() {
        let mut shown = window(view);
        shown.harness.run_steps(3);
        for button in shown.harness.query_all_by_role(egui::accesskit::Role::Button) {
            let rect = button.rect();
            assert!(rect.height() >= style::TARGET_MIN - 0.5, "{name}: {rect:?}");
            assert!(rect.max.y <= style::DESIGN_SIZE.y - style::STATUS_HEIGHT + 0.5, "{name}: {rect:?}");
            assert!(rect.max.x <= style::DESIGN_SIZE.x + 0.5, "{name}: {rect:?}");
        }
    }
}

pub(crate) fn situation(wanted: &str) -> View {
    let found = views::all().into_iter().find(|(name, _)| *name == wanted);
    found.map_or_else(|| panic!("no view is called {wanted}"), |(_, view)| view)
}

#[test]
fn what_two_people_decide_is_pressed_and_never_typed() {
    let ruled = [Input::Ruled(Ruling::Admit(Ground::Undertaking), Meaning(0))];
    let choosing = || alive(situation("waiting_choosing"));
    assert_eq!(choosing().click("Đã viết cam đoan"), ruled);
    for key in [Key::Enter, Key::Space, Key::F5, Key::F7, Key::Num1] {
        assert_eq!(choosing().press(key), [], "{key:?}");
    }
    assert_eq!(choosing().press(Key::Escape), [Input::Back]);
    let mut typed = choosing();
    typed.type_text("1234567890");
    let sent = typed.press(Key::Enter);
    assert_eq!(sent, [Input::Scanned("1234567890".to_owned())], "the end of a scan presses nothing");
}

#[test]
fn a_ruling_that_a_person_has_not_seen_yet_is_not_sent() {
    let mut shown = alive(situation("idle_waiting"));
    shown.show(View { meaning: Meaning(1), guarded_ms: 400, ..situation("undo") });
    shown.frame(Vec::new(), 0.02);
    assert_eq!(shown.click("Ghi nhầm người"), []);
    shown.show(View { meaning: Meaning(1), ..situation("undo") });
    shown.rest();
    let undone = [Input::Ruled(Ruling::Undo(UndoReason::WrongPerson), Meaning(1))];
    assert_eq!(shown.click("Ghi nhầm người"), undone);
}

#[test]
fn those_who_wait_and_the_last_entry_have_keys_on_the_idle_screen_only() {
    let mut idle = alive(situation("idle_waiting"));
    assert_eq!(idle.press(Key::F3), [Input::OpenWaiting]);
    assert_eq!(idle.press(Key::F4), [Input::UndoLast]);
    assert_eq!(alive(situation("verdict_admit")).press(Key::F3), []);
    assert_eq!(alive(situation("waiting_list")).press(Key::F4), []);
}

#[test]
fn the_pin_of_the_second_person_is_typed_into_its_line() {
    let mut pin = alive(situation("waiting_pin"));
    pin.type_text("480913");
    let sent = pin.press(Key::Enter);
    assert!(matches!(sent.as_slice(), [Input::EnteredPin(pin)] if pin.expose() == "480913"), "{sent:?}");
}

#[test]
fn somebody_without_a_card_is_sent_from_his_own_row() {
    let mut found = alive(situation("idle_search_without_card"));
    let buttons: Vec<_> =
        found.harness.query_all_by_label("Không đọc được thẻ").map(|one| one.rect().center()).collect();
    assert_eq!(buttons.len(), 2);
    assert_eq!(found.click_at(buttons[1]), [Input::WithoutCard(CandidateId([2; 16]), Meaning(0))]);
}

/// The fullest bar there is, with a scanner that somebody has to look at: no word of it stands outside the window.
#[test]
fn a_scanner_that_is_not_well_stands_within_the_bar() {
    for scanner in [ScannerHealth::Missing, ScannerHealth::NoRights, ScannerHealth::Busy, ScannerHealth::NotSerial] {
        let bare = views::view(Screen::Idle(Default::default()));
        let mut shown = window(View { status: StatusBar { scanner, ..bare.status.clone() }, ..bare });
        for language in ["Máy quét", "Scanner"] {
            shown.harness.run_steps(3);
            assert!(shown.harness.query_by_label(language).is_some(), "{scanner:?}");
            for node in shown.harness.root().children_recursive() {
                let Some(_) = node.accesskit_node().bounding_box() else { continue };
                let rect = node.rect();
                let is_in_bar = rect.min.y > style::DESIGN_SIZE.y - style::STATUS_HEIGHT * 2.0;
                assert!(!is_in_bar || rect.max.x <= style::DESIGN_SIZE.x, "{scanner:?} {language}: {rect:?}");
            }
            shown.press(Key::F2);
        }
    }
    let mut well = window(views::view(Screen::Idle(Default::default())));
    well.harness.run_steps(3);
    assert!(well.harness.query_by_label("Máy quét").is_none(), "one that is well takes no room");
}
