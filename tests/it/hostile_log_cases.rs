//! The cases of the hostile-log corpus, made by code from a good export. `Good` cases hold what a verifier must not
//! cry wolf at, and what nobody sees without a witness.

use crate::forge::{Forge, add, answer, cosigned, key_of, manual, segment_key, session, witness};
use crate::hostile_logs::Expect::{self, Forged, Good, Undecided};
use crate::record_support::{at, board, candidate, check_in, code, desk_cert, device, open, opening, skewed};
use diemdanh::bits::random::SeededRandom;
use diemdanh::lab::journal::MemoryStore;
use diemdanh::record::{
    AttendanceEvent, AttendanceLog, DeskCert, Digest, EntryRef, LogStore as _, Revocation, RevocationList,
};
use diemdanh::record::{export::Beside, segment::digest, statement::endorse};
use diemdanh::tlog::cosignature::cosign;
use diemdanh::tlog::{Checkpoint, NoteKey};

pub(crate) type Case = (&'static str, Expect, fn(&mut Forge));

pub(crate) const CASES: &[Case] = &[
    ("good", Good, |_| ()),
    ("good, nothing collected", Good, |forge| forge.anchors.clear()),
    ("not closed", Good, |forge| *forge = Forge::of(&unclosed())),
    ("torn append and an empty segment", Good, |forge| *forge = Forge::of(&torn())),
    ("clock jumps both ways, told", Good, |forge| *forge = Forge::of(&jumps())),
    ("six hundred entries", Good, |forge| *forge = Forge::of(&many())),
    ("training", Good, |forge| *forge = training()),
    ("sealed evidence", Good, |forge| *forge = with_evidence()),
    ("words that are not ASCII", Good, |forge| *forge = Forge::of(&elsewhere())),
    ("a collected note of another desk", Good, |forge| forge.anchors.push(foreign_note())),
    ("an exported head without a witness", Good, own_head),
    ("revoked later", Good, |forge| forge.revocations = Some(revoked(Some((2, 6))))),
    ("revocations of others", Good, |forge| forge.revocations = Some(list(3, vec![]))),
    // Without an anchor behind it nobody can see these; the report says so.
    ("tail cut above the last anchor", Good, |forge| {
        forge.anchors.clear();
        cut(forge, 2, 4)
    }),
    ("last segment gone, nothing collected", Good, |forge| {
        forge.anchors.clear();
        drop_segment(forge, 2)
    }),
    ("stolen segment key, nothing collected", Good, |forge| {
        *forge = Forge::of(&unclosed());
        exchange(forge, 1);
    }),
    // -- Bytes, without any key --
    ("entry edited", Forged, |forge| {
        let path = forge.bundle(1);
        forge.swap(&path, "pace-can", "pace-mrz")
    }),
    ("leaf tile edited", Forged, |forge| flip(forge, "segments/001/tile/0/000.p/11", 40)),
    ("bundle truncated", Forged, |forge| {
        let path = forge.bundle(1);
        truncate(forge, &path)
    }),
    ("bundle gone", Forged, |forge| {
        let path = forge.bundle(2);
        forge.files.remove(&path);
    }),
    ("manifest gone", Forged, |forge| {
        forge.files.remove("manifest");
    }),
    ("manifest truncated", Forged, |forge| truncate(forge, "manifest")),
    ("manifest empty", Forged, |forge| forge.put("manifest", "")),
    ("manifest of a hundred signatures", Forged, |forge| hundred(forge, "manifest")),
    ("checkpoint gone", Forged, |forge| {
        forge.files.remove("segments/001/checkpoint");
    }),
    ("desk certificate gone", Forged, |forge| {
        forge.files.remove("desk-cert");
    }),
    ("foreign file", Forged, |forge| forge.put("notes.txt", "hello")),
    ("READ-ME edited", Forged, |forge| flip(forge, "READ-ME.txt", 100)),
    ("script edited", Forged, |forge| flip(forge, "verify.py", 100)),
    ("evidence edited", Forged, |forge| {
        *forge = with_evidence();
        let path = evidence(forge);
        flip(forge, &path, 2)
    }),
    ("segments swapped", Forged, swap_segments),
    // -- With the stolen device key: the manifest is signed anew --
    ("signed anew: entry edited", Forged, |forge| {
        let path = forge.bundle(1);
        forge.swap(&path, "pace-can", "pace-mrz");
        forge.sign_manifest()
    }),
    ("signed anew: entry and leaf tile (the leaf-tile trick)", Forged, edit),
    ("signed anew: leaf tile edited", Forged, |forge| {
        flip(forge, "segments/001/tile/0/000.p/11", 40);
        forge.sign_manifest()
    }),
    ("signed anew: upper tile edited", Forged, |forge| {
        *forge = Forge::of(&many());
        flip(forge, "segments/001/tile/1/000.p/2", 5);
        forge.sign_manifest()
    }),
    ("signed anew: tile missing", Forged, |forge| {
        forge.files.remove("segments/001/tile/0/000.p/11");
        forge.sign_manifest()
    }),
    ("signed anew: foreign tile", Forged, |forge| {
        forge.put("segments/001/tile/0/001", vec![1; 32]);
        forge.sign_manifest()
    }),
    ("signed anew: entry deleted", Forged, |forge| {
        let mut raw = forge.raw(1);
        raw.remove(2);
        forge.replace(1, &raw, None);
        forge.sign_manifest()
    }),
    ("signed anew: entry inserted", Forged, |forge| {
        let mut raw = forge.raw(1);
        raw.insert(2, raw[1].clone());
        forge.replace(1, &raw, None);
        forge.sign_manifest()
    }),
    ("signed anew: entries swapped", Forged, |forge| {
        let mut raw = forge.raw(1);
        raw.swap(1, 2);
        forge.replace(1, &raw, None);
        forge.sign_manifest()
    }),
    ("signed anew: evidence exchanged", Forged, |forge| {
        *forge = with_evidence();
        let path = evidence(forge);
        flip(forge, &path, 2);
        forge.sign_manifest()
    }),
    ("signed anew: mode changed", Forged, |forge| {
        *forge = training();
        forge.put("manifest", "");
        forge.sign_manifest()
    }),
    ("signed anew: key file of a segment exchanged", Forged, |forge| {
        forge.put("segments/001/vkey", format!("{}\n", key_of(2).verifier()));
        forge.sign_manifest()
    }),
    ("first segment gone", Forged, |forge| drop_segment(forge, 1)),
    ("middle segment gone", Forged, |forge| {
        *forge = Forge::of(&three());
        drop_segment(forge, 2)
    }),
    ("last segment gone, but witnessed", Forged, |forge| drop_segment(forge, 2)),
    ("tail cut below the last anchor", Forged, |forge| cut(forge, 2, 4)),
    ("old disk image put back (rollback)", Forged, |forge| {
        let notes = forge.anchors.clone();
        *forge = Forge::of(&unclosed());
        forge.anchors = notes
    }),
    ("two histories of one desk (fork)", Forged, |forge| forge.anchors.push(("fork".to_owned(), fork_note()))),
    // -- Checkpoints --
    ("size with a leading zero", Forged, |forge| head(forge, |text| text.replace("\n6\n", "\n06\n"))),
    ("size of 2^63", Forged, |forge| head(forge, |text| text.replace("\n6\n", "\n9223372036854775808\n"))),
    ("size of zero", Forged, |forge| head(forge, |text| text.replace("\n6\n", "\n0\n"))),
    ("size below zero", Forged, |forge| head(forge, |text| text.replace("\n6\n", "\n-6\n"))),
    ("extension line", Forged, |forge| head(forge, |text| format!("{text}more\n"))),
    ("root that is no base64", Forged, |forge| head(forge, |text| text.replace("=\n", "!\n"))),
    ("origin of another segment", Forged, |forge| head(forge, |text| text.replace("/002\n", "/001\n"))),
    ("checkpoint with carriage returns", Forged, |forge| {
        let note = forge.text("segments/002/checkpoint").replace('\n', "\r\n");
        forge.put("segments/002/checkpoint", note);
        forge.sign_manifest()
    }),
    ("checkpoint signed by another key", Forged, |forge| {
        let raw = forge.raw(2);
        forge.replace(2, &raw, Some(&segment_key(2, 999)));
        forge.sign_manifest()
    }),
    // -- With the stolen segment key as well: the entries are written anew --
    ("rewritten: candidate exchanged, links break", Forged, |forge| exchange(forge, 1)),
    ("rewritten: candidate exchanged under an anchor", Forged, |forge| exchange(forge, 2)),
    ("rewritten: entry deleted and numbered anew", Forged, |forge| alone(forge, |log| drop(log.remove(2)))),
    ("rewritten: entry behind the close", Forged, |forge| {
        alone(forge, |log| {
            let last = log.last().unwrap().clone();
            log.push(diemdanh::record::Entry { event: manual(8), ..last })
        })
    }),
    ("rewritten: totals wrong", Forged, |forge| alone(forge, |log| log[1].event = manual(8))),
    ("rewritten: undo of nothing", Forged, |forge| alone(forge, |log| log[2].event = undo(1, 77))),
    ("rewritten: undo of an undone entry", Forged, |forge| {
        alone(forge, |log| {
            log[2].event = undo(1, 1);
            log[3].event = undo(1, 1)
        })
    }),
    ("rewritten: re-entry of somebody else", Forged, |forge| {
        alone(forge, |log| {
            let first = EntryRef { segment: 1, seq: 1 };
            log[3].event = AttendanceEvent::ReEntry { cand: candidate(9), doc: None, first, basis: None }
        })
    }),
    ("rewritten: answer without a question", Forged, |forge| alone(forge, |log| log[3].event = answer("never asked"))),
    ("rewritten: export of another root", Forged, |forge| {
        alone(forge, |log| log[3].event = AttendanceEvent::Export { size: 2, root: Digest([9; 32]) })
    }),
    ("rewritten: export of more than there was", Forged, |forge| {
        alone(forge, |log| log[1].event = AttendanceEvent::Export { size: 3, root: Digest([9; 32]) })
    }),
    ("rewritten: second open", Forged, |forge| alone(forge, |log| log[2].event = log[0].event.clone())),
    ("rewritten: wall clock back in silence", Forged, |forge| {
        alone(forge, |log| log[3].t = skewed(3, -3_600_000).wall)
    }),
    ("rewritten: boot clock back", Forged, |forge| alone(forge, |log| log[3].bt = 7)),
    ("rewritten: entry with spaces", Forged, |forge| {
        alone_raw(forge, |raw| raw[1] = String::from_utf8(raw[1].clone()).unwrap().replacen(':', ": ", 1).into_bytes())
    }),
    ("rewritten: entry of another version", Forged, |forge| {
        alone_raw(forge, |raw| {
            raw[1] = String::from_utf8(raw[1].clone()).unwrap().replace("\"v\":1", "\"v\":2").into_bytes()
        })
    }),
    ("rewritten: number skipped", Forged, |forge| alone_raw(forge, |raw| drop(raw.remove(1)))),
    ("rewritten: no open at all", Forged, |forge| alone_raw(forge, |raw| drop(raw.remove(0)))),
    ("rewritten: not even JSON", Forged, |forge| alone_raw(forge, |raw| raw[1] = b"hello".to_vec())),
    // -- Anchors --
    ("anchor entry of another root", Forged, |forge| alone(forge, |log| log[3].event = false_anchor(2))),
    ("anchor entry of the future", Forged, |forge| alone(forge, |log| log[1].event = false_anchor(3))),
    ("exported anchor off the history", Forged, |forge| exported(forge, 3, &false_note(3))),
    ("exported anchor under a wrong name", Forged, |forge| {
        let note = forge.text("segments/001/anchors/4");
        exported(forge, 3, &note)
    }),
    ("exported anchor of another desk", Forged, |forge| exported(forge, 4, &foreign_note().1)),
    ("exported anchor of a hundred signatures", Forged, |forge| {
        hundred(forge, "segments/001/anchors/4");
        forge.sign_manifest()
    }),
    ("exported anchor that is no note", Forged, |forge| exported(forge, 3, "hello\n")),
    ("exported anchor of 2^63 entries", Forged, |forge| exported(forge, 1 << 63, &false_note(1 << 63))),
    ("collected anchor off the history", Forged, |forge| forge.anchors.push(("off".to_owned(), false_note(3)))),
    ("collected anchor larger than the log", Forged, |forge| forge.anchors.push(("large".to_owned(), false_note(40)))),
    ("collected note that nobody vouches for contradicts", Undecided, |forge| {
        forge.anchors.push(("rumour".to_owned(), rumour()))
    }),
    // -- Certificates and keys --
    ("certificate of another board", Undecided, |forge| {
        certify(forge, &NoteKey::generate("stranger.example", &mut SeededRandom::new("stranger")).unwrap(), |_| ())
    }),
    ("no certificate", Undecided, |forge| {
        forge.put("desk-cert", "");
        forge.sign_manifest()
    }),
    ("certificate edited", Forged, |forge| {
        forge.swap("desk-cert", "serial 7", "serial 8");
        forge.sign_manifest()
    }),
    ("certificate of another desk", Forged, |forge| {
        certify(forge, &board(), |cert| cert.desk = "desk-2".parse().unwrap())
    }),
    ("certificate of another exam", Forged, |forge| {
        certify(forge, &board(), |cert| cert.exam = "thpt-2027".parse().unwrap())
    }),
    ("certificate for training only", Forged, |forge| certify(forge, &board(), |cert| cert.training = true)),
    ("certificate of another key", Forged, |forge| {
        certify(forge, &board(), |cert| cert.device = key_of(1).verifier().clone())
    }),
    ("segment key that no device endorsed", Forged, |forge| alone(forge, |log| foreign_endorsement(&mut log[0].event))),
    ("revoked, nothing accepted", Forged, |forge| forge.revocations = Some(revoked(None))),
    ("revoked before the last segment", Forged, |forge| forge.revocations = Some(revoked(Some((1, 11))))),
    ("list of revocations older than the desk's", Undecided, |forge| {
        *forge = Forge::of(&informed());
        forge.revocations = Some(list(3, vec![]))
    }),
];

fn unclosed() -> MemoryStore {
    let store = MemoryStore::default();
    let (mut log, _) = open(store.clone(), 0).unwrap();
    add(&mut log, check_in(1), 1);
    add(&mut log, check_in(2), 2);
    store
}

fn torn() -> MemoryStore {
    let store = unclosed();
    let mut bytes = store.clone().read(1).unwrap();
    bytes.extend_from_slice(&[7; 40]);
    store.overwrite(1, bytes);
    store.overwrite(2, vec![]);
    let (mut log, _) = open(store.clone(), 100).unwrap();
    log.close(&code("op-1"), at(101)).unwrap();
    store
}

fn jumps() -> MemoryStore {
    let store = MemoryStore::default();
    let (mut log, _) = open(store.clone(), 0).unwrap();
    for (second, skew_ms) in [(1, 0), (2, 3_600_000), (3, -86_400_000), (4, 0)] {
        log.append(&code("op-1"), check_in(u8::try_from(second).unwrap()), skewed(second, skew_ms)).unwrap();
    }
    drop(log);
    // A restart an hour earlier by the wall clock.
    let device = device();
    let opening = opening(&device);
    let mut random = SeededRandom::new("early");
    AttendanceLog::open(store.clone(), &opening, skewed(10, -3_600_000), &mut random).unwrap();
    store
}

fn many() -> MemoryStore {
    let store = MemoryStore::default();
    let (mut log, _) = open(store.clone(), 0).unwrap();
    for second in 1..=600 {
        add(&mut log, AttendanceEvent::DeviceEvent { device: code("reader"), event: code("ready") }, second);
    }
    log.close(&code("op-1"), at(601)).unwrap();
    store
}

fn training() -> Forge {
    let store = MemoryStore::default();
    let device = device();
    let mut opening = opening(&device);
    opening.training = true;
    let mut random = SeededRandom::new("training");
    let (mut log, _) = AttendanceLog::open(store.clone(), &opening, at(0), &mut random).unwrap();
    log.close(&code("op-1"), at(1)).unwrap();
    Forge::of(&store)
}

fn with_evidence() -> Forge {
    let sealed = b"age-encryption.org/v1 and so on".to_vec();
    let evidence = vec![(format!("{}.age", digest(&sealed)), sealed)];
    Forge::with(&session().0, &Beside { evidence, ..Beside::default() })
}

fn evidence(forge: &Forge) -> String {
    forge.files.keys().find(|path| path.starts_with("evidence/")).expect("evidence").clone()
}

fn elsewhere() -> MemoryStore {
    let store = unclosed();
    let (mut log, _) = open(store.clone(), 100).unwrap();
    let (site, session, room) = ("Điểm thi số 2".to_owned(), "sáng \"1\"".to_owned(), "P\\07\t".to_owned());
    add(&mut log, AttendanceEvent::Elsewhere { cand: candidate(1), doc: None, site, session, room }, 101);
    store
}

fn three() -> MemoryStore {
    let store = session().0;
    let (mut log, _) = open(store.clone(), 200).unwrap();
    log.close(&code("op-1"), at(201)).unwrap();
    store
}

fn informed() -> MemoryStore {
    let store = MemoryStore::default();
    let device = device();
    let mut opening = opening(&device);
    opening.revocations = Some(5);
    let mut random = SeededRandom::new("informed");
    AttendanceLog::open(store.clone(), &opening, at(0), &mut random).unwrap();
    store
}

fn list(number: u32, revoked: Vec<Revocation>) -> String {
    RevocationList { number, board_keys: None, revoked }.sign(&board()).unwrap()
}

fn revoked(last: Option<(u32, u64)>) -> String {
    let last_accepted = last.map(|(segment, size)| (key_of(segment).verifier().name().to_owned(), size));
    list(3, vec![Revocation { serial: 7, reason: "key-lost".to_owned(), last_accepted }])
}

fn flip(forge: &mut Forge, path: &str, byte: usize) {
    let bytes = forge.files.get_mut(path).expect("a file");
    bytes[byte] ^= 1;
}

fn truncate(forge: &mut Forge, path: &str) {
    let bytes = forge.files.get_mut(path).expect("a file");
    bytes.truncate(bytes.len() - 30);
}

fn hundred(forge: &mut Forge, path: &str) {
    let note = forge.text(path);
    let line = note.lines().last().unwrap().to_owned();
    forge.put(path, format!("{note}{}", format!("{line}\n").repeat(101)));
}

fn swap_segments(forge: &mut Forge) {
    let renamed = forge.files.iter().map(|(path, bytes)| {
        let path = path.replace("segments/001", "segments/x").replace("segments/002", "segments/001");
        (path.replace("segments/x", "segments/002"), bytes.clone())
    });
    forge.files = renamed.collect();
    forge.sign_manifest();
}

fn edit(forge: &mut Forge) {
    let mut raw = forge.raw(1);
    raw[1] = String::from_utf8(raw[1].clone()).unwrap().replace("pace-can", "pace-mrz").into_bytes();
    forge.replace(1, &raw, None);
    forge.sign_manifest();
}

fn exchange(forge: &mut Forge, segment: u32) {
    forge.rewrite(segment, |entries| entries[1].event = check_in(99));
}

/// A log of one segment, so that no later segment's link gives the rewriting away.
fn alone(forge: &mut Forge, change: fn(&mut Vec<diemdanh::record::Entry>)) {
    let store = MemoryStore::default();
    let (mut log, _) = open(store.clone(), 0).unwrap();
    let _: Vec<_> = (1..=4).map(|number| add(&mut log, check_in(number), i64::from(number))).collect();
    log.close(&code("op-1"), at(9)).unwrap();
    *forge = Forge::of(&store);
    forge.rewrite(1, change);
}

fn alone_raw(forge: &mut Forge, change: fn(&mut Vec<Vec<u8>>)) {
    alone(forge, |_| ());
    let mut raw = forge.raw(1);
    change(&mut raw);
    forge.replace(1, &raw, Some(&key_of(1)));
    forge.sign_manifest();
}

fn undo(segment: u32, seq: u64) -> AttendanceEvent {
    AttendanceEvent::Undo { refers: EntryRef { segment, seq }, reason: code("x"), second: code("y") }
}

/// Cuts the end of a segment off: an earlier checkpoint of the segment's own key is not hard to come by.
fn cut(forge: &mut Forge, segment: u32, size: usize) {
    let raw = forge.raw(segment);
    forge.replace(segment, &raw[..size], Some(&key_of(segment)));
    forge.sign_manifest();
}

fn drop_segment(forge: &mut Forge, segment: u32) {
    forge.files.retain(|path, _| !path.starts_with(&format!("segments/{segment:03}/")));
    forge.sign_manifest();
}

/// Signs another text as the last segment's checkpoint.
fn head(forge: &mut Forge, change: fn(String) -> String) {
    let text = change(forge.checkpoint(2).text());
    forge.put("segments/002/checkpoint", key_of(2).sign(&text).unwrap());
    forge.sign_manifest();
}

fn note_over(size: u64, origin: &str) -> String {
    let text = Checkpoint { origin: origin.to_owned(), size, root: [7; 32] }.text();
    format!("{text}\n{}", cosign(&text, &witness(), at(50).wall).unwrap())
}

/// A root that the first segment never had, honestly cosigned.
fn false_note(size: u64) -> String {
    note_over(size, key_of(1).verifier().name())
}

fn false_anchor(size: u64) -> AttendanceEvent {
    AttendanceEvent::Anchor { size, root: Digest([7; 32]), with: code("hub"), note: false_note(size) }
}

fn foreign_note() -> (String, String) {
    ("desk-9".to_owned(), note_over(4, "board.example/thpt-2026/desk-9/s1/001"))
}

fn rumour() -> String {
    let stranger = NoteKey::generate("stranger.example", &mut SeededRandom::new("stranger")).unwrap();
    let text = Checkpoint { origin: key_of(1).verifier().name().to_owned(), size: 3, root: [7; 32] }.text();
    format!("{text}\n{}", cosign(&text, &stranger, at(50).wall).unwrap())
}

/// What the same key signed on another copy of the disk.
fn fork_note() -> String {
    let (mut log, _) = open(MemoryStore::default(), 0).unwrap();
    add(&mut log, check_in(77), 1);
    cosigned(&log, 4)
}

fn exported(forge: &mut Forge, size: u64, note: &str) {
    forge.put(&format!("segments/001/anchors/{size}"), note);
    forge.sign_manifest();
}

/// A head that only the desk signed, beside the witnessed ones.
fn own_head(forge: &mut Forge) {
    let note = forge.text("segments/001/checkpoint");
    let size = forge.checkpoint(1).size;
    exported(forge, size, &note);
}

fn certify(forge: &mut Forge, key: &NoteKey, change: fn(&mut DeskCert)) {
    let mut cert = desk_cert(false);
    change(&mut cert);
    forge.put("desk-cert", cert.sign(key).unwrap());
    forge.sign_manifest();
}

fn foreign_endorsement(event: &mut AttendanceEvent) {
    let stranger = NoteKey::generate("board.example/desk-1", &mut SeededRandom::new("stranger")).unwrap();
    if let AttendanceEvent::Open(opened) = event {
        opened.endorsement = endorse(key_of(1).verifier(), &stranger).unwrap();
    }
}
