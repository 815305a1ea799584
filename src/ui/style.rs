//! Looks live here and nowhere else: every colour of both themes, every size and font of the desk.
//!
//! All pairs of text and ground hold WCAG 2.2 AA (4.5:1); a test computes them.

#![expect(clippy::disallowed_methods, reason = "colours live here")]

use checkin::failure::Signal;
use egui::{Color32, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin, Stroke, TextStyle, Ui, Vec2};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The window the layout is drawn for, in points; larger windows are zoomed as a whole.
pub const DESIGN_SIZE: Vec2 = Vec2::new(1280.0, 800.0);

/// How wide the ring around what has the focus is.
pub const FOCUS_RING: f32 = 3.0;

/// The space between things.
pub const GAP: f32 = 12.0;
/// The space inside cards.
pub const PADDING: i8 = 18;
/// Round corners.
pub const RADIUS: u8 = 10;
/// The least height of anything that is pressed.
pub const TARGET_MIN: f32 = 44.0;
/// The height of the main buttons.
pub const MAIN_TARGET: f32 = 68.0;
/// The height of bad news above the screens.
pub const NEWS_HEIGHT: f32 = 84.0;
/// The height of a row of the status bar.
pub const STATUS_HEIGHT: f32 = 34.0;
/// The header's height.
pub const HEADER_HEIGHT: f32 = 58.0;

/// Text sizes in points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Size {
    /// Codes, versions, the names of keys; nothing that somebody has to read.
    Small,
    /// Running text.
    Body,
    /// Emphasised lines.
    Large,
    /// Titles.
    Title,
    /// The headline of a verdict.
    Banner,
    /// Room and seat: the largest thing on the screen.
    Place,
}

impl Size {
    /// The size in points.
    pub fn points(self) -> f32 {
        match self {
            Self::Small => 16.0,
            Self::Body => 18.0,
            Self::Large => 22.0,
            Self::Title => 30.0,
            Self::Banner => 42.0,
            Self::Place => 88.0,
        }
    }
}

/// The text font at `size`.
pub fn font(size: Size) -> FontId {
    FontId::new(size.points(), FontFamily::Proportional)
}

/// The semi-bold font at `size`.
pub fn bold(size: Size) -> FontId {
    FontId::new(size.points(), bold_family())
}

/// The fixed-width font at `size`.
pub fn mono(size: Size) -> FontId {
    FontId::new(size.points(), FontFamily::Monospace)
}

/// Which of the two sets of colours a window wears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// Dark on light: a hall by day.
    #[default]
    Light,
    /// Light on dark: a room that is dimmed.
    Dark,
}

impl Theme {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Light, Self::Dark];

    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Light => Self::Dark,
            Self::Dark => Self::Light,
        }
    }

    /// Its colours.
    pub const fn tokens(self) -> &'static Tokens {
        match self {
            Self::Light => &LIGHT,
            Self::Dark => &DARK,
        }
    }
}

/// The colours of a theme, by what they are for.
#[derive(Debug, Clone, Copy)]
pub struct Tokens {
    /// The ground of the window.
    pub ground: Color32,
    /// Cards on the ground.
    pub surface: Color32,
    /// The bars above and below.
    pub bar: Color32,
    /// Text on the bars.
    pub on_bar: Color32,
    /// Less important text on the bars.
    pub on_bar_soft: Color32,
    /// Text; also the ring around what has the focus, which stands on the ground and beside every button.
    pub ink: Color32,
    /// Less important text, and the edges of what is pressed.
    pub ink_soft: Color32,
    /// Thin lines.
    pub line: Color32,
    /// The main button, and where a line is written.
    pub focus: Color32,
    /// Text on the main button.
    pub on_focus: Color32,
    /// The band of training mode.
    pub training: Color32,
    /// Text on that band.
    pub on_training: Color32,
    /// Where no portrait is, and behind buttons that do not decide yet.
    pub portrait_ground: Color32,
    /// Good.
    pub ok: SignalColours,
    /// Running.
    pub working: SignalColours,
    /// Somebody has to look.
    pub attention: SignalColours,
    /// Stop.
    pub stop: SignalColours,
}

