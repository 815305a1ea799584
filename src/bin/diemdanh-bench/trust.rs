//! Trust: passive authentication over a chain of links, and taking in a master list.

use super::report::Row;
use super::{BenchError, median};
use emrtd::authenticity::passive::{SodVerdict, authenticate};
use emrtd::authenticity::trust::TrustStore;
use emrtd::authenticity::trust_import::{Held, Offered, import};
use emrtd::lds::files::FileId;
use emrtd::report::Report;
use jiff::{SignedDuration, Timestamp};
use lab::issuer::authority::{Authority, Profile, Validity};
use lab::issuer::people::people;
use lab::issuer::{Issuer, Making};
use std::time::{Duration, Instant};

const LINKS: u32 = 3;
const CERTIFICATES: u32 = 600;
const ROUNDS: usize = 21;
const PASSIVE_LIMIT: Duration = Duration::from_millis(5);
const IMPORT_LIMIT: Duration = Duration::from_secs(2);
const DAYS: i64 = 3_650;

pub(super) fn rows() -> Result<Vec<Row>, BenchError> {
    let mut rows = passive()?;
    rows.push(master_list()?);
    Ok(rows)
}

fn long(now: Timestamp) -> Validity {
    let span = SignedDuration::from_hours(24 * DAYS);
    Validity { from: now.saturating_sub(span).unwrap_or(now), to: now.saturating_add(span).unwrap_or(now) }
}

/// One anchor, three link certificates, one document signer: structure, every signature and every validity.
fn passive() -> Result<Vec<Row>, BenchError> {
    let now = Timestamp::now();
    let first = Authority::country_signer("Bench anchor", "VN", long(now))?;
    let mut newest = first.clone();
    let mut store = vec![first.certificate().to_vec()];
    for number in 1..=LINKS {
        let next = first.namesake(&format!("Bench key {number}"), "Bench anchor", "VN", long(now))?;
        store.push(next.link_from(&newest, long(now))?);
        newest = next;
    }
    let signer = newest.document_signer("Bench signer", "VN", long(now))?;
    let person = people().into_iter().next().ok_or(BenchError::Unread("nobody"))?;
    let card = Issuer::of(newest, signer, Some(now)).issue(&person, &Making::default())?;
    let sod = card.files.get(&FileId::Sod.fid()).ok_or(BenchError::Unread("no signed object"))?;
    let (cold, _) = TrustStore::from_certificates(&store);
    let (trust, _) = TrustStore::from_certificates(&store);
    let warmed = (0..).take_while(|index| trust.warm(*index)).count();
    if warmed != store.len() {
        return Err(BenchError::Unread("the store"));
    }
    let began = Instant::now();
    let _ = authenticate(sod, &cold, now, &mut Report::new());
    let unprepared = began.elapsed();
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let began = Instant::now();
        let verdict = authenticate(sod, &trust, now, &mut Report::new());
        times.push(began.elapsed());
        if !matches!(verdict, SodVerdict::Trusted(_)) {
            return Err(BenchError::Unread("no chain"));
        }
    }
    let first = times.first().copied().unwrap_or_default();
    let usual = Row::against("passive authentication, three links", median(&mut times), "limit", PASSIVE_LIMIT);
    let first = Row::against("the same, first card of a signer", first, "limit", PASSIVE_LIMIT);
    let unprepared = Row::against("the same, store just loaded", unprepared, "every further card", median(&mut times));
    Ok(vec![
        usual.how("one anchor, three link certificates, brainpoolP384r1 throughout; median of 21 cards of one signer"),
        first.how("the desk has looked at who signed whom in its store while nobody waited"),
        unprepared.how("each signature of the chain is verified once; afterwards the card's own alone"),
    ])
}

/// A signed list of as many certificates as the largest national lists have, taken into an empty folder.
fn master_list() -> Result<Row, BenchError> {
    let now = Timestamp::now();
    let root = Authority::country_signer("Bench list root", "NL", long(now))?;
    let signer = root.signer_with("Bench list signer", "NL", Profile::MasterListSigner, long(now))?;
    let mut certificates = Vec::new();
    for number in 0..CERTIFICATES {
        let one = Authority::country_signer(&format!("Bench country {number}"), "LA", long(now))?;
        certificates.push(one.certificate().to_vec());
    }
    let list = signer.master_list(&root, &certificates, Some(now))?;
    let offered = [Offered { name: "list".to_owned(), objects: vec![list] }];
    let roots = [root.certificate().to_vec()];
    let began = Instant::now();
    let taken = import(&Held::default(), &offered, &roots, now);
    let time = began.elapsed();
    if u32::try_from(taken.certificates) != Ok(CERTIFICATES) || taken.files.is_none() {
        return Err(BenchError::Unread("the master list"));
    }
    let row = Row::against("import of a master list of 600 certificates", time, "limit", IMPORT_LIMIT);
    Ok(row.how("signature, chain, every certificate, the new folder's files in memory"))
}
