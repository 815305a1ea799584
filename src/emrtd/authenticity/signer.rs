//! Might the document signer sign: its profile, who issued it, when it signed, whether it was revoked, its country (ICAO
//! Doc 9303-12 §4 and §7.1).
//!
//! Invariants: every check is a line of the report; what is not known is never called wrong.

use crate::authenticity::certificate::Certificate;
use crate::authenticity::cms::SigningTime;
use crate::authenticity::profile::{self, Subject, Weight};
use crate::authenticity::revocation::{RevocationVerdict, Unclear};
use crate::authenticity::trust::{Chain, TrustStore};
use crate::report::{Cause, Check, Outcome, Report};
use crypto::HashAlg;
use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

const SECTION_PASSIVE: &str = "9303-11 §5.1";
const SECTION_PROFILE: &str = "9303-12 §7.1";
const SECTION_REVOCATION: &str = "9303-12 §7.1.4, RFC 5280 §6.3";

/// Shorter RSA keys of signers are weak.
const WEAK_RSA_BITS: u32 = 1024;
/// Shorter ones are not made any more.
const SHORT_RSA_BITS: u32 = 2048;
/// How far a signing time may lie ahead: signers write local time for UTC, and a desk's clock may be slow.
const FUTURE_TOLERANCE: SignedDuration = SignedDuration::from_hours(24);

/// The country signer that stands behind `signer`, with a line for every check. `None`: unknown here.
///
/// Where the object does not say when it was signed and the signer has ended since, [`Check::SignerValidity`] has no
/// line yet: [`settle_validity`] writes it.
pub(super) fn csca_of(
    signer: &Certificate,
    time: SigningTime,
    trust: &TrustStore,
    at: Timestamp,
    report: &mut Report,
) -> Result<Option<Certificate>, Cause> {
    let moment = time.moment().unwrap_or(signer.not_before);
    let chain = trust.chain(signer, moment);
    let is_under_csca = matches!(chain, Chain::UnderCsca(_));
    let (weight, section) = profile::judge(&Subject { signer, is_under_csca, signed_at: time.moment() });
    if let Weight::Fail(cause) = weight {
        return Err(failure(report, Check::SignerChain, cause, section));
    }
    let csca = csca_line(&chain, signer, trust, report)?;
    // Judged to the end although one failed: a known mistake about time must not hide a revocation.
    let profile = profile_line(weight, section, report);
    let in_force = validity_line(signer, time, at, report);
    revocation_line(signer, trust, at, report)?;
    match &csca {
        Some(csca) if !same_country(signer, csca) => {
            Err(failure(report, Check::CountryAgreement, Cause::CountriesDisagree, SECTION_PROFILE))
        }
        _ => in_force.and(profile).map(|()| csca),
    }
}

/// Whether nothing but the date of issue can tell that the signer was in force: the object does not say when it was
/// signed, and the signer has ended since.
pub(super) fn is_validity_open(signer: &Certificate, time: SigningTime, at: Timestamp) -> bool {
    time.moment().is_none() && at > signer.not_after
}

/// Writes the line that [`csca_of`] left open: judged by the signed date of issue, where there is one.
pub fn settle_validity(signer: &Certificate, issued: Option<Date>, report: &mut Report) {
    let day = |moment: Timestamp| Offset::UTC.to_datetime(moment).date();
    let within = issued.is_some_and(|date| (day(signer.not_before)..=day(signer.not_after)).contains(&date));
    let outcome = if within { Outcome::Successful } else { Outcome::Undetermined };
    report.add(Check::SignerValidity, outcome, Some(Cause::SigningTimeAbsent), SECTION_PROFILE);
}

/// What is remarkable about good signatures made with `hash` and a key of so many bits.
pub(super) fn weakness(rsa_bits: Option<u32>, hash: HashAlg) -> Option<Cause> {
    match rsa_bits {
        Some(bits) if bits < WEAK_RSA_BITS => Some(Cause::WeakKey),
        _ if hash == HashAlg::Sha1 => Some(Cause::DeprecatedHash),
        Some(bits) if bits < SHORT_RSA_BITS => Some(Cause::ShortKey),
        _ => None,
    }
}

fn csca_line(
    chain: &Chain<'_>,
    signer: &Certificate,
    trust: &TrustStore,
    report: &mut Report,
) -> Result<Option<Certificate>, Cause> {
    let cause = match chain {
        Chain::UnderCsca(csca) => {
            let note = csca_note(csca, signer, trust);
            report.add(Check::SignerChain, Outcome::Successful, note, SECTION_PASSIVE);
            return Ok(Some((*csca).clone()));
        }
        Chain::UnknownIssuer => {
            report.add(Check::SignerChain, Outcome::Undetermined, Some(Cause::UnknownSigner), SECTION_PASSIVE);
            return Ok(None);
        }
        Chain::SignatureWrong => Cause::ChainSignatureWrong,
        Chain::Unfit => Cause::CertificateUnfit,
        Chain::IssuerExpired => Cause::SignerExpired,
        Chain::IssuerNotYetValid => Cause::IssuerNotYetValid,
    };
    Err(failure(report, Check::SignerChain, cause, SECTION_PROFILE))
}

