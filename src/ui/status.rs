//! The bar below every screen: how the parts around the desk are.

use crate::icons;
use crate::style::{self, Size};
use crate::text::{Strings, Words};
use checkin::event::{CopyHealth, DiskState};
use checkin::failure::Signal;
use checkin::state::{ReaderHealth, RegistryHealth, ScannerHealth};
use checkin::view::{PaperHealth, StatusBar, WitnessView};
use egui::{Align, Layout, RichText, Ui, Vec2};

/// Reader, a scanner that is not well, card, registry and backlog, disk, second copy, clock, log, witness, version.
pub(super) fn show(ui: &mut Ui, status: &StatusBar, strings: &Strings) {
    let words = &strings.words;
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let (signal, word) = reader(status.reader, words);
        item(ui, signal, &words.status_reader, word);
        if let Some(word) = scanner(status.scanner, words) {
            item(ui, Signal::Attention, &words.status_scanner, word);
        }
        let card = if status.card_present { &words.status_present } else { &words.status_absent };
        item(ui, Signal::Ok, &words.status_card, card);
        let (signal, word) = registry(status, words);
        item(ui, signal, &words.status_registry, &word);
        let (signal, word) = disk(status.disk, words);
        item(ui, signal, &words.status_disk, word);
        if let Some((signal, word)) = copy(status.copy, words) {
            item(ui, signal, &words.status_copy, word);
        }
        if let Some((signal, word)) = paper(status.paper, words) {
            item(ui, signal, &words.status_paper, word);
        }
        let (signal, word) = clock(status, words);
        item(ui, signal, &words.status_clock, &word);
        item(ui, Signal::Ok, &words.status_log, &status.log_entries.to_string());
        let (signal, word) = witness(status.witness, words);
        if status.witness_not_asked {
            // Nobody outside has said yet how much of this log there was.
            item(ui, Signal::Attention, &words.status_seen, &words.status_witness_not_asked);
        } else {
            item(ui, signal, &words.status_seen, &word);
        }
        version(ui, status, strings);
    });
}

/// The version alone, at the right: with its name, bare, or not at all, as far as there is room beside what matters.
pub(super) fn version(ui: &mut Ui, status: &StatusBar, strings: &Strings) {
    let named = format!("{} {}", strings.words.status_version, status.version);
    let room = ui.available_width();
    let width = |text: &String| {
        let ink = style::ON_BAR_SOFT;
        ui.painter().layout_no_wrap(text.clone(), style::font(Size::Small), ink).size().x
    };
    let Some(shown) = [named, status.version.clone()].into_iter().find(|text| width(text) <= room) else { return };
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.label(RichText::new(shown).font(style::font(Size::Small)).color(style::ON_BAR_SOFT));
    });
}

fn item(ui: &mut Ui, signal: Signal, name: &str, word: &str) {
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(14.0), egui::Sense::hover());
    let bright = if signal == Signal::Ok { style::BAR_OK } else { style::signal(signal).soft };
    icons::signal(ui.painter(), rect, signal, bright, style::BAR);
    ui.label(RichText::new(name).font(style::font(Size::Small)).color(style::ON_BAR_SOFT));
    ui.label(RichText::new(word).font(style::bold(Size::Small)).color(style::ON_BAR));
    ui.add_space(4.0);
}

fn reader(reader: ReaderHealth, words: &Words) -> (Signal, &str) {
    match reader {
        ReaderHealth::Ready => (Signal::Ok, &words.status_ok),
        ReaderHealth::Missing => (Signal::Attention, &words.status_missing),
        ReaderHealth::ServiceDown => (Signal::Stop, &words.status_down),
        ReaderHealth::Unknown => (Signal::Working, &words.status_unknown),
    }
}

