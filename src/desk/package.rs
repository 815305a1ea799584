//! The packages that the board gives a desk: found on a stick, judged by their signed note, opened into memory.
//!
//! Invariants:
//! - Nothing is decrypted before the note was found good, and nothing of it is used before all of it was decrypted.
//! - The disk holds the ciphertext, the desk's certificate and the revocation list; the roster, the exam's key and the
//!   portraits are in memory only.
//! - A version lower than one that was taken is refused, after a wipe too.

use crate::bits::secret::Secret;
use crate::bits::stamp::Clock;
use crate::checkin::failure::Failure;
use crate::checkin::state::Halted;
use crate::desk::config::DeskConfig;
use crate::desk::sessions::journals;
use crate::desk::sources::{board_keys, device_key, passphrase};
use crate::host::disk::FileStore;
use crate::host::folder::{replace_files, write_new_file};
use crate::host::package_shelf::{PackageShelf, Seen, ShelfError, packages_in, read_beginning, read_package};
use crate::host::{file, sealed};
use crate::record::cosignature::{CosignatureKey, verify};
use crate::record::package::{PackageFault, PackageNote, PackageReceipt, PackageUse, split_file};
use crate::record::segment::{SegmentContent, read_segment};
use crate::record::{
    AttendanceEvent, BoardKeys, Digest, LogStore as _, NoteError, NoteSigner, NoteVerifier, RevocationList,
};
use crate::roster::package::Contents;
use jiff::Timestamp;
use std::path::{Path, PathBuf};

/// The packages of one desk, and what it takes to judge them.
pub struct Packages {
    shelf: PackageShelf,
    folder: PathBuf,
    inbox: Vec<PathBuf>,
    board: BoardKeys,
    device: Box<dyn NoteSigner>,
    identity: Secret<String>,
    place: Place,
    /// The last time in the log, and the last signed time from outside.
    latest: Option<Timestamp>,
}

/// For whom a package must be.
struct Place {
    board: String,
    exam: String,
    session: Option<String>,
    site: Option<String>,
    desk: String,
    training: bool,
}

/// A package that was opened.
pub struct OpenPackage {
    /// What the board says about it.
    pub note: PackageNote,
    /// What is in it.
    pub contents: Contents,
    /// Where it lies.
    pub path: PathBuf,
    /// It lies on the desk's own shelf.
    pub is_kept: bool,
    /// The version that this desk has taken before.
    pub held: Option<u32>,
    note_text: String,
}

/// What was found on shelf and sticks.
#[derive(Default)]
pub struct Found {
    /// Packages that this desk can take or use, opened, the newest first.
    pub good: Vec<OpenPackage>,
    /// Packages for this place that cannot be taken: file and reason.
    pub refused: Vec<(PathBuf, Failure)>,
    /// Packages for other places.
    pub for_others: usize,
}

impl Packages {
    /// The packages of the desk of `config`; `None` where it works from single files.
    ///
    /// # Errors
    /// A halted desk: its key, the board's key or its folders cannot be used.
    pub fn open(config: &DeskConfig, base: &Path) -> Result<Option<Self>, Halted> {
        let Some(folder) = config.paths.packages.as_ref().map(|folder| base.join(folder)) else { return Ok(None) };
        let device = device_key(config, base)?;
        let shelf = PackageShelf::open(&folder).map_err(unusable)?;
        let identity = shelf.identity(&passphrase(config, base)?).map_err(unusable)?;
        let latest = latest_in_log(config, base, device.verifier());
        let named = |text: &String| (!text.is_empty()).then(|| text.clone());
        let place = Place {
            board: config.exam.board.clone(),
            exam: config.exam.id.clone(),
            session: named(&config.session.id),
            site: named(&config.desk.site),
            desk: config.desk.id.clone(),
            training: config.desk.training,
        };
        let inbox = config.paths.inbox.iter().map(|place| base.join(place)).collect();
        let board = board_keys(config, base)?;
        Ok(Some(Self { shelf, folder, inbox, board, device, identity, place, latest }))
    }

    /// The folders that are looked into for new packages.
    pub fn places(&self) -> &[PathBuf] {
        &self.inbox
    }

    /// The board's keys, which sign packages.
    pub fn board(&self) -> &BoardKeys {
        &self.board
    }

