//! The check of exports, in its normative order.
//!
//! Board key → desk certificate → device key → segment key; the root recomputed from the entries; every tile
//! compared; links, clocks; every anchor; state rules; then everything listed that a board might ask about. Entries
//! are never authenticated by tiles. Files are read one at a time: a province's log fits into little memory.

use super::{
    anchors::{self, Outside, OutsideTime, Whence, Witnessed},
    arrivals::Arrivals,
    basis::{Basis, check_board_keys, check_issued},
    cross,
    exam::{Files, Issued},
    finding::{Finding, FindingKind, Found, Verdict},
    form,
    history::{History, Listed},
    rules::{Rules, Summary, Told},
    segment::{self, Around, Checked},
};
use bits::spread::{InTurn, Spread};
use record::export::{DESK_CERT_FILE, MANIFEST_FILE, Manifest};
use record::export_form::{Part, segment_of};
use record::{BoardKeys, DeskCert, ExportSource, OutsideHead, Revocation};
use review::{Export, Facts, LogId, SegmentFacts};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use tlog::{NoteError, NoteVerifier};

/// An export with more than this share of all bytes is gone through by all threads together.
const LARGE_SHARE: u64 = 4;
/// Segments whose basis is kept for the report.
const MAX_BASES: usize = 1_000;

/// What the check of one export found.
#[derive(Debug, Clone, Default)]
pub struct Verification {
    /// The desk's certificate, where it could be trusted.
    pub cert: Option<DeskCert>,
    /// Everything found, in the order of the check; of one kind so many, see [`Self::counts`].
    pub findings: Vec<Finding>,
    /// How often each kind was found.
    pub counts: BTreeMap<FindingKind, u64>,
    /// What the log adds up to.
    pub summary: Summary,
    /// What outside witnesses prove.
    pub witnessed: Witnessed,
    /// Entries after the last anchor.
    pub unanchored: u64,
    /// What each segment says that it rests on, in order.
    pub bases: Vec<Basis>,
    /// Who is in, until the exports were compared.
    pub(super) arrivals: Arrivals,
    /// What the entries say, where a review asked for it.
    facts: Option<Vec<SegmentFacts>>,
}

impl Verification {
    /// What the findings add up to.
    pub fn verdict(&self) -> Verdict {
        Verdict::of(&self.findings)
    }

    /// The export as a review takes it in: nothing unless it is sound. The one maker of what a review rests on.
    pub fn into_export(mut self) -> Option<Export> {
        let facts = Facts::of(self.facts.take()?);
        if !matches!(self.verdict(), Verdict::Clean | Verdict::Remarks) {
            return None;
        }
        let log = LogId::new(self.summary.log.as_deref()?)?;
        let training = self.counts.contains_key(&FindingKind::Training);
        let (site, anchored) = (self.cert.as_ref()?.site.clone(), self.witnessed.last);
        Some(Export { log, site, training, facts, anchored })
    }

    /// Nothing more can be checked.
    fn ended(mut found: Found, last: Finding) -> Self {
        found.add(last);
        let (findings, counts) = found.into_parts();
        Self { findings, counts, ..Self::default() }
    }

    /// Adds what was found later.
    pub(super) fn take(&mut self, found: Found) {
        let (findings, counts) = found.into_parts();
        self.findings.extend(findings);
        for (what, count) in counts {
            *self.counts.entry(what).or_default() += count;
        }
    }
}

/// A check that is set up: with which key, against what from elsewhere, on how many threads.
pub struct Check<'a, S> {
    /// The board's keys.
    pub board: &'a BoardKeys,
    /// What the board knows from elsewhere.
    pub outside: &'a Outside,
    /// Who does the work.
    pub spread: &'a S,
    /// Told of every so many bytes that were gone through.
    pub progress: &'a (dyn Fn(u64) + Sync),
}

/// Checks one export under the board's key, with nothing from elsewhere.
pub fn verify(files: &dyn ExportSource, board: &BoardKeys) -> Verification {
    let check = Check { board, outside: &Outside::default(), spread: &InTurn, progress: &|_| {} };
    check.run(&[files]).pop().unwrap_or_default()
}

/// Checks several exports in memory, each for itself and all against each other.
pub fn verify_all(packages: &[Files], board: &BoardKeys) -> Vec<Verification> {
    let check = Check { board, outside: &Outside::default(), spread: &InTurn, progress: &|_| {} };
    let sources: Vec<&dyn ExportSource> = packages.iter().map(|files| files as &dyn ExportSource).collect();
    check.run(&sources)
}

