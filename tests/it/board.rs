//! The board's check: clean logs are clean, and no forger gets through.

use crate::programs::{board_program, vietnamese};
use crate::record_support::{at, board, candidate, check_in, code, desk_cert, device, open, opening, skewed};
use diemdanh::bits::random::SeededRandom;
use diemdanh::bits::secret::Secret;
use diemdanh::lab::journal::MemoryStore;
use diemdanh::office::{Files, FindingKind, Severity, Verdict, Verification, report, verify, verify_all};
use diemdanh::record::certify::{CertRequest, CertifyError, certify};
use diemdanh::record::entry::Entry;
use diemdanh::record::export::{MANIFEST_FILE, Manifest, export, package, segment_folder, tree_files};
use diemdanh::record::ids::ExamId;
use diemdanh::record::segment::read_segment;
use diemdanh::record::{
    AttendanceEvent, AttendanceLog, BoardKeys, DeskCert, Digest, EntryRef, LogStore as _, SegmentContent,
};
use diemdanh::tlog::tree::{Tree, leaf_hash};
use diemdanh::tlog::{Checkpoint, NoteKey};

/// A whole session in two segments, closed.
fn session() -> MemoryStore {
    let store = MemoryStore::default();
    let (mut log, _) = open(store.clone(), 0).unwrap();
    for number in 1..=3 {
        log.append(&code("op-1"), check_in(number), at(i64::from(number))).unwrap();
    }
    log.close(&code("op-1"), at(5)).unwrap();
    drop(log);
    let (mut log, _) = open(store.clone(), 10).unwrap();
    log.append(&code("op-1"), check_in(4), at(11)).unwrap();
    let (size, root) = (log.head().size, Digest(log.head().root));
    log.append(&code("op-1"), AttendanceEvent::Export { size, root }, at(12)).unwrap();
    log.close(&code("op-1"), at(13)).unwrap();
    store
}

fn files_of(store: &MemoryStore) -> Files {
    let cert = desk_cert(false).sign(&board()).unwrap();
    export(&mut store.clone(), &cert, &device()).unwrap().into_iter().collect()
}

fn check(files: &Files) -> Verification {
    verify(files, &BoardKeys::one(board().verifier().clone()))
}

/// All codes found, in order. Nothing here is witnessed; that is another theme's.
fn found(files: &Files) -> Vec<FindingKind> {
    let all = check(files).findings.into_iter().map(|finding| finding.what);
    all.filter(|what| *what != FindingKind::Unanchored).collect()
}

/// Signs a new manifest over changed files, as a thief of the device key could.
fn resign(mut files: Files) -> Files {
    files.remove(MANIFEST_FILE);
    let list: Vec<_> = files.iter().map(|(path, bytes)| (path.clone(), bytes.clone())).collect();
    let manifest = device().sign(&Manifest::of(false, &list).text()).unwrap();
    files.insert(MANIFEST_FILE.to_owned(), manifest.into_bytes());
    files
}

#[test]
fn a_closed_session_is_clean() {
    let files = files_of(&session());
    let verification = check(&files);
    assert_eq!(found(&files), []);
    assert_eq!((verification.verdict().exit_code(), verification.unanchored), (1, 9), "nobody outside has seen it");
    assert_eq!((verification.summary.entries, verification.summary.arrived), (9, 4));
    let text = report::text("package", &verification, &vietnamese());
    assert!(text.contains("nguyên vẹn") && text.contains("thpt-2026"), "{text}");
    assert_eq!(report::json("package", &verification)["kinds"]["check-in"], 4);
}

