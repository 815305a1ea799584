//! The board's window, as a member of a board finds it: pages by key, rows by what is typed, sheets and the way back.

use egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use review::answer::Found;
use review::book::{
    Block, Book, Line, List, Mark, OpenCase, Overview, Point, PointKind, Row, SessionSummary, Sheet, Timeline, Wanted,
    Whom,
};
use review::decision::CaseState;
use review::order::Order;
use review::{CaseId, Counts, EntryId, LogId};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use ui::review::asking::Question;
use ui::review::words::ReviewWords;
use ui::review::{Loading, ReviewApp, ReviewLink};
use ui::style;
use words::Language;

/// As many people as sit the national exam.
const COUNTRY: u32 = 1_160_000;

/// A book of made-up rows; counts how many it was asked for.
#[derive(Default)]
pub(crate) struct MadeUp {
    pub(crate) asked: Arc<AtomicUsize>,
    /// How often the cases have changed.
    pub(crate) changed: u8,
}

impl Book for MadeUp {
    fn title(&self) -> String {
        "Kỳ thi thử — board.example/tn".to_owned()
    }

    fn sessions(&self) -> Vec<String> {
        vec!["Buổi 1".to_owned(), "Buổi 2".to_owned()]
    }

    fn overview(&self, _: Language) -> Overview {
        let session = |title: &str| SessionSummary {
            title: title.to_owned(),
            counts: Counts { listed: 600, present: 588, absent: 9, not_known: 3, ..Counts::default() },
            differing: (2, 25),
            arrivals: vec![10, 80, 160, 240, 90, 8],
            slices_from: -25,
            last_entry: Some(15),
        };
        let missing =
            Line { text: "buổi b1, điểm 09, bàn 3: chưa nhận".to_owned(), mark: Mark::Look, opens: None };
        Overview {
            sessions: self.sessions().iter().map(|title| session(title)).collect(),
            logs: (24, 25),
            missing: vec![missing],
            cases: vec![("Lượt vào đã được rút lại".to_owned(), 3, 1)],
            overdue: 2,
        }
    }

    fn find(&self, list: List, wanted: &Wanted) -> Vec<u32> {
        let all = if list == List::People { COUNTRY } else { 30 };
        let rows = 0..if wanted.text.is_empty() { all } else { 2 };
        if wanted.sort.is_some_and(|(_, is_turned)| is_turned) { rows.rev().collect() } else { rows.collect() }
    }

    fn row(&self, list: List, number: u32, _: Language) -> Row {
        self.asked.fetch_add(1, Ordering::Relaxed);
        Row { cells: vec![format!("{list:?} {number}"), "ô".to_owned()], mark: Mark::Look }
    }

    fn sheet(&self, list: List, number: u32, _: Language) -> Option<Sheet> {
        let block = |title: &str| Block {
            title: title.to_owned(),
            lines: vec![Line {
                text: "đi tiếp".to_owned(), mark: Mark::Plain, opens: Some((List::Cases, number + 1))
            }],
        };
        let beside = (list == List::Cases).then(|| block("bên kia"));
        if list == List::Rooms {
            let line = Line { text: "bản ghi".to_owned(), mark: Mark::Plain, opens: None };
            let long = Block { title: "dài".to_owned(), lines: vec![line; 2_500] };
            return Some(Sheet { title: "tờ dài".to_owned(), blocks: vec![(long, None)], timeline: None });
        }
        let timeline = (list == List::Desks).then(timeline);
        let blocks = match &timeline {
            Some(_) => vec![(entries(), None)],
            None => vec![(block("bên này"), beside)],
        };
        Some(Sheet { title: format!("tờ {list:?} {number}"), blocks, timeline })
    }

    fn open_case(&self, number: u32, language: Language) -> Option<OpenCase> {
        let is_english = language == Language::English;
        Some(OpenCase {
            id: case_id(number),
            title: format!("tờ Cases {number}"),
            seen: record::Digest([self.changed; 32]),
            states: CaseState::ALL.map(|state| (state, format!("thành {}", state.word()))).to_vec(),
            explanations: vec![
                ("came-back".to_owned(), if is_english { "came back" } else { "ra rồi vào lại" }.to_owned()),
                ("guest".to_owned(), "thi nhờ".to_owned()),
            ],
            found: Found::ALL.map(|found| (found, format!("là {}", found.word()))).to_vec(),
            steps: vec![(entry(), "bước cũ".to_owned())],
        })
    }

