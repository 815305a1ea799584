//! A good export and the hands of a forger: what can be changed with which stolen key.

use crate::record_support::{at, board, candidate, check_in, code, desk_cert, device, open};
use diemdanh::bits::random::SeededRandom;
use diemdanh::lab::journal::MemoryStore;
use diemdanh::office::Files;
use diemdanh::record::export::{Beside, MANIFEST_FILE, Manifest, export_with, read_bundles, tree_files};
use diemdanh::record::{AttendanceEvent, AttendanceLog, ChipState, Digest, DocumentRef, Durable, Entry, RegistryState};
use diemdanh::tlog::cosignature::{CosignatureKey, cosign};
use diemdanh::tlog::tree::{Tree, leaf_hash};
use diemdanh::tlog::{Checkpoint, NoteKey};

/// What lies before a verifier.
#[derive(Clone, Default)]
pub(crate) struct Forge {
    pub(crate) files: Files,
    /// What the board collected itself.
    pub(crate) anchors: Vec<(String, String)>,
    pub(crate) revocations: Option<String>,
}

pub(crate) fn witness() -> NoteKey {
    NoteKey::generate("witness.example/w1", &mut SeededRandom::new("witness")).unwrap()
}

pub(crate) fn witness_vkey() -> String {
    format!("{}\n", CosignatureKey::of(&witness()).unwrap())
}

/// The key of a segment that was opened so many seconds into the day; the lab knows it, a desk forgets it.
pub(crate) fn segment_key(number: u32, start: i64) -> NoteKey {
    let origin = format!("board.example/thpt-2026/desk-1/s1/{number:03}");
    NoteKey::generate(&origin, &mut SeededRandom::new(&format!("segment {start}"))).unwrap()
}

pub(crate) fn key_of(number: u32) -> NoteKey {
    segment_key(number, if number == 1 { 0 } else { 100 })
}

/// The log's head, cosigned at a second of the day.
pub(crate) fn cosigned(log: &AttendanceLog<MemoryStore>, second: i64) -> String {
    format!("{}{}", log.checkpoint(), cosign(&log.head().text(), &witness(), at(second).wall).unwrap())
}

pub(crate) fn anchor(log: &AttendanceLog<MemoryStore>, second: i64) -> AttendanceEvent {
    let head = log.head();
    AttendanceEvent::Anchor { size: head.size, root: Digest(head.root), with: code("hub"), note: cosigned(log, second) }
}

pub(crate) fn add(log: &mut AttendanceLog<MemoryStore>, event: AttendanceEvent, second: i64) -> Durable {
    log.append(&code("op-1"), event, at(second)).unwrap().proof
}

pub(crate) fn manual(number: u8) -> AttendanceEvent {
    AttendanceEvent::ManualDecision {
        cand: Some(candidate(number)),
        doc: None,
        admitted: true,
        chip: ChipState::NotRead,
        registry: RegistryState::NotAsked,
        reason: code("no-card"),
        second: code("head"),
    }
}

pub(crate) fn request(id: &str) -> AttendanceEvent {
    AttendanceEvent::RegistryRequest { id: id.to_owned(), doc: DocumentRef([1; 16]) }
}

pub(crate) fn answer(id: &str) -> AttendanceEvent {
    AttendanceEvent::RegistryAnswer {
        id: id.to_owned(),
        request_sha256: Some(Digest([4; 32])),
        state: RegistryState::Match,
        cause: None,
        verbatim: None,
    }
}

/// Two segments, the first anchored in the middle, and a note for the board over each end.
pub(crate) fn session() -> (MemoryStore, Vec<(String, String)>) {
    let store = MemoryStore::default();
    let (mut log, _) = open(store.clone(), 0).unwrap();
    for number in 1..=3 {
        add(&mut log, check_in(number), i64::from(number));
    }
    let seen = anchor(&log, 4);
    add(&mut log, seen, 5);
    add(&mut log, request("q1"), 6);
    add(&mut log, answer("q1"), 7);
    let first = add(&mut log, check_in(4), 8).entry();
    add(&mut log, AttendanceEvent::ReEntry { cand: candidate(4), doc: None, first, basis: None }, 9);
    add(&mut log, manual(5), 10);
    log.close(&code("op-1"), at(11)).unwrap();
    let one = cosigned(&log, 12);
    drop(log);
    let (mut log, _) = open(store.clone(), 100).unwrap();
    add(&mut log, check_in(6), 101);
    let undone = add(&mut log, check_in(7), 102).entry();
    let undo = AttendanceEvent::Undo { refers: undone, reason: code("mistake"), second: code("head") };
    add(&mut log, undo, 103);
    let (size, root) = (log.head().size, Digest(log.head().root));
    add(&mut log, AttendanceEvent::Export { size, root }, 104);
    log.close(&code("op-1"), at(105)).unwrap();
    let two = cosigned(&log, 106);
    let notes = vec![("s1-001-end".to_owned(), one), ("s1-002-end".to_owned(), two)];
    (store, notes)
}

