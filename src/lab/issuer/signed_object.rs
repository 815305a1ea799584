//! EF.SOD and EF.CardSecurity of a lab card (ICAO Doc 9303-10 §4.6.2 and appendix D; RFC 5652 §5).

use super::IssueError;
use super::authority::Authority;
use super::der;
use bits::tlv;
use crypto::HashAlg;
use jiff::Timestamp;
use std::collections::BTreeMap;

const LDS_SECURITY_OBJECT: &[u8] = &[0x67, 0x81, 0x08, 0x01, 0x01, 0x01];
const SECURITY_OBJECT: &[u8] = &[0x04, 0x00, 0x7F, 0x00, 0x07, 0x03, 0x02, 0x01];
const MASTER_LIST: &[u8] = &[0x67, 0x81, 0x08, 0x01, 0x01, 0x02];
const SIGNED_DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];
const CONTENT_TYPE: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x03];
const MESSAGE_DIGEST: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x04];
const SIGNING_TIME: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x05];

/// Signs the SHA-256 hashes of `groups` (number to exact bytes) with `signer`, whose certificate `issuer` signed.
pub(super) fn ef_sod(
    groups: &BTreeMap<u8, Vec<u8>>,
    signer: &Authority,
    issuer: &Authority,
    signed_at: Option<Timestamp>,
    lds_version: Option<&str>,
) -> Result<Vec<u8>, IssueError> {
    Ok(tlv::encode(
        0x77,
        &signed(&security_object(groups, lds_version), LDS_SECURITY_OBJECT, signer, issuer, signed_at)?,
    ))
}

/// Signs a SET of SecurityInfos.
pub(super) fn ef_card_security(
    infos: &[u8],
    signer: &Authority,
    issuer: &Authority,
    signed_at: Option<Timestamp>,
) -> Result<Vec<u8>, IssueError> {
    signed(infos, SECURITY_OBJECT, signer, issuer, signed_at)
}

/// A master list of `certificates` (ICAO Doc 9303-12 §8).
pub(super) fn master_list(
    certificates: &[Vec<u8>],
    signer: &Authority,
    issuer: &Authority,
    signed_at: Option<Timestamp>,
) -> Result<Vec<u8>, IssueError> {
    let content = der::sequence(&[der::integer(&[0]), der::set_of(certificates.to_vec())]);
    signed(&content, MASTER_LIST, signer, issuer, signed_at)
}

fn signed(
    content: &[u8],
    content_type: &[u8],
    signer: &Authority,
    issuer: &Authority,
    signed_at: Option<Timestamp>,
) -> Result<Vec<u8>, IssueError> {
    let attributes = attributes(content, content_type, signer.hash(), signed_at);
    let signature = signer.sign(&der::set_of(attributes.clone()))?;
    let mut sorted = attributes;
    sorted.sort();
    let signer_info = der::sequence(&[
        der::integer(&[1]),
        signer.issuer_and_serial(issuer),
        der::hash(signer.hash()),
        tlv::encode_all(0xA0, &sorted),
        der::ecdsa_with(signer.hash()),
        der::octets(&signature),
    ]);
    let signed_data = der::sequence(&[
        der::integer(&[3]),
        tlv::encode(0x31, &der::hash(signer.hash())),
        der::sequence(&[der::oid(content_type), tlv::encode(0xA0, &der::octets(content))]),
        tlv::encode(0xA0, signer.certificate()),
        tlv::encode(0x31, &signer_info),
    ]);
    Ok(der::sequence(&[der::oid(SIGNED_DATA), tlv::encode(0xA0, &signed_data)]))
}

/// Version 1, with versions in it, where `lds_version` is given.
fn security_object(groups: &BTreeMap<u8, Vec<u8>>, lds_version: Option<&str>) -> Vec<u8> {
    let hashes: Vec<Vec<u8>> = groups
        .iter()
        .map(|(number, bytes)| der::sequence(&[der::integer(&[*number]), der::octets(&HashAlg::Sha256.digest(bytes))]))
        .collect();
    let versions = lds_version.map(|version| der::sequence(&[der::printable(version), der::printable("040000")]));
    let version = der::integer(&[u8::from(versions.is_some())]);
    let parts = [version, der::hash(HashAlg::Sha256), der::sequence(&hashes)];
    der::sequence(&parts.into_iter().chain(versions).collect::<Vec<_>>())
}

fn attributes(content: &[u8], content_type: &[u8], hash: HashAlg, signed_at: Option<Timestamp>) -> Vec<Vec<u8>> {
    let attribute = |kind: &[u8], value: Vec<u8>| der::sequence(&[der::oid(kind), tlv::encode(0x31, &value)]);
    let mut attributes = vec![
        attribute(CONTENT_TYPE, der::oid(content_type)),
        attribute(MESSAGE_DIGEST, der::octets(&hash.digest(content))),
    ];
    attributes.extend(signed_at.map(|moment| attribute(SIGNING_TIME, der::utc_time(moment))));
    attributes
}
