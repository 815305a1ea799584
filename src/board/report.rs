//! What a member of the board reads, and the same for a program.

use super::{
    finding::{Finding, Severity, Verdict},
    verify::Verification,
};
use crate::bits::hex;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Findings of one kind that are listed one by one; more are counted.
pub const MAX_LISTED: usize = 200;

/// The report on one export as text.
pub fn text(name: &str, verification: &Verification) -> String {
    let mut out = format!("{name}\n{}\n", verdict_words(verification.verdict()));
    let summary = &verification.summary;
    if let Some(cert) = &verification.cert {
        line(&mut out, "Kỳ thi", &cert.exam);
        line(&mut out, "Điểm thi", &cert.site);
        line(&mut out, "Bàn", &cert.desk);
        line(&mut out, "Chứng thư số", &cert.serial.to_string());
    }
    if let Some(log) = &summary.log {
        line(&mut out, "Nhật ký", log);
    }
    if let Some((first, last)) = &summary.span {
        line(&mut out, "Thời gian (UTC)", &format!("{first:.0} – {last:.0}"));
    }
    line(&mut out, "Số đoạn / bản ghi", &format!("{} / {}", summary.segments, summary.entries));
    line(&mut out, "Thí sinh đã vào", &summary.arrived.to_string());
    for (kind, count) in &summary.kinds {
        line(&mut out, &format!("  {kind}"), &count.to_string());
    }
    if let Some((size, root)) = &summary.head {
        line(&mut out, "Đầu nhật ký", &format!("{size} {}", hex::encode_lower(root)));
    }
    out.push_str(UNANCHORED);
    findings(&mut out, &verification.findings);
    out
}

/// The report on one export as JSON.
pub fn json(name: &str, verification: &Verification) -> Value {
    let summary = &verification.summary;
    json!({
        "name": name,
        "verdict": verification.verdict().word(),
        "exit_code": verification.verdict().exit_code(),
        "exam": verification.cert.as_ref().map(|cert| &cert.exam),
        "site": verification.cert.as_ref().map(|cert| &cert.site),
        "desk": verification.cert.as_ref().map(|cert| &cert.desk),
        "log": summary.log,
        "first": summary.span.map(|(first, _)| first.to_string()),
        "last": summary.span.map(|(_, last)| last.to_string()),
        "segments": summary.segments,
        "entries": summary.entries,
        "arrived": summary.arrived,
        "kinds": summary.kinds,
        "head": summary.head.map(|(size, root)| json!({"size": size, "root": hex::encode_lower(&root)})),
        "anchored_entries": 0,
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

fn findings(out: &mut String, findings: &[Finding]) {
    let heads = [
        (Severity::Forged, "Dấu hiệu giả mạo hoặc hư hỏng"),
        (Severity::Undecided, "Không quyết định được"),
        (Severity::Remark, "Cần xem"),
    ];
    for (severity, head) in heads {
        let listed: Vec<&Finding> = findings.iter().filter(|finding| finding.what.severity() == severity).collect();
        if listed.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n{head} ({})", listed.len());
        for finding in listed.iter().take(MAX_LISTED) {
            let _ = writeln!(out, "  - {}{} [{}]", finding.what.words(), place(finding), finding.what.code());
        }
        if let Some(more) = listed.len().checked_sub(MAX_LISTED).filter(|more| *more > 0) {
            let _ = writeln!(out, "  … và {more} mục nữa (xem bản JSON)");
        }
    }
}

fn place(finding: &Finding) -> String {
    let segment = finding.segment.map(|segment| format!(", đoạn {segment:03}"));
    let seq = finding.seq.map(|seq| format!(", bản ghi {seq}"));
    let path = finding.path.as_ref().map(|path| format!(": {}", printable(path)));
    [segment, seq, path].into_iter().flatten().collect()
}

/// A path from outside, without anything that a terminal would obey.
fn printable(path: &str) -> String {
    path.chars().map(|character| if character.is_control() { '\u{FFFD}' } else { character }).collect()
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
    let _ = writeln!(out, "  {name}: {value}");
}

fn verdict_words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Clean => "KẾT LUẬN: nguyên vẹn",
        Verdict::Remarks => "KẾT LUẬN: nguyên vẹn, có điều cần xem",
        Verdict::Forged => "KẾT LUẬN: BỊ SỬA, GIẢ HOẶC HƯ HỎNG",
        Verdict::Undecided => "KẾT LUẬN: không quyết định được",
    }
}

const UNANCHORED: &str = "  Chưa có chứng kiến bên ngoài: không loại trừ được đuôi bị cắt sau bản ghi cuối.\n";
