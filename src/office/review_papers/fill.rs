//! What stands in the gaps of a form's sentences, and how numbers, times and shares are written here.

use bits::text::shown_within;
use jiff::Timestamp;
use jiff::tz::Offset;
use std::collections::BTreeMap;

/// What the names in curly brackets stand for. A sentence that names something empty or unknown is left out.
#[derive(Clone, Default)]
pub(super) struct Facts(BTreeMap<&'static str, String>);

impl Facts {
    /// The same with one more.
    pub(super) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.0.insert(name, value.to_string());
        self
    }

    /// The same with one more number.
    pub(super) fn counted(self, name: &'static str, count: u64) -> Self {
        self.with(name, grouped(count))
    }

    /// What a name stands for.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The sentence; `None` where something in it is not known.
    pub(super) fn fill(&self, sentence: &str) -> Option<String> {
        let mut out = String::with_capacity(sentence.len());
        let mut rest = sentence;
        while let Some((before, behind)) = rest.split_once('{') {
            let (name, after) = behind.split_once('}')?;
            out.push_str(before);
            out.push_str(&shown_within(self.get(name).filter(|value| !value.is_empty())?));
            rest = after;
        }
        out.push_str(rest);
        Some(out)
    }
}

/// 1.138.108.
pub(super) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    out
}

/// 99,4 %, rounded down: nobody is added by rounding. Nothing of nothing is no share.
pub(super) fn share(part: u64, whole: u64) -> String {
    let tenths = u128::from(part) * 1_000 / u128::from(whole).max(1);
    if whole == 0 { String::new() } else { format!("{},{}\u{A0}%", tenths / 10, tenths % 10) }
}

/// dd/mm/yyyy.
pub(super) fn date(at: Timestamp, offset: Offset) -> String {
    offset.to_datetime(at).strftime("%d/%m/%Y").to_string()
}

/// 07:45.
pub(super) fn clock(at: Timestamp, offset: Offset) -> String {
    offset.to_datetime(at).strftime("%H:%M").to_string()
}

/// 11 giờ 30 phút, ngày 26/06/2026, in the words of a form.
pub(super) fn moment(at: Timestamp, offset: Offset, words: &str) -> String {
    offset.to_datetime(at).strftime(words).to_string()
}
