//! What a desk works from: roster, keys, certificate, CSCA certificates, from the files that the configuration names.

use crate::config::DeskConfig;
use crate::halting::halted_at;
use crate::keys::{REVOCATIONS, beside_packages, board_keys, desk_cert, device_key, small_text};
use crate::package::{OpenPackage, PackageKey, Packages};
use crate::plan::DeskPlan;
use crate::registry::cosigner;
use crate::trust::{TrustSource, TrustWatch};
use bits::hex;
use bits::secret::{Pii, Secret};
use checkin::failure::Failure;
use checkin::sign_in::{OnDuty, SignIn, SignedIn};
use checkin::state::Halted;
use emrtd::authenticity::trust::TrustStore;
use host::file;
use host::threads;
use host::trust::trust_folder_of;
use record::{AttendanceEvent, BoardKeys, Code, DeskCert, Digest, PackageRef, RevocationList};
use roster::{CandidateId, Roster};
use std::collections::BTreeMap;
use std::path::Path;
use tlog::{CosignatureKey, NoteSigner};

/// What a desk works from, read before the log is opened.
pub(super) struct Prepared {
    pub(super) trust: TrustStore,
    pub(super) roster: Roster,
    pub(super) device: Box<dyn NoteSigner>,
    pub(super) desk_cert: String,
    pub(super) revocations: Option<u32>,
    /// The set of board keys that this desk takes for the board.
    pub(super) board_keys: Option<Digest>,
    pub(super) exam_key: Secret<[u8; 32]>,
    pub(super) cosigner: Option<CosignatureKey>,
    /// Who works here, and what she may do.
    pub(super) on_duty: OnDuty,
    /// The package it all came from.
    pub(super) package: Option<PackageRef>,
    /// The package whose operators may stand beside whoever is on duty, and who of them has tried how often.
    pub(super) staff: Option<(OpenPackage, SignIn)>,
    /// What the log says first about who signed in.
    pub(super) words: Vec<AttendanceEvent>,
    /// The portraits that the board has, JPEG.
    pub(super) portraits: BTreeMap<CandidateId, Pii<Vec<u8>>>,
    /// The trust folder, where it may be replaced while the desk runs.
    pub(super) trust_watch: Option<TrustWatch>,
}

/// Somebody who gave the PIN, what it opens, and what the log has to say about it.
pub(super) struct Entrance {
    pub(super) operator: SignedIn,
    pub(super) key: PackageKey,
    pub(super) words: Vec<AttendanceEvent>,
    /// Who has tried how often.
    pub(super) tries: SignIn,
}

/// From the single files that the configuration names.
pub(super) fn prepare(plan: &DeskPlan) -> Result<Prepared, Halted> {
    let (config, base) = (plan.machine(), plan.base());
    let paths = &config.paths;
    for (key, path) in [("trust", &paths.trust), ("roster", &paths.roster), ("exam_key", &paths.exam_key)] {
        if path.as_os_str().is_empty() {
            return Err(halted_at(Failure::ConfigUnreadable, &format!("paths.{key}"), "missing"));
        }
    }
    let device = device_key_meanwhile(config, base)?;
    let exam_key = exam_key(&base.join(&paths.exam_key))?;
    let (trust_watch, trust) = TrustWatch::begin(TrustSource::of(paths, base)?)?;
    Ok(Prepared {
        trust,
        roster: roster(&base.join(&paths.roster))?,
        device: device.join().map_err(|_| halted_at(Failure::DeviceKeyClosed, "its thread", "gone"))??,
        desk_cert: desk_cert(config, base)?,
        revocations: revocations(config, base)?,
        board_keys: paths.board_key.as_ref().map(|_| board_keys(config, base)).transpose()?.map(|set| set.digest()),
        exam_key,
        cosigner: cosigner(&config.registry, base)?,
        on_duty: named(config)?,
        package: None,
        staff: None,
        words: Vec::new(),
        portraits: BTreeMap::new(),
        trust_watch: Some(trust_watch),
    })
}

