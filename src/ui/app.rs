//! The window: bars, the screen of the state, keys, and nothing that decides.

use crate::hand::{Hand, Painted, Takes};
use crate::portrait::PortraitTexture;
use crate::scan_end::ScanEnd;
use crate::screens::{self, Buttons, Tools};
use crate::style::{self, Theme};
use crate::text::Strings;
use crate::{header, news, status};
use checkin::event::Input;
use checkin::failure::Signal;
use checkin::view::{ClosingView, ExceptionStage, ExceptionView, Look, Portrait, PreparingView, Screen, View};
use egui::{CentralPanel, Frame, Key, Margin, Panel, RichText, Ui, Vec2};
use std::sync::Arc;
use std::time::Duration;
use words::Language;

/// How the window reaches the desk.
pub struct DeskLink {
    /// The latest view.
    pub view: Box<dyn Fn() -> Arc<View>>,
    /// Hands an input to the desk; never waits.
    pub send: Box<dyn Fn(Input)>,
}

/// A panel of simulated people beside the desk. It exists only in the demo.
pub struct SidePanel {
    /// The people: what to press, and what will happen.
    pub people: Vec<(String, String)>,
    /// A person steps up: scans and puts the card down.
    pub step_up: Box<dyn Fn(usize)>,
    /// The card is lifted.
    pub lift: Box<dyn Fn()>,
}

/// Why the window could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum WindowError {
    /// The words do not load: a fault of the build.
    #[error("the words of the screens do not load")]
    Words(#[from] toml::de::Error),
    /// The system has no window or no graphics for us.
    #[error("the window cannot be opened: {0}")]
    Window(#[from] eframe::Error),
}

/// What the window is opened with.
pub struct WindowOptions {
    /// Inner size in points.
    pub size: Vec2,
    /// Full screen, as on a desk.
    pub fullscreen: bool,
    /// The colours that it begins with; a key changes them.
    pub theme: Theme,
    /// The demo's side panel.
    pub side_panel: Option<SidePanel>,
    /// A hand on the keyboard that is nobody's; none on a desk.
    pub pilot: Option<Box<dyn Pilot>>,
}

/// What drives a window without a person: it adds to a frame's input and looks at what was drawn.
pub trait Pilot {
    /// Before a frame: adds to what the window was told.
    fn before_frame(&mut self, input: &mut egui::RawInput);

    /// After a frame.
    fn after_frame(&mut self, context: &egui::Context);

    /// What the frame before this one took of the processor, painting included and waiting for the screen not.
    fn frame_took(&mut self, _took: Duration) {}
}

/// Wakes the window after the view has changed.
pub type Wake = Box<dyn Fn() + Send + Sync>;

/// Closes the window, as if somebody had.
pub type Close = Box<dyn Fn() + Send + Sync>;

/// Opens the window and runs until it is closed. `ready` gets the means to wake it.
///
/// # Errors
/// [`WindowError`].
pub fn run(link: DeskLink, options: WindowOptions, ready: impl FnOnce(Wake)) -> Result<(), WindowError> {
    run_until(link, options, |wake, _| ready(wake))
}

/// The same; `ready` gets the means to close it, too.
///
/// # Errors
/// [`WindowError`].
pub fn run_until(link: DeskLink, options: WindowOptions, ready: impl FnOnce(Wake, Close)) -> Result<(), WindowError> {
    let app = App::new(link, options.side_panel)?;
    let app = App { pilot: options.pilot, theme: options.theme, ..app };
    let viewport = egui::ViewportBuilder::default()
        .with_title("Điểm Danh")
        .with_inner_size(options.size)
        .with_fullscreen(options.fullscreen);
    let native = eframe::NativeOptions { viewport, ..Default::default() };
    let create: eframe::AppCreator<'_> = Box::new(move |creation| {
        style::install(&creation.egui_ctx);
        let context = creation.egui_ctx.clone();
        let closed = context.clone();
        let close = Box::new(move || closed.send_viewport_cmd(egui::ViewportCommand::Close));
        ready(Box::new(move || context.request_repaint()), close);
        Ok(Box::new(app))
    });
    eframe::run_native("diemdanh", native, create)?;
    Ok(())
}