#[test]
fn what_a_board_should_look_at_is_listed() {
    let store = MemoryStore::default();
    let (mut log, _) = open(store.clone(), 0).unwrap();
    let first = log.append(&code("op-1"), check_in(1), at(1)).unwrap().proof.entry();
    let manual = AttendanceEvent::ManualDecision {
        cand: Some(candidate(2)),
        doc: None,
        admitted: true,
        chip: diemdanh::record::ChipState::NotRead,
        registry: diemdanh::record::RegistryState::NotAsked,
        reason: code("no-card"),
        second: code("head"),
    };
    log.append(&code("op-1"), manual, at(2)).unwrap();
    let reported = AttendanceEvent::DuplicateReported { cand: candidate(1), doc: None, first, second: None };
    log.append(&code("op-1"), reported, at(3)).unwrap();
    log.append(&code("op-1"), check_in(1), at(4)).unwrap();
    let undo = AttendanceEvent::Undo { refers: first, reason: code("mistake"), second: code("head") };
    log.append(&code("op-1"), undo, at(5)).unwrap();
    let request = AttendanceEvent::RegistryRequest { id: "1".to_owned(), doc: diemdanh::record::DocumentRef([1; 16]) };
    log.append(&code("op-1"), request, skewed(6, 60_000)).unwrap();
    drop(log);
    // An append that a power cut tore, then a start that came to nothing.
    let mut bytes = store.clone().read(1).unwrap();
    bytes.extend_from_slice(&[7; 40]);
    store.overwrite(1, bytes);
    store.overwrite(2, vec![]);
    let (mut log, opened) = open(store.clone(), 100).unwrap();
    assert_eq!(opened.entry().segment, 3);
    log.close(&code("op-1"), at(101)).unwrap();
    let files = files_of(&store);
    let verification = check(&files);
    assert_eq!(verification.verdict(), Verdict::Remarks, "{}", report::text("x", &verification, &vietnamese()));
    let mut codes = found(&files);
    codes.sort_unstable();
    codes.dedup();
    let mut expected = vec![
        FindingKind::NotClosed,
        FindingKind::TornBytes,
        FindingKind::Abandoned,
        FindingKind::ClockJump,
        FindingKind::ManualDecision,
        FindingKind::Undone,
        FindingKind::Duplicate,
        FindingKind::TwiceIn,
        FindingKind::RegistryPending,
    ];
    expected.sort_unstable();
    assert_eq!(codes, expected);
}

#[test]
fn bits_of_an_export_flipped_under_a_new_manifest_are_found() {
    let store = MemoryStore::default();
    let (mut log, _) = open(store.clone(), 0).unwrap();
    log.append(&code("op-1"), check_in(1), at(1)).unwrap();
    log.close(&code("op-1"), at(2)).unwrap();
    let files = files_of(&store);
    assert_eq!(found(&files), []);
    for path in files.keys() {
        let step = if path.ends_with(".txt") || path.ends_with(".py") { 997 } else { 3 };
        for bit in (0..files[path].len() * 8).step_by(step) {
            let mut changed = files.clone();
            changed.get_mut(path).unwrap()[bit / 8] ^= 1 << (bit % 8);
            let verdict = check(&changed).verdict();
            assert!(matches!(verdict, Verdict::Forged | Verdict::Undecided), "{path} bit {bit}");
            // With a stolen device key the manifest is no help; the tree is.
            if path.starts_with("segments/") && bit % 11 == 0 {
                let verdict = check(&resign(changed)).verdict();
                assert!(matches!(verdict, Verdict::Forged | Verdict::Undecided), "{path} bit {bit}, signed anew");
            }
        }
    }
}

#[test]
fn files_added_or_taken_away_are_found() {
    let files = files_of(&session());
    for path in files.keys() {
        let mut fewer = files.clone();
        fewer.remove(path);
        assert!(check(&fewer).findings.iter().any(|finding| finding.what == FindingKind::MissingFile), "{path}");
    }
    let mut more = files.clone();
    more.insert("segments/001/tile/0/001".to_owned(), vec![1]);
    assert_eq!(found(&more), [FindingKind::ForeignFile, FindingKind::ForeignFile]);
    assert_eq!(found(&resign(more)), [FindingKind::ForeignFile]);
    // A whole segment taken away, with a new manifest.
    for segment in [1, 2] {
        let mut fewer = files.clone();
        fewer.retain(|path, _| !path.starts_with(&segment_folder(segment)));
        let codes = found(&resign(fewer));
        // Nothing but an outside anchor shows that the last segment was taken away.
        assert_eq!(codes.first(), (segment == 1).then_some(&FindingKind::LinkBroken), "{codes:?}");
    }
    assert_eq!(check(&Files::new()).verdict(), Verdict::Forged);
}

