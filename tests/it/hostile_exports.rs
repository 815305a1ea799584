//! Exports made to end the board's run, to fill its memory or its day, or to speak about others.

use crate::forge::{Forge, key_of, session, witness_vkey};
use crate::programs::{board_program, vietnamese};
use crate::record_support::{at, board, check_in, code, device};
use diemdanh::bits::spread::InTurn;
use diemdanh::host::folder::write_folder;
use diemdanh::office::{Check, Files, Finding, FindingKind, Outside, Verdict, Verification, report};
use diemdanh::record::export::{MANIFEST_FILE, Manifest};
use diemdanh::record::{AttendanceEvent, BoardKeys, Digest, Entry, EntryRef, ExportSource, SourceFault};
use diemdanh::tlog::CosignatureKey;
use diemdanh::tlog::tree::{Tree, leaf_hash};
use proptest::prelude::*;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

fn run_with(packages: &[&dyn ExportSource], outside: &Outside) -> Vec<Verification> {
    let keys = BoardKeys::one(board().verifier().clone());
    Check { board: &keys, outside, spread: &InTurn, progress: &|_| {} }.run(packages)
}

fn alone(files: &dyn ExportSource) -> Verification {
    run_with(&[files], &Outside::default()).remove(0)
}

fn write(folder: &Path, files: &Files) {
    let files: Vec<_> = files.iter().map(|(path, bytes)| (path.clone(), bytes.clone())).collect();
    write_folder(folder, &files).unwrap();
}

/// A sparse file that the device key has signed for.
fn with_sparse(folder: &Path, path: &str, size: u64) {
    let mut forge = Forge::good();
    let note = forge.files.remove(MANIFEST_FILE).unwrap();
    let mut manifest = Manifest::parse(device().verifier().open(std::str::from_utf8(&note).unwrap()).unwrap()).unwrap();
    manifest.files.insert(path.to_owned(), (size, "00".repeat(32)));
    forge.put(MANIFEST_FILE, device().sign(&manifest.text()).unwrap());
    forge.files.remove(path);
    write(folder, &forge.files);
    let place = folder.join(path);
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    File::create(place).unwrap().set_len(size).unwrap();
}

fn mkfifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

const HUGE: u64 = 300 << 30;

/// Each hostile folder with the finding that it must end in.
fn hostile(folder: &Path) -> Vec<(String, &'static str)> {
    let good = Forge::good().files;
    let mut all = Vec::new();
    let mut add = |name: &str, code: &'static str, make: &dyn Fn(&Path)| {
        make(&folder.join(name));
        all.push((name.to_owned(), code));
    };
    let evidence = format!("evidence/{}.age", "00".repeat(32));
    add("sparse-evidence", "package.too-large", &|at| with_sparse(at, &evidence, HUGE));
    add("sparse-part", "file.too-large", &|at| with_sparse(at, &evidence, 1 << 30));
    add("sparse-foreign", "file.foreign", &|at| with_sparse(at, "notes.bin", HUGE));
    add("sparse-script", "package.too-large", &|at| with_sparse(at, "verify.py", HUGE));
    add("sparse-checkpoint", "checkpoint.form", &|at| with_sparse(at, "segments/001/checkpoint", 1 << 30));
    add("sparse-bundle", "entries.form", &|at| with_sparse(at, "segments/001/tile/entries/000.p/11", 16 << 20));
    add("pipe", "file.not-plain", &|at| {
        write(at, &good);
        mkfifo(&at.join("segments/001/anchors/9"));
    });
    add("pipe-as-certificate", "file.not-plain", &|at| {
        write(at, &good);
        fs::remove_file(at.join("desk-cert")).unwrap();
        mkfifo(&at.join("desk-cert"));
    });
    add("link", "file.not-plain", &|at| {
        write(at, &good);
        std::os::unix::fs::symlink("/etc/passwd", at.join("notes.txt")).unwrap();
    });
    add("link-to-itself", "file.not-plain", &|at| {
        write(at, &good);
        std::os::unix::fs::symlink(".", at.join("segments/001/tile/more")).unwrap();
    });
    add("no-text", "file.foreign", &|at| {
        use std::os::unix::ffi::OsStrExt as _;
        write(at, &good);
        fs::write(at.join(std::ffi::OsStr::from_bytes(b"\xFF\x1b[2Jname")), "x").unwrap();
    });
    add("deep", "file.foreign", &|at| {
        write(at, &good);
        let deep = at.join((0..20).map(|level| level.to_string()).collect::<Vec<_>>().join("/"));
        fs::create_dir_all(&deep).unwrap();
        fs::write(deep.join("x"), "x").unwrap();
    });
    add("empty-folder", "file.foreign", &|at| {
        write(at, &good);
        fs::create_dir_all(at.join("moi/trong")).unwrap();
    });
    add("empty", "file.missing", &|at| fs::create_dir(at).unwrap());
    add("not-there", "package.unreadable", &|_| ());
    add("a-file", "package.unreadable", &|at| fs::write(at, "x").unwrap());
    add("two\nKẾT LUẬN: nguyên vẹn", "file.foreign", &|at| {
        write(at, &good);
        fs::write(at.join("\x1b[2J\nKẾT LUẬN: nguyên vẹn"), "x").unwrap();
    });
    all
}

