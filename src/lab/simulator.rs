//! What the program `card-sim` does: issues lab cards into folders and finds the card that was asked for.

use crate::card::{CardData, SyntheticCard, folder};
use crate::catalogue::{self, Entry};
use crate::fuzz_seeds;
use crate::issuer::people::{Person, people};
use crate::issuer::{Fault, IssueError, Issuer, Making};
use bits::text;
use std::path::Path;
use std::{fs, io};
use thiserror::Error;

/// Why nothing was simulated.
#[derive(Debug, Error)]
pub enum SimulatorError {
    /// None of the lab's people has this name, number or position.
    #[error("nobody of that name or number lives in the lab")]
    UnknownPerson,
    /// There is no fault of this name.
    #[error("there is no fault of that name")]
    UnknownFault,
    /// The catalogue has no card with this id.
    #[error("there is no card of that id; see card-sim list")]
    UnknownEntry,
    /// The card could not be issued.
    #[error(transparent)]
    Issue(#[from] IssueError),
    /// A file or the connection failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Cards that are wrong in one way, by the names of their folders. `None` is the unknown signer.
const BAD_CARDS: [(&str, Option<Fault>); 5] = [
    ("clone", Some(Fault::Clone)),
    ("tampered-dg1", Some(Fault::TamperedDg1)),
    ("tampered-portrait", Some(Fault::TamperedGroup(2))),
    ("wrong-signature", Some(Fault::WrongSignature)),
    ("unknown-signer", None),
];

/// Issues every person's card and the bad cards of the first into `out`, one folder a card, and the lab's country
/// signer into `out/trust`. Returns the names of the folders.
///
/// # Errors
/// [`SimulatorError`].
pub fn issue_all(out: &Path) -> Result<Vec<String>, SimulatorError> {
    let mut names = Vec::new();
    for (index, person) in people().iter().enumerate() {
        folder::save(&card_of(person, "good")?, &out.join(&person.number))?;
        names.push(person.number.clone());
        for (fault, _) in BAD_CARDS.iter().filter(|_| index == 0) {
            let name = format!("{}-{fault}", person.number);
            folder::save(&card_of(person, fault)?, &out.join(&name))?;
            names.push(name);
        }
    }
    let trust = out.join("trust");
    fs::create_dir_all(&trust)?;
    fs::write(trust.join("lab-csca.cer"), Issuer::lab()?.country_signer_der())?;
    Ok(names)
}

/// Writes the fuzzer's corpus from the lab and the test vectors in the present folder; returns how many seeds.
///
/// # Errors
/// [`SimulatorError::Io`].
pub fn write_seeds(out: &Path) -> Result<usize, SimulatorError> {
    Ok(fuzz_seeds::write_corpus(Path::new("tests/vectors"), out)?)
}

/// The card of `person` with the fault of this name; `good` has none.
///
/// # Errors
/// [`SimulatorError::UnknownFault`], [`SimulatorError::Issue`].
pub fn card_of(person: &Person, fault: &str) -> Result<CardData, SimulatorError> {
    if fault == "good" {
        return Ok(Issuer::lab()?.issue(person, &Making::default())?);
    }
    match BAD_CARDS.iter().find(|(name, _)| *name == fault) {
        Some((_, Some(fault))) => Ok(Issuer::lab()?.issue(person, &Making::with_fault(*fault))?),
        Some((_, None)) => Ok(Issuer::unknown()?.issue(person, &Making::default())?),
        None => Err(SimulatorError::UnknownFault),
    }
}

/// The card in the folder `place`, else the card `entry` of the catalogue, else one with `fault`; made out to `wanted`.
///
/// # Errors
/// [`SimulatorError`].
pub fn wanted_card(
    wanted: &str,
    fault: &str,
    entry: Option<&str>,
    place: Option<&Path>,
) -> Result<SyntheticCard, SimulatorError> {
    match (place, entry) {
        (Some(place), _) => Ok(SyntheticCard::new(folder::load(place)?)),
        (None, Some(id)) => {
            let entry = catalogue::find(id).ok_or(SimulatorError::UnknownEntry)?;
            Ok(entry.card_of(&person(wanted)?)?)
        }
        (None, None) => Ok(SyntheticCard::new(card_of(&person(wanted)?, fault)?)),
    }
}

/// One line for each card of the catalogue: id, verdict, what is special.
pub fn catalogue_text() -> String {
    let line = |entry: &Entry| format!("{:<26} {:<8} {}", entry.id, entry.overall.word(), entry.about);
    catalogue::entries().iter().map(line).collect::<Vec<_>>().join(
        "
",
    )
}

/// The person with this number, this name (without marks will do) or this position, counted from one.
///
/// # Errors
/// [`SimulatorError::UnknownPerson`].
pub fn person(wanted: &str) -> Result<Person, SimulatorError> {
    let position = wanted.parse::<usize>().ok().and_then(|position| position.checked_sub(1));
    let folded = text::fold(wanted);
    let by_name = |person: &Person| person.number == wanted || text::fold(&person.full_name) == folded;
    let found = people().into_iter().find(by_name).or_else(|| people().into_iter().nth(position?));
    found.ok_or(SimulatorError::UnknownPerson)
}