    fn case_row(&self, id: CaseId) -> Option<u32> {
        (0..30).find(|number| case_id(*number) == id)
    }

    fn person(&self, number: u32) -> Option<Whom> {
        Some(Whom { cand: record::CandidateRef([7; 16]), folder: format!("ho-so-{number}") })
    }
}

fn case_id(number: u32) -> CaseId {
    let mut id = [0; 16];
    id[..4].copy_from_slice(&number.to_be_bytes());
    CaseId(id)
}

pub(crate) fn entry() -> EntryId {
    let log = LogId::new("board.example/tn/hd-01/board").expect("four parts");
    EntryId { log, place: record::EntryRef { segment: 1, seq: 1 }, leaf: record::Digest([9; 32]) }
}

/// Ten entries, one a minute; then nothing for twenty, the clock moves, and the end.
fn entries() -> Block {
    let line = |text: String| Line { text, mark: Mark::Plain, opens: None };
    Block { title: "nhật ký".to_owned(), lines: (0..14).map(|at| line(format!("dòng {at}"))).collect() }
}

fn timeline() -> Timeline {
    let point = |at_ms, kind, text: &str, line| Point { at_ms, kind, text: text.to_owned(), line };
    let mut points = vec![point(0, PointKind::Start, "mở nhật ký", 0)];
    points.extend((1..10).map(|at| point(at * 60_000, PointKind::Arrival, &format!("lượt vào {at}"), at as usize)));
    points.push(point(540_000, PointKind::Gap { until_ms: 1_740_000 }, "hai mươi phút không ghi", 10));
    points.push(point(1_740_000, PointKind::ClockMoved, "đồng hồ lùi", 11));
    points.push(point(1_745_000, PointKind::Anchor, "bên ngoài xác nhận", 12));
    points.push(point(1_750_000, PointKind::Entry, "đóng nhật ký", 13));
    Timeline {
        ends: ["07:00:00".to_owned(), "07:29:10".to_owned()],
        span_ms: 1_750_000,
        confirmed_ms: Some(1_745_000),
        points,
    }
}

/// Whoever answers beside the window: at once, or when it is told to.
#[derive(Default)]
pub(crate) struct Lent(Mutex<Option<Vec<Question>>>);

impl Lent {
    fn ask(&self, question: Question) {
        let Ok(mut held) = self.0.lock() else { panic!("somebody who asked has died") };
        match &mut *held {
            Some(waiting) => waiting.push(question),
            None => {
                drop(held);
                question();
            }
        }
    }

    pub(crate) fn hold(&self) {
        if let Ok(mut held) = self.0.lock() {
            *held = Some(Vec::new());
        }
    }

    /// Answers what waits, and everything else at once from now on.
    pub(crate) fn answer(&self) {
        let waiting = self.0.lock().ok().and_then(|mut held| held.take());
        waiting.unwrap_or_default().into_iter().for_each(|question| question());
    }
}

pub(crate) struct Shown {
    pub(crate) lent: Arc<Lent>,
    pub(crate) harness: Harness<'static>,
    pub(crate) orders: Arc<Mutex<Vec<Order>>>,
    news: SyncSender<Loading>,
    asked: Arc<AtomicUsize>,
    stopped: Arc<AtomicUsize>,
}

fn shown() -> Shown {
    let (news, heard) = sync_channel(8);
    let (asked, stopped) = (Arc::default(), Arc::new(AtomicUsize::new(0)));
    let stop = Arc::clone(&stopped);
    let orders: Arc<Mutex<Vec<Order>>> = Arc::default();
    let taken = Arc::clone(&orders);
    let lent: Arc<Lent> = Arc::default();
    let answers = Arc::clone(&lent);
    let link = ReviewLink {
        news: heard,
        stop: Box::new(move || {
            stop.fetch_add(1, Ordering::Relaxed);
        }),
        order: Box::new(move |order| taken.lock().map(|mut orders| orders.push(order)).is_ok()),
        beside: Box::new(move |question| answers.ask(question)),
        keys: ["/khoa/hd-01.key".to_owned(), String::new()],
        folder: "/ho-so/".to_owned(),
    };
    let Ok(mut app) = ReviewApp::new(link, Language::Vietnamese) else { panic!("the words do not load") };
    let harness = Harness::builder()
        .with_size(style::DESIGN_SIZE)
        .with_context_setup(style::install)
        .build_ui(move |ui| app.frame(ui));
    Shown { lent, harness, orders, news, asked, stopped }
}

