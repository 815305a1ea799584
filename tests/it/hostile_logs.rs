//! The hostile-log corpus: good logs and forged ones, each with the verdict that it must end in, decided three times:
//! by our verifier, by the script in the export (Python and OpenSSL), by a Go program over x/mod's note and tlog.

use crate::forge::{self, Forge, add, anchor, answer, cosigned, key_of, manual, request, session, witness_vkey};
use crate::hostile_log_cases::{self, Case};
use crate::programs::vietnamese;
use crate::record_support::{at, board, check_in, code, open};
use crate::skips::skip;
use crate::{hostile_log_answers, hostile_log_devices, hostile_log_strays};
use diemdanh::bits::spread::InTurn;
use diemdanh::host::folder::write_folder;
use diemdanh::lab::journal::MemoryStore;
use diemdanh::office::{Check, Files, Outside, Verdict, Verification, report};
use diemdanh::record::{AttendanceEvent, BoardKeys, EntryRef, ExportSource, RevocationList};
use diemdanh::tlog::CosignatureKey;
use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// What a case must end in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expect {
    /// Nothing forged: exit code 0 or 1.
    Good,
    /// Forged or damaged: 2.
    Forged,
    /// Cannot be decided, so not accepted: 3.
    Undecided,
}

fn cases() -> impl Iterator<Item = &'static Case> {
    let more = hostile_log_devices::CASES.iter().chain(hostile_log_answers::CASES).chain(hostile_log_strays::CASES);
    hostile_log_cases::CASES.iter().chain(more)
}

fn outside(forge: &Forge) -> Outside {
    let collected: Files = forge.anchors.iter().map(|(name, note)| (name.clone(), note.clone().into_bytes())).collect();
    let mut outside = Outside {
        witnesses: vec![CosignatureKey::parse(&witness_vkey()).unwrap()],
        revocations: forge.revocations.as_ref().map(|note| {
            RevocationList::open(note, &BoardKeys::one(board().verifier().clone())).expect("a list of this board")
        }),
        ..Outside::default()
    };
    outside.collect(&collected);
    outside
}

fn decide(forge: &Forge) -> Verification {
    let outside = outside(forge);
    let keys = BoardKeys::one(board().verifier().clone());
    let check = Check { board: &keys, outside: &outside, spread: &InTurn, progress: &|_| {} };
    check.run(&[&forge.files as &dyn ExportSource]).remove(0)
}

fn made(change: fn(&mut Forge)) -> Forge {
    let mut forge = Forge::good();
    change(&mut forge);
    forge
}