/// What an insider with the device key, or even the segment's key, may try on the entries of the first segment.
type Rewriting = (&'static str, fn(&mut Vec<Entry>), &'static [FindingKind]);

const REWRITINGS: [Rewriting; 8] = [
    ("entry deleted", |entries| drop(entries.remove(2)), &[FindingKind::EntryForm]),
    ("deleted and renumbered", delete_and_renumber, &[FindingKind::TotalsDiffer]),
    ("swapped", |entries| swap(entries), &[FindingKind::BootClockFell, FindingKind::TimeFell]),
    ("entry behind the close", append_behind_the_close, &[FindingKind::AfterClose, FindingKind::TwiceIn]),
    (
        "undo of nothing",
        |entries| undo_nothing(entries),
        &[FindingKind::UndoOfNothing, FindingKind::Undone, FindingKind::TotalsDiffer],
    ),
    ("wall clock back in silence", |entries| entries[3].t = skewed(3, -3_600_000).wall, &[FindingKind::TimeFell]),
    ("second open", |entries| entries[2].event = entries[0].event.clone(), &[FindingKind::EntryForm]),
    ("candidate exchanged", |entries| entries[1].event = check_in(9), &[]),
];

fn delete_and_renumber(entries: &mut Vec<Entry>) {
    entries.remove(2);
    renumber(entries);
}

fn swap(entries: &mut [Entry]) {
    entries.swap(1, 2);
    renumber(entries);
}

fn append_behind_the_close(entries: &mut Vec<Entry>) {
    let last = entries.last().unwrap().clone();
    entries.push(Entry { event: entries[1].event.clone(), ..last });
    renumber(entries);
}

fn undo_nothing(entries: &mut [Entry]) {
    let refers = EntryRef { segment: 1, seq: 77 };
    entries[2].event = AttendanceEvent::Undo { refers, reason: code("x"), second: code("y") };
}

#[test]
fn a_rewritten_history_is_found() {
    for (name, change, expected) in REWRITINGS {
        let codes = rewritten(change, true);
        assert!(expected.iter().all(|what| codes.contains(what)), "{name}: {codes:?}");
        // Even a stolen segment key cannot repair the link from the next segment.
        assert!(
            codes.contains(&FindingKind::LinkBroken) || codes.contains(&FindingKind::EntryForm),
            "{name}: {codes:?}"
        );
        let codes = rewritten(change, false);
        let signature = [FindingKind::CheckpointSignature, FindingKind::RootDiffers];
        assert!(codes.iter().any(|code| signature.contains(code)), "{name} without the segment's key: {codes:?}");
    }
}

fn renumber(entries: &mut [Entry]) {
    (0..).zip(entries).for_each(|(seq, entry)| entry.seq = seq);
}

/// The findings on a session whose first segment was rewritten.
fn rewritten(change: fn(&mut Vec<Entry>), has_segment_key: bool) -> Vec<FindingKind> {
    let store = session();
    let bytes = store.clone().read(1).unwrap();
    let SegmentContent::Good(segment) = read_segment(&bytes, device().verifier()).unwrap() else { panic!() };
    let mut entries = segment.entries.clone();
    change(&mut entries);
    let raw: Vec<Vec<u8>> = entries.iter().map(|entry| entry.encode().unwrap()).collect();
    let leaves: Vec<_> = raw.iter().map(|entry| leaf_hash(entry)).collect();
    let tree = Tree::of(&leaves);
    let mut key = NoteKey::generate(segment.key.name(), &mut SeededRandom::new("segment 0")).unwrap();
    assert_eq!(key.verifier(), &segment.key, "the lab's segment key is known");
    if !has_segment_key {
        key = NoteKey::from_seed(segment.key.name(), &Secret::new([8; 32])).unwrap();
    }
    let head = Checkpoint { origin: segment.key.name().to_owned(), size: tree.size(), root: tree.root() };
    let mut files = files_of(&store);
    files.retain(|path, _| !path.starts_with("segments/001/tile/"));
    files.insert("segments/001/checkpoint".to_owned(), head.sign(&key).unwrap().into_bytes());
    files.extend(tree_files(&raw).into_iter().map(|(path, bytes)| (format!("segments/001/{path}"), bytes)));
    found(&resign(files))
}