/// A window over an exam that was read.
pub(crate) fn open() -> Shown {
    let mut shown = shown();
    shown.tell(Loading::Done(Arc::new(MadeUp { asked: Arc::clone(&shown.asked), changed: 0 })));
    shown.harness.run_steps(3);
    shown
}

impl Shown {
    /// Whoever works beside the window is gone.
    pub(crate) fn hang_up(&mut self) {
        let (other, _) = sync_channel(1);
        drop(std::mem::replace(&mut self.news, other));
    }

    pub(crate) fn tell(&self, news: Loading) {
        assert!(self.news.send(news).is_ok(), "the window hears");
    }

    pub(crate) fn press(&mut self, key: Key) {
        self.harness.key_press(key);
        self.harness.run_steps(3);
    }

    pub(crate) fn press_with(&mut self, modifiers: egui::Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.harness.run_steps(3);
    }

    /// One character a frame, as a keyboard gives them.
    pub(crate) fn type_in(&mut self, text: &str) {
        for letter in text.chars() {
            self.harness.event(egui::Event::Text(letter.to_string()));
            self.harness.step();
        }
        self.harness.run_steps(2);
    }

    pub(crate) fn sees(&self, text: &str) -> bool {
        self.harness.query_all_by(|node| node.label().is_some_and(|label| label.contains(text))).next().is_some()
            || self.harness.query_all_by(|node| node.value().is_some_and(|value| value.contains(text))).next().is_some()
    }
}

#[test]
fn both_languages_have_every_word() {
    for language in [Language::Vietnamese, Language::English] {
        ReviewWords::load(language).expect("the words");
    }
}

#[test]
fn an_exam_is_read_with_a_way_to_stop() {
    let mut shown = shown();
    shown.harness.run_steps(2);
    shown.tell(Loading::Progress(3, 25));
    shown.harness.run_steps(3);
    assert!(shown.sees("Đang kiểm tra"), "it says what it does");
    shown.harness.get_by_label("Dừng").click();
    shown.harness.run_steps(3);
    assert_eq!(shown.stopped.load(Ordering::Relaxed), 1);
    shown.tell(Loading::Stopped);
    shown.harness.run_steps(3);
    assert!(shown.sees("Đã dừng"));
}

#[test]
fn what_cannot_be_read_is_said() {
    let mut shown = shown();
    shown.tell(Loading::Failed("exam.toml, dòng 4".to_owned()));
    shown.harness.run_steps(3);
    assert!(shown.sees("Không đọc được") && shown.sees("exam.toml, dòng 4"));
}

#[test]
fn whoever_reads_dies_and_the_window_says_so() {
    let mut shown = shown();
    shown.hang_up();
    shown.harness.run_steps(3);
    assert!(shown.sees("Đã dừng"), "never a bar that stands for ever");
}

#[test]
fn first_page_tells_who_was_there_and_what_is_missing() {
    let shown = open();
    for text in [
        "Kỳ thi thử",
        "Buổi 1",
        "588",
        "! 3",
        "! 2 / 25",
        "24 / 25",
        "bàn 3: chưa nhận",
        "rút lại: 3, cần xem 1",
        "!! Vụ việc quá hạn: 2",
    ] {
        assert!(shown.sees(text), "{text}");
    }
}

#[test]
fn a_country_is_scrolled_by_row_and_only_what_is_in_sight_is_asked_for() {
    let mut shown = open();
    shown.press(Key::F8);
    assert!(shown.sees("People 0,") && shown.sees("1160000 dòng"));
    let before = shown.asked.load(Ordering::Relaxed);
    shown.press_with(egui::Modifiers::CTRL, Key::End);
    assert!(shown.sees("People 1159999,"), "the last row can be reached");
    let asked = shown.asked.load(Ordering::Relaxed) - before;
    assert!(asked <= 6 * 40, "{asked} rows for some frames");
    shown.press(Key::PageUp);
    assert!(!shown.sees("People 1159999,") || shown.sees("People 1159970,"), "a page further up");
    shown.press_with(egui::Modifiers::CTRL, Key::Home);
    assert!(shown.sees("People 0,"));
}

