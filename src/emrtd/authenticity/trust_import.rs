//! What becomes of a trust folder when an authority's files are taken in (ICAO Doc 9303-12 §8 and §9; field lesson 22).
//!
//! A folder is a manifest with a number that grows, certificates, and revocation lists. A master list counts only under
//! a root that did not come with it, and never when the folder has a newer one of the same country.
//!
//! Invariants: pure; nothing that was in the folder is lost but what a newer list of the same source leaves out; what
//! is not taken is named with its cause.

use crate::bits::hex;
use crate::crypto::HashAlg;
use crate::emrtd::authenticity::certificate::Certificate;
use crate::emrtd::authenticity::deviation::Deviations;
use crate::emrtd::authenticity::master_list::{self, MasterList};
use crate::emrtd::authenticity::revocation::RevocationList;
use crate::emrtd::authenticity::trust::{DropCause, MAX_ANCHORS, ObjectKind, TrustStore, kind};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;

/// The form of the manifest.
const FORMAT: &str = "diemdanh trust folder 1";
/// The name of the manifest within the folder.
const MANIFEST: &str = "manifest.json";
/// The name of the list of deviations within the folder.
const DEVIATIONS: &str = "deviations.toml";
/// Hexadecimal digits of a digest in a file's name.
const NAME_DIGITS: usize = 16;

/// What a folder says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The form of this file.
    pub format: String,
    /// Grows by one with every change.
    pub version: u64,
    /// When it was written.
    pub written: Timestamp,
    /// What reports name the store by.
    pub trust_store: String,
    /// The newest master list of each country.
    pub sources: BTreeMap<String, Source>,
    /// The files, each with the SHA-256 of its content.
    pub files: Vec<ManifestFile>,
}

/// A master list that was taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// SHA-256 of the list.
    pub sha256: String,
    /// When it was signed.
    pub signed: Option<Timestamp>,
}

/// One file of a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestFile {
    /// Its name.
    pub name: String,
    /// SHA-256 of its content.
    pub sha256: String,
    /// The country whose master list brought it; none where it was given by itself.
    pub source: Option<String>,
}

/// A folder as it was found: its manifest, if it has one, and its objects.
#[derive(Debug, Clone, Default)]
pub struct Held {
    /// The manifest.
    pub manifest: Option<Manifest>,
    /// The DER objects of its files.
    pub objects: Vec<Vec<u8>>,
    /// The list of deviations, as its file.
    pub deviations: Option<String>,
}

/// One file that is to be taken in.
#[derive(Debug, Clone)]
pub struct Offered {
    /// Its name, for the report.
    pub name: String,
    /// Its DER objects; an empty one stands for what could not be decoded.
    pub objects: Vec<Vec<u8>>,
}

/// Why something is not taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ImportCause {
    /// It cannot be used.
    #[error(transparent)]
    Unusable(#[from] DropCause),
    /// A certificate that may not issue others: a document signer comes with its card.
    #[error("not a country signer")]
    NotAnAuthority,
    /// The folder has a newer list of the same source, or a dated one where this has no date.
    #[error("the folder has a newer list")]
    Older,
    /// The folder is full.
    #[error("more than {MAX_ANCHORS} certificates")]
    TooMany,
}

/// A certificate that was in the folder and is not any more, because a newer list of its source leaves it out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Superseded {
    /// The file it was in.
    pub file: String,
    /// Whose certificate it was, as reports display a name.
    pub subject: String,
    /// Its country, two letters.
    pub country: Option<String>,
}

/// Something that was not taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DroppedObject {
    /// The file it came in.
    pub file: String,
    /// Its place in the file, from 1.
    pub place: usize,
    /// Why.
    pub cause: ImportCause,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Import {
    /// The new folder, manifest included; `None` where some file brought nothing at all, and so nothing is changed.
    pub files: Option<Vec<(String, Vec<u8>)>>,
    /// The new manifest.
    pub manifest: Manifest,
    /// Certificates that were taken in, those that were there already included.
    pub certificates: usize,
    /// Revocation lists that were taken in.
    pub revocation_lists: usize,
    /// What was not.
    pub dropped: Vec<DroppedObject>,
    /// Files that brought nothing.
    pub refused: Vec<String>,
    /// Certificates of the old folder that the new one has not.
    pub superseded: Vec<Superseded>,
    /// Countries of all certificates of the new folder, as two letters.
    pub countries: BTreeSet<String>,
    /// Countries that the old folder had and the new one has not.
    pub countries_gone: BTreeSet<String>,
}