impl<S: Spread> Check<'_, S> {
    /// Checks several exports, each for itself and all against each other; the findings about two of them name the
    /// other by its number.
    pub fn run(&self, packages: &[&dyn ExportSource]) -> Vec<Verification> {
        let named: Vec<_> = packages.iter().zip(1..).map(|(source, number)| (number.to_string(), *source)).collect();
        self.run_named(&named)
    }

    /// The same, with the name that each export has for whoever reads the findings.
    pub fn run_named(&self, packages: &[(String, &dyn ExportSource)]) -> Vec<Verification> {
        let sources: Vec<&dyn ExportSource> = packages.iter().map(|(_, source)| *source).collect();
        let mut gone: Vec<(Verification, History<'_>)> = Vec::with_capacity(sources.len());
        if is_of_many(&sources) {
            let check = Check { board: self.board, outside: self.outside, spread: &InTurn, progress: self.progress };
            let one = |at: usize| sources.get(at).map(|source| check.with_history(*source));
            self.spread.in_order(sources.len(), &one, &mut |one| {
                gone.extend(one);
                true
            });
        } else {
            gone.extend(sources.iter().map(|source| self.with_history(*source)));
        }
        let (mut all, histories): (Vec<_>, Vec<_>) = gone.into_iter().unzip();
        let names: Vec<String> = packages.iter().map(|(name, _)| name.clone()).collect();
        cross::compare(&mut all, &histories, &names);
        all
    }

    /// Checks one export; with it what the comparison with others needs.
    fn with_history<'a>(&self, source: &'a dyn ExportSource) -> (Verification, History<'a>) {
        let mut history = History::new(source);
        let verification = self.one(source, &mut history);
        history.forget();
        (verification, history)
    }

    /// Checks one export, and keeps what its entries say for [`Verification::into_export`].
    pub fn for_review(&self, source: &dyn ExportSource) -> Verification {
        let checked = self.with_rules(source, &mut History::new(source), Rules::keeping_facts());
        // Nobody is compared with anybody.
        Verification { arrivals: Arrivals::default(), ..checked }
    }

    pub(super) fn one<'a>(&self, source: &'a dyn ExportSource, history: &mut History<'a>) -> Verification {
        self.with_rules(source, history, Rules::default())
    }

    fn with_rules<'a>(
        &self,
        source: &'a dyn ExportSource,
        history: &mut History<'a>,
        mut rules: Rules,
    ) -> Verification {
        let listed = Listed { source, sizes: source.sizes() };
        let mut found = Found::default();
        if let Err(what) = form::check(&listed, &mut found) {
            return Verification::ended(found, Finding::package(what));
        }
        let cert = match desk_cert(&listed, self.board) {
            Ok(cert) => cert,
            Err(what) => return Verification::ended(found, Finding::file(what, DESK_CERT_FILE)),
        };
        let manifest = form::check_manifest(&listed, &cert.device, self.outside.is_evidence_purged, &mut found);
        let around = Around {
            listed: &listed,
            manifest: manifest.as_ref(),
            device: &cert.device,
            outside: self.outside,
            spread: self.spread,
            progress: self.progress,
        };
        let (mut told, mut segments) = (Told::default(), Vec::new());
        for number in segment_numbers(&listed) {
            match segment::check(&around, number, history, &mut rules, &mut found) {
                Ok(gone) => {
                    segments.push(gone.checked);
                    told.merge(gone.told);
                }
                Err(what) => found.add(Finding::segment(what, number)),
            }
        }
        rules.finish(&mut told);
        let facts = rules.take_facts();
        let concluded = self.conclude(&listed, cert, manifest, &segments, history, (told, rules.arrivals), found);
        Verification { facts, ..concluded }
    }

    #[expect(clippy::too_many_arguments, reason = "everything that was found out before")]
    fn conclude(
        &self,
        listed: &Listed<'_>,
        cert: DeskCert,
        manifest: Option<Manifest>,
        segments: &[Checked],
        history: &History<'_>,
        (told, arrivals): (Told, Arrivals),
        mut found: Found,
    ) -> Verification {
        if segments.is_empty() {
            found.add(Finding::package(FindingKind::NoSegments));
        }
        if manifest.is_some_and(|manifest| segments.iter().any(|one| one.opened.training != manifest.training)) {
            found.add(Finding::file(FindingKind::ManifestMode, MANIFEST_FILE));
        }
        check_names(listed, &cert, segments, &mut found);
        self.check_revocation(&cert, segments, &mut found);
        check_links(segments, &mut found);
        check_board_keys(segments, self.board, &mut found);
        if let Some(issued) = &self.outside.issued {
            let note = listed.text(DESK_CERT_FILE).ok().flatten().unwrap_or_default();
            check_exam(&cert, issued, &mut found);
            check_issued(&cert.desk, &note, segments, &told.loaded, issued, &mut found);
        }
        let Told { found: of_entries, summary, mut witnessed, .. } = told;
        self.check_anchors(listed, segments, history, &mut witnessed, &mut found);
        found.append(of_entries);
        let unanchored = unanchored(segments, witnessed.last);
        if unanchored > 0 {
            let (segment, seq) = witnessed.last.unwrap_or((segments.first().map_or(1, |one| one.number), 0));
            found.add(Finding::entry(FindingKind::Unanchored, segment, seq));
        }
        segments.iter().filter(|one| is_unasked(one, witnessed.last)).for_each(|one| {
            found.add(Finding::segment(FindingKind::HeadNotAsked, one.number));
        });
        let (findings, counts) = found.into_parts();
        let bases = segments.iter().take(MAX_BASES).map(Basis::of).collect();
        Verification {
            cert: Some(cert),
            findings,
            counts,
            summary,
            witnessed,
            unanchored,
            bases,
            arrivals,
            facts: None,
        }
    }

    /// Every anchor from any source lies on this history, and none is larger than the log.
    fn check_anchors(
        &self,
        listed: &Listed<'_>,
        segments: &[Checked],
        history: &History<'_>,
        witnessed: &mut Witnessed,
        found: &mut Found,
    ) {
        let log = segments.first().and_then(|one| one.opened.origin.rsplit_once('/')).map_or("", |(log, _)| log);
        let keys: BTreeMap<&str, &NoteVerifier> = segments.iter().map(|one| (one.key.name(), &one.key)).collect();
        // What stands in an entry lies beside it as a file too, and perhaps with the board: one signature counts once.
        let mut known: HashSet<_> = witnessed.times.iter().map(OutsideTime::signature).collect();
        let mut take = |whence: Whence<'_>, note: &str| {
            let (finding, time) = anchors::check_note(note, &whence, log, &keys, history, self.outside);
            finding.into_iter().for_each(|finding| found.add(finding));
            let new = time.filter(|time| known.insert(time.signature()));
            new.into_iter().for_each(|time| anchors::add(witnessed, time));
        };
        for path in listed.sizes.keys().filter(|path| is_anchor(path)) {
            let note = listed.text(path).ok().flatten().unwrap_or_default();
            let named = path.rsplit_once('/').map_or("", |(_, size)| size);
            // The file's name is the size in the note, or the note is no anchor of this place.
            take(Whence::Export(path), if note.lines().nth(1) == Some(named) { &note } else { "" });
        }
        for (name, note) in &self.outside.notes {
            take(Whence::Collected(name), note);
        }
        self.outside.strays.iter().for_each(|(name, what)| found.add(Finding::file(*what, name)));
    }

    fn check_revocation(&self, cert: &DeskCert, segments: &[Checked], found: &mut Found) {
        let seen = segments.iter().filter_map(|one| one.opened.revocations).max();
        let Some(list) = &self.outside.revocations else {
            if seen.is_some() {
                found.add(Finding::package(FindingKind::RevocationsAbsent));
            }
            return;
        };
        if seen.is_some_and(|seen| list.number < seen) {
            found.add(Finding::package(FindingKind::RevocationsOld));
        }
        if let Some(revoked) = list.of(cert.serial) {
            let late: Vec<&Checked> = segments.iter().filter(|one| is_after(revoked, one)).collect();
            late.iter().for_each(|one| found.add(Finding::segment(FindingKind::RevokedAfter, one.number)));
            if late.is_empty() {
                found.add(Finding::file(FindingKind::RevokedLater, DESK_CERT_FILE));
            }
        }
    }
}

