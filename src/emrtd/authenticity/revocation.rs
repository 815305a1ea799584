//! Certificate revocation lists of country signers (ICAO Doc 9303-12 §7.1.4, RFC 5280 §5).
//!
//! Invariants: a list counts only with a good signature of a certificate of the store that bears its issuer's name and
//! may sign lists; a list that is out of date, not yet in force, partial or not wholly understood can still revoke, and
//! never clears.

use crate::authenticity::certificate::Certificate;
use crate::authenticity::name::Name;
use crate::authenticity::signature::SignatureAlg;
use bits::tlv::Reader;
use jiff::Timestamp;
use std::collections::BTreeSet;
use thiserror::Error;
use x509_parser::extensions::{DistributionPointName, GeneralName, IssuingDistributionPoint, ParsedExtension};
use x509_parser::prelude::{FromDer as _, X509Extension};
use x509_parser::revocation_list::{CertificateRevocationList, RevokedCertificate};
use x509_parser::x509::ReasonCode;

/// The most revoked certificates that one list may name.
const MAX_ENTRIES: usize = 100_000;
/// The most names of a distribution point that are looked at.
const MAX_NAMES: usize = 16;

/// Why a list is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RevocationListError {
    /// Not a list, or a broken one.
    #[error("not a well-formed revocation list")]
    Malformed,
    /// More entries than any list has.
    #[error("more than {MAX_ENTRIES} entries")]
    TooManyEntries,
    /// A signature algorithm that is not supported.
    #[error("unknown signature algorithm")]
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
    /// A list that is in force and covers it does not name it.
    NotRevoked,
    /// There are lists of its issuer, and none of them can clear it.
    NotCleared(Unclear),
    /// There is no list of its issuer.
    NoList,
}

/// Why a list cannot clear a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unclear {
    /// A critical extension, of the list or of an entry, that is not known here (RFC 5280 §5.2, §5.3).
    UnknownExtension,
    /// A delta without its base, some reasons only, other certificates or an indirect list (RFC 5280 §5.2.4, §5.2.5).
    Partial,
    /// Dated in the future.
    NotYetInForce,
    /// Its next update is past, or it does not say when that is.
    OutOfDate,
}

/// Which certificates a list is about.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Scope {
    /// All of its issuer's.
    All,
    /// Those that name one of these distribution points.
    Points(Vec<Vec<u8>>),
    /// Not all of its issuer's document signers for all reasons.
    Partial,
    /// Not wholly understood.
    Unknown,
}

/// A list whose signature was checked.
#[derive(Debug, Clone)]
pub struct RevocationList {
    issuer: Name,
    this_update: Option<Timestamp>,
    next_update: Option<Timestamp>,
    serials: BTreeSet<Vec<u8>>,
    scope: Scope,
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
        let mut scope = scope(list.extensions());
        let mut serials = BTreeSet::new();
        for entry in list.iter_revoked_certificates().take(MAX_ENTRIES + 1) {
            if has_unknown_critical(entry) {
                scope = Scope::Unknown;
            }
            if is_revoking(entry) {
                serials.insert(significant(entry.raw_serial()).to_vec());
            }
        }
        if serials.len() > MAX_ENTRIES {
            return Err(RevocationListError::TooManyEntries);
        }
        let next_update = list.next_update().and_then(|time| Timestamp::from_second(time.timestamp()).ok());
        let this_update = Timestamp::from_second(list.last_update().timestamp()).ok();
        Ok(Self { issuer, this_update, next_update, serials, scope })
    }

    /// The certification authority whose certificates it is about.
    pub fn issuer(&self) -> &Name {
        &self.issuer
    }

    /// `thisUpdate` (RFC 5280 §5.1.2.4); nothing where it is no date.
    pub fn this_update(&self) -> Option<Timestamp> {
        self.this_update
    }

    /// What it is about, so that a list for a part never takes the place of one for all.
    pub fn scope_id(&self) -> String {
        match &self.scope {
            Scope::All => String::new(),
            other => format!("{other:?}"),
        }
    }

    /// Why it cannot clear `certificate` at the moment `at`. `None`: it can.
    fn unclear(&self, certificate: &Certificate, at: Timestamp) -> Option<Unclear> {
        match &self.scope {
            Scope::Unknown => Some(Unclear::UnknownExtension),
            Scope::Partial => Some(Unclear::Partial),
            Scope::Points(points) if !points.iter().any(|point| certificate.distribution_points.contains(point)) => {
                Some(Unclear::Partial)
            }
            _ if self.this_update.is_none_or(|begin| at < begin) => Some(Unclear::NotYetInForce),
            _ if self.next_update.is_none_or(|end| at > end) => Some(Unclear::OutOfDate),
            _ => None,
        }
    }
}

