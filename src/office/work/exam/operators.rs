//! Who works at the desks: taken in, listed, taken off.

use super::super::{Ending, Work, WorkError};
use super::{lock, read, tell_written};
use crate::exam::letters;
use crate::exam::{Exam, OPERATORS_FILE, Operator, Role, operators};
use crate::language::OperatorWords;
use bits::text::is_plain;
use host::pair::replace_private;
use package::operators::Telephone;
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
    /// Where she is called; empty where no screen is to say so.
    pub telephone: String,
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
    let words = &work.words.operators;
    let _held = lock(&asked.folder, "operator add", asked.dry_run)?;
    let exam = Exam::read(&read(&asked.folder)?)?;
    let Some(role) = Role::of_word(&asked.role) else {
        return Ok(work.misused(&words.role_unknown()));
    };
    if Code::new(&asked.code).is_err() || !is_plain(&asked.name) {
        return Ok(work.misused(&words.code_or_name()));
    }
    if exam.operators.iter().any(|one| one.code == asked.code) {
        return Ok(work.refused(&words.code_taken(&asked.code)));
    }
    if !asked.site.is_empty() && exam.sites.iter().all(|site| site.code != asked.site) {
        return Ok(work.refused(&words.no_such_site(&asked.site)));
    }
    let telephone = Telephone::parse(&asked.telephone);
    if telephone.is_none() && !asked.telephone.is_empty() {
        return Ok(work.misused(&words.telephone_unknown()));
    }
    let (code, site) = (asked.code.clone(), asked.site.clone());
    let one = Operator { code, name: asked.name.trim().to_owned(), role, site, pin: None, telephone, revoked: None };
    let mut operators = exam.operators;
    let role = role_name(words, role);
    let said = if asked.dry_run { words.will_add(&one.code, role) } else { words.added(&one.code, role) };
    operators.push(one);
    put(work, &asked.folder, &operators, asked.dry_run, &said)
}

/// Lists everybody: code, role, site, name, PIN.
///
/// # Errors
/// What kept them from being listed.
pub fn list(work: &Work<'_>, asked: &List) -> Result<Ending, WorkError> {
    let words = &work.words.operators;
    let exam = Exam::read(&read(&asked.folder)?)?;
    for one in &exam.operators {
        let site = if one.site.is_empty() { work.words.files.every_site() } else { one.site.clone() };
        let role = role_name(words, one.role);
        let state = match (&one.revoked, &one.pin) {
            (Some(reason), _) => words.state_revoked(reason),
            (None, Some(_)) => words.state_pin(),
            (None, None) => words.state_no_pin(),
        };
        work.voice.say(&format!("{:<16} {role:<16} {site:<10} {:<24} {state}", one.code, one.name));
    }
    let without = letters::recipients(&exam, &[], false).map_or(0, |all| all.len());
    work.voice.say(&words.counted(exam.operators.len(), without));
    Ok(Ending::Done)
}

/// Takes somebody off the exam; the line stays, so that nobody gets the code again.
///
/// # Errors
/// What kept it from being done.
pub fn revoke(work: &Work<'_>, asked: &Revoke) -> Result<Ending, WorkError> {
    let words = &work.words.operators;
    let _held = lock(&asked.folder, "operator revoke", asked.dry_run)?;
    let mut operators = Exam::read(&read(&asked.folder)?)?.operators;
    if !is_plain(&asked.reason) {
        return Ok(work.misused(&work.words.files.not_plain("--reason")));
    }
    let Some(one) = operators.iter_mut().find(|one| one.code == asked.code) else {
        return Ok(work.refused(&words.no_such_code(&asked.code)));
    };
    if let Some(reason) = &one.revoked {
        return Ok(work.refused(&words.revoked_already(&asked.code, reason)));
    }
    one.revoked = Some(asked.reason.trim().to_owned());
    let said = if asked.dry_run { words.will_revoke(&asked.code) } else { words.revoked(&asked.code) };
    put(work, &asked.folder, &operators, asked.dry_run, &format!("{said}\n{}", words.desks_learn_later()))
}

/// Says what was done when it was done.
fn put(work: &Work<'_>, folder: &Path, list: &[Operator], dry_run: bool, said: &str) -> Result<Ending, WorkError> {
    let path = folder.join(OPERATORS_FILE);
    if !dry_run {
        replace_private(&path, operators::write(list).as_bytes())?;
    }
    work.voice.say(said);
    tell_written(work, dry_run, &path);
    Ok(Ending::Done)
}

fn role_name(words: &OperatorWords, role: Role) -> String {
    match role {
        Role::Invigilator => words.invigilator(),
        Role::HeadOfSite => words.head_of_site(),
        Role::Technician => words.technician(),
        Role::Board => words.board(),
    }
}
