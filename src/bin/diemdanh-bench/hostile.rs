//! Exports that were made to keep a board busy, each beside an honest one of as many bytes that is checked in the same run.

use super::BenchError;
use super::record::{Keys, Watched, check_in, watch};
use super::report::Row;
use host::folder::write_folder;
use record::export::{MANIFEST_FILE, Manifest, package};
use record::{AttendanceEvent, Code, Digest, EntryRef, RegistryState, Segment};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tlog::Checkpoint;
use tlog::cosignature::{CosignatureKey, cosign};

/// One bundle of entries as long as they can be, nearly.
const LONG: usize = 255;
const LONG_BYTES: usize = 50_000;
/// Short entries that point back into it.
const SHORT: u64 = 4_000;
const COMINGS: u32 = 20_000;
const NOTES: u64 = 5_000;
const SPARSE_BYTES: u64 = 300 << 30;
const SPARSE_LIMIT: Duration = Duration::from_secs(1);
const MEMORY_LIMIT_MB: u64 = 128;

pub(super) fn rows(work: &Path) -> Result<Vec<Row>, BenchError> {
    let board = Board::new(work)?;
    let mut rows = board.beside_an_honest_one("entries that point back into a bundle of 13 MB", pointing_back())?;
    rows.extend(board.beside_an_honest_one("one candidate in and out 20,000 times", in_and_out())?);
    rows.extend(board.collected()?);
    rows.extend(board.sparse()?);
    Ok(rows)
}

struct Board {
    work: PathBuf,
    keys: Keys,
}

type Events = Box<dyn Iterator<Item = AttendanceEvent>>;

impl Board {
    fn new(work: &Path) -> Result<Self, BenchError> {
        let keys = Keys::new()?;
        fs::write(work.join("board.vkey"), format!("{}\n", keys.board.verifier()))?;
        Ok(Self { work: work.to_owned(), keys })
    }

    /// The export of a log of these events, in a folder of this name, and its bytes.
    fn export(&self, name: &str, events: Events) -> Result<u64, BenchError> {
        self.export_of(name, self.keys.segment_of(events, false)?.0)
    }

    fn export_of(&self, name: &str, segment: Segment) -> Result<u64, BenchError> {
        let files = package(&[segment], &self.keys.cert, &self.keys.device);
        let files = files.map_err(|_| BenchError::Unread("an export"))?;
        write_folder(&self.work.join(name), &files).map_err(|_| BenchError::Unread("an export's folder"))?;
        Ok(files.iter().map(|(_, bytes)| u64::try_from(bytes.len()).unwrap_or(u64::MAX)).sum())
    }

    fn verify(&self, name: &str, more: &[&str]) -> Result<Watched, BenchError> {
        let mut command = Command::new(std::env::current_exe()?.with_file_name("diemdanh-board"));
        command.current_dir(&self.work).args(["verify", name, "--board-key", "board.vkey"]).args(more);
        let watched = watch(&mut command)?;
        if watched.code.is_none() { Err(BenchError::Unread("a hostile export was not judged")) } else { Ok(watched) }
    }

    /// An honest export of about so many bytes, and how long it takes.
    fn honest(&self, name: &str, bytes: u64) -> Result<Watched, BenchError> {
        let count = u32::try_from(bytes / HONEST_ENTRY_BYTES).unwrap_or(u32::MAX);
        self.export(name, Box::new((0..count).map(check_in)))?;
        self.verify(name, &[])
    }

    fn beside_an_honest_one(&self, what: &str, events: Events) -> Result<Vec<Row>, BenchError> {
        let name = what.split(' ').next().unwrap_or_default();
        let bytes = self.export(name, events)?;
        let honest = self.honest(&format!("{name}-honest"), bytes)?;
        Ok(figures(what, &self.verify(name, &[])?, &honest))
    }

