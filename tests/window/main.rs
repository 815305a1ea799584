//! Real key events on the real window: XTEST under Xvfb, with a window manager, and with a Vietnamese input method.
//!
//! The window runs in a child process of this very test program (a window wants a process's first thread); it prints what
//! it hands to the desk. What must not happen is shown to have not happened by a key that is pressed last and answers.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "tests stand outside the rooms")]
#![allow(dead_code, reason = "the views are those of the tests of the screens; each program needs some of them")]

extern crate diemdanh_ui as ui;

#[path = "../ui/views.rs"]
mod views;
#[path = "../ui/views_exception.rs"]
mod views_exception;
#[path = "../ui/views_preparing.rs"]
mod views_preparing;

use bits::secret::Secret;
use checkin::contact::ContactId;
use checkin::event::{Choice, Input, Meaning};
use checkin::view::*;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use libtest_mimic::{Arguments, Trial};
use std::cell::RefCell;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdout, Command, ExitCode, Stdio};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use ui::app::{App, DeskLink, WindowOptions, run};
use ui::style::{self, Theme};

/// Names the screen that the child shows.
const SCREEN: &str = "DIEMDANH_TEST_WINDOW";
const PATIENCE: Duration = Duration::from_secs(60);
/// What stands in the line, told for whoever reads why a test failed.
const STANDS: &str = "stands ";
const QR: &str = "099208000017|001234567|Nguyen Van Mau|15022008|Nam|Ha Noi|01012024";

// -- the window --

fn screen(name: &str) -> Screen {
    let choices = vec![Choice::Admit, Choice::Refer, Choice::NotAdmitted];
    match name {
        "verdict" => Screen::Verdict(CaseView { stage: StageView::Deciding(choices), ..views::admit() }),
        "reasons" => Screen::Verdict(CaseView { stage: StageView::ChoosingReason, ..views::admit() }),
        "recorded" => Screen::Verdict(views::recorded()),
        "closing" => Screen::Closing(views::asking(|_| {})),
        "pin" => {
            let view = views_preparing::sign_in(|view| view.chosen = Some(0));
            view.screen
        }
        "idle" | "waits" => Screen::Idle(IdleView::default()),
        "technician" => Screen::Idle(IdleView { examines: true, ..IdleView::default() }),
        "looked_at" => Screen::Verdict(CaseView { stage: StageView::Deciding(choices), ..views::admit() }),
        // Every situation of the tests of the screens, to be looked at.
        other => views::all().into_iter().find(|(name, _)| *name == other).expect("a situation").1.screen,
    }
}

/// What the desk would show next.
fn next(screen: &str, input: &Input) -> Option<&'static str> {
    match (screen, input) {
        (_, Input::Chose(Choice::NotAdmitted, _)) => Some("reasons"),
        (_, Input::Chose(Choice::EndSession, _)) => Some("closing_closed"),
        (_, Input::Chose(..) | Input::Reason(..)) => Some("recorded"),
        (_, Input::EndSession) => Some("closing"),
        (_, Input::Continue) => Some("idle"),
        ("closing", Input::PickedRoom(_)) => Some("closing_counting"),
        ("closing_counting", Input::EnteredCount(_)) => Some("closing"),
        ("closing", Input::TypeArrived) => Some("closing_typing"),
        (_, Input::EnteredCount(text)) if text == "471" => Some("closing_typed"),
        (_, Input::EnteredCount(_)) => Some("closing_typed_other"),
        (_, Input::Examine) => Some("examining"),
        ("examining", Input::Back) => Some("technician"),
        ("waits", Input::Entered(_)) => Some("looked_at"),
        _ => None,
    }
}

/// The desk of the tests has counted as soon as it has heard: what is tried is the window.
fn look(screen: &str, input: Option<&Input>) -> Look {
    match (screen, input) {
        ("looked_at", Some(Input::Painted(_))) => Look::Stands { left_ms: 0 },
        ("looked_at", _) => Look::Wanted(ContactId(7)),
        _ => Look::Free,
    }
}