    /// Sixteen characters of the set of the board's keys.
    pub fn sixteen(&self) -> String {
        self.board.sixteen()
    }

    /// Looks at the shelf and at every stick. A stick that cannot be read holds nothing.
    pub fn look(&self, clock: &dyn Clock) -> Found {
        let mut found = Found::default();
        let kept = self.shelf.packages().unwrap_or_default();
        kept.into_iter().for_each(|path| self.look_at(path, true, clock, &mut found));
        for place in &self.inbox {
            let packages = packages_in(place).unwrap_or_else(|error| {
                tracing::warn!(%error, "a place for packages cannot be read");
                Vec::new()
            });
            packages.into_iter().for_each(|path| self.look_at(path, false, clock, &mut found));
        }
        found.good.sort_by_key(|one| (one.note.session.clone(), std::cmp::Reverse(one.note.version), !one.is_kept));
        found
    }

    fn look_at(&self, path: PathBuf, is_kept: bool, clock: &dyn Clock, found: &mut Found) {
        if peeked(&path).is_some_and(|note| !self.is_for_here(&note)) {
            found.for_others += 1;
            return;
        }
        match self.read(&path, is_kept, clock) {
            // What lies on the shelf is not offered a second time; a shelf whose copy was damaged or purged is filled again.
            Ok(one) if found.good.iter().any(|kept| kept.note.sha256 == one.note.sha256) => {}
            Ok(one) => found.good.push(one),
            Err(refusal) => {
                tracing::warn!(file = %path.display(), detail = %refusal.detail, "a package is not taken");
                found.refused.push((path, refusal.failure));
            }
        }
    }

    fn is_for_here(&self, note: &PackageNote) -> bool {
        let fits = |wanted: &Option<String>, found: &String| wanted.as_ref().is_none_or(|wanted| wanted == found);
        note.board == self.place.board
            && note.exam == self.place.exam
            && fits(&self.place.session, &note.session)
            && fits(&self.place.site, &note.site)
    }

    /// Judges and opens one package.
    ///
    /// # Errors
    /// Why it is not taken: P07 to P14.
    pub fn read(&self, path: &Path, is_kept: bool, clock: &dyn Clock) -> Result<OpenPackage, Halted> {
        let refused = |failure: Failure, cause: &dyn std::fmt::Display| Halted {
            failure,
            detail: format!("{}: {cause}", path.display()),
        };
        let judged = |fault: PackageFault| refused(failure_of(&fault), &fault);
        let bytes = read_package(path).map_err(|error| refused(Failure::PackagesUnusable, &error))?;
        let (text, ciphertext) = split_file(&bytes).map_err(judged)?;
        let note = PackageNote::open(text, &self.board).map_err(|error| judged(error.into()))?;
        note.judge(ciphertext).map_err(judged)?;
        let seen = self.shelf.seen().map_err(unusable)?.get(&note.id()).copied();
        note.suits(&self.taker(&note, seen, is_kept, clock)).map_err(judged)?;
        let opened = sealed::open(ciphertext, &self.identity, MAX_CONTENTS_LEN);
        let opened = opened.map_err(|error| refused(Failure::PackageSealed, &error))?;
        let contents = Contents::read(opened.expose()).map_err(|fault| refused(Failure::PackageDamaged, &fault))?;
        self.agrees(&note, &contents).map_err(|what| refused(Failure::PackageDamaged, &what))?;
        let held = seen.map(|seen| seen.version);
        Ok(OpenPackage { note, contents, path: path.to_owned(), is_kept, held, note_text: text.to_owned() })
    }

