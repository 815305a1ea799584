//! `ordered.csv`: every trouble, where it happened, and what the board must end in.

use crate::deal::{Deal, Dealt};
use crate::stage::{BOARD, EXAM, Stage, session_id};
use crate::trouble::Scope;
use std::fmt::Write as _;

/// The table.
pub(crate) fn table(stage: &Stage<'_>, deal: &Deal) -> String {
    let mut text = String::from(HEAD);
    for one in deal.all() {
        let (kind, code) = one.trouble.outcome().words();
        let desk = stage.desks.get(one.slot.desk).map_or("", |desk| desk.id.as_str());
        let log = format!("{BOARD}/{EXAM}/{desk}/{}", session_id(one.slot.session));
        let number = person(stage, one).unwrap_or_default();
        let export = match one.trouble.scope() {
            Scope::Export => export_name(one),
            Scope::Person | Scope::Log => String::new(),
        };
        let _ = writeln!(text, "{},{kind},{code},{log},{number},{export}", one.trouble.word());
    }
    text
}

/// The folder of an export that comes beside the good ones.
pub(crate) fn export_name(one: &Dealt) -> String {
    format!("x-{}", one.trouble.word())
}

/// The number of whom it is about.
pub(crate) fn person(stage: &Stage<'_>, one: &Dealt) -> Option<String> {
    stage.line(one.slot.desk).get(one.person?).map(|person| person.number.clone())
}

const HEAD: &str = "trouble,ends in,code,log,number,export\n";