#[test]
fn our_verifier_decides_every_hostile_log() {
    let mut wrong = Vec::new();
    for (name, expected, change) in cases() {
        let verification = decide(&made(*change));
        let got = match verification.verdict() {
            Verdict::Clean | Verdict::Remarks => Expect::Good,
            Verdict::Forged => Expect::Forged,
            Verdict::Undecided => Expect::Undecided,
        };
        if got != *expected {
            wrong.push(format!("{name}: {got:?}\n{}", report::text(name, &verification, &vietnamese())));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let names: std::collections::BTreeSet<_> = cases().map(|(name, ..)| name).collect();
    assert_eq!(names.len(), cases().count(), "names are unique");
    assert!(names.len() >= 60 && cases().filter(|case| case.1 == Expect::Good).count() >= 10);
}

/// Writes a case for a program to look at: `export/`, `anchors/`, and perhaps `revocations`.
fn write(case: &Path, forge: &Forge) {
    let files: Vec<_> = forge.files.iter().map(|(path, bytes)| (path.clone(), bytes.clone())).collect();
    std::fs::create_dir_all(case).unwrap();
    write_folder(&case.join("export"), &files).unwrap();
    let mut anchors = vec![("witness.vkey".to_owned(), witness_vkey().into_bytes())];
    anchors.extend(forge.anchors.iter().map(|(name, note)| (name.clone(), note.clone().into_bytes())));
    write_folder(&case.join("anchors"), &anchors).unwrap();
    if let Some(list) = &forge.revocations {
        std::fs::write(case.join("revocations"), list).unwrap();
    }
}

fn corpus(folder: &Path) -> Vec<(&'static str, Expect, PathBuf)> {
    std::fs::write(folder.join("board.vkey"), format!("{}\n", board().verifier())).unwrap();
    let cases = cases().enumerate().map(|(index, (name, expected, change))| {
        let case = folder.join(format!("{index:03}"));
        write(&case, &made(*change));
        (*name, *expected, case)
    });
    cases.collect()
}

fn is_missing(program: &str, argument: &str) -> bool {
    let mut command = Command::new(program);
    let status = command.arg(argument).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let missing = !status.is_ok_and(|status| status.success());
    if missing {
        skip(&format!("{program} is not installed"));
    }
    missing
}

/// The script comes from the sources, not from the forged folder.
#[test]
fn python_and_openssl_decide_every_hostile_log() {
    if is_missing("python3", "--version") || is_missing("openssl", "version") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/record/verify.py");
    let lines = std::fs::read_to_string(&script).unwrap().lines().count();
    assert!(lines <= 115, "{lines} lines");
    let mut wrong = Vec::new();
    for (name, expected, case) in corpus(folder.path()) {
        let mut command = Command::new("python3");
        command.args(["-I", "-B"]).arg(&script).arg(case.join("export")).arg(folder.path().join("board.vkey"));
        command.arg("--anchors").arg(case.join("anchors"));
        if case.join("revocations").exists() {
            command.arg("--revocations").arg(case.join("revocations"));
        }
        let output = command.output().unwrap();
        if output.status.success() != (expected == Expect::Good) {
            let said = [output.stdout, output.stderr].concat();
            wrong.push(format!("{name}: {}", String::from_utf8_lossy(&said)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn go_decides_every_hostile_log() {
    if is_missing("go", "version") || !Path::new("/usr/share/gocode/src/golang.org/x/mod/sumdb/note").exists() {
        skip("golang-golang-x-mod-dev is not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("verify");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/go/verify.go");
    let mut build = Command::new("go");
    build.env("GOPATH", "/usr/share/gocode").env("GO111MODULE", "off").env("GOFLAGS", "").env("CGO_ENABLED", "0");
    build.env("GOCACHE", folder.path().join("cache")).arg("build").arg("-o").arg(&program).arg(&source);
    let built = build.output().unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let cases = corpus(folder.path());
    let mut command = Command::new(&program);
    command.arg(folder.path().join("board.vkey")).args(cases.iter().map(|(_, _, case)| case));
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said.lines().count(), cases.len(), "{}", String::from_utf8_lossy(&output.stderr));
    let wrong = cases
        .iter()
        .zip(said.lines())
        .filter(|((_, expected, _), line)| line.starts_with("good") != (*expected == Expect::Good));
    let wrong: Vec<_> = wrong.map(|((name, ..), line)| format!("{name}: {line}")).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every bit of an export of thirty entries, in two halves for two cores.
#[test]
fn every_even_bit_of_thirty_entries_flipped_is_found() {
    flip_all(0);
}

#[test]
fn every_odd_bit_of_thirty_entries_flipped_is_found() {
    flip_all(1);
}

fn flip_all(first: usize) {
    let store = MemoryStore::default();
    let (mut log, _) = open(store.clone(), 0).unwrap();
    for number in 1..=28 {
        let ready = AttendanceEvent::DeviceEvent { device: code("reader"), event: code("ready") };
        add(&mut log, if number < 5 { check_in(number) } else { ready }, i64::from(number));
    }
    log.close(&code("op-1"), at(40)).unwrap();
    let good = Forge::of(&store);
    assert_eq!(decide(&good).summary.entries, 30);
    for path in good.files.keys() {
        // Each of these texts is one digest to the check; a sample of their bits says as much as all.
        let step = if path.ends_with(".txt") || path.ends_with(".py") { 202 } else { 2 };
        for bit in (first..good.files[path].len() * 8).step_by(step) {
            let mut forge = good.clone();
            forge.files.get_mut(path).unwrap()[bit / 8] ^= 1 << (bit % 8);
            let verdict = decide(&forge).verdict();
            assert!(matches!(verdict, Verdict::Forged | Verdict::Undecided), "{path} bit {bit}");
        }
    }
}

#[test]
fn a_disputed_entry_stands_between_outside_times() {
    let forge = Forge::good();
    let verification = decide(&forge);
    // Three signatures; the first stands in an entry and beside it, and counts once.
    assert_eq!((verification.witnessed.anchors, verification.unanchored), (3, 0));
    let window = |segment, seq| {
        let (after, before) = verification.witnessed.window(EntryRef { segment, seq });
        (after.map(|time| time.at), before.map(|time| time.at))
    };
    let second = |second| Some(diemdanh::record::entry::whole_ms(at(second).wall));
    assert_eq!(window(1, 2), (None, second(4)));
    assert_eq!(window(1, 4), (second(4), second(12)), "the entry that holds an anchor");
    assert_eq!(window(2, 1), (second(4), second(106)));
    let text = report::window(&verification, EntryRef { segment: 2, seq: 1 }, &vietnamese());
    assert!(text.contains("witness.example/w1") && text.contains("20:28:26"), "{text}");
    // Without what the board collected, the end is nobody's but the desk's.
    let alone = decide(&Forge { anchors: vec![], ..forge });
    assert_eq!((alone.witnessed.last, alone.unanchored), (Some((1, 4)), 13));
    assert_eq!(alone.verdict(), Verdict::Remarks);
}

#[test]
fn an_outside_time_far_from_the_desks_is_told() {
    let store = MemoryStore::default();
    let (mut log, _) = open(store.clone(), 0).unwrap();
    add(&mut log, check_in(1), 1);
    let late = anchor(&log, 1_000);
    add(&mut log, late, 2);
    let unanswered = request("q9");
    add(&mut log, unanswered, 3);
    log.close(&code("op-1"), at(4)).unwrap();
    let verification = decide(&Forge::of(&store));
    let codes: Vec<_> = verification.counts.keys().map(|what| what.code()).collect();
    assert_eq!(codes, ["anchor.none-after", "time.off", "registry.pending"]);
}

#[test]
fn pieces_of_the_corpus_are_sound() {
    let (store, notes) = session();
    assert_eq!(notes.len(), 2);
    let (mut log, _) = open(store, 200).unwrap();
    add(&mut log, manual(9), 201);
    add(&mut log, answer("none"), 202);
    assert!(cosigned(&log, 203).contains("witness.example/w1"));
    assert_eq!(forge::segment_key(3, 200).verifier(), log.segment_key().verifier());
    assert_eq!(key_of(2).verifier().name(), "board.example/thpt-2026/desk-1/s1/002");
}
