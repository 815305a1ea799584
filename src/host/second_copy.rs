//! A copy of the journal on a second medium, as it grows. Nobody waits for it, and nothing stops when it is gone.

use super::durable::{Disk, Medium as _};
use super::{file, threads};
use std::{
    collections::BTreeMap,
    fs,
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    thread::JoinHandle,
    time::Duration,
};

/// How the second copy stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyState {
    /// It has everything that the journal has.
    Whole,
    /// The medium is gone, full or refuses.
    Lost,
    /// What lies there is no beginning of this journal; it is left alone.
    Foreign,
}

impl CopyState {
    /// The word in the log.
    pub fn word(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Lost => "lost",
            Self::Foreign => "foreign",
        }
    }

    fn number(self) -> u8 {
        match self {
            Self::Whole => 1,
            Self::Lost => 2,
            Self::Foreign => 3,
        }
    }

    fn of(number: u8) -> Option<Self> {
        [Self::Whole, Self::Lost, Self::Foreign].into_iter().find(|state| state.number() == number)
    }
}

/// A thread that copies.
#[derive(Debug)]
pub struct SecondCopy {
    wake: Option<SyncSender<()>>,
    state: Arc<AtomicU8>,
    told: Option<CopyState>,
    worker: Option<JoinHandle<()>>,
}

impl SecondCopy {
    /// Copies `journal` into `target` from now on.
    ///
    /// # Errors
    /// The operating system's, when it has no thread for us.
    pub fn start(journal: &Path, target: &Path) -> io::Result<Self> {
        let (wake, woken) = sync_channel(1);
        let state = Arc::new(AtomicU8::new(0));
        let (mut copier, told) = (Copier::new(journal, target), Arc::clone(&state));
        let worker = threads::spawn("second copy", move || copier.run(&woken, &told))?;
        Ok(Self { wake: Some(wake), state, told: None, worker: Some(worker) })
    }

    /// There is more to copy. Never waits.
    pub fn wake(&self) {
        if let Some(wake) = &self.wake {
            let _ = wake.try_send(());
        }
    }

    /// How the copy stands, when that is news, and how it stood before; `None` before the first look.
    pub fn news(&mut self) -> Option<(CopyState, Option<CopyState>)> {
        let state = CopyState::of(self.state.load(Ordering::Acquire)).filter(|state| Some(*state) != self.told)?;
        Some((state, self.told.replace(state)))
    }
}

/// Copies the rest, and ends.
impl Drop for SecondCopy {
    fn drop(&mut self) {
        self.wake = None;
        if let Some(worker) = self.worker.take() {
            let _ = worker.join();
        }
    }
}

/// Brings the copy up to the journal, as often as it is asked.
#[derive(Debug)]
pub struct Copier {
    journal: PathBuf,
    target: PathBuf,
    /// How much of each file is known to agree.
    agreed: BTreeMap<String, u64>,
}

impl Copier {
    /// A copier that has looked at nothing yet.
    pub fn new(journal: &Path, target: &Path) -> Self {
        Self { journal: journal.to_owned(), target: target.to_owned(), agreed: BTreeMap::new() }
    }

    fn run(&mut self, woken: &Receiver<()>, state: &AtomicU8) {
        loop {
            let more = woken.recv_timeout(Duration::from_millis(LOOK_MS));
            state.store(self.copy().number(), Ordering::Release);
            if more == Err(RecvTimeoutError::Disconnected) {
                break;
            }
        }
    }

    /// Copies what is missing.
    pub fn copy(&mut self) -> CopyState {
        let copied = self.names().and_then(|names| {
            file::create_folders(&self.target)?;
            names.iter().try_fold(true, |agree, name| Ok(self.copy_file(name)? && agree))
        });
        match copied {
            Ok(true) => CopyState::Whole,
            Ok(false) => CopyState::Foreign,
            Err(_) => {
                // Another medium may come back in its place.
                self.agreed.clear();
                CopyState::Lost
            }
        }
    }

    fn names(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.journal)? {
            let name = entry?.file_name().into_string().unwrap_or_default();
            names.extend(KINDS.iter().any(|kind| name.ends_with(kind)).then_some(name));
        }
        names.sort();
        Ok(names)
    }

    /// False when what lies there is no beginning of the journal's file.
    fn copy_file(&mut self, name: &str) -> io::Result<bool> {
        let agreed = self.agreed.get(name).copied().unwrap_or(0);
        let mut from = file::open_plain(&self.journal.join(name))?;
        let is_new = !self.target.join(name).exists();
        let mut options = file::private();
        let mut to = options.read(true).append(true).create(true).open(self.target.join(name))?;
        let there = to.metadata()?.len();
        let (mut own, mut others) = (Vec::new(), Vec::new());
        from.seek(SeekFrom::Start(agreed))?;
        from.take(MAX_COPY_BYTES).read_to_end(&mut own)?;
        to.seek(SeekFrom::Start(agreed))?;
        (&to).take(MAX_COPY_BYTES).read_to_end(&mut others)?;
        // The copy may hold an append that the journal's disk lost: then it is ahead, and stays so.
        let both = own.len().min(others.len());
        if there < agreed || own.get(..both) != others.get(..both) {
            return Ok(false);
        }
        to.write_all(own.get(both..).unwrap_or_default())?;
        to.sync_data()?;
        if is_new {
            Disk.sync_names(&self.target)?;
        }
        self.agreed.insert(name.to_owned(), agreed + u64::try_from(own.len()).unwrap_or(0));
        Ok(true)
    }
}

/// What belongs to the journal.
const KINDS: [&str; 2] = [".seg", ".anchor"];
/// How often a lost medium is looked for.
const LOOK_MS: u64 = 5_000;
/// The most that is copied of one file at once: as large as a segment may be.
const MAX_COPY_BYTES: u64 = 1 << 30;
