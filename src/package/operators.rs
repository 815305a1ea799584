//! `operators.toml`: who works at the desks.

pub use super::roles::{Action, Role};
pub use crypto::pin::{PinCheck, PinCost, PinError, PinLock, draw as draw_pin, is_old_hash};
use serde::{Deserialize, Deserializer};
use std::fmt::Write as _;

/// Somebody who works at the desks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operator {
    /// As it stands in the log: lower-case letters, digits, `.`, `-`.
    pub code: String,
    /// The name by which screens ask for her; people only, never in a log.
    pub name: String,
    /// What she may do.
    pub role: Role,
    /// The site she works at; empty for every site.
    #[serde(default)]
    pub site: String,
    /// The lock of her PIN; none before her letter was made.
    #[serde(default, deserialize_with = "pin")]
    pub pin: Option<PinLock>,
    /// Where she is called, if screens are to say so; people only, never in a log.
    #[serde(default, deserialize_with = "telephone")]
    pub telephone: Option<Telephone>,
    /// Why she was taken off the exam, if she was. She stays on the list, so that nobody else gets her code.
    #[serde(default)]
    pub revoked: Option<String>,
}

impl Operator {
    /// True for somebody who was taken off the exam.
    pub fn is_revoked(&self) -> bool {
        self.revoked.is_some()
    }

    /// What a desk gets of this operator.
    #[must_use]
    pub fn for_desk(&self) -> Self {
        Self { pin: self.pin.as_ref().map(PinLock::without_public), ..self.clone() }
    }

    /// True for somebody who may work at a desk of this site.
    pub fn works_at(&self, site: &str) -> bool {
        self.site.is_empty() || self.site == site
    }
}

/// A telephone number as people write it: digits, spaces, dots, hyphens, brackets, a plus in front. Printing it prints none.
#[derive(Clone, PartialEq, Eq)]
pub struct Telephone(String);

impl std::fmt::Debug for Telephone {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Telephone(…)")
    }
}

impl Telephone {
    /// Reads a number; `None` for what nobody can dial, or what is longer than [`MAX_TELEPHONE_LEN`].
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let is_written = text.bytes().all(|byte| byte.is_ascii_digit() || b" .-()+".contains(&byte));
        let fits = text.len() <= MAX_TELEPHONE_LEN && digits >= MIN_TELEPHONE_DIGITS;
        (is_written && fits).then(|| Self(text.to_owned()))
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The longest telephone number: fifteen digits (ITU-T E.164), grouped.
pub const MAX_TELEPHONE_LEN: usize = 24;
/// Emergency numbers have three.
const MIN_TELEPHONE_DIGITS: usize = 3;

/// An empty text is no number.
fn telephone<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Telephone>, D::Error> {
    let text = String::deserialize(source)?;
    if text.is_empty() {
        return Ok(None);
    }
    let told = "a telephone number has digits, spaces, dots, hyphens and brackets, 24 characters at most";
    Telephone::parse(&text).map(Some).ok_or_else(|| serde::de::Error::custom(told))
}

/// An empty text is no PIN.
fn pin<'de, D: Deserializer<'de>>(source: D) -> Result<Option<PinLock>, D::Error> {
    let text = String::deserialize(source)?;
    // Who has no more than a hash from before cannot sign in: she needs a new letter, as one who has none.
    if text.is_empty() || is_old_hash(&text) {
        return Ok(None);
    }
    PinLock::parse(&text).map(Some).map_err(serde::de::Error::custom)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default, rename = "operator")]
    operators: Vec<Operator>,
}

/// Why a file is no list of operators.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct OperatorsError {
    /// The line.
    pub line: usize,
    /// What the parser said.
    pub what: String,
}

/// Reads the file; no bytes are no operators.
///
/// # Errors
/// [`OperatorsError`], with the line.
pub fn read(bytes: &[u8]) -> Result<Vec<Operator>, OperatorsError> {
    let text = std::str::from_utf8(bytes).map_err(|_| OperatorsError { line: 1, what: "not UTF-8".to_owned() })?;
    let file = toml::from_str::<File>(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        OperatorsError { line: before.matches('\n').count() + 1, what: error.message().to_owned() }
    });
    file.map(|file| file.operators)
}

/// The file.
pub fn write(operators: &[Operator]) -> String {
    let mut out = HEAD.to_owned();
    for one in operators {
        let text = |value: &str| toml::Value::from(value).to_string();
        let _ = write!(out, "\n[[operator]]\ncode = {}\nname = {}\n", text(&one.code), text(&one.name));
        let _ = writeln!(out, "role = \"{}\"\nsite = {}", one.role.word(), text(&one.site));
        let pin = one.pin.as_ref().map(PinLock::to_string).unwrap_or_default();
        let _ = writeln!(out, "pin = {}", text(&pin));
        if let Some(telephone) = &one.telephone {
            let _ = writeln!(out, "telephone = {}", text(telephone.as_str()));
        }
        if let Some(reason) = &one.revoked {
            let _ = writeln!(out, "revoked = {}", text(reason));
        }
    }
    out
}

const HEAD: &str = "\
# Người làm việc tại bàn. role: invigilator, head-of-site, technician, board.
# code: chữ thường, số, dấu chấm, gạch nối. site để trống: mọi điểm thi.
# telephone: số điện thoại hiện trên màn hình của bàn khi cần gọi người này; để trống nếu không có.
# pin: diemdanh-board exam letters (khóa của mã PIN, không phải mã PIN). revoked: lý do; dòng ở lại để không ai dùng lại mã này.
";
