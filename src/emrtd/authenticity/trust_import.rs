//! What becomes of a trust folder when an authority's files are taken in (ICAO Doc 9303-12 §8 and §9; field lesson 22).
//!
//! A folder is a manifest with a number that grows, certificates, and revocation lists. A master list counts only under
//! a root that did not come with it, and never when the folder has a newer one of the same country.
//!
//! Invariants: pure; nothing that was in the folder is lost but what a newer list of the same source leaves out; what
//! is not taken is named with its cause.

use crate::authenticity::certificate::Certificate;
use crate::authenticity::deviation::Deviations;
use crate::authenticity::master_list::{self, MasterList};
use crate::authenticity::revocation::RevocationList;
use crate::authenticity::trust::{DropCause, MAX_ANCHORS, ObjectKind, TrustStore, kind};
use bits::hex;
use crypto::HashAlg;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;

/// The form of the manifest.
const FORMAT: &str = "diemdanh trust folder 1";
/// The name of the manifest within the folder.
const MANIFEST: &str = "manifest.json";
/// The name of the list of deviations within the folder.
const DEVIATIONS: &str = "deviations.toml";
/// How far a date may lie ahead: clocks differ.
const FUTURE_TOLERANCE: SignedDuration = SignedDuration::from_hours(24);
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
    /// A list without a root of its own that speaks for so many country signers of other countries.
    #[error("speaks for {0} country signers of other countries: give its root, or accept that")]
    OtherCountries(usize),
    /// It says that it was made at a time that has not come yet: it would lock every honest one out.
    #[error("dated in the future")]
    FromTheFuture,
    /// A certificate that names its own key as its issuer's, and is not signed by it.
    #[error("invalid self-signature")]
    SelfSignatureWrong,
    /// The folder is full.
    #[error("more than {MAX_ANCHORS} certificates")]
    TooMany,
}

/// A certificate that is in the folder and was not before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// The file it is in.
    pub file: String,
    /// Whose certificate it is, as reports display a name.
    pub subject: String,
    /// Its country, two letters.
    pub country: Option<String>,
    /// The signer and the CSCA of the list that brought it; none where it was given by itself.
    pub vouched_by: Option<String>,
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
    /// Certificates that were taken in, each once, those that were there already included.
    pub certificates: usize,
    /// How many of them were there already.
    pub known: usize,
    /// Those that are new, each with who vouched for it.
    pub added: Vec<Added>,
    /// Files of self-issued certificates whose signature nobody in the folder made: they help only as links.
    pub unproven: Vec<String>,
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
/// certificates that are in the folder or stand among the offered ones by themselves, and then a list speaks for its own
/// country only.
pub fn import(held: &Held, offered: &[Offered], roots: &[Vec<u8>], at: Timestamp) -> Import {
    import_vouched(held, offered, Vouching { roots, others: false }, at)
}

/// Who may vouch for whom.
#[derive(Debug, Clone, Copy)]
pub struct Vouching<'a> {
    /// The certificates under which lists must be signed.
    pub roots: &'a [Vec<u8>],
    /// Without roots, a list may speak for other countries than its own: somebody has said yes to that.
    pub others: bool,
}

/// The same with an explicit word about who may vouch for whom.
pub fn import_vouched(held: &Held, offered: &[Offered], vouching: Vouching<'_>, at: Timestamp) -> Import {
    let mut intake = Intake::of(held);
    let rules = Rules {
        store: intake.vouching(offered, vouching.roots),
        own_country_only: vouching.roots.is_empty() && !vouching.others,
        at,
    };
    let mut refused = Vec::new();
    for file in offered {
        let before = intake.taken;
        // Certificates first, so that lists find their issuers whatever the order of a file.
        for wanted in [ObjectKind::Certificate, ObjectKind::SignedData, ObjectKind::RevocationList] {
            for (index, object) in file.objects.iter().enumerate().filter(|(_, object)| kind(object) == wanted) {
                intake.take(&file.name, index + 1, wanted, object, &rules);
            }
        }
        if intake.taken == before {
            refused.push(file.name.clone());
        }
    }
    intake.finish(held, refused, at)
}

/// What an intake goes by.
struct Rules {
    store: TrustStore,
    own_country_only: bool,
    at: Timestamp,
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
    /// By the name of their files, with the list that vouched for each.
    accepted: BTreeMap<String, Option<String>>,
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

