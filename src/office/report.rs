//! What a member of the board reads, and the same for a program.

use super::{
    anchors::OutsideTime,
    basis::Basis,
    finding::{Finding, FindingKind, Severity, Verdict},
    language::{BoardWords, ReportWords},
    verify::Verification,
};
use bits::text::shown_within;
use bits::{base32, hex};
use record::{Digest, EntryRef};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fmt::Write as _};

/// Findings of one kind that are listed one by one; more are counted.
pub const MAX_LISTED: usize = 200;

/// The report on one export as text.
pub fn text(name: &str, verification: &Verification, words: &BoardWords) -> String {
    let mut out = format!("{}\n{}\n", shown_within(name), verdict(verification.verdict(), &words.report));
    let (summary, report) = (&verification.summary, &words.report);
    if let Some(cert) = &verification.cert {
        line(&mut out, &report.exam(), &cert.exam);
        line(&mut out, &report.site(), &cert.site);
        line(&mut out, &report.desk(), &cert.desk);
        line(&mut out, &report.certificate(), &cert.serial.to_string());
    }
    if let Some(log) = &summary.log {
        line(&mut out, &report.log(), log);
    }
    if let Some((first, last)) = &summary.span {
        line(&mut out, &report.time(), &format!("{first:.0} – {last:.0}"));
    }
    line(&mut out, &report.segments(), &format!("{} / {}", summary.segments, summary.entries));
    line(&mut out, &report.arrived(), &summary.arrived.to_string());
    for (kind, count) in &summary.kinds {
        line(&mut out, &format!("  {kind}"), &count.to_string());
    }
    if let Some((size, root)) = &summary.head {
        line(&mut out, &report.head(), &format!("{size} {}", hex::encode_lower(root)));
        line(&mut out, &report.characters(), &base32::twenty_six(root));
    }
    bases(&mut out, &verification.bases, report);
    proven(&mut out, verification, report);
    findings(&mut out, verification, words);
    asks(&mut out, verification, report);
    out
}

/// What the segments say that they rest on; what did not change from one to the next is told once.
fn bases(out: &mut String, bases: &[Basis], words: &ReportWords) {
    for same in bases.chunk_by(Basis::is_like) {
        let (Some(first), Some(last)) = (same.first(), same.last()) else { continue };
        let opened = &first.opened;
        let number = |basis: &Basis| format!("{:03}", basis.segment);
        let shown = |digest: Option<Digest>| digest.map_or_else(|| words.unsaid(), |digest| digest.to_string());
        let _ = writeln!(out, "\n{}", words.rests_on(number(first), number(last)));
        let keys = opened.board_keys.map_or_else(|| words.unsaid(), |set| base32::fingerprint(&set.0));
        line(out, &words.board_keys(), &keys);
        let package = opened.package.as_ref().map(|one| format!("{} v{} {}", one.id.as_str(), one.version, one.sha256));
        line(out, &words.package(), &package.unwrap_or_else(|| words.none()));
        line(out, &words.trust_store(), &opened.trust_store);
        line(out, &words.program(), &format!("{} {}", opened.program, shown(opened.program_sha256)));
        line(out, &words.asked_before(), &first.asked);
        let Some(rules) = &opened.rules else {
            line(out, &words.rules_file(), &shown(Some(opened.policy_sha256)));
            continue;
        };
        line(out, &words.desk_file(), &shown(rules.desk_file_sha256));
        line(out, &words.package_rules(), &shown(rules.package_rules_sha256));
        for (name, value) in rules.effective.iter().take(MAX_LISTED) {
            line(out, &format!("  {}", name.as_str()), value.as_str());
        }
    }
}

fn basis_json(basis: &Basis) -> Value {
    let Basis { segment, opened, asked } = basis;
    let rules = opened.rules.as_ref();
    let effective = rules.map(|rules| {
        let words = rules.effective.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        words.collect::<BTreeMap<_, _>>()
    });
    let digest = |digest: Option<Digest>| digest.map(|digest| digest.to_string());
    json!({
        "segment": segment,
        "board_keys": digest(opened.board_keys),
        "package": opened.package.as_ref().map(|one| {
            json!({"id": one.id.as_str(), "version": one.version, "sha256": one.sha256.to_string()})
        }),
        "trust_store": opened.trust_store,
        "revocations": opened.revocations,
        "program": opened.program,
        "program_sha256": digest(opened.program_sha256),
        "policy_sha256": opened.policy_sha256.to_string(),
        "desk_file_sha256": digest(rules.and_then(|rules| rules.desk_file_sha256)),
        "package_rules_sha256": digest(rules.and_then(|rules| rules.package_rules_sha256)),
        "effective_rules": effective,
        "outside_head": asked,
    })
}

