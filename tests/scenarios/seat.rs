//! A chair before the desk: eyes that read labels, fingers that press what they read.

use crate::desk_package_support::{Opened, PIN, Site};
use crate::desk_support::{World, card, good, person};
use diemdanh::checkin::view::View;
use diemdanh::desk::runtime::ViewCell;
use diemdanh::lab::card::SyntheticCard;
use diemdanh::lab::issuer::people::Person;
use diemdanh::lab::reader::LabField;
use diemdanh::package::contents::Contents;
use diemdanh::record::AttendanceEvent;
use egui::{Event, Key, Modifiers, PointerButton, Pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use std::mem::discriminant;
use std::sync::Arc;
use ui::app::{App, DeskLink};
use ui::style;

/// How often the window is looked at before a test gives up, each time after a change or 20 ms.
const LOOKS: usize = 3_000;
/// Presses of one button until it is alive and takes one.
const PRESSES: usize = 40;

/// Somebody who sits at a desk.
pub(crate) struct Seat {
    pub(crate) field: LabField,
    view: Arc<ViewCell>,
    harness: Harness<'static>,
    now_s: f64,
}

impl Seat {
    /// Before the window of this desk.
    pub(crate) fn at(
        view: Arc<ViewCell>,
        field: LabField,
        send: impl Fn(diemdanh::checkin::event::Input) + 'static,
    ) -> Self {
        let shown = Arc::clone(&view);
        let link = DeskLink { view: Box::new(move || shown.get()), send: Box::new(send) };
        let Ok(mut app) = App::new(link, None) else { panic!("the words do not load") };
        let harness = Harness::builder()
            .with_size(style::DESIGN_SIZE)
            .with_context_setup(style::install)
            .build_ui(move |ui| app.frame(ui));
        let now_s = harness.ctx.input(|input| input.time);
        Self { field, view, harness, now_s }
    }

    fn frame(&mut self, events: Vec<Event>) {
        self.now_s += 0.05;
        self.harness.input_mut().time = Some(self.now_s);
        self.harness.input_mut().events.extend(events);
        self.harness.step();
    }

    /// The window's second passes: what was painted has been looked at.
    fn rest(&mut self) {
        (0..24).for_each(|_| self.frame(Vec::new()));
    }

    /// A label with these words is on the screen.
    pub(crate) fn sees(&self, words: &str) -> bool {
        self.harness.query_all_by_label_contains(words).next().is_some()
    }

    fn place_of(&self, words: &str) -> Option<Pos2> {
        self.harness.query_all_by_label_contains(words).next().map(|node| node.rect().center())
    }

    /// Until these words are on the screen.
    #[track_caller]
    pub(crate) fn until(&mut self, words: &str) {
        for _ in 0..LOOKS {
            self.frame(Vec::new());
            if self.sees(words) {
                return;
            }
            self.wait();
        }
        panic!("“{words}” never came: {:?}\n{:?}", self.view.get().screen, self.labels());
    }

    /// Everything that can be read.
    pub(crate) fn labels(&self) -> Vec<String> {
        self.harness.query_all_by(|_| true).filter_map(|node| node.accesskit_node().label()).collect()
    }

    /// Until the desk shows something else, for a moment at most.
    fn wait(&self) {
        let last = self.view.get();
        let _ = self.view.wait(20, |view| !std::ptr::eq(view, Arc::as_ptr(&last)));
    }

    /// Presses what bears these words, as soon as it takes a press: until then it does nothing.
    #[track_caller]
    pub(crate) fn press(&mut self, words: &str) {
        self.until(words);
        for _ in 0..PRESSES {
            self.rest();
            let Some(place) = self.place_of(words) else { return };
            let before = shown(&self.view.get());
            self.click(place);
            for _ in 0..10 {
                self.wait();
                self.frame(Vec::new());
                if shown(&self.view.get()) != before {
                    return;
                }
            }
        }
        panic!("“{words}” takes no press: {:?}", self.view.get().screen);
    }

    /// A finger on what bears exactly this name.
    #[track_caller]
    pub(crate) fn touches(&mut self, name: &str) {
        self.rest();
        let place = self.harness.get_by_label(name).rect().center();
        self.click(place);
    }

    fn click(&mut self, pos: Pos2) {
        let button =
            |pressed| Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE };
        self.frame(vec![Event::PointerMoved(pos)]);
        self.frame(vec![button(true)]);
        self.frame(vec![button(false)]);
    }

    pub(crate) fn key(&mut self, key: Key) {
        let event =
            |pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers: Modifiers::NONE };
        self.rest();
        self.frame(vec![event(true)]);
        self.frame(vec![event(false)]);
    }

    /// Types key by key.
    pub(crate) fn looks_up(&mut self, text: &str) {
        self.rest();
        for letter in text.chars() {
            self.frame(vec![Event::Text(letter.to_string())]);
        }
    }

    /// The same, and Enter.
    pub(crate) fn types(&mut self, text: &str) {
        self.looks_up(text);
        self.key(Key::Enter);
    }

    /// Until something outside the window is so.
    #[track_caller]
    pub(crate) fn until_so(&mut self, what: &str, is_so: impl Fn() -> bool) {
        let came = (0..LOOKS).any(|_| {
            self.frame(Vec::new());
            self.wait();
            is_so()
        });
        assert!(came, "{what} never came");
    }

    /// A scanner's burst: all of it in one frame, its Enter in the next.
    pub(crate) fn scans(&mut self, text: &str) {
        self.frame(vec![Event::Text(text.to_owned())]);
        let enter = |pressed| Event::Key {
            key: Key::Enter,
            physical_key: None,
            pressed,
            repeat: false,
            modifiers: Modifiers::NONE,
        };
        self.frame(vec![enter(true)]);
        self.frame(vec![enter(false)]);
    }

    /// Scans the person's QR and lays the card.
    pub(crate) fn comes(&mut self, person: &Person, card: SyntheticCard) {
        self.until("Quét QR trên thẻ");
        self.scans(&person.qr());
        self.field.insert(card);
    }

    /// The first person of the list comes with a good card, as far as the verdict.
    pub(crate) fn good_card(&mut self, index: usize) {
        self.comes(&person(index), card(&good(&person(index))));
    }

    /// What was recorded is dismissed, the card is lifted.
    pub(crate) fn goes_on(&mut self) {
        self.press("Tiếp tục");
        self.field.remove();
        self.until("Quét QR trên thẻ");
    }

    /// Somebody else stands behind it with her PIN.
    #[track_caller]
    pub(crate) fn proves(&mut self, name: &str) {
        self.press(name);
        self.until("Gõ mã PIN trong thư");
        self.types(PIN);
    }

    pub(crate) fn view(&self) -> Arc<View> {
        self.view.get()
    }
}