/// The segment holds entries behind the last that the board still accepts.
fn is_after(revoked: &Revocation, segment: &Checked) -> bool {
    let split = |origin: &str| origin.rsplit_once('/').map(|(log, number)| (log.to_owned(), number.parse::<u32>()));
    let Some((origin, size)) = &revoked.last_accepted else { return true };
    match (split(origin), split(&segment.opened.origin)) {
        (Some((log, Ok(last))), Some((own, _))) if log == own => {
            segment.number > last || segment.number == last && segment.size > *size
        }
        _ => true,
    }
}

/// Entries behind the furthest anchor; an anchor covers all segments before its own, whose roots it links to.
fn unanchored(segments: &[Checked], last: Option<(u32, u64)>) -> u64 {
    let (number, size) = last.unwrap_or((0, 0));
    let behind = segments.iter().filter(|one| one.number >= number);
    behind.map(|one| if one.number == number { one.size.saturating_sub(size) } else { one.size }).sum()
}

/// The folder is that of the exam that the desk was certified for.
fn check_exam(cert: &DeskCert, issued: &Issued, found: &mut Found) {
    if cert.board != issued.board || cert.exam != issued.exam {
        found.add(Finding::package(FindingKind::ExamOther));
    }
}

/// Nobody could be asked before the segment was opened, and no anchor lies in it or behind it. Where a desk has no
/// witness at all, its unanchored entries say so.
fn is_unasked(segment: &Checked, last: Option<(u32, u64)>) -> bool {
    let cause = match &segment.opened.outside_head {
        Some(OutsideHead::NotAsked { cause }) => cause.as_str(),
        _ => return false,
    };
    cause != "no-witness" && last.is_none_or(|(number, _)| number < segment.number)
}

