//! The board's window: an exam as its logs tell it, from the whole down to one entry.
//!
//! It looks, and it asks: what a member wants written about a case, or about one person, is sent to whoever works beside it,
//! who signs and writes, and reads everything again.
//!
//! Keys: F5 to F9 are the pages, F2 the other language; what is typed finds, arrows choose, Enter opens, Esc goes back. F10
//! begins to write, F11 shows once more what will be written, F12 signs.

pub mod asking;
mod deciding;
mod draft;
mod errand;
mod handing;
mod lists;
mod opened;
mod overview;
mod sheet;
mod table;
mod timeline;
pub mod words;

use crate::app::WindowError;
use crate::style::{self, Size};
use ::words::Language;
use asking::{Answer, Asking, Question};
use deciding::Deciding;
use egui::{CentralPanel, Frame, Key, Margin, Modifiers, Panel, RichText, Ui, Vec2};
use errand::{Act, Errand, Form, Phase};
use handing::Handing;
use lists::ListPage;
use opened::Opened;
use review::book::{Book, List, OpenCase, Overview};
use review::order::Order;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError};
use words::{ReviewWords, filled};

/// News from whoever reads the exam.
pub enum Loading {
    /// So many exports of so many are checked.
    Progress(usize, usize),
    /// Everything is there.
    Done(Arc<dyn Book>),
    /// It was stopped.
    Stopped,
    /// Why nothing can be shown, as the person at the window reads it.
    Failed(String),
    /// What was ordered has ended: whether it was done, and what there is to say. The exam is read again after it.
    Told(bool, String),
}

/// Where the exam comes from.
pub struct ReviewLink {
    /// News of the reading.
    pub news: Receiver<Loading>,
    /// Ends the reading.
    pub stop: Box<dyn Fn()>,
    /// Takes an order; false where nobody is there any more to carry it out.
    pub order: Box<dyn Fn(Order) -> bool>,
    /// Does what is handed to it beside the window, one after the other.
    pub beside: Box<dyn Fn(Question)>,
    /// The files of two members' keys, as far as they were named when the window was opened.
    pub keys: [String; 2],
    /// Where new folders are proposed.
    pub folder: String,
}

/// What the window is opened with.
pub struct ReviewOptions {
    /// Inner size in points.
    pub size: Vec2,
    /// Its language at first.
    pub language: Language,
    /// A hand on the keyboard that is nobody's; none at a board's table.
    pub pilot: Option<Box<dyn crate::app::Pilot>>,
}

/// Opens the window and runs until it is closed. `ready` gets the means to wake it.
///
/// # Errors
/// [`WindowError`].
pub fn run(link: ReviewLink, options: ReviewOptions, ready: impl FnOnce(crate::app::Wake)) -> Result<(), WindowError> {
    let app = ReviewApp { pilot: options.pilot, ..ReviewApp::new(link, options.language)? };
    let title = app.words.window_title.clone();
    let viewport = egui::ViewportBuilder::default().with_title(title).with_inner_size(options.size);
    let native = eframe::NativeOptions { viewport, ..Default::default() };
    let create: eframe::AppCreator<'_> = Box::new(move |creation| {
        style::install(&creation.egui_ctx);
        let context = creation.egui_ctx.clone();
        ready(Box::new(move || context.request_repaint()));
        Ok(Box::new(app))
    });
    eframe::run_native("diemdanh-review", native, create)?;
    Ok(())
}

/// A page of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    Overview,
    Rows(List),
}

impl Page {
    const ALL: [(Self, Key); 5] = [
        (Self::Overview, Key::F5),
        (Self::Rows(List::Rooms), Key::F6),
        (Self::Rows(List::Desks), Key::F7),
        (Self::Rows(List::People), Key::F8),
        (Self::Rows(List::Cases), Key::F9),
    ];

    fn label(self, words: &ReviewWords) -> &str {
        match self {
            Self::Overview => &words.page_overview,
            Self::Rows(List::Rooms) => &words.page_rooms,
            Self::Rows(List::Desks) => &words.page_desks,
            Self::Rows(List::People) => &words.page_people,
            Self::Rows(List::Cases) => &words.page_cases,
        }
    }
}

/// How far the reading is.
enum Stage {
    Reading(usize, usize),
    Open(Arc<dyn Book>),
    Stopped,
    Failed(String),
}