/// Known readers accept an edited entry when the leaf tile is recomputed with it.
#[test]
fn the_leaf_tile_trick_is_found() {
    let mut files = files_of(&session());
    let bundle = "segments/001/tile/entries/000.p/5";
    let edited = String::from_utf8(files[bundle][2..].to_vec());
    assert!(edited.is_err(), "a bundle is not text as a whole");
    let bytes = files.get_mut(bundle).unwrap();
    let place = bytes.windows(8).position(|window| window == b"pace-can").unwrap();
    bytes[place..place + 8].copy_from_slice(b"pace-mrz");
    let raw =
        diemdanh::record::export::read_bundles(5, |path| files.get(&format!("segments/001/{path}")).map(Vec::as_slice));
    for (path, bytes) in tree_files(&raw.unwrap()) {
        files.insert(format!("segments/001/{path}"), bytes);
    }
    assert!(found(&resign(files)).contains(&FindingKind::RootDiffers));
}

#[test]
fn certificates_are_judged() {
    let store = session();
    let mut other_board = files_of(&store);
    let stranger = NoteKey::generate("stranger.example", &mut SeededRandom::new("stranger")).unwrap();
    other_board.insert("desk-cert".to_owned(), desk_cert(false).sign(&stranger).unwrap().into_bytes());
    assert_eq!(check(&other_board).verdict(), Verdict::Undecided);
    other_board.insert("desk-cert".to_owned(), vec![]);
    assert_eq!(found(&other_board), [FindingKind::DeskCertAbsent]);
    let with_cert = |cert: DeskCert| {
        let cert = cert.sign(&board()).unwrap();
        found(&export(&mut store.clone(), &cert, &device()).unwrap().into_iter().collect())
    };
    let other = FindingKind::DeskCertOther;
    assert_eq!(with_cert(desk_cert(true)), [FindingKind::TrainingAsLive, other, FindingKind::TrainingAsLive, other]);
    let elsewhere = DeskCert { desk: "desk-2".parse().unwrap(), ..desk_cert(false) };
    assert_eq!(with_cert(elsewhere), [FindingKind::ForeignName, other, FindingKind::ForeignName, other]);
    let early = DeskCert { not_after: at(6).wall, ..desk_cert(false) };
    assert_eq!(with_cert(early), [other, other, FindingKind::DeskCertDates]);
}

#[test]
fn a_training_log_is_never_live() {
    let store = MemoryStore::default();
    let device = device();
    let mut training = opening(&device);
    training.training = true;
    let mut random = SeededRandom::new("training");
    let (mut log, _) = AttendanceLog::open(store.clone(), &training, at(0), &mut random).unwrap();
    log.close(&code("op-1"), at(1)).unwrap();
    assert_eq!(found(&files_of(&store)), [FindingKind::Training]);
    drop(open(store.clone(), 10).unwrap());
    let mixed = export(&mut store.clone(), "", &device);
    assert_eq!(mixed, Err(diemdanh::record::export::ExportFault::MixedModes));
}