fn verify(folder: &Path, names: &[&str], more: &[&str]) -> (Option<i32>, String) {
    let mut command = board_program();
    command.current_dir(folder).arg("verify").args(names).args(["--board-key", "board.vkey"]).args(more);
    let output = command.output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

/// One hostile export among honest ones: every one is told about, and the honest ones as if they were alone.
#[test]
fn one_hostile_export_says_nothing_about_the_others_and_ends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("board.vkey"), format!("{}\n", board().verifier())).unwrap();
    write(&folder.path().join("honest"), &Forge::good().files);
    let hostile = hostile(folder.path());
    let json = |names: &[&str]| -> Vec<Value> {
        let (_, text) = verify(folder.path(), names, &["--json"]);
        serde_json::from_str::<Value>(&text).unwrap().as_array().unwrap().clone()
    };
    let honest = json(&["honest"]).remove(0);
    assert_eq!(honest["verdict"], "remarks");
    let began = Instant::now();
    let names: Vec<&str> = hostile.iter().map(|(name, _)| name.as_str()).collect();
    let all = json(&[&["honest"][..], &names, &["honest"]].concat());
    assert_eq!(all.len(), names.len() + 2);
    for one in [&all[0], all.last().unwrap()] {
        assert_eq!(one, &honest, "others changed the verdict on an honest export");
    }
    for ((name, code), one) in hostile.iter().zip(&all[1..]) {
        assert!(one["counts"].get(*code).is_some(), "{name}: {}", one["counts"]);
        assert!(one["exit_code"].as_u64() >= Some(2), "{name}: {}", one["verdict"]);
    }
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
    let (exit, text) = verify(folder.path(), &[&names[..], &["honest"]].concat(), &[]);
    assert_eq!(exit, Some(2));
    assert!(!text.contains('\x1b') && text.lines().all(|line| line != "KẾT LUẬN: nguyên vẹn"), "{text}");
    assert_eq!(verify(folder.path(), &["honest", "not-there"], &[]).0, Some(3));
}

#[test]
fn what_lies_among_the_collected_notes_is_a_remark_about_that_file() {
    let forge = Forge::good();
    let judged = |more: &[(&str, Vec<u8>)]| {
        let mut folder: Files = forge.anchors.iter().map(|(name, note)| (name.clone(), note.clone().into())).collect();
        folder.insert("w1.vkey".to_owned(), witness_vkey().into_bytes());
        folder.extend(more.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.clone())));
        let mut outside = Outside::default();
        outside.collect(&folder);
        run_with(&[&forge.files], &outside).remove(0)
    };
    let before = judged(&[]);
    let altered = |from: &str, to: &str| forge.anchors[0].1.replacen(from, to, 1).into_bytes();
    let (_, lines) = forge.anchors[0].1.split_once("\n\n").unwrap();
    let signed_other = format!("{}\n{lines}", "board.example/thpt-2026/desk-1/s1/001\n3\nAAAA\n");
    let rows: [(&str, Vec<u8>, FindingKind); 8] = [
        ("letter.txt", b"hello\n".to_vec(), FindingKind::CollectedForm),
        ("no text", vec![0xFF, 0xFE], FindingKind::CollectedForm),
        ("large", vec![b'x'; 2 << 20], FindingKind::CollectedUnread),
        ("w2.vkey", b"hello\n".to_vec(), FindingKind::CollectedKey),
        ("large.vkey", vec![b'x'; 2 << 20], FindingKind::CollectedUnread),
        ("other root", signed_other.into_bytes(), FindingKind::CollectedForm),
        ("wrong size", altered("\n11\n", "\n10\n").clone(), FindingKind::CollectedForged),
        ("beyond", altered("\n11\n", "\n4000\n"), FindingKind::CollectedForged),
    ];
    assert!(forge.anchors[0].1.contains("\n11\n"), "{}", forge.anchors[0].1);
    for (name, bytes, what) in rows {
        let after = judged(&[(name, bytes)]);
        let told: Vec<&Finding> = after.findings.iter().filter(|finding| finding.what == what).collect();
        assert_eq!(told.iter().map(|one| one.path.as_deref()).collect::<Vec<_>>(), [Some(name)], "{name}");
        let others: Vec<_> = after.findings.iter().filter(|finding| finding.what != what).cloned().collect();
        assert_eq!((&others, &after.witnessed), (&before.findings, &before.witnessed), "{name}");
        assert!(after.verdict() == Verdict::Remarks, "{name}: {}", report::text("x", &after, &vietnamese()));
    }
}