/// From an opened package, which `plan` is of.
pub(super) fn prepare_from(
    plan: &DeskPlan,
    packages: Packages,
    package: &OpenPackage,
    entrance: Entrance,
) -> Result<Prepared, Halted> {
    let (config, base) = (plan.machine(), plan.base());
    let place = package.path.display().to_string();
    let Entrance { operator: signed_in, key, words, tries } = entrance;
    let people = packages.people(package, &key)?;
    let desk_cert = desk_cert(config, base)?;
    // The newest list that any package brought, this one's or a later one's.
    let newest = beside_packages(config, base, REVOCATIONS);
    let newest = newest.map(|path| small_text(&path, Failure::DeviceKeyClosed)).transpose()?;
    let revocations = not_revoked(newest.as_deref(), packages.board(), &desk_cert, &place)?;
    let board_keys = Some(packages.board().digest());
    Ok(Prepared {
        trust: packed_trust(&package.front().trust, &place)?,
        roster: people.roster,
        device: packages.into_device(),
        desk_cert,
        revocations,
        board_keys,
        exam_key: people.exam_key,
        cosigner: cosigner(&config.registry, base)?,
        on_duty: OnDuty::SignedIn(signed_in),
        package: Some(package.note().reference()),
        staff: Some((package.clone(), tries)),
        words,
        portraits: people.portraits,
        trust_watch: None,
    })
}

fn packed_trust(files: &BTreeMap<String, Vec<u8>>, place: &str) -> Result<TrustStore, Halted> {
    let wrong = |cause: &dyn std::fmt::Display| halted_at(Failure::TrustMissing, place, cause);
    let found = trust_folder_of(files).map_err(|error| wrong(&error))?;
    let store = TrustStore::from_folder(&found.certificates, found.deviations.as_deref());
    let (store, dropped) = store.map_err(|error| wrong(&error))?;
    for one in &dropped {
        tracing::warn!(index = one.index, cause = ?one.cause, "a CSCA certificate was left out");
    }
    if store.is_empty() { Err(wrong(&"no CSCA certificates")) } else { Ok(store) }
}

/// Outside a package nobody proves who it is; the desk's own file names somebody.
fn named(config: &DeskConfig) -> Result<OnDuty, Halted> {
    let wrong = |error| halted_at(Failure::ConfigUnreadable, "desk.operator", error);
    let code = Code::new(&config.desk.operator).map_err(wrong)?;
    let title = &config.desk.operator_title;
    let name = if title.is_empty() { code.as_str().to_owned() } else { title.clone() };
    Ok(OnDuty::Named { code, name })
}

/// Most of a start is the derivation that protects the device key; everything else is read beside it.
fn device_key_meanwhile(config: &DeskConfig, base: &Path) -> Result<OpenedKey, Halted> {
    let (config, base) = (config.clone(), base.to_owned());
    let spawned = threads::meanwhile("device key", move || device_key(&config, &base));
    spawned.map_err(|error| halted_at(Failure::DeviceKeyClosed, "its thread", error))
}

type OpenedKey = std::thread::JoinHandle<Result<Box<dyn NoteSigner>, Halted>>;

/// The number of the board's list of revocations; `None` where the configuration names none.
fn revocations(config: &DeskConfig, base: &Path) -> Result<Option<u32>, Halted> {
    let Some(path) = config.paths.revocations.as_ref().map(|path| base.join(path)) else { return Ok(None) };
    let board = board_keys(config, base)?;
    let note = small_text(&path, Failure::DeviceKeyClosed)?;
    not_revoked(Some(&note), &board, &desk_cert(config, base)?, &path.display().to_string())
}

/// The number of a list of revocations on which `desk_cert` does not stand.
fn not_revoked(note: Option<&str>, board: &BoardKeys, desk_cert: &str, place: &str) -> Result<Option<u32>, Halted> {
    let wrong = |cause: &dyn std::fmt::Display| halted_at(Failure::DeviceKeyClosed, place, cause);
    let Some(note) = note else { return Ok(None) };
    let list = RevocationList::open(note, board).map_err(|error| wrong(&error))?;
    let own = DeskCert::peek(desk_cert).and_then(|cert| list.of(cert.serial).cloned());
    match own {
        Some(revoked) => Err(wrong(&format!("certificate {} is revoked: {}", revoked.serial, revoked.reason))),
        None => Ok(Some(list.number)),
    }
}

fn roster(path: &Path) -> Result<Roster, Halted> {
    let place = path.display().to_string();
    let bytes =
        file::read(path, MAX_ROSTER_BYTES).map_err(|error| halted_at(Failure::RosterUnreadable, &place, error))?;
    Roster::from_canonical(&bytes).map_err(|error| halted_at(Failure::RosterUnreadable, &place, error))
}

fn exam_key(path: &Path) -> Result<Secret<[u8; 32]>, Halted> {
    let text = small_text(path, Failure::ConfigUnreadable)?;
    let bytes: Option<[u8; 32]> = hex::decode(text.trim()).and_then(|bytes| bytes.try_into().ok());
    let missing = || Halted { failure: Failure::ConfigUnreadable, detail: path.display().to_string() };
    bytes.map(Secret::new).ok_or_else(missing)
}

/// The largest roster that is read.
const MAX_ROSTER_BYTES: u64 = 512 << 20;
