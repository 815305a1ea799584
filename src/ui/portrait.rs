//! The portrait on the graphics card: uploaded once, dropped when its person leaves.

use crate::eye_line;
use crate::style::{self, Size};
use crate::text::Strings;
use checkin::view::Portrait;
use checkin::view::PortraitView;
use egui::{
    Align, ColorImage, Label, Layout, Pos2, Rect, RichText, Role, Shape, Stroke, TextureHandle, TextureOptions,
};
use egui::{Ui, UiBuilder, Vec2, WidgetInfo};
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

    /// Draws the board's portrait with its name below, or says that the list has none. `beside` is what it is compared with.
    pub(super) fn show_listed(
        &mut self,
        ui: &mut Ui,
        portrait: Option<&Arc<Portrait>>,
        beside: Option<&Portrait>,
        strings: &Strings,
        size: Vec2,
    ) {
        match portrait {
            Some(portrait) => self.show_named(ui, portrait, beside, &strings.words.portrait_listed, size),
            None => frame(ui, size, &strings.words.portrait_listed, &strings.words.portrait_listed_none),
        }
    }

    /// Draws a portrait with `name` below.
    pub(super) fn show_named(
        &mut self,
        ui: &mut Ui,
        portrait: &Arc<Portrait>,
        beside: Option<&Portrait>,
        name: &str,
        size: Vec2,
    ) {
        self.picture(ui, portrait, beside, name, size);
        let name = RichText::new(name).font(style::font(Size::Body)).color(style::tokens().ink_soft);
        ui.add(Label::new(name).wrap());
    }

    /// Draws the portrait into a frame of `size`, or says why there is none. `beside` is what it is compared with.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        view: &PortraitView,
        beside: Option<&Portrait>,
        strings: &Strings,
        size: Vec2,
    ) {
        let words = &strings.words;
        match view {
            PortraitView::Pending => frame(ui, size, &words.portrait_of_card, &words.portrait_pending),
            PortraitView::Missing => frame(ui, size, &words.portrait_of_card, &words.portrait_none),
            PortraitView::Proven(portrait) => self.show_named(ui, portrait, beside, &words.portrait_of_card, size),
            PortraitView::Unproven(portrait) => {
                self.picture(ui, portrait, beside, &words.portrait_of_card, size);
                let ink = style::signal(checkin::failure::Signal::Stop).ink;
                ui.label(RichText::new(&words.portrait_unproven).font(style::bold(Size::Body)).color(ink));
            }
        }
    }

    fn picture(&mut self, ui: &mut Ui, portrait: &Arc<Portrait>, beside: Option<&Portrait>, name: &str, size: Vec2) {
        if !self.shown.iter().any(|(shown, _)| Arc::ptr_eq(shown, portrait)) {
            // The next person's portraits take the place of the last one's.
            let surplus = (self.shown.len() + 1).saturating_sub(MAX_SHOWN);
            self.shown.drain(..surplus);
            self.shown.extend(upload(ui, portrait).map(|texture| (Arc::clone(portrait), texture)));
        }
        let rect = place(ui, size, name);
        ui.painter().rect_filled(rect, style::RADIUS, style::tokens().portrait_ground);
        if let Some((_, texture)) = self.shown.iter().find(|(shown, _)| Arc::ptr_eq(shown, portrait)) {
            let whole = eye_line::placed(rect, portrait, beside);
            let seen = whole.intersect(rect);
            let share = |point: Pos2| ((point - whole.min) / whole.size()).to_pos2();
            let image = egui::Image::new(texture).uv(Rect::from_min_max(share(seen.min), share(seen.max)));
            image.corner_radius(style::RADIUS).paint_at(ui, seen);
        }
        ui.painter().rect_stroke(rect, style::RADIUS, Stroke::new(1.5, style::tokens().line), egui::StrokeKind::Inside);
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

/// Room for a portrait, with a name for whoever has the screen read aloud.
fn place(ui: &mut Ui, size: Vec2, name: &str) -> Rect {
    let (rect, response) = ui.allocate_exact_size(size, egui::Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    rect
}

/// A drawn frame where a portrait is missing, and why it is.
fn frame(ui: &mut Ui, size: Vec2, name: &str, text: &str) {
    let rect = place(ui, size, name);
    ui.painter().rect_filled(rect, style::RADIUS, style::tokens().portrait_ground);
    let edge = Stroke::new(2.0, style::tokens().ink_soft);
    let corners = [rect.left_top(), rect.right_top(), rect.right_bottom(), rect.left_bottom(), rect.left_top()];
    ui.painter().extend(Shape::dashed_line(&corners, edge, 9.0, 6.0));
    let inner = rect.shrink(f32::from(style::PADDING));
    let words = RichText::new(text).font(style::font(Size::Large)).color(style::tokens().ink_soft);
    let height =
        ui.painter().layout(text.to_owned(), style::font(Size::Large), style::tokens().ink, inner.width()).size().y;
    let middle = Rect::from_center_size(rect.center(), Vec2::new(inner.width(), height));
    let child = UiBuilder::new().max_rect(middle).layout(Layout::top_down(Align::Center));
    ui.new_child(child).add(Label::new(words).wrap());
}

/// The chip's and the board's.
const MAX_SHOWN: usize = 2;
