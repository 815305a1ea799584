//! What exports say of each other: two histories of one desk, one person in at two desks.
//!
//! Invariants: nothing here changes what an export's own check has found; every finding stands at both exports and
//! names the other one; whose key did not sign a history has no say about it.

use super::{
    arrivals::Arrivals,
    finding::{Finding, FindingKind, Found, Verdict},
    history::History,
    verify::Verification,
};
use record::{CandidateRef, EntryRef};
use std::collections::BTreeMap;

/// Adds to each verification what the others' exports say about it.
pub(super) fn compare(all: &mut [Verification], histories: &[History<'_>], names: &[String]) {
    let mut found: Vec<Found> = all.iter().map(|_| Found::default()).collect();
    forks(all, histories, names, &mut found);
    at_two_desks(all, names, &mut found);
    for (one, found) in all.iter_mut().zip(found) {
        one.arrivals = Arrivals::default();
        one.take(found);
    }
}

/// Under one origin and one certified device key there is one history: the shorter is the beginning of the longer.
fn forks(all: &[Verification], histories: &[History<'_>], names: &[String], found: &mut [Found]) {
    let mut groups: BTreeMap<(String, &str), Vec<(u64, usize)>> = BTreeMap::new();
    for (index, (one, history)) in all.iter().zip(histories).enumerate() {
        let Some(cert) = &one.cert else { continue };
        for line in history.lines() {
            groups.entry((cert.device.to_string(), &line.origin)).or_default().push((line.size, index));
        }
    }
    for ((_, origin), mut group) in groups {
        group.sort_unstable();
        let Some((_, longest)) = group.pop() else { continue };
        for (size, shorter) in group {
            let root = |index: usize| {
                let history = histories.get(index)?;
                history.root_at(history.named(origin)?.number, size)
            };
            if root(shorter) != root(longest) {
                told(found, names, [shorter, longest], |name| Finding::file(FindingKind::Fork, name));
            }
        }
    }
}

/// Within one session nobody is in at two desks.
fn at_two_desks(all: &[Verification], names: &[String], found: &mut [Found]) {
    let mut arrivals: Vec<(usize, CandidateRef, usize, EntryRef)> = Vec::new();
    let mut sessions: BTreeMap<(&str, &str, &str), Vec<usize>> = BTreeMap::new();
    for (index, one) in all.iter().enumerate() {
        session_of(one).into_iter().for_each(|session| sessions.entry(session).or_default().push(index));
    }
    for (session, together) in sessions.values().enumerate().filter(|(_, together)| together.len() > 1) {
        for index in together {
            let own = all.get(*index).into_iter().flat_map(|one| one.arrivals.iter());
            arrivals.extend(own.map(|(cand, place)| (session, cand, *index, place)));
        }
    }
    arrivals.sort_unstable();
    for same in arrivals.chunk_by(|one, next| (one.0, one.1) == (next.0, next.1)) {
        let Some((.., first, place)) = same.first() else { continue };
        let log = |index: usize| all.get(index).and_then(|one| one.summary.log.as_deref());
        for (.., other, there) in same.iter().filter(|(.., other, _)| log(*other) != log(*first)) {
            let at = |place: &EntryRef, name: &str| Finding {
                segment: Some(place.segment),
                seq: Some(place.seq),
                ..Finding::file(FindingKind::AtTwoDesks, name)
            };
            let named = |index: usize, place: &EntryRef| {
                let name = names.get(index).map_or("", String::as_str);
                format!("{name} {}/{}", place.segment, place.seq)
            };
            if let Some(found) = found.get_mut(*first) {
                found.add(at(place, &named(*other, there)));
            }
            if let Some(found) = found.get_mut(*other) {
                found.add(at(there, &named(*first, place)));
            }
        }
    }
}

/// Board, exam and session of an export whose own check found nothing forged: what a forged log says is nobody's word.
fn session_of(one: &Verification) -> Option<(&str, &str, &str)> {
    if matches!(one.verdict(), Verdict::Forged) {
        return None;
    }
    let mut parts = one.summary.log.as_deref()?.split('/');
    let (board, exam, _desk, session) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    Some((board, exam, session))
}

/// Tells both, each with the other's name.
fn told(found: &mut [Found], names: &[String], both: [usize; 2], finding: impl Fn(&str) -> Finding) {
    let [one, other] = both;
    for (here, there) in [(one, other), (other, one)] {
        if let (Some(found), Some(name)) = (found.get_mut(here), names.get(there)) {
            found.add(finding(name));
        }
    }
}
