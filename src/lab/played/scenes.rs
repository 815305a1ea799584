//! What happens at a desk: most people, and each trouble about one.

use crate::PlayError;
use crate::deal::{Deal, Dealt, Slot};
use crate::desk::{Files, Manner, Player, check_in};
use crate::stage::{Person, PlayedDesk, Stage};
use crate::trouble::{Scope, Trouble};
use record::{AttendanceEvent, CandidateRef, CheckIn, ChipState, Code, DocumentRef, RegistryState};
use std::collections::BTreeMap;

/// What a session at a desk leaves.
pub(crate) struct Left {
    /// The log, half-way, where somebody took it then.
    pub(crate) early: Option<Files>,
    /// The log at its end.
    pub(crate) whole: Files,
    /// Its entries in the last segment.
    pub(crate) entries: u64,
}

/// Plays a whole session at a desk.
pub(crate) fn session(
    stage: &Stage<'_>,
    desk: &PlayedDesk,
    slot: Slot,
    manner: Manner,
    deal: &Deal,
) -> Result<Left, PlayError> {
    let mut player = Player::open(stage, desk, slot, manner)?;
    let line = stage.line(slot.desk);
    let dealt: BTreeMap<usize, &Dealt> = deal
        .of_slot(slot)
        .filter_map(|one| Some((one.person?, one)))
        .filter(|(_, one)| one.trouble.scope() == Scope::Person)
        .collect();
    let is_witnessed = !deal.has(slot, Trouble::Unanchored);
    let mut early = None;
    for (place, person) in line.iter().enumerate() {
        if place == line.len() / 2 {
            half_way(&mut player, slot, deal)?;
            early = deal.has(slot, Trouble::Older).then(|| player.export(true)).transpose()?;
        }
        let is_hurried = place < HURRIED && deal.has(slot, Trouble::TooFast);
        player.wait(if is_hurried { 100 } else { pace_ms(line.len()) });
        match dealt.get(&place) {
            Some(one) if comes_late(one.trouble) => (),
            Some(one) => trouble(&mut player, one.trouble, person, line.get(place + 1).copied())?,
            None if is_second_of(place, &dealt) => (),
            None if is_hurried => drop(hurry(&mut player, person)?),
            None => usual(&mut player, person)?,
        }
        if place % ANCHOR_EVERY == ANCHOR_EVERY - 1 && is_witnessed {
            player.anchor()?;
        }
    }
    visitors(&mut player, stage, slot, deal)?;
    after_the_signal(&mut player, &line, &dealt)?;
    if !deal.has(slot, Trouble::NotClosed) {
        player.close()?;
    }
    let entries = player.size();
    Ok(Left { early, whole: player.export(is_witnessed)?, entries })
}

/// A log that holds little beside its name.
pub(crate) fn short_log(stage: &Stage<'_>, desk: &PlayedDesk, slot: Slot, manner: Manner) -> Result<Files, PlayError> {
    let mut player = Player::open(stage, desk, slot, manner)?;
    for person in stage.line(slot.desk).into_iter().take(3) {
        player.wait(60_000);
        player.let_in(person)?;
    }
    player.close()?;
    player.export(true)
}

fn half_way(player: &mut Player<'_>, slot: Slot, deal: &Deal) -> Result<(), PlayError> {
    if deal.has(slot, Trouble::ClockMoved) {
        player.move_clock(4);
    }
    if deal.has(slot, Trouble::Torn) {
        player.cut_power()?;
    }
    Ok(())
}

/// Whoever was read a moment ago elsewhere comes to this desk as well.
fn visitors(player: &mut Player<'_>, stage: &Stage<'_>, slot: Slot, deal: &Deal) -> Result<(), PlayError> {
    for one in deal.visitors(slot) {
        let line = stage.line(one.slot.desk);
        if let Some(person) = one.person.and_then(|place| line.get(place)) {
            player.wait(20_000);
            player.let_in(person)?;
            player.leaves(person);
        }
    }
    Ok(())
}

/// The signal of each room, whoever comes behind it, and the scripts at the end.
fn after_the_signal(
    player: &mut Player<'_>,
    line: &[&Person],
    dealt: &BTreeMap<usize, &Dealt>,
) -> Result<(), PlayError> {
    let start = player.start();
    player.wait_until(start);
    let mut rooms: Vec<usize> = line.iter().map(|person| person.room).collect();
    rooms.sort_unstable();
    rooms.dedup();
    for room in &rooms {
        player.say(AttendanceEvent::StartSignal { room: Stage::room_name(*room), at: start, second: None })?;
    }
    for (place, one) in dealt.iter().filter(|(_, one)| comes_late(one.trouble)) {
        if let Some(person) = line.get(*place) {
            player.wait(if one.trouble == Trouble::TooLate { 18 * 60_000 } else { 6 * 60_000 });
            let remarks = if one.trouble == Trouble::TooLate { vec![Code::new("w03")?] } else { Vec::new() };
            player.let_in_on(person, CheckIn { late: true, remarks, ..check_in(person)? })?;
        }
    }
    player.wait(3 * 3_600_000);
    for room in rooms {
        let scripts = player.scripts.get(&room).copied().unwrap_or(0);
        player.say(AttendanceEvent::ScriptsCounted { room: Stage::room_name(room), scripts })?;
    }
    Ok(())
}