fn told(input: &Input) -> String {
    match input {
        Input::Entered(text) => format!("entered {text}"),
        Input::Scanned(text) => format!("scanned {text}"),
        Input::EnteredPin(pin) => format!("pin {}", Secret::expose(pin)),
        Input::Typed(text) => format!("{STANDS}{text}"),
        Input::Chose(choice, _) => format!("chose {choice:?}"),
        Input::Reason(reason, _) => format!("reason {reason:?}"),
        Input::EnteredCount(text) => format!("count {text}"),
        other => format!("{other:?}").to_lowercase(),
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout();
    let _ = writeln!(out, "\nwindow: {line}");
    let _ = out.flush();
}

fn main() -> ExitCode {
    if let Ok(name) = std::env::var(SCREEN) {
        show(&name);
        return ExitCode::SUCCESS;
    }
    let tests: [(&str, fn()); 11] = [
        ("digits_come_in_the_order_of_the_keys", digits_come_in_the_order_of_the_keys),
        ("scan_into_the_line_is_what_was_sent", scan_into_the_line_is_what_was_sent),
        ("scan_on_a_verdict_decides_nothing", scan_on_a_verdict_decides_nothing),
        ("held_keys_are_one_press", held_keys_are_one_press),
        ("double_click_on_one_button_presses_no_other", double_click_on_one_button_presses_no_other),
        ("admit_has_a_key_of_its_own_and_enter_dismisses", admit_has_a_key_of_its_own_and_enter_dismisses),
        ("input_method_neither_holds_back_nor_rewrites", input_method_neither_holds_back_nor_rewrites),
        ("nobody_is_let_in_before_the_portrait_was_to_be_seen", nobody_is_let_in_before_the_portrait_was_to_be_seen),
        ("lines_of_a_passport_are_entered_whole", lines_of_a_passport_are_entered_whole),
        ("session_is_ended_by_a_number_and_a_press", session_is_ended_by_a_number_and_a_press),
        ("technician_opens_the_page_of_findings", technician_opens_the_page_of_findings),
    ];
    let trial = |(name, test): (&'static str, fn())| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
    };
    libtest_mimic::run(&Arguments::from_args(), tests.into_iter().map(trial).collect()).exit_code()
}

/// The child's part.
fn show(name: &str) {
    let shown = Rc::new(RefCell::new(Arc::new(views::view(screen(name)))));
    let looked_at = Rc::clone(&shown);
    let view = Box::new(move || Arc::clone(&looked_at.borrow()));
    let now = RefCell::new(name.to_owned());
    let send = Box::new(move |input: Input| {
        say(&told(&input));
        let next = next(&now.borrow(), &input);
        let meaning = shown.borrow().meaning;
        if let Some(next) = next {
            *now.borrow_mut() = next.to_owned();
            let view = View { meaning: Meaning(meaning.0 + 1), look: look(next, None), ..views::view(screen(next)) };
            *shown.borrow_mut() = Arc::new(view);
        } else if matches!(input, Input::Painted(_)) {
            let heard = View { look: look(&now.borrow(), Some(&input)), ..View::clone(&shown.borrow()) };
            *shown.borrow_mut() = Arc::new(heard);
        }
    });
    let options = WindowOptions {
        size: style::DESIGN_SIZE,
        fullscreen: false,
        theme: Theme::default(),
        side_panel: None,
        pilot: None,
    };
    run(DeskLink { view, send }, options, |_| say("ready")).expect("a window");
}

// -- the hands --

/// A display of its own with a window manager, the window on it, and what the window says.
struct Display {
    server: Child,
    helpers: Vec<Child>,
    window: Child,
    number: String,
    lines: Receiver<String>,
}

impl Display {
    fn with(screen: &str) -> Self {
        Self::start(screen, &[], |_| Vec::new())
    }

    fn start(screen: &str, environment: &[(&str, &str)], helpers: impl FnOnce(&str) -> Vec<Child>) -> Self {
        let mut server = Command::new("Xvfb");
        server.args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"]);
        let mut server = quiet(&mut server).stdout(Stdio::piped()).spawn().expect("Xvfb");
        let number = format!(":{}", first_line(server.stdout.as_mut().expect("its output")));
        let mut manager = Command::new("openbox");
        let mut all = vec![quiet(manager.env("DISPLAY", &number)).spawn().expect("openbox")];
        all.extend(helpers(&number));
        let mut window = Command::new(std::env::current_exe().expect("this program"));
        window.env(SCREEN, screen).env("DISPLAY", &number).env_remove("WAYLAND_DISPLAY");
        window.envs(environment.iter().copied()).env("LIBGL_ALWAYS_SOFTWARE", "1");
        let mut window = quiet(&mut window).stdout(Stdio::piped()).spawn().expect("the window");
        let lines = lines_of(window.stdout.take().expect("its output"));
        let display = Self { server, helpers: all, window, number, lines };
        display.expect("ready");
        display.activate();
        // Buttons come alive, and the first frames are drawn.
        display.keys(&["sleep", "1.5"]);
        display
    }

    /// Brings the window to the front, as soon as the window manager takes orders.
    fn activate(&self) {
        let chain = ["search", "--onlyvisible", "--name", "Danh", "windowactivate", "--sync"];
        let done = (0..300).any(|_| self.tool(&chain) || !self.tool(&["sleep", "0.2"]));
        assert!(done, "the window is not to be had");
    }

    /// Runs one chain of commands of xdotool.
    fn keys(&self, words: &[&str]) {
        assert!(self.tool(words), "{words:?}");
    }

    fn tool(&self, words: &[&str]) -> bool {
        let mut tool = Command::new("xdotool");
        let tool = tool.args(words).env("DISPLAY", &self.number);
        quiet(tool).status().expect("xdotool").success()
    }

    /// Types as a scanner or a hand does. An end of a line is a key of its own: as a character it comes as none.
    fn types(&self, text: &str, delay_ms: &str) {
        let mut chain = Vec::new();
        for piece in text.split_inclusive(['\n', '\t']) {
            let letters = piece.trim_end_matches(['\n', '\t']);
            if !letters.is_empty() {
                chain.extend(["type", "--delay", delay_ms, "--args", "1", letters]);
            }
            match piece.chars().last() {
                Some('\n') => chain.extend(["key", "--delay", delay_ms, "Return"]),
                Some('\t') => chain.extend(["key", "--delay", delay_ms, "Tab"]),
                _ => {}
            }
        }
        self.keys(&chain);
    }

    /// Clicks what bears these words on this screen.
    fn click(&self, screen: &str, words: &str) {
        let (x, y) = place_of(screen, words);
        let window = ["search", "--onlyvisible", "--name", "Danh", "mousemove", "--window", "%1"];
        self.keys(&[window.as_slice(), [&*x, &*y, "sleep", "0.1", "click", "1"].as_slice()].concat());
    }

    /// Everything said up to the line that is waited for.
    fn until(&self, last: &str) -> Vec<String> {
        let (mut said, mut stood) = (Vec::new(), Vec::new());
        loop {
            let line = self.lines.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|_| panic!("{last} never came: {said:?}, {stood:#?}"));
            match line.strip_prefix(STANDS) {
                Some(text) => stood.push(text.to_owned()),
                None if line == last => return said,
                None => said.push(line),
            }
        }
    }

    fn expect(&self, line: &str) {
        let said = self.until(line);
        assert!(said.is_empty(), "{said:?}");
    }

    /// What was said before a key is answered that is pressed now.
    fn said(&self) -> Vec<String> {
        self.keys(&["sleep", "0.8", "key", "Escape"]);
        self.until("back")
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        for child in [&mut self.window].into_iter().chain(&mut self.helpers).chain([&mut self.server]) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Where it stands in a window of this size, by the layout of the same window without a display.
fn place_of(name: &str, words: &str) -> (String, String) {
    let view = Arc::new(views::view(screen(name)));
    let link = DeskLink { view: Box::new(move || Arc::clone(&view)), send: Box::new(|_| {}) };
    let Ok(mut app) = App::new(link, None) else { panic!("the words do not load") };
    let builder = Harness::builder().with_size(style::DESIGN_SIZE).with_context_setup(style::install);
    let mut harness = builder.build_ui(move |ui| app.frame(ui));
    harness.run_steps(3);
    let place = harness.query_all_by_label_contains(words).next().expect("on the screen").rect().center();
    // The harness leaves a margin around every window.
    (format!("{:.0}", place.x - 8.0), format!("{:.0}", place.y - 8.0))
}

fn quiet(command: &mut Command) -> &mut Command {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null())
}

fn first_line(output: &mut ChildStdout) -> String {
    let mut text = String::new();
    let mut byte = [0; 1];
    while output.read_exact(&mut byte).is_ok() && byte != *b"\n" {
        text.push(char::from(byte[0]));
    }
    text
}

fn lines_of(output: ChildStdout) -> Receiver<String> {
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if let Some(line) = line.strip_prefix("window: ") {
                let _ = sender.send(line.to_owned());
            }
        }
    });
    lines
}

