//! Plays every desk of an exam and writes what comes back.

use crate::deal::{Deal, Slot};
use crate::desk::{FOREIGN_EXAM, Files, Manner};
use crate::ordered::{self, export_name};
use crate::scenes::{Left, session, short_log};
use crate::stage::{PlayedDesk, Stage, session_id};
use crate::trouble::{Scope, Trouble};
use crate::{PlayError, PlayOrder, Played, forgery};
use bits::random::SeededRandom;
use bits::spread::Spread as _;
use host::file::create_folders;
use host::folder::{write_folder, write_new_file};
use host::threads::SideBySide;
use office::language::BoardWords;
use office::work::WorkError;
use std::path::Path;
use tlog::NoteKey;

/// Plays it.
pub(crate) fn play(
    words: &BoardWords,
    order: &PlayOrder,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Played, PlayError> {
    let deal = Deal::of(order)?;
    make(&order.folder.join("packages"))?;
    make(&order.folder.join("exports"))?;
    let stage = Stage::set(words, order)?;
    let slots: Vec<Slot> = order.slots().collect();
    let one = |at: usize| slots.get(at).map(|slot| logs(&stage, *slot, &deal));
    let mut played = Played { people: order.sites * order.people, ordered: deal.all().len(), ..Played::default() };
    let mut fault = None;
    let mut done = 0;
    SideBySide::new().in_order(slots.len(), &one, &mut |logs| {
        let written = logs.map_or(Ok(()), |logs| logs.and_then(|logs| take(order, logs, &mut played)));
        fault = written.err();
        done += 1;
        progress(done, slots.len());
        fault.is_none()
    });
    fault.map_or(Ok(()), Err)?;
    strangers(&stage, &deal, &mut played)?;
    let struck = deal.all().iter().filter(|one| one.trouble == Trouble::ListChanged);
    stage.strike(&struck.filter_map(|one| ordered::person(&stage, one)).collect())?;
    write_new_file(&order.folder.join("ordered.csv"), ordered::table(&stage, &deal).as_bytes())?;
    Ok(played)
}

/// What comes back of one log.
struct Logs {
    exports: Vec<(String, Files)>,
    entries: u64,
}

/// A log and everything that is made out of it.
fn logs(stage: &Stage<'_>, slot: Slot, deal: &Deal) -> Result<Logs, PlayError> {
    let desk = stage.desks.get(slot.desk).ok_or(PlayError::Word("a desk"))?;
    let left = session(stage, desk, slot, Manner::default(), deal)?;
    let mut exports = Vec::new();
    for one in deal.of_slot(slot).filter(|one| one.trouble.scope() == Scope::Export) {
        exports.extend(beside(one.trouble, desk, &left)?.map(|files| (export_name(one), files)));
    }
    if deal.has(slot, Trouble::Contradiction) {
        let other = session(stage, desk, slot, Manner { history: 1, ..Manner::default() }, deal)?;
        exports.push((format!("x-contradiction-{}-{}", desk.id, session_id(slot.session)), other.whole));
    }
    let entries = left.entries;
    if !deal.has(slot, Trouble::Lost) {
        exports.push((format!("{}-{}", desk.id, session_id(slot.session)), left.whole));
    }
    Ok(Logs { exports, entries })
}

/// An export that comes beside the good one.
fn beside(trouble: Trouble, desk: &PlayedDesk, left: &Left) -> Result<Option<Files>, PlayError> {
    Ok(Some(match trouble {
        Trouble::Half => forgery::half(&left.whole),
        Trouble::Same => left.whole.clone(),
        Trouble::Older => left.early.clone().ok_or(PlayError::Forgery("an early export"))?,
        Trouble::Edited => forgery::edited(&left.whole)?,
        Trouble::LeafTile => forgery::with_leaf_tile(&left.whole, &desk.device)?,
        Trouble::OtherKey => {
            let thief = NoteKey::generate(desk.device.verifier().name(), &mut SeededRandom::new("thief"))?;
            forgery::listed_by(left.whole.clone(), &thief)?
        }
        _ => return Ok(None),
    }))
}

/// Exports of logs that are none of this exam's desks'.
fn strangers(stage: &Stage<'_>, deal: &Deal, played: &mut Played) -> Result<(), PlayError> {
    for one in deal.all().iter().filter(|one| one.trouble.scope() == Scope::Export) {
        let site = stage.desks.get(one.slot.desk).map_or(0, |desk| desk.site);
        let serial = u32::try_from(stage.desks.len() + 1).unwrap_or(u32::MAX);
        let id = format!("ban-{}-{}", Stage::site_code(site), one.trouble.word());
        let (desk, manner) = match one.trouble {
            Trouble::ForeignDesk => (stage.enrolled(&id, site, serial)?, Manner::default()),
            Trouble::Revoked => {
                let desk = stage.enrolled(&id, site, serial + 1)?;
                stage.revoke(&desk)?;
                (desk, Manner::default())
            }
            Trouble::AsLive => {
                let desk = stage.desks.get(one.slot.desk).ok_or(PlayError::Word("a desk"))?;
                (
                    stage.enrolled(&desk.id, site, desk.serial)?,
                    Manner { is_live: true, history: 2, ..Manner::default() },
                )
            }
            Trouble::OtherExam => {
                let device = stage.device(&id)?;
                let cert = stage.certified(FOREIGN_EXAM, &id, site, serial, &device)?;
                let desk = PlayedDesk { id, site, serial, device, cert };
                (desk, Manner { is_foreign: true, ..Manner::default() })
            }
            _ => continue,
        };
        let files = short_log(stage, &desk, one.slot, manner)?;
        take(stage.order, Logs { exports: vec![(export_name(one), files)], entries: 0 }, played)?;
    }
    Ok(())
}

fn take(order: &PlayOrder, logs: Logs, played: &mut Played) -> Result<(), PlayError> {
    played.entries += logs.entries;
    for (name, files) in logs.exports {
        write_folder(&order.folder.join("exports").join(name), &files)?;
        played.exports += 1;
    }
    Ok(())
}

fn make(folder: &Path) -> Result<(), PlayError> {
    Ok(create_folders(folder).map_err(|error| WorkError::File { path: folder.to_owned(), error })?)
}