/// The window's own state: language, the input line, the portrait's texture.
pub struct App {
    link: DeskLink,
    strings: Strings,
    language: Language,
    line: String,
    /// The line's text belongs to this screen.
    line_of: Option<Place>,
    hand: Hand,
    portrait: PortraitTexture,
    theme: Theme,
    side_panel: Option<SidePanel>,
    pilot: Option<Box<dyn Pilot>>,
}

impl App {
    /// A window over `link`, in Vietnamese.
    ///
    /// # Errors
    /// [`WindowError::Words`].
    pub fn new(link: DeskLink, side_panel: Option<SidePanel>) -> Result<Self, WindowError> {
        Ok(Self {
            link,
            strings: Strings::load(Language::Vietnamese)?,
            language: Language::Vietnamese,
            line: String::new(),
            line_of: None,
            hand: Hand::default(),
            portrait: PortraitTexture::default(),
            theme: Theme::default(),
            side_panel,
            pilot: None,
        })
    }

    /// Draws one frame and hands what was pressed to the desk.
    pub fn frame(&mut self, ui: &mut Ui) {
        // The toolkit takes one of a kind.
        ui.ctx().add_plugin(ScanEnd::default());
        style::wear(ui, self.theme);
        self.zoom(ui);
        let view = (self.link.view)();
        let takes = self.place(&view);
        for scan in self.hand.sort(ui, takes) {
            (self.link.send)(Input::Scanned(scan));
        }
        self.keys(ui, &view);
        let portrait = portrait_of(&view);
        let alive = self.hand.is_alive(view.meaning);
        let looked = view.look.is_over() && self.hand.has_looked_at(portrait);
        let buttons = Buttons { meaning: view.meaning, alive, lets_in: alive && looked };
        self.bars(ui, &view, buttons);
        self.panel(ui);
        let input = CentralPanel::no_frame()
            .frame(Frame::new().fill(style::tokens().ground).inner_margin(Margin::symmetric(20, 10)))
            .show(ui, |ui| self.screen(ui, &view, buttons))
            .inner;
        if let Some(input) = input {
            (self.link.send)(input);
        }
        let (meaning, guard_ms, brain_ms) = (view.meaning, view.guard_ms, view.guarded_ms);
        let portrait_guard_ms = view.portrait_guard_ms;
        self.hand.painted(ui, Painted { takes, meaning, guard_ms, brain_ms, portrait, portrait_guard_ms });
        self.tell_painted(ui, &view);
    }

    /// The desk counts for itself how long a portrait has stood there. It is told so again until it has heard it.
    fn tell_painted(&self, ui: &Ui, view: &View) {
        let (Look::Wanted(contact), Some(portrait)) = (view.look, portrait_of(view)) else { return };
        if self.hand.sees(portrait) {
            (self.link.send)(Input::Painted(contact));
            ui.request_repaint_after(TOLD_AGAIN);
        }
    }

    /// What the screen does with text. A line's text goes with its screen: what was typed for one is no text of another.
    fn place(&mut self, view: &View) -> Takes {
        let place = match &view.screen {
            Screen::Idle(_) => Some(Place::Search),
            Screen::Preparing(PreparingView::SignIn(sign_in)) if sign_in.chosen.is_some() => Some(Place::Pin),
            Screen::Exception(view) if asks_pin(view) => Some(Place::Pin),
            Screen::Exception(view) if matches!(view.stage, ExceptionStage::Time(..)) => Some(Place::Time),
            Screen::Closing(ClosingView::Counting(_)) => Some(Place::Count),
            Screen::Closing(ClosingView::Typing(_)) => Some(Place::Arrived),
            Screen::Locked(view) if view.sign_in.chosen.is_some() => Some(Place::Lock),
            _ => None,
        };
        if self.line_of != place {
            self.line.clear();
            self.line_of = place;
        }
        if place.is_some() { Takes::Text } else { Takes::Presses }
    }