/// The window's own state: the page, what was typed, what is open.
pub struct ReviewApp {
    link: ReviewLink,
    asking: Asking,
    stage: Stage,
    words: ReviewWords,
    language: Language,
    page: Page,
    lists: [ListPage; 4],
    /// Made once a language: the first page adds up every room.
    overview: Option<Overview>,
    /// It was asked for, and has not come.
    is_overview_asked: bool,
    /// The sheets in sight are those of another reading or language, and are being made again.
    is_open_stale: bool,
    /// The sheets that lie on each other, the last one in sight.
    open: Vec<Opened>,
    /// What a member wants written.
    errand: Option<Errand>,
    /// A step that was left before it was sent.
    left: Option<Box<Deciding>>,
    /// The exam is being read again: what is shown may be out of date.
    again: Option<(usize, usize)>,
    pilot: Option<Box<dyn crate::app::Pilot>>,
}

impl ReviewApp {
    /// A window over `link`.
    ///
    /// # Errors
    /// [`WindowError::Words`].
    pub fn new(mut link: ReviewLink, language: Language) -> Result<Self, WindowError> {
        let beside = std::mem::replace(&mut link.beside, Box::new(drop));
        let lists = [List::Rooms, List::Desks, List::People, List::Cases].map(ListPage::new);
        Ok(Self {
            link,
            asking: Asking::new(beside),
            is_overview_asked: false,
            is_open_stale: false,
            stage: Stage::Reading(0, 0),
            words: ReviewWords::load(language)?,
            language,
            page: Page::Overview,
            lists,
            overview: None,
            open: Vec::new(),
            errand: None,
            left: None,
            again: None,
            pilot: None,
        })
    }

    /// Draws one frame.
    pub fn frame(&mut self, ui: &mut Ui) {
        self.hear(ui);
        self.keys(ui);
        self.bar(ui);
        let ground = Frame::new().fill(style::tokens().ground).inner_margin(Margin::symmetric(20, 14));
        CentralPanel::no_frame().frame(ground).show(ui, |ui| match &self.stage {
            _ if self.errand.is_some() => self.errand(ui),
            Stage::Reading(done, all) => self.reading(ui, *done, *all),
            Stage::Stopped => said(ui, &self.words.stopped),
            Stage::Failed(why) => {
                said(ui, &self.words.failed);
                ui.label(RichText::new(why).font(style::font(Size::Body)).color(style::tokens().ink_soft));
            }
            Stage::Open(book) => self.page(ui, &Arc::clone(book)),
        });
    }

    fn hear(&mut self, ui: &Ui) {
        self.hear_answers();
        loop {
            match self.link.news.try_recv() {
                Ok(Loading::Progress(done, all)) if matches!(self.stage, Stage::Open(_)) => {
                    self.again = Some((done, all));
                }
                Ok(Loading::Progress(done, all)) => self.stage = Stage::Reading(done, all),
                Ok(Loading::Done(book)) => self.is_read(ui, book),
                Ok(Loading::Stopped) => self.stage = Stage::Stopped,
                Ok(Loading::Failed(why)) => self.stage = Stage::Failed(why),
                Ok(Loading::Told(is_done, text)) => self.told(is_done, text),
                // Whoever works beside is gone without a word: a panic, which the diagnostics have.
                Err(TryRecvError::Disconnected) => return self.left_alone(),
                Err(TryRecvError::Empty) => return,
            }
        }
    }

    /// Takes what was asked for, unless something else is meant by now.
    fn hear_answers(&mut self) {
        while let Some((asked, answer)) = self.asking.next() {
            let now = self.asking.now;
            match answer {
                Answer::Rows(list, wanted, rows) if asked.reading == now.reading => {
                    if let Some(page) = self.lists.iter_mut().find(|one| one.list() == list) {
                        page.found(wanted, rows);
                    }
                }
                Answer::Overview(overview) if asked == now => self.overview = Some(*overview),
                Answer::Opened(opened) if asked == now => self.open.extend(opened.map(|opened| *opened)),
                Answer::Again(open) if asked == now => (self.open, self.is_open_stale) = (open, false),
                _ => (),
            }
            self.open.truncate(MAX_OPEN);
        }
    }

    /// What lies open, or its language, is another: what was asked for it is not waited for any more.
    fn turn(&mut self) {
        self.asking.now.turn += 1;
        self.is_overview_asked = false;
        // Sheets that nobody makes again any more say what was so before.
        if std::mem::take(&mut self.is_open_stale) {
            self.open.clear();
        }
    }

