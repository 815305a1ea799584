//! `operators.toml`: who works at the desks.

use serde::Deserialize;
use std::fmt::Write as _;

/// What somebody may do at a desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Giám thị.
    Invigilator,
    /// Trưởng Điểm thi.
    HeadOfSite,
    /// Kỹ thuật viên.
    Technician,
    /// Hội đồng thi.
    Board,
}

impl Role {
    /// The word in the file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Invigilator => "invigilator",
            Self::HeadOfSite => "head-of-site",
            Self::Technician => "technician",
            Self::Board => "board",
        }
    }
}

/// Somebody who works at the desks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operator {
    /// As it stands in the log: lower-case letters, digits, `.`, `-`.
    pub code: String,
    /// The name on the screen.
    pub name: String,
    /// What she may do.
    pub role: Role,
    /// The site she works at; empty for every site.
    #[serde(default)]
    pub site: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default, rename = "operator")]
    operators: Vec<Operator>,
}

/// Why a file is no list of operators.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("dòng {line}: {what}")]
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
    let text =
        std::str::from_utf8(bytes).map_err(|_| OperatorsError { line: 1, what: "không phải UTF-8".to_owned() })?;
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
    }
    out
}

const HEAD: &str = "\
# Người làm việc tại bàn. role: invigilator, head-of-site, technician, board.
# code: chữ thường, số, dấu chấm, gạch nối. site để trống: mọi điểm thi.
";