// -- what must happen, and what must not --

fn digits_come_in_the_order_of_the_keys() {
    let display = Display::with("idle");
    for text in ["123456", "000017"] {
        for delay_ms in ["1", "12", "60", "250"] {
            display.types(text, delay_ms);
            display.keys(&["key", "Return"]);
            display.expect(&format!("entered {text}"));
        }
    }
}

fn scan_into_the_line_is_what_was_sent() {
    let display = Display::with("idle");
    for delay_ms in ["1", "8"] {
        display.types(&format!("{QR}\n"), delay_ms);
        display.expect(&format!("entered {QR}"));
        display.types(QR, delay_ms);
        display.expect(&format!("entered {QR}"));
        display.types(&format!("{QR}\t"), delay_ms);
        display.expect(&format!("entered {QR}"));
    }
}

fn scan_on_a_verdict_decides_nothing() {
    for delay_ms in ["1", "8", "30"] {
        let display = Display::with("verdict");
        // A button in focus, as somebody may have left it.
        display.keys(&["key", "Tab", "key", "Tab", "sleep", "1.2"]);
        display.types(&format!("{QR}\n"), delay_ms);
        assert_eq!(display.said(), [format!("scanned {QR}")], "{delay_ms} ms a key");
    }
}

fn held_keys_are_one_press() {
    let display = Display::with("verdict");
    display.keys(&["keydown", "Return", "sleep", "1.6", "keyup", "Return"]);
    assert!(display.said().is_empty());
    display.keys(&["keydown", "F6", "sleep", "1.6", "keyup", "F6"]);
    assert_eq!(display.said(), ["chose Refer"]);
    let display = Display::with("idle");
    display.keys(&["keydown", "F10", "sleep", "1.6", "keyup", "F10"]);
    assert_eq!(display.said(), ["endsession"]);
}

