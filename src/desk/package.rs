//! The packages that the board gives a desk: judged by their signed note, opened into memory, taken onto the shelf.
//!
//! Invariants:
//! - Nothing is decrypted before the note was found good, and nothing of it is used before all of it was decrypted.
//! - The disk holds the ciphertexts, the desk's certificate and the revocation list; the roster, the exam's key and the
//!   portraits are in memory only, and only after somebody gave a PIN that opened them.
//! - A version lower than one that was taken is refused, after a wipe too.

use crate::config::DeskConfig;
use crate::guard::Guard;
use crate::keys::{DESK_CERT, REVOCATIONS, board_keys, device_key, package_identity};
use crate::package_look::Looked;
use crate::plan::{DeskPlan, part};
use bits::secret::Secret;
use bits::stamp::Clock;
use checkin::failure::Failure;
use checkin::state::Halted;
use host::folder::{replace_files, write_new_file};
use host::package_shelf::{PackageShelf, Seen, ShelfError, packages_in, read_beginning, read_package, stamp_of};
use host::{file, sealed};
use jiff::Timestamp;
use package::contents::{Front, People};
use package::note::{PackageAcceptance, PackageFault, PackageNote, PackageUse, check_form, split_file};
use package::operators::{PinError, PinLock};
use record::ids::DeskId;
use record::{BoardKeys, DeskCert, Digest, RevocationList};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tlog::{NoteError, NoteSigner};

/// The packages of one desk, and what it takes to judge them.
pub struct Packages {
    pub(super) shelf: PackageShelf,
    folder: PathBuf,
    pub(super) inbox: Vec<PathBuf>,
    board: BoardKeys,
    device: Box<dyn NoteSigner>,
    identity: Secret<String>,
    place: Place,
    guard: Guard,
    /// What was found in files that have not changed since.
    pub(super) looked: BTreeMap<PathBuf, Looked>,
    /// What was last said about a place.
    pub(super) told: BTreeMap<PathBuf, String>,
}

/// For whom a package must be.
struct Place {
    board: String,
    exam: String,
    session: Option<String>,
    site: Option<String>,
    desk: DeskId,
    training: bool,
}

/// A package whose front was opened.
#[derive(Debug, Clone)]
pub struct OpenPackage {
    pub(super) judged: Arc<Judged>,
    /// Where it lies.
    pub path: PathBuf,
    /// It lies on the desk's own shelf.
    pub is_kept: bool,
    /// The version that this desk has taken before.
    pub held: Option<u32>,
}

/// What the board says about a package, and its front. Made by [`Packages::judge`] only.
#[derive(Debug)]
pub(super) struct Judged {
    note: PackageNote,
    note_text: String,
    front: Front,
}

/// The key of a package's people. Proof that somebody gave the PIN: made by [`OpenPackage::key`] only.
pub struct PackageKey(Secret<String>);