    /// A package is taken days before it can be used.
    fn taker<'a>(&'a self, note: &PackageNote, seen: Option<Seen>, is_kept: bool, clock: &dyn Clock) -> PackageUse<'a> {
        let now = self.latest.map_or(clock.now().wall, |latest| latest.max(clock.now().wall));
        PackageUse {
            exam: Some(&self.place.exam),
            session: self.place.session.as_deref(),
            site: self.place.site.as_deref(),
            training: self.place.training,
            program: env!("CARGO_PKG_VERSION"),
            now: if is_kept { now } else { now.max(note.not_before) },
            seen: seen.map(|seen| (seen.version, Digest(seen.sha256))),
            // One that was taken before a newer list came is still good; the newer list is what it is used with.
            revocations: if is_kept { 0 } else { self.newest_list().map_or(0, |list| list.number) },
        }
    }

    /// The board's own words inside and outside must be the same.
    fn agrees(&self, note: &PackageNote, contents: &Contents) -> Result<(), &'static str> {
        let settings = &contents.settings;
        let rows = u64::try_from(contents.roster.len()).unwrap_or(u64::MAX);
        let same = settings.board == note.board
            && settings.exam == note.exam
            && settings.session.id == note.session
            && settings.site.code == note.site
            && settings.training == note.training;
        if !same || rows != note.rows {
            return Err("its note and its content are about different things");
        }
        let list = contents.revocations.as_ref().map(|list| RevocationList::open(list, &self.board)).transpose();
        let number = list.map_err(|_| "its list of revocations is not signed by the board")?.map(|list| list.number);
        if number.unwrap_or(0) == note.revocations { Ok(()) } else { Err("another list of revocations") }
    }

    /// The newest list of revocations that came with a package.
    fn newest_list(&self) -> Option<RevocationList> {
        let note = file::read(&self.folder.join(REVOCATIONS), MAX_LIST_LEN).ok()?;
        RevocationList::open(std::str::from_utf8(&note).ok()?, &self.board).ok()
    }

    /// Takes an opened package onto the shelf, with this desk's certificate and the list of revocations beside it, and
    /// leaves the desk's signed word beside the package on the stick. From then on an older one is refused.
    ///
    /// # Errors
    /// A halted desk with [`Failure::PackagesUnusable`]; then nothing was taken.
    pub fn take(&self, package: &mut OpenPackage, clock: &dyn Clock) -> Result<(), Halted> {
        let bytes = read_package(&package.path).map_err(unusable)?;
        let is_same = split_file(&bytes).is_ok_and(|(_, ciphertext)| package.note.judge(ciphertext).is_ok());
        if !is_same {
            return Err(Halted { failure: Failure::PackageDamaged, detail: package.path.display().to_string() });
        }
        let mut beside = Vec::new();
        let own = package.contents.desks.iter().find(|desk| desk.id == self.place.desk);
        if let Some(desk) = own.filter(|desk| !desk.cert.is_empty()) {
            beside.push((DESK_CERT.to_owned(), desk.cert.clone().into_bytes()));
        }
        if let Some(list) = &package.contents.revocations {
            beside.push((REVOCATIONS.to_owned(), list.clone().into_bytes()));
        }
        replace_files(&self.folder, &beside).map_err(|error| unusable(error.into()))?;
        let (id, seen) = (package.note.id(), Seen { version: package.note.version, sha256: package.note.sha256.0 });
        let kept = self.shelf.keep(&id.replace('/', "-"), &bytes, &id, seen).map_err(unusable)?;
        self.say_so(package, clock);
        (package.path, package.is_kept, package.held) = (kept, true, Some(package.note.version));
        Ok(())
    }

    /// The desk's word for the board. A stick that cannot be written to stops nobody: the word lies on the shelf too.
    fn say_so(&self, package: &OpenPackage, clock: &dyn Clock) {
        let receipt = PackageReceipt {
            package: package.note.id(),
            version: package.note.version,
            sha256: package.note.sha256,
            desk: self.place.desk.clone(),
            at: clock.now().wall,
        };
        let name = format!("{}.{}.receipt", package.note.file_name(), self.place.desk);
        let written = receipt.sign(self.device.as_ref()).map_err(|error| error.to_string()).and_then(|note| {
            let files = [(name.clone(), note.clone().into_bytes())];
            replace_files(&self.folder, &files).map_err(|error| error.to_string())?;
            let beside = package.path.with_file_name(&name);
            write_new_file(&beside, note.as_bytes()).map_err(|error| error.to_string())
        });
        if let Err(error) = written {
            tracing::warn!(%error, "the receipt of a package was not left with it");
        }
    }

    /// Who had how many wrong PINs when the desk was last here.
    pub(super) fn wrong_tries(&self) -> Vec<(String, u32)> {
        self.shelf.tries()
    }

    /// Keeps the wrong PINs over a restart.
    pub(super) fn keep_wrong_tries<'a>(&self, tries: impl Iterator<Item = (&'a str, u32)>) {
        if let Err(error) = self.shelf.keep_tries(tries) {
            tracing::warn!(%error, "wrong PINs are not remembered over a restart");
        }
    }

    /// The device key, for the desk that is started.
    pub(super) fn into_device(self) -> Box<dyn NoteSigner> {
        self.device
    }
}

