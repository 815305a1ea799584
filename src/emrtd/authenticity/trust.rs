//! The trust store and the way from a document signer to it (ICAO Doc 9303-12 §4 and §7.1.1).
//!
//! Several country signers under one name are common, so issuers are found by trying keys, not by names alone. An
//! CSCA is a self-signed certificate of the store; link certificates are steps on the way to one.
//!
//! Invariants: nothing is trusted that is not in the store; every walk ends, whatever the certificates say.

use crate::authenticity::certificate::{Certificate, CertificateError};
use crate::authenticity::deviation::{DeviationError, Deviations};
use crate::authenticity::master_list::{self, MasterListError};
use crate::authenticity::revocation::{self, RevocationList, RevocationListError, RevocationVerdict};
use crate::authenticity::verified::Verified;
use bits::hex;
use bits::tlv::Reader;
use crypto::HashAlg;
use jiff::Timestamp;
use thiserror::Error;

/// The most certificates that a store holds.
pub const MAX_ANCHORS: usize = 4096;

/// The most certificates on the way from a signer to its CSCA.
const MAX_STEPS: usize = 5;

/// Country signing certificates, as they were configured.
#[derive(Debug, Clone, Default)]
pub struct TrustStore {
    version: String,
    certificates: Vec<Certificate>,
    revocation_lists: Vec<RevocationList>,
    deviations: Deviations,
    verified: Verified,
}

/// Something that was left out of a store, by its place among the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dropped {
    /// Counted from zero.
    pub index: usize,
    /// Why.
    pub cause: DropCause,
}