    fn take(&mut self, file: &str, place: usize, kind: ObjectKind, object: &[u8], rules: &Rules) {
        let taken = match kind {
            ObjectKind::Certificate => self.take_certificate(object),
            ObjectKind::SignedData => self.take_master_list(file, object, rules),
            ObjectKind::RevocationList => self.take_revocation_list(object, rules.at),
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
        check_country_signer(&certificate)?;
        // Given by itself, it stays whatever a list says later.
        let name = certificate_name(&certificate);
        self.accepted.insert(name.clone(), None);
        self.certificates.insert(name, (certificate, None));
        Ok(())
    }

    fn take_master_list(&mut self, file: &str, object: &[u8], rules: &Rules) -> Result<(), ImportCause> {
        let list = master_list::read(object, &rules.store, rules.at).map_err(DropCause::from)?;
        let country = list.country.clone().unwrap_or_default();
        let held = self.sources.get(&country).and_then(|source| source.signed);
        if held.is_some_and(|held| list.signing_time.is_none_or(|signed| signed < held)) {
            return Err(ImportCause::Older);
        }
        let is_foreign = |certificate: &&Certificate| certificate.subject.country() != list.country;
        let foreign = list.entries.iter().flatten().filter(is_foreign).count();
        if rules.own_country_only && foreign > 0 {
            return Err(ImportCause::OtherCountries(foreign));
        }
        let source = Source { sha256: sha256(object), signed: list.signing_time };
        self.sources.insert(country.clone(), source);
        self.certificates.retain(|_, (_, from)| from.as_ref() != Some(&country));
        self.take_entries(file, list, &country);
        Ok(())
    }

    fn take_entries(&mut self, file: &str, list: MasterList, country: &str) {
        for (index, entry) in list.entries.into_iter().enumerate() {
            let checked = entry.map_err(|cause| DropCause::from(cause).into());
            match checked.and_then(|certificate| check_self_signature(&certificate).map(|()| certificate)) {
                Ok(certificate) => {
                    let name = certificate_name(&certificate);
                    self.accepted.entry(name.clone()).or_insert_with(|| Some(list.vouched_by.clone()));
                    self.certificates.entry(name).or_insert((certificate, Some(country.to_owned())));
                }
                Err(cause) => self.drop_object(file, index + 1, cause),
            }
        }
    }

    fn take_revocation_list(&mut self, object: &[u8], at: Timestamp) -> Result<(), ImportCause> {
        let list = RevocationList::parse(object, &self.authorities()).map_err(DropCause::from)?;
        if list.this_update().is_none_or(|begin| begin.duration_since(at) > FUTURE_TOLERANCE) {
            return Err(ImportCause::FromTheFuture);
        }
        let name = list_name(&list);
        if self.lists.get(&name).is_some_and(|(held, _)| held.this_update() > list.this_update()) {
            return Err(ImportCause::Older);
        }
        self.new_lists += 1;
        self.lists.insert(name, (list, object.to_vec()));
        Ok(())
    }

    /// Those that were taken in and were not there before, each with who vouched for it.
    fn added(&self, before: &Certificates) -> Vec<Added> {
        let new = self.certificates.iter().filter(|(name, _)| !before.contains_key(*name));
        new.map(|(name, (certificate, _))| Added {
            file: name.clone(),
            subject: certificate.subject.display(),
            country: certificate.subject.country(),
            vouched_by: self.accepted.get(name).cloned().flatten(),
        })
        .collect()
    }

    /// Self-issued certificates that neither their own key nor another's of the folder signed.
    fn unproven(&self) -> Vec<String> {
        let is_signed = |subject: &Certificate| {
            let mut namesakes = self.certificates.values().filter(|(other, _)| other.subject == subject.issuer);
            namesakes.any(|(other, _)| subject.verify(other).is_ok())
        };
        let self_issued = self.certificates.iter().filter(|(_, (one, _))| one.issuer == one.subject);
        self_issued.filter(|(_, (one, _))| !is_signed(one)).map(|(name, _)| name.clone()).collect()
    }

    fn finish(mut self, held: &Held, refused: Vec<String>, at: Timestamp) -> Import {
        let before = Self::of(held).certificates;
        while self.certificates.len() > MAX_ANCHORS {
            if let Some((name, _)) = self.certificates.pop_last() {
                self.drop_object(&name, 1, ImportCause::TooMany);
            }
        }
        let superseded = superseded(&before, &self.certificates);
        let (added, unproven) = (self.added(&before), self.unproven());
        let known = self.accepted.keys().filter(|name| before.contains_key(*name)).count();
        let certificates = self.accepted.len();
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
            certificates,
            known,
            added,
            unproven,
            revocation_lists: self.new_lists,
            dropped: self.dropped,
            refused,
            superseded,
            countries,
            countries_gone,
        }
    }
}

/// A document signer comes with its card; everybody else must be what it says.
fn check_country_signer(certificate: &Certificate) -> Result<(), ImportCause> {
    if !certificate.purposes.is_authority() && certificate.issuer != certificate.subject {
        return Err(ImportCause::NotAnAuthority);
    }
    check_self_signature(certificate)
}

/// A certificate that names its own key as its issuer's must be signed by it.
fn check_self_signature(certificate: &Certificate) -> Result<(), ImportCause> {
    let names_itself =
        certificate.authority_key_id.is_some() && certificate.authority_key_id == certificate.subject_key_id;
    let is_self_issued = certificate.issuer == certificate.subject;
    let is_wrong = is_self_issued && names_itself && certificate.verify(certificate).is_err();
    if is_wrong { Err(ImportCause::SelfSignatureWrong) } else { Ok(()) }
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

/// One name for all lists of one issuer and scope, so that a newer one takes the older one's place, and a delta or a list
/// for a part never a whole one's.
fn list_name(list: &RevocationList) -> String {
    let country = list.issuer().country().unwrap_or_default();
    file_name(&country, &sha256(format!("{}{}", list.issuer().display(), list.scope_id()).as_bytes()), "crl")
}

fn file_name(country: &str, digest: &str, extension: &str) -> String {
    let plain = country.len() == 2 && country.bytes().all(|letter| letter.is_ascii_uppercase());
    let country = if plain { country } else { "ZZ" };
    format!("{country}-{}.{extension}", digest.get(..NAME_DIGITS).unwrap_or(digest))
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode_lower(&HashAlg::Sha256.digest(bytes))
}