    /// One layout for every window: larger windows show it larger.
    fn zoom(&self, ui: &Ui) {
        let context = ui.ctx();
        let pixels = context.content_rect().size() * context.zoom_factor();
        let panel = if self.side_panel.is_some() { Vec2::new(PANEL_WIDTH, 0.0) } else { Vec2::ZERO };
        let wanted = (pixels / (style::DESIGN_SIZE + panel)).min_elem().clamp(0.6, 3.0);
        if (wanted - context.zoom_factor()).abs() > 0.01 {
            context.set_zoom_factor(wanted);
        }
    }

    fn keys(&mut self, ui: &Ui, view: &View) {
        // The key without Shift is found in the one with it.
        if ui.input_mut(|input| input.consume_key(egui::Modifiers::SHIFT, Key::F2)) {
            self.theme = self.theme.other();
            ui.request_repaint();
        }
        if ui.input_mut(|input| input.consume_key(egui::Modifiers::NONE, Key::F2)) {
            self.switch_language();
        }
        if ui.input_mut(|input| input.consume_key(egui::Modifiers::NONE, Key::Escape)) {
            self.line.clear();
            (self.link.send)(Input::Back);
        }
        let f10 = ui.input_mut(|input| {
            matches!(view.screen, Screen::Idle(_)) && input.consume_key(egui::Modifiers::NONE, Key::F10)
        });
        let idle_key = |key| {
            ui.input_mut(|input| {
                matches!(view.screen, Screen::Idle(_)) && input.consume_key(egui::Modifiers::NONE, key)
            })
        };
        if idle_key(Key::F3) {
            (self.link.send)(Input::OpenWaiting);
        }
        if idle_key(Key::F4) {
            (self.link.send)(Input::UndoLast);
        }
        if f10 {
            (self.link.send)(Input::EndSession);
        }
    }

    fn switch_language(&mut self) {
        let other = self.language.other();
        if let Ok(strings) = Strings::load(other) {
            (self.strings, self.language) = (strings, other);
        }
    }

    fn bars(&self, ui: &mut Ui, view: &View, buttons: Buttons) {
        let bar = Frame::new().fill(style::tokens().bar).inner_margin(Margin::symmetric(BAR_MARGIN, 0));
        Panel::top("header").exact_size(style::HEADER_HEIGHT).frame(bar).show_separator_line(false).show(ui, |ui| {
            if let Some(input) = header::show(ui, &view.header, &self.strings) {
                (self.link.send)(input);
            }
        });
        if view.header.training {
            let band = Frame::new().fill(style::tokens().training);
            Panel::top("training").exact_size(28.0).frame(band).show_separator_line(false).show(ui, |ui| {
                header::training_band(ui, &self.strings);
            });
        }
        if let Some(news) = &view.news {
            let ground = Frame::new().fill(style::signal(Signal::Stop).strong).inner_margin(Margin::symmetric(20, 8));
            let strip = Panel::top("news").exact_size(style::NEWS_HEIGHT).frame(ground).show_separator_line(false);
            if let Some(input) = strip.show(ui, |ui| news::show(ui, news, buttons, &self.strings)).inner {
                (self.link.send)(input);
            }
        }
        if view.key_waits {
            let ground = Frame::new().fill(style::signal(Signal::Attention).strong);
            Panel::top("next-key").exact_size(40.0).frame(ground).show_separator_line(false).show(ui, |ui| {
                news::key_waits(ui, &self.strings);
            });
        }
        let width = ui.available_width() - f32::from(BAR_MARGIN) * 2.0;
        let is_desk = is_desk(view);
        let height =
            if is_desk { status::height(ui, &view.status, &self.strings, width) } else { style::STATUS_HEIGHT };
        Panel::bottom("status").exact_size(height).frame(bar).show_separator_line(false).show(ui, |ui| {
            if is_desk {
                status::show(ui, &view.status, &self.strings);
            } else {
                status::version(ui, &view.status, &self.strings);
            }
        });
    }

