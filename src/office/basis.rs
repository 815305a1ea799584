//! What a segment rests on, as its first entry says, and whether the board issued it: board keys, package, rules, trust
//! store, revocations, program, certificate.
//!
//! Signatures say that nobody changed a record; they do not say that a desk worked by the board's word. A desk with a
//! false board's key, package and trust folder writes a log that is sound in itself.

use super::{
    board_record::is_record,
    exam::{Issued, Packed},
    finding::{Finding, FindingKind, Found},
    segment::Checked,
};
use record::{BoardKeys, Opened, OutsideHead, PackageRef};

/// What one segment rests on, for whoever reads the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis {
    /// The segment.
    pub segment: u32,
    /// What its first entry says; the notes in it are left out.
    pub opened: Opened,
    /// What a witness said before: a stable word.
    pub asked: String,
}

impl Basis {
    pub(super) fn of(segment: &Checked) -> Self {
        let asked = match &segment.opened.outside_head {
            None => "unsaid",
            Some(OutsideHead::NotAsked { cause }) => cause.as_str(),
            Some(OutsideHead::Nothing) => "nothing",
            Some(OutsideHead::Head { .. }) => "head",
        };
        let asked = asked.to_owned();
        let opened = Opened {
            endorsement: String::new(),
            desk_cert: String::new(),
            abandoned: Vec::new(),
            outside_head: None,
            ..segment.opened.clone()
        };
        Self { segment: segment.number, opened, asked }
    }

    /// True when both say the same about everything but their place.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let one = (&self.opened.package, &self.opened.rules, self.opened.board_keys, &self.opened.trust_store);
        let two = (&other.opened.package, &other.opened.rules, other.opened.board_keys, &other.opened.trust_store);
        let own = (&self.opened.program, self.opened.program_sha256, self.opened.revocations, &self.asked);
        let others = (&other.opened.program, other.opened.program_sha256, other.opened.revocations, &other.asked);
        one == two && own == others
    }
}

/// A desk that takes another set of keys for the board's works for another board, whatever it signs.
pub(super) fn check_board_keys(segments: &[Checked], board: &BoardKeys, found: &mut Found) {
    let is_other = |one: &&Checked| one.opened.board_keys.is_some_and(|set| set != board.digest());
    let other = segments.iter().filter(is_other);
    other.for_each(|one| found.add(Finding::segment(FindingKind::BoardKeysOther, one.number)));
}

/// Holds every segment against what was issued. `loaded` are the packages that entries name, with their places.
pub(super) fn check_issued(
    desk: &str,
    cert_note: &str,
    segments: &[Checked],
    loaded: &[(u32, u64, PackageRef)],
    issued: &Issued,
    found: &mut Found,
) {
    // What members write down rests on no package; and their certificates make nobody a desk.
    let is_log_of_member = |one: &Checked| one.opened.origin.rsplit_once('/').is_some_and(|(log, _)| is_record(log));
    let is_record = !segments.is_empty() && segments.iter().all(is_log_of_member);
    let certificates = if is_record { &issued.members } else { &issued.certificates };
    match certificates.get(desk) {
        None => found.add(Finding::package(FindingKind::DeskNotIssued)),
        Some(note) if note != cert_note => found.add(Finding::package(FindingKind::CertNotIssued)),
        Some(_) => (),
    }
    if is_record {
        return;
    }
    for segment in segments {
        let whats = of_opened(desk, segment, issued);
        whats.into_iter().for_each(|what| found.add(Finding::segment(what, segment.number)));
    }
    for (segment, seq, package) in loaded {
        if issued_as(issued, package).is_none() {
            found.add(Finding::entry(FindingKind::PackageNotIssued, *segment, *seq));
        }
    }
}

fn of_opened(desk: &str, segment: &Checked, issued: &Issued) -> Vec<FindingKind> {
    let opened = &segment.opened;
    let mut whats: Vec<FindingKind> = of_program(opened, issued).into_iter().collect();
    whats.extend(opened.board_keys.is_none().then_some(FindingKind::BoardKeysUnsaid));
    let Some(package) = &opened.package else {
        // A wrong PIN, a purge, an answer that was fetched later: nobody had signed in, and nobody's list was needed.
        whats.extend(segment.is_of_a_session.then_some(FindingKind::PackageAbsent));
        return whats;
    };
    let Some(packed) = issued_as(issued, package) else {
        whats.push(FindingKind::PackageNotIssued);
        return whats;
    };
    whats.extend((!packed.desks.iter().any(|one| one == desk)).then_some(FindingKind::PackageOfOthers));
    let newer = issued.packages.iter().filter(|one| one.id == packed.id && one.version > packed.version);
    whats.extend(newer.into_iter().any(|one| one.packed_at < segment.span.0).then_some(FindingKind::PackageSuperseded));
    whats.extend(of_rules(opened, packed));
    whats.extend(
        packed.trust_store.as_ref().and_then(|store| differs(&opened.trust_store, store, FindingKind::TrustOther)),
    );
    let knew = opened.revocations.unwrap_or(0);
    whats.extend((knew < packed.revocations).then_some(FindingKind::RevocationsBehind));
    whats
}

fn of_rules(opened: &Opened, packed: &Packed) -> Option<FindingKind> {
    let said = opened.rules.as_ref().map(|rules| rules.package_rules_sha256);
    match (said, packed.rules_sha256) {
        (None, _) | (_, None) => Some(FindingKind::RulesUnsaid),
        (Some(said), Some(issued)) => differs(&said, &Some(issued), FindingKind::RulesOther),
    }
}

fn of_program(opened: &Opened, issued: &Issued) -> Option<FindingKind> {
    match (&issued.programs, opened.program_sha256) {
        (None, _) => Some(FindingKind::ProgramsUnlisted),
        (Some(_), None) => Some(FindingKind::ProgramUnsaid),
        (Some(listed), Some(digest)) => (!listed.contains_key(&digest)).then_some(FindingKind::ProgramOther),
    }
}

/// The very package of the ledger: name, version and bytes.
fn issued_as<'a>(issued: &'a Issued, package: &PackageRef) -> Option<&'a Packed> {
    let named = issued.packages.find(package.id.as_str(), package.version);
    named.filter(|packed| packed.sha256 == package.sha256)
}

fn differs<T: PartialEq + ?Sized>(said: &T, issued: &T, what: FindingKind) -> Option<FindingKind> {
    (said != issued).then_some(what)
}