/// True where whole exports are worth handing out, for none is so large that the rest would wait for it.
fn is_of_many(sources: &[&dyn ExportSource]) -> bool {
    let size = |source: &&dyn ExportSource| source.sizes().into_values().fold(0, u64::saturating_add);
    let sizes: Vec<u64> = sources.iter().map(size).collect();
    let (all, largest) = (sizes.iter().copied().fold(0, u64::saturating_add), sizes.iter().copied().max());
    largest.is_some_and(|largest| largest < all / LARGE_SHARE)
}

fn is_anchor(path: &str) -> bool {
    Part::of(path) == Some(Part::Anchor)
}

fn desk_cert(listed: &Listed<'_>, board: &BoardKeys) -> Result<DeskCert, FindingKind> {
    let note = listed.text(DESK_CERT_FILE).map_err(|_| FindingKind::UnreadableFile)?.ok_or(FindingKind::MissingFile)?;
    if listed.sizes.get(DESK_CERT_FILE) == Some(&0) {
        return Err(FindingKind::DeskCertAbsent);
    }
    DeskCert::open(&note, board).map_err(|error| match error {
        NoteError::NoSignature | NoteError::TooFewSignatures | NoteError::OtherKeys => FindingKind::DeskCertForeign,
        _ => FindingKind::DeskCertForged,
    })
}

fn segment_numbers(listed: &Listed<'_>) -> BTreeSet<u32> {
    listed.sizes.keys().filter_map(|path| segment_of(path)).collect()
}

/// Every origin is the certified desk's, of one session, and no training log passes for a live one.
fn check_names(listed: &Listed<'_>, cert: &DeskCert, segments: &[Checked], found: &mut Found) {
    let certified = format!("{}/{}/{}/", cert.board, cert.exam, cert.desk);
    let session = segments.first().and_then(|one| one.opened.origin.rsplit_once('/')).map(|(log, _)| log.to_owned());
    let note = listed.text(DESK_CERT_FILE).ok().flatten();
    for one in segments {
        let log = one.opened.origin.strip_suffix(&format!("/{:03}", one.number));
        let good = one.opened.segment == one.number && log.is_some() && log == session.as_deref();
        let findings = [
            (!good || !one.opened.origin.starts_with(&certified)).then_some(FindingKind::ForeignName),
            (cert.training && !one.opened.training).then_some(FindingKind::TrainingAsLive),
            one.opened.training.then_some(FindingKind::Training),
            (Some(&one.opened.desk_cert) != note.as_ref()).then_some(FindingKind::DeskCertOther),
            (one.span.0 < cert.not_before || one.span.1 > cert.not_after).then_some(FindingKind::DeskCertDates),
        ];
        findings.into_iter().flatten().for_each(|what| found.add(Finding::segment(what, one.number)));
    }
}

/// `prev` links form one line from the first segment on; gaps in the numbers are accounted for.
fn check_links(segments: &[Checked], found: &mut Found) {
    let mut before: Option<&Checked> = None;
    for one in segments {
        let linked = match (before, &one.opened.prev) {
            (None, None) => true,
            (Some(before), Some(prev)) => {
                prev.origin == before.opened.origin && prev.size == before.size && prev.root.0 == before.root
            }
            _ => false,
        };
        let first_missing = before.map_or(1, |before| before.number.saturating_add(1));
        let named = one.opened.abandoned.iter().map(|torn| torn.segment);
        if !linked || !named.eq(first_missing..one.number) {
            found.add(Finding::segment(FindingKind::LinkBroken, one.number));
        }
        if one.opened.prev.as_ref().is_some_and(|prev| prev.torn_bytes > 0) {
            found.add(Finding::segment(FindingKind::TornBytes, one.number));
        }
        let abandoned = one.opened.abandoned.iter();
        abandoned.for_each(|torn| found.add(Finding::segment(FindingKind::Abandoned, torn.segment)));
        before = Some(one);
    }
}
