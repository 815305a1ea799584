//! What the stub knows about people, and what it makes of a question about one of them.

use super::settings::{StubPerson, StubSettings, Verdict};
use bits::text;
use registry::Query;
use roster::Roster;
use roster::canonical::CanonicalError;

/// The people of a list of candidates, as the registry would know them.
pub(super) fn of_roster(bytes: &[u8]) -> Result<Vec<(String, StubPerson)>, CanonicalError> {
    let roster = Roster::from_canonical(bytes)?;
    let known = roster.iter().filter_map(|candidate| {
        let number = candidate.personal_number()?.to_owned();
        let full_name = Some(candidate.full_name.reveal().clone());
        Some((number, StubPerson { full_name, birth_date: candidate.birth_date(), ..StubPerson::default() }))
    });
    Ok(known.collect())
}

/// Twelve digits. Anything else is nobody's number, and a question about it is none.
pub(super) fn is_number(text: &str) -> bool {
    text.len() == NUMBER_LEN && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// What the stub says to this question.
pub(super) fn verdict(settings: &StubSettings, query: &Query) -> Verdict {
    let number = query.number.reveal();
    if let Some(ordered) = settings.verdicts.get(number) {
        return ordered.clone();
    }
    settings.persons.get(number).map_or_else(|| settings.otherwise.clone(), |person| judge(person, query))
}

fn judge(person: &StubPerson, query: &Query) -> Verdict {
    match person.state.as_str() {
        "" => compare(person, query),
        "revoked" | "lost" | "reissued" | "expired" | "unknown" => format!("card_invalid/{}", person.state),
        verdict => verdict.to_owned(),
    }
}

fn compare(person: &StubPerson, query: &Query) -> Verdict {
    // A dialect that sends no name and no date asks about none.
    let asked_name = as_written(query.full_name.reveal());
    let known_name = person.full_name.as_ref().filter(|_| !asked_name.is_empty());
    let other_name = known_name.is_some_and(|name| as_written(name) != asked_name);
    let other_birth = person.birth_date.zip(query.birth_date).is_some_and(|(known, asked)| known != asked);
    let other_expiry = person.expiry.is_some() && person.expiry != query.expiry;
    let facts = [("full_name", other_name), ("birth_date", other_birth), ("expiry", other_expiry)];
    let differ: Vec<&str> = facts.iter().filter(|(_, differs)| *differs).map(|(name, _)| *name).collect();
    if differ.is_empty() { "match".to_owned() } else { format!("mismatch/{}", differ.join(",")) }
}

/// A name with its marks, in one case and one form.
fn as_written(name: &str) -> String {
    text::nfc(name).to_uppercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

const NUMBER_LEN: usize = 12;
