//! The registry's client, as the configuration wants it.

use crate::config::{DialectKind, RegistryConfig};
use crate::halting::diagnose;
use crate::keys::{desk_cert, with_device_store};
use crate::plan::DeskPlan;
use bits::secret::Secret;
use checkin::failure::Failure;
use checkin::state::Halted;
use host::clock::SystemClock;
use host::dialect::{Asker, Dialect, SignedNotes};
use host::file;
use host::http::{CallLimits, HttpsRegistry, RegistrySettings};
use host::intermediary::Intermediary;
use host::pinned::ClientIdentity;
use host::tls_folder::TlsFolder;
use host::tls_key::TlsKey;
use record::DeskCert;
use record::statement::{device_key_name, endorse};
use registry::Registry;
use std::path::{Path, PathBuf};
use tlog::{CosignatureKey, NoteKey, NoteSigner, NoteVerifier};

/// Makes the client once it is known who asks: the key of the log's segment signs questions.
pub type RegistryMaker = Box<dyn FnOnce(Asker) -> Result<Box<dyn Registry>, Halted>>;

/// The largest certificate or key file.
const MAX_BYTES: u64 = 64 << 10;

/// Prepares the client; `None` where no registry is configured.
///
/// # Errors
/// A halted desk with [`Failure::RegistryUnprepared`] when its certificate or key cannot be read. The diagnostics
/// have been told.
pub fn client(plan: &DeskPlan) -> Result<Option<RegistryMaker>, Halted> {
    if plan.machine().registry.url.is_empty() {
        return Ok(None);
    }
    maker(plan).map(Some).inspect_err(diagnose)
}

fn maker(plan: &DeskPlan) -> Result<RegistryMaker, Halted> {
    let (config, base) = (&plan.machine().registry, plan.base());
    let authority = read(config.ca.as_ref(), base, "registry.ca")?;
    let own = OwnFiles::read(plan)?;
    let dialect = dialect(plan)?;
    let url = config.url.clone();
    Ok(Box::new(move |asker| {
        let limits = CallLimits::default();
        let own = own.as_ref().map(OwnFiles::identity);
        let dialect = dialect(asker);
        let settings = RegistrySettings { url: &url, authority: &authority, own, dialect, limits };
        let client = HttpsRegistry::new(settings, Box::new(SystemClock)).map_err(|error| unprepared(&url, error))?;
        Ok(Box::new(client) as Box<dyn Registry>)
    }))
}

/// Makes the dialect once it is known who asks.
pub(super) type DialectMaker = Box<dyn FnOnce(Asker) -> Box<dyn Dialect>>;

/// The desk as it asks with `key`, which its device key endorses here, under what the board says about that.
pub(super) fn asker(key: NoteKey, device: &dyn NoteSigner, desk_cert: String) -> Result<Asker, Halted> {
    let endorsement = endorse(key.verifier(), device);
    let endorsement = endorsement.map_err(|error| unprepared("the key that signs questions", error))?;
    Ok(Asker::new(key, endorsement, desk_cert))
}

/// The dialect that the configuration names, with the keys that it needs.
pub(super) fn dialect(plan: &DeskPlan) -> Result<DialectMaker, Halted> {
    let (config, base) = (&plan.machine().registry, plan.base());
    match config.dialect {
        DialectKind::Signed => {
            let verifier = verifier(plan)?;
            Ok(Box::new(move |asker| Box::new(SignedNotes::new(asker, verifier)) as Box<dyn Dialect>))
        }
        DialectKind::Intermediary => {
            let api_key = String::from_utf8(read(config.api_key.as_ref(), base, "registry.api_key")?)
                .map_err(|error| unprepared("registry.api_key", error.utf8_error()))?;
            let api_key = Secret::new(api_key.trim().to_owned());
            let public_key = read(config.verifier.as_ref(), base, "registry.verifier")?;
            let intermediary = Intermediary::new(api_key, config.sent.clone(), &public_key);
            let intermediary = intermediary.map_err(|error| unprepared("registry.verifier", error))?;
            Ok(Box::new(move |_| Box::new(intermediary) as Box<dyn Dialect>))
        }
    }
}