/// Takes `offered` into the folder `held`. Master lists are checked against `roots`; without any, against the
/// certificates that are in the folder or stand among the offered ones by themselves.
pub fn import(held: &Held, offered: &[Offered], roots: &[Vec<u8>], at: Timestamp) -> Import {
    let mut intake = Intake::of(held);
    let vouching = intake.vouching(offered, roots);
    let mut refused = Vec::new();
    for file in offered {
        let before = intake.taken;
        // Certificates first, so that lists find their issuers whatever the order of a file.
        for wanted in [ObjectKind::Certificate, ObjectKind::SignedData, ObjectKind::RevocationList] {
            for (index, object) in file.objects.iter().enumerate().filter(|(_, object)| kind(object) == wanted) {
                intake.take(&file.name, index + 1, wanted, object, &vouching);
            }
        }
        if intake.taken == before {
            refused.push(file.name.clone());
        }
    }
    intake.finish(held, refused, at)
}

/// By the name of their files, each with the source that brought it.
type Certificates = BTreeMap<String, (Certificate, Option<String>)>;

#[derive(Default)]
struct Intake {
    certificates: Certificates,
    lists: BTreeMap<String, (RevocationList, Vec<u8>)>,
    sources: BTreeMap<String, Source>,
    dropped: Vec<DroppedObject>,
    taken: usize,
    new_certificates: usize,
    new_lists: usize,
}

impl Intake {
    fn of(held: &Held) -> Self {
        let mut intake = Self::default();
        let known: BTreeMap<&str, &ManifestFile> = held
            .manifest
            .iter()
            .flat_map(|manifest| &manifest.files)
            .map(|file| (file.sha256.as_str(), file))
            .collect();
        for certificate in held.objects.iter().filter_map(|object| Certificate::parse(object).ok()) {
            let source = known.get(sha256(certificate.der()).as_str()).and_then(|file| file.source.clone());
            intake.certificates.insert(certificate_name(&certificate), (certificate, source));
        }
        let authorities = intake.authorities();
        for object in held.objects.iter().filter(|object| kind(object) == ObjectKind::RevocationList) {
            if let Ok(list) = RevocationList::parse(object, &authorities) {
                intake.lists.insert(list_name(&list), (list, object.clone()));
            }
        }
        intake.sources = held.manifest.as_ref().map(|manifest| manifest.sources.clone()).unwrap_or_default();
        intake
    }

    fn vouching(&self, offered: &[Offered], roots: &[Vec<u8>]) -> TrustStore {
        let offered = offered.iter().flat_map(|file| &file.objects);
        let ders: Vec<&[u8]> = if roots.is_empty() {
            let held = self.certificates.values().map(|(certificate, _)| certificate.der());
            held.chain(offered.filter(|object| kind(object) == ObjectKind::Certificate).map(Vec::as_slice)).collect()
        } else {
            roots.iter().map(Vec::as_slice).collect()
        };
        TrustStore::from_certificates(&ders).0
    }

    fn authorities(&self) -> Vec<Certificate> {
        self.certificates.values().map(|(certificate, _)| certificate.clone()).collect()
    }

    fn take(&mut self, file: &str, place: usize, kind: ObjectKind, object: &[u8], vouching: &TrustStore) {
        let taken = match kind {
            ObjectKind::Certificate => self.take_certificate(object),
            ObjectKind::SignedData => self.take_master_list(file, object, vouching),
            ObjectKind::RevocationList => self.take_revocation_list(object),
        };
        match taken {
            Ok(()) => self.taken += 1,
            Err(cause) => self.drop_object(file, place, cause),
        }
    }

    fn drop_object(&mut self, file: &str, place: usize, cause: ImportCause) {
        self.dropped.push(DroppedObject { file: file.to_owned(), place, cause });
    }

    fn take_certificate(&mut self, object: &[u8]) -> Result<(), ImportCause> {
        let certificate = Certificate::parse(object).map_err(DropCause::from)?;
        if !certificate.purposes.authority && certificate.issuer != certificate.subject {
            return Err(ImportCause::NotAnAuthority);
        }
        self.new_certificates += 1;
        // Given by itself, it stays whatever a list says later.
        self.certificates.insert(certificate_name(&certificate), (certificate, None));
        Ok(())
    }

    fn take_master_list(&mut self, file: &str, object: &[u8], vouching: &TrustStore) -> Result<(), ImportCause> {
        let list = master_list::read(object, vouching).map_err(DropCause::from)?;
        let country = list.country.clone().unwrap_or_default();
        let held = self.sources.get(&country).and_then(|source| source.signed);
        if held.is_some_and(|held| list.signing_time.is_none_or(|signed| signed < held)) {
            return Err(ImportCause::Older);
        }
        let source = Source { sha256: sha256(object), signed: list.signing_time };
        self.sources.insert(country.clone(), source);
        self.certificates.retain(|_, (_, from)| from.as_ref() != Some(&country));
        self.take_entries(file, list, &country);
        Ok(())
    }

