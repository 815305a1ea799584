//! The bar below every screen: how the parts around the desk are.

use crate::icons;
use crate::style::{self, Size};
use crate::text::{Strings, Words};
use checkin::event::{CopyHealth, DiskState};
use checkin::failure::Signal;
use checkin::state::{ReaderHealth, RegistryHealth, ScannerHealth};
use checkin::view::{PaperHealth, StatusBar, WitnessView};
use egui::{Align, Layout, Pos2, Rect, RichText, Ui, UiBuilder, Vec2};

/// How the parts stand in the bar: in one row with all their words, in one row where a tick says what is good, or so in several
/// rows. Nothing becomes smaller.
struct Rows<'a> {
    items: Vec<Item<'a>>,
    /// A tick says what is good.
    is_short: bool,
    /// Where each row but the first begins.
    breaks: Vec<usize>,
}

impl<'a> Rows<'a> {
    fn of(ui: &Ui, status: &'a StatusBar, words: &'a Words, width: f32) -> Self {
        let items = items(status, words);
        let breaks_of = |is_short| breaks(items.iter().map(|item| item.width(ui, is_short)), width);
        let long = breaks_of(false);
        let (is_short, breaks) = if long.is_empty() { (false, long) } else { (true, breaks_of(true)) };
        Self { items, is_short, breaks }
    }

    /// Several rows stand close: what is above them needs the room.
    fn row_height(&self) -> f32 {
        if self.breaks.is_empty() { style::STATUS_HEIGHT } else { CLOSE_ROW }
    }

    fn show(&self, ui: &mut Ui, rect: Rect, status: &StatusBar, strings: &Strings) {
        let ends = self.breaks.iter().copied().chain([self.items.len()]);
        let starts = [0].into_iter().chain(self.breaks.iter().copied());
        for (row, (start, end)) in starts.zip(ends).enumerate() {
            let top = rect.top() + self.row_height() * pixels(row);
            let place = Rect::from_min_size(Pos2::new(rect.left(), top), Vec2::new(rect.width(), self.row_height()));
            let row = UiBuilder::new().max_rect(place).layout(Layout::left_to_right(Align::Center));
            let ui = &mut ui.new_child(row);
            ui.spacing_mut().item_spacing.x = SPACING;
            // Nothing in a row is pressed.
            ui.spacing_mut().interact_size.y = 0.0;
            for item in self.items.get(start..end).unwrap_or_default() {
                item.show(ui, self.is_short);
            }
            if end == self.items.len() {
                version(ui, status, strings);
            }
        }
    }
}

/// Where the next row begins, each time there is no room for one more. What alone is wider than a row has one for itself.
fn breaks(widths: impl Iterator<Item = f32>, width: f32) -> Vec<usize> {
    let (mut breaks, mut used) = (Vec::new(), 0.0);
    for (index, wanted) in widths.enumerate() {
        if used > 0.0 && used + wanted > width {
            breaks.push(index);
            used = 0.0;
        }
        used += wanted;
    }
    breaks
}

/// How high the bar is where it is so wide.
pub(super) fn height(ui: &Ui, status: &StatusBar, strings: &Strings, width: f32) -> f32 {
    let rows = Rows::of(ui, status, &strings.words, width);
    rows.row_height() * pixels(rows.breaks.len() + 1)
}

/// Reader, a scanner that is not well, card, registry and backlog, disk, second copy, clock, log, witness, version.
pub(super) fn show(ui: &mut Ui, status: &StatusBar, strings: &Strings) {
    let rect = ui.max_rect();
    Rows::of(ui, status, &strings.words, rect.width()).show(ui, rect, status, strings);
}

/// There are never more rows than parts.
fn pixels(rows: usize) -> f32 {
    f32::from(u8::try_from(rows).unwrap_or(u8::MAX))
}

