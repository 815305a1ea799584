//! Master lists: many country signers under one signature (ICAO Doc 9303-12 §8 and appendix E).
//!
//! A list widens what is trusted, so nothing of it counts before its signature was checked against a store that does
//! not contain it.
//!
//! Invariants: a list without a good signature gives no certificate; one broken certificate never costs the others.

use crate::bits::tlv::{Reader, TlvError};
use crate::emrtd::authenticity::certificate::{Certificate, CertificateError};
use crate::emrtd::authenticity::cms::{CmsError, SignedData, SignerError, SignerFacts};
use crate::emrtd::authenticity::trust::{Chain, TrustStore};
use jiff::Timestamp;
use thiserror::Error;

/// id-icao-cscaMasterList, `2.23.136.1.1.2`.
const MASTER_LIST: &[u8] = &[0x67, 0x81, 0x08, 0x01, 0x01, 0x02];

/// The most certificates of one list.
const MAX_ENTRIES: usize = 4096;

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
    /// The signer may not sign master lists.
    #[error("the signer may not sign master lists")]
    SignerUnfit,
    /// The store has no anchor for the signer.
    #[error("the signer is not issued under the store")]
    SignerUnknown,
}

/// A list whose signature holds.
#[derive(Debug, Clone)]
pub struct MasterList {
    /// Its certificates, and why others could not be read.
    pub entries: Vec<Result<Certificate, CertificateError>>,
    /// When it says it was signed.
    pub signing_time: Option<Timestamp>,
    /// The country of its signer.
    pub country: Option<String>,
}

/// Reads a list whose signature holds under `store`.
///
/// # Errors
/// [`MasterListError`].
pub fn read(bytes: &[u8], store: &TrustStore) -> Result<MasterList, MasterListError> {
    let data = SignedData::parse(bytes)?;
    if data.content_type != MASTER_LIST {
        return Err(MasterListError::NotAMasterList);
    }
    let certificates: Vec<Certificate> =
        data.certificates.iter().filter_map(|der| Certificate::parse(der).ok()).collect();
    let mut list = MasterList { entries: Vec::new(), signing_time: None, country: None };
    for signer in &data.signers {
        let named = certificates.iter().find(|certificate| signer.names(certificate));
        let certificate = named.ok_or(MasterListError::SignerMissing)?;
        let facts = signer.verify(&data, certificate)?;
        judge_signer(certificate, facts, store)?;
        list.signing_time = list.signing_time.or(facts.signing_time);
        list.country = list.country.or_else(|| certificate.issuer.country());
    }
    list.entries = entries(&data.content)?;
    Ok(list)
}

fn judge_signer(signer: &Certificate, facts: SignerFacts, store: &TrustStore) -> Result<(), MasterListError> {
    let moment = facts.signing_time.unwrap_or(signer.not_before);
    if !signer.purposes.master_list_signing || signer.purposes.authority || !signer.is_valid_at(moment) {
        return Err(MasterListError::SignerUnfit);
    }
    match store.chain(signer, moment) {
        Chain::Anchored(_) => Ok(()),
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