/// Nine hundred and some in a thousand are read and let in; the rest is what happens on every such morning.
fn usual(player: &mut Player<'_>, person: &Person) -> Result<(), PlayError> {
    if player.chance.permille(12) {
        return Ok(());
    }
    if player.chance.permille(25) {
        let (cand, doc, cause) = (Some(person.cand), None, Code::new("r03")?);
        player.say(AttendanceEvent::ReadFailed { cand, doc, cause, apdu_count: 31, chip: None, failed: None })?;
        player.wait(3_000);
    }
    if player.chance.permille(3) {
        return by_hand(player, person);
    }
    player.let_in(person).map(drop)
}

/// No reader is that fast, and no registry.
fn hurry(player: &mut Player<'_>, person: &Person) -> Result<record::EntryRef, PlayError> {
    player.sits(person);
    player.say(AttendanceEvent::CheckIn(CheckIn { registry: RegistryState::NotAsked, ..check_in(person)? }))
}

fn by_hand(player: &mut Player<'_>, person: &Person) -> Result<(), PlayError> {
    player.sits(person);
    let event = manual(Some(person.cand), player.head.clone())?;
    player.say(event).map(drop)
}

fn manual(cand: Option<CandidateRef>, second: Code) -> Result<AttendanceEvent, PlayError> {
    let (doc, admitted, chip, registry) = (None, true, ChipState::NotRead, RegistryState::NotAsked);
    Ok(AttendanceEvent::ManualDecision { cand, doc, admitted, chip, registry, reason: Code::new("no-card")?, second })
}

fn trouble(player: &mut Player<'_>, trouble: Trouble, person: &Person, next: Option<&Person>) -> Result<(), PlayError> {
    let usual = check_in(person)?;
    let second = Some(player.head.clone());
    let decision = match trouble {
        Trouble::CheckOverruled => CheckIn { chip: ChipState::Fail, second, ..usual },
        Trouble::OnePerson => {
            let event = manual(Some(person.cand), Code::new(&format!("gt-{}", Stage::site_code(player.desk.site)))?)?;
            player.sits(person);
            return player.say(event).map(drop);
        }
        Trouble::RegistryBefore => CheckIn { registry: RegistryState::Mismatch, second, ..usual },
        Trouble::RegistrySilent => CheckIn { registry: RegistryState::Pending, ..usual },
        Trouble::Stranger => {
            let (cand, doc) = (CandidateRef(player.chance.id()), DocumentRef(player.chance.id()));
            CheckIn { cand, doc, ..usual }
        }
        _ => return in_steps(player, trouble, person, next),
    };
    player.let_in_on(person, decision).map(drop)
}

/// Troubles that are more than one decision.
fn in_steps(
    player: &mut Player<'_>,
    trouble: Trouble,
    person: &Person,
    next: Option<&Person>,
) -> Result<(), PlayError> {
    let (cand, doc, head) = (person.cand, Some(person.doc), player.head.clone());
    match trouble {
        Trouble::OneCard => {
            player.let_in(person)?;
            if let Some(next) = next {
                player.wait(40_000);
                player.let_in_on(next, CheckIn { doc: person.doc, ..check_in(next)? })?;
            }
        }
        Trouble::Unlisted => drop(player.say(manual(None, head)?)?),
        Trouble::Manual => by_hand(player, person)?,
        Trouble::RegistryAfter => {
            let id = player.ask(person.doc)?;
            player.sits(person);
            player.say(AttendanceEvent::CheckIn(CheckIn { registry: RegistryState::Pending, ..check_in(person)? }))?;
            player.wait(30_000);
            player.answered(&id, RegistryState::CardInvalid)?;
        }
        Trouble::RefusedThenIn => {
            player.say(AttendanceEvent::NotAdmitted {
                cand: Some(cand),
                doc,
                reason: Code::new("no-document")?,
                second: Some(head),
            })?;
            player.wait(120_000);
            player.let_in(person)?;
        }
        Trouble::Portrait => {
            player.say(AttendanceEvent::PortraitDoubted { cand, doc: person.doc, second: head })?;
            player.let_in(person)?;
        }
        Trouble::Undone => {
            let refers = player.let_in(person)?;
            player.wait(15_000);
            player.say(AttendanceEvent::Undo { refers, reason: Code::new("mistake")?, second: head })?;
            player.leaves(person);
        }
        Trouble::Undecided => {
            let reasons = vec![Code::new("not-listed")?];
            player.say(AttendanceEvent::Referred { cand: Some(cand), doc, chip: ChipState::Pass, reasons })?;
        }
        Trouble::LookedUp => {
            player.say(AttendanceEvent::PersonViewed { cand, purpose: Code::new("search")? })?;
        }
        _ => drop(player.let_in(person)?),
    }
    Ok(())
}

fn comes_late(trouble: Trouble) -> bool {
    matches!(trouble, Trouble::Late | Trouble::TooLate)
}

/// The one behind somebody whose card lets two in has come with her.
fn is_second_of(place: usize, dealt: &BTreeMap<usize, &Dealt>) -> bool {
    let before = place.checked_sub(1).and_then(|before| dealt.get(&before));
    before.is_some_and(|one| one.trouble == Trouble::OneCard)
}

/// Everybody comes within the fifty minutes before the signal, and nobody faster than a chip is read.
fn pace_ms(people: usize) -> i64 {
    let people = i64::try_from(people).unwrap_or(i64::MAX).max(1);
    (50 * 60_000 / people).clamp(3_000, 60_000)
}

/// So many are let in at once by a desk that is too fast.
const HURRIED: usize = 14;
/// So often the witness sees the log.
const ANCHOR_EVERY: usize = 100;
