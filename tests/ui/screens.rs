//! Buttons by their label, keys by their name: what a person presses is what the desk gets.

use crate::views;
use diemdanh::checkin::event::{Choice, Input, NotAdmittedReason};
use diemdanh::checkin::view::{CandidateId, CaseView, Screen, StageView, View};
use diemdanh::ui::app::{App, DeskLink};
use diemdanh::ui::style;
use egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

/// A window over one literal view, and what it sent.
pub(crate) struct Window {
    pub(crate) harness: Harness<'static>,
    sent: Rc<RefCell<Vec<Input>>>,
}

pub(crate) fn window(view: View) -> Window {
    let sent = Rc::new(RefCell::new(Vec::new()));
    let (view, inbox) = (Arc::new(view), Rc::clone(&sent));
    let link = DeskLink {
        view: Box::new(move || Arc::clone(&view)),
        send: Box::new(move |input| inbox.borrow_mut().push(input)),
    };
    let Ok(mut app) = App::new(link, None) else { panic!("the words do not load") };
    let harness = Harness::builder()
        .with_size(style::DESIGN_SIZE)
        .with_context_setup(style::install)
        .build_ui(move |ui| app.frame(ui));
    Window { harness, sent }
}

impl Window {
    pub(crate) fn press(&mut self, key: Key) -> Vec<Input> {
        self.harness.key_press(key);
        self.harness.run_steps(3);
        self.sent.borrow_mut().drain(..).collect()
    }

    pub(crate) fn type_text(&mut self, text: &str) -> Vec<Input> {
        self.harness.run_steps(2);
        self.harness.event(egui::Event::Text(text.to_owned()));
        self.harness.run_steps(2);
        self.sent.borrow_mut().drain(..).collect()
    }

    pub(crate) fn click(&mut self, label: &str) -> Vec<Input> {
        self.harness.get_by_label(label).click();
        self.harness.run_steps(3);
        self.sent.borrow_mut().drain(..).collect()
    }
}

fn verdict(stage: StageView) -> View {
    views::view(Screen::Verdict(CaseView { stage, ..views::admit() }))
}

#[test]
fn main_button_is_pressed_by_enter_and_by_hand() {
    let view = verdict(StageView::Deciding(vec![Choice::Admit, Choice::Refer, Choice::NotAdmitted]));
    assert_eq!(window(view.clone()).press(Key::Enter), [Input::Chose(Choice::Admit)]);
    assert_eq!(window(view.clone()).click("Cho vào  [Enter]"), [Input::Chose(Choice::Admit)]);
    assert_eq!(window(view.clone()).press(Key::F6), [Input::Chose(Choice::Refer)]);
    assert_eq!(window(view).press(Key::F7), [Input::Chose(Choice::NotAdmitted)]);
}

#[test]
fn escape_goes_back_and_reasons_have_numbers() {
    let view = verdict(StageView::ChoosingReason);
    assert_eq!(window(view.clone()).press(Key::Escape), [Input::Back]);
    assert_eq!(window(view).press(Key::Num2), [Input::Reason(NotAdmittedReason::Documents)]);
}

#[test]
fn nothing_can_be_pressed_while_the_record_is_written() {
    let view = verdict(StageView::Recording);
    for key in [Key::Enter, Key::F6, Key::F7, Key::Num1] {
        assert!(window(view.clone()).press(key).is_empty(), "{key:?}");
    }
}

#[test]
fn scan_goes_into_the_line_without_a_click() {
    let mut idle = window(views::view(Screen::Idle(Default::default())));
    idle.harness.run_steps(2);
    idle.harness.event(egui::Event::Text("099208000017|".to_owned()));
    idle.harness.run_steps(2);
    let sent = idle.press(Key::Enter);
    assert_eq!(sent.last(), Some(&Input::Entered("099208000017|".to_owned())));
}

#[test]
fn scan_for_the_next_person_ends_the_last_one() {
    let receipt = diemdanh::checkin::view::ReceiptView { entry: "1/1".to_owned(), time: "06:00:00".to_owned() };
    let mut recorded = window(verdict(StageView::Recorded(receipt)));
    recorded.harness.event(egui::Event::Text("099".to_owned()));
    recorded.harness.run_steps(1);
    assert_eq!(recorded.sent.borrow().first(), Some(&Input::Chose(Choice::Continue)));
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
    let sent = window(view).click("Nguyễn Thị Hồng Ngọc Anh\nSBD 01000147");
    assert_eq!(sent, [Input::Picked(CandidateId([3; 16]))]);
}

#[test]
fn what_is_said_about_namesakes_stands_above_the_buttons() {
    for (wanted, last_line) in [("verdict_same_name", "Trùng tên"), ("verdict_several_rows", "Trùng lặp")] {
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