/// Why something was left out of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DropCause {
    /// A certificate that cannot be used, by itself or within a master list.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// A master list that was refused whole.
    #[error(transparent)]
    MasterList(#[from] MasterListError),
    /// A revocation list that was refused.
    #[error(transparent)]
    RevocationList(#[from] RevocationListError),
    /// A country signer in a list that another country signed: only `diemdanh-board trust import --root` takes those.
    #[error("a country signer of another country than its list's")]
    OtherCountry,
}

/// What the store says about a document signer.
#[derive(Debug, Clone)]
pub enum Chain<'a> {
    /// It was issued under this CSCA.
    UnderCsca(&'a Certificate),
    /// No certificate of the store issued it.
    UnknownIssuer,
    /// It names a certificate of the store by name and key identifier, and was not signed by it.
    SignatureWrong,
    /// It was signed by one, and a certificate on the way may not do what it did.
    Unfit,
    /// It was signed by one that had ended at that time.
    IssuerExpired,
    /// It was signed by one that had not begun at that time.
    IssuerNotYetValid,
}

impl TrustStore {
    /// An empty store; every document signer is unknown to it.
    pub fn empty() -> Self {
        let mut store = Self::default();
        store.version = version(&store.certificates, &store.deviations);
        store
    }

    /// A store of DER objects: certificates, master lists, revocation lists, in any order. What is broken or not
    /// well signed is left out and reported; the others are kept.
    ///
    /// Master lists are checked against the certificates that stand for themselves, revocation lists against all.
    /// The version names the content: the first 16 hexadecimal digits of a hash over all certificates.
    pub fn from_certificates<B: AsRef<[u8]>>(ders: &[B]) -> (Self, Vec<Dropped>) {
        Self::from_objects(ders, false)
    }

    fn from_objects<B: AsRef<[u8]>>(ders: &[B], own_country_only: bool) -> (Self, Vec<Dropped>) {
        let mut store = Self::default();
        let (mut dropped, mut others) = (Vec::new(), Vec::new());
        for (index, der) in ders.iter().map(AsRef::as_ref).enumerate().take(MAX_ANCHORS) {
            match Certificate::parse(der) {
                Ok(certificate) => store.certificates.push(certificate),
                Err(cause) => others.push((index, der, cause)),
            }
        }
        let lists = store.take_master_lists(&others, own_country_only, &mut dropped);
        store.certificates.extend(lists);
        store.certificates.truncate(MAX_ANCHORS);
        store.take_revocation_lists(&others, &mut dropped);
        dropped.sort_by_key(|dropped| dropped.index);
        store.version = version(&store.certificates, &store.deviations);
        (store, dropped)
    }

    /// The certificates of every master list among `others` that this store's own certificates vouch for.
    fn take_master_lists(
        &self,
        others: &[(usize, &[u8], CertificateError)],
        own_country_only: bool,
        dropped: &mut Vec<Dropped>,
    ) -> Vec<Certificate> {
        let mut certificates = Vec::new();
        for (index, bytes, _) in others.iter().filter(|(_, bytes, _)| kind(bytes) == ObjectKind::SignedData) {
            // Nothing here is older or newer than something else, so the present does not matter.
            match master_list::read(bytes, self, Timestamp::MAX) {
                Ok(list) => {
                    for entry in list.entries {
                        let cause = match entry {
                            Ok(certificate) if !own_country_only || certificate.subject.country() == list.country => {
                                certificates.push(certificate);
                                continue;
                            }
                            Ok(_) => DropCause::OtherCountry,
                            Err(cause) => cause.into(),
                        };
                        dropped.push(Dropped { index: *index, cause });
                    }
                }
                Err(cause) => dropped.push(Dropped { index: *index, cause: cause.into() }),
            }
        }
        certificates
    }

    fn take_revocation_lists(&mut self, others: &[(usize, &[u8], CertificateError)], dropped: &mut Vec<Dropped>) {
        for (index, bytes, not_a_certificate) in others {
            let cause = match kind(bytes) {
                ObjectKind::SignedData => continue,
                ObjectKind::Certificate => (*not_a_certificate).into(),
                ObjectKind::RevocationList => match RevocationList::parse(bytes, &self.certificates) {
                    Ok(list) => {
                        self.revocation_lists.push(list);
                        continue;
                    }
                    Err(cause) => cause.into(),
                },
            };
            dropped.push(Dropped { index: *index, cause });
        }
    }

    /// A store of DER objects and the text of a list of deviations, as they lie in a trust folder. Nobody has said there
    /// which certificate is the root of a master list, so a list speaks for its signer's own country only.
    ///
    /// # Errors
    /// [`DeviationError`]: a store without its rules is another store.
    pub fn from_folder<B: AsRef<[u8]>>(
        ders: &[B],
        deviations: Option<&str>,
    ) -> Result<(Self, Vec<Dropped>), DeviationError> {
        let (store, dropped) = Self::from_objects(ders, true);
        let deviations = deviations.map(Deviations::parse).transpose()?;
        Ok((deviations.into_iter().fold(store, Self::with_deviations), dropped))
    }

    /// The same store with a list of deviations; the version names both.
    #[must_use]
    pub fn with_deviations(mut self, deviations: Deviations) -> Self {
        self.deviations = deviations;
        self.version = version(&self.certificates, &self.deviations);
        self
    }

    /// The known deviations.
    pub fn deviations(&self) -> &Deviations {
        &self.deviations
    }

    /// What the revocation lists say about a document signer at the moment `at`.
    pub fn revocation(&self, signer: &Certificate, at: Timestamp) -> RevocationVerdict {
        revocation::judge(&self.revocation_lists, signer, at)
    }

    /// What names this state of the store in reports and records.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// How many certificates it holds.
    pub fn len(&self) -> usize {
        self.certificates.len()
    }

    /// True when it holds none.
    pub fn is_empty(&self) -> bool {
        self.certificates.is_empty()
    }

    /// The certificates, for a report of the store.
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// Whether the key of `issuer` verifies the signature of `subject`.
    pub(super) fn has_signed(&self, issuer: &Certificate, subject: &Certificate) -> bool {
        self.verified.by(subject, issuer)
    }

    /// Whether a certificate of the store that `subject` names by its key identifier has signed it.
    pub(super) fn has_named_issuer(&self, subject: &Certificate) -> bool {
        let mut named = self.certificates.iter().filter(|issuer| is_named_by(issuer, subject));
        named.any(|issuer| self.has_signed(issuer, subject))
    }

    /// Looks once at who signed the certificate number `index`, so that the first card that needs it does not wait for
    /// that. False when there is none of this number.
    pub fn warm(&self, index: usize) -> bool {
        let Some(certificate) = self.certificates.get(index) else { return false };
        let _ = self.chain(certificate, Timestamp::UNIX_EPOCH);
        // A walk tries a link certificate's own key too, once it has led there.
        let _ = certificate.issuer == certificate.subject && self.has_signed(certificate, certificate);
        true
    }

    /// The way from a document signer to a CSCA, judged at `moment` (the time of signing).
    pub fn chain(&self, signer: &Certificate, moment: Timestamp) -> Chain<'_> {
        let mut walk = Walk { store: self, moment, path: Vec::new() };
        walk.issuers_of(signer, 0)
    }
}

/// One search for a way to a CSCA.
struct Walk<'a> {
    store: &'a TrustStore,
    moment: Timestamp,
    /// The certificates on the way so far, so that a loop is not walked twice.
    path: Vec<usize>,
}