    fn panel(&self, ui: &mut Ui) {
        let Some(panel) = &self.side_panel else { return };
        let frame = Frame::new().fill(style::tokens().portrait_ground).inner_margin(Margin::same(12));
        Panel::right("demo").exact_size(PANEL_WIDTH).frame(frame).show_separator_line(false).show(ui, |ui| {
            let words = &self.strings.words;
            ui.label(RichText::new(&words.demo_title).font(style::bold(style::Size::Large)));
            ui.label(RichText::new(&words.demo_hint).font(style::font(style::Size::Small)));
            for (index, (name, hint)) in panel.people.iter().enumerate() {
                let button = egui::Button::new(RichText::new(name).font(style::bold(style::Size::Small)));
                if ui.add_sized(Vec2::new(PANEL_WIDTH - 24.0, style::TARGET_MIN), button).on_hover_text(hint).clicked()
                {
                    (panel.step_up)(index);
                }
            }
            ui.add_space(style::GAP);
            if ui
                .add_sized(Vec2::new(PANEL_WIDTH - 24.0, style::TARGET_MIN), egui::Button::new(&words.demo_lift))
                .clicked()
            {
                (panel.lift)();
            }
        });
    }

    fn screen(&mut self, ui: &mut Ui, view: &View, buttons: Buttons) -> Option<Input> {
        let (strings, callers, hand) = (&self.strings, view.callers.as_slice(), &self.hand);
        let mut tools = Tools { strings, callers, portrait: &mut self.portrait, hand, buttons };
        match &view.screen {
            Screen::Preparing(preparing) => screens::preparing::show(ui, preparing, &mut self.line, &mut tools),
            Screen::Idle(idle) => {
                tools.portrait.wipe();
                screens::idle::show(ui, idle, &mut self.line, &mut tools)
            }
            Screen::Reading(reading) => {
                screens::reading::show(ui, reading, &mut tools);
                None
            }
            Screen::Verdict(case) => screens::verdict::show(ui, case, &mut tools),
            Screen::AlreadyIn(case) => screens::already_in::show(ui, case, &mut tools),
            Screen::Elsewhere(case) => screens::elsewhere::show(ui, case, &mut tools),
            Screen::Exception(exception) => screens::exception::show(ui, exception, &mut self.line, &mut tools),
            Screen::Examining(examining) => screens::examining::show(ui, examining, &mut tools),
            Screen::Locked(locked) => {
                tools.portrait.wipe();
                screens::locked::show(ui, locked, &mut self.line, &mut tools)
            }
            Screen::Closing(closing) => {
                tools.portrait.wipe();
                screens::closing::show(ui, closing, &mut self.line, &mut tools)
            }
            Screen::Halted(halted) => {
                tools.portrait.wipe();
                screens::halted::show(ui, halted, &mut tools);
                None
            }
        }
    }
}

impl eframe::App for App {
    fn ui(&mut self, ui: &mut Ui, frame: &mut eframe::Frame) {
        if let (Some(pilot), Some(seconds)) = (&mut self.pilot, frame.info().cpu_usage) {
            pilot.frame_took(Duration::try_from_secs_f32(seconds).unwrap_or_default());
        }
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

/// Before there is a desk, and where it could not be started, there is no state of its parts to tell.
fn is_desk(view: &View) -> bool {
    match &view.screen {
        Screen::Preparing(_) => false,
        Screen::Halted(_) => !view.header.desk.is_empty(),
        _ => true,
    }
}

/// The chip's portrait, where it is shown.
fn portrait_of(view: &View) -> Option<&Arc<Portrait>> {
    view.screen.case().and_then(|case| case.portrait.shown())
}

fn asks_pin(view: &ExceptionView) -> bool {
    matches!(&view.stage, ExceptionStage::Person(_, sign_in) if sign_in.chosen.is_some())
}

/// The screens that have a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Search,
    Pin,
    Time,
    Count,
    Arrived,
    /// A PIN too, but of whoever opens the desk: what was typed of another's does not go over into it.
    Lock,
}

/// At either end of the bars.
const BAR_MARGIN: i8 = 20;
/// A desk that has not heard it by then is told again.
const TOLD_AGAIN: Duration = Duration::from_millis(100);
/// The width of the demo's side panel.
const PANEL_WIDTH: f32 = 300.0;