/// Nothing where there is nothing to do about it: the bar is full.
fn scanner(scanner: ScannerHealth, words: &Words) -> Option<&str> {
    match scanner {
        ScannerHealth::Off | ScannerHealth::Ready => None,
        ScannerHealth::Missing => Some(&words.status_missing),
        ScannerHealth::NoRights => Some(&words.status_scanner_no_rights),
        ScannerHealth::Busy => Some(&words.status_scanner_busy),
        ScannerHealth::NotSerial => Some(&words.status_scanner_not_serial),
    }
}

fn registry(status: &StatusBar, words: &Words) -> (Signal, String) {
    let (signal, word) = match status.registry {
        Some(RegistryHealth::Well) => (Signal::Ok, &words.status_ok),
        Some(RegistryHealth::Silent) => (Signal::Attention, &words.status_offline),
        Some(RegistryHealth::Rejects) => (Signal::Attention, &words.status_registry_rejects),
        Some(RegistryHealth::Foreign) => (Signal::Stop, &words.status_registry_foreign),
        Some(RegistryHealth::Lying) => (Signal::Stop, &words.status_registry_lying),
        Some(RegistryHealth::OutOfDate) => (Signal::Attention, &words.status_registry_dates),
        Some(RegistryHealth::ClockDiffers) => (Signal::Attention, &words.status_registry_clock),
        Some(RegistryHealth::Unknown) => (Signal::Working, &words.status_unknown),
        None => (Signal::Attention, &words.status_registry_off),
    };
    let mut parts = vec![word.clone()];
    parts.extend(status.registry_silent_since.clone());
    parts.extend((status.pending > 0).then(|| format!("{} {}", status.pending, words.status_pending)));
    (signal, parts.join(" · "))
}

fn clock(status: &StatusBar, words: &Words) -> (Signal, String) {
    match status.clock_off_minutes {
        _ if !status.clock_steady => (Signal::Stop, words.status_down.clone()),
        Some(minutes) => {
            (Signal::Attention, format!("{} {minutes:+} {}", words.status_clock_off, words.status_minutes))
        }
        None => (Signal::Ok, words.status_right.clone()),
    }
}

/// How much of the log nobody outside has seen: what could be cut off unseen.
fn witness(witness: WitnessView, words: &Words) -> (Signal, String) {
    match witness {
        WitnessView::Off => (Signal::Attention, words.status_witness.clone()),
        WitnessView::Never => (Signal::Attention, words.status_never.clone()),
        WitnessView::Seen { entries_since, minutes_ago, is_silent } => {
            let signal = if is_silent { Signal::Attention } else { Signal::Ok };
            (signal, format!("{minutes_ago} {} · {entries_since} {}", words.status_ago, words.status_since))
        }
    }
}

/// Nothing where no second medium is configured.
fn copy(copy: CopyHealth, words: &Words) -> Option<(Signal, &str)> {
    match copy {
        CopyHealth::Off => None,
        CopyHealth::Unknown => Some((Signal::Working, &words.status_unknown)),
        CopyHealth::Whole => Some((Signal::Ok, &words.status_ok)),
        CopyHealth::Lost => Some((Signal::Attention, &words.status_copy_lost)),
        CopyHealth::Foreign => Some((Signal::Attention, &words.status_copy_foreign)),
    }
}

/// Nothing where the rules allow no list.
fn paper(paper: PaperHealth, words: &Words) -> Option<(Signal, &str)> {
    match paper {
        PaperHealth::Off => None,
        PaperHealth::Unknown => Some((Signal::Working, &words.status_unknown)),
        PaperHealth::Written => Some((Signal::Ok, &words.status_ok)),
        PaperHealth::Lost => Some((Signal::Attention, &words.status_copy_lost)),
    }
}

fn disk(disk: DiskState, words: &Words) -> (Signal, &str) {
    match disk {
        DiskState::Enough => (Signal::Ok, &words.status_ok),
        DiskState::Low => (Signal::Attention, &words.status_low),
        DiskState::Unknown => (Signal::Working, &words.status_unknown),
    }
}