/// The colours of one signal.
#[derive(Debug, Clone, Copy)]
pub struct SignalColours {
    /// The ground of a banner.
    pub strong: Color32,
    /// Text on that ground.
    pub on_strong: Color32,
    /// The ground of a line.
    pub soft: Color32,
    /// Text and icon on a line.
    pub ink: Color32,
    /// Its icon on the bars.
    pub on_bar: Color32,
}

impl Tokens {
    /// The colours of `signal`.
    pub fn signal(&self, signal: Signal) -> SignalColours {
        match signal {
            Signal::Ok => self.ok,
            Signal::Working => self.working,
            Signal::Attention => self.attention,
            Signal::Stop => self.stop,
        }
    }
}

/// Dark on light.
const LIGHT: Tokens = Tokens {
    ground: colour(0xEE_F1F4),
    surface: colour(0xFF_FFFF),
    bar: colour(0x16_2533),
    on_bar: colour(0xF2_F5F7),
    on_bar_soft: colour(0xB4_C2CE),
    ink: colour(0x12_1C26),
    ink_soft: colour(0x46_5563),
    line: colour(0xC9_D2DA),
    focus: colour(0x1B_5FB4),
    on_focus: colour(0xFF_FFFF),
    training: colour(0x6A_2C8E),
    on_training: colour(0xFF_FFFF),
    portrait_ground: colour(0xDD_E3E8),
    ok: colours(0x0B_6B3A, 0xFF_FFFF, 0xE2_F3E9, 0x08_5A30, 0x6F_D39B),
    working: colours(0x1B_5FB4, 0xFF_FFFF, 0xE3_EDF8, 0x17_4F96, 0xE3_EDF8),
    attention: colours(0xF6_B426, 0x2A_1C00, 0xFF_F1CF, 0x7A_4700, 0xFF_F1CF),
    stop: colours(0xB0_1420, 0xFF_FFFF, 0xFC_E4E5, 0x98_101A, 0xFC_E4E5),
};

/// Light on dark. The strong grounds are those of the light set: a stop is the same red by day and by night.
const DARK: Tokens = Tokens {
    ground: colour(0x12_181F),
    surface: colour(0x1C_252F),
    bar: colour(0x05_090D),
    on_bar: colour(0xF2_F5F7),
    on_bar_soft: colour(0xB4_C2CE),
    ink: colour(0xEE_F2F5),
    ink_soft: colour(0xB3_C0CC),
    line: colour(0x3A_4855),
    focus: colour(0x86_BBF7),
    on_focus: colour(0x07_121D),
    training: colour(0x6A_2C8E),
    on_training: colour(0xFF_FFFF),
    portrait_ground: colour(0x27_333F),
    ok: colours(0x0B_6B3A, 0xFF_FFFF, 0x10_3222, 0x86_E0AC, 0x6F_D39B),
    working: colours(0x1B_5FB4, 0xFF_FFFF, 0x13_2A45, 0xA4_CBF9, 0xE3_EDF8),
    attention: colours(0xF6_B426, 0x2A_1C00, 0x3B_2C0A, 0xF8_CB66, 0xFF_F1CF),
    stop: colours(0xB0_1420, 0xFF_FFFF, 0x45_161A, 0xFF_A9AD, 0xFC_E4E5),
};

const fn colour(value: u32) -> Color32 {
    let [_, red, green, blue] = value.to_be_bytes();
    Color32::from_rgb(red, green, blue)
}

const fn colours(strong: u32, on_strong: u32, soft: u32, ink: u32, on_bar: u32) -> SignalColours {
    SignalColours {
        strong: colour(strong),
        on_strong: colour(on_strong),
        soft: colour(soft),
        ink: colour(ink),
        on_bar: colour(on_bar),
    }
}

thread_local! {
    /// What the window of this thread wears; it says so at the start of each frame.
    static WORN: Cell<Theme> = const { Cell::new(Theme::Light) };
}