impl OpenPackage {
    /// The note, word for word.
    pub fn note_text(&self) -> &str {
        &self.note_text
    }
}

/// The packages of this session that lie on the shelf of a desk; what names no session is counted among them.
///
/// # Errors
/// [`ShelfError`].
pub(super) fn kept(config: &DeskConfig, base: &Path) -> Result<Vec<PathBuf>, ShelfError> {
    let Some(folder) = &config.paths.packages else { return Ok(Vec::new()) };
    let is_other = |path: &PathBuf| peeked(path).is_some_and(|note| note.session != config.session.id);
    Ok(packages_in(&base.join(folder))?.into_iter().filter(|path| !is_other(path)).collect())
}

/// What a package says about itself, before anything of it was judged.
fn peeked(path: &Path) -> Option<PackageNote> {
    let head = read_beginning(path).ok()?;
    PackageNote::peek(split_file(&head).ok()?.0)
}

/// What a person is told of a fault of a package.
fn failure_of(fault: &PackageFault) -> Failure {
    match fault {
        PackageFault::Form | PackageFault::Size { .. } | PackageFault::Digest => Failure::PackageDamaged,
        PackageFault::Note(NoteError::NoSignature | NoteError::BadName | NoteError::OtherKeys) => {
            Failure::PackageForeign
        }
        PackageFault::Note(_) => Failure::PackageDamaged,
        PackageFault::Board { .. }
        | PackageFault::Exam { .. }
        | PackageFault::Session { .. }
        | PackageFault::Site { .. }
        | PackageFault::Mode { .. } => Failure::PackageForeign,
        PackageFault::Early { .. } => Failure::PackageEarly,
        PackageFault::Expired { .. } => Failure::PackageExpired,
        PackageFault::Program { .. } => Failure::ProgramTooOld,
        PackageFault::Older { .. } | PackageFault::OtherHistory { .. } | PackageFault::Revocations { .. } => {
            Failure::PackageOlder
        }
    }
}

/// The last time in the log and the last signed time from outside: a clock that was put back makes no package young.
/// A log that cannot be read is the log's matter when the desk is started.
fn latest_in_log(config: &DeskConfig, base: &Path, device: &NoteVerifier) -> Option<Timestamp> {
    let outsiders = [&config.witness.verifier, &config.registry.cosigner].into_iter().flatten();
    let keys: Vec<CosignatureKey> = outsiders.filter_map(|path| cosigner(&base.join(path))).collect();
    let journals = journals(config, base);
    journals.iter().filter_map(|journal| latest_in_journal(journal, &keys, device)).max()
}

fn latest_in_journal(journal: &Path, keys: &[CosignatureKey], device: &NoteVerifier) -> Option<Timestamp> {
    let mut store = FileStore::open(journal).ok()?;
    let outside = |event: &AttendanceEvent| match event {
        AttendanceEvent::Anchor { note, .. } => keys.iter().filter_map(|key| Some(verify(note, key).ok()?.at())).max(),
        _ => None,
    };
    let mut latest = None;
    for number in store.segments().ok()? {
        let Ok(SegmentContent::Good(segment)) = read_segment(&store.read(number).ok()?, device) else { continue };
        let times = segment.entries.iter().flat_map(|entry| [Some(entry.t), outside(&entry.event)]);
        latest = times.flatten().max().max(latest);
    }
    latest
}

fn cosigner(path: &Path) -> Option<CosignatureKey> {
    CosignatureKey::parse(String::from_utf8(file::read(path, MAX_KEY_LEN).ok()?).ok()?.trim()).ok()
}

fn unusable(error: ShelfError) -> Halted {
    Halted { failure: Failure::PackagesUnusable, detail: error.to_string() }
}

/// The desk's certificate, beside its packages.
pub(super) const DESK_CERT: &str = "desk-cert";
/// The board's list of revocations, beside the packages.
pub(super) const REVOCATIONS: &str = "revocations";
/// The largest content: a country's roster, or a large site with portraits.
const MAX_CONTENTS_LEN: u64 = 768 << 20;
const MAX_LIST_LEN: u64 = 64 << 10;
const MAX_KEY_LEN: u64 = 4 << 10;
