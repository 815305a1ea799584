//! Certificate revocation lists of country signers (ICAO Doc 9303-12 §7.1.4, RFC 5280 §5).
//!
//! Invariants: a list counts only with a good signature of a certificate of the store that bears its issuer's name; a
//! list that is out of date can still revoke, and can no longer clear.

use crate::bits::tlv::Reader;
use crate::emrtd::authenticity::certificate::Certificate;
use crate::emrtd::authenticity::name::Name;
use crate::emrtd::authenticity::signature::SignatureAlg;
use jiff::Timestamp;
use std::collections::BTreeSet;
use thiserror::Error;
use x509_parser::prelude::FromDer as _;
use x509_parser::revocation_list::CertificateRevocationList;

/// The most revoked certificates that one list may name.
const MAX_ENTRIES: usize = 100_000;

/// Why a list is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RevocationListError {
    /// Not a list, or a broken one.
    #[error("not a well-formed revocation list")]
    Malformed,
    /// More entries than any list has.
    #[error("too many entries")]
    TooManyEntries,
    /// A signature algorithm that is not supported.
    #[error("an unknown signature algorithm")]
    Algorithm,
    /// No certificate of the store signed it.
    #[error("no certificate of the store signed the list")]
    IssuerUnknown,
}

/// What the lists of a store say about a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevocationVerdict {
    /// A list names it.
    Revoked,
    /// A list that is in force does not name it.
    NotRevoked,
    /// There are lists of its issuer, all out of date.
    Stale,
    /// There is no list of its issuer.
    NoList,
}

/// A list whose signature was checked.
#[derive(Debug, Clone)]
pub struct RevocationList {
    issuer: Name,
    this_update: Option<Timestamp>,
    next_update: Option<Timestamp>,
    serials: BTreeSet<Vec<u8>>,
}

impl RevocationList {
    /// Reads a list and checks its signature against the certificates that bear its issuer's name.
    ///
    /// # Errors
    /// [`RevocationListError`].
    pub fn parse(der: &[u8], authorities: &[Certificate]) -> Result<Self, RevocationListError> {
        let (rest, list) = CertificateRevocationList::from_der(der).map_err(|_| RevocationListError::Malformed)?;
        if !rest.is_empty() {
            return Err(RevocationListError::Malformed);
        }
        let issuer = Name::parse(list.issuer().as_raw()).map_err(|_| RevocationListError::Malformed)?;
        check_signature(der, &list.signature_value.data, &issuer, authorities)?;
        let serials: BTreeSet<Vec<u8>> = list
            .iter_revoked_certificates()
            .take(MAX_ENTRIES + 1)
            .map(|entry| significant(entry.raw_serial()).to_vec())
            .collect();
        if serials.len() > MAX_ENTRIES {
            return Err(RevocationListError::TooManyEntries);
        }
        let next_update = list.next_update().and_then(|time| Timestamp::from_second(time.timestamp()).ok());
        let this_update = Timestamp::from_second(list.last_update().timestamp()).ok();
        Ok(Self { issuer, this_update, next_update, serials })
    }
}

impl RevocationList {
    /// Who issued it.
    pub fn issuer(&self) -> &Name {
        &self.issuer
    }

    /// When it was issued.
    pub fn this_update(&self) -> Option<Timestamp> {
        self.this_update
    }
}

/// What `lists` say about `certificate` at the moment `at`.
pub fn judge(lists: &[RevocationList], certificate: &Certificate, at: Timestamp) -> RevocationVerdict {
    let serial = significant(&certificate.serial);
    let mut verdict = RevocationVerdict::NoList;
    for list in lists.iter().filter(|list| list.issuer == certificate.issuer) {
        if list.serials.contains(serial) {
            return RevocationVerdict::Revoked;
        }
        let in_force = list.next_update.is_some_and(|end| at <= end);
        if in_force {
            verdict = RevocationVerdict::NotRevoked;
        } else if verdict == RevocationVerdict::NoList {
            verdict = RevocationVerdict::Stale;
        }
    }
    verdict
}

fn check_signature(
    der: &[u8],
    signature: &[u8],
    issuer: &Name,
    authorities: &[Certificate],
) -> Result<(), RevocationListError> {
    let malformed = |_| RevocationListError::Malformed;
    let mut outer = Reader::new(der).expect(0x30).map_err(malformed)?.children();
    let signed = outer.expect(0x30).map_err(malformed)?;
    let algorithm = outer.expect(0x30).map_err(malformed)?;
    let algorithm = SignatureAlg::parse(&algorithm, None).map_err(|_| RevocationListError::Algorithm)?;
    let signed_by = |authority: &&Certificate| {
        authority.subject == *issuer
            && authority.purposes.authority
            && algorithm.verify(&authority.key, signed.raw, signature).is_ok()
    };
    authorities.iter().find(signed_by).map(|_| ()).ok_or(RevocationListError::IssuerUnknown)
}

/// Without leading zeros, which writers of certificates and of lists do not agree on.
fn significant(number: &[u8]) -> &[u8] {
    let start = number.iter().position(|byte| *byte != 0).unwrap_or(number.len());
    number.get(start..).unwrap_or_default()
}
