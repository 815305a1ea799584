//! The portrait on the graphics card: uploaded once, dropped when its person leaves.

use crate::style::{self, Size};
use crate::text::Strings;
use checkin::view::Portrait;
use checkin::view::PortraitView;
use egui::{ColorImage, Label, RichText, Stroke, TextureHandle, TextureOptions, Ui, Vec2};
use std::sync::Arc;

/// The textures of the portraits that are shown: the chip's and the board's.
#[derive(Default)]
pub(super) struct PortraitTexture {
    shown: Vec<(Arc<Portrait>, TextureHandle)>,
}

impl PortraitTexture {
    /// Drops textures and portraits.
    pub(super) fn wipe(&mut self) {
        self.shown.clear();
    }

    /// Draws the board's portrait, with its name below.
    pub(super) fn show_listed(&mut self, ui: &mut Ui, portrait: &Arc<Portrait>, strings: &Strings, size: Vec2) {
        self.show_named(ui, portrait, &strings.words.portrait_listed, size);
    }

    /// Draws a portrait with `name` below.
    pub(super) fn show_named(&mut self, ui: &mut Ui, portrait: &Arc<Portrait>, name: &str, size: Vec2) {
        self.picture(ui, portrait, size);
        let name = RichText::new(name).font(style::font(Size::Body)).color(style::INK_SOFT);
        ui.add(Label::new(name).wrap());
    }

    /// Draws the portrait into a frame of `size`, or says why there is none.
    pub(super) fn show(&mut self, ui: &mut Ui, view: &PortraitView, strings: &Strings, size: Vec2) {
        let words = &strings.words;
        match view {
            PortraitView::Pending => frame(ui, size, &words.portrait_pending),
            PortraitView::Missing => frame(ui, size, &words.portrait_none),
            PortraitView::Proven(portrait) => {
                self.picture(ui, portrait, size);
                let hint = RichText::new(&words.compare_portrait).font(style::font(Size::Body)).color(style::INK_SOFT);
                ui.add(Label::new(hint).wrap());
            }
            PortraitView::Unproven(portrait) => {
                self.picture(ui, portrait, size);
                let ink = style::signal(checkin::failure::Signal::Stop).ink;
                ui.label(RichText::new(&words.portrait_unproven).font(style::bold(Size::Body)).color(ink));
            }
        }
    }

    fn picture(&mut self, ui: &mut Ui, portrait: &Arc<Portrait>, size: Vec2) {
        if !self.shown.iter().any(|(shown, _)| Arc::ptr_eq(shown, portrait)) {
            // The next person's portraits take the place of the last one's.
            let surplus = (self.shown.len() + 1).saturating_sub(MAX_SHOWN);
            self.shown.drain(..surplus);
            self.shown.extend(upload(ui, portrait).map(|texture| (Arc::clone(portrait), texture)));
        }
        let (rect, _) = ui.allocate_exact_size(size, egui::Sense::hover());
        ui.painter().rect_filled(rect, style::RADIUS, style::PORTRAIT_GROUND);
        if let Some((_, texture)) = self.shown.iter().find(|(shown, _)| Arc::ptr_eq(shown, portrait)) {
            let scale = (rect.size() / texture.size_vec2()).min_elem();
            let inner = egui::Rect::from_center_size(rect.center(), texture.size_vec2() * scale);
            egui::Image::new(texture).corner_radius(style::RADIUS).paint_at(ui, inner);
        }
        ui.painter().rect_stroke(rect, style::RADIUS, Stroke::new(1.5, style::LINE), egui::StrokeKind::Inside);
    }
}

fn upload(ui: &Ui, portrait: &Portrait) -> Option<TextureHandle> {
    let size = [usize::try_from(portrait.width).ok()?, usize::try_from(portrait.height).ok()?];
    let bytes = portrait.rgba.reveal();
    if size[0].checked_mul(size[1])?.checked_mul(4)? != bytes.len() {
        return None;
    }
    let image = ColorImage::from_rgba_unmultiplied(size, bytes);
    Some(ui.ctx().load_texture("portrait", image, TextureOptions::LINEAR))
}

fn frame(ui: &mut Ui, size: Vec2, text: &str) {
    let (rect, _) = ui.allocate_exact_size(size, egui::Sense::hover());
    ui.painter().rect_filled(rect, style::RADIUS, style::PORTRAIT_GROUND);
    let label = Label::new(RichText::new(text).font(style::font(Size::Large)).color(style::INK_SOFT));
    ui.put(rect, label);
}

/// The chip's and the board's.
const MAX_SHOWN: usize = 2;