impl<'a> Walk<'a> {
    /// Tries every certificate of the store that could have issued `subject`; the best outcome counts.
    fn issuers_of(&mut self, subject: &Certificate, authorities_below: u32) -> Chain<'a> {
        let mut best = Chain::UnknownIssuer;
        let store = self.store;
        // The certificate that the key identifier names is the right one nearly always; the others are tried after it.
        let all = || store.certificates.iter().enumerate();
        let named = all().filter(|(_, issuer)| is_named_by(issuer, subject));
        let others = all().filter(|(_, issuer)| !is_named_by(issuer, subject) && issuer.subject == subject.issuer);
        for (index, issuer) in named.chain(others) {
            if self.path.contains(&index) {
                continue;
            }
            self.path.push(index);
            let chain = self.step(subject, issuer, authorities_below);
            self.path.pop();
            if matches!(chain, Chain::UnderCsca(_)) {
                return chain;
            }
            if rank(&chain) > rank(&best) {
                best = chain;
            }
        }
        best
    }

    fn step(&mut self, subject: &Certificate, issuer: &'a Certificate, authorities_below: u32) -> Chain<'a> {
        if !self.store.has_signed(issuer, subject) {
            // Two country signers of one name may bear the same key identifier, unless it is a digest of the key; and
            // an algorithm that is not known here shows nothing.
            let certain = is_named_by(issuer, subject)
                && subject.issuer == issuer.subject
                && issuer.names_its_key()
                && subject.algorithm().is_some();
            return if certain { Chain::SignatureWrong } else { Chain::UnknownIssuer };
        }
        let self_issued = issuer.issuer == issuer.subject;
        let is_csca = may_sign_itself(issuer) && self.store.has_signed(issuer, issuer);
        let is_self_signed = is_csca || (self_issued && self.store.has_signed(issuer, issuer));
        if !is_fit(issuer, authorities_below, is_self_signed) {
            return Chain::Unfit;
        }
        if self.moment < issuer.not_before {
            return Chain::IssuerNotYetValid;
        }
        if self.moment > issuer.not_after {
            return Chain::IssuerExpired;
        }
        if is_csca {
            return Chain::UnderCsca(issuer);
        }
        if self.path.len() >= MAX_STEPS {
            return Chain::UnknownIssuer;
        }
        // Self-issued certificates do not count towards a path length (RFC 5280 §4.2.1.9), nor do links that give a
        // country's next key a new name (ICAO Doc 9303-12 §7.1.1: country signers have a path length of 0).
        let is_link = self_issued || issuer.issuer.country().is_some_and(|own| issuer.subject.country() == Some(own));
        let chain = self.issuers_of(issuer, authorities_below + u32::from(!is_link));
        // A CSCA whose identifiers do not fit each other is a CSCA still.
        let is_odd_csca = is_self_signed && !matches!(chain, Chain::UnderCsca(_));
        if is_odd_csca { Chain::UnderCsca(issuer) } else { chain }
    }
}

/// A link certificate names another key than its own; trying its own would only take time.
fn may_sign_itself(certificate: &Certificate) -> bool {
    let names_itself = certificate.authority_key_id.is_none() || is_named_by(certificate, certificate);
    certificate.issuer == certificate.subject && names_itself
}

/// By key identifier; the signature decides.
fn is_named_by(issuer: &Certificate, subject: &Certificate) -> bool {
    subject.authority_key_id.is_some() && subject.authority_key_id == issuer.subject_key_id
}

/// What a CSCA's extensions do not say is not asked for (RFC 5280 §6.1.1 d: a CSCA is a name and a key); what they
/// forbid holds. Everybody else must be allowed.
fn is_fit(issuer: &Certificate, authorities_below: u32, is_self_signed: bool) -> bool {
    let purposes = issuer.purposes;
    let within_path = purposes.path_length.is_none_or(|limit| authorities_below <= limit);
    let allowed = purposes.certificate_signing && purposes.is_authority();
    within_path && !purposes.forbids_certifying() && (is_self_signed || allowed)
}

/// What a DER object for a trust store was meant to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectKind {
    /// Anything that is neither of the others.
    Certificate,
    /// Signed data: a master list, if anything.
    SignedData,
    /// A revocation list.
    RevocationList,
}

/// Signed data starts with an identifier; a revocation list's second field is an algorithm, or a time follows a name
/// where a certificate has its validity (RFC 5280 §5.1.2, RFC 5652 §3).
pub fn kind(der: &[u8]) -> ObjectKind {
    let Ok(outer) = Reader::new(der).expect(0x30) else { return ObjectKind::Certificate };
    let mut fields = outer.children();
    match fields.read() {
        Ok(first) if first.tag == 0x06 => ObjectKind::SignedData,
        Ok(first) if first.tag == 0x30 => {
            let mut body = first.children();
            // A version 2 list starts with its number, a version 1 list with the algorithm; a certificate's version
            // is in a tag of its own, or left out before a serial number of another length.
            match body.read() {
                Ok(version) if version.tag == 0x02 && version.value == [1] => ObjectKind::RevocationList,
                Ok(algorithm) if algorithm.tag == 0x30 => ObjectKind::RevocationList,
                _ => ObjectKind::Certificate,
            }
        }
        _ => ObjectKind::Certificate,
    }
}

fn rank(chain: &Chain<'_>) -> u8 {
    match chain {
        Chain::UnknownIssuer => 0,
        Chain::SignatureWrong => 1,
        Chain::IssuerExpired | Chain::IssuerNotYetValid => 2,
        Chain::Unfit => 3,
        Chain::UnderCsca(_) => 4,
    }
}

fn version(certificates: &[Certificate], deviations: &Deviations) -> String {
    let mut digests: Vec<Vec<u8>> =
        certificates.iter().map(|certificate| HashAlg::Sha256.digest(certificate.der())).collect();
    digests.sort();
    digests.push(deviations.digest().to_vec());
    let mut text = hex::encode_lower(&HashAlg::Sha256.digest(&digests.concat()));
    text.truncate(16);
    text
}
