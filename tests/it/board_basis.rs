//! What a log rests on, held against what the board issued: each part of it that is another is a finding of its own.

use crate::forge::Forge;
use crate::programs::vietnamese;
use crate::record_support::{at, board, code, desk_cert, device, opening, skewed};
use diemdanh::bits::random::SeededRandom;
use diemdanh::bits::spread::InTurn;
use diemdanh::lab::journal::MemoryStore;
use diemdanh::office::exam::{Exam, Issued, Ledger, PACKAGES_FILE, PROGRAMS_FILE, Packed, Settings};
use diemdanh::office::{Check, Files, FindingKind, Outside, Severity, Verdict, Verification, report};
use diemdanh::record::{
    AttendanceEvent, AttendanceLog, BoardKeys, CandidateRef, Digest, ExportSource, OpenBasis, OpenRules, Opening,
    PackageRef,
};
use diemdanh::tlog::NoteKey;

fn packed() -> Packed {
    Packed {
        id: "thpt-2026/s1/099-01".to_owned(),
        version: 2,
        sha256: Digest([2; 32]),
        size: 10,
        rows: 3,
        packed_at: skewed(0, -1_000_000).wall,
        fingerprint: Digest([8; 32]),
        revocations: 4,
        desks: vec!["desk-1".to_owned()],
        received: vec![],
        rules_sha256: Some(Digest([3; 32])),
        trust_store: Some("lab 1".to_owned()),
    }
}

/// The exam's folder after `change`.
fn folder(change: impl FnOnce(&mut Ledger, &mut Files)) -> Files {
    let mut files = Exam::new_files(&Settings::new("board.example", "thpt-2026", "Kỳ thi thử"));
    files.insert("desks/desk-1.cert".to_owned(), desk_cert(false).sign(&board()).unwrap().into_bytes());
    files.insert(PROGRAMS_FILE.to_owned(), format!("# máy bàn\n{}, diemdanh 0.1.0\n", Digest([7; 32])).into_bytes());
    let mut ledger = Ledger::default();
    ledger.add(packed());
    change(&mut ledger, &mut files);
    files.insert(PACKAGES_FILE.to_owned(), ledger.write());
    files
}

fn keys() -> BoardKeys {
    BoardKeys::one(board().verifier().clone())
}

/// What a desk says that works as the board wants it.
fn honest<'a>(device: &'a NoteKey) -> Opening<'a> {
    let rules = OpenRules {
        desk_file_sha256: Some(Digest([1; 32])),
        package_rules_sha256: Some(Digest([3; 32])),
        effective: [(code("registry-required"), code("true"))].into(),
    };
    Opening {
        package: Some(PackageRef { id: code("thpt-2026/s1/099-01"), version: 2, sha256: Digest([2; 32]) }),
        program_sha256: Some(Digest([7; 32])),
        revocations: Some(4),
        basis: OpenBasis { board_keys: Some(keys().digest()), rules: Some(rules), outside_head: None },
        ..opening(device)
    }
}

