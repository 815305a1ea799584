//! Master lists: many country signers under one signature (ICAO Doc 9303-12 §8 and appendix E).
//!
//! A list widens what is trusted, so nothing of it counts before its signature was checked against a store that does
//! not contain it.
//!
//! Invariants: a list without a good signature gives no certificate; one broken certificate never costs the others.

use crate::authenticity::certificate::{Certificate, CertificateError};
use crate::authenticity::cms::{CmsError, SignedData, SignerError};
use crate::authenticity::trust::{Chain, TrustStore};
use bits::tlv::{Reader, TlvError};
use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

/// id-icao-cscaMasterList, `2.23.136.1.1.2`.
const MASTER_LIST: &[u8] = &[0x67, 0x81, 0x08, 0x01, 0x01, 0x02];

/// The most certificates of one list.
const MAX_ENTRIES: usize = 4096;
/// How far a signing time may lie ahead: clocks differ, and some signers write local time for UTC.
const FUTURE_TOLERANCE: SignedDuration = SignedDuration::from_hours(24);

/// Why a list is refused whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MasterListError {
    /// Not signed data.
    #[error(transparent)]
    Cms(#[from] CmsError),
    /// The list in it is not well formed.
    #[error(transparent)]
    Tlv(#[from] TlvError),
    /// Signed data of another kind.
    #[error("not a master list")]
    NotAMasterList,
    /// More certificates than any list has.
    #[error("too many certificates")]
    TooManyEntries,
    /// No certificate of the signer in it.
    #[error("the signer's certificate is missing")]
    SignerMissing,
    /// The signature is wrong.
    #[error(transparent)]
    Signature(#[from] SignerError),
    /// The signer may not sign master lists: another purpose, no digitalSignature, an authority, or a critical extension
    /// that is not known here (ICAO Doc 9303-12 §7.1.1).
    #[error("the signer may not sign master lists: {0}")]
    SignerUnfit(Unfit),
    /// The list says that it was signed at a time that has not come yet: it would lock every honest one out.
    #[error("signed in the future ({0})")]
    FromTheFuture(Timestamp),
    /// The store has no CSCA for the signer.
    #[error("the signer is not issued under the store")]
    SignerUnknown,
}

/// Why a signer may not sign master lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Unfit {
    /// extKeyUsage does not name the purpose.
    #[error("its certificate does not name the purpose")]
    Purpose,
    /// keyUsage is missing or has no digitalSignature.
    #[error("its certificate has no digitalSignature")]
    KeyUsage,
    /// It says that it is an authority.
    #[error("its certificate is an authority's")]
    Authority,
    /// A critical extension that is not known here.
    #[error("its certificate has an unknown critical extension")]
    CriticalExtension,
    /// It was not in force when it signed.
    #[error("its certificate was not in force")]
    OutOfForce,
}

/// A list whose signature holds.
#[derive(Debug, Clone)]
pub struct MasterList {
    /// Its certificates, and why others could not be read.
    pub entries: Vec<Result<Certificate, CertificateError>>,
    /// Its `signingTime`; a list that is older than one of the same country that was taken in is refused.
    pub signing_time: Option<Timestamp>,
    /// Country code in the signer's name; nothing where it names none.
    pub country: Option<String>,
    /// Its signer and the CSCA behind that, as reports display names.
    pub vouched_by: String,
}

/// Reads a list whose signature holds under `store`, at the moment `at`.
///
/// # Errors
/// [`MasterListError`].
pub fn read(bytes: &[u8], store: &TrustStore, at: Timestamp) -> Result<MasterList, MasterListError> {
    let data = SignedData::parse(bytes)?;
    if data.content_type != MASTER_LIST {
        return Err(MasterListError::NotAMasterList);
    }
    let certificates: Vec<Certificate> =
        data.certificates.iter().filter_map(|der| Certificate::parse(der).ok()).collect();
    let mut list = MasterList { entries: Vec::new(), signing_time: None, country: None, vouched_by: String::new() };
    for signer in &data.signers {
        let named = certificates.iter().find(|certificate| signer.names(certificate));
        let certificate = named.ok_or(MasterListError::SignerMissing)?;
        let facts = signer.verify(&data, certificate)?;
        let signed_at = facts.signing_time.moment();
        if let Some(moment) = signed_at.filter(|moment| moment.duration_since(at) > FUTURE_TOLERANCE) {
            return Err(MasterListError::FromTheFuture(moment));
        }
        let csca = judge_signer(certificate, signed_at, store)?;
        if list.country.is_none() {
            list.vouched_by = format!("{} under {}", certificate.subject.display(), csca.subject.display());
        }
        list.signing_time = list.signing_time.or(signed_at);
        list.country = list.country.or_else(|| certificate.issuer.country());
    }
    list.entries = entries(&data.content)?;
    Ok(list)
}

fn judge_signer<'a>(
    signer: &Certificate,
    signed_at: Option<Timestamp>,
    store: &'a TrustStore,
) -> Result<&'a Certificate, MasterListError> {
    let moment = signed_at.unwrap_or(signer.not_before);
    let purposes = signer.purposes;
    let unfit = [
        (!purposes.master_list_signing, Unfit::Purpose),
        (purposes.digital_signature != Some(true), Unfit::KeyUsage),
        (purposes.is_authority(), Unfit::Authority),
        (purposes.unknown_critical, Unfit::CriticalExtension),
        (!signer.is_valid_at(moment), Unfit::OutOfForce),
    ];
    if let Some((_, why)) = unfit.into_iter().find(|(is_so, _)| *is_so) {
        return Err(MasterListError::SignerUnfit(why));
    }
    match store.chain(signer, moment) {
        Chain::UnderCsca(csca) => Ok(csca),
        _ => Err(MasterListError::SignerUnknown),
    }
}

fn entries(content: &[u8]) -> Result<Vec<Result<Certificate, CertificateError>>, MasterListError> {
    let mut list = Reader::new(content).expect(0x30)?.children();
    if list.expect(0x02)?.value != [0] {
        return Err(MasterListError::NotAMasterList);
    }
    let mut set = list.expect(0x31)?.children();
    let mut entries = Vec::new();
    while !set.is_empty() {
        if entries.len() == MAX_ENTRIES {
            return Err(MasterListError::TooManyEntries);
        }
        entries.push(Certificate::parse(set.read()?.raw));
    }
    Ok(entries)
}