#[test]
fn collected_folder_of_pipes_links_and_folders_ends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("board.vkey"), format!("{}\n", board().verifier())).unwrap();
    let forge = Forge::good();
    write(&path("honest"), &forge.files);
    fs::create_dir_all(path("anchors/2026-06/.Trashes")).unwrap();
    for (name, note) in &forge.anchors {
        fs::write(path("anchors/2026-06").join(name), note).unwrap();
    }
    fs::write(path("anchors/w1.vkey"), witness_vkey()).unwrap();
    let before = verify(folder.path(), &["honest"], &["--anchors", "anchors"]);
    assert_eq!(before.0, Some(1), "{}", before.1);
    mkfifo(&path("anchors/pipe"));
    mkfifo(&path("anchors/pipe.vkey"));
    std::os::unix::fs::symlink("/dev/zero", path("anchors/zero")).unwrap();
    File::create(path("anchors/sparse")).unwrap().set_len(HUGE).unwrap();
    let after = verify(folder.path(), &["honest"], &["--anchors", "anchors"]);
    assert_eq!(after.0, Some(1));
    assert_eq!(after.1.matches("[collected.unread]").count(), 4, "{}", after.1);
    assert_eq!(
        after.1.lines().filter(|line| !line.contains("collected.unread") && !line.contains("Cần xem")).count(),
        { before.1.lines().filter(|line| !line.contains("Cần xem")).count() }
    );
}

/// Replaced guides and files that no export has, with the manifest of a thief or a strange desk.
#[test]
fn form_of_an_export_is_closed() {
    let found = |path: &str| {
        let mut forge = Forge::good();
        forge.put(path, "hello\n");
        forge.sign_manifest();
        let verification = alone(&forge.files);
        let about = verification.findings.iter().filter(|finding| finding.path.as_deref() == Some(path));
        (about.map(|finding| finding.what).collect::<Vec<_>>(), verification.verdict())
    };
    for path in ["notes.html", "segments/+1/x", "segments/1/vkey", "segments/0001/vkey", "segments/x", "tile/0/000"] {
        assert_eq!(found(path), (vec![FindingKind::ForeignFile], Verdict::Forged), "{path}");
    }
    for path in ["verify.py", "READ-ME.txt"] {
        assert_eq!(found(path), (vec![FindingKind::GuideOther], Verdict::Remarks), "{path}");
    }
    let mut forge = Forge::good();
    forge.put(".DS_Store", "x");
    assert_eq!(alone(&forge.files).verdict(), Verdict::Remarks);
    assert!(alone(&forge.files).counts.contains_key(&FindingKind::Litter));
    forge.files.remove("verify.py");
    forge.sign_manifest();
    assert!(
        alone(&forge.files).counts.contains_key(&FindingKind::GuideOther),
        "one that is not there is not ours either"
    );
}

/// Counts what is read of an export.
struct Counted<'a> {
    files: &'a Files,
    read: AtomicU64,
}

impl ExportSource for Counted<'_> {
    fn sizes(&self) -> BTreeMap<String, u64> {
        self.files.sizes()
    }

    fn read(&self, path: &str, limit_bytes: u64) -> Result<Cow<'_, [u8]>, SourceFault> {
        let bytes = self.files.read(path, limit_bytes)?;
        self.read.fetch_add(u64::try_from(bytes.len()).unwrap(), Ordering::Relaxed);
        Ok(bytes)
    }
}

/// `bundles` bundles of arrivals, and behind them entries that each point back at one of them, in no order.
fn pointing_back(bundles: u64, entries: u64) -> Forge {
    let mut forge = Forge::of(&session().0);
    forge.files.retain(|path, _| !path.starts_with("segments/002/") && !path.contains("/anchors/"));
    forge.anchors.clear();
    let mut roots = Vec::new();
    forge.rewrite(1, |log| {
        log.truncate(1);
        let like = log[0].clone();
        let (mut tree, mut seq) = (Tree::of(&[leaf_hash(&log[0].encode().unwrap())]), 0);
        let mut push = |log: &mut Vec<Entry>, event: AttendanceEvent| {
            seq += 1;
            let entry = Entry { seq, event, ..like.clone() };
            tree.push(leaf_hash(&entry.encode().unwrap()));
            roots.push(Digest(tree.root()));
            log.push(entry);
        };
        (0..bundles * 256).for_each(|number| push(log, check_in(u8::try_from(number % 251).unwrap())));
        let more = (0..entries).map(|number| {
            let back = (number * 7_919) % (bundles * 256 - 1) + 1;
            let refers = EntryRef { segment: 1, seq: back };
            match number % 3 {
                0 => AttendanceEvent::Undo { refers, reason: code("mistake"), second: code("head") },
                1 => AttendanceEvent::Export { size: back + 1, root: roots[usize::try_from(back).unwrap() - 1] },
                _ => {
                    let cand = diemdanh::record::CandidateRef([u8::try_from((back - 1) % 251).unwrap(); 16]);
                    AttendanceEvent::DuplicateReported { cand, doc: None, first: refers, second: None }
                }
            }
        });
        let more: Vec<Entry> = more.map(|event| Entry { event, ..log[1].clone() }).collect();
        log.extend(more);
    });
    forge
}