    fn is_read(&mut self, ui: &Ui, book: Arc<dyn Book>) {
        if let Some(errand) = &mut self.errand {
            errand.is_read_again(book.as_ref(), self.language);
        }
        self.asking.now.reading += 1;
        self.turn();
        self.is_open_stale = !self.open.is_empty();
        self.asking.again(ui.ctx(), &book, &self.open, self.language);
        self.lists.iter_mut().for_each(ListPage::forget_rows);
        (self.overview, self.again, self.stage) = (None, None, Stage::Open(book));
    }

    fn told(&mut self, is_done: bool, text: String) {
        self.again = Some((0, 0));
        if let Some(errand) = &mut self.errand {
            errand.ended(is_done, text);
        }
    }

    fn left_alone(&mut self) {
        if let Some(errand) = self.errand.as_mut().filter(|errand| matches!(errand.phase, Phase::Waiting)) {
            errand.ended(false, self.words.stopped.clone());
        }
        if matches!(self.stage, Stage::Reading(..)) || self.again.is_some() {
            (self.stage, self.again) = (Stage::Stopped, None);
        }
    }

    fn keys(&mut self, ui: &Ui) {
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        if pressed(Key::F2) {
            self.switch_language(ui);
        }
        if self.errand.is_some() {
            // What is being typed is left by Esc alone.
            if pressed(Key::Escape) {
                self.step_back();
            }
            return;
        }
        for (page, key) in Page::ALL {
            if pressed(key) {
                self.turn_to(page);
            }
        }
        if pressed(Key::Escape) {
            self.turn();
            if self.open.pop().is_none() {
                self.current_list().into_iter().for_each(ListPage::clear);
            }
        }
    }

    fn step_back(&mut self) {
        if self.errand.as_mut().is_some_and(Errand::back) {
            self.leave_errand();
        }
    }

    /// Back to the page. What was typed and not sent is there again when the same case is opened unchanged.
    fn leave_errand(&mut self) {
        let Some(Errand { form: Form::Deciding(deciding), phase }) = self.errand.take() else { return };
        self.link.keys = deciding.key_paths();
        self.left = matches!(phase, Phase::Asking).then_some(deciding);
    }

    fn errand(&mut self, ui: &mut Ui) {
        let Some(errand) = &mut self.errand else { return };
        match errand.show(ui, &self.words) {
            Some(Act::Leave) => self.leave_errand(),
            Some(Act::Send(what)) => {
                let is_taken = (self.link.order)(Order { what, language: self.language });
                if let (false, Some(errand)) = (is_taken, &mut self.errand) {
                    errand.ended(false, self.words.stopped.clone());
                }
            }
            None => (),
        }
    }

    /// What can be written about what is in sight; nothing while that may be out of date.
    fn begin_errand(&mut self, book: &dyn Book) {
        let Some(opened) = self.open.last().filter(|_| self.again.is_none() && !self.is_open_stale) else { return };
        let form = match opened.list {
            List::Cases => book.open_case(opened.number, self.language).map(|case| self.decide_on(case)),
            List::People => book.person(opened.number).map(|whom| {
                let title = opened.sheet.title.clone();
                let into = format!("{}{}", self.link.folder, whom.folder);
                Form::Handing(Handing { title, whom, into })
            }),
            _ => None,
        };
        self.errand = form.map(Errand::new);
    }

    fn decide_on(&mut self, case: OpenCase) -> Form {
        let same = self.left.take().filter(|left| left.case.id == case.id && left.case.seen == case.seen);
        Form::Deciding(same.unwrap_or_else(|| Box::new(Deciding::new(case, &self.link.keys))))
    }

    fn turn_to(&mut self, page: Page) {
        self.turn();
        (self.page, self.open) = (page, Vec::new());
    }

    fn current_list(&mut self) -> Option<&mut ListPage> {
        let Page::Rows(list) = self.page else { return None };
        self.lists.iter_mut().find(|one| one.list() == list)
    }

    fn switch_language(&mut self, ui: &Ui) {
        let other = self.language.other();
        if let Ok(words) = ReviewWords::load(other) {
            (self.words, self.language) = (words, other);
            // What lies open was worded in the other language.
            self.overview = None;
            self.turn();
            if let Stage::Open(book) = &self.stage {
                self.is_open_stale = !self.open.is_empty();
                self.asking.reword(ui.ctx(), book, &self.open, other);
                self.errand.iter_mut().for_each(|errand| errand.is_read_again(book.as_ref(), other));
            }
        }
    }