fn double_click_on_one_button_presses_no_other() {
    let display = Display::with("verdict");
    display.keys(&["mousemove", "819", "718", "click", "--repeat", "2", "--delay", "120", "1"]);
    assert_eq!(display.said(), ["chose NotAdmitted"]);
}

fn admit_has_a_key_of_its_own_and_enter_dismisses() {
    let display = Display::with("verdict");
    display.keys(&["key", "F5"]);
    display.expect("chose Admit");
    display.keys(&["sleep", "0.8", "key", "Return"]);
    display.expect("continue");
    let display = Display::with("verdict");
    display.keys(&["key", "KP_Add"]);
    display.expect("chose Admit");
}

/// IBus with Unikey as most desks in Vietnam have it: it holds keys back and rewrites them.
fn input_method_neither_holds_back_nor_rewrites() {
    let environment = [("XMODIFIERS", "@im=ibus")];
    let start = |screen: &str| Display::start(screen, &environment, input_method);
    let display = start("pin");
    display.types("593972", "40");
    display.keys(&["key", "Return"]);
    display.expect("pin 593972");
    drop(display);
    let display = start("idle");
    display.types("000017", "40");
    display.keys(&["key", "Return"]);
    display.expect("entered 000017");
    display.types(&format!("{QR}\n"), "8");
    display.expect(&format!("entered {QR}"));
    // A name without its marks, as the search wants it: no word is ever open, and one Enter enters it.
    display.types("nguyen van mau", "40");
    display.keys(&["key", "Return"]);
    display.expect("entered nguyen van mau");
}