    /// Collected notes that name every size that a log had.
    fn collected(&self) -> Result<Vec<Row>, BenchError> {
        let events = (0..u32::try_from(NOTES).unwrap_or(u32::MAX)).map(check_in);
        let (segment, _) = self.keys.segment_of(events, false)?;
        let note = |_| BenchError::Unread("a note");
        let witness = tlog::NoteKey::generate("witness.example/w", &mut bits::random::SeededRandom::new("witness"));
        let witness = witness.map_err(note)?;
        let mut files =
            vec![("w.vkey".to_owned(), CosignatureKey::of(&witness).map_err(note)?.to_string().into_bytes())];
        let mut tree = tlog::tree::Tree::default();
        for raw in &segment.raw {
            tree.push(tlog::tree::leaf_hash(raw));
            let head = Checkpoint { origin: segment.opened.origin.clone(), size: tree.size(), root: tree.root() };
            let line = cosign(&head.text(), &witness, jiff::Timestamp::now()).map_err(note)?;
            files.push((format!("{}", tree.size()), format!("{}\n{line}", head.text()).into_bytes()));
        }
        write_folder(&self.work.join("notes"), &files).map_err(|_| BenchError::Unread("the notes' folder"))?;
        let bytes = files.iter().map(|(_, note)| u64::try_from(note.len()).unwrap_or(u64::MAX)).sum::<u64>();
        let log = self.export_of("noted", segment)?;
        let honest = self.honest("noted-honest", bytes + log)?;
        let watched = self.verify("noted", &["--anchors", "notes"])?;
        Ok(figures("5,000 collected notes, each of another size", &watched, &honest))
    }

    /// A sparse file under a name that an export has, which the desk signed for.
    fn sparse(&self) -> Result<Vec<Row>, BenchError> {
        self.export("sparse", Box::new((0..100).map(check_in)))?;
        let folder = self.work.join("sparse");
        let path = format!("evidence/{}.age", "00".repeat(32));
        fs::create_dir_all(folder.join("evidence"))?;
        File::create(folder.join(&path))?.set_len(SPARSE_BYTES)?;
        let note = fs::read_to_string(folder.join(MANIFEST_FILE))?;
        let text = self.keys.device.verifier().open(&note).ok().and_then(Manifest::parse);
        let mut manifest = text.ok_or(BenchError::Unread("a manifest"))?;
        manifest.files.insert(path, (SPARSE_BYTES, "00".repeat(32)));
        let note = self.keys.device.sign(&manifest.text()).map_err(|_| BenchError::Unread("a manifest"))?;
        fs::write(folder.join(MANIFEST_FILE), note)?;
        let watched = self.verify("sparse", &[])?;
        Ok(vec![
            Row::against("verify: a sparse file of 300 GB in the manifest", watched.took, "limit", SPARSE_LIMIT)
                .how("told as larger than is gone through"),
            memory(&watched),
        ])
    }
}

fn figures(what: &str, watched: &Watched, honest: &Watched) -> Vec<Row> {
    let peer = "an honest export of as many bytes";
    vec![
        Row::against(&format!("verify: {what}"), watched.took, peer, honest.took)
            .how("diemdanh-board verify, once each"),
        memory(watched),
    ]
}

fn memory(watched: &Watched) -> Row {
    Row::against_limit("memory of that at its highest", watched.highest_kib / 1_024, "MB", MEMORY_LIMIT_MB)
        .how("VmHWM of the process, looked at every millisecond")
}

/// Answers as long as an entry can be, and then entries that undo, name a root, or report somebody, each of them about
/// one of those.
fn pointing_back() -> Events {
    let long = |number: usize| AttendanceEvent::RegistryAnswer {
        id: number.to_string(),
        request_sha256: None,
        state: RegistryState::Refused,
        cause: None,
        verbatim: Some("x".repeat(LONG_BYTES)),
    };
    let short = |number: u64| {
        let back = number % 200 + 1;
        let refers = EntryRef { segment: 1, seq: back };
        let AttendanceEvent::CheckIn(somebody) = check_in(0) else {
            return AttendanceEvent::Export { size: 1, root: ZERO };
        };
        match number % 3 {
            0 => AttendanceEvent::Undo { refers, reason: Code::unknown(), second: Code::unknown() },
            1 => AttendanceEvent::Export { size: back, root: ZERO },
            _ => AttendanceEvent::DuplicateReported { cand: somebody.cand, doc: None, first: refers, second: None },
        }
    };
    Box::new((0..LONG).map(long).chain((0..SHORT).map(short)))
}

/// The same candidate comes again and again, and then every coming is undone.
fn in_and_out() -> Events {
    let undo = |number: u32| AttendanceEvent::Undo {
        refers: EntryRef { segment: 1, seq: u64::from(number) + 1 },
        reason: Code::unknown(),
        second: Code::unknown(),
    };
    Box::new((0..COMINGS).map(|_| check_in(0)).chain((0..COMINGS).map(undo)))
}

const ZERO: Digest = Digest([0; 32]);
/// A check-in with its place in the tiles.
const HONEST_ENTRY_BYTES: u64 = 470;