    fn bar(&mut self, ui: &mut Ui) {
        let frame = Frame::new().fill(style::tokens().bar).inner_margin(Margin::symmetric(12, 6));
        Panel::top("pages").exact_size(style::HEADER_HEIGHT).frame(frame).show_separator_line(false).show(ui, |ui| {
            ui.horizontal_centered(|ui| {
                for (page, _) in Page::ALL {
                    let is_here = page == self.page;
                    let ink = if is_here { style::tokens().ink } else { style::tokens().on_bar };
                    let label = RichText::new(page.label(&self.words)).font(style::bold(Size::Body)).color(ink);
                    let ground = if is_here { style::tokens().surface } else { style::tokens().bar };
                    let button = egui::Button::new(label).fill(ground).min_size(Vec2::new(0.0, style::TARGET_MIN));
                    let response = ui.add(button);
                    crate::widgets::focus_ring(ui, &response);
                    if response.clicked() && self.errand.is_none() {
                        self.turn_to(page);
                    }
                }
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    let label = RichText::new(&self.words.language_key).font(style::font(Size::Small));
                    let button = egui::Button::new(label.color(style::tokens().on_bar)).fill(style::tokens().bar);
                    if ui.add(button).clicked() {
                        self.switch_language(ui);
                    }
                });
            });
        });
    }

    fn reading(&self, ui: &mut Ui, done: usize, all: usize) {
        said(ui, &self.words.loading);
        let count = filled(&self.words.loading_of, &[("done", done.to_string()), ("all", all.to_string())]);
        #[expect(clippy::cast_precision_loss, reason = "a share, for a bar of some hundred pixels")]
        let share = if all == 0 { 0.0 } else { done as f32 / all as f32 };
        ui.add(egui::ProgressBar::new(share).desired_width(600.0).text(count));
        let button = egui::Button::new(RichText::new(&self.words.stop).font(style::bold(Size::Body)));
        if ui.add_sized(Vec2::new(160.0, style::TARGET_MIN), button).clicked() {
            (self.link.stop)();
        }
    }

    fn page(&mut self, ui: &mut Ui, book: &Arc<dyn Book>) {
        let title = match self.again {
            Some((done, all)) => format!("{} {} …", self.words.reading_again, self.words.count_of(done, all)),
            None => book.title(),
        };
        let title = RichText::new(title).font(style::bold(Size::Large)).color(style::tokens().ink_soft);
        ui.add(egui::Label::new(title).truncate());
        let (words, language) = (&self.words, self.language);
        let opens = if let Some(opened) = self.open.last_mut() {
            let errand = match opened.list {
                List::Cases => Some(words.decide_here.as_str()),
                List::People => Some(words.hand_over_here.as_str()),
                _ => None,
            };
            sheet::show(ui, &opened.sheet, &mut opened.chosen, errand.filter(|_| self.again.is_none()), words)
        } else if let Page::Rows(list) = self.page {
            let Some(page) = self.lists.iter_mut().find(|one| one.list() == list) else { return };
            page.show(ui, (book, &self.asking), words, language).map(|number| Leads::To(list, number))
        } else if let Some(overview) = &self.overview {
            overview::show(ui, overview, words)
        } else {
            if !std::mem::replace(&mut self.is_overview_asked, true) {
                self.asking.overview(ui.ctx(), book, language);
            }
            None
        };
        match opens {
            Some(Leads::To(list, number)) => {
                self.turn();
                self.asking.sheet(ui.ctx(), book, (list, number), language);
            }
            Some(Leads::Back) => {
                self.turn();
                self.open.pop();
            }
            Some(Leads::ToErrand) => self.begin_errand(book.as_ref()),
            None => (),
        }
    }
}

/// Where something that was pressed leads.
pub(super) enum Leads {
    /// To what stands behind a row.
    To(List, u32),
    /// Back to where one came from.
    Back,
    /// To what can be written about it.
    ToErrand,
}

fn said(ui: &mut Ui, text: &str) {
    ui.add_space(style::GAP * 4.0);
    ui.label(RichText::new(text).font(style::bold(Size::Title)));
    ui.add_space(style::GAP);
}

impl eframe::App for ReviewApp {
    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.frame(ui);
        if let Some(pilot) = &mut self.pilot {
            pilot.after_frame(ui.ctx());
        }
    }

    fn raw_input_hook(&mut self, _context: &egui::Context, raw_input: &mut egui::RawInput) {
        if let Some(pilot) = &mut self.pilot {
            pilot.before_frame(raw_input);
        }
    }

    fn persist_egui_memory(&self) -> bool {
        false
    }
}

/// So many sheets lie on each other: whoever follows lines in a circle finds the way back.
const MAX_OPEN: usize = 32;