#[test]
fn letters_find_arrows_choose_enter_opens_and_escape_goes_back() {
    let mut shown = open();
    shown.press(Key::F8);
    shown.type_in("đặng");
    assert!(shown.sees("2 dòng") && shown.sees("đặng"), "typed without pressing into the line first");
    shown.press(Key::ArrowDown);
    shown.press(Key::Enter);
    assert!(shown.sees("tờ People 1"));
    shown.harness.get_by_label("đi tiếp").click();
    shown.harness.run_steps(3);
    assert!(shown.sees("tờ Cases 2") && shown.sees("bên kia"), "both sides beside each other");
    shown.press(Key::Escape);
    assert!(shown.sees("tờ People 1"));
    shown.press(Key::Escape);
    assert!(shown.sees("2 dòng"), "what was typed is still there");
    shown.press(Key::Escape);
    assert!(shown.sees("1160000 dòng"), "and goes with the next");
}

#[test]
fn what_a_long_log_does_not_show_is_counted() {
    let mut shown = open();
    shown.press(Key::F6);
    shown.press(Key::Enter);
    assert!(shown.sees("… + 500"), "of 2,500 lines");
}

#[test]
fn a_heading_sorts_turns_round_and_gives_the_order_back() {
    let mut shown = open();
    shown.press(Key::F7);
    for first in ["Desks 0,", "Desks 29,", "Desks 0,"] {
        shown.harness.get_by_label("Bàn").click();
        shown.harness.run_steps(3);
        assert!(shown.sees(first), "{first}");
    }
}

#[test]
fn lines_that_lead_in_a_circle_do_not_pile_up() {
    let mut shown = open();
    shown.press(Key::F9);
    shown.press(Key::Enter);
    for _ in 0..40 {
        shown.harness.get_all_by_label("đi tiếp").next().expect("a line").click();
        shown.harness.run_steps(2);
    }
    for _ in 0..33 {
        shown.press(Key::Escape);
    }
    assert!(shown.sees("30 dòng"), "the way back ends");
}

#[test]
fn language_changes_on_every_page() {
    let mut shown = open();
    for page in [Key::F5, Key::F6, Key::F7, Key::F8, Key::F9] {
        shown.press(page);
        shown.press(Key::F2);
        assert!(shown.sees("F7  Desks and logs"), "{page:?}");
        shown.press(Key::F2);
        assert!(shown.sees("F7  Bàn và nhật ký"), "{page:?}");
    }
}

#[test]
fn what_is_looked_for_is_looked_for_beside_the_window() {
    let mut shown = open();
    shown.press(Key::F8);
    assert!(shown.sees("People 2") && shown.sees("1160000"), "everybody");
    shown.lent.hold();
    shown.type_in("an");
    assert!(shown.sees("…") && !shown.sees("1160000"), "no number stands for what was not counted");
    // Enter means what was typed, and not who is still in sight.
    shown.press(Key::Enter);
    assert!(!shown.sees("tờ People"), "nothing is opened before it is found");
    shown.lent.answer();
    shown.harness.run_steps(3);
    assert!(shown.sees("tờ People 0"), "the first of what was typed");
}

#[test]
fn what_nobody_waits_for_any_more_changes_nothing() {
    let mut shown = open();
    shown.press(Key::F8);
    shown.lent.hold();
    shown.press(Key::Enter);
    shown.press(Key::F7);
    shown.lent.answer();
    shown.harness.run_steps(3);
    assert!(!shown.sees("tờ People") && shown.sees("Desks 1"), "another page was meant by then");
}

#[test]
fn nothing_is_written_about_a_sheet_that_is_made_again() {
    let mut shown = open();
    shown.press(Key::F9);
    shown.press(Key::Enter);
    assert!(shown.sees("tờ Cases 0"));
    shown.lent.hold();
    shown.tell(Loading::Done(Arc::new(MadeUp { asked: Arc::clone(&shown.asked), changed: 1 })));
    shown.harness.run_steps(3);
    shown.press(Key::F10);
    assert!(shown.sees("tờ Cases 0") && !shown.sees("thành"), "its row may be another case's by now");
    shown.lent.answer();
    shown.harness.run_steps(3);
    shown.press(Key::F10);
    assert!(shown.sees("thành"), "it is the same case");
}