/// What a disputed entry's time is known by: its own clock, and what others signed before and after it.
pub fn window(verification: &Verification, place: EntryRef, words: &BoardWords) -> String {
    let (after, before) = verification.witnessed.window(place);
    let words = &words.report;
    let time =
        |time: Option<&OutsideTime>| time.map_or_else(|| words.no_time(), |one| format!("{:.0} ({})", one.at, one.by));
    let entry = words.entry(place.segment, place.seq);
    format!("{entry}\n{}\n{}\n", words.not_before(time(after)), words.not_after(time(before)))
}

/// The same for a program.
pub fn window_json(verification: &Verification, place: EntryRef) -> Value {
    let (after, before) = verification.witnessed.window(place);
    let time = |time: Option<&OutsideTime>| time.map(|one| json!({"at": one.at.to_string(), "by": one.by.as_ref()}));
    json!({"segment": place.segment, "seq": place.seq, "not_before": time(after), "not_after": time(before)})
}

/// What a member of the board may say in public on the strength of this check, and what not.
fn proven(out: &mut String, verification: &Verification, words: &ReportWords) {
    let (verdict, witnessed) = (verification.verdict(), &verification.witnessed);
    let mut proven = match verdict {
        Verdict::Clean | Verdict::Remarks => vec![words.proven_entries(), words.proven_segments()],
        Verdict::Forged | Verdict::Undecided => vec![words.proven_nothing()],
    };
    proven.extend(
        witnessed.last.map(|(segment, size)| words.proven_anchors(witnessed.anchors, format!("{segment:03}"), size)),
    );
    listed(out, &words.proven(), &proven);
    let mut unproven = match (verification.unanchored, witnessed.last) {
        (0, _) => Vec::new(),
        (all, None) => vec![words.no_anchor(all)],
        (some, Some(_)) => vec![words.behind_anchor(some)],
    };
    unproven.push(words.person());
    listed(out, &words.unproven(), &unproven);
}

fn listed(out: &mut String, head: &str, points: &[String]) {
    let _ = writeln!(out, "\n{head}");
    points.iter().for_each(|point| {
        let _ = writeln!(out, "  - {point}");
    });
}

/// Whom to ask what.
fn asks(out: &mut String, verification: &Verification, words: &ReportWords) {
    let has = |whats: &[FindingKind]| whats.iter().any(|what| verification.counts.contains_key(what));
    let is_basis = |what: &FindingKind| what.code().starts_with("basis.") && what.severity() != Severity::Remark;
    let rows = [
        (verification.verdict() == Verdict::Forged, words.ask_seal()),
        (has(&[FindingKind::DeskCertForeign, FindingKind::DeskCertAbsent]), words.ask_board_key()),
        (has(&[FindingKind::Unanchored]), words.ask_anchors()),
        (verification.counts.keys().any(is_basis), words.ask_basis()),
        (has(&[FindingKind::HeadNotHeld, FindingKind::WitnessDisagreed]), words.ask_head()),
        (has(&[FindingKind::LateAnswer, FindingKind::LateUnanswered]), words.ask_late()),
        (has(&[FindingKind::AnchorUnvouched]), words.ask_witness_key()),
        (has(&[FindingKind::NotClosed, FindingKind::TornBytes]), words.ask_stop()),
        (has(&[FindingKind::ClockJump, FindingKind::ClockOff, FindingKind::ClockConfirmed]), words.ask_clock()),
        (has(&[FindingKind::AtTwoDesks]), words.ask_two_desks()),
        (has(&[FindingKind::ManualDecision, FindingKind::Undone, FindingKind::TwiceIn]), words.ask_manual()),
    ];
    let asked: Vec<String> = rows.into_iter().filter(|(is_asked, _)| *is_asked).map(|(_, words)| words).collect();
    if !asked.is_empty() {
        listed(out, &words.whom(), &asked);
    }
}

