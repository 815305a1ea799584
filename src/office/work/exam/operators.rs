//! Who works at the desks: taken in, listed, taken off.

use super::super::{Ending, Work, WorkError};
use super::{NOT_PLAIN, lock, read};
use crate::exam::letters;
use crate::exam::{Exam, OPERATORS_FILE, Operator, Role, letter_page, operators};
use bits::text::is_plain;
use host::pair::replace_private;
use record::Code;
use std::path::{Path, PathBuf};

/// Somebody to be taken in.
pub struct Add {
    /// The exam's folder.
    pub folder: PathBuf,
    /// As it stands in the log.
    pub code: String,
    /// The name on the screen.
    pub name: String,
    /// The role's word.
    pub role: String,
    /// The site; empty for every site.
    pub site: String,
    /// Only says what would be done.
    pub dry_run: bool,
}

/// Everybody, to be listed.
pub struct List {
    /// The exam's folder.
    pub folder: PathBuf,
}

/// Somebody to be taken off the exam.
pub struct Revoke {
    /// The exam's folder.
    pub folder: PathBuf,
    /// Whose code.
    pub code: String,
    /// Why, for whoever reads the list later.
    pub reason: String,
    /// Only says what would be done.
    pub dry_run: bool,
}

/// Takes somebody in.
///
/// # Errors
/// What kept it from being done.
pub fn add(work: &Work<'_>, asked: &Add) -> Result<Ending, WorkError> {
    let _held = lock(&asked.folder, "operator add", asked.dry_run)?;
    let exam = Exam::read(&read(&asked.folder)?)?;
    let Some(role) = Role::of_word(&asked.role) else {
        return Ok(work.misused("--role phải là invigilator, head-of-site, technician hoặc board"));
    };
    if Code::new(&asked.code).is_err() || !is_plain(&asked.name) {
        return Ok(work.misused("--code chỉ gồm chữ thường, số, dấu chấm, gạch nối, không quá năm chữ số liền; --name không để trống và không có ký tự ẩn"));
    }
    if exam.operators.iter().any(|one| one.code == asked.code) {
        return Ok(work.refused(&format!("operators.toml: mã “{}” đã có", asked.code)));
    }
    if !asked.site.is_empty() && exam.sites.iter().all(|site| site.code != asked.site) {
        return Ok(work.refused(&format!("sites.csv không có điểm thi “{}”", asked.site)));
    }
    let (code, site) = (asked.code.clone(), asked.site.clone());
    let one = Operator { code, name: asked.name.trim().to_owned(), role, site, pin: None, revoked: None };
    let mut operators = exam.operators;
    let said =
        format!("{} {}: {}", if asked.dry_run { "sẽ thêm" } else { "thêm" }, one.code, letter_page::role_name(role));
    operators.push(one);
    put(work, &asked.folder, &operators, asked.dry_run, &said)
}

/// Lists everybody: code, role, site, name, PIN.
///
/// # Errors
/// What kept them from being listed.
pub fn list(work: &Work<'_>, asked: &List) -> Result<Ending, WorkError> {
    let exam = Exam::read(&read(&asked.folder)?)?;
    for one in &exam.operators {
        let site = if one.site.is_empty() { "mọi điểm" } else { &one.site };
        let state = match (&one.revoked, &one.pin) {
            (Some(reason), _) => format!("thu hồi: {reason}"),
            (None, Some(_)) => "có PIN".to_owned(),
            (None, None) => "chưa có PIN".to_owned(),
        };
        say!(work, "{:<16} {:<16} {site:<10} {:<24} {state}", one.code, letter_page::role_name(one.role), one.name);
    }
    say!(
        work,
        "{} người, {} chưa có PIN",
        exam.operators.len(),
        letters::recipients(&exam, &[], false).map_or(0, |all| all.len())
    );
    Ok(Ending::Done)
}

/// Takes somebody off the exam; the line stays, so that nobody gets the code again.
///
/// # Errors
/// What kept it from being done.
pub fn revoke(work: &Work<'_>, asked: &Revoke) -> Result<Ending, WorkError> {
    let _held = lock(&asked.folder, "operator revoke", asked.dry_run)?;
    let mut operators = Exam::read(&read(&asked.folder)?)?.operators;
    if !is_plain(&asked.reason) {
        return Ok(work.misused(&format!("--reason: {NOT_PLAIN}")));
    }
    let Some(one) = operators.iter_mut().find(|one| one.code == asked.code) else {
        return Ok(work.refused(&format!("operators.toml: không có ai có mã “{}”", asked.code)));
    };
    if let Some(reason) = &one.revoked {
        return Ok(work.refused(&format!("“{}” đã bị thu hồi: {reason}", asked.code)));
    }
    one.revoked = Some(asked.reason.trim().to_owned());
    let said = format!("{} {}", if asked.dry_run { "sẽ thu hồi" } else { "thu hồi" }, asked.code);
    put(work, &asked.folder, &operators, asked.dry_run, &format!("{said}\nBàn chỉ biết sau khi nạp gói dữ liệu mới."))
}

/// Says what was done when it was done.
fn put(work: &Work<'_>, folder: &Path, list: &[Operator], dry_run: bool, said: &str) -> Result<Ending, WorkError> {
    let path = folder.join(OPERATORS_FILE);
    if !dry_run {
        replace_private(&path, operators::write(list).as_bytes())?;
    }
    say!(work, "{said}\n{} {}", if dry_run { "sẽ ghi" } else { "ghi" }, path.display());
    Ok(Ending::Done)
}