/// One remark about a good chain, the gravest first.
fn csca_note(csca: &Certificate, signer: &Certificate, trust: &TrustStore) -> Option<Cause> {
    let hash = signer.algorithm().map_or(HashAlg::Sha256, |algorithm| algorithm.hash());
    let weakness = weakness(csca.key.rsa_bits(), hash);
    let incomplete = csca.purposes.digital_signature.is_none() || csca.purposes.constraints.is_none();
    // Found by its name and by trying its key, although the identifiers of the keys do not say so. Behind a link
    // certificate that the signer names, trying the CSCA's own key would only take time.
    let is_named = trust.has_named_issuer(signer);
    match weakness {
        Some(Cause::WeakKey) => weakness,
        _ if incomplete => Some(Cause::CscaIncomplete),
        Some(_) => weakness,
        None if !is_named && trust.has_signed(csca, signer) => Some(Cause::KeyIdIrregular),
        None => None,
    }
}

fn profile_line(weight: Weight, section: &'static str, report: &mut Report) -> Result<(), Cause> {
    let (outcome, cause) = match weight {
        Weight::Good => (Outcome::Successful, None),
        Weight::Remark(cause) | Weight::Warn(cause) => (Outcome::Successful, Some(cause)),
        Weight::OutOfPeriod(cause) | Weight::Fail(cause) => (Outcome::Failed, Some(cause)),
    };
    let section = if cause.is_some() { section } else { SECTION_PROFILE };
    report.add(Check::SignerProfile, outcome, cause, section);
    if outcome == Outcome::Failed { Err(cause.unwrap_or(Cause::CertificateUnfit)) } else { Ok(()) }
}

fn validity_line(signer: &Certificate, time: SigningTime, at: Timestamp, report: &mut Report) -> Result<(), Cause> {
    let judged = match time {
        _ if at < signer.not_before => Err(Cause::SignerNotYetValid),
        SigningTime::At(moment) if moment < signer.not_before => Err(Cause::SignerNotYetValid),
        SigningTime::At(moment) if moment > signer.not_after => Err(Cause::SignerExpired),
        SigningTime::At(moment) if moment.duration_since(at) > FUTURE_TOLERANCE => Err(Cause::SignedInFuture),
        SigningTime::At(_) => Ok(None),
        SigningTime::Absent | SigningTime::Odd if is_validity_open(signer, time, at) => return Ok(()),
        SigningTime::Absent => Ok(Some(Cause::SigningTimeAbsent)),
        SigningTime::Odd => Ok(Some(Cause::SigningTimeOdd)),
    };
    match judged {
        Ok(note) => {
            report.add(Check::SignerValidity, Outcome::Successful, note, SECTION_PROFILE);
            Ok(())
        }
        Err(cause) => Err(failure(report, Check::SignerValidity, cause, SECTION_PROFILE)),
    }
}

fn revocation_line(signer: &Certificate, trust: &TrustStore, at: Timestamp, report: &mut Report) -> Result<(), Cause> {
    let cause = match trust.revocation(signer, at) {
        RevocationVerdict::Revoked => {
            return Err(failure(report, Check::Revocation, Cause::SignerRevoked, SECTION_REVOCATION));
        }
        RevocationVerdict::NotRevoked => {
            report.add(Check::Revocation, Outcome::Successful, None, SECTION_REVOCATION);
            return Ok(());
        }
        RevocationVerdict::NotCleared(Unclear::OutOfDate) => Cause::RevocationListOutOfDate,
        RevocationVerdict::NotCleared(Unclear::NotYetInForce) => Cause::RevocationListNotYet,
        RevocationVerdict::NotCleared(Unclear::Partial) => Cause::RevocationListPartial,
        RevocationVerdict::NotCleared(Unclear::UnknownExtension) => Cause::RevocationListUnknownExtension,
        RevocationVerdict::NoList => Cause::NoRevocationList,
    };
    report.add(Check::Revocation, Outcome::NotPerformed, Some(cause), SECTION_REVOCATION);
    Ok(())
}

/// The country of the document signer must be its issuer's; DG1's is compared when it has been read.
fn same_country(signer: &Certificate, csca: &Certificate) -> bool {
    let csca = csca.subject.country();
    signer.issuer.country() == csca && signer.subject.country().is_none_or(|own| Some(own) == csca)
}

fn failure(report: &mut Report, check: Check, cause: Cause, section: &'static str) -> Cause {
    report.add(check, Outcome::Failed, Some(cause), section);
    cause
}