fn items<'a>(status: &'a StatusBar, words: &'a Words) -> Vec<Item<'a>> {
    let card = if status.card_present { &words.status_present } else { &words.status_absent };
    let all = [
        Some(Item::of(&words.status_reader, reader(status.reader, words))),
        scanner(status.scanner, words).map(|told| Item::of(&words.status_scanner, told)),
        Some(Item::of(&words.status_card, (Mark::Is(Signal::Ok), card.clone()))),
        Some(Item::of(&words.status_registry, registry(status, words))),
        Some(Item::of(&words.status_disk, disk(status.disk, words))),
        copy(status.copy, words).map(|told| Item::of(&words.status_copy, told)),
        paper(status.paper, words).map(|told| Item::of(&words.status_paper, told)),
        Some(Item::of(&words.status_clock, clock(status, words))),
        Some(Item::of(&words.status_log, (Mark::Is(Signal::Ok), status.log_entries.to_string()))),
        Some(Item::of(&words.status_seen, seen(status, words))),
    ];
    let plain = |item: Item<'a>| Item { is_plain: item.word == words.status_ok, ..item };
    all.into_iter().flatten().map(plain).collect()
}

/// What stands before a word.
#[derive(Debug, Clone, Copy)]
enum Mark {
    Is(Signal),
    /// Nobody knows yet; nothing runs that one could wait for.
    Unknown,
}

/// One part: its mark, its name and its word.
struct Item<'a> {
    name: &'a str,
    mark: Mark,
    word: String,
    /// A tick says as much as its word.
    is_plain: bool,
}

impl<'a> Item<'a> {
    fn of(name: &'a str, (mark, word): (Mark, String)) -> Self {
        Self { name, mark, word, is_plain: false }
    }

    fn width(&self, ui: &Ui, is_short: bool) -> f32 {
        let text = |text: &str, font| {
            let ink = style::tokens().on_bar;
            ui.painter().layout_no_wrap(text.to_owned(), font, ink).size().x
        };
        let word = if is_short && self.is_plain { 0.0 } else { text(&self.word, style::bold(Size::Body)) + SPACING };
        text(self.name, style::font(Size::Body)) + word + ICON + BEHIND + SPACING * 2.0
    }

    fn show(&self, ui: &mut Ui, is_short: bool) {
        let (rect, _) = ui.allocate_exact_size(Vec2::splat(ICON), egui::Sense::hover());
        match self.mark {
            Mark::Unknown => icons::unknown(ui.painter(), rect, style::tokens().on_bar_soft),
            Mark::Is(signal) => {
                icons::signal(ui.painter(), rect, signal, style::signal(signal).on_bar, style::tokens().bar);
            }
        }
        ui.label(RichText::new(self.name).font(style::font(Size::Body)).color(style::tokens().on_bar_soft));
        if !(is_short && self.is_plain) {
            ui.label(RichText::new(&self.word).font(style::bold(Size::Body)).color(style::tokens().on_bar));
        }
        ui.add_space(BEHIND);
    }
}

/// A line of the running size, and nothing above or below it.
const CLOSE_ROW: f32 = 25.0;
const ICON: f32 = 14.0;
const SPACING: f32 = 6.0;
/// Between one part and the next.
const BEHIND: f32 = 2.0;

/// The version alone, at the right: with its name, bare, or not at all, as far as there is room beside what matters.
pub(super) fn version(ui: &mut Ui, status: &StatusBar, strings: &Strings) {
    let named = format!("{} {}", strings.words.status_version, status.version);
    let room = ui.available_width();
    let width = |text: &String| {
        let ink = style::tokens().on_bar_soft;
        ui.painter().layout_no_wrap(text.clone(), style::font(Size::Small), ink).size().x
    };
    let Some(shown) = [named, status.version.clone()].into_iter().find(|text| width(text) <= room) else { return };
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.label(RichText::new(shown).font(style::font(Size::Small)).color(style::tokens().on_bar_soft));
    });
}

fn reader(reader: ReaderHealth, words: &Words) -> (Mark, String) {
    match reader {
        ReaderHealth::Ready => (Mark::Is(Signal::Ok), words.status_ok.clone()),
        ReaderHealth::Missing => (Mark::Is(Signal::Attention), words.status_missing.clone()),
        ReaderHealth::ServiceDown => (Mark::Is(Signal::Stop), words.status_down.clone()),
        ReaderHealth::Unknown => (Mark::Unknown, words.status_unknown.clone()),
    }
}

/// Nothing where there is nothing to do about it: the bar is full.
fn scanner(scanner: ScannerHealth, words: &Words) -> Option<(Mark, String)> {
    let word = match scanner {
        ScannerHealth::Off | ScannerHealth::Ready => return None,
        ScannerHealth::Missing => &words.status_missing,
        ScannerHealth::NoRights => &words.status_scanner_no_rights,
        ScannerHealth::Busy => &words.status_scanner_busy,
        ScannerHealth::NotSerial => &words.status_scanner_not_serial,
    };
    Some((Mark::Is(Signal::Attention), word.clone()))
}