/// The key that signs answers, in the dialect of signed notes.
pub(super) fn verifier(plan: &DeskPlan) -> Result<NoteVerifier, Halted> {
    let (config, base) = (&plan.machine().registry, plan.base());
    let line = key_line(plan.rules().registry_key(), config.verifier.as_ref(), base, "registry.verifier")?;
    NoteVerifier::parse(line.trim()).map_err(|error| unprepared("registry.verifier", error))
}

/// The certificate that the desk shows the registry, and its key, as their files hold them.
pub(super) struct OwnFiles {
    certificate: Vec<u8>,
    key: TlsKey,
}

impl OwnFiles {
    /// Those that the configuration names; where it names neither, what came back from the board with the desk's own
    /// certificate, and the key that enrolment made for it; `None` where there is nothing.
    pub(super) fn read(plan: &DeskPlan) -> Result<Option<Self>, Halted> {
        let (config, base) = (&plan.machine().registry, plan.base());
        if config.client_cert.is_none() && config.client_key.is_none() {
            return Self::enrolled(plan);
        }
        let certificate = read(config.client_cert.as_ref(), base, "registry.client_cert")?;
        let key = TlsKey::of_pem(Secret::new(read(config.client_key.as_ref(), base, "registry.client_key")?));
        Ok(Some(Self { certificate, key }))
    }

    fn enrolled(plan: &DeskPlan) -> Result<Option<Self>, Halted> {
        let (machine, base) = (plan.machine(), plan.base());
        let shown = DeskCert::peek(&desk_cert(machine, base)?).and_then(|cert| cert.tls_certificate);
        let Some(certificate) = shown else { return Ok(None) };
        let folder = base.join(&machine.paths.tls);
        let name = device_key_name(&machine.exam.board, &machine.desk.id);
        let key = with_device_store(machine, base, |store, _| {
            let opened = TlsFolder::at(&folder).key(store, &name);
            opened.map_err(|error| unprepared("paths.tls", error))
        })?;
        Ok(Some(Self { certificate, key }))
    }

    pub(super) fn identity(&self) -> ClientIdentity<'_> {
        ClientIdentity { certificate: &self.certificate, key: &self.key }
    }
}

/// The key that the registry signs the log's head with; `None` where the configuration names none.
pub(super) fn cosigner(config: &RegistryConfig, base: &Path) -> Result<Option<CosignatureKey>, Halted> {
    let Some(path) = &config.cosigner else { return Ok(None) };
    let line = String::from_utf8(read(Some(path), base, "registry.cosigner")?)
        .map_err(|error| unprepared("registry.cosigner", error))?;
    CosignatureKey::parse(line.trim()).map(Some).map_err(|error| unprepared("registry.cosigner", error))
}

/// The line of a key: the board's, where its package names one, or the file's that the desk's own file names.
pub(super) fn key_line(packed: Option<&str>, path: Option<&PathBuf>, base: &Path, key: &str) -> Result<String, Halted> {
    match packed {
        Some(line) => Ok(line.to_owned()),
        None => String::from_utf8(read(path, base, key)?).map_err(|error| unprepared(key, error)),
    }
}

pub(super) fn read(path: Option<&PathBuf>, base: &Path, key: &str) -> Result<Vec<u8>, Halted> {
    let path = path.ok_or_else(|| unprepared(key, "missing"))?;
    let path = base.join(path);
    file::read(&path, MAX_BYTES).map_err(|error| unprepared(&path.display().to_string(), error))
}

pub(super) fn unprepared(place: &str, cause: impl std::fmt::Display) -> Halted {
    Halted { failure: Failure::RegistryUnprepared, detail: format!("{place}: {cause}") }
}