#[test]
fn two_histories_under_one_name_are_found() {
    let common = MemoryStore::default();
    let (mut log, _) = open(common.clone(), 0).unwrap();
    log.append(&code("op-1"), check_in(1), at(1)).unwrap();
    let early = files_of(&common);
    // The disk image is put back and the same key, still in memory, goes on twice.
    let (mut one, _) = open(MemoryStore::default(), 0).unwrap();
    one.append(&code("op-1"), check_in(2), at(1)).unwrap();
    let other = files_of(&clone_of(&mut one));
    log.append(&code("op-1"), check_in(3), at(2)).unwrap();
    let late = files_of(&common);
    let forks = |packages: &[Files]| -> usize {
        let all = verify_all(packages, &BoardKeys::one(board().verifier().clone()));
        all.iter().flat_map(|one| &one.findings).filter(|finding| finding.what == FindingKind::Fork).count()
    };
    assert_eq!(forks(&[early.clone(), late.clone()]), 0);
    assert_eq!(forks(&[late, early, other]), 2, "both sides are told");
}

fn clone_of(log: &mut AttendanceLog<MemoryStore>) -> MemoryStore {
    log.store_mut().clone()
}

#[test]
fn a_board_certifies_only_its_own_desks() {
    let request = CertRequest {
        serial: 7,
        exam: "thpt-2026".parse().unwrap(),
        desk: "desk-1".parse().unwrap(),
        site: "Điểm thi 01".to_owned(),
        training: false,
        not_before: at(0).wall,
        not_after: at(60).wall,
        device: device().verifier().clone(),
        tls_certificate: None,
    };
    let note = certify(&board(), request.clone()).unwrap();
    assert_eq!(DeskCert::open(&note, &BoardKeys::one(board().verifier().clone())).unwrap().site, "Điểm thi 01");
    let wrong = |change: fn(&mut CertRequest)| {
        let mut request = request.clone();
        change(&mut request);
        certify(&board(), request).unwrap_err()
    };
    assert_eq!(wrong(|request| request.desk = "desk-2".parse().unwrap()), CertifyError::DeviceName);
    assert_eq!(wrong(|request| request.not_after = request.not_before), CertifyError::Dates);
    for site in ["a\nb", " ", "a\u{202e}b", "\u{3164}", "a\u{200b}b"] {
        let request = CertRequest { site: site.to_owned(), ..request.clone() };
        assert_eq!(certify(&board(), request).unwrap_err(), CertifyError::Site, "{site:?}");
    }
    for word in ["", "..", "a/b", "a b", "a+b", "-a", "kỳ-thi", "a\nb", &"a".repeat(65)] {
        assert!(word.parse::<ExamId>().is_err(), "{word:?} names no exam");
    }
}

#[test]
fn the_worst_verdict_decides_the_exit_code() {
    use Verdict::{Clean, Forged, Remarks, Undecided};
    assert_eq!(report::worst([Clean, Remarks]), Remarks);
    assert_eq!(report::worst([Undecided, Forged, Clean]), Forged);
    assert_eq!(report::worst([Undecided, Remarks]), Undecided);
    assert_eq!([Clean, Remarks, Forged, Undecided].map(Verdict::exit_code), [0, 1, 2, 3]);
    assert_eq!(FindingKind::NotClosed.severity(), Severity::Remark);
}

#[test]
fn a_log_of_several_tiles() {
    let store = MemoryStore::default();
    let (mut log, _) = open(store.clone(), 0).unwrap();
    for second in 1..=600_i64 {
        let event = AttendanceEvent::DeviceEvent { device: code("reader"), event: code("ready") };
        log.append(&code("op-1"), event, at(second)).unwrap();
    }
    log.close(&code("op-1"), at(601)).unwrap();
    let files = files_of(&store);
    assert!(files.contains_key("segments/001/tile/0/001") && files.contains_key("segments/001/tile/1/000.p/2"));
    assert!(files.contains_key("segments/001/tile/entries/002.p/90"));
    assert_eq!(found(&files), []);
    let _ = package(&[], "", &device()).unwrap();
}

