//! A list of any length: it is scrolled by row number, because a million rows have more pixels than a number of the
//! toolkit tells apart, and only the rows in sight are asked for.

use crate::style::{self, Size};
use crate::widgets::focus_ring;
use checkin::failure::Signal;
use egui::{Align2, Key, Modifiers, Pos2, Rect, Role, Sense, Ui, Vec2, WidgetInfo};
use review::book::{Mark, Row};

/// A column: its heading, its share of the width, and whether it holds numbers.
pub(super) struct Column<'a> {
    pub(super) title: &'a str,
    pub(super) share: f32,
    pub(super) is_number: bool,
}

/// Where in its list a table stands.
#[derive(Debug, Clone, Default)]
pub(super) struct Position {
    /// The row that is chosen.
    pub(super) chosen: usize,
    /// The first row in sight.
    first: usize,
    /// What a wheel turned and no whole row yet.
    turned: f32,
}

/// What somebody did in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Done {
    /// Opened a row, by its place in the list as it is shown.
    Opened(usize),
    /// Pressed the heading of a column.
    Sorted(usize),
}

/// Draws the table into what is left of the screen.
pub(super) fn show(
    ui: &mut Ui,
    columns: &[Column<'_>],
    len: usize,
    position: &mut Position,
    row: impl Fn(usize) -> Row,
) -> Option<Done> {
    let mut done = headings(ui, columns);
    let area = ui.available_rect_before_wrap();
    let in_sight = whole_rows(area.height());
    let opened = keys(ui, position, len, in_sight);
    wheel(ui, area, position);
    position.first = position.first.min(len.saturating_sub(in_sight));
    let last = position.first.saturating_add(in_sight).min(len);
    for (line, number) in (position.first..last).enumerate() {
        let rect = line_rect(area, line);
        if one_row(ui, columns, rect, number, position.chosen == number, &row(number)) {
            (position.chosen, done) = (number, Some(Done::Opened(number)));
        }
    }
    scroll_bar(ui, area, position, len, in_sight);
    opened.map(Done::Opened).or(done)
}

fn whole_rows(height: f32) -> usize {
    let rows = (height / ROW_HEIGHT).floor().clamp(1.0, MAX_IN_SIGHT);
    // Between 1 and MAX_IN_SIGHT: a whole number that fits.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped above")]
    let rows = rows as usize;
    rows
}

fn headings(ui: &mut Ui, columns: &[Column<'_>]) -> Option<Done> {
    let (rect, _) = ui.allocate_exact_size(Vec2::new(ui.available_width(), HEADING_HEIGHT), Sense::hover());
    let mut done = None;
    for (number, (cell, column)) in cells(rect, columns).into_iter().zip(columns).enumerate() {
        let response = ui.interact(cell, ui.scope_id().with(("heading", number)), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, column.title));
        write(ui, cell, column.title, column.is_number, style::bold(Size::Small), style::tokens().ink_soft);
        focus_ring(ui, &response);
        if response.clicked() {
            done = Some(Done::Sorted(number));
        }
    }
    done
}

/// Arrows, pages and both ends; Enter opens what is chosen. They are taken before a line of text sees them.
fn keys(ui: &Ui, position: &mut Position, len: usize, in_sight: usize) -> Option<usize> {
    let pressed = |modifiers, key| ui.input_mut(|input| input.count_and_consume_key(modifiers, key));
    let down = pressed(Modifiers::NONE, Key::ArrowDown) + pressed(Modifiers::NONE, Key::PageDown) * in_sight;
    let up = pressed(Modifiers::NONE, Key::ArrowUp) + pressed(Modifiers::NONE, Key::PageUp) * in_sight;
    let before = position.chosen;
    position.chosen = position.chosen.saturating_add(down).min(len.saturating_sub(1)).saturating_sub(up);
    if pressed(Modifiers::CTRL, Key::Home) > 0 {
        position.chosen = 0;
    }
    if pressed(Modifiers::CTRL, Key::End) > 0 {
        position.chosen = len.saturating_sub(1);
    }
    if position.chosen != before || position.chosen >= len {
        position.chosen = position.chosen.min(len.saturating_sub(1));
        let lowest = (position.chosen + 1).saturating_sub(in_sight);
        position.first = position.first.clamp(lowest.min(position.chosen), position.chosen);
    }
    (pressed(Modifiers::NONE, Key::Enter) > 0 && len > 0).then_some(position.chosen)
}

fn wheel(ui: &Ui, area: Rect, position: &mut Position) {
    if !ui.rect_contains_pointer(area) {
        return;
    }
    position.turned -= ui.input(|input| input.smooth_scroll_delta().y);
    while position.turned >= ROW_HEIGHT {
        position.turned -= ROW_HEIGHT;
        position.first = position.first.saturating_add(1);
    }
    while position.turned <= -ROW_HEIGHT {
        position.turned += ROW_HEIGHT;
        position.first = position.first.saturating_sub(1);
    }
}

fn one_row(ui: &Ui, columns: &[Column<'_>], rect: Rect, number: usize, is_chosen: bool, row: &Row) -> bool {
    let response = ui.interact(rect, ui.scope_id().with(("row", number)), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, is_chosen, row.cells.join(", ")));
    let (ground, ink) = looks(row.mark);
    ui.painter().rect_filled(rect.shrink2(Vec2::new(0.0, 1.0)), 4.0, ground);
    if is_chosen {
        let stroke = egui::Stroke::new(style::FOCUS_RING, style::tokens().focus);
        ui.painter().rect_stroke(rect.shrink(2.0), 4.0, stroke, egui::StrokeKind::Inside);
    }
    for ((cell, column), text) in cells(rect, columns).into_iter().zip(columns).zip(&row.cells) {
        write(ui, cell, text, column.is_number, style::font(Size::Body), ink);
    }
    response.clicked()
}

/// Never by colour alone: what a mark means stands in a cell of the row too.
fn looks(mark: Mark) -> (egui::Color32, egui::Color32) {
    match mark {
        Mark::Plain | Mark::Good => (style::tokens().surface, style::tokens().ink),
        Mark::Look => (style::signal(Signal::Attention).soft, style::signal(Signal::Attention).ink),
        Mark::Grave => (style::signal(Signal::Stop).soft, style::signal(Signal::Stop).ink),
    }
}

fn write(ui: &Ui, cell: Rect, text: &str, is_number: bool, font: egui::FontId, ink: egui::Color32) {
    let inner = cell.shrink2(Vec2::new(CELL_MARGIN, 0.0));
    let (at, align) = if is_number {
        (Pos2::new(inner.right(), inner.center().y), Align2::RIGHT_CENTER)
    } else {
        (Pos2::new(inner.left(), inner.center().y), Align2::LEFT_CENTER)
    };
    ui.painter().with_clip_rect(cell.intersect(ui.clip_rect())).text(at, align, text, font, ink);
}

fn cells(rect: Rect, columns: &[Column<'_>]) -> Vec<Rect> {
    let all: f32 = columns.iter().map(|column| column.share).sum();
    let width = rect.width() - BAR_WIDTH;
    let mut left = rect.left();
    let one = |column: &Column<'_>| {
        let cell =
            Rect::from_min_size(Pos2::new(left, rect.top()), Vec2::new(width * column.share / all, rect.height()));
        left = cell.right();
        cell
    };
    columns.iter().map(one).collect()
}

fn line_rect(area: Rect, line: usize) -> Rect {
    // No more lines than MAX_IN_SIGHT: exact in 32 bits.
    #[expect(clippy::cast_precision_loss, reason = "a few dozen lines")]
    let top = area.top() + line as f32 * ROW_HEIGHT;
    Rect::from_min_size(Pos2::new(area.left(), top), Vec2::new(area.width(), ROW_HEIGHT))
}

/// The bar says which part of the list is in sight; dragged, it goes to the row of that part.
fn scroll_bar(ui: &Ui, area: Rect, position: &mut Position, len: usize, in_sight: usize) {
    let Some(most) = len.checked_sub(in_sight).filter(|most| *most > 0) else { return };
    let track = Rect::from_min_max(Pos2::new(area.right() - BAR_WIDTH + 4.0, area.top()), area.right_bottom());
    let response = ui.interact(track, ui.scope_id().with("bar"), Sense::click_and_drag());
    #[expect(clippy::cast_precision_loss, reason = "a share of the list, for a bar of some hundred pixels")]
    let (share, at) = (in_sight as f64 / len as f64, position.first as f64 / most as f64);
    let height = (f64::from(track.height()) * share).clamp(f64::from(style::TARGET_MIN), f64::from(track.height()));
    let room = f64::from(track.height()) - height;
    if let Some(pointer) = response.interact_pointer_pos().filter(|_| room > 0.0) {
        let wanted = ((f64::from(pointer.y - track.top()) - height / 2.0) / room).clamp(0.0, 1.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "at most `most`"
        )]
        let first = (wanted * most as f64).round() as usize;
        position.first = first;
    }
    #[expect(clippy::cast_possible_truncation, reason = "pixels of a window")]
    let (top, height) = (track.top() + (room * at) as f32, height as f32);
    ui.painter().rect_filled(track, 4.0, style::tokens().portrait_ground);
    let thumb = Rect::from_min_size(Pos2::new(track.left(), top), Vec2::new(track.width(), height));
    ui.painter().rect_filled(thumb, 4.0, style::tokens().ink_soft);
}

const ROW_HEIGHT: f32 = 36.0;
const HEADING_HEIGHT: f32 = 44.0;
const BAR_WIDTH: f32 = 22.0;
const CELL_MARGIN: f32 = 8.0;
const MAX_IN_SIGHT: f32 = 200.0;