impl Packages {
    /// The packages of the desk of `config`; `None` where it works from single files.
    ///
    /// # Errors
    /// A halted desk: its key, the board's key or its folders cannot be used.
    pub fn open(config: &DeskConfig, base: &Path) -> Result<Option<Self>, Halted> {
        let Some(folder) = config.paths.packages.as_ref().map(|folder| base.join(folder)) else { return Ok(None) };
        let device = device_key(config, base)?;
        let shelf = PackageShelf::open(&folder).map_err(unusable)?;
        let identity = package_identity(config, base, &shelf)?;
        let board = board_keys(config, base)?;
        let guard = Guard::open(config, base, &folder, device.as_ref(), board.digest())?;
        let named = |text: &String| (!text.is_empty()).then(|| text.clone());
        let place = Place {
            board: config.exam.board.clone(),
            exam: config.exam.id.clone(),
            session: named(&config.session.id),
            site: named(&config.desk.site),
            desk: part(&config.desk.id)?,
            training: config.desk.training,
        };
        let inbox = config.paths.inbox.iter().map(|place| base.join(place)).collect();
        let looked = BTreeMap::new();
        Ok(Some(Self { shelf, folder, inbox, board, device, identity, place, guard, looked, told: BTreeMap::new() }))
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
    pub fn fingerprint(&self) -> String {
        self.board.fingerprint()
    }

    /// Judges and opens the front of one package; the people in it stay sealed.
    ///
    /// # Errors
    /// Why it is not taken: P07 to P14, P16.
    pub fn read(&self, path: &Path, is_kept: bool, clock: &dyn Clock) -> Result<OpenPackage, Halted> {
        let judged = self.judge(path)?;
        let held = self.suits(&judged.note, path, is_kept, clock)?;
        Ok(OpenPackage { judged: Arc::new(judged), path: path.to_owned(), is_kept, held })
    }

    /// The same whatever its dates and versions say: for finding out whose PIN somebody gives, never for working from it.
    pub(super) fn read_whatever_its_age(&self, path: &Path) -> Result<OpenPackage, Halted> {
        let judged = Arc::new(self.judge(path)?);
        Ok(OpenPackage { judged, path: path.to_owned(), is_kept: true, held: None })
    }

    /// Judges a package from its note to its front. What the board did not sign is not read: the note comes first, its
    /// signature second, the file's length third, and only then the file.
    pub(super) fn judge(&self, path: &Path) -> Result<Judged, Halted> {
        let refused = |failure: Failure, cause: &dyn std::fmt::Display| refused(path, failure, cause);
        let judged = |fault: PackageFault| refused(failure_of(&fault), &fault);
        let unread = |error: ShelfError| refused(Failure::PackagesUnusable, &error);
        let head = read_beginning(path).map_err(unread)?;
        let (text, rest) = split_file(&head).map_err(judged)?;
        check_form(text).map_err(judged)?;
        let note = PackageNote::open(text, &self.board).map_err(|error| judged(error.into()))?;
        if note.training != self.place.training {
            return Err(judged(PackageFault::Mode { training: note.training }));
        }
        let before = u64::try_from(head.len() - rest.len()).unwrap_or(u64::MAX);
        let found = stamp_of(path).map_err(unread)?.len.saturating_sub(before);
        if found != note.size {
            return Err(judged(PackageFault::Size { stated: note.size, found }));
        }
        let bytes = read_package(path).map_err(unread)?;
        let (front, _) = split_file(&bytes).and_then(|(_, sealed)| note.parts(sealed)).map_err(judged)?;
        let opened = sealed::open(front, &self.identity, MAX_FRONT_LEN);
        let opened = opened.map_err(|error| refused(Failure::PackageSealed, &error))?;
        let front = Front::read(opened.expose()).map_err(|fault| refused(Failure::PackageDamaged, &fault))?;
        self.agrees(&note, &front).map_err(|what| refused(Failure::PackageDamaged, &what))?;
        self.is_own(&front).map_err(|what| refused(Failure::PackageSealed, &what))?;
        Ok(Judged { note_text: text.to_owned(), note, front })
    }

    /// Says that a judged package may be taken or used now; the version that this desk has taken before.
    pub(super) fn suits(
        &self,
        note: &PackageNote,
        path: &Path,
        is_kept: bool,
        clock: &dyn Clock,
    ) -> Result<Option<u32>, Halted> {
        let seen = self.shelf.seen().map_err(unusable)?.get(&note.id()).copied();
        let fits = note.suits(&self.taker(note, seen, is_kept, clock));
        fits.map_err(|fault| refused(path, failure_of(&fault), &fault))?;
        Ok(seen.map(|seen| seen.version))
    }

    /// True for a package whose note, which nobody has judged, says that it is for this place.
    pub(super) fn is_for_here(&self, note: &PackageNote) -> bool {
        let fits = |wanted: &Option<String>, found: &String| wanted.as_ref().is_none_or(|wanted| wanted == found);
        note.board == self.place.board
            && note.exam == self.place.exam
            && fits(&self.place.session, &note.session)
            && fits(&self.place.site, &note.site)
    }

    /// Opens the people of a package with the key that a PIN gave.
    ///
    /// # Errors
    /// A halted desk with [`Failure::PackageDamaged`].
    pub fn people(&self, package: &OpenPackage, key: &PackageKey) -> Result<People, Halted> {
        let (note, path) = (package.note(), package.path.as_path());
        let refused = |cause: &dyn std::fmt::Display| refused(path, Failure::PackageDamaged, cause);
        let bytes = read_package(path).map_err(|error| refused(&error))?;
        let parts = split_file(&bytes).and_then(|(_, sealed)| note.parts(sealed));
        let (_, people) = parts.map_err(|fault| refused(&fault))?;
        let opened = sealed::open(people, &key.0, MAX_PEOPLE_LEN).map_err(|error| refused(&error))?;
        let people = People::read(opened.expose()).map_err(|fault| refused(&fault))?;
        let rows = u64::try_from(people.roster.len()).unwrap_or(u64::MAX);
        if rows == note.rows { Ok(people) } else { Err(refused(&"its note and its people are about different things")) }
    }

    /// A later time than the clock's that stands in a log of this desk, and by which this package could not be used any
    /// more: a person has to say whether the clock is right.
    pub fn disputed(&self, note: &PackageNote, clock: &dyn Clock) -> Option<Timestamp> {
        self.guard.now(clock).disputed.filter(|later| *later > note.not_after)
    }

    /// A package is taken days before it can be used.
    fn taker<'a>(&'a self, note: &PackageNote, seen: Option<Seen>, is_kept: bool, clock: &dyn Clock) -> PackageUse<'a> {
        let now = self.guard.now(clock).credible;
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
    fn agrees(&self, note: &PackageNote, front: &Front) -> Result<(), &'static str> {
        let settings = &front.settings;
        let same = settings.board == note.board
            && settings.exam == note.exam
            && settings.session.id == note.session
            && settings.site.code == note.site
            && settings.training == note.training;
        if !same {
            return Err("its note and its content are about different things");
        }
        let list = front.revocations.as_ref().map(|list| RevocationList::open(list, &self.board)).transpose();
        let number = list.map_err(|_| "its list of revocations is not signed by the board")?.map(|list| list.number);
        if number.unwrap_or(0) == note.revocations { Ok(()) } else { Err("another list of revocations") }
    }

    /// A certificate for this desk must be one for the key that this desk has: whoever made a new key starts anew.
    fn is_own(&self, front: &Front) -> Result<(), &'static str> {
        let own = front.desks.iter().find(|desk| desk.id == self.place.desk).filter(|desk| !desk.cert.is_empty());
        let named = own.and_then(|desk| DeskCert::peek(&desk.cert)).map(|cert| cert.device);
        match named {
            Some(key) if key != *self.device.verifier() => Err("its certificate is for another device key"),
            _ => Ok(()),
        }
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
        let (note, front) = (package.note().clone(), package.front());
        let is_same = split_file(&bytes).is_ok_and(|(_, ciphertext)| note.judge(ciphertext).is_ok());
        if !is_same {
            return Err(Halted { failure: Failure::PackageDamaged, detail: package.path.display().to_string() });
        }
        let mut beside = Vec::new();
        let own = front.desks.iter().find(|desk| desk.id == self.place.desk);
        if let Some(desk) = own.filter(|desk| !desk.cert.is_empty()) {
            beside.push((DESK_CERT.to_owned(), desk.cert.clone().into_bytes()));
        }
        if let Some(list) = &front.revocations {
            beside.push((REVOCATIONS.to_owned(), list.clone().into_bytes()));
        }
        replace_files(&self.folder, &beside).map_err(|error| unusable(error.into()))?;
        let (id, seen) = (note.id(), Seen { version: note.version, sha256: note.sha256.0 });
        let kept = self.shelf.keep(&id.replace('/', "-"), &bytes, &id, seen).map_err(unusable)?;
        self.say_so(package, clock);
        (package.path, package.is_kept, package.held) = (kept, true, Some(note.version));
        Ok(())
    }

    /// The desk's word for the board. A stick that cannot be written to stops nobody: the word lies on the shelf too.
    fn say_so(&self, package: &OpenPackage, clock: &dyn Clock) {
        let receipt = PackageAcceptance {
            package: package.note().id(),
            version: package.note().version,
            sha256: package.note().sha256,
            desk: self.place.desk.clone(),
            at: clock.now().wall,
        };
        let name = format!("{}.{}.receipt", package.note().file_name(), self.place.desk);
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

    /// What the desk remembers of those who sign in.
    pub(super) fn guard(&self) -> &Guard {
        &self.guard
    }

    /// The same, to be changed, with the device key that signs for it.
    pub(super) fn guard_mut(&mut self) -> (&mut Guard, &dyn NoteSigner) {
        (&mut self.guard, self.device.as_ref())
    }

    /// The device key, for the desk that is started.
    pub(super) fn into_device(self) -> Box<dyn NoteSigner> {
        self.device
    }
}