fn input_method(display: &str) -> Vec<Child> {
    let script = "ibus-daemon -x -r & \
                  until ibus engine Unikey >/dev/null 2>&1; [ \"$(ibus engine 2>/dev/null)\" = Unikey ]; do :; done; echo; echo unikey-is-on; wait";
    let mut session = Command::new("dbus-run-session");
    session.args(["--", "sh", "-c", script]).env("DISPLAY", display).env("XMODIFIERS", "@im=ibus");
    let mut session = quiet(&mut session).stdout(Stdio::piped()).spawn().expect("a session bus");
    let mut output = session.stdout.take().expect("its output");
    // The services of the session say things of their own before, and in between.
    while !first_line(&mut output).contains("unikey-is-on") {
        assert!(session.try_wait().is_ok_and(|ended| ended.is_none()), "the input method does not start");
    }
    vec![session]
}

/// The window's own count: from the frame in which the portrait was to be seen, by the desk's word besides.
fn nobody_is_let_in_before_the_portrait_was_to_be_seen() {
    for wait_s in ["0", "0.3", "0.6"] {
        let display = Display::with("waits");
        display.types(&format!("{QR}\n"), "1");
        display.expect(&format!("entered {QR}"));
        display.keys(&["sleep", wait_s, "key", "F5", "key", "Escape"]);
        let said = display.until("back");
        assert!(!said.iter().any(|line| line.starts_with("chose")), "{wait_s} s: {said:?}");
        if said.is_empty() {
            display.expect("painted(contactid(7))");
        }
        display.keys(&["sleep", "1.3", "key", "F5"]);
        display.expect("chose Admit");
    }
}

/// The two lines of a passport as a swipe reader types them: with an end, with a Tab, or with nothing behind them.
fn lines_of_a_passport_are_entered_whole() {
    let lines = ["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"];
    let display = Display::with("idle");
    for delay_ms in ["1", "8", "30"] {
        for end in ["\n", "\t", ""] {
            for line in lines {
                display.types(&format!("{line}{end}"), delay_ms);
                display.expect(&format!("entered {line}"));
            }
        }
    }
}

fn session_is_ended_by_a_number_and_a_press() {
    let display = Display::with("idle");
    display.keys(&["key", "F10"]);
    display.expect("endsession");
    for (room, scripts) in [("Phòng 0012", "24"), ("Phòng 0013", "22")] {
        display.keys(&["sleep", "0.8"]);
        display.click("closing", room);
        display.until(if room.ends_with('2') { "pickedroom(0)" } else { "pickedroom(1)" });
        display.types(&format!("{scripts}\n"), "60");
        display.expect(&format!("count {scripts}"));
    }
    display.keys(&["sleep", "0.8"]);
    display.click("closing", "gõ số người đã vào");
    display.expect("typearrived");
    display.keys(&["key", "F10"]);
    display.types("469\n", "60");
    display.expect("count 469");
    display.keys(&["sleep", "0.8", "key", "F10", "key", "Return"]);
    display.types("471\n", "60");
    display.expect("count 471");
    // A scan behind the number that agrees: what was typed last counts.
    display.types(&format!("{QR}\n"), "1");
    display.until("count 09920800");
    display.keys(&["sleep", "0.8", "key", "F10"]);
    display.types("471\n", "60");
    display.expect("count 471");
    display.keys(&["key", "F10", "key", "Return", "sleep", "0.8", "key", "F10"]);
    display.expect("chose EndSession");
}

fn technician_opens_the_page_of_findings() {
    let display = Display::with("technician");
    display.click("technician", "Kiểm tra máy");
    display.expect("examine");
    display.keys(&["sleep", "0.8", "key", "F10", "key", "F5"]);
    assert!(display.said().is_empty(), "nothing decides there");
    display.click("technician", "Kiểm tra máy");
    display.expect("examine");
}