    fn take_entries(&mut self, file: &str, list: MasterList, country: &str) {
        for (index, entry) in list.entries.into_iter().enumerate() {
            match entry {
                Ok(certificate) => {
                    self.new_certificates += 1;
                    let name = certificate_name(&certificate);
                    self.certificates.entry(name).or_insert((certificate, Some(country.to_owned())));
                }
                Err(cause) => self.drop_object(file, index + 1, DropCause::from(cause).into()),
            }
        }
    }

    fn take_revocation_list(&mut self, object: &[u8]) -> Result<(), ImportCause> {
        let list = RevocationList::parse(object, &self.authorities()).map_err(DropCause::from)?;
        let name = list_name(&list);
        if self.lists.get(&name).is_some_and(|(held, _)| held.this_update() > list.this_update()) {
            return Err(ImportCause::Older);
        }
        self.new_lists += 1;
        self.lists.insert(name, (list, object.to_vec()));
        Ok(())
    }

    fn finish(mut self, held: &Held, refused: Vec<String>, at: Timestamp) -> Import {
        let before = Self::of(held).certificates;
        while self.certificates.len() > MAX_ANCHORS {
            if let Some((name, _)) = self.certificates.pop_last() {
                self.drop_object(&name, 1, ImportCause::TooMany);
            }
        }
        let superseded = superseded(&before, &self.certificates);
        let ders: Vec<&[u8]> = self.certificates.values().map(|(certificate, _)| certificate.der()).collect();
        let deviations = held.deviations.as_deref().and_then(|text| Deviations::parse(text).ok());
        let store = TrustStore::from_certificates(&ders).0;
        let store = deviations.into_iter().fold(store, TrustStore::with_deviations);
        let trust_store = store.version().to_owned();
        let countries = countries_of(&self.certificates);
        let countries_gone = countries_of(&before).difference(&countries).cloned().collect();
        let mut files: Vec<(String, Vec<u8>, Option<String>)> = Vec::new();
        files.extend(self.certificates.into_iter().map(|(name, (one, from))| (name, one.der().to_vec(), from)));
        files.extend(self.lists.into_iter().map(|(name, (_, bytes))| (name, bytes, None)));
        files.extend(held.deviations.iter().map(|text| (DEVIATIONS.to_owned(), text.clone().into_bytes(), None)));
        let listed = |(name, bytes, source): &(String, Vec<u8>, Option<String>)| ManifestFile {
            name: name.clone(),
            sha256: sha256(bytes),
            source: source.clone(),
        };
        let manifest = Manifest {
            format: FORMAT.to_owned(),
            version: held.manifest.as_ref().map_or(0, |manifest| manifest.version) + 1,
            written: at,
            trust_store,
            sources: self.sources,
            files: files.iter().map(listed).collect(),
        };
        let mut written: Vec<(String, Vec<u8>)> = files.into_iter().map(|(name, bytes, _)| (name, bytes)).collect();
        // A structure of text, numbers and times has no value that JSON lacks.
        written.push((MANIFEST.to_owned(), serde_json::to_vec_pretty(&manifest).unwrap_or_default()));
        Import {
            files: refused.is_empty().then_some(written),
            manifest,
            certificates: self.new_certificates,
            revocation_lists: self.new_lists,
            dropped: self.dropped,
            refused,
            superseded,
            countries,
            countries_gone,
        }
    }
}

fn superseded(before: &Certificates, after: &Certificates) -> Vec<Superseded> {
    let gone = before.iter().filter(|(name, _)| !after.contains_key(*name));
    gone.map(|(name, (certificate, _))| Superseded {
        file: name.clone(),
        subject: certificate.subject.display(),
        country: certificate.subject.country(),
    })
    .collect()
}

fn countries_of(certificates: &Certificates) -> BTreeSet<String> {
    certificates.values().filter_map(|(certificate, _)| certificate.subject.country()).collect()
}

fn certificate_name(certificate: &Certificate) -> String {
    let country = certificate.subject.country().unwrap_or_default();
    file_name(&country, &sha256(certificate.der()), "cer")
}

/// One name for all lists of one issuer, so that a newer one takes the older one's place.
fn list_name(list: &RevocationList) -> String {
    let country = list.issuer().country().unwrap_or_default();
    file_name(&country, &sha256(list.issuer().display().as_bytes()), "crl")
}

fn file_name(country: &str, digest: &str, extension: &str) -> String {
    let plain = country.len() == 2 && country.bytes().all(|letter| letter.is_ascii_uppercase());
    let country = if plain { country } else { "ZZ" };
    format!("{country}-{}.{extension}", digest.get(..NAME_DIGITS).unwrap_or(digest))
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode_lower(&HashAlg::Sha256.digest(bytes))
}