/// The report on one export as JSON.
pub fn json(name: &str, verification: &Verification) -> Value {
    let summary = &verification.summary;
    json!({
        "name": name,
        "verdict": verification.verdict().word(),
        "exit_code": verification.verdict().exit_code(),
        "exam": verification.cert.as_ref().map(|cert| &*cert.exam),
        "site": verification.cert.as_ref().map(|cert| &cert.site),
        "desk": verification.cert.as_ref().map(|cert| &*cert.desk),
        "log": summary.log,
        "first": summary.span.map(|(first, _)| first.to_string()),
        "last": summary.span.map(|(_, last)| last.to_string()),
        "segments": summary.segments,
        "entries": summary.entries,
        "arrived": summary.arrived,
        "kinds": summary.kinds,
        "head": summary.head.map(|(size, root)| json!({"size": size, "root": hex::encode_lower(&root), "characters": base32::twenty_six(&root)})),
        "anchored_entries": summary.entries.saturating_sub(verification.unanchored),
        "unanchored_entries": verification.unanchored,
        "anchors": verification.witnessed.anchors,
        "last_anchor": verification.witnessed.last.map(|(segment, size)| json!({"segment": segment, "size": size})),
        "counts": verification.counts.iter().map(|(what, count)| (what.code(), count)).collect::<BTreeMap<_, _>>(),
        "bases": verification.bases.iter().map(basis_json).collect::<Vec<_>>(),
        "findings": verification.findings.iter().map(finding_json).collect::<Vec<_>>(),
    })
}

/// The exit code for several exports: forged before undecided before remarks before clean.
pub fn worst(verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
    let rank = |verdict: &Verdict| match verdict {
        Verdict::Clean => 0,
        Verdict::Remarks => 1,
        Verdict::Undecided => 2,
        Verdict::Forged => 3,
    };
    verdicts.into_iter().max_by_key(rank).unwrap_or(Verdict::Undecided)
}

fn findings(out: &mut String, verification: &Verification, words: &BoardWords) {
    for severity in [Severity::Forged, Severity::Undecided, Severity::Remark] {
        let is_it = |what: FindingKind| what.severity() == severity;
        let listed: Vec<&Finding> = verification.findings.iter().filter(|finding| is_it(finding.what)).collect();
        let counts = verification.counts.iter().filter(|(what, _)| is_it(**what));
        let all: u64 = counts.map(|(_, count)| *count).sum();
        if listed.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n{}", head(severity, all, &words.report));
        for finding in listed.iter().take(MAX_LISTED) {
            let (said, place) = (words.finding(finding.what), place(finding, &words.report));
            let _ = writeln!(out, "  - {said}{place} [{}]", finding.what.code());
        }
        let shown = u64::try_from(listed.len().min(MAX_LISTED)).unwrap_or(u64::MAX);
        if let Some(more) = all.checked_sub(shown).filter(|more| *more > 0) {
            let _ = writeln!(out, "  {}", words.report.more(more));
        }
    }
}

fn head(severity: Severity, count: u64, words: &ReportWords) -> String {
    match severity {
        Severity::Forged => words.found_forged(count),
        Severity::Undecided => words.found_undecided(count),
        Severity::Remark => words.found_remarks(count),
    }
}

fn place(finding: &Finding, words: &ReportWords) -> String {
    let segment = finding.segment.map(|segment| words.in_segment(format!("{segment:03}")));
    let seq = finding.seq.map(|seq| words.in_entry(seq));
    let path = finding.path.as_ref().map(|path| format!(": {}", shown_within(path)));
    [segment, seq, path].into_iter().flatten().collect()
}

fn finding_json(finding: &Finding) -> Value {
    let severity = match finding.what.severity() {
        Severity::Remark => "remark",
        Severity::Undecided => "undecided",
        Severity::Forged => "forged",
    };
    json!({
        "code": finding.what.code(),
        "severity": severity,
        "segment": finding.segment,
        "seq": finding.seq,
        "path": finding.path,
    })
}

fn line(out: &mut String, name: &str, value: &str) {
    let _ = writeln!(out, "  {}: {}", shown_within(name), shown_within(value));
}

fn verdict(verdict: Verdict, words: &ReportWords) -> String {
    match verdict {
        Verdict::Clean => words.clean(),
        Verdict::Remarks => words.remarks(),
        Verdict::Forged => words.forged(),
        Verdict::Undecided => words.undecided(),
    }
}