/// What `lists` say about `certificate` at the moment `at`.
pub fn judge(lists: &[RevocationList], certificate: &Certificate, at: Timestamp) -> RevocationVerdict {
    let serial = significant(&certificate.serial);
    let of_issuer = || lists.iter().filter(|list| list.issuer == certificate.issuer);
    if of_issuer().any(|list| list.serials.contains(serial)) {
        return RevocationVerdict::Revoked;
    }
    // The smallest is the best: one list that clears is enough, else the nearest miss is named.
    let best = of_issuer()
        .map(|list| list.unclear(certificate, at))
        .min_by_key(|unclear| unclear.map_or(0, |unclear| 5 - unclear as u8));
    match best {
        None => RevocationVerdict::NoList,
        Some(None) => RevocationVerdict::NotRevoked,
        Some(Some(unclear)) => RevocationVerdict::NotCleared(unclear),
    }
}

/// What the extensions of a list say about its scope. Those that are known restrict nothing but by their content.
fn scope(extensions: &[X509Extension<'_>]) -> Scope {
    let mut scope = Scope::All;
    for extension in extensions {
        let next = match extension.parsed_extension() {
            ParsedExtension::IssuingDistributionPoint(point) => scope_of_point(point),
            _ if extension.oid.as_bytes() == DELTA_INDICATOR => Scope::Partial,
            ParsedExtension::AuthorityKeyIdentifier(_)
            | ParsedExtension::CRLNumber(_)
            | ParsedExtension::IssuerAlternativeName(_) => continue,
            _ if extension.critical => Scope::Unknown,
            _ => continue,
        };
        if scope != Scope::Unknown {
            scope = next;
        }
    }
    scope
}

fn scope_of_point(point: &IssuingDistributionPoint<'_>) -> Scope {
    let is_partial = point.only_contains_ca_certs
        || point.only_contains_attribute_certs
        || point.indirect_crl
        || point.only_some_reasons.is_some();
    match &point.distribution_point {
        _ if is_partial => Scope::Partial,
        None => Scope::All,
        Some(DistributionPointName::FullName(names)) => {
            let uri = |name: &GeneralName<'_>| match name {
                GeneralName::URI(uri) => Some(uri.as_bytes().to_vec()),
                _ => None,
            };
            Scope::Points(names.iter().take(MAX_NAMES).filter_map(uri).collect())
        }
        Some(DistributionPointName::NameRelativeToCRLIssuer(_)) => Scope::Partial,
    }
}

/// An entry of a delta that takes a revocation back revokes nobody (RFC 5280 §5.3.1).
fn is_revoking(entry: &RevokedCertificate<'_>) -> bool {
    !matches!(entry.reason_code(), Some((_, ReasonCode::RemoveFromCRL)))
}

fn has_unknown_critical(entry: &RevokedCertificate<'_>) -> bool {
    let is_known = |extension: &X509Extension<'_>| {
        matches!(extension.parsed_extension(), ParsedExtension::ReasonCode(_) | ParsedExtension::InvalidityDate(_))
    };
    entry.extensions().iter().any(|extension| extension.critical && !is_known(extension))
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
            && may_sign_lists(authority)
            && algorithm.verify(&authority.key, signed.raw, signature).is_ok()
    };
    authorities.iter().find(signed_by).map(|_| ()).ok_or(RevocationListError::IssuerUnknown)
}

/// A keyUsage that is there must have cRLSign (RFC 5280 §6.3.3 f); a CSCA need not have any.
fn may_sign_lists(authority: &Certificate) -> bool {
    let purposes = authority.purposes;
    let by_usage = purposes.digital_signature.is_none() || purposes.list_signing;
    let is_self_issued = authority.issuer == authority.subject;
    by_usage
        && !purposes.unknown_critical
        && (purposes.is_authority() || (purposes.constraints.is_none() && is_self_issued))
}

/// Without leading zeros, which writers of certificates and of lists do not agree on.
fn significant(number: &[u8]) -> &[u8] {
    let start = number.iter().position(|byte| *byte != 0).unwrap_or(number.len());
    number.get(start..).unwrap_or_default()
}

/// id-ce-deltaCRLIndicator.
const DELTA_INDICATOR: &[u8] = &[0x55, 0x1D, 0x1B];