/// From here on the frame of `ui` wears `theme`.
pub fn wear(ui: &mut Ui, theme: Theme) {
    WORN.set(theme);
    let is_dark = theme == Theme::Dark;
    if ui.visuals().dark_mode != is_dark {
        ui.ctx().all_styles_mut(|style| style.visuals = visuals(theme));
        ui.reset_style();
    }
}

/// The colours that the window wears.
pub fn tokens() -> &'static Tokens {
    WORN.get().tokens()
}

/// The colours of `signal` that the window wears.
pub fn signal(signal: Signal) -> SignalColours {
    tokens().signal(signal)
}

/// A card with a thin line around it.
pub fn card() -> egui::Frame {
    egui::Frame::new()
        .fill(tokens().surface)
        .stroke(Stroke::new(1.0, tokens().line))
        .corner_radius(CornerRadius::same(RADIUS))
        .inner_margin(Margin::same(PADDING))
}

/// A card on the soft ground of a signal.
pub fn signal_card(which: Signal) -> egui::Frame {
    let colours = signal(which);
    egui::Frame::new()
        .fill(colours.soft)
        .stroke(Stroke::new(1.5, colours.ink))
        .corner_radius(CornerRadius::same(RADIUS))
        .inner_margin(Margin::same(PADDING))
}

/// Installs fonts and looks into `context`.
pub fn install(context: &egui::Context) {
    context.set_fonts(fonts());
    context.all_styles_mut(|style| {
        style.text_styles = BTreeMap::from([
            (TextStyle::Small, font(Size::Small)),
            (TextStyle::Body, font(Size::Body)),
            (TextStyle::Button, bold(Size::Body)),
            (TextStyle::Heading, bold(Size::Title)),
            (TextStyle::Monospace, mono(Size::Body)),
        ]);
        style.visuals = visuals(Theme::Light);
        style.spacing.item_spacing = Vec2::splat(GAP / 1.5);
        style.spacing.button_padding = Vec2::new(18.0, 8.0);
        style.spacing.interact_size.y = TARGET_MIN;
        style.animation_time = 0.0;
        style.interaction.selectable_labels = false;
    });
}

fn visuals(theme: Theme) -> egui::Visuals {
    let tokens = theme.tokens();
    let mut visuals = match theme {
        Theme::Light => egui::Visuals::light(),
        Theme::Dark => egui::Visuals::dark(),
    };
    visuals.panel_fill = tokens.ground;
    visuals.window_fill = tokens.surface;
    visuals.extreme_bg_color = tokens.surface;
    visuals.override_text_color = None;
    visuals.text_cursor.blink = false;
    visuals.selection.stroke = Stroke::new(2.5, tokens.focus);
    let widgets = &mut visuals.widgets;
    for state in [&mut widgets.inactive, &mut widgets.hovered, &mut widgets.active, &mut widgets.open] {
        state.corner_radius = CornerRadius::same(RADIUS);
        state.fg_stroke = Stroke::new(1.5, tokens.ink);
        state.bg_stroke = Stroke::new(1.5, tokens.ink_soft);
        state.weak_bg_fill = tokens.surface;
        state.expansion = 0.0;
    }
    widgets.hovered.weak_bg_fill = tokens.ground;
    widgets.active.weak_bg_fill = tokens.portrait_ground;
    widgets.noninteractive.fg_stroke = Stroke::new(1.0, tokens.ink);
    visuals
}

fn bold_family() -> FontFamily {
    FontFamily::Name("bold".into())
}

fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    let files: [(&str, &'static [u8]); 3] = [
        ("text", include_bytes!("../../assets/fonts/OpenSans_400Regular.ttf")),
        ("bold", include_bytes!("../../assets/fonts/OpenSans_600SemiBold.ttf")),
        ("mono", include_bytes!("../../assets/fonts/JetBrainsMono_400Regular.ttf")),
    ];
    for (name, bytes) in files {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    fonts.families.insert(FontFamily::Proportional, vec!["text".to_owned()]);
    fonts.families.insert(FontFamily::Monospace, vec!["mono".to_owned(), "text".to_owned()]);
    fonts.families.insert(bold_family(), vec!["bold".to_owned()]);
    fonts
}