fn verified(files: &Files, change: impl FnOnce(&mut Opening<'_>)) -> Verification {
    let worked = AttendanceEvent::PersonViewed { cand: CandidateRef([7; 16]), purpose: code("search") };
    verified_with(files, worked, change)
}

/// The same of a segment that holds this event besides.
fn verified_with(files: &Files, event: AttendanceEvent, change: impl FnOnce(&mut Opening<'_>)) -> Verification {
    let device = device();
    let mut opening = honest(&device);
    change(&mut opening);
    let store = MemoryStore::default();
    let random = &mut SeededRandom::new("segment 0");
    let mut log = AttendanceLog::open(store.clone(), &opening, at(0), random).unwrap().0;
    log.append(&code("op-1"), event, at(1)).unwrap();
    log.close(&code("op-1"), at(2)).unwrap();
    let outside = Outside { issued: Some(Issued::read(files).unwrap()), ..Outside::default() };
    let check = Check { board: &keys(), outside: &outside, spread: &InTurn, progress: &|_| {} };
    check.run(&[&Forge::of(&store).files as &dyn ExportSource]).remove(0)
}

fn basis(one: &Verification) -> Vec<FindingKind> {
    one.counts.keys().copied().filter(|what| what.code().starts_with("basis.")).collect()
}

#[test]
fn desk_that_works_as_issued_gives_no_finding_about_its_basis() {
    let one = verified(&folder(|_, _| ()), |_| ());
    assert_eq!(basis(&one), []);
    assert_eq!(one.verdict(), Verdict::Remarks, "unanchored entries only: {}", report::text("x", &one, &vietnamese()));
}

#[test]
fn each_part_that_was_not_issued_is_a_finding_of_its_own() {
    type Change = fn(&mut Opening<'_>);
    let other = BoardKeys::one(device().verifier().clone()).digest();
    let cases: [(FindingKind, Change); 11] = [
        (FindingKind::PackageAbsent, |opening| opening.package = None),
        (FindingKind::PackageNotIssued, |opening| opening.package.as_mut().unwrap().sha256 = Digest([9; 32])),
        (FindingKind::PackageNotIssued, |opening| opening.package.as_mut().unwrap().version = 3),
        (FindingKind::RulesOther, |opening| {
            opening.basis.rules.as_mut().unwrap().package_rules_sha256 = Some(Digest([9; 32]));
        }),
        (FindingKind::RulesOther, |opening| opening.basis.rules.as_mut().unwrap().package_rules_sha256 = None),
        (FindingKind::RulesUnsaid, |opening| opening.basis.rules = None),
        (FindingKind::TrustOther, |opening| opening.trust_store = "own".to_owned()),
        (FindingKind::RevocationsBehind, |opening| opening.revocations = Some(3)),
        (FindingKind::ProgramOther, |opening| opening.program_sha256 = Some(Digest([9; 32]))),
        (FindingKind::ProgramUnsaid, |opening| opening.program_sha256 = None),
        (FindingKind::BoardKeysUnsaid, |opening| opening.basis.board_keys = None),
    ];
    for (what, change) in cases {
        let one = verified(&folder(|_, _| ()), change);
        assert_eq!(basis(&one), [what], "{}", what.code());
        let expected = match what.severity() {
            Severity::Forged => Verdict::Forged,
            Severity::Undecided => Verdict::Undecided,
            Severity::Remark => Verdict::Remarks,
        };
        assert_eq!(one.verdict(), expected, "{}", what.code());
    }
    let one = verified(&folder(|_, _| ()), |opening| opening.basis.board_keys = Some(other));
    assert_eq!((basis(&one), one.verdict()), (vec![FindingKind::BoardKeysOther], Verdict::Forged));
}

/// A wrong PIN before anybody has signed in, a purge, an answer that was fetched when the session was over.
#[test]
fn what_stands_beside_a_session_needs_no_package() {
    let event = |name: &str| AttendanceEvent::DeviceEvent { device: code(name), event: code("gt-01") };
    let purged = AttendanceEvent::Purged { what: vec![code("roster")], receipt: None, overruled_by: Vec::new() };
    for beside in [event("wrong-pin"), event("pins-unlocked"), purged] {
        let one = verified_with(&folder(|_, _| ()), beside.clone(), |opening| opening.package = None);
        assert_eq!(basis(&one), [], "{beside:?}");
    }
}

#[test]
fn folder_that_says_otherwise_is_a_finding_too() {
    type Change = fn(&mut Ledger, &mut Files);
    let cases: [(FindingKind, Change); 7] = [
        (FindingKind::PackageOfOthers, |ledger, _| {
            *ledger = Ledger::default();
            ledger.add(Packed { desks: vec!["desk-9".to_owned()], ..packed() });
        }),
        (FindingKind::PackageSuperseded, |ledger, _| {
            ledger.add(Packed { version: 3, sha256: Digest([5; 32]), packed_at: skewed(0, -10_000).wall, ..packed() });
        }),
        (FindingKind::RulesUnsaid, |ledger, _| {
            *ledger = Ledger::default();
            ledger.add(Packed { rules_sha256: None, ..packed() });
        }),
        (FindingKind::DeskNotIssued, |_, files| drop(files.remove("desks/desk-1.cert"))),
        (FindingKind::CertNotIssued, |_, files| {
            let renewed = diemdanh::record::DeskCert { serial: 8, ..desk_cert(false) }.sign(&board()).unwrap();
            files.insert("desks/desk-1.cert".to_owned(), renewed.into_bytes());
        }),
        (FindingKind::ProgramsUnlisted, |_, files| drop(files.remove(PROGRAMS_FILE))),
        (FindingKind::ExamOther, |_, files| {
            let other = Settings::new("board.example", "another", "Kỳ thi khác").write();
            files.insert("exam.toml".to_owned(), other.into_bytes());
        }),
    ];
    for (what, change) in cases {
        assert_eq!(basis(&verified(&folder(change), |_| ())), [what], "{}", what.code());
    }
    let later = folder(|ledger, _| {
        ledger.add(Packed { version: 3, sha256: Digest([5; 32]), packed_at: at(900).wall, ..packed() });
    });
    assert_eq!(basis(&verified(&later, |_| ())), [], "made after the segment was opened");
}

#[test]
fn other_board_keys_are_told_without_an_exam_folder() {
    let device = device();
    let basis = OpenBasis { board_keys: Some(Digest([9; 32])), ..OpenBasis::default() };
    let opening = Opening { basis, ..opening(&device) };
    let store = MemoryStore::default();
    AttendanceLog::open(store.clone(), &opening, at(0), &mut SeededRandom::new("segment 0")).unwrap();
    let one = diemdanh::office::verify(&Forge::of(&store).files, &keys());
    assert!(one.verdict() == Verdict::Forged && one.counts.contains_key(&FindingKind::BoardKeysOther));
}

#[test]
fn report_names_both_files_and_every_rule_in_effect() {
    let one = verified(&folder(|_, _| ()), |_| ());
    let (text, json) = (report::text("x", &one, &vietnamese()), report::json("x", &one));
    let digests = [Digest([1; 32]), Digest([3; 32]), Digest([7; 32]), Digest([2; 32])];
    for wanted in
        digests.iter().map(ToString::to_string).chain([keys().fingerprint(), "registry-required: true".to_owned()])
    {
        assert!(text.contains(&wanted), "{wanted} in\n{text}");
    }
    assert_eq!(json["bases"][0]["effective_rules"]["registry-required"], "true");
    assert_eq!(json["bases"][0]["desk_file_sha256"], Digest([1; 32]).to_string());
}

#[test]
fn ledger_of_an_older_program_reads_and_stays_as_it_is() {
    let mut ledger = Ledger::default();
    ledger.add(Packed { rules_sha256: None, trust_store: None, ..packed() });
    let old = ledger.write();
    assert!(String::from_utf8(old.clone()).unwrap().lines().all(|line| line.split(',').count() == 10));
    let mut read = Ledger::read(&old).unwrap();
    assert_eq!((read.write(), read.clone()), (old, ledger));
    read.add(Packed { version: 3, ..packed() });
    assert_eq!(Ledger::read(&read.write()).unwrap(), read);
    let bad = format!("{PROGRAMS_FILE} no digest, x\n").into_bytes();
    assert!(Issued::read(&folder(|_, files| drop(files.insert(PROGRAMS_FILE.to_owned(), bad)))).is_err());
}
