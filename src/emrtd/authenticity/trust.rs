//! The trust store and the way from a document signer to it (ICAO Doc 9303-12 §4 and §7.1.1).
//!
//! Several country signers under one name are common, so issuers are found by trying keys, not by names alone. An
//! anchor is a self-signed certificate of the store; link certificates are steps on the way to one.
//!
//! Invariants: nothing is trusted that is not in the store; every walk ends, whatever the certificates say.

use crate::bits::hex;
use crate::crypto::HashAlg;
use crate::emrtd::authenticity::certificate::{Certificate, CertificateError};
use jiff::Timestamp;

/// The most certificates that a store holds.
pub const MAX_ANCHORS: usize = 4096;

/// The most certificates on the way from a signer to its anchor.
const MAX_STEPS: usize = 5;

/// Country signing certificates, as they were configured.
#[derive(Debug, Clone, Default)]
pub struct TrustStore {
    version: String,
    certificates: Vec<Certificate>,
}

/// A certificate that was left out of a store, by its place in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dropped {
    /// Counted from zero.
    pub index: usize,
    /// Why.
    pub cause: CertificateError,
}

/// What the store says about a document signer.
#[derive(Debug, Clone)]
pub enum Chain<'a> {
    /// It was issued under this anchor.
    Anchored(&'a Certificate),
    /// No certificate of the store issued it.
    UnknownIssuer,
    /// It names a certificate of the store by name and key identifier, and was not signed by it.
    SignatureWrong,
    /// It was signed by one, and a certificate on the way may not do what it did.
    Unfit,
    /// It was signed by one that was not valid at that time.
    IssuerNotValid,
}

impl TrustStore {
    /// An empty store; every document signer is unknown to it.
    pub fn empty() -> Self {
        Self::default()
    }

    /// A store of DER certificates. A broken one is left out and reported; the others are kept.
    ///
    /// The version names the content: the first 16 hexadecimal digits of a hash over all certificates.
    pub fn from_certificates<B: AsRef<[u8]>>(ders: &[B]) -> (Self, Vec<Dropped>) {
        let (mut certificates, mut dropped) = (Vec::new(), Vec::new());
        for (index, der) in ders.iter().enumerate().take(MAX_ANCHORS) {
            match Certificate::parse(der.as_ref()) {
                Ok(certificate) => certificates.push(certificate),
                Err(cause) => dropped.push(Dropped { index, cause }),
            }
        }
        let version = version(&certificates);
        (Self { version, certificates }, dropped)
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

    /// The way from a document signer to an anchor, judged at `moment` (the time of signing).
    pub fn chain(&self, signer: &Certificate, moment: Timestamp) -> Chain<'_> {
        let mut walk = Walk { store: self, moment, path: Vec::new() };
        walk.issuers_of(signer, 0)
    }
}

/// One search for a way to an anchor.
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
        for (index, issuer) in self.store.certificates.iter().enumerate() {
            if self.path.contains(&index) || !may_have_issued(issuer, subject) {
                continue;
            }
            self.path.push(index);
            let chain = self.step(subject, issuer, authorities_below);
            self.path.pop();
            if matches!(chain, Chain::Anchored(_)) {
                return chain;
            }
            if rank(&chain) > rank(&best) {
                best = chain;
            }
        }
        best
    }

    fn step(&mut self, subject: &Certificate, issuer: &'a Certificate, authorities_below: u32) -> Chain<'a> {
        if subject.verify(issuer).is_err() {
            let named = subject.authority_key_id.is_some() && subject.authority_key_id == issuer.subject_key_id;
            let certain = named && subject.issuer == issuer.subject;
            return if certain { Chain::SignatureWrong } else { Chain::UnknownIssuer };
        }
        if !is_fit(issuer, authorities_below) {
            return Chain::Unfit;
        }
        if !issuer.is_valid_at(self.moment) {
            return Chain::IssuerNotValid;
        }
        let self_issued = issuer.issuer == issuer.subject;
        if self_issued && issuer.verify(issuer).is_ok() {
            return Chain::Anchored(issuer);
        }
        if self.path.len() >= MAX_STEPS {
            return Chain::UnknownIssuer;
        }
        // Self-issued certificates do not count towards a path length (RFC 5280 §4.2.1.9).
        self.issuers_of(issuer, authorities_below + u32::from(!self_issued))
    }
}

/// By name or by key identifier; the signature decides.
fn may_have_issued(issuer: &Certificate, subject: &Certificate) -> bool {
    let by_key_id = subject.authority_key_id.is_some() && subject.authority_key_id == issuer.subject_key_id;
    issuer.subject == subject.issuer || by_key_id
}

fn is_fit(issuer: &Certificate, authorities_below: u32) -> bool {
    let purposes = issuer.purposes;
    let within_path = purposes.path_length.is_none_or(|limit| authorities_below <= limit);
    purposes.certificate_signing && purposes.authority && !purposes.unknown_critical && within_path
}

fn rank(chain: &Chain<'_>) -> u8 {
    match chain {
        Chain::UnknownIssuer => 0,
        Chain::SignatureWrong => 1,
        Chain::IssuerNotValid => 2,
        Chain::Unfit => 3,
        Chain::Anchored(_) => 4,
    }
}

fn version(certificates: &[Certificate]) -> String {
    let mut digests: Vec<Vec<u8>> =
        certificates.iter().map(|certificate| HashAlg::Sha256.digest(certificate.der())).collect();
    digests.sort();
    let mut text = hex::encode_lower(&HashAlg::Sha256.digest(&digests.concat()));
    text.truncate(16);
    text
}