/// What points back costs no more than its own bytes, however large the bundles are that it points into.
#[test]
fn work_is_linear_in_the_bytes_of_an_export() {
    let forge = pointing_back(6, 3_000);
    let all: u64 = forge.files.values().map(|bytes| u64::try_from(bytes.len()).unwrap()).sum();
    let counted = Counted { files: &forge.files, read: AtomicU64::new(0) };
    let verification = alone(&counted);
    let read = counted.read.load(Ordering::Relaxed);
    assert!(read <= 4 * all, "{read} bytes read of {all}");
    assert!(
        !verification.counts.contains_key(&FindingKind::ExportDiffers),
        "{}",
        report::text("x", &verification, &vietnamese())
    );
    assert!(verification.counts[&FindingKind::Undone] == 1_000);
}

/// Roots are told right wherever they are asked for: at the ends of blocks and bundles, before and behind them.
#[test]
fn every_earlier_root_is_known() {
    let forge = pointing_back(2, 0);
    let mut tree = Tree::default();
    let roots: Vec<Digest> =
        forge.raw(1).iter().map(|raw| (tree.push(leaf_hash(raw)), Digest(tree.root())).1).collect();
    let mut asked = forge.clone();
    asked.rewrite(1, |log| {
        let like = log[1].clone();
        log.extend((1_u64..).zip(&roots).map(|(size, root)| {
            let event = AttendanceEvent::Export { size, root: *root };
            Entry { event, ..like.clone() }
        }));
    });
    assert!(!alone(&asked.files).counts.contains_key(&FindingKind::ExportDiffers));
    let mut wrong = asked.clone();
    wrong.rewrite(1, |log| {
        let number = log.len() - 200;
        if let AttendanceEvent::Export { size, .. } = &mut log[number].event {
            *size -= 1;
        }
    });
    assert_eq!(alone(&wrong.files).counts[&FindingKind::ExportDiffers], 1);
}

/// Exports of all kinds.
fn pool() -> Vec<Files> {
    let good = Forge::good();
    let other = Forge::of(&{
        let (mut log, _) = crate::record_support::open(diemdanh::lab::journal::MemoryStore::default(), 0).unwrap();
        crate::forge::add(&mut log, check_in(77), 1);
        log.close(&code("op-1"), at(2)).unwrap();
        log.store_mut().clone()
    });
    let mut flipped = good.clone();
    flipped.files.get_mut("segments/001/tile/0/000.p/11").unwrap()[3] ^= 1;
    let mut half = good.clone();
    half.files.retain(|path, _| !path.starts_with("segments/001"));
    half.sign_manifest();
    let mut rewritten = good.clone();
    rewritten.rewrite(2, |log| log[1].event = check_in(78));
    let mut foreign = good.clone();
    foreign.put("notes.txt", "x");
    assert!(key_of(1).verifier() != key_of(2).verifier());
    vec![good.files, other.files, flipped.files, half.files, rewritten.files, foreign.files, Files::new()]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whoever else is judged in the same run, in whatever order: an export's own findings are its own.
    #[test]
    fn others_change_nothing_but_findings_that_name_them(order in prop::collection::vec(0_usize..7, 1..6)) {
        let pool = pool();
        let outside = Outside {
            witnesses: vec![CosignatureKey::parse(&witness_vkey()).unwrap()],
            ..Outside::default()
        };
        let is_own = |finding: &&Finding| !matches!(finding.what, FindingKind::Fork | FindingKind::AtTwoDesks);
        let own = |one: &Verification| -> Vec<Finding> { one.findings.iter().filter(is_own).cloned().collect() };
        let sources: Vec<&dyn ExportSource> = order.iter().map(|one| &pool[*one] as &dyn ExportSource).collect();
        for (one, source) in run_with(&sources, &outside).iter().zip(&sources) {
            let by_itself = run_with(&[*source], &outside).remove(0);
            prop_assert_eq!(own(one), own(&by_itself));
            prop_assert_eq!(&one.summary, &by_itself.summary);
            prop_assert_eq!(&one.witnessed, &by_itself.witnessed);
        }
    }
}
