//! Looks live here and nowhere else: every colour, size and font of the desk.
//!
//! All pairs of text and ground hold WCAG 2.2 AA (4.5:1); a test computes them.

#![expect(clippy::disallowed_methods, reason = "colours live here")]

use checkin::failure::Signal;
use egui::{Color32, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin, Stroke, TextStyle, Vec2};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The window the layout is drawn for, in points; larger windows are zoomed as a whole.
pub const DESIGN_SIZE: Vec2 = Vec2::new(1280.0, 800.0);

/// The ground of the window.
pub const GROUND: Color32 = Color32::from_rgb(0xEE, 0xF1, 0xF4);
/// Cards on the ground.
pub const SURFACE: Color32 = Color32::from_rgb(0xFF, 0xFF, 0xFF);
/// The bars above and below.
pub const BAR: Color32 = Color32::from_rgb(0x16, 0x25, 0x33);
/// A good thing on the bars.
pub const BAR_OK: Color32 = Color32::from_rgb(0x6F, 0xD3, 0x9B);
/// Text on the bars.
pub const ON_BAR: Color32 = Color32::from_rgb(0xF2, 0xF5, 0xF7);
/// Less important text on the bars.
pub const ON_BAR_SOFT: Color32 = Color32::from_rgb(0xB4, 0xC2, 0xCE);
/// Text.
pub const INK: Color32 = Color32::from_rgb(0x12, 0x1C, 0x26);
/// Less important text.
pub const INK_SOFT: Color32 = Color32::from_rgb(0x46, 0x55, 0x63);
/// Thin lines.
pub const LINE: Color32 = Color32::from_rgb(0xC9, 0xD2, 0xDA);
/// Visible focus.
pub const FOCUS: Color32 = Color32::from_rgb(0x1B, 0x5F, 0xB4);
/// How wide the ring around what has the focus is.
pub const FOCUS_RING: f32 = 3.0;
/// The ring around what has the focus; it stands on the ground and beside every button.
pub const FOCUS_RING_COLOUR: Color32 = INK;
/// The band of training mode.
pub const TRAINING: Color32 = Color32::from_rgb(0x6A, 0x2C, 0x8E);
/// Where no portrait is.
pub const PORTRAIT_GROUND: Color32 = Color32::from_rgb(0xDD, 0xE3, 0xE8);

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
/// The status bar's height.
pub const STATUS_HEIGHT: f32 = 34.0;
/// The header's height.
pub const HEADER_HEIGHT: f32 = 58.0;

/// Text sizes in points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Size {
    /// A status bar that has no room for larger words; nothing else.
    Least,
    /// Codes and status.
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
            Self::Least => 14.0,
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
}

/// The colours of `signal`.
pub fn signal(signal: Signal) -> SignalColours {
    match signal {
        Signal::Ok => colours(0x0B_6B3A, 0xFF_FFFF, 0xE2_F3E9, 0x08_5A30),
        Signal::Working => colours(0x1B_5FB4, 0xFF_FFFF, 0xE3_EDF8, 0x17_4F96),
        Signal::Attention => colours(0xF6_B426, 0x2A_1C00, 0xFF_F1CF, 0x7A_4700),
        Signal::Stop => colours(0xB0_1420, 0xFF_FFFF, 0xFC_E4E5, 0x98_101A),
    }
}

fn colours(strong: u32, on_strong: u32, soft: u32, ink: u32) -> SignalColours {
    let colour = |value: u32| {
        let [_, red, green, blue] = value.to_be_bytes();
        Color32::from_rgb(red, green, blue)
    };
    SignalColours { strong: colour(strong), on_strong: colour(on_strong), soft: colour(soft), ink: colour(ink) }
}

/// A white card with a thin line around it.
pub fn card() -> egui::Frame {
    egui::Frame::new()
        .fill(SURFACE)
        .stroke(Stroke::new(1.0, LINE))
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
        style.visuals = visuals();
        style.spacing.item_spacing = Vec2::splat(GAP / 1.5);
        style.spacing.button_padding = Vec2::new(18.0, 8.0);
        style.spacing.interact_size.y = TARGET_MIN;
        style.animation_time = 0.0;
        style.interaction.selectable_labels = false;
    });
}

fn visuals() -> egui::Visuals {
    let mut visuals = egui::Visuals::light();
    visuals.panel_fill = GROUND;
    visuals.window_fill = SURFACE;
    visuals.extreme_bg_color = SURFACE;
    visuals.override_text_color = None;
    visuals.text_cursor.blink = false;
    visuals.selection.stroke = Stroke::new(2.5, FOCUS);
    let widgets = &mut visuals.widgets;
    for state in [&mut widgets.inactive, &mut widgets.hovered, &mut widgets.active, &mut widgets.open] {
        state.corner_radius = CornerRadius::same(RADIUS);
        state.fg_stroke = Stroke::new(1.5, INK);
        state.bg_stroke = Stroke::new(1.5, INK_SOFT);
        state.weak_bg_fill = SURFACE;
        state.expansion = 0.0;
    }
    widgets.hovered.weak_bg_fill = GROUND;
    widgets.active.weak_bg_fill = PORTRAIT_GROUND;
    widgets.noninteractive.fg_stroke = Stroke::new(1.0, INK);
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