/// The whole way through the program itself: keys, certificate, a log on disk, export, check, a changed byte.
#[test]
fn the_program_makes_keys_and_checks_an_export() {
    use diemdanh::host::{folder::write_folder, keys::open_key_file};
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let run = |args: &[&str]| {
        let mut command = board_program();
        let output = command.args(args).current_dir(folder.path()).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    std::fs::write(path("pass"), "correct horse\n").unwrap();
    let secret = ["--passphrase-file", "pass"];
    let new =
        |more: &[&str]| run(&[&["key", "new", "--out", "keys", "--board", "board.example"], more, &secret].concat());
    assert_eq!((new(&[]).0, new(&["--desk", "desk-1"]).0), (0, 0));
    assert_eq!(new(&[]).0, 3, "a key is never overwritten");
    let certify = ["key", "certify", "--key", "keys/board.key", "--device", "keys/device.vkey", "--out", "desk-cert"];
    let names = ["--exam", "thpt-2026", "--desk", "desk-1", "--site", "Điểm thi 01", "--from", "2026-05-28T00:00:00Z"];
    assert_eq!(run(&[&certify[..], &names, &secret].concat()).0, 0);
    let device = open_key_file(&path("keys/device.key"), &Secret::new("correct horse".to_owned())).unwrap();
    let mut opening = opening(&device);
    opening.desk_cert = std::fs::read_to_string(path("desk-cert")).unwrap();
    let store = diemdanh::host::disk::FileStore::open(&path("journal")).unwrap();
    let (mut log, _) = AttendanceLog::open(store, &opening, at(0), &mut SeededRandom::new("x")).unwrap();
    log.append(&code("op-1"), check_in(1), at(1)).unwrap();
    log.close(&code("op-1"), at(2)).unwrap();
    let seen = crate::forge::witness();
    let seen = diemdanh::tlog::cosignature::cosign(&log.head().text(), &seen, at(3).wall).unwrap();
    std::fs::create_dir(path("anchors")).unwrap();
    std::fs::write(path("anchors/end"), format!("{}{seen}", log.checkpoint())).unwrap();
    std::fs::write(path("anchors/hub.vkey"), crate::forge::witness_vkey()).unwrap();
    let files = export(log.store_mut(), &opening.desk_cert, &device).unwrap();
    write_folder(&path("export"), &files).unwrap();
    assert_eq!(run(&["verify", "export", "--board-key", "keys/board.vkey"]).0, 1, "nobody has seen it");
    let anchored = ["verify", "export", "--board-key", "keys/board.vkey", "--anchors", "anchors", "--entry", "1/1"];
    let (exit, text) = run(&anchored);
    assert_eq!(exit, 0, "{text}");
    assert!(text.contains("ĐÃ CHỨNG MINH") && text.contains("không được ghi sau:  2026-05-28T20:26:43Z"), "{text}");
    let (_, json) = run(&[&anchored[..], &["--json"]].concat());
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json[0]["windows"][0]["not_after"]["by"], "witness.example/w1");
    let candidate = "01010101010101010101010101010101";
    let prove = ["prove", "export", "--candidate", candidate, "--board-key", "keys/board.vkey", "--out", "proofs"];
    assert_eq!(run(&prove).0, 0);
    let (exit, text) = run(&["verify-proof", "proofs", "--board-key", "keys/board.vkey"]);
    assert_eq!((exit, text.lines().count()), (0, 3), "{text}");
    assert_eq!((&json[0]["verdict"], &json[0]["arrived"]), (&"clean".into(), &1.into()));
    let mut bytes = std::fs::read(path("export/segments/001/tile/entries/000.p/3")).unwrap();
    bytes[40] ^= 1;
    std::fs::write(path("export/segments/001/tile/entries/000.p/3"), bytes).unwrap();
    assert_eq!(run(&["verify", "export", "--board-key", "keys/board.vkey"]).0, 2);
    assert_eq!(run(&["verify", "nowhere", "--board-key", "keys/board.vkey"]).0, 3);
    if let Some(keep) = std::env::var_os("DIEMDANH_KEEP_EXPORT") {
        write_folder(std::path::Path::new(&keep), &files).unwrap();
        std::fs::copy(path("keys/board.vkey"), std::path::Path::new(&keep).with_extension("vkey")).unwrap();
    }
}
