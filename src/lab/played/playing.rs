//! Plays every desk of an exam and writes what comes back.

use crate::crew::{Crew, Sitting};
use crate::deal::{Deal, Slot};
use crate::desk::{FOREIGN_EXAM, Files, Manner};
use crate::ordered::{self, export_name};
use crate::scenes::{Left, session, short_log};
use crate::stage::{PIN, PlayedDesk, Stage, session_id};
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
    crew: &dyn Crew,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Played, PlayError> {
    let deal = Deal::of(order, crew.desks())?;
    make(&order.folder.join("packages"))?;
    make(&order.folder.join("exports"))?;
    let stage = Stage::set(words, order, crew)?;
    let (real, slots): (Vec<Slot>, Vec<Slot>) = order.slots().partition(|slot| slot.desk < crew.desks());
    let mut played = Played { people: order.sites * order.people, ordered: deal.all().len(), ..Played::default() };
    let (mut done, all) = (0, real.len() + slots.len());
    let mut taken = |logs: Vec<Logs>| {
        done += logs.len();
        progress(done, all);
        logs.into_iter().try_for_each(|logs| take(order, logs, &mut played))
    };
    side_by_side(SideBySide::of(REAL_AT_ONCE), crew.desks(), &|desk| real_logs(&stage, crew, desk), &mut taken)?;
    let one = |at: usize| slots.get(at).map_or(Ok(Vec::new()), |slot| Ok(vec![logs(&stage, *slot, &deal)?]));
    side_by_side(SideBySide::new(), slots.len(), &one, &mut taken)?;
    strangers(&stage, &deal, &mut played)?;
    let struck = deal.all().iter().filter(|one| one.trouble == Trouble::ListChanged);
    stage.strike(&struck.filter_map(|one| ordered::person(&stage, one)).collect())?;
    write_new_file(&order.folder.join("ordered.csv"), ordered::table(&stage, &deal).as_bytes())?;
    Ok(played)
}

/// Does it all, until something fails.
fn side_by_side(
    side: SideBySide,
    count: usize,
    one: &(dyn Fn(usize) -> Result<Vec<Logs>, PlayError> + Sync),
    taken: &mut dyn FnMut(Vec<Logs>) -> Result<(), PlayError>,
) -> Result<(), PlayError> {
    let mut fault = None;
    side.in_order(count, one, &mut |logs| {
        fault = logs.and_then(&mut *taken).err();
        fault.is_none()
    });
    fault.map_or(Ok(()), Err)
}

/// All sessions of a real desk, in their order.
fn real_logs(stage: &Stage<'_>, crew: &dyn Crew, desk: usize) -> Result<Vec<Logs>, PlayError> {
    let of = stage.desks.get(desk).ok_or(PlayError::Word("a desk"))?;
    let one = |session: usize| {
        let slot = Slot { desk, session };
        let opens = stage.sessions.get(session).and_then(|session| session.opens).unwrap_or(stage.order.start);
        let (package, line) = (stage.package_file(slot)?, stage.holders(desk));
        let sat = crew.sit(&Sitting { desk: &of.id, session, package, pin: PIN, opens, line })?;
        Ok(Logs { exports: vec![(format!("{}-{}", of.id, session_id(session)), sat.files)], entries: sat.entries })
    };
    (0..stage.order.sessions).map(one).collect()
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
                let desk = PlayedDesk { id, site, serial, device, cert, request: None };
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

/// Real desks mostly wait: for a screen, for a disk.
const REAL_AT_ONCE: usize = 6;
