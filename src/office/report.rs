//! What a member of the board reads, and the same for a program.

use super::{
    anchors::OutsideTime,
    basis::{Basis, shown},
    finding::{Finding, Severity, Verdict, What},
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
pub fn text(name: &str, verification: &Verification) -> String {
    let mut out = format!("{}\n{}\n", shown_within(name), verdict_words(verification.verdict()));
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
        line(&mut out, "26 ký tự trên biên bản", &base32::twenty_six(root));
    }
    bases(&mut out, &verification.bases);
    proven(&mut out, verification);
    findings(&mut out, verification);
    asks(&mut out, verification);
    out
}

/// What the segments say that they rest on; what did not change from one to the next is told once.
fn bases(out: &mut String, bases: &[Basis]) {
    for same in bases.chunk_by(Basis::is_like) {
        let (Some(first), Some(last)) = (same.first(), same.last()) else { continue };
        let opened = &first.opened;
        let _ = writeln!(out, "\nDỰA TRÊN (đoạn {:03}–{:03})", first.segment, last.segment);
        let keys = opened.board_keys.map_or_else(|| "không ghi".to_owned(), |set| base32::sixteen(&set.0));
        line(out, "Bộ khóa hội đồng", &keys);
        let package = opened.package.as_ref().map(|one| format!("{} v{} {}", one.id.as_str(), one.version, one.sha256));
        line(out, "Gói", package.as_deref().unwrap_or("không có"));
        line(out, "Kho tin cậy", &opened.trust_store);
        line(out, "Chương trình", &format!("{} {}", opened.program, shown(opened.program_sha256)));
        line(out, "Hỏi bên xác nhận ngoài trước khi mở", &first.asked);
        let Some(rules) = &opened.rules else {
            line(out, "Tệp quy tắc", &shown(Some(opened.policy_sha256)));
            continue;
        };
        line(out, "Tệp của bàn", &shown(rules.desk_file_sha256));
        line(out, "Quy tắc trong gói", &shown(rules.package_rules_sha256));
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
pub fn window(verification: &Verification, place: EntryRef) -> String {
    let (after, before) = verification.witnessed.window(place);
    let time = |time: Option<&OutsideTime>| {
        time.map_or_else(|| NO_TIME.to_owned(), |one| format!("{:.0} ({})", one.at, one.by))
    };
    format!(
        "Bản ghi {}/{}\n  không được ghi trước: {}\n  không được ghi sau:  {}\n",
        place.segment,
        place.seq,
        time(after),
        time(before)
    )
}

/// The same for a program.
pub fn window_json(verification: &Verification, place: EntryRef) -> Value {
    let (after, before) = verification.witnessed.window(place);
    let time = |time: Option<&OutsideTime>| time.map(|one| json!({"at": one.at.to_string(), "by": one.by.as_ref()}));
    json!({"segment": place.segment, "seq": place.seq, "not_before": time(after), "not_after": time(before)})
}

/// What a member of the board may say in public on the strength of this check, and what not.
fn proven(out: &mut String, verification: &Verification) {
    let verdict = verification.verdict();
    out.push_str("\nĐÃ CHỨNG MINH\n");
    if matches!(verdict, Verdict::Clean | Verdict::Remarks) {
        out.push_str("  - Mọi bản ghi do đúng bàn có chứng thư ghi, đúng thứ tự, không bị sửa, chèn hay xóa ở giữa.\n");
        out.push_str("  - Mọi đoạn nối tiếp nhau, không thiếu đoạn nào ở giữa.\n");
    } else {
        out.push_str("  - Không có gì: xem các mục dưới đây trước.\n");
    }
    let witnessed = &verification.witnessed;
    if let Some((segment, size)) = witnessed.last {
        let anchors = witnessed.anchors;
        let _ = writeln!(
            out,
            "  - {anchors} mốc chứng kiến bên ngoài, mốc xa nhất: đoạn {segment:03}, {size} bản ghi. Đến đó không thể cắt, thay hay làm lại."
        );
    }
    out.push_str("\nCHƯA CHỨNG MINH\n");
    match (verification.unanchored, witnessed.last) {
        (0, _) => (),
        (all, None) => {
            let _ = writeln!(
                out,
                "  - Không mốc chứng kiến nào: nếu đuôi nhật ký ({all} bản ghi) bị cắt hoặc cả máy bị khôi phục bản cũ thì không thấy được."
            );
        }
        (some, Some(_)) => {
            let _ =
                writeln!(out, "  - {some} bản ghi sau mốc cuối: bản ghi sau đó nữa, nếu bị cắt, thì không thấy được.");
        }
    }
    out.push_str(
        "  - Người đứng trước bàn có đúng là người trên thẻ: đó là quyết định của giám thị, ghi trong nhật ký.\n",
    );
}

/// Whom to ask what.
fn asks(out: &mut String, verification: &Verification) {
    let has = |what| verification.counts.contains_key(&what);
    let rows: [(bool, &str); 11] = [
        (
            verification.verdict() == Verdict::Forged,
            "Kỹ thuật viên và Trưởng Điểm: niêm phong máy, giữ nguyên ổ đĩa, lập biên bản; không xuất lại.",
        ),
        (
            has(What::DeskCertForeign) || has(What::DeskCertAbsent),
            "Ban tổ chức: khóa của hội đồng (board.vkey) nào đã ký chứng thư của bàn này?",
        ),
        (
            has(What::Unanchored),
            "Bên chứng kiến (máy chủ hội đồng, CSDL, bàn thứ hai): xin mọi mốc đã ký cho nhật ký này, đưa vào --anchors.",
        ),
        (
            verification
                .counts
                .keys()
                .any(|what| what.code().starts_with("basis.") && what.severity() != Severity::Remark),
            "Ban tổ chức: gói, quy tắc, kho tin cậy, chương trình của bàn từ đâu ra? Không công nhận lượt vào nào trước khi rõ.",
        ),
        (
            has(What::HeadNotHeld) || has(What::WitnessDisagreed),
            "Bên xác nhận ngoài: xin đầu nhật ký cuối đã ký của bàn này. Trưởng Điểm: ai đã thay hoặc xóa nhật ký, máy có bị khôi phục bản cũ không?",
        ),
        (
            has(What::LateAnswer) || has(What::LateUnanswered),
            "Trưởng Điểm: với từng thí sinh mà CSDL trả lời bất lợi sau khi vào, đã làm gì?",
        ),
        (has(What::AnchorUnvouched), "Bên chứng kiến: xin khóa kiểm tra (*.vkey), đưa vào --anchors."),
        (
            has(What::NotClosed) || has(What::TornBytes),
            "Trưởng Điểm: máy tắt đột ngột lúc nào, vì sao? So với biên bản giấy.",
        ),
        (
            has(What::ClockJump) || has(What::ClockOff) || has(What::ClockConfirmed),
            "Kỹ thuật viên: ai chỉnh đồng hồ, lúc nào?",
        ),
        (has(What::AtTwoDesks), "Trưởng Điểm của hai bàn: thí sinh thật ngồi ở đâu, người ở bàn kia là ai?"),
        (
            has(What::ManualDecision) || has(What::Undone) || has(What::TwiceIn),
            "Trưởng Điểm: biên bản của từng quyết định thủ công, lượt hủy, lượt vào hai lần.",
        ),
    ];
    if rows.iter().any(|(asked, _)| *asked) {
        out.push_str("\nHỎI AI\n");
    }
    rows.iter().filter(|(asked, _)| *asked).for_each(|(_, words)| {
        let _ = writeln!(out, "  - {words}");
    });
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

fn findings(out: &mut String, verification: &Verification) {
    let heads = [
        (Severity::Forged, "Dấu hiệu giả mạo hoặc hư hỏng"),
        (Severity::Undecided, "Không quyết định được"),
        (Severity::Remark, "Cần xem"),
    ];
    for (severity, head) in heads {
        let is_it = |what: What| what.severity() == severity;
        let listed: Vec<&Finding> = verification.findings.iter().filter(|finding| is_it(finding.what)).collect();
        let counts = verification.counts.iter().filter(|(what, _)| is_it(**what));
        let all: u64 = counts.map(|(_, count)| *count).sum();
        if listed.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n{head} ({all})");
        for finding in listed.iter().take(MAX_LISTED) {
            let _ = writeln!(out, "  - {}{} [{}]", finding.what.words(), place(finding), finding.what.code());
        }
        let shown = u64::try_from(listed.len().min(MAX_LISTED)).unwrap_or(u64::MAX);
        if let Some(more) = all.checked_sub(shown).filter(|more| *more > 0) {
            let _ = writeln!(out, "  … và {more} mục nữa (xem bản JSON)");
        }
    }
}

fn place(finding: &Finding) -> String {
    let segment = finding.segment.map(|segment| format!(", đoạn {segment:03}"));
    let seq = finding.seq.map(|seq| format!(", bản ghi {seq}"));
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

fn verdict_words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Clean => "KẾT LUẬN: nguyên vẹn",
        Verdict::Remarks => "KẾT LUẬN: nguyên vẹn, có điều cần xem",
        Verdict::Forged => "KẾT LUẬN: BỊ SỬA, GIẢ HOẶC HƯ HỎNG",
        Verdict::Undecided => "KẾT LUẬN: không quyết định được",
    }
}

const NO_TIME: &str = "không có giờ nào do bên ngoài ký";