fn registry(status: &StatusBar, words: &Words) -> (Mark, String) {
    let (mark, word) = match status.registry {
        Some(RegistryHealth::Well) => (Mark::Is(Signal::Ok), &words.status_ok),
        Some(RegistryHealth::Silent) => (Mark::Is(Signal::Attention), &words.status_offline),
        Some(RegistryHealth::Rejects) => (Mark::Is(Signal::Attention), &words.status_registry_rejects),
        Some(RegistryHealth::Foreign) => (Mark::Is(Signal::Stop), &words.status_registry_foreign),
        Some(RegistryHealth::Lying) => (Mark::Is(Signal::Stop), &words.status_registry_lying),
        Some(RegistryHealth::OutOfDate) => (Mark::Is(Signal::Attention), &words.status_registry_dates),
        Some(RegistryHealth::ClockDiffers) => (Mark::Is(Signal::Attention), &words.status_registry_clock),
        Some(RegistryHealth::Unknown) => (Mark::Unknown, &words.status_unknown),
        None => (Mark::Is(Signal::Attention), &words.status_registry_off),
    };
    let mut parts = vec![word.clone()];
    parts.extend(status.registry_silent_since.clone());
    parts.extend((status.pending > 0).then(|| format!("{} {}", status.pending, words.status_pending)));
    (mark, parts.join(" · "))
}

fn clock(status: &StatusBar, words: &Words) -> (Mark, String) {
    match status.clock_off_minutes {
        _ if !status.clock_steady => (Mark::Is(Signal::Stop), words.status_down.clone()),
        Some(minutes) => {
            (Mark::Is(Signal::Attention), format!("{} {minutes:+} {}", words.status_clock_off, words.status_minutes))
        }
        None => (Mark::Is(Signal::Ok), words.status_right.clone()),
    }
}

/// How much of the log nobody outside has seen: what could be cut off unseen.
fn seen(status: &StatusBar, words: &Words) -> (Mark, String) {
    match status.witness {
        // Nobody outside has said yet how much of this log there was.
        _ if status.witness_not_asked => (Mark::Is(Signal::Attention), words.status_witness_not_asked.clone()),
        WitnessView::Off => (Mark::Is(Signal::Attention), words.status_witness.clone()),
        WitnessView::Never => (Mark::Is(Signal::Attention), words.status_never.clone()),
        WitnessView::Seen { entries_since, minutes_ago, is_silent } => {
            let signal = if is_silent { Signal::Attention } else { Signal::Ok };
            let told = format!("{minutes_ago} {} · {entries_since} {}", words.status_ago, words.status_since);
            (Mark::Is(signal), told)
        }
    }
}

/// Nothing where no second medium is configured.
fn copy(copy: CopyHealth, words: &Words) -> Option<(Mark, String)> {
    match copy {
        CopyHealth::Off => None,
        CopyHealth::Unknown => Some((Mark::Unknown, words.status_unknown.clone())),
        CopyHealth::Whole => Some((Mark::Is(Signal::Ok), words.status_ok.clone())),
        CopyHealth::Lost => Some((Mark::Is(Signal::Attention), words.status_copy_lost.clone())),
        CopyHealth::Foreign => Some((Mark::Is(Signal::Attention), words.status_copy_foreign.clone())),
    }
}

/// Nothing where the rules allow no list.
fn paper(paper: PaperHealth, words: &Words) -> Option<(Mark, String)> {
    match paper {
        PaperHealth::Off => None,
        PaperHealth::Unknown => Some((Mark::Unknown, words.status_unknown.clone())),
        PaperHealth::Written => Some((Mark::Is(Signal::Ok), words.status_ok.clone())),
        PaperHealth::Lost => Some((Mark::Is(Signal::Attention), words.status_copy_lost.clone())),
    }
}

fn disk(disk: DiskState, words: &Words) -> (Mark, String) {
    match disk {
        DiskState::Enough => (Mark::Is(Signal::Ok), words.status_ok.clone()),
        DiskState::Low => (Mark::Is(Signal::Attention), words.status_low.clone()),
        DiskState::Unknown => (Mark::Unknown, words.status_unknown.clone()),
    }
}
