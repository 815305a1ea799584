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

/// The longest way from a signer to an anchor.
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
        self.walk(signer, moment, &mut Vec::new())
    }

    /// Tries every certificate of the store that could have issued `subject`; the best outcome counts.
    fn walk(&self, subject: &Certificate, moment: Timestamp, visited: &mut Vec<usize>) -> Chain<'_> {
        let mut best = Chain::UnknownIssuer;
        for (index, issuer) in self.certificates.iter().enumerate() {
            if visited.contains(&index) || !may_have_issued(issuer, subject) {
                continue;
            }
            visited.push(index);
            let chain = self.step(subject, issuer, moment, visited);
            if matches!(chain, Chain::Anchored(_)) {
                return chain;
            }
            if rank(&chain) > rank(&best) {
                best = chain;
            }
        }
        best
    }

    fn step<'a>(
        &'a self,
        subject: &Certificate,
        issuer: &'a Certificate,
        moment: Timestamp,
        visited: &mut Vec<usize>,
    ) -> Chain<'a> {
        if subject.verify(issuer).is_err() {
            let named = subject.authority_key_id.is_some() && subject.authority_key_id == issuer.subject_key_id;
            let certain = named && subject.issuer == issuer.subject;
            return if certain { Chain::SignatureWrong } else { Chain::UnknownIssuer };
        }
        let authorities_below = visited.len().saturating_sub(1);
        if !is_fit(issuer, authorities_below) {
            return Chain::Unfit;
        }
        if !issuer.is_valid_at(moment) {
            return Chain::IssuerNotValid;
        }
        if is_self_signed(issuer) {
            return Chain::Anchored(issuer);
        }
        if visited.len() >= MAX_STEPS { Chain::UnknownIssuer } else { self.walk(issuer, moment, visited) }
    }
}

/// By name or by key identifier; the signature decides.
fn may_have_issued(issuer: &Certificate, subject: &Certificate) -> bool {
    let by_key_id = subject.authority_key_id.is_some() && subject.authority_key_id == issuer.subject_key_id;
    issuer.subject == subject.issuer || by_key_id
}

fn is_self_signed(certificate: &Certificate) -> bool {
    certificate.issuer == certificate.subject && certificate.verify(certificate).is_ok()
}

/// Link certificates are self-issued, so a path length never counts them (RFC 5280 §4.2.1.9); what counts is counted
/// generously here as every authority below, and only a stated limit of more than zero can be passed by it.
fn is_fit(issuer: &Certificate, authorities_below: usize) -> bool {
    let purposes = issuer.purposes;
    let self_issued = issuer.issuer == issuer.subject;
    let within_path = purposes
        .path_length
        .is_none_or(|limit| self_issued || usize::try_from(limit).unwrap_or(usize::MAX) >= authorities_below);
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