/// What a press changes: of a case how far its decision is, for an answer of the registry may come at any moment.
fn shown(view: &View) -> String {
    match view.screen.case() {
        Some(case) => format!("{:?}", (discriminant(&view.screen), discriminant(&case.stage))),
        None => format!("{:?}", view.screen),
    }
}

/// A desk that works from a package, with Lê Thị Mẫu on duty and Phạm Văn Thử as head of site.
pub(crate) struct Packed {
    pub(crate) site: Site,
    desk: Opened,
    pub(crate) seat: Seat,
}

impl Packed {
    pub(crate) fn new() -> Self {
        Self::of(|_| {})
    }

    pub(crate) fn of(change: impl FnOnce(&mut Contents)) -> Self {
        let site = Site::new();
        let mut contents = site.contents();
        change(&mut contents);
        let rows = u32::try_from(contents.people.roster.len()).unwrap();
        site.put("goi.diemdanh", &site.pack(&contents, |note| note.rows = rows.into()));
        let desk = site.open();
        desk.begin();
        let seat = Seat::at(Arc::clone(&desk.view), desk.field.clone(), desk.kiosk.sender());
        Self { site, desk, seat }
    }

    /// Ends the desk and reads its journal.
    pub(crate) fn ends(self) -> Vec<AttendanceEvent> {
        self.desk.kiosk.stop();
        self.site.world.events_in("journal/b1")
    }
}

/// A desk of single files, where the registry answers as the stub is told to.
pub(crate) struct Plain {
    pub(crate) world: World,
    desk: diemdanh::desk::runtime::RunningDesk,
    pub(crate) seat: Seat,
}

impl Plain {
    pub(crate) fn of(world: World) -> Self {
        let bench = world.open();
        let seat = Seat::at(Arc::clone(&bench.view), bench.field, bench.desk.sender());
        Self { world, desk: bench.desk, seat }
    }

    pub(crate) fn ends(self) -> Vec<AttendanceEvent> {
        self.desk.stop();
        self.world.events()
    }
}

/// The words of the entries, without those of opening, closing and the machine.
pub(crate) fn words(events: &[AttendanceEvent]) -> Vec<String> {
    let word = |event: &AttendanceEvent| serde_json::to_value(event).unwrap()["ev"].as_str().unwrap().to_owned();
    let of_the_machine = ["open", "close", "package-loaded", "device-event", "registry-request", "registry-answer"];
    events.iter().map(word).filter(|word| !of_the_machine.contains(&word.as_str())).collect()
}