impl Forge {
    /// The good export and what the board collected.
    pub(crate) fn good() -> Self {
        let (store, anchors) = session();
        Self { anchors, ..Self::of(&store) }
    }

    /// The export of a journal; nothing was collected.
    pub(crate) fn of(store: &MemoryStore) -> Self {
        Self::with(store, &Beside::default())
    }

    pub(crate) fn with(store: &MemoryStore, beside: &Beside) -> Self {
        let cert = desk_cert(false).sign(&board()).unwrap();
        let files = export_with(&mut store.clone(), beside, &cert, &device()).unwrap();
        Self { files: files.into_iter().collect(), ..Self::default() }
    }

    /// A file as text.
    pub(crate) fn text(&self, path: &str) -> String {
        String::from_utf8(self.files[path].clone()).unwrap()
    }

    pub(crate) fn put(&mut self, path: &str, text: impl Into<Vec<u8>>) {
        self.files.insert(path.to_owned(), text.into());
    }

    /// Replaces a part of a file by another; both must be there.
    pub(crate) fn swap(&mut self, path: &str, from: &str, to: &str) {
        let bytes = &self.files[path];
        let place = bytes.windows(from.len()).position(|part| part == from.as_bytes()).expect("the part");
        let changed = [&bytes[..place], to.as_bytes(), &bytes[place + from.len()..]].concat();
        self.put(path, changed);
    }

    /// The path of a segment's only bundle.
    pub(crate) fn bundle(&self, segment: u32) -> String {
        let start = format!("segments/{segment:03}/tile/entries/");
        self.files.keys().find(|path| path.starts_with(&start)).expect("a bundle").clone()
    }

    pub(crate) fn checkpoint(&self, segment: u32) -> Checkpoint {
        let note = self.text(&format!("segments/{segment:03}/checkpoint"));
        Checkpoint::parse(&format!("{}\n", note.rsplit_once("\n\n").unwrap().0)).unwrap()
    }

    pub(crate) fn raw(&self, segment: u32) -> Vec<Vec<u8>> {
        let size = self.checkpoint(segment).size;
        read_bundles(size, |path| self.files.get(&format!("segments/{segment:03}/{path}")).map(Vec::as_slice)).unwrap()
    }

    pub(crate) fn entries(&self, segment: u32) -> Vec<Entry> {
        self.raw(segment).iter().map(|entry| Entry::parse(entry).unwrap()).collect()
    }

    /// Puts other entries in place, with all tiles; the checkpoint is signed anew by whoever holds `key`.
    pub(crate) fn replace(&mut self, segment: u32, raw: &[Vec<u8>], key: Option<&NoteKey>) {
        let folder = format!("segments/{segment:03}/");
        self.files.retain(|path, _| !path.starts_with(&format!("{folder}tile/")));
        for (path, bytes) in tree_files(raw) {
            self.put(&format!("{folder}{path}"), bytes);
        }
        if let Some(key) = key {
            let leaves: Vec<_> = raw.iter().map(|entry| leaf_hash(entry)).collect();
            let tree = Tree::of(&leaves);
            let origin = self.checkpoint(segment).origin;
            let text = Checkpoint { origin, size: tree.size(), root: tree.root() }.text();
            self.put(&format!("{folder}checkpoint"), key.sign(&text).unwrap());
        }
    }

    /// The same with entries, numbered anew, by a thief of the segment's and the device's key.
    pub(crate) fn rewrite(&mut self, segment: u32, change: impl FnOnce(&mut Vec<Entry>)) {
        let mut entries = self.entries(segment);
        change(&mut entries);
        (0..).zip(&mut entries).for_each(|(seq, entry)| entry.seq = seq);
        let raw: Vec<Vec<u8>> = entries.iter().map(|entry| entry.encode().unwrap()).collect();
        self.replace(segment, &raw, Some(&key_of(segment)));
        self.sign_manifest();
    }

    /// A new manifest over everything, by a thief of the device key.
    pub(crate) fn sign_manifest(&mut self) {
        let training = self.files.get(MANIFEST_FILE).is_some_and(|old| old.starts_with(TRAINING));
        self.files.remove(MANIFEST_FILE);
        let list: Vec<_> = self.files.iter().map(|(path, bytes)| (path.clone(), bytes.clone())).collect();
        let manifest = device().sign(&Manifest::of(training, &list).text()).unwrap();
        self.put(MANIFEST_FILE, manifest);
    }
}

const TRAINING: &[u8] = b"diemdanh/manifest/v1\nmode training\n";
