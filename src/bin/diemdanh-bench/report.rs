//! The report: one line a figure.

use std::fmt::Write as _;
use std::time::Duration;

/// One figure.
pub(super) struct Row {
    promise: String,
    measured: String,
    against: String,
    ratio: String,
    how: &'static str,
}

impl Row {
    /// A figure that stands for itself.
    pub(super) fn plain(promise: &str, measured: String) -> Self {
        let dash = || "–".to_owned();
        Self { promise: promise.to_owned(), measured, against: dash(), ratio: dash(), how: "" }
    }

    /// A time and what it is held against, with the share of the one in the other.
    pub(super) fn against(promise: &str, measured: Duration, peer: &str, other: Duration) -> Self {
        let ratio = measured.as_secs_f64() / other.as_secs_f64().max(f64::MIN_POSITIVE);
        Self {
            promise: promise.to_owned(),
            measured: time(measured),
            against: format!("{peer}: {}", time(other)),
            ratio: format!("{ratio:.3}"),
            how: "",
        }
    }

    /// A number and its limit.
    pub(super) fn against_limit(promise: &str, measured: u64, unit: &str, limit: u64) -> Self {
        let permille = measured * 1_000 / limit.max(1);
        Self {
            promise: promise.to_owned(),
            measured: format!("{measured} {unit}"),
            against: format!("limit: {limit} {unit}"),
            ratio: format!("{}.{:03}", permille / 1_000, permille % 1_000),
            how: "",
        }
    }

    /// A count and the least that it could be.
    pub(super) fn against_least(promise: &str, measured: u64, unit: &str, least: usize) -> Self {
        let least = u64::try_from(least).unwrap_or(u64::MAX);
        let row = Self::against_limit(promise, measured, unit, least);
        Self { against: format!("theoretical least: {least} {unit}"), ..row }
    }

    /// How it was measured.
    pub(super) fn how(self, how: &'static str) -> Self {
        Self { how, ..self }
    }
}

/// The report as Markdown.
pub(super) fn markdown(rows: &[Row]) -> String {
    let mut text = format!("# Figures\n\n{}\n\n", machine());
    text.push_str("| Promise | Measured | Held against | Ratio | How |\n|---|---|---|---|---|\n");
    for Row { promise, measured, against, ratio, how } in rows {
        let _ = writeln!(text, "| {promise} | {measured} | {against} | {ratio} | {how} |");
    }
    text
}

fn machine() -> String {
    let cpus = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':').map(|(_, name)| name.trim()));
    let count = cpus.lines().filter(|line| line.starts_with("processor")).count();
    let day = jiff::Timestamp::now().strftime("%Y-%m-%d").to_string();
    let build = if cfg!(debug_assertions) { "debug build" } else { "release build" };
    format!("{day}, {count} × {}, {build}, version {}.", model.unwrap_or("?"), env!("CARGO_PKG_VERSION"))
}

fn time(time: Duration) -> String {
    let microseconds = time.as_secs_f64() * 1e6;
    if microseconds < 1_000.0 { format!("{microseconds:.0} µs") } else { format!("{:.2} ms", microseconds / 1_000.0) }
}