impl OpenPackage {
    /// What the board says about it.
    pub fn note(&self) -> &PackageNote {
        &self.judged.note
    }

    /// The note, word for word.
    pub fn note_text(&self) -> &str {
        &self.judged.note_text
    }

    /// What the device key opens of it.
    pub fn front(&self) -> &Front {
        &self.judged.front
    }

    /// The key that this operator's PIN opens: the opening is the check. `None` for a wrong PIN, and for an operator
    /// for whom nothing was sealed. Takes as long as the lock asks for.
    ///
    /// # Errors
    /// [`PinError`], where the lock cannot be computed.
    pub fn key(&self, code: &str, lock: &PinLock, pin: &Secret<String>) -> Result<Option<PackageKey>, PinError> {
        let secret = lock.secret(pin)?;
        let opened = self.front().keys.get(code).and_then(|sealed| {
            let identity = sealed::identity_of(&secret).ok()?;
            sealed::open(sealed, &identity, MAX_KEY_LEN).ok()
        });
        let text = opened.and_then(|opened| String::from_utf8(opened.expose().clone()).ok());
        Ok(text.map(|text| PackageKey(Secret::new(text))))
    }
}

impl Judged {
    pub(super) fn note(&self) -> &PackageNote {
        &self.note
    }
}

/// The packages of this session that lie on the shelf of a desk; what names no session is counted among them.
///
/// # Errors
/// [`ShelfError`].
pub(super) fn kept(plan: &DeskPlan) -> Result<Vec<PathBuf>, ShelfError> {
    let Some(folder) = &plan.machine().paths.packages else { return Ok(Vec::new()) };
    let is_other = |path: &PathBuf| peeked(path).is_some_and(|note| note.session != **plan.session_id());
    Ok(packages_in(&plan.base().join(folder))?.into_iter().filter(|path| !is_other(path)).collect())
}

/// What a package says about itself, before anything of it was judged.
pub(super) fn peeked(path: &Path) -> Option<PackageNote> {
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
        PackageFault::Program { .. } | PackageFault::OtherForm { is_newer: true, .. } => Failure::ProgramTooOld,
        PackageFault::OtherForm { is_newer: false, .. } => Failure::PackageOldForm,
        PackageFault::Older { .. } | PackageFault::OtherHistory { .. } | PackageFault::Revocations { .. } => {
            Failure::PackageOlder
        }
    }
}

fn refused(path: &Path, failure: Failure, cause: &dyn std::fmt::Display) -> Halted {
    Halted { failure, detail: format!("{}: {cause}", path.display()) }
}

fn unusable(error: ShelfError) -> Halted {
    Halted { failure: Failure::PackagesUnusable, detail: error.to_string() }
}

/// The largest people: a country's roster, or a large site with portraits.
const MAX_PEOPLE_LEN: u64 = 768 << 20;
/// The largest front: CSCA certificates, desks and operators of a site.
const MAX_FRONT_LEN: u64 = 64 << 20;
const MAX_LIST_LEN: u64 = 64 << 10;
const MAX_KEY_LEN: u64 = 4 << 10;
